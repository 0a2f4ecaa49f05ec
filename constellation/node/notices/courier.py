"""Brings notices to one channel: in order, again and again for a while, and never in anybody's way."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from random import Random
from typing import Final

from constellation.node.notices.delivery import Channel, DeliveryFailed, attempt
from constellation.node.notices.metrics import NoticeMetrics
from constellation.node.notices.notice import Notice

log = logging.getLogger(__name__)

QUEUE_MAX: Final = 64
"""Notices that wait for one channel; past it the oldest ones are dropped."""

RETRY_FOR_S: Final = 3600.0
"""A notice that could not be delivered for so long is dropped: if it still matters, a reminder follows."""

_BACKOFF_FIRST_S = 1.0
_BACKOFF_MAX_S = 60.0


class Courier:
    """Of one channel.

    Args:
        channel: that takes the notices.
        metrics: counts what becomes of them.
        random: for the jitter of the pauses.
        clock: in seconds, for how long a notice has waited.
    """

    def __init__(self, channel: Channel, metrics: NoticeMetrics, random: Random, clock: Callable[[], float]) -> None:
        self._channel = channel
        self._metrics = metrics
        self._random = random
        self._clock = clock
        self._queue: deque[tuple[Notice, float]] = deque()
        self._filled = asyncio.Event()
        self._backoff_s = _BACKOFF_FIRST_S

    def put(self, notice: Notice, *, first: bool = False) -> None:
        """Take a notice, if the channel is for such; at once, whatever the channel does.

        Args:
            notice: to be delivered.
            first: before all that wait.
        """
        if not self.takes(notice):
            return
        while len(self._queue) >= QUEUE_MAX:
            self._drop(self._queue.popleft()[0], "too many wait")
        (self._queue.appendleft if first else self._queue.append)((notice, self._clock()))
        self._changed()

    def takes(self, notice: Notice) -> bool:
        """Whether the channel is for such notices."""
        return notice.severity >= self._channel.least

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            await self._filled.wait()
            if await self._bring():
                self._backoff_s = _BACKOFF_FIRST_S
            else:
                await asyncio.sleep(self._backoff_s * self._random.uniform(0.5, 1.0))
                self._backoff_s = min(self._backoff_s * 2, _BACKOFF_MAX_S)

    async def finish(self) -> None:
        """Try everything that waits once more, before the process ends."""
        for _ in range(len(self._queue)):
            if not await self._bring():
                self._queue.rotate(-1)

    def give_up(self) -> list[Notice]:
        """The process ends: what still waits is lost, and returned."""
        lost = [notice for notice, _ in self._queue]
        self._queue.clear()
        for notice in lost:
            self._drop(notice, "the node ends")
        self._changed()
        return lost

    async def _bring(self) -> bool:
        """Try the first notice; whether it waits no longer."""
        notice, since = self._queue[0]
        failure = await attempt(self._channel, notice)
        if failure is None:
            self._metrics.notices.labels(self._channel.name, "delivered").inc()
        is_over = failure is None or self._failed(notice, since, failure)
        if is_over and self._queue and self._queue[0][0] is notice:  # not dropped, or overtaken, meanwhile
            self._queue.popleft()
        self._changed()
        return is_over

    def _failed(self, notice: Notice, since: float, failure: DeliveryFailed) -> bool:
        """Count it; whether the notice is given up."""
        self._metrics.failures.labels(self._channel.name).inc()
        reason = str(failure)
        if failure.is_final or self._clock() - since >= RETRY_FOR_S:
            self._drop(notice, reason)
            return True
        level = logging.WARNING if self._backoff_s == _BACKOFF_FIRST_S else logging.DEBUG
        log.log(level, "a notice was not delivered: it is tried again", extra=self._words(notice, reason))
        return False

    def _drop(self, notice: Notice, reason: str) -> None:
        self._metrics.notices.labels(self._channel.name, "dropped").inc()
        log.error("a notice is lost", extra=self._words(notice, reason))

    def _words(self, notice: Notice, reason: str) -> dict[str, str]:
        return {
            "receiver": self._channel.name,
            "what": notice.kind.word,
            "change": notice.change.value,
            "reason": reason,
        }

    def _changed(self) -> None:
        self._metrics.waiting.labels(self._channel.name).set(len(self._queue))
        if self._queue:
            self._filled.set()
        else:
            self._filled.clear()
