"""Two bots that keep a sandbox's markets alive: one quotes both sides around a wandering price, one takes from it.

They are ordinary clients with accounts of their own; what they have comes from the sandbox's friendbot and issuer. The
one that quotes is the market maker among the examples.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Final

from stellar_sdk import Asset

from constellation.examples.market_maker import MarketMaker
from constellation.node.keys import new_key_pair
from constellation.node.sandbox import Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Exchange, SdkError
from constellation.sdk.operations import SideName

_LUMENS: Final = "9000"
_DOLLARS: Final = "5000"
_MIDDLE: Final = Decimal("0.25")
_STRAY: Final = Decimal("0.06")
"""How far the price wanders from the middle, as a share of it."""
_LEVELS: Final = 12
_STEP: Final = 3
_WANDER_S: Final = 2.0
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
            ExceptionGroup: alpha refuses a bot for good, or is not there any more.
        """
        maker, taker = new_key_pair(), new_key_pair()
        await self._sandbox.new_accounts([maker, taker], _DOLLARS)
        await asyncio.gather(self._deposit(maker), self._deposit(taker))
        async with self._exchange(maker) as making, self._exchange(taker) as taking:
            await self._until_credited(making)
            await self._until_credited(taking)
            makers = [
                MarketMaker(making, symbol, self._middle, _LEVELS, self._amount, _STEP) for symbol in making.markets
            ]
            async with asyncio.TaskGroup() as bots:
                for one in makers:
                    bots.create_task(one.run())
                bots.create_task(self._wander(makers))
                bots.create_task(self._take(taking))

    async def _deposit(self, trader: KeyPair) -> None:
        await self._sandbox.deposit(trader, Asset.native(), _LUMENS)
        await self._sandbox.deposit(trader, self._sandbox.dollar, _DOLLARS)

    def _exchange(self, trader: KeyPair) -> Exchange:
        return Exchange(self._sandbox.client_url, self._sandbox.settings, trader)

    async def _until_credited(self, exchange: Exchange) -> None:
        while True:
            if len(await exchange.fetch_balance()) == len(exchange.client.assets):
                return
            await asyncio.sleep(_POLL_S)

    def _amount(self, level: int) -> Decimal:
        return Decimal(self._random.randint(10, 30 + 15 * level))

    async def _wander(self, makers: Sequence[MarketMaker]) -> None:
        while True:
            await asyncio.sleep(_WANDER_S)
            step = Decimal(self._random.randint(-6, 6)) / 10_000
            self._middle = min(max(self._middle + step, _MIDDLE * (1 - _STRAY)), _MIDDLE * (1 + _STRAY))
            for maker in makers:
                maker.quote_around(self._middle)

    async def _take(self, exchange: Exchange) -> None:
        """Buy or sell a little, rather what there is less of."""
        while True:
            await asyncio.sleep(_TAKE_S * self._random.uniform(0.3, 1.7))
            with suppress(SdkError):  # a node is down, or a market is closed: there are other days
                balances = await exchange.fetch_balance()
                for market in exchange.markets.values():
                    worth = balances[market.base].total * self._middle
                    share = worth / (worth + balances[market.quote].total)
                    side: SideName = "sell" if self._random.random() < share else "buy"
                    amount = market.round_amount(Decimal(self._random.randint(5, 60)))
                    await exchange.create_order(market.name, "market", side, amount)
