"""What is found at a node, from the parts that a node is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from constellation.node.clock import clock_us
from constellation.node.disk_space import DiskSpace
from constellation.node.lifecycle import ALPHA_STATES, AUDITOR_STATES, Lifecycle, NodeState
from constellation.node.notices.desk import Observation
from constellation.node.notices.kinds import Kind
from constellation.node.notices.observing import observe_alpha, observe_auditor
from constellation.protocol.messages import Suspension, SuspensionReason, Withdrawal
from constellation.stellarlink.reserves import AssetReserve
from constellation.testing.world import ONE, World, to
from constellation.vault import WithdrawalTask


def disk(free: int = 1000) -> DiskSpace:
    space = DiskSpace(Path("x"), 100, lambda _path: free)
    space.look()
    return space


@dataclass
class Tls:
    expires_soon: bool = False
    has_expired: bool = False
    problem: str | None = None
    expires: str = "2027-01-01T00:00:00Z"


@dataclass
class Duties:
    lag_s: float | None = 1.0
    is_late: bool = False
    last_error: str | None = None
    contradiction: str | None = None
    held: Sequence[dict[str, Any]] = ()

    @property
    def signing(self) -> Any:
        return SimpleNamespace(describe=lambda: list(self.held))


@dataclass
class Reserves:
    reserves: list[AssetReserve] = field(default_factory=lambda: [AssetReserve(0, "native", 5, 5, 7)])


class Nodes:
    """An alpha and an auditor that are well."""

    def __init__(self) -> None:
        self.state = World().machine().state
        self.alpha = Lifecycle(ALPHA_STATES, clock_us, CollectorRegistry())
        for state in (NodeState.ADOPTING, NodeState.RISING, NodeState.READY):
            self.alpha.enter(state)
        self.auditor = Lifecycle(AUDITOR_STATES, clock_us, CollectorRegistry())
        for state in (NodeState.PROMISING, NodeState.CATCHING_UP, NodeState.READY):
            self.auditor.enter(state)
        self.disk, self.tls, self.problem = disk(), Tls(), None
        self.duties, self.reserves = Duties(), Reserves()

    def observe_alpha(self) -> Observation:
        return observe_alpha(self.alpha, self.state, self.disk, self.tls, self.problem)  # type: ignore[arg-type]

    def observe_auditor(self) -> Observation:
        return observe_auditor(self.auditor, self.state, self.disk, self.duties, self.reserves)  # type: ignore[arg-type]


@pytest.fixture
def nodes() -> Nodes:
    return Nodes()


def found(observation: Observation) -> list[tuple[Kind, str]]:
    return [(item.kind, item.subject) for item in observation.conditions]


def test_nodes_that_are_well_say_nothing(nodes: Nodes) -> None:
    assert nodes.observe_alpha() == Observation([])
    assert nodes.observe_auditor() == Observation([])


def test_alpha_without_a_quorum_whenever_it_is(nodes: Nodes) -> None:
    nodes.alpha.enter(NodeState.NO_QUORUM, "too few")
    assert found(nodes.observe_alpha()) == [(Kind.QUORUM_LOST, "")]
    assert "too few" in nodes.observe_alpha().conditions[0].detail
    nodes.alpha = Lifecycle(ALPHA_STATES, clock_us, CollectorRegistry())
    assert found(nodes.observe_alpha()) == [(Kind.QUORUM_LOST, "")]
    nodes.alpha.stop()
    assert found(nodes.observe_alpha()) == []


def test_the_disk_of_both(nodes: Nodes) -> None:
    nodes.disk = disk(99)
    assert found(nodes.observe_alpha()) == found(nodes.observe_auditor()) == [(Kind.DISK_LOW, "")]
    nodes.auditor.enter(NodeState.CONNECTING)
    assert found(nodes.observe_auditor()) == [(Kind.DISK_LOW, "")], "it stays away because of that"
    nodes.disk = DiskSpace(Path("x"), 100, lambda _path: 0)
    assert nodes.observe_alpha() == Observation([], frozenset({Kind.DISK_LOW}))


@pytest.mark.parametrize(
    ("tls", "kinds"),
    [
        (Tls(expires_soon=True), [Kind.CERTIFICATE_EXPIRING]),
        (Tls(expires_soon=True, has_expired=True), [Kind.CERTIFICATE_EXPIRING, Kind.CERTIFICATE_EXPIRED]),
        (Tls(problem="a key that does not fit"), [Kind.CERTIFICATE_REFUSED]),
    ],
)
def test_the_certificate(nodes: Nodes, tls: Tls, kinds: list[Kind]) -> None:
    nodes.tls = tls
    assert [kind for kind, _ in found(nodes.observe_alpha())] == kinds


def test_suspensions_of_both(nodes: Nodes) -> None:
    for asset, reason in enumerate((SuspensionReason.CLAWED_BACK, SuspensionReason.NO_TRUST_LINE)):
        nodes.state.assets.suspensions[asset] = Suspension(reason, 7)
    for observation in (nodes.observe_alpha(), nodes.observe_auditor()):
        assert found(observation) == [(Kind.ASSET_SUSPENDED, "native")]
    for asset in (0, 1):
        nodes.state.assets.suspensions[asset] = Suspension(SuspensionReason.UNKNOWN_VAULT_TRANSACTION, 8)
    for observation in (nodes.observe_alpha(), nodes.observe_auditor()):
        assert found(observation) == [(Kind.UNKNOWN_VAULT_TRANSACTION, "")], "one transaction is one notice"
        assert observation.conditions[0].detail.startswith("suspended: native, ")


def test_what_an_auditor_sees_of_the_ledger(nodes: Nodes) -> None:
    nodes.duties = Duties(90.0, True, "no server", "quantum 7 says otherwise", [{"reason": "no trust line"}] * 2)
    observation = nodes.observe_auditor()
    assert {item.kind: item.detail for item in observation.conditions} == {
        Kind.LEDGER_LAG: "90 s",
        Kind.LEDGER_UNREADABLE: "no server",
        Kind.LEDGER_CONTRADICTION: "quantum 7 says otherwise",
        Kind.TASKS_HELD_BACK: "2, the first one because: no trust line",
    }
    nodes.problem = "no server"
    assert found(nodes.observe_alpha()) == [(Kind.LEDGER_UNREADABLE, "")]


def test_withdrawals_that_wait_for_an_approval_are_told_of_one_by_one_and_not_without_end(nodes: Nodes) -> None:
    operation = Withdrawal(0, 70 * ONE, to(bytes(32)))
    for number in range(30):
        task = WithdrawalTask(number, bytes(32), operation, approve_until=1_800_000_000_000_000)
        nodes.state.desk.withheld[task.key] = task
    observation = nodes.observe_auditor()
    assert found(observation) == [(Kind.APPROVAL_NEEDED, f"withdrawal {number}") for number in range(20)]
    assert observation.conditions[0].detail == "70.0000000 of native, until 2027-01-15 08:00:00 UTC"
    assert nodes.observe_alpha() == Observation([])


def test_the_reserves_of_each_asset(nodes: Nodes) -> None:
    nodes.reserves.reserves = [AssetReserve(0, "native", 5, 5, 7), AssetReserve(1, "USD:G", 4, 5, 7, "1 less")]
    assert found(nodes.observe_auditor()) == [(Kind.RESERVE_MISMATCH, "USD:G")]


def test_what_an_auditor_does_not_know_yet(nodes: Nodes) -> None:
    nodes.auditor.enter(NodeState.CONNECTING)
    nodes.reserves.reserves, nodes.duties.lag_s = [], None
    observation = nodes.observe_auditor()
    assert found(observation) == [(Kind.ALPHA_UNREACHABLE, "")]
    assert observation.unknown == {Kind.RESERVE_MISMATCH, Kind.LEDGER_LAG, Kind.TASKS_HELD_BACK}
