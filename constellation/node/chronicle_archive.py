"""Fills a history from an archive: every batch is verified by executing it again, which also says what it did."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from constellation.chronicler.chronicle import read_terms
from constellation.chronicler.connections import moment
from constellation.chronicler.intake import FinalBatch, Intake
from constellation.chronicler.writer import ChronicleWriter, read_cursor
from constellation.protocol.limits import CHRONICLE_TRANSACTION_QUANTA
from constellation.protocol.messages import ArchiveHead, ArchiveRecord, Batch, Certificate, ChronicleBatch, Settings
from constellation.protocol.signing import settings_hash
from constellation.quanta import batch_effects
from constellation.snapshots.archive import ArchiveReader, ArchiveRefuted
from constellation.snapshots.archive_proof import ArchiveVerifier


def fill_from_archive(engine: Engine, settings: Settings, path: Path, progress: Callable[[int, int], None]) -> None:
    """Write what an archive has behind the end of the history.

    Args:
        engine: of the history, for writing.
        settings: of genesis.
        path: of the archive.
        progress: told how many bytes are done, and of how many.

    Raises:
        ArchiveRefuted: something in it does not hold; what came before is written.
        ChronicleRefused: it begins later than the history ends.
        UnusableArchive: it is no archive.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        reader = ArchiveReader(file)
        filling = _Filling(engine, settings)
        try:
            for record in reader.records():
                filling.receive(record)
                progress(reader.position, reader.size)
            filling.finish()
        except ArchiveRefuted as error:
            error.record, error.offset = reader.record, reader.offset
            raise


class _Filling:
    """An archive on its way into a history."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._verifier = ArchiveVerifier(settings_hash(settings))
        self._writer = ChronicleWriter(engine)
        with moment(engine) as connection:
            cursor = read_cursor(connection)
            self._intake = Intake(read_terms(connection, settings), cursor.tip, cursor.apex)
        self._next: ChronicleBatch | None = None
        self._final: list[FinalBatch] = []

    def receive(self, record: ArchiveRecord) -> None:
        """Verify a record, and take what it is about."""
        self._verifier.receive(record)
        match record:
            case ArchiveHead():
                known = self._intake.terms.term
                for signed in record.appointments:
                    self._intake.take(signed)
                self._writer.appoint(self._intake.terms.appointments[known:])
            case Batch():
                self._pass_on()
                self._next = ChronicleBatch(record, batch_effects(self._verifier.sealed), None)
            case Certificate():
                assert self._next is not None
                self._next.certificate = record
                self._pass_on()

    def _pass_on(self) -> None:
        """The batch before is complete: its certificate, if it has one, stands right behind it."""
        item, self._next = self._next, None
        if item is None or item.batch.signed_header.header.number <= self._intake.number:
            return
        self._final += self._intake.take(item)
        if sum(len(final.sealed.executed) for final in self._final) >= CHRONICLE_TRANSACTION_QUANTA:
            self._write()

    def _write(self) -> None:
        self._writer.write(self._final)
        self._final.clear()

    def finish(self) -> None:
        """The archive has ended.

        Raises:
            ArchiveRefuted: too early.
        """
        self._pass_on()
        self._write()
        self._verifier.finish()
