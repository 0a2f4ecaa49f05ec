"""Moving money: the rules that all operations share for adding to and taking from a balance."""

from dataclasses import replace

from constellation.sandbox.accounts import Account
from constellation.sandbox.assets import Asset, format_amount
from constellation.sandbox.operations.base import Context, OperationFailed
from constellation.sandbox.state import State


def credit(state: State, account_id: str, asset: Asset, amount: int) -> None:
    """Adds an amount to an account's balance. To the issuer it means that the amount ceases to exist.

    Raises:
        OperationFailed: NO_DESTINATION, NO_TRUST, NOT_AUTHORIZED or LINE_FULL.
    """
    if account_id == asset.issuer:
        return
    account = state.account(account_id)
    if account is None:
        raise OperationFailed("NO_DESTINATION")
    if asset.is_native:
        if not account.can_receive(amount):
            raise OperationFailed("LINE_FULL")
        account.balance += amount
        return
    line = account.trust_lines.get(asset)
    if line is None:
        raise OperationFailed("NO_TRUST")
    if not line.is_authorized:
        raise OperationFailed("NOT_AUTHORIZED")
    if line.balance + amount > line.limit:
        raise OperationFailed("LINE_FULL")
    account.trust_lines[asset] = replace(line, balance=line.balance + amount)


def debit(context: Context, account: Account, asset: Asset, amount: int, *, prefix: str = "") -> None:
    """Takes an amount from an account's balance. From the issuer it means that the amount comes into being.

    Args:
        context: Where and when.
        account: Whose balance; the caller's own copy.
        asset: What is taken.
        amount: How much, in stroops.
        prefix: `SRC_` where the operation has codes of its own for the paying side.

    Raises:
        OperationFailed: <prefix>NO_TRUST, <prefix>NOT_AUTHORIZED or UNDERFUNDED.
    """
    if account.account_id == asset.issuer:
        return
    if asset.is_native:
        if account.available(context.base_reserve) < amount:
            raise OperationFailed("UNDERFUNDED")
        account.balance -= amount
        return
    line = account.trust_lines.get(asset)
    if line is None:
        raise OperationFailed(f"{prefix}NO_TRUST")
    if not line.is_authorized:
        raise OperationFailed(f"{prefix}NOT_AUTHORIZED")
    if line.balance < amount:
        raise OperationFailed("UNDERFUNDED")
    account.trust_lines[asset] = replace(line, balance=line.balance - amount)


def note_transfer(context: Context, source: str, destination: str, asset: Asset, amount: int) -> None:
    """Notes the two effects of a payment of one asset."""
    note_balance(context, destination, "account_credited", asset, amount)
    note_balance(context, source, "account_debited", asset, amount)


def note_balance(context: Context, account_id: str, kind: str, asset: Asset, amount: int) -> None:
    """Notes one effect on a balance: `account_credited` or `account_debited`."""
    context.effect(account_id, kind, amount=format_amount(amount), **asset.fields())
