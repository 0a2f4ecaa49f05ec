"""The way of the vault's transactions to the ledger, step by step."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from stellar_sdk import FeeBumpTransactionEnvelope, TransactionEnvelope

from constellation.protocol.messages import ClaimableDeposit, LedgerSigners
from constellation.stellarlink import (
    FeeBumper,
    FeeStats,
    SubmissionMetrics,
    SubmitOutcome,
    SubmitStatus,
    TaskSubmitter,
)
from constellation.stellarlink.submission_rules import (
    HELD_RETRY_S,
    REJECTED_RETRY_S,
    STOPPED_LOOK_S,
    SUBMISSIONS_MAX,
    UNKNOWN_RETRY_MAX_S,
    Sighting,
)
from constellation.stellarlink.tracked_task import Step
from constellation.vault import ClaimTask, TrustTask
from tests.stellarlink.support import (
    AUDITORS,
    DOLLAR,
    OTHER,
    PASSPHRASE,
    auditor_signature,
    key,
    make_settings,
    prepared_withdrawal,
    state_with,
)

SETTINGS = make_settings(auditors=3)
PREPARED = prepared_withdrawal(SETTINGS, max_time_s=1000)
HASH = PREPARED.transaction
UNKNOWN = SubmitOutcome(SubmitStatus.UNKNOWN, detail="HTTP 504")
INCLUDED = SubmitOutcome(SubmitStatus.INCLUDED)
NOWHERE, THERE = Sighting(is_in_ledger=False), Sighting(is_in_ledger=True)
PAYER = key(900)
CAP = 1_000_000


def rejected(code, *operations):
    return SubmitOutcome(SubmitStatus.REJECTED, code, operations)


def bumper(cap=CAP):
    return FeeBumper(PAYER, cap, PASSPHRASE)


def submitter_with(*auditors, prepared=PREPARED, bumper=None, is_new_alpha=False):
    submitter = TaskSubmitter(bumper)
    submitter.track(state_with(SETTINGS), prepared, may_be_submitted=is_new_alpha)
    for auditor in auditors:
        assert submitter.receive_signature(auditor.public, auditor_signature(auditor, prepared.transaction))
    return submitter


def steps(submitter, now):
    return [due.step for due in submitter.due(now)]


def state(submitter):
    [task] = submitter.describe()
    return task["state"]


def problem(submitter):
    [task] = submitter.describe()
    return task["problem"]


def submit(submitter, now, outcome):
    """Hand it in once; what is handed in."""
    [due] = submitter.due(now)
    assert due.step is Step.SUBMIT
    submitter.submitted(due.transaction, outcome, now)
    return due.envelope_xdr


def look(submitter, now, sighting):
    [due] = submitter.due(now)
    assert due.step is Step.LOOK_UP
    submitter.looked(due.transaction, sighting, now)
    return due


def bid(submitter, now, stats):
    [due] = submitter.due(now)
    assert due.step is Step.BID
    submitter.fees_asked(due.transaction, stats, now)


def bump(envelope_xdr):
    return FeeBumpTransactionEnvelope.from_xdr(envelope_xdr, PASSPHRASE)


# --- signatures -------------------------------------------------------------------------------------------------------


def test_a_quorum_makes_it_ready():
    submitter = submitter_with(AUDITORS[0])
    assert submitter.due(0) == []
    assert state(submitter) == "signing"
    submitter.receive_signature(AUDITORS[2].public, auditor_signature(AUDITORS[2], HASH))
    [due] = submitter.due(0)
    envelope = TransactionEnvelope.from_xdr(due.envelope_xdr, PASSPHRASE)
    assert due.transaction == envelope.hash() == HASH
    assert [item.signature for item in envelope.signatures] == [AUDITORS[0].sign(HASH), AUDITORS[2].sign(HASH)]


def test_more_than_a_quorum_attaches_exactly_a_quorum():
    [due] = submitter_with(*AUDITORS[:3]).due(0)
    assert len(TransactionEnvelope.from_xdr(due.envelope_xdr, PASSPHRASE).signatures) == 2


@pytest.mark.parametrize(
    ("auditor", "signature"),
    [
        (OTHER, auditor_signature(OTHER, HASH)),
        (AUDITORS[1], auditor_signature(AUDITORS[2], HASH)),
        (AUDITORS[0], auditor_signature(AUDITORS[0], HASH)),
        (AUDITORS[1], auditor_signature(AUDITORS[1], bytes(32))),
    ],
    ids=["foreign", "wrong", "double", "unknown transaction"],
)
def test_signatures_that_do_not_count(auditor, signature):
    submitter = submitter_with(AUDITORS[0])
    assert submitter.receive_signature(auditor.public, signature) is False
    assert submitter.signatures(HASH) == 1
    assert submitter.signatures(bytes(32)) == 0
    assert len(submitter) == 1


def test_nothing_is_handed_out_twice_before_its_outcome():
    submitter = submitter_with(*AUDITORS[:2])
    assert len(submitter.due(0)) == 1
    assert submitter.due(0) == []


def test_channels_do_not_wait_for_each_other():
    other = prepared_withdrawal(SETTINGS, channel=1, max_time_s=1000)
    submitter = submitter_with(*AUDITORS[:2])
    submitter.track(state_with(SETTINGS), other)
    for auditor in AUDITORS[:2]:
        submitter.receive_signature(auditor.public, auditor_signature(auditor, other.transaction))
    assert [due.transaction for due in submitter.due(0)] == [HASH, other.transaction]


def test_a_task_that_the_core_derived_differently_is_a_bug():
    wrong = prepared_withdrawal(SETTINGS)
    wrong.max_time_s += 1
    with pytest.raises(AssertionError):
        TaskSubmitter().track(state_with(SETTINGS), wrong)


# --- what is followed -------------------------------------------------------------------------------------------------


def test_what_is_closed_is_forgotten():
    submitter = submitter_with(*AUDITORS[:2])
    submitter.due(0)
    submitter.forget(HASH)
    submitter.forget(HASH)
    submitter.submitted(HASH, UNKNOWN, 0)
    submitter.looked(HASH, NOWHERE, 0)
    submitter.fees_asked(HASH, None, 0)
    assert (len(submitter), submitter.due(100)) == (0, [])


def test_tracking_again_keeps_the_signatures():
    submitter = submitter_with(AUDITORS[0])
    submitter.track(state_with(SETTINGS), PREPARED)
    assert submitter.signatures(HASH) == 1


def test_following_keeps_what_is_open_and_forgets_the_rest():
    other = prepared_withdrawal(SETTINGS, channel=1, max_time_s=2000)
    submitter = submitter_with(AUDITORS[0])
    submitter.follow(state_with(SETTINGS, PREPARED, other))
    assert len(submitter) == 2
    assert submitter.signatures(HASH) == 1
    submitter.follow(state_with(SETTINGS, other))
    assert HASH not in submitter
    assert other.transaction in submitter
    submitter.follow(state_with(SETTINGS))
    assert len(submitter) == 0


def test_open_tasks_are_counted_by_kind_and_state():
    registry = CollectorRegistry()
    submitter = TaskSubmitter(metrics=SubmissionMetrics(registry))
    known = state_with(SETTINGS, PREPARED)
    seen = ClaimableDeposit(77, bytes(32), bytes(32), DOLLAR, 1, OTHER.public, None)
    known.desk.accept(ClaimTask(1, seen, 1))
    known.desk.accept(TrustTask(1, 1, DOLLAR))
    submitter.follow(known)

    def count(kind, state):
        return registry.get_sample_value("constellation_vault_tasks", {"kind": kind, "state": state})

    assert (count("withdrawal", "prepared"), count("claim", "waiting"), count("trust", "waiting")) == (1, 1, 1)
    assert count("refund", "parked") == 0
    submitter.follow(state_with(SETTINGS))
    assert count("claim", "waiting") == 0


def test_a_new_alpha_looks_for_what_an_earlier_one_may_have_submitted():
    submitter = TaskSubmitter()
    submitter.follow(state_with(SETTINGS, PREPARED))
    for auditor in AUDITORS[:2]:
        submitter.receive_signature(auditor.public, auditor_signature(auditor, HASH))
    look(submitter, 0, THERE)
    assert state(submitter) == "settled"
    assert submitter.due(500) == []


def test_a_new_alpha_submits_what_it_does_not_find_and_only_looks_once():
    submitter = TaskSubmitter()
    submitter.follow(state_with(SETTINGS, PREPARED))
    look(submitter, 0, NOWHERE)
    assert submitter.due(0) == []
    assert state(submitter) == "signing"
    for auditor in AUDITORS[:2]:
        submitter.receive_signature(auditor.public, auditor_signature(auditor, HASH))
    submit(submitter, 0, INCLUDED)
    submitter.follow(state_with(SETTINGS, prepared_withdrawal(SETTINGS, channel=1)))
    assert submitter.due(0) == []


# --- unknown outcomes -------------------------------------------------------------------------------------------------


def test_an_unknown_outcome_sends_the_same_bytes_again_and_again_until_the_time_bound():
    submitter = submitter_with(*AUDITORS[:2])
    sent = [(0, submit(submitter, 0, UNKNOWN))]
    submitter.receive_signature(AUDITORS[2].public, auditor_signature(AUDITORS[2], HASH))
    for now in range(1, 1200):
        for due in submitter.due(now):
            if due.step is Step.LOOK_UP:
                submitter.looked(HASH, NOWHERE, now)
        for due in submitter.due(now):
            sent.append((now, due.envelope_xdr))
            submitter.submitted(HASH, UNKNOWN, now)
    times = [now for now, _ in sent]
    assert len({envelope for _, envelope in sent}) == 1
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert waits[:6] == [1, 2, 4, 8, 16, UNKNOWN_RETRY_MAX_S]
    assert max(waits) == UNKNOWN_RETRY_MAX_S
    assert 1000 - UNKNOWN_RETRY_MAX_S < times[-1] <= 1000
    assert state(submitter) == "stopped"


def test_nothing_is_submitted_again_before_its_hash_was_looked_for():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, UNKNOWN)
    assert submitter.due(0.9) == []
    look(submitter, 1, None)
    assert submitter.due(1) == []
    look(submitter, 3, THERE)
    assert state(submitter) == "settled"
    assert submitter.due(1000) == []


def test_a_server_that_asks_for_peace_gets_it():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, SubmitOutcome(SubmitStatus.UNKNOWN, retry_after_s=77))
    assert submitter.due(76) == []
    assert len(submitter.due(77)) == 1


def test_the_number_of_submissions_is_bounded():
    endless = prepared_withdrawal(SETTINGS, max_time_s=10**9)
    submitter = submitter_with(*AUDITORS[:2], prepared=endless)
    submissions = 0
    for now in range(0, 40 * SUBMISSIONS_MAX, 31):
        for _ in range(2):
            for due in submitter.due(now):
                if due.step is Step.SUBMIT:
                    submissions += 1
                    submitter.submitted(endless.transaction, UNKNOWN, now)
                else:
                    submitter.looked(endless.transaction, NOWHERE, now)
    assert submissions == SUBMISSIONS_MAX
    assert state(submitter) == "stopped"


# --- what a ledger has ------------------------------------------------------------------------------------------------


def test_what_a_ledger_has_waits_for_the_auditors_word():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, INCLUDED)
    assert submitter.due(500) == []
    assert HASH in submitter


def test_a_failed_operation_is_looked_for_and_waits_for_the_auditors_word():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, SubmitOutcome(SubmitStatus.FAILED, "tx_failed", ("op_no_trust",)))
    look(submitter, 0, THERE)
    assert (state(submitter), problem(submitter)) == ("settled", None)
    assert submitter.due(500) == []


def test_an_operation_that_was_refused_before_a_ledger_stops_it_and_rings(caplog):
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, SubmitOutcome(SubmitStatus.FAILED, "tx_failed", ("op_bad_auth",)))
    look(submitter, 0, NOWHERE)
    assert state(submitter) == "stopped"
    assert "op_bad_auth" in problem(submitter)
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


# --- sequence numbers -------------------------------------------------------------------------------------------------


def test_bad_sequence_of_what_a_ledger_has_is_fine():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, rejected("tx_bad_seq"))
    due = look(submitter, 0, Sighting(is_in_ledger=True, channel_sequence=1))
    assert due.channel == PREPARED.channel
    assert (state(submitter), problem(submitter)) == ("settled", None)


def test_a_number_that_another_transaction_has_used_stops_it_and_rings():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, rejected("tx_bad_seq"))
    look(submitter, 0, Sighting(is_in_ledger=False, channel_sequence=1))
    assert state(submitter) == "stopped"
    assert problem(submitter) == "another transaction has used sequence number 1"
    assert steps(submitter, STOPPED_LOOK_S) == [Step.LOOK_UP]


def test_an_earlier_number_that_is_missing_holds_it_until_it_is_there():
    later = prepared_withdrawal(SETTINGS, sequence=3)
    submitter = submitter_with(*AUDITORS[:2], prepared=later)
    first = submit(submitter, 0, rejected("tx_bad_seq"))
    look(submitter, 0, Sighting(is_in_ledger=False, channel_sequence=1))
    assert state(submitter) == "held"
    assert submitter.due(HELD_RETRY_S - 1) == []
    assert submit(submitter, HELD_RETRY_S, INCLUDED) == first


def test_a_stopped_task_that_a_ledger_has_after_all_is_settled():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, rejected("tx_bad_seq"))
    look(submitter, 0, Sighting(is_in_ledger=False, channel_sequence=1))
    look(submitter, STOPPED_LOOK_S, NOWHERE)
    look(submitter, 2 * STOPPED_LOOK_S, THERE)
    assert (state(submitter), problem(submitter)) == ("settled", None)


# --- time bounds and signatures that are refused ----------------------------------------------------------------------


def test_what_is_too_late_is_not_sent_again():
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, rejected("tx_too_late"))
    assert state(submitter) == "stopped"
    for now in range(0, 300, 10):
        for due in submitter.due(now):
            assert due.step is Step.LOOK_UP
            submitter.looked(HASH, NOWHERE, now)


@pytest.mark.parametrize("code", ["tx_bad_auth", "tx_bad_auth_extra"])
def test_signatures_that_the_ledger_refuses_stop_it_and_ring(code, caplog):
    submitter = submitter_with(*AUDITORS[:2])
    submit(submitter, 0, rejected(code))
    assert state(submitter) == "stopped"
    assert code in problem(submitter)
    assert "ERROR" in [record.levelname for record in caplog.records]
    assert steps(submitter, 500) == [Step.LOOK_UP]


# --- fees -------------------------------------------------------------------------------------------------------------


def test_without_an_account_for_bumps_a_low_fee_waits_and_says_so(caplog):
    submitter = submitter_with(*AUDITORS[:2])
    first = submit(submitter, 0, rejected("tx_insufficient_fee"))
    assert state(submitter) == "fee_too_low"
    assert problem(submitter) == "tx_insufficient_fee, and there is no account for fee bumps"
    assert submitter.due(REJECTED_RETRY_S - 1) == []
    assert submit(submitter, REJECTED_RETRY_S, rejected("tx_insufficient_fee")) == first
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


def test_a_bump_pays_more_for_the_same_signatures():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper())
    first = submit(submitter, 0, rejected("tx_insufficient_fee"))
    bid(submitter, 0, FeeStats(7, 5_000, 20_000))
    envelope = bump(submit(submitter, 0, INCLUDED))
    assert envelope.transaction.inner_transaction_envelope.to_xdr() == first
    assert envelope.transaction.inner_transaction_envelope.hash() == HASH
    assert envelope.transaction.fee_source.account_id == PAYER.address
    assert envelope.transaction.fee == 2 * 20_000
    [signature] = envelope.signatures
    assert signature.signature == PAYER.sign(envelope.hash())
    assert state(submitter) == "settled"


def test_a_bid_that_was_refused_is_raised_up_to_the_cap():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper(cap=9_000))
    submit(submitter, 0, rejected("tx_insufficient_fee"))
    fees = []
    for _ in range(3):
        bid(submitter, 0, FeeStats(7, 100, 100))
        if not steps(submitter, 0):
            break
        fees.append(bump(submitter._tracked[HASH].sent_xdr).transaction.fee)
        submitter.submitted(HASH, rejected("tx_insufficient_fee"), 0)
    assert fees == [2 * 2_000, 2 * 4_000, 9_000]
    bid(submitter, 0, FeeStats(7, 100, 100))
    assert state(submitter) == "fee_too_low"
    assert "cap" in problem(submitter)
    assert submitter.due(REJECTED_RETRY_S - 1) == []
    assert bump(submit(submitter, REJECTED_RETRY_S, UNKNOWN)).transaction.fee == 9_000


def test_what_may_be_pending_is_replaced_by_ten_times_its_rate():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper())
    now = 0
    for _ in range(2):
        submit(submitter, now, UNKNOWN)
        now += 10
        look(submitter, now, NOWHERE)
    bid(submitter, now, FeeStats(7, 100, 3_000))
    assert bump(submit(submitter, now, INCLUDED)).transaction.fee == 2 * 10 * 1_000


def test_what_may_be_pending_is_left_alone_when_others_offer_no_more():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper())
    first = submit(submitter, 0, UNKNOWN)
    look(submitter, 10, NOWHERE)
    submit(submitter, 10, UNKNOWN)
    look(submitter, 20, NOWHERE)
    bid(submitter, 20, FeeStats(7, 100, 1_000))
    assert submit(submitter, 20, INCLUDED) == first


def test_what_may_be_pending_is_left_alone_when_the_cap_forbids_ten_times_its_rate():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper(cap=19_999))
    for now in (0, 10):
        submit(submitter, now, UNKNOWN)
        look(submitter, now + 10, NOWHERE)
    bid(submitter, 20, FeeStats(7, 100, 3_000))
    assert state(submitter) == "fee_too_low"
    assert steps(submitter, 20 + REJECTED_RETRY_S) == [Step.SUBMIT]


def test_a_bump_is_sent_again_as_the_same_bytes():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper())
    submit(submitter, 0, rejected("tx_insufficient_fee"))
    bid(submitter, 0, FeeStats(7, 100, 100))
    sent = submit(submitter, 0, UNKNOWN)
    look(submitter, 5, NOWHERE)
    assert submit(submitter, 5, UNKNOWN) == sent


def test_nobody_knows_the_fees_then_it_asks_again():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper())
    submit(submitter, 0, rejected("tx_insufficient_fee"))
    bid(submitter, 0, None)
    submit(submitter, REJECTED_RETRY_S, rejected("tx_insufficient_fee"))
    assert steps(submitter, REJECTED_RETRY_S) == [Step.BID]


def test_a_channel_without_lumens_is_helped_and_an_empty_payer_rings():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper())
    submit(submitter, 0, rejected("tx_insufficient_balance"))
    bid(submitter, 0, FeeStats(7, 100, 100))
    submit(submitter, 0, rejected("tx_insufficient_balance"))
    assert PAYER.address in problem(submitter)
    assert steps(submitter, REJECTED_RETRY_S) == [Step.SUBMIT]


def test_a_bump_with_a_wrong_signature_falls_back_to_what_is_inside():
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper())
    first = submit(submitter, 0, rejected("tx_insufficient_fee"))
    bid(submitter, 0, FeeStats(7, 100, 100))
    submit(submitter, 0, rejected("tx_bad_auth"))
    assert state(submitter) == "fee_too_low"
    assert submit(submitter, REJECTED_RETRY_S, rejected("tx_bad_auth")) == first
    assert state(submitter) == "stopped"


def test_a_new_alpha_bumps_what_is_signed():
    """It offers more before it has handed in anything: nobody answered whether an earlier alpha had."""
    submitter = submitter_with(*AUDITORS[:2], bumper=bumper(), is_new_alpha=True)
    look(submitter, 0, None)
    look(submitter, 10, None)
    look(submitter, 20, NOWHERE)
    bid(submitter, 20, FeeStats(7, 100, 5_000))
    inner = bump(submit(submitter, 20, rejected("tx_bad_auth"))).transaction.inner_transaction_envelope
    assert len(inner.signatures) == 2
    assert signers_of(submit(submitter, 20 + REJECTED_RETRY_S, INCLUDED)) == signers_of(inner.to_xdr())


# --- answers that nobody foresaw --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", [None, "tx_internal_error", "tx_malformed", "tx_soroban_invalid", "tx_frozen_key_accessed", "tx_new_code"]
)
def test_a_code_that_is_not_known_is_unknown_looked_up_and_rings(code, caplog):
    submitter = submitter_with(*AUDITORS[:2])
    first = submit(submitter, 0, rejected(code))
    assert state(submitter) == "unknown"
    assert "ERROR" in [record.levelname for record in caplog.records]
    assert problem(submitter).startswith("the network's answer is not understood")
    look(submitter, 1, NOWHERE)
    assert submit(submitter, 1, INCLUDED) == first


# --- everything together ----------------------------------------------------------------------------------------------

OUTCOMES = [
    UNKNOWN, INCLUDED, SubmitOutcome(SubmitStatus.FAILED, "tx_failed"),
    *(rejected(code) for code in (
        None, "tx_bad_seq", "tx_insufficient_fee", "tx_insufficient_balance", "tx_too_late", "tx_bad_auth",
        "tx_bad_auth_extra", "tx_else",
    )),
]  # fmt: skip
SIGHTINGS = [None, NOWHERE, THERE, *(Sighting(is_in_ledger=False, channel_sequence=number) for number in (0, 1, 2))]
STATS = [None, FeeStats(1, 100, 100), FeeStats(1, 100, 50_000), FeeStats(1, 10**9, 10**9)]


@given(st.data(), st.booleans(), st.booleans())
def test_whatever_is_answered_it_is_one_transaction_and_never_a_busy_loop(data, has_bumper, is_new_alpha):
    chosen = bumper() if has_bumper else None
    submitter = submitter_with(*AUDITORS[:2], bumper=chosen, is_new_alpha=is_new_alpha)
    now, asked = 0.0, 0
    while now < 1500:
        for _ in range(40):
            due = submitter.due(now)
            if not due:
                break
            asked += 1
            [item] = due
            if item.step is Step.SUBMIT:
                assert now <= PREPARED.max_time_s
                envelope = item.envelope_xdr
                try:
                    inner = TransactionEnvelope.from_xdr(envelope, PASSPHRASE)
                except ValueError:
                    assert bump(envelope).transaction.fee <= CAP
                    inner = bump(envelope).transaction.inner_transaction_envelope
                assert inner.hash() == HASH
                assert len(inner.signatures) == 2
                submitter.submitted(HASH, data.draw(st.sampled_from(OUTCOMES)), now)
            elif item.step is Step.LOOK_UP:
                submitter.looked(HASH, data.draw(st.sampled_from(SIGHTINGS)), now)
            else:
                submitter.fees_asked(HASH, data.draw(st.sampled_from(STATS)), now)
        else:
            raise AssertionError("it never stops to ask")
        now += 25
    assert asked <= 4 * SUBMISSIONS_MAX
    [task] = submitter.describe()
    assert task["state"] in ("settled", "stopped", "unknown", "fee_too_low", "held")


def signers_of(envelope_xdr):
    """The hints in the signatures of what was handed in."""
    envelope = TransactionEnvelope.from_xdr(envelope_xdr, PASSPHRASE)
    return {signature.signature_hint for signature in envelope.signatures}


NEWCOMER = key(901)
OLD_SIGNERS = {AUDITORS[0].public[-4:], AUDITORS[1].public[-4:]}
NEW_SIGNERS = {NEWCOMER.public[-4:], AUDITORS[1].public[-4:]}


class KeyChange:
    """An auditor changes its key: what the old one signed is worth nothing once the ledger has the new one."""

    def __init__(self, bumper=None):
        self.state = state_with(SETTINGS, PREPARED)
        self.state.settings = replace(SETTINGS, auditors=[*SETTINGS.auditors[1:], NEWCOMER.public])
        self.submitter = TaskSubmitter(bumper)
        self.submitter.track(self.state, PREPARED)
        for auditor in (NEWCOMER, AUDITORS[0], AUDITORS[1]):
            assert self.submitter.receive_signature(auditor.public, auditor_signature(auditor, HASH))

    def land(self):
        """The ledger has the new one."""
        settings = self.state.settings
        self.state.signers = LedgerSigners(settings.auditors, settings.quorum_rule)
        self.submitter.follow(self.state)


def test_when_others_sign_on_the_ledger_the_bytes_are_made_anew_of_their_signatures():
    change = KeyChange()
    submitter = change.submitter
    assert submitter.signatures(HASH) == 2
    assert signers_of(submit(submitter, 0, rejected("tx_bad_seq"))) == OLD_SIGNERS
    change.land()
    look(submitter, 100, NOWHERE)
    assert signers_of(submit(submitter, 200, INCLUDED)) == NEW_SIGNERS


def test_when_others_sign_on_the_ledger_a_bump_is_made_anew_and_offers_the_same():
    change = KeyChange(bumper())
    submitter = change.submitter
    submit(submitter, 0, rejected("tx_insufficient_fee"))
    bid(submitter, 0, FeeStats(7, 100, 5_000))
    change.land()
    again = bump(submit(submitter, 0, INCLUDED)).transaction
    assert again.fee == 2 * 5_000
    assert signers_of(again.inner_transaction_envelope.to_xdr()) == NEW_SIGNERS


def test_what_the_ledger_refused_of_the_old_signers_is_handed_in_with_the_new_ones():
    change = KeyChange()
    submitter = change.submitter
    submit(submitter, 0, rejected("tx_bad_auth"))
    assert state(submitter) == "stopped"
    change.land()
    assert state(submitter) == "unknown"
    assert problem(submitter) is None
    look(submitter, 1, NOWHERE)
    assert signers_of(submit(submitter, 1, INCLUDED)) == NEW_SIGNERS


def test_a_refusal_that_arrives_after_others_sign_does_not_stop_it():
    change = KeyChange()
    submitter = change.submitter
    [due] = submitter.due(0)
    change.land()
    submitter.submitted(due.transaction, rejected("tx_bad_auth"), 0)
    look(submitter, 0, NOWHERE)
    assert signers_of(submit(submitter, 0, INCLUDED)) == NEW_SIGNERS
