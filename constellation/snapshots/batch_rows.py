"""The rows of the batches: how they are written, and what is compared whenever one is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, Engine, Row, Select, select

from constellation.protocol.messages import Batch, BatchEffects, BatchHeader, SignedHeader
from constellation.protocol.signing import header_hash
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots.account_index import index_effects
from constellation.snapshots.damage import DamagedLog, damage_in, seal
from constellation.snapshots.damage_open import noted_end
from constellation.snapshots.tables import BATCH_PLACE, EFFECTS_PLACE, batches

_ROOT_FLAG: Final = 111  # of a batch, encoded: the byte that says whether the header has a state root
_ROOT_BYTES: Final = 32
_HEADER_BYTES: Final = 176  # of the signed header without it

# As text for the driver: with a batch of one, half of the time would be spent on preparing the statement.
_INSERT: Final = (
    "INSERT INTO batches (number, epoch, last_apex, timestamp, digest, batch, effects) "
    "VALUES (:number, :epoch, :last_apex, :timestamp, :digest, :batch, :effects)"
)

BatchRow = Row[*tuple[Any, ...]]
"""With some of the columns."""


@dataclass(slots=True)
class StoredBatch:
    """One row of the log.

    Attributes:
        batch: header and quanta.
        digest: hash of the header.
        effects: what the quanta did, where answers may be asked for again (alpha).
        outline: of the batch (see :mod:`constellation.snapshots.outline`), where effects are stored.
    """

    batch: Batch
    digest: bytes
    effects: BatchEffects | None = None
    outline: bytes = b""


def insert_batch(connection: Connection, stored: StoredBatch) -> None:
    """Add a batch and what its effects are found by, within the caller's transaction."""
    row = batch_row(stored)
    row["batch"] = seal(BATCH_PLACE, row["batch"])
    if row["effects"] is not None:
        row["effects"] = seal(EFFECTS_PLACE, row["effects"])
    connection.exec_driver_sql(_INSERT, row)
    if stored.effects is not None:
        index_effects(connection, stored.batch.signed_header.header.number, stored.effects, stored.outline)


def batch_row(stored: StoredBatch) -> dict[str, Any]:
    """The values of a batch's row, by column."""
    header = stored.batch.signed_header.header
    return {
        "number": header.number,
        "epoch": header.epoch,
        "last_apex": header.last_apex,
        "timestamp": header.timestamp,
        "digest": stored.digest,
        "batch": stored.batch.to_xdr(),
        "effects": None if stored.effects is None else stored.effects.to_xdr(),
    }


def read_batches(
    engine: Engine, constellation: bytes, first: int, last: int | None = None, chunk: int = 64
) -> Iterator[StoredBatch]:
    """The batches from ``first`` to ``last`` (or the tip), read in chunks, each on a connection of its own.

    Raises:
        DamagedLog: a row is damaged or missing; the message names the batch.
    """
    columns = select(batches.c.number, batches.c.digest, batches.c.batch).order_by(batches.c.number)
    position = first
    while True:
        query = columns.where(batches.c.number >= position).limit(chunk)
        rows, end = _rows(engine, query if last is None else query.where(batches.c.number <= last), position)
        for row in rows:
            yield stored_batch(constellation, position, row)
            position += 1
        if len(rows) < chunk:
            break
    if position <= (end if last is None else min(last, end)):
        raise _missing(position)


def _rows(engine: Engine, query: Select[Any], first: int) -> tuple[list[BatchRow], int]:
    """The rows, of which the first should be that of batch ``first``, and where the log ends."""
    rows: list[BatchRow] = []
    with engine.connect() as connection, damage_in(lambda: f"batch {first + len(rows)}"):
        rows.extend(connection.execute(query))
        return rows, noted_end(connection, "batches")


def stored_batch(constellation: bytes, number: int, row: BatchRow) -> StoredBatch:
    """What is in ``row``, which must be that of batch ``number``.

    Raises:
        DamagedLog: it is not, or does not fit its own hash.
    """
    if row.number != number:
        raise _missing(number)
    try:
        batch = Batch.from_xdr(row.batch)
    except MalformedMessage as error:
        raise DamagedLog(f"batch {number} in the log is damaged: {error}") from None
    _check_header(constellation, row, batch.signed_header.header)
    return StoredBatch(batch, row.digest)


def find_row(connection: Connection, number: int, *columns: Column[Any]) -> BatchRow:
    """The row of batch ``number`` with what :func:`signed_header` needs, and ``columns``.

    Raises:
        DamagedLog: it is damaged or missing.
    """
    query = select(batches.c.number, batches.c.digest, batches.c.batch, *columns).where(batches.c.number == number)
    with damage_in(lambda: f"batch {number}"):
        row = connection.execute(query).first()
    if row is None:
        raise _missing(number)
    return row


def signed_header(constellation: bytes, row: BatchRow) -> SignedHeader:
    """The signed header of a batch, which is encoded first in it; the quanta are not decoded.

    Raises:
        DamagedLog: it cannot be decoded, or does not fit its own hash.
    """
    has_root = row.batch[_ROOT_FLAG : _ROOT_FLAG + 1] == b"\x01"
    size = _HEADER_BYTES + (_ROOT_BYTES if has_root else 0)
    try:
        signed = SignedHeader.from_xdr(row.batch[:size])
    except MalformedMessage as error:
        raise DamagedLog(f"batch {row.number} in the log is damaged: {error}") from None
    _check_header(constellation, row, signed.header)
    return signed


def _check_header(constellation: bytes, row: BatchRow, header: BatchHeader) -> None:
    if header.number != row.number or header_hash(constellation, header) != row.digest:
        raise DamagedLog(f"batch {row.number} in the log does not fit its own hash")


def _missing(number: int) -> DamagedLog:
    return DamagedLog(f"batch {number} in the log is missing")
