"""Faults of streams, read from the wire."""

import aiohttp
import pytest

from tests.sandbox.test_streams import BYEBYE, HELLO, ServedWorld, stream
from tests.sandbox.world import key


@pytest.fixture
async def world(site):
    return ServedWorld(site.server)


PATH = f"/accounts/{key('bob').public_key}/payments?limit=200"


async def test_a_stream_cut_before_its_first_record(world):
    await world.pay("1")
    world.server.faults.add("cut", path="*/payments")
    async with stream(world.server, PATH) as reader:
        assert await reader.frame() == HELLO
        with pytest.raises(aiohttp.ClientPayloadError):
            await reader.frame()


async def test_a_stream_cut_after_some_records(world):
    tokens = await world.pay("1", "2", "3")
    world.server.faults.add("cut", records=2)
    async with stream(world.server, PATH + f"&cursor={int(tokens[0]) - 1}") as reader:
        assert await reader.frame() == HELLO
        assert await reader.ids(2) == tokens[:2]
        with pytest.raises(aiohttp.ClientPayloadError):
            await reader.frame()


async def test_an_open_stream_is_cut_with_the_next_ledger(world):
    async with stream(world.server, PATH + "&cursor=now") as reader:
        assert await reader.frame() == HELLO
        world.server.faults.add("cut")
        await world.server.close_ledger()
        with pytest.raises(aiohttp.ClientPayloadError):
            await reader.frame()


async def test_records_twice_and_records_missing(world):
    async with stream(world.server, PATH + "&cursor=now") as reader:
        assert await reader.frame() == HELLO
        world.server.faults.add("duplicate")
        (first,) = await world.pay("1")
        assert await reader.ids(2) == [first, first]
        world.server.faults.add("gap")
        (_, third) = await world.pay("2", "3")
        assert await reader.ids(1) == [third]


async def test_a_lagging_stream_misses_nothing(world):
    for _ in range(2):
        await world.server.close_ledger()
    lag = world.server.faults.add("lag", ledgers=2)
    async with stream(world.server, PATH + "&cursor=now") as reader:
        assert await reader.frame() == HELLO
        tokens = await world.pay("1", "2", "3")
        assert await reader.ids(1) == tokens[:1]
        world.server.faults.remove(lag)
        await world.server.close_ledger()
        assert await reader.ids(2) == tokens[1:]


async def test_a_stream_is_not_answered_twice(world):
    world.server.faults.add("status", status=500, moment="after")
    (token,) = await world.pay("1")
    async with stream(world.server, PATH.replace("200", "1") + f"&cursor={int(token) - 1}") as reader:
        assert await reader.frame() == HELLO
        assert await reader.ids(1) == [token]
        assert await reader.frame() == BYEBYE
        assert await reader.response.content.read() == b""


async def test_a_stream_can_be_refused_like_any_request(world):
    world.server.faults.add("status", status=429, retry_after_s=1)
    async with stream(world.server, PATH) as reader:
        assert (reader.response.status, reader.response.headers["Retry-After"]) == (429, "1")
