"""Metrics of several processes as one: a node's own, with what its gateway workers report added.

A worker's counters stay when it has ended, or the sums would go down; its gauges go with it.
"""

import json
from collections import defaultdict
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from constellation.protocol.limits import WORKER_SAMPLES_MAX

_GROWING = ("_total", "_bucket", "_count", "_sum")
"""What the samples of counters and histograms end with."""

_Key = tuple[str, tuple[tuple[str, str], ...]]


class SummedRegistry(CollectorRegistry):
    """A node's registry."""

    def __init__(self) -> None:
        super().__init__()
        self._reported: dict[int, dict[_Key, float]] = {}
        self._ended: defaultdict[_Key, float] = defaultdict(float)

    def report(self, worker: int, samples: bytes) -> None:
        """Take what a worker shows now (:func:`samples_of`), instead of what it showed before.

        Raises:
            ValueError: these are no samples.
        """
        found = json.loads(samples)
        if not isinstance(found, list) or len(found) > WORKER_SAMPLES_MAX:
            raise ValueError("a worker's samples are no list, or too many")
        self._reported[worker] = {_key(name, labels): float(value) for name, labels, value in found}

    def ended(self, worker: int) -> None:
        """A worker has ended."""
        for key, value in self._reported.pop(worker, {}).items():
            if key[0].endswith(_GROWING):
                self._ended[key] += value

    def collect(self) -> Iterator[Metric]:
        """The node's own metrics, with the workers' samples added."""
        foreign = self._ended.copy()
        for samples in self._reported.values():
            for key, value in samples.items():
                foreign[key] += value
        for metric in super().collect():
            yield _summed(metric, foreign)


def _summed(metric: Metric, foreign: dict[_Key, float]) -> Metric:
    names = {metric.name, *(metric.name + end for end in _GROWING)}
    found = {key: value for key, value in foreign.items() if key[0] in names}
    if not found:
        return metric
    total = Metric(metric.name, metric.documentation, metric.type, metric.unit)
    for sample in metric.samples:
        value = sample.value + found.pop(_key(sample.name, sample.labels), 0)
        total.add_sample(sample.name, sample.labels, value, sample.timestamp, sample.exemplar)
    for (name, labels), value in found.items():
        total.add_sample(name, dict(labels), value)
    return total


def samples_of(registry: CollectorRegistry) -> bytes:
    """What a worker's own registry shows, encoded."""
    found = [
        (sample.name, sample.labels, sample.value)
        for metric in registry.collect()
        for sample in metric.samples
        if not sample.name.endswith("_created")
    ]
    return json.dumps(found).encode()


def _key(name: str, labels: dict[str, str]) -> _Key:
    return name, tuple(sorted(labels.items()))
