"""``constellation mode``: shows or changes how much a running alpha lets clients do."""

import json
from http.client import HTTPException
from pathlib import Path
from typing import Any

import click

from constellation.node.config import ConfigurationError, load_config
from constellation.node.control.unix_socket import UnixConnection, socket_path
from constellation.node.documents import MALFORMED
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code

_TIMEOUT_S = 15.0
_ANSWER_MAX_BYTES = 4096


def run_mode(
    config_path: Path | None, data_directory: Path | None, mode: str | None, reason: str, as_json: bool
) -> None:
    """Show the mode, or put another one into force and wait until that is durable.

    Raises:
        ConfigurationError: no alpha runs on this data directory.
        Rejection: alpha refuses it.
    """
    config = load_config(config_path, {"data_directory": data_directory})
    wanted = None if mode is None else {"mode": mode, "reason": reason}
    found = _ask(socket_path(config.data_directory), wanted)
    if as_json:
        click.echo(json.dumps(found))
        return
    since = f"since quantum {found['since']}" if found["since"] else "since the beginning"
    click.echo(f"{found['mode']}, {since}" + (f": {found['reason']}" if found["reason"] else ""))


def _ask(path: Path, wanted: dict[str, str] | None) -> dict[str, Any]:
    connection = UnixConnection(path, _TIMEOUT_S)
    try:
        if wanted is None:
            connection.request("GET", "/mode")
        else:
            connection.request("POST", "/mode", json.dumps(wanted), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        document: dict[str, Any] = json.loads(answer.read(_ANSWER_MAX_BYTES))
    except (OSError, HTTPException, *MALFORMED) as error:
        raise ConfigurationError(
            f"no alpha answers at {path}: {error}; run this where alpha runs, as its user"
        ) from None
    finally:
        connection.close()
    if answer.status != 200:
        raise Rejection(Code[document["code"]], document["message"])
    return document
