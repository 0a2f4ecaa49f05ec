"""From what people write to what is signed; everything that can be checked here is checked here."""

import secrets
from collections.abc import Sequence
from typing import Literal

from constellation.protocol.limits import INT64_MAX, UINT32_MAX, UINT64_MAX
from constellation.protocol.messages import (
    MAX_CLIENT_ORDER_ID,
    MAX_PATH_MARKETS,
    MAX_PAYMENT_MEMO,
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    LedgerDestination,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    Memo,
    OpenHold,
    OpenSubAccount,
    OrderInstructions,
    PathAmountUnit,
    PathPayment,
    Payment,
    RegisterRouting,
    ReleaseHold,
    ReplaceOrder,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
    Withdrawal,
)
from constellation.protocol.strkey import decode_address, decode_public_key
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue, Market
from constellation.sdk.numbers import Number, parse_amount
from constellation.sdk.sub_accounts import checked_number

SideName = Literal["buy", "sell"]
TimeInForceName = Literal["GTC", "IOC", "FOK"]
TriggerName = Literal["stop", "take_profit"]
SelfTradePreventionName = Literal["cancel_newest", "cancel_oldest", "cancel_both", "decrement"]

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_TIMES_IN_FORCE = {
    "GTC": TimeInForce.GOOD_TILL_CANCELLED,
    "IOC": TimeInForce.IMMEDIATE_OR_CANCEL,
    "FOK": TimeInForce.FILL_OR_KILL,
}
_TRIGGERS = {"stop": TriggerKind.STOP, "take_profit": TriggerKind.TAKE_PROFIT}
_PREVENTIONS = {prevention.name.lower(): prevention for prevention in SelfTradePrevention}
_MEMO_TEXT_MAX_BYTES = 28
_ROUTING_ID_FIRST, _ROUTING_ID_END = 10**12, 2**53


def parse_key(key: str | bytes) -> bytes:
    """The 32 bytes of a public key given as such or as ``G…``.

    Raises:
        InvalidRequest: it is neither.
    """
    if isinstance(key, bytes):
        if len(key) != 32:
            raise InvalidRequest(f"a key has 32 bytes, not {len(key)}")
        return key
    try:
        return decode_public_key(key)
    except ValueError as error:
        raise InvalidRequest(str(error)) from None


def payment(
    catalogue: Catalogue, destination: str | bytes, asset: str, amount: Number, memo: str | None = None
) -> Payment:
    """A payment to another account.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    return Payment(parse_key(destination), catalogue.asset_id(asset), _positive(amount), _payment_memo(memo))


def open_sub_account(number: int, amount: Number) -> OpenSubAccount:
    """The opening of a sub-account with lumens.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    return OpenSubAccount(checked_number(number), _positive(amount))


def path_payment(
    catalogue: Catalogue,
    destination: str | bytes,
    send_asset: str,
    receive_asset: str,
    *,
    send_amount: Number | None = None,
    receive_min: Number | None = None,
    receive_amount: Number | None = None,
    send_max: Number | None = None,
    path: Sequence[str] | None = None,
    memo: str | None = None,
) -> PathPayment:
    """A payment of one asset that arrives as another one.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    if send_amount is not None and receive_min is not None and receive_amount is None and send_max is None:
        unit, amount, limit = PathAmountUnit.SEND_AMOUNT, send_amount, receive_min
    elif receive_amount is not None and send_max is not None and send_amount is None and receive_min is None:
        unit, amount, limit = PathAmountUnit.RECEIVE_AMOUNT, receive_amount, send_max
    else:
        raise InvalidRequest("a path has either a send_amount with a receive_min, or a receive_amount with a send_max")
    if isinstance(path, str):
        raise InvalidRequest(f"a path is a list of markets, not {path!r}")
    if path is None:
        markets = [catalogue.market_between(send_asset, receive_asset)]
    else:
        markets = [catalogue.market(name) for name in path]
    if not 0 < len(markets) <= MAX_PATH_MARKETS:
        raise InvalidRequest(f"a path has from 1 to {MAX_PATH_MARKETS} markets, not {len(markets)}")
    return PathPayment(
        parse_key(destination),
        catalogue.asset_id(send_asset),
        catalogue.asset_id(receive_asset),
        [market.market_id for market in markets],
        unit,
        _positive(amount),
        _positive(limit),
        _payment_memo(memo),
    )


def limit_order(
    catalogue: Catalogue,
    market: str,
    side: SideName,
    price: Number,
    amount: Number,
    time_in_force: TimeInForceName = "GTC",
    *,
    post_only: bool = False,
    self_trade_prevention: SelfTradePreventionName = "cancel_newest",
    client_order_id: str | None = None,
    expires_at_us: int | None = None,
    trigger: TriggerName | None = None,
    trigger_price: Number | None = None,
) -> LimitOrder:
    """A limit order.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    rules = catalogue.market(market)
    if time_in_force not in _TIMES_IN_FORCE:
        raise InvalidRequest(f"time_in_force is {', '.join(_TIMES_IN_FORCE)}, not {time_in_force!r}")
    return LimitOrder(
        rules.market_id,
        _side(side),
        rules.price_units(price),
        rules.amount_units(amount),
        _TIMES_IN_FORCE[time_in_force],
        _armed(
            _instructions(post_only, self_trade_prevention, client_order_id, expires_at_us),
            _trigger(rules, trigger, trigger_price),
        ),
    )


