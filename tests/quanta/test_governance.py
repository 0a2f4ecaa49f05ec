"""What a decision of the auditors must carry: signatures of a quorum, for this purpose, in time."""

from hashlib import sha256

import pytest

from constellation.protocol.messages import (
    AssetSuspension,
    AuditorSignature,
    Code,
    Decision,
    GovernanceCommit,
    Proposal,
    QuorumRule,
    SuspensionReason,
)
from constellation.protocol.signing import Purpose, constellation_id, signing_hash
from constellation.testing.world import key_of
from tests.quanta.stage import USD, Stage

SUSPEND: Decision = AssetSuspension(USD, 1, SuspensionReason.SUSPENDED_BY_AUDITORS)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_decision_holds_until_its_last_microsecond(stage: Stage) -> None:
    assert stage.refuses_body(stage.world.decide(SUSPEND, valid_until=stage.now - 1)) is Code.EXPIRED
    stage.executes(stage.world.decide(SUSPEND, valid_until=stage.now))


@pytest.mark.parametrize("signers", [0, 1])
def test_a_quorum_signs(stage: Stage, signers: int) -> None:
    commit = stage.world.decide(SUSPEND, signers=signers)
    assert stage.refuses_body(commit) is Code.NOT_ENOUGH_SIGNATURES
    stage.executes(stage.world.decide(SUSPEND, signers=3))


def test_two_thirds_sign_where_the_settings_say_so() -> None:
    stage = Stage(auditors=4)
    stage.world.settings.quorum_rule = QuorumRule.TWO_THIRDS
    stage.restart()
    assert stage.refuses_body(stage.world.decide(SUSPEND, signers=2)) is Code.NOT_ENOUGH_SIGNATURES
    stage.executes(stage.world.decide(SUSPEND, signers=3))


def test_one_auditor_does_not_count_twice(stage: Stage) -> None:
    commit = stage.world.decide(SUSPEND, signers=1)
    commit.signatures *= 2
    assert stage.refuses_body(commit) is Code.UNAUTHORIZED


@pytest.mark.parametrize("stranger", ["mallory", "alpha", "vault", "fees"])
def test_only_auditors_decide(stage: Stage, stranger: str) -> None:
    commit = stage.world.decide(SUSPEND, signers=2)
    digest = signing_hash(Purpose.PROPOSAL, stage.world.constellation, commit.proposal.to_xdr())
    commit.signatures.append(AuditorSignature(key_of(stranger).public, key_of(stranger).sign(digest)))
    assert stage.refuses_body(commit) is Code.UNAUTHORIZED


def test_a_signature_is_for_one_purpose_constellation_and_proposal(stage: Stage) -> None:
    proposal = Proposal(stage.now, SUSPEND)
    other = Proposal(stage.now + 1, SUSPEND)
    elsewhere = constellation_id("Public Global Stellar Network ; September 2015", stage.world.settings.vault)
    for digest in (
        signing_hash(Purpose.PROPOSAL, elsewhere, proposal.to_xdr()),
        signing_hash(Purpose.LEDGER_REPORT, stage.world.constellation, proposal.to_xdr()),
        signing_hash(Purpose.PROPOSAL, stage.world.constellation, other.to_xdr()),
        sha256(proposal.to_xdr()).digest(),
    ):
        signatures = [AuditorSignature(key.public, key.sign(digest)) for key in stage.world.auditors]
        assert stage.refuses_body(GovernanceCommit(proposal, signatures)) is Code.BAD_SIGNATURE
