"""Reads the chronicle out of a chronicle, for further chroniclers: what it was given, it can give."""

from typing import Final

from sqlalchemy import Engine, func, select

from constellation.chronicler.chronicle import read_appointments
from constellation.chronicler.connections import moment
from constellation.chronicler.tables import batches
from constellation.chronicler.writer import read_cursor
from constellation.protocol.history import ChroniclePage
from constellation.protocol.messages import ChronicleItemType, encode_chronicle_item

BATCH_TYPE: Final = ChronicleItemType.CHRONICLE_BATCH.to_bytes(4, "big")
"""With which the item of a batch begins."""


def read_page(engine: Engine, after: int, term: int, most_bytes: int) -> ChroniclePage:
    """What follows batch ``after``, at least one batch if there is one.

    Args:
        engine: of the database, for reading.
        after: number of the last batch that the reader has.
        term: the last one whose members it knows.
        most_bytes: after so many no further batch is begun.
    """
    with moment(engine) as connection:
        known = [signed for signed in read_appointments(connection) if signed.appointment.term > term]
        page = ChroniclePage([encode_chronicle_item(signed) for signed in known], read_cursor(connection).tip.number)
        query = select(batches.c.record).where(batches.c.number > after).order_by(batches.c.number)
        size = 0
        for record in connection.execute(query.execution_options(stream_results=True)).scalars():
            page.items.append(BATCH_TYPE + record)
            size += len(record)
            if size >= most_bytes:
                break
        return page


def read_digest(engine: Engine, number: int) -> bytes | None:
    """Hash of the header of a batch; None when the chronicle does not have it."""
    with moment(engine) as connection:
        return connection.execute(select(batches.c.digest).where(batches.c.number == number)).scalar()


def read_digests(engine: Engine, after: int, count: int) -> list[tuple[int, bytes]]:
    """Numbers and header hashes of the batches behind ``after``."""
    query = select(batches.c.number, batches.c.digest).where(batches.c.number > after)
    with moment(engine) as connection:
        rows = connection.execute(query.order_by(batches.c.number).limit(count))
        return [(number, digest) for number, digest in rows]


def before_newest(engine: Engine, most_bytes: int) -> int:
    """Number of the batch behind which the newest ones begin that have so many bytes together at most."""
    query = select(batches.c.number, func.length(batches.c.record)).order_by(batches.c.number.desc())
    with moment(engine) as connection:
        size = 0
        for number, length in connection.execute(query.execution_options(stream_results=True)):
            size += length
            if size > most_bytes:
                return int(number)
    return 0
