"""Books, trades, tickers and candles as they are now, and how alpha is."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from constellation.sdk.ccxt_form import microseconds
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.exchange_verbs.arguments import LIMIT_MAX, checked_limit, checked_period
from constellation.sdk.exchange_verbs.base import ExchangeBase
from constellation.sdk.feed_views import Candle, MarketTrade, Ticker
from constellation.sdk.local_book import FeedBook
from constellation.sdk.market_reads import PAGE_MAX
from constellation.sdk.unified import Status
from constellation.sdk.views import OrderBook

_BOOK_LEVELS_MAX: Final = 200  # that alpha shows


class MarketDataVerbs(ExchangeBase):
    """Books, trades, tickers and candles as they are now, and how alpha is."""

    async def fetch_order_book(self, symbol: str, limit: int = 20) -> OrderBook | FeedBook:
        """The best levels: with an account, alpha's at this moment (200 at most); else those of the last final batch.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name = self.market(symbol).name
        if self._client is not None and limit <= _BOOK_LEVELS_MAX:
            return await self._client.order_book(name, limit)
        return await self._market_reads.book(name, limit)

    async def fetch_trades(
        self, symbol: str, since: int | None = None, limit: int | None = None
    ) -> tuple[MarketTrade, ...]:
        """The fills of a market, the oldest first.

        With ``since`` it goes back to that time, page by page: of 10,000 trades at most, :meth:`iter_trades` has more.

        Raises:
            InvalidRequest: there are more trades since then.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        name, most = self.market(symbol).name, checked_limit(limit)
        if since is None:
            return await self._market_reads.last_trades(name, min(most, PAGE_MAX))
        found: list[MarketTrade] = []
        async for trade in self.iter_trades(name):
            if microseconds(trade.time) < since * 1_000:
                break
            if len(found) == LIMIT_MAX:
                raise InvalidRequest(f"{name} has more than {LIMIT_MAX} trades since then: iter_trades() has them")
            found.append(trade)
        return tuple(found[::-1][:most])

    async def iter_trades(self, symbol: str) -> AsyncIterator[MarketTrade]:
        """All fills of a market, the newest first, page by page."""
        async for trade in self._market_reads.trades_back(self.market(symbol).name):
            yield trade

    async def fetch_ticker(self, symbol: str) -> Ticker:
        """A market's last 24 hours.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._market_reads.ticker(self.market(symbol).name)

    async def fetch_tickers(self, symbols: Sequence[str] | None = None) -> dict[str, Ticker]:
        """The same of several markets, or of all, by symbol.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        names = None if symbols is None else {self.market(symbol).name for symbol in symbols}
        tickers = await self._market_reads.tickers()
        return {ticker.market: ticker for ticker in tickers if names is None or ticker.market in names}

    async def fetch_ohlcv(
        self, symbol: str, timeframe: str = "1m", since: int | None = None, limit: int | None = None
    ) -> tuple[Candle, ...]:
        """A market's candles: from ``since`` on, or the last ones; the oldest first, 1,000 at most.

        Args:
            symbol: such as ``XLM/USD``.
            timeframe: one of ``PERIODS``.
            since: in milliseconds since 1970.
            limit: 100 by default.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        most = min(checked_limit(limit), PAGE_MAX)
        return await self._market_reads.candles(self.market(symbol).name, checked_period(timeframe), since, most)

    async def fetch_time(self) -> int:
        """The exchange's clock in milliseconds since 1970: alpha's, or without an account that of the market data.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if self._client is not None:
            return self._client.clock_us // 1_000
        return await self._market_reads.timestamp_us() // 1_000

    async def fetch_status(self) -> Status:
        """Whether there is a connection to alpha now, or without an account, whether the market data answers.

        It says, too, how much alpha's operator lets clients do.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        if self._client is None:
            return await self._market_reads.status()
        if not self._client.is_connected:
            return Status("error", self._client.clock_us)
        mode = self._client.mode
        if mode is None:
            return Status("ok", self._client.clock_us)
        return Status.of(mode.mode.name.lower(), mode.reason, self._client.clock_us)
