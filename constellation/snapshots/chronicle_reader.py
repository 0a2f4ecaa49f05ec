"""Reads the chronicle out of a log: its certified batches with their effects, for those who write history from it.

Nothing is decoded: what a log stores of a batch are the parts of an encoded ChronicleItem.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, select

from constellation.protocol.errors import Rejection
from constellation.protocol.history import ChroniclePage
from constellation.protocol.messages import (
    ChronicleItemType,
    Code,
    encode_chronicle_item,
)
from constellation.snapshots.base import read_base
from constellation.snapshots.certificates import highest_certificate
from constellation.snapshots.connections import moment, reading_engine
from constellation.snapshots.damage import DamagedLog, damage_in
from constellation.snapshots.promises import read_appointments
from constellation.snapshots.tables import batches

_BATCH_TYPE: Final = ChronicleItemType.CHRONICLE_BATCH.to_bytes(4, "big")
_PRESENT, _ABSENT = (1).to_bytes(4, "big"), (0).to_bytes(4, "big")


class ChronicleReader:
    """The reading side of one log; all calls block, and come from one thread.

    Args:
        engine: of the log's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, path: Path) -> "ChronicleReader":
        """A reader beside the log's writer, of the same file."""
        return cls(reading_engine(path))

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def read(self, after: int, term: int, most_bytes: int) -> ChroniclePage:
        """What follows batch ``after``, at least one batch if there is one.

        Args:
            after: number of the last batch that the reader has.
            term: the last one whose members it knows.
            most_bytes: after so many no further batch is begun.

        Raises:
            Rejection: PRUNED: the log does not have these batches any more, or not what they did.
            DamagedLog: a row is damaged or missing.
        """
        with moment(self._engine) as connection:
            base, certified = read_base(connection), highest_certificate(connection)
            if after < base:
                raise _pruned(f"the log begins behind batch {base}")
            known = [signed for signed in read_appointments(connection) if signed.appointment.term > term]
            page = ChroniclePage([encode_chronicle_item(signed) for signed in known], max(base, certified))
            page.items += _read_batches(connection, after, certified, most_bytes)
            return page


def _read_batches(connection: Connection, after: int, last: int, most_bytes: int) -> list[bytes]:
    columns = batches.c
    query = select(columns.number, columns.batch, columns.effects, columns.certificate)
    query = query.where(columns.number.between(after + 1, last)).order_by(columns.number)
    items: list[bytes] = []
    size = 0
    with damage_in(lambda: f"batch {after + 1 + len(items)}"):
        for row in connection.execute(query.execution_options(stream_results=True)):
            if row.number != after + 1 + len(items):
                raise DamagedLog("its row is missing")
            if row.effects is None:
                if items:
                    break
                raise _pruned(
                    f"the effects of batch {row.number} were not kept: this node did not feed chroniclers yet"
                )
            certificate = _ABSENT if row.certificate is None else _PRESENT + row.certificate
            items.append(_BATCH_TYPE + row.batch + row.effects + certificate)
            size += len(items[-1])
            if size >= most_bytes:
                break
    return items


def _pruned(reason: str) -> Rejection:
    return Rejection(Code.PRUNED, f"{reason}; fill the chronicle from an archive first")
