"""What an operator sees of the questions over HTTP."""

from prometheus_client import CollectorRegistry, Counter


class HttpMetrics:
    """Counters of one server.

    Args:
        registry: where they are registered; a private one by default, so that several servers fit one process.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.answers = Counter(
            "constellation_market_http_answers",
            "Answers about market data over HTTP, by endpoint and status.",
            ["endpoint", "status"],
            registry=registry or CollectorRegistry(),
        )
