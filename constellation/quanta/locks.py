"""Locks: what not even the owner can ask for, until a time or until the owner unlocks it.

A lock with an end protects against a stolen key: before its end it can be made longer and wider, and nothing else.
Cancels are never locked, and what rests on a book stays there.
"""

from collections.abc import Mapping
from typing import Final

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import LOCK_MAX_US
from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    LOCK_TRADING,
    LOCK_WITHDRAWALS,
    AccountLock,
    CloseAccount,
    Code,
    LimitOrder,
    LockAccount,
    LockChanged,
    MarketOrder,
    OpenHold,
    OpenSubAccount,
    Operation,
    PathPayment,
    Payment,
    ReplaceOrder,
    Withdrawal,
)
from constellation.quanta.context import Context
from constellation.vault import Account

_ALL_LOCKS: Final = LOCK_TRADING | LOCK_PAYMENTS | LOCK_WITHDRAWALS
_LOCKS: Final[Mapping[type, int]] = {
    LimitOrder: LOCK_TRADING,
    MarketOrder: LOCK_TRADING,
    ReplaceOrder: LOCK_TRADING,
    Payment: LOCK_PAYMENTS,
    PathPayment: LOCK_PAYMENTS | LOCK_TRADING,
    OpenHold: LOCK_PAYMENTS,
    OpenSubAccount: LOCK_PAYMENTS,
    Withdrawal: LOCK_WITHDRAWALS,
    CloseAccount: LOCK_WITHDRAWALS,
}
"""What locks an operation, any of it; what is not here is never locked."""


def check_not_locked(account: Account, operation: Operation, timestamp: int) -> None:
    """The owner must not have locked what is asked for.

    Raises:
        Rejection: ACCOUNT_LOCKED.
    """
    check_unlocked(account, _LOCKS.get(type(operation), 0), type(operation).__name__, timestamp)


def check_unlocked(account: Account, locks: int, what: str, timestamp: int) -> None:
    """The account must have none of these locks.

    Raises:
        Rejection: ACCOUNT_LOCKED.
    """
    lock = account.lock
    if lock is None or not lock.locks & locks:
        return
    if lock.until is None:
        raise Rejection(Code.ACCOUNT_LOCKED, f"{what} is locked until the owner unlocks it")
    if timestamp <= lock.until:
        left_us = lock.until - timestamp + 1
        raise Rejection(Code.ACCOUNT_LOCKED, f"{what} is locked for {left_us} microseconds")


def execute_lock_account(context: Context, account: Account, operation: LockAccount) -> None:
    """Replace the lock.

    Raises:
        Rejection: INVALID_LOCK or TIME_LOCKED.
    """
    locks, until, now_us = operation.locks, operation.until, context.timestamp
    if locks > _ALL_LOCKS:
        raise Rejection(Code.INVALID_LOCK, f"locks {locks} have a bit that {_ALL_LOCKS} has not")
    if until is not None and not (locks and now_us <= until <= now_us + LOCK_MAX_US):
        raise Rejection(
            Code.INVALID_LOCK, f"an end must be of a lock, and between now and {LOCK_MAX_US} microseconds ahead"
        )
    old = account.lock
    if old is not None and old.until is not None and now_us <= old.until:
        is_as_wide = locks & old.locks == old.locks
        if not is_as_wide or until is None or until < old.until:
            left_us = old.until - now_us + 1
            raise Rejection(Code.TIME_LOCKED, f"for {left_us} microseconds the lock can only be made longer and wider")
    account.keys_to_change().lock = AccountLock(locks, until) if locks else None
    context.emit(account.key, LockChanged(locks, until))
