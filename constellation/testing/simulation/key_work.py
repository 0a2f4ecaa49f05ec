"""What a simulated trader does with keys: it appoints and dismisses agents, rotates and locks; and what agents do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from constellation.protocol.messages import Code
from constellation.protocol.signing import KeyPair
from constellation.protocol.wallet_message import wallet_digest
from constellation.sdk import Client
from constellation.sdk.errors import (
    ConnectionClosed,
    ExchangeError,
    HistoryReplaced,
    InvalidRequest,
    NotFinal,
    OutcomeUnknown,
    VerificationFailed,
)
from constellation.sdk.keys import LockName, RightName
from constellation.sdk.receipts import Receipt
from constellation.testing.simulation.keyring import Keys
from constellation.testing.simulation.memory import Memory, Told
from constellation.testing.simulation.trading import Trading

_LOCKS: Final[tuple[LockName, ...]] = ("trading", "payments", "withdrawals")
_DEEDS_MAX: Final = 6
_FINALITY_PATIENCE_S: Final = 10.0

Connect = Callable[[KeyPair, bytes | None], Client]
"""A client with a key: for an account, or for itself."""


class KeyWork:
    """The account's keys at work.

    Args:
        keyring: on paper.
        memory: of what was told.
        trading: draws operations.
        connect: makes clients.
        random: decides.
    """

    def __init__(self, keyring: Keys, memory: Memory, trading: Trading, connect: Connect, random: Random) -> None:
        self._keyring = keyring
        self._memory = memory
        self._trading = trading
        self._connect = connect
        self._random = random
        self._deeds: tuple[tuple[RightName | None, Callable[[Client], Awaitable[Receipt]]], ...] = (
            ("trade", trading.order),
            ("trade", lambda client: client.cancel_all_after(0)),
            ("pay", trading.pay),
            ("withdraw", trading.withdraw),
            (None, self._appoint_itself),
            (None, lambda client: client.lock([])),
        )

    # --- the owner ----------------------------------------------------------------------------------------------

    async def ask(self, client: Client) -> Receipt:
        """Ask for something about keys or locks that the owner can ask for."""
        chance = self._random.random()
        if chance < 0.5:
            return await client.appoint_agent(*self._appointment())
        if chance < 0.62:
            agents = (await client.account()).agents
            agent = self._random.choice(self._keyring.agents)[0].address
            return await client.dismiss_agent(self._random.choice(agents).address if agents else agent)
        if chance < 0.74:
            return await self._rotate(client)
        return await client.lock(*self._lock())

    def _appointment(self) -> tuple[bytes, tuple[RightName, ...], int]:
        agent, rights = self._random.choice(self._keyring.agents)
        return agent.public, rights, self._time((500_000, 5_000_000, 60_000_000, 60_000_000))

    async def _rotate(self, client: Client) -> Receipt:
        """Give the account another key, or now and then the one of its address again."""
        old = self._keyring.old_owner
        is_back = old is not None and self._random.random() < 0.3
        new = self._keyring.expect(old) if is_back and old is not None else self._keyring.make_owner()
        return await client.rotate_key(new)

    def _lock(self) -> tuple[list[LockName], int | None]:
        chance = self._random.random()
        if chance < 0.4:
            return [], None
        locks = [lock for lock in _LOCKS if self._random.random() < 0.5]
        return locks, self._time((500_000, 3_000_000, 10_000_000)) if chance < 0.7 else None

    def _time(self, steps_us: tuple[int, ...]) -> int:
        return time.time_ns() // 1000 + self._random.choice(steps_us)

    # --- agents -------------------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Let the program of an agent, or of one that is none any more, do a few things."""
        agent, rights = self._random.choice(self._keyring.agents)
        try:
            if self._random.random() < 0.3:
                await self._bring(agent, rights)
            async with self._connect(agent, self._keyring.account) as client:
                for _ in range(self._random.randint(1, _DEEDS_MAX)):
                    await self._do(client, rights)
                    await asyncio.sleep(self._random.uniform(0.05, 1.0))
        except OutcomeUnknown as error:
            self._memory.doubt(error)
        except (ExchangeError, ConnectionClosed) as error:
            self._memory.refuse(error.code)
        except (InvalidRequest, NotFinal, HistoryReplaced):  # of what is replaced, the owner's client learns, too
            pass
        except VerificationFailed as error:
            if error.what != "certificate":
                self._memory.errors.append(str(error))

    async def _do(self, client: Client, rights: tuple[RightName, ...]) -> None:
        """Do something that the rights allow, or something else, which must be refused."""
        needed, deed = self._random.choice(self._deeds)
        may = needed in rights
        try:
            receipt = await deed(client)
        except ExchangeError as error:
            self._memory.refuse(error.code)
            if may and error.code in (Code.NO_RIGHT, Code.OWNER_ONLY):
                self._memory.errors.append(f"an agent with the rights {rights} may not {needed}: {error}")
        else:
            if not may:
                self._memory.errors.append(f"an agent with the rights {rights} did what needs {needed or 'the owner'}")
            await self._note(receipt)

    async def _appoint_itself(self, client: Client) -> Receipt:
        return await client.appoint_agent(client.signer, ["trade", "pay", "withdraw"], self._time((60_000_000,)))

    async def _bring(self, agent: KeyPair, rights: tuple[RightName, ...]) -> None:
        """The agent brings its appointment, which the owner's wallet has signed as a text."""
        keyring = self._keyring
        owner = keyring.owner
        async with self._connect(agent, None) as bot:
            named = owner.public if keyring.must_be_named else None
            wanted = bot.wallet_appointment(keyring.account, rights, self._time((5_000_000, 60_000_000)), named)
            receipt = await bot.bring(wanted.signed(owner.sign(wallet_digest(wanted.text))))
            await self._note(receipt)

    async def _note(self, receipt: Receipt) -> None:
        told = Told(receipt)
        self._memory.by_agents.append(told)
        await receipt.final(_FINALITY_PATIENCE_S)
        told.is_final = True
