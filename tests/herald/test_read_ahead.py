import asyncio
from collections.abc import Awaitable, Iterator

import pytest

from constellation.herald.read_ahead import reading_ahead
from constellation.protocol.messages import Closing, ClusterMessage, Code


def message(number: int) -> Closing:
    return Closing(Code.HALTED, str(number))


class Reader:
    """Gives messages, then an error."""

    def __init__(self, count: int) -> None:
        self.messages: Iterator[Closing] = iter([message(number) for number in range(count)])
        self.prepared: list[ClusterMessage] = []
        self.done: dict[str, asyncio.Event] = {}

    async def read(self) -> ClusterMessage:
        await asyncio.sleep(0)
        for found in self.messages:
            return found
        raise ConnectionError("the end")

    def prepare(self, found: ClusterMessage) -> Awaitable[None] | None:
        assert isinstance(found, Closing)
        self.prepared.append(found)
        if found.message not in self.done:
            return None
        return asyncio.ensure_future(self._wait(found.message))

    async def _wait(self, name: str) -> None:
        await self.done[name].wait()


async def test_messages_come_in_order_and_then_the_error() -> None:
    reader = Reader(30)
    async with reading_ahead(reader.read, reader.prepare) as take:
        assert [await take() for _ in range(30)] == [message(number) for number in range(30)]
        with pytest.raises(ConnectionError, match="the end"):
            await take()


async def test_some_are_prepared_before_their_turn_and_not_all() -> None:
    reader = Reader(100)
    async with reading_ahead(reader.read, reader.prepare) as take:
        await take()
        for _ in range(300):
            await asyncio.sleep(0)
        assert 5 < len(reader.prepared) < 15


async def test_a_message_waits_until_it_is_prepared() -> None:
    reader = Reader(3)
    reader.done["1"] = asyncio.Event()
    async with reading_ahead(reader.read, reader.prepare) as take:
        assert await take() == message(0)
        second = asyncio.create_task(take())
        for _ in range(50):
            await asyncio.sleep(0)
        assert not second.done()
        assert len(reader.prepared) == 3
        reader.done["1"].set()
        assert await second == message(1)


async def test_nothing_runs_on_when_the_block_ends() -> None:
    reader = Reader(10**6)
    async with reading_ahead(reader.read, reader.prepare):
        await asyncio.sleep(0)
    before = len(reader.prepared)
    await asyncio.sleep(0.01)
    assert len(reader.prepared) == before
