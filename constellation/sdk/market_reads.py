"""Reads markets over HTTP from a chronicler or a feed server: what is final, without a key."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from ssl import SSLContext
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from constellation.sdk.errors import ConnectionClosed, FeedRefused
from constellation.sdk.feed_views import Candle, MarketTrade, Ticker, past_candle_of, ticker_of, trade_of
from constellation.sdk.http import FAILURES, exchange
from constellation.sdk.local_book import FeedBook, LocalBook, OutOfStep
from constellation.sdk.unified import Status

PAGE_MAX: Final = 1_000
"""Trades or candles of one answer."""

_TIMEOUT_S: Final = 10.0
_ATTEMPTS: Final = 5
_PAUSE_S: Final = 0.5
_OK: Final = 200
_BUSY: Final = frozenset({"RATE_LIMITED", "OVERLOADED", "UNAVAILABLE"})
_T = TypeVar("_T")
_SCHEMES: Final = {"ws": "http", "wss": "https", "http": "http", "https": "https"}


def _status_of(data: Any) -> Status:
    mode = data["mode"]
    return Status.of(str(mode["name"]), str(mode["reason"]), int(data["timestamp"]) * 1_000)


class MarketReads:
    """Questions to one server.

    Args:
        url: of its WebSocket, or of its HTTP: ``wss://data.example.org/v1/ws`` or ``https://data.example.org``.
        ssl: for ``https://``; by default the system's authorities are trusted.

    Raises:
        ValueError: it is no such address.
    """

    def __init__(self, url: str, ssl: SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError(f"{url!r} is no ws://, wss://, http:// or https:// address")
        prefix = parts.path.rstrip("/").removesuffix("/ws").removesuffix("/v1")
        self._base = f"{_SCHEMES[parts.scheme]}://{parts.netloc}{prefix}/v1"
        self._ssl = ssl

    async def book(self, market: str, depth: int) -> FeedBook:
        """The best levels, checked against their checksum."""
        data = await self._ask(f"{_market(market)}/book", depth=depth)
        local = LocalBook(market)
        try:
            local.show(data)
        except (OutOfStep, KeyError, TypeError, ValueError) as error:
            raise _nonsense(error) from None
        return local.book()

    async def ticker(self, market: str) -> Ticker:
        """A market's last 24 hours."""
        return _read(lambda data: ticker_of(market, data), await self._ask(f"{_market(market)}/ticker"))

    async def tickers(self) -> tuple[Ticker, ...]:
        """Those of all markets."""
        data = await self._ask("/tickers")
        return _read(lambda data: tuple(ticker_of(item["market"], {**data, **item}) for item in data["tickers"]), data)

    async def last_trades(self, market: str, limit: int) -> tuple[MarketTrade, ...]:
        """The last ones, the oldest first."""
        found, _ = await self._trades(market, limit=limit)
        return tuple(reversed(found))

    async def trades_back(self, market: str) -> AsyncIterator[MarketTrade]:
        """All trades of a market, the newest first, page by page."""
        before: str | None = None
        while True:
            page, before = await self._trades(market, limit=PAGE_MAX, before=before)
            for trade in page:
                yield trade
            if before is None:
                return

    async def _trades(self, market: str, **parameters: Any) -> tuple[tuple[MarketTrade, ...], str | None]:
        data = await self._ask(f"{_market(market)}/trades", **parameters)
        return _read(lambda data: (tuple(trade_of(market, item) for item in data["trades"]), data["before"]), data)

    async def candles(
        self, market: str, period: str, start_ms: int | None = None, limit: int = 100
    ) -> tuple[Candle, ...]:
        """The candles from a time on, or the last ones; the oldest first."""
        data = await self._ask(f"{_market(market)}/candles", period=period, start=start_ms, limit=limit)
        return _read(lambda data: tuple(past_candle_of(market, period, item) for item in data["candles"]), data)

    async def status(self) -> Status:
        """What the market data says of the service."""
        return _read(_status_of, await self._ask("/status"))

    async def timestamp_us(self) -> int:
        """The server's clock."""
        data = await self._ask("/status")
        return _read(lambda data: int(data["timestamp"]) * 1_000, data)

    async def _ask(self, path: str, **parameters: Any) -> Any:
        """An answer; asked for again after pauses where the server has too much to do.

        Raises:
            FeedRefused: why it does not answer.
            ConnectionClosed: it cannot be reached.
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        url = f"{self._base}{path}" + (f"?{urlencode(given)}" if given else "")
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._once(url)
            except FeedRefused as error:
                if error.code not in _BUSY or attempt == _ATTEMPTS:
                    raise
            await asyncio.sleep(_PAUSE_S * attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, url: str) -> Any:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                status, body = await exchange(url, ssl=self._ssl)
            data = json.loads(body)
        except FAILURES as error:
            raise ConnectionClosed(None, f"no answer from {self._base}: {error!r}") from None
        if status == _OK:
            return data
        refused = data.get("error") if isinstance(data, Mapping) else None
        if not isinstance(refused, Mapping):
            raise _nonsense(f"status {status}")
        raise FeedRefused(str(refused.get("code")), str(refused.get("message")))


def _read(view: Callable[[Any], _T], data: Any) -> _T:
    try:
        return view(data)
    except (ArithmeticError, AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise _nonsense(repr(error)) from None


def _market(name: str) -> str:
    return f"/markets/{quote(name, safe='')}"


def _nonsense(why: object) -> ConnectionClosed:
    return ConnectionClosed(None, f"the market data server's answer makes no sense: {why}")
