"""The command ``constellation load``. Heavy modules are imported when it runs."""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from constellation.protocol.limits import CONNECTIONS_PER_ADDRESS_MAX

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

_PATH = click.Path(path_type=Path)
_SHARE = click.FloatRange(0, 1)
_ACCOUNTS = click.IntRange(2, CONNECTIONS_PER_ADDRESS_MAX)


def add_load_command(main: click.Group, run: Run) -> None:
    """Add the command to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
    """

    @main.command()
    @click.option("--sandbox", type=_PATH, help="Directory of a running sandbox: says everything but the load.")
    @click.option("--url", help="Of alpha's gateway: ws:// or wss://.  [default: ws://127.0.0.1:7001]")
    @click.option("--settings-file", type=_PATH, help="The constellation's settings.  [default: constellation.json]")
    @click.option("--accounts-file", type=_PATH, help="Seeds, one a line, mode 0600.  [default: load.seeds]")
    @click.option("--accounts", default=32, type=_ACCOUNTS, help="How many; each has a connection.")
    @click.option("--horizon-url", help="Of a ledger with a friendbot: to make the accounts, when the file is missing.")
    @click.option("--issuer-key-file", type=_PATH, help="To make the accounts: seed of the issuer of the assets.")
    @click.option("--market", help="Where to trade, such as XLM/USD.  [default: the first one]")
    @click.option("--price", default="0.25", help="Where the mid price begins its walk.")
    @click.option("--rate", type=click.FloatRange(0.01, 1e6), help="Operations per second.  [default: saturation]")
    @click.option("--in-flight", default=8, type=click.IntRange(1, 256), help="Operations of an account at a time.")
    @click.option("--batch", default=1, type=click.IntRange(1, 100), help="Operations under one signature.")
    @click.option("--processes", default=1, type=click.IntRange(1, 64), help="That share the accounts.")
    @click.option("--duration-s", default=30.0, type=click.FloatRange(0.1), help="For how long operations are sent.")
    @click.option("--flow", default=1, type=click.IntRange(0), help="Any number; the same one, the same decisions.")
    @click.option("--crossing", default=0.5, type=_SHARE, help="Share of orders priced to meet resting ones.")
    @click.option("--cancels", default=0.3, type=_SHARE, help="Share of cancels.")
    @click.option("--payments", default=0.1, type=_SHARE, help="Share of payments.")
    @click.option("--withdrawals", default=0.0, type=_SHARE, help="Share of withdrawals to the account on the ledger.")
    @click.option("--moves", default=0.0, type=_SHARE, help="Share of open orders that are replaced.")
    @click.option("--triggers", default=0.0, type=_SHARE, help="Share of stop orders.")
    @click.option("--verify-share", default=1.0, type=_SHARE, help="Of the clients, those that verify what they hear.")
    @click.option("--timeout-s", default=30.0, type=click.FloatRange(1, 300), help="Patience with an answer.")
    @click.option("--journal", type=_PATH, help="New directory for what the clients are told.")
    @click.option("--json", "as_json", is_flag=True, help="Print the result as a JSON document.")
    def load(as_json: bool, **options: Any) -> None:
        """Work a running constellation: orders, cancels and payments of many accounts.

        It is the traders' own client that works and verifies every answer; --verify-share lets others believe alpha,
        which costs less. Without --rate each account sends the next operation when one is answered; with it, operations
        have their times, and latency counts from them. Ctrl-C ends it in good order. The accounts trade with each
        other, with real money where the constellation has some.

        Exit code 0: operations were accepted, and every proof held. 1: none were, a proof did not hold, or a connection
        was lost for good.
        """
        from constellation.node.load_command import LoadOptions, run_load

        async def work() -> None:
            sys.exit(await run_load(LoadOptions(**options), as_json))

        run(work)
