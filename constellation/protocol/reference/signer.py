"""Readable codec of signer.x.

Generated from xdr/signer.x by tools/xdr_generator.py; do not edit.

Between a node and the process that keeps its key, over a socket of one machine: each message with its length in four
bytes in front. Every question has one answer, in order.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.signer import (
    MAX_SIGNED_BYTES,
    GivenSignature,
    KeyAnswer,
    KeyQuestion,
    MessageToSign,
    SignerAnswer,
    SignerAnswerType,
    SignerQuestion,
    SignerQuestionType,
    SignerRefusal,
    SignerRefusalReason,
    TransactionToSign,
)
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_enum,
    pack_fixed_opaque,
    pack_opaque,
    pack_string,
    pack_uint32,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_opaque,
    unpack_string,
    unpack_uint32,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_key_question(packer: Packer, value: KeyQuestion) -> None:
    """Packs KeyQuestion."""
    expect_class(value, KeyQuestion)
    pack_uint32(packer, value.version, "KeyQuestion.version")


def unpack_key_question(unpacker: Unpacker) -> KeyQuestion:
    """Unpacks KeyQuestion."""
    return KeyQuestion(
        version=unpack_uint32(unpacker, "KeyQuestion.version"),
    )


def pack_key_answer(packer: Packer, value: KeyAnswer) -> None:
    """Packs KeyAnswer."""
    expect_class(value, KeyAnswer)
    pack_uint32(packer, value.version, "KeyAnswer.version")
    pack_fixed_opaque(packer, value.key, 32, "KeyAnswer.key")


def unpack_key_answer(unpacker: Unpacker) -> KeyAnswer:
    """Unpacks KeyAnswer."""
    return KeyAnswer(
        version=unpack_uint32(unpacker, "KeyAnswer.version"),
        key=unpack_fixed_opaque(unpacker, 32, "KeyAnswer.key"),
    )


def pack_message_to_sign(packer: Packer, value: MessageToSign) -> None:
    """Packs MessageToSign."""
    expect_class(value, MessageToSign)
    pack_uint32(packer, value.purpose, "MessageToSign.purpose")
    pack_fixed_opaque(packer, value.constellation, 32, "MessageToSign.constellation")
    pack_opaque(packer, value.message, MAX_SIGNED_BYTES, "MessageToSign.message")


def unpack_message_to_sign(unpacker: Unpacker) -> MessageToSign:
    """Unpacks MessageToSign."""
    return MessageToSign(
        purpose=unpack_uint32(unpacker, "MessageToSign.purpose"),
        constellation=unpack_fixed_opaque(unpacker, 32, "MessageToSign.constellation"),
        message=unpack_opaque(unpacker, MAX_SIGNED_BYTES, "MessageToSign.message"),
    )


def pack_transaction_to_sign(packer: Packer, value: TransactionToSign) -> None:
    """Packs TransactionToSign."""
    expect_class(value, TransactionToSign)
    pack_opaque(packer, value.signature_base, MAX_SIGNED_BYTES, "TransactionToSign.signature_base")


def unpack_transaction_to_sign(unpacker: Unpacker) -> TransactionToSign:
    """Unpacks TransactionToSign."""
    return TransactionToSign(
        signature_base=unpack_opaque(unpacker, MAX_SIGNED_BYTES, "TransactionToSign.signature_base"),
    )


def pack_given_signature(packer: Packer, value: GivenSignature) -> None:
    """Packs GivenSignature."""
    expect_class(value, GivenSignature)
    pack_fixed_opaque(packer, value.signature, 64, "GivenSignature.signature")


def unpack_given_signature(unpacker: Unpacker) -> GivenSignature:
    """Unpacks GivenSignature."""
    return GivenSignature(
        signature=unpack_fixed_opaque(unpacker, 64, "GivenSignature.signature"),
    )


def pack_signer_refusal(packer: Packer, value: SignerRefusal) -> None:
    """Packs SignerRefusal."""
    expect_class(value, SignerRefusal)
    pack_enum(packer, value.reason, SignerRefusalReason, "SignerRefusal.reason")
    pack_string(packer, value.message, 512, "SignerRefusal.message")


def unpack_signer_refusal(unpacker: Unpacker) -> SignerRefusal:
    """Unpacks SignerRefusal."""
    return SignerRefusal(
        reason=unpack_enum(unpacker, SignerRefusalReason, "SignerRefusal.reason"),
        message=unpack_string(unpacker, 512, "SignerRefusal.message"),
    )


def pack_signer_question(packer: Packer, value: SignerQuestion) -> None:
    """Packs SignerQuestion."""
    if type(value) is KeyQuestion:
        packer.pack_enum(SignerQuestionType.KEY_QUESTION)
        pack_key_question(packer, value)
    elif type(value) is MessageToSign:
        packer.pack_enum(SignerQuestionType.MESSAGE_TO_SIGN)
        pack_message_to_sign(packer, value)
    elif type(value) is TransactionToSign:
        packer.pack_enum(SignerQuestionType.TRANSACTION_TO_SIGN)
        pack_transaction_to_sign(packer, value)
    else:
        raise UnencodableMessage("wrong type", "SignerQuestion.type")


def unpack_signer_question(unpacker: Unpacker) -> SignerQuestion:
    """Unpacks SignerQuestion."""
    type = unpack_enum(unpacker, SignerQuestionType, "SignerQuestion.type")
    if type is SignerQuestionType.KEY_QUESTION:
        return unpack_key_question(unpacker)
    if type is SignerQuestionType.MESSAGE_TO_SIGN:
        return unpack_message_to_sign(unpacker)
    if type is SignerQuestionType.TRANSACTION_TO_SIGN:
        return unpack_transaction_to_sign(unpacker)
    raise MalformedMessage("unknown union arm", "SignerQuestion.type")


def pack_signer_answer(packer: Packer, value: SignerAnswer) -> None:
    """Packs SignerAnswer."""
    if type(value) is KeyAnswer:
        packer.pack_enum(SignerAnswerType.KEY_ANSWER)
        pack_key_answer(packer, value)
    elif type(value) is GivenSignature:
        packer.pack_enum(SignerAnswerType.GIVEN_SIGNATURE)
        pack_given_signature(packer, value)
    elif type(value) is SignerRefusal:
        packer.pack_enum(SignerAnswerType.SIGNER_REFUSAL)
        pack_signer_refusal(packer, value)
    else:
        raise UnencodableMessage("wrong type", "SignerAnswer.type")


def unpack_signer_answer(unpacker: Unpacker) -> SignerAnswer:
    """Unpacks SignerAnswer."""
    type = unpack_enum(unpacker, SignerAnswerType, "SignerAnswer.type")
    if type is SignerAnswerType.KEY_ANSWER:
        return unpack_key_answer(unpacker)
    if type is SignerAnswerType.GIVEN_SIGNATURE:
        return unpack_given_signature(unpacker)
    if type is SignerAnswerType.SIGNER_REFUSAL:
        return unpack_signer_refusal(unpacker)
    raise MalformedMessage("unknown union arm", "SignerAnswer.type")
