"""``constellation withdrawals list``: those that wait for the auditors' operators, as one of their nodes has them."""

import json

import click

from constellation.node.status_list import read_list


def run_list(status_url: str, as_json: bool) -> None:
    """Print what waits.

    Raises:
        ConfigurationError: the node gives no list.
    """
    items, count = read_list(status_url, "withheld", "withheld_withdrawals")
    if as_json:
        click.echo(json.dumps({"withdrawals": items, "count": count}))
        return
    click.echo(f"{count} withdrawals wait for the auditors' operators")
    for item in items:
        click.echo(f"{item['withdrawal']}: {item['amount']} {item['asset']}, until {item['approve_until']}")
    if items:
        click.echo("See whose it is, and decide, with: constellation withdrawals approve|refuse NUMBER …")
