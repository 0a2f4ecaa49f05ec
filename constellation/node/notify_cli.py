"""The command about notices. Heavy modules are imported when it runs."""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

_PATH = click.Path(path_type=Path)


def add_notify_command(main: click.Group, run: Run) -> None:
    """Add the command to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
    """

    @main.command("notify-test")
    @click.option("--config", "config_path", type=_PATH, help="TOML file of the node.")
    @click.option("--settings-file", type=_PATH, help="The constellation's settings.")
    @click.option("--key-file", type=_PATH, help="The node's seed.")
    def notify_test(config_path: Path | None, **flags: Path | None) -> None:
        """Send a test notice to everybody whom a node is configured to tell, and say what came of it.

        The node may be running. Exit code 0: all have taken it. 1: somebody has not. 3: nobody is configured.
        """
        from constellation.node.notify_command import run_notify_test

        async def test() -> None:
            code = await run_notify_test(config_path, flags)
            if code:
                sys.exit(code)

        run(test)
