"""The command ``constellation status``. Heavy modules are imported when it runs."""

import sys
from collections.abc import Callable, Coroutine
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


def add_status_command(main: click.Group, run: Run) -> None:
    """Add the command to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
    """

    @main.command()
    @click.option(
        "--url",
        "urls",
        multiple=True,
        default=("http://127.0.0.1:7000",),
        help="Of a node's HTTP port; may be repeated.",
    )
    @click.option("--watch", is_flag=True, help="Go on until Ctrl-C.  [default: on a terminal]")
    @click.option("--once", is_flag=True, help="Show one interval.  [default: elsewhere, and with --json]")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON documents, one a line.")
    @click.option("--interval-s", default=2.0, type=click.FloatRange(0.1, 3600), help="Between two readings.")
    @click.option("--timeout-s", default=3.0, type=click.FloatRange(0.1, 60), help="Patience with a node, in seconds.")
    @click.option(
        "--wait-s",
        type=click.FloatRange(0, 86_400),
        help="Wait so long until every node is ready and alpha, where it is shown, has all auditors with it.",
    )
    def status(
        urls: tuple[str, ...],
        watch: bool,
        once: bool,
        as_json: bool,
        interval_s: float,
        timeout_s: float,
        wait_s: float | None,
    ) -> None:
        """Show the whole constellation, as its nodes see it.

        Alpha shows the auditors' lag, votes, latencies, clients and withdrawals; auditors show the ledger and the
        vault against what is owed. Rates and latencies are those of one interval.

        Exit code 0: every node answered, ready or not; with --wait-s, nothing was missing in the end. 1: otherwise.
        """
        if watch and (once or wait_s is not None):
            raise click.UsageError(f"--watch and {'--once' if once else '--wait-s'} exclude each other")
        from constellation.node.status_command import StatusOptions, run_status

        watch = watch or not (once or as_json or wait_s is not None or not sys.stdout.isatty())
        addresses = tuple(dict.fromkeys(url.rstrip("/") for url in urls))
        run(lambda: run_status(StatusOptions(addresses, interval_s, timeout_s, watch, as_json, wait_s)))
