"""What every client request must satisfy, whatever it asks for.

The signature is not checked here: alpha's gateway and the auditors' replay check it before execution, where it can be
done in parallel.
"""

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CloseAccount,
    Code,
    DismissAgent,
    MergeSubAccount,
    Operation,
    Request,
    RequestBatch,
    RotateKey,
    Withdrawal,
)
from constellation.protocol.strkey import encode_public_key
from constellation.quanta.keys import check_nonce, check_right, check_signer
from constellation.quanta.locks import check_not_locked
from constellation.quanta.modes import check_service
from constellation.quanta.state import State
from constellation.vault import Account

_ALWAYS = (
    CancelOrder
    | CancelAllOrders
    | CancelAllAfter
    | Withdrawal
    | CloseAccount
    | DismissAgent
    | RotateKey
    | MergeSubAccount
)
"""What an account without the minimum balance can ask for."""


def check_request(state: State, request: Request, timestamp: int) -> Account:
    """The account that asks.

    Raises:
        Rejection: those of :func:`check_author` or :func:`check_allowed`.
    """
    account = check_author(state, request, timestamp)
    check_allowed(state, account, request.signer, request.operation, timestamp)
    return account


def check_author(state: State, request: Request | RequestBatch, timestamp: int) -> Account:
    """The account that asks, which may ask for something now.

    Raises:
        Rejection: IN_MAINTENANCE, UNKNOWN_ACCOUNT, UNKNOWN_SIGNER, AGENT_EXPIRED, INVALID_NONCE, NONCE_TOO_LOW,
            EXPIRED or VALIDITY_TOO_LONG.
    """
    check_service(state)
    account = state.vault.accounts.get(request.account)
    if account is None:
        if request.signer not in (None, request.account):  # whoever signs must not learn of accounts that are not his
            raise Rejection(Code.UNKNOWN_SIGNER, "the key is neither the account's owner nor an agent of it")
        raise Rejection(
            Code.UNKNOWN_ACCOUNT,
            f"{encode_public_key(request.account)} has no account here; deposit lumens to open one",
        )
    agent = check_signer(account, request.signer, timestamp)
    check_nonce(request, account.nonce if agent is None else agent.nonce, timestamp)
    if timestamp > request.valid_until:
        late_us = timestamp - request.valid_until
        raise Rejection(Code.EXPIRED, f"valid_until had passed {late_us} microseconds before the request was ordered")
    if request.valid_until - timestamp > state.settings.limits.validity_us:
        raise Rejection(
            Code.VALIDITY_TOO_LONG,
            f"valid_until is more than {state.settings.limits.validity_us} microseconds ahead of {timestamp}",
        )
    return account


def check_allowed(state: State, account: Account, signer: bytes | None, operation: Operation, timestamp: int) -> None:
    """What is asked for must be allowed to whoever signs, and to the account as it is.

    Raises:
        Rejection: NO_RIGHT, OWNER_ONLY, ACCOUNT_CLOSED or ACCOUNT_LOCKED.
    """
    check_active(state, account, operation)
    if account.keys is not None:
        check_right(account, signer, operation)
        check_not_locked(account, operation, timestamp)


def check_active(state: State, account: Account, operation: Operation) -> None:
    """An account without the minimum balance can only take out what it has.

    Raises:
        Rejection: ACCOUNT_CLOSED.
    """
    if not state.is_active(account) and not isinstance(operation, _ALWAYS):
        raise Rejection(
            Code.ACCOUNT_CLOSED,
            "the account has less than the minimum balance: deposit lumens, or cancel orders and withdraw what is left",
        )


def check_amount(amount: int) -> None:
    """An amount must be positive.

    Raises:
        Rejection: INVALID_AMOUNT.
    """
    if not 0 < amount <= INT64_MAX:
        raise Rejection(Code.INVALID_AMOUNT, f"amount {amount} must be positive")


def check_asset(state: State, asset: int) -> None:
    """An asset must be listed.

    Raises:
        Rejection: UNKNOWN_ASSET.
    """
    if asset not in state.assets:
        raise Rejection(Code.UNKNOWN_ASSET, f"asset {asset} is not listed; there are {len(state.assets)}")


def check_funds(state: State, account: Account, asset: int, amount: int, freed: int = 0) -> None:
    """``amount`` must be available: neither locked nor part of the minimum balance.

    Args:
        state: with the balances.
        account: whose.
        asset: its id.
        amount: in stroops.
        freed: what is locked now and will be free before.

    Raises:
        Rejection: INSUFFICIENT_FUNDS, or BELOW_MINIMUM_BALANCE when only the minimum balance stands in the way.
    """
    available = state.vault.available(account, asset, freed)
    if amount <= available:
        return
    balance = account.balances.get(asset)
    if balance is not None and amount <= balance.amount - balance.liabilities + freed:
        raise Rejection(
            Code.BELOW_MINIMUM_BALANCE,
            f"{amount} of asset {asset} would break the minimum balance; {available} stroops can be used",
        )
    raise Rejection(Code.INSUFFICIENT_FUNDS, f"{amount} of asset {asset} is needed, {available} stroops are available")
