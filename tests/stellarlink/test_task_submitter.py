"""The withdrawals' way to the ledger, step by step."""

import pytest
from stellar_sdk import TransactionEnvelope

from constellation.stellarlink import SubmitOutcome, SubmitStatus, WithdrawalSubmitter, auditor_signature
from constellation.stellarlink.submitter import REJECTED_RETRY_S, UNKNOWN_RETRY_MAX_S
from tests.stellarlink.support import AUDITORS, OTHER, PASSPHRASE, make_settings, prepared_withdrawal

SETTINGS = make_settings(auditors=3)
PREPARED = prepared_withdrawal(SETTINGS, max_time_s=1000)
UNKNOWN = SubmitOutcome(SubmitStatus.UNKNOWN, detail="HTTP 504")


def submitter_with(*auditors, prepared=PREPARED):
    submitter = WithdrawalSubmitter(SETTINGS)
    submitter.track(SETTINGS, prepared)
    for auditor in auditors:
        assert submitter.receive_signature(auditor.public, auditor_signature(auditor, prepared.transaction))
    return submitter


def test_a_quorum_makes_it_ready():
    submitter = submitter_with(AUDITORS[0])
    assert submitter.ready(0) == []
    submitter.receive_signature(AUDITORS[2].public, auditor_signature(AUDITORS[2], PREPARED.transaction))
    [(transaction_hash, envelope_xdr)] = submitter.ready(0)
    envelope = TransactionEnvelope.from_xdr(envelope_xdr, PASSPHRASE)
    assert transaction_hash == envelope.hash() == PREPARED.transaction
    assert [item.signature for item in envelope.signatures] == [
        AUDITORS[0].sign(transaction_hash),
        AUDITORS[2].sign(transaction_hash),
    ]


def test_more_than_a_quorum_attaches_exactly_a_quorum():
    [(_, envelope_xdr)] = submitter_with(*AUDITORS[:3]).ready(0)
    assert len(TransactionEnvelope.from_xdr(envelope_xdr, PASSPHRASE).signatures) == 2


@pytest.mark.parametrize(
    ("auditor", "signature"),
    [
        (OTHER, auditor_signature(OTHER, PREPARED.transaction)),
        (AUDITORS[1], auditor_signature(AUDITORS[2], PREPARED.transaction)),
        (AUDITORS[0], auditor_signature(AUDITORS[0], PREPARED.transaction)),
        (AUDITORS[1], auditor_signature(AUDITORS[1], bytes(32))),
    ],
    ids=["foreign", "wrong", "double", "unknown transaction"],
)
def test_signatures_that_do_not_count(auditor, signature):
    submitter = submitter_with(AUDITORS[0])
    assert submitter.receive_signature(auditor.public, signature) is False
    assert submitter.signatures(PREPARED.transaction) == 1
    assert submitter.signatures(bytes(32)) == 0
    assert len(submitter) == 1


def test_nothing_is_handed_out_twice_before_its_outcome():
    submitter = submitter_with(*AUDITORS[:2])
    assert len(submitter.ready(0)) == 1
    assert submitter.ready(0) == []


def test_an_unknown_outcome_sends_the_same_bytes_again_and_again_until_the_time_bound():
    submitter = submitter_with(*AUDITORS[:2])
    [(digest, first)] = submitter.ready(0)
    submitter.receive_signature(AUDITORS[2].public, auditor_signature(AUDITORS[2], digest))
    now, sent_at = 0, []
    while now <= 1100:
        for transaction_hash, envelope_xdr in submitter.ready(now):
            assert (transaction_hash, envelope_xdr) == (digest, first)
            sent_at.append(now)
            submitter.record(digest, UNKNOWN, now)
        if now == 0:
            submitter.record(digest, UNKNOWN, now)
        now += 1
    waits = [later - earlier for earlier, later in zip([0, *sent_at], sent_at, strict=False)]
    assert waits[:6] == [1, 2, 4, 8, 16, UNKNOWN_RETRY_MAX_S]
    assert max(waits) == UNKNOWN_RETRY_MAX_S
    assert 1000 - UNKNOWN_RETRY_MAX_S < sent_at[-1] <= 1000


def test_a_server_that_asks_for_peace_gets_it():
    submitter = submitter_with(*AUDITORS[:2])
    submitter.ready(0)
    submitter.record(PREPARED.transaction, SubmitOutcome(SubmitStatus.UNKNOWN, retry_after_s=77), 0)
    assert submitter.ready(76) == []
    assert len(submitter.ready(77)) == 1


def test_a_rejection_is_logged_and_tried_again_later(caplog):
    submitter = submitter_with(*AUDITORS[:2])
    submitter.ready(0)
    submitter.record(PREPARED.transaction, SubmitOutcome(SubmitStatus.REJECTED, "tx_insufficient_fee"), 0)
    assert "tx_insufficient_fee" in caplog.text
    assert submitter.ready(REJECTED_RETRY_S - 1) == []
    assert len(submitter.ready(REJECTED_RETRY_S)) == 1


@pytest.mark.parametrize("status", [SubmitStatus.INCLUDED, SubmitStatus.FAILED])
def test_what_the_ledger_took_waits_for_the_ledgers_word(status):
    submitter = submitter_with(*AUDITORS[:2])
    submitter.ready(0)
    submitter.record(PREPARED.transaction, SubmitOutcome(status), 0)
    assert submitter.ready(500) == []
    assert PREPARED.transaction in submitter


def test_what_is_closed_is_forgotten():
    submitter = submitter_with(*AUDITORS[:2])
    submitter.ready(0)
    submitter.forget(PREPARED.transaction)
    submitter.forget(PREPARED.transaction)
    submitter.record(PREPARED.transaction, UNKNOWN, 0)
    assert (len(submitter), submitter.ready(100)) == (0, [])


def test_tracking_again_keeps_the_signatures():
    submitter = submitter_with(AUDITORS[0])
    submitter.track(SETTINGS, PREPARED)
    assert submitter.signatures(PREPARED.transaction) == 1


def test_following_keeps_what_is_open_and_forgets_the_rest():
    other = prepared_withdrawal(SETTINGS, max_time_s=2000)
    submitter = submitter_with(AUDITORS[0])
    submitter.follow(SETTINGS, [PREPARED, other])
    assert len(submitter) == 2
    assert submitter.signatures(PREPARED.transaction) == 1
    submitter.follow(SETTINGS, [other])
    assert PREPARED.transaction not in submitter
    assert other.transaction in submitter
    submitter.follow(SETTINGS, [])
    assert len(submitter) == 0


def test_channels_do_not_wait_for_each_other():
    other = prepared_withdrawal(SETTINGS, channel=1, max_time_s=1000)
    submitter = submitter_with(*AUDITORS[:2])
    submitter.track(SETTINGS, other)
    for auditor in AUDITORS[:2]:
        submitter.receive_signature(auditor.public, auditor_signature(auditor, other.transaction))
    assert [transaction_hash for transaction_hash, _ in submitter.ready(0)] == [
        PREPARED.transaction,
        other.transaction,
    ]


def test_a_withdrawal_that_the_core_derived_differently_is_a_bug():
    wrong = prepared_withdrawal(SETTINGS)
    wrong.max_time_s += 1
    with pytest.raises(AssertionError):
        WithdrawalSubmitter(SETTINGS).track(SETTINGS, wrong)
