import pytest
from stellar_sdk import AccountMerge, BumpSequence, CreateAccount, ManageData, Payment

from tests.sandbox.world import LUMEN, NATIVE, World, key, total_lumens


@pytest.fixture
def world():
    return World("alice", "bob")


def create(name, balance):
    return CreateAccount(key(name).public_key, balance)


def merge(name):
    return AccountMerge(key(name).public_key)


def test_create_account(world):
    record = world.apply("alice", create("carol", "1"))
    account = world.account("carol")
    assert (account.balance, account.sequence) == (LUMEN, record.ledger << 32)


def test_create_account_failures(world):
    assert world.failed("alice", create("bob", "5")) == ["op_already_exists"]
    assert world.failed("alice", create("carol", "0.9999999")) == ["op_low_reserve"]
    assert world.failed("alice", create("carol", "9999.5")) == ["op_underfunded"]
    assert world.rejected("alice", create("alice", "5")) == ["op_malformed"]


def test_merge_carries_the_amount_in_its_result(world):
    record = world.apply("alice", merge("bob"))
    assert world.account("alice") is None
    assert world.balance("bob") == 20_000 * LUMEN - 100
    result = record.result.result.results[0].tr.account_merge_result
    assert result.source_account_balance.int64 == 10_000 * LUMEN - 100
    assert record.result.to_xdr() == "AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAAIAAAAAAAAABdIduecAAAAAA=="
    assert total_lumens(world.ledger) == 10**18


def test_merge_failures(world):
    assert world.failed("alice", merge("nobody")) == ["op_no_account"]
    assert world.rejected("alice", merge("alice")) == ["op_malformed"]
    world.apply("alice", ManageData("note", "x"))
    assert world.failed("alice", merge("bob")) == ["op_has_sub_entries"]
    world.apply("alice", ManageData("note", None))
    world.apply("alice", BumpSequence(2**50))
    assert world.failed("alice", merge("bob")) == ["op_seq_num_too_far"]


def test_nothing_happens_after_a_merge_in_the_same_transaction(world):
    pay = Payment(key("bob").public_key, NATIVE, "1")
    assert world.failed("alice", merge("bob"), pay) == ["op_success", "op_no_source_account"]
    assert world.account("alice") is not None


def test_a_merged_account_can_be_created_again(world):
    world.apply("alice", merge("bob"))
    world.apply("bob", create("alice", "5"))
    assert world.balance("alice") == 5 * LUMEN


def test_manage_data(world):
    world.apply("alice", ManageData("config.memo_required", "1"))
    assert world.account("alice").data == {"config.memo_required": b"1"}
    assert world.account("alice").subentry_count == 1
    world.apply("alice", ManageData("config.memo_required", "2"))
    world.apply("alice", ManageData("config.memo_required", None))
    assert world.account("alice").data == {}
    assert world.failed("alice", ManageData("config.memo_required", None)) == ["op_data_name_not_found"]
    assert world.rejected("alice", ManageData("tab\t", "x")) == ["op_data_invalid_name"]


def test_each_entry_takes_its_reserve(world):
    world.apply("alice", create("poor", "1.5000200"))
    assert world.apply("poor", ManageData("one", "1")).is_successful
    world.apply("alice", Payment(key("poor").public_key, NATIVE, "0.0000100"))
    assert world.failed("poor", ManageData("two", "2")) == ["op_low_reserve"]


def test_bump_sequence(world):
    sequence = world.account("alice").sequence
    world.apply("alice", BumpSequence(sequence + 100))
    assert world.account("alice").sequence == sequence + 100
    assert world.apply("alice", BumpSequence(5)).is_successful
    assert world.account("alice").sequence == sequence + 101
