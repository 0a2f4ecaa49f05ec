"""Builds a state from the entries that its root commits to: the way back from a checkpoint."""

from collections.abc import Iterable
from dataclasses import replace

from constellation.matching import ArmedOrder
from constellation.orderbook import Order
from constellation.protocol.messages import (
    AccountEntry,
    ArmedEntry,
    ChannelEntry,
    ClaimEntry,
    CountersEntry,
    HoldEntry,
    LimitOrder,
    MarketEntry,
    OrderEntry,
    PreparedTransaction,
    Settings,
    StateEntry,
    SuspenseEntry,
    TotalEntry,
    WithdrawalEntry,
)
from constellation.quanta.modes import limit_markets
from constellation.quanta.rules import RULES, describe_known
from constellation.quanta.settings_change import settings_change_problems
from constellation.quanta.state import EntryKey, EntryKind, State, copied_keys, identity_key, number_key
from constellation.vault import (
    Account,
    Balance,
    ClaimTask,
    DueKind,
    Hold,
    PreparedTask,
    RefundTask,
    SignersTask,
    TrustTask,
    VaultTask,
    WithdrawalTask,
    counted_asset,
    due_item,
)


class InvalidEntries(Exception):
    """The entries contradict each other or the settings; the message names the first contradiction."""


def restore_state(settings: Settings, entries: Iterable[StateEntry]) -> State:
    """The state that has exactly these entries.

    The caller compares its root with a certified one: that proves them. What is refused here is what cannot be built.

    Args:
        settings: of the constellation at genesis.
        entries: of one state, in any order.

    Raises:
        InvalidEntries: something is missing or refers to something that is not there.
    """
    found = sorted(entries, key=_place_of)
    state = State(_settings_in_force(settings, found))
    state.changed.clear()
    try:
        for entry in found:
            key = entry_key(entry)
            if key in state.changed:
                raise InvalidEntries(f"the {EntryKind(key[0]).name} entry {key[1:].hex()} is there twice")
            _put(state, entry)
            state.changed[key] = None
    except (KeyError, IndexError, AssertionError) as error:
        raise InvalidEntries(f"an entry refers to something that is not there: {error!r}") from None
    missing = [
        kind.name for kind in (EntryKind.SETTINGS, EntryKind.COUNTERS) if identity_key(kind, b"") not in state.changed
    ]
    if missing:
        raise InvalidEntries(f"there is no entry for {missing[0]}")
    state.desk.sort()
    for account in state.vault.accounts.values():
        account.sort_orders()
    return state


def _place_of(entry: StateEntry) -> tuple[EntryKey, int]:
    """By kind and identity; but an order that was triggered stands in its queue since then."""
    if isinstance(entry, OrderEntry) and entry.triggered is not None:
        return number_key(EntryKind.ORDER, entry.triggered.apex), entry.triggered.place
    return entry_key(entry), 0


def _settings_in_force(genesis: Settings, entries: list[StateEntry]) -> Settings:
    """Those of the entries, which can follow those of genesis."""
    if not entries or not isinstance(entries[0], Settings):
        return genesis
    if entries[0].rules not in RULES:
        raise InvalidEntries(
            f"they follow rules {entries[0].rules}, this version knows {describe_known()}: install a newer one"
        )
    members = {name: getattr(entries[0], name) for name in ("alpha", "auditors", "quorum_rule")}
    if settings_change_problems(replace(genesis, **members), entries[0]):
        raise InvalidEntries("the settings are not those of this constellation")
    return entries[0]


def entry_key(entry: StateEntry) -> EntryKey:
    """Where an entry stands in the state tree; sorts accounts before orders, and orders by time."""
    match entry:
        case Settings():
            return identity_key(EntryKind.SETTINGS, b"")
        case CountersEntry():
            return identity_key(EntryKind.COUNTERS, b"")
        case AccountEntry():
            return identity_key(EntryKind.ACCOUNT, entry.account)
        case OrderEntry():
            return number_key(EntryKind.ORDER, entry.order)
        case WithdrawalEntry():
            return number_key(EntryKind.WITHDRAWAL, entry.withdrawal)
        case ChannelEntry():
            return identity_key(EntryKind.CHANNEL, entry.account)
        case SuspenseEntry():
            return number_key(EntryKind.SUSPENSE, entry.operation)
        case ClaimEntry():
            return number_key(EntryKind.CLAIM, entry.deposit.operation)
        case MarketEntry():
            return number_key(EntryKind.MARKET, entry.market)
        case ArmedEntry():
            return number_key(EntryKind.ARMED, entry.order)
        case HoldEntry():
            return number_key(EntryKind.HOLD, entry.hold)


def _put(state: State, entry: StateEntry) -> None:
    match entry:
        case CountersEntry():
            _put_counters(state, entry)
        case AccountEntry():
            _put_account(state, entry)
        case OrderEntry():
            _put_order(state, entry)
        case WithdrawalEntry():
            _put_withdrawal(state, entry)
        case ChannelEntry():
            state.desk.channels[entry.account].sequence = entry.sequence
        case SuspenseEntry():
            _put_suspense(state, entry)
        case ClaimEntry():
            _put_claim(state, entry)
        case MarketEntry():
            _put_market(state, entry)
        case ArmedEntry():
            _put_armed(state, entry)
        case HoldEntry():
            facts = entry.owner, entry.beneficiary, entry.asset, entry.amount, entry.expires_at
            state.vault.keep_hold(Hold(entry.hold, *facts))
            state.vault.accounts[entry.owner].add_hold(entry.hold)


