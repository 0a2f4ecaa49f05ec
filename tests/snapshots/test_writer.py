import asyncio
import threading

import pytest

from constellation.snapshots import LogWriter, StorageFailure


class FakeLog:
    """Records what is written; a write waits until the gate opens, and fails when told to."""

    def __init__(self) -> None:
        self.transactions: list[list] = []
        self.gate = threading.Event()
        self.gate.set()
        self.writing = threading.Event()
        self.error: Exception | None = None
        self.closed = False
        self.threads: set[int] = set()

    def write(self, items) -> None:
        self.writing.set()
        assert self.gate.wait(10)
        self.threads.add(threading.get_ident())
        if self.error is not None:
            raise self.error
        if items:
            self.transactions.append(list(items))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
async def fake():
    log = FakeLog()
    writer = LogWriter(log)
    yield log, writer
    log.gate.set()
    await writer.close()


async def until_writing(log: FakeLog) -> None:
    while not log.writing.is_set():
        await asyncio.sleep(0.001)
    log.writing.clear()


async def test_what_piles_up_during_a_commit_becomes_the_next_one_in_order(fake) -> None:
    log, writer = fake
    log.gate.clear()
    first = writer.store("a")
    await until_writing(log)
    others = [writer.store(name) for name in "bcdef"]
    await asyncio.sleep(0.01)
    assert not any(future.done() for future in [first, *others])
    log.gate.set()
    await asyncio.gather(first, *others)
    assert log.transactions == [["a"], ["b", "c", "d", "e", "f"]]
    assert len(log.threads) == 1


async def test_a_future_is_done_only_after_its_own_transaction(fake) -> None:
    log, writer = fake
    log.gate.clear()
    first = writer.store("a")
    await until_writing(log)
    second = writer.store("b")
    log.gate.set()
    await first
    assert log.transactions[0] == ["a"]
    assert not second.done() or log.transactions[1:] == [["b"]]
    await second
    assert log.transactions == [["a"], ["b"]]


async def test_a_failed_write_fails_this_and_all_later_ones(fake) -> None:
    log, writer = fake
    log.gate.clear()
    log.error = OSError(28, "No space left on device")
    first = writer.store("a")
    await until_writing(log)
    waiting = [writer.store("b"), writer.store("c")]
    read = asyncio.create_task(writer.read(lambda _: "read"))
    await asyncio.sleep(0)
    log.gate.set()
    for future in (first, *waiting, read):
        with pytest.raises(StorageFailure, match="No space left on device") as failure:
            await future
        assert failure.value.__cause__ is log.error
    log.error = None
    with pytest.raises(StorageFailure):
        await writer.store("d")
    with pytest.raises(StorageFailure):
        await writer.read(lambda _: "read")
    assert log.transactions == []


async def test_a_read_sees_everything_that_was_queued_before(fake) -> None:
    log, writer = fake
    log.gate.clear()
    writer.store("a")
    await until_writing(log)
    writer.store("b")
    reading = asyncio.create_task(writer.read(lambda it: [item for taken in it.transactions for item in taken]))
    await asyncio.sleep(0.01)
    assert not reading.done()
    log.gate.set()
    assert (await reading)[:2] == ["a", "b"]
    assert await writer.read(lambda it: it is log)


async def test_a_read_does_not_wait_for_what_comes_later(fake) -> None:
    """Two streams of writes never leave the queue empty; an auditor that catches up must still be served."""
    _, writer = fake
    stop = False

    async def stream() -> None:
        while not stop:
            await writer.store("item")
            await asyncio.sleep(0)

    streams = [asyncio.create_task(stream()) for _ in range(4)]
    await asyncio.sleep(0.02)
    assert await asyncio.wait_for(writer.read(lambda _: "read"), 2) == "read"
    stop = True
    await asyncio.gather(*streams)


async def test_a_read_that_fails_is_the_readers_matter(fake) -> None:
    log, writer = fake
    with pytest.raises(ZeroDivisionError):
        await writer.read(lambda _: 1 // 0)
    await writer.store("a")
    assert log.transactions == [["a"]]


async def test_who_stops_waiting_does_not_stop_the_write(fake) -> None:
    log, writer = fake
    log.gate.clear()
    first = writer.store("a")
    await until_writing(log)
    second = writer.store("b")
    first.cancel()
    second.cancel()
    third = writer.store("c")
    log.gate.set()
    await third
    assert log.transactions == [["a"], ["b", "c"]]


async def test_close_finishes_what_was_queued(fake) -> None:
    log, writer = fake
    futures = [writer.store(name) for name in "abc"]
    await writer.close()
    assert all(future.done() for future in futures)
    assert [item for taken in log.transactions for item in taken] == ["a", "b", "c"]
    assert log.closed


async def test_a_real_log_is_durable_when_the_future_is_done(past, open_log, tmp_path) -> None:
    log = open_log(past.world, tmp_path / "log.sqlite")
    writer = LogWriter(log)
    await asyncio.gather(*(writer.store(item) for item in past.stored))
    other = open_log(past.world, tmp_path / "log.sqlite")
    assert list(other.batches(1)) == past.stored
    failing = writer.store(past.stored[0])
    with pytest.raises(StorageFailure, match="UNIQUE"):
        await failing
    await writer.close()
