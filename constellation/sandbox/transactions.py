"""Transactions: decoding what was submitted into what the ledger's rules are about."""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from stellar_sdk import xdr
from xdrlib3 import Error as XdrError

from constellation.sandbox.addresses import Address, some
from constellation.sandbox.limits import ENVELOPE_BASE64_MAX
from constellation.sandbox.operations import Operation, decode_operation
from constellation.sandbox.signatures import Signature, signer_key_from_xdr


class MalformedEnvelopeError(ValueError):
    """What was submitted is not a transaction envelope."""


@dataclass(frozen=True, slots=True)
class Preconditions:
    """When a transaction may enter a ledger. Zero means no limit."""

    has_time_bounds: bool = False
    min_time: int = 0
    max_time: int = 0
    has_ledger_bounds: bool = False
    min_ledger: int = 0
    max_ledger: int = 0
    min_sequence: int | None = None
    min_sequence_age: int = 0
    min_sequence_ledger_gap: int = 0
    extra_signers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction with its signatures."""

    hash: bytes
    source: Address
    fee: int
    sequence: int
    preconditions: Preconditions
    memo: xdr.Memo
    operations: tuple[Operation, ...]
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class FeeBump:
    """The outer transaction that pays a higher fee for an inner one."""

    hash: bytes
    source: Address
    fee: int
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was submitted: a transaction, and the fee bump around it if there is one.

    Attributes:
        envelope_xdr: The envelope in canonical base64.
        transaction: The transaction, inside the fee bump if there is one.
        fee_bump: The fee bump, or None.
        is_supported: False for the envelope type that the network gave up with protocol 13.
    """

    envelope_xdr: str
    transaction: Transaction
    fee_bump: FeeBump | None = None
    is_supported: bool = True

    @property
    def outer(self) -> Transaction | FeeBump:
        """Who pays: the fee bump, or else the transaction."""
        return self.fee_bump or self.transaction

    @property
    def hash(self) -> bytes:
        """The hash under which the ledger files it."""
        return self.outer.hash

    @property
    def fee_account(self) -> str:
        """The account that pays the fee."""
        return self.outer.source.account_id

    @property
    def max_fee(self) -> int:
        """The fee bid, in stroops."""
        return self.outer.fee

    @property
    def fee_units(self) -> int:
        """How many base fees it takes: one per operation, and one for the fee bump."""
        return max(1, len(self.transaction.operations)) + (self.fee_bump is not None)

    def charged_fee(self, base_fee: int) -> int:
        """Returns what the ledger really takes: never more than the bid."""
        return min(self.max_fee, base_fee * self.fee_units)

    @property
    def participants(self) -> list[str]:
        """Every account it concerns, each once, the source first."""
        accounts = [self.transaction.source.account_id, self.fee_account]
        for operation in self.transaction.operations:
            accounts += [operation.source.account_id, *operation.participants]
        return list(dict.fromkeys(accounts))


def decode_envelope(envelope_xdr: str, network_id: bytes) -> Envelope:
    """Decodes a base64 envelope.

    Args:
        envelope_xdr: What the client submitted.
        network_id: The hash of the network's passphrase, which enters every transaction hash.

    Raises:
        MalformedEnvelopeError: when it is not an envelope, or too long to be one.
    """
    if len(envelope_xdr) > ENVELOPE_BASE64_MAX:
        raise MalformedEnvelopeError("too long")
    try:
        raw = base64.b64decode(envelope_xdr, validate=True)
        envelope = xdr.TransactionEnvelope.from_xdr_bytes(raw)
        return _decode(envelope, base64.b64encode(raw).decode(), network_id)
    except (XdrError, ValueError, binascii.Error, EOFError, RecursionError) as error:
        raise MalformedEnvelopeError(str(error)) from error