def _put_counters(state: State, entry: CountersEntry) -> None:
    state.apex = entry.apex
    state.timestamp = entry.timestamp
    state.ledger_cursor = entry.ledger_cursor
    state.ledger_closed_at_s = entry.ledger_closed_at_s
    state.system_effect_number = entry.system_effect_number
    state.settings_version = entry.settings_version
    state.term, state.signers, state.mode = entry.term, entry.signers, entry.mode
    limit_markets(state)
    change = entry.signers_change
    if change is not None:
        state.signers_change = SignersTask(change.task.queued, change.term, entry.signers, change.signers)
        _put_task(state, state.signers_change, change.task.prepared)
    for total in entry.totals:
        _put_total(state, total)


def _put_total(state: State, total: TotalEntry) -> None:
    state.vault.held[total.asset] = total.held
    state.assets.changes[total.asset] = total.changes
    if total.suspension is not None:
        state.assets.suspensions[total.asset] = total.suspension
    if total.trust is not None:
        task = TrustTask(total.trust.queued, total.asset, state.assets.identity(total.asset))
        state.trusts[total.asset] = task
        _put_task(state, task, total.trust.prepared)


def _put_account(state: State, entry: AccountEntry) -> None:
    account = state.vault.accounts.setdefault(entry.account, Account(entry.account))
    account.nonce = entry.nonce
    account.effect_number = entry.effect_number
    account.keys = copied_keys(entry.keys)
    if entry.routing_id is not None:
        assert entry.routing_id not in state.vault.routes, "a routing id names one account"
        state.vault.route(account, entry.routing_id)
    state.vault.schedule_cancel_all(account, entry.cancel_all_at)
    account.balances = {item.asset: Balance(item.balance, item.liabilities) for item in entry.balances}


def _put_order(state: State, entry: OrderEntry) -> None:
    facts = entry.order, entry.account, entry.market, entry.side, entry.price, entry.remaining
    triggered = None if entry.triggered is None else (entry.triggered.apex, entry.triggered.place)
    order = Order(*facts, entry.client_order_id, entry.expires_at, triggered)
    state.engine.markets[entry.market].book.add(order)
    state.engine.orders[entry.order] = order
    state.vault.accounts[entry.account].add_order(entry.order, entry.client_order_id)
    if entry.expires_at is not None:
        state.vault.agenda.add(*due_item(entry.expires_at, DueKind.ORDER, entry.order))


def _put_market(state: State, entry: MarketEntry) -> None:
    market = state.engine.markets[entry.market]
    market.last_price = entry.last_price
    market.triggers.restore(entry.highest, entry.lowest, entry.due)
    if entry.due:
        state.vault.agenda.add(*due_item(entry.due, DueKind.TRIGGERED, entry.market))


def _put_armed(state: State, entry: ArmedEntry) -> None:
    operation, instructions = entry.operation, entry.operation.instructions
    assert instructions is not None
    assert instructions.trigger is not None, "an armed order waits for something"
    name, market = instructions.client_order_id, state.engine.markets[operation.market]
    locked = operation.amount
    if isinstance(operation, LimitOrder):
        locked = market.commitment(operation.side, operation.amount, operation.price)
    facts = instructions.trigger, name, instructions.expires_at, locked
    state.engine.triggers.keep(ArmedOrder(entry.order, entry.account, operation, *facts))
    state.vault.accounts[entry.account].add_order(entry.order, name)


def _put_withdrawal(state: State, entry: WithdrawalEntry) -> None:
    state.vault.accounts[entry.account].add_withdrawal(entry.withdrawal)
    task = WithdrawalTask(entry.withdrawal, entry.account, entry.operation, entry.approve_until)
    _put_task(state, task, entry.prepared)
    if entry.approve_until is not None:
        state.vault.agenda.add(*due_item(entry.approve_until, DueKind.APPROVAL, entry.withdrawal))


def _put_suspense(state: State, entry: SuspenseEntry) -> None:
    refund, entry.refund = entry.refund, None
    state.suspense.add(entry, counted_asset(entry, state.assets))
    if refund is not None:
        _put_task(state, RefundTask(refund.queued, entry, state.assets.find(entry.asset)), refund.prepared)


def _put_claim(state: State, entry: ClaimEntry) -> None:
    task = ClaimTask(entry.task.queued, entry.deposit, state.assets.find(entry.deposit.asset))
    state.claims[entry.deposit.operation] = task
    _put_task(state, task, entry.task.prepared)


def _put_task(state: State, task: VaultTask, prepared: PreparedTransaction | None) -> None:
    if prepared is None:
        state.desk.waiting[task.key] = task
        return
    channel = state.desk.channels[prepared.channel]
    assert channel.pending is None, "one channel carries one task"
    channel.pending = PreparedTask(
        task, prepared.channel, prepared.sequence, prepared.fee, prepared.max_time_s, prepared.transaction
    )
