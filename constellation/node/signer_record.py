"""What a signer has signed, on its own disk: the reason for which it never signs two things for one place.

Theory. Votes and alpha's headers have a place, their epoch and number. Whatever the node's own log says, or has
forgotten, the key signs one header per place, and after a promise for an epoch, or a header of one, nothing of a lower
epoch. A row is durable before its signature is given out. Rows of lower epochs go with the promise that forbids them;
of the present one the newest stay, and what is before them is refused: more than a node can ever need again.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Final

from constellation.protocol.messages import BatchHeader, Promise, SignerRefusalReason

PLACES_KEPT: Final = 100_000
"""Of each kind, in the present epoch; unfinal batches are far fewer."""

CONFLICTS_KEPT: Final = 1000

_VERSION = 1
_NUMBER_MAX = 2**63 - 1
_TABLES = """
CREATE TABLE owner (version INTEGER NOT NULL, key BLOB NOT NULL, constellation BLOB NOT NULL);
CREATE TABLE signed (
    kind INTEGER NOT NULL, epoch INTEGER NOT NULL, number INTEGER NOT NULL, digest BLOB NOT NULL, xdr BLOB NOT NULL,
    PRIMARY KEY (kind, epoch, number)
) WITHOUT ROWID;
CREATE TABLE promise (epoch INTEGER PRIMARY KEY, alpha BLOB NOT NULL, xdr BLOB NOT NULL);
CREATE TABLE conflicts (
    id INTEGER PRIMARY KEY, at_s INTEGER NOT NULL, reason TEXT NOT NULL, asked BLOB NOT NULL, signed BLOB
);
"""


class RecordError(Exception):
    """The record cannot be used; the message says why."""


class RecordFailed(Exception):
    """The record's disk failed: nothing may be signed any more."""


