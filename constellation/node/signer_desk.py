"""What a signer signs, by its own rules: it looks at what it is shown, and refuses what it cannot read. No sockets."""

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from constellation.node.signer_record import SignerRecord, WillNotSign
from constellation.protocol.errors import clip
from constellation.protocol.messages import (
    SIGNER_VERSION,
    Appointment,
    AssetSuspension,
    BatchHeader,
    GivenSignature,
    HandshakeTranscript,
    KeyAnswer,
    KeyQuestion,
    LedgerReport,
    MessageToSign,
    Promise,
    Proposal,
    Role,
    Settings,
    SignerAnswer,
    SignerRefusal,
    SignerRefusalReason,
    TransactionToSign,
    Verdict,
    decode_signer_question,
    encode_signer_answer,
)
from constellation.protocol.signing import KeyPair, Purpose, header_hash, settings_constellation_id
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.xdr import MalformedMessage

log = logging.getLogger(__name__)

_NETWORK_ID_BYTES = 32
_TRANSACTION: Final = (2).to_bytes(4, "big")  # ENVELOPE_TYPE_TX; a fee bump is nothing that a member signs
_MESSAGES: Final[dict[Purpose, type[Any]]] = {
    Purpose.HEADER: BatchHeader,
    Purpose.VOTE: BatchHeader,
    Purpose.HANDSHAKE: HandshakeTranscript,
    Purpose.PROMISE: Promise,
    Purpose.VERDICT: Verdict,
    Purpose.LEDGER_REPORT: LedgerReport,
    Purpose.APPOINTMENT: Appointment,
    Purpose.PROPOSAL: Proposal,
}
_FREQUENT = (Purpose.HEADER, Purpose.VOTE, Purpose.HANDSHAKE)


class SignerDesk:
    """Answers a node's questions.

    Args:
        key_pair: signs.
        settings: of the one constellation that it signs for, at genesis.
        record: of what was signed.
        signs_decisions: also what an operator decides: appointments, and proposals other than a node's own alarms.
    """

    def __init__(self, key_pair: KeyPair, settings: Settings, record: SignerRecord, *, signs_decisions: bool) -> None:
        self._key_pair = key_pair
        self._constellation = settings_constellation_id(settings)
        self._network_id = sha256(settings.network_passphrase.encode()).digest()
        accounts = [settings.vault, *(channel.account for channel in settings.channels)]
        self._accounts = [encode_public_key(account) for account in accounts]
        self._record = record
        self._signs_decisions = signs_decisions

    def answer(self, question: bytes) -> bytes:
        """The answer to a question; both encoded.

        Raises:
            RecordFailed: the record's disk failed.
        """
        try:
            answer: SignerAnswer = self._answer(question)
        except WillNotSign as refusal:
            log.error("refused", extra={"reason": refusal.reason.name, "why": str(refusal)})
            answer = SignerRefusal(refusal.reason, clip(str(refusal)))
        return encode_signer_answer(answer)

    def _answer(self, question: bytes) -> SignerAnswer:
        match _read(decode_signer_question, question):
            case KeyQuestion():
                return KeyAnswer(SIGNER_VERSION, self._key_pair.public)
            case MessageToSign() as asked:
                return GivenSignature(self._sign_message(asked))
            case TransactionToSign(signature_base=base):
                self._check_transaction(base)
                log.info("transaction signed", extra={"transaction": sha256(base).hexdigest()})
                return GivenSignature(self._key_pair.sign_transaction(base))
        raise AssertionError(question)

    def _sign_message(self, asked: MessageToSign) -> bytes:
        if asked.constellation != self._constellation:
            raise WillNotSign(SignerRefusalReason.SIGNER_FOREIGN, "it is for another constellation")
        purpose = next((item for item in _MESSAGES if item == asked.purpose), None)
        if purpose is None:
            raise WillNotSign(SignerRefusalReason.SIGNER_MALFORMED, f"no node signs for the purpose {asked.purpose}")
        message = _read(_MESSAGES[purpose].from_xdr, asked.message)
        self._check_message(purpose, message)
        if purpose not in _FREQUENT:
            log.info("message signed", extra={"purpose": purpose.name, "constellation": asked.constellation.hex()})
        return self._key_pair.sign_message(purpose, asked.constellation, asked.message)

    def _check_message(self, purpose: Purpose, message: Any) -> None:
        match purpose:
            case Purpose.HEADER:
                self._record.take_header(message, header_hash(self._constellation, message))
            case Purpose.VOTE:
                self._record.take_vote(message, header_hash(self._constellation, message))
            case Purpose.PROMISE:
                self._record.take_promise(message)
            case Purpose.HANDSHAKE:
                self._check_handshake(message)
            case Purpose.APPOINTMENT:
                self._check_decision()
            case Purpose.PROPOSAL if not isinstance(message.decision, AssetSuspension):
                self._check_decision()

    def _check_handshake(self, transcript: HandshakeTranscript) -> None:
        own = transcript.key if transcript.signer is Role.ALPHA else transcript.hello.key
        if own != self._key_pair.public or transcript.hello.constellation != self._constellation:
            raise WillNotSign(SignerRefusalReason.SIGNER_FOREIGN, "a handshake of another key or constellation")

    def _check_decision(self) -> None:
        if not self._signs_decisions:
            raise WillNotSign(
                SignerRefusalReason.SIGNER_NOT_ALLOWED, "operators' decisions are signed with --sign-decisions only"
            )

    def _check_transaction(self, base: bytes) -> None:
        """Check that a transaction is one of the vault's: readable, of this network, bounded in time."""
        from stellar_sdk import Transaction, xdr  # a second, and only where there are transactions

        if base[:_NETWORK_ID_BYTES] != self._network_id:
            raise WillNotSign(SignerRefusalReason.SIGNER_FOREIGN, "a transaction of another network")
        body = base[_NETWORK_ID_BYTES + len(_TRANSACTION) :]
        if base[_NETWORK_ID_BYTES:][: len(_TRANSACTION)] != _TRANSACTION:
            raise WillNotSign(SignerRefusalReason.SIGNER_MALFORMED, "it is no transaction")
        try:
            read = xdr.Transaction.from_xdr_bytes(body)
            transaction = Transaction.from_xdr_object(read)
        except Exception:  # the library raises what it likes
            raise WillNotSign(SignerRefusalReason.SIGNER_MALFORMED, "the transaction cannot be read") from None
        if read.to_xdr_bytes() != body:
            raise WillNotSign(SignerRefusalReason.SIGNER_MALFORMED, "there is something behind the transaction")
        source = transaction.source.account_id
        sources = [source, *(item.source.account_id for item in transaction.operations if item.source is not None)]
        if any(account not in self._accounts for account in sources):
            raise WillNotSign(SignerRefusalReason.SIGNER_FOREIGN, "it acts for another account than vault or channels")
        bounds = None if transaction.preconditions is None else transaction.preconditions.time_bounds
        if bounds is None or bounds.max_time <= 0:
            raise WillNotSign(SignerRefusalReason.SIGNER_NOT_ALLOWED, "the transaction has no time bound")


def _read(decode: Callable[[bytes], Any], data: bytes) -> Any:
    try:
        return decode(data)
    except MalformedMessage as error:
        raise WillNotSign(SignerRefusalReason.SIGNER_MALFORMED, f"it cannot be read: {error}") from None
