import logging
from itertools import product

import pytest
from prometheus_client import CollectorRegistry

from constellation.node.lifecycle import ALPHA_STATES, AUDITOR_STATES, Lifecycle, NodeState, StateTable

TABLES = pytest.mark.parametrize("table", [ALPHA_STATES, AUDITOR_STATES], ids=lambda table: table.role)
ENDS = {NodeState.STOPPING, NodeState.HALTED, NodeState.DIVERGED}
START_US = 1_790_000_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now_us = START_US

    def __call__(self) -> int:
        return self.now_us


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def alpha(clock: Clock, registry: CollectorRegistry) -> Lifecycle:
    return Lifecycle(ALPHA_STATES, clock, registry)


def states(registry: CollectorRegistry) -> dict[str, float]:
    metrics = {metric.name: metric for metric in registry.collect()}
    return {sample.labels["state"]: sample.value for sample in metrics["constellation_node_state"].samples}


def targets(table: StateTable, source: NodeState) -> set[NodeState]:
    return {item.target for item in table.transitions if source in item.sources}


# --- the tables


@TABLES
def test_every_state_is_explained_and_can_be_reached(table: StateTable) -> None:
    reached, waiting = set(), [table.first]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += targets(table, state)
    assert reached == set(table.meanings)
    assert all(table.meanings.values())


@TABLES
def test_a_transition_is_unambiguous_and_has_a_reason(table: StateTable) -> None:
    pairs = [(source, item.target) for item in table.transitions for source in item.sources]
    assert len(pairs) == len(set(pairs))
    assert all(item.reason for item in table.transitions)
    assert all(source is not target for source, target in pairs)


@TABLES
def test_a_node_can_stop_and_halt_from_wherever_it_works(table: StateTable) -> None:
    ends = {NodeState.HALTED, NodeState.DIVERGED}
    for state in set(table.meanings) - ends - {NodeState.STOPPING}:
        assert {NodeState.STOPPING, NodeState.HALTED} <= targets(table, state)
    assert targets(table, NodeState.STOPPING) == ends & set(table.meanings)
    assert all(targets(table, state) == set() for state in ends)


def test_clients_are_served_only_after_a_quorum_has_signed_the_state() -> None:
    assert {item.sources for item in ALPHA_STATES.transitions if item.target is NodeState.READY} == {
        (NodeState.RISING,),
        (NodeState.NO_QUORUM,),
    }


def test_an_auditor_is_ready_only_after_catching_up() -> None:
    assert {item.sources for item in AUDITOR_STATES.transitions if item.target is NodeState.READY} == {
        (NodeState.CATCHING_UP,)
    }


# --- one node


def test_a_node_begins_with_the_first_state_and_what_it_means(alpha: Lifecycle) -> None:
    assert alpha.describe() == {
        "state": "waiting",
        "state_reason": ALPHA_STATES.meanings[NodeState.WAITING],
        "since": "2026-09-21T14:13:20.000Z",
    }


@TABLES
def test_exactly_the_changes_in_the_table_are_possible(
    table: StateTable, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source, target in product(table.meanings, table.meanings):
        lifecycle = Lifecycle(table, clock, CollectorRegistry())
        lifecycle.state = source
        if source in ENDS and target not in ENDS:
            lifecycle.enter(target)
            assert lifecycle.state is source
        elif source is target or target in targets(table, source):
            lifecycle.enter(target)
            assert lifecycle.state is target
        else:
            with pytest.raises(AssertionError, match=f"{source.value} is never followed by {target.value}"):
                lifecycle.enter(target)
            assert lifecycle.state is source


def test_a_state_of_the_other_role_is_refused(alpha: Lifecycle) -> None:
    with pytest.raises(AssertionError, match="waiting is never followed by catching_up"):
        alpha.enter(NodeState.CATCHING_UP)


def test_a_change_is_told_in_one_line(alpha: Lifecycle, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    alpha.enter(NodeState.ADOPTING)
    alpha.enter(NodeState.ADOPTING)
    (record,) = caplog.records
    assert record.getMessage() == "state"
    shown = {key: record.__dict__[key] for key in ("from", "to", "reason")}
    assert shown == {"from": "waiting", "to": "adopting", "reason": "enough auditors have promised the epoch"}


def test_a_change_is_counted_and_the_present_state_is_the_only_one(
    alpha: Lifecycle, registry: CollectorRegistry
) -> None:
    assert states(registry) == {state.value: float(state is NodeState.WAITING) for state in ALPHA_STATES.meanings}
    path = [NodeState.ADOPTING, NodeState.RISING, NodeState.READY, NodeState.NO_QUORUM, NodeState.READY]
    for state in [*path, NodeState.NO_QUORUM]:
        alpha.enter(state)
    assert states(registry) == {state.value: float(state is NodeState.NO_QUORUM) for state in ALPHA_STATES.meanings}

    def count(source: str, target: str) -> float | None:
        labels = {"source": source, "target": target}
        return registry.get_sample_value("constellation_node_transitions_total", labels)

    assert count("ready", "no_quorum") == 2
    assert count("no_quorum", "ready") == 1
    assert count("waiting", "ready") is None


def test_since_when_is_the_last_change_not_the_last_look(alpha: Lifecycle, clock: Clock) -> None:
    clock.now_us += 1_500_000
    alpha.enter(NodeState.ADOPTING)
    clock.now_us += 7_000_000
    alpha.enter(NodeState.ADOPTING)
    assert alpha.describe()["since"] == "2026-09-21T14:13:21.500Z"


def test_a_detail_says_more_than_the_table(alpha: Lifecycle) -> None:
    for state in (NodeState.ADOPTING, NodeState.RISING, NodeState.READY):
        alpha.enter(state)
    alpha.enter(NodeState.NO_QUORUM, "one of two auditors is gone")
    assert alpha.reason == "one of two auditors is gone"
    alpha.enter(NodeState.READY)
    assert alpha.reason == "a quorum follows again and has signed what waited"


def test_the_first_failure_counts(alpha: Lifecycle) -> None:
    alpha.fail(NodeState.HALTED, OSError("the disk is gone"))
    alpha.fail(NodeState.HALTED, OSError("and the fan"))
    alpha.stop()
    assert (alpha.state, alpha.reason) == (NodeState.HALTED, "the disk is gone")


def test_a_node_can_fail_while_it_stops(alpha: Lifecycle) -> None:
    alpha.stop()
    assert alpha.is_ending
    alpha.fail(NodeState.HALTED, TimeoutError())
    assert (alpha.state, alpha.reason) == (NodeState.HALTED, "TimeoutError")
