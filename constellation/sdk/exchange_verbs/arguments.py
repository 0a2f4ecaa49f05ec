"""Arguments that many verbs have, checked and in the units of what is underneath."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeVar

from constellation.sdk.errors import ConnectionClosed, InvalidRequest, NotFinal
from constellation.sdk.order_params import OrderRequest, named, order_number
from constellation.sdk.receipts import Receipt

Wait = Literal["acknowledged", "final"]
"""Until what a method that changes something waits: alpha's verified word, or the auditors' certificate."""

PERIODS: Final = ("1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w", "1M")
"""The periods of candles."""

LIMIT: Final = 100
"""Of what is fetched, where the program does not say."""

LIMIT_MAX: Final = 10_000

_T = TypeVar("_T")


def checked_wait(wait: Any) -> Wait:
    """What a program waits for.

    Raises:
        InvalidRequest: it cannot be waited for.
    """
    if wait not in ("acknowledged", "final"):
        raise InvalidRequest(f"wait is acknowledged or final, not {wait!r}")
    return wait  # type: ignore[no-any-return]


async def settle(receipts: Sequence[Receipt], wait: Wait) -> None:
    """Wait for the certificates, if that is wanted.

    Raises:
        NotFinal: acknowledged, but not certified in time, or the client was closed before.
        VerificationFailed: something else was certified.
    """
    if wait == "acknowledged":
        return
    for receipt in receipts:
        try:
            await receipt.final()
        except (NotFinal, ConnectionClosed) as error:
            pending = NotFinal(f"quantum {receipt.apex} is acknowledged, but not final: {error}")
            pending.receipt = receipt
            raise pending from error


def checked_period(timeframe: str) -> str:
    """The period of candles.

    Raises:
        InvalidRequest: there is no such one.
    """
    if timeframe not in PERIODS:
        raise InvalidRequest(f"timeframe is one of {', '.join(PERIODS)}, not {timeframe!r}")
    return timeframe


def checked_limit(limit: int | None, default: int = LIMIT) -> int:
    """How many items are wanted.

    Raises:
        InvalidRequest: none, or more than are fetched at once.
    """
    if limit is None:
        return default
    if isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit <= LIMIT_MAX:
        raise InvalidRequest(f"limit is from 1 to {LIMIT_MAX}, not {limit!r}: the iter_ methods have everything")
    return limit


def since_us(since: int | None) -> int | None:
    """Microseconds since 1970 of ccxt's milliseconds.

    Raises:
        InvalidRequest: it is no whole number.
    """
    if since is None:
        return None
    if isinstance(since, bool) or not isinstance(since, int):
        raise InvalidRequest(f"since is in milliseconds since 1970, a whole number, not {since!r}")
    return since * 1_000


def request_of(order: OrderRequest | Mapping[str, Any]) -> OrderRequest:
    """An order to place.

    Raises:
        InvalidRequest: it has not got what an order has.
    """
    if isinstance(order, OrderRequest):
        return order
    try:
        return OrderRequest(**order)
    except TypeError as error:
        raise InvalidRequest(f"an order has symbol, type, side, amount, price and params: {error}") from None


def reference_of(order_id: str | int | None, params: dict[str, Any]) -> str | int:
    """The order's number, or the name that ``clientOrderId`` gives.

    Raises:
        InvalidRequest: neither is given, or one makes no sense.
    """
    given = named(params, {"clientOrderId": "name", "client_order_id": "name"})
    if "name" in given:
        return str(given["name"])
    if order_id is None:
        raise InvalidRequest("which order? Give its id, or params={'clientOrderId': …}")
    return order_number(order_id)


async def first_of(items: AsyncIterator[_T], most: int) -> tuple[_T, ...]:
    """The first ``most`` items."""
    found: list[_T] = []
    async for item in items:
        found.append(item)
        if len(found) == most:
            break
    return tuple(found)
