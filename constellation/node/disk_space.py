"""Stops the intake before the disk is full, so that what was taken in can still be stored.

Alpha refuses requests and waits with what the auditors report of the ledger; an auditor leaves alpha, whose batches it
could not store. Both go on by themselves.
"""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from math import nan
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code

log = logging.getLogger(__name__)

_LOOK_INTERVAL_S = 1.0
_MARGIN = 8  # an eighth more than the minimum must be free before the intake opens again: no flapping


def free_bytes(directory: Path) -> int:
    """What a process without privileges can still write there."""
    return shutil.disk_usage(directory).free


class DiskSpace:
    """Watches how much is free where a node's log is.

    Args:
        directory: of the log.
        minimum_free_bytes: below it the intake stops; 0 never stops it.
        free: how to find out; may block, and is never called on the event loop.

    Attributes:
        minimum_free_bytes: the same.
        free_bytes: what was found last; None before the first look.
        is_low: whether the intake stops.
    """

    def __init__(self, directory: Path, minimum_free_bytes: int, free: Callable[[Path], int] = free_bytes) -> None:
        self._directory = directory
        self.minimum_free_bytes = minimum_free_bytes
        self._free = free
        self.free_bytes: int | None = None
        self.is_low = False

    def look(self) -> None:
        """Find out how much is free now."""
        try:
            self.free_bytes = self._free(self._directory)
        except OSError as error:
            log.warning("the free space on the disk is not known", extra={"reason": str(error)})
            return
        margin = self.minimum_free_bytes // _MARGIN if self.is_low else 0
        is_low = self.free_bytes < self.minimum_free_bytes + margin
        if is_low != self.is_low:
            self.is_low = is_low
            numbers = {"free_bytes": self.free_bytes, "minimum_free_bytes": self.minimum_free_bytes}
            if is_low:
                log.error("the disk is nearly full", extra=numbers)
            else:
                log.info("there is space on the disk again", extra=numbers)

    async def watch(self, on_change: Callable[[], Awaitable[None]]) -> None:
        """Look every second, beside the event loop, until cancelled.

        Args:
            on_change: is called when the intake stops, and when it may go on.
        """
        while True:
            was_low = self.is_low
            await asyncio.to_thread(self.look)
            if self.is_low != was_low:
                await on_change()
            await asyncio.sleep(_LOOK_INTERVAL_S)

    def refusal(self) -> Rejection | None:
        """Why requests are refused, if they are."""
        if not self.is_low:
            return None
        return Rejection(Code.STORAGE, "alpha's disk is nearly full; nothing was executed; try again later")

    def describe(self) -> dict[str, Any]:
        """For the status: free bytes (None before the first look), and whether that is too little."""
        return {"disk_free_bytes": self.free_bytes, "disk_is_low": self.is_low}


class DiskMetrics:
    """What an operator sees of it.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._free = Gauge(
            "constellation_disk_free_bytes",
            "What is free on the disk of the data directory; NaN before the first look.",
            registry=registry,
        )
        self._minimum = Gauge(
            "constellation_disk_minimum_free_bytes",
            "With less free space, alpha refuses requests (`minimum_free_bytes`).",
            registry=registry,
        )

    def watch(self, disk: DiskSpace) -> None:
        """Show these when metrics are asked for."""
        self._free.set_function(lambda: nan if disk.free_bytes is None else disk.free_bytes)
        self._minimum.set(disk.minimum_free_bytes)
