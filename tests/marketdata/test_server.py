import asyncio
import json
import socket
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web

from constellation.marketdata.paced_reading import PacedReading
from constellation.protocol.messages import Side
from constellation.transport.doorstep import DoorLimits
from tests.marketdata.feed import Feed, ask, clock_us, raw, until
from tests.marketdata.flows import Flow

MARKET = "XLM/USD"
BOOK = {"method": "subscribe", "params": {"channel": "book", "market": MARKET, "depth": 100}, "id": 1}


async def test_a_binary_frame_and_control_frames() -> None:
    async with Feed(Flow().world.settings) as feed, raw(feed) as client:
        await client.send_bytes(b"\x00\xff")
        refusal = await client.receive_json(timeout=5)
        assert (refusal["success"], refusal["error"]["code"]) == (False, "MALFORMED")
        await client.ping(b"you")
        assert (await ask(client, {"method": "ping", "id": 5}))["success"] is True


async def test_nonsense_is_answered_and_then_the_connection_ends_with_a_reason() -> None:
    async with Feed(Flow().world.settings) as feed, raw(feed) as client:
        for _ in range(40):
            with suppress(ConnectionError):
                await client.send_str("nonsense")
        for _ in range(20):
            assert (await client.receive_json(timeout=5))["error"]["code"] == "MALFORMED"
        message = await client.receive(timeout=5)
        assert message.type is WSMsgType.CLOSE
        assert message.extra.startswith("MALFORMED")
        await until(lambda: feed.count("connections") == 0)
        assert feed.count("cut", code="MALFORMED") == 1


async def test_much_too_large_a_message_ends_the_connection() -> None:
    async with Feed(Flow().world.settings) as feed, raw(feed) as client:
        await client.send_str("x" * 5_000)
        assert (await client.receive_json(timeout=5))["error"]["code"] == "TOO_LARGE"
        with suppress(ConnectionError):
            await client.send_str("x" * 100_000)
        assert (await client.receive(timeout=5)).type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)
        await until(lambda: feed.count("connections") == 0)


async def test_bounds_of_connections_and_a_place_that_becomes_free() -> None:
    settings = Flow().world.settings
    async with Feed(settings, connections=3, connections_per_address=2) as feed:
        async with raw(feed), AsyncExitStack() as others:
            await others.enter_async_context(raw(feed))
            with pytest.raises(WSServerHandshakeError) as refusal:
                await others.enter_async_context(raw(feed))
            assert refusal.value.status == 503
        await until(lambda: feed.count("connections") == 0)
        async with raw(feed) as client:
            assert (await ask(client, BOOK))["success"] is True


@pytest.fixture
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that little is enough to fill them."""
    monkeypatch.setattr("constellation.marketdata.endpoint.FEED_SOCKET_BUFFER_BYTES", 8 * 1024)
    monkeypatch.setattr("constellation.marketdata.topics.FEED_BUFFER_BYTES", 8 * 1024)
    monkeypatch.setattr("constellation.marketdata.topics.FEED_BUFFER_MAX_BYTES", 16 * 1024)


class Deaf:
    """A subscriber that reads nothing, with a small buffer of its own."""

    def __init__(self, feed: Feed, *messages: dict[str, Any]) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        self._socket.connect(("127.0.0.1", feed.port))
        head = (
            "GET /v1/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        self._socket.sendall(head.encode())
        for message in messages:
            payload = json.dumps(message).encode()
            assert len(payload) < 126
            self._socket.sendall(bytes([0x81, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
        self._socket.setblocking(False)

    def send(self, data: bytes) -> None:
        """As much of it as the system takes."""
        self._socket.send(data)

    async def read(self, ended_by: bytes, seconds: float = 10.0) -> bytes:
        """Everything until some bytes, or the end."""
        found, loop = bytearray(), asyncio.get_running_loop()
        async with asyncio.timeout(seconds):
            while ended_by not in found[-200_000:]:
                try:
                    data = await loop.sock_recv(self._socket, 1 << 20)
                except ConnectionError:
                    break
                if not data:
                    break
                found += data
        return bytes(found)

    def close(self) -> None:
        self._socket.close()


async def rush(feed: Feed, flow: Flow, rounds: int, read: list[int]) -> None:
    """Batches that change twenty levels each, and trade; each when a reader has read the one before."""
    first, second = flow.traders[:2]
    flow.machine.state.settings.limits.open_orders = 10_000
    for number in range(rounds):
        for level in range(20):
            flow.order(first, Side.BUY, 1_000 + level, number + 100)
        flow.order(second, Side.SELL, 2_000, 100)
        flow.order(first, Side.BUY, 2_000, 100)
        feed.hub.take(flow.seal())
        await until(lambda wanted=number + 2: len(read) >= wanted)


@pytest.mark.usefixtures("small_buffers")
async def test_a_subscriber_that_does_not_read_is_conflated_and_nobody_else_notices() -> None:
    flow = Flow()
    async with Feed(flow.world.settings) as feed, raw(feed) as quick:
        slow = Deaf(feed, BOOK)
        await ask(quick, BOOK)
        await until(lambda: feed.count("subscriptions", channel="book") == 2)
        read: list[int] = []
        reading = asyncio.create_task(read_all(quick, read))
        await rush(feed, flow, 200, read)
        await until(lambda: feed.count("conflated", channel="book") == 1)
        sequence = flow.machine.state.apex
        assert (await asyncio.wait_for(reading, 10)) == sequence
        seen = await slow.read(
            b'"type":"snapshot","market":"XLM/USD","data":{"depth":100,"group":"0.0001","sequence":%d' % sequence
        )
        assert seen.count(b'"type":"snapshot"') == 2
        assert feed.count("connections") == 2
        slow.close()


async def read_all(client: Any, read: list[int]) -> int:
    """Read a book's updates, which follow each other, until 200 have come; the last sequence."""
    sequence = 0
    for number in range(201):
        message = await client.receive_json(timeout=5)
        while message["channel"] != "book":
            message = await client.receive_json(timeout=5)
        assert message["data"].get("previous", 0) == sequence or number == 0
        sequence = message["data"]["sequence"]
        read.append(sequence)
    return sequence


