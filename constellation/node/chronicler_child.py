"""The program of a chronicler that a node runs beside itself: its configuration comes on the first line of its input.

Each further line is its new log level. It stops when its input ends, and so when the node does.
"""

import asyncio
import logging
import os
import signal
import sys

from constellation.node.chronicler import ChroniclerNode
from constellation.node.config import NodeConfig, load_settings
from constellation.node.failures import explain
from constellation.node.logs import configure_logging, set_log_level
from constellation.node.run import stop_event

log = logging.getLogger(__name__)

_PLAN_MAX_BYTES = 1 << 20


def main() -> int:
    """Run until told to stop; the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the whole group; the node says when to end
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # and what to log
    config = NodeConfig.model_validate_json(_read_line())
    configure_logging(config.log_level, config.log_format, "chronicler")
    try:
        asyncio.run(_run(config))
    except Exception as error:
        expected = explain(error)
        if expected is None:
            log.exception("the chronicler failed")
            return 1
        log.error("the chronicler failed", extra={"reason": expected[1]})
        return int(expected[0])
    return 0


def _read_line() -> bytes:
    """The first line, byte by byte: what follows is left to be seen as the end of the input."""
    line = bytearray()
    while len(line) < _PLAN_MAX_BYTES and (byte := os.read(sys.stdin.fileno(), 1)) not in (b"", b"\n"):
        line += byte
    return bytes(line)


async def _run(config: NodeConfig) -> None:
    settings = load_settings(config.settings_file)
    stop = stop_event(on_eof=True, on_input=lambda data: set_log_level(data.decode().split()[-1]))
    await ChroniclerNode(config, settings).run(stop)


if __name__ == "__main__":
    sys.exit(main())
