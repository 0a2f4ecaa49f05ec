"""Messages of effects.x.

Generated from xdr/effects.x by tools/xdr_generator.py; do not edit.

What a quantum changed, as each account is told it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.codes import _CODE_MEMBERS, Code
from constellation.protocol.messages.common import (
    _ASSET_IDENTITY_DISCRIMINANT,
    _ASSET_IDENTITY_READERS,
    _ASSET_IDENTITY_WRITERS,
    _SIDE_MEMBERS,
    _TRIGGER_KIND_MEMBERS,
    MAX_CLIENT_ORDER_ID,
    MAX_PAYMENT_MEMO,
    Amount,
    Apex,
    AssetId,
    AssetIdentity,
    Hash,
    Key,
    LedgerCursor,
    MarketId,
    Price,
    Side,
    Timestamp,
    Trigger,
)
from constellation.protocol.messages.governance import _SUSPENSION_REASON_MEMBERS, SuspensionReason
from constellation.protocol.messages.modes import (
    _MODE_CHANGED_0,
    _MODE_MEMBERS,
    MAX_MODE_REASON,
    ModeChanged,
    _read_mode_changed,
)
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEAN,
    BOOLEANS,
    INT64,
    LENGTH,
    PRESENCE,
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

# in one account's group of one quantum
MAX_EFFECTS: Final = 4096


class OrderCloseReason(IntEnum):
    """The enum OrderCloseReason of effects.x.

    XDR::

        enum OrderCloseReason {
            FILLED = 0,
            CANCELLED = 1,                    // by its owner
            NOT_FILLED_AT_ONCE = 2,           // what was left of an immediate-or-cancel order
            SELF_TRADE = 3,                   // it would have met an order of the same account
            FILL_LIMIT = 4,                   // the quantum's limit of fills was reached
            REPLACED_BY_OWNER = 5,            // with another order
            EXPIRED_BY_TIME = 6,              // its expires_at has come
            CANCELLED_BY_TIMEOUT = 7,         // its owner's cancel-all-after was not renewed in time
            REFUSED_WHEN_TRIGGERED = 8        // what it waited for has come, and it broke a rule then
        };
    """

    FILLED = 0
    CANCELLED = 1
    NOT_FILLED_AT_ONCE = 2
    SELF_TRADE = 3
    FILL_LIMIT = 4
    REPLACED_BY_OWNER = 5
    EXPIRED_BY_TIME = 6
    CANCELLED_BY_TIMEOUT = 7
    REFUSED_WHEN_TRIGGERED = 8


_ORDER_CLOSE_REASON_MEMBERS: Final[dict[int, OrderCloseReason]] = {member.value: member for member in OrderCloseReason}


class WithdrawalOutcome(IntEnum):
    """The enum WithdrawalOutcome of effects.x.

    XDR::

        enum WithdrawalOutcome {
            PAID = 0,
            FAILED = 1,                       // the ledger included the transaction and refused it
            LAPSED = 2,                       // a ledger closed after its time bound without it
            REFUSED_BY_AUDITORS = 3,          // their operators decided so
            NOT_APPROVED = 4                  // in time
        };
    """

    PAID = 0
    FAILED = 1
    LAPSED = 2
    REFUSED_BY_AUDITORS = 3
    NOT_APPROVED = 4


_WITHDRAWAL_OUTCOME_MEMBERS: Final[dict[int, WithdrawalOutcome]] = {
    member.value: member for member in WithdrawalOutcome
}


class SuspenseReason(IntEnum):
    """The enum SuspenseReason of effects.x.

    XDR::

        enum SuspenseReason {
            UNKNOWN_LEDGER_ASSET = 0,
            BELOW_MINIMUM_DEPOSIT = 1,
            ACCOUNT_NOT_OPEN = 2,             // whose it would be has no account and the deposit cannot open one
            UNKNOWN_ROUTING = 3,              // its memo or muxed id names no account, or two different ones
            SENDER_IS_ISSUER = 4,             // and it names no account
            TOTAL_TOO_LARGE = 5               // with it the asset's total would not fit an amount: so much was clawed back
        };
    """

    UNKNOWN_LEDGER_ASSET = 0
    BELOW_MINIMUM_DEPOSIT = 1
    ACCOUNT_NOT_OPEN = 2
    UNKNOWN_ROUTING = 3
    SENDER_IS_ISSUER = 4
    TOTAL_TOO_LARGE = 5


_SUSPENSE_REASON_MEMBERS: Final[dict[int, SuspenseReason]] = {member.value: member for member in SuspenseReason}


@dataclass(slots=True, init=False)
class AccountOpened:
    """The struct AccountOpened of effects.x.

    XDR::

        struct AccountOpened {
            Key account;
        };
    """

    account: Key

    def __init__(self, account: Key) -> None:
        self.account = account

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AccountOpened, (self.account,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_account_opened(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AccountOpened":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_account_opened(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AccountOpened")
        return value


_ACCOUNT_OPENED_0: Fields = (
    ("AccountOpened", "", Instance(AccountOpened)),
    ("AccountOpened.account", "account", Opaque(32)),
)
_pack_account_opened_0: Final = Struct(">32s").pack


def _write_account_opened(value: Any) -> bytes:
    try:
        if type(value) is not AccountOpened:
            raise ValueError
        account = value.account
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_account_opened_0(account)
    except Exception:
        explain_unencodable(value, _ACCOUNT_OPENED_0)
        raise
    return part_0


_unpack_account_opened_0: Final = Struct(">32s").unpack_from


def _read_account_opened(data: bytes, offset: int) -> tuple[AccountOpened, int]:
    try:
        (account,) = _unpack_account_opened_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ACCOUNT_OPENED_0)
        raise
    return AccountOpened(account), offset + 32


@dataclass(slots=True, init=False)
class BalanceChanged:
    """The balance after the quantum; at most one per asset.

    XDR::

        struct BalanceChanged {
            AssetId asset;
            Amount balance;
            Amount liabilities;               // the part of the balance that is locked
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
        return BalanceChanged, (
            self.asset,
            self.balance,
            self.liabilities,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_balance_changed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BalanceChanged":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_balance_changed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BalanceChanged")
        return value


_BALANCE_CHANGED_0: Fields = (
    ("BalanceChanged", "", Instance(BalanceChanged)),
    ("BalanceChanged.asset", "asset", UINT32),
    ("BalanceChanged.balance", "balance", INT64),
    ("BalanceChanged.liabilities", "liabilities", INT64),
)
_pack_balance_changed_0: Final = Struct(">Iqq").pack


def _write_balance_changed(value: Any) -> bytes:
    try:
        if type(value) is not BalanceChanged:
            raise ValueError
        part_0 = _pack_balance_changed_0(value.asset, value.balance, value.liabilities)
    except Exception:
        explain_unencodable(value, _BALANCE_CHANGED_0)
        raise
    return part_0


_unpack_balance_changed_0: Final = Struct(">Iqq").unpack_from


def _read_balance_changed(data: bytes, offset: int) -> tuple[BalanceChanged, int]:
    try:
        asset, balance, liabilities = _unpack_balance_changed_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BALANCE_CHANGED_0)
        raise
    return BalanceChanged(asset, balance, liabilities), offset + 20


