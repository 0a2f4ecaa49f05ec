"""New settings from what an operator gives: a whole document, or single values of the ones in force."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from constellation.node.config import ConfigurationError
from constellation.node.documents import MALFORMED
from constellation.protocol.messages import Settings
from constellation.protocol.settings_json import edited_settings_from_json, settings_to_json

_FILE_MAX_BYTES = 4 * 1024 * 1024
_STEP = re.compile(r"([a-z_]+)|\[(\d+)\]")


def read_settings(path: Path) -> Settings:
    """The settings in an edited document; its ``settings_hash`` need not fit any more.

    Raises:
        ConfigurationError: it cannot be read, or describes no settings.
    """
    try:
        if path.stat().st_size > _FILE_MAX_BYTES:
            raise ValueError(f"larger than {_FILE_MAX_BYTES} bytes")
        return edited_settings_from_json(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from None
    except MALFORMED as error:
        raise ConfigurationError(f"{path}: {error}") from None


def edit_settings(settings: Settings, assignments: Sequence[str]) -> Settings:
    """``settings`` with single values changed.

    Args:
        settings: in force.
        assignments: such as ``limits.open_orders=300``, ``markets[0].status=MARKET_HALTED``, or with the next free
            place ``assets[2]={"asset": "EUR:G…", "minimum_deposit": "0.01", "approval_above": "0"}``.

    Raises:
        ConfigurationError: there is no such value, or it cannot be this.
    """
    document = settings_to_json(settings)
    for text in assignments:
        path, separator, value = text.partition("=")
        if not separator:
            raise ConfigurationError(f"--set {text}: write PATH=VALUE, such as limits.open_orders=300")
        try:
            _assign(document, _steps(path.strip()), value.strip())
        except MALFORMED as error:
            raise ConfigurationError(f"--set {text}: {error}") from None
    try:
        return edited_settings_from_json(document)
    except ValueError as error:
        raise ConfigurationError(f"--set {' '.join(assignments)}: {error}") from None


def _steps(path: str) -> list[str | int]:
    parts = [part for part in re.split(r"\.|(?=\[)", path) if part]
    found = [_STEP.fullmatch(part) for part in parts]
    if not parts or None in found:
        raise ValueError(f"{path!r} is no path such as markets[0].status")
    return [int(match[2]) if match[2] else match[1] for match in found if match is not None]


def _assign(document: Any, steps: list[Any], text: str) -> None:
    *way, last = steps
    for step in way:
        document = _inside(document, step)
    if isinstance(document, list) and last == len(document):
        document.append(json.loads(text))
        return
    document[last] = _value(_inside(document, last), text)


def _inside(document: Any, step: Any) -> Any:
    if isinstance(document, dict) and step not in document:
        raise ValueError(f"there is no {step!r}; there are {', '.join(document)}")
    if isinstance(document, list) and not (isinstance(step, int) and step < len(document)):
        raise ValueError(f"there is no place {step} in a list of {len(document)}")
    if not isinstance(document, dict | list):
        raise ValueError(f"{step!r} is looked for in a single value")
    return document[step]


def _value(old: Any, text: str) -> Any:
    """``text`` as the kind of value that stands there now."""
    if isinstance(old, str):
        return text
    value = json.loads(text)
    if type(value) is not type(old):
        raise ValueError(f"a {type(old).__name__} stands there, not a {type(value).__name__}")
    return value
