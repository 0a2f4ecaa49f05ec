import asyncio
import time

from constellation.load.pace import ClosedLoop, OpenLoop

FAST_S = 0.02


async def test_a_closed_loop_goes_on_at_once_until_its_end_or_a_stop() -> None:
    stop = asyncio.Event()
    begin_s = time.monotonic()
    since_s = await ClosedLoop(begin_s + 60, stop).next()
    assert since_s is not None
    assert begin_s <= since_s <= time.monotonic()
    assert await ClosedLoop(begin_s - 1, stop).next() is None
    assert await ClosedLoop(None, stop).next() is not None
    stop.set()
    assert await ClosedLoop(None, stop).next() is None


async def test_an_open_loop_gives_each_time_once_and_not_before_it_has_come() -> None:
    begin_s = time.monotonic()
    loop = OpenLoop(begin_s, FAST_S, FAST_S / 2, begin_s + 9.9 * FAST_S, asyncio.Event())
    taken: list[float] = []

    async def take() -> None:
        while (since_s := await loop.next()) is not None:
            assert since_s <= time.monotonic()
            taken.append(since_s)

    await asyncio.gather(*(take() for _ in range(3)))
    expected = [begin_s + FAST_S * (number + 0.5) for number in range(10)]
    assert all(abs(a - b) < 1e-6 for a, b in zip(sorted(taken), expected, strict=False))
    assert len(taken) + loop.late == 10


async def test_what_begins_late_counts_from_its_time_and_what_never_begins_is_told() -> None:
    """Coordinated omission: ten operations are due while the only client waits for a slow answer."""
    begin_s = time.monotonic()
    loop = OpenLoop(begin_s, FAST_S, 0.0, begin_s + 19.5 * FAST_S, asyncio.Event())
    assert await loop.next() == begin_s
    await asyncio.sleep(10.5 * FAST_S)
    late_s = await loop.next()
    assert late_s is not None
    assert time.monotonic() - late_s >= 9 * FAST_S
    await asyncio.sleep(10 * FAST_S)
    assert await loop.next() is None, "its time is over"
    assert loop.late == 18


async def test_a_stop_ends_an_open_loop_also_for_who_waits_already() -> None:
    stop = asyncio.Event()
    loop = OpenLoop(time.monotonic(), 0.1, 0.1, None, stop)
    waiting = asyncio.create_task(loop.next())
    await asyncio.sleep(0)
    stop.set()
    assert await waiting is None
    assert await loop.next() is None
    assert loop.late == 0
