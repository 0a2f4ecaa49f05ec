import pytest

from constellation.sandbox.accounts import Account
from constellation.sandbox.state import State


@pytest.fixture
def state():
    state = State()
    state.put_account(Account("a", balance=5, sequence=1))
    return state


def test_a_dropped_layer_leaves_no_trace(state):
    layer = State(state)
    layer.account("a").balance = 6
    layer.account("a").signers["s"] = 1
    layer.put_account(Account("b", balance=1, sequence=1))
    assert (state.peek("a").balance, state.peek("a").signers, state.peek("b")) == (5, {}, None)


def test_a_committed_layer_moves_down_and_is_stamped(state):
    layer = State(state)
    layer.account("a").balance = 6
    layer.commit(7)
    assert (state.peek("a").balance, state.peek("a").last_modified_ledger) == (6, 7)


def test_an_account_only_looked_at_is_not_modified(state):
    layer = State(state)
    layer.account("a")
    layer.commit(7)
    assert state.peek("a").last_modified_ledger == 0


def test_removals_hide_what_is_below(state):
    middle = State(state)
    top = State(middle)
    top.remove_account("a")
    assert top.peek("a") is None
    assert middle.peek("a") is not None
    top.commit(7)
    assert middle.account("a") is None
    middle.commit(7)
    assert state.accounts() == []
