"""The two thin shells on real sockets of this machine."""

import asyncio
from random import Random

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from constellation.herald.alpha import AlphaHerald
from constellation.herald.client import ClusterClient
from constellation.herald.connection import OPTIONS
from constellation.herald.link import BatchCache, Link
from constellation.herald.promises import sign_promise
from constellation.herald.server import ClusterServer
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.limits import (
    CLUSTER_FRAME_MAX_BYTES,
    HELLO_MAX_BYTES,
    PING_INTERVAL_S,
    PING_TIMEOUT_S,
    STRANGER_FRAME_MAX_BYTES,
    STRANGERS_PER_ADDRESS_MAX,
)
from constellation.protocol.messages import (
    Batch,
    Closing,
    Code,
    EpochProposal,
    Promise,
    Role,
    SignedPromise,
    decode_cluster_message,
    encode_cluster_message,
)
from constellation.protocol.terms import Terms
from constellation.quanta import Tip
from constellation.testing.world import World, key_of
from tests.attacks.attackers import BINARY, PING, frame
from tests.herald.support import NOBODY_APPOINTED, Chain, log_of

pytestmark = pytest.mark.timeout(20)


class Alpha:
    """Stands for the node on alpha's side."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.heard: list[object] = []
        self.finished = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.refuse: ProtocolViolation | None = None

    def auditor_up(self, auditor: bytes, wake) -> Link:
        self.links.append(Link(auditor, BatchCache(), wake))
        return self.links[-1]

    def auditor_down(self, link: Link) -> None:
        self.heard.append("down")

    async def auditor_message(self, auditor: bytes, message: object) -> None:
        self.heard.append(message)
        await self.gate.wait()
        self.finished.set()
        if self.refuse is not None:
            raise self.refuse

    async def read_batches(self, first: int) -> list:
        raise RuntimeError("the log cannot be read")


@pytest.fixture
def world() -> World:
    return World(auditors=3)


class Auditor:
    """Stands for the node on an auditor's side."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[object] = asyncio.Queue()

    async def alpha_up(self, terms: Terms) -> None:
        self.heard.put_nowait("up")

    async def alpha_message(self, message: object) -> None:
        self.heard.put_nowait(message)

    async def alpha_down(self) -> None:
        self.heard.put_nowait("down")


async def shaken(socket, world: World, key=None) -> None:
    key = key or world.auditors[0]
    handshake = InitiatorHandshake(key, Role.AUDITOR, world.constellation, world.terms, bytes(32))
    await socket.send(encode_cluster_message(handshake.hello))
    reply = decode_cluster_message(await socket.recv())
    if isinstance(reply, Closing):
        raise ProtocolViolation(reply.code, reply.message)
    await socket.send(encode_cluster_message(handshake.receive(reply)))


async def until(true) -> None:
    while not true():
        await asyncio.sleep(0.005)


async def test_what_a_message_has_begun_is_finished_when_the_connection_breaks(world) -> None:
    """Half a rising would leave alpha without an epoch for ever."""
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    socket = await connect(f"ws://127.0.0.1:{port}", compression=None)
    await shaken(socket, world)
    alpha.gate.clear()
    await socket.send(encode_cluster_message(EpochProposal(1)))
    await until(lambda: alpha.heard)
    socket.transport.abort()
    for _ in range(50):
        alpha.links[0].send(EpochProposal(2))
        await asyncio.sleep(0.002)
    assert not alpha.finished.is_set()
    alpha.gate.set()
    await until(lambda: "down" in alpha.heard)
    assert alpha.finished.is_set()
    await server.stop()


async def test_whose_pings_are_not_answered_is_disconnected(world, monkeypatch) -> None:
    """As after a power failure: TCP says nothing, and the connection looks open."""
    alpha, auditor = Alpha(), Auditor()
    assert (OPTIONS["ping_interval"], OPTIONS["ping_timeout"]) == (PING_INTERVAL_S, PING_TIMEOUT_S)
    monkeypatch.setitem(OPTIONS, "ping_interval", 0.1)
    monkeypatch.setitem(OPTIONS, "ping_timeout", 0.2)
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with connect(f"ws://127.0.0.1:{port}", compression=None, ping_interval=None, close_timeout=0.1) as socket:
        await shaken(socket, world)
        await until(lambda: alpha.links)
        socket.transport.pause_reading()
        await until(lambda: alpha.heard == ["down"])
    client = ClusterClient(world.terms, world.auditors[1], f"ws://127.0.0.1:{port}", auditor, Random(1))
    running = asyncio.create_task(client.run())
    assert await auditor.heard.get() == "up"
    monkeypatch.setattr(ServerConnection, "data_received", lambda _connection, _data: None)
    assert await auditor.heard.get() == "down"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await server.stop()


