"""A place in a NATS stream: finds a batch by its number, and reads on from there."""

from contextlib import suppress
from dataclasses import dataclass

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from constellation.node.stream_format import Label, read_label
from constellation.protocol.limits import STREAM_FETCH_MESSAGES

_IDLE_S = 60.0
"""After so long without a question the server forgets who reads."""

_WAIT_S = 5.0
_WAIT_MIN_S = 0.05
_REST_S = 1.0


@dataclass(slots=True)
class StreamMessage:
    """A message of the stream.

    Attributes:
        sequence: its place.
        label: None when it has none that is well-formed.
        data: its content.
    """

    sequence: int
    label: Label | None
    data: bytes


class StreamReader:
    """Reads one stream over one connection; of no use any more after a failure.

    Args:
        stream: of the connection.
        name: of the stream.
        subject: of its messages.
    """

    def __init__(self, stream: JetStreamContext, name: str, subject: str) -> None:
        self._stream = stream
        self._name = name
        self._subject = subject
        self._next = 0
        self._subscription: JetStreamContext.PullSubscription | None = None

    async def seek(self, number: int, *, thorough: bool = False) -> int:
        """Go to the first message of a batch, or to the first one behind where it should be.

        In a stream that is in disorder this may be a wrong place.

        Args:
            number: of the batch.
            thorough: go to the stream's beginning: wherever the batch is, it is behind it.

        Returns:
            The last batch in the stream, as its last message says; never more than could be there.
        """
        state = (await self._stream.stream_info(self._name)).state
        before = max(1, state.first_seq) - 1  # the batch is after it
        behind = before + 1 if thorough else state.last_seq + 1
        while behind - before > 1:
            middle = (before + behind) // 2
            label = await self._label_at(middle)
            if label is not None and label.number < number:
                before = middle
            else:
                behind = middle
        await self._open(behind)
        last = await self._label_at(state.last_seq) if state.messages else None
        return min(last.number, number + state.last_seq - behind) if last is not None else 0

    async def _label_at(self, sequence: int) -> Label | None:
        """Of the first message from a place on."""
        try:
            message = await self._stream.get_msg(self._name, sequence, subject=self._subject, next=True)
        except NotFoundError:
            return None
        return read_label(message.headers)

    async def _open(self, sequence: int) -> None:
        await self._forget()
        self._next = sequence
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=sequence,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=_IDLE_S,
            mem_storage=True,
        )
        self._subscription = await self._stream.pull_subscribe(self._subject, stream=self._name, config=config)

    async def _forget(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await subscription.unsubscribe()

    async def fetch(self, *, wait: bool) -> list[StreamMessage]:
        """The next messages; none when there are no more for a while.

        Raises:
            LostPlace: the stream has been made anew, or the server has forgotten who reads.
        """
        assert self._subscription is not None
        try:
            found = await self._subscription.fetch(1, timeout=_WAIT_S if wait else _WAIT_MIN_S)
        except nats.errors.TimeoutError:
            if wait:
                await self._check_place()
            return []
        # A server may wait until it has all that it was asked for: it is asked for what is there.
        if more := min(found[0].metadata.num_pending or 0, STREAM_FETCH_MESSAGES - 1):
            with suppress(nats.errors.TimeoutError):
                found += await self._subscription.fetch(more, timeout=_REST_S)
        messages = []
        for message in found:
            sequence = message.metadata.sequence.stream
            if sequence < self._next:
                raise LostPlace("the stream gives old messages again")
            self._next = sequence + 1
            messages.append(StreamMessage(sequence, read_label(message.headers), message.data))
        return messages

    async def _check_place(self) -> None:
        state = (await self._stream.stream_info(self._name)).state
        if state.last_seq != self._next - 1:
            raise LostPlace("the stream has more than it gives")


class LostPlace(OSError):
    """The place in the stream is not there any more: seek it again."""
