"""What metrics say of alpha's auditors, of latencies, of the chain and of the state."""

import asyncio
from dataclasses import replace
from math import isnan

import pytest
from prometheus_client import CollectorRegistry

from constellation.herald.alpha import AlphaHerald
from constellation.herald.link import Link
from constellation.node import alpha_metrics, state_metrics
from constellation.node.alpha_metrics import AlphaMetrics
from constellation.node.chain_metrics import ChainMetrics
from constellation.node.disk_space import DiskMetrics, DiskSpace
from constellation.node.ledger_metrics import LedgerMetrics
from constellation.node.node_metrics import NodeMetrics
from constellation.node.state_metrics import StateMetrics
from constellation.node.unfinal import UnfinalWindow
from constellation.protocol.messages import (
    BatchHeader,
    Suspension,
    SuspensionReason,
    Vote,
    Withdrawal,
)
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import replay
from constellation.testing.world import ONE, START_US, World, to
from tests.herald.support import Chain, vote
from tests.quanta.stage import Stage

HEADER = BatchHeader(1, 1, 1, 1, 10, 0, bytes(32), bytes(32), None)


class Alpha:
    """Alpha's herald in an open epoch on four batches, and its metrics."""

    def __init__(self) -> None:
        self.world = World(auditors=3)
        self.chain = Chain(self.world)
        self.chain.open(1)
        for _ in range(3):
            self.chain.extend(1)
        self.herald = AlphaHerald(self.world.terms, self.chain.tip, 4)
        self.machine = self.world.machine()
        for batch in self.chain.batches:
            replay(self.machine, self.chain.tip_at(batch.signed_header.header.number - 1), batch)
        for auditor in (0, 1):
            self.up(auditor)
        self.herald.opened(self.chain.tip)
        self.registry = CollectorRegistry()
        self.metrics = AlphaMetrics(self.registry)
        self.metrics.watch(self.herald, self.world.terms.members)

    def up(self, auditor: int) -> Link:
        link = self.herald.link_up(self.world.auditors[auditor].public, lambda: None)
        for epoch in (0, self.herald.epoch):
            while link.next() is not None:
                pass
            self.hear(auditor, self.chain.promise(auditor, epoch, 4))
        return link

    def hear(self, auditor: int, message: object) -> list[object]:
        return list(self.herald.receive(self.world.auditors[auditor].public, message))  # type: ignore[arg-type]

    def add_batch(self) -> BatchHeader:
        batch = self.chain.extend(2)
        self.herald.relay(replay(self.machine, self.herald.tip, batch), batch)
        return batch.signed_header.header

    def value(self, name: str, auditor: int) -> float | None:
        labels = {"auditor": encode_public_key(self.world.auditors[auditor].public)}
        return self.registry.get_sample_value(f"constellation_{name}", labels)


def test_each_auditor_has_its_own_lag_also_the_one_that_always_votes_last() -> None:
    alpha = Alpha()
    assert [alpha.value("auditor_connected", number) for number in range(3)] == [0, 0, 0]
    for auditor in (0, 1):
        alpha.herald.start_stream(alpha.world.auditors[auditor].public, 5)
    late = alpha.up(2)
    alpha.herald.start_stream(alpha.world.auditors[2].public, 5)
    assert [alpha.value("auditor_connected", number) for number in range(3)] == [1, 1, 1]
    assert [alpha.value("auditor_lag_batches", number) for number in range(3)] == [0, 0, 0]
    headers = [alpha.add_batch() for _ in range(3)]
    assert [alpha.value("auditor_lag_batches", number) for number in range(3)] == [3, 3, 3]
    for auditor in (0, 1):
        alpha.hear(auditor, vote(alpha.world, auditor, headers[1]))
    assert alpha.herald.certified == headers[1].number
    assert [alpha.value("auditor_lag_batches", number) for number in range(3)] == [1, 1, 3]
    alpha.hear(2, vote(alpha.world, 2, headers[0]))  # its ballot is closed
    assert alpha.value("auditor_lag_batches", 2) == 2
    alpha.herald.link_down(late)
    assert (alpha.value("auditor_connected", 2), alpha.value("auditor_lag_batches", 2)) == (0, 2)
    alpha.add_batch()
    assert alpha.value("auditor_lag_batches", 2) == 3


def test_votes_for_what_does_not_exist_make_nobody_look_ahead() -> None:
    alpha = Alpha()
    alpha.herald.start_stream(alpha.world.auditors[0].public, 5)
    header = alpha.add_batch()
    alpha.hear(0, Vote(2**63, bytes(32), bytes(64)))
    alpha.add_batch()
    assert alpha.value("auditor_lag_batches", 0) == 1
    other = alpha.up(1)
    alpha.herald.start_stream(alpha.world.auditors[1].public, 5)
    alpha.hear(1, Vote(header.number, bytes(32), bytes(64)))  # for another header: it proves nothing
    assert (other.reached, alpha.value("auditor_lag_batches", 1)) == (4, 2)


def test_votes_and_faults_are_counted_by_auditor_from_the_start() -> None:
    alpha = Alpha()
    key = alpha.world.auditors[1].public
    assert [alpha.value("votes_total", number) for number in range(3)] == [0, 0, 0]
    assert alpha.value("auditor_faults_total", 1) == 0
    alpha.metrics.voted(key)
    alpha.metrics.voted(key)
    alpha.metrics.faulty(key)
    assert [alpha.value("votes_total", number) for number in range(3)] == [0, 2, 0]
    assert [alpha.value("auditor_faults_total", number) for number in range(3)] == [0, 1, 0]
    assert alpha.registry.get_sample_value("constellation_quorum") == 2


