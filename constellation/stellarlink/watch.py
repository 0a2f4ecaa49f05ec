"""The loop that keeps a :class:`LedgerWatcher` up to date: asks one server after the other, waits, backs off."""

import asyncio
import logging
from collections.abc import Callable
from random import Random
from typing import Final

from constellation.stellarlink.errors import NetworkMismatch, StellarLinkError
from constellation.stellarlink.network import TransactionPage
from constellation.stellarlink.pool import NetworkPool
from constellation.stellarlink.server import NetworkServer
from constellation.stellarlink.server_health import Need
from constellation.stellarlink.toid import whole_ledgers
from constellation.stellarlink.watcher import LedgerWatcher

PAGE_LIMIT: Final = 200
"""Records per request: the most that Horizon gives."""

SETTLE_S: Final = 10.0
"""About two ledgers. Behind one URL there may be servers of which one lists ledgers and another, which lags, lists
transactions. Where a page of transactions does not say how far it reaches, only ledgers that the server showed so long
before, and still shows afterwards, are taken as complete."""

PRUNING_MARGIN_LEDGERS: Final = 1000
"""Where a server's history begins so close to what is read next, it is asked again after it was read."""

_FULL_HISTORY = 2  # networks begin with ledger 1 or 2; a history from there on is never pruned
_LEAST_PAUSE_S = 0.1

logger = logging.getLogger(__name__)


class LedgerWatch:
    """Polls a network for a watcher until it is cancelled.

    A poll is one request for ledgers and, when a ledger has closed, one per watched account, all to the same server.
    After an error the next poll goes to the next server. What no server can answer is kept for the health page and
    tried again; only when every server is of another network, the loop ends. Nothing is ever skipped: what one server
    lacks or garbles another one tells, or the reading stops there, visibly.

    Args:
        pool: the servers.
        watcher: what to tell.
        poll_interval_s: between two polls when there is nothing more to read; the ledger closes about every 5
            seconds.
        on_change: called when more of the ledger is complete.
        random: spreads the polls of many nodes.
        clock: seconds since 1970.

    Attributes:
        last_error: why the ledger cannot be read; None while it can.
    """

    def __init__(
        self,
        pool: NetworkPool,
        watcher: LedgerWatcher,
        *,
        poll_interval_s: float,
        on_change: Callable[[], None],
        random: Random,
        clock: Callable[[], float],
    ) -> None:
        self._pool = pool
        self._watcher = watcher
        self._poll_interval_s = poll_interval_s
        self._on_change = on_change
        self._random = random
        self._clock = clock
        self._hint = asyncio.Event()
        self._closed_at_s: int | None = None
        self.last_error: StellarLinkError | None = None

    @property
    def lag_s(self) -> float | None:
        """How long ago the last ledger closed of which everything was read; None before the first."""
        return None if self._closed_at_s is None else max(0.0, self._clock() - self._closed_at_s)

    def wake(self) -> None:
        """A hint that a ledger has closed: poll now, unless the last poll failed or was just now."""
        self._hint.set()

    async def run(self) -> None:
        """Poll until cancelled.

        Raises:
            NetworkMismatch: every server belongs to another network.
        """
        while True:
            self._hint.clear()
            pause_s = await self._try()
            if self.last_error is None:
                await self._pause(pause_s)
            else:
                await asyncio.sleep(pause_s)

    async def _pause(self, pause_s: float) -> None:
        least_s = min(pause_s, _LEAST_PAUSE_S)
        await asyncio.sleep(least_s)
        try:
            async with asyncio.timeout(pause_s - least_s):
                await self._hint.wait()
        except TimeoutError:
            return

    async def _try(self) -> float:
        """One poll; how long to wait for the next."""
        try:
            has_more = await self.poll()
        except NetworkMismatch as error:
            self.last_error = error
            raise
        except StellarLinkError as error:
            least_s = min(_LEAST_PAUSE_S, self._poll_interval_s)
            if self._pool.is_well:
                return least_s  # another server answers
            if str(error) != str(self.last_error):
                logger.warning("the Stellar ledger cannot be read: %s", error)
            self.last_error = error
            return max(least_s, self._pool.wait_s)
        if self.last_error is not None:
            logger.info("the Stellar ledger can be read again")
        self.last_error = None
        return 0.0 if has_more else self._poll_interval_s * self._random.uniform(0.9, 1.1)

    async def poll(self) -> bool:
        """Ask one server for everything; whether there is more to read at once.

        Raises:
            StellarLinkError: what went wrong; what was read before is kept.
        """
        watcher = self._watcher
        self._pool.need = Need(
            watcher.complete_ledger, max(0, whole_ledgers(watcher.cursor)), watcher.accounted_closed_at_s
        )
        server = await self._pool.pick()
        complete = watcher.complete_ledger
        try:
            await self._check(server)
            has_more = await self._read_ledgers(server)
            return await self._read_transactions(server) or has_more
        except StellarLinkError as error:
            server.distrust(error)
            raise
        finally:
            self._closed_at_s = watcher.complete_closed_at_s or self._closed_at_s
            if watcher.complete_ledger > complete:
                self._on_change()

    async def _check(self, server: NetworkServer) -> None:
        """Whether the server has what is needed now; it is asked when what it said before does not suffice."""
        need = self._pool.need
        assert server.info is not None
        if need.unmet(server.info) is not None:
            fault = need.unmet(await server.network())
            if fault is not None:
                raise fault

    async def _check_afterwards(self, server: NetworkServer) -> int:
        """Whether what was just read was still there; how far the server is.

        A pruned server silently begins with what it has. One that has gone back silently ends before what it showed.
        """
        info = await server.network()
        fault = self._pool.need.unmet(info)
        if fault is not None:
            raise fault
        return info.latest_ledger

    def _is_near_pruning(self, server: NetworkServer) -> bool:
        after, info = self._pool.need.history_after, server.info
        assert after is not None
        assert info is not None
        return info.oldest_ledger > _FULL_HISTORY and after < info.oldest_ledger + PRUNING_MARGIN_LEDGERS

    async def _read_ledgers(self, server: NetworkServer) -> bool:
        after = self._watcher.after_ledger
        if after is None:
            return False
        records = await server.ledgers(after, PAGE_LIMIT)
        self._watcher.receive_ledgers(after, records)
        return self._watcher.last_ledger > after and len(records) >= PAGE_LIMIT

    async def _read_transactions(self, server: NetworkServer) -> bool:
        settled = min(self._watcher.last_ledger, server.health.settled_ledger(SETTLE_S))
        known = self._watcher.last_ledger if server.tells_position else settled
        asked = self._watcher.cursors_before(known)
        if not asked:
            return False
        answers = await asyncio.gather(
            *(server.transactions(address, cursor, PAGE_LIMIT) for address, cursor in asked.items()),
            return_exceptions=True,
        )
        is_silent = any(isinstance(page, TransactionPage) and page.latest_ledger is None for page in answers)
        if is_silent or self._is_near_pruning(server):
            settled = min(settled, await self._check_afterwards(server))
        errors: list[BaseException] = []
        has_more = False
        for (address, cursor), answer in zip(asked.items(), answers, strict=True):
            if isinstance(answer, BaseException):
                errors.append(answer)
                continue
            has_more = has_more or len(answer.records) >= PAGE_LIMIT or answer.is_cut
            try:
                self._receive(address, cursor, answer, known if answer.latest_ledger is not None else settled)
            except StellarLinkError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return has_more

    def _receive(self, address: str, cursor: int, page: TransactionPage, known: int) -> None:
        self._watcher.receive_transactions(address, cursor, page, limit=PAGE_LIMIT, known_ledger=known)
