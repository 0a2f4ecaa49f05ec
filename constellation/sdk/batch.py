"""What can be asked for together, under one signature; see :meth:`constellation.sdk.Client.submit_batch`."""

from collections.abc import Sequence
from dataclasses import dataclass

from constellation.protocol.messages import MAX_BATCH_OPERATIONS, Operation
from constellation.sdk import operations as translated
from constellation.sdk.errors import InvalidRequest
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import Number
from constellation.sdk.operations import SelfTradePreventionName, SideName, TimeInForceName, TriggerName


@dataclass(slots=True, frozen=True)
class Pay:
    """A payment; the arguments are those of :meth:`constellation.sdk.Client.pay`."""

    destination: str | bytes
    asset: str
    amount: Number
    memo: str | None = None


@dataclass(slots=True, frozen=True)
class PayOnPath:
    """A payment on a path; the arguments are those of :meth:`constellation.sdk.Client.pay_on_path`."""

    destination: str | bytes
    send_asset: str
    receive_asset: str
    send_amount: Number | None = None
    receive_min: Number | None = None
    receive_amount: Number | None = None
    send_max: Number | None = None
    path: Sequence[str] | None = None
    memo: str | None = None


@dataclass(slots=True, frozen=True)
class Order:
    """A limit order; the arguments are those of :meth:`constellation.sdk.Client.create_order`."""

    market: str
    side: SideName
    price: Number
    amount: Number
    time_in_force: TimeInForceName = "GTC"
    post_only: bool = False
    self_trade_prevention: SelfTradePreventionName = "cancel_newest"
    client_order_id: str | None = None
    expires_at_us: int | None = None
    trigger: TriggerName | None = None
    trigger_price: Number | None = None


@dataclass(slots=True, frozen=True)
class MarketOrder:
    """A market order; the arguments are those of :meth:`constellation.sdk.Client.create_market_order`."""

    market: str
    side: SideName
    amount: Number | None = None
    budget: Number | None = None
    self_trade_prevention: SelfTradePreventionName = "cancel_newest"
    client_order_id: str | None = None
    expires_at_us: int | None = None
    trigger: TriggerName | None = None
    trigger_price: Number | None = None


@dataclass(slots=True, frozen=True)
class Replace:
    """A change of an open order; the arguments are those of :meth:`constellation.sdk.Client.replace_order`."""

    market: str
    order_id: int | str
    price: Number
    amount: Number
    if_remaining: Number | None = None
    post_only: bool | None = None
    self_trade_prevention: SelfTradePreventionName | None = None
    client_order_id: str | None = None
    expires_at_us: int | None = None


@dataclass(slots=True, frozen=True)
class Cancel:
    """Takes an open order off the book, by its id or its client order id."""

    order_id: int | str


@dataclass(slots=True, frozen=True)
class CancelAll:
    """Takes all open orders off the books, or those of one market; 1,000 at most."""

    market: str | None = None


@dataclass(slots=True, frozen=True)
class CancelAllAfter:
    """Cancels all open orders after this time, unless it is put off before; 0 takes it back."""

    timeout_s: int


@dataclass(slots=True, frozen=True)
class Hold:
    """A hold; the arguments are those of :meth:`constellation.sdk.Client.open_hold`."""

    beneficiary: str | bytes
    asset: str
    amount: Number
    expires_at_us: int


@dataclass(slots=True, frozen=True)
class Capture:
    """Takes money of a hold; the arguments are those of :meth:`constellation.sdk.Client.capture_hold`."""

    hold_id: int
    amount: Number


@dataclass(slots=True, frozen=True)
class Release:
    """Gives up a hold."""

    hold_id: int


BatchOperation = (
    Pay | PayOnPath | Hold | Capture | Release | Order | MarketOrder | Replace | Cancel | CancelAll | CancelAllAfter
)


def translate_batch(catalogue: Catalogue, operations: Sequence[BatchOperation]) -> list[Operation]:
    """The operations as they are signed.

    Raises:
        InvalidRequest: there are none, too many, or one has wrong arguments; the message names its place.
    """
    if not 0 < len(operations) <= MAX_BATCH_OPERATIONS:
        raise InvalidRequest(f"{len(operations)} operations; a batch has from 1 to {MAX_BATCH_OPERATIONS}")
    found = []
    for place, operation in enumerate(operations, 1):
        try:
            found.append(translate(catalogue, operation))
        except InvalidRequest as error:
            raise InvalidRequest(f"operation {place} of {len(operations)}: {error}") from None
    return found


def translate(catalogue: Catalogue, operation: BatchOperation) -> Operation:
    """The operation as it is signed.

    Raises:
        InvalidRequest: it has wrong arguments.
    """
    match operation:
        case Pay():
            facts = operation.destination, operation.asset, operation.amount, operation.memo
            return translated.payment(catalogue, *facts)
        case PayOnPath():
            return translated.path_payment(
                catalogue,
                operation.destination,
                operation.send_asset,
                operation.receive_asset,
                send_amount=operation.send_amount,
                receive_min=operation.receive_min,
                receive_amount=operation.receive_amount,
                send_max=operation.send_max,
                path=operation.path,
                memo=operation.memo,
            )
        case Order():
            return translated.limit_order(
                catalogue,
                operation.market,
                operation.side,
                operation.price,
                operation.amount,
                operation.time_in_force,
                post_only=operation.post_only,
                self_trade_prevention=operation.self_trade_prevention,
                client_order_id=operation.client_order_id,
                expires_at_us=operation.expires_at_us,
                trigger=operation.trigger,
                trigger_price=operation.trigger_price,
            )
        case MarketOrder():
            return translated.market_order(
                catalogue,
                operation.market,
                operation.side,
                operation.amount,
                operation.budget,
                self_trade_prevention=operation.self_trade_prevention,
                client_order_id=operation.client_order_id,
                expires_at_us=operation.expires_at_us,
                trigger=operation.trigger,
                trigger_price=operation.trigger_price,
            )
        case Replace():
            return translated.replace_order(
                catalogue,
                operation.market,
                operation.order_id,
                operation.price,
                operation.amount,
                if_remaining=operation.if_remaining,
                instructions=translated.instructions_of(
                    operation.post_only,
                    operation.self_trade_prevention,
                    operation.client_order_id,
                    operation.expires_at_us,
                ),
            )
        case Cancel():
            return translated.cancel_order(operation.order_id)
        case CancelAll():
            return translated.cancel_all_orders(catalogue, operation.market)
        case Hold():
            return translated.open_hold(
                catalogue, operation.beneficiary, operation.asset, operation.amount, operation.expires_at_us
            )
        case Capture():
            return translated.capture_hold(operation.hold_id, operation.amount)
        case Release():
            return translated.release_hold(operation.hold_id)
        case CancelAllAfter():
            return translated.cancel_all_after(operation.timeout_s)
        case _:
            raise InvalidRequest(f"a {type(operation).__name__} cannot be in a batch")
