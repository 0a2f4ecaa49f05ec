import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from constellation.transport.channel import Channel, ChannelBroken

MAX_BYTES = 1000


OPEN: list[Channel] = []


@pytest.fixture(autouse=True)
async def _nothing_is_left_open() -> AsyncIterator[None]:
    yield
    for channel in OPEN:
        channel.close()
    OPEN.clear()
    await asyncio.sleep(0.01)


class End:
    """One side of a channel, with what it has heard."""

    def __init__(self, take: Callable[[bytes], None] | None = None, waiting_max_bytes: int = 10**6) -> None:
        self.heard: list[bytes] = []
        self.ends: list[Exception | None] = []
        self.ended = asyncio.Event()
        self.channel = Channel(take or self.heard.append, self._on_end, MAX_BYTES, waiting_max_bytes)
        OPEN.append(self.channel)

    def _on_end(self, error: Exception | None) -> None:
        self.ends.append(error)
        self.ended.set()

    async def open(self, sock: socket.socket) -> "End":
        await asyncio.get_running_loop().create_connection(lambda: self.channel, sock=sock)
        return self

    async def has_heard(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                await asyncio.sleep(0.001)


async def pair(**options: int) -> tuple[End, End]:
    left, right = socket.socketpair()
    return await End(**options).open(left), await End().open(right)  # type: ignore[arg-type]


async def test_messages_arrive_whole_and_in_order() -> None:
    left, right = await pair()
    sent = [bytes([number % 251]) * (number % MAX_BYTES) for number in range(3000)]
    for number, frame in enumerate(sent):
        left.channel.send(frame)
        if number % 100 == 0:
            await asyncio.sleep(0)
    left.channel.close()
    await right.has_heard(len(sent))
    assert right.heard == sent
    await right.ended.wait()
    assert right.ends == [None]


async def test_however_the_bytes_are_cut_the_messages_are_the_same() -> None:
    left, own = socket.socketpair()
    end = await End().open(own)
    left.setblocking(False)
    for byte in b"\x00\x00\x00\x03abc\x00\x00\x00\x00\x00\x00\x00\x01z":
        left.send(bytes([byte]))
        await asyncio.sleep(0.001)
    await end.has_heard(3)
    assert end.heard == [b"abc", b"", b"z"]
    left.close()
    await end.ended.wait()


async def test_a_busy_channel_leaves_the_loop_its_turns() -> None:
    left, right = await pair()
    for _ in range(1000):
        left.channel.send(b"x")
    turns = 0
    while len(right.heard) < 1000:
        await asyncio.sleep(0)
        turns += 1
    assert turns > 1000 // 32


async def test_a_message_that_is_too_long_ends_it() -> None:
    left, own = socket.socketpair()
    end = await End().open(own)
    left.send(b"\x7f\xff\xff\xff")
    await end.ended.wait()
    assert isinstance(end.ends[0], ChannelBroken)
    await asyncio.sleep(0.01)
    assert left.recv(10) == b""
    left.close()


async def test_what_its_owner_raises_ends_it_once() -> None:
    def fail(_frame: bytes) -> None:
        raise ValueError("no")

    left, own = socket.socketpair()
    end = await End(fail).open(own)
    left.send(b"\x00\x00\x00\x01a\x00\x00\x00\x01b")
    await end.ended.wait()
    await asyncio.sleep(0.01)
    assert [type(error) for error in end.ends] == [ValueError]
    left.close()


async def test_who_does_not_read_is_given_up() -> None:
    left, unread = socket.socketpair()
    end = await End(waiting_max_bytes=100_000).open(left)
    for _ in range(2000):
        end.channel.send(bytes(MAX_BYTES))
    await end.ended.wait()
    assert isinstance(end.ends[0], ChannelBroken)
    end.channel.send(b"nobody hears it")
    await asyncio.sleep(0)
    unread.close()


async def test_who_sends_much_waits_for_room() -> None:
    left, other = socket.socketpair()
    end = await End(waiting_max_bytes=10**8).open(left)
    await end.channel.room()
    for _ in range(5000):
        end.channel.send(bytes(MAX_BYTES))
    await asyncio.sleep(0.01)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await end.channel.room()
    reader = await End().open(other)
    async with asyncio.timeout(10):
        await end.channel.room()
    await reader.has_heard(5000)
    end.channel.close()
    await reader.ended.wait()


async def test_nobody_waits_for_room_in_a_channel_that_has_ended() -> None:
    left, other = socket.socketpair()
    end = await End(waiting_max_bytes=10**8).open(left)
    for _ in range(5000):
        end.channel.send(bytes(MAX_BYTES))
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(end.channel.room())
    other.close()
    async with asyncio.timeout(10):
        await waiting
