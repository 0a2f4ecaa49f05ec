"""From what people write to what is signed; everything that can be checked here is checked here."""

import secrets
from typing import Literal

from constellation.protocol.limits import UINT64_MAX
from constellation.protocol.messages import (
    CancelOrder,
    LedgerDestination,
    LimitOrder,
    Memo,
    Payment,
    RegisterRouting,
    Side,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.strkey import decode_address, decode_public_key
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import Number, parse_amount

SideName = Literal["buy", "sell"]
TimeInForceName = Literal["GTC", "IOC"]

_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_TIMES_IN_FORCE = {"GTC": TimeInForce.GOOD_TILL_CANCELLED, "IOC": TimeInForce.IMMEDIATE_OR_CANCEL}
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


def payment(catalogue: Catalogue, destination: str | bytes, asset: str, amount: Number) -> Payment:
    """A payment to another account.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    return Payment(parse_key(destination), catalogue.asset_id(asset), _positive(amount))


def limit_order(
    catalogue: Catalogue,
    market: str,
    side: SideName,
    price: Number,
    amount: Number,
    time_in_force: TimeInForceName,
) -> LimitOrder:
    """A limit order.

    Raises:
        InvalidRequest: an argument is not valid.
    """
    rules = catalogue.market(market)
    if side not in _SIDES:
        raise InvalidRequest(f"side is buy or sell, not {side!r}")
    if time_in_force not in _TIMES_IN_FORCE:
        raise InvalidRequest(f"time_in_force is GTC or IOC, not {time_in_force!r}")
    return LimitOrder(
        rules.market_id,
        _SIDES[side],
        rules.price_units(price),
        rules.amount_units(amount),
        _TIMES_IN_FORCE[time_in_force],
        None,
    )


def cancel_order(order_id: int) -> CancelOrder:
    """A cancellation.

    Raises:
        InvalidRequest: no order has such an id.
    """
    if isinstance(order_id, bool) or not isinstance(order_id, int) or not 0 < order_id <= UINT64_MAX:
        raise InvalidRequest(f"{order_id!r} is not an order's id")
    return CancelOrder(order_id)


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


def _check_memo_text(memo: str) -> None:
    try:
        length = len(memo.encode())
    except UnicodeEncodeError:
        raise InvalidRequest("a text memo must be text that has a form in UTF-8") from None
    if not 0 < length <= _MEMO_TEXT_MAX_BYTES:
        raise InvalidRequest(f"a text memo has 1 to {_MEMO_TEXT_MAX_BYTES} bytes, not {length}")
