"""Server-sent events, read from the wire."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from stellar_sdk import Asset, Payment

from constellation.sandbox import Ledger, LedgerServer
from constellation.sandbox.limits import PAGE_RECORDS_MAX
from tests.sandbox.world import World, key

HELLO = ["retry: 1000", "event: open", 'data: "hello"']
BYEBYE = ["retry: 10", "event: close", 'data: "byebye"']


class Reader:
    """Reads frames."""

    def __init__(self, response):
        self.response = response

    async def frame(self):
        lines = []
        async with asyncio.timeout(5):
            while line := (await self.response.content.readline()).decode().strip():
                lines.append(line)
        return lines

    async def ids(self, count):
        return [(await self.frame())[0].removeprefix("id: ") for _ in range(count)]


@asynccontextmanager
async def stream(server, path, headers=None):
    accept = {"Accept": "text/event-stream", **(headers or {})}
    async with aiohttp.ClientSession() as session, session.get(server.url + path, headers=accept) as response:
        yield Reader(response)


class ServedWorld(World):
    """A world whose ledger is closed by hand behind a server."""

    def __init__(self, server):
        self.server = server
        self.ledger = server.ledger

    async def pay(self, *amounts):
        """Makes a payment of alice to bob in a ledger of its own for each amount; returns their tokens."""
        tokens = []
        for amount in amounts:
            self.submit("alice", Payment(key("bob").public_key, Asset.native(), amount))
            closed = await self.server.close_ledger()
            tokens.append(str(closed.transactions[0].toid + 1))
        return tokens


@pytest.fixture
async def world(manual_server):
    for name in ("alice", "bob"):
        manual_server.ledger.friendbot.request(key(name).public_key)
    await manual_server.close_ledger()
    return ServedWorld(manual_server)


async def test_what_there_is_and_what_comes(world):
    first = await world.pay("1")
    path = f"/accounts/{key('bob').public_key}/payments?cursor={first[0]}&X-Client-Name=unknown"
    async with stream(world.server, path) as reader:
        assert reader.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert reader.response.headers["Cache-Control"] == "no-cache"
        assert await reader.frame() == HELLO
        tokens = await world.pay("2", "3")
        assert await reader.ids(2) == tokens


async def test_data_are_one_line_of_json(world):
    token = await world.pay("1")
    async with stream(world.server, "/payments?join=transactions&cursor=0&limit=200") as reader:
        assert await reader.frame() == HELLO
        frames = [await reader.frame() for _ in range(3)]
    assert [len(frame) for frame in frames] == [2, 2, 2]
    assert frames[2][0] == f"id: {token[0]}"
    assert '"amount":"1.0000000"' in frames[2][1]
    assert '"envelope_xdr"' in frames[2][1]


async def test_now_starts_at_the_end(world):
    await world.pay("1")
    async with stream(world.server, "/transactions?cursor=now") as reader:
        assert await reader.frame() == HELLO
        (token,) = await world.pay("2")
        assert await reader.ids(1) == [str(int(token) - 1)]


async def test_the_limit_ends_the_stream_and_the_client_resumes(world):
    tokens = await world.pay("1", "2", "3")
    path = f"/accounts/{key('alice').public_key}/payments?limit=2"
    async with stream(world.server, path + "&cursor=0") as reader:
        assert await reader.frame() == HELLO
        seen = await reader.ids(2)
        assert await reader.frame() == BYEBYE
        assert await reader.frame() == []
    async with stream(world.server, path + "&cursor=now", {"Last-Event-ID": seen[-1]}) as reader:
        assert await reader.frame() == HELLO
        assert seen[1:] + await reader.ids(2) == tokens


async def test_effects_and_ledgers_stream_too(world):
    async with stream(world.server, "/effects?cursor=now") as effects:
        assert await effects.frame() == HELLO
        async with stream(world.server, "/ledgers?cursor=now") as ledgers:
            assert await ledgers.frame() == HELLO
            (token,) = await world.pay("1")
            assert await effects.ids(2) == [f"{token}-1", f"{token}-2"]
            assert await ledgers.ids(1) == [str(world.ledger.latest.sequence << 32)]


async def test_an_account_is_sent_once(world):
    async with stream(world.server, f"/accounts/{key('bob').public_key}") as reader:
        assert await reader.frame() == HELLO
        assert await reader.ids(1) == [key("bob").public_key]


async def test_time_ends_a_stream():
    server = LedgerServer(Ledger(), close_interval_s=None, stream_seconds_max=0.05)
    await server.start()
    async with stream(server, "/payments") as reader:
        assert await reader.frame() == HELLO
        assert await reader.frame() == BYEBYE
    await server.stop()


async def test_stopping_the_server_says_byebye(world):
    async with stream(world.server, "/payments?cursor=now") as reader:
        assert await reader.frame() == HELLO
        await world.server.stop()
        assert await reader.frame() == BYEBYE


async def test_errors_before_the_first_byte_are_problems(world):
    for path, status in (("/payments?cursor=x", 400), ("/accounts?signer=x", 400), ("/nowhere", 404)):
        async with stream(world.server, path) as reader:
            assert reader.response.status == status
            assert reader.response.content_type == "application/problem+json"
    async with stream(world.server, "/assets") as reader:
        assert reader.response.status == 406


async def test_streams_are_bounded(world, monkeypatch):
    monkeypatch.setattr(world.server._streams, "_streams_max", 0)
    async with stream(world.server, "/payments") as reader:
        assert reader.response.status == 503


async def test_a_stream_may_be_as_long_as_a_page(world):
    async with stream(world.server, f"/payments?limit={PAGE_RECORDS_MAX + 1}") as reader:
        assert reader.response.status == 400
