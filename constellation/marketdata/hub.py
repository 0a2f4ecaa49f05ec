"""Brings market data to subscribers: takes batches and ticks, and writes to whoever wants to know.

Nothing here waits, reads a clock or knows a transport; whatever comes from outside is given.
"""

from collections.abc import Callable
from typing import Final

from constellation.marketdata.channels import TOPICS, BookTopic, StatusTopic, TradesTopic
from constellation.marketdata.data import MarketData, MarketStart
from constellation.marketdata.errors import FeedCode, FeedError
from constellation.marketdata.metrics import FeedMetrics
from constellation.marketdata.pulse import HEARTBEAT_US, Connection, Pulse
from constellation.marketdata.subscriptions import Channel, Subscription
from constellation.marketdata.topics import Frame, Subscriber, Topic
from constellation.protocol.limits import (
    FEED_BUFFER_MAX_BYTES,
    FEED_GROUPED_VIEWS_MAX,
    FEED_SUBSCRIPTIONS_MAX,
)
from constellation.protocol.messages import Settings
from constellation.quanta import SealedBatch

INTERVAL_US: Final = 100_000
_CATCH_UP_US: Final = 100_000
_SECOND_US: Final = 1_000_000
_MOVED_BY_TIME: Final = (Channel.TICKER, Channel.CANDLES)


