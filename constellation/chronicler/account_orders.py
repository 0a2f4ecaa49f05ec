"""Pages of the orders of one account, from the chronicle."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, select

from constellation.chronicler import tables
from constellation.chronicler.accounts import account_number
from constellation.chronicler.effect_search import Found
from constellation.chronicler.number_range import NumberRange
from constellation.chronicler.number_search import first_since
from constellation.chronicler.plans import among, follow_indexes
from constellation.chronicler.question_checks import check_orders_query
from constellation.chronicler.writer import read_cursor
from constellation.protocol.limits import HISTORY_LOOKS_MAX
from constellation.protocol.messages import (
    OrderCloseReason,
    OrderKind,
    OrderRecord,
    OrdersPage,
    QueryOrders,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)

_ORDERS = tables.orders.c
_BATCHES = tables.batches.c


def answer_orders(connection: Connection, account: bytes, query: QueryOrders) -> OrdersPage:
    """A page of the orders of an account, by their ids; an empty one where it has placed none.

    Args:
        connection: in a transaction that sees one moment of the chronicle.
        account: its key.
        query: what it asks.

    Raises:
        Rejection: INVALID_QUERY.
    """
    check_orders_query(query)
    follow_indexes(connection)
    cursor = read_cursor(connection)
    number = account_number(connection, account)
    ids = NumberRange(1, cursor.apex, query.descending).behind(query.cursor)
    if number is not None and not ids.is_empty:
        ids = _of_times(connection, cursor.tip.number, query, ids)
    if number is None or ids.is_empty:
        return OrdersPage(query.request_id, cursor.apex, [], query.cursor, False)
    found = _find(connection, number, query, ids)
    orders = _records(connection, found.numbers)
    return OrdersPage(query.request_id, cursor.apex, orders, found.end, found.more)


def _of_times(connection: Connection, last_batch: int, query: QueryOrders, ids: NumberRange) -> NumberRange:
    """The ids within the batches of the times that are asked for; an order's own time is compared later."""

    def times_at(numbers: Sequence[int]) -> Mapping[int, int]:
        rows = select(_BATCHES.number, _BATCHES.timestamp).where(among(_BATCHES.number, numbers))
        return {row.number: row.timestamp for row in connection.execute(rows)}

    low, high = ids.low, ids.high
    if query.since is not None:
        # Everything in a batch is at most as late as its header.
        first = first_since(times_at, 1, last_batch, query.since)
        low = max(low, _first_apex(connection, first) or high + 1)
    if query.until is not None:
        # The batch whose header is the first not before that time may have begun before it.
        last = first_since(times_at, 1, last_batch, query.until)
        high = min(high, _last_apex(connection, last) or high)
    return NumberRange(low, high, ids.descending)


def _first_apex(connection: Connection, batch: int) -> int | None:
    return connection.execute(select(_BATCHES.first_apex).where(_BATCHES.number == batch)).scalar()


def _last_apex(connection: Connection, batch: int) -> int | None:
    return connection.execute(select(_BATCHES.last_apex).where(_BATCHES.number == batch)).scalar()


def _find(connection: Connection, account: int, query: QueryOrders, ids: NumberRange) -> Found:
    """The first orders that are asked for, among so many as may be looked at."""
    looked_at = _own(account, query, ids).offset(HISTORY_LOOKS_MAX - 1).limit(1)
    end = connection.execute(looked_at.with_only_columns(_ORDERS.id)).scalar()
    window = ids if end is None else ids.up_to(end)
    inner = _own(account, query, window).limit(HISTORY_LOOKS_MAX).subquery()
    passing = select(inner.c.id).where(inner.c.passes).order_by(window.order(inner.c.id)).limit(query.limit + 1)
    found = list(connection.execute(passing).scalars())
    if len(found) > query.limit:
        return Found(found[: query.limit], found[query.limit - 1], True)
    return Found(found, window.end, window.end != ids.end)


def _own(account: int, query: QueryOrders, ids: NumberRange) -> Select[int, bool]:
    """The account's orders in their order, each with whether it is asked for; open ones have an index."""
    where = [_ORDERS.account == account, ids.has(_ORDERS.id)]
    if query.open:
        where.append(_ORDERS.close_reason.is_(None))
    return select(_ORDERS.id, _passes(query).label("passes")).where(*where).order_by(ids.order(_ORDERS.id))


def _passes(query: QueryOrders) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [_ORDERS.id > 0]
    if query.market is not None:
        conditions.append(_ORDERS.market == query.market)
    if query.open is False:
        conditions.append(_ORDERS.close_reason.is_not(None))
    if query.since is not None:
        conditions.append(_ORDERS.placed_at >= query.since)
    if query.until is not None:
        conditions.append(_ORDERS.placed_at < query.until)
    return and_(*conditions)


def _records(connection: Connection, ids: Sequence[int]) -> list[OrderRecord]:
    found = {row.id: _record(row) for row in connection.execute(select(tables.orders).where(among(_ORDERS.id, ids)))}
    return [found[number] for number in ids]


def _record(row: "Row[*tuple[int, ...]]") -> OrderRecord:
    return OrderRecord(
        row.id,
        row.placed_at,
        row.market,
        Side(row.side),
        OrderKind(row.kind),
        TimeInForce(row.time_in_force),
        row.price,
        row.amount,
        row.budget,
        None if row.trigger_price is None else Trigger(TriggerKind(row.trigger_kind), row.trigger_price),
        bool(row.armed) and row.close_reason is None,
        row.filled,
        row.filled_quote,
        row.reduced,
        row.fee,
        row.client_order_id,
        None if row.close_reason is None else OrderCloseReason(row.close_reason),
        row.updated_at,
    )
