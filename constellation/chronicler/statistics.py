"""Keeps what PostgreSQL believes of the tables near the truth, where its own service for that is off or late.

It chooses how to read by it: taken for small, a large account is read whole for every page of its history.
"""

from sqlalchemy import Engine

from constellation.chronicler import tables

_ROWS_MIN = 10_000
_GROWTH = 5  # a fifth more than there was


class Statistics:
    """Renews them as the tables grow.

    Args:
        engine: of the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counted = 0
        self._new = 0

    def wrote(self, rows: int) -> None:
        """So many rows were written."""
        self._new += rows
        if self._new < max(_ROWS_MIN, self._counted // _GROWTH) or self._engine.dialect.name != "postgresql":
            return
        self._counted, self._new = self._counted + self._new, 0
        with self._engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE " + ", ".join(table.name for table in tables.metadata.sorted_tables))
