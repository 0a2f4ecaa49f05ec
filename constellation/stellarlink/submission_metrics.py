"""What an operator sees of the vault's tasks."""

from collections import Counter as Count

from prometheus_client import CollectorRegistry, Counter, Gauge

from constellation.protocol.messages import VaultTaskType
from constellation.stellarlink.tracked_task import kind_name
from constellation.vault import TaskDesk

_KINDS = [kind.name.removesuffix("_TASK").lower() for kind in VaultTaskType]


class SubmissionMetrics:
    """Counters and gauges of alpha's submissions.

    Args:
        registry: where they are registered; a private one by default.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        registry = registry or CollectorRegistry()
        self.tasks = Gauge(
            "constellation_vault_tasks",
            "Open tasks of the vault by kind: waiting for a channel, parked with a suspended asset, withheld until "
            "they are approved, or prepared.",
            ["kind", "state"],
            registry=registry,
        )
        self.submissions = Counter(
            "constellation_vault_submissions",
            "Transactions handed to the ledger, by what its answer means.",
            ["outcome"],
            registry=registry,
        )
        self.fee_bumps = Counter(
            "constellation_vault_fee_bumps", "Fee bumps that were made to offer more.", registry=registry
        )
        self.stopped = Counter(
            "constellation_vault_stopped_tasks",
            "Tasks whose transaction is handed in no more, although no ledger is known to have it.",
            registry=registry,
        )

    def count(self, desk: TaskDesk) -> None:
        """Show how many tasks there are."""
        found = {
            "waiting": Count(map(kind_name, desk.waiting.values())) + Count(claim=len(desk.waiting_claims)),
            "parked": Count(kind_name(task) for task in desk.parked.values()),
            "withheld": Count(kind_name(task) for task in desk.withheld.values()),
            "prepared": Count(kind_name(prepared.task) for prepared in desk.prepared),
        }
        for state, counts in found.items():
            for kind in _KINDS:
                self.tasks.labels(kind, state).set(counts[kind])
