"""What was read of the ledger since the committed cursor, and the report that follows from it. No I/O.

Every honest auditor must sign the same bytes, whenever it polled, however its server cut the pages and
whenever it was restarted. So a report depends on the ledger, on the committed cursor and on the earliest open
deadline, and on nothing
else::

    committed cursor                                            next report's cursor
        │   empty   │   empty   │   empty   │  first relevant ledger  │
        └───────────┴───────────┴───────────┴─────────────────────────┘

A ledger is **relevant** when it has an event of the vault or its channels, when it is the first that closed
after the earliest time bound of the prepared withdrawals (it makes them lapse), or when its number is a
multiple of :data:`HEARTBEAT_LEDGERS`. Nothing is left out: the ledgers in between are known to be empty.

A ledger with more than ``MAX_LEDGER_EVENTS`` events is reported in chunks of whole transactions. A chunk ends
at the cursor ``place of its last transaction | 0xFFF``; only the last chunk ends at the ledger's end,
``ledger << 32 | 0xFFFF_FFFF``. A transaction has at most 100 operations, so a chunk is never empty.

Each account (the vault, every channel) is a stream of its own. Most transactions appear in two of them and
count once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from constellation.protocol.messages import (
    MAX_LEDGER_EVENTS,
    LedgerEvent,
    LedgerReport,
    Settings,
)
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import event_place
from constellation.stellarlink.errors import HistoryGap, LedgerContradiction, LedgerReset, MalformedAnswer
from constellation.stellarlink.network import LedgerRecord, TransactionPage, TransactionRecord
from constellation.stellarlink.reader import TransactionReader
from constellation.stellarlink.toid import ledger_end, ledger_of, transaction_end, whole_ledgers

HEARTBEAT_LEDGERS: Final = 64
"""How often an uneventful ledger is reported: every five minutes. All auditors must use the same number."""

LEDGERS_AHEAD_MAX: Final = 1024
"""Ledgers kept beyond the committed cursor: more than commits of heartbeats can use up between two polls."""

EVENTS_AHEAD_MAX: Final = 20_000
"""Events kept beyond the committed cursor, unless the first ledger that has any has more: about 10 MB."""


@dataclass(slots=True)
class _Stream:
    """How far the transactions of one account were read, and which ledgers that makes complete."""

    cursor: int
    complete_ledger: int


class LedgerWatcher:
    """Collects what the ledger did to one constellation and answers its reports.

    Args:
        settings: of the constellation.
        cursor: everything up to here is committed.
        closed_at_s: close time of the cursor's ledger, when it is known.

    Attributes:
        cursor: the committed cursor, as :meth:`advance` was told.
        last_ledger: the last ledger whose close time is known.
        accounted_closed_at_s: close time of the last whole ledger that is committed; None when not known.
    """

    def __init__(self, settings: Settings, cursor: int, closed_at_s: int | None = None) -> None:
        self._reader = TransactionReader(settings)
        keys = [settings.vault, *(channel.account for channel in settings.channels)]
        self._addresses = [encode_public_key(key) for key in keys]
        self._restart(cursor, closed_at_s)

    def _restart(self, cursor: int, closed_at_s: int | None) -> None:
        self.cursor = cursor
        self.accounted_closed_at_s = closed_at_s
        self.last_ledger = max(0, whole_ledgers(cursor))
        self._last_hash: str | None = None
        self._closed_at_s: dict[int, int] = {}
        self._events: dict[int, dict[int, LedgerEvent]] = {}
        self._streams = {address: _Stream(cursor, self.last_ledger) for address in self._addresses}

    @property
    def complete_ledger(self) -> int:
        """The last ledger of which everything is known."""
        return min(self.last_ledger, *(stream.complete_ledger for stream in self._streams.values()))

    @property
    def last_closed_at_s(self) -> int | None:
        """Close time of the last known ledger; None while none was read."""
        return self._closed_at_s.get(self.last_ledger)

    @property
    def complete_closed_at_s(self) -> int | None:
        """Close time of the last ledger of which everything is known; None while it was not read."""
        return self._closed_at_s.get(self.complete_ledger)

    @property
    def after_ledger(self) -> int | None:
        """Ask for ledgers after this one; None when enough is kept for the commits to catch up with."""
        ahead = self.last_ledger - max(0, whole_ledgers(self.cursor))
        return None if self._has_enough or ahead >= LEDGERS_AHEAD_MAX else self.last_ledger

    @property
    def _has_enough(self) -> bool:
        """Whether many events wait for a commit that can come: more must be read while there is nothing to report."""
        waiting = sum(len(events) for events in self._events.values())
        return waiting > EVENTS_AHEAD_MAX and any(self._is_relevant(ledger) for ledger in self._uncommitted)

    @property
    def _uncommitted(self) -> range:
        """The ledgers after the cursor of which everything is known."""
        return range(max(0, whole_ledgers(self.cursor)) + 1, self.complete_ledger + 1)

    def _is_relevant(self, ledger: int) -> bool:
        """Whether it is reported whatever the deadlines are."""
        return ledger in self._events or ledger % HEARTBEAT_LEDGERS == 0

    def cursors_before(self, ledger: int) -> dict[str, int]:
        """Accounts that are not complete up to ``ledger``, with the cursor to ask after; none when enough is kept."""
        if self._has_enough:
            return {}
        return {address: stream.cursor for address, stream in self._streams.items() if stream.complete_ledger < ledger}

    def receive_ledgers(self, after: int, records: Sequence[LedgerRecord]) -> None:
        """Take closed ledgers.

        Args:
            after: what was asked for. An answer to an old question is ignored.
            records: ascending without a gap; what is known already is passed over.

        Raises:
            HistoryGap: a ledger is missing, or the server's history begins too late.
            LedgerContradiction: a ledger closed before its predecessor.
            LedgerReset: a ledger does not follow the one that was read before.
        """
        if after != self.last_ledger:
            return
        for record in records:
            if record.sequence <= self.last_ledger:
                continue
            if record.sequence != self.last_ledger + 1:
                raise HistoryGap(self.last_ledger + 1, record.sequence)
            previous = self.last_closed_at_s or self.accounted_closed_at_s
            if previous is not None and record.closed_at_s < previous:
                raise LedgerContradiction(f"ledger {record.sequence} closed before its predecessor")
            if None not in (self._last_hash, record.previous_hash) and record.previous_hash != self._last_hash:
                raise LedgerReset(f"ledger {record.sequence} does not follow ledger {self.last_ledger} as it was read")
            self._closed_at_s[record.sequence] = record.closed_at_s
            self.last_ledger, self._last_hash = record.sequence, record.hash

    def receive_transactions(
        self, address: str, after: int, page: TransactionPage, *, limit: int, known_ledger: int
    ) -> None:
        """Take a page of an account's transactions.

        The page shows all there is up to ``known_ledger`` only when it is neither full nor cut, and when the server
        that answered had got that far itself. What precedes an unreadable transaction is kept.

        Args:
            address: the account.
            after: the cursor that was asked for. An answer to an old question is ignored.
            page: the answer.
            limit: how many records were asked for.
            known_ledger: :attr:`last_ledger` **before** the page was asked for.

        Raises:
            UndecodableTransaction: a record cannot be read.
            MalformedAnswer: the records are not in ascending order after the cursor.
            LedgerContradiction: a record differs from what another account's stream told.
        """
        stream = self._streams[address]
        if after != stream.cursor:
            return
        _check_order(after, page.records)
        for record in page.records:
            stream.complete_ledger = max(stream.complete_ledger, record.ledger - 1)
            self._take(record)
            stream.cursor = record.toid
        if len(page.records) < limit and not page.is_cut:
            reached = known_ledger if page.latest_ledger is None else min(known_ledger, page.latest_ledger)
            stream.complete_ledger = max(stream.complete_ledger, reached)
            stream.cursor = max(stream.cursor, ledger_end(reached))

    def _take(self, record: TransactionRecord) -> None:
        for event in self._reader.events(record):
            place = event_place(event)
            if place > self.cursor:
                known = self._events.setdefault(record.ledger, {}).setdefault(place, event)
                if known != event:
                    raise LedgerContradiction(f"transaction {record.hash} was told differently before")

    def advance(self, cursor: int, closed_at_s: int | None = None) -> None:
        """Follow the committed cursor.

        What it covers is forgotten, read or not. A lower cursor than before, after the node dropped quanta
        that were not final, starts the reading over from there.

        Args:
            cursor: the committed one.
            closed_at_s: close time of its ledger, when it is known.
        """
        if cursor < self.cursor:
            self._restart(cursor, closed_at_s)
            return
        committed = whole_ledgers(cursor)
        if closed_at_s is not None or committed > max(0, whole_ledgers(self.cursor)):
            self.accounted_closed_at_s = closed_at_s or self._closed_at_s.get(committed)
        self.cursor = cursor
        if committed > self.last_ledger:
            self.last_ledger, self._last_hash = committed, None
        self._closed_at_s = {ledger: at for ledger, at in self._closed_at_s.items() if ledger > committed}
        for ledger in [ledger for ledger in self._events if ledger <= ledger_of(cursor)]:
            left = {place: event for place, event in self._events.pop(ledger).items() if place > cursor}
            if left:
                self._events[ledger] = left
        for stream in self._streams.values():
            stream.cursor = max(stream.cursor, cursor)
            stream.complete_ledger = max(stream.complete_ledger, committed)

    def next_report(self, cursor: int, deadline_s: int | None) -> LedgerReport | None:
        """The one report that follows ``cursor``; None while too little was read to know it.

        Args:
            cursor: the committed one.
            deadline_s: the earliest time bound of the prepared withdrawals, if there are any.
        """
        if cursor != self.cursor:
            self.advance(cursor)
        for ledger in self._uncommitted:
            is_late = deadline_s is not None and self._closed_at_s[ledger] > deadline_s
            if is_late or self._is_relevant(ledger):
                return self._report(ledger)
        return None

    def _report(self, ledger: int) -> LedgerReport:
        events = self._events.get(ledger, {})
        places = sorted(events)
        end = ledger_end(ledger)
        if len(places) > MAX_LEDGER_EVENTS:
            split = transaction_end(places[MAX_LEDGER_EVENTS])
            places = [place for place in places[:MAX_LEDGER_EVENTS] if transaction_end(place) < split]
            end = transaction_end(places[-1])
        return LedgerReport(self.cursor, end, self._closed_at_s[ledger], [events[place] for place in places])

    def confirms(self, report: LedgerReport) -> bool | None:
        """Whether ``report`` tells the ledger as this node read it; None while too little was read to know.

        A true report need not be :meth:`next_report`'s: deadlines depend on how far a node has replayed.
        """
        last = ledger_of(report.cursor)
        if report.previous != self.cursor or last > self.complete_ledger:
            return None
        seen = {
            place: event
            for ledger, events in self._events.items()
            if ledger <= last
            for place, event in events.items()
            if place <= report.cursor
        }
        in_order = [seen[place] for place in sorted(seen)]
        return report.closed_at_s == self._closed_at_s.get(last) and report.events == in_order


def _check_order(after: int, records: Sequence[TransactionRecord]) -> None:
    for record in records:
        if record.toid <= after:
            raise MalformedAnswer(f"transaction {record.hash} is listed out of order")
        after = record.toid
