"""Log output: one readable line, or one JSON object, per event on standard error."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def _add_extra(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Show what libraries pass as ``extra`` to the standard logging calls."""
    record = event.get("_record")
    if record is not None:
        event.update({key: value for key, value in record.__dict__.items() if key not in _STANDARD})
    return event


def configure_logging(level: str, log_format: str, node: str) -> None:
    """Send everything that is logged to standard error.

    Args:
        level: the lowest level that is shown.
        log_format: ``text`` or ``json``.
        node: name of this node, shown in JSON.
    """
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        _add_extra,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
    ]
    renderer: list[Processor]
    if log_format == "json":
        renderer = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(sort_keys=False)]
        shared.append(lambda _logger, _name, event: {"node": node, **event})
    else:
        renderer = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="ts")]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("websockets", "aiohttp.access", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
