"""Reads what clients ask of the past: an account's events with their proofs, and single entries of the state.

It has a connection of its own, which only reads. Each call sees one moment of the log, and its work is bounded by a
page, whatever is asked for.
"""

import logging
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from constellation.protocol.errors import Rejection
from constellation.protocol.history import EventPage, PastBatch, StoredEntry
from constellation.protocol.limits import EVENT_PAGE_MAX_EVENTS, EVENT_PAGE_MAX_QUANTA, STATE_BUCKETS_LOG2
from constellation.protocol.messages import (
    MAX_BUCKET_ENTRIES,
    AccountEvent,
    BucketPair,
    Code,
    Settings,
)
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.state_proofs import bucket_number, entry_path
from constellation.snapshots import tables
from constellation.snapshots.account_index import batches_with, find_effect, read_outline
from constellation.snapshots.batch_rows import find_row, signed_header
from constellation.snapshots.checkpoints import checkpoint_number
from constellation.snapshots.connections import moment, reading_engine
from constellation.snapshots.finality import find_finality
from constellation.snapshots.outline import account_events

log = logging.getLogger(__name__)

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
        return cls(reading_engine(path), settings)

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
        with moment(self._engine) as connection:
            first = find_effect(connection, account, after + 1) if start is None else start
            if first is None:
                raise _pruned(after)
            numbers = batches_with(connection, account, first, EVENT_PAGE_MAX_EVENTS + 1)
            return self._page(connection, account, after, numbers)

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
        row = find_row(connection, number, tables.batches.c.effects)
        signed = signed_header(self._constellation, row)
        header = signed.header
        events = account_events(header, read_outline(connection, number), row.effects, account, after)
        finality = find_finality(connection, self._constellation, number) if events else None
        return PastBatch(signed, events, finality), header.last_apex - header.first_apex + 1

    def entry(self, key: bytes) -> StoredEntry:
        """The entry of ``key`` as of the last checkpoint that was written, with what else is in its bucket.

        Raises:
            Rejection: NOT_READY: there is no checkpoint yet. OVERLOADED: the bucket is too big to be shown.
            DamagedLog: a row is damaged.
        """
        path = entry_path(key)
        with moment(self._engine) as connection:
            number = checkpoint_number(connection)
            finality = None if number is None else find_finality(connection, self._constellation, number)
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