async def test_one_message_at_a_time_of_all_auditors(world) -> None:
    """While alpha cuts its log for one auditor's promise, another one's first batches must wait."""
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with (
        connect(f"ws://127.0.0.1:{port}", compression=None) as first,
        connect(f"ws://127.0.0.1:{port}", compression=None) as second,
    ):
        await shaken(first, world, world.auditors[0])
        await shaken(second, world, world.auditors[1])
        alpha.gate.clear()
        await first.send(encode_cluster_message(EpochProposal(1)))
        await until(lambda: alpha.heard)
        await second.send(encode_cluster_message(EpochProposal(2)))
        await asyncio.sleep(0.05)
        assert alpha.heard == [EpochProposal(1)]
        alpha.gate.set()
        await until(lambda: len(alpha.heard) == 2)
        assert alpha.heard[1] == EpochProposal(2)
    await server.stop()


async def test_a_connection_whose_writing_fails_is_closed(world, caplog) -> None:
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
        await shaken(socket, world)
        await until(lambda: alpha.links)
        link = alpha.links[0]
        link._cache.last = 5
        link.start(1)
        await socket.wait_closed()
    await until(lambda: "down" in alpha.heard)
    assert "the log cannot be read" in caplog.text
    await server.stop()


async def test_strangers_and_violators_are_told_why(world) -> None:
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
        with pytest.raises(ProtocolViolation) as refused:
            await shaken(socket, world, key_of("stranger"))
        assert refused.value.code is Code.UNAUTHORIZED
    alpha.refuse = ProtocolViolation(Code.WRONG_EPOCH, "not now")
    for data, code in (
        (encode_cluster_message(EpochProposal(1)), Code.WRONG_EPOCH),
        (b"\xff" * 8, Code.MALFORMED),
        ("text", Code.MALFORMED),
    ):
        async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
            await shaken(socket, world)
            await socket.send(data)
            closing = decode_cluster_message(await socket.recv())
            assert isinstance(closing, Closing)
            assert closing.code is code
    await server.stop()


async def test_the_newest_connection_of_an_auditor_wins(world) -> None:
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with (
        connect(f"ws://127.0.0.1:{port}", compression=None) as first,
        connect(f"ws://127.0.0.1:{port}", compression=None) as second,
    ):
        await shaken(first, world)
        await until(lambda: len(alpha.links) == 1)
        await shaken(second, world)
        closing = decode_cluster_message(await first.recv())
        assert closing.code is Code.REPLACED
        await until(lambda: len(alpha.links) == 2)
        alpha.links[1].send(EpochProposal(7))
        assert decode_cluster_message(await second.recv()) == EpochProposal(7)
    await server.stop()


async def test_client_and_server_talk_and_the_client_comes_back(world) -> None:
    alpha, auditor = Alpha(), Auditor()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    client = ClusterClient(world.terms, world.auditors[1], f"ws://127.0.0.1:{port}", auditor, Random(1))
    running = asyncio.create_task(client.run())
    assert await auditor.heard.get() == "up"
    await until(lambda: alpha.links)
    alpha.links[0].send(EpochProposal(3))
    assert await auditor.heard.get() == EpochProposal(3)
    batch = Chain(world).open(1)
    await client.send(batch)
    await until(lambda: alpha.heard)
    assert alpha.heard == [batch]
    await server.stop()
    assert await auditor.heard.get() == "down"
    await client.send(batch)
    again = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", port)
    await again.start()
    assert await auditor.heard.get() == "up"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await again.stop()


async def test_a_client_that_rests_stays_away_until_it_goes_on(world) -> None:
    alpha, auditor = Alpha(), Auditor()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    client = ClusterClient(world.terms, world.auditors[1], f"ws://127.0.0.1:{port}", auditor, Random(1))
    running = asyncio.create_task(client.run())
    assert await auditor.heard.get() == "up"
    await client.rest()
    assert await auditor.heard.get() == "down"
    await asyncio.sleep(0.5)
    assert auditor.heard.empty()
    client.go_on()
    assert await auditor.heard.get() == "up"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await server.stop()


async def test_a_client_that_is_to_rest_while_it_connects_does_not_begin(world, monkeypatch) -> None:
    alpha, auditor = Alpha(), Auditor()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    client = ClusterClient(world.terms, world.auditors[1], f"ws://127.0.0.1:{port}", auditor, Random(1))
    shake_hands = client._shake_hands

    async def rest_then_shake_hands(socket: ClientConnection) -> Terms:
        await client.rest()
        return await shake_hands(socket)

    monkeypatch.setattr(client, "_shake_hands", rest_then_shake_hands)
    running = asyncio.create_task(client.run())
    await asyncio.sleep(0.5)
    assert auditor.heard.empty()
    client.go_on()
    monkeypatch.undo()
    assert await auditor.heard.get() == "up"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await server.stop()