def test_latencies_are_in_seconds_and_never_negative() -> None:
    registry = CollectorRegistry()
    metrics, window = AlphaMetrics(registry), UnfinalWindow(certified_apex=0)
    metrics.acknowledged(1_000_000, 1_004_000)
    metrics.acknowledged(2_000_000, 1_000_000)  # the clock was set back
    for number in (1, 2, 3):
        window.acknowledged(replace(HEADER, number=number), 1_000_000 * number)
    metrics.certified(window.certified(replace(HEADER, number=2)), 3_000_000)
    metrics.certified(window.certified(replace(HEADER, number=2)), 3_000_000)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"constellation_{name}", labels)

    assert value("acknowledgement_seconds_sum") == pytest.approx(0.004)
    assert value("acknowledgement_seconds_bucket", le="0.0005") == 1
    assert value("acknowledgement_seconds_bucket", le="0.005") == 2
    assert (value("finality_seconds_count"), value("finality_seconds_sum")) == (2, 3.0)
    assert value("certificates_total") == 2


def test_what_is_not_final_has_a_number_and_an_age(monkeypatch: pytest.MonkeyPatch) -> None:
    registry, window = CollectorRegistry(), UnfinalWindow(certified_apex=5)
    monkeypatch.setattr(alpha_metrics, "clock_us", lambda: 9_500_000)
    AlphaMetrics(registry).watch_unfinal(window, lambda: 25)

    def shown() -> tuple[float | None, float | None]:
        names = ("constellation_unfinal_quanta", "constellation_unfinal_age_seconds")
        return registry.get_sample_value(names[0]), registry.get_sample_value(names[1])

    assert shown() == (20, 0)
    window.acknowledged(replace(HEADER, number=1, last_apex=15), 9_000_000)
    assert shown() == (20, 0.5)
    window.certified(replace(HEADER, number=1, last_apex=15))
    assert shown() == (10, 0)


def test_the_state_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    (alice,) = stage.funded("alice")
    state = stage.machine.state
    registry = CollectorRegistry()
    metrics = StateMetrics(registry)
    assert list(metrics.collect()) == []
    metrics.watch(lambda: state)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"constellation_{name}", labels)

    dollars = next(name for name in _assets(registry) if name.startswith("USD:"))
    owed = state.vault.held[1]
    assert owed > 0
    assert value("apex") == state.apex
    assert value("ledger_committed") == state.ledger_cursor >> 32
    assert (value("owed_stroops", asset=dollars), value("asset_suspended", asset=dollars)) == (owed, 0)
    assert (value("withdrawals_pending"), value("vault_oldest_transaction_seconds")) == (0, 0)
    stage.runs(alice, Withdrawal(1, 5 * ONE, to(alice)))
    (prepared,) = state.desk.prepared
    made_s = prepared.max_time_s - state.settings.withdrawal_lifetime_s
    monkeypatch.setattr(state_metrics, "clock_us", lambda: (made_s + 40) * 1_000_000)
    assert (value("withdrawals_pending"), value("vault_oldest_transaction_seconds")) == (1, 40)
    assert value("owed_stroops", asset=dollars) == owed  # it is owed until the ledger has paid it
    state.assets.suspend(1, Suspension(SuspensionReason.RESERVES_DIFFER, START_US))
    assert value("asset_suspended", asset=dollars) == 1
    assert value("asset_suspended", asset="native") == 0


def _assets(registry: CollectorRegistry) -> list[str]:
    (family,) = [family for family in registry.collect() if family.name == "constellation_owed_stroops"]
    return [sample.labels["asset"] for sample in family.samples]


def test_the_chain_is_read_when_it_is_asked_for() -> None:
    registry = CollectorRegistry()
    ChainMetrics(registry).watch(lambda: 3, lambda: 20, lambda: 19)
    names = ("epoch", "batch", "certified_batch")
    assert [registry.get_sample_value(f"constellation_{name}") for name in names] == [3, 20, 19]


def test_what_is_not_known_yet_is_no_number() -> None:
    registry = CollectorRegistry()
    lag: list[float | None] = [None]
    LedgerMetrics(registry).watch(lambda: lag[0], lambda: 7)
    unknown = registry.get_sample_value("constellation_ledger_lag_seconds")
    assert unknown is not None
    assert isnan(unknown)
    lag[0] = 2.5
    assert registry.get_sample_value("constellation_ledger_lag_seconds") == 2.5


async def test_the_disk_is_shown_with_what_must_be_free() -> None:
    registry = CollectorRegistry()
    disk = DiskSpace(None, 800, lambda _path: 900)  # type: ignore[arg-type]
    DiskMetrics(registry).watch(disk)
    assert isnan(registry.get_sample_value("constellation_disk_free_bytes") or 0)
    await asyncio.to_thread(disk.look)
    assert registry.get_sample_value("constellation_disk_free_bytes") == 900
    assert registry.get_sample_value("constellation_disk_minimum_free_bytes") == 800


def test_a_node_says_what_runs_and_whether_it_is_well() -> None:
    registry = CollectorRegistry()
    health = {"ready": True, "degraded": True}
    NodeMetrics(registry, "alpha").watch(lambda: health)
    (build,) = [family for family in registry.collect() if family.name == "constellation_build_info"]
    assert build.samples[0].labels["role"] == "alpha"
    assert build.samples[0].labels["version"].count(".") == 2
    assert registry.get_sample_value("constellation_node_ready") == 1
    assert registry.get_sample_value("constellation_node_degraded") == 1
    health = {"ready": False, "degraded": False}
    assert registry.get_sample_value("constellation_node_ready") == 0
