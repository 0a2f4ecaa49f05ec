"""Reads what clients ask of the past: an account's events with their proofs, and single entries of the state.

It has a connection of its own, which only reads. Each call sees one moment of the log, and its work is bounded by a
page, whatever is asked for.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, StaticPool, create_engine, event, select

from constellation.protocol.errors import Rejection
from constellation.protocol.history import EventPage, PastBatch, StoredEntry
from constellation.protocol.limits import EVENT_PAGE_MAX_EVENTS, EVENT_PAGE_MAX_QUANTA, STATE_BUCKETS_LOG2
from constellation.protocol.messages import (
    MAX_ANCESTORS,
    MAX_BUCKET_ENTRIES,
    AccountEvent,
    BatchHeader,
    BucketPair,
    Certificate,
    Code,
    Finality,
    Settings,
    SignedHeader,
)
from constellation.protocol.signing import header_hash, settings_constellation_id
from constellation.protocol.state_proofs import bucket_number, entry_path
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots import tables
from constellation.snapshots.account_index import batches_with, find_effect, read_outline
from constellation.snapshots.checkpoints import checkpoint_number
from constellation.snapshots.damage import DamagedLog, name_errors
from constellation.snapshots.outline import account_events

log = logging.getLogger(__name__)

_batches = tables.batches.c
_ROOT_FLAG = 111  # of a batch, encoded: the byte that says whether the header has a state root
_ROOT_BYTES = 32
_HEADER_BYTES = 176  # of the signed header without it
_BUCKET_SHIFT = 32 - STATE_BUCKETS_LOG2


class HistoryReader:
    """The reading side of one log; all calls block, and come from one thread.

    Args:
        engine: of the log's database.
        settings: of the constellation.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._constellation = settings_constellation_id(settings)

    @classmethod
    def open(cls, path: Path, settings: Settings) -> "HistoryReader":
        """A reader beside the log's writer, of the same file."""
        engine = create_engine(f"sqlite:///{path}", poolclass=StaticPool, connect_args={"check_same_thread": False})
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
        name_errors(engine)
        return cls(engine, settings)

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def events(self, account: bytes, after: int, start: int | None = None) -> EventPage:
        """The account's events after its effect number ``after``.

        Args:
            account: its key.
            after: the last number that is not wanted.
            start: the first batch that can have such events, where it is known; it saves a search.

        Raises:
            Rejection: PRUNED: the log does not have all of them.
            DamagedLog: a row is damaged.
        """
        with self._moment() as connection:
            first = find_effect(connection, account, after + 1) if start is None else start
            if first is None:
                raise _pruned(after)
            numbers = batches_with(connection, account, first, EVENT_PAGE_MAX_EVENTS + 1)
            return self._page(connection, account, after, numbers)

    @contextmanager
    def _moment(self) -> Iterator[Connection]:
        """A connection in a read transaction: what is written meanwhile is not seen."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    def _page(self, connection: Connection, account: bytes, after: int, numbers: list[int]) -> EventPage:
        page = EventPage([], more=False)
        last, events, quanta = after, 0, 0
        for number in numbers:
            if events >= EVENT_PAGE_MAX_EVENTS or quanta >= EVENT_PAGE_MAX_QUANTA:
                page.more = True
                break
            past, size = self._past_batch(connection, number, account, last)
            if past.events:
                _check_continuous(past.events, last)
                last = _last_number(past.events[-1])
                page.batches.append(past)
            events, quanta = events + len(past.events), quanta + size
        return page

    def _past_batch(self, connection: Connection, number: int, account: bytes, after: int) -> tuple[PastBatch, int]:
        """The account's events of a batch that are after effect ``after``, and how many quanta the batch has."""
        row = _row(connection, number)
        signed = self._decoded(row)
        header = signed.header
        events = account_events(header, read_outline(connection, number), row.effects, account, after)
        finality = self._finality(connection, row) if events else None
        return PastBatch(signed, events, finality), header.last_apex - header.first_apex + 1

    def _decoded(self, row: Row[*tuple[Any, ...]]) -> SignedHeader:
        """The signed header of a batch, which is encoded first in it."""
        has_root = row.batch[_ROOT_FLAG : _ROOT_FLAG + 1] == b"\x01"
        size = _HEADER_BYTES + (_ROOT_BYTES if has_root else 0)
        try:
            signed = SignedHeader.from_xdr(row.batch[:size])
        except MalformedMessage as error:
            raise DamagedLog(f"batch {row.number} in the log is damaged: {error}") from None
        if header_hash(self._constellation, signed.header) != row.digest:
            raise DamagedLog(f"batch {row.number} in the log does not fit its own hash")
        return signed

    def _finality(self, connection: Connection, row: Row[*tuple[Any, ...]]) -> Finality | None:
        """The batch's own certificate, or the next one with the headers between; None when there is none yet."""
        number = row.number
        query = select(_batches.number, _batches.certificate).where(
            _batches.number.between(number, number + MAX_ANCESTORS), _batches.certificate.is_not(None)
        )
        found = connection.execute(query.order_by(_batches.number).limit(1)).first()
        if found is None:
            return None
        return Finality(Certificate.from_xdr(found.certificate), self._headers(connection, number, found.number))

    def _headers(self, connection: Connection, first: int, end: int) -> list[BatchHeader]:
        """The headers of the batches from ``first`` up to the one before ``end``."""
        return [self._decoded(_row(connection, number)).header for number in range(first, end)]

    def entry(self, key: bytes) -> StoredEntry:
        """The entry of ``key`` as of the last checkpoint that was written, with what else is in its bucket.

        Raises:
            Rejection: NOT_READY: there is no checkpoint yet. OVERLOADED: the bucket is too big to be shown.
            DamagedLog: a row is damaged.
        """
        path = entry_path(key)
        with self._moment() as connection:
            number = checkpoint_number(connection)
            finality = None if number is None else self._finality(connection, _row(connection, number))
            if finality is None:
                raise Rejection(Code.NOT_READY, "no checkpoint has been written yet; try again soon")
            pairs, entry = _bucket(connection, path)
        if len(pairs) > MAX_BUCKET_ENTRIES:
            raise Rejection(Code.OVERLOADED, f"more than {MAX_BUCKET_ENTRIES} entries share the entry's bucket")
        return StoredEntry(finality, entry, pairs)


