"""A hook that raises, hangs, or answers nonsense costs its caller the time-out and nothing else."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from constellation.node.extensions.caller import CALLS_MAX, HookFailed
from tests.node.extensions.foreign import RAISING, Watched, behaving, raises


def text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError("no text")
    return said


async def test_an_answer() -> None:
    watched = Watched("admission")
    assert await watched.caller.call(lambda: "yes", text) == "yes"
    assert watched.count("answered") == watched.value("call_seconds_count") == watched.value("on") == 1
    assert watched.record.describe() == {
        "name": "foreign", "hook": "admission", "state": "on", "failures": 0, "last_failure": None,
        "dropped_batches": 0,
    }  # fmt: skip


@pytest.mark.parametrize("error", RAISING, ids=lambda error: type(error).__name__)
async def test_whatever_is_raised_is_a_failure(error: BaseException) -> None:
    watched = Watched("admission")
    for number in (1, 2):
        with pytest.raises(HookFailed, match=type(error).__name__):
            await watched.caller.call(lambda: raises(error)(), text)
        assert watched.count("raised") == number
    assert watched.record.describe()["state"] == "failing"
    await watched.caller.call(lambda: "yes", text)
    assert watched.record.describe()["state"] == "on"


async def test_nonsense_is_a_failure() -> None:
    watched = Watched("admission")
    with pytest.raises(HookFailed, match="no text"):
        await watched.caller.call(lambda: 7, text)
    assert watched.count("nonsense") == 1


async def test_what_hangs_keeps_its_place_and_nobody_waits_longer_than_the_time_out() -> None:
    watched = Watched("admission")
    with behaving() as hook:
        begin_s = time.monotonic()
        calls = [watched.caller.call(hook.hang, text) for _ in range(3 * CALLS_MAX)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(result, HookFailed) for result in results)
        assert watched.count("late") == len(calls)
        with pytest.raises(HookFailed):
            await watched.caller.call(lambda: "yes", text)  # all places are taken
        assert time.monotonic() - begin_s < 2
    async with asyncio.timeout(5):
        while watched.record.in_a_row:
            try:
                await watched.caller.call(lambda: "yes", text)
            except HookFailed:
                continue


async def test_a_late_answer_is_nobodys() -> None:
    watched = Watched("admission")
    with behaving() as hook:
        with pytest.raises(HookFailed, match=r"no answer in 0\.2 s"):
            await watched.caller.call(lambda: hook.hang() or "late", text)
        hook.gate.set()
        assert await watched.caller.call(lambda: "yes", text) == "yes"


async def test_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched("admission")
    with monkeypatch.context() as patch:
        patch.setattr("threading.Thread.start", raises(RuntimeError("can't start new thread")))
        for _ in range(2 * CALLS_MAX):
            with pytest.raises(HookFailed, match="can't start new thread"):
                await watched.caller.call(lambda: "yes", text)
    assert await watched.caller.call(lambda: "yes", text) == "yes"


def test_what_hangs_does_not_keep_a_process_from_ending() -> None:
    program = """
import asyncio, time
from tests.node.extensions.foreign import Watched
async def main():
    await Watched("admission").caller.call(lambda: time.sleep(600), str)
asyncio.run(main())
"""
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, timeout=60, capture_output=True, text=True)
    assert "HookFailed: the extension foreign gives no answer: no answer in 0.2 s" in ended.stderr
