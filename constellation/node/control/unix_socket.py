"""A UNIX socket in the data directory: who may use the node's files may say how the node works."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

FILE: Final = "control.sock"

_PATH_MAX_BYTES: Final = 100  # the system has room for 107


def socket_path(data_directory: Path) -> Path:
    """Where a node with this data directory listens."""
    return data_directory / FILE


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name of the file that a socket's address has room for."""
    if len(os.fsencode(path)) <= _PATH_MAX_BYTES:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


def listen_at(path: Path) -> socket.socket:
    """A socket that listens there, for the owner of the file alone.

    The caller has the data directory to itself: what is there was left by a process that has ended.

    Raises:
        OSError: it cannot be made.
    """
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        with _short(path) as name:
            listening.bind(name)
        listening.listen()
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(mask)
    return listening


class UnixConnection(HTTPConnection):
    """HTTP to a process on this machine.

    Args:
        path: of its socket.
        timeout_s: for each step of connecting and reading.
    """

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path = path
        self._patience_s = timeout_s

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self._patience_s)
        with _short(self._path) as name:
            self.sock.connect(name)
