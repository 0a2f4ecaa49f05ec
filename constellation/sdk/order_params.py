"""From ``create_order`` as ccxt users call it to what is signed; nothing that is given is passed over in silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from constellation.sdk.batch import MarketOrder, Order
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SelfTradePreventionName, SideName, TimeInForceName

OrderType = Literal["limit", "market"]
"""The kinds of orders that there are; others have their place in ``_KINDS``."""

_KINDS: Final = ("limit", "market")
_NAMES: Final[Mapping[str, str]] = {
    "timeInForce": "time_in_force",
    "time_in_force": "time_in_force",
    "postOnly": "post_only",
    "post_only": "post_only",
    "clientOrderId": "client_order_id",
    "client_order_id": "client_order_id",
    "cost": "budget",
    "expires_at_us": "expires_at_us",
    "selfTradePrevention": "self_trade_prevention",
    "self_trade_prevention": "self_trade_prevention",
}
"""What ``params`` of an order may hold, in ccxt's spelling or in Python's."""


@dataclass(slots=True, frozen=True)
class OrderRequest:
    """An order of ``create_orders``; the arguments are those of ``create_order``."""

    symbol: str
    type: OrderType
    side: SideName
    amount: Number | None
    price: Number | None = None
    params: Mapping[str, Any] | None = None


def order_of(request: OrderRequest) -> Order | MarketOrder:
    """The order that is asked for.

    Raises:
        InvalidRequest: a kind of order, or a parameter, that there is not, or no price.
    """
    if request.type not in _KINDS:
        raise InvalidRequest(f"type is {', '.join(_KINDS)}, not {request.type!r}")
    given = named(request.params, _NAMES)
    if request.type == "market":
        return _market_order(request, given)
    if request.price is None:
        raise InvalidRequest(f"a {request.type} order needs a price")
    if request.amount is None or "budget" in given:
        raise InvalidRequest(f"a {request.type} order has an amount, and no cost")
    time_in_force, post_only = given.get("time_in_force", "GTC"), given.get("post_only", False)
    if not isinstance(post_only, bool):
        raise InvalidRequest(f"postOnly is True or False, not {post_only!r}")
    if time_in_force == "PO":
        time_in_force, post_only = "GTC", True
    return Order(
        request.symbol,
        request.side,
        request.price,
        request.amount,
        cast("TimeInForceName", time_in_force),
        post_only,
        cast("SelfTradePreventionName", given.get("self_trade_prevention", "cancel_newest")),
        given.get("client_order_id"),
        _expiry(given),
    )


def _market_order(request: OrderRequest, given: Mapping[str, Any]) -> MarketOrder:
    if request.price is not None or given.keys() & {"time_in_force", "post_only"}:
        raise InvalidRequest("a market order has no price, no timeInForce and no postOnly")
    return MarketOrder(
        request.symbol,
        request.side,
        request.amount,
        given.get("budget"),
        cast("SelfTradePreventionName", given.get("self_trade_prevention", "cancel_newest")),
        given.get("client_order_id"),
    )


def _expiry(given: Mapping[str, Any]) -> int | None:
    """When the order is closed, if ever."""
    at = given.get("expires_at_us")
    if at is not None and (isinstance(at, bool) or not isinstance(at, int)):
        raise InvalidRequest(f"expires_at_us is in microseconds since 1970, not {at!r}")
    return at


def named(params: Mapping[str, Any] | None, names: Mapping[str, str]) -> dict[str, Any]:
    """The parameters by the names that they have here.

    Raises:
        InvalidRequest: one is not known, or given twice.
    """
    found: dict[str, Any] = {}
    for given, value in (params or {}).items():
        name = names.get(given)
        if name is None:
            raise InvalidRequest(f"params: {given!r} is not known; there are {', '.join(names) or 'none'}")
        if name in found:
            raise InvalidRequest(f"params: {given!r} is given twice, in two spellings")
        found[name] = value
    return found


def order_number(order_id: str | int) -> int:
    """The number of an order's id.

    Raises:
        InvalidRequest: no order has such an id.
    """
    if isinstance(order_id, str) and order_id.isascii() and order_id.isdigit() and len(order_id) <= 20:
        return int(order_id)
    if isinstance(order_id, int) and not isinstance(order_id, bool):
        return order_id
    raise InvalidRequest(f"{order_id!r} is not an order's id; params={{'clientOrderId': …}} takes an own name")
