"""The commands under ``constellation appoint-alpha``."""

from collections.abc import Callable
from pathlib import Path

import click

_FILE = click.option(
    "--file",
    type=click.Path(path_type=Path),
    default=Path("appointments.json"),
    help="What the auditors pass on and sign.",
)
_SETTINGS = click.option(
    "--settings-file",
    type=click.Path(path_type=Path),
    default=Path("constellation.json"),
    help="The constellation's settings.",
)


def add_appoint_commands(main: click.Group, explained: Callable[[Callable[[], None]], None]) -> None:
    """Add the commands to ``main``.

    Args:
        main: the program's commands.
        explained: runs a command and turns expected failures into messages and exit codes.
    """

    @main.group("appoint-alpha")
    def appoint_alpha() -> None:
        """Hand the constellation to another alpha: when the present one is gone for good.

        One auditor proposes, a quorum signs the same file, and every member gets it. Nothing final is lost: the new
        alpha takes over what the auditors have stored.
        """

    @appoint_alpha.command("propose")
    @_FILE
    @_SETTINGS
    @click.option("--alpha", required=True, help="Public key of the new alpha; see constellation keys new.")
    @click.option("--client-url", required=True, help="Where traders will connect: ws:// or wss://.")
    @click.option("--cluster-url", required=True, help="Where auditors will connect: ws:// or wss://.")
    def propose(file: Path, settings_file: Path, alpha: str, client_url: str, cluster_url: str) -> None:
        """Write down who is to be alpha, for the auditors to sign."""
        from constellation.node.appoint_commands import run_propose

        explained(lambda: run_propose(file, settings_file, alpha, client_url, cluster_url))

    @appoint_alpha.command("sign")
    @_FILE
    @_SETTINGS
    @click.option("--key-file", type=click.Path(path_type=Path), required=True, help="The auditor's seed.")
    def sign(file: Path, settings_file: Path, key_file: Path) -> None:
        """Add an auditor's signature."""
        from constellation.node.appoint_commands import run_sign
        from constellation.node.keys import read_key_file

        explained(lambda: run_sign(file, settings_file, read_key_file(key_file)))

    @appoint_alpha.command("show")
    @_FILE
    @_SETTINGS
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    def show(file: Path, settings_file: Path, as_json: bool) -> None:
        """Show who is alpha in which term, and what lacks signatures."""
        from constellation.node.appoint_commands import run_show

        explained(lambda: run_show(file, settings_file, as_json))