def _bucket(connection: Connection, path: bytes) -> tuple[list[BucketPair], bytes | None]:
    """The other entries in the bucket of ``path``, and the one at ``path``."""
    bucket = bucket_number(path)
    columns = tables.entries.c
    query = select(columns.path, columns.entry).where(columns.path >= _bucket_start(bucket))
    if bucket + 1 < 1 << STATE_BUCKETS_LOG2:
        query = query.where(columns.path < _bucket_start(bucket + 1))
    pairs, own = [], None
    for row in connection.execute(query.order_by(columns.path).limit(MAX_BUCKET_ENTRIES + 2)):
        if row.path == path:
            own = row.entry
        else:
            pairs.append(BucketPair(row.path, sha256(row.entry).digest()))
    return pairs, own


def _bucket_start(bucket: int) -> bytes:
    return (bucket << _BUCKET_SHIFT).to_bytes(4, "big")


def _row(connection: Connection, number: int) -> Row[*tuple[Any, ...]]:
    columns = (_batches.number, _batches.digest, _batches.batch, _batches.effects, _batches.certificate)
    row = connection.execute(select(*columns).where(_batches.number == number)).first()
    if row is None:
        raise DamagedLog(f"batch {number} in the log is missing")
    return row


def _check_continuous(events: list[AccountEvent], last: int) -> None:
    """Better no answer than one with a hole in it.

    Raises:
        Rejection: PRUNED: the index does not show all that there is.
    """
    for item in events:
        if item.group.first_number > last + 1:
            log.error("the index of effects has a gap", extra={"apex": item.leaf.apex, "missing": last + 1})
            raise _pruned(last)
        last = _last_number(item)


def _last_number(item: AccountEvent) -> int:
    return item.group.first_number + len(item.group.effects) - 1


def _pruned(after: int) -> Rejection:
    return Rejection(Code.PRUNED, f"effects from number {after + 1} on are not kept any more; read the account instead")
