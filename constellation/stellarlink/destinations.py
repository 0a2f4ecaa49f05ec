"""Asks the ledger about the destinations of withdrawals: in bounded time, each account once at a time."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import AssetIdentity, Code, LedgerDestination
from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink.destination_check import check_destination
from constellation.stellarlink.errors import StellarLinkError
from constellation.stellarlink.ledger_account import LedgerAccount
from constellation.stellarlink.network import StellarNetwork

CHECK_TIMEOUT_S: Final = 5.0
"""For one check: requests of the same account wait for it."""

FRESH_S: Final = 3.0
"""How long an answer is used again: less than a ledger, so that it is hardly ever out of date."""

REMEMBERED_MAX: Final = 1024
"""Answers that are kept."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    account: LedgerAccount | None
    read_at_s: float


class DestinationChecker:
    """Checks destinations on the ledger.

    A refusal never comes from an old answer: who has just set up a trust line is not told that there is none.

    Args:
        network: alpha's.
        monotonic: seconds.
        timeout_s: for one check.
    """

    def __init__(
        self, network: StellarNetwork, monotonic: Callable[[], float], timeout_s: float = CHECK_TIMEOUT_S
    ) -> None:
        self._network = network
        self._monotonic = monotonic
        self._timeout_s = timeout_s
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[LedgerAccount | None]] = {}

    async def check(self, destination: LedgerDestination, asset: AssetIdentity, amount: int) -> None:
        """Check that ``destination`` can receive ``amount`` of ``asset``.

        Raises:
            Rejection: it cannot (see :mod:`constellation.stellarlink.destination_check`), or LEDGER_UNAVAILABLE.
        """
        if self._is_known_to_be_fine(destination, asset, amount):
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                account = await self._ask(destination.account)
                reserve = (await self._network.network()).base_reserve if destination.creates else 0
        except (StellarLinkError, TimeoutError) as error:
            logger.warning("destination not checked", extra={"reason": str(error) or "no answer in time"})
            raise Rejection(
                Code.LEDGER_UNAVAILABLE, "the destination cannot be checked on the ledger just now; try again soon"
            ) from None
        check_destination(account, destination, asset, amount, reserve)

    def _is_known_to_be_fine(self, destination: LedgerDestination, asset: AssetIdentity, amount: int) -> bool:
        known = self._known.get(destination.account)
        if known is None or destination.creates or self._monotonic() >= known.read_at_s + FRESH_S:
            return False
        try:
            check_destination(known.account, destination, asset, amount, 0)
        except Rejection:
            return False
        return True

    async def _ask(self, key: bytes) -> LedgerAccount | None:
        """The account as the ledger has it now; whoever asks meanwhile gets the same answer."""
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._read(key))
            task.add_done_callback(lambda done: self._asked(key, done))
        return await asyncio.shield(task)

    def _asked(self, key: bytes, task: asyncio.Task[LedgerAccount | None]) -> None:
        del self._asking[key]
        if not task.cancelled():
            task.exception()  # those who waited were told; when nobody did, nobody is

    async def _read(self, key: bytes) -> LedgerAccount | None:
        read_at_s = self._monotonic()
        async with asyncio.timeout(self._timeout_s):
            account = await self._network.account(encode_public_key(key))
        self._known[key] = _Known(account, read_at_s)
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return account

    async def close(self) -> None:
        """Stop asking."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
