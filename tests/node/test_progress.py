from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry

from constellation.herald.replica import LinkState
from constellation.node.lifecycle import AUDITOR_STATES, Lifecycle, NodeState
from constellation.node.progress import Progress


@dataclass
class Replica:
    state: LinkState = LinkState.FOLLOWING
    is_recovering: bool = False


class Auditor:
    """An auditor's state and what moves it."""

    def __init__(self) -> None:
        self.lifecycle = Lifecycle(AUDITOR_STATES, lambda: 0, CollectorRegistry())
        self.progress = Progress(self.lifecycle)
        self.replica = Replica()
        self.progress.link_up()

    def look(self) -> NodeState:
        self.progress.look(self.replica)
        return self.lifecycle.state

    def takes(self, number: int) -> NodeState:
        self.progress.received(number)
        return self.look()

    def stores(self, number: int) -> NodeState:
        self.progress.stored(number)
        return self.look()


@pytest.fixture
def auditor() -> Auditor:
    return Auditor()


def test_until_the_stream_starts_it_is_promising(auditor: Auditor) -> None:
    for state in (LinkState.PROPOSAL, LinkState.OPENING, LinkState.START):
        auditor.replica.state = state
        assert auditor.look() is NodeState.PROMISING


def test_with_nothing_to_catch_up_with_it_is_ready_at_once(auditor: Auditor) -> None:
    auditor.progress.stream_starts(8, alpha_tip=7, own_tip=7)
    assert auditor.look() is NodeState.READY


def test_it_is_ready_when_what_alpha_had_is_received_and_stored(auditor: Auditor) -> None:
    auditor.progress.stream_starts(8, alpha_tip=9, own_tip=7)
    assert auditor.look() is NodeState.CATCHING_UP
    assert auditor.takes(8) is NodeState.CATCHING_UP
    assert auditor.stores(8) is NodeState.CATCHING_UP
    assert auditor.takes(9) is NodeState.CATCHING_UP
    assert auditor.takes(10) is NodeState.CATCHING_UP
    assert auditor.stores(9) is NodeState.READY


def test_what_it_has_already_is_passed_over(auditor: Auditor) -> None:
    auditor.progress.stream_starts(6, alpha_tip=7, own_tip=7)
    assert auditor.takes(6) is NodeState.CATCHING_UP
    assert auditor.takes(7) is NodeState.READY


def test_a_longer_tail_that_is_replaced_does_not_count(auditor: Auditor) -> None:
    auditor.progress.stream_starts(6, alpha_tip=7, own_tip=9)
    assert auditor.takes(6) is NodeState.CATCHING_UP
    auditor.progress.stored(5)  # the log was cut
    assert auditor.takes(7) is NodeState.CATCHING_UP
    assert auditor.stores(6) is NodeState.CATCHING_UP
    assert auditor.stores(7) is NodeState.READY


def test_while_it_recovers_it_is_not_ready_whatever_it_has(auditor: Auditor) -> None:
    auditor.replica.is_recovering = True
    auditor.progress.stream_starts(1, alpha_tip=2, own_tip=0)
    assert auditor.look() is NodeState.RECOVERING
    auditor.progress.received(2)
    assert auditor.stores(2) is NodeState.RECOVERING
    auditor.replica.is_recovering = False
    assert auditor.look() is NodeState.READY


def test_a_new_connection_begins_anew(auditor: Auditor) -> None:
    auditor.progress.stream_starts(1, alpha_tip=0, own_tip=0)
    assert auditor.look() is NodeState.READY
    auditor.progress.link_down()
    assert auditor.stores(1) is NodeState.CONNECTING
    auditor.replica.state = LinkState.PROPOSAL
    auditor.progress.link_up()
    assert auditor.look() is NodeState.PROMISING


@pytest.mark.parametrize("end", [NodeState.STOPPING, NodeState.DIVERGED, NodeState.HALTED])
def test_the_end_of_the_connection_does_not_hide_the_end_of_the_node(auditor: Auditor, end: NodeState) -> None:
    auditor.lifecycle.enter(end)
    auditor.progress.link_down()
    assert auditor.lifecycle.state is end
