"""Snapshots on their way between members, without I/O: the state after a certified checkpoint, in place of history.

A snapshot is a head and then entries in the order of the state tree. The head carries the checkpoint's signed header,
what proves that it is final, and the hashes of the tree's buckets, whose root must be the one in the header. So each
bucket is verified as soon as the next one begins: a receiver believes nothing, and what it holds without proof is one
bucket, which is bounded. Whatever does not fit ends the connection; nothing has been changed then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from constellation.protocol.errors import ProtocolViolation, VerificationError
from constellation.protocol.limits import (
    SNAPSHOT_BATCHES_BEHIND,
    SNAPSHOT_BUCKET_MAX_BYTES,
    SNAPSHOT_BUCKET_MAX_ENTRIES,
)
from constellation.protocol.merkle import merkle_root
from constellation.protocol.messages import (
    SNAPSHOT_BUCKETS,
    Code,
    Finality,
    SignedHeader,
    SnapshotEntries,
    SnapshotHead,
    StateEntry,
    encode_cluster_message,
    encode_state_entry,
)
from constellation.protocol.proofs import check_finality, check_signed_header
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from constellation.quanta.state_restore import entry_key
from constellation.quanta.state_tree import EMPTY_BUCKET, bucket_hash, bucket_number, entry_path

_ENTRIES_TYPE = encode_cluster_message(SnapshotEntries([]))[:4]


def needs_snapshot(start: int, first: int, checkpoint: int) -> bool:
    """Whether a member whose stream should begin with batch ``start`` gets a snapshot instead.

    Args:
        start: the batch.
        first: the first batch that the sender still has.
        checkpoint: of the sender's last certified checkpoint.
    """
    return start < first or checkpoint - start > SNAPSHOT_BATCHES_BEHIND


class SnapshotSource(Protocol):
    """Where the messages of a snapshot come from."""

    @property
    def head(self) -> SnapshotHead:
        """What goes before the entries."""

    def chunk(self, position: int) -> tuple[int, bytes, int] | None:
        """Count and encoding of the entries at a position (the first one: 0), and the next position; None at the end.

        At most MAX_SNAPSHOT_ENTRIES, and SNAPSHOT_CHUNK_MAX_BYTES if they are more than one.
        """


class SnapshotSender:
    """The messages of a snapshot, one by one.

    Args:
        source: of the entries; others may read it, too.
        on_end: called once when the source is not needed any more.

    Attributes:
        number: of the checkpoint's batch.
    """

    def __init__(self, source: SnapshotSource, on_end: Callable[[], None] = lambda: None) -> None:
        self._source = source
        self._on_end = on_end
        self._position = 0
        self._has_ended = False
        head = source.head
        self._head: bytes | None = encode_cluster_message(head)
        self.number = head.checkpoint.header.number

    def next(self) -> bytes | None:
        """The next message, encoded; None when all are out."""
        if self._has_ended:
            return None
        if self._head is not None:
            head, self._head = self._head, None
            return head
        chunk = self._source.chunk(self._position)
        if chunk is None:
            self.end()
            return None
        count, entries, self._position = chunk
        return _ENTRIES_TYPE + count.to_bytes(4, "big") + entries

    def end(self) -> None:
        """Read no more: all is sent, or the connection has ended."""
        if not self._has_ended:
            self._has_ended = True
            self._on_end()


@dataclass(slots=True, frozen=True)
class ReceivedSnapshot:
    """A verified snapshot.

    Attributes:
        checkpoint: the signed header of the batch after which this was the state.
        finality: covers that header.
        tip: names that header.
        entries: all of the state's, encoded, by path.
    """

    checkpoint: SignedHeader
    finality: Finality
    tip: Tip
    entries: dict[bytes, bytes]


class SnapshotReceiver:
    """Takes one snapshot.

    What is verified is part of a certified state, which the receiver has to hold anyway.

    Args:
        terms: who is alpha in which epoch.
        head: as it came.
        after: number of the last batch that the receiver must not go behind.

    Raises:
        ProtocolViolation: the head does not hold, or is behind.
    """

    def __init__(self, terms: Terms, head: SnapshotHead, after: int) -> None:
        self._head = head
        self._tip = _check_head(terms, head, after)
        self._missing = head.entries
        self._entries: dict[bytes, bytes] = {}
        self._last_path = b""
        self._number = 0
        self._bucket: dict[bytes, bytes] = {}
        self._bucket_bytes = 0

    @property
    def tip(self) -> Tip:
        """The checkpoint's batch."""
        return self._tip

    def receive(self, message: SnapshotEntries) -> ReceivedSnapshot | None:
        """Take the next entries; the snapshot when these were the last ones.

        Raises:
            ProtocolViolation: they do not belong here.
        """
        if not 0 < len(message.entries) <= self._missing:
            raise ProtocolViolation(
                Code.MALFORMED, f"{len(message.entries)} entries follow where the snapshot lacks {self._missing}"
            )
        self._missing -= len(message.entries)
        for entry in message.entries:
            self._add(entry)
        if self._missing:
            return None
        self._finish_buckets(SNAPSHOT_BUCKETS)
        return ReceivedSnapshot(self._head.checkpoint, self._head.finality, self._tip, self._entries)

    def _add(self, entry: StateEntry) -> None:
        path = entry_path(entry_key(entry))
        if path <= self._last_path:
            raise ProtocolViolation(Code.MALFORMED, "the entries of a snapshot are not in the order of the state tree")
        self._last_path = path
        number = bucket_number(path)
        if number != self._number:
            self._finish_buckets(number)
        if self._head.buckets[number] == EMPTY_BUCKET:
            raise ProtocolViolation(Code.STATE_ROOT_MISMATCH, f"an entry of a snapshot is in the empty bucket {number}")
        xdr = encode_state_entry(entry)
        self._bucket[path] = xdr
        self._bucket_bytes += len(xdr)
        if len(self._bucket) > SNAPSHOT_BUCKET_MAX_ENTRIES or self._bucket_bytes > SNAPSHOT_BUCKET_MAX_BYTES:
            raise ProtocolViolation(Code.TOO_LARGE, f"bucket {number} of a snapshot is larger than this member takes")

    def _finish_buckets(self, following: int) -> None:
        """Compare everything up to the bucket ``following``, whose first entry has come."""
        hashes = {path: sha256(xdr).digest() for path, xdr in self._bucket.items()}
        expected = self._head.buckets[self._number : following]
        if expected[0] != bucket_hash(hashes) or any(digest != EMPTY_BUCKET for digest in expected[1:]):
            raise ProtocolViolation(
                Code.STATE_ROOT_MISMATCH,
                f"from bucket {self._number} on, a snapshot's entries are not those that the state root commits to",
            )
        self._entries.update(self._bucket)
        self._bucket, self._bucket_bytes, self._number = {}, 0, following


def _check_head(terms: Terms, head: SnapshotHead, after: int) -> Tip:
    header = head.checkpoint.header
    if header.number < max(after, 1):
        raise ProtocolViolation(
            Code.BROKEN_CHAIN, f"a snapshot after batch {header.number} is behind batch {after}, which is here"
        )
    try:
        digest = check_signed_header(terms, head.checkpoint)
        certified = check_finality(terms, head.finality)
    except VerificationError as error:
        raise ProtocolViolation(error.code, f"a snapshot: {error.message}") from None
    if certified.get(header.number) != digest:
        raise ProtocolViolation(
            Code.NOT_ENOUGH_SIGNATURES, f"no certificate covers the header of batch {header.number} in a snapshot"
        )
    if not head.entries or not _is_tree(head.buckets, header.state_root):
        raise ProtocolViolation(
            Code.STATE_ROOT_MISMATCH, f"the buckets of a snapshot are not those of batch {header.number}"
        )
    return Tip(header.epoch, header.number, digest)


def _is_tree(buckets: Sequence[bytes], root: bytes | None) -> bool:
    return len(buckets) == SNAPSHOT_BUCKETS and merkle_root(buckets) == root
