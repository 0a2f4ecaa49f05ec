"""Keeps orders at many prices on both sides of a market, through restarts of this program and lost connections.

    python examples/market_maker.py wss://alpha.example.org settings.json trader.seed XLM/USD 0.25 500

Each price has one order, named after its side and price. Client order ids are unique among an account's open orders, so
that however this program ends, and however often it starts, no price ever has two.
"""

import asyncio
import sys
from decimal import Decimal
from pathlib import Path

from constellation.sdk import Exchange, KeyPair, OrderRequest, OrderState, OutcomeUnknown, RateLimitExceeded

BATCH = 100  # orders under one signature
PAUSE_S = 0.5


class MarketMaker:
    """Quotes of one account in one market.

    Args:
        exchange: of the account.
        symbol: of the market.
        mid: the price around which it quotes.
        levels: orders of each side; the settings' limit of open orders is for both together.
        amount: of each order.
    """

    def __init__(self, exchange: Exchange, symbol: str, mid: str, levels: int, amount: str) -> None:
        self._exchange = exchange
        self._symbol = symbol
        self._amount = amount
        tick = exchange.market(symbol).tick
        middle = exchange.market(symbol).round_price(mid)
        self._wanted: dict[str, tuple[str, Decimal]] = {}
        for step in range(1, levels + 1):
            for side, price in (("buy", middle - step * tick), ("sell", middle + step * tick)):
                if price > 0:
                    self._wanted[f"{side}-{price}"] = side, price
        self.live: dict[str, OrderState] = {}
        """The open orders by id, as this program sees them."""

    async def run(self) -> None:
        """Quote until cancelled."""
        for order in await self._exchange.fetch_open_orders(self._symbol):
            self.live[order.id] = order
        while True:
            if not await self._requote():
                self._take(await self._exchange.watch_orders(self._symbol))

    def _take(self, orders: tuple[OrderState, ...]) -> None:
        for order in orders:
            if order.status == "open":
                self.live[order.id] = order
            else:
                self.live.pop(order.id, None)

    async def _requote(self) -> bool:
        """Ask for up to a batch of what is missing, or too much; whether there was something to ask for."""
        names = {order.client_order_id for order in self.live.values()}
        stray = [order.id for order in self.live.values() if order.client_order_id not in self._wanted]
        missing = [name for name in self._wanted if name not in names]
        if not stray and not missing:
            return False
        try:
            if stray:
                await self._exchange.cancel_orders(stray[:BATCH])
            else:
                await self._exchange.create_orders([self._quote(name) for name in missing[:BATCH]])
        except RateLimitExceeded:
            await asyncio.sleep(PAUSE_S)
            return True
        except OutcomeUnknown as unknown:
            await unknown.retry_batch()
        self._take(await self._exchange.watch_orders(self._symbol))  # what was just asked for is among them
        return True

    def _quote(self, name: str) -> OrderRequest:
        side, price = self._wanted[name]
        params = {"clientOrderId": name, "postOnly": True}
        return OrderRequest(self._symbol, "limit", side, self._amount, price, params)


async def main(url: str, settings: str, key_pair: KeyPair, symbol: str, mid: str, levels: str) -> None:
    async with Exchange(url, settings, key_pair) as exchange:
        lot = exchange.market(symbol).lot
        await MarketMaker(exchange, symbol, mid, int(levels), str(lot)).run()


if __name__ == "__main__":
    alpha_url, settings_file, seed_file, *market = sys.argv[1:]
    account = KeyPair.from_text(Path(seed_file).read_text("utf-8").strip())
    asyncio.run(main(alpha_url, settings_file, account, *market))
