"""How many subscribers one process of the feed keeps in step with a book."""

import asyncio
import multiprocessing
import resource
import select
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from multiprocessing.connection import Connection
from random import Random

from benchmarks.figures import Figure
from benchmarks.measuring import Stopwatch, tell
from constellation.marketdata import FeedMetrics, FeedServer, MarketHub, text_frame
from constellation.protocol.merkle import MerkleTree
from constellation.protocol.messages import (
    BatchHeader,
    Effect,
    EffectGroup,
    OrderClosed,
    OrderCloseReason,
    OrderPlaced,
    Quantum,
    QuantumLeaf,
    Side,
)
from constellation.quanta import Executed, SealedBatch
from constellation.testing import World
from constellation.testing.world import ONE
from constellation.transport.doorstep import DoorLimits

_DEPTH = 25
_INTERVAL_S = 0.1
_CHANGES = 5  # orders that go, and as many that come, in each batch
_STEPS, _ROUND_S = (500, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000), 3.0
_QUICK_STEPS, _QUICK_ROUND_S = (50,), 0.5
_LIMIT_MS = 100.0
_ALL = 1_000_000
_SUBSCRIBE = b'{"method":"subscribe","params":{"channel":"book","market":"XLM/USD","depth":25},"id":1}'
_UPGRADE = (
    b"GET /v1/ws HTTP/1.1\r\nHost: feed\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
_HEAD_BYTES = 220  # of a message: its time is in it


class _Market:
    """Batches that change some of a book's best levels, with effects as the machine makes them."""

    def __init__(self) -> None:
        self._random = Random(1)
        self._open: list[int] = []
        self._apex = 0

    def batch(self) -> SealedBatch:
        effects: list[Effect] = [
            OrderClosed(self._open.pop(self._random.randrange(len(self._open))), OrderCloseReason.CANCELLED, ONE)
            for _ in range(_CHANGES if len(self._open) > 8 * _DEPTH else 0)
        ]
        first = self._apex + 1
        for _ in range(_CHANGES):
            self._apex += 1
            side, away = self._random.choice(list(Side)), self._random.randrange(_DEPTH)
            price = 9_999 - away if side is Side.BUY else 10_001 + away
            effects.append(OrderPlaced(self._apex, 0, side, price, self._random.randrange(1, 1_000) * ONE))
            self._open.append(self._apex)
        now_us = time.time_ns() // 1_000
        header = BatchHeader(1, 1, self._apex, first, self._apex, now_us, bytes(32), bytes(32), None)
        group = EffectGroup(bytes(32), self._apex, 1, effects)
        executed = Executed(_NO_QUANTUM, QuantumLeaf(self._apex, now_us, bytes(32), bytes(32)), [group], [bytes(32)])
        return SealedBatch(header, bytes(32), [executed], MerkleTree([bytes(32)]))


_WORLD = World()
_NO_QUANTUM = Quantum(0, _WORLD.commit(_WORLD.machine(), []))


class _Reader:
    """Clients that only read, in a process of their own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._clients: dict[int, socket.socket] = {}
        self._rests: dict[int, bytes] = {}
        self._times: dict[bytes, int] = {}
        self.late_us: list[int] = []

    def connect(self, count: int) -> None:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", self._port))
            client.sendall(_UPGRADE + bytes([0x81, 0x80 | len(_SUBSCRIBE), 0, 0, 0, 0]) + _SUBSCRIBE)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += client.recv(65536)
            client.setblocking(False)
            number = client.fileno()
            self._clients[number] = client
            self._rests[number] = answer.partition(b"\r\n\r\n")[2]
            self._poll.register(number, select.EPOLLIN)
            if len(self._clients) % 20 == 0:
                self.read(0)

    def read(self, seconds: float) -> None:
        """Read what comes within a time."""
        end_s = time.perf_counter() + seconds
        while True:
            for number, _ in self._poll.poll(max(0.0, end_s - time.perf_counter())):
                data = self._clients[number].recv(1 << 16)
                if not data:
                    raise SystemExit("the feed has cut a subscriber")
                rest = self._rests.pop(number, b"")
                rest = self._take(rest + data if rest else data, time.time_ns() // 1_000)
                if rest:
                    self._rests[number] = rest
            if time.perf_counter() >= end_s:
                return

    def _take(self, data: bytes, now_us: int) -> bytes:
        start = 0
        while len(data) >= start + 4:
            length, head = data[start + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[start + 2 : start + 4], "big"), 4
            end = start + head + length
            if len(data) < end:
                break
            message = data[start + head : min(end, start + head + _HEAD_BYTES)]
            start = end
            if message.startswith(b'{"channel":"book","type":"update"'):
                self.late_us.append(now_us - self._time(message))
        return data[start:]

    def _time(self, message: bytes) -> int:
        """When its batch was made; many get the same."""
        found = self._times.get(message)
        if found is None:
            text = message.partition(b'"time":"')[2][:27].decode()
            found = self._times[message] = round(datetime.fromisoformat(text).timestamp() * 1e6)
        return found


def _read_along(port: int, pipe: Connection) -> None:
    """The reading process: told how many more to connect and how long to read, until it is told 0."""
    _raise_descriptors()
    reader = _Reader(port)
    while True:
        more, seconds = pipe.recv()
        if not more:
            return
        reader.connect(more)
        reader.read(1.0)
        reader.late_us.clear()
        reader.read(seconds)
        ordered = sorted(reader.late_us)
        pipe.send((len(ordered), ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]) if ordered else None)


def _raise_descriptors() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _measure(steps: tuple[int, ...], round_s: float) -> list[tuple[int, float, float, float]]:
    """Subscribers, median and p99 of the delay in milliseconds, and the share of a processor, for each step."""
    _raise_descriptors()
    metrics = FeedMetrics()

    def clock_us() -> int:
        return time.time_ns() // 1_000

    hub = MarketHub(_WORLD.settings, clock_us, interval_us=0, frame=text_frame, metrics=metrics)
    door = DoorLimits(_ALL, _ALL, _ALL, _ALL, 60.0)
    server = FeedServer(
        hub, clock_us, "127.0.0.1", 0, metrics=metrics, connections=_ALL, connections_per_address=_ALL, door=door
    )
    port = await server.start()
    feeding = asyncio.create_task(_feed(hub))
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_read_along, args=(port, theirs), daemon=True)
    process.start()
    found: list[tuple[int, float, float, float]] = []
    connected = 0
    try:
        for count in steps:
            ours.send((count - connected, round_s))
            connected = count
            watch, answer = Stopwatch(), asyncio.to_thread(ours.recv)
            messages, middle_us, late_us = await answer
            expected = count * round_s / _INTERVAL_S
            share = watch.cpu_s / watch.wall_s
            tell(
                f"{count}: {messages} messages, p50 {middle_us / 1e3:.1f}, p99 {late_us / 1e3:.1f} ms, CPU {share:.2f}"
            )
            found.append((count, middle_us / 1e3, late_us / 1e3, share))
            if late_us / 1e3 > _LIMIT_MS or messages < 0.9 * expected:
                found[-1] = (count, middle_us / 1e3, max(late_us / 1e3, _LIMIT_MS + 1), found[-1][3])
                break
        ours.send((0, 0.0))
    finally:
        feeding.cancel()
        process.join(5)
        process.terminate()
        await server.stop()
    return found


async def _feed(hub: MarketHub) -> None:
    """A batch every interval, on time."""
    market, loop = _Market(), asyncio.get_running_loop()
    next_s = loop.time()
    while True:
        hub.take(market.batch())
        next_s = max(next_s + _INTERVAL_S, loop.time())
        await asyncio.sleep(next_s - loop.time())


def feed(quick: bool) -> Iterator[Figure]:
    """More and more subscribers, until some are told late."""
    steps, round_s = (_QUICK_STEPS, _QUICK_ROUND_S) if quick else (_STEPS, _ROUND_S)
    kept = [item for item in asyncio.run(_measure(steps, round_s)) if item[2] <= _LIMIT_MS]
    count, middle_ms, late_ms, share = kept[-1] if kept else (0, _LIMIT_MS, _LIMIT_MS, 1.0)
    yield Figure("subscribers that are told within 100 ms", count, "subscribers")
    yield Figure("delay with them, p50", middle_ms, "ms")
    yield Figure("delay with them, p99", late_ms, "ms")
    yield Figure("share of a processor with them", share, "processors")
