"""``python -m constellation.testing.rolling``."""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from constellation.testing.rolling import Rolling, RollingOptions, print_rolling


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--seed", default=1, type=click.IntRange(0), help="Of what the clients do.")
@click.option("--accounts", default=8, type=click.IntRange(2, 200), help="Each with a client.")
@click.option("--interval-s", default=0.05, type=click.FloatRange(0.01), help="Between two operations of a client.")
@click.option("--rounds", default=1, type=click.IntRange(1, 100), help="How often all nodes are restarted.")
@click.option("--gateway-workers", default=0, type=click.IntRange(0, 16), help="Of alpha.")
@click.option("--take-over", is_flag=True, help="Alpha's successor starts before it is asked to end.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as a JSON document.")
def main(
    seed: int, accounts: int, interval_s: float, rounds: int, gateway_workers: int, *, take_over: bool, as_json: bool
) -> None:
    """Restart every node of a sandbox under load, one after the other; measure what its clients see of it.

    Exit code 0: every acknowledged operation is in the history of all nodes, once, and all nodes have the same state.
    1: something does not hold.
    """
    console = Console(highlight=False)
    begun_s = time.monotonic()

    def progress(text: str) -> None:
        click.echo(f"{time.monotonic() - begun_s:7.1f} s  {text}", err=True)

    options = RollingOptions(
        seed, accounts, interval_s, rounds=rounds, gateway_workers=gateway_workers, take_over=take_over
    )
    place = Path(tempfile.mkdtemp(prefix="constellation-rolling-"))
    document = asyncio.run(Rolling(options, place, progress).run())
    if as_json:
        click.echo(json.dumps(document))
    else:
        print_rolling(document, console)
    if document["held"]:
        shutil.rmtree(place)
    else:
        click.echo(f"logs, data and the journal are in {place}", err=True)
    sys.exit(not document["held"])


if __name__ == "__main__":
    main()
