"""``constellation config``: what a node would read, and what of it is not the default."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from constellation.node.config import NodeConfig, load_config, load_settings
from constellation.protocol.signing import settings_hash

_HIDDEN = "***"
_WIDTH_MIN = 100


def run_check(config_path: Path | None) -> None:
    """Read configuration and settings, and say what the settings are.

    Raises:
        ConfigurationError: one of them cannot be used; the message says which setting and why.
    """
    config = load_config(config_path, {})
    settings = load_settings(config.settings_file)
    click.echo(f"the configuration is valid; settings {config.settings_file}: hash {settings_hash(settings).hex()}")


def run_show(config_path: Path | None, *, as_json: bool) -> None:
    """Print the configuration.

    Raises:
        ConfigurationError: it cannot be read.
    """
    config = load_config(config_path, {})
    if as_json:
        click.echo(json.dumps(_redacted(config.model_dump(mode="json")), indent=2))
        return
    console = Console(highlight=False, emoji=False)
    console.width = max(console.width, _WIDTH_MIN)
    table = Table(title="Configuration; what differs from the default is bold", title_justify="left")
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    defaults = dict(_flat(NodeConfig.model_construct()))
    for name, value in _flat(config):
        text = escape(_text(value))
        table.add_row(name, text if value == defaults[name] else f"[bold]{text}[/]")
    console.print(table)


def _flat(section: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, _redacted(value)


def _text(value: Any) -> str:
    if value is None:
        return "not set"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _redacted(value: Any) -> Any:
    """The value without what may be secret in it: users and passwords of URLs, and paths, where providers put keys."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, dict):
        return {name: _redacted(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_redacted(item) for item in value)
    if isinstance(value, str) and "://" in value:
        parts = urlsplit(value)
        host = parts.netloc.rpartition("@")[2]
        netloc = f"{_HIDDEN}@{host}" if "@" in parts.netloc else host
        is_web = parts.scheme in ("http", "https")
        path = f"/{_HIDDEN}" if is_web and parts.path.strip("/") else parts.path
        return parts._replace(netloc=netloc, path=path, query="", fragment="").geturl()
    return value