class WillNotSign(Exception):
    """A rule forbids it.

    Args:
        reason: which.
        message: in words.
    """

    def __init__(self, reason: SignerRefusalReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class PlaceKind(IntEnum):
    """What has a place. Never renumber."""

    HEADER = 1
    VOTE = 2


class SignerRecord:
    """The file; one process at a time has it open.

    Args:
        path: of it.
        key: whose signatures it is about.
        constellation: its id.
        create: it must be a new one; otherwise it must be there.

    Raises:
        RecordError: it is missing, there already, in use, of another key, or damaged.
    """

    def __init__(self, path: Path, key: bytes, constellation: bytes, *, create: bool) -> None:
        self._path = path
        if create and path.exists():
            raise RecordError(f"{path} exists already: start without --new-record, so that it is not forgotten")
        if not create and not path.is_file():
            raise RecordError(
                f"there is no record {path} of what this key has signed. Only a key that has never signed may start "
                "with a new one: --new-record"
            )
        try:
            self._database = sqlite3.connect(path, timeout=0.5, isolation_level=None)
            try:
                self._open(key, constellation, create=create)
            except BaseException:
                self._database.close()
                raise
        except sqlite3.Error as error:
            raise RecordError(f"the record {path} cannot be used: {error}") from None
        if create:
            path.chmod(0o600)

    def _open(self, key: bytes, constellation: bytes, *, create: bool) -> None:
        self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("BEGIN EXCLUSIVE")
        if create:
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.execute("INSERT INTO owner VALUES (?, ?, ?)", (_VERSION, key, constellation))
        owner = self._database.execute("SELECT version, key, constellation FROM owner").fetchone()
        self._database.execute("COMMIT")
        if owner != (_VERSION, key, constellation):
            raise RecordError(f"the record {self._path} is of another key, constellation or version")

    def take_header(self, header: BatchHeader, digest: bytes) -> None:
        """Note that alpha's header is about to be signed; durable on return.

        Raises:
            WillNotSign: it must not be.
            RecordFailed: the disk failed.
        """
        self._check_numbers(header.epoch, header.number)
        with self._changing():
            last = self._last_epoch(PlaceKind.HEADER)
            if header.epoch < last:
                raise self._conflict(
                    SignerRefusalReason.SIGNER_SUPERSEDED,
                    f"a header of epoch {header.epoch} after one of epoch {last}",
                    header.to_xdr(),
                )
            if header.epoch > last:
                self._database.execute("DELETE FROM signed WHERE kind = ?", (PlaceKind.HEADER,))
            self._take(PlaceKind.HEADER, header, digest)

    def take_vote(self, header: BatchHeader, digest: bytes) -> None:
        """Note that a vote for a header is about to be signed; durable on return.

        Raises:
            WillNotSign: it must not be.
            RecordFailed: the disk failed.
        """
        self._check_numbers(header.epoch, header.number)
        with self._changing():
            promised = self._promised()
            epoch = 0 if promised is None else promised[0]
            if header.epoch > epoch:
                raise WillNotSign(
                    SignerRefusalReason.SIGNER_NOT_ALLOWED, f"a vote in epoch {header.epoch}, which was never promised"
                )
            if header.epoch < epoch:
                raise self._conflict(
                    SignerRefusalReason.SIGNER_SUPERSEDED,
                    f"a vote in epoch {header.epoch} after the promise for epoch {epoch}",
                    header.to_xdr(),
                    None if promised is None else promised[2],
                )
            self._take(PlaceKind.VOTE, header, digest)

    def take_promise(self, promise: Promise) -> None:
        """Note that a promise is about to be signed; durable on return.

        Raises:
            WillNotSign: it must not be.
            RecordFailed: the disk failed.
        """
        self._check_numbers(promise.epoch)
        xdr = promise.to_xdr()
        with self._changing():
            epoch, alpha, earlier = self._promised() or (0, promise.alpha, None)
            if promise.epoch < epoch:
                raise self._conflict(
                    SignerRefusalReason.SIGNER_SUPERSEDED,
                    f"a promise for epoch {promise.epoch} after one for epoch {epoch}",
                    xdr,
                    earlier,
                )
            if promise.epoch == epoch and promise.alpha != alpha:
                raise self._conflict(
                    SignerRefusalReason.SIGNER_CONFLICT, f"epoch {epoch} was promised to another alpha", xdr, earlier
                )
            self._check_tip(promise, epoch, xdr)
            if promise.epoch > epoch:
                self._database.execute("DELETE FROM signed WHERE kind = ?", (PlaceKind.VOTE,))
            self._database.execute("DELETE FROM promise")
            self._database.execute("INSERT INTO promise VALUES (?, ?, ?)", (promise.epoch, promise.alpha, xdr))

    def _check_tip(self, promise: Promise, epoch: int, xdr: bytes) -> None:
        """Whoever says that it remembers must have what was voted for in the last epoch: nothing there is dropped."""
        row = self._database.execute(
            "SELECT number, xdr FROM signed WHERE kind = ? AND epoch = ? ORDER BY number DESC LIMIT 1",
            (PlaceKind.VOTE, epoch),
        ).fetchone()
        tip = (0, 0) if promise.tip is None else (promise.tip.header.epoch, promise.tip.header.number)
        if row is not None and not promise.recovering and tip < (epoch, row[0]):
            raise self._conflict(
                SignerRefusalReason.SIGNER_CONFLICT,
                f"the promise names batch {tip[1]} of epoch {tip[0]} as the last one, and batch {row[0]} of epoch "
                f"{epoch} was voted for: the node's log is an old copy",
                xdr,
                row[1],
            )

    def _take(self, kind: PlaceKind, header: BatchHeader, digest: bytes) -> None:
        place = (kind, header.epoch, header.number)
        known = self._database.execute(
            "SELECT digest, xdr FROM signed WHERE kind = ? AND epoch = ? AND number = ?", place
        ).fetchone()
        if known is not None:
            if known[0] != digest:
                raise self._conflict(
                    SignerRefusalReason.SIGNER_CONFLICT,
                    f"another header was signed for batch {header.number} of epoch {header.epoch}",
                    header.to_xdr(),
                    known[1],
                )
            return
        (last,) = self._database.execute(
            "SELECT max(number) FROM signed WHERE kind = ? AND epoch = ?", place[:2]
        ).fetchone()
        if last is not None and header.number <= last - PLACES_KEPT:
            raise WillNotSign(
                SignerRefusalReason.SIGNER_FORGOTTEN,
                f"batch {header.number} is far behind batch {last}: it is not known any more what was signed there",
            )
        self._database.execute("INSERT INTO signed VALUES (?, ?, ?, ?, ?)", (*place, digest, header.to_xdr()))
        self._database.execute(
            "DELETE FROM signed WHERE kind = ? AND epoch = ? AND number <= ?",
            (kind, header.epoch, max(last or 0, header.number) - PLACES_KEPT),
        )

    def _last_epoch(self, kind: PlaceKind) -> int:
        (last,) = self._database.execute("SELECT max(epoch) FROM signed WHERE kind = ?", (kind,)).fetchone()
        return int(last or 0)

    def _promised(self) -> tuple[int, bytes, bytes] | None:
        row = self._database.execute("SELECT epoch, alpha, xdr FROM promise").fetchone()
        return None if row is None else (int(row[0]), bytes(row[1]), bytes(row[2]))

    def _conflict(
        self, reason: SignerRefusalReason, message: str, asked: bytes, signed: bytes | None = None
    ) -> WillNotSign:
        """Keep what contradicts what; the refusal."""
        (count,) = self._database.execute("SELECT count(*) FROM conflicts").fetchone()
        if count < CONFLICTS_KEPT:
            self._database.execute(
                "INSERT INTO conflicts (at_s, reason, asked, signed) VALUES (?, ?, ?, ?)",
                (int(time.time()), message, asked, signed),
            )
        return WillNotSign(reason, message)

    @staticmethod
    def _check_numbers(*numbers: int) -> None:
        if max(numbers) > _NUMBER_MAX:
            raise WillNotSign(SignerRefusalReason.SIGNER_MALFORMED, "an epoch or number that is never reached")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One transaction; what was kept of a conflict stays, too."""
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise RecordFailed(f"the record {self._path} failed: {error}") from error

    def conflicts(self) -> list[tuple[str, bytes, bytes | None]]:
        """Why something was not signed, what was asked for, and what had been signed instead."""
        return self._database.execute("SELECT reason, asked, signed FROM conflicts ORDER BY id").fetchall()

    def close(self) -> None:
        """Let it go."""
        self._database.close()