def market_order(
    catalogue: Catalogue,
    market: str,
    side: SideName,
    amount: Number | None = None,
    budget: Number | None = None,
    *,
    self_trade_prevention: SelfTradePreventionName = "cancel_newest",
    client_order_id: str | None = None,
    expires_at_us: int | None = None,
    trigger: TriggerName | None = None,
    trigger_price: Number | None = None,
) -> MarketOrder:
    """A market order, of an amount of base or for a budget of quote.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    rules = catalogue.market(market)
    said = _instructions(False, self_trade_prevention, client_order_id, expires_at_us)
    instructions = _armed(said, _trigger(rules, trigger, trigger_price))
    if (amount is None) is (budget is None):
        raise InvalidRequest("a market order has either an amount of base or a budget of quote")
    if budget is None:
        assert amount is not None
        units = rules.amount_units(amount)
        return MarketOrder(rules.market_id, _side(side), MarketAmountUnit.BASE_AMOUNT, units, instructions)
    if side == "sell":
        raise InvalidRequest("a budget of quote buys; to sell, say how much of base")
    return MarketOrder(rules.market_id, _side(side), MarketAmountUnit.QUOTE_BUDGET, _positive(budget), instructions)


def replace_order(
    catalogue: Catalogue,
    market: str,
    order_id: int | str,
    price: Number,
    amount: Number,
    *,
    if_remaining: Number | None = None,
    instructions: OrderInstructions | None = None,
) -> ReplaceOrder:
    """A change of an open order.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    rules = catalogue.market(market)
    remaining = None if if_remaining is None else rules.amount_units(if_remaining)
    units = rules.price_units(price), rules.amount_units(amount)
    return ReplaceOrder(cancel_order(order_id).order, remaining, *units, instructions)


def instructions_of(
    post_only: bool | None,
    self_trade_prevention: SelfTradePreventionName | None,
    client_order_id: str | None,
    expires_at_us: int | None,
) -> OrderInstructions | None:
    """What a replacement says of the new order; None, where nothing is said, lets it keep its name and its time.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    if post_only is None and self_trade_prevention is None and client_order_id is None and expires_at_us is None:
        return None
    said = _instructions(bool(post_only), self_trade_prevention or "cancel_newest", client_order_id, expires_at_us)
    return said or OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None)


def cancel_all_after(timeout_s: int) -> CancelAllAfter:
    """A time after which all open orders are cancelled; 0 takes it back.

    Raises:
        InvalidRequest: it is no number of seconds from 0 to 2^32 - 1.
    """
    if isinstance(timeout_s, bool) or not isinstance(timeout_s, int) or not 0 <= timeout_s <= UINT32_MAX:
        raise InvalidRequest(f"timeout_s is a whole number of seconds from 0 to {UINT32_MAX}, not {timeout_s!r}")
    return CancelAllAfter(timeout_s)


def _side(side: SideName) -> Side:
    if side not in _SIDES:
        raise InvalidRequest(f"side is buy or sell, not {side!r}")
    return _SIDES[side]


def _instructions(
    post_only: bool,
    self_trade_prevention: SelfTradePreventionName,
    client_order_id: str | None,
    expires_at_us: int | None,
) -> OrderInstructions | None:
    """What the order says beyond the plain one; None where it says nothing."""
    if self_trade_prevention not in _PREVENTIONS:
        names = ", ".join(_PREVENTIONS)
        raise InvalidRequest(f"self_trade_prevention is {names}, not {self_trade_prevention!r}")
    prevention = _PREVENTIONS[self_trade_prevention]
    name = "" if client_order_id is None else _client_order_id(client_order_id)
    if expires_at_us is not None:
        _time(expires_at_us)
    if not post_only and not name and expires_at_us is None and prevention is SelfTradePrevention.CANCEL_NEWEST:
        return None
    return OrderInstructions(bool(post_only), prevention, name, expires_at_us, None)


def _trigger(rules: Market, trigger: TriggerName | None, trigger_price: Number | None) -> Trigger | None:
    if (trigger is None) is not (trigger_price is None):
        raise InvalidRequest("a trigger has a kind and a price: trigger and trigger_price")
    if trigger is None or trigger_price is None:
        return None
    if trigger not in _TRIGGERS:
        raise InvalidRequest(f"trigger is {', '.join(_TRIGGERS)}, not {trigger!r}")
    return Trigger(_TRIGGERS[trigger], rules.price_units(trigger_price))


def _armed(said: OrderInstructions | None, trigger: Trigger | None) -> OrderInstructions | None:
    if trigger is None:
        return said
    said = said or OrderInstructions(False, SelfTradePrevention.CANCEL_NEWEST, "", None, None)
    said.trigger = trigger
    return said


def _client_order_id(name: str) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= MAX_CLIENT_ORDER_ID:
        raise InvalidRequest(f"a client order id is a text of 1 to {MAX_CLIENT_ORDER_ID} characters")
    if not (name.isascii() and name.isprintable()) or " " in name:
        raise InvalidRequest("a client order id has visible ASCII characters alone: letters, digits, marks, no spaces")
    return name


def open_hold(
    catalogue: Catalogue, beneficiary: str | bytes, asset: str, amount: Number, expires_at_us: int
) -> OpenHold:
    """A hold for another account.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    return OpenHold(parse_key(beneficiary), catalogue.asset_id(asset), _positive(amount), _time(expires_at_us))


