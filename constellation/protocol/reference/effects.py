"""Readable codec of effects.x.

Generated from xdr/effects.x by tools/xdr_generator.py; do not edit.

What a quantum changed, as each account is told it.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.codes import Code
from constellation.protocol.messages.common import MAX_CLIENT_ORDER_ID, MAX_PAYMENT_MEMO, Side
from constellation.protocol.messages.effects import (
    MAX_EFFECTS,
    AccountOpened,
    AgentAppointed,
    AgentDismissed,
    AssetResumed,
    AssetSuspended,
    BalanceChanged,
    CancelAllScheduled,
    ClaimIgnored,
    DepositCredited,
    Effect,
    EffectGroup,
    EffectType,
    FeeCollected,
    HoldClosed,
    HoldOpened,
    HoldOutcome,
    KeyRotated,
    LedgerAdvanced,
    LockChanged,
    OperationRefused,
    OrderArmed,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    OrderReduced,
    OrderReplaced,
    OrderTriggered,
    PaymentReceived,
    PaymentSent,
    RoutingRegistered,
    SettingsChanged,
    SubAccountMerged,
    SubAccountOpened,
    SuspenseAdded,
    SuspenseReason,
    SuspenseRefunded,
    TermBegan,
    Trade,
    UnknownChannelTransaction,
    UnknownVaultTransaction,
    VaultTaskClosed,
    VaultTaskPrepared,
    VaultTaskType,
    WithdrawalAccepted,
    WithdrawalApproved,
    WithdrawalClosed,
    WithdrawalOutcome,
    WithdrawalPrepared,
    WithdrawalWithheld,
)
from constellation.protocol.messages.governance import SuspensionReason
from constellation.protocol.messages.modes import ModeChanged
from constellation.protocol.reference.common import (
    pack_asset_identity,
    pack_trigger,
    unpack_asset_identity,
    unpack_trigger,
)
from constellation.protocol.reference.modes import pack_mode_changed, unpack_mode_changed
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


def pack_account_opened(packer: Packer, value: AccountOpened) -> None:
    """Packs AccountOpened."""
    expect_class(value, AccountOpened)
    pack_fixed_opaque(packer, value.account, 32, "AccountOpened.account")


def unpack_account_opened(unpacker: Unpacker) -> AccountOpened:
    """Unpacks AccountOpened."""
    return AccountOpened(
        account=unpack_fixed_opaque(unpacker, 32, "AccountOpened.account"),
    )


def pack_balance_changed(packer: Packer, value: BalanceChanged) -> None:
    """Packs BalanceChanged."""
    expect_class(value, BalanceChanged)
    pack_uint32(packer, value.asset, "BalanceChanged.asset")
    pack_int64(packer, value.balance, "BalanceChanged.balance")
    pack_int64(packer, value.liabilities, "BalanceChanged.liabilities")


def unpack_balance_changed(unpacker: Unpacker) -> BalanceChanged:
    """Unpacks BalanceChanged."""
    return BalanceChanged(
        asset=unpack_uint32(unpacker, "BalanceChanged.asset"),
        balance=unpack_int64(unpacker, "BalanceChanged.balance"),
        liabilities=unpack_int64(unpacker, "BalanceChanged.liabilities"),
    )


def pack_payment_sent(packer: Packer, value: PaymentSent) -> None:
    """Packs PaymentSent."""
    expect_class(value, PaymentSent)
    pack_fixed_opaque(packer, value.destination, 32, "PaymentSent.destination")
    pack_uint32(packer, value.asset, "PaymentSent.asset")
    pack_int64(packer, value.amount, "PaymentSent.amount")
    pack_string(packer, value.memo, MAX_PAYMENT_MEMO, "PaymentSent.memo")


def unpack_payment_sent(unpacker: Unpacker) -> PaymentSent:
    """Unpacks PaymentSent."""
    return PaymentSent(
        destination=unpack_fixed_opaque(unpacker, 32, "PaymentSent.destination"),
        asset=unpack_uint32(unpacker, "PaymentSent.asset"),
        amount=unpack_int64(unpacker, "PaymentSent.amount"),
        memo=unpack_string(unpacker, MAX_PAYMENT_MEMO, "PaymentSent.memo"),
    )


def pack_payment_received(packer: Packer, value: PaymentReceived) -> None:
    """Packs PaymentReceived."""
    expect_class(value, PaymentReceived)
    pack_fixed_opaque(packer, value.source, 32, "PaymentReceived.source")
    pack_uint32(packer, value.asset, "PaymentReceived.asset")
    pack_int64(packer, value.amount, "PaymentReceived.amount")
    pack_string(packer, value.memo, MAX_PAYMENT_MEMO, "PaymentReceived.memo")


def unpack_payment_received(unpacker: Unpacker) -> PaymentReceived:
    """Unpacks PaymentReceived."""
    return PaymentReceived(
        source=unpack_fixed_opaque(unpacker, 32, "PaymentReceived.source"),
        asset=unpack_uint32(unpacker, "PaymentReceived.asset"),
        amount=unpack_int64(unpacker, "PaymentReceived.amount"),
        memo=unpack_string(unpacker, MAX_PAYMENT_MEMO, "PaymentReceived.memo"),
    )


def pack_hold_opened(packer: Packer, value: HoldOpened) -> None:
    """Packs HoldOpened."""
    expect_class(value, HoldOpened)
    pack_uint64(packer, value.hold, "HoldOpened.hold")
    pack_fixed_opaque(packer, value.owner, 32, "HoldOpened.owner")
    pack_fixed_opaque(packer, value.beneficiary, 32, "HoldOpened.beneficiary")
    pack_uint32(packer, value.asset, "HoldOpened.asset")
    pack_int64(packer, value.amount, "HoldOpened.amount")
    pack_int64(packer, value.expires_at, "HoldOpened.expires_at")


def unpack_hold_opened(unpacker: Unpacker) -> HoldOpened:
    """Unpacks HoldOpened."""
    return HoldOpened(
        hold=unpack_uint64(unpacker, "HoldOpened.hold"),
        owner=unpack_fixed_opaque(unpacker, 32, "HoldOpened.owner"),
        beneficiary=unpack_fixed_opaque(unpacker, 32, "HoldOpened.beneficiary"),
        asset=unpack_uint32(unpacker, "HoldOpened.asset"),
        amount=unpack_int64(unpacker, "HoldOpened.amount"),
        expires_at=unpack_int64(unpacker, "HoldOpened.expires_at"),
    )


def pack_hold_closed(packer: Packer, value: HoldClosed) -> None:
    """Packs HoldClosed."""
    expect_class(value, HoldClosed)
    pack_uint64(packer, value.hold, "HoldClosed.hold")
    pack_uint32(packer, value.asset, "HoldClosed.asset")
    pack_enum(packer, value.outcome, HoldOutcome, "HoldClosed.outcome")
    pack_int64(packer, value.captured, "HoldClosed.captured")


def unpack_hold_closed(unpacker: Unpacker) -> HoldClosed:
    """Unpacks HoldClosed."""
    return HoldClosed(
        hold=unpack_uint64(unpacker, "HoldClosed.hold"),
        asset=unpack_uint32(unpacker, "HoldClosed.asset"),
        outcome=unpack_enum(unpacker, HoldOutcome, "HoldClosed.outcome"),
        captured=unpack_int64(unpacker, "HoldClosed.captured"),
    )


def pack_deposit_credited(packer: Packer, value: DepositCredited) -> None:
    """Packs DepositCredited."""
    expect_class(value, DepositCredited)
    pack_uint32(packer, value.asset, "DepositCredited.asset")
    pack_int64(packer, value.amount, "DepositCredited.amount")
    pack_fixed_opaque(packer, value.transaction, 32, "DepositCredited.transaction")
    pack_uint64(packer, value.operation, "DepositCredited.operation")
    pack_fixed_opaque(packer, value.source, 32, "DepositCredited.source")


def unpack_deposit_credited(unpacker: Unpacker) -> DepositCredited:
    """Unpacks DepositCredited."""
    return DepositCredited(
        asset=unpack_uint32(unpacker, "DepositCredited.asset"),
        amount=unpack_int64(unpacker, "DepositCredited.amount"),
        transaction=unpack_fixed_opaque(unpacker, 32, "DepositCredited.transaction"),
        operation=unpack_uint64(unpacker, "DepositCredited.operation"),
        source=unpack_fixed_opaque(unpacker, 32, "DepositCredited.source"),
    )


def pack_order_placed(packer: Packer, value: OrderPlaced) -> None:
    """Packs OrderPlaced."""
    expect_class(value, OrderPlaced)
    pack_uint64(packer, value.order, "OrderPlaced.order")
    pack_uint32(packer, value.market, "OrderPlaced.market")
    pack_enum(packer, value.side, Side, "OrderPlaced.side")
    pack_int64(packer, value.price, "OrderPlaced.price")
    pack_int64(packer, value.amount, "OrderPlaced.amount")


def unpack_order_placed(unpacker: Unpacker) -> OrderPlaced:
    """Unpacks OrderPlaced."""
    return OrderPlaced(
        order=unpack_uint64(unpacker, "OrderPlaced.order"),
        market=unpack_uint32(unpacker, "OrderPlaced.market"),
        side=unpack_enum(unpacker, Side, "OrderPlaced.side"),
        price=unpack_int64(unpacker, "OrderPlaced.price"),
        amount=unpack_int64(unpacker, "OrderPlaced.amount"),
    )


def pack_trade(packer: Packer, value: Trade) -> None:
    """Packs Trade."""
    expect_class(value, Trade)
    pack_uint64(packer, value.order, "Trade.order")
    pack_uint64(packer, value.counter_order, "Trade.counter_order")
    pack_uint32(packer, value.market, "Trade.market")
    pack_enum(packer, value.side, Side, "Trade.side")
    pack_bool(packer, value.maker, "Trade.maker")
    pack_int64(packer, value.price, "Trade.price")
    pack_int64(packer, value.amount, "Trade.amount")
    pack_int64(packer, value.quote_amount, "Trade.quote_amount")
    pack_int64(packer, value.fee, "Trade.fee")


def unpack_trade(unpacker: Unpacker) -> Trade:
    """Unpacks Trade."""
    return Trade(
        order=unpack_uint64(unpacker, "Trade.order"),
        counter_order=unpack_uint64(unpacker, "Trade.counter_order"),
        market=unpack_uint32(unpacker, "Trade.market"),
        side=unpack_enum(unpacker, Side, "Trade.side"),
        maker=unpack_bool(unpacker, "Trade.maker"),
        price=unpack_int64(unpacker, "Trade.price"),
        amount=unpack_int64(unpacker, "Trade.amount"),
        quote_amount=unpack_int64(unpacker, "Trade.quote_amount"),
        fee=unpack_int64(unpacker, "Trade.fee"),
    )


def pack_order_reduced(packer: Packer, value: OrderReduced) -> None:
    """Packs OrderReduced."""
    expect_class(value, OrderReduced)
    pack_uint64(packer, value.order, "OrderReduced.order")
    pack_int64(packer, value.amount, "OrderReduced.amount")
    pack_int64(packer, value.remaining, "OrderReduced.remaining")


def unpack_order_reduced(unpacker: Unpacker) -> OrderReduced:
    """Unpacks OrderReduced."""
    return OrderReduced(
        order=unpack_uint64(unpacker, "OrderReduced.order"),
        amount=unpack_int64(unpacker, "OrderReduced.amount"),
        remaining=unpack_int64(unpacker, "OrderReduced.remaining"),
    )


def pack_order_closed(packer: Packer, value: OrderClosed) -> None:
    """Packs OrderClosed."""
    expect_class(value, OrderClosed)
    pack_uint64(packer, value.order, "OrderClosed.order")
    pack_enum(packer, value.reason, OrderCloseReason, "OrderClosed.reason")
    pack_int64(packer, value.remaining, "OrderClosed.remaining")


def unpack_order_closed(unpacker: Unpacker) -> OrderClosed:
    """Unpacks OrderClosed."""
    return OrderClosed(
        order=unpack_uint64(unpacker, "OrderClosed.order"),
        reason=unpack_enum(unpacker, OrderCloseReason, "OrderClosed.reason"),
        remaining=unpack_int64(unpacker, "OrderClosed.remaining"),
    )


def pack_order_replaced(packer: Packer, value: OrderReplaced) -> None:
    """Packs OrderReplaced."""
    expect_class(value, OrderReplaced)
    pack_uint64(packer, value.order, "OrderReplaced.order")
    pack_uint64(packer, value.replaced, "OrderReplaced.replaced")
    pack_uint32(packer, value.market, "OrderReplaced.market")
    pack_enum(packer, value.side, Side, "OrderReplaced.side")
    pack_int64(packer, value.price, "OrderReplaced.price")
    pack_int64(packer, value.amount, "OrderReplaced.amount")
    pack_string(packer, value.client_order_id, MAX_CLIENT_ORDER_ID, "OrderReplaced.client_order_id")


def unpack_order_replaced(unpacker: Unpacker) -> OrderReplaced:
    """Unpacks OrderReplaced."""
    return OrderReplaced(
        order=unpack_uint64(unpacker, "OrderReplaced.order"),
        replaced=unpack_uint64(unpacker, "OrderReplaced.replaced"),
        market=unpack_uint32(unpacker, "OrderReplaced.market"),
        side=unpack_enum(unpacker, Side, "OrderReplaced.side"),
        price=unpack_int64(unpacker, "OrderReplaced.price"),
        amount=unpack_int64(unpacker, "OrderReplaced.amount"),
        client_order_id=unpack_string(unpacker, MAX_CLIENT_ORDER_ID, "OrderReplaced.client_order_id"),
    )


def pack_order_armed(packer: Packer, value: OrderArmed) -> None:
    """Packs OrderArmed."""
    expect_class(value, OrderArmed)
    pack_uint64(packer, value.order, "OrderArmed.order")
    pack_uint32(packer, value.market, "OrderArmed.market")
    pack_enum(packer, value.side, Side, "OrderArmed.side")
    pack_trigger(packer, value.trigger)


def unpack_order_armed(unpacker: Unpacker) -> OrderArmed:
    """Unpacks OrderArmed."""
    return OrderArmed(
        order=unpack_uint64(unpacker, "OrderArmed.order"),
        market=unpack_uint32(unpacker, "OrderArmed.market"),
        side=unpack_enum(unpacker, Side, "OrderArmed.side"),
        trigger=unpack_trigger(unpacker),
    )


def pack_order_triggered(packer: Packer, value: OrderTriggered) -> None:
    """Packs OrderTriggered."""
    expect_class(value, OrderTriggered)
    pack_uint64(packer, value.order, "OrderTriggered.order")
    pack_uint32(packer, value.market, "OrderTriggered.market")
    pack_uint32(packer, value.place, "OrderTriggered.place")


def unpack_order_triggered(unpacker: Unpacker) -> OrderTriggered:
    """Unpacks OrderTriggered."""
    return OrderTriggered(
        order=unpack_uint64(unpacker, "OrderTriggered.order"),
        market=unpack_uint32(unpacker, "OrderTriggered.market"),
        place=unpack_uint32(unpacker, "OrderTriggered.place"),
    )


def pack_cancel_all_scheduled(packer: Packer, value: CancelAllScheduled) -> None:
    """Packs CancelAllScheduled."""
    expect_class(value, CancelAllScheduled)
    pack_optional(packer, value.due, lambda packer, item: pack_int64(packer, item, "CancelAllScheduled.due"))


def unpack_cancel_all_scheduled(unpacker: Unpacker) -> CancelAllScheduled:
    """Unpacks CancelAllScheduled."""
    return CancelAllScheduled(
        due=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "CancelAllScheduled.due"), "CancelAllScheduled.due"
        ),
    )


def pack_fee_collected(packer: Packer, value: FeeCollected) -> None:
    """Packs FeeCollected."""
    expect_class(value, FeeCollected)
    pack_uint32(packer, value.asset, "FeeCollected.asset")
    pack_int64(packer, value.amount, "FeeCollected.amount")


def unpack_fee_collected(unpacker: Unpacker) -> FeeCollected:
    """Unpacks FeeCollected."""
    return FeeCollected(
        asset=unpack_uint32(unpacker, "FeeCollected.asset"),
        amount=unpack_int64(unpacker, "FeeCollected.amount"),
    )


def pack_withdrawal_accepted(packer: Packer, value: WithdrawalAccepted) -> None:
    """Packs WithdrawalAccepted."""
    expect_class(value, WithdrawalAccepted)
    pack_uint64(packer, value.withdrawal, "WithdrawalAccepted.withdrawal")
    pack_uint32(packer, value.asset, "WithdrawalAccepted.asset")
    pack_int64(packer, value.amount, "WithdrawalAccepted.amount")
    pack_fixed_opaque(packer, value.destination, 32, "WithdrawalAccepted.destination")


def unpack_withdrawal_accepted(unpacker: Unpacker) -> WithdrawalAccepted:
    """Unpacks WithdrawalAccepted."""
    return WithdrawalAccepted(
        withdrawal=unpack_uint64(unpacker, "WithdrawalAccepted.withdrawal"),
        asset=unpack_uint32(unpacker, "WithdrawalAccepted.asset"),
        amount=unpack_int64(unpacker, "WithdrawalAccepted.amount"),
        destination=unpack_fixed_opaque(unpacker, 32, "WithdrawalAccepted.destination"),
    )


def pack_routing_registered(packer: Packer, value: RoutingRegistered) -> None:
    """Packs RoutingRegistered."""
    expect_class(value, RoutingRegistered)
    pack_uint64(packer, value.routing_id, "RoutingRegistered.routing_id")


def unpack_routing_registered(unpacker: Unpacker) -> RoutingRegistered:
    """Unpacks RoutingRegistered."""
    return RoutingRegistered(
        routing_id=unpack_uint64(unpacker, "RoutingRegistered.routing_id"),
    )


def pack_withdrawal_withheld(packer: Packer, value: WithdrawalWithheld) -> None:
    """Packs WithdrawalWithheld."""
    expect_class(value, WithdrawalWithheld)
    pack_uint64(packer, value.withdrawal, "WithdrawalWithheld.withdrawal")
    pack_int64(packer, value.approve_until, "WithdrawalWithheld.approve_until")


def unpack_withdrawal_withheld(unpacker: Unpacker) -> WithdrawalWithheld:
    """Unpacks WithdrawalWithheld."""
    return WithdrawalWithheld(
        withdrawal=unpack_uint64(unpacker, "WithdrawalWithheld.withdrawal"),
        approve_until=unpack_int64(unpacker, "WithdrawalWithheld.approve_until"),
    )


def pack_withdrawal_approved(packer: Packer, value: WithdrawalApproved) -> None:
    """Packs WithdrawalApproved."""
    expect_class(value, WithdrawalApproved)
    pack_uint64(packer, value.withdrawal, "WithdrawalApproved.withdrawal")


def unpack_withdrawal_approved(unpacker: Unpacker) -> WithdrawalApproved:
    """Unpacks WithdrawalApproved."""
    return WithdrawalApproved(
        withdrawal=unpack_uint64(unpacker, "WithdrawalApproved.withdrawal"),
    )


def pack_withdrawal_prepared(packer: Packer, value: WithdrawalPrepared) -> None:
    """Packs WithdrawalPrepared."""
    expect_class(value, WithdrawalPrepared)
    pack_uint64(packer, value.withdrawal, "WithdrawalPrepared.withdrawal")
    pack_fixed_opaque(packer, value.channel, 32, "WithdrawalPrepared.channel")
    pack_int64(packer, value.sequence, "WithdrawalPrepared.sequence")
    pack_int64(packer, value.max_time_s, "WithdrawalPrepared.max_time_s")
    pack_fixed_opaque(packer, value.transaction, 32, "WithdrawalPrepared.transaction")


def unpack_withdrawal_prepared(unpacker: Unpacker) -> WithdrawalPrepared:
    """Unpacks WithdrawalPrepared."""
    return WithdrawalPrepared(
        withdrawal=unpack_uint64(unpacker, "WithdrawalPrepared.withdrawal"),
        channel=unpack_fixed_opaque(unpacker, 32, "WithdrawalPrepared.channel"),
        sequence=unpack_int64(unpacker, "WithdrawalPrepared.sequence"),
        max_time_s=unpack_int64(unpacker, "WithdrawalPrepared.max_time_s"),
        transaction=unpack_fixed_opaque(unpacker, 32, "WithdrawalPrepared.transaction"),
    )


def pack_withdrawal_closed(packer: Packer, value: WithdrawalClosed) -> None:
    """Packs WithdrawalClosed."""
    expect_class(value, WithdrawalClosed)
    pack_uint64(packer, value.withdrawal, "WithdrawalClosed.withdrawal")
    pack_enum(packer, value.outcome, WithdrawalOutcome, "WithdrawalClosed.outcome")
    pack_fixed_opaque(packer, value.transaction, 32, "WithdrawalClosed.transaction")


def unpack_withdrawal_closed(unpacker: Unpacker) -> WithdrawalClosed:
    """Unpacks WithdrawalClosed."""
    return WithdrawalClosed(
        withdrawal=unpack_uint64(unpacker, "WithdrawalClosed.withdrawal"),
        outcome=unpack_enum(unpacker, WithdrawalOutcome, "WithdrawalClosed.outcome"),
        transaction=unpack_fixed_opaque(unpacker, 32, "WithdrawalClosed.transaction"),
    )


def pack_suspense_added(packer: Packer, value: SuspenseAdded) -> None:
    """Packs SuspenseAdded."""
    expect_class(value, SuspenseAdded)
    pack_uint64(packer, value.operation, "SuspenseAdded.operation")
    pack_asset_identity(packer, value.asset)
    pack_int64(packer, value.amount, "SuspenseAdded.amount")
    pack_fixed_opaque(packer, value.source, 32, "SuspenseAdded.source")
    pack_fixed_opaque(packer, value.transaction, 32, "SuspenseAdded.transaction")
    pack_enum(packer, value.reason, SuspenseReason, "SuspenseAdded.reason")


def unpack_suspense_added(unpacker: Unpacker) -> SuspenseAdded:
    """Unpacks SuspenseAdded."""
    return SuspenseAdded(
        operation=unpack_uint64(unpacker, "SuspenseAdded.operation"),
        asset=unpack_asset_identity(unpacker),
        amount=unpack_int64(unpacker, "SuspenseAdded.amount"),
        source=unpack_fixed_opaque(unpacker, 32, "SuspenseAdded.source"),
        transaction=unpack_fixed_opaque(unpacker, 32, "SuspenseAdded.transaction"),
        reason=unpack_enum(unpacker, SuspenseReason, "SuspenseAdded.reason"),
    )


def pack_suspense_refunded(packer: Packer, value: SuspenseRefunded) -> None:
    """Packs SuspenseRefunded."""
    expect_class(value, SuspenseRefunded)
    pack_uint64(packer, value.operation, "SuspenseRefunded.operation")
    pack_fixed_opaque(packer, value.transaction, 32, "SuspenseRefunded.transaction")


def unpack_suspense_refunded(unpacker: Unpacker) -> SuspenseRefunded:
    """Unpacks SuspenseRefunded."""
    return SuspenseRefunded(
        operation=unpack_uint64(unpacker, "SuspenseRefunded.operation"),
        transaction=unpack_fixed_opaque(unpacker, 32, "SuspenseRefunded.transaction"),
    )


def pack_vault_task_prepared(packer: Packer, value: VaultTaskPrepared) -> None:
    """Packs VaultTaskPrepared."""
    expect_class(value, VaultTaskPrepared)
    pack_enum(packer, value.task, VaultTaskType, "VaultTaskPrepared.task")
    pack_uint64(packer, value.number, "VaultTaskPrepared.number")
    pack_fixed_opaque(packer, value.channel, 32, "VaultTaskPrepared.channel")
    pack_int64(packer, value.sequence, "VaultTaskPrepared.sequence")
    pack_int64(packer, value.max_time_s, "VaultTaskPrepared.max_time_s")
    pack_fixed_opaque(packer, value.transaction, 32, "VaultTaskPrepared.transaction")


def unpack_vault_task_prepared(unpacker: Unpacker) -> VaultTaskPrepared:
    """Unpacks VaultTaskPrepared."""
    return VaultTaskPrepared(
        task=unpack_enum(unpacker, VaultTaskType, "VaultTaskPrepared.task"),
        number=unpack_uint64(unpacker, "VaultTaskPrepared.number"),
        channel=unpack_fixed_opaque(unpacker, 32, "VaultTaskPrepared.channel"),
        sequence=unpack_int64(unpacker, "VaultTaskPrepared.sequence"),
        max_time_s=unpack_int64(unpacker, "VaultTaskPrepared.max_time_s"),
        transaction=unpack_fixed_opaque(unpacker, 32, "VaultTaskPrepared.transaction"),
    )


def pack_vault_task_closed(packer: Packer, value: VaultTaskClosed) -> None:
    """Packs VaultTaskClosed."""
    expect_class(value, VaultTaskClosed)
    pack_enum(packer, value.task, VaultTaskType, "VaultTaskClosed.task")
    pack_uint64(packer, value.number, "VaultTaskClosed.number")
    pack_enum(packer, value.outcome, WithdrawalOutcome, "VaultTaskClosed.outcome")
    pack_fixed_opaque(packer, value.transaction, 32, "VaultTaskClosed.transaction")


def unpack_vault_task_closed(unpacker: Unpacker) -> VaultTaskClosed:
    """Unpacks VaultTaskClosed."""
    return VaultTaskClosed(
        task=unpack_enum(unpacker, VaultTaskType, "VaultTaskClosed.task"),
        number=unpack_uint64(unpacker, "VaultTaskClosed.number"),
        outcome=unpack_enum(unpacker, WithdrawalOutcome, "VaultTaskClosed.outcome"),
        transaction=unpack_fixed_opaque(unpacker, 32, "VaultTaskClosed.transaction"),
    )


def pack_claim_ignored(packer: Packer, value: ClaimIgnored) -> None:
    """Packs ClaimIgnored."""
    expect_class(value, ClaimIgnored)
    pack_uint64(packer, value.operation, "ClaimIgnored.operation")
    pack_fixed_opaque(packer, value.balance, 32, "ClaimIgnored.balance")
    pack_asset_identity(packer, value.asset)
    pack_int64(packer, value.amount, "ClaimIgnored.amount")
    pack_fixed_opaque(packer, value.source, 32, "ClaimIgnored.source")


def unpack_claim_ignored(unpacker: Unpacker) -> ClaimIgnored:
    """Unpacks ClaimIgnored."""
    return ClaimIgnored(
        operation=unpack_uint64(unpacker, "ClaimIgnored.operation"),
        balance=unpack_fixed_opaque(unpacker, 32, "ClaimIgnored.balance"),
        asset=unpack_asset_identity(unpacker),
        amount=unpack_int64(unpacker, "ClaimIgnored.amount"),
        source=unpack_fixed_opaque(unpacker, 32, "ClaimIgnored.source"),
    )


def pack_asset_suspended(packer: Packer, value: AssetSuspended) -> None:
    """Packs AssetSuspended."""
    expect_class(value, AssetSuspended)
    pack_uint32(packer, value.asset, "AssetSuspended.asset")
    pack_enum(packer, value.reason, SuspensionReason, "AssetSuspended.reason")


def unpack_asset_suspended(unpacker: Unpacker) -> AssetSuspended:
    """Unpacks AssetSuspended."""
    return AssetSuspended(
        asset=unpack_uint32(unpacker, "AssetSuspended.asset"),
        reason=unpack_enum(unpacker, SuspensionReason, "AssetSuspended.reason"),
    )


def pack_asset_resumed(packer: Packer, value: AssetResumed) -> None:
    """Packs AssetResumed."""
    expect_class(value, AssetResumed)
    pack_uint32(packer, value.asset, "AssetResumed.asset")


def unpack_asset_resumed(unpacker: Unpacker) -> AssetResumed:
    """Unpacks AssetResumed."""
    return AssetResumed(
        asset=unpack_uint32(unpacker, "AssetResumed.asset"),
    )


def pack_term_began(packer: Packer, value: TermBegan) -> None:
    """Packs TermBegan."""
    expect_class(value, TermBegan)
    pack_uint32(packer, value.term, "TermBegan.term")
    pack_fixed_opaque(packer, value.alpha, 32, "TermBegan.alpha")


def unpack_term_began(unpacker: Unpacker) -> TermBegan:
    """Unpacks TermBegan."""
    return TermBegan(
        term=unpack_uint32(unpacker, "TermBegan.term"),
        alpha=unpack_fixed_opaque(unpacker, 32, "TermBegan.alpha"),
    )


def pack_settings_changed(packer: Packer, value: SettingsChanged) -> None:
    """Packs SettingsChanged."""
    expect_class(value, SettingsChanged)
    pack_uint64(packer, value.version, "SettingsChanged.version")
    pack_fixed_opaque(packer, value.settings, 32, "SettingsChanged.settings")


def unpack_settings_changed(unpacker: Unpacker) -> SettingsChanged:
    """Unpacks SettingsChanged."""
    return SettingsChanged(
        version=unpack_uint64(unpacker, "SettingsChanged.version"),
        settings=unpack_fixed_opaque(unpacker, 32, "SettingsChanged.settings"),
    )


def pack_unknown_vault_transaction(packer: Packer, value: UnknownVaultTransaction) -> None:
    """Packs UnknownVaultTransaction."""
    expect_class(value, UnknownVaultTransaction)
    pack_fixed_opaque(packer, value.transaction, 32, "UnknownVaultTransaction.transaction")


def unpack_unknown_vault_transaction(unpacker: Unpacker) -> UnknownVaultTransaction:
    """Unpacks UnknownVaultTransaction."""
    return UnknownVaultTransaction(
        transaction=unpack_fixed_opaque(unpacker, 32, "UnknownVaultTransaction.transaction"),
    )


def pack_ledger_advanced(packer: Packer, value: LedgerAdvanced) -> None:
    """Packs LedgerAdvanced."""
    expect_class(value, LedgerAdvanced)
    pack_uint64(packer, value.cursor, "LedgerAdvanced.cursor")
    pack_int64(packer, value.closed_at_s, "LedgerAdvanced.closed_at_s")


def unpack_ledger_advanced(unpacker: Unpacker) -> LedgerAdvanced:
    """Unpacks LedgerAdvanced."""
    return LedgerAdvanced(
        cursor=unpack_uint64(unpacker, "LedgerAdvanced.cursor"),
        closed_at_s=unpack_int64(unpacker, "LedgerAdvanced.closed_at_s"),
    )


def pack_agent_appointed(packer: Packer, value: AgentAppointed) -> None:
    """Packs AgentAppointed."""
    expect_class(value, AgentAppointed)
    pack_fixed_opaque(packer, value.agent, 32, "AgentAppointed.agent")
    pack_uint32(packer, value.rights, "AgentAppointed.rights")
    pack_int64(packer, value.expires_at, "AgentAppointed.expires_at")


def unpack_agent_appointed(unpacker: Unpacker) -> AgentAppointed:
    """Unpacks AgentAppointed."""
    return AgentAppointed(
        agent=unpack_fixed_opaque(unpacker, 32, "AgentAppointed.agent"),
        rights=unpack_uint32(unpacker, "AgentAppointed.rights"),
        expires_at=unpack_int64(unpacker, "AgentAppointed.expires_at"),
    )


def pack_agent_dismissed(packer: Packer, value: AgentDismissed) -> None:
    """Packs AgentDismissed."""
    expect_class(value, AgentDismissed)
    pack_fixed_opaque(packer, value.agent, 32, "AgentDismissed.agent")


def unpack_agent_dismissed(unpacker: Unpacker) -> AgentDismissed:
    """Unpacks AgentDismissed."""
    return AgentDismissed(
        agent=unpack_fixed_opaque(unpacker, 32, "AgentDismissed.agent"),
    )


def pack_key_rotated(packer: Packer, value: KeyRotated) -> None:
    """Packs KeyRotated."""
    expect_class(value, KeyRotated)
    pack_fixed_opaque(packer, value.new_key, 32, "KeyRotated.new_key")


def unpack_key_rotated(unpacker: Unpacker) -> KeyRotated:
    """Unpacks KeyRotated."""
    return KeyRotated(
        new_key=unpack_fixed_opaque(unpacker, 32, "KeyRotated.new_key"),
    )


def pack_lock_changed(packer: Packer, value: LockChanged) -> None:
    """Packs LockChanged."""
    expect_class(value, LockChanged)
    pack_uint32(packer, value.locks, "LockChanged.locks")
    pack_optional(packer, value.until, lambda packer, item: pack_int64(packer, item, "LockChanged.until"))


def unpack_lock_changed(unpacker: Unpacker) -> LockChanged:
    """Unpacks LockChanged."""
    return LockChanged(
        locks=unpack_uint32(unpacker, "LockChanged.locks"),
        until=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "LockChanged.until"), "LockChanged.until"
        ),
    )


def pack_sub_account_opened(packer: Packer, value: SubAccountOpened) -> None:
    """Packs SubAccountOpened."""
    expect_class(value, SubAccountOpened)
    pack_fixed_opaque(packer, value.parent, 32, "SubAccountOpened.parent")
    pack_uint32(packer, value.number, "SubAccountOpened.number")
    pack_fixed_opaque(packer, value.account, 32, "SubAccountOpened.account")


def unpack_sub_account_opened(unpacker: Unpacker) -> SubAccountOpened:
    """Unpacks SubAccountOpened."""
    return SubAccountOpened(
        parent=unpack_fixed_opaque(unpacker, 32, "SubAccountOpened.parent"),
        number=unpack_uint32(unpacker, "SubAccountOpened.number"),
        account=unpack_fixed_opaque(unpacker, 32, "SubAccountOpened.account"),
    )


def pack_sub_account_merged(packer: Packer, value: SubAccountMerged) -> None:
    """Packs SubAccountMerged."""
    expect_class(value, SubAccountMerged)
    pack_fixed_opaque(packer, value.parent, 32, "SubAccountMerged.parent")
    pack_uint32(packer, value.number, "SubAccountMerged.number")
    pack_fixed_opaque(packer, value.account, 32, "SubAccountMerged.account")


def unpack_sub_account_merged(unpacker: Unpacker) -> SubAccountMerged:
    """Unpacks SubAccountMerged."""
    return SubAccountMerged(
        parent=unpack_fixed_opaque(unpacker, 32, "SubAccountMerged.parent"),
        number=unpack_uint32(unpacker, "SubAccountMerged.number"),
        account=unpack_fixed_opaque(unpacker, 32, "SubAccountMerged.account"),
    )


def pack_operation_refused(packer: Packer, value: OperationRefused) -> None:
    """Packs OperationRefused."""
    expect_class(value, OperationRefused)
    pack_enum(packer, value.code, Code, "OperationRefused.code")


def unpack_operation_refused(unpacker: Unpacker) -> OperationRefused:
    """Unpacks OperationRefused."""
    return OperationRefused(
        code=unpack_enum(unpacker, Code, "OperationRefused.code"),
    )


def pack_unknown_channel_transaction(packer: Packer, value: UnknownChannelTransaction) -> None:
    """Packs UnknownChannelTransaction."""
    expect_class(value, UnknownChannelTransaction)
    pack_fixed_opaque(packer, value.transaction, 32, "UnknownChannelTransaction.transaction")
    pack_fixed_opaque(packer, value.channel, 32, "UnknownChannelTransaction.channel")
    pack_int64(packer, value.sequence, "UnknownChannelTransaction.sequence")


def unpack_unknown_channel_transaction(unpacker: Unpacker) -> UnknownChannelTransaction:
    """Unpacks UnknownChannelTransaction."""
    return UnknownChannelTransaction(
        transaction=unpack_fixed_opaque(unpacker, 32, "UnknownChannelTransaction.transaction"),
        channel=unpack_fixed_opaque(unpacker, 32, "UnknownChannelTransaction.channel"),
        sequence=unpack_int64(unpacker, "UnknownChannelTransaction.sequence"),
    )


def pack_effect(packer: Packer, value: Effect) -> None:
    """Packs Effect."""
    if type(value) is AccountOpened:
        packer.pack_enum(EffectType.ACCOUNT_OPENED)
        pack_account_opened(packer, value)
    elif type(value) is BalanceChanged:
        packer.pack_enum(EffectType.BALANCE_CHANGED)
        pack_balance_changed(packer, value)
    elif type(value) is PaymentSent:
        packer.pack_enum(EffectType.PAYMENT_SENT)
        pack_payment_sent(packer, value)
    elif type(value) is PaymentReceived:
        packer.pack_enum(EffectType.PAYMENT_RECEIVED)
        pack_payment_received(packer, value)
    elif type(value) is DepositCredited:
        packer.pack_enum(EffectType.DEPOSIT_CREDITED)
        pack_deposit_credited(packer, value)
    elif type(value) is OrderPlaced:
        packer.pack_enum(EffectType.ORDER_PLACED)
        pack_order_placed(packer, value)
    elif type(value) is Trade:
        packer.pack_enum(EffectType.TRADE)
        pack_trade(packer, value)
    elif type(value) is OrderClosed:
        packer.pack_enum(EffectType.ORDER_CLOSED)
        pack_order_closed(packer, value)
    elif type(value) is FeeCollected:
        packer.pack_enum(EffectType.FEE_COLLECTED)
        pack_fee_collected(packer, value)
    elif type(value) is WithdrawalAccepted:
        packer.pack_enum(EffectType.WITHDRAWAL_ACCEPTED)
        pack_withdrawal_accepted(packer, value)
    elif type(value) is WithdrawalPrepared:
        packer.pack_enum(EffectType.WITHDRAWAL_PREPARED)
        pack_withdrawal_prepared(packer, value)
    elif type(value) is WithdrawalClosed:
        packer.pack_enum(EffectType.WITHDRAWAL_CLOSED)
        pack_withdrawal_closed(packer, value)
    elif type(value) is SuspenseAdded:
        packer.pack_enum(EffectType.SUSPENSE_ADDED)
        pack_suspense_added(packer, value)
    elif type(value) is LedgerAdvanced:
        packer.pack_enum(EffectType.LEDGER_ADVANCED)
        pack_ledger_advanced(packer, value)
    elif type(value) is UnknownChannelTransaction:
        packer.pack_enum(EffectType.UNKNOWN_CHANNEL_TRANSACTION)
        pack_unknown_channel_transaction(packer, value)
    elif type(value) is RoutingRegistered:
        packer.pack_enum(EffectType.ROUTING_REGISTERED)
        pack_routing_registered(packer, value)
    elif type(value) is SuspenseRefunded:
        packer.pack_enum(EffectType.SUSPENSE_REFUNDED)
        pack_suspense_refunded(packer, value)
    elif type(value) is VaultTaskPrepared:
        packer.pack_enum(EffectType.VAULT_TASK_PREPARED)
        pack_vault_task_prepared(packer, value)
    elif type(value) is VaultTaskClosed:
        packer.pack_enum(EffectType.VAULT_TASK_CLOSED)
        pack_vault_task_closed(packer, value)
    elif type(value) is ClaimIgnored:
        packer.pack_enum(EffectType.CLAIM_IGNORED)
        pack_claim_ignored(packer, value)
    elif type(value) is AssetSuspended:
        packer.pack_enum(EffectType.ASSET_SUSPENDED)
        pack_asset_suspended(packer, value)
    elif type(value) is AssetResumed:
        packer.pack_enum(EffectType.ASSET_RESUMED)
        pack_asset_resumed(packer, value)
    elif type(value) is SettingsChanged:
        packer.pack_enum(EffectType.SETTINGS_CHANGED)
        pack_settings_changed(packer, value)
    elif type(value) is UnknownVaultTransaction:
        packer.pack_enum(EffectType.UNKNOWN_VAULT_TRANSACTION_SEEN)
        pack_unknown_vault_transaction(packer, value)
    elif type(value) is TermBegan:
        packer.pack_enum(EffectType.TERM_BEGAN)
        pack_term_began(packer, value)
    elif type(value) is OperationRefused:
        packer.pack_enum(EffectType.OPERATION_REFUSED)
        pack_operation_refused(packer, value)
    elif type(value) is OrderReduced:
        packer.pack_enum(EffectType.ORDER_REDUCED)
        pack_order_reduced(packer, value)
    elif type(value) is OrderReplaced:
        packer.pack_enum(EffectType.ORDER_REPLACED)
        pack_order_replaced(packer, value)
    elif type(value) is CancelAllScheduled:
        packer.pack_enum(EffectType.CANCEL_ALL_SCHEDULED)
        pack_cancel_all_scheduled(packer, value)
    elif type(value) is OrderArmed:
        packer.pack_enum(EffectType.ORDER_ARMED)
        pack_order_armed(packer, value)
    elif type(value) is OrderTriggered:
        packer.pack_enum(EffectType.ORDER_TRIGGERED)
        pack_order_triggered(packer, value)
    elif type(value) is HoldOpened:
        packer.pack_enum(EffectType.HOLD_OPENED)
        pack_hold_opened(packer, value)
    elif type(value) is HoldClosed:
        packer.pack_enum(EffectType.HOLD_CLOSED)
        pack_hold_closed(packer, value)
    elif type(value) is WithdrawalWithheld:
        packer.pack_enum(EffectType.WITHDRAWAL_WITHHELD)
        pack_withdrawal_withheld(packer, value)
    elif type(value) is WithdrawalApproved:
        packer.pack_enum(EffectType.WITHDRAWAL_APPROVED)
        pack_withdrawal_approved(packer, value)
    elif type(value) is ModeChanged:
        packer.pack_enum(EffectType.MODE_CHANGED)
        pack_mode_changed(packer, value)
    elif type(value) is AgentAppointed:
        packer.pack_enum(EffectType.AGENT_APPOINTED)
        pack_agent_appointed(packer, value)
    elif type(value) is AgentDismissed:
        packer.pack_enum(EffectType.AGENT_DISMISSED)
        pack_agent_dismissed(packer, value)
    elif type(value) is KeyRotated:
        packer.pack_enum(EffectType.KEY_ROTATED)
        pack_key_rotated(packer, value)
    elif type(value) is LockChanged:
        packer.pack_enum(EffectType.LOCK_CHANGED)
        pack_lock_changed(packer, value)
    elif type(value) is SubAccountOpened:
        packer.pack_enum(EffectType.SUB_ACCOUNT_OPENED)
        pack_sub_account_opened(packer, value)
    elif type(value) is SubAccountMerged:
        packer.pack_enum(EffectType.SUB_ACCOUNT_MERGED)
        pack_sub_account_merged(packer, value)
    else:
        raise UnencodableMessage("wrong type", "Effect.type")


def unpack_effect(unpacker: Unpacker) -> Effect:
    """Unpacks Effect."""
    type = unpack_enum(unpacker, EffectType, "Effect.type")
    if type is EffectType.ACCOUNT_OPENED:
        return unpack_account_opened(unpacker)
    if type is EffectType.BALANCE_CHANGED:
        return unpack_balance_changed(unpacker)
    if type is EffectType.PAYMENT_SENT:
        return unpack_payment_sent(unpacker)
    if type is EffectType.PAYMENT_RECEIVED:
        return unpack_payment_received(unpacker)
    if type is EffectType.DEPOSIT_CREDITED:
        return unpack_deposit_credited(unpacker)
    if type is EffectType.ORDER_PLACED:
        return unpack_order_placed(unpacker)
    if type is EffectType.TRADE:
        return unpack_trade(unpacker)
    if type is EffectType.ORDER_CLOSED:
        return unpack_order_closed(unpacker)
    if type is EffectType.FEE_COLLECTED:
        return unpack_fee_collected(unpacker)
    if type is EffectType.WITHDRAWAL_ACCEPTED:
        return unpack_withdrawal_accepted(unpacker)
    if type is EffectType.WITHDRAWAL_PREPARED:
        return unpack_withdrawal_prepared(unpacker)
    if type is EffectType.WITHDRAWAL_CLOSED:
        return unpack_withdrawal_closed(unpacker)
    if type is EffectType.SUSPENSE_ADDED:
        return unpack_suspense_added(unpacker)
    if type is EffectType.LEDGER_ADVANCED:
        return unpack_ledger_advanced(unpacker)
    if type is EffectType.UNKNOWN_CHANNEL_TRANSACTION:
        return unpack_unknown_channel_transaction(unpacker)
    if type is EffectType.ROUTING_REGISTERED:
        return unpack_routing_registered(unpacker)
    if type is EffectType.SUSPENSE_REFUNDED:
        return unpack_suspense_refunded(unpacker)
    if type is EffectType.VAULT_TASK_PREPARED:
        return unpack_vault_task_prepared(unpacker)
    if type is EffectType.VAULT_TASK_CLOSED:
        return unpack_vault_task_closed(unpacker)
    if type is EffectType.CLAIM_IGNORED:
        return unpack_claim_ignored(unpacker)
    if type is EffectType.ASSET_SUSPENDED:
        return unpack_asset_suspended(unpacker)
    if type is EffectType.ASSET_RESUMED:
        return unpack_asset_resumed(unpacker)
    if type is EffectType.SETTINGS_CHANGED:
        return unpack_settings_changed(unpacker)
    if type is EffectType.UNKNOWN_VAULT_TRANSACTION_SEEN:
        return unpack_unknown_vault_transaction(unpacker)
    if type is EffectType.TERM_BEGAN:
        return unpack_term_began(unpacker)
    if type is EffectType.OPERATION_REFUSED:
        return unpack_operation_refused(unpacker)
    if type is EffectType.ORDER_REDUCED:
        return unpack_order_reduced(unpacker)
    if type is EffectType.ORDER_REPLACED:
        return unpack_order_replaced(unpacker)
    if type is EffectType.CANCEL_ALL_SCHEDULED:
        return unpack_cancel_all_scheduled(unpacker)
    if type is EffectType.ORDER_ARMED:
        return unpack_order_armed(unpacker)
    if type is EffectType.ORDER_TRIGGERED:
        return unpack_order_triggered(unpacker)
    if type is EffectType.HOLD_OPENED:
        return unpack_hold_opened(unpacker)
    if type is EffectType.HOLD_CLOSED:
        return unpack_hold_closed(unpacker)
    if type is EffectType.WITHDRAWAL_WITHHELD:
        return unpack_withdrawal_withheld(unpacker)
    if type is EffectType.WITHDRAWAL_APPROVED:
        return unpack_withdrawal_approved(unpacker)
    if type is EffectType.MODE_CHANGED:
        return unpack_mode_changed(unpacker)
    if type is EffectType.AGENT_APPOINTED:
        return unpack_agent_appointed(unpacker)
    if type is EffectType.AGENT_DISMISSED:
        return unpack_agent_dismissed(unpacker)
    if type is EffectType.KEY_ROTATED:
        return unpack_key_rotated(unpacker)
    if type is EffectType.LOCK_CHANGED:
        return unpack_lock_changed(unpacker)
    if type is EffectType.SUB_ACCOUNT_OPENED:
        return unpack_sub_account_opened(unpacker)
    if type is EffectType.SUB_ACCOUNT_MERGED:
        return unpack_sub_account_merged(unpacker)
    raise MalformedMessage("unknown union arm", "Effect.type")


def pack_effect_group(packer: Packer, value: EffectGroup) -> None:
    """Packs EffectGroup."""
    expect_class(value, EffectGroup)
    pack_fixed_opaque(packer, value.account, 32, "EffectGroup.account")
    pack_uint64(packer, value.apex, "EffectGroup.apex")
    pack_uint64(packer, value.first_number, "EffectGroup.first_number")
    pack_array(packer, value.effects, pack_effect, MAX_EFFECTS, "EffectGroup.effects")


def unpack_effect_group(unpacker: Unpacker) -> EffectGroup:
    """Unpacks EffectGroup."""
    return EffectGroup(
        account=unpack_fixed_opaque(unpacker, 32, "EffectGroup.account"),
        apex=unpack_uint64(unpacker, "EffectGroup.apex"),
        first_number=unpack_uint64(unpacker, "EffectGroup.first_number"),
        effects=unpack_array(unpacker, unpack_effect, 8, MAX_EFFECTS, "EffectGroup.effects"),
    )
