"""A copy of the state after a checkpoint, in a file without a name: what is sent to a member that is far behind.

The entries lie in the order of the state tree, in chunks that are sent as they are; the hashes of the tree's buckets
are taken on the way. Several readers share a copy, each at a position of its own.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from constellation.protocol.limits import SNAPSHOT_CHUNK_MAX_BYTES, STATE_BUCKETS_LOG2
from constellation.protocol.messages import MAX_SNAPSHOT_ENTRIES, SnapshotHead
from constellation.quanta.state_tree import EMPTY_BUCKET, bucket_hash, bucket_number
from constellation.snapshots.finality import CertifiedCheckpoint

_PREFIX_BYTES = 8


class SnapshotCopy:
    """One copy; closed by whoever made it.

    Args:
        checkpoint: whose state it is.
        directory: where the file is; None for the system's own place.

    Attributes:
        checkpoint: whose state it is.
        buckets: hashes of the state tree's buckets.
        count: how many entries there are.
    """

    def __init__(self, checkpoint: CertifiedCheckpoint, directory: Path | None) -> None:
        self.checkpoint = checkpoint
        self.buckets = [EMPTY_BUCKET] * (1 << STATE_BUCKETS_LOG2)
        self.count = 0
        self._file = tempfile.TemporaryFile(dir=directory, prefix=".snapshot.")  # noqa: SIM115  # closed by close()
        self._end = 0
        self._bucket: dict[bytes, bytes] = {}
        self._number = 0

    def fill(self, entries: Iterable[tuple[bytes, bytes]]) -> Iterator[None]:
        """Write ``entries`` (path and encoded entry, in path order); stops after each chunk, to let others work."""
        chunk: list[bytes] = []
        size = 0
        for path, entry in entries:
            if chunk and (len(chunk) == MAX_SNAPSHOT_ENTRIES or size + len(entry) > SNAPSHOT_CHUNK_MAX_BYTES):
                self._write(chunk)
                chunk, size = [], 0
                yield
            self._hash(path, entry)
            chunk.append(entry)
            size += len(entry)
        self._write(chunk)
        self._finish_bucket()
        self._file.flush()

    def _hash(self, path: bytes, entry: bytes) -> None:
        number = bucket_number(path)
        if number != self._number:
            self._finish_bucket()
            self._number = number
        self._bucket[path] = sha256(entry).digest()

    def _finish_bucket(self) -> None:
        self.buckets[self._number] = bucket_hash(self._bucket)
        self._bucket = {}

    def _write(self, chunk: list[bytes]) -> None:
        content = b"".join(chunk)
        self._file.write(len(chunk).to_bytes(4, "big") + len(content).to_bytes(4, "big") + content)
        self._end += _PREFIX_BYTES + len(content)
        self.count += len(chunk)

    @property
    def head(self) -> SnapshotHead:
        """What goes before the entries."""
        return SnapshotHead(self.checkpoint.signed_header, self.checkpoint.finality, self.count, self.buckets)

    def chunk(self, position: int) -> tuple[int, bytes, int] | None:
        """Count and encoding of the entries at ``position`` (first: 0), and the next position; None at the end."""
        if position >= self._end:
            return None
        start = position + _PREFIX_BYTES
        prefix = os.pread(self._file.fileno(), _PREFIX_BYTES, position)
        length = int.from_bytes(prefix[4:], "big")
        return int.from_bytes(prefix[:4], "big"), os.pread(self._file.fileno(), length, start), start + length

    def close(self) -> None:
        """Give the space back."""
        self._file.close()

    def __enter__(self) -> "SnapshotCopy":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
