"""One thing that is subscribed to: its subscribers, and what they are told.

A message is made once, and the same bytes go to everybody. Nobody waits for anybody: a subscriber that does not read is
passed over and shown what has become of the matter when it reads again; one that must be told everything is cut.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Protocol

from constellation.marketdata.errors import FeedCode
from constellation.marketdata.metrics import FeedMetrics
from constellation.marketdata.subscriptions import Subscription
from constellation.marketdata.wire import SNAPSHOT, UPDATE, Json, data_message
from constellation.protocol.limits import FEED_BUFFER_BYTES, FEED_BUFFER_MAX_BYTES


class Subscriber(Protocol):
    """Where messages go; nothing here may wait."""

    @property
    def waiting_bytes(self) -> Callable[[], int]:
        """How much of what was written is not read yet."""

    @property
    def write(self) -> Callable[[bytes], None]:
        """Send the bytes of a whole message."""

    def cut(self, code: FeedCode, message: str) -> None:
        """End the connection, saying why where that is possible; ``MarketHub.disconnect`` follows."""


Frame = Callable[[bytes], bytes]
"""What makes of a message the bytes that a transport carries."""


class Topic(ABC):
    """Of which only the newest is wanted: books, tickers, best prices, candles, statuses.

    Args:
        subscription: to what.
        market: its name; None for all.
        frame: of the transport.
        metrics: counts.
    """

    def __init__(self, subscription: Subscription, market: str | None, frame: Frame, metrics: FeedMetrics) -> None:
        self.subscription = subscription
        self.market = market
        self.due_us = 0
        """Before that there is no next update."""
        self._frame = frame
        self._channel: Final = subscription.channel.value
        self._messages = metrics.messages.labels(self._channel)
        self._conflated = metrics.conflated.labels(self._channel)
        self._current: dict[Subscriber, None] = {}
        self._behind: dict[Subscriber, None] = {}
        self._snapshot: bytes | None = None

    @abstractmethod
    def snapshot(self, now_us: int) -> Json | None:
        """All there is to say, as of the last update; None when there is nothing."""

    @abstractmethod
    def update(self, now_us: int) -> Json | None:
        """What is new since the last update; None when nothing is."""

    @property
    def subscribers(self) -> list[Subscriber]:
        """Everybody who listens."""
        return [*self._current, *self._behind]

    @property
    def is_empty(self) -> bool:
        """Whether nobody listens."""
        return not self._current and not self._behind

    @property
    def is_behind(self) -> bool:
        """Whether somebody waits for its buffer to drain."""
        return bool(self._behind)

    def is_told(self, subscriber: Subscriber) -> bool:
        """Whether it has been told everything so far."""
        return subscriber in self._current

    def join(self, subscriber: Subscriber, now_us: int) -> None:
        """Show everything to a subscriber, a new one or one that has lost track."""
        self._current.pop(subscriber, None)
        self._behind[subscriber] = None
        self.catch_up(now_us)

    def leave(self, subscriber: Subscriber) -> None:
        """It listens no more."""
        self._current.pop(subscriber, None)
        self._behind.pop(subscriber, None)

    def publish(self, now_us: int) -> bool:
        """Tell everybody what is new; whether anything was."""
        data = self.update(now_us)
        if data is not None:
            self._snapshot = None
            self._broadcast(self._message(UPDATE, data))
        self.catch_up(now_us)
        return data is not None

    def _broadcast(self, message: bytes) -> None:
        full = []
        for subscriber in self._current:
            if subscriber.waiting_bytes() > FEED_BUFFER_BYTES:
                full.append(subscriber)
            else:
                subscriber.write(message)
        self._messages.inc(len(self._current) - len(full))
        for subscriber in full:
            del self._current[subscriber]
            self._behind[subscriber] = None
            self._conflated.inc()

    def catch_up(self, now_us: int) -> None:
        """Show everything to those that have been waiting and can take it now."""
        for subscriber in list(self._behind):
            if subscriber.waiting_bytes() <= FEED_BUFFER_BYTES:
                del self._behind[subscriber]
                self._current[subscriber] = None
                self._show(subscriber, now_us)

    def _show(self, subscriber: Subscriber, now_us: int) -> None:
        if self._snapshot is None:
            data = self.snapshot(now_us)
            if data is None:
                return
            self._snapshot = self._message(SNAPSHOT, data)
        subscriber.write(self._snapshot)
        self._messages.inc()

    def _message(self, kind: str, data: Json) -> bytes:
        return self._frame(data_message(self._channel, kind, self.market, data))


class CompleteTopic(Topic):
    """Of which nothing may be missed: trades. Who cannot take them is cut."""

    def publish(self, now_us: int) -> bool:
        """Tell everybody what is new; whether anything was."""
        data = self.update(now_us)
        if data is None:
            return False
        self._snapshot = None
        message = self._message(UPDATE, data)
        for subscriber in list(self._current):
            if subscriber.waiting_bytes() > FEED_BUFFER_MAX_BYTES:
                self.leave(subscriber)
                subscriber.cut(FeedCode.SLOW_READER, f"{self._channel} of {self.market} wait for you to read them")
            else:
                subscriber.write(message)
                self._messages.inc()
        return True
