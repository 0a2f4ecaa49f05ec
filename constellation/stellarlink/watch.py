"""The loop that keeps a :class:`LedgerWatcher` up to date: asks, waits, backs off."""

import asyncio
import logging
from collections.abc import Callable
from random import Random
from typing import Final

from constellation.stellarlink.errors import HistoryGap, NetworkMismatch, NetworkUnavailable, StellarLinkError
from constellation.stellarlink.network import StellarNetwork, TransactionPage
from constellation.stellarlink.toid import whole_ledgers
from constellation.stellarlink.watcher import LedgerWatcher

PAGE_LIMIT: Final = 200
"""Records per request: the most that Horizon gives."""

BACK_OFF_MAX_S: Final = 60.0
"""Between two tries after errors, unless the server asks for more."""

logger = logging.getLogger(__name__)


class LedgerWatch:
    """Polls a network for a watcher until it is cancelled.

    A poll is one request for ledgers and, when a ledger has closed, one per watched account. Errors are kept
    for the health page and tried again; only a server of another network ends the loop.

    Args:
        network: where to ask.
        watcher: what to tell.
        network_passphrase: of the constellation's network.
        poll_interval_s: between two polls when there is nothing more to read; the ledger closes about every 5
            seconds.
        on_change: called when more of the ledger is complete.
        random: spreads the polls of many nodes.
        clock: seconds since 1970.

    Attributes:
        last_error: what went wrong in the last poll; None when it went well.
    """

    def __init__(
        self,
        network: StellarNetwork,
        watcher: LedgerWatcher,
        network_passphrase: str,
        *,
        poll_interval_s: float,
        on_change: Callable[[], None],
        random: Random,
        clock: Callable[[], float],
    ) -> None:
        self._network = network
        self._watcher = watcher
        self._passphrase = network_passphrase
        self._poll_interval_s = poll_interval_s
        self._on_change = on_change
        self._random = random
        self._clock = clock
        self._is_checked = False
        self._last_closed_at_s: int | None = None
        self._failures = 0
        self.last_error: StellarLinkError | None = None

    @property
    def lag_s(self) -> float | None:
        """How long ago the last ledger closed that was read; None before the first."""
        return None if self._last_closed_at_s is None else max(0.0, self._clock() - self._last_closed_at_s)

    async def run(self) -> None:
        """Poll until cancelled.

        Raises:
            NetworkMismatch: the server belongs to another network.
        """
        while True:
            delay_s = await self._try()
            await asyncio.sleep(delay_s)

    async def _try(self) -> float:
        """One poll; how long to wait for the next."""
        try:
            has_more = await self.poll()
        except NetworkMismatch as error:
            self.last_error = error
            raise
        except StellarLinkError as error:
            self._is_checked = False
            self._failures += 1
            if str(error) != str(self.last_error):
                logger.warning("the Stellar ledger cannot be read: %s", error)
            self.last_error = error
            return self._back_off_s(error)
        if self.last_error is not None:
            logger.info("the Stellar ledger can be read again")
        self.last_error = None
        self._failures = 0
        return 0.0 if has_more else self._poll_interval_s * self._random.uniform(0.9, 1.1)

    def _back_off_s(self, error: StellarLinkError) -> float:
        longest = min(BACK_OFF_MAX_S, self._poll_interval_s * (1 << min(self._failures, 16)))
        asked = error.retry_after_s if isinstance(error, NetworkUnavailable) else None
        return max(asked or 0.0, longest * self._random.uniform(0.5, 1.0))

    async def poll(self) -> bool:
        """Ask once for everything; whether there is more to read at once.

        Raises:
            StellarLinkError: what went wrong; what was read before is kept.
        """
        watcher = self._watcher
        if not self._is_checked:
            await self._check_network()
        complete = watcher.complete_ledger
        try:
            has_more = await self._read_ledgers()
            has_more = await self._read_transactions() or has_more
        finally:
            if watcher.complete_ledger > complete:
                self._on_change()
        return has_more

    async def _check_network(self) -> None:
        info = await self._network.network()
        if info.passphrase != self._passphrase:
            raise NetworkMismatch(self._passphrase, info.passphrase)
        accounted = max(0, whole_ledgers(self._watcher.cursor))
        if info.latest_ledger < accounted:
            raise NetworkUnavailable(f"the server is at ledger {info.latest_ledger}, {accounted} is accounted for")
        expected = self._watcher.last_ledger + 1
        if info.oldest_ledger > expected:
            raise HistoryGap(expected, info.oldest_ledger)
        self._is_checked = True

    async def _read_ledgers(self) -> bool:
        after = self._watcher.position.after_ledger
        if after is None:
            return False
        records = await self._network.ledgers(after, PAGE_LIMIT)
        self._watcher.receive_ledgers(after, records)
        self._last_closed_at_s = self._watcher.last_closed_at_s or self._last_closed_at_s
        return len(records) >= PAGE_LIMIT

    async def _read_transactions(self) -> bool:
        known = self._watcher.last_ledger
        asked = self._watcher.position.cursors
        answers = await asyncio.gather(
            *(self._network.transactions(address, cursor, PAGE_LIMIT) for address, cursor in asked.items()),
            return_exceptions=True,
        )
        errors: list[BaseException] = []
        has_more = False
        for (address, cursor), answer in zip(asked.items(), answers, strict=True):
            if isinstance(answer, BaseException):
                errors.append(answer)
                continue
            has_more = has_more or len(answer.records) >= PAGE_LIMIT or answer.is_cut
            try:
                self._receive(address, cursor, answer, known)
            except StellarLinkError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return has_more

    def _receive(self, address: str, cursor: int, page: TransactionPage, known: int) -> None:
        self._watcher.receive_transactions(address, cursor, page, limit=PAGE_LIMIT, known_ledger=known)
