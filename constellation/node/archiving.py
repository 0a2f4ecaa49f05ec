"""Keeps what is pruned: history leaves the log only when it is in an archive that was verified."""

import asyncio
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from constellation.node.exit_codes import ExitCode
from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_hash
from constellation.snapshots import QuantumLog
from constellation.snapshots.archive_segment import (
    batches_path,
    keep_state,
    kept_states,
    state_path,
    write_segment,
)
from constellation.snapshots.finality import NothingCertified
from constellation.snapshots.snapshot_reader import SnapshotTimeout, copy_snapshot

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_REST_S = 0.005  # after each batch that is written: whoever orders quanta in this process goes first
_VERIFY_TIMEOUT_S = 6 * 3600.0


class ArchivingFailed(Exception):
    """A piece of history could not be put away; it stays in the log."""


class Archiving:
    """Writes and verifies archives beside a running node, in a thread that rests and a process of its own.

    Args:
        log_path: of the node's log.
        settings: of the constellation.
        directory: where the archives are; created when missing.
    """

    def __init__(self, log_path: Path, settings: Settings, directory: Path) -> None:
        self._log_path = log_path
        self._settings = settings
        self._directory = directory
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="archive")
        self._closing = threading.Event()

    async def reach(self, base: int) -> int:
        """Put away what is before batch ``base``; the batch up to which that is done, which may be an earlier one.

        Raises:
            ArchivingFailed: something went wrong; it may go well another time.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._reach, base)
        except (OSError, NothingCertified, SnapshotTimeout, subprocess.SubprocessError) as error:
            raise ArchivingFailed(str(error)) from error

    def _reach(self, base: int) -> int:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        begin = self._reading(lambda reader: reader.base)
        states = kept_states(self._directory)
        if begin and begin not in states and not self._keep_state(begin):
            raise ArchivingFailed(
                f"the state after batch {begin} is not kept, without which what follows cannot be proved; without "
                "archive_directory it is pruned all the same"
            )
        ends = [number for number in states if begin < number <= base]
        if ends:
            self._write(begin, ends[-1])
            return ends[-1]
        if not any(number > begin for number in states):
            self._keep_state(None)
        return begin

    def _reading(self, call: Callable[[QuantumLog], _T]) -> _T:
        reader = QuantumLog(self._log_path, self._settings, read_only=True)
        try:
            return call(reader)
        finally:
            reader.close()

    def _keep_state(self, number: int | None) -> bool:
        """Keep the state after the last checkpoint, only if that is ``number`` where it is given; whether it was."""

        def keep(reader: QuantumLog) -> bool:
            with copy_snapshot(reader, rest=self._rest) as copy:
                if number in (None, copy.checkpoint.number):
                    path = keep_state(self._directory, reader.terms(), copy)
                    log.info("kept a state for the archives", extra={"path": str(path)})
                    return True
            return False

        return self._reading(keep)

    def _write(self, begin: int, end: int) -> None:
        path = batches_path(self._directory, begin + 1, end)
        if not path.exists():
            self._reading(lambda reader: write_segment(reader, self._directory, end, self._progress))
        self._verify(path)
        log.info("archived", extra={"path": str(path), "first": begin + 1, "last": end})
        for number in kept_states(self._directory):
            if number < end:
                state_path(self._directory, number).unlink()

    def _verify(self, path: Path) -> None:
        """Prove the archive as anybody would; one that is refuted is put aside."""
        command = [sys.executable, "-m", "constellation.node.cli", "verify", str(path)]
        command += ["--settings-hash", settings_hash(self._settings).hex()]
        done = subprocess.run(  # noqa: S603  # a program of our own
            command, check=False, capture_output=True, text=True, timeout=_VERIFY_TIMEOUT_S, stdin=subprocess.DEVNULL
        )
        if done.returncode != ExitCode.OK:
            refuted = path.with_suffix(".refuted")
            path.replace(refuted)
            raise ArchivingFailed(f"{refuted} does not hold: {done.stderr.strip()[-500:]}")

    def _progress(self, _done: int, _total: int) -> None:
        self._rest(_REST_S)

    def _rest(self, seconds: float) -> None:
        if self._closing.wait(seconds):
            raise SnapshotTimeout("the node is stopping")

    def close(self) -> None:
        """Stop soon; what is not complete does not appear."""
        self._closing.set()
        self._thread.shutdown(wait=False, cancel_futures=True)
