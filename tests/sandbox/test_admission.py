import pytest
from stellar_sdk import (
    Account,
    BumpSequence,
    CreateAccount,
    Inflation,
    Payment,
    SetOptions,
    Signer,
    TransactionBuilder,
)

from constellation.sandbox import MalformedEnvelopeError, SubmissionStatus
from constellation.sandbox.results import result_codes
from tests.sandbox.world import LUMEN, NATIVE, World, codes, key


def pay(amount="1", destination="bob", source=None):
    source_id = key(source).public_key if source else None
    return Payment(key(destination).public_key, NATIVE, amount, source=source_id)


@pytest.fixture
def world():
    return World("alice", "bob", "carol")


def test_a_valid_transaction_is_pending_then_in_the_next_ledger(world):
    submission = world.submit("alice", pay())
    assert submission.status is SubmissionStatus.PENDING
    closed = world.close()
    assert [record.hash for record in closed.transactions] == [submission.hash]


@pytest.mark.parametrize("ahead", [-1, 1])
def test_wrong_sequence_numbers_are_refused(world, ahead):
    assert world.rejected("alice", pay(), sequence_ahead=ahead) == ["tx_bad_seq"]


def test_time_bounds_are_held_against_the_last_close_time(world):
    assert world.rejected("alice", pay(), bounds=(0, world.now - 1)) == ["tx_too_late"]
    assert world.rejected("alice", pay(), bounds=(world.now + 1, 0)) == ["tx_too_early"]
    assert world.submit("alice", pay(), bounds=(world.now, world.now + 60)).error is None


def test_a_transaction_that_expires_in_the_queue_is_in_no_ledger(world):
    submission = world.submit("alice", pay(), bounds=(0, world.now + 2))
    closed = world.close(seconds=5)
    assert closed.dropped == (submission.hash,)
    assert closed.transactions == ()
    assert world.ledger.history.transaction(submission.hash) is None
    assert world.balance("alice") == 10_000 * LUMEN


def test_ledger_bounds(world):
    following = world.ledger.latest.sequence + 1
    early = {"adjust": lambda builder: builder.set_ledger_bounds(following + 1, 0)}
    late = {"adjust": lambda builder: builder.set_ledger_bounds(0, following)}
    assert world.rejected("alice", pay(), **early) == ["tx_too_early"]
    assert world.rejected("alice", pay(), **late) == ["tx_too_late"]


def test_fees(world):
    assert world.rejected("alice", pay(), pay(), base_fee=99) == ["tx_insufficient_fee"]
    record = world.apply("alice", pay(), pay(), base_fee=5_000)
    assert (record.envelope.max_fee, record.fee_charged) == (10_000, 200)


def test_a_missing_source(world):
    assert world.rejected("nobody", pay()) == ["tx_no_source_account"]


def test_signatures(world):
    assert world.rejected("alice", pay(), signers=()) == ["tx_bad_auth"]
    assert world.rejected("alice", pay(), signers=("bob",)) == ["tx_bad_auth"]
    assert world.rejected("alice", pay(), signers=("alice", "bob")) == ["tx_bad_auth_extra"]


def test_the_other_networks_signature_is_none(world):
    other = World("alice", "bob", network_passphrase="Another network ; 2026")
    envelope = other.envelope("alice", pay())
    assert codes(world.ledger.submit(envelope.to_xdr())) == ["tx_bad_auth"]


def test_an_operation_needs_its_own_source(world):
    assert world.rejected("alice", pay(source="carol")) == ["op_bad_auth"]
    assert world.rejected("alice", pay(), pay(source="carol")) == ["op_success", "op_bad_auth"]
    assert world.apply("alice", pay(source="carol"), signers=("alice", "carol")).is_successful
    assert world.rejected("alice", pay(source="nobody")) == ["op_bad_auth"]


def test_an_account_can_act_in_the_transaction_that_creates_it(world):
    create = CreateAccount(key("dave").public_key, "5")
    record = world.apply("alice", create, pay(source="dave"), signers=("alice", "dave"))
    assert record.is_successful
    assert world.balance("dave") == 4 * LUMEN


def test_unsupported_operations_are_refused_cleanly(world):
    assert world.rejected("alice", pay(), Inflation()) == ["op_success", "op_not_supported"]


def test_the_balance_above_the_reserve_must_cover_the_fee(world):
    world.apply("alice", CreateAccount(key("poor").public_key, "1"))
    assert world.rejected("poor", BumpSequence(0)) == ["tx_insufficient_balance"]


def test_one_transaction_per_source_and_ledger(world):
    first = world.envelope("alice", pay())
    assert world.ledger.submit(first.to_xdr()).status is SubmissionStatus.PENDING
    assert world.ledger.submit(first.to_xdr()).status is SubmissionStatus.DUPLICATE
    second = world.submit("alice", pay(), sequence_ahead=1)
    assert second.status is SubmissionStatus.TRY_AGAIN_LATER
    assert world.rejected("alice", pay(), sequence_ahead=-1) == ["tx_bad_seq"]
    world.close()
    assert world.submit("alice", pay()).status is SubmissionStatus.PENDING


