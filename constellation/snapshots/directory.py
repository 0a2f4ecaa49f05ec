"""A node's data directory: made private, locked against a second process, and where a damaged log is set aside."""

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

LOG_FILE = "log.sqlite"
LOCK_FILE = "lock"
DAMAGE_FILE = "damage.txt"
_LOG_SUFFIXES = ("-wal", "-shm", "")


class DirectoryInUse(Exception):
    """Another process holds the data directory."""


def is_in_use(path: Path) -> bool:
    """Whether a process holds the data directory; nothing is created to find out."""
    try:
        with (path / LOCK_FILE).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # it is missing, or others can tell why it cannot be read
    return False


class DataDirectory:
    """Exclusive use of a directory as long as the process lives.

    Two processes with one identity and one log could sign two headers at one place; the lock is the kernel's, so it
    does not outlive its process.

    Args:
        path: created with mode 0700 when missing.

    Raises:
        DirectoryInUse: another process holds it.
        OSError: it cannot be created or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise DirectoryInUse(
                f"{path} is in use by another process{_named(holder(path))}; every node needs its own data directory, "
                "and most commands need the node to be stopped"
            ) from None
        with suppress(OSError):  # it is only for people: a full disk must not be in the way
            os.ftruncate(self._lock, 0)
            os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)

    @property
    def log_path(self) -> Path:
        """Where the log is."""
        return self.path / LOG_FILE

    @property
    def damage(self) -> str | None:
        """What was found to be wrong with the log; None when nothing was."""
        note = self.path / DAMAGE_FILE
        return note.read_text("utf-8", errors="replace").strip() if note.exists() else None

    def note_damage(self, reason: str) -> None:
        """Remember that the log is damaged, whatever a later start may find."""
        (self.path / DAMAGE_FILE).write_text(reason + "\n", "utf-8")
        self._synchronise()

    def set_log_aside(self, reason: str, now: datetime | None = None) -> Path:
        """Rename the log and what belongs to it; the next start begins a new one. Nothing is ever deleted.

        The note of the damage comes first and goes last: should the process end half-way, the next start goes on.

        Args:
            reason: what is wrong with the log.
            now: for the new name; the present time by default.

        Returns:
            Where the log is now.
        """
        if self.damage is None:
            self.note_damage(reason)
        stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = self.path / f"damaged-{stamp}.sqlite"
        for suffix in _LOG_SUFFIXES:
            part = self.path / (LOG_FILE + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        self._synchronise()
        (self.path / DAMAGE_FILE).rename(aside.with_suffix(".txt"))
        self._synchronise()
        return aside

    def _synchronise(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Let others use it."""
        os.close(self._lock)

    def __enter__(self) -> "DataDirectory":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def holder(path: Path) -> int | None:
    """Id of the process that uses a data directory; None when that cannot be told.

    The lock file says which it is. It may do so in another's name space of processes, as in a container: where the
    system shows what a process has open, that is looked at, too.
    """
    lock = path / LOCK_FILE
    try:
        process = int(lock.read_text("ascii"))
    except (OSError, ValueError):
        return None
    if not Path("/proc/self/fd").is_dir():
        return process
    try:
        return process if any(item.samefile(lock) for item in Path(f"/proc/{process}/fd").iterdir()) else None
    except OSError:
        return None


def _named(process: int | None) -> str:
    return "" if process is None else f" (process {process})"
