"""The auditors appoint other auditors: nothing certified is lost, and everybody knows who may sign what."""

import pytest

from constellation.herald.promises import check_opening, may_open, sign_promise
from constellation.node.archive_output import document
from constellation.protocol.errors import Divergence, ProtocolViolation, Rejection, VerificationError
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    Code,
    EpochOpening,
    LedgerSigners,
    Payment,
    Promise,
    QuorumRule,
    SignedPromise,
    TermCommit,
    VaultTaskPrepared,
    VaultTaskType,
)
from constellation.protocol.proofs import check_certificate
from constellation.protocol.signing import settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms, check_appointments
from constellation.quanta import Tip, replay, seal, signed_batch
from constellation.snapshots.archive_export import export_log
from constellation.snapshots.archive_proof import verify_archive
from constellation.testing.world import ONE, World, key_of
from tests.herald.support import TRADER, appoint, execute

NEWCOMER = key_of("newcomer among the auditors")
FIRST = EPOCHS_PER_TERM + 1


def assert_agreed(cluster, *auditors: int) -> None:
    """Everything is certified, and these auditors have alpha's state."""
    assert cluster.certified == cluster.alpha.tip.number
    for number in auditors:
        assert cluster.auditors[number].halted is None
        assert cluster.auditors[number].replica.certified == cluster.certified
        assert cluster.state_root(number) == cluster.state_root()


def members(cluster) -> list[bytes]:
    return [key.public for key in cluster.world.auditors]


# --- a term begins


def test_an_auditor_joins(cluster) -> None:
    execute(cluster, 5 * ONE)
    cluster.settle()
    cluster.change_auditors(0, 1, add=[NEWCOMER])
    cluster.rise()
    state = cluster.alpha.machine.state
    assert cluster.alpha.herald.epoch == FIRST
    assert (state.term, state.settings_version) == (1, 1)
    assert state.settings.auditors == members(cluster)
    execute(cluster, 7 * ONE)
    cluster.settle()
    assert_agreed(cluster, 0, 1, 2, 3)
    assert not cluster.auditors[3].replica.is_recovering
    assert len(cluster.alpha.certificates[-1].signatures) == 3  # a quorum of four


def test_the_newcomer_counts(cluster) -> None:
    cluster.change_auditors(0, 1, add=[NEWCOMER])
    cluster.rise()
    cluster.cut(0)
    execute(cluster)
    cluster.settle()
    assert_agreed(cluster, 1, 2, 3)
    cluster.cut(3)
    execute(cluster)
    cluster.settle()
    assert cluster.certified == cluster.alpha.tip.number - 1


def test_an_auditor_changes_its_key(cluster) -> None:
    execute(cluster, 5 * ONE)
    cluster.settle()
    cluster.change_auditors(0, 1, add=[NEWCOMER], remove=[2])
    cluster.rise()
    execute(cluster, 5 * ONE)
    cluster.settle()
    assert_agreed(cluster, 0, 1, 3)
    left = cluster.auditors[2]
    assert left.replica.tip.epoch == 1  # it promised, and follows nothing any more
    cluster.cut(0)
    execute(cluster)
    cluster.settle()
    assert_agreed(cluster, 1, 3)


def test_who_has_left_is_not_needed_once_something_is_certified_without_it(clusters) -> None:
    cluster = clusters(4)
    cluster.rise()
    cluster.change_auditors(0, 1, 2, remove=[3])
    cluster.rise()
    execute(cluster)
    cluster.settle()
    cluster.restart_alpha()
    cluster.connect(0, 2)
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.machine.state.term == 1
    assert cluster.alpha.herald.epoch == FIRST + 1


def test_members_survive_restarts_and_lost_disks(cluster) -> None:
    cluster.change_auditors(0, 1, add=[NEWCOMER], remove=[2])
    cluster.rise()
    execute(cluster, 5 * ONE, TRADER)
    cluster.settle()
    terms = cluster.alpha.log.terms()
    for number in (0, 1, 3):
        cluster.restart_auditor(number)
    empty = cluster.empty_log()
    empty.write(terms.appointments)
    cluster.restart_alpha(empty)
    cluster.connect(0, 1, 3)
    cluster.settle()
    assert cluster.is_ready
    assert_agreed(cluster, 0, 1, 3)
    assert cluster.alpha.machine.state.vault.accounts[TRADER.public].balances[0].amount == 5 * ONE


