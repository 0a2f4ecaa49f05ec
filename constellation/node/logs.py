"""Log output: one readable line, or one JSON object, per event on standard error."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

log = logging.getLogger(__name__)

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def _add_extra(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Show what libraries pass as ``extra`` to the standard logging calls."""
    record = event.get("_record")
    if record is not None:
        event.update({key: value for key, value in record.__dict__.items() if key not in _STANDARD})
    return event


def escaped(text: str) -> str:
    """``text`` with everything written out that could end a line or steer a terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _one_line(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Keep foreign text within its line, and the lines of a traceback indented."""
    traceback = event.pop("exception", None)
    shown = {key: escaped(value) if isinstance(value, str) else value for key, value in event.items()}
    if traceback is not None:
        shown["exception"] = "\n".join("    " + escaped(line) for line in traceback.split("\n"))
    return shown


def set_log_level(level: str) -> None:
    """Show what is of this level, or of a higher one, from now on.

    Raises:
        ValueError: it is no level.
    """
    logging.getLogger().setLevel(level)
    log.warning("the log level was set", extra={"to": level})


def log_level() -> str:
    """The lowest level that is shown."""
    return logging.getLevelName(logging.getLogger().level)


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
        shared += [
            structlog.stdlib.add_logger_name,
            lambda _logger, _name, event: {"node": node, **event},
        ]
    else:
        # Plain tracebacks: those of rich show local variables, and a seed may be among them.
        plain = structlog.dev.plain_traceback
        renderer = [
            structlog.processors.format_exc_info,
            _one_line,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="ts", exception_formatter=plain),
        ]
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
