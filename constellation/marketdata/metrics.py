"""What an operator sees of a feed."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class FeedMetrics:
    """Counters and gauges of one feed.

    Args:
        registry: where they are registered; a private one by default, so that several feeds fit one process.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.connections = Gauge("constellation_feed_connections", "Open connections to the feed.", registry=registry)
        self.subscriptions = Gauge(
            "constellation_feed_subscriptions", "Subscriptions by channel.", ["channel"], registry=registry
        )
        self.messages = Counter(
            "constellation_feed_messages", "Messages sent to subscribers by channel.", ["channel"], registry=registry
        )
        self.conflated = Counter(
            "constellation_feed_conflated",
            "How often a subscriber's buffer was full and a channel was kept back, by channel.",
            ["channel"],
            registry=registry,
        )
        self.cut = Counter(
            "constellation_feed_cut", "Connections closed by the feed, by code.", ["code"], registry=registry
        )
        self.refused = Counter(
            "constellation_feed_refused", "Messages of subscribers refused, by code.", ["code"], registry=registry
        )
        self.lag = Gauge(
            "constellation_feed_lag_seconds", "Age of the last batch when it came to the feed.", registry=registry
        )
