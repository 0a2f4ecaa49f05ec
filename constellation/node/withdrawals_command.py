"""``constellation withdrawals list``: those that wait for the auditors' operators, as one of their nodes has them."""

import json
from typing import Any

import click

from constellation.node.config import ConfigurationError
from constellation.node.documents import MALFORMED
from constellation.node.health import Unhealthy
from constellation.node.suspense_command import read_status


def run_list(status_url: str, as_json: bool) -> None:
    """Print what waits.

    Raises:
        ConfigurationError: the node gives no list.
    """
    items, count = _withheld(status_url)
    if as_json:
        click.echo(json.dumps({"withdrawals": items, "count": count}))
        return
    click.echo(f"{count} withdrawals wait for the auditors' operators")
    for item in items:
        click.echo(f"{item['withdrawal']}: {item['amount']} {item['asset']}, until {item['approve_until']}")
    if items:
        click.echo("See whose it is, and decide, with: constellation withdrawals approve|refuse NUMBER …")


def _withheld(status_url: str) -> tuple[list[dict[str, Any]], int]:
    try:
        status = read_status(status_url)
        return list(status["withheld"]), int(status["withheld_withdrawals"])
    except (Unhealthy, *MALFORMED) as error:
        raise ConfigurationError(f"--status-url: {status_url} is no auditor's HTTP port: {error}") from None
