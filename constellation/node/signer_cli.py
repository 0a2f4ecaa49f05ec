"""The command ``constellation signer``. Heavy modules are imported when it runs."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

_PATH = click.Path(path_type=Path)


def add_signer_command(main: click.Group, run: Run) -> None:
    """Add the command to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
    """

    @main.command()
    @click.option("--key-file", type=_PATH, required=True, help="The node's seed, or a keystore with it.")
    @click.option(
        "--settings-file",
        type=_PATH,
        default=Path("constellation.json"),
        help="The constellation's settings: it signs for no other.",
    )
    @click.option("--record", type=_PATH, required=True, help="What was signed, on a disk of its own.")
    @click.option("--socket", type=_PATH, required=True, help="Where the node reaches it; its key_file.")
    @click.option("--new-record", is_flag=True, help="The key has never signed: begin the record.")
    @click.option("--node-user", "node_users", multiple=True, help="Who else may ask: name or number; may be repeated.")
    @click.option("--sign-decisions", is_flag=True, help="Sign operators' proposals and appointments, too.")
    @click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"]), default="INFO")
    @click.option("--log-format", type=click.Choice(["text", "json"]), default="text")
    @click.option("--stop-on-eof", is_flag=True, hidden=True, help="Stop when standard input ends.")
    def signer(**options: Any) -> None:
        """Keep a node's key in a process of its own, which signs by rules of its own.

        It signs one header for each epoch and number, nothing of an epoch below one that it has promised, and
        transactions of the vault; and it remembers on its own disk what it has signed.
        """
        from constellation.node.signer_command import SignerOptions, run_signer

        run(lambda: run_signer(SignerOptions(**options)))
