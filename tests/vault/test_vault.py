from collections.abc import Callable

import pytest

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import AssetSettings, CreditAsset
from constellation.vault import RESERVE_ASSET, Account, AssetRegistry, Vault

USD = 1
ALICE, BOB = b"\x0a" * 32, b"\x0b" * 32


@pytest.fixture
def vault() -> Vault:
    assets = AssetRegistry([AssetSettings(None, 1, 0), AssetSettings(CreditAsset("USD", b"\x01" * 32), 1, 0)])
    return Vault(assets, minimum_balance=100)


def opened(vault: Vault, amount: int, asset: int = USD, key: bytes = ALICE) -> Account:
    account = vault.open_account(key)
    vault.deposit(account, asset, amount)
    return account


def money(account: Account, asset: int = USD) -> tuple[int, int]:
    balance = account.balances[asset]
    return balance.amount, balance.liabilities


def test_an_account_cannot_be_opened_twice(vault: Vault) -> None:
    vault.open_account(ALICE)
    with pytest.raises(AssertionError):
        vault.open_account(ALICE)


def test_what_an_account_never_had_is_not_available(vault: Vault) -> None:
    account = vault.open_account(ALICE)
    assert (vault.available(account, USD), vault.available(account, RESERVE_ASSET)) == (0, 0)
    assert account.balances == {}


@pytest.mark.parametrize(("amount", "available"), [(1, 0), (99, 0), (100, 0), (101, 1), (INT64_MAX, INT64_MAX - 100)])
def test_the_minimum_balance_of_lumens_is_not_available(vault: Vault, amount: int, available: int) -> None:
    assert vault.available(opened(vault, amount, RESERVE_ASSET), RESERVE_ASSET) == available


def test_the_minimum_balance_concerns_lumens_alone(vault: Vault) -> None:
    assert vault.available(opened(vault, 7), USD) == 7


def test_locked_money_is_not_available(vault: Vault) -> None:
    account = opened(vault, 1_000, RESERVE_ASSET)
    vault.lock(account, RESERVE_ASSET, 300)
    assert vault.available(account, RESERVE_ASSET) == 600


def test_money_is_locked_freed_and_spent_from_the_lock(vault: Vault) -> None:
    account = opened(vault, 10)
    vault.lock(account, USD, 10)
    assert money(account) == (10, 10)
    vault.unlock(account, USD, 3)
    assert money(account) == (10, 7)
    vault.spend(account, USD, 7)
    assert money(account) == (3, 0)


def test_a_payment_moves_and_the_vault_still_holds_the_same(vault: Vault) -> None:
    alice, bob = opened(vault, 10), vault.open_account(BOB)
    vault.debit(alice, USD, 4)
    vault.credit(bob, USD, 4)
    assert (money(alice), money(bob), vault.held) == ((6, 0), (4, 0), [0, 10])


def test_what_is_paid_out_left_the_vault(vault: Vault) -> None:
    account = opened(vault, 10)
    vault.lock(account, USD, 10)
    vault.pay_out(account, USD, 10)
    assert (money(account), vault.held) == ((0, 0), [0, 0])


@pytest.mark.parametrize(
    "too_much",
    [
        lambda vault, account: vault.lock(account, USD, 8),
        lambda vault, account: vault.debit(account, USD, 8),
        lambda vault, account: vault.unlock(account, USD, 4),
        lambda vault, account: vault.spend(account, USD, 4),
        lambda vault, account: vault.pay_out(account, USD, 4),
    ],
    ids=["lock", "debit", "unlock", "spend", "pay_out"],
)
def test_no_method_takes_one_stroop_too_much(vault: Vault, too_much: Callable[[Vault, Account], None]) -> None:
    account = opened(vault, 10)
    vault.lock(account, USD, 3)
    with pytest.raises(AssertionError):
        too_much(vault, account)


@pytest.mark.parametrize(("amount", "fits"), [(INT64_MAX - 10, True), (INT64_MAX - 9, False), (2 * INT64_MAX, False)])
def test_the_vault_receives_up_to_the_largest_amount(vault: Vault, amount: int, fits: bool) -> None:
    opened(vault, 10)
    assert vault.can_receive_from_ledger(USD, amount) is fits


def test_touched_balances_come_in_the_order_of_the_first_touch_and_once(vault: Vault) -> None:
    alice = opened(vault, 10)
    bob = opened(vault, 10, RESERVE_ASSET, BOB)
    vault.deposit(alice, RESERVE_ASSET, 1)
    vault.deposit(alice, USD, 1)
    touched = vault.take_touched()
    assert list(touched.items()) == [
        (alice.balances[USD], (ALICE, USD)),
        (bob.balances[RESERVE_ASSET], (BOB, RESERVE_ASSET)),
        (alice.balances[RESERVE_ASSET], (ALICE, RESERVE_ASSET)),
    ]
    assert vault.take_touched() == {}
    vault.debit(bob, RESERVE_ASSET, 1)
    assert list(vault.take_touched().values()) == [(BOB, RESERVE_ASSET)]
