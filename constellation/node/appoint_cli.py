"""The commands under ``constellation appoint-alpha`` and ``constellation appoint-auditors``."""

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
        from constellation.node.appoint_commands import run_propose_alpha

        explained(lambda: run_propose_alpha(file, settings_file, alpha, client_url, cluster_url))

    @main.group("appoint-auditors")
    def appoint_auditors() -> None:
        """Let auditors join, leave or change their keys.

        One auditor proposes, a quorum of the present ones signs the same file, and every member gets it. The vault's
        signers on the ledger follow by a transaction that the constellation makes. Those who stay must be a quorum of
        the old auditors and of the new ones. While the last change is on its way to the ledger, they must also be a
        quorum of those whom the ledger still has; otherwise the command says that you must wait.
        """

    @appoint_auditors.command("propose")
    @_FILE
    @_SETTINGS
    @click.option("--add", multiple=True, help="Public key of a new auditor; may be repeated.")
    @click.option("--remove", multiple=True, help="Public key of an auditor that leaves; may be repeated.")
    @click.option("--quorum-rule", type=click.Choice(["majority", "two_thirds"]), help="How many are a quorum.")
    @click.option("--client-url", help="Where traders connect; needed when no appointment says it so far.")
    @click.option("--cluster-url", help="Where auditors connect; needed when no appointment says it so far.")
    @click.option("--status-url", required=True, help="Of your own auditor's HTTP port.")
    def propose_auditors(
        file: Path,
        settings_file: Path,
        add: tuple[str, ...],
        remove: tuple[str, ...],
        quorum_rule: str | None,
        client_url: str | None,
        cluster_url: str | None,
        status_url: str,
    ) -> None:
        """Write down who is to be an auditor, for the present auditors to sign."""
        from constellation.node.appoint_commands import run_propose_auditors

        urls = client_url, cluster_url, status_url
        explained(lambda: run_propose_auditors(file, settings_file, add, remove, quorum_rule, *urls))

    _add_common(appoint_alpha, explained)
    _add_common(appoint_auditors, explained)


def _add_common(group: click.Group, explained: Callable[[Callable[[], None]], None]) -> None:
    """Signing and showing are the same, whoever is appointed."""

    @group.command("sign")
    @_FILE
    @_SETTINGS
    @click.option("--key-file", type=click.Path(path_type=Path), required=True, help="The auditor's seed.")
    @click.option("--status-url", help="Of your own auditor's HTTP port; needed when auditors change.")
    def sign(file: Path, settings_file: Path, key_file: Path, status_url: str | None) -> None:
        """Add an auditor's signature."""
        from constellation.node.appoint_commands import run_sign
        from constellation.node.node_key import signer_of

        def sign() -> None:
            with signer_of(key_file) as signer:
                run_sign(file, settings_file, signer, status_url)

        explained(sign)

    @group.command("show")
    @_FILE
    @_SETTINGS
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    def show(file: Path, settings_file: Path, as_json: bool) -> None:
        """Show who are the members in which term, and what lacks signatures."""
        from constellation.node.appoint_commands import run_show

        explained(lambda: run_show(file, settings_file, as_json))
