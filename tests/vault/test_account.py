from constellation.vault import Account, Balance


def test_a_new_account_has_used_nothing() -> None:
    account = Account(b"\x01" * 32)
    assert (account.key, account.nonce, account.effect_number) == (b"\x01" * 32, 0, 0)
    assert (account.balances, account.orders, account.withdrawals) == ({}, {}, {})


def test_a_new_balance_is_empty() -> None:
    balance = Balance()
    assert (balance.amount, balance.liabilities) == (0, 0)
