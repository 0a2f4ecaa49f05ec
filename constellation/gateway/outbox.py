"""What waits to be sent to one client: a bounded queue, and answers in the order of their requests.

A result waits for the results of all earlier requests of the connection. An executed request gets its result
when its batch is acknowledged, everything else at once, so the queue of unresolved requests is short and in
the order of execution. Only an answer that is repeated can be late: its event was pushed to the session in
its turn as well.
"""

from collections import deque
from collections.abc import Sequence

from constellation.gateway.acknowledgements import Acknowledgements
from constellation.protocol.limits import CLIENT_QUEUE_SHARE_BYTES
from constellation.protocol.messages import AccountEvent, SignedHeader

Result = bytes | tuple[SignedHeader, AccountEvent]
"""An encoded message, or an event that may share an acknowledgement with its neighbours."""


class Slot:
    """The place of one request in the order of results.

    Attributes:
        number: of the slot among those of its connection.
        request_id: as the client chose it; nothing keeps a client from choosing one twice.
        collected: results of a request that has several, until the last one is there.
        held: an answer that must not be sent before the state it shows is durable.
        reserved: bytes of results that wait for their turn.
        results: what to send when all earlier slots are resolved; None until it is known.
    """

    __slots__ = ("collected", "held", "number", "request_id", "reserved", "results")

    def __init__(self, number: int, request_id: int) -> None:
        self.number = number
        self.request_id = request_id
        self.collected: list[Result] = []
        self.held = b""
        self.reserved = 0
        self.results: Sequence[Result] | None = None


class QueueOverflow(Exception):
    """The reader is too slow, or asks for more than it waits for."""


class QueuedBytes:
    """What waits for all clients together.

    Args:
        bytes_max: past it, those overflow that have more than a small share of it waiting.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self.total = 0

    def has_room(self, size: int, own: int) -> bool:
        """Whether ``size`` more may wait for a client that would then have ``own`` waiting."""
        return own <= CLIENT_QUEUE_SHARE_BYTES or self.total + size <= self._bytes_max


class Outbox:
    """Messages to one client.

    Args:
        messages_max: waiting messages and unsent results.
        bytes_max: waiting bytes.
        queued: of all clients.
    """

    def __init__(self, messages_max: int, bytes_max: int, queued: QueuedBytes) -> None:
        self._messages_max = messages_max
        self._bytes_max = bytes_max
        self._queued = queued
        self._messages: list[bytes] = []
        self._bytes = 0
        self._slots: deque[Slot] = deque()
        self._last_slot = 0
        self._acknowledgements = Acknowledgements()

    @property
    def unresolved(self) -> int:
        """Requests whose result has not been sent."""
        return len(self._slots)

    def open_slot(self, request_id: int) -> Slot:
        """The next request's place.

        Raises:
            QueueOverflow: too many results wait.
        """
        if len(self._slots) >= self._messages_max:
            raise QueueOverflow
        self._last_slot += 1
        slot = Slot(self._last_slot, request_id)
        self._slots.append(slot)
        return slot

    def find_slot(self, number: int) -> Slot | None:
        """The slot with this number, if its result has not been sent; at or near the head, as execution keeps order."""
        place = len(self._slots) - 1 - (self._last_slot - number)
        return self._slots[place] if 0 <= place < len(self._slots) else None

    def resolve(self, slot: Slot, results: Sequence[Result]) -> None:
        """Send ``results`` when it is their turn.

        Raises:
            QueueOverflow: the reader is too slow.
        """
        slot.results = results
        if self._slots and slot is not self._slots[0]:
            size = sum(len(result) for result in results if isinstance(result, bytes))
            self._reserve(size)
            slot.reserved = size
        while self._slots and self._slots[0].results is not None:
            first = self._slots.popleft()
            self._count(-first.reserved)
            for result in first.results or ():
                if isinstance(result, bytes):
                    self.push(result)
                else:
                    self.push_event(*result)

    def hold(self, slot: Slot, message: bytes) -> None:
        """Keep the answer for ``slot`` until :meth:`release`; it counts as waiting.

        Raises:
            QueueOverflow: the reader is too slow.
        """
        self._reserve(len(message))
        slot.held = message

    def release(self, slot: Slot) -> None:
        """Send the answer that was held when it is its turn.

        Raises:
            QueueOverflow: the reader is too slow.
        """
        self._count(-len(slot.held))
        self.resolve(slot, [slot.held])

    def push(self, message: bytes) -> None:
        """Queue an encoded message behind everything that was pushed before.

        Raises:
            QueueOverflow: the reader is too slow.
        """
        self.flush()
        self._append(message)

    def push_event(self, signed_header: SignedHeader, event: AccountEvent) -> None:
        """Queue an event; :meth:`flush` ends the acknowledgement it is part of.

        Raises:
            QueueOverflow: the reader is too slow.
        """
        message = self._acknowledgements.add(signed_header, event)
        if message is not None:
            self._append(message)

    def flush(self) -> None:
        """End the acknowledgement that events are collected for.

        Raises:
            QueueOverflow: the reader is too slow.
        """
        message = self._acknowledgements.end()
        if message is not None:
            self._append(message)

    def _append(self, message: bytes) -> None:
        if len(self._messages) >= self._messages_max:
            raise QueueOverflow
        self._reserve(len(message))
        self._messages.append(message)

    def _reserve(self, size: int) -> None:
        own = self._bytes + size
        if own > self._bytes_max or not self._queued.has_room(size, own):
            raise QueueOverflow
        self._count(size)

    def _count(self, size: int) -> None:
        self._bytes += size
        self._queued.total += size

    def take(self) -> list[bytes]:
        """All messages that can be sent now."""
        messages, self._messages = self._messages, []
        self._count(-sum(map(len, messages)))
        return messages

    def clear(self) -> None:
        """Nothing can be sent any more."""
        self._messages = []
        self._slots.clear()
        self._acknowledgements.clear()
        self._count(-self._bytes)

    def end_with(self, message: bytes, *, drop: bool) -> None:
        """Queue the connection's last message and forget all requests.

        Args:
            message: encoded.
            drop: forget what waits, too: its reader does not read.
        """
        if drop:
            self._messages = []
        self._messages.append(message)
        self._count(sum(map(len, self._messages)) - self._bytes)
        self._slots.clear()
        self._acknowledgements.clear()
