"""Event streams: whatever they say is a hint or a coded error, in bounded memory and time."""

import asyncio
from contextlib import aclosing, asynccontextmanager
from itertools import pairwise
from random import Random

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.sandbox import Ledger, LedgerServer
from constellation.stellarlink import (
    ClosingHints,
    HorizonNetwork,
    MalformedAnswer,
    NetworkUnavailable,
    RateLimited,
    horizon_pool,
)
from constellation.stellarlink import closing_hints as hints_module
from constellation.stellarlink import horizon as horizon_module
from constellation.stellarlink import horizon_stream as stream_module
from constellation.stellarlink.horizon_stream import LINE_MAX_BYTES, EventParser
from tests.stellarlink.fake_horizon import BYEBYE, HELLO, answering, horizons, record_event, streaming, truncated
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.support import PASSPHRASE


def events_in(*chunks):
    parser = EventParser()
    return [name for chunk in chunks for name in parser.feed(chunk)]


def test_events_have_names_and_records_have_none():
    assert events_in(HELLO, record_event(), b": a comment\n\n", BYEBYE) == ["open", "message", "close"]
    assert events_in(b"event: x\n\n", b"data: 1\ndata: 2\n\n", b"data\r\n\r\n") == ["message", "message"]


@given(cuts=st.lists(st.integers(0, 400), max_size=12), line_end=st.sampled_from([b"\n", b"\r\n"]))
@settings(max_examples=100, deadline=None)
def test_however_the_bytes_are_cut_the_events_are_the_same(cuts, line_end):
    text = (HELLO + record_event('{"sequence": 1}') * 3 + BYEBYE).replace(b"\n", line_end)
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    chunks = [text[start:end] for start, end in pairwise(places)]
    assert events_in(*chunks) == ["open", "message", "message", "message", "close"]


@given(chunks=st.lists(st.binary(max_size=64), max_size=20))
@settings(max_examples=200, deadline=None)
def test_no_bytes_raise_anything(chunks):
    events_in(*chunks)


def test_a_line_without_end_is_refused():
    with pytest.raises(MalformedAnswer, match="line"):
        events_in(*[b"data: xx"] * LINE_MAX_BYTES)


@asynccontextmanager
async def server_with(stream):
    ledger = FakeNetwork()
    ledger.close()
    async with horizons(ledger) as [server]:
        server.stream = stream
        async with HorizonNetwork(server.url) as network:
            yield server, network


async def hints_of(network):
    count = 0
    async with aclosing(network.closings()) as events:
        async for _ in events:
            count += 1
    return count


async def test_every_record_is_a_hint_and_byebye_ends_the_stream():
    async with server_with(streaming(HELLO, record_event(), record_event(), BYEBYE, record_event())) as (_, network):
        assert await hints_of(network) == 2


@pytest.mark.parametrize("data", ["", "garbage", "{", "\x00", "9" * 10_000])
async def test_data_that_cannot_be_decoded_is_a_hint_like_any_other(data):
    async with server_with(streaming(HELLO, record_event(data), b"data: \xff\xfe\n\n")) as (_, network):
        assert await hints_of(network) == 2


@pytest.mark.parametrize(
    ("stream", "error"),
    [
        (streaming(b"event: error\ndata: oops\n\n"), NetworkUnavailable),
        (streaming(b"x" * (LINE_MAX_BYTES + 1)), MalformedAnswer),
        (answering(200, b"{}"), MalformedAnswer),
        (answering(200, b"<html>", Content_Type="text/html"), MalformedAnswer),
        (answering(429, b"{}", Retry_After="7"), RateLimited),
        (answering(503, b"<html>"), NetworkUnavailable),
        (answering(302, b"", Location="http://127.0.0.1:9/"), NetworkUnavailable),
        (truncated, NetworkUnavailable),
    ],
    ids=["error event", "long line", "json", "html", "429", "503", "redirect", "cut"],
)
async def test_every_way_to_fail_is_a_coded_error(stream, error):
    async with server_with(stream) as (_, network):
        with pytest.raises(error) as caught:
            await hints_of(network)
        assert isinstance(caught.value, NetworkUnavailable)
        if error is RateLimited:
            assert caught.value.retry_after_s == 7


