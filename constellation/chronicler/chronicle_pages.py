"""Reads the chronicle out of a chronicle, for further chroniclers: what it was given, it can give."""

from typing import Final

from sqlalchemy import Engine, select

from constellation.chronicler.chronicle import read_appointments
from constellation.chronicler.connections import moment
from constellation.chronicler.tables import batches
from constellation.chronicler.writer import read_cursor
from constellation.protocol.history import ChroniclePage
from constellation.protocol.messages import ChronicleItemType, encode_chronicle_item

_BATCH_TYPE: Final = ChronicleItemType.CHRONICLE_BATCH.to_bytes(4, "big")


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
            page.items.append(_BATCH_TYPE + record)
            size += len(record)
            if size >= most_bytes:
                break
        return page
