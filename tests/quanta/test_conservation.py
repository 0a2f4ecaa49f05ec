"""The query must see whatever does not add up: each fault is made by hand."""

from collections.abc import Callable

import pytest

from constellation.orderbook import Order
from constellation.protocol.messages import Side, SuspenseEntry, SuspenseReason, Withdrawal
from constellation.quanta import State, conservation_errors
from constellation.testing.world import ONE, key_of, to
from tests.quanta.stage import USD, Stage

ALICE = key_of("alice").public


def busy_state() -> State:
    stage = Stage()
    alice, bob = stage.funded("alice", "bob")
    stage.places(alice, Side.BUY, 1_000_000, 2_500)
    stage.places(bob, Side.SELL, 1_000_000, 2_600)
    for _ in range(3):
        stage.runs(alice, Withdrawal(USD, ONE, to(alice)))
    return stage.machine.state


def test_a_busy_state_adds_up() -> None:
    assert conservation_errors(busy_state()) == []


def mint(state: State) -> None:
    state.vault.accounts[ALICE].balances[USD].amount += 1


def burn(state: State) -> None:
    state.vault.accounts[ALICE].balances[USD].amount -= 1


def lock_too_much(state: State) -> None:
    state.vault.accounts[ALICE].balances[USD].liabilities += 1


def forget_the_lock(state: State) -> None:
    state.vault.accounts[ALICE].balances[USD].liabilities = 0


def lose_what_the_vault_holds(state: State) -> None:
    state.vault.held[USD] -= 1


def suspend_what_nobody_sent(state: State) -> None:
    state.suspense.add(
        SuspenseEntry(1, state.assets.identity(USD), 5, ALICE, bytes(32), SuspenseReason.ACCOUNT_NOT_OPEN, 0, None), USD
    )


def forget_a_waiting_withdrawal(state: State) -> None:
    state.desk.waiting.clear()


def forget_a_prepared_withdrawal(state: State) -> None:
    for channel in state.desk.channels.values():
        channel.pending = None


def forget_an_order(state: State) -> None:
    book = state.engine.markets[0].book
    book.remove(next(iter(book)))


def lock_for_a_stranger(state: State) -> None:
    state.engine.markets[0].book.add(Order(99, key_of("nobody").public, 0, Side.BUY, 1_000, 1_000_000))


def cross_the_book(state: State) -> None:
    state.engine.markets[0].book.add(Order(99, ALICE, 0, Side.SELL, 2_500, 1_000_000))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (mint, "the vault holds"),
        (burn, "the vault holds"),
        (lock_too_much, "orders and withdrawals lock"),
        (forget_the_lock, "orders and withdrawals lock"),
        (lose_what_the_vault_holds, "the vault holds"),
        (suspend_what_nobody_sent, "the vault holds"),
        (forget_a_waiting_withdrawal, "orders and withdrawals lock"),
        (forget_a_prepared_withdrawal, "orders and withdrawals lock"),
        (forget_an_order, "orders and withdrawals lock"),
        (lock_for_a_stranger, "locked for nobody"),
        (cross_the_book, "crossed"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_every_fault_is_named(fault: Callable[[State], None], sentence: str) -> None:
    state = busy_state()
    fault(state)
    errors = conservation_errors(state)
    assert any(sentence in error for error in errors), errors
