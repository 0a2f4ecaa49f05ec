"""What an operator sees of extensions."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS_S: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)


class ExtensionMetrics:
    """Of all extensions of a node.

    Args:
        registry: of the node; a private one by default.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.on = Gauge(
            "constellation_extension_on", "1 while an extension is called; 0 when it was switched off.", ["extension"],
            registry=registry,
        )  # fmt: skip
        self.calls = Counter(
            "constellation_extension_calls",
            "Calls of an extension by what came of them: `answered`, `raised`, `late` or `nonsense`.",
            ["extension", "result"],
            registry=registry,
        )
        self.seconds = Histogram(
            "constellation_extension_call_seconds",
            "How long calls of an extension took, of those that were answered.",
            ["extension"],
            buckets=_BUCKETS_S,
            registry=registry,
        )
        self.dropped = Counter(
            "constellation_extension_dropped_batches",
            "Batches that an observer was not told of: it was too slow, or switched off.",
            ["extension"],
            registry=registry,
        )
