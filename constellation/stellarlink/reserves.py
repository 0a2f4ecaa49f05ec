"""Does the vault hold on the ledger what the constellation owes? No I/O.

A server shows the vault's balances as of some ledger between two that are known. They can be compared with the state
when the state accounts for everything up to the first of them, and nothing happened to the vault until the last::

    committed cursor          first ──── the vault was read ──── last
        │    no event of the vault         no event of the vault  │

A difference counts when it was seen at several comparable ledgers in a row: servers behind one address need not agree
for a moment. Money beyond what is owed endangers nobody: it is told, and suspends nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import CountersEntry, LedgerReport, Settings, SuspensionReason, TotalEntry
from constellation.protocol.settings_json import format_asset
from constellation.quanta import EntryKind, State
from constellation.stellarlink.network import LedgerAccount, LedgerRecord
from constellation.stellarlink.toid import ledger_end, whole_ledgers
from constellation.stellarlink.vault_check import lock_problems
from constellation.stellarlink.watcher import LedgerWatcher
from constellation.vault import RESERVE_ASSET

LEDGERS_TO_BE_SURE: Final = 3
"""Comparable ledgers in a row at which an asset must be found wanting before the alarm is raised."""


@dataclass(frozen=True, slots=True)
class VaultReading:
    """The vault as a server showed it.

    Attributes:
        vault: None when it is not on the ledger.
        first: a ledger that had closed before the vault was asked for.
        last: the last ledger that had closed when the answer was there.
    """

    vault: LedgerAccount | None
    first: int
    last: LedgerRecord


@dataclass(frozen=True, slots=True)
class AssetReserve:
    """One asset in the vault, compared with what is owed.

    Attributes:
        asset: its id.
        name: ``native`` or ``CODE:ISSUER``.
        vault: what the vault holds for the accounts, in stroops; None without a trust line.
        owed: what the constellation owes.
        ledger: at whose end.
        problem: what is wrong, for people; None when nothing is.
        reason: why the asset should be suspended; None when it need not be.
    """

    asset: int
    name: str
    vault: int | None
    owed: int
    ledger: int
    problem: str | None = None
    reason: SuspensionReason | None = None

    @property
    def difference(self) -> int:
        """What the vault holds beyond what is owed; negative when something is missing."""
        return (self.vault or 0) - self.owed

    def to_json(self) -> dict[str, Any]:
        """For status pages."""
        return {
            "asset": self.asset,
            "name": self.name,
            "vault": None if self.vault is None else format_amount(self.vault),
            "owed": format_amount(self.owed),
            "difference": format_amount(self.difference),
            "ledger": self.ledger,
            "ok": self.problem is None,
            "problem": self.problem,
        }


def is_comparable(cursor: int, watcher: LedgerWatcher, reading: VaultReading) -> bool | None:
    """Whether what ends at ``cursor`` accounts for all that had happened to the vault; None while too little is known.

    Args:
        cursor: of the state.
        watcher: which reads the ledger from there on, or will when it is told of the cursor.
        reading: the vault.
    """
    last, committed = reading.last.sequence, whole_ledgers(cursor)
    if ledger_end(committed) != cursor or reading.first < committed:
        return False  # a part of a ledger is accounted for, or more than the vault shows
    if last == committed:
        return True
    return watcher.confirms(LedgerReport(cursor, ledger_end(last), reading.last.closed_at_s, []))


def compare_reserves(settings: Settings, counters: CountersEntry, reading: VaultReading) -> list[AssetReserve]:
    """Every listed asset of a comparable reading.

    Args:
        settings: in force.
        counters: of the state: what is owed.
        reading: the vault.
    """
    problems = ["the vault is not on the ledger"]
    if reading.vault is not None:
        change = counters.signers_change
        signers = [counters.signers] if change is None else [counters.signers, change.signers]
        problems = min((list(lock_problems("the vault", reading.vault, item)) for item in signers), key=len)
    return [_compare(settings, total, reading, problems) for total in counters.totals]


def _compare(settings: Settings, total: TotalEntry, reading: VaultReading, problems: list[str]) -> AssetReserve:
    asset, owed = total.asset, total.held
    identity = settings.assets[asset].identity
    line = None if reading.vault is None else reading.vault.balance(identity)
    amount = None if line is None else line.amount - (settings.vault_reserve if asset == RESERVE_ASSET else 0)
    problem, reason = None, None
    if problems:
        problem, reason = "; ".join(problems), SuspensionReason.RESERVES_DIFFER
    elif line is None or amount is None:
        if not _awaits_trust_line(total):
            problem, reason = "the vault has no trust line for it", SuspensionReason.NOT_AUTHORIZED
    elif not line.is_authorized:
        problem, reason = "the issuer has not authorized the vault to hold it", SuspensionReason.NOT_AUTHORIZED
    elif amount < owed:
        problem = f"{format_amount(owed - amount)} less in the vault than owed"
        reason = SuspensionReason.RESERVES_DIFFER
    elif amount > owed:
        problem = f"{format_amount(amount - owed)} more in the vault than owed"
    return AssetReserve(asset, format_asset(identity), amount, owed, reading.last.sequence, problem, reason)


def _awaits_trust_line(total: TotalEntry) -> bool:
    """A newly listed asset is suspended until the vault's trust line is there."""
    suspension = total.suspension
    return total.trust is not None or (suspension is not None and suspension.reason is SuspensionReason.NO_TRUST_LINE)


class ReservesWatch:
    """Compares one reading after the other.

    Args:
        watcher: of the same ledger.
        ledgers_to_be_sure: see :data:`LEDGERS_TO_BE_SURE`.

    Attributes:
        reserves: as they were compared last, by asset id; empty before.
    """

    def __init__(self, watcher: LedgerWatcher, ledgers_to_be_sure: int = LEDGERS_TO_BE_SURE) -> None:
        self._watcher = watcher
        self._enough = ledgers_to_be_sure
        self._reading: VaultReading | None = None
        self._compared = 0
        self._seen: dict[tuple[int, SuspensionReason], int] = {}
        self.reserves: list[AssetReserve] = []

    @property
    def next_ledger(self) -> int | None:
        """A ledger that is complete and not compared yet: read the vault now; None while there is no need."""
        complete = self._watcher.complete_ledger
        return complete if self._reading is None and complete > max(self._compared, 0) else None

    def receive(self, reading: VaultReading) -> None:
        """Take what a server showed."""
        self._reading = reading

    def compare(self, state: State) -> bool:
        """Compare the last reading, if it can be by now; whether it was compared."""
        reading = self._reading
        if reading is None:
            return False
        comparable = is_comparable(state.ledger_cursor, self._watcher, reading)
        if comparable is None:
            return False
        self._reading = None
        if not comparable or reading.last.sequence <= self._compared:
            return False
        self._compared = reading.last.sequence
        counters = state.entry(EntryKind.COUNTERS, b"")
        assert isinstance(counters, CountersEntry)
        self.reserves = compare_reserves(state.settings, counters, reading)
        found = [(item.asset, item.reason) for item in self.reserves if item.reason is not None]
        self._seen = {key: self._seen.get(key, 0) + 1 for key in found}
        return True

    def alarms(self, state: State) -> Iterator[tuple[AssetReserve, int, SuspensionReason]]:
        """Assets that must be suspended and are not: what was found, number of the change, and the reason."""
        for item in self.reserves:
            if item.reason is None or self._seen.get((item.asset, item.reason), 0) < self._enough:
                continue
            if not state.assets.is_suspended(item.asset) and item.asset not in state.trusts:
                yield item, state.assets.changes[item.asset] + 1, item.reason
