"""Stops the intake before the disk is full, so that what was taken in can still be stored."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
    """

    def __init__(self, directory: Path, minimum_free_bytes: int, free: Callable[[Path], int] = free_bytes) -> None:
        self._directory = directory
        self._minimum = minimum_free_bytes
        self._free = free
        self._free_bytes: int | None = None
        self.is_low = False

    def look(self) -> None:
        """Find out how much is free now."""
        try:
            self._free_bytes = self._free(self._directory)
        except OSError as error:
            log.warning("the free space on the disk is not known", extra={"reason": str(error)})
            return
        margin = self._minimum // _MARGIN if self.is_low else 0
        is_low = self._free_bytes < self._minimum + margin
        if is_low != self.is_low:
            self.is_low = is_low
            numbers = {"free_bytes": self._free_bytes, "minimum_free_bytes": self._minimum}
            if is_low:
                log.error("the disk is nearly full", extra=numbers)
            else:
                log.info("there is space on the disk again", extra=numbers)

    async def watch(self) -> None:
        """Look every second, beside the event loop, until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(_LOOK_INTERVAL_S)

    def refusal(self) -> Rejection | None:
        """Why requests are refused, if they are."""
        if not self.is_low:
            return None
        return Rejection(Code.STORAGE, "alpha's disk is nearly full; nothing was executed; try again later")

    def describe(self) -> dict[str, Any]:
        """For the status: free bytes (None before the first look), and whether that is too little."""
        return {"disk_free_bytes": self._free_bytes, "disk_is_low": self.is_low}
