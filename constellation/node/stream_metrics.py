"""What an operator sees of a chronicle in NATS."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class PublisherMetrics:
    """What an operator sees of publishing.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.batch = Gauge(
            "constellation_chronicler_stream_batch", "The last batch in the NATS stream.", registry=registry
        )
        self.published = Counter(
            "constellation_chronicler_stream_published", "Batches that were published.", registry=registry
        )
        self.failures = Counter(
            "constellation_chronicler_stream_failures", "Times that publishing had to pause.", registry=registry
        )
        self.overtaken = Counter(
            "constellation_chronicler_stream_overtaken",
            "Times that somebody else had put something into the stream.",
            registry=registry,
        )


class StreamMetrics:
    """What an operator sees of following it.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.skipped = Counter(
            "constellation_chronicler_stream_skipped",
            "Messages of the NATS stream that were passed over, by cause: garbage, duplicate, order or refused.",
            ["cause"],
            registry=registry,
        )