@dataclass(slots=True, init=False)
class PaymentSent:
    """The struct PaymentSent of effects.x.

    XDR::

        struct PaymentSent {
            Key destination;
            AssetId asset;
            Amount amount;
            string memo<MAX_PAYMENT_MEMO>;    // "": none
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
        return PaymentSent, (
            self.destination,
            self.asset,
            self.amount,
            self.memo,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_payment_sent(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "PaymentSent":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_payment_sent(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "PaymentSent")
        return value


_PAYMENT_SENT_0: Fields = (
    ("PaymentSent", "", Instance(PaymentSent)),
    ("PaymentSent.destination", "destination", Opaque(32)),
    ("PaymentSent.asset", "asset", UINT32),
    ("PaymentSent.amount", "amount", INT64),
    ("PaymentSent.memo", "memo", LENGTH),
)
_pack_payment_sent_0: Final = Struct(">32sIq").pack


def _write_payment_sent(value: Any) -> bytes:
    try:
        if type(value) is not PaymentSent:
            raise ValueError
        destination = value.destination
        memo = value.memo
        if len(destination) != 32:
            raise ValueError
        part_0 = _pack_payment_sent_0(destination, value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _PAYMENT_SENT_0)
        raise
    tail_0 = write_string(memo, MAX_PAYMENT_MEMO, "PaymentSent.memo")
    return part_0 + tail_0


_unpack_payment_sent_0: Final = Struct(">32sIqI").unpack_from


def _read_payment_sent(data: bytes, offset: int) -> tuple[PaymentSent, int]:
    try:
        destination, asset, amount, memo__length = _unpack_payment_sent_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _PAYMENT_SENT_0)
        raise
    offset += 48
    memo, offset = read_string(data, offset, memo__length, MAX_PAYMENT_MEMO, "PaymentSent.memo")
    return PaymentSent(destination, asset, amount, memo), offset


@dataclass(slots=True, init=False)
class PaymentReceived:
    """The struct PaymentReceived of effects.x.

    XDR::

        struct PaymentReceived {
            Key source;
            AssetId asset;
            Amount amount;
            string memo<MAX_PAYMENT_MEMO>;    // "": none
        };
    """

    source: Key
    asset: AssetId
    amount: Amount
    memo: str

    def __init__(self, source: Key, asset: AssetId, amount: Amount, memo: str = "") -> None:
        self.source = source
        self.asset = asset
        self.amount = amount
        self.memo = memo

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return PaymentReceived, (
            self.source,
            self.asset,
            self.amount,
            self.memo,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_payment_received(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "PaymentReceived":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_payment_received(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "PaymentReceived")
        return value


_PAYMENT_RECEIVED_0: Fields = (
    ("PaymentReceived", "", Instance(PaymentReceived)),
    ("PaymentReceived.source", "source", Opaque(32)),
    ("PaymentReceived.asset", "asset", UINT32),
    ("PaymentReceived.amount", "amount", INT64),
    ("PaymentReceived.memo", "memo", LENGTH),
)
_pack_payment_received_0: Final = Struct(">32sIq").pack


def _write_payment_received(value: Any) -> bytes:
    try:
        if type(value) is not PaymentReceived:
            raise ValueError
        source = value.source
        memo = value.memo
        if len(source) != 32:
            raise ValueError
        part_0 = _pack_payment_received_0(source, value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _PAYMENT_RECEIVED_0)
        raise
    tail_0 = write_string(memo, MAX_PAYMENT_MEMO, "PaymentReceived.memo")
    return part_0 + tail_0


_unpack_payment_received_0: Final = Struct(">32sIqI").unpack_from


def _read_payment_received(data: bytes, offset: int) -> tuple[PaymentReceived, int]:
    try:
        source, asset, amount, memo__length = _unpack_payment_received_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _PAYMENT_RECEIVED_0)
        raise
    offset += 48
    memo, offset = read_string(data, offset, memo__length, MAX_PAYMENT_MEMO, "PaymentReceived.memo")
    return PaymentReceived(source, asset, amount, memo), offset


class HoldOutcome(IntEnum):
    """The enum HoldOutcome of effects.x.

    XDR::

        enum HoldOutcome {
            HOLD_CAPTURED = 0,
            HOLD_RELEASED = 1,                // by its beneficiary
            HOLD_LAPSED = 2                   // its expires_at has come
        };
    """

    HOLD_CAPTURED = 0
    HOLD_RELEASED = 1
    HOLD_LAPSED = 2


_HOLD_OUTCOME_MEMBERS: Final[dict[int, HoldOutcome]] = {member.value: member for member in HoldOutcome}


@dataclass(slots=True, init=False)
class HoldOpened:
    """Told to its owner and to its beneficiary.

    XDR::

        struct HoldOpened {
            Apex hold;
            Key owner;
            Key beneficiary;
            AssetId asset;
            Amount amount;
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
        return HoldOpened, (
            self.hold,
            self.owner,
            self.beneficiary,
            self.asset,
            self.amount,
            self.expires_at,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_hold_opened(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HoldOpened":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_hold_opened(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HoldOpened")
        return value


_HOLD_OPENED_0: Fields = (
    ("HoldOpened", "", Instance(HoldOpened)),
    ("HoldOpened.hold", "hold", UINT64),
    ("HoldOpened.owner", "owner", Opaque(32)),
    ("HoldOpened.beneficiary", "beneficiary", Opaque(32)),
    ("HoldOpened.asset", "asset", UINT32),
    ("HoldOpened.amount", "amount", INT64),
    ("HoldOpened.expires_at", "expires_at", INT64),
)
_pack_hold_opened_0: Final = Struct(">Q32s32sIqq").pack


def _write_hold_opened(value: Any) -> bytes:
    try:
        if type(value) is not HoldOpened:
            raise ValueError
        owner = value.owner
        beneficiary = value.beneficiary
        if len(owner) != 32 or len(beneficiary) != 32:
            raise ValueError
        part_0 = _pack_hold_opened_0(value.hold, owner, beneficiary, value.asset, value.amount, value.expires_at)
    except Exception:
        explain_unencodable(value, _HOLD_OPENED_0)
        raise
    return part_0


_unpack_hold_opened_0: Final = Struct(">Q32s32sIqq").unpack_from


def _read_hold_opened(data: bytes, offset: int) -> tuple[HoldOpened, int]:
    try:
        hold, owner, beneficiary, asset, amount, expires_at = _unpack_hold_opened_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _HOLD_OPENED_0)
        raise
    return HoldOpened(hold, owner, beneficiary, asset, amount, expires_at), offset + 92


@dataclass(slots=True, init=False)
class HoldClosed:
    """The struct HoldClosed of effects.x.

    XDR::

        struct HoldClosed {
            Apex hold;
            AssetId asset;
            HoldOutcome outcome;
            Amount captured;
        };
    """

    hold: Apex
    asset: AssetId
    outcome: HoldOutcome
    captured: Amount

    def __init__(self, hold: Apex, asset: AssetId, outcome: HoldOutcome, captured: Amount) -> None:
        self.hold = hold
        self.asset = asset
        self.outcome = outcome
        self.captured = captured

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HoldClosed, (
            self.hold,
            self.asset,
            self.outcome,
            self.captured,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_hold_closed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HoldClosed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_hold_closed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HoldClosed")
        return value


_HOLD_CLOSED_0: Fields = (
    ("HoldClosed", "", Instance(HoldClosed)),
    ("HoldClosed.hold", "hold", UINT64),
    ("HoldClosed.asset", "asset", UINT32),
    ("HoldClosed.outcome", "outcome", Enumerated(_HOLD_OUTCOME_MEMBERS)),
    ("HoldClosed.captured", "captured", INT64),
)
_pack_hold_closed_0: Final = Struct(">QIiq").pack


def _write_hold_closed(value: Any) -> bytes:
    try:
        if type(value) is not HoldClosed:
            raise ValueError
        outcome = value.outcome
        if outcome not in _HOLD_OUTCOME_MEMBERS:
            raise ValueError
        part_0 = _pack_hold_closed_0(value.hold, value.asset, outcome, value.captured)
    except Exception:
        explain_unencodable(value, _HOLD_CLOSED_0)
        raise
    return part_0


_unpack_hold_closed_0: Final = Struct(">QIiq").unpack_from


def _read_hold_closed(data: bytes, offset: int) -> tuple[HoldClosed, int]:
    try:
        hold, asset, outcome, captured = _unpack_hold_closed_0(data, offset)
        outcome = _HOLD_OUTCOME_MEMBERS[outcome]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HOLD_CLOSED_0)
        raise
    return HoldClosed(hold, asset, outcome, captured), offset + 24


@dataclass(slots=True, init=False)
class DepositCredited:
    """The struct DepositCredited of effects.x.

    XDR::

        struct DepositCredited {
            AssetId asset;
            Amount amount;
            Hash transaction;
            LedgerCursor operation;
            Key source;                       // on the ledger
        };
    """

    asset: AssetId
    amount: Amount
    transaction: Hash
    operation: LedgerCursor
    source: Key

    def __init__(self, asset: AssetId, amount: Amount, transaction: Hash, operation: LedgerCursor, source: Key) -> None:
        self.asset = asset
        self.amount = amount
        self.transaction = transaction
        self.operation = operation
        self.source = source

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return DepositCredited, (
            self.asset,
            self.amount,
            self.transaction,
            self.operation,
            self.source,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_deposit_credited(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "DepositCredited":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_deposit_credited(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "DepositCredited")
        return value


_DEPOSIT_CREDITED_0: Fields = (
    ("DepositCredited", "", Instance(DepositCredited)),
    ("DepositCredited.asset", "asset", UINT32),
    ("DepositCredited.amount", "amount", INT64),
    ("DepositCredited.transaction", "transaction", Opaque(32)),
    ("DepositCredited.operation", "operation", UINT64),
    ("DepositCredited.source", "source", Opaque(32)),
)
_pack_deposit_credited_0: Final = Struct(">Iq32sQ32s").pack


def _write_deposit_credited(value: Any) -> bytes:
    try:
        if type(value) is not DepositCredited:
            raise ValueError
        transaction = value.transaction
        source = value.source
        if len(transaction) != 32 or len(source) != 32:
            raise ValueError
        part_0 = _pack_deposit_credited_0(value.asset, value.amount, transaction, value.operation, source)
    except Exception:
        explain_unencodable(value, _DEPOSIT_CREDITED_0)
        raise
    return part_0


_unpack_deposit_credited_0: Final = Struct(">Iq32sQ32s").unpack_from


def _read_deposit_credited(data: bytes, offset: int) -> tuple[DepositCredited, int]:
    try:
        asset, amount, transaction, operation, source = _unpack_deposit_credited_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _DEPOSIT_CREDITED_0)
        raise
    return DepositCredited(asset, amount, transaction, operation, source), offset + 84


@dataclass(slots=True, init=False)
class OrderPlaced:
    """The order rests on the book with this amount.

    XDR::

        struct OrderPlaced {
            Apex order;
            MarketId market;
            Side side;
            Price price;
            Amount amount;
        };
    """

    order: Apex
    market: MarketId
    side: Side
    price: Price
    amount: Amount

    def __init__(self, order: Apex, market: MarketId, side: Side, price: Price, amount: Amount) -> None:
        self.order = order
        self.market = market
        self.side = side
        self.price = price
        self.amount = amount

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderPlaced, (
            self.order,
            self.market,
            self.side,
            self.price,
            self.amount,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_placed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderPlaced":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_placed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderPlaced")
        return value


_ORDER_PLACED_0: Fields = (
    ("OrderPlaced", "", Instance(OrderPlaced)),
    ("OrderPlaced.order", "order", UINT64),
    ("OrderPlaced.market", "market", UINT32),
    ("OrderPlaced.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("OrderPlaced.price", "price", INT64),
    ("OrderPlaced.amount", "amount", INT64),
)
_pack_order_placed_0: Final = Struct(">QIiqq").pack


def _write_order_placed(value: Any) -> bytes:
    try:
        if type(value) is not OrderPlaced:
            raise ValueError
        side = value.side
        if side not in _SIDE_MEMBERS:
            raise ValueError
        part_0 = _pack_order_placed_0(value.order, value.market, side, value.price, value.amount)
    except Exception:
        explain_unencodable(value, _ORDER_PLACED_0)
        raise
    return part_0


_unpack_order_placed_0: Final = Struct(">QIiqq").unpack_from


def _read_order_placed(data: bytes, offset: int) -> tuple[OrderPlaced, int]:
    try:
        order, market, side, price, amount = _unpack_order_placed_0(data, offset)
        side = _SIDE_MEMBERS[side]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_PLACED_0)
        raise
    return OrderPlaced(order, market, side, price, amount), offset + 32


@dataclass(slots=True, init=False)
class Trade:
    """The struct Trade of effects.x.

    XDR::

        struct Trade {
            Apex order;
            Apex counter_order;
            MarketId market;
            Side side;                        // of `order`
            bool maker;                       // `order` was resting
            Price price;
            Amount amount;                    // of base
            Amount quote_amount;
            Amount fee;                       // of what `order` received
        };
    """

    order: Apex
    counter_order: Apex
    market: MarketId
    side: Side
    maker: bool
    price: Price
    amount: Amount
    quote_amount: Amount
    fee: Amount

    def __init__(
        self,
        order: Apex,
        counter_order: Apex,
        market: MarketId,
        side: Side,
        maker: bool,
        price: Price,
        amount: Amount,
        quote_amount: Amount,
        fee: Amount,
    ) -> None:
        self.order = order
        self.counter_order = counter_order
        self.market = market
        self.side = side
        self.maker = maker
        self.price = price
        self.amount = amount
        self.quote_amount = quote_amount
        self.fee = fee

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Trade, (
            self.order,
            self.counter_order,
            self.market,
            self.side,
            self.maker,
            self.price,
            self.amount,
            self.quote_amount,
            self.fee,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_trade(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Trade":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_trade(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Trade")
        return value


_TRADE_0: Fields = (
    ("Trade", "", Instance(Trade)),
    ("Trade.order", "order", UINT64),
    ("Trade.counter_order", "counter_order", UINT64),
    ("Trade.market", "market", UINT32),
    ("Trade.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("Trade.maker", "maker", BOOLEAN),
    ("Trade.price", "price", INT64),
    ("Trade.amount", "amount", INT64),
    ("Trade.quote_amount", "quote_amount", INT64),
    ("Trade.fee", "fee", INT64),
)
_pack_trade_0: Final = Struct(">QQIiIqqqq").pack


def _write_trade(value: Any) -> bytes:
    try:
        if type(value) is not Trade:
            raise ValueError
        side = value.side
        maker = value.maker
        if side not in _SIDE_MEMBERS or (maker is not True and maker is not False):
            raise ValueError
        part_0 = _pack_trade_0(
            value.order,
            value.counter_order,
            value.market,
            side,
            maker,
            value.price,
            value.amount,
            value.quote_amount,
            value.fee,
        )
    except Exception:
        explain_unencodable(value, _TRADE_0)
        raise
    return part_0


_unpack_trade_0: Final = Struct(">QQIiIqqqq").unpack_from


def _read_trade(data: bytes, offset: int) -> tuple[Trade, int]:
    try:
        order, counter_order, market, side, maker, price, amount, quote_amount, fee = _unpack_trade_0(data, offset)
        side = _SIDE_MEMBERS[side]
        maker = BOOLEANS[maker]
    except (StructError, KeyError):
        explain_malformed(data, offset, _TRADE_0)
        raise
    return Trade(order, counter_order, market, side, maker, price, amount, quote_amount, fee), offset + 60


@dataclass(slots=True, init=False)
class OrderReduced:
    """Self-trade prevention, or its owner, took a part off an order, which goes on with the rest.

    XDR::

        struct OrderReduced {
            Apex order;
            Amount amount;                    // of base, less than before
            Amount remaining;
        };
    """

    order: Apex
    amount: Amount
    remaining: Amount

    def __init__(self, order: Apex, amount: Amount, remaining: Amount) -> None:
        self.order = order
        self.amount = amount
        self.remaining = remaining

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderReduced, (
            self.order,
            self.amount,
            self.remaining,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_reduced(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderReduced":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_reduced(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderReduced")
        return value


_ORDER_REDUCED_0: Fields = (
    ("OrderReduced", "", Instance(OrderReduced)),
    ("OrderReduced.order", "order", UINT64),
    ("OrderReduced.amount", "amount", INT64),
    ("OrderReduced.remaining", "remaining", INT64),
)
_pack_order_reduced_0: Final = Struct(">Qqq").pack


def _write_order_reduced(value: Any) -> bytes:
    try:
        if type(value) is not OrderReduced:
            raise ValueError
        part_0 = _pack_order_reduced_0(value.order, value.amount, value.remaining)
    except Exception:
        explain_unencodable(value, _ORDER_REDUCED_0)
        raise
    return part_0


_unpack_order_reduced_0: Final = Struct(">Qqq").unpack_from


def _read_order_reduced(data: bytes, offset: int) -> tuple[OrderReduced, int]:
    try:
        order, amount, remaining = _unpack_order_reduced_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ORDER_REDUCED_0)
        raise
    return OrderReduced(order, amount, remaining), offset + 24


@dataclass(slots=True, init=False)
class OrderClosed:
    """The struct OrderClosed of effects.x.

    XDR::

        struct OrderClosed {
            Apex order;
            OrderCloseReason reason;
            Amount remaining;                 // of base, not filled
        };
    """

    order: Apex
    reason: OrderCloseReason
    remaining: Amount

    def __init__(self, order: Apex, reason: OrderCloseReason, remaining: Amount) -> None:
        self.order = order
        self.reason = reason
        self.remaining = remaining

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderClosed, (
            self.order,
            self.reason,
            self.remaining,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_closed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderClosed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_closed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderClosed")
        return value


_ORDER_CLOSED_0: Fields = (
    ("OrderClosed", "", Instance(OrderClosed)),
    ("OrderClosed.order", "order", UINT64),
    ("OrderClosed.reason", "reason", Enumerated(_ORDER_CLOSE_REASON_MEMBERS)),
    ("OrderClosed.remaining", "remaining", INT64),
)
_pack_order_closed_0: Final = Struct(">Qiq").pack


def _write_order_closed(value: Any) -> bytes:
    try:
        if type(value) is not OrderClosed:
            raise ValueError
        reason = value.reason
        if reason not in _ORDER_CLOSE_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_order_closed_0(value.order, reason, value.remaining)
    except Exception:
        explain_unencodable(value, _ORDER_CLOSED_0)
        raise
    return part_0


_unpack_order_closed_0: Final = Struct(">Qiq").unpack_from


def _read_order_closed(data: bytes, offset: int) -> tuple[OrderClosed, int]:
    try:
        order, reason, remaining = _unpack_order_closed_0(data, offset)
        reason = _ORDER_CLOSE_REASON_MEMBERS[reason]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_CLOSED_0)
        raise
    return OrderClosed(order, reason, remaining), offset + 20


@dataclass(slots=True, init=False)
class OrderReplaced:
    """An order took the place of another one, which is closed.

    XDR::

        struct OrderReplaced {
            Apex order;                       // the new one
            Apex replaced;
            MarketId market;
            Side side;
            Price price;
            Amount amount;                    // of base
            string client_order_id<MAX_CLIENT_ORDER_ID>;       // "": none
        };
    """

    order: Apex
    replaced: Apex
    market: MarketId
    side: Side
    price: Price
    amount: Amount
    client_order_id: str

    def __init__(
        self,
        order: Apex,
        replaced: Apex,
        market: MarketId,
        side: Side,
        price: Price,
        amount: Amount,
        client_order_id: str = "",
    ) -> None:
        self.order = order
        self.replaced = replaced
        self.market = market
        self.side = side
        self.price = price
        self.amount = amount
        self.client_order_id = client_order_id

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderReplaced, (
            self.order,
            self.replaced,
            self.market,
            self.side,
            self.price,
            self.amount,
            self.client_order_id,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_replaced(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderReplaced":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_replaced(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderReplaced")
        return value


_ORDER_REPLACED_0: Fields = (
    ("OrderReplaced", "", Instance(OrderReplaced)),
    ("OrderReplaced.order", "order", UINT64),
    ("OrderReplaced.replaced", "replaced", UINT64),
    ("OrderReplaced.market", "market", UINT32),
    ("OrderReplaced.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("OrderReplaced.price", "price", INT64),
    ("OrderReplaced.amount", "amount", INT64),
    ("OrderReplaced.client_order_id", "client_order_id", LENGTH),
)
_pack_order_replaced_0: Final = Struct(">QQIiqq").pack


def _write_order_replaced(value: Any) -> bytes:
    try:
        if type(value) is not OrderReplaced:
            raise ValueError
        side = value.side
        client_order_id = value.client_order_id
        if side not in _SIDE_MEMBERS:
            raise ValueError
        part_0 = _pack_order_replaced_0(value.order, value.replaced, value.market, side, value.price, value.amount)
    except Exception:
        explain_unencodable(value, _ORDER_REPLACED_0)
        raise
    tail_0 = write_string(client_order_id, MAX_CLIENT_ORDER_ID, "OrderReplaced.client_order_id")
    return part_0 + tail_0


_unpack_order_replaced_0: Final = Struct(">QQIiqqI").unpack_from


def _read_order_replaced(data: bytes, offset: int) -> tuple[OrderReplaced, int]:
    try:
        order, replaced, market, side, price, amount, client_order_id__length = _unpack_order_replaced_0(data, offset)
        side = _SIDE_MEMBERS[side]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_REPLACED_0)
        raise
    offset += 44
    client_order_id, offset = read_string(
        data, offset, client_order_id__length, MAX_CLIENT_ORDER_ID, "OrderReplaced.client_order_id"
    )
    return OrderReplaced(order, replaced, market, side, price, amount, client_order_id), offset


@dataclass(slots=True, init=False)
class OrderArmed:
    """The order waits for its trigger; what it will give is locked.

    XDR::

        struct OrderArmed {
            Apex order;
            MarketId market;
            Side side;
            Trigger trigger;
        };
    """

    order: Apex
    market: MarketId
    side: Side
    trigger: Trigger

    def __init__(self, order: Apex, market: MarketId, side: Side, trigger: Trigger) -> None:
        self.order = order
        self.market = market
        self.side = side
        self.trigger = trigger

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderArmed, (
            self.order,
            self.market,
            self.side,
            self.trigger,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_armed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderArmed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_armed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderArmed")
        return value


_ORDER_ARMED_0: Fields = (
    ("OrderArmed", "", Instance(OrderArmed)),
    ("OrderArmed.order", "order", UINT64),
    ("OrderArmed.market", "market", UINT32),
    ("OrderArmed.side", "side", Enumerated(_SIDE_MEMBERS)),
    ("Trigger", "trigger", Instance(Trigger)),
    ("Trigger.kind", "trigger.kind", Enumerated(_TRIGGER_KIND_MEMBERS)),
    ("Trigger.price", "trigger.price", INT64),
)
_pack_order_armed_0: Final = Struct(">QIiiq").pack


def _write_order_armed(value: Any) -> bytes:
    try:
        if type(value) is not OrderArmed:
            raise ValueError
        side = value.side
        trigger = value.trigger
        trigger__kind = trigger.kind
        if side not in _SIDE_MEMBERS or type(trigger) is not Trigger or trigger__kind not in _TRIGGER_KIND_MEMBERS:
            raise ValueError
        part_0 = _pack_order_armed_0(value.order, value.market, side, trigger__kind, trigger.price)
    except Exception:
        explain_unencodable(value, _ORDER_ARMED_0)
        raise
    return part_0


_unpack_order_armed_0: Final = Struct(">QIiiq").unpack_from


def _read_order_armed(data: bytes, offset: int) -> tuple[OrderArmed, int]:
    try:
        order, market, side, trigger__kind, trigger__price = _unpack_order_armed_0(data, offset)
        side = _SIDE_MEMBERS[side]
        trigger__kind = _TRIGGER_KIND_MEMBERS[trigger__kind]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ORDER_ARMED_0)
        raise
    return OrderArmed(order, market, side, Trigger(trigger__kind, trigger__price)), offset + 28


@dataclass(slots=True, init=False)
class OrderTriggered:
    """What the order waited for has come, and it is executed in this quantum.

    XDR::

        struct OrderTriggered {
            Apex order;
            MarketId market;
            unsigned int place;               // among those that the quantum executes, from 1
        };
    """

    order: Apex
    market: MarketId
    place: int

    def __init__(self, order: Apex, market: MarketId, place: int) -> None:
        self.order = order
        self.market = market
        self.place = place

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OrderTriggered, (
            self.order,
            self.market,
            self.place,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_order_triggered(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OrderTriggered":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_order_triggered(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OrderTriggered")
        return value


_ORDER_TRIGGERED_0: Fields = (
    ("OrderTriggered", "", Instance(OrderTriggered)),
    ("OrderTriggered.order", "order", UINT64),
    ("OrderTriggered.market", "market", UINT32),
    ("OrderTriggered.place", "place", UINT32),
)
_pack_order_triggered_0: Final = Struct(">QII").pack


def _write_order_triggered(value: Any) -> bytes:
    try:
        if type(value) is not OrderTriggered:
            raise ValueError
        part_0 = _pack_order_triggered_0(value.order, value.market, value.place)
    except Exception:
        explain_unencodable(value, _ORDER_TRIGGERED_0)
        raise
    return part_0


_unpack_order_triggered_0: Final = Struct(">QII").unpack_from


def _read_order_triggered(data: bytes, offset: int) -> tuple[OrderTriggered, int]:
    try:
        order, market, place = _unpack_order_triggered_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ORDER_TRIGGERED_0)
        raise
    return OrderTriggered(order, market, place), offset + 16


@dataclass(slots=True, init=False)
class CancelAllScheduled:
    """All open orders are cancelled at this time.

    XDR::

        struct CancelAllScheduled {
            Timestamp *due;                   // none: not any more
        };
    """

    due: Timestamp | None

    def __init__(self, due: Timestamp | None) -> None:
        self.due = due

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return CancelAllScheduled, (self.due,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_cancel_all_scheduled(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "CancelAllScheduled":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_cancel_all_scheduled(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "CancelAllScheduled")
        return value


_CANCEL_ALL_SCHEDULED_0: Fields = (
    ("CancelAllScheduled", "", Instance(CancelAllScheduled)),
    ("CancelAllScheduled.due", "due", PRESENCE),
)
_DUE_IN_CANCEL_ALL_SCHEDULED_0: Fields = (("CancelAllScheduled.due", "", INT64),)
_pack_due_in_cancel_all_scheduled_0: Final = Struct(">iq").pack


def _write_due_in_cancel_all_scheduled(value: Any) -> bytes:
    try:
        part_0 = _pack_due_in_cancel_all_scheduled_0(1, value)
    except Exception:
        explain_unencodable(value, _DUE_IN_CANCEL_ALL_SCHEDULED_0)
        raise
    return part_0


def _write_cancel_all_scheduled(value: Any) -> bytes:
    try:
        if type(value) is not CancelAllScheduled:
            raise ValueError
        due = value.due
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_SCHEDULED_0)
        raise
    tail_0 = ABSENT if due is None else _write_due_in_cancel_all_scheduled(due)
    return tail_0


_unpack_due_in_cancel_all_scheduled_0: Final = Struct(">q").unpack_from


def _read_due_in_cancel_all_scheduled(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_due_in_cancel_all_scheduled_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _DUE_IN_CANCEL_ALL_SCHEDULED_0)
        raise
    return value, offset + 8


_unpack_cancel_all_scheduled_0: Final = Struct(">I").unpack_from


def _read_cancel_all_scheduled(data: bytes, offset: int) -> tuple[CancelAllScheduled, int]:
    try:
        (due__present,) = _unpack_cancel_all_scheduled_0(data, offset)
        due__present = BOOLEANS[due__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CANCEL_ALL_SCHEDULED_0)
        raise
    offset += 4
    due: Timestamp | None = None
    if due__present:
        due, offset = _read_due_in_cancel_all_scheduled(data, offset)
    return CancelAllScheduled(due), offset


@dataclass(slots=True, init=False)
class FeeCollected:
    """The struct FeeCollected of effects.x.

    XDR::

        struct FeeCollected {
            AssetId asset;
            Amount amount;
        };
    """

    asset: AssetId
    amount: Amount

    def __init__(self, asset: AssetId, amount: Amount) -> None:
        self.asset = asset
        self.amount = amount

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return FeeCollected, (
            self.asset,
            self.amount,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_fee_collected(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "FeeCollected":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_fee_collected(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "FeeCollected")
        return value


_FEE_COLLECTED_0: Fields = (
    ("FeeCollected", "", Instance(FeeCollected)),
    ("FeeCollected.asset", "asset", UINT32),
    ("FeeCollected.amount", "amount", INT64),
)
_pack_fee_collected_0: Final = Struct(">Iq").pack


def _write_fee_collected(value: Any) -> bytes:
    try:
        if type(value) is not FeeCollected:
            raise ValueError
        part_0 = _pack_fee_collected_0(value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _FEE_COLLECTED_0)
        raise
    return part_0


_unpack_fee_collected_0: Final = Struct(">Iq").unpack_from


def _read_fee_collected(data: bytes, offset: int) -> tuple[FeeCollected, int]:
    try:
        asset, amount = _unpack_fee_collected_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FEE_COLLECTED_0)
        raise
    return FeeCollected(asset, amount), offset + 12


@dataclass(slots=True, init=False)
class WithdrawalAccepted:
    """The struct WithdrawalAccepted of effects.x.

    XDR::

        struct WithdrawalAccepted {
            Apex withdrawal;
            AssetId asset;
            Amount amount;
            Key destination;
        };
    """

    withdrawal: Apex
    asset: AssetId
    amount: Amount
    destination: Key

    def __init__(self, withdrawal: Apex, asset: AssetId, amount: Amount, destination: Key) -> None:
        self.withdrawal = withdrawal
        self.asset = asset
        self.amount = amount
        self.destination = destination

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalAccepted, (
            self.withdrawal,
            self.asset,
            self.amount,
            self.destination,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_accepted(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalAccepted":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_accepted(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalAccepted")
        return value


_WITHDRAWAL_ACCEPTED_0: Fields = (
    ("WithdrawalAccepted", "", Instance(WithdrawalAccepted)),
    ("WithdrawalAccepted.withdrawal", "withdrawal", UINT64),
    ("WithdrawalAccepted.asset", "asset", UINT32),
    ("WithdrawalAccepted.amount", "amount", INT64),
    ("WithdrawalAccepted.destination", "destination", Opaque(32)),
)
_pack_withdrawal_accepted_0: Final = Struct(">QIq32s").pack


def _write_withdrawal_accepted(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalAccepted:
            raise ValueError
        destination = value.destination
        if len(destination) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_accepted_0(value.withdrawal, value.asset, value.amount, destination)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ACCEPTED_0)
        raise
    return part_0


_unpack_withdrawal_accepted_0: Final = Struct(">QIq32s").unpack_from


def _read_withdrawal_accepted(data: bytes, offset: int) -> tuple[WithdrawalAccepted, int]:
    try:
        withdrawal, asset, amount, destination = _unpack_withdrawal_accepted_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _WITHDRAWAL_ACCEPTED_0)
        raise
    return WithdrawalAccepted(withdrawal, asset, amount, destination), offset + 52


@dataclass(slots=True, init=False)
class RoutingRegistered:
    """The struct RoutingRegistered of effects.x.

    XDR::

        struct RoutingRegistered {
            unsigned hyper routing_id;
        };
    """

    routing_id: int

    def __init__(self, routing_id: int) -> None:
        self.routing_id = routing_id

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return RoutingRegistered, (self.routing_id,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_routing_registered(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "RoutingRegistered":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_routing_registered(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "RoutingRegistered")
        return value


_ROUTING_REGISTERED_0: Fields = (
    ("RoutingRegistered", "", Instance(RoutingRegistered)),
    ("RoutingRegistered.routing_id", "routing_id", UINT64),
)
_pack_routing_registered_0: Final = Struct(">Q").pack


def _write_routing_registered(value: Any) -> bytes:
    try:
        if type(value) is not RoutingRegistered:
            raise ValueError
        part_0 = _pack_routing_registered_0(value.routing_id)
    except Exception:
        explain_unencodable(value, _ROUTING_REGISTERED_0)
        raise
    return part_0


_unpack_routing_registered_0: Final = Struct(">Q").unpack_from


def _read_routing_registered(data: bytes, offset: int) -> tuple[RoutingRegistered, int]:
    try:
        (routing_id,) = _unpack_routing_registered_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ROUTING_REGISTERED_0)
        raise
    return RoutingRegistered(routing_id), offset + 8


@dataclass(slots=True, init=False)
class WithdrawalWithheld:
    """It is so large that the auditors' operators must approve it until this time.

    XDR::

        struct WithdrawalWithheld {
            Apex withdrawal;
            Timestamp approve_until;
        };
    """

    withdrawal: Apex
    approve_until: Timestamp

    def __init__(self, withdrawal: Apex, approve_until: Timestamp) -> None:
        self.withdrawal = withdrawal
        self.approve_until = approve_until

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalWithheld, (
            self.withdrawal,
            self.approve_until,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_withheld(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalWithheld":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_withheld(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalWithheld")
        return value


_WITHDRAWAL_WITHHELD_0: Fields = (
    ("WithdrawalWithheld", "", Instance(WithdrawalWithheld)),
    ("WithdrawalWithheld.withdrawal", "withdrawal", UINT64),
    ("WithdrawalWithheld.approve_until", "approve_until", INT64),
)
_pack_withdrawal_withheld_0: Final = Struct(">Qq").pack


def _write_withdrawal_withheld(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalWithheld:
            raise ValueError
        part_0 = _pack_withdrawal_withheld_0(value.withdrawal, value.approve_until)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_WITHHELD_0)
        raise
    return part_0


_unpack_withdrawal_withheld_0: Final = Struct(">Qq").unpack_from


def _read_withdrawal_withheld(data: bytes, offset: int) -> tuple[WithdrawalWithheld, int]:
    try:
        withdrawal, approve_until = _unpack_withdrawal_withheld_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _WITHDRAWAL_WITHHELD_0)
        raise
    return WithdrawalWithheld(withdrawal, approve_until), offset + 16


@dataclass(slots=True, init=False)
class WithdrawalApproved:
    """The struct WithdrawalApproved of effects.x.

    XDR::

        struct WithdrawalApproved {
            Apex withdrawal;
        };
    """

    withdrawal: Apex

    def __init__(self, withdrawal: Apex) -> None:
        self.withdrawal = withdrawal

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalApproved, (self.withdrawal,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_approved(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalApproved":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_approved(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalApproved")
        return value


_WITHDRAWAL_APPROVED_0: Fields = (
    ("WithdrawalApproved", "", Instance(WithdrawalApproved)),
    ("WithdrawalApproved.withdrawal", "withdrawal", UINT64),
)
_pack_withdrawal_approved_0: Final = Struct(">Q").pack


def _write_withdrawal_approved(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalApproved:
            raise ValueError
        part_0 = _pack_withdrawal_approved_0(value.withdrawal)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_APPROVED_0)
        raise
    return part_0


_unpack_withdrawal_approved_0: Final = Struct(">Q").unpack_from


def _read_withdrawal_approved(data: bytes, offset: int) -> tuple[WithdrawalApproved, int]:
    try:
        (withdrawal,) = _unpack_withdrawal_approved_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _WITHDRAWAL_APPROVED_0)
        raise
    return WithdrawalApproved(withdrawal), offset + 8


@dataclass(slots=True, init=False)
class WithdrawalPrepared:
    """The Stellar transaction that pays a withdrawal, derived by every node alike.

    XDR::

        struct WithdrawalPrepared {
            Apex withdrawal;
            Key channel;
            hyper sequence;
            hyper max_time_s;                 // seconds since 1970
            Hash transaction;
        };
    """

    withdrawal: Apex
    channel: Key
    sequence: int
    max_time_s: int
    transaction: Hash

    def __init__(self, withdrawal: Apex, channel: Key, sequence: int, max_time_s: int, transaction: Hash) -> None:
        self.withdrawal = withdrawal
        self.channel = channel
        self.sequence = sequence
        self.max_time_s = max_time_s
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalPrepared, (
            self.withdrawal,
            self.channel,
            self.sequence,
            self.max_time_s,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_prepared(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalPrepared":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_prepared(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalPrepared")
        return value


_WITHDRAWAL_PREPARED_0: Fields = (
    ("WithdrawalPrepared", "", Instance(WithdrawalPrepared)),
    ("WithdrawalPrepared.withdrawal", "withdrawal", UINT64),
    ("WithdrawalPrepared.channel", "channel", Opaque(32)),
    ("WithdrawalPrepared.sequence", "sequence", INT64),
    ("WithdrawalPrepared.max_time_s", "max_time_s", INT64),
    ("WithdrawalPrepared.transaction", "transaction", Opaque(32)),
)
_pack_withdrawal_prepared_0: Final = Struct(">Q32sqq32s").pack


def _write_withdrawal_prepared(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalPrepared:
            raise ValueError
        channel = value.channel
        transaction = value.transaction
        if len(channel) != 32 or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_prepared_0(value.withdrawal, channel, value.sequence, value.max_time_s, transaction)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_PREPARED_0)
        raise
    return part_0


_unpack_withdrawal_prepared_0: Final = Struct(">Q32sqq32s").unpack_from


def _read_withdrawal_prepared(data: bytes, offset: int) -> tuple[WithdrawalPrepared, int]:
    try:
        withdrawal, channel, sequence, max_time_s, transaction = _unpack_withdrawal_prepared_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _WITHDRAWAL_PREPARED_0)
        raise
    return WithdrawalPrepared(withdrawal, channel, sequence, max_time_s, transaction), offset + 88


@dataclass(slots=True, init=False)
class WithdrawalClosed:
    """The struct WithdrawalClosed of effects.x.

    XDR::

        struct WithdrawalClosed {
            Apex withdrawal;
            WithdrawalOutcome outcome;
            Hash transaction;                 // zeros: there never was one
        };
    """

    withdrawal: Apex
    outcome: WithdrawalOutcome
    transaction: Hash

    def __init__(self, withdrawal: Apex, outcome: WithdrawalOutcome, transaction: Hash) -> None:
        self.withdrawal = withdrawal
        self.outcome = outcome
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalClosed, (
            self.withdrawal,
            self.outcome,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_closed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalClosed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_closed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalClosed")
        return value


_WITHDRAWAL_CLOSED_0: Fields = (
    ("WithdrawalClosed", "", Instance(WithdrawalClosed)),
    ("WithdrawalClosed.withdrawal", "withdrawal", UINT64),
    ("WithdrawalClosed.outcome", "outcome", Enumerated(_WITHDRAWAL_OUTCOME_MEMBERS)),
    ("WithdrawalClosed.transaction", "transaction", Opaque(32)),
)
_pack_withdrawal_closed_0: Final = Struct(">Qi32s").pack


def _write_withdrawal_closed(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalClosed:
            raise ValueError
        outcome = value.outcome
        transaction = value.transaction
        if outcome not in _WITHDRAWAL_OUTCOME_MEMBERS or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_closed_0(value.withdrawal, outcome, transaction)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_CLOSED_0)
        raise
    return part_0


_unpack_withdrawal_closed_0: Final = Struct(">Qi32s").unpack_from


def _read_withdrawal_closed(data: bytes, offset: int) -> tuple[WithdrawalClosed, int]:
    try:
        withdrawal, outcome, transaction = _unpack_withdrawal_closed_0(data, offset)
        outcome = _WITHDRAWAL_OUTCOME_MEMBERS[outcome]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_CLOSED_0)
        raise
    return WithdrawalClosed(withdrawal, outcome, transaction), offset + 44


@dataclass(slots=True, init=False)
class SuspenseAdded:
    """The struct SuspenseAdded of effects.x.

    XDR::

        struct SuspenseAdded {
            LedgerCursor operation;
            AssetIdentity asset;
            Amount amount;
            Key source;
            Hash transaction;
            SuspenseReason reason;
        };
    """

    operation: LedgerCursor
    asset: AssetIdentity
    amount: Amount
    source: Key
    transaction: Hash
    reason: SuspenseReason

    def __init__(
        self,
        operation: LedgerCursor,
        asset: AssetIdentity,
        amount: Amount,
        source: Key,
        transaction: Hash,
        reason: SuspenseReason,
    ) -> None:
        self.operation = operation
        self.asset = asset
        self.amount = amount
        self.source = source
        self.transaction = transaction
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SuspenseAdded, (
            self.operation,
            self.asset,
            self.amount,
            self.source,
            self.transaction,
            self.reason,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_suspense_added(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SuspenseAdded":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_suspense_added(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SuspenseAdded")
        return value


_SUSPENSE_ADDED_0: Fields = (
    ("SuspenseAdded", "", Instance(SuspenseAdded)),
    ("SuspenseAdded.operation", "operation", UINT64),
    ("AssetIdentity.type", "asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_SUSPENSE_ADDED_1: Fields = (
    ("SuspenseAdded.amount", "amount", INT64),
    ("SuspenseAdded.source", "source", Opaque(32)),
    ("SuspenseAdded.transaction", "transaction", Opaque(32)),
    ("SuspenseAdded.reason", "reason", Enumerated(_SUSPENSE_REASON_MEMBERS)),
)
_pack_suspense_added_0: Final = Struct(">Q").pack
_pack_suspense_added_1: Final = Struct(">q32s32si").pack


def _write_suspense_added(value: Any) -> bytes:
    try:
        if type(value) is not SuspenseAdded:
            raise ValueError
        asset = value.asset
        part_0 = _pack_suspense_added_0(value.operation)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ADDED_0)
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
        if len(source) != 32 or len(transaction) != 32 or reason not in _SUSPENSE_REASON_MEMBERS:
            raise ValueError
        part_1 = _pack_suspense_added_1(value.amount, source, transaction, reason)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ADDED_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_suspense_added_0: Final = Struct(">Q4s").unpack_from
_unpack_suspense_added_1: Final = Struct(">q32s32si").unpack_from


def _read_suspense_added(data: bytes, offset: int) -> tuple[SuspenseAdded, int]:
    try:
        operation, asset__read = _unpack_suspense_added_0(data, offset)
        asset__read = _ASSET_IDENTITY_READERS[asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SUSPENSE_ADDED_0)
        raise
    offset += 12
    asset, offset = asset__read(data, offset)
    try:
        amount, source, transaction, reason = _unpack_suspense_added_1(data, offset)
        reason = _SUSPENSE_REASON_MEMBERS[reason]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SUSPENSE_ADDED_1)
        raise
    return SuspenseAdded(operation, asset, amount, source, transaction, reason), offset + 76


@dataclass(slots=True, init=False)
class SuspenseRefunded:
    """A deposit left suspense: it was sent back.

    XDR::

        struct SuspenseRefunded {
            LedgerCursor operation;
            Hash transaction;
        };
    """

    operation: LedgerCursor
    transaction: Hash

    def __init__(self, operation: LedgerCursor, transaction: Hash) -> None:
        self.operation = operation
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SuspenseRefunded, (
            self.operation,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_suspense_refunded(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SuspenseRefunded":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_suspense_refunded(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SuspenseRefunded")
        return value


_SUSPENSE_REFUNDED_0: Fields = (
    ("SuspenseRefunded", "", Instance(SuspenseRefunded)),
    ("SuspenseRefunded.operation", "operation", UINT64),
    ("SuspenseRefunded.transaction", "transaction", Opaque(32)),
)
_pack_suspense_refunded_0: Final = Struct(">Q32s").pack


def _write_suspense_refunded(value: Any) -> bytes:
    try:
        if type(value) is not SuspenseRefunded:
            raise ValueError
        transaction = value.transaction
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_suspense_refunded_0(value.operation, transaction)
    except Exception:
        explain_unencodable(value, _SUSPENSE_REFUNDED_0)
        raise
    return part_0


_unpack_suspense_refunded_0: Final = Struct(">Q32s").unpack_from


def _read_suspense_refunded(data: bytes, offset: int) -> tuple[SuspenseRefunded, int]:
    try:
        operation, transaction = _unpack_suspense_refunded_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUSPENSE_REFUNDED_0)
        raise
    return SuspenseRefunded(operation, transaction), offset + 40


class VaultTaskType(IntEnum):
    """What only a transaction of the vault can do.

    XDR::

        enum VaultTaskType {
            WITHDRAWAL_TASK = 0,              // an account's withdrawal, named by the apex that asked for it
            REFUND_TASK = 1,                  // of a deposit in suspense, named by its ledger operation
            CLAIM_TASK = 2,                   // of a claimable balance, named by the operation that created it
            TRUST_TASK = 3,                   // a trust line for a newly listed asset, named by its id
            SIGNERS_TASK = 4                  // the auditors as signers of the vault and its channels, named by their term
        };
    """

    WITHDRAWAL_TASK = 0
    REFUND_TASK = 1
    CLAIM_TASK = 2
    TRUST_TASK = 3
    SIGNERS_TASK = 4


_VAULT_TASK_TYPE_MEMBERS: Final[dict[int, VaultTaskType]] = {member.value: member for member in VaultTaskType}


@dataclass(slots=True, init=False)
class VaultTaskPrepared:
    """The struct VaultTaskPrepared of effects.x.

    XDR::

        struct VaultTaskPrepared {
            VaultTaskType task;
            unsigned hyper number;
            Key channel;
            hyper sequence;
            hyper max_time_s;
            Hash transaction;
        };
    """

    task: VaultTaskType
    number: int
    channel: Key
    sequence: int
    max_time_s: int
    transaction: Hash

    def __init__(
        self, task: VaultTaskType, number: int, channel: Key, sequence: int, max_time_s: int, transaction: Hash
    ) -> None:
        self.task = task
        self.number = number
        self.channel = channel
        self.sequence = sequence
        self.max_time_s = max_time_s
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return VaultTaskPrepared, (
            self.task,
            self.number,
            self.channel,
            self.sequence,
            self.max_time_s,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_vault_task_prepared(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "VaultTaskPrepared":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_vault_task_prepared(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "VaultTaskPrepared")
        return value


_VAULT_TASK_PREPARED_0: Fields = (
    ("VaultTaskPrepared", "", Instance(VaultTaskPrepared)),
    ("VaultTaskPrepared.task", "task", Enumerated(_VAULT_TASK_TYPE_MEMBERS)),
    ("VaultTaskPrepared.number", "number", UINT64),
    ("VaultTaskPrepared.channel", "channel", Opaque(32)),
    ("VaultTaskPrepared.sequence", "sequence", INT64),
    ("VaultTaskPrepared.max_time_s", "max_time_s", INT64),
    ("VaultTaskPrepared.transaction", "transaction", Opaque(32)),
)
_pack_vault_task_prepared_0: Final = Struct(">iQ32sqq32s").pack


def _write_vault_task_prepared(value: Any) -> bytes:
    try:
        if type(value) is not VaultTaskPrepared:
            raise ValueError
        task = value.task
        channel = value.channel
        transaction = value.transaction
        if task not in _VAULT_TASK_TYPE_MEMBERS or len(channel) != 32 or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_task_prepared_0(task, value.number, channel, value.sequence, value.max_time_s, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_TASK_PREPARED_0)
        raise
    return part_0


_unpack_vault_task_prepared_0: Final = Struct(">iQ32sqq32s").unpack_from


def _read_vault_task_prepared(data: bytes, offset: int) -> tuple[VaultTaskPrepared, int]:
    try:
        task, number, channel, sequence, max_time_s, transaction = _unpack_vault_task_prepared_0(data, offset)
        task = _VAULT_TASK_TYPE_MEMBERS[task]
    except (StructError, KeyError):
        explain_malformed(data, offset, _VAULT_TASK_PREPARED_0)
        raise
    return VaultTaskPrepared(task, number, channel, sequence, max_time_s, transaction), offset + 92


@dataclass(slots=True, init=False)
class VaultTaskClosed:
    """The struct VaultTaskClosed of effects.x.

    XDR::

        struct VaultTaskClosed {
            VaultTaskType task;
            unsigned hyper number;
            WithdrawalOutcome outcome;
            Hash transaction;
        };
    """

    task: VaultTaskType
    number: int
    outcome: WithdrawalOutcome
    transaction: Hash

    def __init__(self, task: VaultTaskType, number: int, outcome: WithdrawalOutcome, transaction: Hash) -> None:
        self.task = task
        self.number = number
        self.outcome = outcome
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return VaultTaskClosed, (
            self.task,
            self.number,
            self.outcome,
            self.transaction,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_vault_task_closed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "VaultTaskClosed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_vault_task_closed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "VaultTaskClosed")
        return value


_VAULT_TASK_CLOSED_0: Fields = (
    ("VaultTaskClosed", "", Instance(VaultTaskClosed)),
    ("VaultTaskClosed.task", "task", Enumerated(_VAULT_TASK_TYPE_MEMBERS)),
    ("VaultTaskClosed.number", "number", UINT64),
    ("VaultTaskClosed.outcome", "outcome", Enumerated(_WITHDRAWAL_OUTCOME_MEMBERS)),
    ("VaultTaskClosed.transaction", "transaction", Opaque(32)),
)
_pack_vault_task_closed_0: Final = Struct(">iQi32s").pack


def _write_vault_task_closed(value: Any) -> bytes:
    try:
        if type(value) is not VaultTaskClosed:
            raise ValueError
        task = value.task
        outcome = value.outcome
        transaction = value.transaction
        if task not in _VAULT_TASK_TYPE_MEMBERS or outcome not in _WITHDRAWAL_OUTCOME_MEMBERS or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_task_closed_0(task, value.number, outcome, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_TASK_CLOSED_0)
        raise
    return part_0


_unpack_vault_task_closed_0: Final = Struct(">iQi32s").unpack_from


def _read_vault_task_closed(data: bytes, offset: int) -> tuple[VaultTaskClosed, int]:
    try:
        task, number, outcome, transaction = _unpack_vault_task_closed_0(data, offset)
        task = _VAULT_TASK_TYPE_MEMBERS[task]
        outcome = _WITHDRAWAL_OUTCOME_MEMBERS[outcome]
    except (StructError, KeyError):
        explain_malformed(data, offset, _VAULT_TASK_CLOSED_0)
        raise
    return VaultTaskClosed(task, number, outcome, transaction), offset + 48


@dataclass(slots=True, init=False)
class ClaimIgnored:
    """A claimable balance is left alone: unlisted, below the minimum deposit, or too many are to be claimed already.

    XDR::

        struct ClaimIgnored {
            LedgerCursor operation;
            Hash balance;
            AssetIdentity asset;
            Amount amount;
            Key source;
        };
    """

    operation: LedgerCursor
    balance: Hash
    asset: AssetIdentity
    amount: Amount
    source: Key

    def __init__(
        self, operation: LedgerCursor, balance: Hash, asset: AssetIdentity, amount: Amount, source: Key
    ) -> None:
        self.operation = operation
        self.balance = balance
        self.asset = asset
        self.amount = amount
        self.source = source

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ClaimIgnored, (
            self.operation,
            self.balance,
            self.asset,
            self.amount,
            self.source,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_claim_ignored(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ClaimIgnored":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_claim_ignored(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ClaimIgnored")
        return value


_CLAIM_IGNORED_0: Fields = (
    ("ClaimIgnored", "", Instance(ClaimIgnored)),
    ("ClaimIgnored.operation", "operation", UINT64),
    ("ClaimIgnored.balance", "balance", Opaque(32)),
    ("AssetIdentity.type", "asset", _ASSET_IDENTITY_DISCRIMINANT),
)
_CLAIM_IGNORED_1: Fields = (
    ("ClaimIgnored.amount", "amount", INT64),
    ("ClaimIgnored.source", "source", Opaque(32)),
)
_pack_claim_ignored_0: Final = Struct(">Q32s").pack
_pack_claim_ignored_1: Final = Struct(">q32s").pack


def _write_claim_ignored(value: Any) -> bytes:
    try:
        if type(value) is not ClaimIgnored:
            raise ValueError
        balance = value.balance
        asset = value.asset
        if len(balance) != 32:
            raise ValueError
        part_0 = _pack_claim_ignored_0(value.operation, balance)
    except Exception:
        explain_unencodable(value, _CLAIM_IGNORED_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        if len(source) != 32:
            raise ValueError
        part_1 = _pack_claim_ignored_1(value.amount, source)
    except Exception:
        explain_unencodable(value, _CLAIM_IGNORED_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_claim_ignored_0: Final = Struct(">Q32s4s").unpack_from
_unpack_claim_ignored_1: Final = Struct(">q32s").unpack_from


def _read_claim_ignored(data: bytes, offset: int) -> tuple[ClaimIgnored, int]:
    try:
        operation, balance, asset__read = _unpack_claim_ignored_0(data, offset)
        asset__read = _ASSET_IDENTITY_READERS[asset__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CLAIM_IGNORED_0)
        raise
    offset += 44
    asset, offset = asset__read(data, offset)
    try:
        amount, source = _unpack_claim_ignored_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _CLAIM_IGNORED_1)
        raise
    return ClaimIgnored(operation, balance, asset, amount, source), offset + 40


@dataclass(slots=True, init=False)
class AssetSuspended:
    """The struct AssetSuspended of effects.x.

    XDR::

        struct AssetSuspended {
            AssetId asset;
            SuspensionReason reason;
        };
    """

    asset: AssetId
    reason: SuspensionReason

    def __init__(self, asset: AssetId, reason: SuspensionReason) -> None:
        self.asset = asset
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AssetSuspended, (
            self.asset,
            self.reason,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_asset_suspended(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AssetSuspended":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_asset_suspended(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AssetSuspended")
        return value


_ASSET_SUSPENDED_0: Fields = (
    ("AssetSuspended", "", Instance(AssetSuspended)),
    ("AssetSuspended.asset", "asset", UINT32),
    ("AssetSuspended.reason", "reason", Enumerated(_SUSPENSION_REASON_MEMBERS)),
)
_pack_asset_suspended_0: Final = Struct(">Ii").pack


def _write_asset_suspended(value: Any) -> bytes:
    try:
        if type(value) is not AssetSuspended:
            raise ValueError
        reason = value.reason
        if reason not in _SUSPENSION_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_asset_suspended_0(value.asset, reason)
    except Exception:
        explain_unencodable(value, _ASSET_SUSPENDED_0)
        raise
    return part_0


_unpack_asset_suspended_0: Final = Struct(">Ii").unpack_from


def _read_asset_suspended(data: bytes, offset: int) -> tuple[AssetSuspended, int]:
    try:
        asset, reason = _unpack_asset_suspended_0(data, offset)
        reason = _SUSPENSION_REASON_MEMBERS[reason]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ASSET_SUSPENDED_0)
        raise
    return AssetSuspended(asset, reason), offset + 8


@dataclass(slots=True, init=False)
class AssetResumed:
    """The struct AssetResumed of effects.x.

    XDR::

        struct AssetResumed {
            AssetId asset;
        };
    """

    asset: AssetId

    def __init__(self, asset: AssetId) -> None:
        self.asset = asset

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AssetResumed, (self.asset,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_asset_resumed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AssetResumed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_asset_resumed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AssetResumed")
        return value


_ASSET_RESUMED_0: Fields = (
    ("AssetResumed", "", Instance(AssetResumed)),
    ("AssetResumed.asset", "asset", UINT32),
)
_pack_asset_resumed_0: Final = Struct(">I").pack


def _write_asset_resumed(value: Any) -> bytes:
    try:
        if type(value) is not AssetResumed:
            raise ValueError
        part_0 = _pack_asset_resumed_0(value.asset)
    except Exception:
        explain_unencodable(value, _ASSET_RESUMED_0)
        raise
    return part_0


_unpack_asset_resumed_0: Final = Struct(">I").unpack_from


def _read_asset_resumed(data: bytes, offset: int) -> tuple[AssetResumed, int]:
    try:
        (asset,) = _unpack_asset_resumed_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ASSET_RESUMED_0)
        raise
    return AssetResumed(asset), offset + 4


@dataclass(slots=True, init=False)
class TermBegan:
    """The constellation has other members from here on: those of a new term.

    XDR::

        struct TermBegan {
            unsigned int term;
            Key alpha;
        };
    """

    term: int
    alpha: Key

    def __init__(self, term: int, alpha: Key) -> None:
        self.term = term
        self.alpha = alpha

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return TermBegan, (
            self.term,
            self.alpha,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_term_began(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "TermBegan":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_term_began(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "TermBegan")
        return value


_TERM_BEGAN_0: Fields = (
    ("TermBegan", "", Instance(TermBegan)),
    ("TermBegan.term", "term", UINT32),
    ("TermBegan.alpha", "alpha", Opaque(32)),
)
_pack_term_began_0: Final = Struct(">I32s").pack


def _write_term_began(value: Any) -> bytes:
    try:
        if type(value) is not TermBegan:
            raise ValueError
        alpha = value.alpha
        if len(alpha) != 32:
            raise ValueError
        part_0 = _pack_term_began_0(value.term, alpha)
    except Exception:
        explain_unencodable(value, _TERM_BEGAN_0)
        raise
    return part_0


_unpack_term_began_0: Final = Struct(">I32s").unpack_from


def _read_term_began(data: bytes, offset: int) -> tuple[TermBegan, int]:
    try:
        term, alpha = _unpack_term_began_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _TERM_BEGAN_0)
        raise
    return TermBegan(term, alpha), offset + 36


@dataclass(slots=True, init=False)
class SettingsChanged:
    """The struct SettingsChanged of effects.x.

    XDR::

        struct SettingsChanged {
            unsigned hyper version;
            Hash settings;                    // SHA-256 of the new ones
        };
    """

    version: int
    settings: Hash

    def __init__(self, version: int, settings: Hash) -> None:
        self.version = version
        self.settings = settings

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SettingsChanged, (
            self.version,
            self.settings,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_settings_changed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SettingsChanged":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_settings_changed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SettingsChanged")
        return value


_SETTINGS_CHANGED_0: Fields = (
    ("SettingsChanged", "", Instance(SettingsChanged)),
    ("SettingsChanged.version", "version", UINT64),
    ("SettingsChanged.settings", "settings", Opaque(32)),
)
_pack_settings_changed_0: Final = Struct(">Q32s").pack


def _write_settings_changed(value: Any) -> bytes:
    try:
        if type(value) is not SettingsChanged:
            raise ValueError
        settings = value.settings
        if len(settings) != 32:
            raise ValueError
        part_0 = _pack_settings_changed_0(value.version, settings)
    except Exception:
        explain_unencodable(value, _SETTINGS_CHANGED_0)
        raise
    return part_0


_unpack_settings_changed_0: Final = Struct(">Q32s").unpack_from


def _read_settings_changed(data: bytes, offset: int) -> tuple[SettingsChanged, int]:
    try:
        version, settings = _unpack_settings_changed_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SETTINGS_CHANGED_0)
        raise
    return SettingsChanged(version, settings), offset + 40


@dataclass(slots=True, init=False)
class UnknownVaultTransaction:
    """A transaction that acts for the vault and that nobody asked for.

    XDR::

        struct UnknownVaultTransaction {
            Hash transaction;
        };
    """

    transaction: Hash

    def __init__(self, transaction: Hash) -> None:
        self.transaction = transaction

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return UnknownVaultTransaction, (self.transaction,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_unknown_vault_transaction(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "UnknownVaultTransaction":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_unknown_vault_transaction(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "UnknownVaultTransaction")
        return value


_UNKNOWN_VAULT_TRANSACTION_0: Fields = (
    ("UnknownVaultTransaction", "", Instance(UnknownVaultTransaction)),
    ("UnknownVaultTransaction.transaction", "transaction", Opaque(32)),
)
_pack_unknown_vault_transaction_0: Final = Struct(">32s").pack


def _write_unknown_vault_transaction(value: Any) -> bytes:
    try:
        if type(value) is not UnknownVaultTransaction:
            raise ValueError
        transaction = value.transaction
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_unknown_vault_transaction_0(transaction)
    except Exception:
        explain_unencodable(value, _UNKNOWN_VAULT_TRANSACTION_0)
        raise
    return part_0


_unpack_unknown_vault_transaction_0: Final = Struct(">32s").unpack_from


def _read_unknown_vault_transaction(data: bytes, offset: int) -> tuple[UnknownVaultTransaction, int]:
    try:
        (transaction,) = _unpack_unknown_vault_transaction_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _UNKNOWN_VAULT_TRANSACTION_0)
        raise
    return UnknownVaultTransaction(transaction), offset + 32


@dataclass(slots=True, init=False)
class LedgerAdvanced:
    """The struct LedgerAdvanced of effects.x.

    XDR::

        struct LedgerAdvanced {
            LedgerCursor cursor;
            hyper closed_at_s;
        };
    """

    cursor: LedgerCursor
    closed_at_s: int

    def __init__(self, cursor: LedgerCursor, closed_at_s: int) -> None:
        self.cursor = cursor
        self.closed_at_s = closed_at_s

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LedgerAdvanced, (
            self.cursor,
            self.closed_at_s,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_ledger_advanced(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LedgerAdvanced":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_ledger_advanced(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LedgerAdvanced")
        return value


_LEDGER_ADVANCED_0: Fields = (
    ("LedgerAdvanced", "", Instance(LedgerAdvanced)),
    ("LedgerAdvanced.cursor", "cursor", UINT64),
    ("LedgerAdvanced.closed_at_s", "closed_at_s", INT64),
)
_pack_ledger_advanced_0: Final = Struct(">Qq").pack


def _write_ledger_advanced(value: Any) -> bytes:
    try:
        if type(value) is not LedgerAdvanced:
            raise ValueError
        part_0 = _pack_ledger_advanced_0(value.cursor, value.closed_at_s)
    except Exception:
        explain_unencodable(value, _LEDGER_ADVANCED_0)
        raise
    return part_0


_unpack_ledger_advanced_0: Final = Struct(">Qq").unpack_from


def _read_ledger_advanced(data: bytes, offset: int) -> tuple[LedgerAdvanced, int]:
    try:
        cursor, closed_at_s = _unpack_ledger_advanced_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _LEDGER_ADVANCED_0)
        raise
    return LedgerAdvanced(cursor, closed_at_s), offset + 16


@dataclass(slots=True, init=False)
class AgentAppointed:
    """The struct AgentAppointed of effects.x.

    XDR::

        struct AgentAppointed {
            Key agent;
            unsigned int rights;
            Timestamp expires_at;             // inclusive
        };
    """

    agent: Key
    rights: int
    expires_at: Timestamp

    def __init__(self, agent: Key, rights: int, expires_at: Timestamp) -> None:
        self.agent = agent
        self.rights = rights
        self.expires_at = expires_at

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AgentAppointed, (
            self.agent,
            self.rights,
            self.expires_at,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_agent_appointed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AgentAppointed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_agent_appointed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AgentAppointed")
        return value


_AGENT_APPOINTED_0: Fields = (
    ("AgentAppointed", "", Instance(AgentAppointed)),
    ("AgentAppointed.agent", "agent", Opaque(32)),
    ("AgentAppointed.rights", "rights", UINT32),
    ("AgentAppointed.expires_at", "expires_at", INT64),
)
_pack_agent_appointed_0: Final = Struct(">32sIq").pack


def _write_agent_appointed(value: Any) -> bytes:
    try:
        if type(value) is not AgentAppointed:
            raise ValueError
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_agent_appointed_0(agent, value.rights, value.expires_at)
    except Exception:
        explain_unencodable(value, _AGENT_APPOINTED_0)
        raise
    return part_0


_unpack_agent_appointed_0: Final = Struct(">32sIq").unpack_from


def _read_agent_appointed(data: bytes, offset: int) -> tuple[AgentAppointed, int]:
    try:
        agent, rights, expires_at = _unpack_agent_appointed_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _AGENT_APPOINTED_0)
        raise
    return AgentAppointed(agent, rights, expires_at), offset + 44


@dataclass(slots=True, init=False)
class AgentDismissed:
    """The struct AgentDismissed of effects.x.

    XDR::

        struct AgentDismissed {
            Key agent;
        };
    """

    agent: Key

    def __init__(self, agent: Key) -> None:
        self.agent = agent

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AgentDismissed, (self.agent,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_agent_dismissed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AgentDismissed":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_agent_dismissed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AgentDismissed")
        return value


_AGENT_DISMISSED_0: Fields = (
    ("AgentDismissed", "", Instance(AgentDismissed)),
    ("AgentDismissed.agent", "agent", Opaque(32)),
)
_pack_agent_dismissed_0: Final = Struct(">32s").pack


def _write_agent_dismissed(value: Any) -> bytes:
    try:
        if type(value) is not AgentDismissed:
            raise ValueError
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_agent_dismissed_0(agent)
    except Exception:
        explain_unencodable(value, _AGENT_DISMISSED_0)
        raise
    return part_0


_unpack_agent_dismissed_0: Final = Struct(">32s").unpack_from


def _read_agent_dismissed(data: bytes, offset: int) -> tuple[AgentDismissed, int]:
    try:
        (agent,) = _unpack_agent_dismissed_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _AGENT_DISMISSED_0)
        raise
    return AgentDismissed(agent), offset + 32


@dataclass(slots=True, init=False)
class KeyRotated:
    """The struct KeyRotated of effects.x.

    XDR::

        struct KeyRotated {
            Key new_key;
        };
    """

    new_key: Key

    def __init__(self, new_key: Key) -> None:
        self.new_key = new_key

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return KeyRotated, (self.new_key,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_key_rotated(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "KeyRotated":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_key_rotated(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "KeyRotated")
        return value


_KEY_ROTATED_0: Fields = (
    ("KeyRotated", "", Instance(KeyRotated)),
    ("KeyRotated.new_key", "new_key", Opaque(32)),
)
_pack_key_rotated_0: Final = Struct(">32s").pack


def _write_key_rotated(value: Any) -> bytes:
    try:
        if type(value) is not KeyRotated:
            raise ValueError
        new_key = value.new_key
        if len(new_key) != 32:
            raise ValueError
        part_0 = _pack_key_rotated_0(new_key)
    except Exception:
        explain_unencodable(value, _KEY_ROTATED_0)
        raise
    return part_0


_unpack_key_rotated_0: Final = Struct(">32s").unpack_from


def _read_key_rotated(data: bytes, offset: int) -> tuple[KeyRotated, int]:
    try:
        (new_key,) = _unpack_key_rotated_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _KEY_ROTATED_0)
        raise
    return KeyRotated(new_key), offset + 32


@dataclass(slots=True, init=False)
class LockChanged:
    """The struct LockChanged of effects.x.

    XDR::

        struct LockChanged {
            unsigned int locks;               // 0: nothing is locked
            Timestamp *until;                 // inclusive
        };
    """

    locks: int
    until: Timestamp | None

    def __init__(self, locks: int, until: Timestamp | None) -> None:
        self.locks = locks
        self.until = until

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return LockChanged, (
            self.locks,
            self.until,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_lock_changed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "LockChanged":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_lock_changed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "LockChanged")
        return value


_LOCK_CHANGED_0: Fields = (
    ("LockChanged", "", Instance(LockChanged)),
    ("LockChanged.locks", "locks", UINT32),
    ("LockChanged.until", "until", PRESENCE),
)
_UNTIL_IN_LOCK_CHANGED_0: Fields = (("LockChanged.until", "", INT64),)
_pack_until_in_lock_changed_0: Final = Struct(">iq").pack


def _write_until_in_lock_changed(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_lock_changed_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_LOCK_CHANGED_0)
        raise
    return part_0


_pack_lock_changed_0: Final = Struct(">I").pack


def _write_lock_changed(value: Any) -> bytes:
    try:
        if type(value) is not LockChanged:
            raise ValueError
        until = value.until
        part_0 = _pack_lock_changed_0(value.locks)
    except Exception:
        explain_unencodable(value, _LOCK_CHANGED_0)
        raise
    tail_0 = ABSENT if until is None else _write_until_in_lock_changed(until)
    return part_0 + tail_0


_unpack_until_in_lock_changed_0: Final = Struct(">q").unpack_from


def _read_until_in_lock_changed(data: bytes, offset: int) -> tuple[Timestamp, int]:
    try:
        (value,) = _unpack_until_in_lock_changed_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _UNTIL_IN_LOCK_CHANGED_0)
        raise
    return value, offset + 8


_unpack_lock_changed_0: Final = Struct(">II").unpack_from


def _read_lock_changed(data: bytes, offset: int) -> tuple[LockChanged, int]:
    try:
        locks, until__present = _unpack_lock_changed_0(data, offset)
        until__present = BOOLEANS[until__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _LOCK_CHANGED_0)
        raise
    offset += 8
    until: Timestamp | None = None
    if until__present:
        until, offset = _read_until_in_lock_changed(data, offset)
    return LockChanged(locks, until), offset


@dataclass(slots=True, init=False)
class SubAccountOpened:
    """Told to both accounts.

    XDR::

        struct SubAccountOpened {
            Key parent;
            unsigned int number;
            Key account;
        };
    """

    parent: Key
    number: int
    account: Key

    def __init__(self, parent: Key, number: int, account: Key) -> None:
        self.parent = parent
        self.number = number
        self.account = account

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SubAccountOpened, (
            self.parent,
            self.number,
            self.account,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_sub_account_opened(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SubAccountOpened":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_sub_account_opened(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SubAccountOpened")
        return value


_SUB_ACCOUNT_OPENED_0: Fields = (
    ("SubAccountOpened", "", Instance(SubAccountOpened)),
    ("SubAccountOpened.parent", "parent", Opaque(32)),
    ("SubAccountOpened.number", "number", UINT32),
    ("SubAccountOpened.account", "account", Opaque(32)),
)
_pack_sub_account_opened_0: Final = Struct(">32sI32s").pack


def _write_sub_account_opened(value: Any) -> bytes:
    try:
        if type(value) is not SubAccountOpened:
            raise ValueError
        parent = value.parent
        account = value.account
        if len(parent) != 32 or len(account) != 32:
            raise ValueError
        part_0 = _pack_sub_account_opened_0(parent, value.number, account)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_OPENED_0)
        raise
    return part_0


_unpack_sub_account_opened_0: Final = Struct(">32sI32s").unpack_from


def _read_sub_account_opened(data: bytes, offset: int) -> tuple[SubAccountOpened, int]:
    try:
        parent, number, account = _unpack_sub_account_opened_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUB_ACCOUNT_OPENED_0)
        raise
    return SubAccountOpened(parent, number, account), offset + 68


@dataclass(slots=True, init=False)
class SubAccountMerged:
    """The struct SubAccountMerged of effects.x.

    XDR::

        struct SubAccountMerged {
            Key parent;
            unsigned int number;
            Key account;
        };
    """

    parent: Key
    number: int
    account: Key

    def __init__(self, parent: Key, number: int, account: Key) -> None:
        self.parent = parent
        self.number = number
        self.account = account

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SubAccountMerged, (
            self.parent,
            self.number,
            self.account,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_sub_account_merged(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SubAccountMerged":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_sub_account_merged(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SubAccountMerged")
        return value


_SUB_ACCOUNT_MERGED_0: Fields = (
    ("SubAccountMerged", "", Instance(SubAccountMerged)),
    ("SubAccountMerged.parent", "parent", Opaque(32)),
    ("SubAccountMerged.number", "number", UINT32),
    ("SubAccountMerged.account", "account", Opaque(32)),
)
_pack_sub_account_merged_0: Final = Struct(">32sI32s").pack


def _write_sub_account_merged(value: Any) -> bytes:
    try:
        if type(value) is not SubAccountMerged:
            raise ValueError
        parent = value.parent
        account = value.account
        if len(parent) != 32 or len(account) != 32:
            raise ValueError
        part_0 = _pack_sub_account_merged_0(parent, value.number, account)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_MERGED_0)
        raise
    return part_0


_unpack_sub_account_merged_0: Final = Struct(">32sI32s").unpack_from


def _read_sub_account_merged(data: bytes, offset: int) -> tuple[SubAccountMerged, int]:
    try:
        parent, number, account = _unpack_sub_account_merged_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUB_ACCOUNT_MERGED_0)
        raise
    return SubAccountMerged(parent, number, account), offset + 68


@dataclass(slots=True, init=False)
class OperationRefused:
    """An operation of a request batch broke a rule, and that is all it did.

    XDR::

        struct OperationRefused {
            Code code;
        };
    """

    code: Code

    def __init__(self, code: Code) -> None:
        self.code = code

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return OperationRefused, (self.code,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_operation_refused(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "OperationRefused":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_operation_refused(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "OperationRefused")
        return value


_OPERATION_REFUSED_0: Fields = (
    ("OperationRefused", "", Instance(OperationRefused)),
    ("OperationRefused.code", "code", Enumerated(_CODE_MEMBERS)),
)
_pack_operation_refused_0: Final = Struct(">i").pack


def _write_operation_refused(value: Any) -> bytes:
    try:
        if type(value) is not OperationRefused:
            raise ValueError
        code = value.code
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_operation_refused_0(code)
    except Exception:
        explain_unencodable(value, _OPERATION_REFUSED_0)
        raise
    return part_0


_unpack_operation_refused_0: Final = Struct(">i").unpack_from


def _read_operation_refused(data: bytes, offset: int) -> tuple[OperationRefused, int]:
    try:
        (code,) = _unpack_operation_refused_0(data, offset)
        code = _CODE_MEMBERS[code]
    except (StructError, KeyError):
        explain_malformed(data, offset, _OPERATION_REFUSED_0)
        raise
    return OperationRefused(code), offset + 4


@dataclass(slots=True, init=False)
class UnknownChannelTransaction:
    """A channel's transaction that no withdrawal asked for.

    XDR::

        struct UnknownChannelTransaction {
            Hash transaction;
            Key channel;
            hyper sequence;
        };
    """

    transaction: Hash
    channel: Key
    sequence: int

    def __init__(self, transaction: Hash, channel: Key, sequence: int) -> None:
        self.transaction = transaction
        self.channel = channel
        self.sequence = sequence

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return UnknownChannelTransaction, (
            self.transaction,
            self.channel,
            self.sequence,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_unknown_channel_transaction(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "UnknownChannelTransaction":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_unknown_channel_transaction(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "UnknownChannelTransaction")
        return value


_UNKNOWN_CHANNEL_TRANSACTION_0: Fields = (
    ("UnknownChannelTransaction", "", Instance(UnknownChannelTransaction)),
    ("UnknownChannelTransaction.transaction", "transaction", Opaque(32)),
    ("UnknownChannelTransaction.channel", "channel", Opaque(32)),
    ("UnknownChannelTransaction.sequence", "sequence", INT64),
)
_pack_unknown_channel_transaction_0: Final = Struct(">32s32sq").pack


def _write_unknown_channel_transaction(value: Any) -> bytes:
    try:
        if type(value) is not UnknownChannelTransaction:
            raise ValueError
        transaction = value.transaction
        channel = value.channel
        if len(transaction) != 32 or len(channel) != 32:
            raise ValueError
        part_0 = _pack_unknown_channel_transaction_0(transaction, channel, value.sequence)
    except Exception:
        explain_unencodable(value, _UNKNOWN_CHANNEL_TRANSACTION_0)
        raise
    return part_0


_unpack_unknown_channel_transaction_0: Final = Struct(">32s32sq").unpack_from


def _read_unknown_channel_transaction(data: bytes, offset: int) -> tuple[UnknownChannelTransaction, int]:
    try:
        transaction, channel, sequence = _unpack_unknown_channel_transaction_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _UNKNOWN_CHANNEL_TRANSACTION_0)
        raise
    return UnknownChannelTransaction(transaction, channel, sequence), offset + 72


class EffectType(IntEnum):
    """The enum EffectType of effects.x.

    XDR::

        enum EffectType {
            ACCOUNT_OPENED = 0,
            BALANCE_CHANGED = 1,
            PAYMENT_SENT = 2,
            PAYMENT_RECEIVED = 3,
            DEPOSIT_CREDITED = 4,
            ORDER_PLACED = 5,
            TRADE = 6,
            ORDER_CLOSED = 7,
            FEE_COLLECTED = 8,
            WITHDRAWAL_ACCEPTED = 9,
            WITHDRAWAL_PREPARED = 10,
            WITHDRAWAL_CLOSED = 11,
            SUSPENSE_ADDED = 12,
            LEDGER_ADVANCED = 13,
            UNKNOWN_CHANNEL_TRANSACTION = 14,
            ROUTING_REGISTERED = 15,
            SUSPENSE_REFUNDED = 16,
            VAULT_TASK_PREPARED = 17,
            VAULT_TASK_CLOSED = 18,
            CLAIM_IGNORED = 19,
            ASSET_SUSPENDED = 20,
            ASSET_RESUMED = 21,
            SETTINGS_CHANGED = 22,
            UNKNOWN_VAULT_TRANSACTION_SEEN = 23,
            TERM_BEGAN = 24,
            OPERATION_REFUSED = 25,
            ORDER_REDUCED = 26,
            ORDER_REPLACED = 27,
            CANCEL_ALL_SCHEDULED = 28,
            ORDER_ARMED = 29,
            ORDER_TRIGGERED = 30,
            HOLD_OPENED = 31,
            HOLD_CLOSED = 32,
            WITHDRAWAL_WITHHELD = 33,
            WITHDRAWAL_APPROVED = 34,
            MODE_CHANGED = 35,
            AGENT_APPOINTED = 40,
            AGENT_DISMISSED = 41,
            KEY_ROTATED = 42,
            LOCK_CHANGED = 43,
            SUB_ACCOUNT_OPENED = 44,
            SUB_ACCOUNT_MERGED = 45
        };
    """

    ACCOUNT_OPENED = 0
    BALANCE_CHANGED = 1
    PAYMENT_SENT = 2
    PAYMENT_RECEIVED = 3
    DEPOSIT_CREDITED = 4
    ORDER_PLACED = 5
    TRADE = 6
    ORDER_CLOSED = 7
    FEE_COLLECTED = 8
    WITHDRAWAL_ACCEPTED = 9
    WITHDRAWAL_PREPARED = 10
    WITHDRAWAL_CLOSED = 11
    SUSPENSE_ADDED = 12
    LEDGER_ADVANCED = 13
    UNKNOWN_CHANNEL_TRANSACTION = 14
    ROUTING_REGISTERED = 15
    SUSPENSE_REFUNDED = 16
    VAULT_TASK_PREPARED = 17
    VAULT_TASK_CLOSED = 18
    CLAIM_IGNORED = 19
    ASSET_SUSPENDED = 20
    ASSET_RESUMED = 21
    SETTINGS_CHANGED = 22
    UNKNOWN_VAULT_TRANSACTION_SEEN = 23
    TERM_BEGAN = 24
    OPERATION_REFUSED = 25
    ORDER_REDUCED = 26
    ORDER_REPLACED = 27
    CANCEL_ALL_SCHEDULED = 28
    ORDER_ARMED = 29
    ORDER_TRIGGERED = 30
    HOLD_OPENED = 31
    HOLD_CLOSED = 32
    WITHDRAWAL_WITHHELD = 33
    WITHDRAWAL_APPROVED = 34
    MODE_CHANGED = 35
    AGENT_APPOINTED = 40
    AGENT_DISMISSED = 41
    KEY_ROTATED = 42
    LOCK_CHANGED = 43
    SUB_ACCOUNT_OPENED = 44
    SUB_ACCOUNT_MERGED = 45


_EFFECT_TYPE_MEMBERS: Final[dict[int, EffectType]] = {member.value: member for member in EffectType}


Effect = (
    AccountOpened
    | BalanceChanged
    | PaymentSent
    | PaymentReceived
    | DepositCredited
    | OrderPlaced
    | Trade
    | OrderClosed
    | FeeCollected
    | WithdrawalAccepted
    | WithdrawalPrepared
    | WithdrawalClosed
    | SuspenseAdded
    | LedgerAdvanced
    | UnknownChannelTransaction
    | RoutingRegistered
    | SuspenseRefunded
    | VaultTaskPrepared
    | VaultTaskClosed
    | ClaimIgnored
    | AssetSuspended
    | AssetResumed
    | SettingsChanged
    | UnknownVaultTransaction
    | TermBegan
    | OperationRefused
    | OrderReduced
    | OrderReplaced
    | CancelAllScheduled
    | OrderArmed
    | OrderTriggered
    | HoldOpened
    | HoldClosed
    | WithdrawalWithheld
    | WithdrawalApproved
    | ModeChanged
    | AgentAppointed
    | AgentDismissed
    | KeyRotated
    | LockChanged
    | SubAccountOpened
    | SubAccountMerged
)

_pack_account_opened_as_effect_0: Final = Struct(">i32s").pack


def _write_account_opened_as_effect(value: AccountOpened) -> bytes:
    try:
        account = value.account
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_account_opened_as_effect_0(0, account)
    except Exception:
        explain_unencodable(value, _ACCOUNT_OPENED_0)
        raise
    return part_0


_pack_balance_changed_as_effect_0: Final = Struct(">iIqq").pack


def _write_balance_changed_as_effect(value: BalanceChanged) -> bytes:
    try:
        part_0 = _pack_balance_changed_as_effect_0(1, value.asset, value.balance, value.liabilities)
    except Exception:
        explain_unencodable(value, _BALANCE_CHANGED_0)
        raise
    return part_0


_pack_payment_sent_as_effect_0: Final = Struct(">i32sIq").pack


def _write_payment_sent_as_effect(value: PaymentSent) -> bytes:
    try:
        destination = value.destination
        memo = value.memo
        if len(destination) != 32:
            raise ValueError
        part_0 = _pack_payment_sent_as_effect_0(2, destination, value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _PAYMENT_SENT_0)
        raise
    tail_0 = write_string(memo, MAX_PAYMENT_MEMO, "PaymentSent.memo")
    return part_0 + tail_0


_pack_payment_received_as_effect_0: Final = Struct(">i32sIq").pack


def _write_payment_received_as_effect(value: PaymentReceived) -> bytes:
    try:
        source = value.source
        memo = value.memo
        if len(source) != 32:
            raise ValueError
        part_0 = _pack_payment_received_as_effect_0(3, source, value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _PAYMENT_RECEIVED_0)
        raise
    tail_0 = write_string(memo, MAX_PAYMENT_MEMO, "PaymentReceived.memo")
    return part_0 + tail_0


_pack_deposit_credited_as_effect_0: Final = Struct(">iIq32sQ32s").pack


def _write_deposit_credited_as_effect(value: DepositCredited) -> bytes:
    try:
        transaction = value.transaction
        source = value.source
        if len(transaction) != 32 or len(source) != 32:
            raise ValueError
        part_0 = _pack_deposit_credited_as_effect_0(4, value.asset, value.amount, transaction, value.operation, source)
    except Exception:
        explain_unencodable(value, _DEPOSIT_CREDITED_0)
        raise
    return part_0


_pack_order_placed_as_effect_0: Final = Struct(">iQIiqq").pack


def _write_order_placed_as_effect(value: OrderPlaced) -> bytes:
    try:
        side = value.side
        if side not in _SIDE_MEMBERS:
            raise ValueError
        part_0 = _pack_order_placed_as_effect_0(5, value.order, value.market, side, value.price, value.amount)
    except Exception:
        explain_unencodable(value, _ORDER_PLACED_0)
        raise
    return part_0


_pack_trade_as_effect_0: Final = Struct(">iQQIiIqqqq").pack


def _write_trade_as_effect(value: Trade) -> bytes:
    try:
        side = value.side
        maker = value.maker
        if side not in _SIDE_MEMBERS or (maker is not True and maker is not False):
            raise ValueError
        part_0 = _pack_trade_as_effect_0(
            6,
            value.order,
            value.counter_order,
            value.market,
            side,
            maker,
            value.price,
            value.amount,
            value.quote_amount,
            value.fee,
        )
    except Exception:
        explain_unencodable(value, _TRADE_0)
        raise
    return part_0


_pack_order_closed_as_effect_0: Final = Struct(">iQiq").pack


def _write_order_closed_as_effect(value: OrderClosed) -> bytes:
    try:
        reason = value.reason
        if reason not in _ORDER_CLOSE_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_order_closed_as_effect_0(7, value.order, reason, value.remaining)
    except Exception:
        explain_unencodable(value, _ORDER_CLOSED_0)
        raise
    return part_0


_pack_fee_collected_as_effect_0: Final = Struct(">iIq").pack


def _write_fee_collected_as_effect(value: FeeCollected) -> bytes:
    try:
        part_0 = _pack_fee_collected_as_effect_0(8, value.asset, value.amount)
    except Exception:
        explain_unencodable(value, _FEE_COLLECTED_0)
        raise
    return part_0


_pack_withdrawal_accepted_as_effect_0: Final = Struct(">iQIq32s").pack


def _write_withdrawal_accepted_as_effect(value: WithdrawalAccepted) -> bytes:
    try:
        destination = value.destination
        if len(destination) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_accepted_as_effect_0(9, value.withdrawal, value.asset, value.amount, destination)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_ACCEPTED_0)
        raise
    return part_0


_pack_withdrawal_prepared_as_effect_0: Final = Struct(">iQ32sqq32s").pack


def _write_withdrawal_prepared_as_effect(value: WithdrawalPrepared) -> bytes:
    try:
        channel = value.channel
        transaction = value.transaction
        if len(channel) != 32 or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_prepared_as_effect_0(
            10, value.withdrawal, channel, value.sequence, value.max_time_s, transaction
        )
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_PREPARED_0)
        raise
    return part_0


_pack_withdrawal_closed_as_effect_0: Final = Struct(">iQi32s").pack


def _write_withdrawal_closed_as_effect(value: WithdrawalClosed) -> bytes:
    try:
        outcome = value.outcome
        transaction = value.transaction
        if outcome not in _WITHDRAWAL_OUTCOME_MEMBERS or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_withdrawal_closed_as_effect_0(11, value.withdrawal, outcome, transaction)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_CLOSED_0)
        raise
    return part_0


_pack_suspense_added_as_effect_0: Final = Struct(">iQ").pack
_pack_suspense_added_as_effect_1: Final = Struct(">q32s32si").pack


def _write_suspense_added_as_effect(value: SuspenseAdded) -> bytes:
    try:
        asset = value.asset
        part_0 = _pack_suspense_added_as_effect_0(12, value.operation)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ADDED_0)
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
        if len(source) != 32 or len(transaction) != 32 or reason not in _SUSPENSE_REASON_MEMBERS:
            raise ValueError
        part_1 = _pack_suspense_added_as_effect_1(value.amount, source, transaction, reason)
    except Exception:
        explain_unencodable(value, _SUSPENSE_ADDED_1)
        raise
    return part_0 + tail_0 + part_1


_pack_ledger_advanced_as_effect_0: Final = Struct(">iQq").pack


def _write_ledger_advanced_as_effect(value: LedgerAdvanced) -> bytes:
    try:
        part_0 = _pack_ledger_advanced_as_effect_0(13, value.cursor, value.closed_at_s)
    except Exception:
        explain_unencodable(value, _LEDGER_ADVANCED_0)
        raise
    return part_0


_pack_unknown_channel_transaction_as_effect_0: Final = Struct(">i32s32sq").pack


def _write_unknown_channel_transaction_as_effect(value: UnknownChannelTransaction) -> bytes:
    try:
        transaction = value.transaction
        channel = value.channel
        if len(transaction) != 32 or len(channel) != 32:
            raise ValueError
        part_0 = _pack_unknown_channel_transaction_as_effect_0(14, transaction, channel, value.sequence)
    except Exception:
        explain_unencodable(value, _UNKNOWN_CHANNEL_TRANSACTION_0)
        raise
    return part_0


_pack_routing_registered_as_effect_0: Final = Struct(">iQ").pack


def _write_routing_registered_as_effect(value: RoutingRegistered) -> bytes:
    try:
        part_0 = _pack_routing_registered_as_effect_0(15, value.routing_id)
    except Exception:
        explain_unencodable(value, _ROUTING_REGISTERED_0)
        raise
    return part_0


_pack_suspense_refunded_as_effect_0: Final = Struct(">iQ32s").pack


def _write_suspense_refunded_as_effect(value: SuspenseRefunded) -> bytes:
    try:
        transaction = value.transaction
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_suspense_refunded_as_effect_0(16, value.operation, transaction)
    except Exception:
        explain_unencodable(value, _SUSPENSE_REFUNDED_0)
        raise
    return part_0


_pack_vault_task_prepared_as_effect_0: Final = Struct(">iiQ32sqq32s").pack


def _write_vault_task_prepared_as_effect(value: VaultTaskPrepared) -> bytes:
    try:
        task = value.task
        channel = value.channel
        transaction = value.transaction
        if task not in _VAULT_TASK_TYPE_MEMBERS or len(channel) != 32 or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_task_prepared_as_effect_0(
            17, task, value.number, channel, value.sequence, value.max_time_s, transaction
        )
    except Exception:
        explain_unencodable(value, _VAULT_TASK_PREPARED_0)
        raise
    return part_0


_pack_vault_task_closed_as_effect_0: Final = Struct(">iiQi32s").pack


def _write_vault_task_closed_as_effect(value: VaultTaskClosed) -> bytes:
    try:
        task = value.task
        outcome = value.outcome
        transaction = value.transaction
        if task not in _VAULT_TASK_TYPE_MEMBERS or outcome not in _WITHDRAWAL_OUTCOME_MEMBERS or len(transaction) != 32:
            raise ValueError
        part_0 = _pack_vault_task_closed_as_effect_0(18, task, value.number, outcome, transaction)
    except Exception:
        explain_unencodable(value, _VAULT_TASK_CLOSED_0)
        raise
    return part_0


_pack_claim_ignored_as_effect_0: Final = Struct(">iQ32s").pack
_pack_claim_ignored_as_effect_1: Final = Struct(">q32s").pack


def _write_claim_ignored_as_effect(value: ClaimIgnored) -> bytes:
    try:
        balance = value.balance
        asset = value.asset
        if len(balance) != 32:
            raise ValueError
        part_0 = _pack_claim_ignored_as_effect_0(19, value.operation, balance)
    except Exception:
        explain_unencodable(value, _CLAIM_IGNORED_0)
        raise
    try:
        write = _ASSET_IDENTITY_WRITERS[type(asset)]
    except KeyError:
        raise UnencodableMessage("wrong type", "AssetIdentity.type") from None
    tail_0 = write(asset)
    try:
        source = value.source
        if len(source) != 32:
            raise ValueError
        part_1 = _pack_claim_ignored_as_effect_1(value.amount, source)
    except Exception:
        explain_unencodable(value, _CLAIM_IGNORED_1)
        raise
    return part_0 + tail_0 + part_1


_pack_asset_suspended_as_effect_0: Final = Struct(">iIi").pack


def _write_asset_suspended_as_effect(value: AssetSuspended) -> bytes:
    try:
        reason = value.reason
        if reason not in _SUSPENSION_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_asset_suspended_as_effect_0(20, value.asset, reason)
    except Exception:
        explain_unencodable(value, _ASSET_SUSPENDED_0)
        raise
    return part_0


_pack_asset_resumed_as_effect_0: Final = Struct(">iI").pack


def _write_asset_resumed_as_effect(value: AssetResumed) -> bytes:
    try:
        part_0 = _pack_asset_resumed_as_effect_0(21, value.asset)
    except Exception:
        explain_unencodable(value, _ASSET_RESUMED_0)
        raise
    return part_0


_pack_settings_changed_as_effect_0: Final = Struct(">iQ32s").pack


def _write_settings_changed_as_effect(value: SettingsChanged) -> bytes:
    try:
        settings = value.settings
        if len(settings) != 32:
            raise ValueError
        part_0 = _pack_settings_changed_as_effect_0(22, value.version, settings)
    except Exception:
        explain_unencodable(value, _SETTINGS_CHANGED_0)
        raise
    return part_0


_pack_unknown_vault_transaction_as_effect_0: Final = Struct(">i32s").pack


def _write_unknown_vault_transaction_as_effect(value: UnknownVaultTransaction) -> bytes:
    try:
        transaction = value.transaction
        if len(transaction) != 32:
            raise ValueError
        part_0 = _pack_unknown_vault_transaction_as_effect_0(23, transaction)
    except Exception:
        explain_unencodable(value, _UNKNOWN_VAULT_TRANSACTION_0)
        raise
    return part_0


_pack_term_began_as_effect_0: Final = Struct(">iI32s").pack


def _write_term_began_as_effect(value: TermBegan) -> bytes:
    try:
        alpha = value.alpha
        if len(alpha) != 32:
            raise ValueError
        part_0 = _pack_term_began_as_effect_0(24, value.term, alpha)
    except Exception:
        explain_unencodable(value, _TERM_BEGAN_0)
        raise
    return part_0


_pack_operation_refused_as_effect_0: Final = Struct(">ii").pack


def _write_operation_refused_as_effect(value: OperationRefused) -> bytes:
    try:
        code = value.code
        if code not in _CODE_MEMBERS:
            raise ValueError
        part_0 = _pack_operation_refused_as_effect_0(25, code)
    except Exception:
        explain_unencodable(value, _OPERATION_REFUSED_0)
        raise
    return part_0


_pack_order_reduced_as_effect_0: Final = Struct(">iQqq").pack


def _write_order_reduced_as_effect(value: OrderReduced) -> bytes:
    try:
        part_0 = _pack_order_reduced_as_effect_0(26, value.order, value.amount, value.remaining)
    except Exception:
        explain_unencodable(value, _ORDER_REDUCED_0)
        raise
    return part_0


_pack_order_replaced_as_effect_0: Final = Struct(">iQQIiqq").pack


def _write_order_replaced_as_effect(value: OrderReplaced) -> bytes:
    try:
        side = value.side
        client_order_id = value.client_order_id
        if side not in _SIDE_MEMBERS:
            raise ValueError
        part_0 = _pack_order_replaced_as_effect_0(
            27, value.order, value.replaced, value.market, side, value.price, value.amount
        )
    except Exception:
        explain_unencodable(value, _ORDER_REPLACED_0)
        raise
    tail_0 = write_string(client_order_id, MAX_CLIENT_ORDER_ID, "OrderReplaced.client_order_id")
    return part_0 + tail_0


_DUE_IN_CANCEL_ALL_SCHEDULED_AS_EFFECT_0: Fields = (("CancelAllScheduled.due", "", INT64),)
_pack_due_in_cancel_all_scheduled_as_effect_0: Final = Struct(">iq").pack


def _write_due_in_cancel_all_scheduled_as_effect(value: Any) -> bytes:
    try:
        part_0 = _pack_due_in_cancel_all_scheduled_as_effect_0(1, value)
    except Exception:
        explain_unencodable(value, _DUE_IN_CANCEL_ALL_SCHEDULED_AS_EFFECT_0)
        raise
    return part_0


def _write_cancel_all_scheduled_as_effect(value: CancelAllScheduled) -> bytes:
    try:
        due = value.due
    except Exception:
        explain_unencodable(value, _CANCEL_ALL_SCHEDULED_0)
        raise
    tail_0 = ABSENT if due is None else _write_due_in_cancel_all_scheduled_as_effect(due)
    return b"\x00\x00\x00\x1c" + tail_0


_pack_order_armed_as_effect_0: Final = Struct(">iQIiiq").pack


def _write_order_armed_as_effect(value: OrderArmed) -> bytes:
    try:
        side = value.side
        trigger = value.trigger
        trigger__kind = trigger.kind
        if side not in _SIDE_MEMBERS or type(trigger) is not Trigger or trigger__kind not in _TRIGGER_KIND_MEMBERS:
            raise ValueError
        part_0 = _pack_order_armed_as_effect_0(29, value.order, value.market, side, trigger__kind, trigger.price)
    except Exception:
        explain_unencodable(value, _ORDER_ARMED_0)
        raise
    return part_0


_pack_order_triggered_as_effect_0: Final = Struct(">iQII").pack


def _write_order_triggered_as_effect(value: OrderTriggered) -> bytes:
    try:
        part_0 = _pack_order_triggered_as_effect_0(30, value.order, value.market, value.place)
    except Exception:
        explain_unencodable(value, _ORDER_TRIGGERED_0)
        raise
    return part_0


_pack_hold_opened_as_effect_0: Final = Struct(">iQ32s32sIqq").pack


def _write_hold_opened_as_effect(value: HoldOpened) -> bytes:
    try:
        owner = value.owner
        beneficiary = value.beneficiary
        if len(owner) != 32 or len(beneficiary) != 32:
            raise ValueError
        part_0 = _pack_hold_opened_as_effect_0(
            31, value.hold, owner, beneficiary, value.asset, value.amount, value.expires_at
        )
    except Exception:
        explain_unencodable(value, _HOLD_OPENED_0)
        raise
    return part_0


_pack_hold_closed_as_effect_0: Final = Struct(">iQIiq").pack


def _write_hold_closed_as_effect(value: HoldClosed) -> bytes:
    try:
        outcome = value.outcome
        if outcome not in _HOLD_OUTCOME_MEMBERS:
            raise ValueError
        part_0 = _pack_hold_closed_as_effect_0(32, value.hold, value.asset, outcome, value.captured)
    except Exception:
        explain_unencodable(value, _HOLD_CLOSED_0)
        raise
    return part_0


_pack_withdrawal_withheld_as_effect_0: Final = Struct(">iQq").pack


def _write_withdrawal_withheld_as_effect(value: WithdrawalWithheld) -> bytes:
    try:
        part_0 = _pack_withdrawal_withheld_as_effect_0(33, value.withdrawal, value.approve_until)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_WITHHELD_0)
        raise
    return part_0


_pack_withdrawal_approved_as_effect_0: Final = Struct(">iQ").pack


def _write_withdrawal_approved_as_effect(value: WithdrawalApproved) -> bytes:
    try:
        part_0 = _pack_withdrawal_approved_as_effect_0(34, value.withdrawal)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_APPROVED_0)
        raise
    return part_0


_pack_mode_changed_as_effect_0: Final = Struct(">ii").pack


def _write_mode_changed_as_effect(value: ModeChanged) -> bytes:
    try:
        mode = value.mode
        reason = value.reason
        if mode not in _MODE_MEMBERS:
            raise ValueError
        part_0 = _pack_mode_changed_as_effect_0(35, mode)
    except Exception:
        explain_unencodable(value, _MODE_CHANGED_0)
        raise
    tail_0 = write_string(reason, MAX_MODE_REASON, "ModeChanged.reason")
    return part_0 + tail_0


_pack_agent_appointed_as_effect_0: Final = Struct(">i32sIq").pack


def _write_agent_appointed_as_effect(value: AgentAppointed) -> bytes:
    try:
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_agent_appointed_as_effect_0(40, agent, value.rights, value.expires_at)
    except Exception:
        explain_unencodable(value, _AGENT_APPOINTED_0)
        raise
    return part_0


_pack_agent_dismissed_as_effect_0: Final = Struct(">i32s").pack


def _write_agent_dismissed_as_effect(value: AgentDismissed) -> bytes:
    try:
        agent = value.agent
        if len(agent) != 32:
            raise ValueError
        part_0 = _pack_agent_dismissed_as_effect_0(41, agent)
    except Exception:
        explain_unencodable(value, _AGENT_DISMISSED_0)
        raise
    return part_0


_pack_key_rotated_as_effect_0: Final = Struct(">i32s").pack


def _write_key_rotated_as_effect(value: KeyRotated) -> bytes:
    try:
        new_key = value.new_key
        if len(new_key) != 32:
            raise ValueError
        part_0 = _pack_key_rotated_as_effect_0(42, new_key)
    except Exception:
        explain_unencodable(value, _KEY_ROTATED_0)
        raise
    return part_0


_UNTIL_IN_LOCK_CHANGED_AS_EFFECT_0: Fields = (("LockChanged.until", "", INT64),)
_pack_until_in_lock_changed_as_effect_0: Final = Struct(">iq").pack


def _write_until_in_lock_changed_as_effect(value: Any) -> bytes:
    try:
        part_0 = _pack_until_in_lock_changed_as_effect_0(1, value)
    except Exception:
        explain_unencodable(value, _UNTIL_IN_LOCK_CHANGED_AS_EFFECT_0)
        raise
    return part_0


_pack_lock_changed_as_effect_0: Final = Struct(">iI").pack


def _write_lock_changed_as_effect(value: LockChanged) -> bytes:
    try:
        until = value.until
        part_0 = _pack_lock_changed_as_effect_0(43, value.locks)
    except Exception:
        explain_unencodable(value, _LOCK_CHANGED_0)
        raise
    tail_0 = ABSENT if until is None else _write_until_in_lock_changed_as_effect(until)
    return part_0 + tail_0


_pack_sub_account_opened_as_effect_0: Final = Struct(">i32sI32s").pack


def _write_sub_account_opened_as_effect(value: SubAccountOpened) -> bytes:
    try:
        parent = value.parent
        account = value.account
        if len(parent) != 32 or len(account) != 32:
            raise ValueError
        part_0 = _pack_sub_account_opened_as_effect_0(44, parent, value.number, account)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_OPENED_0)
        raise
    return part_0


_pack_sub_account_merged_as_effect_0: Final = Struct(">i32sI32s").pack


def _write_sub_account_merged_as_effect(value: SubAccountMerged) -> bytes:
    try:
        parent = value.parent
        account = value.account
        if len(parent) != 32 or len(account) != 32:
            raise ValueError
        part_0 = _pack_sub_account_merged_as_effect_0(45, parent, value.number, account)
    except Exception:
        explain_unencodable(value, _SUB_ACCOUNT_MERGED_0)
        raise
    return part_0


_EFFECT_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    AccountOpened: _write_account_opened_as_effect,
    BalanceChanged: _write_balance_changed_as_effect,
    PaymentSent: _write_payment_sent_as_effect,
    PaymentReceived: _write_payment_received_as_effect,
    DepositCredited: _write_deposit_credited_as_effect,
    OrderPlaced: _write_order_placed_as_effect,
    Trade: _write_trade_as_effect,
    OrderClosed: _write_order_closed_as_effect,
    FeeCollected: _write_fee_collected_as_effect,
    WithdrawalAccepted: _write_withdrawal_accepted_as_effect,
    WithdrawalPrepared: _write_withdrawal_prepared_as_effect,
    WithdrawalClosed: _write_withdrawal_closed_as_effect,
    SuspenseAdded: _write_suspense_added_as_effect,
    LedgerAdvanced: _write_ledger_advanced_as_effect,
    UnknownChannelTransaction: _write_unknown_channel_transaction_as_effect,
    RoutingRegistered: _write_routing_registered_as_effect,
    SuspenseRefunded: _write_suspense_refunded_as_effect,
    VaultTaskPrepared: _write_vault_task_prepared_as_effect,
    VaultTaskClosed: _write_vault_task_closed_as_effect,
    ClaimIgnored: _write_claim_ignored_as_effect,
    AssetSuspended: _write_asset_suspended_as_effect,
    AssetResumed: _write_asset_resumed_as_effect,
    SettingsChanged: _write_settings_changed_as_effect,
    UnknownVaultTransaction: _write_unknown_vault_transaction_as_effect,
    TermBegan: _write_term_began_as_effect,
    OperationRefused: _write_operation_refused_as_effect,
    OrderReduced: _write_order_reduced_as_effect,
    OrderReplaced: _write_order_replaced_as_effect,
    CancelAllScheduled: _write_cancel_all_scheduled_as_effect,
    OrderArmed: _write_order_armed_as_effect,
    OrderTriggered: _write_order_triggered_as_effect,
    HoldOpened: _write_hold_opened_as_effect,
    HoldClosed: _write_hold_closed_as_effect,
    WithdrawalWithheld: _write_withdrawal_withheld_as_effect,
    WithdrawalApproved: _write_withdrawal_approved_as_effect,
    ModeChanged: _write_mode_changed_as_effect,
    AgentAppointed: _write_agent_appointed_as_effect,
    AgentDismissed: _write_agent_dismissed_as_effect,
    KeyRotated: _write_key_rotated_as_effect,
    LockChanged: _write_lock_changed_as_effect,
    SubAccountOpened: _write_sub_account_opened_as_effect,
    SubAccountMerged: _write_sub_account_merged_as_effect,
}

_EFFECT_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[Effect, int]]]] = {
    b"\x00\x00\x00\x00": _read_account_opened,
    b"\x00\x00\x00\x01": _read_balance_changed,
    b"\x00\x00\x00\x02": _read_payment_sent,
    b"\x00\x00\x00\x03": _read_payment_received,
    b"\x00\x00\x00\x04": _read_deposit_credited,
    b"\x00\x00\x00\x05": _read_order_placed,
    b"\x00\x00\x00\x06": _read_trade,
    b"\x00\x00\x00\x07": _read_order_closed,
    b"\x00\x00\x00\x08": _read_fee_collected,
    b"\x00\x00\x00\t": _read_withdrawal_accepted,
    b"\x00\x00\x00\n": _read_withdrawal_prepared,
    b"\x00\x00\x00\x0b": _read_withdrawal_closed,
    b"\x00\x00\x00\x0c": _read_suspense_added,
    b"\x00\x00\x00\r": _read_ledger_advanced,
    b"\x00\x00\x00\x0e": _read_unknown_channel_transaction,
    b"\x00\x00\x00\x0f": _read_routing_registered,
    b"\x00\x00\x00\x10": _read_suspense_refunded,
    b"\x00\x00\x00\x11": _read_vault_task_prepared,
    b"\x00\x00\x00\x12": _read_vault_task_closed,
    b"\x00\x00\x00\x13": _read_claim_ignored,
    b"\x00\x00\x00\x14": _read_asset_suspended,
    b"\x00\x00\x00\x15": _read_asset_resumed,
    b"\x00\x00\x00\x16": _read_settings_changed,
    b"\x00\x00\x00\x17": _read_unknown_vault_transaction,
    b"\x00\x00\x00\x18": _read_term_began,
    b"\x00\x00\x00\x19": _read_operation_refused,
    b"\x00\x00\x00\x1a": _read_order_reduced,
    b"\x00\x00\x00\x1b": _read_order_replaced,
    b"\x00\x00\x00\x1c": _read_cancel_all_scheduled,
    b"\x00\x00\x00\x1d": _read_order_armed,
    b"\x00\x00\x00\x1e": _read_order_triggered,
    b"\x00\x00\x00\x1f": _read_hold_opened,
    b"\x00\x00\x00 ": _read_hold_closed,
    b"\x00\x00\x00!": _read_withdrawal_withheld,
    b'\x00\x00\x00"': _read_withdrawal_approved,
    b"\x00\x00\x00#": _read_mode_changed,
    b"\x00\x00\x00(": _read_agent_appointed,
    b"\x00\x00\x00)": _read_agent_dismissed,
    b"\x00\x00\x00*": _read_key_rotated,
    b"\x00\x00\x00+": _read_lock_changed,
    b"\x00\x00\x00,": _read_sub_account_opened,
    b"\x00\x00\x00-": _read_sub_account_merged,
}
_EFFECT_DISCRIMINANT = Discriminant(_EFFECT_TYPE_MEMBERS, _EFFECT_READERS)
_EFFECT_0: Fields = (("Effect.type", "", _EFFECT_DISCRIMINANT),)


def _read_effect(data: bytes, offset: int) -> tuple[Effect, int]:
    try:
        read = _EFFECT_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _EFFECT_0)
        raise
    return read(data, offset + 4)


def encode_effect(value: Effect) -> bytes:
    """Encodes a value of the union Effect by its class."""
    try:
        write = _EFFECT_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Effect.type") from None
    return write(value)


def decode_effect(data: bytes) -> Effect:
    """Decodes bytes that are one Effect and nothing else."""
    value, offset = _read_effect(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "Effect")
    return value


@dataclass(slots=True, init=False)
class EffectGroup:
    """One account's effects of one quantum. The constellation's own have the vault's key.

    XDR::

        struct EffectGroup {
            Key account;
            Apex apex;
            unsigned hyper first_number;      // an account numbers its effects from 1, without gaps
            Effect effects<MAX_EFFECTS>;
        };
    """

    account: Final[Key]
    apex: Final[Apex]
    first_number: Final[int]
    effects: Final[list[Effect]]
    _encoded: bytes = field(init=False, repr=False, compare=False)

    def __init__(self, account: Key, apex: Apex, first_number: int, effects: list[Effect]) -> None:
        self.account = account
        self.apex = apex
        self.first_number = first_number
        self.effects = effects
        self._encoded = b""

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return EffectGroup, (
            self.account,
            self.apex,
            self.first_number,
            self.effects,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_effect_group(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "EffectGroup":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_effect_group(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "EffectGroup")
        return value


_EFFECT_GROUP_0: Fields = (
    ("EffectGroup", "", Instance(EffectGroup)),
    ("EffectGroup.account", "account", Opaque(32)),
    ("EffectGroup.apex", "apex", UINT64),
    ("EffectGroup.first_number", "first_number", UINT64),
    ("EffectGroup.effects", "effects", Items(MAX_EFFECTS)),
)
_pack_effect_group_0: Final = Struct(">32sQQI").pack


def _write_effect_group(value: Any) -> bytes:
    if type(value) is EffectGroup and value._encoded:
        return value._encoded
    try:
        if type(value) is not EffectGroup:
            raise ValueError
        account = value.account
        effects: list[Any] = value.effects
        if len(account) != 32 or type(effects) is not list or len(effects) > MAX_EFFECTS:
            raise ValueError
        part_0 = _pack_effect_group_0(account, value.apex, value.first_number, len(effects))
    except Exception:
        explain_unencodable(value, _EFFECT_GROUP_0)
        raise
    try:
        tail_0 = b"".join([_EFFECT_WRITERS[type(item)](item) for item in effects])
    except KeyError:
        raise UnencodableMessage("wrong type", "Effect.type") from None
    encoded: bytes = part_0 + tail_0
    value._encoded = encoded
    return encoded


_unpack_effect_group_0: Final = Struct(">32sQQI").unpack_from


def _read_effect_group(data: bytes, offset: int) -> tuple[EffectGroup, int]:
    start = offset
    try:
        account, apex, first_number, effects__count = _unpack_effect_group_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _EFFECT_GROUP_0)
        raise
    offset += 52
    if effects__count > MAX_EFFECTS or effects__count * 8 > len(data) - offset:
        refuse_count(effects__count, MAX_EFFECTS, "EffectGroup.effects")
    effects = []
    for _ in range(effects__count):
        try:
            effects__read = _EFFECT_READERS[data[offset : offset + 4]]
        except KeyError:
            explain_malformed(data, offset, _EFFECT_0)
            raise
        effects__item, offset = effects__read(data, offset + 4)
        effects.append(effects__item)
    value = EffectGroup(account, apex, first_number, effects)
    value._encoded = data[start:offset]
    return value, offset
