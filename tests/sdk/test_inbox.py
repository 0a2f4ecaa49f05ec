import asyncio

import pytest

from constellation.sdk.errors import ConnectionClosed
from constellation.sdk.inbox import Inbox
from constellation.sdk.receipts import Event, Finality
from constellation.sdk.tracker import Gap


def event(first: int, count: int = 2) -> Event:
    return Event(first, 0, (None,) * count, 1, first, None, Finality())  # type: ignore[arg-type]


async def collect(inbox: Inbox) -> list[Event | Gap]:
    inbox.end(None)
    return [item async for item in inbox.stream()]


async def test_overflow_becomes_one_gap_where_it_happened() -> None:
    inbox = Inbox(2)
    for first in (1, 3, 5, 7):
        inbox.put(event(first))
    assert await collect(inbox) == [event(1), event(3), Gap(5, 8)]


async def test_events_after_a_gap_are_shown_again_when_there_is_room() -> None:
    inbox = Inbox(2)
    stream = inbox.stream()
    for first in (1, 3, 5):
        inbox.put(event(first))
    assert [await anext(stream), await anext(stream), await anext(stream)] == [event(1), event(3), Gap(5, 6)]
    inbox.put(event(7))
    assert await collect(inbox) == [event(7)]


async def test_gaps_cannot_pile_up() -> None:
    inbox = Inbox(2)
    for number in range(1, 100):
        inbox.put_gap(Gap(number, number))
    assert await collect(inbox) == [Gap(1, 99)]


async def test_reader_waits_and_is_told_why_the_stream_ended() -> None:
    inbox = Inbox(2)
    stream = inbox.stream()
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    inbox.put(event(1))
    assert await waiting == event(1)
    inbox.put(event(3))
    inbox.end(ConnectionClosed(None, "gone"))
    assert await anext(stream) == event(3)
    with pytest.raises(ConnectionClosed, match="gone"):
        await anext(stream)
