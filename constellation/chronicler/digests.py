"""Hashes of a chronicle's tables, to compare two: row for row, value for value, whatever database they are in."""

from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Connection, Table, func, select

from constellation.chronicler.tables import VARIES, metadata


def table_digests(
    connection: Connection, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> dict[str, bytes]:
    """SHA-256 of every table's rows in the order of their keys, by its name.

    Args:
        connection: in a transaction that sees one moment.
        progress: told how many rows are read, and of how many.
    """
    tables = sorted(metadata.tables.values(), key=lambda table: table.name)
    total = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
    done = 0

    def read(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    return {table.name: _digest(connection, table, read) for table in tables}


def _digest(connection: Connection, table: Table, read: Callable[[int], None]) -> bytes:
    digest = sha256()
    columns = [column for column in table.columns if not column.info.get(VARIES)]
    query = select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
    for rows in connection.execute(query).partitions():
        for row in rows:
            for value in row:
                data = _encoded(value)
                digest.update(len(data).to_bytes(4, "big"))
                digest.update(data)
        read(len(rows))
    return digest.digest()


def _encoded(value: int | str | bytes | None) -> bytes:
    """A value so that no two of different kinds or content look alike."""
    match value:
        case None:
            return b"n"
        case bytes():
            return b"b" + value
        case str():
            return b"s" + value.encode()
    return b"i" + str(value).encode()
