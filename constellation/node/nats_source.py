"""The chronicle from a NATS stream; from peers over HTTP what the stream does not have, or while it is away."""

import asyncio
from collections import Counter as Tally

from prometheus_client import CollectorRegistry

from constellation.node.chronicle_source import ChronicleSource, Received, SourceFailed, split_items
from constellation.node.nats_link import NATS_FAILURES, NatsLink, failure_text
from constellation.node.nats_reader import StreamMessage, StreamReader
from constellation.node.stream_format import Joiner, Label, stream_name, stream_subject
from constellation.node.stream_metrics import StreamMetrics
from constellation.node.supervision import check_not_cancelled
from constellation.protocol.limits import (
    CHRONICLE_PAGE_BYTES,
    CHRONICLE_WAIT_S,
    STREAM_AHEAD_MAX,
    STREAM_FETCH_MESSAGES,
    STREAM_REFUSED_MAX,
)

_AWAY_S = 10.0
"""A server that failed is left alone for so long, where there are peers to ask."""

_ADVICE = (
    "chronicler.peers can name a chronicler that has it, or `constellation chronicler rebuild` can fill the history "
    "from archives"
)


class _Lacking(Exception):
    """The stream does not give what is asked for; the message says why."""


class NatsChronicle:
    """Reads a stream, and asks peers where it does not get on.

    The messages are in the order of their batches, as publishers see to it. Whatever else is among them is passed over
    and counted; what does not hold, as :meth:`turn` says, is passed over the next time.

    Args:
        link: to the server.
        constellation: whose chronicle it is.
        peers: who have what the stream has dropped, if there are some.
        registry: for the metrics.
    """

    def __init__(
        self, link: NatsLink, constellation: bytes, peers: ChronicleSource | None, registry: CollectorRegistry
    ) -> None:
        self._link = link
        self._constellation = constellation
        self._peers = peers
        self._counter = StreamMetrics(registry).skipped
        self.skipped: Tally[str] = Tally()
        self._reader: StreamReader | None = None
        self._joiner = Joiner()
        self._left: list[StreamMessage] = []
        self._next = 0  # the batch that comes next where the reader is; 0: seek it
        self._term = 0
        self._thorough = 0  # the batch that is looked for from the stream's beginning, as it was not where it should be
        self._passed = 0
        self._ahead: int | None = None  # a later batch was met there instead of it
        self._certified = 0
        self._given: list[tuple[int, int]] = []  # batches of the last answer, and where they were
        self._careful_until = 0
        self._refused: set[int] = set()
        self._asked_peers = False
        self._away_until_s = 0.0

    async def read(self, after: int, term: int) -> Received:
        """See :class:`ChronicleSource`."""
        self._given.clear()
        self._asked_peers = False
        loop = asyncio.get_running_loop()
        if self._peers is not None and loop.time() < self._away_until_s:
            self._asked_peers = True
            return await self._peers.read(after, term)
        try:
            return await self._from_stream(after, term)
        except _Lacking as error:
            reason = f"{error}; {_ADVICE}"
        except NATS_FAILURES as error:
            check_not_cancelled()
            reason = f"the NATS stream cannot be read: {failure_text(error)}"
            await self._disconnect()
            self._away_until_s = loop.time() + _AWAY_S
        if self._peers is None:
            raise SourceFailed(reason)
        self._asked_peers = True
        return await self._peers.read(after, term)

    async def _disconnect(self) -> None:
        self._reader = None
        self._refused.clear()  # the next one may be another stream, with other messages at these places
        self._lose_place()
        await self._link.close()

    def _lose_place(self) -> None:
        self._next, self._ahead = 0, None
        self._left.clear()
        self._joiner.clear()

    def turn(self) -> None:
        """See :class:`ChronicleSource`: the place is remembered; what came with others is then read one by one."""
        if self._asked_peers and self._peers is not None:
            self._peers.turn()
        elif len(self._given) == 1:
            self._refused.add(self._given[0][1])
            self._count("refused")
        elif self._given:
            self._careful_until = self._given[-1][0]
        self._lose_place()

    async def close(self) -> None:
        """See :class:`ChronicleSource`."""
        await self._link.close()
        if self._peers is not None:
            await self._peers.close()

    async def _from_stream(self, after: int, term: int) -> Received:
        if len(self._refused) >= STREAM_REFUSED_MAX:
            self._refused.clear()
            raise _Lacking(f"the NATS stream has {STREAM_REFUSED_MAX} batches that do not hold")
        self._term = term
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + CHRONICLE_WAIT_S
        reader = await self._reader_at(after + 1)
        received = Received([], 0)
        self._passed = 0
        while True:
            messages = self._left or await reader.fetch(wait=self._may_wait(received))
            self._left = []
            if self._take_all(messages, received) or (received.items and len(messages) < STREAM_FETCH_MESSAGES):
                break
            missing = self._ahead is not None and (not messages or self._passed > STREAM_AHEAD_MAX)
            if missing and self._peers is not None and not received.items:
                raise self._gap()
            if loop.time() > deadline_s:
                break
        if self._ahead is not None and not received.items:
            raise self._gap()
        is_at_end = len(messages) < STREAM_FETCH_MESSAGES and self._ahead is None
        self._certified = self._next - 1 if is_at_end else max(self._certified, self._next - 1)
        received.certified = self._certified
        return received

    def _may_wait(self, received: Received) -> bool:
        """Whether there is nothing better to do than to wait for more."""
        return not received.items and (self._ahead is None or self._peers is None)

    def _take_all(self, messages: list[StreamMessage], received: Received) -> bool:
        """Add what follows to the answer; whether it is long enough."""
        for place, message in enumerate(messages, 1):
            items = self._take(message)
            if items is None:
                continue
            received.items += items
            self._given.append((self._next - 1, message.sequence))
            if sum(map(len, received.items)) >= CHRONICLE_PAGE_BYTES or self._next - 1 <= self._careful_until:
                self._left = messages[place:]
                return True
        return False

    def _gap(self) -> _Lacking:
        error = _Lacking(f"the NATS stream lacks batch {self._next}; a later one that it has is {self._ahead}")
        if self._peers is None and self._thorough != self._next:
            self._thorough = self._next
            self._lose_place()
        return error

    async def _reader_at(self, number: int) -> StreamReader:
        """The reader, at a place from where batch ``number`` can be met."""
        waiting = self._ahead is not None and self._next < number < self._ahead
        if self._reader is None:
            stream = await self._link.stream()
            self._reader = StreamReader(stream, stream_name(self._constellation), stream_subject(self._constellation))
            self._lose_place()
        if number != self._next and not waiting:
            self._lose_place()
            thorough = self._thorough == number
            self._certified = await self._reader.seek(number, thorough=thorough)
        self._next = number
        return self._reader

    def _take(self, message: StreamMessage) -> list[bytes] | None:
        """The items of the batch that comes next, when it is complete with this message."""
        label = message.label
        if label is None:
            self._count("garbage")
        elif message.sequence in self._refused:
            pass  # it was counted before
        elif label.number == self._next:
            return self._join(label, message)
        elif label.number > self._next:
            self._ahead = label.number if self._ahead is None else min(self._ahead, label.number)
            self._passed += 1
            self._count("order")
        else:
            if label.number == self._next - 1:
                self._ahead = None  # the place is right: what is ahead of it was met too early
            self._count("duplicate")
        return None

    def _join(self, label: Label, message: StreamMessage) -> list[bytes] | None:
        try:
            content = self._joiner.take(label, message.data)
            items = None if content is None else split_items(content)
        except ValueError:
            self._count("garbage")
            return None
        if items is None:
            return None
        if label.term - (len(items) - 1) > self._term:
            self._refused.add(message.sequence)  # or anybody's label could say so for ever
            self._lose_place()
            raise _Lacking("the NATS stream no longer has the appointments of earlier terms")
        self._ahead, self._term = None, max(self._term, label.term)
        self._next += 1
        return items

    def _count(self, cause: str) -> None:
        self.skipped[cause] += 1
        self._counter.labels(cause).inc()
