"""Every metric that a node can show, by role, and what its labels may be.

``docs/reference/metrics.md`` is generated from it; what is built on metrics, such as alerts, is checked against it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from constellation.gateway import GatewayMetrics
from constellation.marketdata import FeedMetrics
from constellation.marketdata.http.metrics import HttpMetrics
from constellation.node.alpha_metrics import AlphaMetrics
from constellation.node.chain_metrics import ChainMetrics
from constellation.node.chronicle_follower import FollowerMetrics
from constellation.node.disk_space import DiskMetrics
from constellation.node.extensions.metrics import ExtensionMetrics
from constellation.node.forwarding import ForwardingMetrics
from constellation.node.gateway_workers import WorkerMetrics
from constellation.node.ledger_metrics import LedgerMetrics, ServerMetrics
from constellation.node.lifecycle import LifecycleMetrics
from constellation.node.node_metrics import NodeMetrics
from constellation.node.notices.metrics import NoticeMetrics
from constellation.node.reserve_duties import ReserveMetrics
from constellation.node.state_metrics import StateMetrics
from constellation.node.stream_metrics import PublisherMetrics, StreamMetrics
from constellation.node.tls import TlsMetrics
from constellation.stellarlink import SubmissionMetrics
from constellation.transport.metrics import DoorMetrics

LABELS: Final = {
    "asset": "a listed asset: `native` or `CODE:ISSUER`",
    "auditor": "public key of an auditor, at most 19 in a term",
    "cause": "one of those that the meaning names, or `source`, `database`, `refused`",
    "channel": "a channel of market data",
    "code": "a [code](codes.md), or one of the [feed's](../coding/market-data.md)",
    "core": "`python` or `compiled`",
    "endpoint": "a path of [the HTTP interface](../coding/http-api.md)",
    "extension": "an [extension](../operating/extensions.md) that is on",
    "kind": "of a task of the vault, or of a Stellar server's error",
    "mode": "a [mode](../operating/modes.md)",
    "outcome": "what the ledger's answer means",
    "port": "`clients`, `cluster`, `http`, `chronicle` or `feed`",
    "reason": "why a connection was refused",
    "receiver": "a [receiver of notices](../operating/notices.md), as the configuration names it",
    "result": "`ACCEPTED`, `REPEATED`, `TAKEN`, a [code](codes.md), `loaded`, `refused`, `delivered`, "
    "`dropped`, `answered`, `raised`, `late` or `nonsense`",
    "role": "`alpha`, `auditor`, `chronicler` or `feed`",
    "server": "a Stellar server of the configuration",
    "source": "the [state](states.md) before",
    "state": "a [state](states.md) of the role; of a task: `waiting`, `parked`, `withheld` or `prepared`",
    "status": "of HTTP",
    "target": "the [state](states.md) after",
    "version": "of the program",
}
"""Every label with its values; each comes from a table of the program, the configuration or the settings."""


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One metric.

    Attributes:
        name: as it is shown, without the ``_bucket``, ``_sum`` and ``_count`` of a histogram.
        kind: ``counter``, ``gauge`` or ``histogram``.
        labels: names of its labels.
        meaning: a sentence.
        roles: who shows it.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str
    roles: tuple[str, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The names of its time series."""
        if self.kind == "histogram":
            return tuple(self.name + end for end in ("_bucket", "_sum", "_count"))
        return (self.name,)


_Made = Callable[[CollectorRegistry], object]


def _made_notices(registry: CollectorRegistry) -> None:
    NoticeMetrics().show(registry)


_EVERYBODY: tuple[_Made, ...] = (LifecycleMetrics, DoorMetrics, ExtensionMetrics)
_MEMBER: tuple[_Made, ...] = (*_EVERYBODY, ChainMetrics, StateMetrics, DiskMetrics, ServerMetrics, _made_notices)
_CHRONICLER: tuple[_Made, ...] = (*_EVERYBODY, FollowerMetrics, FeedMetrics, HttpMetrics, TlsMetrics)

_MADE: Final[dict[str, tuple[_Made, ...]]] = {
    "alpha": (*_MEMBER, AlphaMetrics, GatewayMetrics, WorkerMetrics, SubmissionMetrics, TlsMetrics),
    "auditor": (*_MEMBER, LedgerMetrics, ReserveMetrics, ForwardingMetrics),
    "chronicler": (*_CHRONICLER, PublisherMetrics),
    "feed": (*_CHRONICLER, StreamMetrics),
}


class _Listing(CollectorRegistry):
    """Knows what was registered."""

    def __init__(self) -> None:
        super().__init__()
        self.collectors: list[Collector] = []

    def register(self, collector: Collector) -> None:
        super().register(collector)
        self.collectors.append(collector)

    def lines(self, role: str) -> Iterator[MetricLine]:
        for collector in self.collectors:
            describe: Callable[[], Iterable[Metric]] = getattr(collector, "describe")  # noqa: B009
            for family in describe():
                labelled = collector if isinstance(collector, MetricWrapperBase) else family
                labels = tuple(getattr(labelled, "_labelnames"))  # noqa: B009  # the library shows it to nobody
                name = f"{family.name}_total" if family.type == "counter" else family.name
                yield MetricLine(name, family.type, labels, family.documentation, (role,))


def metric_lines() -> list[MetricLine]:
    """Every metric, by name."""
    found: dict[str, MetricLine] = {}
    for role, classes in _MADE.items():
        registry = _Listing()
        NodeMetrics(registry, role)
        for made in classes:
            made(registry)
        for line in registry.lines(role):
            known = found.get(line.name)
            found[line.name] = line if known is None else replace(line, roles=(*known.roles, role))
    return [found[name] for name in sorted(found)]
