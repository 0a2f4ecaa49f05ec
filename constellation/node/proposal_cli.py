"""The commands by which auditors decide. Heavy modules are imported when a command runs."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

_PATH = click.Path(path_type=Path)
_HOURS_MAX = 24 * 365


def _settings_file(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--settings-file", type=_PATH, default=Path("constellation.json"), help="The settings of genesis."
    )(command)


def _signer_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--url", required=True, help="Of alpha's gateway: ws:// or wss://."),
        click.option("--key-file", type=_PATH, required=True, help="The auditor's seed."),
        click.option("--yes", is_flag=True, help="Sign without asking."),
    ):
        command = option(command)
    return _settings_file(command)


def _valid_hours(command: Callable[..., None]) -> Callable[..., None]:
    hours = click.FloatRange(0, _HOURS_MAX, min_open=True)
    return click.option("--valid-hours", default=168.0, type=hours, help="Time for the others to sign.")(command)


def _confirmation(yes: bool) -> Callable[[str], None]:
    def confirm(question: str) -> None:
        if not yes:
            click.confirm(question, abort=True)

    return confirm


def add_proposal_commands(main: click.Group, run: Run) -> None:
    """Add the commands to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
    """

    @main.group("propose")
    def propose() -> None:
        """Propose what a quorum of auditors decides: settings, refunds, suspensions.

        Nothing is believed that alpha says: what is in force is proven, what a proposal does is shown before it is
        signed. The others sign with constellation sign-proposal.
        """

    @propose.command("settings")
    @click.argument("new", type=_PATH, required=False)
    @click.option("--set", "assignments", multiple=True, metavar="PATH=VALUE", help="Such as limits.open_orders=300.")
    @_signer_options
    @_valid_hours
    def propose_settings(
        new: Path | None,
        assignments: tuple[str, ...],
        url: str,
        settings_file: Path,
        key_file: Path,
        yes: bool,
        valid_hours: float,
    ) -> None:
        """Propose the settings in NEW, an edited copy of the settings' document, or the ones in force with --set."""
        if (new is None) == (not assignments):
            raise click.UsageError("give either a document with the NEW settings, or --set PATH=VALUE")
        from constellation.node.proposal_commands import Access, run_propose_settings

        access = Access(url, settings_file, key_file)
        run(lambda: run_propose_settings(access, new, assignments, valid_hours, _confirmation(yes)))

    @propose.command("refund")
    @click.argument("operation", type=int)
    @_signer_options
    @_valid_hours
    def propose_refund(
        operation: int, url: str, settings_file: Path, key_file: Path, yes: bool, valid_hours: float
    ) -> None:
        """Propose to send the deposit of ledger OPERATION, which is in suspense, back to its sender."""
        from constellation.node.proposal_commands import Access, run_propose_refund

        access = Access(url, settings_file, key_file)
        run(lambda: run_propose_refund(access, operation, valid_hours, _confirmation(yes)))

    def add_suspension(name: str, help_text: str, *, suspend: bool) -> None:
        @propose.command(name, help=help_text)
        @click.argument("asset")
        @_signer_options
        @_valid_hours
        def command(asset: str, url: str, settings_file: Path, key_file: Path, yes: bool, valid_hours: float) -> None:
            from constellation.node.proposal_commands import Access, run_propose_suspension

            access, confirm = Access(url, settings_file, key_file), _confirmation(yes)
            run(lambda: run_propose_suspension(access, asset, valid_hours, confirm, suspend=suspend))

    add_suspension("suspend", "Propose to suspend ASSET: nobody can pay, trade or withdraw it.", suspend=True)
    add_suspension("resume", "Propose to resume ASSET, or to try its trust line again.", suspend=False)

    @main.command("proposals")
    @click.option("--url", required=True, help="Of alpha's gateway: ws:// or wss://.")
    @_settings_file
    @click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
    def proposals(url: str, settings_file: Path, as_json: bool) -> None:
        """List what is proposed and not decided, who signed it, and what it lacks."""
        from constellation.node.proposal_commands import Access, run_proposals

        run(lambda: run_proposals(Access(url, settings_file, None), as_json))

    @main.command("sign-proposal")
    @click.argument("digest", metavar="HASH")
    @_signer_options
    def sign_proposal(digest: str, url: str, settings_file: Path, key_file: Path, yes: bool) -> None:
        """Check the proposal with HASH against what is proven, show what it does, and sign it."""
        from constellation.node.proposal_commands import Access, run_sign_proposal

        run(lambda: run_sign_proposal(Access(url, settings_file, key_file), digest, _confirmation(yes)))

    withdrawals = click.Group(
        "withdrawals", help="Withdrawals so large that the auditors' operators must approve them."
    )
    main.add_command(withdrawals)

    @withdrawals.command("list")
    @click.option("--status-url", required=True, help="Of your own auditor's HTTP port.")
    @click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
    def withdrawals_list(status_url: str, as_json: bool) -> None:
        """List those that wait, as your own auditor has them."""
        from constellation.node.withdrawals_command import run_list

        async def show() -> None:
            run_list(status_url, as_json)

        run(show)

    def add_decision(name: str, help_text: str, *, approve: bool) -> None:
        @withdrawals.command(name, help=help_text)
        @click.argument("number", type=click.IntRange(1, 2**64 - 1))
        @_signer_options
        @_valid_hours
        def command(number: int, url: str, settings_file: Path, key_file: Path, yes: bool, valid_hours: float) -> None:
            from constellation.node.proposal_commands import Access, run_decide_withdrawal
            from constellation.protocol.messages import WithdrawalDecision

            access, decision = Access(url, settings_file, key_file), WithdrawalDecision(number, approve)
            run(lambda: run_decide_withdrawal(access, decision, valid_hours, _confirmation(yes)))

    add_decision("approve", "Sign that withdrawal NUMBER may go on.", approve=True)
    add_decision("refuse", "Sign that withdrawal NUMBER is given back.", approve=False)

    @main.command("suspense")
    @click.option("--status-url", required=True, help="Of an auditor's HTTP port: your own.")
    @click.option("--url", help="Of alpha's gateway: prove every entry, too.")
    @_settings_file
    @click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
    def suspense(status_url: str, url: str | None, settings_file: Path, as_json: bool) -> None:
        """List deposits that could not be attributed."""
        from constellation.node.suspense_command import run_suspense

        run(lambda: run_suspense(status_url, url, settings_file, as_json))
