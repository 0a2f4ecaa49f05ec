"""Sources of the chronicle, over HTTP and through NATS: whoever follows comes to the same tables."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.chronicler.chain import Chain
from tests.chronicler.streams import Chronicle, HttpSide, NatsServer, NatsSide, Side, following, reached

CHAIN = Chain(seed=7, batches=30, quanta=15)
LENGTH = len(CHAIN.links)


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Chronicle]:
    chronicle = Chronicle(tmp_path / "upstream.sqlite", CHAIN.world.settings)
    yield chronicle
    chronicle.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Chronicle]:
    chronicle = Chronicle(tmp_path / "own.sqlite", CHAIN.world.settings)
    yield chronicle
    chronicle.close()


@pytest.fixture(params=["http", "nats"])
async def side(request: pytest.FixtureRequest, upstream: Chronicle, tmp_path: Path) -> AsyncIterator[Side]:
    server = None
    side: Side
    if request.param == "http":
        side = HttpSide(upstream)
    else:
        server = NatsServer(tmp_path / "nats")
        server.start()
        await server.ready()
        side = NatsSide(upstream, server)
    await side.start()
    yield side
    await side.stop()
    if server is not None:
        server.kill()


async def test_a_follower_comes_to_the_same_tables(side: Side, upstream: Chronicle, own: Chronicle) -> None:
    upstream.take(CHAIN)
    side.moved()
    async with following(own, side.source()) as follower:
        await reached(follower, LENGTH)
        assert follower.lag_batches == 0
        assert follower.problem is None
    assert own.digests() == upstream.digests()


async def test_what_is_new_comes_while_one_follows(side: Side, upstream: Chronicle, own: Chronicle) -> None:
    async with following(own, side.source()) as follower:
        for number in range(1, LENGTH + 1):
            upstream.take(CHAIN, number)
            side.moved()
            if number % 5 == 0:
                await reached(follower, upstream.number)
        await reached(follower, LENGTH)
    assert own.digests() == upstream.digests()


async def test_a_follower_goes_on_where_it_was(side: Side, upstream: Chronicle, own: Chronicle) -> None:
    for part in range(1, 5):
        upstream.take(CHAIN, LENGTH * part // 4)
        side.moved()
        async with following(own, side.source()) as follower:
            await reached(follower, upstream.number)
    assert own.number == LENGTH
    assert own.digests() == upstream.digests()


async def test_the_source_may_die_and_come_back(side: Side, upstream: Chronicle, own: Chronicle) -> None:
    upstream.take(CHAIN, LENGTH // 2)
    side.moved()
    async with following(own, side.source()) as follower:
        await reached(follower, upstream.number)
        await side.die()
        upstream.take(CHAIN)
        if isinstance(side, NatsSide):
            side.moved()
        await side.come_back()
        await reached(follower, LENGTH)
    assert own.digests() == upstream.digests()


async def test_while_nats_is_away_the_peers_are_asked(
    tmp_path: Path, upstream: Chronicle, own: Chronicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("constellation.node.nats_source._AWAY_S", 0.5)
    monkeypatch.setattr("constellation.node.nats_link._CONNECT_TIMEOUT_S", 0.3)
    server = NatsServer(tmp_path / "nats")
    http, side = HttpSide(upstream), NatsSide(upstream, server)
    await http.start()
    upstream.take(CHAIN, LENGTH // 2)
    try:
        async with following(own, side.source(http.source())) as follower:
            await reached(follower, upstream.number)
            server.start()
            await side.start()
            await asyncio.sleep(1)
            await http.stop()
            upstream.take(CHAIN)
            side.moved()
            await reached(follower, LENGTH)
        await side.stop()
    finally:
        server.kill()
    assert own.digests() == upstream.digests()
