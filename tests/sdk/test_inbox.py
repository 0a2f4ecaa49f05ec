import asyncio

import pytest

from constellation.sdk.errors import ConnectionClosed
from constellation.sdk.inbox import Inbox
from constellation.sdk.receipts import Event, Finality
from constellation.sdk.tracker import Gap


def event(first: int, count: int = 2) -> Event:
    return Event(first, 0, (None,) * count, 1, first, None, Finality())  # type: ignore[arg-type]


def nothing() -> None:
    """Nobody waits for room."""


async def collect(inbox: Inbox) -> list[Event | Gap]:
    inbox.end(None)
    return [item async for item in inbox.stream()]


async def test_room_is_what_is_left_and_is_told_when_it_is_half() -> None:
    told: list[int] = []
    inbox = Inbox(4, lambda: told.append(inbox.room))
    for first in (1, 3, 5, 7):
        inbox.put(event(first))
    assert inbox.room == 0
    stream = inbox.stream()
    assert [(await anext(stream)).first_number for _ in range(2)] == [1, 3]  # type: ignore[union-attr]
    assert (told, inbox.room) == ([2], 2)
    assert await collect(inbox) == [event(5), event(7)]


async def test_one_place_is_room_enough() -> None:
    told: list[int] = []
    inbox = Inbox(1, lambda: told.append(inbox.room))
    inbox.put(event(1))
    await anext(inbox.stream())
    assert told == [1]


async def test_gaps_cannot_pile_up() -> None:
    inbox = Inbox(2, nothing)
    for number in range(1, 100):
        inbox.put_gap(Gap(number, number))
    assert await collect(inbox) == [Gap(1, 99)]


async def test_reader_waits_and_is_told_why_the_stream_ended() -> None:
    inbox = Inbox(2, nothing)
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