class MarketHub:
    """All subscribers of one feed.

    Args:
        settings: in force.
        clock_us: the time now, in microseconds since 1970.
        start: where the market data begins; by default at genesis.
        interval_us: between two updates of a book, ticker, best price or candle; 0: each batch is told at once.
        frame: what makes of a message the bytes that the transport carries.
        metrics: counts.

    Attributes:
        data: everything that is known.
    """

    def __init__(
        self,
        settings: Settings,
        clock_us: Callable[[], int],
        start: MarketStart | None = None,
        *,
        interval_us: int = INTERVAL_US,
        frame: Frame = bytes,
        metrics: FeedMetrics | None = None,
    ) -> None:
        self._clock_us = clock_us
        self._interval_us = interval_us
        self._frame = frame
        self._metrics = metrics or FeedMetrics()
        now_us = clock_us()
        self.data = MarketData(settings, start or MarketStart(), now_us)
        self._connections: dict[Subscriber, Connection] = {}
        self._pulse = Pulse(self.data, self._connections, frame)
        self._topics: dict[Subscription, Topic] = {}
        self._of_market: dict[int, dict[Topic, None]] = {}
        self._grouped = 0
        self._dirty: dict[Topic, None] = {}
        self._caught_up_us = self._moved_us = self._status_us = now_us

    # What happens in the markets.

    def take(self, sealed: SealedBatch) -> None:
        """Follow a certified batch, the next one, and tell what cannot wait."""
        now_us = self._clock_us()
        self._metrics.lag.set(max(0, now_us - sealed.header.timestamp) / _SECOND_US)
        changes = self.data.take(sealed, now_us)
        for market, trades in changes.trades.items():
            topic = self._topics.get(Subscription(Channel.TRADES, market))
            if isinstance(topic, TradesTopic):
                topic.new = trades
                topic.publish(now_us)
        for market in changes.books | changes.trades:
            for topic in self._of_market.get(market, ()):
                if topic.subscription.channel is not Channel.TRADES:
                    self._dirty[topic] = None
        if changes.statuses:
            self._cut_renamed()
            self._publish_status(now_us)
        self._publish_due(now_us)

    def settings_changed(self, settings: Settings) -> None:
        """Other settings are in force, which no batch has brought: those that a batch decides are taken from it."""
        self.data.settings_changed(settings)
        self._cut_renamed()
        self._publish_status(self._clock_us())

    def _cut_renamed(self) -> None:
        """End connections that know a market by a name that it has no more: another asset has its code now, too."""
        for topic in list(self._topics.values()):
            number = topic.subscription.market
            if number is None or topic.market == self.data.listing.markets[number].name:
                continue
            name = self.data.listing.markets[number].name
            for subscriber in topic.subscribers:
                subscriber.cut(FeedCode.UNKNOWN_MARKET, f"{topic.market} is called {name} now")

    def tick(self, now_us: int) -> None:
        """Time has passed: tell what was waiting for its interval, what time itself moves, and that the feed lives."""
        if now_us // _SECOND_US != self._moved_us // _SECOND_US:
            self._moved_us = now_us
            for topic in self._topics.values():
                if topic.subscription.channel in _MOVED_BY_TIME:
                    self._dirty[topic] = None
        if now_us - self._status_us >= HEARTBEAT_US:
            self._publish_status(now_us)
        self._publish_due(now_us)
        if now_us - self._caught_up_us >= _CATCH_UP_US:
            self._caught_up_us = now_us
            for topic in self._topics.values():
                if topic.is_behind:
                    topic.catch_up(now_us)
        self._pulse.beat(now_us)

    def _publish_due(self, now_us: int) -> None:
        due = [topic for topic in self._dirty if topic.due_us <= now_us]
        for topic in due:
            del self._dirty[topic]
            if topic.publish(now_us):
                late_us = now_us - topic.due_us
                # One that was a little late does not make the next one late, too.
                topic.due_us = now_us + self._interval_us - (late_us if 2 * late_us < self._interval_us else 0)

    def _publish_status(self, now_us: int) -> None:
        self._status_us = now_us
        topic = self._topics.get(Subscription(Channel.STATUS))
        if topic is not None:
            topic.publish(now_us)

    # Who wants to know.

    def connect(self, subscriber: Subscriber) -> None:
        """There is a connection."""
        now_us = self._clock_us()
        self._connections[subscriber] = Connection(now_us)
        self._pulse.begin(subscriber, now_us)
        self._metrics.connections.inc()

    def disconnect(self, subscriber: Subscriber) -> None:
        """It is gone."""
        connection = self._connections.pop(subscriber, None)
        if connection is None:
            return
        for subscription in list(connection.topics):
            self._leave(connection, subscriber, subscription)
        self._metrics.connections.dec()

    def subscribe(self, subscriber: Subscriber, subscription: Subscription, answer: bytes) -> None:
        """Show a subscriber what it wants, now and from now on; again and afresh if it has it already.

        Args:
            subscriber: connected.
            subscription: to what; its values are valid.
            answer: a message that is sent before anything else.

        Raises:
            FeedError: TOO_MANY_SUBSCRIPTIONS or OVERLOADED.
        """
        connection = self._connections.get(subscriber)
        if connection is None:
            return
        topic = connection.topics.get(subscription)
        if topic is None:
            if len(connection.topics) >= FEED_SUBSCRIPTIONS_MAX:
                limit = f"a connection has at most {FEED_SUBSCRIPTIONS_MAX} subscriptions"
                raise FeedError(FeedCode.TOO_MANY_SUBSCRIPTIONS, limit)
            topic = connection.topics[subscription] = self._topic(subscription)
            self._metrics.subscriptions.labels(subscription.channel.value).inc()
        self.say(subscriber, answer)
        if subscriber in self._connections:  # it may just have been cut
            topic.join(subscriber, self._clock_us())

    def unsubscribe(self, subscriber: Subscriber, subscription: Subscription) -> None:
        """Tell a subscriber no more of something.

        Raises:
            FeedError: NOT_SUBSCRIBED.
        """
        connection = self._connections.get(subscriber)
        if connection is None or subscription not in connection.topics:
            raise FeedError(FeedCode.NOT_SUBSCRIBED, "there is no such subscription on this connection")
        self._leave(connection, subscriber, subscription)
        if not connection.topics:
            connection.since_us = self._clock_us()

    def say(self, subscriber: Subscriber, message: bytes) -> None:
        """Send a message to one subscriber; one that reads no answers is cut."""
        if subscriber.waiting_bytes() > FEED_BUFFER_MAX_BYTES:
            subscriber.cut(FeedCode.SLOW_READER, "answers wait for you to read them")
        else:
            subscriber.write(self._frame(message))

    def _leave(self, connection: Connection, subscriber: Subscriber, subscription: Subscription) -> None:
        topic = connection.topics.pop(subscription)
        topic.leave(subscriber)
        self._metrics.subscriptions.labels(subscription.channel.value).dec()
        if topic.is_empty:
            self._drop(topic)

    # Topics are there while somebody listens.

    def _topic(self, subscription: Subscription) -> Topic:
        topic = self._topics.get(subscription)
        if topic is None:
            if subscription.group > 1 and self._grouped >= FEED_GROUPED_VIEWS_MAX:
                raise FeedError(FeedCode.OVERLOADED, f"there are {self._grouped} grouped views; try one tick, or later")
            topic = self._topics[subscription] = self._make(subscription)
            if subscription.market is not None:
                self._of_market.setdefault(subscription.market, {})[topic] = None
            self._grouped += subscription.group > 1
        return topic

    def _make(self, subscription: Subscription) -> Topic:
        if subscription.market is None:
            return StatusTopic(self.data, subscription, self._frame, self._metrics)
        market = self.data.listing.markets[subscription.market]
        return TOPICS[subscription.channel](self.data, market, subscription, self._frame, self._metrics)

    def _drop(self, topic: Topic) -> None:
        subscription = topic.subscription
        del self._topics[subscription]
        self._dirty.pop(topic, None)
        market = subscription.market
        if market is None:
            return
        own = self._of_market[market]
        del own[topic]
        self._grouped -= subscription.group > 1
        if isinstance(topic, BookTopic) and not any(
            isinstance(other, BookTopic) and other.step == topic.step for other in own
        ):
            self.data.books[market].drop(topic.step)
        if not own:
            del self._of_market[market]
