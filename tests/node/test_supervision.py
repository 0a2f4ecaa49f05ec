import asyncio

import pytest

from constellation.node.supervision import NodeFailure, background


async def forever() -> None:
    await asyncio.Event().wait()


async def fail(error: Exception) -> None:
    raise error


def make_failure() -> tuple[NodeFailure, list[BaseException]]:
    told: list[BaseException] = []
    return NodeFailure(told.append), told


async def test_the_end_of_the_body_cancels_the_work() -> None:
    failure, told = make_failure()
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await forever()
        finally:
            ended.set()

    async with asyncio.timeout(5), background(failure, work()):
        await asyncio.sleep(0)
    assert ended.is_set()
    assert told == []


async def test_what_fails_in_the_background_ends_the_body_as_it_is() -> None:
    failure, told = make_failure()
    error = OSError("the disk")
    with pytest.raises(OSError, match="the disk") as caught:
        async with asyncio.timeout(5), background(failure, forever(), fail(error)):
            await forever()
    assert caught.value is error
    assert told == [error]


async def test_a_failure_anywhere_else_ends_the_body_at_once() -> None:
    failure, told = make_failure()
    first = ValueError("first")

    async def elsewhere() -> None:
        failure.set(first)
        failure.set(ValueError("second"))
        await forever()

    with pytest.raises(ValueError, match="first"):
        async with asyncio.timeout(5), background(failure, elsewhere()):
            await forever()
    assert failure.happened
    assert told == [first]


async def test_a_failure_before_the_start_is_not_forgotten() -> None:
    failure, _ = make_failure()
    failure.set(ValueError("early"))
    with pytest.raises(ValueError, match="early"):
        async with asyncio.timeout(5), background(failure, forever()):
            await forever()


async def test_the_first_of_several_failures_is_raised_and_the_others_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failure, told = make_failure()
    with pytest.raises(OSError, match="a"):
        async with asyncio.timeout(5), background(failure, fail(OSError("a")), fail(ValueError("b"))):
            await forever()
    assert [str(error) for error in told] == ["a"]
    assert [record.__dict__["reason"] for record in caplog.records] == ["ValueError: b"]


async def test_a_failure_of_the_body_is_raised_as_it_is() -> None:
    failure, _ = make_failure()
    with pytest.raises(ValueError, match="body"):
        async with asyncio.timeout(5), background(failure, forever()):
            raise ValueError("body")


async def test_a_failed_future_ends_the_node_and_a_cancelled_one_does_not() -> None:
    failure, told = make_failure()
    cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    cancelled.cancel()
    failure.watch(cancelled)
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.set_result(None)
    failure.watch(done)
    assert told == []
    failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    failed.set_exception(OSError("x"))
    failure.watch(failed)
    assert [str(error) for error in told] == ["x"]
