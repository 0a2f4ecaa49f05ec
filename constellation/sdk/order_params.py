"""From ``create_order`` as ccxt users call it to what is signed; nothing that is given is passed over in silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from constellation.sdk.batch import MarketOrder, Order, Replace
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SelfTradePreventionName, SideName, TimeInForceName, TriggerName

OrderType = Literal["limit", "market"]
"""The kinds of orders that there are."""

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
    "stopLossPrice": "stop_loss_price",
    "stop_loss_price": "stop_loss_price",
    "takeProfitPrice": "take_profit_price",
    "take_profit_price": "take_profit_price",
    "triggerPrice": "trigger_price",
    "trigger_price": "trigger_price",
    "triggerDirection": "trigger_direction",
    "trigger_direction": "trigger_direction",
}
"""What ``params`` of an order may hold, in ccxt's spelling or in Python's."""

_CHANGE_NAMES: Final[Mapping[str, str]] = {
    "postOnly": "post_only",
    "post_only": "post_only",
    "newClientOrderId": "client_order_id",
    "new_client_order_id": "client_order_id",
    "expires_at_us": "expires_at_us",
    "selfTradePrevention": "self_trade_prevention",
    "self_trade_prevention": "self_trade_prevention",
    "ifRemaining": "if_remaining",
    "if_remaining": "if_remaining",
}
"""What ``params`` of a change may hold."""

_TRIGGER_PRICES: Final = ("stop_loss_price", "take_profit_price", "trigger_price")
_RISES: Final[Mapping[Any, bool]] = {"above": True, "ascending": True, "below": False, "descending": False}
"""Whether the last price gets to the trigger from below, by what ccxt calls the ``triggerDirection``."""

_WITHOUT_TIMEOUT: Final = "timeout_ms is in milliseconds and whole seconds, such as 30000, or 0 to take it back"


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
    _check_kind(request)
    given = named(request.params, _NAMES)
    trigger = _trigger(request.side, given)
    if request.type == "market":
        return _market_order(request, given, *trigger)
    if request.price is None:
        raise InvalidRequest(f"a {request.type} order needs a price")
    if request.amount is None or "budget" in given:
        raise InvalidRequest(f"a {request.type} order has an amount, and no cost")
    time_in_force, post_only = given.get("time_in_force", "GTC"), _post_only(given) or False
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
        *trigger,
    )


def change_of(request: OrderRequest, order: int | str) -> Replace:
    """The change of an open order that is asked for.

    Args:
        request: what the order shall be.
        order: its id, or its client order id.

    Raises:
        InvalidRequest: what it shall be is not said, or cannot be.
    """
    _check_kind(request)
    if request.type == "market":
        raise InvalidRequest("an order on the book is a limit order: cancel it, and create a market order")
    if request.side not in ("buy", "sell"):
        raise InvalidRequest(f"side is buy or sell, not {request.side!r}")
    if request.price is None or request.amount is None:
        raise InvalidRequest("a change says both: the price from now on, and the amount that shall remain")
    given = named(request.params, _CHANGE_NAMES)
    return Replace(
        request.symbol,
        order,
        request.price,
        request.amount,
        given.get("if_remaining"),
        _post_only(given),
        cast("SelfTradePreventionName | None", given.get("self_trade_prevention")),
        given.get("client_order_id"),
        _expiry(given),
    )


def whole_seconds(timeout_ms: int) -> int:
    """The seconds of a time in milliseconds, which is never rounded.

    Raises:
        InvalidRequest: it is no whole number of seconds.
    """
    if isinstance(timeout_ms, bool) or not isinstance(timeout_ms, int) or timeout_ms < 0 or timeout_ms % 1_000:
        raise InvalidRequest(f"{_WITHOUT_TIMEOUT}, not {timeout_ms!r}")
    return timeout_ms // 1_000


def _check_kind(request: OrderRequest) -> None:
    if request.type not in _KINDS:
        hint = "an order waits for a price by params: stopLossPrice, takeProfitPrice, or triggerPrice"
        raise InvalidRequest(f"type is {', '.join(_KINDS)}, not {request.type!r}; {hint}")


def _trigger(side: SideName, given: Mapping[str, Any]) -> tuple[TriggerName | None, Number | None]:
    """What the order waits for, if it does, and the price of it.

    Raises:
        InvalidRequest: it is not said in one way, or not whole.
    """
    names = [name for name in _TRIGGER_PRICES if name in given]
    direction = given.get("trigger_direction")
    if len(names) > 1:
        raise InvalidRequest("an order waits for one price: stopLossPrice, takeProfitPrice, or triggerPrice")
    if "trigger_direction" in given and names != ["trigger_price"]:
        raise InvalidRequest("triggerDirection says how triggerPrice is reached: there is no triggerPrice")
    if not names:
        return None, None
    price = given[names[0]]
    if price is None:
        raise InvalidRequest("the price of a trigger is None: without it, the order would not wait")
    if names != ["trigger_price"]:
        return ("stop" if names == ["stop_loss_price"] else "take_profit"), price
    if direction not in tuple(_RISES):
        raise InvalidRequest(
            "triggerPrice needs a triggerDirection: above, where the price rises to it, or below, where it falls, "
            f"not {direction!r}"
        )
    return ("stop" if _RISES[direction] is (side == "buy") else "take_profit"), price


def _market_order(
    request: OrderRequest, given: Mapping[str, Any], trigger: TriggerName | None, trigger_price: Number | None
) -> MarketOrder:
    if request.price is not None or given.keys() & {"time_in_force", "post_only"}:
        raise InvalidRequest("a market order has no price, no timeInForce and no postOnly")
    if trigger is None and _expiry(given) is not None:
        raise InvalidRequest("a market order has no expires_at_us, unless it waits for a trigger")
    if trigger is not None and request.side == "buy" and given.get("budget") is None:
        raise InvalidRequest(
            "a market order that waits and buys needs a cost, and no amount: what an amount will cost then is not known"
        )
    return MarketOrder(
        request.symbol,
        request.side,
        request.amount,
        given.get("budget"),
        cast("SelfTradePreventionName", given.get("self_trade_prevention", "cancel_newest")),
        given.get("client_order_id"),
        _expiry(given),
        trigger,
        trigger_price,
    )


def _post_only(given: Mapping[str, Any]) -> bool | None:
    """Whether the order may not take; None where that is not said."""
    post_only = given.get("post_only")
    if post_only is not None and not isinstance(post_only, bool):
        raise InvalidRequest(f"postOnly is True or False, not {post_only!r}")
    return post_only


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
    number = _whole(order_id)
    if number is None:
        raise InvalidRequest(f"{order_id!r} is not an order's id; params={{'clientOrderId': …}} takes an own name")
    return number


def hold_number(hold_id: str | int) -> int:
    """The number of a hold's id.

    Raises:
        InvalidRequest: no hold has such an id.
    """
    number = _whole(hold_id)
    if number is None:
        raise InvalidRequest(f"{hold_id!r} is not a hold's id")
    return number


def _whole(number: str | int) -> int | None:
    if isinstance(number, str) and number.isascii() and number.isdigit() and len(number) <= 20:
        return int(number)
    return number if isinstance(number, int) and not isinstance(number, bool) else None