def test_pending_fees_of_one_payer_add_up(world):
    world.apply("alice", CreateAccount(key("payer").public_key, "1.0000500"))
    assert world.ledger.submit(bump(world, "bob", "payer", 200)).status is SubmissionStatus.PENDING
    assert world.ledger.submit(bump(world, "carol", "payer", 200)).status is SubmissionStatus.PENDING
    assert codes(world.ledger.submit(bump(world, "alice", "payer", 200))) == ["tx_insufficient_balance"]


def bump(world, source, payer, fee, **options):
    """Returns a payment of `source` for which `payer` bids `fee` in all."""
    inner = world.envelope(source, pay(destination="alice" if source != "alice" else "bob"), **options)
    outer = TransactionBuilder.build_fee_bump_transaction(key(payer), fee // 2, inner, world.ledger.network_passphrase)
    outer.sign(key(payer))
    return outer.to_xdr()


def test_a_fee_bump_pays_for_another(world):
    before = world.balance("alice")
    submission = world.ledger.submit(bump(world, "alice", "carol", 1_000))
    (record,) = world.close().transactions
    assert record.is_successful
    assert world.balance("alice") == before - LUMEN
    assert world.balance("carol") == 10_000 * LUMEN - 200
    assert result_codes(record.result)["transaction"] == "tx_fee_bump_inner_success"
    history = world.ledger.history
    assert history.transaction(submission.hash) is record
    assert history.transaction(record.envelope.transaction.hash.hex()) is record


def test_a_fee_bump_replaces_a_pending_transaction_for_ten_times_the_fee(world):
    world.submit("alice", pay())
    cheap = world.ledger.submit(bump(world, "alice", "carol", 1_998))
    assert codes(cheap) == ["tx_insufficient_fee"]
    assert cheap.error.fee_charged.int64 == 2_000
    dear = world.ledger.submit(bump(world, "alice", "carol", 2_000))
    assert dear.status is SubmissionStatus.PENDING
    assert [record.hash for record in world.close().transactions] == [dear.hash]


def test_a_fee_bump_around_an_invalid_transaction(world):
    submission = world.ledger.submit(bump(world, "alice", "carol", 400, sequence_ahead=3))
    found = result_codes(submission.error)
    assert found == {"transaction": "tx_fee_bump_inner_failed", "inner_transaction": "tx_bad_seq"}


def test_minimum_sequence_number_allows_gaps(world):
    sequence = world.account("alice").sequence
    relaxed = {"adjust": lambda builder: builder.set_min_sequence_number(sequence)}
    assert world.apply("alice", pay(), sequence_ahead=5, **relaxed).is_successful
    assert world.account("alice").sequence == sequence + 6


def test_sequence_age_and_ledger_gap(world):
    world.apply("alice", pay())
    old = {"adjust": lambda builder: builder.set_min_sequence_age(20)}
    far = {"adjust": lambda builder: builder.set_min_sequence_ledger_gap(3)}
    assert world.rejected("alice", pay(), **old) == ["tx_bad_minseq_age_or_gap"]
    assert world.rejected("alice", pay(), **far) == ["tx_bad_minseq_age_or_gap"]
    world.close(seconds=20)
    assert world.submit("alice", pay(), **old).error is None


def test_a_transaction_overtaken_in_its_own_ledger_is_in_it_as_failed(world):
    world.submit("bob", BumpSequence(2**40, source=key("alice").public_key), signers=("alice", "bob"))
    world.submit("alice", pay())
    bumped, overtaken = world.close().transactions
    assert bumped.is_successful
    assert result_codes(overtaken.result) == {"transaction": "tx_bad_seq"}
    assert overtaken.fee_charged == 100
    assert world.account("alice").sequence == 2**40


def test_signers_removed_earlier_in_the_same_ledger_no_longer_count(world):
    carol = Signer.ed25519_public_key(key("carol").public_key, 1)
    world.apply("alice", SetOptions(signer=carol))
    gone = SetOptions(signer=Signer.ed25519_public_key(key("carol").public_key, 0), source=key("alice").public_key)
    world.submit("bob", gone, signers=("alice", "bob"))
    world.submit("alice", pay(), signers=("carol",))
    _, late = world.close().transactions
    assert result_codes(late.result) == {"transaction": "tx_bad_auth"}
    # The ledger has its fee and its sequence number all the same.
    assert world.account("alice").sequence == late.envelope.transaction.sequence


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "A" * 100_001, "////" * 20])
def test_garbage_is_malformed(world, text):
    with pytest.raises(MalformedEnvelopeError):
        world.ledger.submit(text)


def test_the_old_envelope_type_is_not_supported(world):
    builder = TransactionBuilder(
        Account(key("alice").public_key, world.account("alice").sequence),
        world.ledger.network_passphrase,
        v1=False,
    )
    envelope = builder.append_operation(pay()).add_time_bounds(0, 0).build()
    envelope.sign(key("alice"))
    submission = world.ledger.submit(envelope.to_xdr())
    assert codes(submission) == ["tx_not_supported"]
    assert submission.hash == envelope.hash_hex()
