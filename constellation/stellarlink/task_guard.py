"""Looks at vault and channels on the ledger before an auditor signs for them."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from constellation.protocol.strkey import encode_public_key
from constellation.quanta import State
from constellation.stellarlink.errors import StellarLinkError
from constellation.stellarlink.ledger_account import LedgerAccount
from constellation.stellarlink.network import StellarNetwork
from constellation.stellarlink.task_check import ledger_problems
from constellation.vault import PreparedTask

LOOK_TIMEOUT_S: Final = 3.0
"""For one look: signing must not wait longer than about half a ledger."""

FRESH_S: Final = 30.0
"""How long a look without problems holds; what changes the vault is seen and forgets it."""

RETRY_S: Final = 5.0
"""How long a look with problems, or one that nobody answered, holds: about a ledger."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Look:
    accounts: dict[bytes, LedgerAccount | None]
    base_reserve: int


class TaskGuard:
    """Says which tasks the ledger would not carry out, or not safely.

    Where the ledger cannot be read, the last look counts; without one nothing stands in the way: an auditor whose
    server is down still signs what it has replayed.

    Args:
        network: the auditor's own.
        monotonic: seconds.
    """

    def __init__(self, network: StellarNetwork, monotonic: Callable[[], float]) -> None:
        self._network = network
        self._monotonic = monotonic
        self._look: _Look | None = None
        self._holds_until_s = 0.0

    def forget(self) -> None:
        """Something has changed the vault: look again before the next signature."""
        self._holds_until_s = 0.0

    async def problems(self, state: State, tasks: Sequence[PreparedTask]) -> dict[bytes, str]:
        """What stands in the way of tasks of ``state``, by the hash of the transaction."""
        settings = state.settings
        keys = dict.fromkeys([settings.vault, *(task.channel for task in tasks)])
        if self._monotonic() < self._holds_until_s and self._look is not None:
            missing = [key for key in keys if key not in self._look.accounts]
            await self._read(missing)
            return self._compare(state, tasks)
        self._holds_until_s = self._monotonic() + FRESH_S
        is_read = await self._read([*keys])
        found = self._compare(state, tasks)
        if found or not is_read:
            self._holds_until_s = min(self._holds_until_s, self._monotonic() + RETRY_S)
        return found

    def _compare(self, state: State, tasks: Sequence[PreparedTask]) -> dict[bytes, str]:
        look = self._look
        if look is None:
            return {}
        found = {}
        for task in tasks:
            if state.settings.vault in look.accounts and task.channel in look.accounts:
                vault, channel = look.accounts[state.settings.vault], look.accounts[task.channel]
                problems = ledger_problems(state, task, vault, channel, look.base_reserve)
                if problems:
                    found[task.transaction] = "; ".join(problems)
        return found

    async def _read(self, keys: list[bytes]) -> bool:
        """Look at these accounts; whether there was an answer."""
        if not keys:
            return True
        addresses = [encode_public_key(key) for key in keys]
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                info, accounts = await asyncio.gather(
                    self._network.network(),
                    asyncio.gather(*(self._network.account(address) for address in addresses)),
                )
        except (StellarLinkError, TimeoutError) as error:
            logger.warning("vault not looked at", extra={"reason": str(error) or "no answer in time"})
            return False
        known = {} if self._look is None else self._look.accounts
        self._look = _Look({**known, **dict(zip(keys, accounts, strict=True))}, info.base_reserve)
        return True
