"""Whatever a channel does, it costs nobody but its own messages anything."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random

import pytest
from prometheus_client import CollectorRegistry

from constellation.node.notices import courier as courier_module
from constellation.node.notices import delivery
from constellation.node.notices.courier import QUEUE_MAX, RETRY_FOR_S, Courier
from constellation.node.notices.delivery import DeliveryFailed
from constellation.node.notices.kinds import Kind, Severity
from constellation.node.notices.metrics import NoticeMetrics
from constellation.node.notices.notice import Change, Identity, Notice

NOTICE = Notice(Identity("alpha", "G", "00"), Kind.DISK_LOW, "", Change.BEGUN, 0, 0, "")
SECRET = "https://hooks.example.org/hunter2"


class Channel:
    """Does what a test says."""

    def __init__(self, act: Callable[[Notice], Awaitable[None]], least: Severity = Severity.WARNING) -> None:
        self.name, self.least = "c", least
        self._act = act
        self.tried: list[Notice] = []

    async def deliver(self, notice: Notice) -> None:
        self.tried.append(notice)
        await self._act(notice)


class Post:
    """A courier with a clock that a test sets."""

    def __init__(self, channel: Channel) -> None:
        self.now_s = 0.0
        self.registry = CollectorRegistry()
        metrics = NoticeMetrics()
        metrics.begin(["c"])
        metrics.show(self.registry)
        self.courier = Courier(channel, metrics, Random(1), lambda: self.now_s)

    def count(self, name: str, **labels: str) -> float:
        value = self.registry.get_sample_value(f"constellation_{name}", {"receiver": "c", **labels})
        assert value is not None
        return value

    async def run_until(self, is_so: Callable[[], bool]) -> None:
        task = asyncio.create_task(self.courier.run())
        try:
            async with asyncio.timeout(5):
                while not is_so():
                    await asyncio.sleep(0.005)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier_module, "_BACKOFF_FIRST_S", 0.001)
    monkeypatch.setattr(courier_module, "_BACKOFF_MAX_S", 0.004)
    monkeypatch.setattr(delivery, "ATTEMPT_S", 0.05)


def numbered(count: int) -> list[Notice]:
    return [replace(NOTICE, at_us=number) for number in range(count)]


async def take(_notice: Notice) -> None:
    pass


async def hang(_notice: Notice) -> None:
    await asyncio.sleep(3600)


async def fail(_notice: Notice) -> None:
    raise DeliveryFailed("it answered 500")


async def break_down(_notice: Notice) -> None:
    raise ValueError(SECRET)


async def test_all_arrive_once_and_in_order() -> None:
    channel = Channel(take)
    post = Post(channel)
    for notice in numbered(10):
        post.courier.put(notice)
    await post.run_until(lambda: post.count("notices_total", result="delivered") == 10)
    assert channel.tried == numbered(10)
    assert post.count("notices_waiting") == 0
    assert post.count("notice_failures_total") == 0


@pytest.mark.parametrize("act", [hang, fail, break_down])
async def test_a_channel_that_fails_is_tried_again_and_costs_a_bounded_queue(
    act: Callable[[Notice], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    channel = Channel(act)
    post = Post(channel)
    begun = asyncio.get_running_loop().time()
    for notice in numbered(1000):
        post.courier.put(notice)
    assert asyncio.get_running_loop().time() - begun < 1, "whoever tells does not wait"
    assert post.count("notices_waiting") == QUEUE_MAX
    assert post.count("notices_total", result="dropped") == 1000 - QUEUE_MAX
    await post.run_until(lambda: len(channel.tried) >= 3)
    assert {notice.at_us for notice in channel.tried} == {1000 - QUEUE_MAX}, "the oldest that was kept, again"
    assert post.count("notice_failures_total") >= 2
    assert sum("a notice is lost" in record.message for record in caplog.records) == 1000 - QUEUE_MAX
    tried_again = [record for record in caplog.records if "tried again" in record.message]
    assert len([record for record in tried_again if record.levelno >= logging.WARNING]) == 1, "a streak is said once"
    assert SECRET not in str([record.__dict__ for record in caplog.records])


async def test_it_arrives_when_the_channel_is_back() -> None:
    failures = 4

    async def recover(_notice: Notice) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise DeliveryFailed("no connection")

    post = Post(Channel(recover))
    post.courier.put(NOTICE)
    await post.run_until(lambda: post.count("notices_total", result="delivered") == 1)
    assert post.count("notice_failures_total") == 4


async def test_what_is_refused_for_good_is_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async def refuse(_notice: Notice) -> None:
        raise DeliveryFailed("it answered 404", is_final=True)

    channel = Channel(refuse)
    post = Post(channel)
    for notice in numbered(2):
        post.courier.put(notice)
    await post.run_until(lambda: post.count("notices_total", result="dropped") == 2)
    assert channel.tried == numbered(2)
    assert [record.__dict__["reason"] for record in caplog.records] == ["it answered 404"] * 2


async def test_what_has_waited_for_too_long_is_dropped() -> None:
    channel = Channel(fail)
    post = Post(channel)
    post.courier.put(NOTICE)
    await post.run_until(lambda: len(channel.tried) >= 3)
    assert post.count("notices_total", result="dropped") == 0
    post.now_s = RETRY_FOR_S
    await post.run_until(lambda: post.count("notices_total", result="dropped") == 1)
    assert post.count("notices_waiting") == 0


async def test_what_is_less_urgent_does_not_go_there() -> None:
    post = Post(Channel(take, Severity.CRITICAL))
    post.courier.put(replace(NOTICE, kind=Kind.ASSET_SUSPENDED))
    assert post.count("notices_waiting") == 0
    post.courier.put(NOTICE)
    assert post.count("notices_waiting") == 1


async def test_at_the_end_everything_is_tried_once_the_end_first_and_the_rest_is_counted() -> None:
    channel = Channel(fail)
    post = Post(channel)
    for notice in numbered(3):
        post.courier.put(notice)
    halted = replace(NOTICE, kind=Kind.HALTED)
    post.courier.put(halted, first=True)
    await post.courier.finish()
    assert channel.tried == [halted, *numbered(3)]
    post.courier.give_up()
    assert post.count("notices_total", result="dropped") == 4
    assert post.count("notices_waiting") == 0
