"""Publishes a chronicle to a NATS stream: every batch once, in order, however many publishers there are.

Each message says which message must be the stream's last before it. So of several publishers only one gets the next
place, the others see what is there and go on behind it. What waits to be published is in the database, not in memory.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, Header, StorageType, StreamConfig, StreamInfo
from nats.js.errors import BadRequestError, NotFoundError
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from constellation.chronicler.chronicle_pages import BATCH_TYPE, before_newest, read_digest, read_digests, read_page
from constellation.node.chronicle_route import join_items
from constellation.node.config import ChroniclerSection
from constellation.node.nats_link import NATS_FAILURES, NatsLink, failure_text
from constellation.node.stream_format import LABEL_HEADER, Label, read_label, split_content, stream_name, stream_subject
from constellation.node.supervision import check_not_cancelled
from constellation.protocol.limits import (
    CHRONICLE_PAGE_BYTES,
    STREAM_LOOK_BACK_MAX,
    STREAM_PART_MAX_BYTES,
    STREAM_WINDOW_MESSAGES,
)

log = logging.getLogger(__name__)

_T = TypeVar("_T")
_PAUSE_MIN_S, _PAUSE_MAX_S = 0.1, 10.0
_LOOK_S = 30.0
_PATIENCE_S = 2.0
_TURN_MAX_S = 0.02
_DUPLICATE_WINDOW_S = 120
_HEADERS_BYTES = 1024
_WRONG_LAST_SEQUENCE = 10071


class Overtaken(Exception):
    """Something else is at the stream's end than what this publisher has put there: look again."""


@dataclass(slots=True)
class StreamEnd:
    """Where a publisher goes on.

    Attributes:
        sequence: of the last message.
        number: the last batch that is whole in the stream.
        term: the last one whose appointment is in the stream.
        unfinished: a batch was begun there and not finished.
        doubtful: there is something else behind that batch.
    """

    sequence: int
    number: int
    term: int
    unfinished: bool = False
    doubtful: bool = False


class PublisherMetrics:
    """What an operator sees of it."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.batch = Gauge(
            "constellation_chronicler_stream_batch", "The last batch in the NATS stream.", registry=registry
        )
        self.published = Counter(
            "constellation_chronicler_stream_published", "Batches that were published.", registry=registry
        )
        self.failures = Counter(
            "constellation_chronicler_stream_failures", "Times that publishing had to pause.", registry=registry
        )
        self.overtaken = Counter(
            "constellation_chronicler_stream_overtaken",
            "Times that somebody else had put something into the stream.",
            registry=registry,
        )


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
        self._name, self._subject = stream_name(constellation), stream_subject(constellation)
        self._engine = engine
        self._metrics = PublisherMetrics(registry)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publisher")
        self._moved = asyncio.Event()
        self.problem: str | None = None

    def moved(self) -> None:
        """There is more in the database."""
        self._moved.set()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._link.close()
        self._thread.shutdown()

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
            while messages := await self._read(end, part_bytes):
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

    async def _read(self, end: StreamEnd, part_bytes: int) -> list[tuple[Label, bytes]]:
        """The messages of the batches behind the stream's end; few enough to be on their way together."""
        page = await self._run(read_page, self._engine, end.number, end.term, CHRONICLE_PAGE_BYTES)
        appointments = [item for item in page.items if not _is_batch(item)]
        batches = page.items[len(appointments) :]
        digests = await self._run(read_digests, self._engine, end.number, len(batches)) if batches else []
        term = end.term + len(appointments)
        messages: list[tuple[Label, bytes]] = []
        for (number, digest), item in zip(digests, batches, strict=True):
            if messages and len(messages) >= STREAM_WINDOW_MESSAGES:
                break
            content = join_items([*appointments, item])
            appointments = []
            messages += split_content(number, term, digest, content, part_bytes)
        return messages

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
        info = await self._stream_info(stream)
        end = await self._look(stream, info)
        self._metrics.batch.set(end.number)
        if end.unfinished:
            await asyncio.sleep(_PATIENCE_S)
            if (await stream.stream_info(self._name)).state.last_seq != end.sequence:
                raise Overtaken
        return end

    async def _stream_info(self, stream: JetStreamContext) -> StreamInfo:
        """What is known of the stream, which is created where there is none."""
        try:
            return await stream.stream_info(self._name)
        except NotFoundError:
            config = StreamConfig(
                name=self._name,
                description="certified batches of a constellation",
                subjects=[self._subject],
                storage=StorageType.FILE,
                discard=DiscardPolicy.OLD,
                max_bytes=self._section.nats_max_bytes,
                max_age=self._section.nats_max_age_hours * 3600,
                duplicate_window=min(_DUPLICATE_WINDOW_S, self._section.nats_max_age_hours * 3600),
            )
            log.info("creating the stream", extra={"stream": self._name})
            return await stream.add_stream(config)

    async def _look(self, stream: JetStreamContext, info: StreamInfo) -> StreamEnd:
        """The last batch that is the chronicle's, among the last messages."""
        last = sequence = info.state.last_seq
        unfinished = False
        for _ in range(STREAM_LOOK_BACK_MAX):
            if sequence < max(1, info.state.first_seq):
                break
            label = await self._label_at(stream, sequence)
            if label is not None and await self._is_genuine(label):
                if label.is_last:
                    return StreamEnd(last, label.number, label.term, unfinished, sequence != last)
                unfinished = unfinished or sequence == last
                sequence -= label.part
            else:
                sequence -= 1
        most_bytes = info.config.max_bytes
        number = 0
        if most_bytes is not None and most_bytes > 0:
            number = await self._run(before_newest, self._engine, most_bytes)
        return StreamEnd(last, number, 0, unfinished, info.state.messages > 0)

    async def _label_at(self, stream: JetStreamContext, sequence: int) -> Label | None:
        try:
            return read_label((await stream.get_msg(self._name, sequence)).headers)
        except NotFoundError:
            return None

    async def _is_genuine(self, label: Label) -> bool:
        """Whether it is a batch of this chronicle; one that this node does not have yet is believed to be."""
        digest = await self._run(read_digest, self._engine, label.number)
        return digest is None or digest == label.header

    async def _run(self, call: Callable[..., _T], *arguments: object) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


def _is_batch(item: bytes) -> bool:
    return item.startswith(BATCH_TYPE)


def _part_id(label: Label, before: int) -> str:
    """Messages of a longer batch are known by their place, too: it may be begun twice, with other certificates."""
    return "" if label.parts == 1 else f"-{label.part}-{before}"
