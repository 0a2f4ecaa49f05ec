"""Messages of requests.x.

Generated from xdr/requests.x by tools/xdr_generator.py; do not edit.

What a client signs.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.common import (
    _MEMO_DISCRIMINANT,
    _MEMO_READERS,
    _MEMO_WRITERS,
    _SIDE_MEMBERS,
    MAX_CLIENT_ORDER_ID,
    MAX_PAYMENT_MEMO,
    Amount,
    Apex,
    AssetId,
    Key,
    MarketId,
    Memo,
    Price,
    Side,
    Signature,
    Timestamp,
    Trigger,
    _read_trigger,
    _write_trigger,
)
from constellation.protocol.messages.keys import (
    _APPOINT_AGENT_0,
    _DISMISS_AGENT_0,
    _LOCK_ACCOUNT_0,
    _MERGE_SUB_ACCOUNT_0,
    _OPEN_SUB_ACCOUNT_0,
    _ROTATE_KEY_0,
    AppointAgent,
    DismissAgent,
    LockAccount,
    MergeSubAccount,
    OpenSubAccount,
    RotateKey,
    _read_appoint_agent,
    _read_dismiss_agent,
    _read_lock_account,
    _read_merge_sub_account,
    _read_open_sub_account,
    _read_rotate_key,
)
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEAN,
    BOOLEANS,
    INT64,
    LENGTH,
    PRESENCE,
    PRESENT,
    UINT32,
    UINT64,
    Discriminant,
    Enumerated,
    Fields,
    Instance,
    Items,
    MalformedMessage,
    Opaque,
    StructError,
    UnencodableMessage,
    explain_malformed,
    explain_unencodable,
    read_string,
    refuse_count,
    write_string,
)

# under one signature
MAX_BATCH_OPERATIONS: Final = 100


class TimeInForce(IntEnum):
    """The enum TimeInForce of requests.x.

    XDR::

        enum TimeInForce {
            GOOD_TILL_CANCELLED = 0,
            IMMEDIATE_OR_CANCEL = 1,
            FILL_OR_KILL = 2                  // refused unless it can be filled whole at once
        };
    """

    GOOD_TILL_CANCELLED = 0
    IMMEDIATE_OR_CANCEL = 1
    FILL_OR_KILL = 2


_TIME_IN_FORCE_MEMBERS: Final[dict[int, TimeInForce]] = {member.value: member for member in TimeInForce}


class SelfTradePrevention(IntEnum):
    """What happens where an order would meet an order of its own account.

    XDR::

        enum SelfTradePrevention {
            CANCEL_NEWEST = 0,                // what is left of the new order is cancelled there
            CANCEL_OLDEST = 1,                // the resting order is cancelled, and the new one goes on
            CANCEL_BOTH = 2,
            DECREMENT = 3                     // both are reduced by the smaller of the two, which is cancelled
        };
    """

    CANCEL_NEWEST = 0
    CANCEL_OLDEST = 1
    CANCEL_BOTH = 2
    DECREMENT = 3


_SELF_TRADE_PREVENTION_MEMBERS: Final[dict[int, SelfTradePrevention]] = {
    member.value: member for member in SelfTradePrevention
}


@dataclass(slots=True, init=False)
class Payment:
    """The struct Payment of requests.x.

    XDR::

        struct Payment {
            Key destination;
            AssetId asset;
            Amount amount;
            string memo<MAX_PAYMENT_MEMO>;    // "": none; no control characters
        };
    """

    destination: Key
    asset: AssetId
    amount: Amount
    memo: str

    def __init__(self, destination: Key, asset: AssetId, amount: Amount, memo: str = "") -> None:
        self.destination = destination
        self.asset = asset
        self.amount = amount
        self.memo = memo

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Payment, (
            self.destination,
            self.asset,
            self.amount,
            self.memo,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_payment(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Payment":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_payment(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Payment")
        return value


_PAYMENT_0: Fields = (
    ("Payment", "", Instance(Payment)),
    ("Payment.destination", "destination", Opaque(32)),
    ("Payment.asset", "asset", UINT32),
    ("Payment.amount", "amount", INT64),
    ("Payment.memo", "memo", LENGTH),
)
_pack_payment_0: Final = Struct(">32sIq").pack


def _write_payment(value: Any) -> bytes:
    try:
        if type(value) is not Payment:
            raise ValueError
        destination = value.destination
        memo = value.memo
        if len(destination) != 32:
            raise ValueError
        part_0 = _pack_payment_0(destination, value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _PAYMENT_0)
        raise
    tail_0 = write_string(memo, MAX_PAYMENT_MEMO, "Payment.memo")
    return part_0 + tail_0


_unpack_payment_0: Final = Struct(">32sIqI").unpack_from


def _read_payment(data: bytes, offset: int) -> tuple[Payment, int]:
    try:
        destination, asset, amount, memo__length = _unpack_payment_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _PAYMENT_0)
        raise
    offset += 48
    memo, offset = read_string(data, offset, memo__length, MAX_PAYMENT_MEMO, "Payment.memo")
    return Payment(destination, asset, amount, memo), offset


MAX_PATH_MARKETS: Final = 2


class PathAmountUnit(IntEnum):
    """The enum PathAmountUnit of requests.x.

    XDR::

        enum PathAmountUnit {
            SEND_AMOUNT = 0,                  // up to so much is sent, in whole lots; all that it buys arrives, at least the limit
            RECEIVE_AMOUNT = 1                // just so much arrives, for at most the limit
        };
    """

    SEND_AMOUNT = 0
    RECEIVE_AMOUNT = 1


_PATH_AMOUNT_UNIT_MEMBERS: Final[dict[int, PathAmountUnit]] = {member.value: member for member in PathAmountUnit}


@dataclass(slots=True, init=False)
class PathPayment:
    """Money of one asset that arrives as another one, bought on one market or two on the way. What lots and fees leave over
    stays with the sender. To the own account it is a conversion.

    XDR::

        struct PathPayment {
            Key destination;
            AssetId send_asset;
            AssetId receive_asset;
            MarketId path<MAX_PATH_MARKETS>;  // the first one trades send_asset, the last one receive_asset
            PathAmountUnit unit;
            Amount amount;
            Amount limit;                     // of the other asset
            string memo<MAX_PAYMENT_MEMO>;    // "": none; as of a payment
        };
    """

    destination: Key
    send_asset: AssetId
    receive_asset: AssetId
    path: list[MarketId]
    unit: PathAmountUnit
    amount: Amount
    limit: Amount
    memo: str

    def __init__(
        self,
        destination: Key,
        send_asset: AssetId,
        receive_asset: AssetId,
        path: list[MarketId],
        unit: PathAmountUnit,
        amount: Amount,
        limit: Amount,
        memo: str = "",
    ) -> None:
        self.destination = destination
        self.send_asset = send_asset
        self.receive_asset = receive_asset
        self.path = path
        self.unit = unit
        self.amount = amount
        self.limit = limit
        self.memo = memo

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return PathPayment, (
            self.destination,
            self.send_asset,
            self.receive_asset,
            self.path,
            self.unit,
            self.amount,
            self.limit,
            self.memo,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_path_payment(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "PathPayment":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_path_payment(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "PathPayment")
        return value


_PATH_PAYMENT_0: Fields = (
    ("PathPayment", "", Instance(PathPayment)),
    ("PathPayment.destination", "destination", Opaque(32)),
    ("PathPayment.send_asset", "send_asset", UINT32),
    ("PathPayment.receive_asset", "receive_asset", UINT32),
    ("PathPayment.path", "path", Items(MAX_PATH_MARKETS)),
)
_PATH_PAYMENT_1: Fields = (
    ("PathPayment.unit", "unit", Enumerated(_PATH_AMOUNT_UNIT_MEMBERS)),
    ("PathPayment.amount", "amount", INT64),
    ("PathPayment.limit", "limit", INT64),
    ("PathPayment.memo", "memo", LENGTH),
)
_PATH_IN_PATH_PAYMENT_0: Fields = (("PathPayment.path", "", UINT32),)
_pack_path_in_path_payment_0: Final = Struct(">I").pack


def _write_path_in_path_payment(value: Any) -> bytes:
    try:
        part_0 = _pack_path_in_path_payment_0(value)
    except Exception:
        explain_unencodable(value, _PATH_IN_PATH_PAYMENT_0)
        raise
    return part_0


_pack_path_payment_0: Final = Struct(">32sIII").pack
_pack_path_payment_1: Final = Struct(">iqq").pack


def _write_path_payment(value: Any) -> bytes:
    try:
        if type(value) is not PathPayment:
            raise ValueError
        destination = value.destination
        path: list[Any] = value.path
        if len(destination) != 32 or type(path) is not list or len(path) > MAX_PATH_MARKETS:
            raise ValueError
        part_0 = _pack_path_payment_0(destination, value.send_asset, value.receive_asset, len(path))
    except Exception:
        explain_unencodable(value, _PATH_PAYMENT_0)
        raise
    tail_0 = b"".join([_write_path_in_path_payment(item) for item in path])
    try:
        unit = value.unit
        memo = value.memo
        if unit not in _PATH_AMOUNT_UNIT_MEMBERS:
            raise ValueError
        part_1 = _pack_path_payment_1(unit, value.amount, value.limit)
    except Exception:
        explain_unencodable(value, _PATH_PAYMENT_1)
        raise
    tail_1 = write_string(memo, MAX_PAYMENT_MEMO, "PathPayment.memo")
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_path_in_path_payment_0: Final = Struct(">I").unpack_from


def _read_path_in_path_payment(data: bytes, offset: int) -> tuple[MarketId, int]:
    try:
        (value,) = _unpack_path_in_path_payment_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _PATH_IN_PATH_PAYMENT_0)
        raise
    return value, offset + 4


_unpack_path_payment_0: Final = Struct(">32sIII").unpack_from
_unpack_path_payment_1: Final = Struct(">iqqI").unpack_from


def _read_path_payment(data: bytes, offset: int) -> tuple[PathPayment, int]:
    try:
        destination, send_asset, receive_asset, path__count = _unpack_path_payment_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _PATH_PAYMENT_0)
        raise
    offset += 44
    if path__count > MAX_PATH_MARKETS or path__count * 4 > len(data) - offset:
        refuse_count(path__count, MAX_PATH_MARKETS, "PathPayment.path")
    path = []
    for _ in range(path__count):
        path__item, offset = _read_path_in_path_payment(data, offset)
        path.append(path__item)
    try:
        unit, amount, limit, memo__length = _unpack_path_payment_1(data, offset)
        unit = _PATH_AMOUNT_UNIT_MEMBERS[unit]
    except (StructError, KeyError):
        explain_malformed(data, offset, _PATH_PAYMENT_1)
        raise
    offset += 24
    memo, offset = read_string(data, offset, memo__length, MAX_PAYMENT_MEMO, "PathPayment.memo")
    return PathPayment(destination, send_asset, receive_asset, path, unit, amount, limit, memo), offset


@dataclass(slots=True, init=False)
class OrderInstructions:
    """How an order differs from the plain one.

    XDR::

        struct OrderInstructions {
            bool post_only;                   // refused if it would be filled at once, in part or whole
            SelfTradePrevention self_trade_prevention;
            string client_order_id<MAX_CLIENT_ORDER_ID>;  // "": none; else unique among the account's open orders
            Timestamp *expires_at;            // good till then by sequenced time: at that time it is closed
            Trigger *trigger;                 // armed: it waits for this before it is executed
        };
    """

    post_only: bool
    self_trade_prevention: SelfTradePrevention
    client_order_id: str
    expires_at: Timestamp | None
    trigger: Trigger | None

    def __init__(
        self,
        post_only: bool,
        self_trade_prevention: SelfTradePrevention,
        client_order_id: str,
        expires_at: Timestamp | None,
        trigger: Trigger | None,
    ) -> None:
        self.post_only = post_only
        self.self_trade_prevention = self_trade_prevention
        self.client_order_id = client_order_id
        self.expires_at = expires_at
        self.trigger = trigger

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderInstructions, (
            self.post_only,
            self.self_trade_prevention,
            self.client_order_id,
            self.expires_at,
            self.trigger,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_instructions(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderInstructions":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_instructions(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderInstructions")
        return value


_ORDER_INSTRUCTIONS_0: Fields = (
    ("OrderInstructions", "", Instance(OrderInstructions)),
    ("OrderInstructions.post_only", "post_only", BOOLEAN),
    ("OrderInstructions.self_trade_prevention", "self_trade_prevention", Enumerated(_SELF_TRADE_PREVENTION_MEMBERS)),
    ("OrderInstructions.client_order_id", "client_order_id", LENGTH),
)
_ORDER_INSTRUCTIONS_1: Fields = (("OrderInstructions.expires_at", "expires_at", PRESENCE),)
_ORDER_INSTRUCTIONS_2: Fields = (("OrderInstructions.trigger", "trigger", PRESENCE),)
_EXPIRES_AT_IN_ORDER_INSTRUCTIONS_0: Fields = (("OrderInstructions.expires_at", "", INT64),)
_pack_expires_at_in_order_instructions_0: Final = Struct(">iq").pack


def _write_expires_at_in_order_instructions(value: Any) -> bytes:
    try:
        part_0 = _pack_expires_at_in_order_instructions_0(1, value)
    except Exception:
        explain_unencodable(value, _EXPIRES_AT_IN_ORDER_INSTRUCTIONS_0)
        raise
    return part_0


_pack_order_instructions_0: Final = Struct(">Ii").pack


def _write_order_instructions(value: Any) -> bytes:
    try:
        if type(value) is not OrderInstructions:
            raise ValueError
        post_only = value.post_only
        self_trade_prevention = value.self_trade_prevention
        client_order_id = value.client_order_id
        if (
            post_only is not True and post_only is not False
        ) or self_trade_prevention not in _SELF_TRADE_PREVENTION_MEMBERS:
            raise ValueError
        part_0 = _pack_order_instructions_0(post_only, self_trade_prevention)
    except Exception:
        explain_unencodable(value, _ORDER_INSTRUCTIONS_0)
        raise
    tail_0 = write_string(client_order_id, MAX_CLIENT_ORDER_ID, "OrderInstructions.client_order_id")
    try:
        expires_at = value.expires_at
    except Exception:
        explain_unencodable(value, _ORDER_INSTRUCTIONS_1)
        raise
    tail_1 = ABSENT if expires_at is None else _write_expires_at_in_order_instructions(expires_at)
    try:
        trigger = value.trigger
    except Exception:
        explain_unencodable(value, _ORDER_INSTRUCTIONS_2)
        raise
    tail_2 = ABSENT if trigger is None else PRESENT + _write_trigger(trigger)
    return b"".join((part_0, tail_0, tail_1, tail_2))


_unpack_expires_at_in_order_instructions_0: Final = Struct(">q").unpack_from


def _read_expires_at_in_order_instructions(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_expires_at_in_order_instructions_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _EXPIRES_AT_IN_ORDER_INSTRUCTIONS_0)
        raise
    return value, offset + 8


_unpack_order_instructions_0: Final = Struct(">IiI").unpack_from
_unpack_order_instructions_1: Final = Struct(">I").unpack_from
_unpack_order_instructions_2: Final = Struct(">I").unpack_from


def _read_order_instructions(data: bytes, offset: int) -> tuple[OrderInstructions, int]:
    try:
        post_only, self_trade_prevention, client_order_id__length = _unpack_order_instructions_0(data, offset)
        post_only = BOOLEANS[post_only]
        self_trade_prevention = _SELF_TRADE_PREVENTION_MEMBERS[self_trade_prevention]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_INSTRUCTIONS_0)
        raise
    offset += 12
    client_order_id, offset = read_string(
        data, offset, client_order_id__length, MAX_CLIENT_ORDER_ID, "OrderInstructions.client_order_id"
    )
    try:
        (expires_at__present,) = _unpack_order_instructions_1(data, offset)
        expires_at__present = BOOLEANS[expires_at__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_INSTRUCTIONS_1)
        raise
    offset += 4
    expires_at: Timestamp | None = None
    if expires_at__present:
        expires_at, offset = _read_expires_at_in_order_instructions(data, offset)
    try:
        (trigger__present,) = _unpack_order_instructions_2(data, offset)
        trigger__present = BOOLEANS[trigger__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_INSTRUCTIONS_2)
        raise
    offset += 4
    trigger: Trigger | None = None
    if trigger__present:
        trigger, offset = _read_trigger(data, offset)
    return OrderInstructions(post_only, self_trade_prevention, client_order_id, expires_at, trigger), offset


@dataclass(slots=True, init=False)
class LimitOrder:
    """The struct LimitOrder of requests.x.

    XDR::

        struct LimitOrder {
            MarketId market;
            Side side;
            Price price;
            Amount amount;                    // of base
            TimeInForce time_in_force;
            OrderInstructions *instructions;  // none: taking is fine, CANCEL_NEWEST, no client order id
        };
    """

    market: MarketId
    side: Side
    price: Price
    amount: Amount
    time_in_force: TimeInForce
    instructions: OrderInstructions | None

    def __init__(
        self,
        market: MarketId,
        side: Side,
        price: Price,
        amount: Amount,
        time_in_force: TimeInForce,
        instructions: OrderInstructions | None,
    ) -> None:
        self.market = market
        self.side = side
        self.price = price
        self.amount = amount
        self.time_in_force = time_in_force
        self.instructions = instructions

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LimitOrder, (
            self.market,
            self.side,
            self.price,
            self.amount,
            self.time_in_force,
            self.instructions,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_limit_order(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LimitOrder":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_limit_order(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LimitOrder")
        return value


_LIMIT_ORDER_0: Fields = (
    ("LimitOrder", "", Instance(LimitOrder)),
    ("LimitOrder.market", "market", UINT32),
    ("LimitOrder.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("LimitOrder.price", "price", INT64),
    ("LimitOrder.amount", "amount", INT64),
    ("LimitOrder.time_in_force", "time_in_force", Enumerated(_TIME_IN_FORCE_MEMBERS)),
    ("LimitOrder.instructions", "instructions", PRESENCE),
)
_pack_limit_order_0: Final = Struct(">Iiqqi").pack


def _write_limit_order(value: Any) -> bytes:
    try:
        if type(value) is not LimitOrder:
            raise ValueError
        side = value.side
        time_in_force = value.time_in_force
        instructions = value.instructions
        if side not in _SIDE_MEMBERS or time_in_force not in _TIME_IN_FORCE_MEMBERS:
            raise ValueError
        part_0 = _pack_limit_order_0(value.market, side, value.price, value.amount, time_in_force)
    except Exception:
        explain_unencodable(value, _LIMIT_ORDER_0)
        raise
    tail_0 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return part_0 + tail_0


_unpack_limit_order_0: Final = Struct(">IiqqiI").unpack_from


def _read_limit_order(data: bytes, offset: int) -> tuple[LimitOrder, int]:
    try:
        market, side, price, amount, time_in_force, instructions__present = _unpack_limit_order_0(data, offset)
        side = _SIDE_MEMBERS[side]
        time_in_force = _TIME_IN_FORCE_MEMBERS[time_in_force]
        instructions__present = BOOLEANS[instructions__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LIMIT_ORDER_0)
        raise
    offset += 32
    instructions: OrderInstructions | None = None
    if instructions__present:
        instructions, offset = _read_order_instructions(data, offset)
    return LimitOrder(market, side, price, amount, time_in_force, instructions), offset


class MarketAmountUnit(IntEnum):
    """The enum MarketAmountUnit of requests.x.

    XDR::

        enum MarketAmountUnit {
            BASE_AMOUNT = 0,
            QUOTE_BUDGET = 1                  // buy for at most so much
        };
    """

    BASE_AMOUNT = 0
    QUOTE_BUDGET = 1


_MARKET_AMOUNT_UNIT_MEMBERS: Final[dict[int, MarketAmountUnit]] = {member.value: member for member in MarketAmountUnit}


@dataclass(slots=True, init=False)
class MarketOrder:
    """Filled at once, as far as the market's price band and the book go; never rests.

    XDR::

        struct MarketOrder {
            MarketId market;
            Side side;
            MarketAmountUnit unit;
            Amount amount;
            OrderInstructions *instructions;  // as for a limit order that does not rest
        };
    """

    market: MarketId
    side: Side
    unit: MarketAmountUnit
    amount: Amount
    instructions: OrderInstructions | None

    def __init__(
        self,
        market: MarketId,
        side: Side,
        unit: MarketAmountUnit,
        amount: Amount,
        instructions: OrderInstructions | None,
    ) -> None:
        self.market = market
        self.side = side
        self.unit = unit
        self.amount = amount
        self.instructions = instructions

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return MarketOrder, (
            self.market,
            self.side,
            self.unit,
            self.amount,
            self.instructions,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_market_order(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "MarketOrder":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_market_order(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "MarketOrder")
        return value


_MARKET_ORDER_0: Fields = (
    ("MarketOrder", "", Instance(MarketOrder)),
    ("MarketOrder.market", "market", UINT32),
    ("MarketOrder.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("MarketOrder.unit", "unit", Enumerated(_MARKET_AMOUNT_UNIT_MEMBERS)),
    ("MarketOrder.amount", "amount", INT64),
    ("MarketOrder.instructions", "instructions", PRESENCE),
)
_pack_market_order_0: Final = Struct(">Iiiq").pack


def _write_market_order(value: Any) -> bytes:
    try:
        if type(value) is not MarketOrder:
            raise ValueError
        side = value.side
        unit = value.unit
        instructions = value.instructions
        if side not in _SIDE_MEMBERS or unit not in _MARKET_AMOUNT_UNIT_MEMBERS:
            raise ValueError
        part_0 = _pack_market_order_0(value.market, side, unit, value.amount)
    except Exception:
        explain_unencodable(value, _MARKET_ORDER_0)
        raise
    tail_0 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return part_0 + tail_0


_unpack_market_order_0: Final = Struct(">IiiqI").unpack_from


def _read_market_order(data: bytes, offset: int) -> tuple[MarketOrder, int]:
    try:
        market, side, unit, amount, instructions__present = _unpack_market_order_0(data, offset)
        side = _SIDE_MEMBERS[side]
        unit = _MARKET_AMOUNT_UNIT_MEMBERS[unit]
        instructions__present = BOOLEANS[instructions__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _MARKET_ORDER_0)
        raise
    offset += 24
    instructions: OrderInstructions | None = None
    if instructions__present:
        instructions, offset = _read_order_instructions(data, offset)
    return MarketOrder(market, side, unit, amount, instructions), offset


class OrderReferenceType(IntEnum):
    """The enum OrderReferenceType of requests.x.

    XDR::

        enum OrderReferenceType {
            ORDER_ID = 0,
            CLIENT_ORDER_ID = 1
        };
    """

    ORDER_ID = 0
    CLIENT_ORDER_ID = 1


_ORDER_REFERENCE_TYPE_MEMBERS: Final[dict[int, OrderReferenceType]] = {
    member.value: member for member in OrderReferenceType
}


OrderReference = Apex | str

_ORDER_AS_ORDER_REFERENCE_0: Fields = (("OrderReference.order", "", UINT64),)
_pack_order_as_order_reference_0: Final = Struct(">iQ").pack


def _write_order_as_order_reference(value: Any) -> bytes:
    try:
        part_0 = _pack_order_as_order_reference_0(0, value)
    except Exception:
        explain_unencodable(value, _ORDER_AS_ORDER_REFERENCE_0)
        raise
    return part_0


_CLIENT_ORDER_ID_AS_ORDER_REFERENCE_0: Fields = (("OrderReference.client_order_id", "", LENGTH),)


def _write_client_order_id_as_order_reference(value: Any) -> bytes:
    tail_0 = write_string(value, MAX_CLIENT_ORDER_ID, "OrderReference.client_order_id")
    return b"\x00\x00\x00\x01" + tail_0


_ORDER_REFERENCE_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    Apex: _write_order_as_order_reference,
    str: _write_client_order_id_as_order_reference,
}

_unpack_order_as_order_reference_0: Final = Struct(">Q").unpack_from


def _read_order_as_order_reference(data: bytes, offset: int) -> tuple[Apex, int]:
    try:
        (value,) = _unpack_order_as_order_reference_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ORDER_AS_ORDER_REFERENCE_0)
        raise
    return value, offset + 8


_unpack_client_order_id_as_order_reference_0: Final = Struct(">I").unpack_from


def _read_client_order_id_as_order_reference(data: bytes, offset: int) -> tuple[str, int]:
    try:
        (value__length,) = _unpack_client_order_id_as_order_reference_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CLIENT_ORDER_ID_AS_ORDER_REFERENCE_0)
        raise
    offset += 4
    value, offset = read_string(data, offset, value__length, MAX_CLIENT_ORDER_ID, "OrderReference.client_order_id")
    return value, offset


_ORDER_REFERENCE_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[OrderReference, int]]]] = {
    b"\x00\x00\x00\x00": _read_order_as_order_reference,
    b"\x00\x00\x00\x01": _read_client_order_id_as_order_reference,
}
_ORDER_REFERENCE_DISCRIMINANT = Discriminant(_ORDER_REFERENCE_TYPE_MEMBERS, _ORDER_REFERENCE_READERS)
_ORDER_REFERENCE_0: Fields = (("OrderReference.type", "", _ORDER_REFERENCE_DISCRIMINANT),)


def _read_order_reference(data: bytes, offset: int) -> tuple[OrderReference, int]:
    try:
        read = _ORDER_REFERENCE_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _ORDER_REFERENCE_0)
        raise
    return read(data, offset + 4)


def encode_order_reference(value: OrderReference) -> bytes:
    """Encodes a value of the union OrderReference by its class."""
    try:
        write = _ORDER_REFERENCE_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "OrderReference.type") from None
    return write(value)


def decode_order_reference(data: bytes) -> OrderReference:
    """Decodes bytes that are one OrderReference and nothing else."""
    value, offset = _read_order_reference(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "OrderReference")
    return value


@dataclass(slots=True, init=False)
class CancelOrder:
    """The struct CancelOrder of requests.x.

    XDR::

        struct CancelOrder {
            OrderReference order;
        };
    """

    order: OrderReference

    def __init__(self, order: OrderReference) -> None:
        self.order = order

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CancelOrder, (self.order,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_cancel_order(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "CancelOrder":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_cancel_order(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "CancelOrder")
        return value


_CANCEL_ORDER_0: Fields = (
    ("CancelOrder", "", Instance(CancelOrder)),
    ("OrderReference.type", "order", _ORDER_REFERENCE_DISCRIMINANT),
)


def _write_cancel_order(value: Any) -> bytes:
    try:
        if type(value) is not CancelOrder:
            raise ValueError
        order = value.order
    except Exception:
        explain_unencodable(value, _CANCEL_ORDER_0)
        raise
    try:
        write = _ORDER_REFERENCE_WRITERS[type(order)]
    except KeyError:
        raise UnencodableMessage("wrong type", "OrderReference.type") from None
    tail_0 = write(order)
    return tail_0


_unpack_cancel_order_0: Final = Struct(">4s").unpack_from


def _read_cancel_order(data: bytes, offset: int) -> tuple[CancelOrder, int]:
    try:
        (order__read,) = _unpack_cancel_order_0(data, offset)
        order__read = _ORDER_REFERENCE_READERS[order__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CANCEL_ORDER_0)
        raise
    offset += 4
    order, offset = order__read(data, offset)
    return CancelOrder(order), offset


@dataclass(slots=True, init=False)
class ReplaceOrder:
    """Changes a resting order. Less of it at the same price, without instructions, keeps its id and its place in the queue;
    anything else is a new order, with an id of its own, behind all others at its price, in the place of the old one.

    XDR::

        struct ReplaceOrder {
            OrderReference order;
            Amount *if_remaining;             // refused unless just so much of it remains now
            Price price;
            Amount amount;                    // of base, that shall remain
            OrderInstructions *instructions;  // none: it keeps its client order id and its time
        };
    """

    order: OrderReference
    if_remaining: Amount | None
    price: Price
    amount: Amount
    instructions: OrderInstructions | None

    def __init__(
        self,
        order: OrderReference,
        if_remaining: Amount | None,
        price: Price,
        amount: Amount,
        instructions: OrderInstructions | None,
    ) -> None:
        self.order = order
        self.if_remaining = if_remaining
        self.price = price
        self.amount = amount
        self.instructions = instructions

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ReplaceOrder, (
            self.order,
            self.if_remaining,
            self.price,
            self.amount,
            self.instructions,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_replace_order(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ReplaceOrder":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_replace_order(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ReplaceOrder")
        return value


_REPLACE_ORDER_0: Fields = (
    ("ReplaceOrder", "", Instance(ReplaceOrder)),
    ("OrderReference.type", "order", _ORDER_REFERENCE_DISCRIMINANT),
)
_REPLACE_ORDER_1: Fields = (("ReplaceOrder.if_remaining", "if_remaining", PRESENCE),)
_REPLACE_ORDER_2: Fields = (
    ("ReplaceOrder.price", "price", INT64),
    ("ReplaceOrder.amount", "amount", INT64),
    ("ReplaceOrder.instructions", "instructions", PRESENCE),
)
_IF_REMAINING_IN_REPLACE_ORDER_0: Fields = (("ReplaceOrder.if_remaining", "", INT64),)
_pack_if_remaining_in_replace_order_0: Final = Struct(">iq").pack


def _write_if_remaining_in_replace_order(value: Any) -> bytes:
    try:
        part_0 = _pack_if_remaining_in_replace_order_0(1, value)
    except Exception:
        explain_unencodable(value, _IF_REMAINING_IN_REPLACE_ORDER_0)
        raise
    return part_0


_pack_replace_order_2: Final = Struct(">qq").pack


def _write_replace_order(value: Any) -> bytes:
    try:
        if type(value) is not ReplaceOrder:
            raise ValueError
        order = value.order
    except Exception:
        explain_unencodable(value, _REPLACE_ORDER_0)
        raise
    try:
        write = _ORDER_REFERENCE_WRITERS[type(order)]
    except KeyError:
        raise UnencodableMessage("wrong type", "OrderReference.type") from None
    tail_0 = write(order)
    try:
        if_remaining = value.if_remaining
    except Exception:
        explain_unencodable(value, _REPLACE_ORDER_1)
        raise
    tail_1 = ABSENT if if_remaining is None else _write_if_remaining_in_replace_order(if_remaining)
    try:
        instructions = value.instructions
        part_2 = _pack_replace_order_2(value.price, value.amount)
    except Exception:
        explain_unencodable(value, _REPLACE_ORDER_2)
        raise
    tail_2 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return b"".join((tail_0, tail_1, part_2, tail_2))


_unpack_if_remaining_in_replace_order_0: Final = Struct(">q").unpack_from


def _read_if_remaining_in_replace_order(data: bytes, offset: int) -> tuple[Amount, int]:
    try:
        (value,) = _unpack_if_remaining_in_replace_order_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _IF_REMAINING_IN_REPLACE_ORDER_0)
        raise
    return value, offset + 8


_unpack_replace_order_0: Final = Struct(">4s").unpack_from
_unpack_replace_order_1: Final = Struct(">I").unpack_from
_unpack_replace_order_2: Final = Struct(">qqI").unpack_from


def _read_replace_order(data: bytes, offset: int) -> tuple[ReplaceOrder, int]:
    try:
        (order__read,) = _unpack_replace_order_0(data, offset)
        order__read = _ORDER_REFERENCE_READERS[order__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REPLACE_ORDER_0)
        raise
    offset += 4
    order, offset = order__read(data, offset)
    try:
        (if_remaining__present,) = _unpack_replace_order_1(data, offset)
        if_remaining__present = BOOLEANS[if_remaining__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REPLACE_ORDER_1)
        raise
    offset += 4
    if_remaining: Amount | None = None
    if if_remaining__present:
        if_remaining, offset = _read_if_remaining_in_replace_order(data, offset)
    try:
        price, amount, instructions__present = _unpack_replace_order_2(data, offset)
        instructions__present = BOOLEANS[instructions__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REPLACE_ORDER_2)
        raise
    offset += 20
    instructions: OrderInstructions | None = None
    if instructions__present:
        instructions, offset = _read_order_instructions(data, offset)
    return ReplaceOrder(order, if_remaining, price, amount, instructions), offset


@dataclass(slots=True, init=False)
class CancelAllAfter:
    """Cancels all open orders when this time has passed since the last one of these; 0: not any more.

    XDR::

        struct CancelAllAfter {
            unsigned int timeout_s;
        };
    """

    timeout_s: int

    def __init__(self, timeout_s: int) -> None:
        self.timeout_s = timeout_s

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CancelAllAfter, (self.timeout_s,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_cancel_all_after(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "CancelAllAfter":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_cancel_all_after(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "CancelAllAfter")
        return value


_CANCEL_ALL_AFTER_0: Fields = (
    ("CancelAllAfter", "", Instance(CancelAllAfter)),
    ("CancelAllAfter.timeout_s", "timeout_s", UINT32),
)
_pack_cancel_all_after_0: Final = Struct(">I").pack


def _write_cancel_all_after(value: Any) -> bytes:
    try:
        if type(value) is not CancelAllAfter:
            raise ValueError
        part_0 = _pack_cancel_all_after_0(value.timeout_s)
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_AFTER_0)
        raise
    return part_0


_unpack_cancel_all_after_0: Final = Struct(">I").unpack_from


def _read_cancel_all_after(data: bytes, offset: int) -> tuple[CancelAllAfter, int]:
    try:
        (timeout_s,) = _unpack_cancel_all_after_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CANCEL_ALL_AFTER_0)
        raise
    return CancelAllAfter(timeout_s), offset + 4


@dataclass(slots=True, init=False)
class CancelAllOrders:
    """Takes the account's open orders off the books, the oldest first: 1,000 at most in one quantum, or one batch.

    XDR::

        struct CancelAllOrders {
            MarketId *market;                 // none: of all markets
        };
    """

    market: MarketId | None

    def __init__(self, market: MarketId | None) -> None:
        self.market = market

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CancelAllOrders, (self.market,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_cancel_all_orders(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "CancelAllOrders":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_cancel_all_orders(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "CancelAllOrders")
        return value


_CANCEL_ALL_ORDERS_0: Fields = (
    ("CancelAllOrders", "", Instance(CancelAllOrders)),
    ("CancelAllOrders.market", "market", PRESENCE),
)
_MARKET_IN_CANCEL_ALL_ORDERS_0: Fields = (("CancelAllOrders.market", "", UINT32),)
_pack_market_in_cancel_all_orders_0: Final = Struct(">iI").pack


def _write_market_in_cancel_all_orders(value: Any) -> bytes:
    try:
        part_0 = _pack_market_in_cancel_all_orders_0(1, value)
    except Exception:
        explain_unencodable(value, _MARKET_IN_CANCEL_ALL_ORDERS_0)
        raise
    return part_0


def _write_cancel_all_orders(value: Any) -> bytes:
    try:
        if type(value) is not CancelAllOrders:
            raise ValueError
        market = value.market
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_ORDERS_0)
        raise
    tail_0 = ABSENT if market is None else _write_market_in_cancel_all_orders(market)
    return tail_0


_unpack_market_in_cancel_all_orders_0: Final = Struct(">I").unpack_from


def _read_market_in_cancel_all_orders(data: bytes, offset: int) -> tuple[MarketId, int]:
    try:
        (value,) = _unpack_market_in_cancel_all_orders_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MARKET_IN_CANCEL_ALL_ORDERS_0)
        raise
    return value, offset + 4


_unpack_cancel_all_orders_0: Final = Struct(">I").unpack_from


def _read_cancel_all_orders(data: bytes, offset: int) -> tuple[CancelAllOrders, int]:
    try:
        (market__present,) = _unpack_cancel_all_orders_0(data, offset)
        market__present = BOOLEANS[market__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CANCEL_ALL_ORDERS_0)
        raise
    offset += 4
    market: MarketId | None = None
    if market__present:
        market, offset = _read_market_in_cancel_all_orders(data, offset)
    return CancelAllOrders(market), offset


@dataclass(slots=True, init=False)
class LedgerDestination:
    """Where a withdrawal goes: a Stellar account, perhaps one that holds the money of many.

    XDR::

        struct LedgerDestination {
            Key account;
            unsigned hyper *muxed_id;         // SEP-23: whose money it is in a shared account
            Memo memo;
            bool creates;                     // it is not on the ledger yet: the lumens create it
        };
    """

    account: Key
    muxed_id: int | None
    memo: Memo
    creates: bool

    def __init__(self, account: Key, muxed_id: int | None, memo: Memo, creates: bool) -> None:
        self.account = account
        self.muxed_id = muxed_id
        self.memo = memo
        self.creates = creates

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LedgerDestination, (
            self.account,
            self.muxed_id,
            self.memo,
            self.creates,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_ledger_destination(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LedgerDestination":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_ledger_destination(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LedgerDestination")
        return value


_LEDGER_DESTINATION_0: Fields = (
    ("LedgerDestination", "", Instance(LedgerDestination)),
    ("LedgerDestination.account", "account", Opaque(32)),
    ("LedgerDestination.muxed_id", "muxed_id", PRESENCE),
)
_LEDGER_DESTINATION_1: Fields = (("Memo.type", "memo", _MEMO_DISCRIMINANT),)
_LEDGER_DESTINATION_2: Fields = (("LedgerDestination.creates", "creates", BOOLEAN),)
_MUXED_ID_IN_LEDGER_DESTINATION_0: Fields = (("LedgerDestination.muxed_id", "", UINT64),)
_pack_muxed_id_in_ledger_destination_0: Final = Struct(">iQ").pack


def _write_muxed_id_in_ledger_destination(value: Any) -> bytes:
    try:
        part_0 = _pack_muxed_id_in_ledger_destination_0(1, value)
    except Exception:
        explain_unencodable(value, _MUXED_ID_IN_LEDGER_DESTINATION_0)
        raise
    return part_0


_pack_ledger_destination_0: Final = Struct(">32s").pack
_pack_ledger_destination_2: Final = Struct(">I").pack


def _write_ledger_destination(value: Any) -> bytes:
    try:
        if type(value) is not LedgerDestination:
            raise ValueError
        account = value.account
        muxed_id = value.muxed_id
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_ledger_destination_0(account)
    except Exception:
        explain_unencodable(value, _LEDGER_DESTINATION_0)
        raise
    tail_0 = ABSENT if muxed_id is None else _write_muxed_id_in_ledger_destination(muxed_id)
    try:
        memo = value.memo
    except Exception:
        explain_unencodable(value, _LEDGER_DESTINATION_1)
        raise
    try:
        write = _MEMO_WRITERS[type(memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Memo.type") from None
    tail_1 = write(memo)
    try:
        creates = value.creates
        if creates is not True and creates is not False:
            raise ValueError
        part_2 = _pack_ledger_destination_2(creates)
    except Exception:
        explain_unencodable(value, _LEDGER_DESTINATION_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_unpack_muxed_id_in_ledger_destination_0: Final = Struct(">Q").unpack_from


def _read_muxed_id_in_ledger_destination(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_muxed_id_in_ledger_destination_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MUXED_ID_IN_LEDGER_DESTINATION_0)
        raise
    return value, offset + 8


_unpack_ledger_destination_0: Final = Struct(">32sI").unpack_from
_unpack_ledger_destination_1: Final = Struct(">4s").unpack_from
_unpack_ledger_destination_2: Final = Struct(">I").unpack_from


def _read_ledger_destination(data: bytes, offset: int) -> tuple[LedgerDestination, int]:
    try:
        account, muxed_id__present = _unpack_ledger_destination_0(data, offset)
        muxed_id__present = BOOLEANS[muxed_id__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LEDGER_DESTINATION_0)
        raise
    offset += 36
    muxed_id: int | None = None
    if muxed_id__present:
        muxed_id, offset = _read_muxed_id_in_ledger_destination(data, offset)
    try:
        (memo__read,) = _unpack_ledger_destination_1(data, offset)
        memo__read = _MEMO_READERS[memo__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LEDGER_DESTINATION_1)
        raise
    offset += 4
    memo, offset = memo__read(data, offset)
    try:
        (creates,) = _unpack_ledger_destination_2(data, offset)
        creates = BOOLEANS[creates]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LEDGER_DESTINATION_2)
        raise
    return LedgerDestination(account, muxed_id, memo, creates), offset + 4


@dataclass(slots=True, init=False)
class Withdrawal:
    """The struct Withdrawal of requests.x.

    XDR::

        struct Withdrawal {
            AssetId asset;
            Amount amount;
            LedgerDestination destination;
        };
    """

    asset: AssetId
    amount: Amount
    destination: LedgerDestination

    def __init__(self, asset: AssetId, amount: Amount, destination: LedgerDestination) -> None:
        self.asset = asset
        self.amount = amount
        self.destination = destination

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Withdrawal, (
            self.asset,
            self.amount,
            self.destination,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Withdrawal":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Withdrawal")
        return value


_WITHDRAWAL_0: Fields = (
    ("Withdrawal", "", Instance(Withdrawal)),
    ("Withdrawal.asset", "asset", UINT32),
    ("Withdrawal.amount", "amount", INT64),
    ("LedgerDestination", "destination", Instance(LedgerDestination)),
    ("LedgerDestination.account", "destination.account", Opaque(32)),
    ("LedgerDestination.muxed_id", "destination.muxed_id", PRESENCE),
)
_WITHDRAWAL_1: Fields = (("Memo.type", "destination.memo", _MEMO_DISCRIMINANT),)
_WITHDRAWAL_2: Fields = (("LedgerDestination.creates", "destination.creates", BOOLEAN),)
_DESTINATION__MUXED_ID_IN_WITHDRAWAL_0: Fields = (("LedgerDestination.muxed_id", "", UINT64),)
_pack_destination__muxed_id_in_withdrawal_0: Final = Struct(">iQ").pack


def _write_destination__muxed_id_in_withdrawal(value: Any) -> bytes:
    try:
        part_0 = _pack_destination__muxed_id_in_withdrawal_0(1, value)
    except Exception:
        explain_unencodable(value, _DESTINATION__MUXED_ID_IN_WITHDRAWAL_0)
        raise
    return part_0


_pack_withdrawal_0: Final = Struct(">Iq32s").pack
_pack_withdrawal_2: Final = Struct(">I").pack


def _write_withdrawal(value: Any) -> bytes:
    try:
        if type(value) is not Withdrawal:
            raise ValueError
        destination = value.destination
        destination__account = destination.account
        destination__muxed_id = destination.muxed_id
        if type(destination) is not LedgerDestination or len(destination__account) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_0(value.asset, value.amount, destination__account)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_0)
        raise
    tail_0 = (
        ABSENT if destination__muxed_id is None else _write_destination__muxed_id_in_withdrawal(destination__muxed_id)
    )
    try:
        destination__memo = destination.memo
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_1)
        raise
    try:
        write = _MEMO_WRITERS[type(destination__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Memo.type") from None
    tail_1 = write(destination__memo)
    try:
        destination__creates = destination.creates
        if destination__creates is not True and destination__creates is not False:
            raise ValueError
        part_2 = _pack_withdrawal_2(destination__creates)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_unpack_destination__muxed_id_in_withdrawal_0: Final = Struct(">Q").unpack_from


def _read_destination__muxed_id_in_withdrawal(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_destination__muxed_id_in_withdrawal_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _DESTINATION__MUXED_ID_IN_WITHDRAWAL_0)
        raise
    return value, offset + 8


_unpack_withdrawal_0: Final = Struct(">Iq32sI").unpack_from
_unpack_withdrawal_1: Final = Struct(">4s").unpack_from
_unpack_withdrawal_2: Final = Struct(">I").unpack_from


def _read_withdrawal(data: bytes, offset: int) -> tuple[Withdrawal, int]:
    try:
        asset, amount, destination__account, destination__muxed_id__present = _unpack_withdrawal_0(data, offset)
        destination__muxed_id__present = BOOLEANS[destination__muxed_id__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_0)
        raise
    offset += 48
    destination__muxed_id: int | None = None
    if destination__muxed_id__present:
        destination__muxed_id, offset = _read_destination__muxed_id_in_withdrawal(data, offset)
    try:
        (destination__memo__read,) = _unpack_withdrawal_1(data, offset)
        destination__memo__read = _MEMO_READERS[destination__memo__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_1)
        raise
    offset += 4
    destination__memo, offset = destination__memo__read(data, offset)
    try:
        (destination__creates,) = _unpack_withdrawal_2(data, offset)
        destination__creates = BOOLEANS[destination__creates]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_2)
        raise
    return Withdrawal(
        asset,
        amount,
        LedgerDestination(destination__account, destination__muxed_id, destination__memo, destination__creates),
    ), offset + 4


@dataclass(slots=True, init=False)
class CloseAccount:
    """Withdraws all lumens, the minimum balance with them; nothing else may be left in the account.

    XDR::

        struct CloseAccount {
            LedgerDestination destination;
        };
    """

    destination: LedgerDestination

    def __init__(self, destination: LedgerDestination) -> None:
        self.destination = destination

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CloseAccount, (self.destination,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_close_account(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "CloseAccount":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_close_account(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "CloseAccount")
        return value


_CLOSE_ACCOUNT_0: Fields = (
    ("CloseAccount", "", Instance(CloseAccount)),
    ("LedgerDestination", "destination", Instance(LedgerDestination)),
    ("LedgerDestination.account", "destination.account", Opaque(32)),
    ("LedgerDestination.muxed_id", "destination.muxed_id", PRESENCE),
)
_CLOSE_ACCOUNT_1: Fields = (("Memo.type", "destination.memo", _MEMO_DISCRIMINANT),)
_CLOSE_ACCOUNT_2: Fields = (("LedgerDestination.creates", "destination.creates", BOOLEAN),)
_DESTINATION__MUXED_ID_IN_CLOSE_ACCOUNT_0: Fields = (("LedgerDestination.muxed_id", "", UINT64),)
_pack_destination__muxed_id_in_close_account_0: Final = Struct(">iQ").pack


def _write_destination__muxed_id_in_close_account(value: Any) -> bytes:
    try:
        part_0 = _pack_destination__muxed_id_in_close_account_0(1, value)
    except Exception:
        explain_unencodable(value, _DESTINATION__MUXED_ID_IN_CLOSE_ACCOUNT_0)
        raise
    return part_0


_pack_close_account_0: Final = Struct(">32s").pack
_pack_close_account_2: Final = Struct(">I").pack


def _write_close_account(value: Any) -> bytes:
    try:
        if type(value) is not CloseAccount:
            raise ValueError
        destination = value.destination
        destination__account = destination.account
        destination__muxed_id = destination.muxed_id
        if type(destination) is not LedgerDestination or len(destination__account) != 32:
            raise ValueError
        part_0 = _pack_close_account_0(destination__account)
    except Exception:
        explain_unencodable(value, _CLOSE_ACCOUNT_0)
        raise
    tail_0 = (
        ABSENT
        if destination__muxed_id is None
        else _write_destination__muxed_id_in_close_account(destination__muxed_id)
    )
    try:
        destination__memo = destination.memo
    except Exception:
        explain_unencodable(value, _CLOSE_ACCOUNT_1)
        raise
    try:
        write = _MEMO_WRITERS[type(destination__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Memo.type") from None
    tail_1 = write(destination__memo)
    try:
        destination__creates = destination.creates
        if destination__creates is not True and destination__creates is not False:
            raise ValueError
        part_2 = _pack_close_account_2(destination__creates)
    except Exception:
        explain_unencodable(value, _CLOSE_ACCOUNT_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_unpack_destination__muxed_id_in_close_account_0: Final = Struct(">Q").unpack_from


def _read_destination__muxed_id_in_close_account(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_destination__muxed_id_in_close_account_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _DESTINATION__MUXED_ID_IN_CLOSE_ACCOUNT_0)
        raise
    return value, offset + 8


_unpack_close_account_0: Final = Struct(">32sI").unpack_from
_unpack_close_account_1: Final = Struct(">4s").unpack_from
_unpack_close_account_2: Final = Struct(">I").unpack_from


def _read_close_account(data: bytes, offset: int) -> tuple[CloseAccount, int]:
    try:
        destination__account, destination__muxed_id__present = _unpack_close_account_0(data, offset)
        destination__muxed_id__present = BOOLEANS[destination__muxed_id__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLOSE_ACCOUNT_0)
        raise
    offset += 36
    destination__muxed_id: int | None = None
    if destination__muxed_id__present:
        destination__muxed_id, offset = _read_destination__muxed_id_in_close_account(data, offset)
    try:
        (destination__memo__read,) = _unpack_close_account_1(data, offset)
        destination__memo__read = _MEMO_READERS[destination__memo__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLOSE_ACCOUNT_1)
        raise
    offset += 4
    destination__memo, offset = destination__memo__read(data, offset)
    try:
        (destination__creates,) = _unpack_close_account_2(data, offset)
        destination__creates = BOOLEANS[destination__creates]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLOSE_ACCOUNT_2)
        raise
    return CloseAccount(
        LedgerDestination(destination__account, destination__muxed_id, destination__memo, destination__creates)
    ), offset + 4


@dataclass(slots=True, init=False)
class RegisterRouting:
    """From now on a deposit with this memo id or muxed id is the account's. It stays so for ever.

    XDR::

        struct RegisterRouting {
            unsigned hyper routing_id;
        };
    """

    routing_id: int

    def __init__(self, routing_id: int) -> None:
        self.routing_id = routing_id

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return RegisterRouting, (self.routing_id,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_register_routing(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "RegisterRouting":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_register_routing(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "RegisterRouting")
        return value


_REGISTER_ROUTING_0: Fields = (
    ("RegisterRouting", "", Instance(RegisterRouting)),
    ("RegisterRouting.routing_id", "routing_id", UINT64),
)
_pack_register_routing_0: Final = Struct(">Q").pack


def _write_register_routing(value: Any) -> bytes:
    try:
        if type(value) is not RegisterRouting:
            raise ValueError
        part_0 = _pack_register_routing_0(value.routing_id)
    except Exception:
        explain_unencodable(value, _REGISTER_ROUTING_0)
        raise
    return part_0


_unpack_register_routing_0: Final = Struct(">Q").unpack_from


def _read_register_routing(data: bytes, offset: int) -> tuple[RegisterRouting, int]:
    try:
        (routing_id,) = _unpack_register_routing_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _REGISTER_ROUTING_0)
        raise
    return RegisterRouting(routing_id), offset + 8


@dataclass(slots=True, init=False)
class OpenHold:
    """Locks money for another account, which may take it until the hold lapses.

    XDR::

        struct OpenHold {
            Key beneficiary;
            AssetId asset;
            Amount amount;
            Timestamp expires_at;             // by sequenced time: at that time it lapses
        };
    """

    beneficiary: Key
    asset: AssetId
    amount: Amount
    expires_at: Timestamp

    def __init__(self, beneficiary: Key, asset: AssetId, amount: Amount, expires_at: Timestamp) -> None:
        self.beneficiary = beneficiary
        self.asset = asset
        self.amount = amount
        self.expires_at = expires_at

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OpenHold, (
            self.beneficiary,
            self.asset,
            self.amount,
            self.expires_at,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_open_hold(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OpenHold":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_open_hold(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OpenHold")
        return value


_OPEN_HOLD_0: Fields = (
    ("OpenHold", "", Instance(OpenHold)),
    ("OpenHold.beneficiary", "beneficiary", Opaque(32)),
    ("OpenHold.asset", "asset", UINT32),
    ("OpenHold.amount", "amount", INT64),
    ("OpenHold.expires_at", "expires_at", INT64),
)
_pack_open_hold_0: Final = Struct(">32sIqq").pack


def _write_open_hold(value: Any) -> bytes:
    try:
        if type(value) is not OpenHold:
            raise ValueError
        beneficiary = value.beneficiary
        if len(beneficiary) != 32:
            raise ValueError
        part_0 = _pack_open_hold_0(beneficiary, value.asset, value.amount, value.expires_at)
    except Exception:
        explain_unencodable(value, _OPEN_HOLD_0)
        raise
    return part_0


_unpack_open_hold_0: Final = Struct(">32sIqq").unpack_from


def _read_open_hold(data: bytes, offset: int) -> tuple[OpenHold, int]:
    try:
        beneficiary, asset, amount, expires_at = _unpack_open_hold_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _OPEN_HOLD_0)
        raise
    return OpenHold(beneficiary, asset, amount, expires_at), offset + 52


@dataclass(slots=True, init=False)
class CaptureHold:
    """By its beneficiary: takes the amount; what is left of the hold is free again.

    XDR::

        struct CaptureHold {
            Apex hold;
            Amount amount;
        };
    """

    hold: Apex
    amount: Amount

    def __init__(self, hold: Apex, amount: Amount) -> None:
        self.hold = hold
        self.amount = amount

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CaptureHold, (
            self.hold,
            self.amount,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_capture_hold(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "CaptureHold":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_capture_hold(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "CaptureHold")
        return value


_CAPTURE_HOLD_0: Fields = (
    ("CaptureHold", "", Instance(CaptureHold)),
    ("CaptureHold.hold", "hold", UINT64),
    ("CaptureHold.amount", "amount", INT64),
)
_pack_capture_hold_0: Final = Struct(">Qq").pack


def _write_capture_hold(value: Any) -> bytes:
    try:
        if type(value) is not CaptureHold:
            raise ValueError
        part_0 = _pack_capture_hold_0(value.hold, value.amount)
    except Exception:
        explain_unencodable(value, _CAPTURE_HOLD_0)
        raise
    return part_0


_unpack_capture_hold_0: Final = Struct(">Qq").unpack_from


def _read_capture_hold(data: bytes, offset: int) -> tuple[CaptureHold, int]:
    try:
        hold, amount = _unpack_capture_hold_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CAPTURE_HOLD_0)
        raise
    return CaptureHold(hold, amount), offset + 16


@dataclass(slots=True, init=False)
class ReleaseHold:
    """By its beneficiary: gives it up.

    XDR::

        struct ReleaseHold {
            Apex hold;
        };
    """

    hold: Apex

    def __init__(self, hold: Apex) -> None:
        self.hold = hold

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ReleaseHold, (self.hold,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_release_hold(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ReleaseHold":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_release_hold(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ReleaseHold")
        return value


_RELEASE_HOLD_0: Fields = (
    ("ReleaseHold", "", Instance(ReleaseHold)),
    ("ReleaseHold.hold", "hold", UINT64),
)
_pack_release_hold_0: Final = Struct(">Q").pack


def _write_release_hold(value: Any) -> bytes:
    try:
        if type(value) is not ReleaseHold:
            raise ValueError
        part_0 = _pack_release_hold_0(value.hold)
    except Exception:
        explain_unencodable(value, _RELEASE_HOLD_0)
        raise
    return part_0


_unpack_release_hold_0: Final = Struct(">Q").unpack_from


def _read_release_hold(data: bytes, offset: int) -> tuple[ReleaseHold, int]:
    try:
        (hold,) = _unpack_release_hold_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _RELEASE_HOLD_0)
        raise
    return ReleaseHold(hold), offset + 8


class OperationType(IntEnum):
    """The enum OperationType of requests.x.

    XDR::

        enum OperationType {
            PAYMENT = 0,
            LIMIT_ORDER = 1,
            CANCEL_ORDER = 2,
            WITHDRAWAL = 3,
            CLOSE_ACCOUNT = 4,
            REGISTER_ROUTING = 5,
            CANCEL_ALL_ORDERS = 6,
            MARKET_ORDER = 7,
            REPLACE_ORDER = 8,
            CANCEL_ALL_AFTER = 9,
            OPEN_HOLD = 10,
            CAPTURE_HOLD = 11,
            RELEASE_HOLD = 12,
            PATH_PAYMENT = 13,
            APPOINT_AGENT = 20,
            DISMISS_AGENT = 21,
            ROTATE_KEY = 22,
            LOCK_ACCOUNT = 23,
            OPEN_SUB_ACCOUNT = 24,
            MERGE_SUB_ACCOUNT = 25
        };
    """

    PAYMENT = 0
    LIMIT_ORDER = 1
    CANCEL_ORDER = 2
    WITHDRAWAL = 3
    CLOSE_ACCOUNT = 4
    REGISTER_ROUTING = 5
    CANCEL_ALL_ORDERS = 6
    MARKET_ORDER = 7
    REPLACE_ORDER = 8
    CANCEL_ALL_AFTER = 9
    OPEN_HOLD = 10
    CAPTURE_HOLD = 11
    RELEASE_HOLD = 12
    PATH_PAYMENT = 13
    APPOINT_AGENT = 20
    DISMISS_AGENT = 21
    ROTATE_KEY = 22
    LOCK_ACCOUNT = 23
    OPEN_SUB_ACCOUNT = 24
    MERGE_SUB_ACCOUNT = 25


_OPERATION_TYPE_MEMBERS: Final[dict[int, OperationType]] = {member.value: member for member in OperationType}


Operation = (
    Payment
    | LimitOrder
    | CancelOrder
    | Withdrawal
    | CloseAccount
    | RegisterRouting
    | CancelAllOrders
    | MarketOrder
    | ReplaceOrder
    | CancelAllAfter
    | OpenHold
    | CaptureHold
    | ReleaseHold
    | PathPayment
    | AppointAgent
    | DismissAgent
    | RotateKey
    | LockAccount
    | OpenSubAccount
    | MergeSubAccount
)

_pack_payment_as_operation_0: Final = Struct(">i32sIq").pack


def _write_payment_as_operation(value: Payment) -> bytes:
    try:
        destination = value.destination
        memo = value.memo
        if len(destination) != 32:
            raise ValueError
        part_0 = _pack_payment_as_operation_0(0, destination, value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _PAYMENT_0)
        raise
    tail_0 = write_string(memo, MAX_PAYMENT_MEMO, "Payment.memo")
    return part_0 + tail_0


_pack_limit_order_as_operation_0: Final = Struct(">iIiqqi").pack


def _write_limit_order_as_operation(value: LimitOrder) -> bytes:
    try:
        side = value.side
        time_in_force = value.time_in_force
        instructions = value.instructions
        if side not in _SIDE_MEMBERS or time_in_force not in _TIME_IN_FORCE_MEMBERS:
            raise ValueError
        part_0 = _pack_limit_order_as_operation_0(1, value.market, side, value.price, value.amount, time_in_force)
    except Exception:
        explain_unencodable(value, _LIMIT_ORDER_0)
        raise
    tail_0 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return part_0 + tail_0


def _write_cancel_order_as_operation(value: CancelOrder) -> bytes:
    try:
        order = value.order
    except Exception:
        explain_unencodable(value, _CANCEL_ORDER_0)
        raise
    try:
        write = _ORDER_REFERENCE_WRITERS[type(order)]
    except KeyError:
        raise UnencodableMessage("wrong type", "OrderReference.type") from None
    tail_0 = write(order)
    return b"\x00\x00\x00\x02" + tail_0


_DESTINATION__MUXED_ID_IN_WITHDRAWAL_AS_OPERATION_0: Fields = (("LedgerDestination.muxed_id", "", UINT64),)
_pack_destination__muxed_id_in_withdrawal_as_operation_0: Final = Struct(">iQ").pack


def _write_destination__muxed_id_in_withdrawal_as_operation(value: Any) -> bytes:
    try:
        part_0 = _pack_destination__muxed_id_in_withdrawal_as_operation_0(1, value)
    except Exception:
        explain_unencodable(value, _DESTINATION__MUXED_ID_IN_WITHDRAWAL_AS_OPERATION_0)
        raise
    return part_0


_pack_withdrawal_as_operation_0: Final = Struct(">iIq32s").pack
_pack_withdrawal_as_operation_2: Final = Struct(">I").pack


def _write_withdrawal_as_operation(value: Withdrawal) -> bytes:
    try:
        destination = value.destination
        destination__account = destination.account
        destination__muxed_id = destination.muxed_id
        if type(destination) is not LedgerDestination or len(destination__account) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_as_operation_0(3, value.asset, value.amount, destination__account)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_0)
        raise
    tail_0 = (
        ABSENT
        if destination__muxed_id is None
        else _write_destination__muxed_id_in_withdrawal_as_operation(destination__muxed_id)
    )
    try:
        destination__memo = destination.memo
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_1)
        raise
    try:
        write = _MEMO_WRITERS[type(destination__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Memo.type") from None
    tail_1 = write(destination__memo)
    try:
        destination__creates = destination.creates
        if destination__creates is not True and destination__creates is not False:
            raise ValueError
        part_2 = _pack_withdrawal_as_operation_2(destination__creates)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_DESTINATION__MUXED_ID_IN_CLOSE_ACCOUNT_AS_OPERATION_0: Fields = (("LedgerDestination.muxed_id", "", UINT64),)
_pack_destination__muxed_id_in_close_account_as_operation_0: Final = Struct(">iQ").pack


def _write_destination__muxed_id_in_close_account_as_operation(value: Any) -> bytes:
    try:
        part_0 = _pack_destination__muxed_id_in_close_account_as_operation_0(1, value)
    except Exception:
        explain_unencodable(value, _DESTINATION__MUXED_ID_IN_CLOSE_ACCOUNT_AS_OPERATION_0)
        raise
    return part_0


_pack_close_account_as_operation_0: Final = Struct(">i32s").pack
_pack_close_account_as_operation_2: Final = Struct(">I").pack


def _write_close_account_as_operation(value: CloseAccount) -> bytes:
    try:
        destination = value.destination
        destination__account = destination.account
        destination__muxed_id = destination.muxed_id
        if type(destination) is not LedgerDestination or len(destination__account) != 32:
            raise ValueError
        part_0 = _pack_close_account_as_operation_0(4, destination__account)
    except Exception:
        explain_unencodable(value, _CLOSE_ACCOUNT_0)
        raise
    tail_0 = (
        ABSENT
        if destination__muxed_id is None
        else _write_destination__muxed_id_in_close_account_as_operation(destination__muxed_id)
    )
    try:
        destination__memo = destination.memo
    except Exception:
        explain_unencodable(value, _CLOSE_ACCOUNT_1)
        raise
    try:
        write = _MEMO_WRITERS[type(destination__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Memo.type") from None
    tail_1 = write(destination__memo)
    try:
        destination__creates = destination.creates
        if destination__creates is not True and destination__creates is not False:
            raise ValueError
        part_2 = _pack_close_account_as_operation_2(destination__creates)
    except Exception:
        explain_unencodable(value, _CLOSE_ACCOUNT_2)
        raise
    return b"".join((part_0, tail_0, tail_1, part_2))


_pack_register_routing_as_operation_0: Final = Struct(">iQ").pack


def _write_register_routing_as_operation(value: RegisterRouting) -> bytes:
    try:
        part_0 = _pack_register_routing_as_operation_0(5, value.routing_id)
    except Exception:
        explain_unencodable(value, _REGISTER_ROUTING_0)
        raise
    return part_0


_MARKET_IN_CANCEL_ALL_ORDERS_AS_OPERATION_0: Fields = (("CancelAllOrders.market", "", UINT32),)
_pack_market_in_cancel_all_orders_as_operation_0: Final = Struct(">iI").pack


def _write_market_in_cancel_all_orders_as_operation(value: Any) -> bytes:
    try:
        part_0 = _pack_market_in_cancel_all_orders_as_operation_0(1, value)
    except Exception:
        explain_unencodable(value, _MARKET_IN_CANCEL_ALL_ORDERS_AS_OPERATION_0)
        raise
    return part_0


def _write_cancel_all_orders_as_operation(value: CancelAllOrders) -> bytes:
    try:
        market = value.market
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_ORDERS_0)
        raise
    tail_0 = ABSENT if market is None else _write_market_in_cancel_all_orders_as_operation(market)
    return b"\x00\x00\x00\x06" + tail_0


_pack_market_order_as_operation_0: Final = Struct(">iIiiq").pack


def _write_market_order_as_operation(value: MarketOrder) -> bytes:
    try:
        side = value.side
        unit = value.unit
        instructions = value.instructions
        if side not in _SIDE_MEMBERS or unit not in _MARKET_AMOUNT_UNIT_MEMBERS:
            raise ValueError
        part_0 = _pack_market_order_as_operation_0(7, value.market, side, unit, value.amount)
    except Exception:
        explain_unencodable(value, _MARKET_ORDER_0)
        raise
    tail_0 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return part_0 + tail_0


_IF_REMAINING_IN_REPLACE_ORDER_AS_OPERATION_0: Fields = (("ReplaceOrder.if_remaining", "", INT64),)
_pack_if_remaining_in_replace_order_as_operation_0: Final = Struct(">iq").pack


def _write_if_remaining_in_replace_order_as_operation(value: Any) -> bytes:
    try:
        part_0 = _pack_if_remaining_in_replace_order_as_operation_0(1, value)
    except Exception:
        explain_unencodable(value, _IF_REMAINING_IN_REPLACE_ORDER_AS_OPERATION_0)
        raise
    return part_0


_pack_replace_order_as_operation_2: Final = Struct(">qq").pack


def _write_replace_order_as_operation(value: ReplaceOrder) -> bytes:
    try:
        order = value.order
    except Exception:
        explain_unencodable(value, _REPLACE_ORDER_0)
        raise
    try:
        write = _ORDER_REFERENCE_WRITERS[type(order)]
    except KeyError:
        raise UnencodableMessage("wrong type", "OrderReference.type") from None
    tail_0 = write(order)
    try:
        if_remaining = value.if_remaining
    except Exception:
        explain_unencodable(value, _REPLACE_ORDER_1)
        raise
    tail_1 = ABSENT if if_remaining is None else _write_if_remaining_in_replace_order_as_operation(if_remaining)
    try:
        instructions = value.instructions
        part_2 = _pack_replace_order_as_operation_2(value.price, value.amount)
    except Exception:
        explain_unencodable(value, _REPLACE_ORDER_2)
        raise
    tail_2 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return b"".join((b"\x00\x00\x00\x08", tail_0, tail_1, part_2, tail_2))


_pack_cancel_all_after_as_operation_0: Final = Struct(">iI").pack


def _write_cancel_all_after_as_operation(value: CancelAllAfter) -> bytes:
    try:
        part_0 = _pack_cancel_all_after_as_operation_0(9, value.timeout_s)
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_AFTER_0)
        raise
    return part_0


_pack_open_hold_as_operation_0: Final = Struct(">i32sIqq").pack


def _write_open_hold_as_operation(value: OpenHold) -> bytes:
    try:
        beneficiary = value.beneficiary
        if len(beneficiary) != 32:
            raise ValueError
        part_0 = _pack_open_hold_as_operation_0(10, beneficiary, value.asset, value.amount, value.expires_at)
    except Exception:
        explain_unencodable(value, _OPEN_HOLD_0)
        raise
    return part_0


_pack_capture_hold_as_operation_0: Final = Struct(">iQq").pack


def _write_capture_hold_as_operation(value: CaptureHold) -> bytes:
    try:
        part_0 = _pack_capture_hold_as_operation_0(11, value.hold, value.amount)
    except Exception:
        explain_unencodable(value, _CAPTURE_HOLD_0)
        raise
    return part_0


_pack_release_hold_as_operation_0: Final = Struct(">iQ").pack


def _write_release_hold_as_operation(value: ReleaseHold) -> bytes:
    try:
        part_0 = _pack_release_hold_as_operation_0(12, value.hold)
    except Exception:
        explain_unencodable(value, _RELEASE_HOLD_0)
        raise
    return part_0


_PATH_IN_PATH_PAYMENT_AS_OPERATION_0: Fields = (("PathPayment.path", "", UINT32),)
_pack_path_in_path_payment_as_operation_0: Final = Struct(">I").pack


def _write_path_in_path_payment_as_operation(value: Any) -> bytes:
    try:
        part_0 = _pack_path_in_path_payment_as_operation_0(value)
    except Exception:
        explain_unencodable(value, _PATH_IN_PATH_PAYMENT_AS_OPERATION_0)
        raise
    return part_0


_pack_path_payment_as_operation_0: Final = Struct(">i32sIII").pack
_pack_path_payment_as_operation_1: Final = Struct(">iqq").pack


def _write_path_payment_as_operation(value: PathPayment) -> bytes:
    try:
        destination = value.destination
        path: list[Any] = value.path
        if len(destination) != 32 or type(path) is not list or len(path) > MAX_PATH_MARKETS:
            raise ValueError
        part_0 = _pack_path_payment_as_operation_0(13, destination, value.send_asset, value.receive_asset, len(path))
    except Exception:
        explain_unencodable(value, _PATH_PAYMENT_0)
        raise
    tail_0 = b"".join([_write_path_in_path_payment_as_operation(item) for item in path])
    try:
        unit = value.unit
        memo = value.memo
        if unit not in _PATH_AMOUNT_UNIT_MEMBERS:
            raise ValueError
        part_1 = _pack_path_payment_as_operation_1(unit, value.amount, value.limit)
    except Exception:
        explain_unencodable(value, _PATH_PAYMENT_1)
        raise
    tail_1 = write_string(memo, MAX_PAYMENT_MEMO, "PathPayment.memo")
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_appoint_agent_as_operation_0: Final = Struct(">i32sIq").pack


def _write_appoint_agent_as_operation(value: AppointAgent) -> bytes:
    try:
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_appoint_agent_as_operation_0(20, agent, value.rights, value.expires_at)
    except Exception:
        explain_unencodable(value, _APPOINT_AGENT_0)
        raise
    return part_0


_pack_dismiss_agent_as_operation_0: Final = Struct(">i32s").pack


def _write_dismiss_agent_as_operation(value: DismissAgent) -> bytes:
    try:
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_dismiss_agent_as_operation_0(21, agent)
    except Exception:
        explain_unencodable(value, _DISMISS_AGENT_0)
        raise
    return part_0


_pack_rotate_key_as_operation_0: Final = Struct(">i32s64s").pack


def _write_rotate_key_as_operation(value: RotateKey) -> bytes:
    try:
        new_key = value.new_key
        proof = value.proof
        if len(new_key) != 32 or len(proof) != 64:
            raise ValueError
        part_0 = _pack_rotate_key_as_operation_0(22, new_key, proof)
    except Exception:
        explain_unencodable(value, _ROTATE_KEY_0)
        raise
    return part_0


_UNTIL_IN_LOCK_ACCOUNT_AS_OPERATION_0: Fields = (("LockAccount.until", "", INT64),)
_pack_until_in_lock_account_as_operation_0: Final = Struct(">iq").pack


def _write_until_in_lock_account_as_operation(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_lock_account_as_operation_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_LOCK_ACCOUNT_AS_OPERATION_0)
        raise
    return part_0


_pack_lock_account_as_operation_0: Final = Struct(">iI").pack


def _write_lock_account_as_operation(value: LockAccount) -> bytes:
    try:
        until = value.until
        part_0 = _pack_lock_account_as_operation_0(23, value.locks)
    except Exception:
        explain_unencodable(value, _LOCK_ACCOUNT_0)
        raise
    tail_0 = ABSENT if until is None else _write_until_in_lock_account_as_operation(until)
    return part_0 + tail_0


_pack_open_sub_account_as_operation_0: Final = Struct(">iIq").pack


def _write_open_sub_account_as_operation(value: OpenSubAccount) -> bytes:
    try:
        part_0 = _pack_open_sub_account_as_operation_0(24, value.number, value.amount)
    except Exception:
        explain_unencodable(value, _OPEN_SUB_ACCOUNT_0)
        raise
    return part_0


_pack_merge_sub_account_as_operation_0: Final = Struct(">iI").pack


def _write_merge_sub_account_as_operation(value: MergeSubAccount) -> bytes:
    try:
        part_0 = _pack_merge_sub_account_as_operation_0(25, value.number)
    except Exception:
        explain_unencodable(value, _MERGE_SUB_ACCOUNT_0)
        raise
    return part_0


_OPERATION_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    Payment: _write_payment_as_operation,
    LimitOrder: _write_limit_order_as_operation,
    CancelOrder: _write_cancel_order_as_operation,
    Withdrawal: _write_withdrawal_as_operation,
    CloseAccount: _write_close_account_as_operation,
    RegisterRouting: _write_register_routing_as_operation,
    CancelAllOrders: _write_cancel_all_orders_as_operation,
    MarketOrder: _write_market_order_as_operation,
    ReplaceOrder: _write_replace_order_as_operation,
    CancelAllAfter: _write_cancel_all_after_as_operation,
    OpenHold: _write_open_hold_as_operation,
    CaptureHold: _write_capture_hold_as_operation,
    ReleaseHold: _write_release_hold_as_operation,
    PathPayment: _write_path_payment_as_operation,
    AppointAgent: _write_appoint_agent_as_operation,
    DismissAgent: _write_dismiss_agent_as_operation,
    RotateKey: _write_rotate_key_as_operation,
    LockAccount: _write_lock_account_as_operation,
    OpenSubAccount: _write_open_sub_account_as_operation,
    MergeSubAccount: _write_merge_sub_account_as_operation,
}

_OPERATION_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[Operation, int]]]] = {
    b"\x00\x00\x00\x00": _read_payment,
    b"\x00\x00\x00\x01": _read_limit_order,
    b"\x00\x00\x00\x02": _read_cancel_order,
    b"\x00\x00\x00\x03": _read_withdrawal,
    b"\x00\x00\x00\x04": _read_close_account,
    b"\x00\x00\x00\x05": _read_register_routing,
    b"\x00\x00\x00\x06": _read_cancel_all_orders,
    b"\x00\x00\x00\x07": _read_market_order,
    b"\x00\x00\x00\x08": _read_replace_order,
    b"\x00\x00\x00\t": _read_cancel_all_after,
    b"\x00\x00\x00\n": _read_open_hold,
    b"\x00\x00\x00\x0b": _read_capture_hold,
    b"\x00\x00\x00\x0c": _read_release_hold,
    b"\x00\x00\x00\r": _read_path_payment,
    b"\x00\x00\x00\x14": _read_appoint_agent,
    b"\x00\x00\x00\x15": _read_dismiss_agent,
    b"\x00\x00\x00\x16": _read_rotate_key,
    b"\x00\x00\x00\x17": _read_lock_account,
    b"\x00\x00\x00\x18": _read_open_sub_account,
    b"\x00\x00\x00\x19": _read_merge_sub_account,
}
_OPERATION_DISCRIMINANT = Discriminant(_OPERATION_TYPE_MEMBERS, _OPERATION_READERS)
_OPERATION_0: Fields = (("Operation.type", "", _OPERATION_DISCRIMINANT),)


def _read_operation(data: bytes, offset: int) -> tuple[Operation, int]:
    try:
        read = _OPERATION_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _OPERATION_0)
        raise
    return read(data, offset + 4)


def encode_operation(value: Operation) -> bytes:
    """Encodes a value of the union Operation by its class."""
    try:
        write = _OPERATION_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Operation.type") from None
    return write(value)


def decode_operation(data: bytes) -> Operation:
    """Decodes bytes that are one Operation and nothing else."""
    value, offset = _read_operation(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "Operation")
    return value


@dataclass(slots=True, init=False)
class Request:
    """The struct Request of requests.x.

    XDR::

        struct Request {
            Key account;
            Key *signer;                      // none: the account's own key, which was never rotated
            hyper nonce;                      // strictly increasing per signing key, from 1
            Timestamp valid_until;            // inclusive
            Operation operation;
        };
    """

    account: Key
    signer: Key | None
    nonce: int
    valid_until: Timestamp
    operation: Operation

    def __init__(
        self, account: Key, signer: Key | None, nonce: int, valid_until: Timestamp, operation: Operation
    ) -> None:
        self.account = account
        self.signer = signer
        self.nonce = nonce
        self.valid_until = valid_until
        self.operation = operation

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Request, (
            self.account,
            self.signer,
            self.nonce,
            self.valid_until,
            self.operation,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_request(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Request":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_request(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Request")
        return value


_REQUEST_0: Fields = (
    ("Request", "", Instance(Request)),
    ("Request.account", "account", Opaque(32)),
    ("Request.signer", "signer", PRESENCE),
)
_REQUEST_1: Fields = (
    ("Request.nonce", "nonce", INT64),
    ("Request.valid_until", "valid_until", INT64),
    ("Operation.type", "operation", _OPERATION_DISCRIMINANT),
)
_SIGNER_IN_REQUEST_0: Fields = (("Request.signer", "", Opaque(32)),)
_pack_signer_in_request_0: Final = Struct(">i32s").pack


def _write_signer_in_request(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_signer_in_request_0(1, value)
    except Exception:
        explain_unencodable(value, _SIGNER_IN_REQUEST_0)
        raise
    return part_0


_pack_request_0: Final = Struct(">32s").pack
_pack_request_1: Final = Struct(">qq").pack


def _write_request(value: Any) -> bytes:
    try:
        if type(value) is not Request:
            raise ValueError
        account = value.account
        signer = value.signer
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_request_0(account)
    except Exception:
        explain_unencodable(value, _REQUEST_0)
        raise
    tail_0 = ABSENT if signer is None else _write_signer_in_request(signer)
    try:
        operation = value.operation
        part_1 = _pack_request_1(value.nonce, value.valid_until)
    except Exception:
        explain_unencodable(value, _REQUEST_1)
        raise
    try:
        write = _OPERATION_WRITERS[type(operation)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Operation.type") from None
    tail_1 = write(operation)
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_signer_in_request_0: Final = Struct(">32s").unpack_from


def _read_signer_in_request(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_signer_in_request_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNER_IN_REQUEST_0)
        raise
    return value, offset + 32


_unpack_request_0: Final = Struct(">32sI").unpack_from
_unpack_request_1: Final = Struct(">qq4s").unpack_from


def _read_request(data: bytes, offset: int) -> tuple[Request, int]:
    try:
        account, signer__present = _unpack_request_0(data, offset)
        signer__present = BOOLEANS[signer__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REQUEST_0)
        raise
    offset += 36
    signer: Key | None = None
    if signer__present:
        signer, offset = _read_signer_in_request(data, offset)
    try:
        nonce, valid_until, operation__read = _unpack_request_1(data, offset)
        operation__read = _OPERATION_READERS[operation__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REQUEST_1)
        raise
    offset += 20
    operation, offset = operation__read(data, offset)
    return Request(account, signer, nonce, valid_until, operation), offset


@dataclass(slots=True, init=False)
class SignedRequest:
    """The struct SignedRequest of requests.x.

    XDR::

        struct SignedRequest {
            Request request;
            Signature signature;
        };
    """

    request: Final[Request]
    signature: Final[Signature]
    _encoded: bytes = field(init=False, repr=False, compare=False)

    def __init__(self, request: Request, signature: Signature) -> None:
        self.request = request
        self.signature = signature
        self._encoded = b""

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignedRequest, (
            self.request,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signed_request(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignedRequest":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signed_request(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignedRequest")
        return value


_SIGNED_REQUEST_0: Fields = (
    ("SignedRequest", "", Instance(SignedRequest)),
    ("Request", "request", Instance(Request)),
    ("Request.account", "request.account", Opaque(32)),
    ("Request.signer", "request.signer", PRESENCE),
)
_SIGNED_REQUEST_1: Fields = (
    ("Request.nonce", "request.nonce", INT64),
    ("Request.valid_until", "request.valid_until", INT64),
    ("Operation.type", "request.operation", _OPERATION_DISCRIMINANT),
)
_SIGNED_REQUEST_2: Fields = (("SignedRequest.signature", "signature", Opaque(64)),)
_REQUEST__SIGNER_IN_SIGNED_REQUEST_0: Fields = (("Request.signer", "", Opaque(32)),)
_pack_request__signer_in_signed_request_0: Final = Struct(">i32s").pack


def _write_request__signer_in_signed_request(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_request__signer_in_signed_request_0(1, value)
    except Exception:
        explain_unencodable(value, _REQUEST__SIGNER_IN_SIGNED_REQUEST_0)
        raise
    return part_0


_pack_signed_request_0: Final = Struct(">32s").pack
_pack_signed_request_1: Final = Struct(">qq").pack
_pack_signed_request_2: Final = Struct(">64s").pack


def _write_signed_request(value: Any) -> bytes:
    if type(value) is SignedRequest and value._encoded:
        return value._encoded
    try:
        if type(value) is not SignedRequest:
            raise ValueError
        request = value.request
        request__account = request.account
        request__signer = request.signer
        if type(request) is not Request or len(request__account) != 32:
            raise ValueError
        part_0 = _pack_signed_request_0(request__account)
    except Exception:
        explain_unencodable(value, _SIGNED_REQUEST_0)
        raise
    tail_0 = ABSENT if request__signer is None else _write_request__signer_in_signed_request(request__signer)
    try:
        request__operation = request.operation
        part_1 = _pack_signed_request_1(request.nonce, request.valid_until)
    except Exception:
        explain_unencodable(value, _SIGNED_REQUEST_1)
        raise
    try:
        write = _OPERATION_WRITERS[type(request__operation)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Operation.type") from None
    tail_1 = write(request__operation)
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_2 = _pack_signed_request_2(signature)
    except Exception:
        explain_unencodable(value, _SIGNED_REQUEST_2)
        raise
    encoded: bytes = b"".join((part_0, tail_0, part_1, tail_1, part_2))
    value._encoded = encoded
    return encoded


_unpack_request__signer_in_signed_request_0: Final = Struct(">32s").unpack_from


def _read_request__signer_in_signed_request(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_request__signer_in_signed_request_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _REQUEST__SIGNER_IN_SIGNED_REQUEST_0)
        raise
    return value, offset + 32


_unpack_signed_request_0: Final = Struct(">32sI").unpack_from
_unpack_signed_request_1: Final = Struct(">qq4s").unpack_from
_unpack_signed_request_2: Final = Struct(">64s").unpack_from


def _read_signed_request(data: bytes, offset: int) -> tuple[SignedRequest, int]:
    start = offset
    try:
        request__account, request__signer__present = _unpack_signed_request_0(data, offset)
        request__signer__present = BOOLEANS[request__signer__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_REQUEST_0)
        raise
    offset += 36
    request__signer: Key | None = None
    if request__signer__present:
        request__signer, offset = _read_request__signer_in_signed_request(data, offset)
    try:
        request__nonce, request__valid_until, request__operation__read = _unpack_signed_request_1(data, offset)
        request__operation__read = _OPERATION_READERS[request__operation__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_REQUEST_1)
        raise
    offset += 20
    request__operation, offset = request__operation__read(data, offset)
    try:
        (signature,) = _unpack_signed_request_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNED_REQUEST_2)
        raise
    value = SignedRequest(
        Request(request__account, request__signer, request__nonce, request__valid_until, request__operation), signature
    )
    value._encoded = data[start : offset + 64]
    return value, offset + 64


@dataclass(slots=True, init=False)
class RequestBatch:
    """Operations of one account under one signature. Each is executed as a quantum of its own, in this order.

    XDR::

        struct RequestBatch {
            Key account;
            Key *signer;                      // as in a request
            hyper nonce;                      // one for all of them, counted with those of requests
            Timestamp valid_until;            // inclusive
            bool all_or_nothing;              // one that breaks a rule has the whole batch refused
            Operation operations<MAX_BATCH_OPERATIONS>;  // payments, orders and cancels
        };
    """

    account: Key
    signer: Key | None
    nonce: int
    valid_until: Timestamp
    all_or_nothing: bool
    operations: list[Operation]

    def __init__(
        self,
        account: Key,
        signer: Key | None,
        nonce: int,
        valid_until: Timestamp,
        all_or_nothing: bool,
        operations: list[Operation],
    ) -> None:
        self.account = account
        self.signer = signer
        self.nonce = nonce
        self.valid_until = valid_until
        self.all_or_nothing = all_or_nothing
        self.operations = operations

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return RequestBatch, (
            self.account,
            self.signer,
            self.nonce,
            self.valid_until,
            self.all_or_nothing,
            self.operations,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_request_batch(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "RequestBatch":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_request_batch(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "RequestBatch")
        return value


_REQUEST_BATCH_0: Fields = (
    ("RequestBatch", "", Instance(RequestBatch)),
    ("RequestBatch.account", "account", Opaque(32)),
    ("RequestBatch.signer", "signer", PRESENCE),
)
_REQUEST_BATCH_1: Fields = (
    ("RequestBatch.nonce", "nonce", INT64),
    ("RequestBatch.valid_until", "valid_until", INT64),
    ("RequestBatch.all_or_nothing", "all_or_nothing", BOOLEAN),
    ("RequestBatch.operations", "operations", Items(MAX_BATCH_OPERATIONS)),
)
_SIGNER_IN_REQUEST_BATCH_0: Fields = (("RequestBatch.signer", "", Opaque(32)),)
_pack_signer_in_request_batch_0: Final = Struct(">i32s").pack


def _write_signer_in_request_batch(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_signer_in_request_batch_0(1, value)
    except Exception:
        explain_unencodable(value, _SIGNER_IN_REQUEST_BATCH_0)
        raise
    return part_0


_pack_request_batch_0: Final = Struct(">32s").pack
_pack_request_batch_1: Final = Struct(">qqII").pack


def _write_request_batch(value: Any) -> bytes:
    try:
        if type(value) is not RequestBatch:
            raise ValueError
        account = value.account
        signer = value.signer
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_request_batch_0(account)
    except Exception:
        explain_unencodable(value, _REQUEST_BATCH_0)
        raise
    tail_0 = ABSENT if signer is None else _write_signer_in_request_batch(signer)
    try:
        all_or_nothing = value.all_or_nothing
        operations: list[Any] = value.operations
        if (
            (all_or_nothing is not True and all_or_nothing is not False)
            or type(operations) is not list
            or len(operations) > MAX_BATCH_OPERATIONS
        ):
            raise ValueError
        part_1 = _pack_request_batch_1(value.nonce, value.valid_until, all_or_nothing, len(operations))
    except Exception:
        explain_unencodable(value, _REQUEST_BATCH_1)
        raise
    try:
        tail_1 = b"".join([_OPERATION_WRITERS[type(item)](item) for item in operations])
    except KeyError:
        raise UnencodableMessage("wrong type", "Operation.type") from None
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_signer_in_request_batch_0: Final = Struct(">32s").unpack_from


def _read_signer_in_request_batch(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_signer_in_request_batch_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNER_IN_REQUEST_BATCH_0)
        raise
    return value, offset + 32


_unpack_request_batch_0: Final = Struct(">32sI").unpack_from
_unpack_request_batch_1: Final = Struct(">qqII").unpack_from


def _read_request_batch(data: bytes, offset: int) -> tuple[RequestBatch, int]:
    try:
        account, signer__present = _unpack_request_batch_0(data, offset)
        signer__present = BOOLEANS[signer__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REQUEST_BATCH_0)
        raise
    offset += 36
    signer: Key | None = None
    if signer__present:
        signer, offset = _read_signer_in_request_batch(data, offset)
    try:
        nonce, valid_until, all_or_nothing, operations__count = _unpack_request_batch_1(data, offset)
        all_or_nothing = BOOLEANS[all_or_nothing]
    except (StructError, KeyError):
        explain_malformed(data, offset, _REQUEST_BATCH_1)
        raise
    offset += 24
    if operations__count > MAX_BATCH_OPERATIONS or operations__count * 8 > len(data) - offset:
        refuse_count(operations__count, MAX_BATCH_OPERATIONS, "RequestBatch.operations")
    operations = []
    for _ in range(operations__count):
        try:
            operations__read = _OPERATION_READERS[data[offset : offset + 4]]
        except KeyError:
            explain_malformed(data, offset, _OPERATION_0)
            raise
        operations__item, offset = operations__read(data, offset + 4)
        operations.append(operations__item)
    return RequestBatch(account, signer, nonce, valid_until, all_or_nothing, operations), offset


@dataclass(slots=True, init=False)
class SignedRequestBatch:
    """Signed for another purpose than a request: neither is ever valid as the other.

    XDR::

        struct SignedRequestBatch {
            RequestBatch request;
            Signature signature;
        };
    """

    request: Final[RequestBatch]
    signature: Final[Signature]
    _encoded: bytes = field(init=False, repr=False, compare=False)

    def __init__(self, request: RequestBatch, signature: Signature) -> None:
        self.request = request
        self.signature = signature
        self._encoded = b""

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignedRequestBatch, (
            self.request,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signed_request_batch(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignedRequestBatch":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signed_request_batch(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignedRequestBatch")
        return value


_SIGNED_REQUEST_BATCH_0: Fields = (
    ("SignedRequestBatch", "", Instance(SignedRequestBatch)),
    ("RequestBatch", "request", Instance(RequestBatch)),
    ("RequestBatch.account", "request.account", Opaque(32)),
    ("RequestBatch.signer", "request.signer", PRESENCE),
)
_SIGNED_REQUEST_BATCH_1: Fields = (
    ("RequestBatch.nonce", "request.nonce", INT64),
    ("RequestBatch.valid_until", "request.valid_until", INT64),
    ("RequestBatch.all_or_nothing", "request.all_or_nothing", BOOLEAN),
    ("RequestBatch.operations", "request.operations", Items(MAX_BATCH_OPERATIONS)),
)
_SIGNED_REQUEST_BATCH_2: Fields = (("SignedRequestBatch.signature", "signature", Opaque(64)),)
_REQUEST__SIGNER_IN_SIGNED_REQUEST_BATCH_0: Fields = (("RequestBatch.signer", "", Opaque(32)),)
_pack_request__signer_in_signed_request_batch_0: Final = Struct(">i32s").pack


def _write_request__signer_in_signed_request_batch(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_request__signer_in_signed_request_batch_0(1, value)
    except Exception:
        explain_unencodable(value, _REQUEST__SIGNER_IN_SIGNED_REQUEST_BATCH_0)
        raise
    return part_0


_pack_signed_request_batch_0: Final = Struct(">32s").pack
_pack_signed_request_batch_1: Final = Struct(">qqII").pack
_pack_signed_request_batch_2: Final = Struct(">64s").pack


def _write_signed_request_batch(value: Any) -> bytes:
    if type(value) is SignedRequestBatch and value._encoded:
        return value._encoded
    try:
        if type(value) is not SignedRequestBatch:
            raise ValueError
        request = value.request
        request__account = request.account
        request__signer = request.signer
        if type(request) is not RequestBatch or len(request__account) != 32:
            raise ValueError
        part_0 = _pack_signed_request_batch_0(request__account)
    except Exception:
        explain_unencodable(value, _SIGNED_REQUEST_BATCH_0)
        raise
    tail_0 = ABSENT if request__signer is None else _write_request__signer_in_signed_request_batch(request__signer)
    try:
        request__all_or_nothing = request.all_or_nothing
        request__operations: list[Any] = request.operations
        if (
            (request__all_or_nothing is not True and request__all_or_nothing is not False)
            or type(request__operations) is not list
            or len(request__operations) > MAX_BATCH_OPERATIONS
        ):
            raise ValueError
        part_1 = _pack_signed_request_batch_1(
            request.nonce, request.valid_until, request__all_or_nothing, len(request__operations)
        )
    except Exception:
        explain_unencodable(value, _SIGNED_REQUEST_BATCH_1)
        raise
    try:
        tail_1 = b"".join([_OPERATION_WRITERS[type(item)](item) for item in request__operations])
    except KeyError:
        raise UnencodableMessage("wrong type", "Operation.type") from None
    try:
        signature = value.signature
        if len(signature) != 64:
            raise ValueError
        part_2 = _pack_signed_request_batch_2(signature)
    except Exception:
        explain_unencodable(value, _SIGNED_REQUEST_BATCH_2)
        raise
    encoded: bytes = b"".join((part_0, tail_0, part_1, tail_1, part_2))
    value._encoded = encoded
    return encoded


_unpack_request__signer_in_signed_request_batch_0: Final = Struct(">32s").unpack_from


def _read_request__signer_in_signed_request_batch(data: bytes, offset: int) -> tuple[Key, int]:
    try:
        (value,) = _unpack_request__signer_in_signed_request_batch_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _REQUEST__SIGNER_IN_SIGNED_REQUEST_BATCH_0)
        raise
    return value, offset + 32


_unpack_signed_request_batch_0: Final = Struct(">32sI").unpack_from
_unpack_signed_request_batch_1: Final = Struct(">qqII").unpack_from
_unpack_signed_request_batch_2: Final = Struct(">64s").unpack_from


def _read_signed_request_batch(data: bytes, offset: int) -> tuple[SignedRequestBatch, int]:
    start = offset
    try:
        request__account, request__signer__present = _unpack_signed_request_batch_0(data, offset)
        request__signer__present = BOOLEANS[request__signer__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_REQUEST_BATCH_0)
        raise
    offset += 36
    request__signer: Key | None = None
    if request__signer__present:
        request__signer, offset = _read_request__signer_in_signed_request_batch(data, offset)
    try:
        request__nonce, request__valid_until, request__all_or_nothing, request__operations__count = (
            _unpack_signed_request_batch_1(data, offset)
        )
        request__all_or_nothing = BOOLEANS[request__all_or_nothing]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_REQUEST_BATCH_1)
        raise
    offset += 24
    if request__operations__count > MAX_BATCH_OPERATIONS or request__operations__count * 8 > len(data) - offset:
        refuse_count(request__operations__count, MAX_BATCH_OPERATIONS, "RequestBatch.operations")
    request__operations = []
    for _ in range(request__operations__count):
        try:
            request__operations__read = _OPERATION_READERS[data[offset : offset + 4]]
        except KeyError:
            explain_malformed(data, offset, _OPERATION_0)
            raise
        request__operations__item, offset = request__operations__read(data, offset + 4)
        request__operations.append(request__operations__item)
    try:
        (signature,) = _unpack_signed_request_batch_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNED_REQUEST_BATCH_2)
        raise
    value = SignedRequestBatch(
        RequestBatch(
            request__account,
            request__signer,
            request__nonce,
            request__valid_until,
            request__all_or_nothing,
            request__operations,
        ),
        signature,
    )
    value._encoded = data[start : offset + 64]
    return value, offset + 64
