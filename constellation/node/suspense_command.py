"""``constellation suspense``: deposits that could not be attributed, from an auditor's own node or proved by alpha."""

import json
from pathlib import Path
from typing import Any

import click

from constellation.node.council_client import connected
from constellation.node.proposal_words import suspense_json
from constellation.node.status_list import read_list


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
    entries, count = read_list(status_url, "suspense", "suspense_entries")
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