def _decode(envelope: xdr.TransactionEnvelope, envelope_xdr: str, network_id: bytes) -> Envelope:
    if envelope.type == xdr.EnvelopeType.ENVELOPE_TYPE_TX:
        v1 = some(envelope.v1)
        return Envelope(envelope_xdr, _transaction(v1.tx, v1.signatures, network_id))
    if envelope.type == xdr.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP:
        return _fee_bump(some(envelope.fee_bump), envelope_xdr, network_id)
    v0 = some(envelope.v0)
    transaction = _transaction(_v1_from_v0(v0.tx), v0.signatures, network_id)
    return Envelope(envelope_xdr, transaction, is_supported=False)


def _fee_bump(envelope: xdr.FeeBumpTransactionEnvelope, envelope_xdr: str, network_id: bytes) -> Envelope:
    inner = some(envelope.tx.inner_tx.v1)
    tagged = xdr.TransactionSignaturePayloadTaggedTransaction(
        xdr.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP, fee_bump=envelope.tx
    )
    fee_bump = FeeBump(
        hash=_hash(tagged, network_id),
        source=Address.from_xdr(envelope.tx.fee_source),
        fee=envelope.tx.fee.int64,
        signatures=tuple(map(Signature.from_xdr, envelope.signatures)),
    )
    return Envelope(envelope_xdr, _transaction(inner.tx, inner.signatures, network_id), fee_bump)


def _transaction(tx: xdr.Transaction, signatures: list[xdr.DecoratedSignature], network_id: bytes) -> Transaction:
    tagged = xdr.TransactionSignaturePayloadTaggedTransaction(xdr.EnvelopeType.ENVELOPE_TYPE_TX, tx=tx)
    source = Address.from_xdr(tx.source_account)
    return Transaction(
        hash=_hash(tagged, network_id),
        source=source,
        fee=tx.fee.uint32,
        sequence=tx.seq_num.sequence_number.int64,
        preconditions=_preconditions(tx.cond),
        memo=tx.memo,
        operations=tuple(decode_operation(operation, source) for operation in tx.operations),
        signatures=tuple(map(Signature.from_xdr, signatures)),
    )


def _hash(tagged: xdr.TransactionSignaturePayloadTaggedTransaction, network_id: bytes) -> bytes:
    payload = xdr.TransactionSignaturePayload(xdr.Hash(network_id), tagged)
    return hashlib.sha256(payload.to_xdr_bytes()).digest()


def _preconditions(cond: xdr.Preconditions) -> Preconditions:
    v2 = cond.v2
    times = cond.time_bounds if v2 is None else v2.time_bounds
    ledgers = None if v2 is None else v2.ledger_bounds
    min_sequence = None if v2 is None else v2.min_seq_num
    return Preconditions(
        has_time_bounds=times is not None,
        min_time=times.min_time.time_point.uint64 if times else 0,
        max_time=times.max_time.time_point.uint64 if times else 0,
        has_ledger_bounds=ledgers is not None,
        min_ledger=ledgers.min_ledger.uint32 if ledgers else 0,
        max_ledger=ledgers.max_ledger.uint32 if ledgers else 0,
        min_sequence=min_sequence.sequence_number.int64 if min_sequence else None,
        min_sequence_age=v2.min_seq_age.duration.uint64 if v2 else 0,
        min_sequence_ledger_gap=v2.min_seq_ledger_gap.uint32 if v2 else 0,
        extra_signers=tuple(map(signer_key_from_xdr, v2.extra_signers)) if v2 else (),
    )


def _v1_from_v0(tx: xdr.TransactionV0) -> xdr.Transaction:
    """Returns the old form in the new one; both have the same hash."""
    has_bounds = tx.time_bounds is not None
    kind = xdr.PreconditionType.PRECOND_TIME if has_bounds else xdr.PreconditionType.PRECOND_NONE
    return xdr.Transaction(
        xdr.MuxedAccount(xdr.CryptoKeyType.KEY_TYPE_ED25519, ed25519=tx.source_account_ed25519),
        tx.fee,
        tx.seq_num,
        xdr.Preconditions(kind, time_bounds=tx.time_bounds),
        tx.memo,
        tx.operations,
        xdr.TransactionExt(0),
    )
