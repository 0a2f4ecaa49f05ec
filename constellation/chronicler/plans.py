"""How databases are asked, so that a page costs little whatever they believe of the tables."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, text

_SETTINGS = ("enable_sort", "enable_bitmapscan", "enable_seqscan")
_QUERY = text("SELECT " + ", ".join(f"set_config('{name}', 'off', true)" for name in _SETTINGS))


def follow_indexes(connection: Connection) -> None:
    """For the rest of the transaction, read in the order of an index and stop at the limit.

    Where its statistics are old, PostgreSQL takes a large account for a small one, and collects and sorts all that it
    has for each page. SQLite does as it should.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_QUERY)


def among(column: ColumnElement[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a column's number is one of these, which stand in the statement: parameters are slow."""
    return column.in_(bindparam(None, list(numbers), expanding=True, literal_execute=True))
