"""Tells a node's operator what matters, as long as the process lives: a node within it may begin anew."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Final, Self

from prometheus_client import CollectorRegistry

from constellation.node.clock import clock_us
from constellation.node.config import NodeConfig
from constellation.node.failures import explain, leaves
from constellation.node.notices.channels import channels_of
from constellation.node.notices.courier import Courier
from constellation.node.notices.delivery import Channel
from constellation.node.notices.desk import Condition, NoticeDesk, Observation
from constellation.node.notices.kinds import Kind
from constellation.node.notices.memory import FILE, keep, recall
from constellation.node.notices.metrics import NoticeMetrics
from constellation.node.notices.notice import Identity, Notice
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_constellation_id
from constellation.snapshots import DirectoryInUse

log = logging.getLogger(__name__)

LAST_WORDS_S: Final = 5.0
"""How long the end of a process waits until what it has to say is delivered."""

_LOOK_INTERVAL_S = 1.0


class Notices:
    """The notices of one process; a context, whose end by a failure is told, too.

    Args:
        channels: that they go to.
        identity: of the node.
        reminder_s: between two messages about something that lasts.
        per_hour: notices in any hour.
        memory: the file that says what was told.
    """

    def __init__(
        self, channels: Sequence[Channel], identity: Identity, reminder_s: float, per_hour: int, memory: Path
    ) -> None:
        self._memory = memory
        self._desk = NoticeDesk(identity, reminder_s, per_hour, recall(memory, clock_us()) if channels else ())
        self._metrics = NoticeMetrics()
        self._metrics.begin(channel.name for channel in channels)
        clock = asyncio.get_running_loop().time
        self._couriers = [Courier(channel, self._metrics, Random(), clock) for channel in channels]
        self._tasks: list[asyncio.Task[None]] = []
        self._has_failed = self._is_over = False

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(courier.run()) for courier in self._couriers]
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if isinstance(error, Exception) and not _is_among(DirectoryInUse, error):  # that other process lives on
            self._take_last(_ending(error))
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await asyncio.gather(*(courier.finish() for courier in self._couriers))
        if self._give_up() or self._is_over:  # after the words themselves: the disk may be what has failed
            keep(self._memory, self._desk.told)

    def _give_up(self) -> bool:
        """End all deliveries; whether nobody has taken something, which the next life then tells anew."""
        lost = [(courier, courier.give_up()) for courier in self._couriers]
        unheard = {
            notice
            for _, some in lost
            for notice in some
            if all(notice in others for courier, others in lost if courier.takes(notice))
        }
        for notice in unheard:
            self._desk.forget(notice)
        return bool(unheard)

    def show(self, registry: CollectorRegistry) -> None:
        """Show what is counted beside a node's own metrics."""
        self._metrics.show(registry)

    async def watch(self, observe: Callable[[], Observation]) -> None:
        """Look at a node every second, until cancelled.

        Args:
            observe: one look; must be cheap.
        """
        while self._couriers:
            notices = self._look(observe)
            if notices:
                await asyncio.to_thread(keep, self._memory, self._desk.told)
            await asyncio.sleep(_LOOK_INTERVAL_S)

    def _look(self, observe: Callable[[], Observation]) -> list[Notice]:
        """A fault here must not end the node: it is logged, once, and nothing is told of what it hides."""
        try:
            notices = self._desk.observe(observe(), clock_us())
        except Exception:
            if not self._has_failed:
                log.exception("what is to be told cannot be found out")
            self._has_failed = True
            return []
        for notice in notices:
            log.info("notice", extra={"what": notice.kind.word, "change": notice.change.value, "text": notice.text})
            for courier in self._couriers:
                courier.put(notice)
        return notices

    def _take_last(self, condition: Condition) -> None:
        notice = self._desk.end(condition, clock_us())
        if notice is None or not self._couriers:
            return
        self._is_over = True
        for courier in self._couriers:
            courier.put(notice, first=True)


def identity_of(settings: Settings, role: str, address: str) -> Identity:
    """Who speaks.

    Args:
        settings: of the constellation.
        role: of the node.
        address: the node's key.
    """
    return Identity(role, address, settings_constellation_id(settings).hex())


def notices_of(config: NodeConfig, identity: Identity) -> Notices:
    """What is configured.

    Raises:
        ConfigurationError: a file that is named cannot be used.
        KeyFileError: a secret is missing, or open to others.
    """
    section, memory = config.notices, config.data_directory / FILE
    return Notices(channels_of(section), identity, section.reminder_hours * 3600, section.per_hour, memory)


def _ending(error: Exception) -> Condition:
    """What an operator should know of a failure that ends the process."""
    expected = explain(error)
    if expected is None:
        return Condition(Kind.HALTED, detail=f"a fault of the program: {type(error).__name__}")
    kind = Kind.DIVERGED if _is_among(Divergence, error) else Kind.HALTED
    return Condition(kind, detail=expected[1])


def _is_among(kind: type[Exception], error: BaseException) -> bool:
    return any(isinstance(leaf, kind) for leaf in leaves(error))
