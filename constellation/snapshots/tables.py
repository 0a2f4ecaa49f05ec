"""The tables of a node's log."""

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, String, Table, select
from sqlalchemy.dialects.sqlite import insert as upsert

from constellation.snapshots.damage import Blob, Sealed, seal, unseal

metadata = MetaData()
"""All tables of a node's log."""

about = Table("about", metadata, Column("name", String, primary_key=True), Column("value", Blob, nullable=False))
"""What the log says of itself; the values are sealed, each with its name."""

BATCH_PLACE = "batches.batch"
EFFECTS_PLACE = "batches.effects"
CERTIFICATE_PLACE = "batches.certificate"
"""Where the parts of a batch are stored, for their seals."""

batches = Table(
    "batches",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("last_apex", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("digest", Blob, nullable=False),
    Column("batch", Sealed(BATCH_PLACE), nullable=False),
    Column("effects", Sealed(EFFECTS_PLACE, optional=True)),
    Column("certificate", Sealed(CERTIFICATE_PLACE, optional=True)),
)

promises = Table(
    "promises",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("promise", Sealed("promises.promise"), nullable=False),
)

appointments = Table(
    "appointments",
    metadata,
    Column("term", Integer, primary_key=True, autoincrement=False),
    Column("appointment", Sealed("appointments.appointment"), nullable=False),
)

ENTRY_PLACE = "entries.entry"
"""Where an entry of a checkpoint is stored, for its seal."""

entries = Table(
    "entries",
    metadata,
    Column("path", Blob, primary_key=True),
    Column("entry", Sealed(ENTRY_PLACE), nullable=False),
    sqlite_with_rowid=False,
)
"""The state's entries after the last checkpoint, in the order of the state tree: the path is the key's hash."""


def put_about(connection: Connection, name: str, value: bytes) -> None:
    """Set what the log says of itself under ``name``."""
    statement = upsert(about).values(name=name, value=seal(f"about.{name}", value))
    changed = {"value": statement.excluded.value}
    connection.execute(statement.on_conflict_do_update(index_elements=[about.c.name], set_=changed))


def read_about(connection: Connection) -> dict[str, bytes]:
    """Everything that the log says of itself.

    Raises:
        DamagedLog: a value was changed.
    """
    rows = connection.execute(select(about.c.name, about.c.value))
    return {row.name: unseal(f"about.{row.name}", row.value) for row in rows}


def put_number(connection: Connection, name: str, number: int) -> None:
    """Set the number that the log says of itself under ``name``."""
    put_about(connection, name, number.to_bytes(8, "big"))


def read_number(connection: Connection, name: str) -> int | None:
    """The number that the log says of itself under ``name``.

    Raises:
        DamagedLog: a value was changed.
    """
    value = read_about(connection).get(name)
    return None if value is None else int.from_bytes(value, "big")
