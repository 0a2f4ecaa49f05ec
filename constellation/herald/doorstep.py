"""Who has connected to the cluster port and has not proven yet to be an auditor: few at once, with small messages."""

import asyncio
from collections import Counter
from typing import Any

from websockets.asyncio.server import ServerConnection

from constellation.protocol.limits import (
    CLUSTER_FRAME_MAX_BYTES,
    STRANGERS_MAX,
    STRANGERS_PER_ADDRESS_MAX,
)

_REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Doorstep:
    """Counts strangers from the moment that TCP accepts them, so that one that says nothing counts, too."""

    def __init__(self) -> None:
        self._strangers: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._strangers.total()

    def enter(self, address: str) -> bool:
        """Count a stranger; False when there is no room for it."""
        if len(self) >= STRANGERS_MAX or self._strangers[address] >= STRANGERS_PER_ADDRESS_MAX:
            return False
        self._strangers[address] += 1
        return True

    def leave(self, address: str) -> None:
        """It is no stranger any more, or it is gone."""
        self._strangers[address] -= 1
        if not self._strangers[address]:
            del self._strangers[address]

    def connection(self, *args: Any, **options: Any) -> "Visitor":  # as the WebSocket library passes them
        """What the WebSocket library makes for each connection."""
        return Visitor(self, *args, **options)


class Visitor(ServerConnection):
    """A connection that is on the doorstep until it is admitted or ends.

    Args:
        doorstep: where it is counted.
        args: of the WebSocket library.
        options: of the WebSocket library.
    """

    def __init__(self, doorstep: Doorstep, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._doorstep = doorstep
        self._address: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TCP has accepted it."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        if self._doorstep.enter(address):
            self._address = address
        else:
            self.transport.write(_REFUSAL)
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        self._leave()
        super().connection_lost(exc)

    def admit(self) -> None:
        """It has proven who it is: from now on it may send what members send."""
        self._leave()
        self.protocol.max_message_size = CLUSTER_FRAME_MAX_BYTES  # the library reads it anew for every frame

    def _leave(self) -> None:
        if self._address is not None:
            self._doorstep.leave(self._address)
            self._address = None
