"""Members that come back by log, by snapshot or from nothing have the settings in force; and what nodes may propose."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from constellation.build import core_is_compiled
from constellation.herald.events import Proposed
from constellation.herald.proposal_desk import alarm
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AssetSettings,
    AssetSuspension,
    Code,
    CreditAsset,
    Proposal,
    SettingsChange,
    SuspensionReason,
)
from constellation.protocol.proposals import sign_proposal
from constellation.quanta import State
from constellation.testing.cluster import Cluster
from constellation.testing.world import World, key_of
from tests.herald.support import execute


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Nine certified batches; in the third one, settings were changed and an asset listed."""
    cluster = Cluster(World(auditors=3))
    cluster.rise()
    execute(cluster)
    cluster.settle()
    old = cluster.world.settings
    new = replace(
        old,
        limits=replace(old.limits, open_orders=7),
        assets=[*old.assets, AssetSettings(CreditAsset("GBP", key_of("issuer").public), 5, 0)],
    )
    cluster.execute(cluster.world.decide(SettingsChange(1, new)))
    for _ in range(6):
        cluster.settle()
        execute(cluster)
    cluster.settle()
    yield cluster
    cluster.close()


def check(state: State) -> None:
    assert state.settings_version == 1
    assert state.settings.limits.open_orders == 7
    assert len(state.assets) == len(state.vault.held) == 4
    assert state.assets.suspensions[3].reason is SuspensionReason.NO_TRUST_LINE
    assert 3 in state.trusts


def check_all(cluster: Cluster) -> None:
    execute(cluster)
    cluster.settle()
    assert cluster.certified == cluster.alpha.tip.number
    check(cluster.alpha.machine.state)
    for number, member in enumerate(cluster.auditors):
        assert member.halted is None
        check(member.replica.machine.state)
        assert cluster.state_root(number) == cluster.state_root()


def test_everybody_restarts_from_the_log(cluster: Cluster) -> None:
    for number in range(3):
        cluster.restart_auditor(number)
    cluster.restart_alpha()
    cluster.rise()
    check_all(cluster)


def test_an_auditor_that_lost_its_disk_replays_the_change(cluster: Cluster) -> None:
    cluster.restart_auditor(2, cluster.empty_log())
    cluster.connect(2)
    cluster.settle()
    assert cluster.auditors[2].log.base == 0
    check_all(cluster)


def test_an_auditor_that_lost_its_disk_gets_a_snapshot_with_the_changed_settings(cluster: Cluster) -> None:
    while cluster.alpha.log.base < 8:
        cluster.alpha.log.prune(8)
    cluster.restart_auditor(2, cluster.empty_log())
    cluster.connect(2)
    cluster.settle()
    assert cluster.auditors[2].log.base > 0
    check_all(cluster)
    cluster.restart_auditor(2)
    cluster.connect(2)
    cluster.settle()
    check_all(cluster)


def test_an_alpha_that_lost_its_disk_has_the_settings_in_force(cluster: Cluster) -> None:
    cluster.restart_alpha(cluster.empty_log())
    cluster.rise()
    check_all(cluster)


def test_a_decision_that_alpha_makes_up_halts_the_auditors(cluster: Cluster) -> None:
    """Alpha sequences a change that too few auditors have signed; every auditor refuses it by replay."""
    if core_is_compiled():
        pytest.skip("a compiled core cannot be patched to lie")
    new = replace(cluster.world.settings, minimum_balance=1)
    commit = cluster.world.decide(SettingsChange(2, new), signers=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("constellation.quanta.governance.check_quorum", lambda *_: None)
        patch.setattr("constellation.quanta.governance.check_decision", lambda *_: None)
        cluster.execute(commit)
    cluster.settle()
    assert [member.halted is not None for member in cluster.auditors] == [True] * 3
    halted = cluster.auditors[0].halted
    assert halted is not None
    assert halted.code is Code.INVALID_QUANTUM


class TestAlarms:
    PROPOSAL = alarm(1, 1, SuspensionReason.RESERVES_DIFFER)

    def test_an_auditors_node_proposes_by_the_cluster(self, cluster: Cluster) -> None:
        world = cluster.world
        signed = sign_proposal(world.constellation, world.auditors[0], self.PROPOSAL)
        events = cluster.alpha.herald.receive(world.auditors[0].public, signed)
        assert events == [Proposed(signed)]

    def test_it_speaks_for_itself_alone(self, cluster: Cluster) -> None:
        world = cluster.world
        signed = sign_proposal(world.constellation, world.auditors[1], self.PROPOSAL)
        with pytest.raises(ProtocolViolation):
            cluster.alpha.herald.receive(world.auditors[0].public, signed)

    @pytest.mark.parametrize(
        "proposal",
        [
            Proposal(1, AssetSuspension(1, 1, SuspensionReason.RESERVES_DIFFER)),
            Proposal(INT64_MAX, AssetSuspension(1, 1, SuspensionReason.SUSPENDED_BY_AUDITORS)),
            Proposal(INT64_MAX, SettingsChange(2, World().settings)),
        ],
        ids=["a time limit", "another reason", "settings"],
    )
    def test_it_proposes_nothing_but_alarms(self, cluster: Cluster, proposal: Proposal) -> None:
        world = cluster.world
        signed = sign_proposal(world.constellation, world.auditors[0], proposal)
        with pytest.raises(ProtocolViolation):
            cluster.alpha.herald.receive(world.auditors[0].public, signed)