@pytest.mark.usefixtures("small_buffers")
async def test_a_subscriber_that_does_not_read_its_trades_is_cut_with_a_reason() -> None:
    flow = Flow()
    trades = {"method": "subscribe", "params": {"channel": "trades", "market": MARKET}, "id": 1}
    async with Feed(flow.world.settings) as feed, raw(feed) as quick:
        slow = Deaf(feed, trades)
        await ask(quick, trades)
        await until(lambda: feed.count("subscriptions", channel="trades") == 2)
        told = 0
        first, second = flow.traders[:2]
        while feed.count("cut", code="SLOW_READER") == 0:
            assert told < 20_000
            for _ in range(50):
                flow.order(second, Side.SELL, 2_000, 100)
                flow.order(first, Side.BUY, 2_000, 100)
            feed.hub.take(flow.seal())
            told += 50
            received = 0
            while received < 50:
                message = await quick.receive_json(timeout=5)
                received += len(message["data"]["trades"]) if message["channel"] == "trades" else 0
        assert b"SLOW_READER" in await slow.read(b"SLOW_READER")
        await until(lambda: feed.count("connections") == 1)
        slow.close()


async def test_tiny_frames_are_read_no_faster_than_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.marketdata.paced_reading.FEED_BYTES_BURST", 4096)
    taken = 0
    receive = PacedReading.data_received

    def count(self: PacedReading, data: bytes) -> None:
        nonlocal taken
        taken += len(data)
        receive(self, data)

    monkeypatch.setattr(PacedReading, "data_received", count)
    async with Feed(Flow().world.settings) as feed, raw(feed) as quick:
        hostile = Deaf(feed)
        await until(lambda: feed.count("connections") == 2)
        hostile.send(bytes([0x01, 0x81, 0, 0, 0, 0]) + b"x" + bytes([0x00, 0x80, 0, 0, 0, 0]) * 5_000)
        for number in range(20):
            assert (await ask(quick, {"method": "ping", "id": number}))["success"] is True
            await asyncio.sleep(0.02)
        assert 4096 < taken < 25_000
        hostile.close()
        await until(lambda: feed.count("connections") == 1, 20)


async def test_other_routes_keep_their_connections_and_end_them_in_time() -> None:
    async def hello(_request: web.Request) -> web.Response:
        return web.json_response({"hello": True})

    door = DoorLimits(10, 10, 1_000, 1_000, 0.8)
    settings = Flow().world.settings
    async with Feed(settings, routes=[web.get("/v1/hello", hello)], door=door) as feed, ClientSession() as session:
        url = f"http://127.0.0.1:{feed.port}/v1/hello"
        async with raw(feed) as client:
            async with session.get(url) as first:
                assert first.status == 200
                assert first.headers.get("Connection") != "close"
            await asyncio.sleep(0.45)
            async with session.get(url) as second:
                assert second.headers["Connection"] == "close"
            await asyncio.sleep(0.8)
            assert (await ask(client, {"method": "ping", "id": 1}))["success"], "a WebSocket stays"


async def test_a_feed_that_ends_says_so() -> None:
    async with Feed(Flow().world.settings) as feed, AsyncExitStack() as stack:
        client = await stack.enter_async_context(raw(feed))
        await ask(client, BOOK)
        await client.receive()
        await feed.__aexit__()
        message = await client.receive(timeout=5)
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)


async def test_lag_is_the_age_of_the_last_batch() -> None:
    flow = Flow()
    async with Feed(flow.world.settings) as feed:
        flow.order(flow.traders[0], Side.BUY, 1_000, 100, timestamp=clock_us() - 3_000_000)
        feed.hub.take(flow.seal())
        assert 2.9 < feed.count("lag") < 10 or flow.machine.state.timestamp > clock_us()
