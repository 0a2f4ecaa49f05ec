"""A node's successor: it starts while the node still works, and takes its place in the moment in which it ends.

Most of a start needs nothing of the data directory: an interpreter, and modules that take seconds to load. Done before
the predecessor ends, it costs nobody anything. The kernel's lock on the directory says when it has ended, whatever the
way.
"""

import asyncio
import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from constellation.node.interpreter import leave_out, take_back, without_collections
from constellation.node.service_manager import ServiceManager
from constellation.snapshots.directory import is_in_use

log = logging.getLogger(__name__)

_PAUSE_S: Final = 0.01


@contextmanager
def loaded_role(role: str) -> Iterator[None]:
    """Load the modules of ``alpha`` or ``auditor``; in the block, no garbage is looked for in them."""
    with without_collections():
        importlib.import_module(f"constellation.node.{role}")
    leave_out()
    try:
        yield
    finally:
        take_back()


async def until_free(directory: Path, patience_s: float) -> None:
    """Wait while another process has a data directory, not for ever: whoever wants it then is told.

    Args:
        directory: of the log.
        patience_s: 0 does not wait.
    """
    loop = asyncio.get_running_loop()
    end_s = loop.time() + patience_s
    is_told = False
    while loop.time() < end_s and is_in_use(directory):
        if not is_told:
            log.info("waiting until the process that has the data directory ends", extra={"patience_s": patience_s})
            ServiceManager().stand_by()
            is_told = True
        await asyncio.sleep(_PAUSE_S)
