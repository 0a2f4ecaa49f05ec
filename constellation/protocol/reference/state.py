"""Readable codec of state.x.

Generated from xdr/state.x by tools/xdr_generator.py; do not edit.

What the state root commits to: one entry per thing that can be proved.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.common import MAX_AUDITORS, MAX_CLIENT_ORDER_ID, QuorumRule, Side
from constellation.protocol.messages.effects import SuspenseReason
from constellation.protocol.messages.governance import SuspensionReason
from constellation.protocol.messages.requests import LimitOrder, MarketOrder
from constellation.protocol.messages.settings import MAX_ASSETS, Settings
from constellation.protocol.messages.state import (
    AccountEntry,
    ArmedEntry,
    ArmedOperation,
    ArmedType,
    BalanceEntry,
    ChannelEntry,
    ClaimEntry,
    CountersEntry,
    HoldEntry,
    LedgerSigners,
    MarketEntry,
    OrderEntry,
    PreparedTransaction,
    SignersChange,
    StateEntry,
    StateEntryType,
    SuspenseEntry,
    Suspension,
    TaskEntry,
    TotalEntry,
    TriggeredAt,
    WithdrawalEntry,
)
from constellation.protocol.reference.common import pack_asset_identity, unpack_asset_identity
from constellation.protocol.reference.keys import pack_account_keys, unpack_account_keys
from constellation.protocol.reference.modes import pack_mode_in_force, unpack_mode_in_force
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_enum,
    pack_fixed_opaque,
    pack_int64,
    pack_optional,
    pack_string,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_int64,
    unpack_optional,
    unpack_string,
    unpack_uint32,
    unpack_uint64,
)
from constellation.protocol.reference.quanta import pack_claimable_deposit, unpack_claimable_deposit
from constellation.protocol.reference.requests import (
    pack_limit_order,
    pack_market_order,
    pack_withdrawal,
    unpack_limit_order,
    unpack_market_order,
    unpack_withdrawal,
)
from constellation.protocol.reference.settings import pack_settings, unpack_settings
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_balance_entry(packer: Packer, value: BalanceEntry) -> None:
    """Packs BalanceEntry."""
    expect_class(value, BalanceEntry)
    pack_uint32(packer, value.asset, "BalanceEntry.asset")
    pack_int64(packer, value.balance, "BalanceEntry.balance")
    pack_int64(packer, value.liabilities, "BalanceEntry.liabilities")


def unpack_balance_entry(unpacker: Unpacker) -> BalanceEntry:
    """Unpacks BalanceEntry."""
    return BalanceEntry(
        asset=unpack_uint32(unpacker, "BalanceEntry.asset"),
        balance=unpack_int64(unpacker, "BalanceEntry.balance"),
        liabilities=unpack_int64(unpacker, "BalanceEntry.liabilities"),
    )


def pack_account_entry(packer: Packer, value: AccountEntry) -> None:
    """Packs AccountEntry."""
    expect_class(value, AccountEntry)
    pack_fixed_opaque(packer, value.account, 32, "AccountEntry.account")
    pack_int64(packer, value.nonce, "AccountEntry.nonce")
    pack_uint64(packer, value.effect_number, "AccountEntry.effect_number")
    pack_optional(packer, value.routing_id, lambda packer, item: pack_uint64(packer, item, "AccountEntry.routing_id"))
    pack_optional(
        packer, value.cancel_all_at, lambda packer, item: pack_int64(packer, item, "AccountEntry.cancel_all_at")
    )
    pack_optional(packer, value.keys, pack_account_keys)
    pack_array(packer, value.balances, pack_balance_entry, MAX_ASSETS, "AccountEntry.balances")


def unpack_account_entry(unpacker: Unpacker) -> AccountEntry:
    """Unpacks AccountEntry."""
    return AccountEntry(
        account=unpack_fixed_opaque(unpacker, 32, "AccountEntry.account"),
        nonce=unpack_int64(unpacker, "AccountEntry.nonce"),
        effect_number=unpack_uint64(unpacker, "AccountEntry.effect_number"),
        routing_id=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "AccountEntry.routing_id"), "AccountEntry.routing_id"
        ),
        cancel_all_at=unpack_optional(
            unpacker,
            lambda unpacker: unpack_int64(unpacker, "AccountEntry.cancel_all_at"),
            "AccountEntry.cancel_all_at",
        ),
        keys=unpack_optional(unpacker, unpack_account_keys, "AccountEntry.keys"),
        balances=unpack_array(unpacker, unpack_balance_entry, 20, MAX_ASSETS, "AccountEntry.balances"),
    )


def pack_triggered_at(packer: Packer, value: TriggeredAt) -> None:
    """Packs TriggeredAt."""
    expect_class(value, TriggeredAt)
    pack_uint64(packer, value.apex, "TriggeredAt.apex")
    pack_uint32(packer, value.place, "TriggeredAt.place")


def unpack_triggered_at(unpacker: Unpacker) -> TriggeredAt:
    """Unpacks TriggeredAt."""
    return TriggeredAt(
        apex=unpack_uint64(unpacker, "TriggeredAt.apex"),
        place=unpack_uint32(unpacker, "TriggeredAt.place"),
    )


def pack_order_entry(packer: Packer, value: OrderEntry) -> None:
    """Packs OrderEntry."""
    expect_class(value, OrderEntry)
    pack_uint64(packer, value.order, "OrderEntry.order")
    pack_fixed_opaque(packer, value.account, 32, "OrderEntry.account")
    pack_uint32(packer, value.market, "OrderEntry.market")
    pack_enum(packer, value.side, Side, "OrderEntry.side")
    pack_int64(packer, value.price, "OrderEntry.price")
    pack_int64(packer, value.remaining, "OrderEntry.remaining")
    pack_string(packer, value.client_order_id, MAX_CLIENT_ORDER_ID, "OrderEntry.client_order_id")
    pack_optional(packer, value.expires_at, lambda packer, item: pack_int64(packer, item, "OrderEntry.expires_at"))
    pack_optional(packer, value.triggered, pack_triggered_at)


def unpack_order_entry(unpacker: Unpacker) -> OrderEntry:
    """Unpacks OrderEntry."""
    return OrderEntry(
        order=unpack_uint64(unpacker, "OrderEntry.order"),
        account=unpack_fixed_opaque(unpacker, 32, "OrderEntry.account"),
        market=unpack_uint32(unpacker, "OrderEntry.market"),
        side=unpack_enum(unpacker, Side, "OrderEntry.side"),
        price=unpack_int64(unpacker, "OrderEntry.price"),
        remaining=unpack_int64(unpacker, "OrderEntry.remaining"),
        client_order_id=unpack_string(unpacker, MAX_CLIENT_ORDER_ID, "OrderEntry.client_order_id"),
        expires_at=unpack_optional(
            unpacker, lambda unpacker: unpack_int64(unpacker, "OrderEntry.expires_at"), "OrderEntry.expires_at"
        ),
        triggered=unpack_optional(unpacker, unpack_triggered_at, "OrderEntry.triggered"),
    )


def pack_market_entry(packer: Packer, value: MarketEntry) -> None:
    """Packs MarketEntry."""
    expect_class(value, MarketEntry)
    pack_uint32(packer, value.market, "MarketEntry.market")
    pack_int64(packer, value.last_price, "MarketEntry.last_price")
    pack_int64(packer, value.highest, "MarketEntry.highest")
    pack_int64(packer, value.lowest, "MarketEntry.lowest")
    pack_int64(packer, value.due, "MarketEntry.due")


def unpack_market_entry(unpacker: Unpacker) -> MarketEntry:
    """Unpacks MarketEntry."""
    return MarketEntry(
        market=unpack_uint32(unpacker, "MarketEntry.market"),
        last_price=unpack_int64(unpacker, "MarketEntry.last_price"),
        highest=unpack_int64(unpacker, "MarketEntry.highest"),
        lowest=unpack_int64(unpacker, "MarketEntry.lowest"),
        due=unpack_int64(unpacker, "MarketEntry.due"),
    )


def pack_armed_operation(packer: Packer, value: ArmedOperation) -> None:
    """Packs ArmedOperation."""
    if type(value) is LimitOrder:
        packer.pack_enum(ArmedType.ARMED_LIMIT)
        pack_limit_order(packer, value)
    elif type(value) is MarketOrder:
        packer.pack_enum(ArmedType.ARMED_MARKET)
        pack_market_order(packer, value)
    else:
        raise UnencodableMessage("wrong type", "ArmedOperation.type")


def unpack_armed_operation(unpacker: Unpacker) -> ArmedOperation:
    """Unpacks ArmedOperation."""
    type = unpack_enum(unpacker, ArmedType, "ArmedOperation.type")
    if type is ArmedType.ARMED_LIMIT:
        return unpack_limit_order(unpacker)
    if type is ArmedType.ARMED_MARKET:
        return unpack_market_order(unpacker)
    raise MalformedMessage("unknown union arm", "ArmedOperation.type")


def pack_armed_entry(packer: Packer, value: ArmedEntry) -> None:
    """Packs ArmedEntry."""
    expect_class(value, ArmedEntry)
    pack_uint64(packer, value.order, "ArmedEntry.order")
    pack_fixed_opaque(packer, value.account, 32, "ArmedEntry.account")
    pack_armed_operation(packer, value.operation)


def unpack_armed_entry(unpacker: Unpacker) -> ArmedEntry:
    """Unpacks ArmedEntry."""
    return ArmedEntry(
        order=unpack_uint64(unpacker, "ArmedEntry.order"),
        account=unpack_fixed_opaque(unpacker, 32, "ArmedEntry.account"),
        operation=unpack_armed_operation(unpacker),
    )


def pack_prepared_transaction(packer: Packer, value: PreparedTransaction) -> None:
    """Packs PreparedTransaction."""
    expect_class(value, PreparedTransaction)
    pack_fixed_opaque(packer, value.channel, 32, "PreparedTransaction.channel")
    pack_int64(packer, value.sequence, "PreparedTransaction.sequence")
    pack_uint32(packer, value.fee, "PreparedTransaction.fee")
    pack_int64(packer, value.max_time_s, "PreparedTransaction.max_time_s")
    pack_fixed_opaque(packer, value.transaction, 32, "PreparedTransaction.transaction")


def unpack_prepared_transaction(unpacker: Unpacker) -> PreparedTransaction:
    """Unpacks PreparedTransaction."""
    return PreparedTransaction(
        channel=unpack_fixed_opaque(unpacker, 32, "PreparedTransaction.channel"),
        sequence=unpack_int64(unpacker, "PreparedTransaction.sequence"),
        fee=unpack_uint32(unpacker, "PreparedTransaction.fee"),
        max_time_s=unpack_int64(unpacker, "PreparedTransaction.max_time_s"),
        transaction=unpack_fixed_opaque(unpacker, 32, "PreparedTransaction.transaction"),
    )


def pack_withdrawal_entry(packer: Packer, value: WithdrawalEntry) -> None:
    """Packs WithdrawalEntry."""
    expect_class(value, WithdrawalEntry)
    pack_uint64(packer, value.withdrawal, "WithdrawalEntry.withdrawal")
    pack_fixed_opaque(packer, value.account, 32, "WithdrawalEntry.account")
    pack_withdrawal(packer, value.operation)
    pack_optional(
        packer, value.approve_until, lambda packer, item: pack_int64(packer, item, "WithdrawalEntry.approve_until")
    )
    pack_optional(packer, value.prepared, pack_prepared_transaction)


def unpack_withdrawal_entry(unpacker: Unpacker) -> WithdrawalEntry:
    """Unpacks WithdrawalEntry."""
    return WithdrawalEntry(
        withdrawal=unpack_uint64(unpacker, "WithdrawalEntry.withdrawal"),
        account=unpack_fixed_opaque(unpacker, 32, "WithdrawalEntry.account"),
        operation=unpack_withdrawal(unpacker),
        approve_until=unpack_optional(
            unpacker,
            lambda unpacker: unpack_int64(unpacker, "WithdrawalEntry.approve_until"),
            "WithdrawalEntry.approve_until",
        ),
        prepared=unpack_optional(unpacker, unpack_prepared_transaction, "WithdrawalEntry.prepared"),
    )


def pack_channel_entry(packer: Packer, value: ChannelEntry) -> None:
    """Packs ChannelEntry."""
    expect_class(value, ChannelEntry)
    pack_fixed_opaque(packer, value.account, 32, "ChannelEntry.account")
    pack_int64(packer, value.sequence, "ChannelEntry.sequence")
    pack_optional(
        packer, value.transaction, lambda packer, item: pack_fixed_opaque(packer, item, 32, "ChannelEntry.transaction")
    )


def unpack_channel_entry(unpacker: Unpacker) -> ChannelEntry:
    """Unpacks ChannelEntry."""
    return ChannelEntry(
        account=unpack_fixed_opaque(unpacker, 32, "ChannelEntry.account"),
        sequence=unpack_int64(unpacker, "ChannelEntry.sequence"),
        transaction=unpack_optional(
            unpacker,
            lambda unpacker: unpack_fixed_opaque(unpacker, 32, "ChannelEntry.transaction"),
            "ChannelEntry.transaction",
        ),
    )


def pack_task_entry(packer: Packer, value: TaskEntry) -> None:
    """Packs TaskEntry."""
    expect_class(value, TaskEntry)
    pack_uint64(packer, value.queued, "TaskEntry.queued")
    pack_optional(packer, value.prepared, pack_prepared_transaction)


def unpack_task_entry(unpacker: Unpacker) -> TaskEntry:
    """Unpacks TaskEntry."""
    return TaskEntry(
        queued=unpack_uint64(unpacker, "TaskEntry.queued"),
        prepared=unpack_optional(unpacker, unpack_prepared_transaction, "TaskEntry.prepared"),
    )


def pack_suspense_entry(packer: Packer, value: SuspenseEntry) -> None:
    """Packs SuspenseEntry."""
    expect_class(value, SuspenseEntry)
    pack_uint64(packer, value.operation, "SuspenseEntry.operation")
    pack_asset_identity(packer, value.asset)
    pack_int64(packer, value.amount, "SuspenseEntry.amount")
    pack_fixed_opaque(packer, value.source, 32, "SuspenseEntry.source")
    pack_fixed_opaque(packer, value.transaction, 32, "SuspenseEntry.transaction")
    pack_enum(packer, value.reason, SuspenseReason, "SuspenseEntry.reason")
    pack_uint32(packer, value.refunds, "SuspenseEntry.refunds")
    pack_optional(packer, value.refund, pack_task_entry)


def unpack_suspense_entry(unpacker: Unpacker) -> SuspenseEntry:
    """Unpacks SuspenseEntry."""
    return SuspenseEntry(
        operation=unpack_uint64(unpacker, "SuspenseEntry.operation"),
        asset=unpack_asset_identity(unpacker),
        amount=unpack_int64(unpacker, "SuspenseEntry.amount"),
        source=unpack_fixed_opaque(unpacker, 32, "SuspenseEntry.source"),
        transaction=unpack_fixed_opaque(unpacker, 32, "SuspenseEntry.transaction"),
        reason=unpack_enum(unpacker, SuspenseReason, "SuspenseEntry.reason"),
        refunds=unpack_uint32(unpacker, "SuspenseEntry.refunds"),
        refund=unpack_optional(unpacker, unpack_task_entry, "SuspenseEntry.refund"),
    )


def pack_claim_entry(packer: Packer, value: ClaimEntry) -> None:
    """Packs ClaimEntry."""
    expect_class(value, ClaimEntry)
    pack_claimable_deposit(packer, value.deposit)
    pack_task_entry(packer, value.task)


def unpack_claim_entry(unpacker: Unpacker) -> ClaimEntry:
    """Unpacks ClaimEntry."""
    return ClaimEntry(
        deposit=unpack_claimable_deposit(unpacker),
        task=unpack_task_entry(unpacker),
    )


def pack_suspension(packer: Packer, value: Suspension) -> None:
    """Packs Suspension."""
    expect_class(value, Suspension)
    pack_enum(packer, value.reason, SuspensionReason, "Suspension.reason")
    pack_uint64(packer, value.since, "Suspension.since")


def unpack_suspension(unpacker: Unpacker) -> Suspension:
    """Unpacks Suspension."""
    return Suspension(
        reason=unpack_enum(unpacker, SuspensionReason, "Suspension.reason"),
        since=unpack_uint64(unpacker, "Suspension.since"),
    )


def pack_total_entry(packer: Packer, value: TotalEntry) -> None:
    """Packs TotalEntry."""
    expect_class(value, TotalEntry)
    pack_uint32(packer, value.asset, "TotalEntry.asset")
    pack_int64(packer, value.held, "TotalEntry.held")
    pack_uint32(packer, value.changes, "TotalEntry.changes")
    pack_optional(packer, value.suspension, pack_suspension)
    pack_optional(packer, value.trust, pack_task_entry)


def unpack_total_entry(unpacker: Unpacker) -> TotalEntry:
    """Unpacks TotalEntry."""
    return TotalEntry(
        asset=unpack_uint32(unpacker, "TotalEntry.asset"),
        held=unpack_int64(unpacker, "TotalEntry.held"),
        changes=unpack_uint32(unpacker, "TotalEntry.changes"),
        suspension=unpack_optional(unpacker, unpack_suspension, "TotalEntry.suspension"),
        trust=unpack_optional(unpacker, unpack_task_entry, "TotalEntry.trust"),
    )


def pack_ledger_signers(packer: Packer, value: LedgerSigners) -> None:
    """Packs LedgerSigners."""
    expect_class(value, LedgerSigners)
    pack_array(
        packer,
        value.auditors,
        lambda packer, item: pack_fixed_opaque(packer, item, 32, "LedgerSigners.auditors"),
        MAX_AUDITORS,
        "LedgerSigners.auditors",
    )
    pack_enum(packer, value.quorum_rule, QuorumRule, "LedgerSigners.quorum_rule")


def unpack_ledger_signers(unpacker: Unpacker) -> LedgerSigners:
    """Unpacks LedgerSigners."""
    return LedgerSigners(
        auditors=unpack_array(
            unpacker,
            lambda unpacker: unpack_fixed_opaque(unpacker, 32, "LedgerSigners.auditors"),
            32,
            MAX_AUDITORS,
            "LedgerSigners.auditors",
        ),
        quorum_rule=unpack_enum(unpacker, QuorumRule, "LedgerSigners.quorum_rule"),
    )


def pack_signers_change(packer: Packer, value: SignersChange) -> None:
    """Packs SignersChange."""
    expect_class(value, SignersChange)
    pack_uint32(packer, value.term, "SignersChange.term")
    pack_ledger_signers(packer, value.signers)
    pack_task_entry(packer, value.task)


def unpack_signers_change(unpacker: Unpacker) -> SignersChange:
    """Unpacks SignersChange."""
    return SignersChange(
        term=unpack_uint32(unpacker, "SignersChange.term"),
        signers=unpack_ledger_signers(unpacker),
        task=unpack_task_entry(unpacker),
    )


def pack_counters_entry(packer: Packer, value: CountersEntry) -> None:
    """Packs CountersEntry."""
    expect_class(value, CountersEntry)
    pack_uint64(packer, value.apex, "CountersEntry.apex")
    pack_int64(packer, value.timestamp, "CountersEntry.timestamp")
    pack_uint64(packer, value.ledger_cursor, "CountersEntry.ledger_cursor")
    pack_int64(packer, value.ledger_closed_at_s, "CountersEntry.ledger_closed_at_s")
    pack_uint64(packer, value.system_effect_number, "CountersEntry.system_effect_number")
    pack_uint64(packer, value.settings_version, "CountersEntry.settings_version")
    pack_uint32(packer, value.term, "CountersEntry.term")
    pack_mode_in_force(packer, value.mode)
    pack_ledger_signers(packer, value.signers)
    pack_optional(packer, value.signers_change, pack_signers_change)
    pack_array(packer, value.totals, pack_total_entry, MAX_ASSETS, "CountersEntry.totals")


def unpack_counters_entry(unpacker: Unpacker) -> CountersEntry:
    """Unpacks CountersEntry."""
    return CountersEntry(
        apex=unpack_uint64(unpacker, "CountersEntry.apex"),
        timestamp=unpack_int64(unpacker, "CountersEntry.timestamp"),
        ledger_cursor=unpack_uint64(unpacker, "CountersEntry.ledger_cursor"),
        ledger_closed_at_s=unpack_int64(unpacker, "CountersEntry.ledger_closed_at_s"),
        system_effect_number=unpack_uint64(unpacker, "CountersEntry.system_effect_number"),
        settings_version=unpack_uint64(unpacker, "CountersEntry.settings_version"),
        term=unpack_uint32(unpacker, "CountersEntry.term"),
        mode=unpack_mode_in_force(unpacker),
        signers=unpack_ledger_signers(unpacker),
        signers_change=unpack_optional(unpacker, unpack_signers_change, "CountersEntry.signers_change"),
        totals=unpack_array(unpacker, unpack_total_entry, 24, MAX_ASSETS, "CountersEntry.totals"),
    )


def pack_hold_entry(packer: Packer, value: HoldEntry) -> None:
    """Packs HoldEntry."""
    expect_class(value, HoldEntry)
    pack_uint64(packer, value.hold, "HoldEntry.hold")
    pack_fixed_opaque(packer, value.owner, 32, "HoldEntry.owner")
    pack_fixed_opaque(packer, value.beneficiary, 32, "HoldEntry.beneficiary")
    pack_uint32(packer, value.asset, "HoldEntry.asset")
    pack_int64(packer, value.amount, "HoldEntry.amount")
    pack_int64(packer, value.expires_at, "HoldEntry.expires_at")


def unpack_hold_entry(unpacker: Unpacker) -> HoldEntry:
    """Unpacks HoldEntry."""
    return HoldEntry(
        hold=unpack_uint64(unpacker, "HoldEntry.hold"),
        owner=unpack_fixed_opaque(unpacker, 32, "HoldEntry.owner"),
        beneficiary=unpack_fixed_opaque(unpacker, 32, "HoldEntry.beneficiary"),
        asset=unpack_uint32(unpacker, "HoldEntry.asset"),
        amount=unpack_int64(unpacker, "HoldEntry.amount"),
        expires_at=unpack_int64(unpacker, "HoldEntry.expires_at"),
    )


def pack_state_entry(packer: Packer, value: StateEntry) -> None:
    """Packs StateEntry."""
    if type(value) is Settings:
        packer.pack_enum(StateEntryType.SETTINGS_ENTRY)
        pack_settings(packer, value)
    elif type(value) is CountersEntry:
        packer.pack_enum(StateEntryType.COUNTERS_ENTRY)
        pack_counters_entry(packer, value)
    elif type(value) is AccountEntry:
        packer.pack_enum(StateEntryType.ACCOUNT_ENTRY)
        pack_account_entry(packer, value)
    elif type(value) is OrderEntry:
        packer.pack_enum(StateEntryType.ORDER_ENTRY)
        pack_order_entry(packer, value)
    elif type(value) is WithdrawalEntry:
        packer.pack_enum(StateEntryType.WITHDRAWAL_ENTRY)
        pack_withdrawal_entry(packer, value)
    elif type(value) is ChannelEntry:
        packer.pack_enum(StateEntryType.CHANNEL_ENTRY)
        pack_channel_entry(packer, value)
    elif type(value) is SuspenseEntry:
        packer.pack_enum(StateEntryType.SUSPENSE_ENTRY)
        pack_suspense_entry(packer, value)
    elif type(value) is ClaimEntry:
        packer.pack_enum(StateEntryType.CLAIM_ENTRY)
        pack_claim_entry(packer, value)
    elif type(value) is MarketEntry:
        packer.pack_enum(StateEntryType.MARKET_ENTRY)
        pack_market_entry(packer, value)
    elif type(value) is ArmedEntry:
        packer.pack_enum(StateEntryType.ARMED_ENTRY)
        pack_armed_entry(packer, value)
    elif type(value) is HoldEntry:
        packer.pack_enum(StateEntryType.HOLD_ENTRY)
        pack_hold_entry(packer, value)
    else:
        raise UnencodableMessage("wrong type", "StateEntry.type")


def unpack_state_entry(unpacker: Unpacker) -> StateEntry:
    """Unpacks StateEntry."""
    type = unpack_enum(unpacker, StateEntryType, "StateEntry.type")
    if type is StateEntryType.SETTINGS_ENTRY:
        return unpack_settings(unpacker)
    if type is StateEntryType.COUNTERS_ENTRY:
        return unpack_counters_entry(unpacker)
    if type is StateEntryType.ACCOUNT_ENTRY:
        return unpack_account_entry(unpacker)
    if type is StateEntryType.ORDER_ENTRY:
        return unpack_order_entry(unpacker)
    if type is StateEntryType.WITHDRAWAL_ENTRY:
        return unpack_withdrawal_entry(unpacker)
    if type is StateEntryType.CHANNEL_ENTRY:
        return unpack_channel_entry(unpacker)
    if type is StateEntryType.SUSPENSE_ENTRY:
        return unpack_suspense_entry(unpacker)
    if type is StateEntryType.CLAIM_ENTRY:
        return unpack_claim_entry(unpacker)
    if type is StateEntryType.MARKET_ENTRY:
        return unpack_market_entry(unpacker)
    if type is StateEntryType.ARMED_ENTRY:
        return unpack_armed_entry(unpacker)
    if type is StateEntryType.HOLD_ENTRY:
        return unpack_hold_entry(unpacker)
    raise MalformedMessage("unknown union arm", "StateEntry.type")
