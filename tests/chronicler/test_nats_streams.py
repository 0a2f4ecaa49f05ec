"""A NATS stream that is not as it should be: gaps, garbage, strangers, several publishers."""

import asyncio
from random import Random
from typing import Any

import pytest
from nats.js.api import StreamConfig

from constellation.node import nats_publisher
from constellation.node.chronicle_source import SourceFailed
from constellation.node.stream_format import stream_subject
from tests.chronicler.stream_writer import CHAIN, LENGTH, STRANGER, Writer, labels, messages, published
from tests.chronicler.streams import Chronicle, HttpSide, NatsServer, NatsSide, following, reached


async def check_follows(side: NatsSide, own: Chronicle, **skipped: int) -> None:
    source = side.source()
    async with following(own, source) as follower:
        await reached(follower, LENGTH)
    assert own.digests() == side._chronicle.digests()
    assert {cause: source.skipped[cause] for cause in skipped} == skipped


@pytest.mark.parametrize("count", [2, 3])
async def test_several_publishers_publish_each_batch_once(
    side: NatsSide, server: NatsServer, make: Any, count: int
) -> None:
    chronicles = [make() for _ in range(count)]
    sides = [NatsSide(chronicle, server) for chronicle in chronicles]
    for item in sides:
        await item.start()
    random = Random(count)
    while any(chronicle.number < LENGTH for chronicle in chronicles):
        place = random.randrange(count)
        chronicles[place].take(CHAIN, chronicles[place].number + random.randrange(1, 6))
        sides[place].moved()
        await asyncio.sleep(random.choice([0, 0.005]))
    for item in sides:
        await published(item)
        await item.stop()
    found = await labels(side)
    assert [label and label.number for label in found] == list(range(1, LENGTH + 1))
    await check_follows(side, make(), garbage=0, order=0, duplicate=0, refused=0)


async def test_a_publisher_goes_on_behind_what_is_in_the_stream(side: NatsSide, server: NatsServer, make: Any) -> None:
    chronicle = make()
    for number in (5, 6, LENGTH):
        chronicle.take(CHAIN, number)
        again = NatsSide(chronicle, server)
        await again.start()
        await published(again, chronicle.number)
        await again.stop()
    assert [label and label.number for label in await labels(side)] == list(range(1, LENGTH + 1))


async def test_long_batches_are_split_and_joined(side: NatsSide, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nats_publisher, "STREAM_PART_MAX_BYTES", 700)
    await side.start()
    await published(side)
    await side.stop()
    found = [label for label in await labels(side) if label is not None]
    assert max(label.parts for label in found) > 5
    assert [label.number for label in found if label.is_last] == list(range(1, LENGTH + 1))
    await check_follows(side, make(), garbage=0, order=0, duplicate=0)


async def test_a_batch_that_somebody_began_and_left_is_begun_again(
    side: NatsSide, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nats_publisher, "_PATIENCE_S", 0.1)
    async with side.stream() as stream:
        writer = Writer(side, stream)
        await writer.create()
        for number in range(1, 6):
            await writer.batch(number)
        await writer.put(*messages(CHAIN, 6, 300)[:2])
    await side.start()
    await published(side)
    await side.stop()
    await check_follows(side, make(), garbage=0, order=0, duplicate=0)


@pytest.mark.parametrize("end", ["nothing", "garbage", "stranger", "old", "future"])
async def test_a_publisher_is_not_led_astray_by_what_is_at_the_end(side: NatsSide, make: Any, end: str) -> None:
    async with side.stream() as stream:
        writer = Writer(side, stream)
        await writer.create()
        for number in range(1, 6):
            await writer.batch(number)
        if end == "garbage":
            await writer.put(("x" * 200, b"1"), ("", b""), ("5 part=1/0 term=0", b""))
        elif end == "stranger":
            await writer.batch(6, chain=STRANGER)
        elif end == "old":
            await writer.batch(3)
        elif end == "future":
            await writer.batch(8)
    await side.start()
    if end == "future":  # it may be another publisher's, who is farther: so one goes on behind it
        await published(side)
        await side.stop()
        assert [label and label.number for label in await labels(side)] == [1, 2, 3, 4, 5, *range(8, LENGTH + 1)]
        return
    await published(side)
    await side.stop()
    await check_follows(side, make())


