"""What is counted of notices."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge


class NoticeMetrics:
    """Of all receivers of a process; shown wherever a node of it shows its own."""

    def __init__(self) -> None:
        self.notices = Counter(
            "constellation_notices",
            "Notices to the operator, by what became of them: delivered or dropped.",
            ["receiver", "result"],
            registry=None,
        )
        self.failures = Counter(
            "constellation_notice_failures", "Attempts to deliver a notice that failed.", ["receiver"], registry=None
        )
        self.waiting = Gauge(
            "constellation_notices_waiting", "Notices that wait to be delivered.", ["receiver"], registry=None
        )

    def begin(self, receivers: Iterable[str]) -> None:
        """Show zeros for every receiver."""
        for name in receivers:
            for result in ("delivered", "dropped"):
                self.notices.labels(name, result)
            self.failures.labels(name)
            self.waiting.labels(name)

    def show(self, registry: CollectorRegistry) -> None:
        """Show them beside a node's own."""
        for metric in (self.notices, self.failures, self.waiting):
            registry.register(metric)
