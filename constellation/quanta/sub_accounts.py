"""Sub-accounts: accounts that an account's owner owns, too, each with its own balances, orders, agents and lock.

Nobody has the seed of a sub-account's key. Its owner is noted in it, as of an account whose key was rotated, so that
whoever looks at it alone knows who may sign; a rotation of the parent's key goes through all that are open.
Opening is a fresh start like a rotation: what was signed before is never executed after it.
"""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    AccountOpened,
    AgentDismissed,
    CancelAllScheduled,
    Code,
    MergeSubAccount,
    OpenSubAccount,
    PaymentReceived,
    PaymentSent,
    SubAccountMerged,
    SubAccountOf,
    SubAccountOpened,
)
from constellation.protocol.sub_accounts import MAX_SUB_ACCOUNTS, sub_account_key
from constellation.quanta.context import Context
from constellation.quanta.locks import check_unlocked
from constellation.quanta.request import check_amount, check_funds
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import RESERVE_ASSET, Account


def execute_open_sub_account(context: Context, account: Account, operation: OpenSubAccount) -> None:
    """Open a sub-account with lumens of its parent; money that is there already becomes the owner's.

    Raises:
        Rejection: IS_SUB_ACCOUNT, INVALID_SUB_ACCOUNT, SUB_ACCOUNT_OPEN, INVALID_AMOUNT, SUSPENDED_ASSET,
            INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state, number, amount = context.state, operation.number, operation.amount
    check_is_no_sub_account(account)
    if not 1 <= number <= MAX_SUB_ACCOUNTS:
        raise Rejection(
            Code.INVALID_SUB_ACCOUNT, f"sub-accounts are numbered from 1 to {MAX_SUB_ACCOUNTS}, not {number}"
        )
    if account.keys is not None and number in account.keys.sub_accounts:
        raise Rejection(Code.SUB_ACCOUNT_OPEN, f"sub-account {number} is open")
    check_amount(amount)
    if amount < state.settings.minimum_balance:
        raise Rejection(
            Code.INVALID_AMOUNT, f"a sub-account needs at least {state.settings.minimum_balance} stroops of lumens"
        )
    check_not_suspended(state, RESERVE_ASSET)
    check_funds(state, account, RESERVE_ASSET, amount)
    key = sub_account_key(account.key, number)
    opened = state.vault.accounts.get(key)
    if opened is None:
        opened = state.vault.open_account(key)
        context.emit(key, AccountOpened(key))
    keys = account.keys_to_change()
    keys.sub_accounts = sorted([*keys.sub_accounts, number])
    own = opened.keys_to_change()
    own.owner, own.parent = keys.owner or account.key, SubAccountOf(account.key, number)
    opened.nonce = context.timestamp
    _move(context, account, opened, RESERVE_ASSET, amount)
    for told in (account.key, key):
        context.emit(told, SubAccountOpened(account.key, number, key))


def execute_merge_sub_account(context: Context, account: Account, operation: MergeSubAccount) -> None:
    """Give all that a sub-account has to its parent; nobody signs for it until it is opened anew.

    Its routing id and its lock stay, and its counters as those of an account that is closed.

    Raises:
        Rejection: NO_SUB_ACCOUNT, ACCOUNT_LOCKED, ACCOUNT_NOT_EMPTY or SUSPENDED_ASSET.
    """
    vault, keys, number = context.state.vault, account.keys, operation.number
    if keys is None or number not in keys.sub_accounts:
        raise Rejection(Code.NO_SUB_ACCOUNT, f"the account has no open sub-account {number}")
    merged = vault.accounts[sub_account_key(account.key, number)]
    check_unlocked(merged, LOCK_PAYMENTS, f"sub-account {number}", context.timestamp)
    if merged.orders or merged.withdrawals or merged.holds:
        raise Rejection(Code.ACCOUNT_NOT_EMPTY, "cancel open orders and wait for withdrawals and holds before merging")
    balances = sorted(merged.balances.items())
    moved = [(asset, balance.amount) for asset, balance in balances if balance.amount]
    for asset, _ in moved:
        check_not_suspended(context.state, asset)
    for asset, amount in moved:
        _move(context, merged, account, asset, amount)
    if merged.cancel_all_at is not None:
        vault.schedule_cancel_all(merged, None)
        context.emit(merged.key, CancelAllScheduled(None))
    dismiss_agents(context, merged)
    own = merged.keys_to_change()
    own.owner = own.parent = None
    keys.sub_accounts = [other for other in keys.sub_accounts if other != number]
    for told in (account.key, merged.key):
        context.emit(told, SubAccountMerged(account.key, number, merged.key))


def check_is_no_sub_account(account: Account) -> None:
    """An account must own itself.

    Raises:
        Rejection: IS_SUB_ACCOUNT.
    """
    if account.keys is not None and account.keys.parent is not None:
        raise Rejection(Code.IS_SUB_ACCOUNT, "the account is a sub-account: ask for it with its parent")


def family(context: Context, account: Account) -> list[Account]:
    """An account and its open sub-accounts, by number."""
    numbers = [] if account.keys is None else account.keys.sub_accounts
    accounts = context.state.vault.accounts
    return [account, *(accounts[sub_account_key(account.key, number)] for number in numbers)]


def dismiss_agents(context: Context, account: Account) -> None:
    """Take all rights from all agents of an account."""
    keys = account.keys_to_change()
    dismissed, keys.agents = keys.agents, []
    for agent in dismissed:
        context.emit(account.key, AgentDismissed(agent.key))


def _move(context: Context, source: Account, destination: Account, asset: int, amount: int) -> None:
    vault = context.state.vault
    vault.debit(source, asset, amount)
    vault.credit(destination, asset, amount)
    context.emit(source.key, PaymentSent(destination.key, asset, amount))
    context.emit(destination.key, PaymentReceived(source.key, asset, amount))
