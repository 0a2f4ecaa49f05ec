"""``python -m constellation.testing.soak``."""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console

from constellation.testing.soak import Soak, SoakOptions, print_soak


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--minutes", default=10.0, type=click.FloatRange(0.05), help="Of load and strikes.")
@click.option("--seed", default=1, type=click.IntRange(0), help="Of load and strikes.")
@click.option("--rate", default=200.0, type=click.FloatRange(0), help="Operations per second; 0 for saturation.")
@click.option("--accounts", default=24, type=click.IntRange(2, 200), help="That trade.")
@click.option("--strike-interval-s", default=10.0, type=click.FloatRange(0.5), help="Mean time between two strikes.")
@click.option(
    "--directory", type=click.Path(path_type=Path), help="New; kept. Otherwise it is kept on a violation only."
)
@click.option("--output", type=click.Path(path_type=Path), default=Path("build/soak.json"), help="The result as JSON.")
def main(
    minutes: float,
    seed: int,
    rate: float,
    accounts: int,
    strike_interval_s: float,
    directory: Path | None,
    output: Path,
) -> None:
    """Run a constellation under mixed load while its nodes are killed, ended and frozen; compare everything.

    Exit code 0: all oracles held. 1: one did not.
    """
    console = Console(highlight=False)
    begun_s = time.monotonic()

    def progress(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - begun_s:7.1f} s[/]  ", end="")
        console.print(text, markup=False, soft_wrap=True)

    options = SoakOptions(minutes * 60, seed, rate or None, accounts, strike_interval_s)
    place = directory or Path(tempfile.mkdtemp(prefix="constellation-soak-"))
    place.mkdir(parents=True, exist_ok=True)
    document = asyncio.run(Soak(options, place, progress).run())
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(document, indent=2) + "\n")
    print_soak(document, console)
    console.print(f"written to {output}")
    if not document["held"]:
        console.print(f"logs, data and journals are in {place}")
    elif directory is None:
        shutil.rmtree(place)
    sys.exit(not document["held"])


if __name__ == "__main__":
    main()