async def test_pauses_between_attempts_grow_differ_and_end_at_a_bound(world, monkeypatch) -> None:
    class Enough(Exception):
        pass

    async def pauses_of(seed: int) -> list[float]:
        pauses: list[float] = []

        async def note(client: ClusterClient, seconds: float) -> bool:
            pauses.append(seconds)
            if len(pauses) == 60:
                raise Enough
            client._lost_s -= seconds
            return False

        monkeypatch.setattr(ClusterClient, "_is_appointed_within", note)
        client = ClusterClient(world.terms, world.auditors[1], "ws://127.0.0.1:1", Auditor(), Random(seed))
        with pytest.raises(Enough):
            await client.run()
        return pauses

    pauses = await pauses_of(1)
    away_s = 0.0
    for pause in pauses:
        most = min(max(0.1, away_s / 4), 10)
        assert most / 2 <= pause <= most + 0.1
        away_s += pause
    assert pauses[0] <= 0.1
    assert away_s > 100
    assert pauses != await pauses_of(2)


async def test_the_client_refuses_another_alpha(world) -> None:
    alpha, auditor = Alpha(), Auditor()
    server = ClusterServer(world.terms, key_of("impostor"), alpha, "127.0.0.1", 0)
    port = await server.start()
    client = ClusterClient(world.terms, world.auditors[1], f"ws://127.0.0.1:{port}", auditor, Random(1))
    running = asyncio.create_task(client.run())
    await asyncio.sleep(0.1)
    assert auditor.heard.empty()
    assert alpha.links == []
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await server.stop()


class Heralding:
    """Alpha's herald behind a server; taking a message takes as long as reading a log does."""

    def __init__(self, world: World) -> None:
        self.herald = AlphaHerald(world.terms, Tip.genesis(world.settings), 0)
        self.links: list[Link] = []
        self.failures: list[Exception] = []
        self.taken = 0
        self.ended = 0

    def auditor_up(self, auditor: bytes, wake) -> Link:
        self.links.append(self.herald.link_up(auditor, wake))
        return self.links[-1]

    def auditor_down(self, link: Link) -> None:
        self.ended += 1
        self.herald.link_down(link)

    async def auditor_message(self, auditor: bytes, message: object) -> None:
        try:
            self.herald.receive(auditor, message)
        except ProtocolViolation:
            raise
        except Exception as error:
            self.failures.append(error)
            raise
        self.taken += 1
        await asyncio.sleep(0.005)

    async def read_batches(self, first: int) -> list[Batch]:
        return []


def promise_of_nothing(world: World) -> SignedPromise:
    promise = Promise(0, world.alpha.public, NOBODY_APPOINTED, log_of(0), False, None, None)
    return sign_promise(world.settings, world.auditors[0], promise)


async def test_what_a_replaced_connection_has_sent_is_not_taken(world) -> None:
    """A herald knows one link of an auditor, and none after the newer one ended: then it must not hear the older."""
    alpha = Heralding(world)
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    word = encode_cluster_message(promise_of_nothing(world))
    first = await connect(f"ws://127.0.0.1:{port}", compression=None)
    await shaken(first, world)
    for _ in range(400):
        await first.send(word)
    await until(lambda: alpha.taken > 3)
    second = await connect(f"ws://127.0.0.1:{port}", compression=None)
    await shaken(second, world)
    await until(lambda: len(alpha.links) == 2)
    taken = alpha.taken
    second.transport.abort()
    await until(lambda: alpha.ended == 2)
    await asyncio.sleep(0.05)
    assert alpha.failures == []
    assert alpha.taken <= taken + 1, "one was being taken"
    assert alpha.herald.auditors == []
    await server.stop()


async def test_a_connection_that_does_not_read_cannot_delay_the_one_that_replaces_it(world) -> None:
    """Three at once: whatever the closing of the older ones does, the newest is the one that the herald knows."""
    alpha = Heralding(world)
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    sockets = []
    for number in range(1, 4):
        sockets.append(await connect(f"ws://127.0.0.1:{port}", compression=None))
        await shaken(sockets[-1], world)
        async with asyncio.timeout(1):
            await until(lambda number=number: len(alpha.links) == number)
        sockets[-1].transport.pause_reading()
    await sockets[2].send(encode_cluster_message(promise_of_nothing(world)))
    async with asyncio.timeout(1):
        await until(lambda: alpha.taken == 1)
    for socket in sockets[:2]:
        socket.transport.abort()
    await until(lambda: alpha.ended == 2)
    assert list(alpha.herald._links.values()) == [alpha.links[2]]
    assert alpha.failures == []
    sockets[2].transport.abort()
    await server.stop()