async def test_a_stream_without_bounds_is_refused(monkeypatch):
    monkeypatch.setattr(stream_module, "STREAM_MAX_BYTES", 100_000)
    async with server_with(streaming(*[record_event("x" * 1000)] * 1000)) as (_, network):
        with pytest.raises(MalformedAnswer, match="100000"):
            await hints_of(network)


async def test_a_stream_that_says_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(horizon_module, "STREAM_TIMEOUT", aiohttp.ClientTimeout(total=10, sock_read=0.05))
    async with server_with(streaming(HELLO, then_wait=True)) as (_, network):
        with pytest.raises(NetworkUnavailable):
            await hints_of(network)


async def test_a_stream_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(horizon_module, "STREAM_TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    async with server_with(streaming(*[record_event()] * 1000, pause_s=0.01)) as (_, network):
        with pytest.raises(NetworkUnavailable):
            await hints_of(network)


async def test_the_sandbox_tells_of_every_ledger():
    server = LedgerServer(Ledger(PASSPHRASE), close_interval_s=0.05)
    await server.start()
    try:
        async with HorizonNetwork(server.url) as network, aclosing(network.closings()) as events:
            async with asyncio.timeout(5):
                for _ in range(3):
                    await anext(events)
    finally:
        await server.stop()


# --- following ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def following(*streams, pause_s=0.01):
    """Hints from a server for each stream; the hints and their count, in a list."""
    ledger = FakeNetwork(passphrase=PASSPHRASE)
    ledger.close()
    woken: list[None] = []
    async with horizons(ledger, len(streams)) as servers:
        for server, stream in zip(servers, streams, strict=True):
            server.stream = stream
        pool = horizon_pool([server.url for server in servers], PASSPHRASE, lag_limit_s=1e12)
        hints = ClosingHints(pool, lambda: woken.append(None), Random(1), pause_s=pause_s)
        task = asyncio.create_task(hints.run())
        try:
            async with asyncio.timeout(10):
                yield servers, pool, hints, woken
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await pool.close()


async def until(condition):
    while not condition():
        await asyncio.sleep(0.005)


async def test_a_stream_that_breaks_is_opened_again():
    async with following(streaming(HELLO, record_event())) as ([server], _, _, woken):
        await until(lambda: server.streams >= 3)
        assert len(woken) >= 2


@pytest.mark.parametrize("stream", [truncated, answering(503), streaming(), streaming(HELLO), answering(200)])
async def test_a_stream_that_fails_is_tried_ever_more_seldom(stream):
    async with following(stream, pause_s=0.02) as ([server], pool, hints, _):
        await asyncio.sleep(1)
        assert 2 <= server.streams <= 8
        assert not hints.is_live
        assert pool.is_well  # a stream says nothing about answers


async def test_a_wish_of_the_server_holds_for_streams_too():
    async with following(answering(429, b"{}", Retry_After="30")) as ([server], pool, _, _):
        await asyncio.sleep(0.3)
        assert server.streams == 1
        assert pool.errors == {"stream": 1}


async def test_the_stream_is_that_of_the_server_in_use():
    endless = streaming(*[record_event()] * 2000, pause_s=0.005)
    async with following(endless, endless) as (servers, pool, hints, _):
        await until(lambda: hints.is_live and servers[0].streams == 1)
        await until(lambda: pool.servers[1].health.wait_s > 0)
        pool.servers[0].distrust(NetworkUnavailable("down", 60))
        await pool.pick()
        await until(lambda: servers[1].streams == 1)


async def test_the_pause_is_bounded(monkeypatch):
    monkeypatch.setattr(hints_module, "PAUSE_MAX_S", 0.02)
    async with following(answering(503)) as ([server], _, _, _):
        await until(lambda: server.streams >= 20)
