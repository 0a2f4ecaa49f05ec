"""The shell on real sockets: whatever arrives, others are served and nothing is logged above DEBUG."""

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from constellation.gateway import GatewayConfig, Session
from constellation.protocol import limits
from constellation.protocol.amounts import ONE
from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.limits import CLIENT_FRAME_MAX_BYTES
from constellation.protocol.messages import (
    Acknowledgement,
    ClientMessage,
    Closing,
    Code,
    Finality,
    HelloReply,
    Payment,
    QueryAccount,
    Role,
    Submit,
    Welcome,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.terms import Terms
from constellation.transport.visitor import Visitor
from tests.attacks.attackers import BINARY, PING, frame
from tests.gateway.harness import ANNA, BERT, XLM, Alpha
from tests.gateway.live import LiveAlpha, live

CONFIG = GatewayConfig(handshake_timeout_s=0.5)


@pytest.fixture(autouse=True)
def silence(caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Nothing that a client does is worth a log line of an operator."""
    caplog.set_level(logging.INFO)
    yield
    ours = [record for record in caplog.records if record.name.startswith(("constellation", "websockets.server"))]
    assert ours == []


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha(config=CONFIG).fund(ANNA, BERT)) as server:
        yield server


@dataclass
class Trader:
    """A client by hand on a WebSocket."""

    socket: ClientConnection
    alpha: Alpha

    async def send(self, message: ClientMessage) -> None:
        await self.socket.send(encode_client_message(message))

    async def receive(self) -> ClientMessage:
        data = await self.socket.recv()
        assert isinstance(data, bytes)
        return decode_client_message(data)

    async def prove(self) -> ClientMessage:
        """Shake hands; what answers the proof."""
        terms = Terms(self.alpha.settings)
        handshake = InitiatorHandshake(ANNA, Role.CLIENT, self.alpha.constellation, terms, bytes(32))
        await self.send(handshake.hello)
        reply = await self.receive()
        assert isinstance(reply, HelloReply)
        await self.send(handshake.receive(reply))
        return await self.receive()

    async def shake_hands(self) -> "Trader":
        assert isinstance(await self.prove(), Welcome)
        return self

    async def pay(self, nonce: int) -> None:
        await self.send(Submit(nonce, self.alpha.request(ANNA, Payment(BERT.public, XLM, ONE), nonce)))


async def assert_closed(socket: ClientConnection, code: Code | None, websocket_code: int) -> None:
    """The last message is the reason, and the WebSocket closes with its own."""
    last = None

    async def read_all() -> None:
        nonlocal last
        while True:
            last = await socket.recv()

    with pytest.raises(ConnectionClosed) as closed:
        await read_all()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == websocket_code
    if code is None:
        return
    assert isinstance(last, bytes)
    closing = decode_client_message(last)
    assert isinstance(closing, Closing)
    assert closing.code is code


async def assert_serves(server: LiveAlpha) -> None:
    async with connect(server.url, compression=None) as socket:
        trader = await Trader(socket, server.alpha).shake_hands()
        nonce = server.alpha.machine.state.apex
        await trader.pay(nonce)
        acknowledgement = await trader.receive()
        assert isinstance(acknowledgement, Acknowledgement)
        assert acknowledgement.events[0].request_id == nonce
        assert isinstance(await trader.receive(), Finality)


async def test_request_is_acknowledged_and_final(server: LiveAlpha) -> None:
    await assert_serves(server)


async def test_text_frame_is_malformed(server: LiveAlpha) -> None:
    async with connect(server.url, compression=None) as socket:
        await socket.send("hello")
        await assert_closed(socket, Code.MALFORMED, 1008)
    await assert_serves(server)


async def test_garbage_frame_is_malformed(server: LiveAlpha) -> None:
    async with connect(server.url, compression=None) as socket:
        await socket.send(b"\xff" * 50)
        await assert_closed(socket, Code.MALFORMED, 1008)


async def test_frame_over_the_limit_is_1009(server: LiveAlpha) -> None:
    async with connect(server.url, compression=None) as socket:
        await socket.send(bytes(CLIENT_FRAME_MAX_BYTES + 1))
        await assert_closed(socket, None, 1009)
    await assert_serves(server)


async def test_silent_client_is_closed_after_the_handshakes_time(server: LiveAlpha) -> None:
    async with connect(server.url, compression=None) as socket:
        await assert_closed(socket, Code.TIMED_OUT, 1008)


async def test_slow_loris_is_closed_before_the_websocket_opens(server: LiveAlpha) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    await writer.drain()
    async with asyncio.timeout(2):
        await reader.read()
    writer.close()
    await writer.wait_closed()
    await assert_serves(server)


@pytest.mark.parametrize("garbage", [b"\0" * 100, b"\xff\xfe garbage\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b""])
async def test_garbage_on_the_port_harms_nobody(server: LiveAlpha, garbage: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(garbage)
    writer.write_eof()
    async with asyncio.timeout(2):
        await reader.read()
    writer.close()
    await writer.wait_closed()
    await assert_serves(server)


async def test_client_that_vanishes_harms_nobody(server: LiveAlpha) -> None:
    server.automatic = False
    async with connect(server.url, compression=None) as socket:
        trader = await Trader(socket, server.alpha).shake_hands()
        await trader.pay(1)
        socket.transport.abort()
    server.automatic = True
    server.alpha.settle()
    await assert_serves(server)


async def test_client_whose_pings_are_not_answered_is_disconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PING_INTERVAL_S", 0.1)
    monkeypatch.setattr(limits, "PING_TIMEOUT_S", 0.2)
    async with live(Alpha(config=CONFIG).fund(ANNA)) as server:
        sessions = server.alpha.front._sessions
        async with connect(server.url, compression=None, ping_interval=None, close_timeout=0.1) as socket:
            await Trader(socket, server.alpha).shake_hands()
            await asyncio.sleep(0.5)
            assert len(sessions) == 1, "who answers pings may be silent"
            socket.transport.pause_reading()
            async with asyncio.timeout(5):
                while sessions:
                    await asyncio.sleep(0.02)


async def test_too_many_connections_are_told_to_come_back() -> None:
    config = GatewayConfig(connections_per_address=1)
    async with live(Alpha(config=config).fund(ANNA, BERT)) as server:
        async with connect(server.url, compression=None) as first:
            await Trader(first, server.alpha).shake_hands()
            async with connect(server.url, compression=None) as second:
                await assert_closed(second, Code.TOO_MANY_CONNECTIONS, 1013)
        await asyncio.sleep(0.01)
        await assert_serves(server)


async def test_reader_that_does_not_read_is_closed_while_others_are_served() -> None:
    config = GatewayConfig(queue_messages=50, queue_bytes=10**6)
    alpha = Alpha(config=config).fund(ANNA, BERT)
    async with live(alpha) as server, connect(server.url, compression=None, max_queue=1) as slow:
        trader = await Trader(slow, server.alpha).shake_hands()
        session = next(iter(server.alpha.front._sessions.values()))
        slow.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(300):
            session.push(bytes(100_000))
            session.flush()
            await asyncio.sleep(0)
        assert session.closing is not None
        assert session.closing.code is Code.SLOW_READER
        await asyncio.wait_for(assert_serves(server), 2)
        trader.socket.transport.abort()


async def test_connections_count_before_their_websocket_opens_and_those_with_an_account_make_room() -> None:
    config = GatewayConfig(strangers_per_address=2)
    async with live(Alpha(config=config).fund(ANNA, BERT)) as server:
        _, silent = await asyncio.open_connection("127.0.0.1", server.port)
        async with connect(server.url, compression=None) as first:
            with pytest.raises(InvalidStatus) as refused:
                await connect(server.url, compression=None)
            assert refused.value.response.status_code == 503
            await Trader(first, server.alpha).shake_hands()
            async with connect(server.url, compression=None) as second:
                await Trader(second, server.alpha).shake_hands()
        silent.transport.abort()


async def test_new_connections_of_one_address_come_at_a_rate() -> None:
    config = GatewayConfig(connects_per_second=0.001, connects_burst=3)
    async with live(Alpha(config=config).fund(ANNA, BERT)) as server:
        for _ in range(3):
            await assert_serves(server)
        with pytest.raises(InvalidStatus):
            await connect(server.url, compression=None)


async def test_connections_of_one_account_are_few() -> None:
    config = GatewayConfig(connections_per_account=1)
    async with live(Alpha(config=config).fund(ANNA, BERT)) as server:
        async with connect(server.url, compression=None) as first:
            await Trader(first, server.alpha).shake_hands()
            async with connect(server.url, compression=None) as second:
                closing = await Trader(second, server.alpha).prove()
                assert isinstance(closing, Closing)
                assert closing.code is Code.TOO_MANY_CONNECTIONS
                await assert_closed(second, None, 1013)
        await asyncio.sleep(0.01)
        await assert_serves(server)


async def test_pings_that_are_many_are_told_so() -> None:
    async with live(Alpha().fund(ANNA, BERT)) as server:
        async with connect(server.url, compression=None) as socket:
            await Trader(socket, server.alpha).shake_hands()
            socket.transport.write(frame(PING) * 100)
            await assert_closed(socket, Code.RATE_LIMITED, 1008)
        await assert_serves(server)


async def test_a_message_that_is_late_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MESSAGE_TIMEOUT_S", 0.3)
    async with live(Alpha().fund(ANNA, BERT)) as server:
        async with connect(server.url, compression=None) as socket:
            await Trader(socket, server.alpha).shake_hands()
            socket.transport.write(frame(BINARY, b"half")[:-1])
            await assert_closed(socket, Code.TIMED_OUT, 1008)
        await assert_serves(server)


async def test_refusals_and_queries_cost_their_sender_time() -> None:
    """Refused requests are read at a quarter of the rate, and others are not held up."""
    async with live(Alpha(rate=(100, 50)).fund(ANNA, BERT)) as server, connect(server.url, compression=None) as socket:
        trader = await Trader(socket, server.alpha).shake_hands()
        query = encode_client_message(QueryAccount(7, None))
        begun = time.monotonic()
        for _ in range(300):
            await socket.send(query)
        for _ in range(300):
            await trader.receive()
        assert time.monotonic() - begun > 1


async def test_what_was_sent_after_the_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    receive = Session.receive_data
    monkeypatch.setattr(Session, "receive_data", lambda self, data: (read.append(len(data)), receive(self, data)))
    async with live(Alpha().fund(ANNA)) as server, connect(server.url, compression=None) as socket:
        socket.transport.write(frame(BINARY, b"\xff" * 8) * 50)
        await assert_closed(socket, Code.MALFORMED, 1008)
    assert read == [8]


@pytest.mark.parametrize("last", [b"", b"\xff" * 8])
async def test_ended_connections_are_freed_without_the_collector(last: bytes) -> None:
    """Full collections are rare: a storm of connections would fill the memory until the next one."""
    async with live(Alpha().fund(ANNA, BERT)) as server:

        async def visit() -> None:
            async with connect(server.url, compression=None) as socket:
                await Trader(socket, server.alpha).shake_hands()
                if last:
                    await socket.send(last)
                    await assert_closed(socket, Code.MALFORMED, 1008)

        def present() -> set[int]:
            return {id(item) for item in gc.get_objects() if type(item) in (Visitor, Session)}

        await visit()
        gc.collect()
        gc.disable()
        try:
            before = present()
            for _ in range(5):
                await visit()
            async with asyncio.timeout(5):
                while len(present() - before) > 2:  # the last one may be on its way
                    await asyncio.sleep(0.05)
        finally:
            gc.enable()


@pytest.mark.parametrize(("code", "websocket_code"), [(Code.SHUTTING_DOWN, 1001), (Code.NO_QUORUM, 1013)])
async def test_stop_tells_everybody_why(code: Code, websocket_code: int) -> None:
    async with live(Alpha().fund(ANNA)) as server:
        async with connect(server.url, compression=None) as socket:
            await Trader(socket, server.alpha).shake_hands()
            stopping = asyncio.create_task(server.stop(code, "bye"))
            await assert_closed(socket, code, websocket_code)
            await stopping
        with pytest.raises(OSError, match="Connect call failed"):
            await asyncio.open_connection("127.0.0.1", server.port)
        await server.stop()
