"""Live market data for programs: books, trades, tickers and candles that survive bad connections.

::

    async with MarketFeed("wss://data.example.org/v1/ws") as feed:
        async for book in feed.book("XLM/USD", depth=25):
            print(book.bids[0].price, book.asks[0].price)
"""

from collections.abc import AsyncGenerator
from ssl import SSLContext
from typing import Final, TypeVar

from constellation.sdk.feed_connection import FeedConnection
from constellation.sdk.feed_streams import BookStream, CandleStream, NewestStream, StatusStream, Stream, TradeStream
from constellation.sdk.feed_views import BestPrices, Candle, MarketTrade, Ticker, TradeGap, best_of, ticker_of
from constellation.sdk.local_book import FeedBook

QUIET_S: Final = 5.0
"""Nothing heard for so long: the connection is dead, because a feed's heart beats every second."""

T = TypeVar("T")


class MarketFeed:
    """A feed's data as loops, which go on through lost connections.

    Args:
        url: such as ``wss://data.example.org/v1/ws``.
        ssl: for ``wss://``; by default the system's authorities are trusted.
        quiet_s: nothing heard for so long counts as a lost connection.
    """

    def __init__(self, url: str, *, ssl: SSLContext | None = None, quiet_s: float = QUIET_S) -> None:
        self._connection = FeedConnection(url, ssl, quiet_s)

    @property
    def connections(self) -> int:
        """How many have been opened so far."""
        return self._connection.openings

    async def __aenter__(self) -> "MarketFeed":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect; the first attempt is not repeated, later ones are for ever.

        Raises:
            ConnectionClosed: it did not succeed.
        """
        await self._connection.open()

    async def close(self) -> None:
        """End the connection; loops over it end with ``ConnectionClosed``."""
        await self._connection.close()

    def follow(self, stream: Stream[T]) -> None:
        """Tell a stream what the feed says of it, from now on and on every later connection.

        Raises:
            ConnectionClosed: the feed is not open.
        """
        self._connection.add(stream)

    def book(self, market: str, *, depth: int = 25, group: str | None = None) -> AsyncGenerator[FeedBook, None]:
        """A market's best levels, each time they are different; who is slow gets the newest.

        Args:
            market: such as ``XLM/USD``.
            depth: levels of each side: 10, 25, 100, 500 or 1000.
            group: the step of price that levels are put together in; by default the market's tick.
        """
        grouped = {} if group is None else {"group": group}
        return self._listen(BookStream({"channel": "book", "market": market, "depth": depth, **grouped}))

    def trades(self, market: str) -> AsyncGenerator[MarketTrade | TradeGap, None]:
        """A market's fills from now on, each once and in order; a gap where some may be missing."""
        return self._listen(TradeStream({"channel": "trades", "market": market}))

    def ticker(self, market: str) -> AsyncGenerator[Ticker, None]:
        """A market's last 24 hours; who is slow gets the newest."""
        return self._listen(NewestStream({"channel": "ticker", "market": market}, ticker_of))

    def best(self, market: str) -> AsyncGenerator[BestPrices, None]:
        """A market's best bid and ask; who is slow gets the newest."""
        return self._listen(NewestStream({"channel": "bbo", "market": market}, best_of))

    def candles(self, market: str, period: str) -> AsyncGenerator[Candle, None]:
        """A market's candles: the open one when it is different, and each once it is closed.

        Args:
            market: such as ``XLM/USD``.
            period: 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w or 1M.
        """
        return self._listen(CandleStream({"channel": "candles", "market": market, "period": period}))

    def statuses(self) -> AsyncGenerator[dict[str, str], None]:
        """Whether orders are taken, by market, each time one is different; who is slow gets the newest.

        It is the stricter of what the settings and alpha's operator say: ``open``, ``post_only``, ``cancel_only`` or
        ``halted``; ``suspended`` where the ledger's events have suspended one of its assets.
        """
        return self._listen(StatusStream({"channel": "status"}))

    async def _listen(self, stream: Stream[T]) -> AsyncGenerator[T, None]:
        self._connection.add(stream)
        try:
            while True:
                yield await stream.next()
        finally:
            self._connection.drop(stream)
