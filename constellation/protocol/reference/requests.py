"""Readable codec of requests.x.

Generated from xdr/requests.x by tools/xdr_generator.py; do not edit.

What a client signs.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.common import MAX_CLIENT_ORDER_ID, MAX_PAYMENT_MEMO, Apex, Side
from constellation.protocol.messages.keys import (
    AppointAgent,
    DismissAgent,
    LockAccount,
    MergeSubAccount,
    OpenSubAccount,
    RotateKey,
)
from constellation.protocol.messages.requests import (
    MAX_BATCH_OPERATIONS,
    MAX_PATH_MARKETS,
    CancelAllAfter,
    CancelAllOrders,
    CancelOrder,
    CaptureHold,
    CloseAccount,
    LedgerDestination,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    OpenHold,
    Operation,
    OperationType,
    OrderInstructions,
    OrderReference,
    OrderReferenceType,
    PathAmountUnit,
    PathPayment,
    Payment,
    RegisterRouting,
    ReleaseHold,
    ReplaceOrder,
    Request,
    RequestBatch,
    SelfTradePrevention,
    SignedRequest,
    SignedRequestBatch,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.reference.common import pack_memo, pack_trigger, unpack_memo, unpack_trigger
from constellation.protocol.reference.keys import (
    pack_appoint_agent,
    pack_dismiss_agent,
    pack_lock_account,
    pack_merge_sub_account,
    pack_open_sub_account,
    pack_rotate_key,
    unpack_appoint_agent,
    unpack_dismiss_agent,
    unpack_lock_account,
    unpack_merge_sub_account,
    unpack_open_sub_account,
    unpack_rotate_key,
)
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_bool,
    pack_enum,
    pack_fixed_opaque,
    pack_int64,
    pack_optional,
    pack_string,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_bool,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_int64,
    unpack_optional,
    unpack_string,
    unpack_uint32,
    unpack_uint64,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_payment(packer: Packer, value: Payment) -> None:
    """Packs Payment."""
    expect_class(value, Payment)
    pack_fixed_opaque(packer, value.destination, 32, "Payment.destination")
    pack_uint32(packer, value.asset, "Payment.asset")
    pack_int64(packer, value.amount, "Payment.amount")
    pack_string(packer, value.memo, MAX_PAYMENT_MEMO, "Payment.memo")


def unpack_payment(unpacker: Unpacker) -> Payment:
    """Unpacks Payment."""
    return Payment(
        destination=unpack_fixed_opaque(unpacker, 32, "Payment.destination"),
        asset=unpack_uint32(unpacker, "Payment.asset"),
        amount=unpack_int64(unpacker, "Payment.amount"),
        memo=unpack_string(unpacker, MAX_PAYMENT_MEMO, "Payment.memo"),
    )


def pack_path_payment(packer: Packer, value: PathPayment) -> None:
    """Packs PathPayment."""
    expect_class(value, PathPayment)
    pack_fixed_opaque(packer, value.destination, 32, "PathPayment.destination")
    pack_uint32(packer, value.send_asset, "PathPayment.send_asset")
    pack_uint32(packer, value.receive_asset, "PathPayment.receive_asset")
    pack_array(
        packer,
        value.path,
        lambda packer, item: pack_uint32(packer, item, "PathPayment.path"),
        MAX_PATH_MARKETS,
        "PathPayment.path",
    )
    pack_enum(packer, value.unit, PathAmountUnit, "PathPayment.unit")
    pack_int64(packer, value.amount, "PathPayment.amount")
    pack_int64(packer, value.limit, "PathPayment.limit")
    pack_string(packer, value.memo, MAX_PAYMENT_MEMO, "PathPayment.memo")


def unpack_path_payment(unpacker: Unpacker) -> PathPayment:
    """Unpacks PathPayment."""
    return PathPayment(
        destination=unpack_fixed_opaque(unpacker, 32, "PathPayment.destination"),
        send_asset=unpack_uint32(unpacker, "PathPayment.send_asset"),
        receive_asset=unpack_uint32(unpacker, "PathPayment.receive_asset"),
        path=unpack_array(
            unpacker,
            lambda unpacker: unpack_uint32(unpacker, "PathPayment.path"),
            4,
            MAX_PATH_MARKETS,
            "PathPayment.path",
        ),
        unit=unpack_enum(unpacker, PathAmountUnit, "PathPayment.unit"),
        amount=unpack_int64(unpacker, "PathPayment.amount"),
        limit=unpack_int64(unpacker, "PathPayment.limit"),
        memo=unpack_string(unpacker, MAX_PAYMENT_MEMO, "PathPayment.memo"),
    )


def pack_order_instructions(packer: Packer, value: OrderInstructions) -> None:
    """Packs OrderInstructions."""
    expect_class(value, OrderInstructions)
    pack_bool(packer, value.post_only, "OrderInstructions.post_only")
    pack_enum(packer, value.self_trade_prevention, SelfTradePrevention, "OrderInstructions.self_trade_prevention")
    pack_string(packer, value.client_order_id, MAX_CLIENT_ORDER_ID, "OrderInstructions.client_order_id")
    pack_optional(
        packer, value.expires_at, lambda packer, item: pack_int64(packer, item, "OrderInstructions.expires_at")
    )
    pack_optional(packer, value.trigger, pack_trigger)


def unpack_order_instructions(unpacker: Unpacker) -> OrderInstructions:
    """Unpacks OrderInstructions."""
    return OrderInstructions(
        post_only=unpack_bool(unpacker, "OrderInstructions.post_only"),
        self_trade_prevention=unpack_enum(unpacker, SelfTradePrevention, "OrderInstructions.self_trade_prevention"),
        client_order_id=unpack_string(unpacker, MAX_CLIENT_ORDER_ID, "OrderInstructions.client_order_id"),
        expires_at=unpack_optional(
            unpacker,
            lambda unpacker: unpack_int64(unpacker, "OrderInstructions.expires_at"),
            "OrderInstructions.expires_at",
        ),
        trigger=unpack_optional(unpacker, unpack_trigger, "OrderInstructions.trigger"),
    )


def pack_limit_order(packer: Packer, value: LimitOrder) -> None:
    """Packs LimitOrder."""
    expect_class(value, LimitOrder)
    pack_uint32(packer, value.market, "LimitOrder.market")
    pack_enum(packer, value.side, Side, "LimitOrder.side")
    pack_int64(packer, value.price, "LimitOrder.price")
    pack_int64(packer, value.amount, "LimitOrder.amount")
    pack_enum(packer, value.time_in_force, TimeInForce, "LimitOrder.time_in_force")
    pack_optional(packer, value.instructions, pack_order_instructions)


def unpack_limit_order(unpacker: Unpacker) -> LimitOrder:
    """Unpacks LimitOrder."""
    return LimitOrder(
        market=unpack_uint32(unpacker, "LimitOrder.market"),
        side=unpack_enum(unpacker, Side, "LimitOrder.side"),
        price=unpack_int64(unpacker, "LimitOrder.price"),
        amount=unpack_int64(unpacker, "LimitOrder.amount"),
        time_in_force=unpack_enum(unpacker, TimeInForce, "LimitOrder.time_in_force"),
        instructions=unpack_optional(unpacker, unpack_order_instructions, "LimitOrder.instructions"),
    )


def pack_market_order(packer: Packer, value: MarketOrder) -> None:
    """Packs MarketOrder."""
    expect_class(value, MarketOrder)
    pack_uint32(packer, value.market, "MarketOrder.market")
    pack_enum(packer, value.side, Side, "MarketOrder.side")
    pack_enum(packer, value.unit, MarketAmountUnit, "MarketOrder.unit")
    pack_int64(packer, value.amount, "MarketOrder.amount")
    pack_optional(packer, value.instructions, pack_order_instructions)


def unpack_market_order(unpacker: Unpacker) -> MarketOrder:
    """Unpacks MarketOrder."""
    return MarketOrder(
        market=unpack_uint32(unpacker, "MarketOrder.market"),
        side=unpack_enum(unpacker, Side, "MarketOrder.side"),
        unit=unpack_enum(unpacker, MarketAmountUnit, "MarketOrder.unit"),
        amount=unpack_int64(unpacker, "MarketOrder.amount"),
        instructions=unpack_optional(unpacker, unpack_order_instructions, "MarketOrder.instructions"),
    )


def pack_order_reference(packer: Packer, value: OrderReference) -> None:
    """Packs OrderReference."""
    if type(value) is Apex:
        packer.pack_enum(OrderReferenceType.ORDER_ID)
        pack_uint64(packer, value, "OrderReference.order")
    elif type(value) is str:
        packer.pack_enum(OrderReferenceType.CLIENT_ORDER_ID)
        pack_string(packer, value, MAX_CLIENT_ORDER_ID, "OrderReference.client_order_id")
    else:
        raise UnencodableMessage("wrong type", "OrderReference.type")


def unpack_order_reference(unpacker: Unpacker) -> OrderReference:
    """Unpacks OrderReference."""
    type = unpack_enum(unpacker, OrderReferenceType, "OrderReference.type")
    if type is OrderReferenceType.ORDER_ID:
        return unpack_uint64(unpacker, "OrderReference.order")
    if type is OrderReferenceType.CLIENT_ORDER_ID:
        return unpack_string(unpacker, MAX_CLIENT_ORDER_ID, "OrderReference.client_order_id")
    raise MalformedMessage("unknown union arm", "OrderReference.type")


def pack_cancel_order(packer: Packer, value: CancelOrder) -> None:
    """Packs CancelOrder."""
    expect_class(value, CancelOrder)
    pack_order_reference(packer, value.order)


def unpack_cancel_order(unpacker: Unpacker) -> CancelOrder:
    """Unpacks CancelOrder."""
    return CancelOrder(
        order=unpack_order_reference(unpacker),
    )


def pack_replace_order(packer: Packer, value: ReplaceOrder) -> None:
    """Packs ReplaceOrder."""
    expect_class(value, ReplaceOrder)
    pack_order_reference(packer, value.order)
    pack_optional(
        packer, value.if_remaining, lambda packer, item: pack_int64(packer, item, "ReplaceOrder.if_remaining")
    )
    pack_int64(packer, value.price, "ReplaceOrder.price")
    pack_int64(packer, value.amount, "ReplaceOrder.amount")
    pack_optional(packer, value.instructions, pack_order_instructions)


def unpack_replace_order(unpacker: Unpacker) -> ReplaceOrder:
    """Unpacks ReplaceOrder."""
    return ReplaceOrder(
        order=unpack_order_reference(unpacker),
        if_remaining=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "ReplaceOrder.if_remaining"), "ReplaceOrder.if_remaining"
        ),
        price=unpack_int64(unpacker, "ReplaceOrder.price"),
        amount=unpack_int64(unpacker, "ReplaceOrder.amount"),
        instructions=unpack_optional(unpacker, unpack_order_instructions, "ReplaceOrder.instructions"),
    )


def pack_cancel_all_after(packer: Packer, value: CancelAllAfter) -> None:
    """Packs CancelAllAfter."""
    expect_class(value, CancelAllAfter)
    pack_uint32(packer, value.timeout_s, "CancelAllAfter.timeout_s")


def unpack_cancel_all_after(unpacker: Unpacker) -> CancelAllAfter:
    """Unpacks CancelAllAfter."""
    return CancelAllAfter(
        timeout_s=unpack_uint32(unpacker, "CancelAllAfter.timeout_s"),
    )


def pack_cancel_all_orders(packer: Packer, value: CancelAllOrders) -> None:
    """Packs CancelAllOrders."""
    expect_class(value, CancelAllOrders)
    pack_optional(packer, value.market, lambda packer, item: pack_uint32(packer, item, "CancelAllOrders.market"))


def unpack_cancel_all_orders(unpacker: Unpacker) -> CancelAllOrders:
    """Unpacks CancelAllOrders."""
    return CancelAllOrders(
        market=unpack_optional(
            unpacker, lambda unpacker: unpack_uint32(unpacker, "CancelAllOrders.market"), "CancelAllOrders.market"
        ),
    )


def pack_ledger_destination(packer: Packer, value: LedgerDestination) -> None:
    """Packs LedgerDestination."""
    expect_class(value, LedgerDestination)
    pack_fixed_opaque(packer, value.account, 32, "LedgerDestination.account")
    pack_optional(packer, value.muxed_id, lambda packer, item: pack_uint64(packer, item, "LedgerDestination.muxed_id"))
    pack_memo(packer, value.memo)
    pack_bool(packer, value.creates, "LedgerDestination.creates")


def unpack_ledger_destination(unpacker: Unpacker) -> LedgerDestination:
    """Unpacks LedgerDestination."""
    return LedgerDestination(
        account=unpack_fixed_opaque(unpacker, 32, "LedgerDestination.account"),
        muxed_id=unpack_optional(
            unpacker,
            lambda unpacker: unpack_uint64(unpacker, "LedgerDestination.muxed_id"),
            "LedgerDestination.muxed_id",
        ),
        memo=unpack_memo(unpacker),
        creates=unpack_bool(unpacker, "LedgerDestination.creates"),
    )


def pack_withdrawal(packer: Packer, value: Withdrawal) -> None:
    """Packs Withdrawal."""
    expect_class(value, Withdrawal)
    pack_uint32(packer, value.asset, "Withdrawal.asset")
    pack_int64(packer, value.amount, "Withdrawal.amount")
    pack_ledger_destination(packer, value.destination)


def unpack_withdrawal(unpacker: Unpacker) -> Withdrawal:
    """Unpacks Withdrawal."""
    return Withdrawal(
        asset=unpack_uint32(unpacker, "Withdrawal.asset"),
        amount=unpack_int64(unpacker, "Withdrawal.amount"),
        destination=unpack_ledger_destination(unpacker),
    )


def pack_close_account(packer: Packer, value: CloseAccount) -> None:
    """Packs CloseAccount."""
    expect_class(value, CloseAccount)
    pack_ledger_destination(packer, value.destination)


def unpack_close_account(unpacker: Unpacker) -> CloseAccount:
    """Unpacks CloseAccount."""
    return CloseAccount(
        destination=unpack_ledger_destination(unpacker),
    )


def pack_register_routing(packer: Packer, value: RegisterRouting) -> None:
    """Packs RegisterRouting."""
    expect_class(value, RegisterRouting)
    pack_uint64(packer, value.routing_id, "RegisterRouting.routing_id")


def unpack_register_routing(unpacker: Unpacker) -> RegisterRouting:
    """Unpacks RegisterRouting."""
    return RegisterRouting(
        routing_id=unpack_uint64(unpacker, "RegisterRouting.routing_id"),
    )


def pack_open_hold(packer: Packer, value: OpenHold) -> None:
    """Packs OpenHold."""
    expect_class(value, OpenHold)
    pack_fixed_opaque(packer, value.beneficiary, 32, "OpenHold.beneficiary")
    pack_uint32(packer, value.asset, "OpenHold.asset")
    pack_int64(packer, value.amount, "OpenHold.amount")
    pack_int64(packer, value.expires_at, "OpenHold.expires_at")


def unpack_open_hold(unpacker: Unpacker) -> OpenHold:
    """Unpacks OpenHold."""
    return OpenHold(
        beneficiary=unpack_fixed_opaque(unpacker, 32, "OpenHold.beneficiary"),
        asset=unpack_uint32(unpacker, "OpenHold.asset"),
        amount=unpack_int64(unpacker, "OpenHold.amount"),
        expires_at=unpack_int64(unpacker, "OpenHold.expires_at"),
    )


def pack_capture_hold(packer: Packer, value: CaptureHold) -> None:
    """Packs CaptureHold."""
    expect_class(value, CaptureHold)
    pack_uint64(packer, value.hold, "CaptureHold.hold")
    pack_int64(packer, value.amount, "CaptureHold.amount")


def unpack_capture_hold(unpacker: Unpacker) -> CaptureHold:
    """Unpacks CaptureHold."""
    return CaptureHold(
        hold=unpack_uint64(unpacker, "CaptureHold.hold"),
        amount=unpack_int64(unpacker, "CaptureHold.amount"),
    )


def pack_release_hold(packer: Packer, value: ReleaseHold) -> None:
    """Packs ReleaseHold."""
    expect_class(value, ReleaseHold)
    pack_uint64(packer, value.hold, "ReleaseHold.hold")


def unpack_release_hold(unpacker: Unpacker) -> ReleaseHold:
    """Unpacks ReleaseHold."""
    return ReleaseHold(
        hold=unpack_uint64(unpacker, "ReleaseHold.hold"),
    )


def pack_operation(packer: Packer, value: Operation) -> None:
    """Packs Operation."""
    if type(value) is Payment:
        packer.pack_enum(OperationType.PAYMENT)
        pack_payment(packer, value)
    elif type(value) is LimitOrder:
        packer.pack_enum(OperationType.LIMIT_ORDER)
        pack_limit_order(packer, value)
    elif type(value) is CancelOrder:
        packer.pack_enum(OperationType.CANCEL_ORDER)
        pack_cancel_order(packer, value)
    elif type(value) is Withdrawal:
        packer.pack_enum(OperationType.WITHDRAWAL)
        pack_withdrawal(packer, value)
    elif type(value) is CloseAccount:
        packer.pack_enum(OperationType.CLOSE_ACCOUNT)
        pack_close_account(packer, value)
    elif type(value) is RegisterRouting:
        packer.pack_enum(OperationType.REGISTER_ROUTING)
        pack_register_routing(packer, value)
    elif type(value) is CancelAllOrders:
        packer.pack_enum(OperationType.CANCEL_ALL_ORDERS)
        pack_cancel_all_orders(packer, value)
    elif type(value) is MarketOrder:
        packer.pack_enum(OperationType.MARKET_ORDER)
        pack_market_order(packer, value)
    elif type(value) is ReplaceOrder:
        packer.pack_enum(OperationType.REPLACE_ORDER)
        pack_replace_order(packer, value)
    elif type(value) is CancelAllAfter:
        packer.pack_enum(OperationType.CANCEL_ALL_AFTER)
        pack_cancel_all_after(packer, value)
    elif type(value) is OpenHold:
        packer.pack_enum(OperationType.OPEN_HOLD)
        pack_open_hold(packer, value)
    elif type(value) is CaptureHold:
        packer.pack_enum(OperationType.CAPTURE_HOLD)
        pack_capture_hold(packer, value)
    elif type(value) is ReleaseHold:
        packer.pack_enum(OperationType.RELEASE_HOLD)
        pack_release_hold(packer, value)
    elif type(value) is PathPayment:
        packer.pack_enum(OperationType.PATH_PAYMENT)
        pack_path_payment(packer, value)
    elif type(value) is AppointAgent:
        packer.pack_enum(OperationType.APPOINT_AGENT)
        pack_appoint_agent(packer, value)
    elif type(value) is DismissAgent:
        packer.pack_enum(OperationType.DISMISS_AGENT)
        pack_dismiss_agent(packer, value)
    elif type(value) is RotateKey:
        packer.pack_enum(OperationType.ROTATE_KEY)
        pack_rotate_key(packer, value)
    elif type(value) is LockAccount:
        packer.pack_enum(OperationType.LOCK_ACCOUNT)
        pack_lock_account(packer, value)
    elif type(value) is OpenSubAccount:
        packer.pack_enum(OperationType.OPEN_SUB_ACCOUNT)
        pack_open_sub_account(packer, value)
    elif type(value) is MergeSubAccount:
        packer.pack_enum(OperationType.MERGE_SUB_ACCOUNT)
        pack_merge_sub_account(packer, value)
    else:
        raise UnencodableMessage("wrong type", "Operation.type")


def unpack_operation(unpacker: Unpacker) -> Operation:
    """Unpacks Operation."""
    type = unpack_enum(unpacker, OperationType, "Operation.type")
    if type is OperationType.PAYMENT:
        return unpack_payment(unpacker)
    if type is OperationType.LIMIT_ORDER:
        return unpack_limit_order(unpacker)
    if type is OperationType.CANCEL_ORDER:
        return unpack_cancel_order(unpacker)
    if type is OperationType.WITHDRAWAL:
        return unpack_withdrawal(unpacker)
    if type is OperationType.CLOSE_ACCOUNT:
        return unpack_close_account(unpacker)
    if type is OperationType.REGISTER_ROUTING:
        return unpack_register_routing(unpacker)
    if type is OperationType.CANCEL_ALL_ORDERS:
        return unpack_cancel_all_orders(unpacker)
    if type is OperationType.MARKET_ORDER:
        return unpack_market_order(unpacker)
    if type is OperationType.REPLACE_ORDER:
        return unpack_replace_order(unpacker)
    if type is OperationType.CANCEL_ALL_AFTER:
        return unpack_cancel_all_after(unpacker)
    if type is OperationType.OPEN_HOLD:
        return unpack_open_hold(unpacker)
    if type is OperationType.CAPTURE_HOLD:
        return unpack_capture_hold(unpacker)
    if type is OperationType.RELEASE_HOLD:
        return unpack_release_hold(unpacker)
    if type is OperationType.PATH_PAYMENT:
        return unpack_path_payment(unpacker)
    if type is OperationType.APPOINT_AGENT:
        return unpack_appoint_agent(unpacker)
    if type is OperationType.DISMISS_AGENT:
        return unpack_dismiss_agent(unpacker)
    if type is OperationType.ROTATE_KEY:
        return unpack_rotate_key(unpacker)
    if type is OperationType.LOCK_ACCOUNT:
        return unpack_lock_account(unpacker)
    if type is OperationType.OPEN_SUB_ACCOUNT:
        return unpack_open_sub_account(unpacker)
    if type is OperationType.MERGE_SUB_ACCOUNT:
        return unpack_merge_sub_account(unpacker)
    raise MalformedMessage("unknown union arm", "Operation.type")


def pack_request(packer: Packer, value: Request) -> None:
    """Packs Request."""
    expect_class(value, Request)
    pack_fixed_opaque(packer, value.account, 32, "Request.account")
    pack_optional(packer, value.signer, lambda packer, item: pack_fixed_opaque(packer, item, 32, "Request.signer"))
    pack_int64(packer, value.nonce, "Request.nonce")
    pack_int64(packer, value.valid_until, "Request.valid_until")
    pack_operation(packer, value.operation)


def unpack_request(unpacker: Unpacker) -> Request:
    """Unpacks Request."""
    return Request(
        account=unpack_fixed_opaque(unpacker, 32, "Request.account"),
        signer=unpack_optional(
            unpacker, lambda unpacker: unpack_fixed_opaque(unpacker, 32, "Request.signer"), "Request.signer"
        ),
        nonce=unpack_int64(unpacker, "Request.nonce"),
        valid_until=unpack_int64(unpacker, "Request.valid_until"),
        operation=unpack_operation(unpacker),
    )


def pack_signed_request(packer: Packer, value: SignedRequest) -> None:
    """Packs SignedRequest."""
    expect_class(value, SignedRequest)
    pack_request(packer, value.request)
    pack_fixed_opaque(packer, value.signature, 64, "SignedRequest.signature")


def unpack_signed_request(unpacker: Unpacker) -> SignedRequest:
    """Unpacks SignedRequest."""
    return SignedRequest(
        request=unpack_request(unpacker),
        signature=unpack_fixed_opaque(unpacker, 64, "SignedRequest.signature"),
    )


def pack_request_batch(packer: Packer, value: RequestBatch) -> None:
    """Packs RequestBatch."""
    expect_class(value, RequestBatch)
    pack_fixed_opaque(packer, value.account, 32, "RequestBatch.account")
    pack_optional(packer, value.signer, lambda packer, item: pack_fixed_opaque(packer, item, 32, "RequestBatch.signer"))
    pack_int64(packer, value.nonce, "RequestBatch.nonce")
    pack_int64(packer, value.valid_until, "RequestBatch.valid_until")
    pack_bool(packer, value.all_or_nothing, "RequestBatch.all_or_nothing")
    pack_array(packer, value.operations, pack_operation, MAX_BATCH_OPERATIONS, "RequestBatch.operations")


def unpack_request_batch(unpacker: Unpacker) -> RequestBatch:
    """Unpacks RequestBatch."""
    return RequestBatch(
        account=unpack_fixed_opaque(unpacker, 32, "RequestBatch.account"),
        signer=unpack_optional(
            unpacker, lambda unpacker: unpack_fixed_opaque(unpacker, 32, "RequestBatch.signer"), "RequestBatch.signer"
        ),
        nonce=unpack_int64(unpacker, "RequestBatch.nonce"),
        valid_until=unpack_int64(unpacker, "RequestBatch.valid_until"),
        all_or_nothing=unpack_bool(unpacker, "RequestBatch.all_or_nothing"),
        operations=unpack_array(unpacker, unpack_operation, 8, MAX_BATCH_OPERATIONS, "RequestBatch.operations"),
    )


def pack_signed_request_batch(packer: Packer, value: SignedRequestBatch) -> None:
    """Packs SignedRequestBatch."""
    expect_class(value, SignedRequestBatch)
    pack_request_batch(packer, value.request)
    pack_fixed_opaque(packer, value.signature, 64, "SignedRequestBatch.signature")


def unpack_signed_request_batch(unpacker: Unpacker) -> SignedRequestBatch:
    """Unpacks SignedRequestBatch."""
    return SignedRequestBatch(
        request=unpack_request_batch(unpacker),
        signature=unpack_fixed_opaque(unpacker, 64, "SignedRequestBatch.signature"),
    )
