"""Keeps orders at many prices on both sides of a market, through restarts of this program and lost connections.

    python -m constellation.examples.market_maker wss://alpha.example.org settings.json trader.seed XLM/USD 0.25 12 40

Twelve prices on each side of 0.25, and an order for 40 XLM at each, which is named after its side and price. Client
order ids are unique among an account's open orders, so that however this program ends, and however often it starts or
asks, no price ever has two.
"""

import asyncio
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Literal

from constellation.sdk import (
    Advice,
    BatchOperation,
    Cancel,
    Code,
    Exchange,
    ExchangeError,
    KeyPair,
    Order,
    OrderState,
    SdkError,
)

BATCH = 100  # operations under one signature
PAUSE_S = 1.0
LOOK_S = 10.0  # silent for so long: perhaps news were lost with a connection that was away for long
SIDES: dict[Literal["buy", "sell"], int] = {"buy": -1, "sell": 1}

CLOSED = ("cancel_only", "maintenance", "MARKET_CANCEL_ONLY", "MARKET_HALTED")
"""What alpha's mode and the market's status are where no order may be placed."""

PASSING = frozenset({
    Code.WOULD_TAKE, Code.PRICE_OUT_OF_BAND, Code.MARKET_NOT_OPEN, Code.SUSPENDED_ASSET,
    Code.INSUFFICIENT_FUNDS, Code.BELOW_MINIMUM_BALANCE, Code.ORDER_NOT_FOUND, Code.DUPLICATE_CLIENT_ORDER_ID,
})  # fmt: skip
"""Refusals of one operation that pass when the market, the account, or what is known of it here has changed."""


class MarketMaker:
    """Quotes of one account in one market, around a price that may move meanwhile.

    Args:
        exchange: of the account.
        symbol: of the market, in which the account has no other orders: they would be cancelled.
        mid: the price around which it quotes at first.
        levels: prices of each side; the settings' limit of open orders is for both together.
        amount: of an order at this level; the nearest to the mid is 1.
        step: ticks from one level to the next.
    """

    def __init__(
        self,
        exchange: Exchange,
        symbol: str,
        mid: str | Decimal,
        levels: int,
        amount: Callable[[int], str | Decimal],
        step: int = 1,
    ) -> None:
        self._exchange = exchange
        self._symbol = symbol
        self._levels = levels
        self._amount = amount
        self._step = step
        self._wanted: dict[str, Order] = {}
        self._moved = asyncio.Event()
        self._in_doubt = True
        self.live: dict[str, OrderState] = {}
        """The open orders by id, as this program sees them."""
        self.quote_around(mid)

    def quote_around(self, mid: str | Decimal) -> None:
        """Have the quotes around this price from now on; those whose price is still wanted keep their place."""
        market = self._exchange.market(self._symbol)
        middle, distance = market.round_price(mid), self._step * market.tick
        self._wanted = {}
        for level in range(1, self._levels + 1):
            for side, sign in SIDES.items():
                if (price := middle + sign * level * distance) > 0:
                    name, amount = f"{side}-{price}", market.round_amount(self._amount(level))
                    self._wanted[name] = Order(self._symbol, side, price, amount, post_only=True, client_order_id=name)
        self._moved.set()

    async def run(self) -> None:
        """Quote until cancelled; what may pass is waited for.

        Raises:
            SdkError: asking again makes no sense.
        """
        while True:
            try:
                patience = await self._requote()
            except SdkError as error:
                if error.advice is Advice.NEVER:
                    raise
                self._in_doubt = True  # perhaps it was done
                await asyncio.sleep(PAUSE_S)
                patience = 0
            await self._follow(patience)

    async def _requote(self) -> float:
        """Ask for what is missing, and for the end of what strays; how many seconds to wait for news then."""
        self._moved.clear()
        if self._in_doubt:
            self.live = {order.id: order for order in await self._exchange.fetch_open_orders(self._symbol)}
            self._in_doubt = False
        names = {order.client_order_id for order in self.live.values()}
        operations: list[BatchOperation] = [
            Cancel(int(order.id)) for order in self.live.values() if order.client_order_id not in self._wanted
        ]
        is_open = await self._is_open()
        if is_open:
            operations += [order for name, order in self._wanted.items() if name not in names]
        if not operations:
            return LOOK_S if is_open else PAUSE_S
        client = self._exchange.client
        most = client.settings.limits.burst // 2  # a look at the account costs some of the burst, too
        receipts = await client.submit_batch(operations[: min(BATCH, max(most, 1))])
        refusals = {receipt.refusal for receipt in receipts if receipt.refusal is not None}
        for code in refusals - PASSING:
            raise ExchangeError(code, f"a quote in {self._symbol} was refused")
        self._in_doubt = bool(refusals)
        return PAUSE_S if refusals else 0

    async def _is_open(self) -> bool:
        status = await self._exchange.fetch_status()
        return not {status.mode, self._exchange.market(self._symbol).status.name}.intersection(CLOSED)

    async def _follow(self, patience: float) -> None:
        """Take what has become of orders; wait for it until time is over, or the mid moves."""
        news = asyncio.ensure_future(self._exchange.watch_orders(self._symbol))
        moved = asyncio.ensure_future(self._moved.wait())
        try:
            done, _ = await asyncio.wait((news, moved), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            self._in_doubt |= not done and patience == LOOK_S
            for order in news.result() if news.done() else ():
                if order.status == "open":
                    self.live[order.id] = order
                else:
                    self.live.pop(order.id, None)
        finally:
            news.cancel()  # nothing is lost by it: what has not been handed out, the next call has
            moved.cancel()


async def main(url: str, settings: str, key_pair: KeyPair, symbol: str, mid: str, levels: str, amount: str) -> None:
    async with Exchange(url, settings, key_pair) as exchange:
        await MarketMaker(exchange, symbol, mid, int(levels), lambda level: amount).run()


if __name__ == "__main__":
    alpha_url, settings_file, seed_file, *quotes = sys.argv[1:]
    account = KeyPair.from_text(Path(seed_file).read_text("utf-8").strip())
    asyncio.run(main(alpha_url, settings_file, account, *quotes))
