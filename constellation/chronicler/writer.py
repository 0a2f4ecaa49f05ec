"""Writes certified batches into the database, each exactly once.

How far the chronicle is stands in the database itself and moves in the same transaction. So a chronicler may be killed
at any point; and several may write into one database: who comes second finds the batches done, and goes on behind them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, insert, select, update

from constellation.chronicler import tables
from constellation.chronicler.accounts import AccountNumbers
from constellation.chronicler.candle_rows import write_candles
from constellation.chronicler.inserting import insert_rows
from constellation.chronicler.intake import FinalBatch
from constellation.chronicler.rows import OrderChange, Row, Rows
from constellation.chronicler.statistics import Statistics
from constellation.chronicler.trades import MarketTrade
from constellation.protocol.messages import SignedAppointment
from constellation.quanta import Tip

_ASKED_AT_ONCE = 500
_CURSOR = "cursor"
_SUMS = ("filled", "filled_quote", "reduced", "fee", "armed")
APPOINTMENT = "appointment "
"""What the names of appointments begin with, before their terms."""


@dataclass(slots=True, frozen=True)
class Cursor:
    """How far a chronicle is.

    Attributes:
        tip: the last batch that is in it.
        apex: the last quantum.
    """

    tip: Tip
    apex: int

    def to_bytes(self) -> bytes:
        """As it is stored."""
        numbers = (self.tip.epoch, self.tip.number, self.apex)
        return b"".join(number.to_bytes(8, "big") for number in numbers) + self.tip.digest

    @classmethod
    def from_bytes(cls, data: bytes) -> "Cursor":
        """As it was stored."""
        epoch, number, apex = (int.from_bytes(data[place : place + 8], "big") for place in (0, 8, 16))
        return cls(Tip(epoch, number, data[24:]), apex)


class Gap(Exception):
    """The batches do not follow what the database has."""


class ChronicleWriter:
    """The writing side of a chronicle; all calls block, and come from one thread at a time.

    Args:
        engine: of the database, whose tables are made.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._accounts = AccountNumbers()
        self._statistics = Statistics(engine)

    def write(self, batches: Sequence[FinalBatch]) -> int:
        """Write consecutive batches in one transaction; how many rows that were.

        Batches that the database has already are passed over.

        Raises:
            Gap: the first one does not follow what the database has.
        """
        with self._engine.begin() as connection:
            cursor = read_cursor(connection, lock=True)
            new = [final for final in batches if final.number > cursor.tip.number]
            if not new:
                return 0
            header = new[0].sealed.header
            if header.number != cursor.tip.number + 1 or header.previous != cursor.tip.digest:
                raise Gap(
                    f"batch {header.number} does not follow batch {cursor.tip.number}, the last in the database: "
                    "somebody else has changed it (a rebuild?); start this chronicler again"
                )
            rows = Rows()
            for final in new:
                rows.add(final)
            numbers = self._accounts.learn(connection, _keys(rows))
            count = _write_rows(connection, rows, numbers)
            last = new[-1].sealed
            put_cursor(connection, Cursor(last.tip, last.header.last_apex))
        self._accounts.keep(numbers)
        self._statistics.wrote(count)
        return count

    def appoint(self, appointments: Sequence[SignedAppointment]) -> None:
        """Keep the appointments that are known, so that whoever reads from here can be given them."""
        with self._engine.begin() as connection:
            for signed in appointments:
                put_about(connection, f"{APPOINTMENT}{signed.appointment.term}", signed.to_xdr())


def read_cursor(connection: Connection, *, lock: bool = False) -> Cursor:
    """How far the chronicle is.

    Args:
        connection: to its database.
        lock: whether nobody else may move it until the transaction ends.
    """
    query = select(tables.about.c.value).where(tables.about.c.name == _CURSOR)
    return Cursor.from_bytes(connection.execute(query.with_for_update() if lock else query).scalar_one())


def put_cursor(connection: Connection, cursor: Cursor) -> None:
    """Set how far the chronicle is."""
    put_about(connection, _CURSOR, cursor.to_bytes())


def put_about(connection: Connection, name: str, value: bytes) -> None:
    """Set what the database says of itself under ``name``."""
    about = tables.about
    if not connection.execute(update(about).where(about.c.name == name).values(value=value)).rowcount:
        connection.execute(insert(about).values(name=name, value=value))


def _keys(rows: Rows) -> list[bytes]:
    """Everybody whom the rows name, in the order of their effects."""
    keys = [row.values["account"] for row in rows.effects]
    return keys + [row["destination"] for row in rows.payments]


