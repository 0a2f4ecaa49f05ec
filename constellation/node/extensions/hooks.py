"""What of the extensions a node calls, by its role, and what it says of them."""

from collections.abc import Sequence
from typing import Any

from prometheus_client import CollectorRegistry

from constellation.extensions import AdmissionHook, CosigningHook
from constellation.node.extensions.admission import AdmissionDesk
from constellation.node.extensions.caller import Caller
from constellation.node.extensions.config import ExtensionsSection
from constellation.node.extensions.cosigning import CosigningHooks
from constellation.node.extensions.loading import LoadedExtension
from constellation.node.extensions.metrics import ExtensionMetrics
from constellation.node.extensions.observing import Observers, ObserverThread
from constellation.node.extensions.record import HookRecord
from constellation.node.supervision import NodeFailure


class Hooks:
    """Of one node; each of the three is asked for once at most, by the node whose role it is.

    Args:
        loaded: the extensions that are on.
        section: of the configuration.
        registry: for the metrics.
    """

    def __init__(
        self, loaded: Sequence[LoadedExtension], section: ExtensionsSection, registry: CollectorRegistry
    ) -> None:
        self._loaded = loaded
        self._section = section
        self._metrics = ExtensionMetrics(registry)
        self._records: dict[str, HookRecord] = {}

    def admission(self, failure: NodeFailure) -> AdmissionDesk | None:
        """Who decides whom alpha serves; None where every key may ask."""
        hooks: list[tuple[Caller, AdmissionHook]] = [
            (Caller(self._record(item, "admission"), self._section.admission_timeout_s), hook)
            for item in self._loaded
            if (hook := item.extension.admission) is not None
        ]
        return AdmissionDesk(hooks, self._section, failure) if hooks else None

    def cosigning(self) -> CosigningHooks | None:
        """Who decides what an auditor signs, beside its operator's rules; None: nobody."""
        hooks: list[tuple[Caller, CosigningHook]] = [
            (Caller(self._record(item, "cosigning"), self._section.cosigning_timeout_s), hook)
            for item in self._loaded
            if (hook := item.extension.cosigning) is not None
        ]
        return CosigningHooks(hooks) if hooks else None

    def observers(self) -> Observers:
        """Who is told what has become final."""
        return Observers([
            ObserverThread(self._record(item, "observer"), hook)
            for item in self._loaded
            if (hook := item.extension.observer) is not None
        ])  # fmt: skip

    def _record(self, item: LoadedExtension, hook: str) -> HookRecord:
        record = self._records[item.name] = HookRecord(item.name, hook, self._metrics)
        return record

    @property
    def problems(self) -> list[str]:
        """What an operator should look at."""
        return [problem for record in self._records.values() if (problem := record.problem) is not None]

    def describe(self) -> list[dict[str, Any]]:
        """For the status page; one whose hooks are for other roles is unused."""
        return [self._describe(item.name) for item in self._loaded]

    def _describe(self, name: str) -> dict[str, Any]:
        record = self._records.get(name)
        return {"name": name, "state": "unused"} if record is None else record.describe()
