"""The log of batches: one row a batch, in an SQLite database in WAL mode with synchronous=FULL.

Torn pages are SQLite's solved problem; what it cannot know, the hash chain tells: a row whose content does not hash
to the next row's parent is found when it is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    LargeBinary,
    StaticPool,
    Table,
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
from constellation.protocol.messages import Batch, BatchEffects, Certificate, Code, Settings, SignedPromise
from constellation.protocol.proofs import check_certificate
from constellation.protocol.signing import (
    Purpose,
    header_hash,
    settings_constellation_id,
    settings_hash,
    signing_hash,
    verify,
)
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import SealedBatch, Tip, reseal
from constellation.snapshots.checkpoints import (
    Checkpoint,
    about,
    checkpoint_number,
    metadata,
    read_entries,
    write_checkpoint,
)

FORMAT_VERSION = 1

_batches = Table(
    "batches",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("last_apex", BigInteger, nullable=False),
    Column("timestamp", BigInteger, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False),
    Column("batch", LargeBinary, nullable=False),
    Column("effects", LargeBinary),
    Column("certificate", LargeBinary),
)
_promises = Table(
    "promises",
    metadata,
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("promise", LargeBinary, nullable=False),
)


class LogMismatch(Exception):
    """The log belongs to another constellation, format or settings."""


@dataclass(slots=True)
class StoredBatch:
    """One row of the log.

    Attributes:
        batch: header and quanta.
        digest: hash of the header.
        effects: what the quanta did, where answers may be asked for again (alpha).
    """

    batch: Batch
    digest: bytes
    effects: BatchEffects | None = None


Item = StoredBatch | Certificate | SignedPromise | Checkpoint
"""What :meth:`QuantumLog.write` stores."""


class QuantumLog:
    """The log of one node; all calls block.

    Args:
        path: of the database file; None keeps it in memory, for tests.
        settings: of the constellation that the log must belong to.

    Raises:
        LogMismatch: the file belongs to something else.
    """

    def __init__(self, path: Path | None, settings: Settings) -> None:
        self._settings = settings
        self._constellation = settings_constellation_id(settings)
        self._genesis = Tip.genesis(settings)
        self._engine = create_engine(
            f"sqlite:///{path}" if path else "sqlite://",
            poolclass=StaticPool,
            connect_args={"check_same_thread": False},
        )
        event.listen(self._engine, "connect", _set_pragmas)
        metadata.create_all(self._engine)
        self._check_identity(
            {
                "format_version": FORMAT_VERSION.to_bytes(4, "big"),
                "constellation": self._constellation,
                "settings": settings_hash(settings),
            }
        )

    def _check_identity(self, expected: dict[str, bytes]) -> None:
        with self._engine.begin() as connection:
            found = {row.name: row.value for row in connection.execute(select(about.c.name, about.c.value))}
            if not found:
                rows = [{"name": name, "value": value} for name, value in expected.items()]
                connection.execute(insert(about), rows)
                return
        for name, value in expected.items():
            if found.get(name) != value:
                raise LogMismatch(f"the log has another {name.replace('_', ' ')} than this node is configured for")

    @property
    def engine(self) -> Engine:
        """For maintenance and tests."""
        return self._engine

    def write(self, items: Sequence[Item]) -> None:
        """Store all ``items`` in order in one transaction; durable on return."""
        with self._engine.begin() as connection:
            for item in items:
                match item:
                    case StoredBatch():
                        connection.execute(insert(_batches), _row(item))
                    case Certificate():
                        digest = header_hash(self._constellation, item.header)
                        connection.execute(
                            update(_batches)
                            .where(_batches.c.number == item.header.number, _batches.c.digest == digest)
                            .values(certificate=item.to_xdr())
                        )
                    case Checkpoint():
                        write_checkpoint(connection, item)
                    case SignedPromise():
                        statement = upsert(_promises).values(epoch=item.promise.epoch, promise=item.to_xdr())
                        connection.execute(
                            statement.on_conflict_do_update(
                                index_elements=[_promises.c.epoch],
                                set_={"promise": statement.excluded.promise},
                            )
                        )

    def tip(self) -> Tip:
        """The end of the chain in the log; genesis when it is empty."""
        columns = select(_batches.c.epoch, _batches.c.number, _batches.c.digest)
        with self._engine.connect() as connection:
            row = connection.execute(columns.order_by(_batches.c.number.desc()).limit(1)).first()
        return self._genesis if row is None else Tip(row.epoch, row.number, row.digest)

    def digest(self, number: int) -> bytes | None:
        """Hash of header ``number``; of the settings for 0; None when the log has no such batch."""
        if number == 0:
            return self._genesis.digest
        with self._engine.connect() as connection:
            return connection.execute(select(_batches.c.digest).where(_batches.c.number == number)).scalar()

    def batches(self, first: int, last: int | None = None, chunk: int = 64) -> Iterator[StoredBatch]:
        """Rows from ``first`` to ``last`` (or the tip), read in chunks.

        Raises:
            Divergence: a row is damaged; the message names the batch.
        """
        columns = select(_batches.c.number, _batches.c.digest, _batches.c.batch).order_by(_batches.c.number)
        position = first
        while True:
            query = columns.where(_batches.c.number >= position).limit(chunk)
            with self._engine.connect() as connection:
                rows = connection.execute(query if last is None else query.where(_batches.c.number <= last)).all()
            for row in rows:
                yield StoredBatch(_decode(row.number, row.batch), row.digest)
            if len(rows) < chunk:
                return
            position = rows[-1].number + 1

    def answers(self, since_us: int) -> Iterator[tuple[SealedBatch, Batch]]:
        """The batches with stored effects from the first one that ends at ``since_us`` or later, as they were sealed.

        Raises:
            Divergence: a row is damaged; the message names the batch.
        """
        query = select(_batches.c.number, _batches.c.batch, _batches.c.effects)
        query = query.where(_batches.c.timestamp >= since_us, _batches.c.effects.is_not(None))
        with self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=64).execute(query.order_by(_batches.c.number))
            for row in rows:
                batch = _decode(row.number, row.batch)
                yield _reseal(self._constellation, batch, row.effects), batch

    def checkpoint(self) -> tuple[StoredBatch, dict[bytes, bytes]] | None:
        """The batch of the last checkpoint and the state's entries after it, encoded, by key; None if there is none.

        Raises:
            Divergence: the batch's row is damaged or missing.
        """
        with self._engine.connect() as connection:
            number = checkpoint_number(connection)
            if number is None:
                return None
            entries = dict(read_entries(connection))
        for stored in self.batches(number, number):
            return stored, entries
        raise Divergence(Code.BROKEN_CHAIN, f"the log has a checkpoint after batch {number}, but not the batch")

    def certificate(self) -> Certificate | None:
        """The highest certificate; through the hash chain it covers every batch before it.

        Raises:
            Divergence: it is damaged; the message names the batch.
        """
        query = select(_batches.c.number, _batches.c.digest, _batches.c.certificate)
        query = query.where(_batches.c.certificate.is_not(None)).order_by(_batches.c.number.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        damage = f"the certificate of batch {row.number} in the log is damaged"
        try:
            certificate = Certificate.from_xdr(row.certificate)
            digest = check_certificate(self._settings, certificate)
        except (MalformedMessage, VerificationError) as error:
            raise Divergence(Code.BROKEN_CHAIN, f"{damage}: {error}") from None
        if digest != row.digest:
            raise Divergence(Code.BROKEN_CHAIN, f"{damage}: it is for another header")
        return certificate

    def certificates(self, first: int, last: int | None = None) -> dict[int, Certificate]:
        """The certificates in the rows from ``first`` to ``last`` (or the tip), ascending; the reader checks them.

        Raises:
            Divergence: one cannot be decoded; the message names the batch.
        """
        query = select(_batches.c.number, _batches.c.certificate).where(_batches.c.certificate.is_not(None))
        query = query.where(_batches.c.number >= first).order_by(_batches.c.number)
        with self._engine.connect() as connection:
            rows = connection.execute(query if last is None else query.where(_batches.c.number <= last)).all()
        return {row.number: _decode_certificate(row.number, row.certificate) for row in rows}

    def promise(self) -> SignedPromise | None:
        """The promise for the highest epoch.

        Raises:
            Divergence: it is damaged; the message names the epoch.
        """
        query = select(_promises.c.epoch, _promises.c.promise).order_by(_promises.c.epoch.desc()).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        damage = f"the promise for epoch {row.epoch} in the log is damaged"
        try:
            signed = SignedPromise.from_xdr(row.promise)
        except MalformedMessage as error:
            raise Divergence(Code.BROKEN_PROMISE, f"{damage}: {error}") from None
        digest = signing_hash(Purpose.PROMISE, self._constellation, signed.promise.to_xdr())
        if signed.promise.epoch != row.epoch or not verify(signed.auditor, digest, signed.signature):
            raise Divergence(Code.BROKEN_PROMISE, f"{damage}: the signature does not fit")
        return signed

    def truncate(self, after: int) -> None:
        """Drop the uncertified batches after number ``after``.

        Raises:
            ValueError: one of them, or a later one, is certified.
        """
        with self._engine.begin() as connection:
            certified = connection.execute(
                select(func.max(_batches.c.number)).where(_batches.c.certificate.is_not(None))
            ).scalar()
            if certified is not None and certified > after:
                raise ValueError(f"batch {certified} is certified: nothing final is ever dropped")
            connection.execute(delete(_batches).where(_batches.c.number > after))

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()


def _decode(number: int, xdr: bytes) -> Batch:
    try:
        return Batch.from_xdr(xdr)
    except MalformedMessage as error:
        raise Divergence(Code.BROKEN_CHAIN, f"batch {number} in the log is damaged: {error}") from None


def _decode_certificate(number: int, xdr: bytes) -> Certificate:
    try:
        return Certificate.from_xdr(xdr)
    except MalformedMessage as error:
        raise Divergence(Code.BROKEN_CHAIN, f"the certificate of batch {number} is damaged: {error}") from None


def _reseal(constellation: bytes, batch: Batch, effects: bytes) -> SealedBatch:
    try:
        return reseal(constellation, batch, BatchEffects.from_xdr(effects))
    except MalformedMessage as error:
        number = batch.signed_header.header.number
        raise Divergence(Code.BROKEN_CHAIN, f"the effects of batch {number} in the log are damaged: {error}") from None


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
