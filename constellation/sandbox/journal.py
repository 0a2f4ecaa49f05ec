"""The journal: what went into every ledger, in one append-only file, from which the same ledgers are made again.

Each line is a JSON object: the first names the network, each of the others is a ledger. Results, state and history
are not in it, for they follow; a ledger's hash in its line proves that they came out as they did before.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from constellation.sandbox.closing import Closing
from constellation.sandbox.conversions import Conversion
from constellation.sandbox.ledger import Ledger
from constellation.sandbox.settings import LedgerSettings
from constellation.sandbox.surge import Selection

_FORMAT = "constellation-sandbox-ledger-1"
_HEAD_BYTES = 32
"""So many bytes at its beginning show that an unfinished file is one of ours."""


class JournalError(Exception):
    """The file cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found in a journal.

    Attributes:
        ledgers: Ledgers that were made again.
        cut_bytes: Bytes at the end that were cut off, because they were an unfinished line.
    """

    ledgers: int
    cut_bytes: int


class Journal:
    """Records a ledger in a file. It belongs to one process at a time.

    Attributes:
        ledger: The ledger, as it was when the file was closed or the process died.
        recovery: What was found in the file.
    """

    def __init__(self, path: Path, network_passphrase: str, **options: Any) -> None:
        """Opens the file, or begins a new one.

        Args:
            path: The file.
            network_passphrase: Of the network; an existing file must be of the same.
            options: The options of a new `Ledger`. An existing file goes on with the settings it has.

        Raises:
            JournalError: when another process uses it, it belongs to another network, or it is damaged.
            OSError: when it cannot be read or written.
        """
        self._path = path
        self._file: BinaryIO = path.open("a+b", buffering=0)
        try:
            self._lock()
            self.ledger, self.recovery = self._open(network_passphrase, options)
        except BaseException:
            self._file.close()
            raise
        self._conversions = _describe_conversions(self.ledger.conversions)
        self.ledger.recorder = self._record

    def close(self) -> None:
        """Closes the file; the ledger can be closed no more."""
        self._file.close()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise JournalError(f"{self._path} is used by another process") from None

    def _open(self, network_passphrase: str, options: Mapping[str, Any]) -> tuple[Ledger, Recovery]:
        with self._path.open("rb") as reader:
            first = reader.readline()
            if not first.endswith(b"\n"):
                return self._new(first, network_passphrase, options)
            ledger = self._begin(first, network_passphrase, options.get("history_ledgers_max"))
            count = 0
            for line in reader:
                if not line.endswith(b"\n"):
                    self._file.truncate(reader.tell() - len(line))
                    return ledger, Recovery(count, len(line))
                count += 1
                self._replay(ledger, line, count + 1)
        return ledger, Recovery(count, 0)

    def _new(self, unfinished: bytes, network_passphrase: str, options: Mapping[str, Any]) -> tuple[Ledger, Recovery]:
        """Begins a new file in the place of nothing, or of a first line that was never finished."""
        ledger = Ledger(network_passphrase, **options)
        line = json_line(_describe_network(ledger))
        if unfinished[:_HEAD_BYTES] != line[: min(_HEAD_BYTES, len(unfinished))]:
            raise JournalError(f"{self._path} is no journal of a sandbox ledger")
        self._file.truncate(0)
        self._write(line)
        return ledger, Recovery(0, len(unfinished))

    def _begin(self, line: bytes, network_passphrase: str, history_ledgers_max: int | None) -> Ledger:
        try:
            network = json.loads(line)
            if network["format"] != _FORMAT:
                raise KeyError("format")
            ledger = Ledger(
                network["network_passphrase"],
                genesis_time_s=network["genesis_time_s"],
                conversions=map(Conversion.parse, network["conversions"]),
                settings=LedgerSettings(**network["settings"]),
                **({} if history_ledgers_max is None else {"history_ledgers_max": history_ledgers_max}),
            )
        except (ValueError, KeyError, TypeError):
            raise JournalError(f"{self._path} is no journal of a sandbox ledger") from None
        if ledger.network_passphrase != network_passphrase:
            raise JournalError(f"{self._path} is of another network: {ledger.network_passphrase!r}")
        return ledger

    def _replay(self, ledger: Ledger, line: bytes, number: int) -> None:
        try:
            given = json.loads(line)
            record = ledger.replay(
                given["closed_at"],
                Selection([ledger.decode(each) for each in given["transactions"]], given["base_fee"]),
                map(Conversion.parse, given["conversions"]) if "conversions" in given else ledger.conversions,
                LedgerSettings(**given["settings"]) if "settings" in given else ledger.settings,
            )
            is_same = (record.sequence, record.hash) == (given["sequence"], given["hash"])
        except (ValueError, KeyError, TypeError, AssertionError, OverflowError):
            is_same = False
        if not is_same:
            raise JournalError(f"{self._path} is damaged in line {number}: it does not make the ledger it is of")

    def _record(self, closing: Closing) -> None:
        record, before = closing.record, self.ledger.latest
        line: dict[str, object] = {
            "sequence": record.sequence,
            "hash": record.hash,
            "closed_at": record.closed_at,
            "base_fee": closing.selection.base_fee,
            "transactions": [envelope.envelope_xdr for envelope in closing.selection.included],
        }
        if record.settings != before.settings:
            line["settings"] = asdict(record.settings)
        conversions = _describe_conversions(closing.conversions)
        if conversions != self._conversions:
            line["conversions"] = conversions
        self._write(json_line(line))
        self._conversions = conversions

    def _write(self, line: bytes) -> None:
        """Appends a line and waits until it is on the disk; if that fails, the file is as it was before."""
        end = os.path.getsize(self._path)
        try:
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(end)
            raise


def json_line(body: Mapping[str, object]) -> bytes:
    """Writes JSON on one line."""
    return json.dumps(body, separators=(",", ":")).encode() + b"\n"


def _describe_network(ledger: Ledger) -> dict[str, object]:
    return {
        "format": _FORMAT,
        "network_passphrase": ledger.network_passphrase,
        "genesis_time_s": ledger.latest.closed_at,
        "settings": asdict(ledger.settings),
        "conversions": _describe_conversions(ledger.conversions),
    }


def _describe_conversions(conversions: Iterable[Conversion]) -> list[dict[str, object]]:
    return [each.describe() for each in conversions]
