"""Requests of accounts: payments, withdrawals, closing, routing ids."""

from unicodedata import category

from constellation.protocol.limits import CANCELS_MAX
from constellation.protocol.messages import (
    AppointAgent,
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    CloseAccount,
    Code,
    DismissAgent,
    LedgerDestination,
    LimitOrder,
    LockAccount,
    MarketOrder,
    MergeSubAccount,
    Mode,
    OpenHold,
    OpenSubAccount,
    Operation,
    OrderCloseReason,
    PathPayment,
    Payment,
    PaymentReceived,
    PaymentSent,
    RegisterRouting,
    ReleaseHold,
    ReplaceOrder,
    Request,
    RequestBatch,
    RotateKey,
    RoutingRegistered,
    Withdrawal,
)
from constellation.testing.naive import family, holds, keys, orders, paths, tasks, times, triggered
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LUMENS

_HOLDS = OpenHold | CaptureHold | ReleaseHold
_OF_OPEN_ACCOUNTS = _HOLDS | Payment | PathPayment | LimitOrder | MarketOrder | ReplaceOrder | RegisterRouting
_OF_OPEN_ACCOUNTS |= AppointAgent | LockAccount | OpenSubAccount


def why_refuse(model: NaiveModel, request: Request) -> Code | None:
    """The code that a request is refused with, if it is."""
    account, operation = request.account, request.operation
    return (
        why_refuse_author(model, request)
        or why_refuse_use(model, account, request.signer, operation)
        or why_refuse_operation(model, account, operation)
    )


def why_refuse_author(model: NaiveModel, request: Request | RequestBatch) -> Code | None:
    """The code that a request, or a batch, is refused with whatever it asks for, if it is."""
    account = request.account
    if times.is_due(model):
        return Code.TIME_IS_DUE
    if model.mode is Mode.MAINTENANCE:
        return Code.IN_MAINTENANCE
    if account not in model.balances:
        return Code.UNKNOWN_ACCOUNT if request.signer in (None, account) else Code.UNKNOWN_SIGNER
    refusal = keys.why_refuse_signer(model, request)
    if refusal is not None:
        return refusal
    if model.now_us > request.valid_until:
        return Code.EXPIRED
    if request.valid_until > model.now_us + model.settings.limits.validity_us:
        return Code.VALIDITY_TOO_LONG
    return None


def why_refuse_use(model: NaiveModel, account: bytes, signer: bytes | None, operation: Operation) -> Code | None:
    """The code of what the account as it is, or whoever signs, may not ask for."""
    if not model.is_open(account) and isinstance(operation, _OF_OPEN_ACCOUNTS):
        return Code.ACCOUNT_CLOSED
    return keys.why_refuse_use(model, account, signer, operation)


def why_refuse_operation(model: NaiveModel, account: bytes, operation: Operation) -> Code | None:
    """The code that an operation is refused with, if it is."""
    match operation:
        case AppointAgent() | DismissAgent() | RotateKey() | LockAccount():
            return keys.why_refuse(model, account, operation)
        case OpenSubAccount() | MergeSubAccount():
            return family.why_refuse(model, account, operation)
        case Payment():
            return _why_refuse_payment(model, account, operation)
        case PathPayment():
            return paths.why_refuse(model, account, operation)
        case LimitOrder():
            return orders.why_refuse(model, account, operation)
        case MarketOrder():
            return orders.why_refuse_market(model, account, operation)
        case ReplaceOrder():
            return orders.why_refuse_replacing(model, account, operation)
        case CancelAllAfter():
            return None
        case OpenHold() | CaptureHold() | ReleaseHold():
            return holds.why_refuse(model, account, operation)
        case CancelOrder() | CancelAllOrders():
            return orders.why_refuse_cancelling(model, account, operation)
        case Withdrawal():
            return _why_refuse_withdrawal(model, account, operation)
        case CloseAccount():
            return _why_refuse_closing(model, account, operation)
        case RegisterRouting():
            return _why_refuse_routing(model, account, operation)


def _why_refuse_payment(model: NaiveModel, payer: bytes, payment: Payment) -> Code | None:
    if payment.amount <= 0:
        return Code.INVALID_AMOUNT
    if any(category(character) == "Cc" for character in payment.memo):
        return Code.INVALID_MEMO
    if payment.asset >= len(model.settings.assets):
        return Code.UNKNOWN_ASSET
    if payment.asset in model.suspensions:
        return Code.SUSPENDED_ASSET
    if payment.destination == payer:
        return Code.SELF_PAYMENT
    if payment.destination == model.settings.vault:
        return Code.FORBIDDEN_DESTINATION
    shortage = model.why_not_enough(payer, payment.asset, payment.amount)
    if shortage is not None:
        return shortage
    opens = payment.asset == LUMENS and payment.amount >= model.settings.minimum_balance
    return None if model.is_open(payment.destination) or opens else Code.UNKNOWN_DESTINATION


