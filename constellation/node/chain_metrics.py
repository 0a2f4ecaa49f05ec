"""What an operator sees of a member's chain of batches."""

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

LATENCY_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""From a fast disk to more than alpha lets anything wait."""


class ChainMetrics:
    """How far the chain is, and how fast it is stored.

    Args:
        registry: of the node; a private one by default.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self._epoch = Gauge(
            "constellation_epoch", "The epoch that alpha proposes or has opened, or an auditor follows.",
            registry=registry,
        )  # fmt: skip
        self._batch = Gauge("constellation_batch", "The last batch of the chain.", registry=registry)
        self._certified = Gauge(
            "constellation_certified_batch", "The last batch that a certificate covers.", registry=registry
        )
        self.quanta = Counter("constellation_quanta", "Quanta handed to the log.", registry=registry)
        self.commit = Histogram(
            "constellation_commit_seconds",
            "From handing a batch to the log until it is on the disk.",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )

    def watch(self, epoch: Callable[[], int], batch: Callable[[], int], certified: Callable[[], int]) -> None:
        """Show these when metrics are asked for."""
        self._epoch.set_function(epoch)
        self._batch.set_function(batch)
        self._certified.set_function(certified)