def capture_hold(hold_id: int, amount: Number) -> CaptureHold:
    """A capture of a hold, in part or whole.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    return CaptureHold(_number(hold_id, "a hold's"), _positive(amount))


def release_hold(hold_id: int) -> ReleaseHold:
    """A hold that is given up.

    Raises:
        InvalidRequest: no hold has such an id.
    """
    return ReleaseHold(_number(hold_id, "a hold's"))


def _number(number: int, whose: str) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= UINT64_MAX:
        raise InvalidRequest(f"{number!r} is not {whose} id")
    return number


def _time(expires_at_us: int) -> int:
    if isinstance(expires_at_us, bool) or not isinstance(expires_at_us, int):
        raise InvalidRequest("expires_at_us is a whole number of microseconds since 1970")
    if not 0 < expires_at_us <= INT64_MAX:
        raise InvalidRequest(f"expires_at_us is between 1 and {INT64_MAX}")
    return expires_at_us


def cancel_all_orders(catalogue: Catalogue, market: str | None) -> CancelAllOrders:
    """A cancellation of all open orders, of one market or of all.

    Raises:
        InvalidRequest: the market is not listed.
    """
    return CancelAllOrders(None if market is None else catalogue.market(market).market_id)


def cancel_order(order_id: int | str) -> CancelOrder:
    """A cancellation, by the order's id or by what the account calls it.

    Raises:
        InvalidRequest: no order has such an id.
    """
    if isinstance(order_id, str):
        return CancelOrder(_client_order_id(order_id))
    return CancelOrder(_number(order_id, "an order's"))


def withdrawal(catalogue: Catalogue, asset: str, amount: Number, destination: LedgerDestination) -> Withdrawal:
    """A withdrawal to a Stellar account.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    return Withdrawal(catalogue.asset_id(asset), _positive(amount), destination)


def ledger_destination(address: str | bytes, memo: Memo, *, create: bool) -> LedgerDestination:
    """Where a withdrawal goes.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    _check_memo(memo)
    muxed_id = None
    if isinstance(address, str):
        try:
            address, muxed_id = decode_address(address)
        except ValueError as error:
            raise InvalidRequest(str(error)) from None
    return LedgerDestination(parse_key(address), muxed_id, memo, create)


def random_routing_id() -> int:
    """A number of 13 to 16 digits; larger ones lose digits in wallets that keep numbers as floats."""
    return _ROUTING_ID_FIRST + secrets.randbelow(_ROUTING_ID_END - _ROUTING_ID_FIRST)


def register_routing(routing_id: int) -> RegisterRouting:
    """A registration of a routing id.

    Raises:
        InvalidRequest: it is no number from 1 to 2^64 - 1.
    """
    if isinstance(routing_id, bool) or not isinstance(routing_id, int) or not 0 < routing_id <= UINT64_MAX:
        raise InvalidRequest(f"a routing id is between 1 and {UINT64_MAX}")
    return RegisterRouting(routing_id)


def _positive(amount: Number) -> int:
    stroops = parse_amount(amount)
    if stroops <= 0:
        raise InvalidRequest(f"amount {amount} must be positive")
    return stroops


def _check_memo(memo: Memo) -> None:
    if isinstance(memo, str):
        _check_memo_text(memo)
    if isinstance(memo, int) and (isinstance(memo, bool) or not 0 <= memo <= UINT64_MAX):
        raise InvalidRequest(f"a memo id is between 0 and {UINT64_MAX}")
    if memo is not None and not isinstance(memo, (str, int)):
        raise InvalidRequest(f"a memo is text, a number or None, not {type(memo).__name__}")


def _check_memo_text(memo: str, most: int = _MEMO_TEXT_MAX_BYTES) -> None:
    try:
        length = len(memo.encode())
    except UnicodeEncodeError:
        raise InvalidRequest("a text memo must be text that has a form in UTF-8") from None
    if not 0 < length <= most:
        raise InvalidRequest(f"a text memo has 1 to {most} bytes, not {length}")


def _payment_memo(memo: str | None) -> str:
    if memo is None:
        return ""
    if not isinstance(memo, str):
        raise InvalidRequest(f"the memo of a payment is text or None, not {type(memo).__name__}")
    _check_memo_text(memo, MAX_PAYMENT_MEMO)
    if any(character < " " or "\x7f" <= character < "\xa0" for character in memo):
        raise InvalidRequest("the memo of a payment has no control characters")
    return memo