def _why_refuse_withdrawal(model: NaiveModel, owner: bytes, withdrawal: Withdrawal) -> Code | None:
    if withdrawal.amount <= 0:
        return Code.INVALID_AMOUNT
    if withdrawal.asset >= len(model.settings.assets):
        return Code.UNKNOWN_ASSET
    if withdrawal.asset in model.suspensions:
        return Code.SUSPENDED_ASSET
    refusal = _why_refuse_destination(model, withdrawal.destination, withdrawal.asset)
    if refusal is not None:
        return refusal
    if len(model.withdrawals(owner)) >= model.settings.limits.withdrawals:
        return Code.TOO_MANY_WITHDRAWALS
    return model.why_not_enough(owner, withdrawal.asset, withdrawal.amount)


def _why_refuse_destination(model: NaiveModel, destination: LedgerDestination, asset: int) -> Code | None:
    if destination.account in [model.settings.vault, *model.sequences]:
        return Code.FORBIDDEN_DESTINATION
    if destination.memo == "":
        return Code.INVALID_MEMO
    if destination.muxed_id is not None and destination.memo is not None:
        return Code.INVALID_MEMO
    if destination.creates and (asset != LUMENS or destination.muxed_id is not None):
        return Code.FORBIDDEN_DESTINATION
    return None


def _why_refuse_closing(model: NaiveModel, owner: bytes, closing: CloseAccount) -> Code | None:
    if LUMENS in model.suspensions:
        return Code.SUSPENDED_ASSET
    refusal = _why_refuse_destination(model, closing.destination, LUMENS)
    if refusal is not None:
        return refusal
    others = [asset for asset, amount in model.balances[owner].items() if asset != LUMENS and amount]
    if others or model.withdrawals(owner) or orders.own_ids(model, owner, None) or holds.own(model, owner):
        return Code.ACCOUNT_NOT_EMPTY
    return None if model.balances[owner].get(LUMENS, 0) else Code.INSUFFICIENT_FUNDS


def _why_refuse_routing(model: NaiveModel, owner: bytes, operation: RegisterRouting) -> Code | None:
    if operation.routing_id == 0:
        return Code.INVALID_ROUTING_ID
    if owner in model.routes or operation.routing_id in model.routes.values():
        return Code.ROUTING_ID_TAKEN
    return None


def do(model: NaiveModel, account: bytes, operation: Operation) -> None:
    """Do an operation that is not refused, and what it triggers."""
    _do(model, account, operation)
    triggered.run(model)


def _do(model: NaiveModel, account: bytes, operation: Operation) -> None:
    match operation:
        case AppointAgent() | DismissAgent() | RotateKey() | LockAccount():
            keys.do(model, account, operation)
        case OpenSubAccount() | MergeSubAccount():
            family.do(model, account, operation)
        case Payment() as payment:
            _pay(model, account, payment)
        case PathPayment() as payment:
            paths.do(model, account, payment)
        case LimitOrder() | MarketOrder() as order if order.instructions and order.instructions.trigger:
            triggered.arm(model, account, order)
        case LimitOrder() as order:
            orders.place(model, account, order)
        case MarketOrder() as order:
            orders.place_market(model, account, order)
        case ReplaceOrder() as replacement:
            orders.replace(model, account, replacement)
        case OpenHold() | CaptureHold() | ReleaseHold():
            holds.do(model, account, operation)
        case CancelAllAfter() as timeout:
            times.schedule(model, account, timeout)
        case CancelOrder() as cancel:
            order_to_cancel = orders.find(model, account, cancel.order)
            assert order_to_cancel is not None
            model.cancelled += 1
            orders.close(model, order_to_cancel.apex, OrderCloseReason.CANCELLED)
        case CancelAllOrders() as cancel:
            for found in orders.own_ids(model, account, cancel.market)[: CANCELS_MAX - model.cancelled]:
                model.cancelled += 1
                orders.close(model, found, OrderCloseReason.CANCELLED)
        case Withdrawal() as withdrawal:
            tasks.withdraw(model, account, withdrawal)
        case CloseAccount(destination=destination):
            tasks.withdraw(model, account, Withdrawal(LUMENS, model.balances[account][LUMENS], destination))
        case RegisterRouting(routing_id=routing_id):
            model.routes[account] = routing_id
            model.tell(account, RoutingRegistered(routing_id))


def _pay(model: NaiveModel, payer: bytes, payment: Payment) -> None:
    model.open_if_new(payment.destination)
    model.move(payer, payment.asset, -payment.amount)
    model.move(payment.destination, payment.asset, payment.amount)
    model.tell(payer, PaymentSent(payment.destination, payment.asset, payment.amount, payment.memo))
    model.tell(payment.destination, PaymentReceived(payer, payment.asset, payment.amount, payment.memo))
