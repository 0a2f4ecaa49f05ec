"""The state of a node's Stellar servers and of what it reads there, for ``/status`` and ``/metrics``."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from math import nan

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from constellation.stellarlink import NetworkPool, ServerState


def describe_servers(pool: NetworkPool) -> list[dict[str, object]]:
    """Every server with its state, for the status page."""
    return [
        {
            "url": server.name,
            "state": server.health.state.value,
            "in_use": server is pool.current,
            "reason": server.health.error.message if server.health.error else None,
            "since": _time(server.health.since_s),
            "latest_ledger": server.health.latest_ledger,
        }
        for server in pool.servers
    ]


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ServerMetrics(Collector):
    """What an operator sees of the Stellar servers, read when metrics are asked for.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._pool: NetworkPool | None = None
        registry.register(self)

    def watch(self, pool: NetworkPool) -> None:
        """Show these servers."""
        self._pool = pool

    def describe(self) -> list[Metric]:
        """The metrics without their values."""
        return list(_families())

    def collect(self) -> Iterable[Metric]:
        """The metrics now."""
        if self._pool is None:
            return []
        up, latest, errors = found = _families()
        for server in self._pool.servers:
            up.add_metric([server.name], server.health.state is ServerState.OK)
            latest.add_metric([server.name], server.health.latest_ledger or 0)
        for kind, count in sorted(self._pool.errors.items()):
            errors.add_metric([kind], count)
        return found


def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily, CounterMetricFamily]:
    return (
        GaugeMetricFamily(
            "constellation_stellar_server_up", "1 for a Stellar server that is well, 0 otherwise.", labels=["server"]
        ),
        GaugeMetricFamily(
            "constellation_stellar_server_latest_ledger",
            "The newest ledger that a Stellar server has shown.",
            labels=["server"],
        ),
        CounterMetricFamily(
            "constellation_stellar_errors", "What went wrong with Stellar servers, by kind.", labels=["kind"]
        ),
    )


class LedgerMetrics:
    """What an auditor has read of the ledger.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lag = Gauge(
            "constellation_ledger_lag_seconds",
            "Age of the last ledger that was read; NaN before the first one.",
            registry=registry,
        )
        self._latest = Gauge(
            "constellation_ledger_latest", "The last ledger that was read completely.", registry=registry
        )

    def watch(self, lag_s: Callable[[], float | None], complete_ledger: Callable[[], int]) -> None:
        """Show these when metrics are asked for."""
        self._lag.set_function(lambda: nan if (lag := lag_s()) is None else lag)
        self._latest.set_function(complete_ledger)
