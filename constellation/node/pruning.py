"""Lets a running node's log grow no further than configured."""

import asyncio
import logging
from pathlib import Path
from typing import Final

from constellation.node.archiving import Archiving, ArchivingFailed
from constellation.node.config import NodeConfig
from constellation.node.node_log import NodeLog
from constellation.protocol.messages import Settings
from constellation.snapshots.retention import Retention

log = logging.getLogger(__name__)

_INTERVAL_S: Final = 10.0
_RETRY_S: Final = 300.0
_PAUSE_S: Final = 0.05
_US_PER_HOUR: Final = 3600 * 1_000_000


class Pruning:
    """Removes old batches in small steps beside the node's work.

    Args:
        node_log: of the node.
        retention: what is kept; None keeps everything.
        archiving: where it is put before; None drops it.
        interval_s: between two looks.
    """

    def __init__(
        self,
        node_log: NodeLog,
        retention: Retention | None,
        archiving: Archiving | None,
        interval_s: float = _INTERVAL_S,
    ) -> None:
        self._log = node_log
        self._retention = retention
        self._archiving = archiving
        self._interval_s = interval_s

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        if self._retention is None:
            return
        try:
            while True:
                await asyncio.sleep(self._interval_s)
                try:
                    await self._look(self._retention)
                except ArchivingFailed as error:
                    log.error("nothing is pruned, because archiving failed", extra={"reason": str(error)})
                    await asyncio.sleep(_RETRY_S)
        finally:
            if self._archiving is not None:
                self._archiving.close()

    async def _look(self, retention: Retention) -> None:
        base = await self._log.base_for(retention)
        if self._archiving is not None:
            base = min(base, await self._archiving.reach(base))
        first = self._log.first
        while self._log.first <= base:
            await self._log.prune(base)
            await asyncio.sleep(_PAUSE_S)
        if self._log.first > first:
            log.info("pruned", extra={"first": first, "last": self._log.first - 1})


def pruning_of(config: NodeConfig, settings: Settings, node_log: NodeLog, log_path: Path) -> Pruning:
    """What ``config`` asks for."""
    section = config.retention
    if section.hours is None:
        return Pruning(node_log, None, None)
    archiving = Archiving(log_path, settings, section.archive_directory) if section.archive_directory else None
    retention = Retention(round(section.hours * _US_PER_HOUR), settings.limits.validity_us)
    return Pruning(node_log, retention, archiving)
