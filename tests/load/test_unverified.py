"""Clients that believe alpha, on real sockets against a real gateway."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from constellation.load import Mix, Tally
from constellation.load.flow import Flow, Walk
from constellation.load.pace import ClosedLoop
from constellation.load.unverified import UnverifiedTrader
from constellation.protocol.signing import KeyPair
from constellation.sdk import ConnectionClosed
from constellation.sdk.markets import Catalogue
from tests.gateway.harness import ANNA, BERT, Alpha, key
from tests.gateway.live import LiveAlpha, live
from tests.load.test_crew import job

MARKET = "XLM/USD"


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha().fund(ANNA, BERT)) as server:
        yield server


MIX = Mix(payments=0.2, open_orders=5, moves=0.1, triggers=0.1)


def trader(
    server: LiveAlpha, who: KeyPair, tally: Tally, timeout_s: float = 5.0, mix: Mix = MIX, batch: int = 1
) -> UnverifiedTrader:
    settings = server.alpha.settings
    market = Catalogue(settings).market(MARKET)
    walk = Walk("1", market, Decimal("0.25"))
    others = [other.public for other in (ANNA, BERT) if other is not who]
    flow = Flow(f"1/{who.address}", mix, market, walk, others)
    return UnverifiedTrader(settings, who, flow, MARKET, tally, timeout_s, batch)


async def connected(
    server: LiveAlpha, who: KeyPair, tally: Tally, timeout_s: float = 5.0, mix: Mix = MIX, batch: int = 1
) -> UnverifiedTrader:
    client = trader(server, who, tally, timeout_s, mix, batch)
    await client.connect(server.url)
    await client.await_money()
    return client


def ends(tally: Tally) -> int:
    return tally.accepted.total() + tally.rejected.total() + tally.errors.total() + tally.unknown


@pytest.mark.parametrize("batch", [1, 5])
async def test_what_alpha_executes_is_counted(server: LiveAlpha, batch: int) -> None:
    tally, before = Tally(), server.alpha.machine.state.apex
    traders = [await connected(server, who, tally, batch=batch) for who in (ANNA, BERT)]
    begin_s = time.monotonic()
    pace = ClosedLoop(begin_s + 0.5, asyncio.Event())
    await asyncio.gather(*(client.work(pace, begin_s) for client in traders for _ in range(4)))
    await asyncio.gather(*(client.leave() for client in traders))
    assert tally.is_sound
    assert tally.sent.keys() == {"arm", "cancel", "move", "pay", "place"}
    assert tally.sent.total() == ends(tally)
    assert tally.final == tally.accepted.total() == tally.finality.count == tally.acknowledgement.count > 20
    assert (tally.unknown, tally.not_final, tally.lost, tally.errors.total()) == (0, 0, 0, 0)
    assert tally.crossed > 0
    refused = tally.rejected.total() if batch > 1 else 0  # each has its quantum in a batch, which says so
    assert server.alpha.machine.state.apex - before == tally.accepted.total() + refused


async def test_orders_that_others_have_filled_are_known_to_be_closed(server: LiveAlpha) -> None:
    tally = Tally()
    traders = [await connected(server, who, tally, mix=Mix(cancels=0.0)) for who in (ANNA, BERT)]
    begin_s = time.monotonic()
    pace = ClosedLoop(begin_s + 0.5, asyncio.Event())
    await asyncio.gather(*(client.work(pace, begin_s) for client in traders for _ in range(4)))
    await asyncio.gather(*(client.leave() for client in traders))
    assert tally.fills > 0
    accounts = server.alpha.machine.state.vault.accounts
    for who, client in zip((ANNA, BERT), traders, strict=True):
        assert client.orders == list(accounts[who.public].orders)


async def test_an_answer_that_does_not_come_is_unknown(server: LiveAlpha) -> None:
    tally = Tally()
    client = await connected(server, ANNA, tally, timeout_s=1.0)
    server.automatic = False
    begin_s = time.monotonic()
    async with asyncio.timeout(5):
        await client.work(ClosedLoop(begin_s + 0.1, asyncio.Event()), begin_s)
        await client.leave()
    assert tally.sent.total() == tally.unknown == 1
    assert not tally.is_sound


async def test_a_connection_that_ends_is_lost_and_what_was_on_its_way_unknown(server: LiveAlpha) -> None:
    tally = Tally()
    client = await connected(server, ANNA, tally)
    server.automatic = False
    working = asyncio.create_task(client.work(ClosedLoop(None, asyncio.Event()), time.monotonic()))
    await asyncio.sleep(0.1)
    await server.stop()
    async with asyncio.timeout(2):
        await working
        await client.leave()
    assert (tally.unknown, tally.lost) == (1, 1)
    assert not tally.is_sound


async def test_somebody_else_than_alpha_is_not_spoken_to(server: LiveAlpha) -> None:
    server.alpha.settings = replace(server.alpha.settings, alpha=key("somebody").public)
    with pytest.raises(ConnectionClosed, match="not this constellation's alpha"):
        await trader(server, ANNA, Tally()).connect(server.url)


async def test_bytes_that_are_no_message_end_the_connection() -> None:
    async def babble(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(b"\xff" * 8)
        await socket.wait_closed()

    tally = Tally()
    async with live(Alpha()) as server, serve(babble, "127.0.0.1", 0) as other:
        url = f"ws://127.0.0.1:{next(iter(other.sockets)).getsockname()[1]}"
        with pytest.raises(ConnectionClosed):
            await trader(server, ANNA, tally).connect(url)
    assert dict(tally.errors) == {"MalformedMessage": 1}


async def test_who_speaks_no_websocket_is_told_apart(server: LiveAlpha) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionClosed, match="no connection"):
            await trader(server, ANNA, Tally()).connect(f"ws://127.0.0.1:{port}")


async def test_a_batch_whose_answer_does_not_come_is_unknown_as_a_whole(server: LiveAlpha) -> None:
    tally = Tally()
    client = await connected(server, ANNA, tally, timeout_s=1.0, batch=5)
    server.automatic = False
    begin_s = time.monotonic()
    async with asyncio.timeout(5):
        await client.work(ClosedLoop(begin_s + 0.1, asyncio.Event()), begin_s)
        await client.leave()
    assert tally.sent.total() == tally.unknown == 5


@pytest.mark.parametrize(("share", "verifying"), [(1.0, 3), (0.5, 2), (0.01, 1), (0.0, 0)])
def test_a_share_of_the_clients_verifies(share: float, verifying: int) -> None:
    whole = replace(job("ws://host:1"), verify_share=share)
    assert [number for number, _ in whole.own_clients] == [0, 1, 2]
    assert sum(is_verifying for _, is_verifying in whole.own_clients) == verifying


def test_each_worker_has_a_client_that_verifies(tmp_path: Path) -> None:
    whole = replace(job("ws://host:1"), verify_share=0.01, journal=tmp_path)
    for place in range(3):
        assert [is_verifying for _, is_verifying in whole.share(place, 3).own_clients] == [True]
