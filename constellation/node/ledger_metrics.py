"""The state of a node's Stellar servers, for ``/status`` and ``/metrics``."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry
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


class LedgerMetrics(Collector):
    """Reads the pool when metrics are asked for.

    Args:
        pool: of the node.
        registry: of the node.
        lag_s: how old the last ledger is that was read completely; None where no ledger is read.
        complete_ledger: its number.
    """

    def __init__(
        self,
        pool: NetworkPool,
        registry: CollectorRegistry,
        *,
        lag_s: Callable[[], float | None] = lambda: None,
        complete_ledger: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._pool = pool
        self._lag_s = lag_s
        self._complete_ledger = complete_ledger
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """The metrics now."""
        up = GaugeMetricFamily(
            "constellation_stellar_server_up", "1 for a Stellar server that is well, 0 otherwise.", labels=["server"]
        )
        latest = GaugeMetricFamily(
            "constellation_stellar_server_latest_ledger",
            "The newest ledger that a Stellar server has shown.",
            labels=["server"],
        )
        for server in self._pool.servers:
            up.add_metric([server.name], server.health.state is ServerState.OK)
            latest.add_metric([server.name], server.health.latest_ledger or 0)
        errors = CounterMetricFamily(
            "constellation_stellar_errors", "What went wrong with Stellar servers, by kind.", labels=["kind"]
        )
        for kind, count in sorted(self._pool.errors.items()):
            errors.add_metric([kind], count)
        yield from (up, latest, errors)
        yield from _gauge("constellation_ledger_lag_seconds", "Age of the last ledger that was read.", self._lag_s())
        yield from _gauge(
            "constellation_ledger_latest", "The last ledger that was read completely.", self._complete_ledger()
        )


def _gauge(name: str, words: str, value: float | None) -> Iterable[Metric]:
    if value is not None:
        yield GaugeMetricFamily(name, words, value=value)
