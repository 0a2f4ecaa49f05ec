"""What lies between the feed and the loops of a program: bounded, and each with its own way to be late.

A stream is told what the feed says and keeps what the program has not taken yet: of books, tickers and best prices the
newest; of candles each closed one; of trades every one, or a gap in their place.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from constellation.protocol.limits import FEED_WAITING_TRADES_MAX
from constellation.sdk.errors import SdkError
from constellation.sdk.feed_views import Candle, Json, MarketTrade, TradeGap, candle_of, trade_of
from constellation.sdk.local_book import FeedBook, LocalBook, OutOfStep

SNAPSHOT: Final = "snapshot"
_CANDLES_MAX: Final = 1_000

T = TypeVar("T")


class Stream(ABC, Generic[T]):
    """One subscription of the program.

    Args:
        params: as it is asked for.
    """

    def __init__(self, params: Json) -> None:
        self.params = params
        self.key: tuple[object, ...] | None = None
        """How the feed's messages name it; None until the feed has said so on this connection."""
        self.failures = 0
        """How often in a row it was out of step."""
        self._changed = asyncio.Event()
        self._error: SdkError | None = None

    @abstractmethod
    def take(self, kind: str, market: str, data: Json) -> None:
        """The feed says something.

        Raises:
            OutOfStep: something was missed.
        """

    def lose(self) -> None:
        """What comes next is a snapshot: the connection was lost, or something else was missed."""

    @abstractmethod
    def _pop(self) -> T | None:
        """The next thing for the program, if there is one."""

    def heard(self, sequence: int) -> None:
        """The feed says how far it is.

        Raises:
            OutOfStep: that is further than what has come.
        """

    @property
    def error(self) -> SdkError | None:
        """Why there will be nothing more."""
        return self._error

    async def all(self) -> tuple[T, ...]:
        """Wait for the next thing, and take with it what else there is.

        Raises:
            SdkError: there will be none.
        """
        found = [await self.next()]
        while (item := self._pop()) is not None:
            found.append(item)
        return tuple(found)

    def fail(self, error: SdkError) -> None:
        """There will be nothing more; the program learns why."""
        self._error = error
        self._changed.set()

    def wake(self) -> None:
        """There may be something for the program."""
        self._changed.set()

    async def next(self) -> T:
        """Wait for the next thing.

        Raises:
            SdkError: there will be none.
        """
        while True:
            item = self._pop()
            if item is not None:
                return item
            if self._error is not None:
                raise self._error
            self._changed.clear()
            await self._changed.wait()


class BookStream(Stream[FeedBook]):
    """A book: the program gets the newest one."""

    def __init__(self, params: Json) -> None:
        super().__init__(params)
        self._local = LocalBook(params["market"])
        self._is_new = False

    def take(self, kind: str, market: str, data: Json) -> None:
        """A snapshot or an update."""
        if kind == SNAPSHOT:
            self._local.show(data)
            self._is_new = True
        else:
            self._is_new |= self._local.update(data)
        self.failures = 0

    def heard(self, sequence: int) -> None:
        """The last update may be the one that was missed."""
        if self._local.sequence is not None and self._local.sequence != sequence:
            raise OutOfStep(f"the feed is at {sequence}, not at {self._local.sequence}")

    def lose(self) -> None:
        """What is there is worth nothing, also to the program."""
        self._local.forget()
        self._is_new = False

    def _pop(self) -> FeedBook | None:
        if not self._is_new:
            return None
        self._is_new = False
        return self._local.book()


class NewestStream(Stream[T]):
    """Of which each message says everything: the program gets the newest one.

    Args:
        params: as it is asked for.
        read: makes the program's form of a message.
    """

    def __init__(self, params: Json, read: Callable[[str, Json], T]) -> None:
        super().__init__(params)
        self._read = read
        self._newest: T | None = None

    def take(self, kind: str, market: str, data: Json) -> None:
        """A message."""
        self._newest = self._read(market, data)

    def _pop(self) -> T | None:
        newest, self._newest = self._newest, None
        return newest


class StatusStream(Stream[dict[str, str]]):
    """Whether markets take orders: the program gets the newest of all of them, when one is different."""

    def __init__(self, params: Json) -> None:
        super().__init__(params)
        self._told: dict[str, str] = {}
        self._statuses: dict[str, str] = {}

    def take(self, kind: str, market: str, data: Json) -> None:
        """All markets, or those that changed."""
        known = {} if kind == SNAPSHOT else self._statuses
        self._statuses = known | {item["market"]: item["status"] for item in data["markets"]}

    def _pop(self) -> dict[str, str] | None:
        if self._statuses == self._told:
            return None
        self._told = self._statuses
        return self._statuses


class CandleStream(Stream[Candle]):
    """Candles: each closed one, and the newest state of the open one."""

    def __init__(self, params: Json) -> None:
        super().__init__(params)
        self._waiting: deque[Candle] = deque(maxlen=_CANDLES_MAX)

    def take(self, kind: str, market: str, data: Json) -> None:
        """Some candles."""
        for item in data["candles"]:
            candle = candle_of(market, str(data["period"]), item)
            if self._waiting and not self._waiting[-1].closed:
                self._waiting.pop()
            self._waiting.append(candle)

    def _pop(self) -> Candle | None:
        return self._waiting.popleft() if self._waiting else None


class TradeStream(Stream[MarketTrade | TradeGap]):
    """Every trade once and in order, or a gap where some may be missing.

    Args:
        params: as it is asked for.
        most: trades and gaps that wait for the program; the oldest ones become one gap.
    """

    def __init__(self, params: Json, most: int = FEED_WAITING_TRADES_MAX) -> None:
        super().__init__(params)
        self._most = most
        self._waiting: deque[MarketTrade | TradeGap] = deque()
        self._sequence: int | None = None
        self._seen: int | None = None

    def take(self, kind: str, market: str, data: Json) -> None:
        """The trades of a batch, or the last ones."""
        trades = [trade_of(market, item) for item in data["trades"]]
        sequence = int(data["sequence"])
        if kind == SNAPSHOT:
            if self._seen is not None and int(data["since"]) > self._seen:
                self._put(TradeGap(self._seen, int(data["since"])))
        elif self._sequence is None:
            return
        elif data["previous"] != self._sequence:
            raise OutOfStep(f"trades at {sequence} follow {data['previous']}, not {self._sequence}")
        seen = sequence if self._seen is None else self._seen
        for trade in trades:
            if trade.apex > seen:
                self._put(trade)
        self._sequence, self._seen = sequence, max(seen, sequence)
        self.failures = 0

    def lose(self) -> None:
        """The next snapshot has what was missed, or says that it has not."""
        self._sequence = None

    def _put(self, item: MarketTrade | TradeGap) -> None:
        self._waiting.append(item)
        if len(self._waiting) > self._most:
            first, second = _span(self._waiting.popleft()), _span(self._waiting.popleft())
            self._waiting.appendleft(TradeGap(first.after, second.until))

    def _pop(self) -> MarketTrade | TradeGap | None:
        return self._waiting.popleft() if self._waiting else None


def _span(item: MarketTrade | TradeGap) -> TradeGap:
    """What is missing when this is."""
    return item if isinstance(item, TradeGap) else TradeGap(item.apex - 1, item.apex)