async def test_disorder_garbage_and_strangers_are_passed_over(side: NatsSide, make: Any) -> None:
    random = Random(4)
    async with side.stream() as stream:
        writer = Writer(side, stream)
        await writer.create()
        for number in range(1, LENGTH + 1):
            await writer.batch(random.randrange(1, number + 1), 400)
            await writer.put(("nonsense", b"x" * 100), (messages(CHAIN, number)[0][0], b"something else"))
            await writer.batch(min(number + 3, LENGTH), 500_000)
            await writer.put(*messages(CHAIN, number, 300)[1:][:2])
            await writer.batch(number, 400)
    source = side.source()
    own = make()
    async with following(own, source) as follower:
        await reached(follower, LENGTH)
    assert own.digests() == side._chronicle.digests()
    assert all(source.skipped[cause] for cause in ("garbage", "duplicate", "order"))


async def test_batches_that_do_not_hold_are_passed_over(side: NatsSide, make: Any) -> None:
    async with side.stream() as stream:
        writer = Writer(side, stream)
        await writer.create()
        for number in range(1, LENGTH + 1):
            if number in (5, 13):
                await writer.batch(number, chain=STRANGER)
            await writer.batch(number)
    await check_follows(side, make(), refused=2)


async def test_what_the_stream_has_dropped_comes_from_peers(side: NatsSide, make: Any) -> None:
    await side.start()
    await published(side)
    await side.stop()
    async with side.stream() as stream:
        await stream.purge_stream(side.name, keep=6)
    peer = make()
    peer.take(CHAIN, LENGTH - 4)  # the peer alone does not have all
    http = HttpSide(peer)
    await http.start()
    try:
        own = make()
        async with following(own, side.source(http.source())) as follower:
            await reached(follower, LENGTH)
        assert own.digests() == side._chronicle.digests()
    finally:
        await http.stop()


async def test_without_peers_one_is_told_what_to_do(side: NatsSide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.nats_source.CHRONICLE_WAIT_S", 0.2)
    monkeypatch.setattr("constellation.node.nats_reader._WAIT_S", 0.1)
    await side.start()
    await published(side)
    await side.stop()
    async with side.stream() as stream:
        await stream.purge_stream(side.name, keep=6)
    source = side.source()
    with pytest.raises(SourceFailed, match=r"lacks batch 1; a later one that it has is 18; .*chronicler\.peers"):
        await source.read(0, 0)
    received = await source.read(LENGTH - 6, 0)
    assert len(received.items) == 6
    assert received.certified == LENGTH
    assert (await source.read(LENGTH, 0)).items == []
    await source.close()


async def test_a_stream_that_is_emptied_or_deleted_is_filled_again(side: NatsSide, make: Any) -> None:
    upstream = make()
    upstream.take(CHAIN, LENGTH - 3)
    side._chronicle = upstream
    await side.start()
    await published(side, upstream.number)
    async with side.stream() as stream:
        await stream.delete_stream(side.name)
    before = upstream.number
    upstream.take(CHAIN)
    side.moved()
    async with asyncio.timeout(10):
        while side.sample("published_total") < before + LENGTH:
            await asyncio.sleep(0.02)
    await side.stop()
    await check_follows(side, make())


async def test_only_the_newest_that_fit_are_put_into_an_empty_stream(side: NatsSide) -> None:
    async with side.stream() as stream:
        subject = stream_subject(side._chronicle.constellation)
        await stream.add_stream(StreamConfig(name=side.name, subjects=[subject], max_bytes=20_000, max_msgs=500))
    await side.start()
    await published(side)
    await side.stop()
    found = [label.number for label in await labels(side) if label is not None]
    assert 1 < found[0] < found[-1] == LENGTH
    async with side.stream() as stream:
        config = (await stream.stream_info(side.name)).config
    assert (config.max_bytes, config.max_msgs) == (20_000, 500)


async def test_the_stream_has_the_limits_of_the_settings(server: NatsServer, make: Any) -> None:
    chronicle = make()
    side = NatsSide(chronicle, server, nats_max_bytes=5_000_000, nats_max_age_hours=2.0)
    await side.start()
    chronicle.take(CHAIN)
    side.moved()
    await published(side)
    await side.stop()
    async with side.stream() as stream:
        config = (await stream.stream_info(side.name)).config
        await stream.delete_stream(side.name)
    assert (config.max_bytes, config.max_age, config.storage, config.discard) == (5_000_000, 7200.0, "file", "old")


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17])
async def test_what_is_there_is_given_at_once(side: NatsSide, count: int) -> None:
    async with side.stream() as stream:
        writer = Writer(side, stream)
        await writer.create()
        for number in range(1, count + 1):
            await writer.batch(number)
    source = side.source()
    given = 0
    async with asyncio.timeout(3):
        while given < count:
            given += len((await source.read(given, 0)).items)
    await source.close()
