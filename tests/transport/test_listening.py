"""Listening sockets under asyncio's own servers."""

import asyncio
import errno
import os
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
from prometheus_client import CollectorRegistry

from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.listening import listen
from constellation.transport.metrics import DoorMetrics

LIMITS = DoorLimits(strangers=50, strangers_per_address=5, per_second=100, burst=100, stay_s=10.0)


class Door:
    """An echo server behind a doorstep."""

    def __init__(self, limits: DoorLimits = LIMITS) -> None:
        self.registry = CollectorRegistry()
        self.doorstep = Doorstep(limits, DoorMetrics(self.registry), "door")
        self.listening = listen("127.0.0.1", 0, self.doorstep, b"no\n")
        self._writers: list[asyncio.StreamWriter] = []
        self.port = self.listening.getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with suppress(ConnectionError):
            while data := await reader.read(100):
                writer.write(data)
        writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Door"]:
        server = await asyncio.start_server(self._serve, sock=self.listening)
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()
            await asyncio.sleep(0.01)

    async def connect(self, source: str = "127.0.0.1") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))

    async def echo(self, source: str = "127.0.0.1") -> bytes:
        reader, writer = await self.connect(source)
        writer.write(b"hello")
        try:
            return await reader.read(100)
        finally:
            writer.transport.abort()

    def refused(self, reason: str) -> float | None:
        labels = {"port": "door", "reason": reason}
        return self.registry.get_sample_value("constellation_connections_refused_total", labels)


async def until(true) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_flood_from_one_address_is_refused_and_others_are_served() -> None:
    async with Door().open() as door:
        writers = [(await door.connect())[1] for _ in range(5)]
        await until(lambda: len(door.doorstep) == 5)
        reader, refused = await door.connect()
        assert await reader.read(100) == b"no\n"
        refused.close()
        assert await door.echo("127.0.0.2") == b"hello"
        assert door.refused("strangers_of_address") == 1
        for writer in writers:
            writer.transport.abort()
        await until(lambda: len(door.doorstep) == 0)
        assert await door.echo() == b"hello"


async def test_small_messages_are_sent_at_once() -> None:
    """asyncio switches Nagle's algorithm off only where it sees that it is TCP; with it, answers came 40 ms late."""
    async with Door().open() as door:
        _, writer = await door.connect()
        await until(lambda: len(door.doorstep) == 1)
        guest = socket.socket(fileno=os.dup(next(iter(door.listening._strangers))))
        assert guest.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        guest.close()
        writer.transport.abort()


async def test_who_is_admitted_makes_room_and_stays() -> None:
    async with Door(DoorLimits(50, 1, 100, 100, stay_s=0.05)).open() as door:
        reader, writer = await door.connect()
        await until(lambda: len(door.doorstep) == 1)
        door.listening.admit(next(iter(door.listening._strangers)))
        assert len(door.doorstep) == 0
        await asyncio.sleep(0.15)
        writer.write(b"here")
        assert await reader.read(100) == b"here"
        writer.transport.abort()


async def test_a_stranger_that_stays_too_long_is_cut_off() -> None:
    async with Door(DoorLimits(50, 5, 100, 100, stay_s=0.05)).open() as door:
        reader, writer = await door.connect()
        async with asyncio.timeout(2):
            assert await reader.read(100) == b""
        await until(lambda: len(door.doorstep) == 0)
        assert door.refused("stayed_too_long") == 1
        writer.close()


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """Room for some more descriptors than are open now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 12, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def take_descriptors() -> list[socket.socket]:
    """All that are left."""
    taken: list[socket.socket] = []
    while len(taken) < 2000:
        try:
            taken.append(socket.socket())
        except OSError:
            return taken
    raise AssertionError("there are too many")


@pytest.mark.usefixtures("few_descriptors")
async def test_without_descriptors_open_connections_go_on_and_new_ones_wait() -> None:
    """The accept loop rests: it neither spins nor ends."""
    told: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: told.append(context["message"]))
    async with Door(DoorLimits(50, 50, 100, 100, 10.0)).open() as door:
        reader, writer = await door.connect()
        await until(lambda: len(door.doorstep) == 1)
        taken = take_descriptors()
        taken.pop().close()
        late = socket.create_connection(("127.0.0.1", door.port))
        await until(lambda: door.refused("no_descriptor"))
        for _ in range(20):
            writer.write(b"still")
            assert await reader.read(100) == b"still"
        assert door.refused("no_descriptor") == 1
        assert len(told) == 1, "asyncio would try, and log, a hundred times"
        for item in taken:
            item.close()
        late.sendall(b"late")
        late.settimeout(5)
        assert await loop.run_in_executor(None, late.recv, 100) == b"late"
        late.close()
        writer.transport.abort()


def test_an_address_in_use_is_an_error_that_names_it() -> None:
    door = Door()
    with pytest.raises(OSError, match=rf"cannot listen on 127.0.0.1:{door.port}: Address already in use") as caught:
        listen("127.0.0.1", door.port, door.doorstep)
    assert caught.value.errno == errno.EADDRINUSE
    door.listening.close()
