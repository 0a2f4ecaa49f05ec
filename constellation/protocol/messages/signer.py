"""Messages of signer.x.

Generated from xdr/signer.x by tools/xdr_generator.py; do not edit.

Between a node and the process that keeps its key, over a socket of one machine: each message with its length in four
bytes in front. Every question has one answer, in order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.common import Hash, Key, Signature
from constellation.protocol.xdr import (
    LENGTH,
    UINT32,
    Discriminant,
    Enumerated,
    Fields,
    Instance,
    MalformedMessage,
    Opaque,
    StructError,
    UnencodableMessage,
    explain_malformed,
    explain_unencodable,
    read_opaque,
    read_string,
    write_opaque,
    write_string,
)

SIGNER_VERSION: Final = 1

# of what is signed
MAX_SIGNED_BYTES: Final = 1048576


@dataclass(slots=True, init=False)
class KeyQuestion:
    """Whose key is it?

    XDR::

        struct KeyQuestion {
            unsigned int version;             // stays the first field in every version
        };
    """

    version: int

    def __init__(self, version: int) -> None:
        self.version = version

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return KeyQuestion, (self.version,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_key_question(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "KeyQuestion":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_key_question(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "KeyQuestion")
        return value


_KEY_QUESTION_0: Fields = (
    ("KeyQuestion", "", Instance(KeyQuestion)),
    ("KeyQuestion.version", "version", UINT32),
)
_pack_key_question_0: Final = Struct(">I").pack


def _write_key_question(value: Any) -> bytes:
    try:
        if type(value) is not KeyQuestion:
            raise ValueError
        part_0 = _pack_key_question_0(value.version)
    except Exception:
        explain_unencodable(value, _KEY_QUESTION_0)
        raise
    return part_0


_unpack_key_question_0: Final = Struct(">I").unpack_from


def _read_key_question(data: bytes, offset: int) -> tuple[KeyQuestion, int]:
    try:
        (version,) = _unpack_key_question_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _KEY_QUESTION_0)
        raise
    return KeyQuestion(version), offset + 4


@dataclass(slots=True, init=False)
class KeyAnswer:
    """The struct KeyAnswer of signer.x.

    XDR::

        struct KeyAnswer {
            unsigned int version;
            Key key;
        };
    """

    version: int
    key: Key

    def __init__(self, version: int, key: Key) -> None:
        self.version = version
        self.key = key

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return KeyAnswer, (
            self.version,
            self.key,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_key_answer(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "KeyAnswer":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_key_answer(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "KeyAnswer")
        return value


_KEY_ANSWER_0: Fields = (
    ("KeyAnswer", "", Instance(KeyAnswer)),
    ("KeyAnswer.version", "version", UINT32),
    ("KeyAnswer.key", "key", Opaque(32)),
)
_pack_key_answer_0: Final = Struct(">I32s").pack


def _write_key_answer(value: Any) -> bytes:
    try:
        if type(value) is not KeyAnswer:
            raise ValueError
        key = value.key
        if len(key) != 32:
            raise ValueError
        part_0 = _pack_key_answer_0(value.version, key)
    except Exception:
        explain_unencodable(value, _KEY_ANSWER_0)
        raise
    return part_0


_unpack_key_answer_0: Final = Struct(">I32s").unpack_from


def _read_key_answer(data: bytes, offset: int) -> tuple[KeyAnswer, int]:
    try:
        version, key = _unpack_key_answer_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _KEY_ANSWER_0)
        raise
    return KeyAnswer(version, key), offset + 36


@dataclass(slots=True, init=False)
class MessageToSign:
    """What a node says, not its hash: who keeps the key looks at it.

    XDR::

        struct MessageToSign {
            unsigned int purpose;             // as in the signed bytes
            Hash constellation;
            opaque message<MAX_SIGNED_BYTES>; // encoded; for a vote the BatchHeader, for alpha's header as well
        };
    """

    purpose: int
    constellation: Hash
    message: bytes

    def __init__(self, purpose: int, constellation: Hash, message: bytes) -> None:
        self.purpose = purpose
        self.constellation = constellation
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return MessageToSign, (
            self.purpose,
            self.constellation,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_message_to_sign(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "MessageToSign":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_message_to_sign(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "MessageToSign")
        return value


_MESSAGE_TO_SIGN_0: Fields = (
    ("MessageToSign", "", Instance(MessageToSign)),
    ("MessageToSign.purpose", "purpose", UINT32),
    ("MessageToSign.constellation", "constellation", Opaque(32)),
    ("MessageToSign.message", "message", LENGTH),
)
_pack_message_to_sign_0: Final = Struct(">I32s").pack


def _write_message_to_sign(value: Any) -> bytes:
    try:
        if type(value) is not MessageToSign:
            raise ValueError
        constellation = value.constellation
        message = value.message
        if len(constellation) != 32:
            raise ValueError
        part_0 = _pack_message_to_sign_0(value.purpose, constellation)
    except Exception:
        explain_unencodable(value, _MESSAGE_TO_SIGN_0)
        raise
    tail_0 = write_opaque(message, MAX_SIGNED_BYTES, "MessageToSign.message")
    return part_0 + tail_0


_unpack_message_to_sign_0: Final = Struct(">I32sI").unpack_from


def _read_message_to_sign(data: bytes, offset: int) -> tuple[MessageToSign, int]:
    try:
        purpose, constellation, message__length = _unpack_message_to_sign_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MESSAGE_TO_SIGN_0)
        raise
    offset += 40
    message, offset = read_opaque(data, offset, message__length, MAX_SIGNED_BYTES, "MessageToSign.message")
    return MessageToSign(purpose, constellation, message), offset


@dataclass(slots=True, init=False)
class TransactionToSign:
    """A Stellar transaction.

    XDR::

        struct TransactionToSign {
            opaque signature_base<MAX_SIGNED_BYTES>;  // network id, type, transaction: what is hashed for the signature
        };
    """

    signature_base: bytes

    def __init__(self, signature_base: bytes) -> None:
        self.signature_base = signature_base

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return TransactionToSign, (self.signature_base,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_transaction_to_sign(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "TransactionToSign":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_transaction_to_sign(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "TransactionToSign")
        return value


_TRANSACTION_TO_SIGN_0: Fields = (
    ("TransactionToSign", "", Instance(TransactionToSign)),
    ("TransactionToSign.signature_base", "signature_base", LENGTH),
)


def _write_transaction_to_sign(value: Any) -> bytes:
    try:
        if type(value) is not TransactionToSign:
            raise ValueError
        signature_base = value.signature_base
    except Exception:
        explain_unencodable(value, _TRANSACTION_TO_SIGN_0)
        raise
    tail_0 = write_opaque(signature_base, MAX_SIGNED_BYTES, "TransactionToSign.signature_base")
    return tail_0


_unpack_transaction_to_sign_0: Final = Struct(">I").unpack_from


def _read_transaction_to_sign(data: bytes, offset: int) -> tuple[TransactionToSign, int]:
    try:
        (signature_base__length,) = _unpack_transaction_to_sign_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _TRANSACTION_TO_SIGN_0)
        raise
    offset += 4
    signature_base, offset = read_opaque(
        data, offset, signature_base__length, MAX_SIGNED_BYTES, "TransactionToSign.signature_base"
    )
    return TransactionToSign(signature_base), offset


@dataclass(slots=True, init=False)
class GivenSignature:
    """The struct GivenSignature of signer.x.

    XDR::

        struct GivenSignature {
            Signature signature;
        };
    """

    signature: Signature

    def __init__(self, signature: Signature) -> None:
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return GivenSignature, (self.signature,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_given_signature(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "GivenSignature":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_given_signature(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "GivenSignature")
        return value


_GIVEN_SIGNATURE_0: Fields = (
    ("GivenSignature", "", Instance(GivenSignature)),
    ("GivenSignature.signature", "signature", Opaque(64)),
)
_pack_given_signature_0: Final = Struct(">64s").pack


def _write_given_signature(value: Any) -> bytes:
    try:
        if type(value) is not GivenSignature:
            raise ValueError
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_0 = _pack_given_signature_0(signature)
    except Exception:
        explain_unencodable(value, _GIVEN_SIGNATURE_0)
        raise
    return part_0


_unpack_given_signature_0: Final = Struct(">64s").unpack_from


def _read_given_signature(data: bytes, offset: int) -> tuple[GivenSignature, int]:
    try:
        (signature,) = _unpack_given_signature_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _GIVEN_SIGNATURE_0)
        raise
    return GivenSignature(signature), offset + 64


class SignerRefusalReason(IntEnum):
    """The enum SignerRefusalReason of signer.x.

    XDR::

        enum SignerRefusalReason {
            SIGNER_MALFORMED = 0,             // it cannot be read, or is of a kind that is never signed
            SIGNER_FOREIGN = 1,               // for another constellation, network, vault or key
            SIGNER_NOT_ALLOWED = 2,           // this signer was not told to sign such things
            SIGNER_CONFLICT = 3,              // something else was signed in its place
            SIGNER_SUPERSEDED = 4,            // a later epoch has been promised or opened
            SIGNER_FORGOTTEN = 5              // so far back that it is not known any more what was signed there
        };
    """

    SIGNER_MALFORMED = 0
    SIGNER_FOREIGN = 1
    SIGNER_NOT_ALLOWED = 2
    SIGNER_CONFLICT = 3
    SIGNER_SUPERSEDED = 4
    SIGNER_FORGOTTEN = 5


_SIGNER_REFUSAL_REASON_MEMBERS: Final[dict[int, SignerRefusalReason]] = {
    member.value: member for member in SignerRefusalReason
}


@dataclass(slots=True, init=False)
class SignerRefusal:
    """The struct SignerRefusal of signer.x.

    XDR::

        struct SignerRefusal {
            SignerRefusalReason reason;
            string message<512>;
        };
    """

    reason: SignerRefusalReason
    message: str

    def __init__(self, reason: SignerRefusalReason, message: str) -> None:
        self.reason = reason
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignerRefusal, (
            self.reason,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signer_refusal(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignerRefusal":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signer_refusal(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignerRefusal")
        return value


_SIGNER_REFUSAL_0: Fields = (
    ("SignerRefusal", "", Instance(SignerRefusal)),
    ("SignerRefusal.reason", "reason", Enumerated(_SIGNER_REFUSAL_REASON_MEMBERS)),
    ("SignerRefusal.message", "message", LENGTH),
)
_pack_signer_refusal_0: Final = Struct(">i").pack


def _write_signer_refusal(value: Any) -> bytes:
    try:
        if type(value) is not SignerRefusal:
            raise ValueError
        reason = value.reason
        message = value.message
        if reason not in _SIGNER_REFUSAL_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_signer_refusal_0(reason)
    except Exception:
        explain_unencodable(value, _SIGNER_REFUSAL_0)
        raise
    tail_0 = write_string(message, 512, "SignerRefusal.message")
    return part_0 + tail_0


_unpack_signer_refusal_0: Final = Struct(">iI").unpack_from


def _read_signer_refusal(data: bytes, offset: int) -> tuple[SignerRefusal, int]:
    try:
        reason, message__length = _unpack_signer_refusal_0(data, offset)
        reason = _SIGNER_REFUSAL_REASON_MEMBERS[reason]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNER_REFUSAL_0)
        raise
    offset += 8
    message, offset = read_string(data, offset, message__length, 512, "SignerRefusal.message")
    return SignerRefusal(reason, message), offset


class SignerQuestionType(IntEnum):
    """The enum SignerQuestionType of signer.x.

    XDR::

        enum SignerQuestionType {
            KEY_QUESTION = 0,
            MESSAGE_TO_SIGN = 1,
            TRANSACTION_TO_SIGN = 2
        };
    """

    KEY_QUESTION = 0
    MESSAGE_TO_SIGN = 1
    TRANSACTION_TO_SIGN = 2


_SIGNER_QUESTION_TYPE_MEMBERS: Final[dict[int, SignerQuestionType]] = {
    member.value: member for member in SignerQuestionType
}


SignerQuestion = KeyQuestion | MessageToSign | TransactionToSign

_pack_key_question_as_signer_question_0: Final = Struct(">iI").pack


def _write_key_question_as_signer_question(value: KeyQuestion) -> bytes:
    try:
        part_0 = _pack_key_question_as_signer_question_0(0, value.version)
    except Exception:
        explain_unencodable(value, _KEY_QUESTION_0)
        raise
    return part_0


_pack_message_to_sign_as_signer_question_0: Final = Struct(">iI32s").pack


def _write_message_to_sign_as_signer_question(value: MessageToSign) -> bytes:
    try:
        constellation = value.constellation
        message = value.message
        if len(constellation) != 32:
            raise ValueError
        part_0 = _pack_message_to_sign_as_signer_question_0(1, value.purpose, constellation)
    except Exception:
        explain_unencodable(value, _MESSAGE_TO_SIGN_0)
        raise
    tail_0 = write_opaque(message, MAX_SIGNED_BYTES, "MessageToSign.message")
    return part_0 + tail_0


def _write_transaction_to_sign_as_signer_question(value: TransactionToSign) -> bytes:
    try:
        signature_base = value.signature_base
    except Exception:
        explain_unencodable(value, _TRANSACTION_TO_SIGN_0)
        raise
    tail_0 = write_opaque(signature_base, MAX_SIGNED_BYTES, "TransactionToSign.signature_base")
    return b"\x00\x00\x00\x02" + tail_0


_SIGNER_QUESTION_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    KeyQuestion: _write_key_question_as_signer_question,
    MessageToSign: _write_message_to_sign_as_signer_question,
    TransactionToSign: _write_transaction_to_sign_as_signer_question,
}

_SIGNER_QUESTION_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[SignerQuestion, int]]]] = {
    b"\x00\x00\x00\x00": _read_key_question,
    b"\x00\x00\x00\x01": _read_message_to_sign,
    b"\x00\x00\x00\x02": _read_transaction_to_sign,
}
_SIGNER_QUESTION_DISCRIMINANT = Discriminant(_SIGNER_QUESTION_TYPE_MEMBERS, _SIGNER_QUESTION_READERS)
_SIGNER_QUESTION_0: Fields = (("SignerQuestion.type", "", _SIGNER_QUESTION_DISCRIMINANT),)


def _read_signer_question(data: bytes, offset: int) -> tuple[SignerQuestion, int]:
    try:
        read = _SIGNER_QUESTION_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _SIGNER_QUESTION_0)
        raise
    return read(data, offset + 4)


def encode_signer_question(value: SignerQuestion) -> bytes:
    """Encodes a value of the union SignerQuestion by its class."""
    try:
        write = _SIGNER_QUESTION_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "SignerQuestion.type") from None
    return write(value)


def decode_signer_question(data: bytes) -> SignerQuestion:
    """Decodes bytes that are one SignerQuestion and nothing else."""
    value, offset = _read_signer_question(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "SignerQuestion")
    return value


class SignerAnswerType(IntEnum):
    """The enum SignerAnswerType of signer.x.

    XDR::

        enum SignerAnswerType {
            KEY_ANSWER = 0,
            GIVEN_SIGNATURE = 1,
            SIGNER_REFUSAL = 2
        };
    """

    KEY_ANSWER = 0
    GIVEN_SIGNATURE = 1
    SIGNER_REFUSAL = 2


_SIGNER_ANSWER_TYPE_MEMBERS: Final[dict[int, SignerAnswerType]] = {member.value: member for member in SignerAnswerType}


SignerAnswer = KeyAnswer | GivenSignature | SignerRefusal

_pack_key_answer_as_signer_answer_0: Final = Struct(">iI32s").pack


def _write_key_answer_as_signer_answer(value: KeyAnswer) -> bytes:
    try:
        key = value.key
        if len(key) != 32:
            raise ValueError
        part_0 = _pack_key_answer_as_signer_answer_0(0, value.version, key)
    except Exception:
        explain_unencodable(value, _KEY_ANSWER_0)
        raise
    return part_0


_pack_given_signature_as_signer_answer_0: Final = Struct(">i64s").pack


def _write_given_signature_as_signer_answer(value: GivenSignature) -> bytes:
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_0 = _pack_given_signature_as_signer_answer_0(1, signature)
    except Exception:
        explain_unencodable(value, _GIVEN_SIGNATURE_0)
        raise
    return part_0


_pack_signer_refusal_as_signer_answer_0: Final = Struct(">ii").pack


def _write_signer_refusal_as_signer_answer(value: SignerRefusal) -> bytes:
    try:
        reason = value.reason
        message = value.message
        if reason not in _SIGNER_REFUSAL_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_signer_refusal_as_signer_answer_0(2, reason)
    except Exception:
        explain_unencodable(value, _SIGNER_REFUSAL_0)
        raise
    tail_0 = write_string(message, 512, "SignerRefusal.message")
    return part_0 + tail_0


_SIGNER_ANSWER_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    KeyAnswer: _write_key_answer_as_signer_answer,
    GivenSignature: _write_given_signature_as_signer_answer,
    SignerRefusal: _write_signer_refusal_as_signer_answer,
}

_SIGNER_ANSWER_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[SignerAnswer, int]]]] = {
    b"\x00\x00\x00\x00": _read_key_answer,
    b"\x00\x00\x00\x01": _read_given_signature,
    b"\x00\x00\x00\x02": _read_signer_refusal,
}
_SIGNER_ANSWER_DISCRIMINANT = Discriminant(_SIGNER_ANSWER_TYPE_MEMBERS, _SIGNER_ANSWER_READERS)
_SIGNER_ANSWER_0: Fields = (("SignerAnswer.type", "", _SIGNER_ANSWER_DISCRIMINANT),)


def _read_signer_answer(data: bytes, offset: int) -> tuple[SignerAnswer, int]:
    try:
        read = _SIGNER_ANSWER_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _SIGNER_ANSWER_0)
        raise
    return read(data, offset + 4)


def encode_signer_answer(value: SignerAnswer) -> bytes:
    """Encodes a value of the union SignerAnswer by its class."""
    try:
        write = _SIGNER_ANSWER_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "SignerAnswer.type") from None
    return write(value)


def decode_signer_answer(data: bytes) -> SignerAnswer:
    """Decodes bytes that are one SignerAnswer and nothing else."""
    value, offset = _read_signer_answer(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "SignerAnswer")
    return value
