"""What an operator sees of a node's ports."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class DoorMetrics:
    """Counters and gauges of all ports of one node.

    Args:
        registry: where they are registered; a private one by default, so that several nodes fit one process.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.strangers = Gauge(
            "constellation_strangers",
            "Connections that have not proven who they are, by port.",
            ["port"],
            registry=registry,
        )
        self.refused = Counter(
            "constellation_connections_refused",
            "Connections closed before anything was read, or that stayed strangers for too long, by port and reason.",
            ["port", "reason"],
            registry=registry,
        )
        self.slowed = Counter(
            "constellation_connections_slowed",
            "How often alpha stopped reading for a moment, because a connection or its address had sent too much.",
            ["port"],
            registry=registry,
        )
