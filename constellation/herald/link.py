"""What alpha has to say to one auditor: control messages first, then the stream of batches.

The connection's writer pulls, so that TCP's own back-pressure bounds what is in memory for a slow auditor: batches
are read again from the cache or the log when it is their turn.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from constellation.herald.transfer import SnapshotSender
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.limits import CLUSTER_QUEUE_MAX_MESSAGES
from constellation.protocol.messages import (
    Batch,
    Certificate,
    ClusterMessage,
    SignedPromise,
    StreamStart,
    encode_cluster_message,
)

_CACHE_MAX_BATCHES = 256
_CACHE_MAX_BYTES = 32 * 1024 * 1024


class BatchCache:
    """The newest batches as encoded messages, shared by all links."""

    def __init__(self) -> None:
        self._messages: dict[int, bytes] = {}
        self._bytes = 0
        self.last = 0

    def add(self, batch: Batch) -> None:
        """Keep ``batch``, which follows the last one."""
        message = encode_cluster_message(batch)
        self.last = batch.signed_header.header.number
        self._messages[self.last] = message
        self._bytes += len(message)
        while len(self._messages) > _CACHE_MAX_BATCHES or self._bytes > _CACHE_MAX_BYTES:
            oldest = next(iter(self._messages))
            self._bytes -= len(self._messages.pop(oldest))

    def get(self, number: int) -> bytes | None:
        """The message of batch ``number``, if it is still here."""
        return self._messages.get(number)


@dataclass(slots=True, frozen=True)
class ReadBatches:
    """The link needs batches from the log, from ``first`` on; answer with :meth:`Link.provide`."""

    first: int


class LinkOverflow(Exception):
    """More control messages wait than the bound allows: the link must be closed."""


class Link:
    """The outgoing side of one auditor's connection.

    Args:
        auditor: the auditor's key.
        cache: of the newest batches.
        wake: called when there is something to send.

    Attributes:
        promise: what the auditor has promised on this connection.
        is_forgetful: it was shown on this connection that its log is an old copy.
        is_loading: it waits for a snapshot, or gets one.
        start_tip: the last batch that alpha had when the stream started.
        reached: the last batch that the auditor has, as far as the stream's start and its votes tell.
    """

    def __init__(self, auditor: bytes, cache: BatchCache, wake: Callable[[], None]) -> None:
        self.auditor = auditor
        self._cache = cache
        self._control: deque[bytes] = deque()
        self._read: deque[bytes] = deque()
        self._position: int | None = None
        self._certificate: Certificate | None = None
        self._snapshot: SnapshotSender | None = None
        self._refusal: ProtocolViolation | None = None
        self.promise: SignedPromise | None = None
        self.is_forgetful = False
        self.is_loading = False
        self.start_tip: int | None = None
        self.reached = 0
        self.wake = wake

    def send(self, message: ClusterMessage) -> None:
        """Queue a control message.

        Raises:
            LinkOverflow: the auditor does not read.
        """
        if len(self._control) >= CLUSTER_QUEUE_MAX_MESSAGES:
            raise LinkOverflow("an auditor does not read its messages")
        self._control.append(encode_cluster_message(message))
        self.wake()

    def start(self, number: int) -> None:
        """Stream batches from ``number`` on."""
        self._position, self.reached = number, number - 1
        self.wake()

    def load(self, snapshot: SnapshotSender) -> None:
        """Send a snapshot, and then batches from its checkpoint on."""
        self._snapshot = snapshot
        self.wake()

    def refuse(self, reason: ProtocolViolation) -> None:
        """Let the connection end."""
        self._refusal = reason
        self.wake()

    def end(self) -> None:
        """The connection has ended."""
        if self._snapshot is not None:
            self._snapshot.end()

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of batches has started."""
        return self._position is not None

    @property
    def remembers(self) -> bool:
        """Whether the auditor has promised as one that has forgotten nothing."""
        return self.promise is not None and not self.promise.promise.recovering

    @property
    def may_vote(self) -> bool:
        """Whether the auditor follows the stream and has forgotten nothing."""
        return self.is_streaming and self.remembers

    def certify(self, certificate: Certificate) -> None:
        """Send ``certificate`` once its batch is out; it replaces an older one that still waits, which it covers."""
        self._certificate = certificate
        self.wake()

    def provide(self, batches: Sequence[Batch]) -> None:
        """Hand over what :class:`ReadBatches` asked for."""
        self._read.extend(encode_cluster_message(batch) for batch in batches)

    def next(self) -> bytes | ReadBatches | None:
        """The next message to send, a wish to read from the log, or None when there is nothing to do.

        Raises:
            ProtocolViolation: the connection must be closed.
        """
        if self._refusal is not None:
            raise self._refusal
        if self._control:
            return self._control.popleft()
        if self._snapshot is not None:
            return self._snapshot.next() or self._start_after(self._snapshot)
        if self._position is None:
            return None
        certificate = self._certificate
        if certificate is not None and certificate.header.number < self._position:
            self._certificate = None
            return encode_cluster_message(certificate)
        if self._position > self._cache.last:
            return None
        message = self._read.popleft() if self._read else self._cache.get(self._position)
        if message is None:
            return ReadBatches(self._position)
        self._position += 1
        return message

    def _start_after(self, snapshot: SnapshotSender) -> bytes:
        self._snapshot, self.is_loading = None, False
        self._position, self.start_tip, self.reached = snapshot.number + 1, self._cache.last, snapshot.number
        return encode_cluster_message(StreamStart(self._position, self._cache.last))
