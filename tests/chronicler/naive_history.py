"""What pages of history must hold, computed from a chain's effects with no thought of cost."""

from dataclasses import dataclass
from typing import TypeVar

from constellation.protocol.messages import (
    AssetResumed,
    AssetSuspended,
    BalanceChanged,
    DepositCredited,
    Effect,
    FeeCollected,
    HistoryFilter,
    HistoryItem,
    HoldClosed,
    HoldOpened,
    OrderArmed,
    OrderClosed,
    OrderPlaced,
    OrderRecord,
    OrderReduced,
    OrderReplaced,
    OrderTriggered,
    PaymentReceived,
    PaymentSent,
    QueryHistory,
    QueryOrders,
    Trade,
    WithdrawalAccepted,
    WithdrawalApproved,
    WithdrawalClosed,
    WithdrawalPrepared,
    WithdrawalWithheld,
    encode_effect,
)
from constellation.quanta import Executed
from tests.chronicler.chain import Chain
from tests.chronicler.naive_orders import Placed, placed_by

T = TypeVar("T")

OF_ASSET = (
    BalanceChanged, PaymentSent, PaymentReceived, DepositCredited, FeeCollected, WithdrawalAccepted, AssetSuspended,
    AssetResumed, HoldOpened, HoldClosed,
)  # fmt: skip


@dataclass
class Past:
    item: HistoryItem
    kind: int
    asset: int | None
    market: int | None


class NaiveHistory:
    """Everything that happened, by account."""

    def __init__(self, chain: Chain) -> None:
        self.effects: dict[bytes, list[Past]] = {}
        self.orders: dict[bytes, dict[int, OrderRecord]] = {}
        self._markets: dict[int, int] = {}
        self._assets: dict[int, int] = {}
        self.apex = 0
        for link in chain.links:
            number = link.sealed.header.number
            for executed in link.sealed.executed:
                self.apex = executed.leaf.apex
                placed = placed_by(executed)
                if placed is not None:
                    self._markets[self.apex] = placed.market
                    self._place(executed, placed)
                for group in executed.groups:
                    for place, effect in enumerate(group.effects):
                        item = HistoryItem(
                            group.first_number + place, executed.leaf.apex, executed.leaf.timestamp, number, effect
                        )
                        self._add(group.account, item)

    def _place(self, executed: Executed, placed: Placed) -> None:
        apex, timestamp = executed.leaf.apex, executed.leaf.timestamp
        self.orders.setdefault(placed.author, {})[apex] = OrderRecord(
            apex, timestamp, placed.market, placed.side, placed.kind, placed.time_in_force, placed.price,
            placed.amount, placed.budget, placed.trigger, placed.trigger is not None, 0, 0, 0, 0, placed.name, None,
            timestamp,
        )  # fmt: skip

    def _add(self, account: bytes, item: HistoryItem) -> None:
        effect: Effect = item.effect
        asset = market = None
        if isinstance(effect, OF_ASSET):
            asset = effect.asset
        elif isinstance(effect, OrderArmed | OrderPlaced | OrderReplaced | OrderTriggered | Trade):
            market = effect.market
        elif isinstance(effect, OrderClosed | OrderReduced):
            market = self._markets[effect.order]
        elif isinstance(effect, WithdrawalWithheld | WithdrawalApproved | WithdrawalPrepared | WithdrawalClosed):
            asset = self._assets[effect.withdrawal]
        if isinstance(effect, WithdrawalAccepted):
            self._assets[effect.withdrawal] = effect.asset
        is_on_path = item.apex == getattr(effect, "order", None) and item.apex not in self.orders.get(account, {})
        if isinstance(effect, Trade) and not is_on_path:
            order = self.orders[account][effect.order]
            order.filled += effect.amount
            order.filled_quote += effect.quote_amount
            order.fee += effect.fee
            order.updated_at = item.timestamp
        if isinstance(effect, OrderReduced):
            order = self.orders[account][effect.order]
            order.reduced += effect.amount
            order.updated_at = item.timestamp
        if isinstance(effect, OrderClosed):
            order = self.orders[account][effect.order]
            order.closed, order.updated_at, order.armed = effect.reason, item.timestamp, False
        if isinstance(effect, OrderTriggered):
            order = self.orders[account][effect.order]
            order.armed, order.updated_at = False, item.timestamp
        kind = int.from_bytes(encode_effect(effect)[:4], "big")
        self.effects.setdefault(account, []).append(Past(item, kind, asset, market))

    def history(self, account: bytes, query: QueryHistory) -> list[HistoryItem]:
        """Everything behind the cursor that passes, whatever the limit."""
        found = [past.item for past in self.effects.get(account, []) if _passes(query.filter, past)]
        return _behind(found, [item.number for item in found], query)

    def past_orders(self, account: bytes, query: QueryOrders) -> list[OrderRecord]:
        """The same of orders."""
        found = [
            order
            for order in self.orders.get(account, {}).values()
            if query.market in (None, order.market)
            and query.open in (None, order.closed is None)
            and (query.since is None or order.placed_at >= query.since)
            and (query.until is None or order.placed_at < query.until)
        ]
        return _behind(found, [order.order for order in found], query)


def _passes(wanted: HistoryFilter, past: Past) -> bool:
    at = past.item.timestamp
    return (
        (not wanted.kinds or past.kind in [int(kind) for kind in wanted.kinds])
        and wanted.asset in (None, past.asset)
        and wanted.market in (None, past.market)
        and (wanted.since is None or at >= wanted.since)
        and (wanted.until is None or at < wanted.until)
    )


def _behind(found: list[T], numbers: list[int], query: QueryHistory | QueryOrders) -> list[T]:
    if query.descending:
        return [
            item
            for item, number in reversed(list(zip(found, numbers, strict=True)))
            if query.cursor is None or number < query.cursor
        ]
    return [item for item, number in zip(found, numbers, strict=True) if query.cursor is None or number > query.cursor]