def _write_rows(connection: Connection, rows: Rows, numbers: dict[bytes, int]) -> int:
    """Write everything; how many rows that are."""

    def numbered(items: Iterable[Row], *columns: str) -> list[Row]:
        return [{**item, **{name: numbers[item[name]] for name in columns}} for item in items]

    def put(table: Table, items: list[Row]) -> int:
        return insert_rows(connection, table, items)

    count = put(tables.batches, rows.batches)
    count += put(tables.orders, numbered(_settled(rows), "account"))
    _change_orders(connection, rows)
    count += put(tables.withdrawals, numbered(rows.new_withdrawals.values(), "account"))
    _change_withdrawals(connection, rows)
    count += put(tables.effects, _effects(connection, rows, numbers))
    count += put(tables.trades, [_trade_row(trade, numbers) for trade in rows.trades])
    count += put(tables.payments, numbered(rows.payments, "source", "destination"))
    count += put(tables.deposits, numbered(rows.deposits, "account"))
    count += put(tables.suspense, rows.suspense)
    _change(connection, tables.suspense, "operation", rows.refunds)
    count += put(tables.settings_changes, rows.settings_changes)
    count += put(tables.suspensions, rows.suspensions)
    count += put(tables.modes, rows.modes)
    return count + write_candles(connection, rows.trades)


def _settled(rows: Rows) -> Iterable[Row]:
    """New orders with what has happened to them since."""
    for number, row in rows.new_orders.items():
        change = rows.order_changes.pop(number, None)
        yield row if change is None else {**row, **_changed(change), **_sums(row, change)}


def _sums(row: Row, change: OrderChange) -> Row:
    return {name: row[name] + getattr(change, name) for name in _SUMS}


def _changed(change: OrderChange) -> Row:
    return {
        "close_reason": change.reason,
        "updated_apex": change.apex,
        "updated_at": change.timestamp,
    }


def _change_orders(connection: Connection, rows: Rows) -> None:
    """Change orders that earlier transactions have placed."""
    orders, changes = tables.orders, rows.order_changes
    if not changes:
        return
    found = _lookup(connection, orders, list(changes), *_SUMS)
    values = [{"key": number, **_changed(change), **_sums(found[number], change)} for number, change in changes.items()]
    connection.execute(_update_by(orders, "id", values[0]), values)


def _change_withdrawals(connection: Connection, rows: Rows) -> None:
    _change(connection, tables.withdrawals, "id", list(rows.withdrawal_changes.values()))


def _change(connection: Connection, table: Table, key: str, items: list[Row]) -> None:
    if items:
        values = [{"key": item[key], **{name: item[name] for name in item if name != key}} for item in items]
        connection.execute(_update_by(table, key, values[0]), values)


def _update_by(table: Table, key: str, values: Row) -> Any:
    columns: dict[str, Any] = {name: bindparam(name) for name in values if name != "key"}
    return update(table).where(table.c[key] == bindparam("key")).values(columns)


def _effects(connection: Connection, rows: Rows, numbers: dict[bytes, int]) -> list[Row]:
    """The rows of effects with what had to be looked up: the markets of orders, the assets of withdrawals."""
    orders = [row.order for row in rows.effects if row.order is not None and row.order not in rows.new_orders]
    withdrawals = [
        row.withdrawal
        for row in rows.effects
        if row.withdrawal is not None and row.withdrawal not in rows.new_withdrawals
    ]
    markets = {**_lookup(connection, tables.orders, orders, "market"), **rows.new_orders}
    assets = {**_lookup(connection, tables.withdrawals, withdrawals, "asset"), **rows.new_withdrawals}
    for row in rows.effects:
        row.values["account"] = numbers[row.values["account"]]
        if row.order is not None:
            row.values["market"] = markets[row.order]["market"]
        if row.withdrawal is not None:
            row.values["asset"] = assets[row.withdrawal]["asset"]
    return [row.values for row in rows.effects]


def _lookup(connection: Connection, table: Table, ids: Sequence[int], *columns: str) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for first in range(0, len(ids), _ASKED_AT_ONCE):
        some = ids[first : first + _ASKED_AT_ONCE]
        query = select(table.c.id, *(table.c[name] for name in columns)).where(table.c.id.in_(some))
        found |= {row.id: dict(row._mapping) for row in connection.execute(query)}
    return found


def _trade_row(trade: MarketTrade, numbers: dict[bytes, int]) -> Row:
    return {
        "apex": trade.apex,
        "place": trade.place,
        "market": trade.market,
        "timestamp": trade.timestamp,
        "side": int(trade.side),
        "price": trade.price,
        "amount": trade.amount,
        "quote_amount": trade.quote_amount,
        "taker_order": trade.taker_order,
        "maker_order": trade.maker_order,
        "taker": numbers[trade.taker],
        "maker": numbers[trade.maker],
        "taker_fee": trade.taker_fee,
        "maker_fee": trade.maker_fee,
    }
