"""Frames between members, before and after the handshake, and the last word to somebody who broke the protocol."""

from websockets.exceptions import ConnectionClosed

from constellation.herald.connection import close_with, receive, receive_in_handshake
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import HELLO_MAX_BYTES
from constellation.protocol.messages import Closing, Code, decode_cluster_message, encode_cluster_message
from fuzzing.choices import Choices
from fuzzing.codecs import codecs
from fuzzing.edits import edited
from fuzzing.loop import run


class _Socket:
    """Brings one frame, and keeps what is sent."""

    def __init__(self, frame: str | bytes) -> None:
        self._frames = [frame]
        self.sent: list[bytes] = []

    async def recv(self) -> str | bytes:
        if not self._frames:
            raise ConnectionClosed(None, None)
        return self._frames.pop()

    async def send(self, message: bytes) -> None:
        self.sent.append(message)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        assert len(reason.encode()) <= 123, "no close frame holds this"


def fuzz(data: bytes) -> None:
    """Raises when a frame lets another error out, or the answer to it cannot be sent."""
    run(_converse(Choices(data)))


async def _converse(choices: Choices) -> None:
    frame = _frame(choices)
    socket = _Socket(frame)
    try:
        message = await (receive_in_handshake(socket, HELLO_MAX_BYTES) if choices.flag() else receive(socket))
        assert encode_cluster_message(message) == frame
        assert not isinstance(message, Closing)
    except ProtocolViolation as error:
        await close_with(socket, error)
        (last,) = socket.sent
        closing = decode_cluster_message(last)
        assert isinstance(closing, Closing)
        assert closing.code is error.code


def _frame(choices: Choices) -> str | bytes:
    match choices.below(4):
        case 0:
            (codec,) = (codec for codec in codecs() if codec.name == "ClusterMessage")
            return edited(choices, codec.samples, codec.decode, codec.encode)
        case 1:
            length = choices.number()
            return encode_cluster_message(Closing(choices.of(list(Code)), _text(choices, length)))
        case 2:
            return choices.piece().decode("latin-1")
        case _:
            return choices.rest()


def _text(choices: Choices, length: int) -> str:
    return (choices.of(["x", "ß", "\0", "𝄞"]) * length).encode()[:256].decode(errors="ignore")
