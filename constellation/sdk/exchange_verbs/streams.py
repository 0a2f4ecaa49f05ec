"""Each call waits for the next news; call them in loops."""

from typing import Final, TypeVar

from constellation.sdk.errors import ConnectionClosed, InvalidRequest
from constellation.sdk.exchange_verbs.arguments import checked_period
from constellation.sdk.exchange_verbs.market_data import MarketDataVerbs
from constellation.sdk.feed_streams import BookStream, CandleStream, NewestStream, Stream, TradeStream
from constellation.sdk.feed_views import Candle, MarketTrade, Ticker, TradeGap, ticker_of
from constellation.sdk.local_book import FeedBook
from constellation.sdk.unified import Balances, OrderState, OwnTrade, Status, Transaction

_FEED_DEPTHS: Final = (10, 25, 100, 500, 1000)
_T = TypeVar("_T")


class StreamVerbs(MarketDataVerbs):
    """Each call waits for the next news; call them in loops."""

    async def watch_order_book(self, symbol: str, limit: int = 25) -> FeedBook:
        """The book when it is different; who is slow gets the newest.

        Args:
            symbol: such as ``XLM/USD``.
            limit: levels of each side: 10, 25, 100, 500 or 1000.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if limit not in _FEED_DEPTHS:
            raise InvalidRequest(f"limit is one of {', '.join(map(str, _FEED_DEPTHS))}, not {limit!r}")
        name = self.market(symbol).name
        stream = BookStream({"channel": "book", "market": name, "depth": limit})
        return await (await self._stream(("book", name, limit), stream)).next()

    async def watch_status(self) -> Status:
        """The status when alpha's operator lets clients do more or less than before.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        await self.client.mode_changed()
        return await self.fetch_status()

    async def watch_trades(self, symbol: str) -> tuple[MarketTrade | TradeGap, ...]:
        """The fills since the last call, at least one, each once; a gap where some may be missing.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        stream = await self._stream(("trades", name), TradeStream({"channel": "trades", "market": name}))
        return await stream.all()

    async def watch_ticker(self, symbol: str) -> Ticker:
        """A market's last 24 hours when they are different.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        stream = NewestStream({"channel": "ticker", "market": name}, ticker_of)
        return await (await self._stream(("ticker", name), stream)).next()

    async def watch_ohlcv(self, symbol: str, timeframe: str = "1m") -> tuple[Candle, ...]:
        """The candles that are different since the last call: each closed one, and the open one as it is.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        stream = CandleStream({"channel": "candles", "market": name, "period": checked_period(timeframe)})
        return await (await self._stream(("candles", name, timeframe), stream)).all()

    async def watch_orders(self, symbol: str | None = None) -> tuple[OrderState, ...]:
        """The own orders that have changed since the last call, each as it is now.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.changed_orders(None if symbol is None else self.market(symbol).name)

    async def watch_my_trades(self, symbol: str | None = None) -> tuple[OwnTrade, ...]:
        """The own fills since the last call, or since the exchange was opened, each once.

        Raises:
            EventsMissed: too many had been waiting, or alpha does not keep them any more; told once.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.new_trades(None if symbol is None else self.market(symbol).name)

    async def watch_withdrawals(self) -> tuple[Transaction, ...]:
        """The withdrawals that have changed since the last call, each as it is now.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.changed_withdrawals()

    async def watch_balance(self) -> Balances:
        """What the account owns, when it is different.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        self._check_followed()
        return await self.own.new_balances()

    def _check_followed(self) -> None:
        if self._follower is None:
            raise ConnectionClosed(None, f"{self.address} is not followed yet: use async with, or open()")

    async def _stream(self, key: tuple[object, ...], new: Stream[_T]) -> Stream[_T]:
        """The stream that is followed under this key; a new one where there is none yet."""
        async with self._opening:
            if not self._feed_is_open:
                await self.feed.open()
                self._feed_is_open = True
        known = self._streams.get(key)
        if known is not None and known.error is None:
            return known
        self.feed.follow(new)
        self._streams[key] = new
        return new
