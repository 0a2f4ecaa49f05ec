"""Connections that send too much, too slowly, or read nothing, on real sockets; bytes are written by hand."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from prometheus_client import CollectorRegistry
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from constellation.protocol.messages import Code
from constellation.transport import visitor
from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.listening import listen
from constellation.transport.metrics import DoorMetrics
from constellation.transport.pace import Pace
from constellation.transport.turns import Turns
from constellation.transport.visitor import Manners, Visitor
from tests.attacks.attackers import BINARY, PING, Peer, frame

pytestmark = pytest.mark.timeout(20)
LIMITS = DoorLimits(100, 100, 1000, 1000, 10.0)


class Port:
    """Takes messages, and answers none of them."""

    def __init__(self, message_timeout_s: float = 10.0, per_second: float = 10_000, burst: int = 10_000) -> None:
        self.messages: list[bytes] = []
        self.complaints: list[tuple[Code, str]] = []
        self.visitors: list[Visitor] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.registry = CollectorRegistry()
        self.of_address = Pace(10 * per_second, 10 * burst)
        self._manners = Manners(message_timeout_s, per_second, burst, self.of_address)

    async def _serve(self, socket: Visitor) -> None:
        self.visitors.append(socket)
        socket.complain = lambda code, reason: self.complaints.append((code, reason))
        turns = Turns()
        try:
            while True:
                await self.gate.wait()
                self.messages.append(await socket.recv())
                await turns.taken()
        except ConnectionClosed:
            return

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Port"]:
        metrics = DoorMetrics(self.registry)
        listening = listen("127.0.0.1", 0, Doorstep(LIMITS, metrics, "test"))
        self.number = listening.getsockname()[1]
        make = partial(Visitor, listening, self._manners, metrics, "test")
        options = {"create_connection": make, "compression": None, "close_timeout": 0.1, "max_size": 100_000}
        async with serve(self._serve, sock=listening, **options):
            yield self

    @asynccontextmanager
    async def peer(self) -> AsyncIterator[Peer]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        peer = Peer(reader, writer)
        await peer.upgrade()
        try:
            yield peer
        finally:
            writer.transport.abort()


async def until(true) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)


async def longest_pause(work) -> float:
    """The longest time for which the event loop let nobody else run."""
    task, longest_s = asyncio.create_task(work), 0.0
    while not task.done():
        begun = time.thread_time()
        await asyncio.sleep(0)
        longest_s = max(longest_s, time.thread_time() - begun)
    await task
    return longest_s


async def test_bytes_one_at_a_time_are_the_same_messages() -> None:
    async with Port().open() as port, port.peer() as peer:
        for byte in frame(BINARY, b"first") + frame(BINARY, b"se", fin=False) + frame(0, b"cond"):
            await peer.send(bytes([byte]))
            await asyncio.sleep(0)
        await until(lambda: port.messages == [b"first", b"second"])


async def test_all_at_once_are_the_same_messages_and_others_have_their_turns() -> None:
    """The library would parse 20,000 frames, and hand them on, before anybody else ran."""
    async with Port(per_second=10**6, burst=10**6).open() as port, port.peer() as peer:
        flood = b"".join(frame(BINARY, struct.pack(">I", number)) for number in range(20_000))

        async def send() -> None:
            await peer.send(flood)
            await until(lambda: len(port.messages) == 20_000)

        longest_s = await longest_pause(send())
        assert port.messages == [struct.pack(">I", number) for number in range(20_000)]
        assert longest_s < 0.05


async def test_messages_that_are_always_ready_let_others_run() -> None:
    """``recv`` does not suspend while there are messages."""
    turns, others = Turns(), 0

    async def other() -> None:
        nonlocal others
        while True:
            others += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    for _ in range(400):
        await turns.taken()
    assert others >= 100
    task.cancel()


async def test_who_sends_too_much_is_read_later_and_loses_nothing() -> None:
    async with Port(per_second=1000, burst=50).open() as port, port.peer() as peer, port.peer() as other:
        begun = time.monotonic()
        await peer.send(frame(BINARY, b"x") * 1000)
        await other.send(frame(BINARY, b"y"))
        await until(lambda: b"y" in port.messages)
        assert len(port.messages) < 500
        await until(lambda: len(port.messages) == 1001)
        assert time.monotonic() - begun > 0.5
        assert port.registry.get_sample_value("constellation_connections_slowed_total", {"port": "test"}) > 0


async def test_what_was_received_can_cost_more() -> None:
    async with Port(per_second=200, burst=50).open() as port, port.peer() as peer:
        await peer.send(frame(BINARY, b"x"))
        await until(lambda: port.messages)
        port.visitors[0].charge(150)
        begun = time.monotonic()
        await peer.send(frame(BINARY, b"x"))
        await until(lambda: len(port.messages) == 2)
        await peer.send(frame(BINARY, b"x"))
        await until(lambda: len(port.messages) == 3)
        assert time.monotonic() - begun > 0.4


async def test_messages_wait_in_the_socket_while_nobody_takes_them() -> None:
    async with Port(per_second=10**6, burst=10**6).open() as port, port.peer() as peer:
        port.gate.clear()
        await peer.send(frame(BINARY, b"x"))
        await until(lambda: port.visitors)
        peer.writer.write(frame(BINARY, bytes(1000)) * 3000)
        await asyncio.sleep(0.2)
        visiting = port.visitors[0]
        assert len(visiting.recv_messages.frames) < 40
        assert len(visiting._backlog) <= 256 * 1024
        port.gate.set()
        await until(lambda: len(port.messages) == 3001)


@pytest.mark.parametrize("flood", [frame(PING), frame(PING, bytes(125)), frame(0, b"x", fin=False)])
async def test_pings_and_fragments_are_few(flood: bytes) -> None:
    async with Port().open() as port, port.peer() as peer:
        await peer.send(frame(BINARY, b"whole") + frame(BINARY, b"", fin=False))
        await until(lambda: port.messages)
        for _ in range(20):
            await peer.send(flood)
        await asyncio.sleep(0.05)
        assert port.complaints == []
        peer.writer.write(flood * 1000)
        await until(lambda: port.complaints)
        assert port.complaints == [(Code.RATE_LIMITED, "too many pings, or pieces of messages")]
        assert not port.visitors[0]._valve.is_open


async def test_answers_to_pings_do_not_pile_up(monkeypatch) -> None:
    monkeypatch.setattr(visitor, "_FILLERS_BURST", 10**9)
    async with Port(per_second=10**9, burst=10**9).open() as port, port.peer() as peer:
        await peer.send(frame(BINARY, b"x"))
        await until(lambda: port.visitors)
        peer.writer.transport.pause_reading()
        visiting, sizes = port.visitors[0], [0]

        async def ping() -> None:
            peer.writer.write(frame(PING, bytes(125)) * 500)
            await asyncio.sleep(0.002)
            sizes.append(visiting.transport.get_write_buffer_size())

        async with asyncio.timeout(30):
            while max(sizes) <= 32 * 1024:  # until the peer's buffers are full
                await ping()
        for _ in range(100):
            await ping()
        assert max(sizes) < 64 * 1024


async def test_a_reader_that_stopped_is_complained_of_and_a_slow_one_is_not(monkeypatch) -> None:
    monkeypatch.setattr(visitor, "_STALL_S", 0.2)
    async with Port().open() as port, port.peer() as peer, port.peer() as slow:
        for reader in (peer, slow):
            await reader.send(frame(BINARY, b"x"))
            reader.writer.transport.set_write_buffer_limits(0)
        await until(lambda: len(port.visitors) == 2)
        peer.writer.transport.pause_reading()
        sending = [asyncio.create_task(item.send(bytes(20_000_000))) for item in port.visitors]
        read = 0
        async with asyncio.timeout(10):
            while read < 20_000_000:
                read += len(await slow.reader.read(400_000))
                await asyncio.sleep(0.01)
        await until(lambda: port.complaints)
        assert [code for code, _ in port.complaints] == [Code.SLOW_READER]
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)


@pytest.mark.parametrize(
    "begin", [frame(BINARY, b"abc")[:-1], frame(BINARY, b"abc")[:2], frame(BINARY, b"a", fin=False), b"\x82"]
)
async def test_a_message_must_be_complete_in_time(begin: bytes) -> None:
    async with Port(message_timeout_s=0.1).open() as port, port.peer() as peer:
        await peer.send(begin)
        await until(lambda: port.complaints)
        assert port.complaints[0][0] is Code.TIMED_OUT
        assert port.messages == []


async def test_pings_do_not_make_up_for_a_message_that_is_late() -> None:
    async with Port(message_timeout_s=0.2).open() as port, port.peer() as peer:
        await peer.send(frame(BINARY, b"a", fin=False))
        for _ in range(10):
            await peer.send(frame(PING))
            await asyncio.sleep(0.03)
        await until(lambda: port.complaints)


async def test_idle_connections_and_messages_in_time_are_no_cause_for_complaint() -> None:
    async with Port(message_timeout_s=0.1).open() as port, port.peer() as peer:
        for _ in range(5):
            message = frame(BINARY, b"abc")
            await peer.send(message[:4])
            await asyncio.sleep(0.03)
            await peer.send(message[4:])
            await asyncio.sleep(0.03)
        await asyncio.sleep(0.2)
        assert port.complaints == []
        assert len(port.messages) == 5
