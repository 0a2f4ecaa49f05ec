"""Two bots that keep a sandbox's markets alive: one quotes both sides around a wandering price, one takes from it.

They are ordinary clients with accounts of their own; what they have comes from the sandbox's friendbot and issuer.
"""

import asyncio
import random
from contextlib import suppress
from decimal import Decimal
from typing import Final

from stellar_sdk import Asset

from constellation.node.keys import new_key_pair
from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import CancelAll, Client, Market, Order, SdkError
from constellation.sdk.operations import SideName

_LUMENS: Final = "9000"
_DOLLARS: Final = "5000"
_MIDDLE: Final = Decimal("0.25")
_STRAY: Final = Decimal("0.06")
"""How far the price wanders from the middle, as a share of it."""
_LEVELS: Final = 12
_REQUOTE_S: Final = 2.0
_TAKE_S: Final = 1.5
_POLL_S: Final = 0.3


class SandboxMarket:
    """The bots of one sandbox, in all its markets.

    Args:
        sandbox: running.
        seed: of what looks like chance.
    """

    def __init__(self, sandbox: Sandbox, seed: int = 1) -> None:
        self._sandbox = sandbox
        self._random = random.Random(seed)
        self._middle = _MIDDLE

    async def run(self) -> None:
        """Fund the bots and trade until cancelled.

        Raises:
            TransactionRefused: the ledger did not take the deposits.
            SdkError: alpha refuses the bots for good.
        """
        maker, taker = new_key_pair(), new_key_pair()
        await self._sandbox.new_accounts([maker, taker], _DOLLARS)
        await asyncio.gather(self._deposit(maker), self._deposit(taker))
        async with self._client(maker) as making, self._client(taker) as taking:
            await self._until_credited(making)
            await self._until_credited(taking)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._make(making))
                both.create_task(self._take(taking))

    async def _deposit(self, trader: KeyPair) -> None:
        await self._sandbox.deposit(trader, Asset.native(), _LUMENS)
        await self._sandbox.deposit(trader, self._sandbox.dollar, _DOLLARS)

    def _client(self, trader: KeyPair) -> Client:
        return Client(self._sandbox.client_url, self._sandbox.settings, trader)

    async def _until_credited(self, client: Client) -> None:
        while True:
            account = await client.account()
            if len(account.balances) == len(client.assets):
                return
            await asyncio.sleep(_POLL_S)

    async def _make(self, client: Client) -> None:
        """Quote anew, all of it under one signature."""
        while True:
            step = Decimal(self._random.randint(-6, 6)) / 10_000
            self._middle = min(max(self._middle + step, _MIDDLE * (1 - _STRAY)), _MIDDLE * (1 + _STRAY))
            for market in client.markets:
                with suppress(SdkError):  # a node is down, or the market is closed: the next quotes are others anyway
                    await client.submit_batch([CancelAll(market.name), *self._quotes(market)])
            await asyncio.sleep(_REQUOTE_S)

    def _quotes(self, market: Market) -> list[Order]:
        middle = market.round_price(self._middle)
        found = []
        for level in range(1, _LEVELS + 1):
            away = market.tick * (level * 3 + self._random.randint(0, 2))
            found.append(Order(market.name, "buy", middle - away, self._amount(market, level)))
            found.append(Order(market.name, "sell", middle + away, self._amount(market, level)))
        return found

    def _amount(self, market: Market, level: int) -> Decimal:
        return market.round_amount(Decimal(self._random.randint(10, 30 + 15 * level)))

    async def _take(self, client: Client) -> None:
        """Buy or sell a little, rather what there is less of."""
        while True:
            await asyncio.sleep(_TAKE_S * self._random.uniform(0.3, 1.7))
            with suppress(SdkError):
                balances = (await client.account()).balances
                for market in client.markets:
                    worth = balances[market.base].total * self._middle
                    share = worth / (worth + balances[market.quote].total)
                    side: SideName = "sell" if self._random.random() < share else "buy"
                    amount = market.round_amount(Decimal(self._random.randint(5, 60)))
                    await client.create_market_order(market.name, side, amount)
