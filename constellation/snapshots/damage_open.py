"""What is looked at when a log is opened: enough to go on, without reading all of it.

- The file's header, its size and its schema are what this version writes.
- The write-ahead log is whole but for a last transaction that never came to its end.
- The small tables, the state's entries, and the list of free pages are well formed. The batches are not read here:
  their values are sealed and chained, and each is checked when it is read.
- The log ends where it ended. A damaged page could hide the last rows, and the log would look shorter than what its
  node has signed. So the database itself, by triggers, notes the end of each table in another one.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_engine

from constellation.snapshots.damage import DamagedLog
from constellation.snapshots.damage_wal import WalScan, scan_wal

_ENDS = {
    "batches": "SELECT coalesce(max(number), 0) FROM batches",
    "certificates": "SELECT coalesce((SELECT number FROM batches WHERE certificate IS NOT NULL"
    " ORDER BY number DESC LIMIT 1), 0)",
    "promises": "SELECT coalesce(max(epoch), 0) FROM promises",
    "appointments": "SELECT coalesce(max(term), 0) FROM appointments",
}
"""Where a table ends, and how to find out from its rows."""

_CHANGES = {
    "INSERT ON batches": ("batches", "certificates"),
    "DELETE ON batches": ("batches", "certificates"),
    "UPDATE OF certificate ON batches": ("certificates",),
    "INSERT ON promises": ("promises",),
    "DELETE ON promises": ("promises",),
    "INSERT ON appointments": ("appointments",),
}
_LONG_TABLES = frozenset({"batches", "account_effects"})

_PAGE_BYTES = 4096
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\0"
_PAGES = b"\x10\x00\x02\x02\x00\x40\x20\x20"
"""From byte 16 on: pages of 4,096 bytes, write-ahead logging."""
_TEXT = bytes([0, 0, 0, 4]) + bytes(8) + bytes([0, 0, 0, 1]) + bytes(32)
"""From byte 44 on: UTF-8 and nothing unusual. All zero while everything but an empty page is in the write-ahead log."""


def open_tables(engine: Engine, path: Path | None, metadata: MetaData) -> None:
    """Make the tables of a new log, or look for damage in one that is there.

    Args:
        engine: not used before.
        path: of the file; None for a log in memory.
        metadata: the tables of this version.

    Raises:
        DamagedLog: the file is not what a node has written.
        StorageFailure: it cannot be read or written.
    """
    is_new = path is None or not path.exists() or path.stat().st_size == 0
    scanned = None
    if path is not None and not is_new:
        _check_header(path)
        scanned = scan_wal(path)
    try:
        with engine.begin() as connection:
            if path is None or scanned is None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # all tables at once, or none
                _create(connection, metadata)
            else:
                _check(connection, path, metadata, scanned)
    except UnicodeDecodeError as error:  # in a message of SQLite, about a name that is damaged
        raise DamagedLog(f"the log is damaged: {error}") from None


def _create(connection: Connection, metadata: MetaData) -> None:
    metadata.create_all(connection)
    connection.exec_driver_sql("CREATE TABLE ends (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID")
    for name in _ENDS:
        connection.exec_driver_sql(f"INSERT INTO ends VALUES ('{name}', 0)")  # noqa: S608  # names of our own
    for change, names in _CHANGES.items():
        updates = "".join(f"UPDATE ends SET number = ({_ENDS[name]}) WHERE name = '{name}'; " for name in names)  # noqa: S608
        trigger = "end_" + change.lower().replace(" ", "_")
        connection.exec_driver_sql(f"CREATE TRIGGER {trigger} AFTER {change} BEGIN {updates}END")


def _check_header(path: Path) -> None:
    """Compare what SQLite's header says of every log."""
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if not header.startswith(_MAGIC):
        raise DamagedLog("the log is damaged: file is not a database")
    is_empty = path.stat().st_size == _PAGE_BYTES
    texts = (_TEXT, bytes(len(_TEXT))) if is_empty else (_TEXT,)
    if header[16:24] != _PAGES or header[44:92] not in texts:
        raise DamagedLog("the log is damaged: its file's header is not what a node writes")


def _check(connection: Connection, path: Path, metadata: MetaData, scanned: WalScan) -> None:
    _check_wal(connection, path, scanned)
    _check_schema(connection, metadata)
    for table in ("sqlite_schema", "ends", *(name for name in metadata.tables if name not in _LONG_TABLES)):
        _check_structure(connection, f"PRAGMA integrity_check('{table}')")
    _check_ends(connection)


def _check_wal(connection: Connection, path: Path, scanned: WalScan) -> None:
    """Compare what SQLite takes from the write-ahead log with what is in it, and move that to the file."""
    _, used, moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
    problem = scanned.problem(used)
    if problem is not None and scan_wal(path) == scanned:
        raise DamagedLog(f"the log is damaged: {problem}")
    if moved < used:  # something else is reading the log and needs what it has read so far
        return
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    if path.stat().st_size != pages * _PAGE_BYTES:
        raise DamagedLog(f"the log is damaged: its file has {path.stat().st_size} bytes, and not {pages} pages")


def _check_schema(connection: Connection, metadata: MetaData) -> None:
    if _schema(connection) != _expected_schema(metadata):
        raise DamagedLog("the log is damaged: it does not have the tables of this version")


def _schema(connection: Connection) -> frozenset[tuple[object, ...]]:
    rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_schema").all()
    return frozenset(tuple(row) for row in rows)


@cache
def _expected_schema(metadata: MetaData) -> frozenset[tuple[object, ...]]:
    engine = create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            _create(connection, metadata)
            return _schema(connection)
    finally:
        engine.dispose()


def _check_structure(connection: Connection, pragma: str) -> None:
    found = connection.exec_driver_sql(pragma).scalars().all()
    if found != ["ok"]:
        raise DamagedLog(f"the log is damaged: {'; '.join(str(item) for item in found[:3])}")


def _check_ends(connection: Connection) -> None:
    noted = {row.name: row.number for row in connection.exec_driver_sql("SELECT name, number FROM ends")}
    for name, query in _ENDS.items():
        found = connection.exec_driver_sql(query).scalar_one()
        if noted.pop(name, None) != found:
            raise DamagedLog(f"the log is damaged: its {name} end at {found}, which is not what it noted")
    if noted:
        raise DamagedLog("the log is damaged: it notes ends that it does not have")


def noted_end(connection: Connection, table: str) -> int:
    """Where a table ends by what the database noted: a number, an epoch or a term; 0 when it is empty.

    Raises:
        DamagedLog: there is no such note.
    """
    number = connection.exec_driver_sql("SELECT number FROM ends WHERE name = ?", (table,)).scalar()
    if not isinstance(number, int):
        raise DamagedLog(f"the log does not say where its {table} end")
    return number


def check_all_pages(connection: Connection) -> None:
    """Let SQLite look at every page and every index.

    Raises:
        DamagedLog: something contradicts its format.
    """
    _check_structure(connection, "PRAGMA integrity_check")
