"""Messages over a WebSocket between members: one binary frame each."""

import asyncio
from typing import Protocol

from websockets.exceptions import ConnectionClosed

from constellation.protocol.errors import ProtocolViolation, clip
from constellation.protocol.limits import (
    CLUSTER_FRAME_MAX_BYTES,
    HANDSHAKE_TIMEOUT_S,
    PING_INTERVAL_S,
    PING_TIMEOUT_S,
)
from constellation.protocol.messages import (
    Closing,
    ClusterMessage,
    Code,
    decode_cluster_message,
    encode_cluster_message,
)
from constellation.protocol.xdr import MalformedMessage

OPTIONS = {
    "compression": None,
    "max_size": CLUSTER_FRAME_MAX_BYTES,
    "open_timeout": HANDSHAKE_TIMEOUT_S,
    "ping_interval": PING_INTERVAL_S,
    "ping_timeout": PING_TIMEOUT_S,
}
"""How both sides open their WebSockets."""

_POLICY_VIOLATION = 1008


class Socket(Protocol):
    """The part of a WebSocket connection that is used here."""

    async def recv(self) -> str | bytes:
        """The next message."""

    async def send(self, message: bytes) -> None:
        """Send a message."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close with a reason."""


async def receive(socket: Socket) -> ClusterMessage:
    """The next message.

    Raises:
        ProtocolViolation: it is malformed, or the other side closed with a reason.
        ConnectionClosed: the connection has ended.
    """
    return _decode(await socket.recv())


def _decode(data: str | bytes) -> ClusterMessage:
    if not isinstance(data, bytes):
        raise ProtocolViolation(Code.MALFORMED, "a text frame between members")
    try:
        message = decode_cluster_message(data)
    except MalformedMessage as error:
        raise ProtocolViolation(Code.MALFORMED, str(error)) from None
    if isinstance(message, Closing):
        raise ProtocolViolation(message.code, f"the other side closed: {message.message}")
    return message


async def receive_in_handshake(socket: Socket, max_bytes: int = CLUSTER_FRAME_MAX_BYTES) -> ClusterMessage:
    """The next message, within the handshake's deadline.

    Args:
        socket: to receive from.
        max_bytes: a larger message is not even decoded.

    Raises:
        ProtocolViolation: it is malformed, too large or late.
    """
    try:
        async with asyncio.timeout(HANDSHAKE_TIMEOUT_S):
            data = await socket.recv()
    except TimeoutError:
        raise ProtocolViolation(Code.TIMED_OUT, "the handshake took too long") from None
    if len(data) > max_bytes:
        raise ProtocolViolation(Code.TOO_LARGE, f"{len(data)} bytes in a handshake; {max_bytes} are enough")
    return _decode(data)


async def close_with(socket: Socket, error: ProtocolViolation) -> None:
    """Tell the other side why, then close."""
    try:
        await socket.send(encode_cluster_message(Closing(error.code, clip(error.message))))
        await socket.close(_POLICY_VIOLATION, error.code.name)
    except ConnectionClosed:
        return
