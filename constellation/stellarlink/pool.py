"""Several servers as one Stellar network: the first that is well is asked, and the next when it is not."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from random import Random
from typing import Final, TypeVar

from constellation.stellarlink.errors import NetworkMismatch, NetworkUnavailable
from constellation.stellarlink.network import (
    FeeStats,
    LedgerAccount,
    LedgerRecord,
    NetworkInfo,
    StellarNetwork,
    SubmitOutcome,
    SubmitStatus,
    TransactionPage,
    TransactionRecord,
)
from constellation.stellarlink.server import NetworkServer
from constellation.stellarlink.server_health import Need, ServerHealth, ServerState

LAG_LIMIT_S: Final = 60.0
"""A server whose newest ledger is older is left for another; about twelve ledgers."""

_TICK_S: Final = 1.0
_BACK_OFF_S: Final = 1.0

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class NetworkPool:
    """A :class:`~constellation.stellarlink.network.StellarNetwork` of several servers, in the order of preference.

    A server is checked before it is used: its network, its history and the age of its newest ledger. Whoever needs
    answers that belong together takes one server with :meth:`pick` and asks that.

    Args:
        servers: names and networks; the first is preferred.
        network_passphrase: of the constellation's network; a server of another one is never used.
        clock: seconds since 1970.
        monotonic: seconds, for pauses.
        random: spreads the checks of many nodes.
        lag_limit_s: a server whose newest ledger is older, or does not move for so long, is left for another.
        back_off_s: first pause after an error; it doubles.
        on_close: closes the networks.

    Attributes:
        servers: all of them.
        need: what a server must have.
        current: the server that was taken last.
        errors: how many there were, by kind.
    """

    def __init__(
        self,
        servers: Sequence[tuple[str, StellarNetwork]],
        network_passphrase: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        random: Random | None = None,
        lag_limit_s: float = LAG_LIMIT_S,
        back_off_s: float = _BACK_OFF_S,
        on_close: Sequence[Callable[[], Awaitable[None]]] = (),
    ) -> None:
        assert servers
        self._on_close = on_close
        self._passphrase = network_passphrase
        self._checks: dict[NetworkServer, asyncio.Task[None]] = {}
        self.errors: Counter[str] = Counter()
        self.need = Need()
        self.current: NetworkServer | None = None
        self.servers = tuple(
            NetworkServer(
                name,
                network,
                ServerHealth(
                    clock=clock,
                    monotonic=monotonic,
                    random=random or Random(),
                    lag_limit_s=lag_limit_s,
                    back_off_s=back_off_s,
                ),
                self.errors,
            )
            for name, network in servers
        )

    # --- which server -------------------------------------------------------------------------------------------

    @property
    def is_well(self) -> bool:
        """Whether a server is ok."""
        return self._first_ok() is not None

    @property
    def problem(self) -> str | None:
        """Why no server is ok, each in a few words; None when one is, or before the first check."""
        if self.is_well or all(server.health.state is ServerState.UNTRIED for server in self.servers):
            return None
        return "; ".join(
            f"{server.name}: {server.health.error.message if server.health.error else 'not asked yet'}"
            for server in self.servers
        )

    @property
    def wait_s(self) -> float:
        """How long to wait before a server may be well again; 0 when one is."""
        return 0.0 if self.is_well else min(server.health.wait_s for server in self.servers)

    async def run(self) -> None:
        """Check every server from time to time until cancelled; so a preferred one is used again when it is well."""
        while True:
            for server in self.servers:
                self._start_check(server)
            await asyncio.sleep(_TICK_S)

    async def pick(self) -> NetworkServer:
        """The server to ask now: the first that is well, else the best second choice.

        Raises:
            NetworkMismatch: every server is of another network.
            NetworkUnavailable: none can be used now.
        """
        server = self._first_ok() or await self._check_in_order() or self._second_choice()
        if server is None:
            raise self._nobody()
        if server is not self.current:
            if self.current is not None:
                logger.info("another Stellar server is used", extra={"server": server.name})
            self.current = server
        return server

    def _first_ok(self) -> NetworkServer | None:
        return next((server for server in self.servers if server.health.state is ServerState.OK), None)

    async def _check_in_order(self) -> NetworkServer | None:
        """Check all that are due, side by side; the first of them in the order of preference that is well."""
        checks = [(server, self._start_check(server)) for server in self.servers]
        for server, check in checks:
            if check is not None:
                await asyncio.shield(check)
            if server.health.state is ServerState.OK:
                return server
        return None

    def _start_check(self, server: NetworkServer) -> asyncio.Task[None] | None:
        """The check that is under way, or a new one when it is time; None when it is not."""
        check = self._checks.get(server)
        if check is None and server.health.wait_s == 0:
            check = asyncio.create_task(server.check(self._passphrase, self.need))
            self._checks[server] = check
            check.add_done_callback(lambda _: self._checks.pop(server, None))
        return check

    def _second_choice(self) -> NetworkServer | None:
        """One that has what is needed, and is ahead of the others; of equals the one in use, else the preferred."""
        usable = [server for server in self.servers if server.health.state is ServerState.SECOND_CHOICE]
        return max(usable, key=self._rank, default=None)

    def _rank(self, server: NetworkServer) -> tuple[bool, int, bool]:
        # By what it said last, not by the most that it has shown: a server can go back.
        is_current = server is self.current
        if server.info is None:
            return False, 0, is_current
        return self.need.unmet(server.info) is None, server.info.latest_ledger, is_current

    def _nobody(self) -> NetworkMismatch | NetworkUnavailable:
        errors = [server.health.error for server in self.servers]
        if all(isinstance(error, NetworkMismatch) for error in errors):
            assert self.servers[0].info is not None
            return NetworkMismatch(self._passphrase, self.servers[0].info.passphrase)
        return NetworkUnavailable(f"no Stellar server can be used: {self.problem}", self.wait_s)

    async def close(self) -> None:
        """Close all connections."""
        checks = list(self._checks.values())
        for check in checks:
            check.cancel()
        await asyncio.gather(*checks, return_exceptions=True)
        for close in self._on_close:
            await close()

    # --- the network ----------------------------------------------------------------------------------------------

    async def _ask(self, question: Callable[[StellarNetwork], Awaitable[Answer]]) -> Answer:
        """Ask the servers one after the other until one answers."""
        for left in range(len(self.servers), 0, -1):
            server = await self.pick()
            try:
                return await question(server)
            except NetworkUnavailable:
                if left == 1:
                    raise
        raise AssertionError("the last server answers or raises")

    async def network(self) -> NetworkInfo:
        """Which network this is and how far it is."""
        return await self._ask(lambda server: server.network())

    async def account(self, address: str) -> LedgerAccount | None:
        """An account, or None when the ledger has none with this address."""
        return await self._ask(lambda server: server.account(address))

    async def ledgers(self, after_sequence: int, limit: int) -> list[LedgerRecord]:
        """Closed ledgers after ``after_sequence``, ascending, at most ``limit``."""
        return await self._ask(lambda server: server.ledgers(after_sequence, limit))

    async def transactions(self, address: str, cursor: int, limit: int) -> TransactionPage:
        """Transactions after ``cursor`` that an account takes part in, failed ones included."""
        return await self._ask(lambda server: server.transactions(address, cursor, limit))

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """A transaction by its hash (hexadecimal), or None when no ledger has included it so far."""
        return await self._ask(lambda server: server.transaction(transaction_hash))

    async def fee_stats(self) -> FeeStats:
        """What transactions offer and pay at present."""
        return await self._ask(lambda server: server.fee_stats())

    async def fund(self, address: str) -> None:
        """Create an account with test money, on networks that give some (friendbot)."""
        await self._ask(lambda server: server.fund(address))

    async def closings(self) -> AsyncGenerator[None, None]:
        """Yields when a ledger has probably just closed, as the server in use tells."""
        events = (await self.pick()).closings()
        try:
            async for _ in events:
                yield
        finally:
            await events.aclose()

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        """Hand a signed transaction to one server after the other until one gives a verdict; always the same bytes.

        Once an outcome was unknown, only a ledger's verdict counts: another server may refuse the transaction because
        the first one's copy was included.
        """
        try:
            first = await self.pick()
        except (NetworkUnavailable, NetworkMismatch) as error:
            return SubmitOutcome(SubmitStatus.UNKNOWN, detail=error.message, retry_after_s=self.wait_s)
        unknown: SubmitOutcome | None = None
        for server in [item for item in self.servers if item.health.state is ServerState.OK] or [first]:
            outcome = await server.submit(envelope_xdr)
            match outcome.status:
                case SubmitStatus.INCLUDED | SubmitStatus.FAILED:
                    return outcome
                case SubmitStatus.UNKNOWN:
                    unknown = outcome
                case SubmitStatus.REJECTED if outcome.transaction_code is not None and unknown is None:
                    return outcome
        return unknown or outcome