def test_terms_may_pass_without_an_epoch(cluster) -> None:
    cluster.change_auditors(0, 1, add=[NEWCOMER])
    cluster.change_auditors(0, 1, 2, remove=[2])
    cluster.rise()
    state = cluster.alpha.machine.state
    assert (state.term, state.settings_version) == (2, 2)
    assert_agreed(cluster, 0, 1, 3)


# --- nothing certified is lost


def test_the_old_auditors_must_promise_what_they_have_certified(clusters) -> None:
    """Two of five go with three who have certified a batch that those who stay do not know."""
    cluster = clusters(5)
    cluster.rise()
    cluster.cut(0, 1)
    lost = execute(cluster, 5 * ONE, TRADER)
    cluster.settle()
    assert cluster.certified == lost.header.number
    cluster.change_auditors(0, 1, 2, remove=[3, 4], log=cluster.empty_log())
    cluster.connect(0, 1)  # a quorum of the new auditors, none of whom has the batch
    cluster.settle()
    assert not cluster.is_ready
    cluster.connect(3)
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.log.digest(lost.header.number) == lost.digest
    assert_agreed(cluster, 0, 1)


def test_an_old_alpha_gets_no_quorum_once_the_term_is_open(clusters) -> None:
    cluster = clusters(5)
    cluster.rise()
    old = cluster.alpha
    cluster.change_auditors(0, 1, 2, remove=[3, 4])
    cluster.connect(0, 1, 3)
    cluster.settle()
    assert cluster.is_ready
    promised = [member.replica.epoch for member in cluster.auditors]
    assert promised == [FIRST, FIRST, 1, FIRST, 1]  # three of five vote for nothing that the old alpha makes
    assert old.herald.epoch == 1


def test_an_opening_needs_both_quorums() -> None:
    world = World(auditors=5)
    five = list(world.settings.auditors)
    appointment = appoint(world, 1, world.alpha, signers=(0, 1, 2), auditors=five[:3])
    terms = check_appointments(world.settings, [appointment])

    def opens(*numbers: int) -> bool:
        promises = [promise_for_term_1(world, terms, number) for number in numbers]
        allowed = may_open(terms, FIRST, promises)
        tip = Tip.genesis(world.settings)
        try:
            check_opening(terms, EpochOpening(FIRST, 0, tip.digest, promises))
        except ProtocolViolation as error:
            assert error.code is Code.NOT_ENOUGH_SIGNATURES
            assert not allowed
        return allowed

    assert opens(0, 1, 2)
    assert opens(0, 1, 4)
    assert not opens(0, 1)  # of the new ones alone
    assert not opens(2, 3, 4)  # of the old ones alone
    assert not opens(0, 3, 4)


def promise_for_term_1(world: World, terms: Terms, number: int) -> SignedPromise:
    appointed = terms.appointments_hash(FIRST)
    promise = Promise(FIRST, world.alpha.public, appointed, bytes([number]) * 32, False, None, None)
    return sign_promise(world.settings, world.auditors[number], promise)


def test_two_appointments_for_one_term_make_no_two_histories() -> None:
    """The operators of two auditors have signed both; each other one knows the one that it has seen first."""
    world = World(auditors=3)
    staying = world.settings.auditors[:2]
    one, other = (
        check_appointments(world.settings, [appoint(world, 1, world.alpha, auditors=[*staying, key_of(name).public])])
        for name in ("one newcomer", "another newcomer")
    )
    genesis = Tip.genesis(world.settings).digest
    mine = [promise_for_term_1(world, one, number) for number in (0, 2)]
    theirs = promise_for_term_1(world, other, 1)
    for promises in ([mine[0], theirs], [*mine, theirs]):
        with pytest.raises(ProtocolViolation, match="other members"):
            check_opening(one, EpochOpening(FIRST, 0, genesis, promises))
        with pytest.raises(ProtocolViolation, match="other members"):
            check_opening(other, EpochOpening(FIRST, 0, genesis, promises))


