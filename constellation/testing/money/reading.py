"""How an auditor reads its server: pages of any length, answers that are late, lost, doubled or out of order."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from constellation.stellarlink import LedgerWatcher, NetworkUnavailable
from constellation.testing.money.errand import at_once
from constellation.testing.money.server import Server

PAGE_LIMIT: Final = 200
"""Records per request, when all is well."""

_LATE_MAX = 20


@dataclass
class ReadingFaults:
    """How often something goes wrong with an answer.

    Attributes:
        lost: chance that it never comes.
        late: chance that it comes after later ones.
        twice: chance that it comes twice.
        short: chance that pages are asked for a few records at a time.
    """

    lost: float = 0
    late: float = 0
    twice: float = 0
    short: float = 0

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self.lost = self.late = self.twice = self.short = 0


class Reading:
    """Feeds one watcher.

    Args:
        watcher: what is told.
        server: who is asked.
        random: draws faults.
        faults: how often.
    """

    def __init__(self, watcher: LedgerWatcher, server: Server, random: Random, faults: ReadingFaults) -> None:
        self._watcher = watcher
        self._server = server
        self._random = random
        self._faults = faults
        self._late: list[Callable[[], None]] = []

    def look(self) -> None:
        """Ask for ledgers, then for the transactions of every account that is not complete."""
        limit = self._random.randint(1, 3) if self._random.random() < self._faults.short else PAGE_LIMIT
        try:
            self._ask_ledgers(limit)
            self._ask_transactions(limit)
        except NetworkUnavailable:
            return
        while self._late and (self._random.random() < 0.5 or len(self._late) > _LATE_MAX):
            self._late.pop(self._random.randrange(len(self._late)))()

    def _ask_ledgers(self, limit: int) -> None:
        watcher, after = self._watcher, self._watcher.after_ledger
        if after is not None:
            records = at_once(self._server.ledgers(after, limit))
            self._deliver(lambda: watcher.receive_ledgers(after, records))

    def _ask_transactions(self, limit: int) -> None:
        watcher, known = self._watcher, self._watcher.last_ledger
        for address, cursor in watcher.cursors_before(known).items():
            page = at_once(self._server.transactions(address, cursor, limit))
            self._deliver(
                lambda address=address, cursor=cursor, page=page: watcher.receive_transactions(  # type: ignore[misc]
                    address, cursor, page, limit=limit, known_ledger=known
                )
            )

    def _deliver(self, answer: Callable[[], None]) -> None:
        faults, chance = self._faults, self._random.random()
        if chance < faults.lost:
            return
        if chance < faults.lost + faults.late:
            self._late.append(answer)
            return
        answer()
        if self._random.random() < faults.twice:
            answer()
