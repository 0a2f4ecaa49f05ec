"""Listening sockets that count whom they let in.

asyncio's servers accept from whatever socket they are given. This one refuses at once who may not come in, and hands on
sockets that say when they are closed, whoever closes them and why: before TLS, after it, or in the middle.
"""

import asyncio
import errno
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from constellation.transport.addresses import source_of
from constellation.transport.doorstep import Doorstep

_BACKLOG = 256
_REFUSALS_AT_ONCE = 64
_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Guest(socket.socket):
    """An accepted connection.

    Args:
        accepted: whose place it takes.
        on_close: called once.
    """

    def __init__(self, accepted: socket.socket, on_close: Callable[[], None]) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self._on_close: Callable[[], None] | None = on_close

    def close(self) -> None:
        """Close it, as a transport does when it has ended."""
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()
        super().close()

    def cut(self) -> None:
        """End the connection; its transport notices."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)


class ListeningSocket(socket.socket):
    """Accepts whom the doorstep has room for.

    When the process has no descriptor left, asyncio tries again after a second; until then connections wait in the
    system's queue, and those that are open stay.

    Args:
        family: of the addresses.
        doorstep: counts strangers.
        refusal: sent to those that are refused, where it can be.
        fileno: of a socket that listens already; it belongs to this one from then on.

    Attributes:
        doorstep: counts strangers.
    """

    def __init__(self, family: int, doorstep: Doorstep, refusal: bytes, fileno: int | None = None) -> None:
        # With the protocol named, asyncio sends small messages at once (TCP_NODELAY).
        super().__init__(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno)
        self.doorstep = doorstep
        self._refusal = refusal
        self._strangers: dict[int, Callable[[], None]] = {}
        self._is_resting = False

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection that is let in.

        Raises:
            BlockingIOError: there is none now.
            OSError: there is no descriptor.
        """
        if self._is_resting:
            self._is_resting = False
            raise BlockingIOError
        for _ in range(_REFUSALS_AT_ONCE):
            accepted, address = self._accept_one()
            source = source_of(address)
            if self.doorstep.enter(source, asyncio.get_running_loop().time()) is None:
                return self._receive(accepted, source), address
            accepted.setblocking(False)
            with suppress(OSError):
                accepted.send(self._refusal)
            accepted.close()
        raise BlockingIOError

    def _accept_one(self) -> tuple[socket.socket, Any]:
        try:
            return super().accept()
        except OSError as error:
            if error.errno in _NO_DESCRIPTOR:
                # asyncio has stopped listening for a second, and would try a hundred times more before it does.
                self._is_resting = True
                self.doorstep.exhausted()
            raise

    def _receive(self, accepted: socket.socket, source: str) -> Guest:
        guest = Guest(accepted, lambda: self.admit(number))
        number = guest.fileno()
        self.welcome(number, source, guest.cut)
        return guest

    def welcome(self, number: int, source: str, cut: Callable[[], None]) -> None:
        """Let a stranger stay for a while, which the doorstep has counted.

        Args:
            number: its descriptor.
            source: where it comes from.
            cut: ends the connection.
        """
        stay = asyncio.get_running_loop().call_later(self.doorstep.limits.stay_s, self._expel, cut)

        def leave() -> None:
            stay.cancel()
            self.doorstep.leave(source)

        self._strangers[number] = leave

    def _expel(self, cut: Callable[[], None]) -> None:
        self.doorstep.expelled()
        cut()

    def admit(self, number: int) -> None:
        """A connection is no stranger any more.

        Args:
            number: its descriptor.
        """
        leave = self._strangers.pop(number, None)
        if leave is not None:
            leave()


def listen(host: str, port: int, doorstep: Doorstep, refusal: bytes = b"") -> ListeningSocket:
    """A socket that listens on one address.

    Args:
        host: an address, or a name that has one; of several, the first of IPv4.
        port: 0 lets the system choose.
        doorstep: counts strangers.
        refusal: sent to those that are refused.

    Raises:
        OSError: the address is not there, or in use.
    """
    family, address = _resolve(host, port)
    listening = ListeningSocket(family, doorstep, refusal)
    _bind(listening, address, host)
    return listening


def sharing(host: str) -> socket.socket:
    """A socket that may share its port, for :func:`share`.

    Raises:
        OSError: the address is not there.
    """
    family, _ = _resolve(host, 0)
    shared = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return shared


def share(host: str, port: int, sockets: Sequence[socket.socket]) -> int:
    """Have sockets listen on one address, so that the system spreads the connections over them; the port.

    Args:
        host: an address, or a name that has one; of several, the first of IPv4.
        port: 0 lets the system choose.
        sockets: made for it; closed when the address is not to be had.

    Raises:
        OSError: the address is not there, or in use.
    """
    try:
        family, address = _resolve(host, port)
        with socket.socket(family, socket.SOCK_STREAM) as alone:  # would share the port with another program unnoticed
            _bind(alone, address, host)
        for shared in sockets:
            _bind(shared, address, host)
            address = shared.getsockname()
    except OSError:
        for shared in sockets:
            shared.close()
        raise
    return int(address[1])


def adopt(fileno: int, doorstep: Doorstep, refusal: bytes = b"") -> ListeningSocket:
    """One of the sockets of :func:`share`, in the process that it was handed to.

    Args:
        fileno: its descriptor.
        doorstep: counts strangers.
        refusal: sent to those that are refused.
    """
    with socket.socket(fileno=fileno) as given:
        family = given.family
        given.detach()
    listening = ListeningSocket(family, doorstep, refusal, fileno)
    listening.setblocking(False)
    return listening


def _resolve(host: str, port: int) -> tuple[int, Any]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = min(found, key=lambda item: item[0] is not socket.AF_INET)
    return family, address


def _bind(listening: socket.socket, address: Any, host: str) -> None:
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setblocking(False)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        raise OSError(error.errno, f"cannot listen on {host}:{address[1]}: {error.strerror}") from None
