"""A node's data directory: made private, and locked against a second process."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

LOG_FILE = "log.sqlite"
_LOCK_FILE = "lock"


class DirectoryInUse(Exception):
    """Another process holds the data directory."""


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
        self._lock = os.open(path / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise DirectoryInUse(
                f"{path} is in use by another process; every node needs its own data directory"
            ) from None

    @property
    def log_path(self) -> Path:
        """Where the log is."""
        return self.path / LOG_FILE

    def close(self) -> None:
        """Let others use it."""
        os.close(self._lock)

    def __enter__(self) -> "DataDirectory":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
