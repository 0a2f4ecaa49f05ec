"""Publishes a chronicle to a NATS stream: every batch once, in order, however many publishers there are.

Each message says which message must be the stream's last before it. So of several publishers only one gets the next
place, the others see what is there and go on behind it. What waits to be published is in the database, not in memory.
"""

import asyncio
import logging
import random

from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import BadRequestError
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from constellation.node.config import ChroniclerSection
from constellation.node.nats_end import StreamEnd, ensure_stream, find_end
from constellation.node.nats_link import NATS_FAILURES, NatsLink, failure_text
from constellation.node.published_history import PublishedHistory
from constellation.node.stream_format import LABEL_HEADER, Label, stream_name, stream_subject
from constellation.node.stream_metrics import PublisherMetrics
from constellation.node.supervision import check_not_cancelled
from constellation.protocol.limits import STREAM_PART_MAX_BYTES, STREAM_WINDOW_MESSAGES

log = logging.getLogger(__name__)

_PAUSE_MIN_S, _PAUSE_MAX_S = 0.1, 10.0
_LOOK_S = 30.0
_PATIENCE_S = 2.0
_TURN_MAX_S = 0.02
_HEADERS_BYTES = 1024
_WRONG_LAST_SEQUENCE = 10071


class Overtaken(Exception):
    """Something else is at the stream's end than what this publisher has put there: look again."""


class NatsPublisher:
    """Publishes what is in a chronicle's database.

    Args:
        link: to the server.
        section: limits of a stream that has to be created.
        constellation: whose chronicle it is.
        engine: of the database, for reading.
        registry: for the metrics.

    Attributes:
        problem: why it does not get on, if so.
    """

    def __init__(
        self,
        link: NatsLink,
        section: ChroniclerSection,
        constellation: bytes,
        engine: Engine,
        registry: CollectorRegistry,
    ) -> None:
        self._link = link
        self._section = section
        self._constellation = constellation
        self._name, self._subject = stream_name(constellation), stream_subject(constellation)
        self._history = PublishedHistory(engine)
        self._metrics = PublisherMetrics(registry)
        self._moved = asyncio.Event()
        self.problem: str | None = None

    def moved(self) -> None:
        """There is more in the database."""
        self._moved.set()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._link.close()
        self._history.close()

    async def run(self) -> None:
        """Publish until cancelled; what fails is tried again, the pauses get longer."""
        pause_s = _PAUSE_MIN_S
        while True:
            begin_s = asyncio.get_running_loop().time()
            try:
                await self._publish()
            except Overtaken:
                self._metrics.overtaken.inc()
                await asyncio.sleep(random.uniform(0, _TURN_MAX_S))
                continue
            except (*NATS_FAILURES, DBAPIError) as error:
                check_not_cancelled()
                self._note(error)
                await self._link.close()
            if asyncio.get_running_loop().time() - begin_s > _PAUSE_MAX_S:
                pause_s = _PAUSE_MIN_S
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _PAUSE_MAX_S)

    def _note(self, error: BaseException) -> None:
        self._metrics.failures.inc()
        reason = f"nothing is published to NATS: {failure_text(error)}"
        if reason != self.problem:
            log.warning("the chronicle is not published", extra={"reason": reason})
        self.problem = reason

    async def _publish(self) -> None:
        """Find the stream's end and go on behind it, until something fails or somebody else is faster."""
        stream = await self._link.stream()
        room = (await self._link.client()).max_payload - _HEADERS_BYTES
        if room < _HEADERS_BYTES:
            raise ValueError(f"the server's max_payload must be at least {2 * _HEADERS_BYTES} bytes")
        part_bytes = min(room, STREAM_PART_MAX_BYTES)
        end = await self._find_end(stream)
        while True:
            self._moved.clear()
            while messages := await self._history.messages(end.number, end.term, part_bytes):
                await self._put(stream, end, messages)
                self.problem = None
            self.problem = None
            if not await self._wait() or end.doubtful:
                end = await self._find_end(stream)

    async def _wait(self) -> bool:
        """Wait until there is more; whether there is. From time to time one looks whether the stream is still there."""
        try:
            async with asyncio.timeout(_LOOK_S):
                await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def _put(self, stream: JetStreamContext, end: StreamEnd, messages: list[tuple[Label, bytes]]) -> None:
        """Publish messages; ``end`` moves behind them."""
        first = end.sequence
        for begin in range(0, len(messages), STREAM_WINDOW_MESSAGES):
            window = messages[begin : begin + STREAM_WINDOW_MESSAGES]
            tasks = [
                asyncio.create_task(self._put_one(stream, first + begin + place, label, data))
                for place, (label, data) in enumerate(window)
            ]
            try:
                for task, (label, _) in zip(tasks, window, strict=True):
                    end.sequence = await task
                    if label.is_last:
                        end.number, end.term, end.doubtful = label.number, label.term, False
                        self._metrics.published.inc()
                        self._metrics.batch.set(end.number)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _put_one(self, stream: JetStreamContext, before: int, label: Label, data: bytes) -> int:
        """Publish one message behind the one at ``before``; its place."""
        headers = {
            Header.MSG_ID.value: f"{label.number}-{label.header.hex()}" + _part_id(label, before),
            Header.EXPECTED_LAST_SEQUENCE.value: str(before),
            LABEL_HEADER: str(label),
        }
        try:
            answer = await stream.publish(self._subject, data, stream=self._name, headers=headers)
        except BadRequestError as error:
            if error.err_code == _WRONG_LAST_SEQUENCE:
                raise Overtaken from None
            raise
        if answer.seq > before + 1:
            raise Overtaken
        if answer.duplicate and answer.seq <= before:
            raise ValueError(f"the stream has lost batch {label.number}, and takes it again only after a while")
        return answer.seq

    async def _find_end(self, stream: JetStreamContext) -> StreamEnd:
        """Ask the stream where to go on; what an unfinished batch blocks is waited for, a while.

        Raises:
            Overtaken: somebody goes on with that batch.
        """
        end = await find_end(stream, await ensure_stream(stream, self._section, self._constellation), self._history)
        self._metrics.batch.set(end.number)
        if end.unfinished:
            await asyncio.sleep(_PATIENCE_S)
            if (await stream.stream_info(self._name)).state.last_seq != end.sequence:
                raise Overtaken
        return end


def _part_id(label: Label, before: int) -> str:
    """Messages of a longer batch are known by their place, too: it may be begun twice, with other certificates."""
    return "" if label.parts == 1 else f"-{label.part}-{before}"
