"""The log of batches: one row a batch, in an SQLite database in WAL mode with synchronous=FULL.

Torn pages are SQLite's solved problem; what it cannot know, seals tell, and the hash chain: whatever is not what was
written is found when it is read, as :class:`DamagedLog` (:mod:`constellation.snapshots.damage`).
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    StaticPool,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from constellation.protocol.errors import Divergence, VerificationError
from constellation.protocol.limits import ANSWERS_MAX
from constellation.protocol.messages import (
    Batch,
    BatchEffects,
    Certificate,
    Finality,
    Quantum,
    Settings,
    SignedAppointment,
    SignedPromise,
    SignedRequest,
)
from constellation.protocol.proofs import check_certificate
from constellation.protocol.signing import (
    Purpose,
    header_hash,
    settings_constellation_id,
    settings_hash,
    signing_hash,
    verify,
)
from constellation.protocol.terms import Terms, check_appointments
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import SealedBatch, Tip, reseal
from constellation.snapshots.account_index import drop_after, index_effects
from constellation.snapshots.base import Install, check_install, install, move_base, read_base, read_proof
from constellation.snapshots.checkpoints import (
    Checkpoint,
    checkpoint_number,
    read_entries,
    write_checkpoint,
)
from constellation.snapshots.damage import DamagedLog, damage_in, name_errors
from constellation.snapshots.damage_open import noted_end, open_tables
from constellation.snapshots.tables import appointments, batches, metadata, promises, put_about, read_about

FORMAT_VERSION = 2

_IDENTITY = "log"
_IDENTITY_BYTES = 32
_RECOVERING = "recovering"
_YES, _NO = b"\x01", b"\x00"


class LogMismatch(Exception):
    """The log belongs to another constellation, format or settings."""


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


@dataclass(slots=True)
class Recovered:
    """The node has learnt again what its log does not say: whatever it may have signed before the log was created."""


class BatchesPruned(LookupError):
    """The log begins later than what is asked for: at its base."""


Item = StoredBatch | Certificate | SignedPromise | SignedAppointment | Checkpoint | Recovered | Install
"""What :meth:`QuantumLog.write` stores."""


class QuantumLog:
    """The log of one node; all calls block.

    Args:
        path: of the database file; None keeps it in memory, for tests.
        settings: of the constellation that the log must belong to.
        read_only: a second connection, beside the node's own, to a file that is in use.

    Raises:
        LogMismatch: the file belongs to something else.
        DamagedLog: the file is not what a node has written.
        StorageFailure: it cannot be read or written.
    """

    def __init__(self, path: Path | None, settings: Settings, *, read_only: bool = False) -> None:
        self._path = path
        self._settings = settings
        self._constellation = settings_constellation_id(settings)
        self._genesis = Tip.genesis(settings)
        self._engine = create_engine(
            f"sqlite:///{path}" if path else "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
        )
        event.listen(self._engine, "connect", _set_pragmas)
        try:
            if read_only:
                event.listen(self._engine, "connect", _forbid_writing)
                name_errors(self._engine)
            else:
                open_tables(self._engine, path, metadata)
            self._check_identity(
                {
                    "format_version": FORMAT_VERSION.to_bytes(4, "big"),
                    "constellation": self._constellation,
                    "settings": settings_hash(settings),
                }
            )
        except BaseException:
            self._engine.dispose()  # whoever sets the file aside must not find it in use
            raise

    def _check_identity(self, expected: dict[str, bytes]) -> None:
        with self._engine.begin() as connection:
            found = read_about(connection)
            if not found and noted_end(connection, "batches") == 0:
                found = {**expected, _IDENTITY: secrets.token_bytes(_IDENTITY_BYTES), _RECOVERING: _YES}
                for name, value in found.items():
                    put_about(connection, name, value)
        if missing := {*expected, _IDENTITY, _RECOVERING} - found.keys():
            raise DamagedLog(f"the log does not say its own {min(missing)}")
        for name, value in expected.items():
            if found[name] != value:
                raise LogMismatch(f"the log has another {name.replace('_', ' ')} than this node is configured for")
        self._identity: bytes = found[_IDENTITY]
        self._is_recovering = found[_RECOVERING] != _NO
        self._base = self._read_base()

    def _read_base(self) -> int:
        with self._engine.connect() as connection:
            return read_base(connection)

    @property
    def path(self) -> Path | None:
        """Of the file; None for a log in memory."""
        return self._path

    @property
    def engine(self) -> Engine:
        """For maintenance and tests."""
        return self._engine

    @property
    def identity(self) -> bytes:
        """32 bytes, drawn at random when the log was created: they tell it from one that was lost."""
        return self._identity

    @property
    def is_recovering(self) -> bool:
        """Whether something may have been signed before this log was created that it does not know of."""
        return self._is_recovering

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

    def write(self, items: Sequence[Item]) -> None:
        """Store all ``items`` in order in one transaction; durable on return."""
        with self._engine.begin() as connection:
            for item in items:
                match item:
                    case StoredBatch():
                        connection.execute(insert(batches), _row(item))
                        if item.effects is not None:
                            number = item.batch.signed_header.header.number
                            index_effects(connection, number, item.effects, item.outline)
                    case Certificate():
                        digest = header_hash(self._constellation, item.header)
                        connection.execute(
                            update(batches)
                            .where(batches.c.number == item.header.number, batches.c.digest == digest)
                            .values(certificate=item.to_xdr())
                        )
                    case Checkpoint():
                        write_checkpoint(connection, item)
                    case SignedPromise():
                        statement = upsert(promises).values(epoch=item.promise.epoch, promise=item.to_xdr())
                        connection.execute(
                            statement.on_conflict_do_update(
                                index_elements=[promises.c.epoch],
                                set_={"promise": statement.excluded.promise},
                            )
                        )
                    case SignedAppointment():
                        appointment = {"term": item.appointment.term, "appointment": item.to_xdr()}
                        connection.execute(upsert(appointments).values(appointment).on_conflict_do_nothing())
                    case Recovered():
                        put_about(connection, _RECOVERING, _NO)
                    case Install():
                        install(connection, item, self._check_install(connection, item))
        if any(isinstance(item, Install) for item in items):
            self._base = self._read_base()
        if any(isinstance(item, Recovered) for item in items):
            self._is_recovering = False

    def _check_install(self, connection: Connection, snapshot: Install) -> bytes:
        return check_install(self._settings, snapshot, max(self._base, _highest_certificate(connection)))

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
        columns = select(batches.c.number, batches.c.digest, batches.c.batch).order_by(batches.c.number)
        position = first
        while True:
            query = columns.where(batches.c.number >= position).limit(chunk)
            rows, end = self._rows(query if last is None else query.where(batches.c.number <= last), position)
            for row in rows:
                yield self._stored(position, row)
                position += 1
            if len(rows) < chunk:
                break
        if position <= (end if last is None else min(last, end)):
            raise DamagedLog(f"batch {position} in the log is missing")

    def _rows(self, query: Select[Any], first: int) -> tuple[list[Row[Any]], int]:
        """The rows, of which the first should be that of batch ``first``, and where the log ends."""
        rows: list[Row[Any]] = []
        with self._engine.connect() as connection, damage_in(lambda: f"batch {first + len(rows)}"):
            rows.extend(connection.execute(query))
            return rows, noted_end(connection, "batches")

    def _stored(self, number: int, row: Any) -> StoredBatch:
        """What is in ``row``, which must be that of batch ``number``."""
        if row.number != number:
            raise DamagedLog(f"batch {number} in the log is missing")
        batch = _decode(number, row.batch)
        header = batch.signed_header.header
        if header.number != number or header_hash(self._constellation, header) != row.digest:
            raise DamagedLog(f"batch {number} in the log does not fit its own hash")
        return StoredBatch(batch, row.digest)

    def answers(
        self, since_us: int, *, before: int | None = None, valid_at_us: int = 0, most: int = ANSWERS_MAX
    ) -> Iterator[tuple[SealedBatch, Batch]]:
        """The batches with stored effects whose requests may be asked for again, as they were sealed, oldest first.

        Args:
            since_us: the first one ends at this time or later.
            before: the last one has a smaller number than this.
            valid_at_us: the first one has a request that has not expired at this time.
            most: when there are so many of those requests, nothing older is read.

        Raises:
            DamagedLog: a row is damaged; the message names the batch.
        """
        columns = batches.c
        query = select(columns.number, columns.digest, columns.batch, columns.effects, columns.certificate)
        found: list[tuple[Batch, bytes]] = []
        needed = valid = 0
        with self._engine.connect() as connection:
            end = noted_end(connection, "batches")
            number = end if before is None else min(end, before - 1)
            query = query.where(columns.number <= number).order_by(columns.number.desc())
            with damage_in(lambda: f"batch {number}"):
                for row in connection.execution_options(yield_per=64).execute(query):
                    if valid >= most:
                        break
                    batch = self._stored(number, row).batch
                    if batch.signed_header.header.timestamp < since_us:
                        break
                    if row.effects is not None:
                        found.append((batch, row.effects))
                        still_valid = sum(_expiry_us(quantum) >= valid_at_us for quantum in batch.quanta)
                        valid += still_valid
                        needed = len(found) if still_valid else needed
                    number -= 1
                else:
                    if number >= max(self._base, 1):
                        raise DamagedLog("its row is missing")
        for batch, effects in reversed(found[:needed]):
            yield _reseal(self._constellation, batch, effects), batch

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

    def timestamp(self, number: int) -> int | None:
        """Time of batch ``number`` in microseconds; None when it has no row."""
        with self._engine.connect() as connection:
            return connection.execute(select(batches.c.timestamp).where(batches.c.number == number)).scalar()

    def own_certificate(self) -> int:
        """Number of the highest batch with a certificate in the log itself; 0 when there is none."""
        with self._engine.connect() as connection:
            return _highest_certificate(connection)

    def checkpoint_number(self) -> int:
        """Number of the batch of the last checkpoint; 0 when there is none."""
        with self._engine.connect() as connection:
            return checkpoint_number(connection) or 0

    def certificate(self) -> Certificate | None:
        """The highest certificate; through the hash chain it covers every batch before it.

        Raises:
            DamagedLog: it is damaged; the message names the batch.
        """
        columns = batches.c
        highest = (
            select(columns.number).where(columns.certificate.is_not(None)).order_by(columns.number.desc()).limit(1)
        )
        with self._engine.connect() as connection:
            number = connection.execute(highest).scalar()
            with damage_in(lambda: f"the certificate of batch {number}"):
                query = select(columns.digest, columns.certificate).where(columns.number == number)
                row = connection.execute(query).first()
                if row is None and number is not None:
                    raise DamagedLog("its row is missing")
        if row is None:
            return None
        damage = f"the certificate of batch {number} in the log is damaged"
        try:
            certificate = Certificate.from_xdr(row.certificate)
            digest = check_certificate(self._settings, certificate)
        except (MalformedMessage, VerificationError) as error:
            raise DamagedLog(f"{damage}: {error}") from None
        if digest != row.digest:
            raise DamagedLog(f"{damage}: it is for another header")
        return certificate

    def certificates(self, first: int, last: int | None = None) -> dict[int, Certificate]:
        """The certificates in the rows from ``first`` to ``last`` (or the tip), ascending; the reader checks them.

        Raises:
            DamagedLog: one cannot be decoded; the message names the batch.
        """
        columns, number = batches.c, max(first, self._base, 1)
        query = select(columns.number, columns.certificate).where(columns.number >= number).order_by(columns.number)
        found: dict[int, Certificate] = {}
        with self._engine.connect() as connection, damage_in(lambda: f"the certificate of batch {number}"):
            for row in connection.execute(query if last is None else query.where(columns.number <= last)):
                if row.number != number:
                    raise DamagedLog("its row is missing")
                if row.certificate is not None:
                    found[number] = _decode_certificate(number, row.certificate)
                number += 1
            end = noted_end(connection, "batches")
            if number <= (end if last is None else min(last, end)):
                raise DamagedLog("its row is missing")
        return found

    def promise(self) -> SignedPromise | None:
        """The promise for the highest epoch.

        Raises:
            DamagedLog: it is damaged; the message names the epoch.
        """
        with self._engine.connect() as connection:
            epoch = connection.execute(select(func.max(promises.c.epoch))).scalar()
            with damage_in(lambda: f"the promise for epoch {epoch}"):
                row = connection.execute(select(promises.c.promise).where(promises.c.epoch == epoch)).first()
                if row is None and epoch is not None:
                    raise DamagedLog("its row is missing")
        if row is None:
            return None
        damage = f"the promise for epoch {epoch} in the log is damaged"
        try:
            signed = SignedPromise.from_xdr(row.promise)
        except MalformedMessage as error:
            raise DamagedLog(f"{damage}: {error}") from None
        digest = signing_hash(Purpose.PROMISE, self._constellation, signed.promise.to_xdr())
        if signed.promise.epoch != epoch or not verify(signed.auditor, digest, signed.signature):
            raise DamagedLog(f"{damage}: the signature does not fit")
        return signed

    def appointments(self) -> list[SignedAppointment]:
        """All of them, by term; the reader checks them.

        Raises:
            DamagedLog: one cannot be decoded; the message names its term.
        """
        query = select(appointments.c.term, appointments.c.appointment).order_by(appointments.c.term)
        with self._engine.connect() as connection, damage_in(lambda: "an appointment"):
            rows = connection.execute(query).all()
        return [_decode_appointment(row.term, row.appointment) for row in rows]

    def terms(self) -> Terms:
        """Who is alpha in which epoch.

        Raises:
            DamagedLog: an appointment is damaged.
        """
        try:
            return check_appointments(self._settings, self.appointments())
        except VerificationError as error:
            raise DamagedLog(f"an appointment in the log does not hold: {error}") from None

    def truncate(self, after: int) -> None:
        """Drop the uncertified batches after number ``after``.

        Raises:
            ValueError: one of them, or a later one, is certified.
        """
        with self._engine.begin() as connection:
            certified = max(self._base, _highest_certificate(connection))
            if certified > after:
                raise ValueError(f"batch {certified} is certified: nothing final is ever dropped")
            connection.execute(delete(batches).where(batches.c.number > after))
            drop_after(connection, after)

    def prune(self, base: int, most: int = 64) -> None:
        """Remove batches before ``base``, oldest first and at most ``most``, in one transaction; the base moves on.

        Raises:
            ValueError: the last checkpoint, or the highest certificate, is before ``base``.
        """
        with self._engine.begin() as connection:
            proved = min(checkpoint_number(connection) or 0, _highest_certificate(connection))
            if base > proved:
                raise ValueError(f"batch {base} is after batch {proved}: what came before it may still be needed")
            number = min(base, self._base + most)
            if number > self._base:
                move_base(connection, number)
        self._base = max(self._base, number)

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()


def _highest_certificate(connection: Connection) -> int:
    """Number of the highest batch that has a certificate of its own; 0 if there is none."""
    numbers = select(batches.c.number).where(batches.c.certificate.is_not(None))
    return connection.execute(numbers.order_by(batches.c.number.desc()).limit(1)).scalar() or 0


def _decode(number: int, xdr: bytes) -> Batch:
    try:
        return Batch.from_xdr(xdr)
    except MalformedMessage as error:
        raise DamagedLog(f"batch {number} in the log is damaged: {error}") from None


def _decode_certificate(number: int, xdr: bytes) -> Certificate:
    damage = f"the certificate of batch {number} in the log is damaged"
    try:
        certificate = Certificate.from_xdr(xdr)
    except MalformedMessage as error:
        raise DamagedLog(f"{damage}: {error}") from None
    if certificate.header.number != number:
        raise DamagedLog(f"{damage}: it is for another header")
    return certificate


def _decode_appointment(term: int, xdr: bytes) -> SignedAppointment:
    try:
        signed = SignedAppointment.from_xdr(xdr)
    except MalformedMessage as error:
        raise DamagedLog(f"the appointment for term {term} in the log is damaged: {error}") from None
    if signed.appointment.term != term:
        raise DamagedLog(f"the appointment for term {term} in the log is damaged: it is for another")
    return signed


def _expiry_us(quantum: Quantum) -> int:
    """Until when its request may be asked for again; before all time when it has none."""
    return quantum.body.request.valid_until if isinstance(quantum.body, SignedRequest) else -1


def _reseal(constellation: bytes, batch: Batch, effects: bytes) -> SealedBatch:
    try:
        return reseal(constellation, batch, BatchEffects.from_xdr(effects))
    except (MalformedMessage, Divergence) as error:
        number = batch.signed_header.header.number
        raise DamagedLog(f"the effects of batch {number} in the log are damaged: {error}") from None


def _row(stored: StoredBatch) -> dict[str, Any]:
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


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _forbid_writing(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")
