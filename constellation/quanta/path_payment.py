"""Payment on a path: money of one asset that arrives as another one, bought on one market or two on the way.

The books of two markets have nothing in common, so that surveys of them say exactly what will happen, and all is known
before the first change. It trades under the quantum's number, without an order of its own that anybody hears of.
"""

from dataclasses import dataclass

from constellation.matching import Market, Survey, survey
from constellation.orderbook import Order
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Code,
    PathAmountUnit,
    PathPayment,
    PaymentReceived,
    PaymentSent,
    SelfTradePrevention,
    Side,
)
from constellation.protocol.strkey import encode_public_key
from constellation.quanta.context import Context
from constellation.quanta.order_rules import check_notional, open_market
from constellation.quanta.payment import check_memo
from constellation.quanta.request import check_amount, check_asset, check_funds
from constellation.quanta.state import State
from constellation.vault import Account


@dataclass(slots=True)
class _Leg:
    """A market on the path, and what will happen there."""

    market: Market
    side: Side
    found: Survey

    @property
    def given(self) -> int:
        """What it costs."""
        return self.found.cost if self.side is Side.BUY else self.found.traded


def execute_path_payment(context: Context, account: Account, operation: PathPayment) -> None:
    """Buy what is to arrive, and pay it.

    Raises:
        Rejection: INVALID_AMOUNT, INVALID_MEMO, UNKNOWN_ASSET, UNKNOWN_MARKET, MARKET_NOT_OPEN, SUSPENDED_ASSET,
            INVALID_PATH, FORBIDDEN_DESTINATION, UNKNOWN_DESTINATION, WOULD_NOT_FILL, BELOW_MINIMUM_NOTIONAL,
            PATH_OUT_OF_LIMIT, INSUFFICIENT_FUNDS or BELOW_MINIMUM_BALANCE.
    """
    state, engine, vault = context.state, context.state.engine, context.state.vault
    check_amount(operation.amount)
    check_amount(operation.limit)
    check_memo(operation.memo)
    check_asset(state, operation.send_asset)
    check_asset(state, operation.receive_asset)
    route = _route(state, operation)
    destination = _destination(state, operation)
    legs = _sending(state, account, operation, route)
    _check_limit(operation, legs)
    is_sent = operation.unit is PathAmountUnit.SEND_AMOUNT
    check_funds(state, account, operation.send_asset, operation.amount if is_sent else legs[0].given)
    for leg in legs:
        facts = account.key, leg.market.market_id, leg.side, leg.found.worst_price, leg.found.traded
        order = Order(context.apex, *facts)
        context.met += engine.convert(account, order, leg.market, leg.given, context.effects)
    if destination is account:
        return
    asset, paid = operation.receive_asset, legs[-1].found.net if is_sent else operation.amount
    vault.debit(account, asset, paid)
    vault.credit(destination, asset, paid)
    context.emit(account.key, PaymentSent(destination.key, asset, paid, operation.memo))
    context.emit(destination.key, PaymentReceived(account.key, asset, paid, operation.memo))


def _route(state: State, operation: PathPayment) -> list[tuple[Market, Side]]:
    """The markets of the path, each with the side of it that gives what the one before has brought."""
    route, held = [], operation.send_asset
    for number in operation.path:
        market = open_market(state, number, post_only=False)
        if held not in market.gives:
            raise Rejection(Code.INVALID_PATH, f"market {number} does not trade asset {held}")
        side = Side.SELL if held == market.base else Side.BUY
        route.append((market, side))
        held = market.takes[side]
    if held != operation.receive_asset or held == operation.send_asset:
        raise Rejection(
            Code.INVALID_PATH,
            f"the path leads from asset {operation.send_asset} to asset {held}, and not to "
            f"asset {operation.receive_asset}, another one",
        )
    return route


def _destination(state: State, operation: PathPayment) -> Account:
    key = operation.destination
    if key == state.settings.vault:
        raise Rejection(Code.FORBIDDEN_DESTINATION, "the vault itself cannot have an account")
    if not state.is_open(key):
        raise Rejection(Code.UNKNOWN_DESTINATION, f"{encode_public_key(key)} has no open account")
    return state.vault.accounts[key]


def _sending(state: State, account: Account, operation: PathPayment, route: list[tuple[Market, Side]]) -> list[_Leg]:
    """What will happen on each market: from the first one on, or, for an amount to be received, from the last one back.

    All of them together meet no more resting orders than a quantum may.
    """
    is_sent = operation.unit is PathAmountUnit.SEND_AMOUNT
    legs: list[_Leg] = []
    amount, meets_max = operation.amount, state.engine.fills_max
    for market, side in route if is_sent else reversed(route):
        leg = _Leg(market, side, _survey(market, account, side, amount, meets_max, is_sent=is_sent))
        if not leg.found.traded or (not is_sent and leg.found.net < amount):
            raise Rejection(Code.WOULD_NOT_FILL, f"market {market.market_id} has not enough that the path could meet")
        check_notional(market, leg.found.cost)
        legs.append(leg)
        amount = leg.found.net if is_sent else leg.given
        meets_max -= leg.found.met
    return legs if is_sent else legs[::-1]


def _survey(market: Market, account: Account, side: Side, amount: int, meets_max: int, *, is_sent: bool) -> Survey:
    """What giving at most, or receiving at least, an amount meets; an own order ends it."""
    facts = market, account.key, side, SelfTradePrevention.CANCEL_NEWEST, meets_max
    limit = market.limit_of_band(side)
    if not is_sent:
        return survey(*facts, limit=limit, target=amount)
    if side is Side.BUY:
        return survey(*facts, limit=limit, budget=amount)
    return survey(*facts, limit=limit, amount=amount // market.lot * market.lot)


def _check_limit(operation: PathPayment, legs: list[_Leg]) -> None:
    """It must cost, or bring, what the limit says.

    Raises:
        Rejection: PATH_OUT_OF_LIMIT.
    """
    if operation.unit is PathAmountUnit.SEND_AMOUNT:
        if legs[-1].found.net < operation.limit:
            raise Rejection(
                Code.PATH_OUT_OF_LIMIT, f"{legs[-1].found.net} would arrive, less than the limit, {operation.limit}"
            )
    elif legs[0].given > operation.limit:
        raise Rejection(
            Code.PATH_OUT_OF_LIMIT, f"it would cost {legs[0].given}, more than the limit, {operation.limit}"
        )
