import pytest

from constellation.vault import Account, Balance


def test_a_new_account_has_used_nothing() -> None:
    account = Account(b"\x01" * 32)
    assert (account.key, account.nonce, account.effect_number) == (b"\x01" * 32, 0, 0)
    assert (account.balances, account.orders, account.withdrawals) == ({}, {}, {})


def test_a_new_balance_is_empty() -> None:
    balance = Balance()
    assert (balance.amount, balance.liabilities) == (0, 0)


def test_orders_and_withdrawals_come_in_their_order_and_go() -> None:
    account = Account(b"\x01" * 32)
    for number in (3, 5, 4):
        account.add_order(number)
        account.add_withdrawal(10 * number)
    assert (list(account.orders), list(account.withdrawals)) == ([3, 5, 4], [30, 50, 40])
    account.remove_order(5)
    account.remove_withdrawal(30)
    assert (list(account.orders), list(account.withdrawals)) == ([3, 4], [50, 40])
    for number in (3, 4):
        account.remove_order(number)
    for number in (50, 40):
        account.remove_withdrawal(number)
    assert (account.orders, account.withdrawals) == ({}, {})


def test_what_an_account_does_not_have_cannot_go() -> None:
    account = Account(b"\x01" * 32)
    with pytest.raises(AssertionError):
        account.remove_order(1)
    account.add_withdrawal(1)
    with pytest.raises(KeyError):
        account.remove_withdrawal(2)


def test_accounts_have_nothing_in_common() -> None:
    one, other = Account(b"\x01" * 32), Account(b"\x02" * 32)
    one.add_order(1)
    assert dict(other.orders) == {}
    other.orders[2] = None  # type: ignore[index]
    assert (dict(other.orders), dict(Account(b"\x03" * 32).orders)) == ({}, {})
