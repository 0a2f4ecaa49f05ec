"""From ``create_order`` as ccxt users call it to what is signed; nothing that is given is passed over in silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from constellation.sdk.batch import Order
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SelfTradePreventionName, SideName, TimeInForceName

OrderType = Literal["limit"]
"""The kinds of orders that there are; others have their place in ``_KINDS``."""

_KINDS: Final = ("limit",)
_NAMES: Final[Mapping[str, str]] = {
    "timeInForce": "time_in_force",
    "time_in_force": "time_in_force",
    "postOnly": "post_only",
    "post_only": "post_only",
    "clientOrderId": "client_order_id",
    "client_order_id": "client_order_id",
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
    amount: Number
    price: Number | None = None
    params: Mapping[str, Any] | None = None


def order_of(request: OrderRequest) -> Order:
    """The order that is asked for.

    Raises:
        InvalidRequest: a kind of order, or a parameter, that there is not, or no price.
    """
    if request.type not in _KINDS:
        raise InvalidRequest(f"type is {', '.join(_KINDS)}, not {request.type!r}")
    if request.price is None:
        raise InvalidRequest(f"a {request.type} order needs a price")
    given = named(request.params, _NAMES)
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
    )


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
