"""The command ``constellation history``. Heavy modules are imported when it runs."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

_PATH = click.Path(path_type=Path)


def add_history_command(main: click.Group, run: Run) -> None:
    """Add the command to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
    """

    @main.command()
    @click.option("--url", required=True, help="Of alpha's gateway: ws:// or wss://.")
    @click.option(
        "--settings-file",
        type=_PATH,
        default=Path("constellation.json"),
        help="The settings of genesis that you trust.",
    )
    @click.option("--key-file", type=_PATH, required=True, help="Seed of the account whose history it is.")
    @click.option("--sub-account", type=click.IntRange(1, 16), help="Number of the account's sub-account whose it is.")
    @click.option("--kind", "kinds", multiple=True, help="Such as trade, deposit, payment, order; several times.")
    @click.option("--asset", help="Only what is of this asset.")
    @click.option("--market", help="Only what is of this market, such as XLM/USD.")
    @click.option("--since", help="A day or a time in UTC, such as 2026-01-31 or 2026-01-31T12:00:00; inclusive.")
    @click.option("--until", help="The same; exclusive.")
    @click.option("--newest-first", is_flag=True, help="In the order of time otherwise.")
    @click.option("--limit", type=click.IntRange(1), help="At most so many items.  [default: all]")
    @click.option(
        "--format", "form", type=click.Choice(["table", "csv", "jsonl"]), default="table", help="Of the rows."
    )
    @click.option("--output", type=_PATH, help="A new file; without it, print.")
    @click.option("--proofs", is_flag=True, help="Verify every item with the auditors' signatures; slower.")
    @click.option("--ca-file", type=_PATH, help="Certificate authorities, in PEM, to trust with wss://.")
    def history(**options: Any) -> None:
        """Print, or write to a file, what has happened to an account and is final.

        Amounts are exact. Items are a chronicler's word unless --proofs is given; then the command fails at the first
        one whose proof does not hold, and leaves no file.
        """
        from constellation.node.history_command import HistoryOptions, run_history

        run(lambda: run_history(HistoryOptions(**options)))
