"""The batches whose requests may be asked for again, and how they are rebuilt as they were sealed."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from constellation.protocol.errors import Divergence
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Batch, BatchEffects, Quantum
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import SealedBatch, reseal
from constellation.snapshots.base import read_base
from constellation.snapshots.batch_rows import stored_batch
from constellation.snapshots.damage import DamagedLog, damage_in
from constellation.snapshots.damage_open import noted_end
from constellation.snapshots.tables import batches


def read_answers(
    connection: Connection, constellation: bytes, since_us: int, before: int | None, valid_at_us: int, most: int
) -> list[tuple[Batch, bytes]]:
    """The batches with stored effects whose requests may be asked for again, and those effects, oldest first.

    Args:
        connection: to the log.
        constellation: its id.
        since_us: the first one ends at this time or later.
        before: the last one has a smaller number than this.
        valid_at_us: the first one has a request that has not expired at this time.
        most: when there are so many of those requests, nothing older is read.

    Raises:
        DamagedLog: a row is damaged; the message names the batch.
    """
    found: list[tuple[Batch, bytes]] = []
    needed = valid = 0
    rows = _backwards(connection, constellation, before)
    while valid < most:
        batch, effects = next(rows, (None, None))
        if batch is None or batch.signed_header.header.timestamp < since_us:
            break
        if effects is not None:
            found.append((batch, effects))
            still_valid = sum(_expiry_us(quantum) >= valid_at_us for quantum in batch.quanta)
            valid += still_valid
            needed = len(found) if still_valid else needed
    return found[:needed][::-1]


def _backwards(
    connection: Connection, constellation: bytes, before: int | None
) -> Iterator[tuple[Batch, bytes | None]]:
    """The batches with a smaller number than ``before``, and their stored effects, from the last to the base."""
    columns, first = batches.c, max(read_base(connection), 1)
    end = noted_end(connection, "batches")
    number = end if before is None else min(end, before - 1)
    query = select(columns.number, columns.digest, columns.batch, columns.effects)
    query = query.where(columns.number <= number).order_by(columns.number.desc())
    with damage_in(lambda: f"batch {number}"):
        for row in connection.execution_options(yield_per=64).execute(query):
            yield stored_batch(constellation, number, row).batch, row.effects
            number -= 1
        if number >= first:
            raise DamagedLog("its row is missing")


def reseal_stored(constellation: bytes, batch: Batch, effects: bytes) -> SealedBatch:
    """The batch as it was sealed.

    Args:
        constellation: its id.
        batch: from the log.
        effects: of the batch, from the log.

    Raises:
        DamagedLog: they cannot be decoded, or are not the batch's; the message names it.
    """
    try:
        return reseal(constellation, batch, BatchEffects.from_xdr(effects))
    except (MalformedMessage, Divergence) as error:
        number = batch.signed_header.header.number
        raise DamagedLog(f"the effects of batch {number} in the log are damaged: {error}") from None


def _expiry_us(quantum: Quantum) -> int:
    """Until when its request may be asked for again; before all time when it has none."""
    return quantum.body.request.valid_until if isinstance(quantum.body, Submission) else -1
