"""Where a simulation listens to what nodes store and say, and lets dishonest ones say something else.

Production code knows nothing of it: the methods below are wrapped once, in a process that does nothing but simulate.
"""

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Protocol

from aiohttp.client_proto import ResponseHandler
from websockets.asyncio.connection import Connection

from constellation.chronicler.intake import FinalBatch
from constellation.chronicler.writer import ChronicleWriter
from constellation.gateway import server as gateway
from constellation.herald import server as herald
from constellation.herald.client import ClusterClient
from constellation.herald.link import Link, ReadBatches
from constellation.node import http as status
from constellation.node import private_http
from constellation.node.control import server as control
from constellation.snapshots import QuantumLog
from constellation.snapshots.items import Item
from constellation.testing.simulation.hosts import PROCESS, Process
from constellation.testing.simulation.network import Listening
from constellation.transport.doorstep import DoorLimits, Doorstep
from constellation.transport.metrics import DoorMetrics

_CONTROL_PORT = 7009
_ANYBODY = DoorLimits(1, 1, 1, 1, 1.0)

Forger = Callable[[bytes, bytes], list[bytes]]
"""What goes out in the place of a message: (the auditor's key, message) to messages."""


class Listener(Protocol):
    """Who wants to know."""

    def stored(self, process: Process, items: Sequence[Item]) -> None:
        """A node has these items on its disk."""

    def said(self, process: Process, message: bytes) -> None:
        """An auditor has handed a message for alpha to its connection."""

    def chronicled(self, process: Process, batches: Sequence[FinalBatch]) -> None:
        """A chronicler has these batches in its database, written now or before."""

    def forger_of(self, process: Process) -> Forger | None:
        """What a dishonest node makes of its messages."""


def install(listener: Listener) -> None:
    """Wrap what nodes store and send; once in a process."""
    for module in (gateway, herald, status, private_http):
        module.listen = Listening  # type: ignore[attr-defined]
    control.listen_at = _listen_for_operator  # type: ignore[attr-defined, assignment]
    for kind in (Connection, ResponseHandler):
        _number(kind)
    _tap_log(listener)
    _tap_auditor(listener)
    _tap_alpha(listener)
    _tap_chroniclers(listener)


def _listen_for_operator(_path: Path) -> Listening:
    """Where a command would reach alpha; in a simulation nobody types."""
    return Listening(PROCESS.get().host.address, _CONTROL_PORT, Doorstep(_ANYBODY, DoorMetrics(), "control"))


def _number(kind: type) -> None:
    """Tell objects apart by a number, not by where they lie in memory: their library keeps them in sets."""
    numbers = count()

    def number(self: object) -> int:
        found: int = vars(self).setdefault("_simulated_number", -1)
        if found < 0:
            found = vars(self)["_simulated_number"] = next(numbers)
        return found

    kind.__hash__ = number  # type: ignore[assignment, method-assign]


def _tap_log(listener: Listener) -> None:
    write = QuantumLog.write

    def tapped(self: QuantumLog, items: Sequence[Item]) -> None:
        write(self, items)
        listener.stored(PROCESS.get(), items)

    QuantumLog.write = tapped  # type: ignore[method-assign]


def _tap_chroniclers(listener: Listener) -> None:
    write = ChronicleWriter.write

    def tapped(self: ChronicleWriter, batches: Sequence[FinalBatch]) -> int:
        count = write(self, batches)
        process = PROCESS.get(None)
        if process is not None:  # a history that is filled for comparison is nobody's
            listener.chronicled(process, batches)
        return count

    ChronicleWriter.write = tapped  # type: ignore[method-assign]


def _tap_auditor(listener: Listener) -> None:
    send = ClusterClient.send_history

    async def tapped(self: ClusterClient, message: bytes) -> None:
        process = PROCESS.get()
        forger = listener.forger_of(process)
        for part in [message] if forger is None else forger(b"", message):
            listener.said(process, part)
            await send(self, part)

    ClusterClient.send_history = tapped  # type: ignore[method-assign]


def _tap_alpha(listener: Listener) -> None:
    next_message = Link.next
    waiting: dict[Link, list[bytes]] = {}

    def tapped(self: Link) -> bytes | ReadBatches | None:
        queued = waiting.get(self)
        if queued:
            return queued.pop(0)
        message = next_message(self)
        forger = listener.forger_of(PROCESS.get()) if isinstance(message, bytes) else None
        if forger is None or not isinstance(message, bytes):
            return message
        forged = forger(self.auditor, message)
        waiting[self] = forged[1:]
        return forged[0] if forged else tapped(self)

    Link.next = tapped  # type: ignore[method-assign]
