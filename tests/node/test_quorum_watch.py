import asyncio
import time
from dataclasses import dataclass, field, replace

import pytest
from prometheus_client import CollectorRegistry

from constellation.node.clock import clock_us
from constellation.node.lifecycle import ALPHA_STATES, Lifecycle, NodeState
from constellation.node.quorum_watch import QuorumWatch
from constellation.node.run import rise_and_rise_again
from constellation.node.supervision import NodeFailure, RiseAgain
from constellation.node.unfinal import UnfinalWindow
from constellation.protocol.limits import UNFINAL_AGE_MAX_US, UNFINAL_QUANTA_MAX
from constellation.protocol.messages import BatchHeader, Code
from constellation.protocol.signing import KeyPair

HEADER = BatchHeader(1, 1, 1, 1, 10, 0, bytes(32), bytes(32), None)


@dataclass
class Herald:
    has_quorum: bool = True
    awaits_confirmation: bool = False
    must_rise_again: bool = False
    away: list[bytes] = field(default_factory=list)
    recovering: list[bytes] = field(default_factory=list)


class Alpha:
    """What the watch looks at."""

    def __init__(self) -> None:
        self.herald, self.unfinal, self.apex = Herald(), UnfinalWindow(certified_apex=0), 0
        self.failure = NodeFailure(lambda _error: None)
        self.confirmed = 0
        self.lifecycle = Lifecycle(ALPHA_STATES, clock_us, CollectorRegistry())
        self.watch = QuorumWatch(
            self.herald, self.unfinal, self.lifecycle, lambda: self.apex, self.confirm, self.failure
        )  # type: ignore[arg-type]

    def confirm(self) -> None:
        """Count the empty batches."""
        self.confirmed += 1
        self.herald.awaits_confirmation = False

    def serve(self) -> "Alpha":
        for state in (NodeState.ADOPTING, NodeState.RISING, NodeState.READY):
            self.lifecycle.enter(state)
        return self

    def look(self) -> NodeState:
        self.watch.look()
        return self.lifecycle.state


@pytest.fixture
def alpha() -> Alpha:
    return Alpha().serve()


def test_too_few_auditors_and_back(alpha: Alpha) -> None:
    assert alpha.look() is NodeState.READY
    alpha.herald.has_quorum = False
    assert alpha.look() is NodeState.NO_QUORUM
    assert alpha.lifecycle.reason == "too few auditors are connected to make anything final; try again soon"
    alpha.herald.has_quorum = True
    assert alpha.look() is NodeState.READY


def test_the_operator_is_told_whom_a_quorum_lacks(alpha: Alpha) -> None:
    anna, bert, carla = (KeyPair(bytes([number] * 32)) for number in range(3))
    alpha.herald.away = [anna.public, bert.public]
    assert alpha.watch.lacking() == []
    alpha.herald.has_quorum = False
    assert alpha.watch.lacking() == [f"away: {anna.address}, {bert.address}"]
    alpha.herald.away, alpha.herald.recovering = [], [carla.public]
    (told,) = alpha.watch.lacking()
    assert told.startswith(f"here with a new or an old log: {carla.address}; such an auditor counts when ")


def test_too_much_that_waits_and_back(alpha: Alpha) -> None:
    alpha.apex = UNFINAL_QUANTA_MAX + 1
    assert alpha.look() is NodeState.NO_QUORUM
    assert "waits for the auditors' signatures" in alpha.lifecycle.reason
    alpha.unfinal.certified(HEADER)
    assert alpha.look() is NodeState.READY


def test_too_old_a_batch_that_waits_and_back(alpha: Alpha) -> None:
    alpha.unfinal.acknowledged(HEADER, clock_us() - UNFINAL_AGE_MAX_US - 1)
    assert alpha.look() is NodeState.NO_QUORUM
    alpha.unfinal.certified(replace(HEADER, number=2))
    assert alpha.look() is NodeState.READY


def test_a_request_is_refused_at_once_but_does_not_change_the_state(alpha: Alpha) -> None:
    assert alpha.watch.refusal() is None
    alpha.herald.has_quorum = False
    time.sleep(0.002)  # it is looked at once in a millisecond
    refusal = alpha.watch.refusal()
    assert refusal is not None
    assert refusal.code is Code.NO_QUORUM
    assert alpha.lifecycle.state is NodeState.READY


@pytest.mark.parametrize("has_quorum", [True, False])
def test_an_alpha_that_does_not_serve_stays_where_it_is(has_quorum: bool) -> None:
    alpha = Alpha()
    alpha.herald.has_quorum = has_quorum
    assert alpha.look() is NodeState.WAITING
    alpha.lifecycle.stop()
    assert alpha.look() is NodeState.STOPPING


async def test_nobody_needs_to_ask(alpha: Alpha) -> None:
    alpha.herald.has_quorum = False
    task = asyncio.create_task(alpha.watch.run())
    async with asyncio.timeout(5):
        while alpha.lifecycle.state is not NodeState.NO_QUORUM:
            await asyncio.sleep(0.01)
        alpha.herald.has_quorum = True
        while alpha.lifecycle.state is not NodeState.READY:
            await asyncio.sleep(0.01)
    task.cancel()


async def test_a_batch_is_made_for_who_recovers(alpha: Alpha) -> None:
    alpha.herald.awaits_confirmation = True
    task = asyncio.create_task(alpha.watch.run())
    async with asyncio.timeout(5):
        while not alpha.confirmed:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.6)
    assert alpha.confirmed == 1
    task.cancel()


async def test_alpha_begins_anew_when_no_quorum_can_follow_any_more(
    alpha: Alpha, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("constellation.node.quorum_watch._PATIENCE_S", 0.3)
    alpha.herald.must_rise_again = True
    task = asyncio.create_task(alpha.watch.run())
    async with asyncio.timeout(5):
        with pytest.raises(RiseAgain):
            await alpha.failure.wait()
    task.cancel()


async def test_run_again_until_it_ends_otherwise() -> None:
    runs: list[int] = []

    async def run() -> None:
        runs.append(1)
        if len(runs) < 3:
            raise RiseAgain("again")

    await rise_and_rise_again(run)
    assert len(runs) == 3
