"""What can be read from a log.

Torn pages are SQLite's solved problem; what it cannot know, seals tell, and the hash chain: whatever is not what was
written is found when it is read, as :class:`DamagedLog` (:mod:`constellation.snapshots.damage`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, select

from constellation.protocol.limits import ANSWERS_MAX
from constellation.protocol.messages import Batch, Certificate, Finality, Settings, SignedAppointment, SignedPromise
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.terms import Terms
from constellation.quanta import SealedBatch, Tip
from constellation.snapshots.answers import read_answers, reseal_stored
from constellation.snapshots.base import certified_number, read_base, read_proof
from constellation.snapshots.batch_rows import StoredBatch, read_batches
from constellation.snapshots.certificates import (
    highest_certificate,
    read_certificates,
    read_highest_certificate,
    read_last_certificates,
)
from constellation.snapshots.checkpoints import checkpoint_number, read_entries
from constellation.snapshots.damage import DamagedLog, damage_in
from constellation.snapshots.promises import last_epoch, read_appointments, read_promise, read_terms
from constellation.snapshots.tables import batches


class BatchesPruned(LookupError):
    """The log begins later than what is asked for: at its base."""


@dataclass(slots=True, frozen=True)
class Standing:
    """What a log never goes behind.

    Attributes:
        epoch: the highest that was promised; 0 when none was.
        certified: number of the highest batch that is known to be final.
    """

    epoch: int
    certified: int


class LogView:
    """The reading side of a log; all calls block.

    Args:
        engine: of its database.
        settings: of the constellation.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._constellation = settings_constellation_id(settings)
        self._genesis = Tip.genesis(settings)
        self._base = self._read_base()

    def _read_base(self) -> int:
        with self._engine.connect() as connection:
            return read_base(connection)

    @property
    def engine(self) -> Engine:
        """For maintenance and tests."""
        return self._engine

    @property
    def constellation(self) -> bytes:
        """Id of the constellation."""
        return self._constellation

    @property
    def base(self) -> int:
        """Number of the batch where the log begins: final, and without what came before; 0 is genesis."""
        return self._base

    @property
    def first(self) -> int:
        """Number of the first batch that the log has, or will have, with its quanta."""
        return self._base + 1

    def base_tip(self) -> Tip:
        """Where the log begins.

        Raises:
            DamagedLog: the base's row is damaged or missing.
        """
        for stored in self._read(self._base, self._base) if self._base else ():
            return Tip(stored.batch.signed_header.header.epoch, self._base, stored.digest)
        return self._genesis

    def base_proof(self) -> Finality | None:
        """What proves that the base is final where no certificate in the log does.

        Raises:
            DamagedLog: it is damaged.
        """
        with self._engine.connect() as connection, damage_in(lambda: "the proof of the base"):
            return read_proof(connection)

    def certified(self) -> int:
        """Number of the highest batch in the log that is known to be final.

        Raises:
            DamagedLog: the highest certificate is damaged.
        """
        certificate = self.certificate()
        return max(self._base, 0 if certificate is None else certificate.header.number)

    def tip(self) -> Tip:
        """The end of the chain in the log; genesis when it is empty."""
        columns = select(batches.c.epoch, batches.c.number, batches.c.digest)
        with self._engine.connect() as connection:
            row = connection.execute(columns.order_by(batches.c.number.desc()).limit(1)).first()
        return self._genesis if row is None else Tip(row.epoch, row.number, row.digest)

    def digest(self, number: int) -> bytes | None:
        """Hash of header ``number``; of the settings for 0; None when the log has no such batch."""
        if number == 0:
            return self._genesis.digest
        if number < self._base:
            return None
        return next((stored.digest for stored in self._read(number, number)), None)

    def passes(self, number: int, digest: bytes) -> bool:
        """Whether the chain passes through the header ``number`` with this hash, as far as the log can tell.

        What is before the base is not compared: the base is final, and with it everything that leads to it.
        """
        return number < self._base or self.digest(number) == digest

    def batches(self, first: int, last: int | None = None, chunk: int = 64) -> Iterator[StoredBatch]:
        """The batches from ``first`` to ``last`` (or the tip), read in chunks.

        Raises:
            BatchesPruned: the log begins later.
            DamagedLog: a row is damaged or missing; the message names the batch.
        """
        if first < self.first:
            raise BatchesPruned(f"the log begins with batch {self.first}: batch {first} is not in it any more")
        yield from self._read(first, last, chunk)

    def _read(self, first: int, last: int | None = None, chunk: int = 64) -> Iterator[StoredBatch]:
        return read_batches(self._engine, self._constellation, first, last, chunk)

    def answers(
        self, since_us: int, *, before: int | None = None, valid_at_us: int = 0, most: int = ANSWERS_MAX
    ) -> Iterator[tuple[SealedBatch, Batch]]:
        """The batches whose requests may be asked for again, as they were sealed, oldest first.

        Which they are, is said at :func:`~constellation.snapshots.answers.read_answers`.

        Raises:
            DamagedLog: a row is damaged; the message names the batch.
        """
        with self._engine.connect() as connection:
            found = read_answers(connection, self._constellation, since_us, before, valid_at_us, most)
        for batch, effects in found:
            yield reseal_stored(self._constellation, batch, effects), batch

    def checkpoint(self) -> tuple[StoredBatch, dict[bytes, bytes]] | None:
        """The batch of the last checkpoint and the state's entries after it, encoded, by path; None if none.

        Raises:
            DamagedLog: the batch's row is damaged or missing.
        """
        with self._engine.connect() as connection:
            number = checkpoint_number(connection)
            if number is None:
                return None
            entries = dict(read_entries(connection))
        for stored in self._read(number, number):
            return stored, entries
        raise DamagedLog(f"the log has a checkpoint after batch {number}, but not the batch")

    def checkpoint_number(self) -> int:
        """Number of the batch of the last checkpoint; 0 when there is none."""
        with self._engine.connect() as connection:
            return checkpoint_number(connection) or 0

    def timestamp(self, number: int) -> int | None:
        """Time of batch ``number`` in microseconds; None when it has no row."""
        with self._engine.connect() as connection:
            return connection.execute(select(batches.c.timestamp).where(batches.c.number == number)).scalar()

    def own_certificate(self) -> int:
        """Number of the highest batch with a certificate in the log itself; 0 when there is none."""
        with self._engine.connect() as connection:
            return highest_certificate(connection)

    def certificate(self) -> Certificate | None:
        """The highest certificate; through the hash chain it covers every batch before it.

        Raises:
            DamagedLog: it is damaged; the message names the batch.
        """
        with self._engine.connect() as connection:
            return read_highest_certificate(connection, read_terms(connection, self._settings))

    def certificates(self, first: int, last: int | None = None) -> dict[int, Certificate]:
        """The certificates in the rows from ``first`` to ``last`` (or the tip), ascending; the reader checks them.

        Raises:
            DamagedLog: one cannot be decoded; the message names the batch.
        """
        with self._engine.connect() as connection:
            return read_certificates(connection, max(first, self._base, 1), last)

    def last_certificates(self, most: int) -> list[Certificate]:
        """The last ones, newest first, and what proves the base; the reader checks them.

        Raises:
            DamagedLog: one cannot be decoded; the message names the batch.
        """
        with self._engine.connect() as connection:
            found = read_last_certificates(connection, most)
        proof = self.base_proof()
        return found if proof is None else [*found, proof.certificate]

    def promise(self) -> SignedPromise | None:
        """The promise for the highest epoch.

        Raises:
            DamagedLog: it is damaged; the message names the epoch.
        """
        with self._engine.connect() as connection:
            epoch = last_epoch(connection)
            return None if epoch is None else read_promise(connection, self._constellation, epoch)

    def standing(self) -> Standing:
        """How far it is; what proves that is not looked at."""
        with self._engine.connect() as connection:
            return Standing(last_epoch(connection) or 0, certified_number(connection))

    def appointments(self) -> list[SignedAppointment]:
        """All of them, by term; the reader checks them.

        Raises:
            DamagedLog: one cannot be decoded; the message names its term.
        """
        with self._engine.connect() as connection:
            return read_appointments(connection)

    def terms(self) -> Terms:
        """Who is alpha in which epoch.

        Raises:
            DamagedLog: an appointment is damaged.
        """
        with self._engine.connect() as connection:
            return read_terms(connection, self._settings)
