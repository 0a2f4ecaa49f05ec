"""Payment: moves available money to another account, or opens one with the reserve asset."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import AccountOpened, Code, Payment, PaymentReceived, PaymentSent
from constellation.protocol.strkey import encode_public_key
from constellation.quanta.context import Context
from constellation.quanta.request import check_amount, check_asset, check_funds
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import RESERVE_ASSET, Account


def execute_payment(context: Context, account: Account, operation: Payment) -> None:
    """Pay.

    Raises:
        Rejection: INVALID_AMOUNT, INVALID_MEMO, UNKNOWN_ASSET, SUSPENDED_ASSET, SELF_PAYMENT, FORBIDDEN_DESTINATION,
            UNKNOWN_DESTINATION, INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state, asset, amount, memo = context.state, operation.asset, operation.amount, operation.memo
    check_amount(amount)
    check_memo(memo)
    check_asset(state, asset)
    check_not_suspended(state, asset)
    if operation.destination == account.key:
        raise Rejection(Code.SELF_PAYMENT, "a payment needs two different accounts")
    if operation.destination == state.settings.vault:
        raise Rejection(
            Code.FORBIDDEN_DESTINATION, "the vault itself cannot have an account; to withdraw, ask for that"
        )
    check_funds(state, account, asset, amount)
    vault = state.vault
    destination = vault.accounts.get(operation.destination)
    if destination is None or not state.is_active(destination):
        _check_can_open(context, operation)
    if destination is None:
        destination = vault.open_account(operation.destination)
        context.emit(destination.key, AccountOpened(destination.key))
    vault.debit(account, asset, amount)
    vault.credit(destination, asset, amount)
    context.emit(account.key, PaymentSent(destination.key, asset, amount, memo))
    context.emit(destination.key, PaymentReceived(account.key, asset, amount, memo))


def check_memo(memo: str) -> None:
    """A memo must be fit to be shown: it has no control characters, which are Unicode's for ever.

    Raises:
        Rejection: INVALID_MEMO.
    """
    if any(character < " " or "\x7f" <= character < "\xa0" for character in memo):
        raise Rejection(Code.INVALID_MEMO, "the memo of a payment has no control characters")


def _check_can_open(context: Context, operation: Payment) -> None:
    minimum = context.state.settings.minimum_balance
    if operation.asset != RESERVE_ASSET or operation.amount < minimum:
        raise Rejection(
            Code.UNKNOWN_DESTINATION,
            f"{encode_public_key(operation.destination)} has no open account; "
            f"a payment of at least {minimum} stroops of lumens opens one",
        )
