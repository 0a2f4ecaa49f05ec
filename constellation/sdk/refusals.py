"""The kinds of refusals, named as users of ccxt know them, and which code is of which kind.

Each is an :class:`ExchangeError`: it is certain that nothing happened.
"""

from collections.abc import Mapping
from typing import Final

from constellation.protocol.messages import Code
from constellation.sdk.errors import Advice, ExchangeError, NetworkError


class BadRequest(ExchangeError):
    """The request makes no sense."""


class BadSymbol(BadRequest):
    """An asset or a market that is not listed."""


class NotSupported(ExchangeError):
    """This constellation does not offer that."""


class AuthenticationError(ExchangeError):
    """Signed by another key, or for something else."""


class PermissionDenied(AuthenticationError):
    """This key may not do that."""


class AccountNotEnabled(AuthenticationError):
    """There is no account, or it is below the minimum balance: deposit first."""

    advice = Advice.CHANGED


class InsufficientFunds(ExchangeError):
    """More than is available."""

    advice = Advice.CHANGED


class InvalidAddress(ExchangeError):
    """The destination cannot receive it."""


class InvalidOrder(ExchangeError):
    """The order breaks a rule."""


class OrderNotFound(InvalidOrder):
    """No such order of the account is open."""


class OrderImmediatelyFillable(InvalidOrder):
    """A post-only order that would be filled at once."""

    advice = Advice.CHANGED


class OrderNotFillable(InvalidOrder):
    """A fill-or-kill order that cannot be filled whole at once."""

    advice = Advice.CHANGED


class DuplicateOrderId(InvalidOrder):
    """An open order of the account has this name."""

    advice = Advice.CHANGED


class OperationRejected(ExchangeError):
    """Not possible as things are."""

    advice = Advice.CHANGED


class MarketClosed(OperationRejected):
    """The market does not take such orders now."""


class InvalidNonce(ExchangeError, NetworkError):
    """The request came too late, or after a later one; a new one gets a new nonce by itself."""

    advice = Advice.LATER


class RateLimitExceeded(ExchangeError, NetworkError):
    """Too much at once."""

    advice = Advice.LATER


class ExchangeNotAvailable(ExchangeError, NetworkError):
    """The service cannot do that now."""

    advice = Advice.LATER


class OnMaintenance(ExchangeNotAvailable):
    """Alpha takes no requests until its operator ends the maintenance; the message has the reason."""


_HUNDREDS: Final[Mapping[int, type[ExchangeError]]] = {
    1: BadRequest, 2: BadRequest, 3: BadRequest, 4: InvalidOrder, 5: InvalidAddress,
    6: ExchangeNotAvailable, 7: ExchangeNotAvailable, 8: OperationRejected,
}  # fmt: skip

_KINDS: Final[Mapping[type[ExchangeError], frozenset[Code]]] = {
    BadSymbol: frozenset({Code.UNKNOWN_ASSET, Code.UNKNOWN_MARKET}),
    NotSupported: frozenset({Code.NO_HISTORY, Code.UNSUPPORTED_VERSION}),
    AuthenticationError: frozenset({Code.BAD_SIGNATURE, Code.WRONG_CONSTELLATION}),
    PermissionDenied: frozenset({
        Code.UNAUTHORIZED, Code.FOREIGN_ACCOUNT, Code.UNKNOWN_SIGNER, Code.AGENT_EXPIRED, Code.NO_RIGHT,
        Code.OWNER_ONLY, Code.ACCOUNT_LOCKED, Code.TIME_LOCKED, Code.IS_SUB_ACCOUNT,
        Code.NOT_ADMITTED,
    }),
    AccountNotEnabled: frozenset({Code.UNKNOWN_ACCOUNT, Code.ACCOUNT_CLOSED}),
    InsufficientFunds: frozenset({Code.INSUFFICIENT_FUNDS, Code.BELOW_MINIMUM_BALANCE}),
    InvalidAddress: frozenset({Code.SELF_PAYMENT, Code.UNKNOWN_DESTINATION}),
    OrderNotFound: frozenset({Code.ORDER_NOT_FOUND}),
    OrderImmediatelyFillable: frozenset({Code.WOULD_TAKE}),
    OrderNotFillable: frozenset({Code.WOULD_NOT_FILL}),
    DuplicateOrderId: frozenset({Code.DUPLICATE_CLIENT_ORDER_ID}),
    OperationRejected: frozenset({
        Code.SUSPENDED_ASSET, Code.ROUTING_ID_TAKEN, Code.ACCOUNT_NOT_EMPTY, Code.TOO_MANY_OPEN_ORDERS,
        Code.TOO_MANY_WITHDRAWALS, Code.TOO_MANY_AGENTS, Code.SUB_ACCOUNT_OPEN, Code.NO_SUB_ACCOUNT,
        Code.PATH_OUT_OF_LIMIT,
    }),
    MarketClosed: frozenset({Code.MARKET_NOT_OPEN}),
    InvalidNonce: frozenset({
        Code.EXPIRED, Code.VALIDITY_TOO_LONG, Code.NONCE_TOO_LOW, Code.NONCE_CONFLICT, Code.INVALID_NONCE,
    }),
    OnMaintenance: frozenset({Code.IN_MAINTENANCE}),
    RateLimitExceeded: frozenset({Code.RATE_LIMITED, Code.TOO_MANY_CONNECTIONS}),
    ExchangeNotAvailable: frozenset({Code.TIMED_OUT, Code.SLOW_READER, Code.REPLACED, Code.LEDGER_UNAVAILABLE}),
}  # fmt: skip

_BY_CODE: Final = {code: kind for kind, codes in _KINDS.items() for code in codes}


def refusal_kind(code: Code) -> type[ExchangeError]:
    """The kind of a refusal with this code; by its hundred where no kind lists it."""
    return _BY_CODE.get(code) or _HUNDREDS.get(code // 100, ExchangeError)


def refusal(code: Code, message: str) -> ExchangeError:
    """A refusal as it is raised.

    Args:
        code: alpha's.
        message: alpha's.
    """
    return refusal_kind(code)(code, message)
