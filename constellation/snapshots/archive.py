"""The archive file: certified history that proves itself, written and read record by record in constant memory.

A file is :data:`MAGIC`, then records (``xdr/archive.x``), each behind its length in four bytes. The writer knows what
belongs where; the reader checks the form alone: lengths, encodings, the tail's counts and hash, nothing behind it. What
the records say is proved in :mod:`constellation.snapshots.archive_proof`.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO

from constellation.protocol.errors import VerificationError
from constellation.protocol.limits import ARCHIVE_RECORD_MAX_BYTES
from constellation.protocol.messages import (
    ARCHIVE_FORMAT_VERSION,
    MAX_ARCHIVE_ENTRIES,
    ArchiveEntries,
    ArchiveHead,
    ArchiveRecord,
    ArchiveSnapshot,
    ArchiveTail,
    Batch,
    Certificate,
    Code,
    Finality,
    SignedHeader,
    StateEntry,
    decode_archive_record,
    encode_archive_record,
)
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage

MAGIC = b"constellation archive\r\n\0"
"""The first bytes of every archive; a transfer that changes line ends changes them, too."""

_LENGTH_BYTES = 4
_HEAD_TYPE = bytes(4)


class UnusableArchive(Exception):
    """The file is no archive that this version can read."""


class ArchiveRefuted(VerificationError):
    """Something in an archive does not hold.

    Args:
        code: what is wrong.
        message: one sentence for a person.
        batch: the number of the batch that it is about, if it is about one.
        quantum: the apex of the quantum that it is about, if it is about one.

    Attributes:
        record: the record at which it was noticed, counted from 0; None before the reader has said so.
        offset: where that record begins in the file.
    """

    def __init__(self, code: Code, message: str, batch: int | None = None, quantum: int | None = None) -> None:
        super().__init__(code, message)
        self.batch = batch
        self.quantum = quantum
        self.record: int | None = None
        self.offset: int | None = None


@dataclass(slots=True)
class Snapshot:
    """The state from which an archive starts when it does not start at genesis.

    Attributes:
        checkpoint: the signed header of the batch after which this was the state.
        finality: covers the checkpoint's header.
        count: how many entries there are.
        entries: all of the state's.
    """

    checkpoint: SignedHeader
    finality: Finality
    count: int
    entries: Iterable[StateEntry]


@dataclass(slots=True)
class _Counts:
    """What is in the records so far."""

    entries: int = 0
    batches: int = 0
    certificates: int = 0

    def add(self, record: ArchiveRecord) -> None:
        match record:
            case ArchiveEntries():
                self.entries += len(record.entries)
            case Batch():
                self.batches += 1
            case Certificate():
                self.certificates += 1

    def tail(self, digest: bytes) -> ArchiveTail:
        return ArchiveTail(self.entries, self.batches, self.certificates, digest)


class ArchiveWriter:
    """Writes records and, at the end, what they add up to.

    Args:
        file: empty; it is written from its beginning to its end.
        terms: of the constellation.
    """

    def __init__(self, file: IO[bytes], terms: Terms) -> None:
        self._file = file
        self._hash = sha256()
        self._counts = _Counts()
        self._put(MAGIC)
        self.write(ArchiveHead(ARCHIVE_FORMAT_VERSION, terms.settings, list(terms.appointments)))

    def write_snapshot(self, snapshot: Snapshot) -> None:
        """Write where the archive starts, right after its head."""
        self.write(ArchiveSnapshot(snapshot.checkpoint, snapshot.finality, snapshot.count))
        entries = iter(snapshot.entries)
        while chunk := list(islice(entries, MAX_ARCHIVE_ENTRIES)):
            self.write(ArchiveEntries(chunk))

    def write(self, record: ArchiveRecord) -> None:
        """Append one record."""
        data = encode_archive_record(record)
        assert len(data) <= ARCHIVE_RECORD_MAX_BYTES, "a record is larger than any reader takes"
        self._put(len(data).to_bytes(_LENGTH_BYTES, "big") + data)
        self._counts.add(record)

    def finish(self) -> None:
        """Write the tail; nothing may follow."""
        self.write(self._counts.tail(self._hash.digest()))

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._hash.update(data)


class ArchiveReader:
    """The records of an archive up to its tail, in the order of the file.

    Args:
        file: a regular file, open for reading at its beginning.

    Attributes:
        record: number of the record that was read last.
        offset: where it begins.
        position: where the next one begins.
        size: of the file.

    Raises:
        UnusableArchive: it does not begin like an archive, or is no regular file.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise UnusableArchive("an archive must be a regular file")
        self.size = status.st_size
        self._hash = sha256()
        self._counts = _Counts()
        self.position = self.offset = 0
        self.record = -1
        if self._take(min(len(MAGIC), self.size)) != MAGIC:
            raise UnusableArchive("this is no archive: it does not begin like one")

    def records(self) -> Iterator[ArchiveRecord]:
        """Yield every record but the tail, which is compared with what was read.

        Raises:
            ArchiveRefuted: the file is cut off, damaged, or goes on behind its tail.
            UnusableArchive: it has a format that this version does not know.
        """
        while True:
            digest = self._hash.digest()
            record = self._read()
            if isinstance(record, ArchiveTail):
                self._check_end(record, digest)
                return
            self._counts.add(record)
            yield record

    def _read(self) -> ArchiveRecord:
        self.record += 1
        self.offset = self.position
        length = int.from_bytes(self._take(_LENGTH_BYTES), "big")
        if length > ARCHIVE_RECORD_MAX_BYTES:
            raise ArchiveRefuted(Code.TOO_LARGE, f"a record claims {length} bytes, over {ARCHIVE_RECORD_MAX_BYTES}")
        data = self._take(length)
        if self.record == 0:
            _check_format(data)
        try:
            return decode_archive_record(data)
        except MalformedMessage as error:
            raise ArchiveRefuted(Code.MALFORMED, f"a record cannot be decoded: {error}") from None

    def _take(self, length: int) -> bytes:
        """The next bytes; what the file does not have is never asked for."""
        data = self._file.read(length) if length <= self.size - self.position else b""
        if len(data) != length:
            raise ArchiveRefuted(Code.MALFORMED, "the archive is cut off: its end is missing")
        self.position += length
        self._hash.update(data)
        return data

    def _check_end(self, tail: ArchiveTail, digest: bytes) -> None:
        if tail != self._counts.tail(digest):
            raise ArchiveRefuted(Code.MALFORMED, "the tail does not fit the records before it: their counts or hash")
        if self.position != self.size:
            behind = self.size - self.position
            raise ArchiveRefuted(Code.MALFORMED, f"{behind} bytes follow the archive's end")


def _check_format(data: bytes) -> None:
    version = int.from_bytes(data[4:8], "big")
    if data[:4] == _HEAD_TYPE and version != ARCHIVE_FORMAT_VERSION:
        raise UnusableArchive(f"the archive has format {version}; this version reads {ARCHIVE_FORMAT_VERSION}")


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name, whole and durable, when the block ends well, and not at all otherwise.

    Raises:
        FileExistsError: there is something already; it is never overwritten.
        OSError: it cannot be written.
    """
    _refuse_existing(path)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(path)
        Path(temporary).rename(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "it exists already and is never overwritten", str(path))
