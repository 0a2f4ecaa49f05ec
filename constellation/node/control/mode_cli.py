"""The command ``constellation mode``. Heavy modules are imported when it runs."""

from collections.abc import Callable
from pathlib import Path

import click

Explained = Callable[[Callable[[], None]], None]

_MODES = ("online", "post-only", "cancel-only", "maintenance")


def add_mode_command(main: click.Group, explained: Explained) -> None:
    """Add the command to ``main``.

    Args:
        main: the program's commands.
        explained: runs a function and turns expected failures into a message and an exit code.
    """

    @main.command()
    @click.argument("mode", type=click.Choice(_MODES), required=False)
    @click.option("--reason", default="", help="For people: clients are told it. At most 160 bytes.")
    @click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file of the running alpha.")
    @click.option("--data-directory", type=click.Path(path_type=Path), help="Of the running alpha.")
    @click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
    def mode(
        mode: str | None, reason: str, config_path: Path | None, data_directory: Path | None, as_json: bool
    ) -> None:
        r"""Show or change how much a running alpha lets clients do.

        \b
        online       everything
        post-only    no order takes anything from a book
        cancel-only  no new orders and no trades
        maintenance  no requests at all; questions are answered

        A mode is sequenced like everything else, told to all clients, and stays over restarts. In every mode deposits
        count, withdrawals that were accepted are paid, and what falls due by its time happens.
        """
        from constellation.node.control.mode_command import run_mode

        explained(lambda: run_mode(config_path, data_directory, mode, reason, as_json))
