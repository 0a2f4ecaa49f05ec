"""What certified batches become in SQL: the rows of one transaction, gathered batch by batch.

Orders change often, so that their changes are summed up before they are written. What only the database knows, such as
the market of an order that was placed long ago, the writer fills in (:mod:`constellation.chronicler.writer`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from constellation.chronicler.intake import FinalBatch
from constellation.chronicler.trades import MarketTrade, trades_of
from constellation.protocol.messages import (
    AssetResumed,
    AssetSuspended,
    BalanceChanged,
    DepositCredited,
    Effect,
    FeeCollected,
    GovernanceCommit,
    HoldClosed,
    HoldOpened,
    LimitOrder,
    MarketAmountUnit,
    MarketOrder,
    ModeChanged,
    Operation,
    OrderArmed,
    OrderClosed,
    OrderInstructions,
    OrderKind,
    OrderPlaced,
    OrderReduced,
    OrderReplaced,
    OrderTriggered,
    PaymentReceived,
    PaymentSent,
    ReplaceOrder,
    SettingsChange,
    SettingsChanged,
    Side,
    SignedRequest,
    SignedRequestBatch,
    SuspenseAdded,
    SuspenseRefunded,
    TimeInForce,
    Trade,
    WithdrawalAccepted,
    WithdrawalApproved,
    WithdrawalClosed,
    WithdrawalPrepared,
    WithdrawalWithheld,
    encode_effect,
)
from constellation.protocol.settings_json import format_asset
from constellation.quanta import Executed

Row = dict[str, Any]


@dataclass(slots=True)
class OrderChange:
    """What happened to an order that is in the database.

    Attributes:
        filled: stroops of base, more than before.
        filled_quote: stroops of quote, more than before.
        reduced: stroops of base that self-trade prevention or its owner took, more than before.
        fee: stroops of what it received, more than before.
        armed: -1 where its trigger has come.
        reason: why it was closed; None while it is open.
        apex: of the last quantum that changed it.
        timestamp: of that quantum.
    """

    filled: int = 0
    filled_quote: int = 0
    reduced: int = 0
    fee: int = 0
    armed: int = 0
    reason: int | None = None
    apex: int = 0
    timestamp: int = 0


@dataclass(slots=True)
class EffectRow:
    """A row of ``effects``, whose asset or market may still have to be looked up.

    Attributes:
        values: of the row.
        order: whose market is that of the effect.
        withdrawal: whose asset is that of the effect.
    """

    values: Row
    order: int | None = None
    withdrawal: int | None = None


@dataclass(slots=True)
class Rows:
    """The rows of some batches.

    Accounts are given by their keys; the writer puts their numbers in.
    """

    batches: list[Row] = field(default_factory=list)
    effects: list[EffectRow] = field(default_factory=list)
    new_orders: dict[int, Row] = field(default_factory=dict)
    order_changes: dict[int, OrderChange] = field(default_factory=dict)
    trades: list[MarketTrade] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    deposits: list[Row] = field(default_factory=list)
    new_withdrawals: dict[int, Row] = field(default_factory=dict)
    withdrawal_changes: dict[int, Row] = field(default_factory=dict)
    suspense: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)
    settings_changes: list[Row] = field(default_factory=list)
    suspensions: list[Row] = field(default_factory=list)
    modes: list[Row] = field(default_factory=list)

    def add(self, final: FinalBatch) -> None:
        """Gather what a batch becomes."""
        header = final.sealed.header
        self.batches.append(
            {
                "number": header.number,
                "epoch": header.epoch,
                "first_apex": header.first_apex,
                "last_apex": header.last_apex,
                "timestamp": header.timestamp,
                "digest": final.sealed.digest,
                "certified_by": final.certified_by,
                "record": final.item.to_xdr(),
            }
        )
        self.trades += trades_of(final.sealed)
        for executed in final.sealed.executed:
            self._add_order(executed)
            for group in executed.groups:
                for place, effect in enumerate(group.effects):
                    context = Moment(executed, group.account, header.number)
                    self._add_effect(context, group.first_number + place, effect)

    def _add_order(self, executed: Executed) -> None:
        """An order exists when its quantum has an effect on it: it rests, was filled, or was closed at once."""
        facts = _order_facts(executed)
        if facts is None or not _has_order(executed):
            return
        apex, timestamp = executed.leaf.apex, executed.leaf.timestamp
        self.new_orders[apex] = {
            "id": apex,
            "account": _author(executed),
            **facts,
            "filled": 0,
            "filled_quote": 0,
            "reduced": 0,
            "fee": 0,
            "close_reason": None,
            "placed_at": timestamp,
            "updated_apex": apex,
            "updated_at": timestamp,
        }

    def _add_effect(self, moment: "Moment", number: int, effect: Effect) -> None:
        content, of = encode_effect(effect), type(effect)
        facts: Any = effect
        values: Row = {
            "account": moment.account,
            "number": number,
            "apex": moment.apex,
            "batch": moment.batch,
            "timestamp": moment.timestamp,
            "kind": int.from_bytes(content[:4], "big"),
            "asset": facts.asset if of in _OF_ASSET else None,
            "market": facts.market if of in _OF_MARKET else None,
            "content": content,
        }
        row = EffectRow(values)
        if of is OrderClosed or of is OrderReduced:
            row.order = facts.order
        elif of in _OF_WITHDRAWAL:
            row.withdrawal = facts.withdrawal
        self.effects.append(row)
        note = _NOTES.get(of)
        if note is not None:
            note(self, moment, effect)

    # What single kinds of effects change beside.

    def _note_trade(self, moment: "Moment", effect: Trade) -> None:
        if effect.order == moment.apex and moment.apex not in self.new_orders:
            return  # of a payment on a path, which is no order
        change = self._order_change(effect.order, moment)
        change.filled += effect.amount
        change.filled_quote += effect.quote_amount
        change.fee += effect.fee

    def _note_reduced(self, moment: "Moment", effect: OrderReduced) -> None:
        self._order_change(effect.order, moment).reduced += effect.amount

    def _note_triggered(self, moment: "Moment", effect: OrderTriggered) -> None:
        self._order_change(effect.order, moment).armed = -1

    def _note_closed(self, moment: "Moment", effect: OrderClosed) -> None:
        self._order_change(effect.order, moment).reason = int(effect.reason)

    def _order_change(self, order: int, moment: "Moment") -> OrderChange:
        change = self.order_changes.setdefault(order, OrderChange())
        change.apex, change.timestamp = moment.apex, moment.timestamp
        return change

    def _note_payment(self, moment: "Moment", effect: PaymentSent) -> None:
        row = {"apex": moment.apex, "source": moment.account, "destination": effect.destination}
        row |= {"asset": effect.asset, "amount": effect.amount, "timestamp": moment.timestamp, "memo": effect.memo}
        self.payments.append(row)

    def _note_deposit(self, moment: "Moment", effect: DepositCredited) -> None:
        self.deposits.append(
            {
                "operation": effect.operation,
                "account": moment.account,
                "asset": effect.asset,
                "amount": effect.amount,
                "source": effect.source,
                "ledger_transaction": effect.transaction,
                "apex": moment.apex,
                "timestamp": moment.timestamp,
            }
        )

    def _note_withdrawal(self, moment: "Moment", effect: WithdrawalAccepted) -> None:
        self.new_withdrawals[effect.withdrawal] = {
            "id": effect.withdrawal,
            "account": moment.account,
            "asset": effect.asset,
            "amount": effect.amount,
            "destination": effect.destination,
            "ledger_transaction": None,
            "outcome": None,
            "accepted_at": moment.timestamp,
            "updated_apex": moment.apex,
            "updated_at": moment.timestamp,
        }

    def _note_prepared(self, moment: "Moment", effect: WithdrawalPrepared) -> None:
        self._change_withdrawal(moment, effect.withdrawal, {"ledger_transaction": effect.transaction})

    def _note_settled(self, moment: "Moment", effect: WithdrawalClosed) -> None:
        transaction = effect.transaction if any(effect.transaction) else None
        outcome = {"outcome": int(effect.outcome), "ledger_transaction": transaction}
        self._change_withdrawal(moment, effect.withdrawal, outcome)

    def _change_withdrawal(self, moment: "Moment", number: int, values: Row) -> None:
        row = self.new_withdrawals.get(number)
        if row is None:
            row = self.withdrawal_changes.setdefault(number, {"id": number, "outcome": None})
        row.update(values, updated_apex=moment.apex, updated_at=moment.timestamp)

    def _note_suspense(self, moment: "Moment", effect: SuspenseAdded) -> None:
        self.suspense.append(
            {
                "operation": effect.operation,
                "asset": format_asset(effect.asset),
                "amount": effect.amount,
                "source": effect.source,
                "ledger_transaction": effect.transaction,
                "reason": int(effect.reason),
                "apex": moment.apex,
                "timestamp": moment.timestamp,
                "refunded_by": None,
                "updated_apex": moment.apex,
            }
        )

    def _note_refund(self, moment: "Moment", effect: SuspenseRefunded) -> None:
        self.refunds.append(
            {"operation": effect.operation, "refunded_by": effect.transaction, "updated_apex": moment.apex}
        )

    def _note_settings(self, moment: "Moment", effect: SettingsChanged) -> None:
        body = moment.executed.quantum.body
        assert isinstance(body, GovernanceCommit)
        assert isinstance(body.proposal.decision, SettingsChange)
        self.settings_changes.append(
            {
                "version": effect.version,
                "apex": moment.apex,
                "timestamp": moment.timestamp,
                "digest": effect.settings,
                "settings": body.proposal.decision.settings.to_xdr(),
            }
        )

    def _note_mode(self, moment: "Moment", effect: ModeChanged) -> None:
        self.modes.append(
            {"apex": moment.apex, "mode": effect.mode, "reason": effect.reason, "timestamp": moment.timestamp}
        )

    def _note_suspension(self, moment: "Moment", effect: AssetSuspended | AssetResumed) -> None:
        reason = int(effect.reason) if isinstance(effect, AssetSuspended) else None
        # A quantum that resumes and suspends an asset leaves it suspended: the last word counts.
        self.suspensions = [
            row for row in self.suspensions if (row["apex"], row["asset"]) != (moment.apex, effect.asset)
        ]
        self.suspensions.append(
            {"apex": moment.apex, "asset": effect.asset, "reason": reason, "timestamp": moment.timestamp}
        )


class Moment:
    """Where an effect happened.

    Args:
        executed: the quantum.
        account: whose effect it is: its key.
        batch: number of the batch.
    """

    __slots__ = ("account", "apex", "batch", "executed", "timestamp")

    def __init__(self, executed: Executed, account: bytes, batch: int) -> None:
        self.executed = executed
        self.account = account
        self.batch = batch
        self.apex = executed.leaf.apex
        self.timestamp = executed.leaf.timestamp


def _operation(executed: Executed) -> Operation | None:
    body = executed.quantum.body
    if isinstance(body, SignedRequest):
        return body.request.operation
    return body.request.operations[executed.place] if isinstance(body, SignedRequestBatch) else None


def _order_facts(executed: Executed) -> Row | None:
    """What a quantum says of the order that it places, if it does."""
    operation = _operation(executed)
    if isinstance(operation, LimitOrder):
        values = operation.time_in_force, operation.price, operation.amount, 0
        return _facts(operation.market, operation.side, OrderKind.LIMIT_KIND, *values, operation.instructions)
    if isinstance(operation, MarketOrder):
        has_budget = operation.unit is MarketAmountUnit.QUOTE_BUDGET
        amounts = (0, operation.amount) if has_budget else (operation.amount, 0)
        values = TimeInForce.IMMEDIATE_OR_CANCEL, 0, *amounts
        return _facts(operation.market, operation.side, OrderKind.MARKET_KIND, *values, operation.instructions)
    if isinstance(operation, ReplaceOrder):
        for effect in (effect for group in executed.groups for effect in group.effects):
            if isinstance(effect, OrderReplaced):
                values = TimeInForce.GOOD_TILL_CANCELLED, effect.price, effect.amount, 0
                return _facts(effect.market, effect.side, OrderKind.LIMIT_KIND, *values, effect)
    return None


def _facts(
    market: int,
    side: Side,
    kind: OrderKind,
    time_in_force: TimeInForce,
    price: int,
    amount: int,
    budget: int,
    named: OrderInstructions | OrderReplaced | None,
) -> Row:
    trigger = named.trigger if isinstance(named, OrderInstructions) else None
    return {
        "market": market,
        "side": int(side),
        "kind": int(kind),
        "time_in_force": int(time_in_force),
        "price": price,
        "amount": amount,
        "budget": budget,
        "trigger_kind": None if trigger is None else int(trigger.kind),
        "trigger_price": None if trigger is None else trigger.price,
        "armed": 0 if trigger is None else 1,
        "client_order_id": "" if named is None else named.client_order_id,
    }


def _author(executed: Executed) -> bytes:
    body = executed.quantum.body
    assert isinstance(body, SignedRequest | SignedRequestBatch)
    return body.request.account


def _has_order(executed: Executed) -> bool:
    apex = executed.leaf.apex
    return any(
        isinstance(effect, OrderArmed | OrderPlaced | OrderClosed | Trade) and effect.order == apex
        for group in executed.groups
        for effect in group.effects
    )


_OF_MARKET: Final = frozenset({OrderArmed, OrderPlaced, OrderReplaced, OrderTriggered, Trade})
_OF_WITHDRAWAL: Final = frozenset({WithdrawalApproved, WithdrawalClosed, WithdrawalPrepared, WithdrawalWithheld})
_OF_ASSET: Final = frozenset(
    {
        BalanceChanged,
        PaymentSent,
        PaymentReceived,
        DepositCredited,
        FeeCollected,
        HoldClosed,
        HoldOpened,
        WithdrawalAccepted,
        AssetSuspended,
        AssetResumed,
    }
)

_NOTES: Final[dict[type, Callable[[Rows, Moment, Any], None]]] = {
    Trade: Rows._note_trade,
    OrderReduced: Rows._note_reduced,
    OrderTriggered: Rows._note_triggered,
    OrderClosed: Rows._note_closed,
    PaymentSent: Rows._note_payment,
    DepositCredited: Rows._note_deposit,
    WithdrawalAccepted: Rows._note_withdrawal,
    WithdrawalPrepared: Rows._note_prepared,
    WithdrawalClosed: Rows._note_settled,
    SuspenseAdded: Rows._note_suspense,
    SuspenseRefunded: Rows._note_refund,
    SettingsChanged: Rows._note_settings,
    ModeChanged: Rows._note_mode,
    AssetSuspended: Rows._note_suspension,
    AssetResumed: Rows._note_suspension,
}
