"""One server of a pool: a network that notes how it does."""

import logging
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable
from typing import TypeVar

from constellation.stellarlink.errors import NetworkUnavailable, StellarLinkError
from constellation.stellarlink.network import (
    FeeStats,
    LedgerAccount,
    LedgerRecord,
    NetworkInfo,
    StellarNetwork,
    SubmitOutcome,
    TransactionPage,
    TransactionRecord,
)
from constellation.stellarlink.server_health import Need, ServerHealth, ServerState

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class NetworkServer:
    """A :class:`~constellation.stellarlink.network.StellarNetwork` that is one server of several.

    Args:
        name: shown to people.
        network: asks the server.
        health: of the server.
        errors: counts them by kind.

    Attributes:
        info: what the server said of itself last; None before the first time.
        tells_position: whether its pages of transactions say how far they reach.
    """

    def __init__(self, name: str, network: StellarNetwork, health: ServerHealth, errors: Counter[str]) -> None:
        self.name = name
        self.health = health
        self.info: NetworkInfo | None = None
        self.tells_position = True
        self._network = network
        self._errors = errors
        self._noted_error: StellarLinkError | None = None

    async def check(self, network_passphrase: str, need: Need) -> None:
        """Find out whether the server can be used; its health says."""
        before = self.health.state
        try:
            info = await self._network.network()
        except NetworkUnavailable as error:
            self.distrust(error)
            return
        self._note_info(info)
        fault = self.health.judge(info, network_passphrase, need)
        if fault is not None:
            self._errors[fault.kind] += 1
        self._log_change(before)

    def distrust(self, error: StellarLinkError) -> None:
        """Note what was wrong with an answer, once."""
        if error is self._noted_error:
            return
        self._noted_error = error
        before = self.health.state
        self._errors[error.kind] += 1
        self.health.failed(error)
        self._log_change(before)

    def _log_change(self, before: ServerState) -> None:
        state = self.health.state
        if state is before:
            return
        level = {ServerState.OK: logging.INFO, ServerState.WRONG_NETWORK: logging.ERROR}.get(state, logging.WARNING)
        reason = self.health.error.message if self.health.error else None
        logger.log(level, "Stellar server", extra={"server": self.name, "state": state.value, "reason": reason})

    async def _noted(self, answer: Awaitable[Answer]) -> Answer:
        try:
            return await answer
        except NetworkUnavailable as error:
            self.distrust(error)
            raise

    def _note_info(self, info: NetworkInfo) -> None:
        self.info = info
        self.health.showed(info.latest_ledger)

    async def network(self) -> NetworkInfo:
        """Which network this is and how far it is."""
        info = await self._noted(self._network.network())
        self._note_info(info)
        return info

    async def account(self, address: str) -> LedgerAccount | None:
        """An account, or None when the ledger has none with this address."""
        return await self._noted(self._network.account(address))

    async def ledgers(self, after_sequence: int, limit: int) -> list[LedgerRecord]:
        """Closed ledgers after ``after_sequence``, ascending, at most ``limit``."""
        records = await self._noted(self._network.ledgers(after_sequence, limit))
        if records:
            self.health.showed(records[-1].sequence)
        elif self.health.state is ServerState.OK and (stall := self.health.stall) is not None:
            self.distrust(stall)
        return records

    async def transactions(self, address: str, cursor: int, limit: int) -> TransactionPage:
        """Transactions after ``cursor`` that an account takes part in, failed ones included."""
        page = await self._noted(self._network.transactions(address, cursor, limit))
        self.tells_position = page.latest_ledger is not None
        return page

    async def submit(self, envelope_xdr: str) -> SubmitOutcome:
        """Hand a signed transaction to the network; every failure is an outcome, never an exception."""
        return await self._network.submit(envelope_xdr)

    async def transaction(self, transaction_hash: str) -> TransactionRecord | None:
        """A transaction by its hash (hexadecimal), or None when no ledger has included it so far."""
        return await self._noted(self._network.transaction(transaction_hash))

    async def fee_stats(self) -> FeeStats:
        """What transactions offer and pay at present."""
        return await self._noted(self._network.fee_stats())

    async def fund(self, address: str) -> None:
        """Create an account with test money, on networks that give some (friendbot)."""
        await self._noted(self._network.fund(address))

    def closings(self) -> AsyncGenerator[None, None]:
        """Yields when a ledger has probably just closed; what goes wrong is no fault of the server's answers."""
        return self._network.closings()