async def test_strangers_are_few_and_those_who_prove_who_they_are_make_room(world) -> None:
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    url = f"ws://127.0.0.1:{port}"
    silent = await asyncio.open_connection("127.0.0.1", port)  # not even a WebSocket yet: it counts
    await until(lambda: len(server._doorstep) == 1)
    strangers: list[ClientConnection] = []
    for _ in range(STRANGERS_PER_ADDRESS_MAX - 1):
        strangers.append(await connect(url, compression=None))
    for _ in range(3):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, compression=None)
        assert refused.value.response.status_code == 503
    await shaken(strangers[0], world)
    await until(lambda: len(alpha.links) == 1)
    strangers.append(await connect(url, compression=None))
    with pytest.raises(InvalidStatus):
        await connect(url, compression=None)
    silent[1].transport.abort()
    await until(lambda: len(server._doorstep) == STRANGERS_PER_ADDRESS_MAX - 1)
    strangers.append(await connect(url, compression=None))
    for socket in strangers:
        socket.transport.abort()
    await until(lambda: len(server._doorstep) == 0)
    assert server._doorstep._strangers == {}, "nothing is kept of those who are gone"
    await server.stop()


@pytest.mark.parametrize("is_hello", [True, False])
async def test_a_large_message_of_a_stranger_is_not_decoded(world, is_hello, monkeypatch) -> None:
    decoded: list[int] = []

    def decode(data: bytes) -> object:
        decoded.append(len(data))
        return decode_cluster_message(data)

    monkeypatch.setattr("constellation.herald.connection.decode_cluster_message", decode)
    server = ClusterServer(world.terms, world.alpha, Alpha(), "127.0.0.1", 0)
    port = await server.start()
    async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
        if not is_hello:
            handshake = InitiatorHandshake(world.auditors[0], Role.AUDITOR, world.constellation, world.terms, bytes(32))
            await socket.send(encode_cluster_message(handshake.hello))
            await socket.recv()
        await socket.send(bytes(HELLO_MAX_BYTES + 1))
        closing = decode_cluster_message(await socket.recv())
        assert closing.code is Code.TOO_LARGE
    assert all(size <= HELLO_MAX_BYTES for size in decoded)
    await server.stop()


async def test_a_huge_message_is_read_only_of_an_auditor(world) -> None:
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
        await socket.send(bytes(STRANGER_FRAME_MAX_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd.code == 1009
    async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
        await shaken(socket, world)
        await until(lambda: alpha.links)
        await socket.send(bytes(CLUSTER_FRAME_MAX_BYTES))
        closing = decode_cluster_message(await socket.recv())
        assert closing.code is Code.MALFORMED, "it was read and decoded"
    await server.stop()


async def test_an_auditor_that_floods_with_pings_is_told_so(world) -> None:
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
        await shaken(socket, world)
        await until(lambda: alpha.links)
        socket.transport.write(frame(PING) * 100)
        closing = decode_cluster_message(await socket.recv())
        assert closing.code is Code.RATE_LIMITED
        await until(lambda: "down" in alpha.heard)
    await server.stop()


async def test_an_auditor_whose_messages_are_always_ready_lets_others_run(world) -> None:
    alpha = Alpha()
    server = ClusterServer(world.terms, world.alpha, alpha, "127.0.0.1", 0)
    port = await server.start()
    async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
        await shaken(socket, world)
        await until(lambda: alpha.links)
        socket.transport.write(frame(BINARY, encode_cluster_message(EpochProposal(1))) * 2000)
        rounds = 0
        while len(alpha.heard) < 2000:
            rounds += 1
            await asyncio.sleep(0)
        assert rounds > 200
    await server.stop()


async def test_a_flood_of_refusals_does_not_fill_the_log(world, caplog) -> None:
    server = ClusterServer(world.terms, world.alpha, Alpha(), "127.0.0.1", 0)
    port = await server.start()
    for _ in range(20):
        async with connect(f"ws://127.0.0.1:{port}", compression=None) as socket:
            with pytest.raises(ProtocolViolation):
                await shaken(socket, world, key_of("stranger"))
    refused = [record for record in caplog.records if record.message == "auditor connection refused"]
    assert len([record for record in refused if record.levelname == "WARNING"]) == 10
    await server.stop()
