"""Messages of state.x.

Generated from xdr/state.x by tools/xdr_generator.py; do not edit.

What the state root commits to: one entry per thing that can be proved.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.common import (
    _ASSET_IDENTITY_DISCRIMINANT,
    _ASSET_IDENTITY_READERS,
    _ASSET_IDENTITY_WRITERS,
    _MEMO_DISCRIMINANT,
    _MEMO_READERS,
    _MEMO_WRITERS,
    _QUORUM_RULE_MEMBERS,
    _SIDE_MEMBERS,
    MAX_AUDITORS,
    MAX_CLIENT_ORDER_ID,
    Amount,
    Apex,
    AssetId,
    AssetIdentity,
    Hash,
    Key,
    LedgerCursor,
    MarketId,
    Price,
    QuorumRule,
    Side,
    Timestamp,
)
from constellation.protocol.messages.effects import _SUSPENSE_REASON_MEMBERS, SuspenseReason
from constellation.protocol.messages.governance import _SUSPENSION_REASON_MEMBERS, SuspensionReason
from constellation.protocol.messages.keys import AccountKeys, _read_account_keys, _write_account_keys
from constellation.protocol.messages.modes import _MODE_MEMBERS, MAX_MODE_REASON, ModeInForce
from constellation.protocol.messages.quanta import (
    _LEDGER_MEMO_DISCRIMINANT,
    _LEDGER_MEMO_READERS,
    _LEDGER_MEMO_WRITERS,
    ClaimableDeposit,
)
from constellation.protocol.messages.requests import (
    _LIMIT_ORDER_0,
    _MARKET_AMOUNT_UNIT_MEMBERS,
    _MARKET_ORDER_0,
    _TIME_IN_FORCE_MEMBERS,
    LedgerDestination,
    LimitOrder,
    MarketOrder,
    Withdrawal,
    _read_limit_order,
    _read_market_order,
    _write_order_instructions,
)
from constellation.protocol.messages.settings import MAX_ASSETS, Settings, _read_settings, _write_settings
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
    read_opaques,
    read_string,
    refuse_count,
    write_opaques,
    write_string,
)


@dataclass(slots=True, init=False)
class BalanceEntry:
    """The struct BalanceEntry of state.x.

    XDR::

        struct BalanceEntry {
            AssetId asset;
            Amount balance;
            Amount liabilities;
        };
    """

    asset: AssetId
    balance: Amount
    liabilities: Amount

    def __init__(self, asset: AssetId, balance: Amount, liabilities: Amount) -> None:
        self.asset = asset
        self.balance = balance
        self.liabilities = liabilities

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BalanceEntry, (
            self.asset,
            self.balance,
            self.liabilities,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_balance_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BalanceEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_balance_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BalanceEntry")
        return value


_BALANCE_ENTRY_0: Fields = (
    ("BalanceEntry", "", Instance(BalanceEntry)),
    ("BalanceEntry.asset", "asset", UINT32),
    ("BalanceEntry.balance", "balance", INT64),
    ("BalanceEntry.liabilities", "liabilities", INT64),
)
_pack_balance_entry_0: Final = Struct(">Iqq").pack


def _write_balance_entry(value: Any) -> bytes:
    try:
        if type(value) is not BalanceEntry:
            raise ValueError
        part_0 = _pack_balance_entry_0(value.asset, value.balance, value.liabilities)
    except Exception:
        explain_unencodable(value, _BALANCE_ENTRY_0)
        raise
    return part_0


_unpack_balance_entry_0: Final = Struct(">Iqq").unpack_from


def _read_balance_entry(data: bytes, offset: int) -> tuple[BalanceEntry, int]:
    try:
        asset, balance, liabilities = _unpack_balance_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BALANCE_ENTRY_0)
        raise
    return BalanceEntry(asset, balance, liabilities), offset + 20


@dataclass(slots=True, init=False)
class AccountEntry:
    """The struct AccountEntry of state.x.

    XDR::

        struct AccountEntry {
            Key account;
            hyper nonce;                      // the last one that the owner used
            unsigned hyper effect_number;     // the last one given
            unsigned hyper *routing_id;       // deposits that name it are this account's
            Timestamp *cancel_all_at;         // unless it is put off before
            AccountKeys *keys;                // none: its own key alone signs for it, and nothing is locked
            BalanceEntry balances<MAX_ASSETS>;
        };
    """

    account: Key
    nonce: int
    effect_number: int
    routing_id: int | None
    cancel_all_at: Timestamp | None
    keys: AccountKeys | None
    balances: list[BalanceEntry]

    def __init__(
        self,
        account: Key,
        nonce: int,
        effect_number: int,
        routing_id: int | None,
        cancel_all_at: Timestamp | None,
        keys: AccountKeys | None,
        balances: list[BalanceEntry],
    ) -> None:
        self.account = account
        self.nonce = nonce
        self.effect_number = effect_number
        self.routing_id = routing_id
        self.cancel_all_at = cancel_all_at
        self.keys = keys
        self.balances = balances

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AccountEntry, (
            self.account,
            self.nonce,
            self.effect_number,
            self.routing_id,
            self.cancel_all_at,
            self.keys,
            self.balances,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_account_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AccountEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_account_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AccountEntry")
        return value


_ACCOUNT_ENTRY_0: Fields = (
    ("AccountEntry", "", Instance(AccountEntry)),
    ("AccountEntry.account", "account", Opaque(32)),
    ("AccountEntry.nonce", "nonce", INT64),
    ("AccountEntry.effect_number", "effect_number", UINT64),
    ("AccountEntry.routing_id", "routing_id", PRESENCE),
)
_ACCOUNT_ENTRY_1: Fields = (("AccountEntry.cancel_all_at", "cancel_all_at", PRESENCE),)
_ACCOUNT_ENTRY_2: Fields = (("AccountEntry.keys", "keys", PRESENCE),)
_ACCOUNT_ENTRY_3: Fields = (("AccountEntry.balances", "balances", Items(MAX_ASSETS)),)
_ROUTING_ID_IN_ACCOUNT_ENTRY_0: Fields = (("AccountEntry.routing_id", "", UINT64),)
_pack_routing_id_in_account_entry_0: Final = Struct(">iQ").pack


def _write_routing_id_in_account_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_routing_id_in_account_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _ROUTING_ID_IN_ACCOUNT_ENTRY_0)
        raise
    return part_0


_CANCEL_ALL_AT_IN_ACCOUNT_ENTRY_0: Fields = (("AccountEntry.cancel_all_at", "", INT64),)
_pack_cancel_all_at_in_account_entry_0: Final = Struct(">iq").pack


def _write_cancel_all_at_in_account_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_cancel_all_at_in_account_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_AT_IN_ACCOUNT_ENTRY_0)
        raise
    return part_0


_pack_account_entry_0: Final = Struct(">32sqQ").pack
_pack_account_entry_3: Final = Struct(">I").pack


def _write_account_entry(value: Any) -> bytes:
    try:
        if type(value) is not AccountEntry:
            raise ValueError
        account = value.account
        routing_id = value.routing_id
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_account_entry_0(account, value.nonce, value.effect_number)
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_0)
        raise
    tail_0 = ABSENT if routing_id is None else _write_routing_id_in_account_entry(routing_id)
    try:
        cancel_all_at = value.cancel_all_at
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_1)
        raise
    tail_1 = ABSENT if cancel_all_at is None else _write_cancel_all_at_in_account_entry(cancel_all_at)
    try:
        keys = value.keys
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_2)
        raise
    tail_2 = ABSENT if keys is None else PRESENT + _write_account_keys(keys)
    try:
        balances: list[Any] = value.balances
        if type(balances) is not list or len(balances) > MAX_ASSETS:
            raise ValueError
        part_3 = _pack_account_entry_3(len(balances))
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_3)
        raise
    tail_3 = b"".join([_write_balance_entry(item) for item in balances])
    return b"".join((part_0, tail_0, tail_1, tail_2, part_3, tail_3))


_unpack_routing_id_in_account_entry_0: Final = Struct(">Q").unpack_from


def _read_routing_id_in_account_entry(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_routing_id_in_account_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ROUTING_ID_IN_ACCOUNT_ENTRY_0)
        raise
    return value, offset + 8


_unpack_cancel_all_at_in_account_entry_0: Final = Struct(">q").unpack_from


def _read_cancel_all_at_in_account_entry(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_cancel_all_at_in_account_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _CANCEL_ALL_AT_IN_ACCOUNT_ENTRY_0)
        raise
    return value, offset + 8


_unpack_account_entry_0: Final = Struct(">32sqQI").unpack_from
_unpack_account_entry_1: Final = Struct(">I").unpack_from
_unpack_account_entry_2: Final = Struct(">I").unpack_from
_unpack_account_entry_3: Final = Struct(">I").unpack_from


def _read_account_entry(data: bytes, offset: int) -> tuple[AccountEntry, int]:
    try:
        account, nonce, effect_number, routing_id__present = _unpack_account_entry_0(data, offset)
        routing_id__present = BOOLEANS[routing_id__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_ENTRY_0)
        raise
    offset += 52
    routing_id: int | None = None
    if routing_id__present:
        routing_id, offset = _read_routing_id_in_account_entry(data, offset)
    try:
        (cancel_all_at__present,) = _unpack_account_entry_1(data, offset)
        cancel_all_at__present = BOOLEANS[cancel_all_at__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_ENTRY_1)
        raise
    offset += 4
    cancel_all_at: Timestamp | None = None
    if cancel_all_at__present:
        cancel_all_at, offset = _read_cancel_all_at_in_account_entry(data, offset)
    try:
        (keys__present,) = _unpack_account_entry_2(data, offset)
        keys__present = BOOLEANS[keys__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ACCOUNT_ENTRY_2)
        raise
    offset += 4
    keys: AccountKeys | None = None
    if keys__present:
        keys, offset = _read_account_keys(data, offset)
    try:
        (balances__count,) = _unpack_account_entry_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_ENTRY_3)
        raise
    offset += 4
    if balances__count > MAX_ASSETS or balances__count * 20 > len(data) - offset:
        refuse_count(balances__count, MAX_ASSETS, "AccountEntry.balances")
    balances = []
    for _ in range(balances__count):
        balances__item, offset = _read_balance_entry(data, offset)
        balances.append(balances__item)
    return AccountEntry(account, nonce, effect_number, routing_id, cancel_all_at, keys, balances), offset


@dataclass(slots=True, init=False)
class TriggeredAt:
    """Where a triggered order was executed.

    XDR::

        struct TriggeredAt {
            Apex apex;
            unsigned int place;               // among those that the quantum executed, from 1
        };
    """

    apex: Apex
    place: int

    def __init__(self, apex: Apex, place: int) -> None:
        self.apex = apex
        self.place = place

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return TriggeredAt, (
            self.apex,
            self.place,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_triggered_at(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "TriggeredAt":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_triggered_at(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "TriggeredAt")
        return value


_TRIGGERED_AT_0: Fields = (
    ("TriggeredAt", "", Instance(TriggeredAt)),
    ("TriggeredAt.apex", "apex", UINT64),
    ("TriggeredAt.place", "place", UINT32),
)
_pack_triggered_at_0: Final = Struct(">QI").pack


def _write_triggered_at(value: Any) -> bytes:
    try:
        if type(value) is not TriggeredAt:
            raise ValueError
        part_0 = _pack_triggered_at_0(value.apex, value.place)
    except Exception:
        explain_unencodable(value, _TRIGGERED_AT_0)
        raise
    return part_0


_unpack_triggered_at_0: Final = Struct(">QI").unpack_from


def _read_triggered_at(data: bytes, offset: int) -> tuple[TriggeredAt, int]:
    try:
        apex, place = _unpack_triggered_at_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _TRIGGERED_AT_0)
        raise
    return TriggeredAt(apex, place), offset + 12


@dataclass(slots=True, init=False)
class OrderEntry:
    """The struct OrderEntry of state.x.

    XDR::

        struct OrderEntry {
            Apex order;
            Key account;
            MarketId market;
            Side side;
            Price price;
            Amount remaining;                 // of base; what it gives for that is locked
            string client_order_id<MAX_CLIENT_ORDER_ID>;  // "": none
            Timestamp *expires_at;
            TriggeredAt *triggered;           // since when it stands in the queue; none: since its own apex
        };
    """

    order: Apex
    account: Key
    market: MarketId
    side: Side
    price: Price
    remaining: Amount
    client_order_id: str
    expires_at: Timestamp | None
    triggered: TriggeredAt | None

    def __init__(
        self,
        order: Apex,
        account: Key,
        market: MarketId,
        side: Side,
        price: Price,
        remaining: Amount,
        client_order_id: str,
        expires_at: Timestamp | None,
        triggered: TriggeredAt | None,
    ) -> None:
        self.order = order
        self.account = account
        self.market = market
        self.side = side
        self.price = price
        self.remaining = remaining
        self.client_order_id = client_order_id
        self.expires_at = expires_at
        self.triggered = triggered

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderEntry, (
            self.order,
            self.account,
            self.market,
            self.side,
            self.price,
            self.remaining,
            self.client_order_id,
            self.expires_at,
            self.triggered,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderEntry")
        return value


_ORDER_ENTRY_0: Fields = (
    ("OrderEntry", "", Instance(OrderEntry)),
    ("OrderEntry.order", "order", UINT64),
    ("OrderEntry.account", "account", Opaque(32)),
    ("OrderEntry.market", "market", UINT32),
    ("OrderEntry.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("OrderEntry.price", "price", INT64),
    ("OrderEntry.remaining", "remaining", INT64),
    ("OrderEntry.client_order_id", "client_order_id", LENGTH),
)
_ORDER_ENTRY_1: Fields = (("OrderEntry.expires_at", "expires_at", PRESENCE),)
_ORDER_ENTRY_2: Fields = (("OrderEntry.triggered", "triggered", PRESENCE),)
_EXPIRES_AT_IN_ORDER_ENTRY_0: Fields = (("OrderEntry.expires_at", "", INT64),)
_pack_expires_at_in_order_entry_0: Final = Struct(">iq").pack


def _write_expires_at_in_order_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_expires_at_in_order_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _EXPIRES_AT_IN_ORDER_ENTRY_0)
        raise
    return part_0


_pack_order_entry_0: Final = Struct(">Q32sIiqq").pack


def _write_order_entry(value: Any) -> bytes:
    try:
        if type(value) is not OrderEntry:
            raise ValueError
        account = value.account
        side = value.side
        client_order_id = value.client_order_id
        if len(account) != 32 or side not in _SIDE_MEMBERS:
            raise ValueError
        part_0 = _pack_order_entry_0(value.order, account, value.market, side, value.price, value.remaining)
    except Exception:
        explain_unencodable(value, _ORDER_ENTRY_0)
        raise
    tail_0 = write_string(client_order_id, MAX_CLIENT_ORDER_ID, "OrderEntry.client_order_id")
    try:
        expires_at = value.expires_at
    except Exception:
        explain_unencodable(value, _ORDER_ENTRY_1)
        raise
    tail_1 = ABSENT if expires_at is None else _write_expires_at_in_order_entry(expires_at)
    try:
        triggered = value.triggered
    except Exception:
        explain_unencodable(value, _ORDER_ENTRY_2)
        raise
    tail_2 = ABSENT if triggered is None else PRESENT + _write_triggered_at(triggered)
    return b"".join((part_0, tail_0, tail_1, tail_2))


_unpack_expires_at_in_order_entry_0: Final = Struct(">q").unpack_from


def _read_expires_at_in_order_entry(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_expires_at_in_order_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _EXPIRES_AT_IN_ORDER_ENTRY_0)
        raise
    return value, offset + 8


_unpack_order_entry_0: Final = Struct(">Q32sIiqqI").unpack_from
_unpack_order_entry_1: Final = Struct(">I").unpack_from
_unpack_order_entry_2: Final = Struct(">I").unpack_from


def _read_order_entry(data: bytes, offset: int) -> tuple[OrderEntry, int]:
    try:
        order, account, market, side, price, remaining, client_order_id__length = _unpack_order_entry_0(data, offset)
        side = _SIDE_MEMBERS[side]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_ENTRY_0)
        raise
    offset += 68
    client_order_id, offset = read_string(
        data, offset, client_order_id__length, MAX_CLIENT_ORDER_ID, "OrderEntry.client_order_id"
    )
    try:
        (expires_at__present,) = _unpack_order_entry_1(data, offset)
        expires_at__present = BOOLEANS[expires_at__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_ENTRY_1)
        raise
    offset += 4
    expires_at: Timestamp | None = None
    if expires_at__present:
        expires_at, offset = _read_expires_at_in_order_entry(data, offset)
    try:
        (triggered__present,) = _unpack_order_entry_2(data, offset)
        triggered__present = BOOLEANS[triggered__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_ENTRY_2)
        raise
    offset += 4
    triggered: TriggeredAt | None = None
    if triggered__present:
        triggered, offset = _read_triggered_at(data, offset)
    return OrderEntry(order, account, market, side, price, remaining, client_order_id, expires_at, triggered), offset


@dataclass(slots=True, init=False)
class MarketEntry:
    """The struct MarketEntry of state.x.

    XDR::

        struct MarketEntry {
            MarketId market;
            Price last_price;                 // of the last trade
            Price highest;                    // orders are triggered up to here, and not executed yet; 0: none
            Price lowest;                     // orders are triggered down to here, and not executed yet; 0: none
            Timestamp due;                    // since when they wait; 0: none do
        };
    """

    market: MarketId
    last_price: Price
    highest: Price
    lowest: Price
    due: Timestamp

    def __init__(self, market: MarketId, last_price: Price, highest: Price, lowest: Price, due: Timestamp) -> None:
        self.market = market
        self.last_price = last_price
        self.highest = highest
        self.lowest = lowest
        self.due = due

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return MarketEntry, (
            self.market,
            self.last_price,
            self.highest,
            self.lowest,
            self.due,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_market_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "MarketEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_market_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "MarketEntry")
        return value


_MARKET_ENTRY_0: Fields = (
    ("MarketEntry", "", Instance(MarketEntry)),
    ("MarketEntry.market", "market", UINT32),
    ("MarketEntry.last_price", "last_price", INT64),
    ("MarketEntry.highest", "highest", INT64),
    ("MarketEntry.lowest", "lowest", INT64),
    ("MarketEntry.due", "due", INT64),
)
_pack_market_entry_0: Final = Struct(">Iqqqq").pack


def _write_market_entry(value: Any) -> bytes:
    try:
        if type(value) is not MarketEntry:
            raise ValueError
        part_0 = _pack_market_entry_0(value.market, value.last_price, value.highest, value.lowest, value.due)
    except Exception:
        explain_unencodable(value, _MARKET_ENTRY_0)
        raise
    return part_0


_unpack_market_entry_0: Final = Struct(">Iqqqq").unpack_from


def _read_market_entry(data: bytes, offset: int) -> tuple[MarketEntry, int]:
    try:
        market, last_price, highest, lowest, due = _unpack_market_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _MARKET_ENTRY_0)
        raise
    return MarketEntry(market, last_price, highest, lowest, due), offset + 36


class ArmedType(IntEnum):
    """The enum ArmedType of state.x.

    XDR::

        enum ArmedType {
            ARMED_LIMIT = 0,
            ARMED_MARKET = 1
        };
    """

    ARMED_LIMIT = 0
    ARMED_MARKET = 1


_ARMED_TYPE_MEMBERS: Final[dict[int, ArmedType]] = {member.value: member for member in ArmedType}


ArmedOperation = LimitOrder | MarketOrder

_pack_limit_order_as_armed_operation_0: Final = Struct(">iIiqqi").pack


def _write_limit_order_as_armed_operation(value: LimitOrder) -> bytes:
    try:
        side = value.side
        time_in_force = value.time_in_force
        instructions = value.instructions
        if side not in _SIDE_MEMBERS or time_in_force not in _TIME_IN_FORCE_MEMBERS:
            raise ValueError
        part_0 = _pack_limit_order_as_armed_operation_0(0, value.market, side, value.price, value.amount, time_in_force)
    except Exception:
        explain_unencodable(value, _LIMIT_ORDER_0)
        raise
    tail_0 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return part_0 + tail_0


_pack_market_order_as_armed_operation_0: Final = Struct(">iIiiq").pack


def _write_market_order_as_armed_operation(value: MarketOrder) -> bytes:
    try:
        side = value.side
        unit = value.unit
        instructions = value.instructions
        if side not in _SIDE_MEMBERS or unit not in _MARKET_AMOUNT_UNIT_MEMBERS:
            raise ValueError
        part_0 = _pack_market_order_as_armed_operation_0(1, value.market, side, unit, value.amount)
    except Exception:
        explain_unencodable(value, _MARKET_ORDER_0)
        raise
    tail_0 = ABSENT if instructions is None else PRESENT + _write_order_instructions(instructions)
    return part_0 + tail_0


_ARMED_OPERATION_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    LimitOrder: _write_limit_order_as_armed_operation,
    MarketOrder: _write_market_order_as_armed_operation,
}

_ARMED_OPERATION_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[ArmedOperation, int]]]] = {
    b"\x00\x00\x00\x00": _read_limit_order,
    b"\x00\x00\x00\x01": _read_market_order,
}
_ARMED_OPERATION_DISCRIMINANT = Discriminant(_ARMED_TYPE_MEMBERS, _ARMED_OPERATION_READERS)
_ARMED_OPERATION_0: Fields = (("ArmedOperation.type", "", _ARMED_OPERATION_DISCRIMINANT),)


def _read_armed_operation(data: bytes, offset: int) -> tuple[ArmedOperation, int]:
    try:
        read = _ARMED_OPERATION_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _ARMED_OPERATION_0)
        raise
    return read(data, offset + 4)


def encode_armed_operation(value: ArmedOperation) -> bytes:
    """Encodes a value of the union ArmedOperation by its class."""
    try:
        write = _ARMED_OPERATION_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ArmedOperation.type") from None
    return write(value)


def decode_armed_operation(data: bytes) -> ArmedOperation:
    """Decodes bytes that are one ArmedOperation and nothing else."""
    value, offset = _read_armed_operation(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "ArmedOperation")
    return value


@dataclass(slots=True, init=False)
class ArmedEntry:
    """An order that waits for its trigger.

    XDR::

        struct ArmedEntry {
            Apex order;
            Key account;
            ArmedOperation operation;
        };
    """

    order: Apex
    account: Key
    operation: ArmedOperation

    def __init__(self, order: Apex, account: Key, operation: ArmedOperation) -> None:
        self.order = order
        self.account = account
        self.operation = operation

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ArmedEntry, (
            self.order,
            self.account,
            self.operation,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_armed_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ArmedEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_armed_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ArmedEntry")
        return value


_ARMED_ENTRY_0: Fields = (
    ("ArmedEntry", "", Instance(ArmedEntry)),
    ("ArmedEntry.order", "order", UINT64),
    ("ArmedEntry.account", "account", Opaque(32)),
    ("ArmedOperation.type", "operation", _ARMED_OPERATION_DISCRIMINANT),
)
_pack_armed_entry_0: Final = Struct(">Q32s").pack


def _write_armed_entry(value: Any) -> bytes:
    try:
        if type(value) is not ArmedEntry:
            raise ValueError
        account = value.account
        operation = value.operation
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_armed_entry_0(value.order, account)
    except Exception:
        explain_unencodable(value, _ARMED_ENTRY_0)
        raise
    try:
        write = _ARMED_OPERATION_WRITERS[type(operation)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ArmedOperation.type") from None
    tail_0 = write(operation)
    return part_0 + tail_0


_unpack_armed_entry_0: Final = Struct(">Q32s4s").unpack_from


def _read_armed_entry(data: bytes, offset: int) -> tuple[ArmedEntry, int]:
    try:
        order, account, operation__read = _unpack_armed_entry_0(data, offset)
        operation__read = _ARMED_OPERATION_READERS[operation__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ARMED_ENTRY_0)
        raise
    offset += 44
    operation, offset = operation__read(data, offset)
    return ArmedEntry(order, account, operation), offset


@dataclass(slots=True, init=False)
class PreparedTransaction:
    """The struct PreparedTransaction of state.x.

    XDR::

        struct PreparedTransaction {
            Key channel;
            hyper sequence;
            unsigned int fee;                 // what it offers the ledger, in stroops
            hyper max_time_s;
            Hash transaction;
        };
    """

    channel: Key
    sequence: int
    fee: int
    max_time_s: int
    transaction: Hash

    def __init__(self, channel: Key, sequence: int, fee: int, max_time_s: int, transaction: Hash) -> None:
        self.channel = channel
        self.sequence = sequence
        self.fee = fee
        self.max_time_s = max_time_s
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return PreparedTransaction, (
            self.channel,
            self.sequence,
            self.fee,
            self.max_time_s,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_prepared_transaction(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "PreparedTransaction":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_prepared_transaction(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "PreparedTransaction")
        return value


_PREPARED_TRANSACTION_0: Fields = (
    ("PreparedTransaction", "", Instance(PreparedTransaction)),
    ("PreparedTransaction.channel", "channel", Opaque(32)),
    ("PreparedTransaction.sequence", "sequence", INT64),
    ("PreparedTransaction.fee", "fee", UINT32),
    ("PreparedTransaction.max_time_s", "max_time_s", INT64),
    ("PreparedTransaction.transaction", "transaction", Opaque(32)),
)
_pack_prepared_transaction_0: Final = Struct(">32sqIq32s").pack


def _write_prepared_transaction(value: Any) -> bytes:
    try:
        if type(value) is not PreparedTransaction:
            raise ValueError
        channel = value.channel
        transaction = value.transaction
        if len(channel) != 32 or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_prepared_transaction_0(channel, value.sequence, value.fee, value.max_time_s, transaction)
    except Exception:
        explain_unencodable(value, _PREPARED_TRANSACTION_0)
        raise
    return part_0


_unpack_prepared_transaction_0: Final = Struct(">32sqIq32s").unpack_from


def _read_prepared_transaction(data: bytes, offset: int) -> tuple[PreparedTransaction, int]:
    try:
        channel, sequence, fee, max_time_s, transaction = _unpack_prepared_transaction_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _PREPARED_TRANSACTION_0)
        raise
    return PreparedTransaction(channel, sequence, fee, max_time_s, transaction), offset + 84


@dataclass(slots=True, init=False)
class WithdrawalEntry:
    """The struct WithdrawalEntry of state.x.

    XDR::

        struct WithdrawalEntry {
            Apex withdrawal;
            Key account;
            Withdrawal operation;
            Timestamp *approve_until;         // set while it waits for the auditors' operators
            PreparedTransaction *prepared;    // none while it waits for a free channel
        };
    """

    withdrawal: Apex
    account: Key
    operation: Withdrawal
    approve_until: Timestamp | None
    prepared: PreparedTransaction | None

    def __init__(
        self,
        withdrawal: Apex,
        account: Key,
        operation: Withdrawal,
        approve_until: Timestamp | None,
        prepared: PreparedTransaction | None,
    ) -> None:
        self.withdrawal = withdrawal
        self.account = account
        self.operation = operation
        self.approve_until = approve_until
        self.prepared = prepared

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalEntry, (
            self.withdrawal,
            self.account,
            self.operation,
            self.approve_until,
            self.prepared,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalEntry")
        return value


_WITHDRAWAL_ENTRY_0: Fields = (
    ("WithdrawalEntry", "", Instance(WithdrawalEntry)),
    ("WithdrawalEntry.withdrawal", "withdrawal", UINT64),
    ("WithdrawalEntry.account", "account", Opaque(32)),
    ("Withdrawal", "operation", Instance(Withdrawal)),
    ("Withdrawal.asset", "operation.asset", UINT32),
    ("Withdrawal.amount", "operation.amount", INT64),
    ("LedgerDestination", "operation.destination", Instance(LedgerDestination)),
    ("LedgerDestination.account", "operation.destination.account", Opaque(32)),
    ("LedgerDestination.muxed_id", "operation.destination.muxed_id", PRESENCE),
)
_WITHDRAWAL_ENTRY_1: Fields = (("Memo.type", "operation.destination.memo", _MEMO_DISCRIMINANT),)
_WITHDRAWAL_ENTRY_2: Fields = (
    ("LedgerDestination.creates", "operation.destination.creates", BOOLEAN),
    ("WithdrawalEntry.approve_until", "approve_until", PRESENCE),
)
_WITHDRAWAL_ENTRY_3: Fields = (("WithdrawalEntry.prepared", "prepared", PRESENCE),)
_OPERATION__DESTINATION__MUXED_ID_IN_WITHDRAWAL_ENTRY_0: Fields = (("LedgerDestination.muxed_id", "", UINT64),)
_pack_operation__destination__muxed_id_in_withdrawal_entry_0: Final = Struct(">iQ").pack


def _write_operation__destination__muxed_id_in_withdrawal_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_operation__destination__muxed_id_in_withdrawal_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _OPERATION__DESTINATION__MUXED_ID_IN_WITHDRAWAL_ENTRY_0)
        raise
    return part_0


_APPROVE_UNTIL_IN_WITHDRAWAL_ENTRY_0: Fields = (("WithdrawalEntry.approve_until", "", INT64),)
_pack_approve_until_in_withdrawal_entry_0: Final = Struct(">iq").pack


def _write_approve_until_in_withdrawal_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_approve_until_in_withdrawal_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _APPROVE_UNTIL_IN_WITHDRAWAL_ENTRY_0)
        raise
    return part_0


_pack_withdrawal_entry_0: Final = Struct(">Q32sIq32s").pack
_pack_withdrawal_entry_2: Final = Struct(">I").pack


def _write_withdrawal_entry(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalEntry:
            raise ValueError
        account = value.account
        operation = value.operation
        operation__destination = operation.destination
        operation__destination__account = operation__destination.account
        operation__destination__muxed_id = operation__destination.muxed_id
        if (
            len(account) != 32
            or type(operation) is not Withdrawal
            or type(operation__destination) is not LedgerDestination
            or len(operation__destination__account) != 32
        ):
            raise ValueError
        part_0 = _pack_withdrawal_entry_0(
            value.withdrawal, account, operation.asset, operation.amount, operation__destination__account
        )
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_0)
        raise
    tail_0 = (
        ABSENT
        if operation__destination__muxed_id is None
        else _write_operation__destination__muxed_id_in_withdrawal_entry(operation__destination__muxed_id)
    )
    try:
        operation__destination__memo = operation__destination.memo
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_1)
        raise
    try:
        write = _MEMO_WRITERS[type(operation__destination__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Memo.type") from None
    tail_1 = write(operation__destination__memo)
    try:
        operation__destination__creates = operation__destination.creates
        approve_until = value.approve_until
        if operation__destination__creates is not True and operation__destination__creates is not False:
            raise ValueError
        part_2 = _pack_withdrawal_entry_2(operation__destination__creates)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_2)
        raise
    tail_2 = ABSENT if approve_until is None else _write_approve_until_in_withdrawal_entry(approve_until)
    try:
        prepared = value.prepared
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_3)
        raise
    tail_3 = ABSENT if prepared is None else PRESENT + _write_prepared_transaction(prepared)
    return b"".join((part_0, tail_0, tail_1, part_2, tail_2, tail_3))


_unpack_operation__destination__muxed_id_in_withdrawal_entry_0: Final = Struct(">Q").unpack_from


def _read_operation__destination__muxed_id_in_withdrawal_entry(data: bytes, offset: int) -> tuple[int, int]:
    try:
        (value,) = _unpack_operation__destination__muxed_id_in_withdrawal_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _OPERATION__DESTINATION__MUXED_ID_IN_WITHDRAWAL_ENTRY_0)
        raise
    return value, offset + 8


_unpack_approve_until_in_withdrawal_entry_0: Final = Struct(">q").unpack_from


def _read_approve_until_in_withdrawal_entry(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_approve_until_in_withdrawal_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _APPROVE_UNTIL_IN_WITHDRAWAL_ENTRY_0)
        raise
    return value, offset + 8


_unpack_withdrawal_entry_0: Final = Struct(">Q32sIq32sI").unpack_from
_unpack_withdrawal_entry_1: Final = Struct(">4s").unpack_from
_unpack_withdrawal_entry_2: Final = Struct(">II").unpack_from
_unpack_withdrawal_entry_3: Final = Struct(">I").unpack_from


def _read_withdrawal_entry(data: bytes, offset: int) -> tuple[WithdrawalEntry, int]:
    try:
        (
            withdrawal,
            account,
            operation__asset,
            operation__amount,
            operation__destination__account,
            operation__destination__muxed_id__present,
        ) = _unpack_withdrawal_entry_0(data, offset)
        operation__destination__muxed_id__present = BOOLEANS[operation__destination__muxed_id__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_ENTRY_0)
        raise
    offset += 88
    operation__destination__muxed_id: int | None = None
    if operation__destination__muxed_id__present:
        operation__destination__muxed_id, offset = _read_operation__destination__muxed_id_in_withdrawal_entry(
            data, offset
        )
    try:
        (operation__destination__memo__read,) = _unpack_withdrawal_entry_1(data, offset)
        operation__destination__memo__read = _MEMO_READERS[operation__destination__memo__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_ENTRY_1)
        raise
    offset += 4
    operation__destination__memo, offset = operation__destination__memo__read(data, offset)
    try:
        operation__destination__creates, approve_until__present = _unpack_withdrawal_entry_2(data, offset)
        operation__destination__creates = BOOLEANS[operation__destination__creates]
        approve_until__present = BOOLEANS[approve_until__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_ENTRY_2)
        raise
    offset += 8
    approve_until: Timestamp | None = None
    if approve_until__present:
        approve_until, offset = _read_approve_until_in_withdrawal_entry(data, offset)
    try:
        (prepared__present,) = _unpack_withdrawal_entry_3(data, offset)
        prepared__present = BOOLEANS[prepared__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_ENTRY_3)
        raise
    offset += 4
    prepared: PreparedTransaction | None = None
    if prepared__present:
        prepared, offset = _read_prepared_transaction(data, offset)
    return WithdrawalEntry(
        withdrawal,
        account,
        Withdrawal(
            operation__asset,
            operation__amount,
            LedgerDestination(
                operation__destination__account,
                operation__destination__muxed_id,
                operation__destination__memo,
                operation__destination__creates,
            ),
        ),
        approve_until,
        prepared,
    ), offset


@dataclass(slots=True, init=False)
class ChannelEntry:
    """The struct ChannelEntry of state.x.

    XDR::

        struct ChannelEntry {
            Key account;
            hyper sequence;                   // the last one used on the ledger
            Hash *transaction;                // that is pending on it
        };
    """

    account: Key
    sequence: int
    transaction: Hash | None

    def __init__(self, account: Key, sequence: int, transaction: Hash | None) -> None:
        self.account = account
        self.sequence = sequence
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ChannelEntry, (
            self.account,
            self.sequence,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_channel_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ChannelEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_channel_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ChannelEntry")
        return value


_CHANNEL_ENTRY_0: Fields = (
    ("ChannelEntry", "", Instance(ChannelEntry)),
    ("ChannelEntry.account", "account", Opaque(32)),
    ("ChannelEntry.sequence", "sequence", INT64),
    ("ChannelEntry.transaction", "transaction", PRESENCE),
)
_TRANSACTION_IN_CHANNEL_ENTRY_0: Fields = (("ChannelEntry.transaction", "", Opaque(32)),)
_pack_transaction_in_channel_entry_0: Final = Struct(">i32s").pack


def _write_transaction_in_channel_entry(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_transaction_in_channel_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _TRANSACTION_IN_CHANNEL_ENTRY_0)
        raise
    return part_0


_pack_channel_entry_0: Final = Struct(">32sq").pack


def _write_channel_entry(value: Any) -> bytes:
    try:
        if type(value) is not ChannelEntry:
            raise ValueError
        account = value.account
        transaction = value.transaction
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_channel_entry_0(account, value.sequence)
    except Exception:
        explain_unencodable(value, _CHANNEL_ENTRY_0)
        raise
    tail_0 = ABSENT if transaction is None else _write_transaction_in_channel_entry(transaction)
    return part_0 + tail_0


_unpack_transaction_in_channel_entry_0: Final = Struct(">32s").unpack_from


def _read_transaction_in_channel_entry(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_transaction_in_channel_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _TRANSACTION_IN_CHANNEL_ENTRY_0)
        raise
    return value, offset + 32


_unpack_channel_entry_0: Final = Struct(">32sqI").unpack_from


def _read_channel_entry(data: bytes, offset: int) -> tuple[ChannelEntry, int]:
    try:
        account, sequence, transaction__present = _unpack_channel_entry_0(data, offset)
        transaction__present = BOOLEANS[transaction__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CHANNEL_ENTRY_0)
        raise
    offset += 44
    transaction: Hash | None = None
    if transaction__present:
        transaction, offset = _read_transaction_in_channel_entry(data, offset)
    return ChannelEntry(account, sequence, transaction), offset


@dataclass(slots=True, init=False)
class TaskEntry:
    """The constellation's own wish to the ledger, and the transaction that fulfils it.

    XDR::

        struct TaskEntry {
            Apex queued;                      // the quantum that wished it
            PreparedTransaction *prepared;    // none while it waits for a free channel
        };
    """

    queued: Apex
    prepared: PreparedTransaction | None

    def __init__(self, queued: Apex, prepared: PreparedTransaction | None) -> None:
        self.queued = queued
        self.prepared = prepared

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return TaskEntry, (
            self.queued,
            self.prepared,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_task_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "TaskEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_task_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "TaskEntry")
        return value


_TASK_ENTRY_0: Fields = (
    ("TaskEntry", "", Instance(TaskEntry)),
    ("TaskEntry.queued", "queued", UINT64),
    ("TaskEntry.prepared", "prepared", PRESENCE),
)
_pack_task_entry_0: Final = Struct(">Q").pack


def _write_task_entry(value: Any) -> bytes:
    try:
        if type(value) is not TaskEntry:
            raise ValueError
        prepared = value.prepared
        part_0 = _pack_task_entry_0(value.queued)
    except Exception:
        explain_unencodable(value, _TASK_ENTRY_0)
        raise
    tail_0 = ABSENT if prepared is None else PRESENT + _write_prepared_transaction(prepared)
    return part_0 + tail_0


_unpack_task_entry_0: Final = Struct(">QI").unpack_from


def _read_task_entry(data: bytes, offset: int) -> tuple[TaskEntry, int]:
    try:
        queued, prepared__present = _unpack_task_entry_0(data, offset)
        prepared__present = BOOLEANS[prepared__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _TASK_ENTRY_0)
        raise
    offset += 12
    prepared: PreparedTransaction | None = None
    if prepared__present:
        prepared, offset = _read_prepared_transaction(data, offset)
    return TaskEntry(queued, prepared), offset


@dataclass(slots=True, init=False)
class SuspenseEntry:
    """The struct SuspenseEntry of state.x.

    XDR::

        struct SuspenseEntry {
            LedgerCursor operation;
            AssetIdentity asset;
            Amount amount;
            Key source;
            Hash transaction;
            SuspenseReason reason;
            unsigned int refunds;             // that were tried
            TaskEntry *refund;                // that is on its way
        };
    """

    operation: LedgerCursor
    asset: AssetIdentity
    amount: Amount
    source: Key
    transaction: Hash
    reason: SuspenseReason
    refunds: int
    refund: TaskEntry | None

    def __init__(
        self,
        operation: LedgerCursor,
        asset: AssetIdentity,
        amount: Amount,
        source: Key,
        transaction: Hash,
        reason: SuspenseReason,
        refunds: int,
        refund: TaskEntry | None,
    ) -> None:
        self.operation = operation
        self.asset = asset
        self.amount = amount
        self.source = source
        self.transaction = transaction
        self.reason = reason
        self.refunds = refunds
        self.refund = refund

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SuspenseEntry, (
            self.operation,
            self.asset,
            self.amount,
            self.source,
            self.transaction,
            self.reason,
            self.refunds,
            self.refund,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_suspense_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SuspenseEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_suspense_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SuspenseEntry")
        return value


_SUSPENSE_ENTRY_0: Fields = (
    ("SuspenseEntry", "", Instance(SuspenseEntry)),
    ("SuspenseEntry.operation", "operation", UINT64),
    ("AssetIdentity.type", "asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_SUSPENSE_ENTRY_1: Fields = (
    ("SuspenseEntry.amount", "amount", INT64),
    ("SuspenseEntry.source", "source", Opaque(32)),
    ("SuspenseEntry.transaction", "transaction", Opaque(32)),
    ("SuspenseEntry.reason", "reason", Enumerated(_SUSPENSE_REASON_MEMBERS)),
    ("SuspenseEntry.refunds", "refunds", UINT32),
    ("SuspenseEntry.refund", "refund", PRESENCE),
)
_pack_suspense_entry_0: Final = Struct(">Q").pack
_pack_suspense_entry_1: Final = Struct(">q32s32siI").pack


def _write_suspense_entry(value: Any) -> bytes:
    try:
        if type(value) is not SuspenseEntry:
            raise ValueError
        asset = value.asset
        part_0 = _pack_suspense_entry_0(value.operation)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ENTRY_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        transaction = value.transaction
        reason = value.reason
        refund = value.refund
        if len(source) != 32 or len(transaction) != 32 or reason not in _SUSPENSE_REASON_MEMBERS:
            raise ValueError
        part_1 = _pack_suspense_entry_1(value.amount, source, transaction, reason, value.refunds)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ENTRY_1)
        raise
    tail_1 = ABSENT if refund is None else PRESENT + _write_task_entry(refund)
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_suspense_entry_0: Final = Struct(">Q4s").unpack_from
_unpack_suspense_entry_1: Final = Struct(">q32s32siII").unpack_from


def _read_suspense_entry(data: bytes, offset: int) -> tuple[SuspenseEntry, int]:
    try:
        operation, asset__read = _unpack_suspense_entry_0(data, offset)
        asset__read = _ASSET_IDENTITY_READERS[asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SUSPENSE_ENTRY_0)
        raise
    offset += 12
    asset, offset = asset__read(data, offset)
    try:
        amount, source, transaction, reason, refunds, refund__present = _unpack_suspense_entry_1(data, offset)
        reason = _SUSPENSE_REASON_MEMBERS[reason]
        refund__present = BOOLEANS[refund__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SUSPENSE_ENTRY_1)
        raise
    offset += 84
    refund: TaskEntry | None = None
    if refund__present:
        refund, offset = _read_task_entry(data, offset)
    return SuspenseEntry(operation, asset, amount, source, transaction, reason, refunds, refund), offset


@dataclass(slots=True, init=False)
class ClaimEntry:
    """A claimable balance that the vault wants.

    XDR::

        struct ClaimEntry {
            ClaimableDeposit deposit;
            TaskEntry task;
        };
    """

    deposit: ClaimableDeposit
    task: TaskEntry

    def __init__(self, deposit: ClaimableDeposit, task: TaskEntry) -> None:
        self.deposit = deposit
        self.task = task

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ClaimEntry, (
            self.deposit,
            self.task,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_claim_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ClaimEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_claim_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ClaimEntry")
        return value


_CLAIM_ENTRY_0: Fields = (
    ("ClaimEntry", "", Instance(ClaimEntry)),
    ("ClaimableDeposit", "deposit", Instance(ClaimableDeposit)),
    ("ClaimableDeposit.operation", "deposit.operation", UINT64),
    ("ClaimableDeposit.transaction", "deposit.transaction", Opaque(32)),
    ("ClaimableDeposit.balance", "deposit.balance", Opaque(32)),
    ("AssetIdentity.type", "deposit.asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_CLAIM_ENTRY_1: Fields = (
    ("ClaimableDeposit.amount", "deposit.amount", INT64),
    ("ClaimableDeposit.source", "deposit.source", Opaque(32)),
    ("LedgerMemo.type", "deposit.memo", _LEDGER_MEMO_DISCRIMINANT),
)
_CLAIM_ENTRY_2: Fields = (
    ("TaskEntry", "task", Instance(TaskEntry)),
    ("TaskEntry.queued", "task.queued", UINT64),
    ("TaskEntry.prepared", "task.prepared", PRESENCE),
)
_pack_claim_entry_0: Final = Struct(">Q32s32s").pack
_pack_claim_entry_1: Final = Struct(">q32s").pack
_pack_claim_entry_2: Final = Struct(">Q").pack


def _write_claim_entry(value: Any) -> bytes:
    try:
        if type(value) is not ClaimEntry:
            raise ValueError
        deposit = value.deposit
        deposit__transaction = deposit.transaction
        deposit__balance = deposit.balance
        deposit__asset = deposit.asset
        if type(deposit) is not ClaimableDeposit or len(deposit__transaction) != 32 or len(deposit__balance) != 32:
            raise ValueError
        part_0 = _pack_claim_entry_0(deposit.operation, deposit__transaction, deposit__balance)
    except Exception:
        explain_unencodable(value, _CLAIM_ENTRY_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(deposit__asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(deposit__asset)
    try:
        deposit__source = deposit.source
        deposit__memo = deposit.memo
        if len(deposit__source) != 32:
            raise ValueError
        part_1 = _pack_claim_entry_1(deposit.amount, deposit__source)
    except Exception:
        explain_unencodable(value, _CLAIM_ENTRY_1)
        raise
    try:
        write = _LEDGER_MEMO_WRITERS[type(deposit__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerMemo.type") from None
    tail_1 = write(deposit__memo)
    try:
        task = value.task
        task__prepared = task.prepared
        if type(task) is not TaskEntry:
            raise ValueError
        part_2 = _pack_claim_entry_2(task.queued)
    except Exception:
        explain_unencodable(value, _CLAIM_ENTRY_2)
        raise
    tail_2 = ABSENT if task__prepared is None else PRESENT + _write_prepared_transaction(task__prepared)
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2))


_unpack_claim_entry_0: Final = Struct(">Q32s32s4s").unpack_from
_unpack_claim_entry_1: Final = Struct(">q32s4s").unpack_from
_unpack_claim_entry_2: Final = Struct(">QI").unpack_from


def _read_claim_entry(data: bytes, offset: int) -> tuple[ClaimEntry, int]:
    try:
        deposit__operation, deposit__transaction, deposit__balance, deposit__asset__read = _unpack_claim_entry_0(
            data, offset
        )
        deposit__asset__read = _ASSET_IDENTITY_READERS[deposit__asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLAIM_ENTRY_0)
        raise
    offset += 76
    deposit__asset, offset = deposit__asset__read(data, offset)
    try:
        deposit__amount, deposit__source, deposit__memo__read = _unpack_claim_entry_1(data, offset)
        deposit__memo__read = _LEDGER_MEMO_READERS[deposit__memo__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLAIM_ENTRY_1)
        raise
    offset += 44
    deposit__memo, offset = deposit__memo__read(data, offset)
    try:
        task__queued, task__prepared__present = _unpack_claim_entry_2(data, offset)
        task__prepared__present = BOOLEANS[task__prepared__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLAIM_ENTRY_2)
        raise
    offset += 12
    task__prepared: PreparedTransaction | None = None
    if task__prepared__present:
        task__prepared, offset = _read_prepared_transaction(data, offset)
    return ClaimEntry(
        ClaimableDeposit(
            deposit__operation,
            deposit__transaction,
            deposit__balance,
            deposit__asset,
            deposit__amount,
            deposit__source,
            deposit__memo,
        ),
        TaskEntry(task__queued, task__prepared),
    ), offset


@dataclass(slots=True, init=False)
class Suspension:
    """The struct Suspension of state.x.

    XDR::

        struct Suspension {
            SuspensionReason reason;
            Apex since;
        };
    """

    reason: SuspensionReason
    since: Apex

    def __init__(self, reason: SuspensionReason, since: Apex) -> None:
        self.reason = reason
        self.since = since

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Suspension, (
            self.reason,
            self.since,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_suspension(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Suspension":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_suspension(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Suspension")
        return value


_SUSPENSION_0: Fields = (
    ("Suspension", "", Instance(Suspension)),
    ("Suspension.reason", "reason", Enumerated(_SUSPENSION_REASON_MEMBERS)),
    ("Suspension.since", "since", UINT64),
)
_pack_suspension_0: Final = Struct(">iQ").pack


def _write_suspension(value: Any) -> bytes:
    try:
        if type(value) is not Suspension:
            raise ValueError
        reason = value.reason
        if reason not in _SUSPENSION_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_suspension_0(reason, value.since)
    except Exception:
        explain_unencodable(value, _SUSPENSION_0)
        raise
    return part_0


_unpack_suspension_0: Final = Struct(">iQ").unpack_from


def _read_suspension(data: bytes, offset: int) -> tuple[Suspension, int]:
    try:
        reason, since = _unpack_suspension_0(data, offset)
        reason = _SUSPENSION_REASON_MEMBERS[reason]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SUSPENSION_0)
        raise
    return Suspension(reason, since), offset + 12


@dataclass(slots=True, init=False)
class TotalEntry:
    """What the vault must hold of an asset: all balances and what is in suspense.

    XDR::

        struct TotalEntry {
            AssetId asset;
            Amount held;
            unsigned int changes;             // suspensions and resumptions so far, also those that asked for a trust line
            Suspension *suspension;           // that is in force
            TaskEntry *trust;                 // its trust line is on its way
        };
    """

    asset: AssetId
    held: Amount
    changes: int
    suspension: Suspension | None
    trust: TaskEntry | None

    def __init__(
        self, asset: AssetId, held: Amount, changes: int, suspension: Suspension | None, trust: TaskEntry | None
    ) -> None:
        self.asset = asset
        self.held = held
        self.changes = changes
        self.suspension = suspension
        self.trust = trust

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return TotalEntry, (
            self.asset,
            self.held,
            self.changes,
            self.suspension,
            self.trust,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_total_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "TotalEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_total_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "TotalEntry")
        return value


_TOTAL_ENTRY_0: Fields = (
    ("TotalEntry", "", Instance(TotalEntry)),
    ("TotalEntry.asset", "asset", UINT32),
    ("TotalEntry.held", "held", INT64),
    ("TotalEntry.changes", "changes", UINT32),
    ("TotalEntry.suspension", "suspension", PRESENCE),
)
_TOTAL_ENTRY_1: Fields = (("TotalEntry.trust", "trust", PRESENCE),)
_pack_total_entry_0: Final = Struct(">IqI").pack


def _write_total_entry(value: Any) -> bytes:
    try:
        if type(value) is not TotalEntry:
            raise ValueError
        suspension = value.suspension
        part_0 = _pack_total_entry_0(value.asset, value.held, value.changes)
    except Exception:
        explain_unencodable(value, _TOTAL_ENTRY_0)
        raise
    tail_0 = ABSENT if suspension is None else PRESENT + _write_suspension(suspension)
    try:
        trust = value.trust
    except Exception:
        explain_unencodable(value, _TOTAL_ENTRY_1)
        raise
    tail_1 = ABSENT if trust is None else PRESENT + _write_task_entry(trust)
    return part_0 + tail_0 + tail_1


_unpack_total_entry_0: Final = Struct(">IqII").unpack_from
_unpack_total_entry_1: Final = Struct(">I").unpack_from


def _read_total_entry(data: bytes, offset: int) -> tuple[TotalEntry, int]:
    try:
        asset, held, changes, suspension__present = _unpack_total_entry_0(data, offset)
        suspension__present = BOOLEANS[suspension__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _TOTAL_ENTRY_0)
        raise
    offset += 20
    suspension: Suspension | None = None
    if suspension__present:
        suspension, offset = _read_suspension(data, offset)
    try:
        (trust__present,) = _unpack_total_entry_1(data, offset)
        trust__present = BOOLEANS[trust__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _TOTAL_ENTRY_1)
        raise
    offset += 4
    trust: TaskEntry | None = None
    if trust__present:
        trust, offset = _read_task_entry(data, offset)
    return TotalEntry(asset, held, changes, suspension, trust), offset


@dataclass(slots=True, init=False)
class LedgerSigners:
    """Who signs for the vault and its channels on the ledger.

    XDR::

        struct LedgerSigners {
            Key auditors<MAX_AUDITORS>;
            QuorumRule quorum_rule;
        };
    """

    auditors: list[Key]
    quorum_rule: QuorumRule

    def __init__(self, auditors: list[Key], quorum_rule: QuorumRule) -> None:
        self.auditors = auditors
        self.quorum_rule = quorum_rule

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LedgerSigners, (
            self.auditors,
            self.quorum_rule,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_ledger_signers(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LedgerSigners":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_ledger_signers(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LedgerSigners")
        return value


_LEDGER_SIGNERS_0: Fields = (
    ("LedgerSigners", "", Instance(LedgerSigners)),
    ("LedgerSigners.auditors", "auditors", Items(MAX_AUDITORS)),
)
_LEDGER_SIGNERS_1: Fields = (("LedgerSigners.quorum_rule", "quorum_rule", Enumerated(_QUORUM_RULE_MEMBERS)),)
_pack_ledger_signers_0: Final = Struct(">I").pack
_pack_ledger_signers_1: Final = Struct(">i").pack


def _write_ledger_signers(value: Any) -> bytes:
    try:
        if type(value) is not LedgerSigners:
            raise ValueError
        auditors: list[Any] = value.auditors
        if type(auditors) is not list or len(auditors) > MAX_AUDITORS:
            raise ValueError
        part_0 = _pack_ledger_signers_0(len(auditors))
    except Exception:
        explain_unencodable(value, _LEDGER_SIGNERS_0)
        raise
    tail_0 = write_opaques(auditors, 32, "LedgerSigners.auditors")
    try:
        quorum_rule = value.quorum_rule
        if quorum_rule not in _QUORUM_RULE_MEMBERS:
            raise ValueError
        part_1 = _pack_ledger_signers_1(quorum_rule)
    except Exception:
        explain_unencodable(value, _LEDGER_SIGNERS_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_ledger_signers_0: Final = Struct(">I").unpack_from
_unpack_ledger_signers_1: Final = Struct(">i").unpack_from


def _read_ledger_signers(data: bytes, offset: int) -> tuple[LedgerSigners, int]:
    try:
        (auditors__count,) = _unpack_ledger_signers_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _LEDGER_SIGNERS_0)
        raise
    offset += 4
    if auditors__count > MAX_AUDITORS or auditors__count * 32 > len(data) - offset:
        refuse_count(auditors__count, MAX_AUDITORS, "LedgerSigners.auditors")
    auditors, offset = read_opaques(data, offset, auditors__count, 32)
    try:
        (quorum_rule,) = _unpack_ledger_signers_1(data, offset)
        quorum_rule = _QUORUM_RULE_MEMBERS[quorum_rule]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LEDGER_SIGNERS_1)
        raise
    return LedgerSigners(auditors, quorum_rule), offset + 4


@dataclass(slots=True, init=False)
class SignersChange:
    """The transaction that makes others sign is on its way.

    XDR::

        struct SignersChange {
            unsigned int term;                // whose auditors they are
            LedgerSigners signers;
            TaskEntry task;
        };
    """

    term: int
    signers: LedgerSigners
    task: TaskEntry

    def __init__(self, term: int, signers: LedgerSigners, task: TaskEntry) -> None:
        self.term = term
        self.signers = signers
        self.task = task

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignersChange, (
            self.term,
            self.signers,
            self.task,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signers_change(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignersChange":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signers_change(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignersChange")
        return value


_SIGNERS_CHANGE_0: Fields = (
    ("SignersChange", "", Instance(SignersChange)),
    ("SignersChange.term", "term", UINT32),
    ("LedgerSigners", "signers", Instance(LedgerSigners)),
    ("LedgerSigners.auditors", "signers.auditors", Items(MAX_AUDITORS)),
)
_SIGNERS_CHANGE_1: Fields = (
    ("LedgerSigners.quorum_rule", "signers.quorum_rule", Enumerated(_QUORUM_RULE_MEMBERS)),
    ("TaskEntry", "task", Instance(TaskEntry)),
    ("TaskEntry.queued", "task.queued", UINT64),
    ("TaskEntry.prepared", "task.prepared", PRESENCE),
)
_pack_signers_change_0: Final = Struct(">II").pack
_pack_signers_change_1: Final = Struct(">iQ").pack


def _write_signers_change(value: Any) -> bytes:
    try:
        if type(value) is not SignersChange:
            raise ValueError
        signers = value.signers
        signers__auditors: list[Any] = signers.auditors
        if (
            type(signers) is not LedgerSigners
            or type(signers__auditors) is not list
            or len(signers__auditors) > MAX_AUDITORS
        ):
            raise ValueError
        part_0 = _pack_signers_change_0(value.term, len(signers__auditors))
    except Exception:
        explain_unencodable(value, _SIGNERS_CHANGE_0)
        raise
    tail_0 = write_opaques(signers__auditors, 32, "LedgerSigners.auditors")
    try:
        signers__quorum_rule = signers.quorum_rule
        task = value.task
        task__prepared = task.prepared
        if signers__quorum_rule not in _QUORUM_RULE_MEMBERS or type(task) is not TaskEntry:
            raise ValueError
        part_1 = _pack_signers_change_1(signers__quorum_rule, task.queued)
    except Exception:
        explain_unencodable(value, _SIGNERS_CHANGE_1)
        raise
    tail_1 = ABSENT if task__prepared is None else PRESENT + _write_prepared_transaction(task__prepared)
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_signers_change_0: Final = Struct(">II").unpack_from
_unpack_signers_change_1: Final = Struct(">iQI").unpack_from


def _read_signers_change(data: bytes, offset: int) -> tuple[SignersChange, int]:
    try:
        term, signers__auditors__count = _unpack_signers_change_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNERS_CHANGE_0)
        raise
    offset += 8
    if signers__auditors__count > MAX_AUDITORS or signers__auditors__count * 32 > len(data) - offset:
        refuse_count(signers__auditors__count, MAX_AUDITORS, "LedgerSigners.auditors")
    signers__auditors, offset = read_opaques(data, offset, signers__auditors__count, 32)
    try:
        signers__quorum_rule, task__queued, task__prepared__present = _unpack_signers_change_1(data, offset)
        signers__quorum_rule = _QUORUM_RULE_MEMBERS[signers__quorum_rule]
        task__prepared__present = BOOLEANS[task__prepared__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNERS_CHANGE_1)
        raise
    offset += 16
    task__prepared: PreparedTransaction | None = None
    if task__prepared__present:
        task__prepared, offset = _read_prepared_transaction(data, offset)
    return SignersChange(
        term, LedgerSigners(signers__auditors, signers__quorum_rule), TaskEntry(task__queued, task__prepared)
    ), offset


@dataclass(slots=True, init=False)
class CountersEntry:
    """The struct CountersEntry of state.x.

    XDR::

        struct CountersEntry {
            Apex apex;
            Timestamp timestamp;
            LedgerCursor ledger_cursor;
            hyper ledger_closed_at_s;
            unsigned hyper system_effect_number;
            unsigned hyper settings_version;  // 0 at genesis
            unsigned int term;
            ModeInForce mode;
            LedgerSigners signers;
            SignersChange *signers_change;
            TotalEntry totals<MAX_ASSETS>;
        };
    """

    apex: Apex
    timestamp: Timestamp
    ledger_cursor: LedgerCursor
    ledger_closed_at_s: int
    system_effect_number: int
    settings_version: int
    term: int
    mode: ModeInForce
    signers: LedgerSigners
    signers_change: SignersChange | None
    totals: list[TotalEntry]

    def __init__(
        self,
        apex: Apex,
        timestamp: Timestamp,
        ledger_cursor: LedgerCursor,
        ledger_closed_at_s: int,
        system_effect_number: int,
        settings_version: int,
        term: int,
        mode: ModeInForce,
        signers: LedgerSigners,
        signers_change: SignersChange | None,
        totals: list[TotalEntry],
    ) -> None:
        self.apex = apex
        self.timestamp = timestamp
        self.ledger_cursor = ledger_cursor
        self.ledger_closed_at_s = ledger_closed_at_s
        self.system_effect_number = system_effect_number
        self.settings_version = settings_version
        self.term = term
        self.mode = mode
        self.signers = signers
        self.signers_change = signers_change
        self.totals = totals

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CountersEntry, (
            self.apex,
            self.timestamp,
            self.ledger_cursor,
            self.ledger_closed_at_s,
            self.system_effect_number,
            self.settings_version,
            self.term,
            self.mode,
            self.signers,
            self.signers_change,
            self.totals,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_counters_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "CountersEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_counters_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "CountersEntry")
        return value


_COUNTERS_ENTRY_0: Fields = (
    ("CountersEntry", "", Instance(CountersEntry)),
    ("CountersEntry.apex", "apex", UINT64),
    ("CountersEntry.timestamp", "timestamp", INT64),
    ("CountersEntry.ledger_cursor", "ledger_cursor", UINT64),
    ("CountersEntry.ledger_closed_at_s", "ledger_closed_at_s", INT64),
    ("CountersEntry.system_effect_number", "system_effect_number", UINT64),
    ("CountersEntry.settings_version", "settings_version", UINT64),
    ("CountersEntry.term", "term", UINT32),
    ("ModeInForce", "mode", Instance(ModeInForce)),
    ("ModeInForce.mode", "mode.mode", Enumerated(_MODE_MEMBERS)),
    ("ModeInForce.reason", "mode.reason", LENGTH),
)
_COUNTERS_ENTRY_1: Fields = (
    ("ModeInForce.since", "mode.since", UINT64),
    ("LedgerSigners", "signers", Instance(LedgerSigners)),
    ("LedgerSigners.auditors", "signers.auditors", Items(MAX_AUDITORS)),
)
_COUNTERS_ENTRY_2: Fields = (
    ("LedgerSigners.quorum_rule", "signers.quorum_rule", Enumerated(_QUORUM_RULE_MEMBERS)),
    ("CountersEntry.signers_change", "signers_change", PRESENCE),
)
_COUNTERS_ENTRY_3: Fields = (("CountersEntry.totals", "totals", Items(MAX_ASSETS)),)
_pack_counters_entry_0: Final = Struct(">QqQqQQIi").pack
_pack_counters_entry_1: Final = Struct(">QI").pack
_pack_counters_entry_2: Final = Struct(">i").pack
_pack_counters_entry_3: Final = Struct(">I").pack


def _write_counters_entry(value: Any) -> bytes:
    try:
        if type(value) is not CountersEntry:
            raise ValueError
        mode = value.mode
        mode__mode = mode.mode
        mode__reason = mode.reason
        if type(mode) is not ModeInForce or mode__mode not in _MODE_MEMBERS:
            raise ValueError
        part_0 = _pack_counters_entry_0(
            value.apex,
            value.timestamp,
            value.ledger_cursor,
            value.ledger_closed_at_s,
            value.system_effect_number,
            value.settings_version,
            value.term,
            mode__mode,
        )
    except Exception:
        explain_unencodable(value, _COUNTERS_ENTRY_0)
        raise
    tail_0 = write_string(mode__reason, MAX_MODE_REASON, "ModeInForce.reason")
    try:
        signers = value.signers
        signers__auditors: list[Any] = signers.auditors
        if (
            type(signers) is not LedgerSigners
            or type(signers__auditors) is not list
            or len(signers__auditors) > MAX_AUDITORS
        ):
            raise ValueError
        part_1 = _pack_counters_entry_1(mode.since, len(signers__auditors))
    except Exception:
        explain_unencodable(value, _COUNTERS_ENTRY_1)
        raise
    tail_1 = write_opaques(signers__auditors, 32, "LedgerSigners.auditors")
    try:
        signers__quorum_rule = signers.quorum_rule
        signers_change = value.signers_change
        if signers__quorum_rule not in _QUORUM_RULE_MEMBERS:
            raise ValueError
        part_2 = _pack_counters_entry_2(signers__quorum_rule)
    except Exception:
        explain_unencodable(value, _COUNTERS_ENTRY_2)
        raise
    tail_2 = ABSENT if signers_change is None else PRESENT + _write_signers_change(signers_change)
    try:
        totals: list[Any] = value.totals
        if type(totals) is not list or len(totals) > MAX_ASSETS:
            raise ValueError
        part_3 = _pack_counters_entry_3(len(totals))
    except Exception:
        explain_unencodable(value, _COUNTERS_ENTRY_3)
        raise
    tail_3 = b"".join([_write_total_entry(item) for item in totals])
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2, part_3, tail_3))


_unpack_counters_entry_0: Final = Struct(">QqQqQQIiI").unpack_from
_unpack_counters_entry_1: Final = Struct(">QI").unpack_from
_unpack_counters_entry_2: Final = Struct(">iI").unpack_from
_unpack_counters_entry_3: Final = Struct(">I").unpack_from


def _read_counters_entry(data: bytes, offset: int) -> tuple[CountersEntry, int]:
    try:
        (
            apex,
            timestamp,
            ledger_cursor,
            ledger_closed_at_s,
            system_effect_number,
            settings_version,
            term,
            mode__mode,
            mode__reason__length,
        ) = _unpack_counters_entry_0(data, offset)
        mode__mode = _MODE_MEMBERS[mode__mode]
    except (StructError, KeyError):
        explain_malformed(data, offset, _COUNTERS_ENTRY_0)
        raise
    offset += 60
    mode__reason, offset = read_string(data, offset, mode__reason__length, MAX_MODE_REASON, "ModeInForce.reason")
    try:
        mode__since, signers__auditors__count = _unpack_counters_entry_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _COUNTERS_ENTRY_1)
        raise
    offset += 12
    if signers__auditors__count > MAX_AUDITORS or signers__auditors__count * 32 > len(data) - offset:
        refuse_count(signers__auditors__count, MAX_AUDITORS, "LedgerSigners.auditors")
    signers__auditors, offset = read_opaques(data, offset, signers__auditors__count, 32)
    try:
        signers__quorum_rule, signers_change__present = _unpack_counters_entry_2(data, offset)
        signers__quorum_rule = _QUORUM_RULE_MEMBERS[signers__quorum_rule]
        signers_change__present = BOOLEANS[signers_change__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _COUNTERS_ENTRY_2)
        raise
    offset += 8
    signers_change: SignersChange | None = None
    if signers_change__present:
        signers_change, offset = _read_signers_change(data, offset)
    try:
        (totals__count,) = _unpack_counters_entry_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _COUNTERS_ENTRY_3)
        raise
    offset += 4
    if totals__count > MAX_ASSETS or totals__count * 24 > len(data) - offset:
        refuse_count(totals__count, MAX_ASSETS, "CountersEntry.totals")
    totals = []
    for _ in range(totals__count):
        totals__item, offset = _read_total_entry(data, offset)
        totals.append(totals__item)
    return CountersEntry(
        apex,
        timestamp,
        ledger_cursor,
        ledger_closed_at_s,
        system_effect_number,
        settings_version,
        term,
        ModeInForce(mode__mode, mode__reason, mode__since),
        LedgerSigners(signers__auditors, signers__quorum_rule),
        signers_change,
        totals,
    ), offset


@dataclass(slots=True, init=False)
class HoldEntry:
    """The struct HoldEntry of state.x.

    XDR::

        struct HoldEntry {
            Apex hold;
            Key owner;
            Key beneficiary;
            AssetId asset;
            Amount amount;                    // locked
            Timestamp expires_at;
        };
    """

    hold: Apex
    owner: Key
    beneficiary: Key
    asset: AssetId
    amount: Amount
    expires_at: Timestamp

    def __init__(
        self, hold: Apex, owner: Key, beneficiary: Key, asset: AssetId, amount: Amount, expires_at: Timestamp
    ) -> None:
        self.hold = hold
        self.owner = owner
        self.beneficiary = beneficiary
        self.asset = asset
        self.amount = amount
        self.expires_at = expires_at

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HoldEntry, (
            self.hold,
            self.owner,
            self.beneficiary,
            self.asset,
            self.amount,
            self.expires_at,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_hold_entry(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HoldEntry":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_hold_entry(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HoldEntry")
        return value


_HOLD_ENTRY_0: Fields = (
    ("HoldEntry", "", Instance(HoldEntry)),
    ("HoldEntry.hold", "hold", UINT64),
    ("HoldEntry.owner", "owner", Opaque(32)),
    ("HoldEntry.beneficiary", "beneficiary", Opaque(32)),
    ("HoldEntry.asset", "asset", UINT32),
    ("HoldEntry.amount", "amount", INT64),
    ("HoldEntry.expires_at", "expires_at", INT64),
)
_pack_hold_entry_0: Final = Struct(">Q32s32sIqq").pack


def _write_hold_entry(value: Any) -> bytes:
    try:
        if type(value) is not HoldEntry:
            raise ValueError
        owner = value.owner
        beneficiary = value.beneficiary
        if len(owner) != 32 or len(beneficiary) != 32:
            raise ValueError
        part_0 = _pack_hold_entry_0(value.hold, owner, beneficiary, value.asset, value.amount, value.expires_at)
    except Exception:
        explain_unencodable(value, _HOLD_ENTRY_0)
        raise
    return part_0


_unpack_hold_entry_0: Final = Struct(">Q32s32sIqq").unpack_from


def _read_hold_entry(data: bytes, offset: int) -> tuple[HoldEntry, int]:
    try:
        hold, owner, beneficiary, asset, amount, expires_at = _unpack_hold_entry_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HOLD_ENTRY_0)
        raise
    return HoldEntry(hold, owner, beneficiary, asset, amount, expires_at), offset + 92


class StateEntryType(IntEnum):
    """The enum StateEntryType of state.x.

    XDR::

        enum StateEntryType {
            SETTINGS_ENTRY = 0,
            COUNTERS_ENTRY = 1,
            ACCOUNT_ENTRY = 2,
            ORDER_ENTRY = 3,
            WITHDRAWAL_ENTRY = 4,
            CHANNEL_ENTRY = 5,
            SUSPENSE_ENTRY = 6,
            CLAIM_ENTRY = 7,
            MARKET_ENTRY = 8,
            ARMED_ENTRY = 9,
            HOLD_ENTRY = 10
        };
    """

    SETTINGS_ENTRY = 0
    COUNTERS_ENTRY = 1
    ACCOUNT_ENTRY = 2
    ORDER_ENTRY = 3
    WITHDRAWAL_ENTRY = 4
    CHANNEL_ENTRY = 5
    SUSPENSE_ENTRY = 6
    CLAIM_ENTRY = 7
    MARKET_ENTRY = 8
    ARMED_ENTRY = 9
    HOLD_ENTRY = 10


_STATE_ENTRY_TYPE_MEMBERS: Final[dict[int, StateEntryType]] = {member.value: member for member in StateEntryType}


StateEntry = (
    Settings
    | CountersEntry
    | AccountEntry
    | OrderEntry
    | WithdrawalEntry
    | ChannelEntry
    | SuspenseEntry
    | ClaimEntry
    | MarketEntry
    | ArmedEntry
    | HoldEntry
)


def _write_settings_as_state_entry(value: Any) -> bytes:
    return b"\x00\x00\x00\x00" + _write_settings(value)


def _write_counters_as_state_entry(value: Any) -> bytes:
    return b"\x00\x00\x00\x01" + _write_counters_entry(value)


_ROUTING_ID_IN_ACCOUNT_AS_STATE_ENTRY_0: Fields = (("AccountEntry.routing_id", "", UINT64),)
_pack_routing_id_in_account_as_state_entry_0: Final = Struct(">iQ").pack


def _write_routing_id_in_account_as_state_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_routing_id_in_account_as_state_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _ROUTING_ID_IN_ACCOUNT_AS_STATE_ENTRY_0)
        raise
    return part_0


_CANCEL_ALL_AT_IN_ACCOUNT_AS_STATE_ENTRY_0: Fields = (("AccountEntry.cancel_all_at", "", INT64),)
_pack_cancel_all_at_in_account_as_state_entry_0: Final = Struct(">iq").pack


def _write_cancel_all_at_in_account_as_state_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_cancel_all_at_in_account_as_state_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_AT_IN_ACCOUNT_AS_STATE_ENTRY_0)
        raise
    return part_0


_pack_account_as_state_entry_0: Final = Struct(">i32sqQ").pack
_pack_account_as_state_entry_3: Final = Struct(">I").pack


def _write_account_as_state_entry(value: AccountEntry) -> bytes:
    try:
        account = value.account
        routing_id = value.routing_id
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_account_as_state_entry_0(2, account, value.nonce, value.effect_number)
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_0)
        raise
    tail_0 = ABSENT if routing_id is None else _write_routing_id_in_account_as_state_entry(routing_id)
    try:
        cancel_all_at = value.cancel_all_at
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_1)
        raise
    tail_1 = ABSENT if cancel_all_at is None else _write_cancel_all_at_in_account_as_state_entry(cancel_all_at)
    try:
        keys = value.keys
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_2)
        raise
    tail_2 = ABSENT if keys is None else PRESENT + _write_account_keys(keys)
    try:
        balances: list[Any] = value.balances
        if type(balances) is not list or len(balances) > MAX_ASSETS:
            raise ValueError
        part_3 = _pack_account_as_state_entry_3(len(balances))
    except Exception:
        explain_unencodable(value, _ACCOUNT_ENTRY_3)
        raise
    tail_3 = b"".join([_write_balance_entry(item) for item in balances])
    return b"".join((part_0, tail_0, tail_1, tail_2, part_3, tail_3))


_EXPIRES_AT_IN_ORDER_AS_STATE_ENTRY_0: Fields = (("OrderEntry.expires_at", "", INT64),)
_pack_expires_at_in_order_as_state_entry_0: Final = Struct(">iq").pack


def _write_expires_at_in_order_as_state_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_expires_at_in_order_as_state_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _EXPIRES_AT_IN_ORDER_AS_STATE_ENTRY_0)
        raise
    return part_0


_pack_order_as_state_entry_0: Final = Struct(">iQ32sIiqq").pack


def _write_order_as_state_entry(value: OrderEntry) -> bytes:
    try:
        account = value.account
        side = value.side
        client_order_id = value.client_order_id
        if len(account) != 32 or side not in _SIDE_MEMBERS:
            raise ValueError
        part_0 = _pack_order_as_state_entry_0(3, value.order, account, value.market, side, value.price, value.remaining)
    except Exception:
        explain_unencodable(value, _ORDER_ENTRY_0)
        raise
    tail_0 = write_string(client_order_id, MAX_CLIENT_ORDER_ID, "OrderEntry.client_order_id")
    try:
        expires_at = value.expires_at
    except Exception:
        explain_unencodable(value, _ORDER_ENTRY_1)
        raise
    tail_1 = ABSENT if expires_at is None else _write_expires_at_in_order_as_state_entry(expires_at)
    try:
        triggered = value.triggered
    except Exception:
        explain_unencodable(value, _ORDER_ENTRY_2)
        raise
    tail_2 = ABSENT if triggered is None else PRESENT + _write_triggered_at(triggered)
    return b"".join((part_0, tail_0, tail_1, tail_2))


_OPERATION__DESTINATION__MUXED_ID_IN_WITHDRAWAL_AS_STATE_ENTRY_0: Fields = (("LedgerDestination.muxed_id", "", UINT64),)
_pack_operation__destination__muxed_id_in_withdrawal_as_state_entry_0: Final = Struct(">iQ").pack


def _write_operation__destination__muxed_id_in_withdrawal_as_state_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_operation__destination__muxed_id_in_withdrawal_as_state_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _OPERATION__DESTINATION__MUXED_ID_IN_WITHDRAWAL_AS_STATE_ENTRY_0)
        raise
    return part_0


_APPROVE_UNTIL_IN_WITHDRAWAL_AS_STATE_ENTRY_0: Fields = (("WithdrawalEntry.approve_until", "", INT64),)
_pack_approve_until_in_withdrawal_as_state_entry_0: Final = Struct(">iq").pack


def _write_approve_until_in_withdrawal_as_state_entry(value: Any) -> bytes:
    try:
        part_0 = _pack_approve_until_in_withdrawal_as_state_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _APPROVE_UNTIL_IN_WITHDRAWAL_AS_STATE_ENTRY_0)
        raise
    return part_0


_pack_withdrawal_as_state_entry_0: Final = Struct(">iQ32sIq32s").pack
_pack_withdrawal_as_state_entry_2: Final = Struct(">I").pack


def _write_withdrawal_as_state_entry(value: WithdrawalEntry) -> bytes:
    try:
        account = value.account
        operation = value.operation
        operation__destination = operation.destination
        operation__destination__account = operation__destination.account
        operation__destination__muxed_id = operation__destination.muxed_id
        if (
            len(account) != 32
            or type(operation) is not Withdrawal
            or type(operation__destination) is not LedgerDestination
            or len(operation__destination__account) != 32
        ):
            raise ValueError
        part_0 = _pack_withdrawal_as_state_entry_0(
            4, value.withdrawal, account, operation.asset, operation.amount, operation__destination__account
        )
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_0)
        raise
    tail_0 = (
        ABSENT
        if operation__destination__muxed_id is None
        else _write_operation__destination__muxed_id_in_withdrawal_as_state_entry(operation__destination__muxed_id)
    )
    try:
        operation__destination__memo = operation__destination.memo
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_1)
        raise
    try:
        write = _MEMO_WRITERS[type(operation__destination__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Memo.type") from None
    tail_1 = write(operation__destination__memo)
    try:
        operation__destination__creates = operation__destination.creates
        approve_until = value.approve_until
        if operation__destination__creates is not True and operation__destination__creates is not False:
            raise ValueError
        part_2 = _pack_withdrawal_as_state_entry_2(operation__destination__creates)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_2)
        raise
    tail_2 = ABSENT if approve_until is None else _write_approve_until_in_withdrawal_as_state_entry(approve_until)
    try:
        prepared = value.prepared
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ENTRY_3)
        raise
    tail_3 = ABSENT if prepared is None else PRESENT + _write_prepared_transaction(prepared)
    return b"".join((part_0, tail_0, tail_1, part_2, tail_2, tail_3))


_TRANSACTION_IN_CHANNEL_AS_STATE_ENTRY_0: Fields = (("ChannelEntry.transaction", "", Opaque(32)),)
_pack_transaction_in_channel_as_state_entry_0: Final = Struct(">i32s").pack


def _write_transaction_in_channel_as_state_entry(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_transaction_in_channel_as_state_entry_0(1, value)
    except Exception:
        explain_unencodable(value, _TRANSACTION_IN_CHANNEL_AS_STATE_ENTRY_0)
        raise
    return part_0


_pack_channel_as_state_entry_0: Final = Struct(">i32sq").pack


def _write_channel_as_state_entry(value: ChannelEntry) -> bytes:
    try:
        account = value.account
        transaction = value.transaction
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_channel_as_state_entry_0(5, account, value.sequence)
    except Exception:
        explain_unencodable(value, _CHANNEL_ENTRY_0)
        raise
    tail_0 = ABSENT if transaction is None else _write_transaction_in_channel_as_state_entry(transaction)
    return part_0 + tail_0


_pack_suspense_as_state_entry_0: Final = Struct(">iQ").pack
_pack_suspense_as_state_entry_1: Final = Struct(">q32s32siI").pack


def _write_suspense_as_state_entry(value: SuspenseEntry) -> bytes:
    try:
        asset = value.asset
        part_0 = _pack_suspense_as_state_entry_0(6, value.operation)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ENTRY_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        transaction = value.transaction
        reason = value.reason
        refund = value.refund
        if len(source) != 32 or len(transaction) != 32 or reason not in _SUSPENSE_REASON_MEMBERS:
            raise ValueError
        part_1 = _pack_suspense_as_state_entry_1(value.amount, source, transaction, reason, value.refunds)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ENTRY_1)
        raise
    tail_1 = ABSENT if refund is None else PRESENT + _write_task_entry(refund)
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_claim_as_state_entry_0: Final = Struct(">iQ32s32s").pack
_pack_claim_as_state_entry_1: Final = Struct(">q32s").pack
_pack_claim_as_state_entry_2: Final = Struct(">Q").pack


def _write_claim_as_state_entry(value: ClaimEntry) -> bytes:
    try:
        deposit = value.deposit
        deposit__transaction = deposit.transaction
        deposit__balance = deposit.balance
        deposit__asset = deposit.asset
        if type(deposit) is not ClaimableDeposit or len(deposit__transaction) != 32 or len(deposit__balance) != 32:
            raise ValueError
        part_0 = _pack_claim_as_state_entry_0(7, deposit.operation, deposit__transaction, deposit__balance)
    except Exception:
        explain_unencodable(value, _CLAIM_ENTRY_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(deposit__asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(deposit__asset)
    try:
        deposit__source = deposit.source
        deposit__memo = deposit.memo
        if len(deposit__source) != 32:
            raise ValueError
        part_1 = _pack_claim_as_state_entry_1(deposit.amount, deposit__source)
    except Exception:
        explain_unencodable(value, _CLAIM_ENTRY_1)
        raise
    try:
        write = _LEDGER_MEMO_WRITERS[type(deposit__memo)]
    except KeyError:
        raise UnencodableMessage("wrong type", "LedgerMemo.type") from None
    tail_1 = write(deposit__memo)
    try:
        task = value.task
        task__prepared = task.prepared
        if type(task) is not TaskEntry:
            raise ValueError
        part_2 = _pack_claim_as_state_entry_2(task.queued)
    except Exception:
        explain_unencodable(value, _CLAIM_ENTRY_2)
        raise
    tail_2 = ABSENT if task__prepared is None else PRESENT + _write_prepared_transaction(task__prepared)
    return b"".join((part_0, tail_0, part_1, tail_1, part_2, tail_2))


_pack_market_as_state_entry_0: Final = Struct(">iIqqqq").pack


def _write_market_as_state_entry(value: MarketEntry) -> bytes:
    try:
        part_0 = _pack_market_as_state_entry_0(
            8, value.market, value.last_price, value.highest, value.lowest, value.due
        )
    except Exception:
        explain_unencodable(value, _MARKET_ENTRY_0)
        raise
    return part_0


_pack_armed_as_state_entry_0: Final = Struct(">iQ32s").pack


def _write_armed_as_state_entry(value: ArmedEntry) -> bytes:
    try:
        account = value.account
        operation = value.operation
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_armed_as_state_entry_0(9, value.order, account)
    except Exception:
        explain_unencodable(value, _ARMED_ENTRY_0)
        raise
    try:
        write = _ARMED_OPERATION_WRITERS[type(operation)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ArmedOperation.type") from None
    tail_0 = write(operation)
    return part_0 + tail_0


_pack_hold_as_state_entry_0: Final = Struct(">iQ32s32sIqq").pack


def _write_hold_as_state_entry(value: HoldEntry) -> bytes:
    try:
        owner = value.owner
        beneficiary = value.beneficiary
        if len(owner) != 32 or len(beneficiary) != 32:
            raise ValueError
        part_0 = _pack_hold_as_state_entry_0(
            10, value.hold, owner, beneficiary, value.asset, value.amount, value.expires_at
        )
    except Exception:
        explain_unencodable(value, _HOLD_ENTRY_0)
        raise
    return part_0


_STATE_ENTRY_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    Settings: _write_settings_as_state_entry,
    CountersEntry: _write_counters_as_state_entry,
    AccountEntry: _write_account_as_state_entry,
    OrderEntry: _write_order_as_state_entry,
    WithdrawalEntry: _write_withdrawal_as_state_entry,
    ChannelEntry: _write_channel_as_state_entry,
    SuspenseEntry: _write_suspense_as_state_entry,
    ClaimEntry: _write_claim_as_state_entry,
    MarketEntry: _write_market_as_state_entry,
    ArmedEntry: _write_armed_as_state_entry,
    HoldEntry: _write_hold_as_state_entry,
}

_STATE_ENTRY_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[StateEntry, int]]]] = {
    b"\x00\x00\x00\x00": _read_settings,
    b"\x00\x00\x00\x01": _read_counters_entry,
    b"\x00\x00\x00\x02": _read_account_entry,
    b"\x00\x00\x00\x03": _read_order_entry,
    b"\x00\x00\x00\x04": _read_withdrawal_entry,
    b"\x00\x00\x00\x05": _read_channel_entry,
    b"\x00\x00\x00\x06": _read_suspense_entry,
    b"\x00\x00\x00\x07": _read_claim_entry,
    b"\x00\x00\x00\x08": _read_market_entry,
    b"\x00\x00\x00\t": _read_armed_entry,
    b"\x00\x00\x00\n": _read_hold_entry,
}
_STATE_ENTRY_DISCRIMINANT = Discriminant(_STATE_ENTRY_TYPE_MEMBERS, _STATE_ENTRY_READERS)
_STATE_ENTRY_0: Fields = (("StateEntry.type", "", _STATE_ENTRY_DISCRIMINANT),)


def _read_state_entry(data: bytes, offset: int) -> tuple[StateEntry, int]:
    try:
        read = _STATE_ENTRY_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _STATE_ENTRY_0)
        raise
    return read(data, offset + 4)


def encode_state_entry(value: StateEntry) -> bytes:
    """Encodes a value of the union StateEntry by its class."""
    try:
        write = _STATE_ENTRY_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "StateEntry.type") from None
    return write(value)


def decode_state_entry(data: bytes) -> StateEntry:
    """Decodes bytes that are one StateEntry and nothing else."""
    value, offset = _read_state_entry(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "StateEntry")
    return value
