"""Frames between members, from somebody who may send anything."""

import pytest

from constellation.herald.connection import close_with, receive
from constellation.herald.verdicts import sign_verdict
from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.messages import Closing, Code, decode_cluster_message, encode_cluster_message


class Socket:
    def __init__(self, frame: bytes) -> None:
        self.frame = frame
        self.sent: list[bytes] = []

    async def recv(self) -> bytes:
        return self.frame

    async def send(self, message: bytes) -> None:
        self.sent.append(message)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.sent.append(reason.encode())


async def test_a_long_last_word_in_any_script_is_answered_like_any_other() -> None:
    """It ended an auditor's process: the answer repeats the word, and had no room for it."""
    socket = Socket(encode_cluster_message(Closing(Code.HALTED, "ß" * 128)))
    with pytest.raises(ProtocolViolation) as violation:
        await receive(socket)
    await close_with(socket, violation.value)
    closing = decode_cluster_message(socket.sent[0])
    assert isinstance(closing, Closing)
    assert (closing.code, socket.sent[1]) == (Code.HALTED, b"HALTED")
    assert closing.message.startswith("the other side closed: ßßß")


def test_a_long_reason_in_any_script_is_no_hindrance_to_a_verdict(world, chain) -> None:
    signed = sign_verdict(
        world.constellation, world.auditors[0], Divergence(Code.MALFORMED, "ß" * 300), chain.batches[0]
    )
    assert signed.verdict.reason == "ß" * 128
