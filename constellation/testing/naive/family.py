"""Sub-accounts: which is whose is one table, and everything about them is looked up in it."""

from hashlib import sha256

from constellation.protocol.messages import (
    CancelAllScheduled,
    Code,
    MergeSubAccount,
    OpenSubAccount,
    PaymentReceived,
    PaymentSent,
    SubAccountMerged,
    SubAccountOpened,
)
from constellation.testing.naive import holds, keys, orders
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LUMENS

_MOST = 16


def why_refuse(model: NaiveModel, account: bytes, operation: OpenSubAccount | MergeSubAccount) -> Code | None:
    """The code that opening or merging is refused with, if it is."""
    key, is_there = _key(account, operation.number), (account, operation.number) in model.parents.values()
    if isinstance(operation, MergeSubAccount):
        if not is_there:
            return Code.NO_SUB_ACCOUNT
        if keys.is_locked(model, key, 2):
            return Code.ACCOUNT_LOCKED
        if model.withdrawals(key) or orders.own_ids(model, key, None) or holds.own(model, key):
            return Code.ACCOUNT_NOT_EMPTY
        moving = [asset for asset, amount in model.balances[key].items() if amount]
        return Code.SUSPENDED_ASSET if any(asset in model.suspensions for asset in moving) else None
    if account in model.parents:
        return Code.IS_SUB_ACCOUNT
    if operation.number not in range(1, _MOST + 1):
        return Code.INVALID_SUB_ACCOUNT
    if is_there:
        return Code.SUB_ACCOUNT_OPEN
    if operation.amount < max(1, model.settings.minimum_balance):
        return Code.INVALID_AMOUNT
    if LUMENS in model.suspensions:
        return Code.SUSPENDED_ASSET
    return model.why_not_enough(account, LUMENS, operation.amount)


def do(model: NaiveModel, account: bytes, operation: OpenSubAccount | MergeSubAccount) -> None:
    """Open or merge what is not refused."""
    number = operation.number
    key = _key(account, number)
    if isinstance(operation, OpenSubAccount):
        model.open_if_new(key)
        _give(model, account, key, LUMENS, operation.amount)
        model.parents[key] = account, number
        model.owners[key] = model.owners.get(account, account)
        model.nonces[key, None] = model.now_us
        model.tell(account, SubAccountOpened(account, number, key))
        model.tell(key, SubAccountOpened(account, number, key))
        return
    for asset in sorted(model.balances[key]):
        if model.balances[key][asset]:
            _give(model, key, account, asset, model.balances[key][asset])
    if model.cancel_all_at.pop(key, None) is not None:
        model.tell(key, CancelAllScheduled(None))
    keys.dismiss_all(model, key)
    del model.parents[key], model.owners[key]
    model.tell(account, SubAccountMerged(account, number, key))
    model.tell(key, SubAccountMerged(account, number, key))


def _give(model: NaiveModel, giver: bytes, taker: bytes, asset: int, amount: int) -> None:
    model.move(giver, asset, -amount)
    model.move(taker, asset, amount)
    model.tell(giver, PaymentSent(taker, asset, amount))
    model.tell(taker, PaymentReceived(giver, asset, amount))


def _key(parent: bytes, number: int) -> bytes:
    digest = sha256(b"Constellation sub-account 1")
    digest.update(bytes(1) + parent + bytes([number >> shift & 255 for shift in (24, 16, 8, 0)]))
    return digest.digest()
