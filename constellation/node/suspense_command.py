"""``constellation suspense``: deposits that could not be attributed, from an auditor's own node or proved by alpha."""

import json
from pathlib import Path
from typing import Any

import click

from constellation.node.config import ConfigurationError
from constellation.node.council_client import connected
from constellation.node.documents import MALFORMED
from constellation.node.health import Unhealthy, ask
from constellation.node.proposal_words import suspense_json

_TIMEOUT_S = 10.0
_ANSWER_MAX_BYTES = 4 * 1024 * 1024


async def run_suspense(status_url: str, url: str | None, settings_file: Path, as_json: bool) -> None:
    """Print what is in suspense.

    Args:
        status_url: of an auditor's HTTP port, which lists it.
        url: of alpha's gateway, when every entry is to be proved.
        settings_file: the settings of genesis.
        as_json: print a JSON document.

    Raises:
        ConfigurationError: the node gives no list.
        SdkError: alpha cannot be reached, or says what does not hold.
    """
    entries, count = _listed(status_url)
    if url is not None:
        entries = await _proven(entries, url, settings_file)
    if as_json:
        click.echo(json.dumps({"suspense": entries, "entries": count}))
        return
    click.echo(f"{count} deposits are in suspense")
    for entry in entries:
        proven = f", {entry['proven']}" if "proven" in entry else ""
        click.echo(
            f"{entry['operation']}: {entry['amount']} {entry['asset']} of {entry['source']}: {entry['reason']}{proven}"
        )
    if entries:
        click.echo("Send one back with: constellation propose refund OPERATION …")


def read_status(status_url: str) -> dict[str, Any]:
    """What a node says of itself at ``/status``.

    Raises:
        Unhealthy: it gives no answer.
        ValueError: it is no JSON document.
    """
    url = f"{status_url.rstrip('/').removesuffix('/status')}/status"
    return dict(json.loads(ask(url, _TIMEOUT_S, _ANSWER_MAX_BYTES)))


def _listed(status_url: str) -> tuple[list[dict[str, Any]], int]:
    try:
        status = read_status(status_url)
        return list(status["suspense"]), int(status["suspense_entries"])
    except (Unhealthy, *MALFORMED) as error:
        raise ConfigurationError(f"--status-url: {status_url} is no auditor's HTTP port: {error}") from None


async def _proven(entries: list[dict[str, Any]], url: str, settings_file: Path) -> list[dict[str, Any]]:
    found = []
    async with connected(url, settings_file, None) as council:
        for entry in entries:
            proven = await council.suspense(int(entry["operation"]))
            if proven is None:
                found.append({**entry, "proven": "not at the last checkpoint"})
            else:
                found.append({**suspense_json(proven), "proven": "proven"})
    return found
