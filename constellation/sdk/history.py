"""What has happened to the account, page by page, from a chronicler: in names, Decimals and times."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from constellation.protocol import messages
from constellation.protocol.messages import OrderCloseReason, OrderKind, TimeInForce
from constellation.sdk.effects import Effect, side_name, translate_effect
from constellation.sdk.history_queries import HISTORY, ORDERS, cursor_text, kind_name
from constellation.sdk.markets import Catalogue
from constellation.sdk.numbers import amount
from constellation.sdk.verifier import FinalProof

_US = 1_000_000

TIMES_IN_FORCE: Final = {
    TimeInForce.GOOD_TILL_CANCELLED: "GTC",
    TimeInForce.IMMEDIATE_OR_CANCEL: "IOC",
    TimeInForce.FILL_OR_KILL: "FOK",
}
"""Names of the times in force."""


@dataclass(slots=True, frozen=True)
class HistoryItem:
    """One effect on the account.

    Attributes:
        number: in the account's own numbering, from 1, without gaps.
        apex: of the quantum that had it.
        timestamp: of that quantum, microseconds since 1970.
        batch: the number of its batch.
        kind: such as ``trade``, ``payment_received``, ``deposit_credited``.
        effect: what changed.
        proof: that it is so and is final; None where none was asked for.
    """

    number: int
    apex: int
    timestamp: int
    batch: int
    kind: str
    effect: Effect
    proof: FinalProof | None = field(default=None, repr=False, compare=False)

    @property
    def time(self) -> datetime:
        """Of the quantum, UTC."""
        return _time(self.timestamp)


@dataclass(slots=True, frozen=True)
class HistoryPage:
    """Some effects.

    Attributes:
        items: in the direction that was asked for; there may be none although there are more pages.
        apex: everything up to this quantum was looked at.
        cursor: give it as ``after`` to go on behind this page; None where there was nothing.
        more: whether there is something behind it, as far as is known.
    """

    items: tuple[HistoryItem, ...]
    apex: int
    cursor: str | None
    more: bool


@dataclass(slots=True, frozen=True)
class PastOrder:
    """An order and what became of it: the chronicler's word, never proven.

    Attributes:
        order_id: the apex that placed it.
        placed_at: microseconds since 1970.
        market: such as ``XLM/USD``.
        side: ``buy`` or ``sell``.
        kind: ``limit`` or ``market``.
        time_in_force: ``GTC``, ``IOC`` or ``FOK``.
        price: its limit; None of a market order.
        amount: of base, as it was placed; None where it had a budget.
        budget: of quote, in place of an amount.
        trigger: ``stop`` or ``take_profit``, where it was armed first.
        trigger_price: what the last price had to get to.
        armed: it waits for that.
        filled: of base.
        filled_quote: of quote, for what was filled.
        reduced: of base, by self-trade prevention or by the account itself.
        fee: of what it received.
        client_order_id: what the account calls it, if it has a name.
        closed: why it is closed; None while it is open.
        updated_at: when it has changed last, microseconds since 1970.
    """

    order_id: int
    placed_at: int
    market: str
    side: str
    kind: str
    time_in_force: str
    price: Decimal | None
    amount: Decimal | None
    budget: Decimal | None
    trigger: str | None
    trigger_price: Decimal | None
    armed: bool
    filled: Decimal
    filled_quote: Decimal
    reduced: Decimal
    fee: Decimal
    client_order_id: str | None
    closed: OrderCloseReason | None
    updated_at: int

    @property
    def is_open(self) -> bool:
        """Whether it rests on the book, or waits for its trigger."""
        return self.closed is None

    @property
    def placed_time(self) -> datetime:
        """When it was placed, UTC."""
        return _time(self.placed_at)


@dataclass(slots=True, frozen=True)
class OrdersPage:
    """Some orders; the attributes are those of :class:`HistoryPage`."""

    orders: tuple[PastOrder, ...]
    apex: int
    cursor: str | None
    more: bool


def history_view(catalogue: Catalogue, page: messages.HistoryPage, proofs: dict[int, FinalProof]) -> HistoryPage:
    """The view of a page.

    Args:
        catalogue: assets and markets by name.
        page: as it came.
        proofs: of its items, by their numbers.

    Raises:
        IndexError: an asset or market is not listed.
    """
    items = tuple(
        HistoryItem(
            item.number,
            item.apex,
            item.timestamp,
            item.batch,
            kind_name(item.effect),
            translate_effect(catalogue, item.effect),
            proofs.get(item.number),
        )
        for item in page.items
    )
    return HistoryPage(items, page.apex, cursor_text(HISTORY, page.cursor), page.more)


def orders_view(catalogue: Catalogue, page: messages.OrdersPage) -> OrdersPage:
    """The view of a page.

    Raises:
        IndexError: a market is not listed.
    """
    orders = tuple(_order(catalogue, record) for record in page.orders)
    return OrdersPage(orders, page.apex, cursor_text(ORDERS, page.cursor), page.more)


_KINDS = {OrderKind.LIMIT_KIND: "limit", OrderKind.MARKET_KIND: "market"}


def _order(catalogue: Catalogue, record: messages.OrderRecord) -> PastOrder:
    market = catalogue.markets[record.market]
    return PastOrder(
        record.order,
        record.placed_at,
        market.name,
        side_name(record.side),
        _KINDS[record.kind],
        TIMES_IN_FORCE[record.time_in_force],
        market.price(record.price) if record.price else None,
        amount(record.amount) if record.amount else None,
        amount(record.budget) if record.budget else None,
        None if record.trigger is None else record.trigger.kind.name.lower(),
        None if record.trigger is None else market.price(record.trigger.price),
        record.armed,
        amount(record.filled),
        amount(record.filled_quote),
        amount(record.reduced),
        amount(record.fee),
        record.client_order_id or None,
        record.closed,
        record.updated_at,
    )


def _time(timestamp: int) -> datetime:
    seconds, microseconds = divmod(timestamp, _US)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=microseconds)
