"""Reading from a transport, stopped while anybody has a reason to."""

import asyncio
from enum import Enum, auto


class Reason(Enum):
    """Why nothing is read just now."""

    QUEUE = auto()
    TURN = auto()
    WRITING = auto()
    ENDING = auto()


class Valve:
    """Stops and resumes reading.

    Args:
        transport: that is read from.
    """

    def __init__(self, transport: asyncio.ReadTransport) -> None:
        self._transport = transport
        self._reasons: dict[Reason, None] = {}

    @property
    def is_open(self) -> bool:
        """Whether the transport is read from."""
        return not self._reasons

    def is_shut_for(self, *reasons: Reason) -> bool:
        """Whether one of these is a reason not to read."""
        return any(reason in self._reasons for reason in reasons)

    def shut(self, reason: Reason) -> None:
        """Do not read while there is this reason."""
        if not self._reasons:
            self._transport.pause_reading()
        self._reasons[reason] = None

    def open(self, reason: Reason) -> None:
        """The reason is gone."""
        if reason in self._reasons:
            del self._reasons[reason]
            if not self._reasons:
                self._transport.resume_reading()