# --- who signs what


def test_certificates_hold_against_the_auditors_of_their_time(cluster) -> None:
    execute(cluster)
    cluster.settle()
    before = cluster.alpha.certificates[-1]
    cluster.change_auditors(0, 1, add=[NEWCOMER], remove=[2])
    cluster.rise()
    cluster.cut(0)
    execute(cluster)
    cluster.settle()
    after = cluster.alpha.certificates[-1]
    terms = cluster.alpha.log.terms()
    check_certificate(terms, before)
    check_certificate(terms, after)
    assert NEWCOMER.public in [item.auditor for item in after.signatures]
    with pytest.raises(VerificationError) as error:
        check_certificate(cluster.world.terms, after)
    assert error.value.code is Code.WRONG_EPOCH


def test_an_archive_lists_the_auditors_of_all_terms(cluster, tmp_path) -> None:
    cluster.cut(0)
    execute(cluster)
    cluster.settle()
    last_of_three = cluster.alpha.certificates[-1].header
    cluster.change_auditors(0, 1, add=[NEWCOMER], remove=[2])
    cluster.rise()
    cluster.cut(0)
    execute(cluster)
    cluster.settle()
    path = tmp_path / "history.archive"
    export_log(cluster.alpha.log, path, lambda done, total: None)
    proof = verify_archive(path, settings_hash(cluster.world.settings), lambda done, total: None)
    assert list(proof.auditors) == members(cluster)  # in the order in which they came
    assert proof.quanta_of(NEWCOMER.public) == proof.quanta == cluster.alpha.machine.state.apex
    assert proof.quanta_of(members(cluster)[2]) == last_of_three.last_apex < proof.quanta
    shown = [item["auditor"] for item in document(path, proof)["auditors"]]
    assert shown == [encode_public_key(key) for key in members(cluster)]


def test_the_ledgers_signers_follow(cluster) -> None:
    cluster.change_auditors(0, 1, add=[NEWCOMER], remove=[2])
    cluster.rise()
    state = cluster.alpha.machine.state
    assert state.signers == LedgerSigners(members(cluster)[:3], QuorumRule.MAJORITY)
    [prepared] = state.desk.prepared
    assert prepared.task.key == (VaultTaskType.SIGNERS_TASK, 1)
    assert prepared.task.after == LedgerSigners([*members(cluster)[:2], NEWCOMER.public], QuorumRule.MAJORITY)


def test_nothing_is_executed_in_a_term_before_its_members_are_in_force(cluster) -> None:
    execute(cluster, 50 * ONE, TRADER)
    cluster.settle()
    auditor = cluster.auditors[0].replica
    request = cluster.world.request(TRADER, Payment(key_of("bob").public, 0, 20 * ONE))
    machine = cluster.alpha.machine
    sealed = seal(machine, [machine.execute(cluster.clock_us, request)], cluster.alpha.tip, FIRST, checkpoint=False)
    batch = signed_batch(sealed, cluster.world.alpha.sign(sealed.digest))
    with pytest.raises(Divergence) as error:
        replay(auditor.machine, auditor.tip, batch)
    assert error.value.code is Code.INVALID_QUANTUM
    assert "term" in error.value.message


def test_a_term_begins_once(cluster) -> None:
    signed = appoint(cluster.world, 1, cluster.world.alpha, auditors=[*members(cluster), NEWCOMER.public])
    machine = cluster.auditors[0].replica.machine
    executed = machine.execute(cluster.clock_us, TermCommit(signed))
    assert any(isinstance(effect, VaultTaskPrepared) for effect in executed.groups[0].effects)
    with pytest.raises(Rejection, match="follows term 1"):
        machine.execute(cluster.clock_us, TermCommit(signed))
