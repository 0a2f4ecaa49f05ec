"""The heartbeat of each connection, and the end of those that do not read it or want nothing."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from constellation.marketdata.channels import BookTopic
from constellation.marketdata.data import MarketData
from constellation.marketdata.errors import FeedCode
from constellation.marketdata.subscriptions import HEARTBEAT, Subscription
from constellation.marketdata.topics import Frame, Subscriber, Topic
from constellation.marketdata.wire import UPDATE, data_message, moment
from constellation.protocol.limits import FEED_BUFFER_BYTES, FEED_IDLE_S, FEED_STALL_S

HEARTBEAT_US: Final = 1_000_000

_IDLE_US: Final = round(FEED_IDLE_S * 1_000_000)
_STALL_US: Final = round(FEED_STALL_S * 1_000_000)


@dataclass(slots=True)
class Connection:
    """What a subscriber listens to.

    Attributes:
        since_us: since when it has been there, or has had no subscription.
        topics: what it listens to.
        full_since_us: since when its buffer has been full; None while it is not.
    """

    since_us: int
    topics: dict[Subscription, Topic] = field(default_factory=dict)
    full_since_us: int | None = None


class Pulse:
    """Gives each connection its turn once a second, at a time of its own, so that they do not come all at once.

    Args:
        data: of all markets.
        connections: that are open.
        frame: of the transport.
    """

    def __init__(self, data: MarketData, connections: Mapping[Subscriber, Connection], frame: Frame) -> None:
        self._data = data
        self._connections = connections
        self._frame = frame
        self._rota: deque[tuple[int, Subscriber]] = deque()

    def begin(self, subscriber: Subscriber, now_us: int) -> None:
        """There is a connection; one that has gone is forgotten when its turn comes."""
        self._rota.append((now_us + HEARTBEAT_US, subscriber))

    def beat(self, now_us: int) -> None:
        """Whose turn it is, is told how far the feed is; who reads nothing, or wants nothing, is cut."""
        beats: dict[tuple[BookTopic, ...], bytes] = {}
        while self._rota and self._rota[0][0] <= now_us:
            _, subscriber = self._rota.popleft()
            connection = self._connections.get(subscriber)
            if connection is None:
                continue
            self._rota.append((now_us + HEARTBEAT_US, subscriber))
            if not connection.topics:
                if now_us - connection.since_us > _IDLE_US:
                    subscriber.cut(FeedCode.TIMED_OUT, "nothing is subscribed to")
            elif subscriber.waiting_bytes() > FEED_BUFFER_BYTES:
                self._wait(subscriber, connection, now_us)
            else:
                connection.full_since_us = None
                books = _told_books(subscriber, connection)
                if books not in beats:
                    beats[books] = self._message(books, now_us)
                subscriber.write(beats[books])

    def _wait(self, subscriber: Subscriber, connection: Connection, now_us: int) -> None:
        if connection.full_since_us is None:
            connection.full_since_us = now_us
        elif now_us - connection.full_since_us > _STALL_US:
            subscriber.cut(FeedCode.SLOW_READER, "nothing was read for too long")

    def _message(self, topics: tuple[BookTopic, ...], now_us: int) -> bytes:
        books = [topic.heartbeat for topic in topics]
        data = {"sequence": self._data.sequence, **moment(now_us), "books": books}
        return self._frame(data_message(HEARTBEAT, UPDATE, None, data))


def _told_books(subscriber: Subscriber, connection: Connection) -> tuple[BookTopic, ...]:
    """The books that it has been told everything of."""
    topics = connection.topics.values()
    return tuple(topic for topic in topics if isinstance(topic, BookTopic) and topic.is_told(subscriber))
