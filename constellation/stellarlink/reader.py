"""What a transaction on the ledger means to the constellation, without I/O.

Which operation becomes which event, and what that does, is in :mod:`constellation.stellarlink.ledger_table`.

A transaction whose source is a channel is an event of its own, **successful or not**, because it uses the
channel's sequence number; of a fee bump, the inner transaction counts, and its hash is the one that auditors
signed. A failed transaction deposits nothing. The depositor is the operation's source account; of a muxed
address, the account behind it. Memo and the muxed id of the vault's address are told as they are: whom they name
is decided by the state (:mod:`constellation.quanta.deposits`).

A transaction that cannot be read raises :class:`UndecodableTransaction`; it is never skipped.
"""

from hashlib import sha256
from typing import NamedTuple

from stellar_sdk import xdr

from constellation.protocol.messages import ChannelTransaction, LedgerEvent, Settings, VaultTransaction
from constellation.stellarlink.decoding import account_of, memo_of, some
from constellation.stellarlink.errors import UndecodableTransaction
from constellation.stellarlink.handover import Handover
from constellation.stellarlink.network import TransactionRecord
from constellation.stellarlink.operations import Place, operation_event

_Codes = xdr.TransactionResultCode
_SUCCESS = (_Codes.txSUCCESS, _Codes.txFEE_BUMP_INNER_SUCCESS)


class _Unwrapped(NamedTuple):
    """A transaction without its fee bump, if it had one.

    Attributes:
        transaction: with the operations.
        digest: its hash, which auditors have signed if it is a channel's.
        shown: the hash of what the ledger included.
        payer: whose lumens were the fee.
    """

    transaction: xdr.Transaction
    digest: bytes
    shown: bytes
    payer: bytes


class TransactionReader:
    """Reads the events of one constellation out of transactions.

    Args:
        settings: of the constellation at genesis.
    """

    def __init__(self, settings: Settings) -> None:
        self._network_id = sha256(settings.network_passphrase.encode()).digest()
        self._vault = settings.vault
        self._channels = frozenset(channel.account for channel in settings.channels)
        self._handover = Handover(settings)

    def events(self, record: TransactionRecord) -> list[LedgerEvent]:
        """The events of one transaction, in the order of their places on the ledger.

        Raises:
            UndecodableTransaction: the record's envelope, result, hash and outcome do not fit together, or
                are of a kind that this version does not know.
        """
        try:
            return self._read(record)
        except Exception as error:  # the generated decoders raise whatever their input provokes
            raise UndecodableTransaction(record.hash, f"{error!r:.300}") from error

    def _read(self, record: TransactionRecord) -> list[LedgerEvent]:
        found = self._unwrap(xdr.TransactionEnvelope.from_xdr(record.envelope_xdr))
        if found.shown.hex() != record.hash:
            raise ValueError(f"its envelope has hash {found.shown.hex()}")
        result = xdr.TransactionResult.from_xdr(record.result_xdr).result
        if (result.code in _SUCCESS) is not record.successful:
            raise ValueError(f"its result is {result.code.name}, the record says successful={record.successful}")
        source, operations = account_of(found.transaction.source_account), found.transaction.operations
        events: list[LedgerEvent] = []
        if source in self._channels:
            sequence = found.transaction.seq_num.sequence_number.int64
            events.append(ChannelTransaction(record.toid, found.digest, source, sequence, record.successful))
        elif self._vault in (source, found.payer) or (record.successful and self._acts(operations)):
            events.append(VaultTransaction(record.toid, found.shown))
        if record.successful:
            start = Place(record.toid, found.shown, source, memo_of(found.transaction.memo))
            events += self._operations(start, operations, _results(result))
        return events

    def _acts(self, operations: list[xdr.Operation]) -> bool:
        """Whether somebody else's transaction acts for the vault, other than by handing it to the auditors."""
        named = [operation.source_account for operation in operations if operation.source_account is not None]
        acts = any(account_of(account) == self._vault for account in named)
        return acts and not self._handover.is_done_by(operations)

    def _unwrap(self, envelope: xdr.TransactionEnvelope) -> _Unwrapped:
        if envelope.type is xdr.EnvelopeType.ENVELOPE_TYPE_TX:
            transaction = some(envelope.v1).tx
            digest = self._hash(envelope.type, transaction.to_xdr_bytes())
            return _Unwrapped(transaction, digest, digest, account_of(transaction.source_account))
        if envelope.type is xdr.EnvelopeType.ENVELOPE_TYPE_TX_FEE_BUMP:
            bump = some(envelope.fee_bump).tx
            inner = some(bump.inner_tx.v1).tx
            digest = self._hash(xdr.EnvelopeType.ENVELOPE_TYPE_TX, inner.to_xdr_bytes())
            shown = self._hash(envelope.type, bump.to_xdr_bytes())
            return _Unwrapped(inner, digest, shown, account_of(bump.fee_source))
        raise ValueError(f"no ledger includes an envelope of type {envelope.type.name}")

    def _hash(self, kind: xdr.EnvelopeType, body: bytes) -> bytes:
        return sha256(self._network_id + kind.value.to_bytes(4, "big") + body).digest()

    def _operations(
        self, start: Place, operations: list[xdr.Operation], results: list[xdr.OperationResult]
    ) -> list[LedgerEvent]:
        if len(operations) != len(results):
            raise ValueError(f"{len(operations)} operations have {len(results)} results")
        events: list[LedgerEvent] = []
        for number, (operation, result) in enumerate(zip(operations, results, strict=True), start=1):
            outcome = some(result.tr)
            if outcome.type is not operation.body.type:
                raise ValueError(f"operation {number} has the result of another kind")
            own = operation.source_account
            source = start.source if own is None else account_of(own)
            place = start._replace(operation=start.operation + number, source=source)
            event = operation_event(self._vault, place, operation.body, outcome)
            if event is not None:
                events.append(event)
        return events


def _results(result: xdr.TransactionResultResult) -> list[xdr.OperationResult]:
    if result.code is _Codes.txFEE_BUMP_INNER_SUCCESS:
        return some(some(result.inner_result_pair).result.result.results)
    return some(result.results)
