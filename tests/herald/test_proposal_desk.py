"""Whose proposals count, how many there may be, and when they are decided."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.herald.proposal_desk import ProposalDesk, alarm, is_alarm
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    MAX_OPEN_PROPOSALS,
    AssetResumption,
    AssetSuspension,
    Code,
    Decision,
    Proposal,
    SettingsChange,
    SignedProposal,
    SuspenseRefund,
    SuspensionReason,
    TermCommit,
)
from constellation.protocol.proposals import proposal_hash, sign_proposal
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.testing.world import START_US, World, key_of
from tests.herald.support import appoint

LATER = START_US + 1_000_000
BY_AUDITORS = SuspensionReason.SUSPENDED_BY_AUDITORS


class Council:
    """A desk and the hands of its auditors."""

    def __init__(self, auditors: int = 3) -> None:
        self.world = World(auditors=auditors)
        self.machine: Machine = self.world.machine()
        self.desk = ProposalDesk(self.machine.state)

    def signed(self, auditor: int | KeyPair, decision: Decision, valid_until: int = LATER) -> SignedProposal:
        key_pair = self.world.auditors[auditor] if isinstance(auditor, int) else auditor
        return sign_proposal(self.world.constellation, key_pair, Proposal(valid_until, decision))

    def sign(self, auditor: int, decision: Decision, valid_until: int = LATER, now_us: int = START_US) -> bool:
        return self.desk.receive(self.signed(auditor, decision, valid_until), now_us)

    def settings(self, open_orders: int, version: int = 1) -> SettingsChange:
        limits = replace(self.world.settings.limits, open_orders=open_orders)
        return SettingsChange(version, replace(self.world.settings, limits=limits))


@pytest.fixture
def council() -> Council:
    return Council()


def refused(call: Callable[[], object]) -> Code:
    with pytest.raises(Rejection) as caught:
        call()
    return caught.value.code


def test_a_quorum_decides_and_alpha_executes_exactly_that(council: Council) -> None:
    assert council.sign(0, council.settings(7))
    assert council.desk.decided(START_US) is None
    assert council.sign(2, council.settings(7))
    commit = council.desk.decided(START_US)
    assert commit is not None
    assert [item.auditor for item in commit.signatures] == [council.world.auditors[n].public for n in (0, 2)]
    council.machine.execute(START_US, commit)
    assert council.machine.state.settings.limits.open_orders == 7
    assert council.desk.decided(START_US) is None, "what was carried out is out of date"
    assert len(council.desk) == 0


def test_one_auditor_counts_once_and_different_bytes_do_not_add_up(council: Council) -> None:
    assert council.sign(0, council.settings(7))
    assert not council.sign(0, council.settings(7))
    assert council.sign(1, council.settings(8))
    assert council.sign(2, council.settings(7), valid_until=LATER + 1)
    assert council.desk.decided(START_US) is None
    assert len(council.desk.open_proposals(START_US)) == 3


def test_only_auditors_and_only_their_own_signatures_count(council: Council) -> None:
    decision = council.settings(7)
    stranger = council.signed(key_of("stranger"), decision)
    assert refused(lambda: council.desk.receive(stranger, START_US)) is Code.UNAUTHORIZED
    own = council.signed(0, decision)
    for other in (
        replace(own, auditor=council.world.auditors[1].public),
        replace(own, proposal=Proposal(LATER + 1, decision)),
        replace(own, signature=bytes(64)),
    ):
        assert refused(lambda other=other: council.desk.receive(other, START_US)) is Code.BAD_SIGNATURE
    foreign = sign_proposal(bytes(32), council.world.auditors[0], own.proposal)
    assert refused(lambda: council.desk.receive(foreign, START_US)) is Code.BAD_SIGNATURE
    assert len(council.desk) == 0


def test_what_cannot_be_applied_is_refused_with_the_reason(council: Council) -> None:
    assert refused(lambda: council.sign(0, council.settings(7, version=2))) is Code.STALE_PROPOSAL
    assert refused(lambda: council.sign(0, council.settings(0))) is Code.INVALID_PROPOSAL
    assert refused(lambda: council.sign(0, SuspenseRefund(5, 1))) is Code.STALE_PROPOSAL
    assert refused(lambda: council.sign(0, AssetResumption(1, 1))) is Code.STALE_PROPOSAL
    assert refused(lambda: council.sign(0, AssetSuspension(9, 1, BY_AUDITORS))) is Code.UNKNOWN_ASSET
    assert refused(lambda: council.sign(0, AssetSuspension(1, 2, BY_AUDITORS))) is Code.STALE_PROPOSAL


def test_time_ends_a_proposal(council: Council) -> None:
    assert refused(lambda: council.sign(0, council.settings(7), now_us=LATER + 1)) is Code.EXPIRED
    assert council.sign(0, council.settings(7), now_us=LATER)
    assert council.sign(1, council.settings(7), now_us=LATER)
    assert council.desk.decided(LATER) is not None
    assert council.desk.decided(LATER + 1) is None
    assert council.desk.open_proposals(LATER + 1) == []


@pytest.mark.parametrize("auditors", [1, 3, 19])
def test_one_auditor_cannot_fill_the_desk(auditors: int) -> None:
    council = Council(auditors)
    share = max(1, MAX_OPEN_PROPOSALS // auditors)
    for number in range(share):
        council.sign(0, council.settings(10 + number))
    assert refused(lambda: council.sign(0, council.settings(99))) is Code.TOO_MANY_PROPOSALS
    if auditors > 1:
        assert council.sign(1, council.settings(99)), "another one has room"
        assert council.sign(0, council.settings(99)), "and to agree costs nothing of one's share"


def test_the_desk_is_bounded_whoever_fills_it() -> None:
    council = Council(19)
    for auditor in range(MAX_OPEN_PROPOSALS):
        council.sign(auditor, council.settings(10 + auditor))
    assert refused(lambda: council.sign(17, council.settings(99))) is Code.TOO_MANY_PROPOSALS
    assert council.sign(17, council.settings(10))
    assert len(council.desk.open_proposals(START_US)) == MAX_OPEN_PROPOSALS


def test_alarms_have_room_of_their_own_and_are_the_same_bytes_for_all(council: Council) -> None:
    for number in range(5):
        council.sign(0, council.settings(10 + number))
    for asset in range(3):
        for reason in (SuspensionReason.RESERVES_DIFFER, SuspensionReason.NOT_AUTHORIZED):
            proposal = alarm(asset, 1, reason)
            assert council.desk.receive(
                sign_proposal(council.world.constellation, council.world.auditors[0], proposal), 0
            )
    assert len(council.desk) == 11
    assert council.sign(1, AssetSuspension(2, 1, SuspensionReason.RESERVES_DIFFER), valid_until=INT64_MAX)
    commit = council.desk.decided(START_US)
    assert commit is not None
    council.machine.execute(START_US, commit)
    assert council.machine.state.assets.is_suspended(2)
    assert len(council.desk.open_proposals(START_US)) == 9, "both alarms about the asset are out of date"


def test_an_alarm_is_nothing_else() -> None:
    assert is_alarm(alarm(1, 1, SuspensionReason.NOT_AUTHORIZED))
    for proposal in (
        Proposal(LATER, AssetSuspension(1, 1, SuspensionReason.NOT_AUTHORIZED)),
        Proposal(INT64_MAX, AssetSuspension(1, 1, BY_AUDITORS)),
        Proposal(INT64_MAX, AssetResumption(1, 1)),
    ):
        assert not is_alarm(proposal)


def test_what_is_listed_carries_its_signatures(council: Council) -> None:
    council.sign(1, council.settings(7))
    (item,) = council.desk.open_proposals(START_US)
    assert [part.auditor for part in item.signatures] == [council.world.auditors[1].public]
    council.desk.drop(item.proposal)
    assert len(council.desk) == 0
    assert proposal_hash(council.world.constellation, item.proposal) != proposal_hash(bytes(32), item.proposal)


def test_who_has_left_does_not_decide_any_more(council: Council) -> None:
    """Two of three have signed; one of them is replaced before the decision is carried out."""
    council.sign(2, council.settings(7))
    council.sign(2, council.settings(8))
    council.sign(1, council.settings(7))
    staying, newcomer = council.world.settings.auditors[:2], key_of("newcomer")
    begun = appoint(council.world, 1, council.world.alpha, auditors=[*staying, newcomer.public])
    council.machine.execute(START_US, TermCommit(begun))
    asset = AssetSuspension(1, 1, BY_AUDITORS)
    council.sign(1, asset)
    assert council.desk.decided(START_US) is None
    open_ones = council.desk.open_proposals(START_US)
    assert [[part.auditor for part in item.signatures] for item in open_ones] == [[staying[1]]]
    assert refused(lambda: council.sign(2, asset)) is Code.UNAUTHORIZED
    council.desk.receive(council.signed(newcomer, asset), START_US)
    commit = council.desk.decided(START_US)
    assert commit is not None
    council.machine.execute(START_US, commit)


def test_signatures_of_those_who_stay_go_on_counting(council: Council) -> None:
    asset = AssetSuspension(1, 1, BY_AUDITORS)
    council.sign(1, asset)
    council.sign(2, asset)
    staying, newcomer = council.world.settings.auditors[:2], key_of("newcomer")
    begun = appoint(council.world, 1, council.world.alpha, auditors=[*staying, newcomer.public])
    council.machine.execute(START_US, TermCommit(begun))
    assert council.desk.decided(START_US) is None
    council.sign(0, asset)
    commit = council.desk.decided(START_US)
    assert commit is not None
    assert [item.auditor for item in commit.signatures] == [staying[1], staying[0]]
    council.machine.execute(START_US, commit)
