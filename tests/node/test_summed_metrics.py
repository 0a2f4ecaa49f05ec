import json

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from constellation.gateway import GatewayMetrics
from constellation.node.summed_metrics import SummedRegistry, samples_of
from constellation.protocol.limits import WORKER_SAMPLES_MAX
from constellation.transport.metrics import DoorMetrics


class Process:
    """A counter with a label and a gauge, as alpha and each worker have them."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.requests = Counter("requests", "Requests.", ["result"], registry=registry)
        self.open = Gauge("open", "Open.", registry=registry)


def value(registry: CollectorRegistry, line: str) -> float | None:
    for shown in generate_latest(registry).decode().splitlines():
        if shown.startswith(line + " "):
            return float(shown.rpartition(" ")[2])
    return None


def test_workers_are_added_to_what_alpha_counts() -> None:
    alpha, workers = Process(SummedRegistry()), [Process(CollectorRegistry()) for _ in range(2)]
    alpha.requests.labels("OK").inc(1)
    alpha.open.set(5)
    for number, worker in enumerate(workers):
        worker.requests.labels("OK").inc(10)
        worker.requests.labels("BAD").inc(number)
        worker.open.set(number + 1)
        assert isinstance(alpha.registry, SummedRegistry)
        alpha.registry.report(number, samples_of(worker.registry))
        alpha.registry.report(number, samples_of(worker.registry))
    assert value(alpha.registry, 'requests_total{result="OK"}') == 21
    assert value(alpha.registry, 'requests_total{result="BAD"}') == 1
    assert value(alpha.registry, "open") == 8


def test_counters_of_a_worker_that_ended_stay_and_its_gauges_go() -> None:
    registry, worker = SummedRegistry(), Process(CollectorRegistry())
    alpha = Process(registry)
    worker.requests.labels("OK").inc(3)
    worker.open.set(7)
    registry.report(1, samples_of(worker.registry))
    registry.ended(1)
    registry.ended(1)
    again = Process(CollectorRegistry())
    again.requests.labels("OK").inc(4)
    registry.report(1, samples_of(again.registry))
    assert value(alpha.registry, 'requests_total{result="OK"}') == 7
    assert value(alpha.registry, "open") == 0


def test_histograms_are_summed_bucket_by_bucket_and_stay() -> None:
    registry, worker = SummedRegistry(), CollectorRegistry()
    own, other = (Histogram("wait_seconds", "Waits.", buckets=(1, 2), registry=place) for place in (registry, worker))
    own.observe(0.5)
    other.observe(0.5)
    other.observe(1.5)
    registry.report(1, samples_of(worker))
    for _ in range(2):
        assert value(registry, 'wait_seconds_bucket{le="1.0"}') == 2
        assert value(registry, 'wait_seconds_bucket{le="+Inf"}') == 3
        assert (value(registry, "wait_seconds_count"), value(registry, "wait_seconds_sum")) == (3, 2.5)
        registry.ended(1)


def test_what_a_worker_really_shows_is_small_enough_and_known_to_alpha() -> None:
    registry, worker = SummedRegistry(), CollectorRegistry()
    for place in (registry, worker):
        GatewayMetrics(place)
        DoorMetrics(place).strangers.labels("clients").set(4)
    samples = samples_of(worker)
    assert len(json.loads(samples)) < WORKER_SAMPLES_MAX // 10
    registry.report(1, samples)
    assert value(registry, 'constellation_strangers{port="clients"}') == 8


def test_nonsense_is_refused() -> None:
    registry = SummedRegistry()
    for samples in (b"", b"{}", b"[1]", json.dumps([["x", {}, 1]] * (WORKER_SAMPLES_MAX + 1)).encode()):
        with pytest.raises((ValueError, TypeError)):
            registry.report(1, samples)
