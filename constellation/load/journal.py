"""What the clients of a run were told, as lines of a file: to compare it later with what the history says.

A worker writes a file of its own. With a journal, clients ask for all of their accounts' past, so that every effect of
an account is in it once, as the answer to a request or as an event.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

from constellation.protocol.leaves import Submission, leaf_count
from constellation.protocol.signing import header_hash
from constellation.sdk import Event, FinalProof, Gap, Receipt


def request_hash(request: Submission, place: int = 0) -> str:
    """What tells one signed request, or the operation at ``place`` of a signed batch, from every other."""
    return sha256(request.to_xdr() + (place.to_bytes(4, "big") if place else b"")).hexdigest()


@dataclass(slots=True, frozen=True)
class Shown:
    """Effects of one quantum that alpha has shown an account, verified; with ``request`` they are its answer."""

    account: str
    apex: int
    batch: int
    header: str
    first: int
    last: int
    group: str
    request: str = ""


@dataclass(slots=True, frozen=True)
class Unknown:
    """A request whose outcome the client could not learn."""

    account: str
    request: str


@dataclass(slots=True, frozen=True)
class Skipped:
    """Effects that alpha could not show any more."""

    account: str
    first: int
    last: int


@dataclass(slots=True, frozen=True)
class Certified:
    """A batch that a certificate made final, and the batch whose header was signed."""

    batch: int
    header: str
    signed_batch: int
    signed_header: str


@dataclass(slots=True, frozen=True)
class Left:
    """The account's client was closed in good order; up to ``last`` it was shown everything."""

    account: str
    last: int


Entry = Shown | Unknown | Skipped | Certified | Left
_KINDS: dict[str, Callable[..., Entry]] = {kind.__name__: kind for kind in (Shown, Unknown, Skipped, Certified, Left)}


def _line(entry: Entry) -> str:
    return json.dumps([type(entry).__name__, *astuple(entry)], separators=(",", ":")) + "\n"


def _entry(line: str) -> Entry:
    name, *values = json.loads(line)
    return _KINDS[name](*values)


class Journal:
    """Writes a journal.

    Args:
        path: a new file.
        constellation: its id.
    """

    def __init__(self, path: Path, constellation: bytes) -> None:
        self._file = path.open("x", encoding="ascii")
        self._constellation = constellation

    def shown(self, account: str, event: Event) -> None:
        """Effects were shown."""
        group = event.verified.event.group
        self._write(
            Shown(
                account,
                event.apex,
                event.batch,
                event.verified.digest.hex(),
                event.first_number,
                event.last_number,
                sha256(group.to_xdr()).hexdigest(),
                request_hash(event.request, event.place) if isinstance(event, Receipt) else "",
            )
        )

    def skipped(self, account: str, gap: Gap) -> None:
        """Effects could not be shown."""
        self._write(Skipped(account, gap.first, gap.last))

    def unknown(self, account: str, request: Submission) -> None:
        """The outcome of a request, or of all of a batch, is not known."""
        for place in range(leaf_count(request)):
            self._write(Unknown(account, request_hash(request, place)))

    def certified(self, proof: FinalProof) -> None:
        """A batch is final."""
        signed = proof.finality.certificate.header
        digest = header_hash(self._constellation, signed)
        self._write(Certified(proof.batch, proof.header_hash.hex(), signed.number, digest.hex()))

    def left(self, account: str, last: int) -> None:
        """An account's client was closed."""
        self._write(Left(account, last))

    def _write(self, entry: Entry) -> None:
        self._file.write(_line(entry))

    def flush(self) -> None:
        """Let readers see what was written."""
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class JournalReader:
    """Reads a journal while it is written.

    Args:
        path: of the file, which need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def read(self) -> Iterator[Entry]:
        """What was written since the last time."""
        if not self._path.exists():
            return
        with self._path.open(encoding="ascii") as file:
            file.seek(self._offset)
            while (line := file.readline()).endswith("\n"):
                self._offset += len(line)
                yield _entry(line)
