"""What the ledger did to the vault after a state: deposits, settled withdrawals, earlier refunds.

It is read from the transactions of the vault and its channels, page by page, up to one ledger's end. Deposits and
channel transactions come from the same reader that auditors report with.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from constellation.protocol.messages import ChannelTransaction, LedgerDeposit, Settings
from constellation.protocol.settings_json import format_asset
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.errors import MalformedAnswer, NetworkUnavailable, UndecodableTransaction
from constellation.stellarlink.network import StellarNetwork, TransactionRecord
from constellation.stellarlink.reader import TransactionReader
from constellation.stellarlink.refund_model import RefundRefused
from constellation.stellarlink.refund_transactions import hash_memo, inner_envelope, transfers
from constellation.stellarlink.toid import ledger_of
from constellation.stellarlink.watch import PAGE_LIMIT

TRANSACTIONS_MAX: Final = 1_000_000
"""Of the vault and its channels after a state: months of full load; they are held in memory."""


@dataclass(frozen=True, slots=True, order=True)
class LateDeposit:
    """A deposit that the state does not know."""

    place: int
    source: str
    asset: str
    amount: int


@dataclass(frozen=True, slots=True, order=True)
class UsedSequence:
    """A channel's transaction that the state does not know, successful or not; the hash is that of its inner one."""

    place: int
    channel: str
    sequence: int
    hash: str
    successful: bool


@dataclass(frozen=True, slots=True, order=True)
class Outflow:
    """Money that a transaction took out of the vault."""

    place: int
    number: int
    receiver: str
    asset: str
    amount: int
    hash: str
    memo: str


@dataclass(frozen=True, slots=True)
class History:
    """What happened after a cursor, in the order of the ledger."""

    deposits: tuple[LateDeposit, ...]
    used: tuple[UsedSequence, ...]
    outflows: tuple[Outflow, ...]

    def until(self, ledger: int) -> "History":
        """The part up to the end of ``ledger``."""
        return self._where(lambda place: ledger_of(place) <= ledger)

    def after(self, ledger: int) -> "History":
        """The part after the end of ``ledger``."""
        return self._where(lambda place: ledger_of(place) > ledger)

    def _where(self, wanted: Callable[[int], bool]) -> "History":
        return History(
            tuple(item for item in self.deposits if wanted(item.place)),
            tuple(item for item in self.used if wanted(item.place)),
            tuple(item for item in self.outflows if wanted(item.place)),
        )

    def change(self, asset: str) -> int:
        """By how much all this changed what the vault holds of ``asset``."""
        gained = sum(item.amount for item in self.deposits if item.asset == asset)
        return gained - sum(item.amount for item in self.outflows if item.asset == asset)


class _Collector:
    """Takes each transaction once, whichever accounts list it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._vault = encode_public_key(settings.vault)
        self._reader = TransactionReader(settings)
        self._seen: dict[int, str] = {}
        self._deposits: list[LateDeposit] = []
        self._used: list[UsedSequence] = []
        self._outflows: list[Outflow] = []

    def add(self, record: TransactionRecord) -> None:
        known = self._seen.get(record.toid)
        if known is not None:
            if known != record.hash:
                raise MalformedAnswer(f"two transactions at place {record.toid}: {known} and {record.hash}")
            return
        self._seen[record.toid] = record.hash
        if len(self._seen) > TRANSACTIONS_MAX:
            raise RefundRefused(f"there are more than {TRANSACTIONS_MAX} transactions after the state")
        for event in self._reader.events(record):
            match event:
                case LedgerDeposit():
                    source = encode_public_key(event.source)
                    self._deposits.append(LateDeposit(event.operation, source, format_asset(event.asset), event.amount))
                case ChannelTransaction():
                    channel = encode_public_key(event.channel)
                    transaction = event.transaction.hex()
                    self._used.append(
                        UsedSequence(event.transaction_id, channel, event.sequence, transaction, event.successful)
                    )
        if record.successful:
            self._outflows += self._read_outflows(record)

    def _read_outflows(self, record: TransactionRecord) -> Iterable[Outflow]:
        try:
            envelope = inner_envelope(record.envelope_xdr, self._settings.network_passphrase)
            found = transfers(envelope.transaction, self._vault)
        except Exception as error:  # the decoders raise whatever their input provokes
            raise UndecodableTransaction(record.hash, f"{error!r:.300}") from error
        memo = (hash_memo(envelope.transaction) or b"").hex()
        for number, item in enumerate(found):
            yield Outflow(record.toid, number, item.receiver, item.asset, item.amount, envelope.hash().hex(), memo)

    def history(self) -> History:
        return History(tuple(sorted(self._deposits)), tuple(sorted(self._used)), tuple(sorted(self._outflows)))


async def read_history(network: StellarNetwork, settings: Settings, cursor: int, ledger: int) -> History:
    """Everything after ``cursor`` up to the end of ``ledger``.

    Raises:
        UndecodableTransaction: a transaction cannot be read; none is ever skipped.
        NetworkUnavailable: the network gave no usable answer, or has not got that far.
        RefundRefused: there is more than can be held.
    """
    collector = _Collector(settings)
    for key in (settings.vault, *(channel.account for channel in settings.channels)):
        await _read_stream(network, encode_public_key(key), cursor, ledger, collector)
    return collector.history()


async def _read_stream(network: StellarNetwork, address: str, cursor: int, ledger: int, collector: _Collector) -> None:
    while True:
        page = await network.transactions(address, cursor, PAGE_LIMIT)
        for record in page.records:
            if record.toid <= cursor:
                raise MalformedAnswer(f"transaction {record.hash} is listed out of order")
            if record.ledger > ledger:
                return
            collector.add(record)
            cursor = record.toid
        if len(page.records) < PAGE_LIMIT and not page.is_cut:
            if page.latest_ledger is not None and page.latest_ledger < ledger:
                raise NetworkUnavailable(f"the server is at ledger {page.latest_ledger}, {ledger} was promised")
            return
