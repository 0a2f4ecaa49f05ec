"""Tells systemd how the node is (sd_notify(3)): started, in which state, alive, stopping.

A node has started when it has its log and listens; whether it is ready for traders may depend on others for long, and
is said as the status. The watchdog is fed from the event loop: where that stands still, the node must be started anew.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Mapping
from typing import Final

from constellation.node.lifecycle import Lifecycle

log = logging.getLogger(__name__)

_INTERVAL_MAX_S: Final = 5.0
_STARTING_ANEW_US: Final = 3600 * 1_000_000
"""What the watchdog waits where nobody feeds it: the log is read, on the event loop."""


class ServiceManager:
    """The service manager that started this process; without one, nothing is told to anybody.

    Args:
        environment: of the process, with ``NOTIFY_SOCKET`` and ``WATCHDOG_USEC``.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        text = environment.get("WATCHDOG_USEC", "")
        is_ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._watchdog_us = int(text) if text.isdecimal() and is_ours else 0

    def stand_by(self) -> None:
        """Tell it that the process has started as far as it can while its predecessor still works."""
        if self._address:
            watchdog = [f"WATCHDOG_USEC={_STARTING_ANEW_US}"] if self._watchdog_us else []
            self._tell("READY=1", "STATUS=waits until the process that has the data directory ends", *watchdog)

    async def follow(self, lifecycle: Lifecycle) -> None:
        """Tell it that the node has started, and from then on its state, until cancelled."""
        if not self._address:
            return
        watchdog = [f"WATCHDOG_USEC={self._watchdog_us}", "WATCHDOG=1"] if self._watchdog_us else []
        self._tell("READY=1", *watchdog)
        interval_s = min(self._watchdog_us / 2e6 or _INTERVAL_MAX_S, _INTERVAL_MAX_S)
        try:
            while True:
                status = f"STATUS={lifecycle.state.value}: {lifecycle.reason}".replace("\n", " ")
                self._tell(status, *watchdog[1:])
                await asyncio.sleep(interval_s)
        finally:
            ends = ["STOPPING=1"] if lifecycle.is_ending else []
            self._tell(*ends, *([f"WATCHDOG_USEC={_STARTING_ANEW_US}"] if self._watchdog_us else []))

    def _tell(self, *lines: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as channel:
                channel.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            log.warning("the service manager was not told", extra={"reason": error.strerror or str(error)})
