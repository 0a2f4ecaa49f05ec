"""The ``constellation`` command. Heavy modules are imported by the commands that need them."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from constellation.build import version_text
from constellation.node.appoint_cli import add_appoint_commands
from constellation.node.backup_cli import add_backup_commands
from constellation.node.chronicler_cli import add_chronicler_commands
from constellation.node.config_cli import add_config_commands
from constellation.node.control.mode_cli import add_mode_command
from constellation.node.exit_codes import ExitCode
from constellation.node.health_cli import add_health_commands
from constellation.node.history_cli import add_history_command
from constellation.node.keys_cli import add_keys_commands
from constellation.node.load_cli import add_load_command
from constellation.node.notify_cli import add_notify_command
from constellation.node.proposal_cli import add_proposal_commands
from constellation.node.refund_cli import add_refund_commands
from constellation.node.reserve_cli import add_reserve_commands
from constellation.node.signer_cli import add_signer_command
from constellation.node.status_cli import add_status_command

_SETTING = click.IntRange(1, 2**32 - 1)


class CommandFailed(click.ClickException):
    """A message for the operator and an exit code."""

    def __init__(self, code: ExitCode, message: str) -> None:
        super().__init__(message)
        self.exit_code = int(code)  # type: ignore[misc]  # click reads it from the instance


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(version_text(), prog_name="constellation")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="Holds the pass phrase of the keystore that the command reads; without it the terminal is asked.",
)
def main(passphrase_file: Path | None) -> None:
    """A second-layer exchange and payment network on Stellar."""
    from constellation.node.passphrases import PASSPHRASE_FILE

    PASSPHRASE_FILE.set(passphrase_file)


def _read_key(path: Path) -> Any:
    from constellation.node.keys import read_key_file
    from constellation.node.secret_files import KeyFileError

    try:
        return read_key_file(path)
    except KeyFileError as error:
        raise CommandFailed(ExitCode.CONFIGURATION, str(error)) from None


@main.group()
def vault() -> None:
    """The multisig account on the Stellar ledger."""


@vault.command("create")
@click.option("--plan", "plan_path", type=click.Path(path_type=Path), required=True, help="TOML file: see docs.")
@click.option("--horizon-url", required=True, help="Of the network to create the vault on.")
@click.option("--funder-key-file", type=click.Path(path_type=Path), required=True, help="Pays for it.")
@click.option("--friendbot", is_flag=True, help="Ask the network's friendbot to create the funder first.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("constellation.json"))
def vault_create(plan_path: Path, horizon_url: str, funder_key_file: Path, friendbot: bool, output: Path) -> None:
    """Create the vault and its channel accounts and write the genesis settings.

    The vault's own key and the channels' are drawn here, used once, and forgotten: from then on only the auditors
    together can move anything.
    """
    from constellation.node.plan import create_from_plan

    if output.exists():
        raise CommandFailed(ExitCode.CONFIGURATION, f"{output} exists already; it is never overwritten")
    if not os.access(output.parent, os.W_OK):
        raise CommandFailed(ExitCode.CONFIGURATION, f"{output} cannot be written: no such directory, or not writable")
    funder = _read_key(funder_key_file)
    _run(lambda: create_from_plan(plan_path, horizon_url, funder, friendbot, output, click.echo))


def _node_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that alpha and auditors share."""
    for option in (
        click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file."),
        click.option("--settings-file", type=click.Path(path_type=Path), help="The constellation's settings."),
        click.option("--key-file", type=click.Path(path_type=Path), help="The node's seed."),
        click.option("--data-directory", type=click.Path(path_type=Path), help="Log and evidence."),
        click.option("--horizon-url", "horizon_urls", multiple=True, help="Of the Stellar network; may be repeated."),
        click.option("--http-listen", help="host:port of health and status."),
        click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"])),
        click.option("--log-format", type=click.Choice(["text", "json"])),
        click.option(
            "--take-over-s",
            default=0.0,
            type=click.FloatRange(0, 86_400),
            help="Wait so long for the process that has the data directory to end, and take its place at once.",
        ),
        click.option("--stop-on-eof", is_flag=True, hidden=True, help="Stop when standard input ends."),
    ):
        command = option(command)
    return command


@main.command()
@_node_options
@click.option("--client-listen", help="host:port for traders.")
@click.option("--cluster-listen", help="host:port for auditors.")
@click.option("--set-damaged-log-aside", is_flag=True, help="Begin a new log where this one is known to be damaged.")
def alpha(
    config_path: Path | None,
    take_over_s: float,
    stop_on_eof: bool,
    set_damaged_log_aside: bool,
    client_listen: str | None,
    cluster_listen: str | None,
    **flags: Any,
) -> None:
    """Run alpha: it orders and executes operations and serves traders."""
    flags |= {"alpha.client_listen": client_listen, "alpha.cluster_listen": cluster_listen}
    _run_node("alpha", config_path, flags, stop_on_eof, set_damaged_log_aside, take_over_s)


@main.command()
@_node_options
@click.option("--alpha-url", help="ws:// or wss:// address of alpha's cluster port.")
def auditor(
    config_path: Path | None, take_over_s: float, stop_on_eof: bool, alpha_url: str | None, **flags: Any
) -> None:
    """Run an auditor: it verifies everything, signs what it verified, and co-signs withdrawals."""
    _run_node("auditor", config_path, flags | {"auditor.alpha_url": alpha_url}, stop_on_eof, False, take_over_s)


def _run_node(
    role: str,
    config_path: Path | None,
    flags: dict[str, Any],
    stop_on_eof: bool,
    set_damaged_log_aside: bool,
    take_over_s: float,
) -> None:
    from constellation.node.interpreter import leave_at_once, without_collections

    with without_collections():
        from constellation.node.run import run_node
    _run(lambda: run_node(role, config_path, flags, stop_on_eof, set_damaged_log_aside, take_over_s))
    leave_at_once()


@main.command()
@click.option(
    "--listen",
    default=["127.0.0.1:8000"],
    multiple=True,
    help="host:port of its Horizon. Given again: of one more, with faults of its own.",
)
@click.option("--close-interval-s", default=1.0, type=click.FloatRange(0.01, 60), help="Seconds between ledgers.")
@click.option("--manual", is_flag=True, help="Close no ledger until somebody posts to /_sandbox/close.")
@click.option("--data-file", type=click.Path(path_type=Path, dir_okay=False), help="Record ledgers; go on with them.")
@click.option("--network-passphrase", default="Constellation Sandbox ; 2026", help="Names the network.")
@click.option("--base-fee-stroops", type=_SETTING, help="Least fee of an operation.  [default: 100]")
@click.option("--base-reserve-stroops", type=_SETTING, help="Reserve for each entry.  [default: 5000000]")
@click.option("--capacity-operations", type=_SETTING, help="Operations in one ledger.  [default: 1000]")
@click.option("--protocol-version", type=_SETTING, help="What it claims to run.  [default: 23]")
@click.option("--stop-on-eof", is_flag=True, hidden=True, help="Stop when standard input ends.")
def ledger(
    listen: tuple[str, ...],
    close_interval_s: float,
    manual: bool,
    data_file: Path | None,
    network_passphrase: str,
    stop_on_eof: bool,
    **settings: int | None,
) -> None:
    """Run a sandbox Stellar ledger with a Horizon and a friendbot.

    It is for developers and tests: the whole ledger is this one process, and its money is worth nothing. Everything is
    in memory, unless --data-file names a file: then a restart goes on with the same ledgers, identifiers and hashes.
    With a file that exists, the settings of fees and capacity change those it has.

    \b
    GET  /                             which network this is
    GET  /friendbot?addr=G...          10,000 lumens for a new account
    GET  /_sandbox                     settings, and what is pending
    POST /_sandbox/close               close a ledger now
    POST /_sandbox/settings            change fees, reserves, capacity
    PUT  /_sandbox/conversions         rates for path payments
    POST /_sandbox/faults              let requests fail; GET lists, DELETE clears

    Everything else is Horizon. Faults, differences to the real network, examples: docs/operating/sandbox-ledger.md.
    """  # noqa: D301 - click's mark for text that is not to be wrapped
    from constellation.node.ledger_command import LedgerOptions, run_ledger

    options = LedgerOptions(
        listen=listen,
        close_interval_s=None if manual else close_interval_s,
        network_passphrase=network_passphrase,
        data_file=data_file,
        settings={name: value for name, value in settings.items() if value is not None},
        stop_on_eof=stop_on_eof,
    )
    _run(lambda: run_ledger(options))


@main.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--horizon-url", default="http://127.0.0.1:8000", help="Of a network with a friendbot.")
@click.option("--auditors", default=3, type=click.IntRange(1, 19))
def setup(directory: Path, horizon_url: str, auditors: int) -> None:
    """Make keys, a plan and a vault in DIRECTORY, for trying things out.

    Everything is paid with test money. What exists is kept, and compared with the ledger.
    """
    from constellation.node.setup import run_setup

    _run(lambda: run_setup(directory, horizon_url, auditors, click.echo))


@main.command()
@click.option("--directory", type=click.Path(path_type=Path), help="Where to keep it; default: a temporary one.")
@click.option("--auditors", default=3, type=click.IntRange(1, 19))
@click.option("--bots/--no-bots", default=True, show_default=True, help="Whether somebody trades there.")
@click.option("--open", "open_page", is_flag=True, help="Open the page to trade on in a browser.")
def sandbox(directory: Path | None, auditors: int, bots: bool, open_page: bool) -> None:
    """Run a ledger, alpha, auditors and a chronicler in this terminal, until Ctrl-C.

    A page to trade on is among the addresses that it prints, and two bots keep the markets alive.
    """
    from constellation.node.sandbox_command import run_sandbox

    _run(lambda: run_sandbox(directory, auditors, bots=bots, open_page=open_page))


@main.command()
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file of the node.")
@click.option("--data-directory", type=click.Path(path_type=Path), help="Of a stopped node.")
@click.option("--settings-file", type=click.Path(path_type=Path), help="The constellation's settings.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="The archive; never overwritten.")
@click.option("--from-checkpoint", is_flag=True, help="Start with the state at the last checkpoint, not at genesis.")
def export(
    config_path: Path | None,
    data_directory: Path | None,
    settings_file: Path | None,
    output: Path,
    from_checkpoint: bool,
) -> None:
    """Write all certified batches of a stopped node to an archive."""
    from constellation.node.archive_commands import run_export

    _explained(lambda: run_export(config_path, data_directory, settings_file, output, from_checkpoint))


@main.command()
@click.argument("archive", type=click.Path(path_type=Path), required=False)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file of a stopped node.")
@click.option("--data-directory", type=click.Path(path_type=Path), help="Of a stopped node: verify its own log.")
@click.option("--settings-file", type=click.Path(path_type=Path), help="The settings that you trust.")
@click.option("--settings-hash", "settings_digest", help="Their hash, when you know it from elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as a JSON document.")
def verify(
    archive: Path | None,
    config_path: Path | None,
    data_directory: Path | None,
    settings_file: Path | None,
    settings_digest: str | None,
    as_json: bool,
) -> None:
    """Prove or refute ARCHIVE, or a stopped node's own log, by replaying it, without asking anybody.

    Exit code 0: everything in it was proved. 1: something does not hold; the first such thing is named. 3: it is no
    archive or log, or the settings cannot be used.
    """
    if (archive is None) == (config_path is None and data_directory is None):
        raise click.UsageError("give an ARCHIVE, or the --data-directory or --config of a stopped node")
    if archive is None:
        if settings_digest is not None:
            raise click.UsageError("--settings-hash is for archives: a log is verified with a --settings-file")
        from constellation.node.log_commands import run_verify_log

        _explained(lambda: sys.exit(run_verify_log(config_path, data_directory, settings_file, as_json)))
        return
    from constellation.node.archive_commands import run_verify

    _explained(lambda: sys.exit(run_verify(archive, settings_file, settings_digest, as_json)))


@main.command("replay-evidence")
@click.argument("evidence", type=click.Path(path_type=Path))
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file of the auditor.")
@click.option("--data-directory", type=click.Path(path_type=Path), help="Of the stopped auditor; not changed.")
@click.option("--settings-file", type=click.Path(path_type=Path), help="The constellation's settings.")
def replay_evidence(
    evidence: Path, config_path: Path | None, data_directory: Path | None, settings_file: Path | None
) -> None:
    """Execute again what a diverged auditor refused, on a copy of its log.

    Exit code 4: it contradicts again; what, is printed. 0: it holds. 3: the evidence is not about this log.
    """
    from constellation.node.evidence_replay import run_replay_evidence

    _explained(lambda: sys.exit(run_replay_evidence(evidence, config_path, data_directory, settings_file)))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the steps as JSON lines.")
def demo(as_json: bool) -> None:
    """Run a whole constellation, trade on it, and check everything."""
    from constellation.node.demo import run_demo

    _run(lambda: run_demo(as_json))


def _run(start: Callable[[], Coroutine[Any, Any, None]]) -> None:
    _explained(lambda: asyncio.run(start()))


def _explained(run: Callable[[], None]) -> None:
    """Run something; turn expected failures into a message and an exit code."""
    try:
        run()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        from constellation.node.failures import explain

        expected = explain(error)
        if expected is None:
            raise
        code, message = expected
        raise CommandFailed(code, message) from None


add_appoint_commands(main, _explained)
add_backup_commands(main, _explained)
add_chronicler_commands(main, _run, _explained)
add_config_commands(main, _run, _explained)
add_health_commands(main, _explained)
add_history_command(main, _run)
add_keys_commands(main, _explained)
add_load_command(main, _run)
add_mode_command(main, _explained)
add_notify_command(main, _run)
add_refund_commands(main, _run)
add_proposal_commands(main, _run)
add_reserve_commands(main, _run, _explained)
add_signer_command(main, _run)
add_status_command(main, _run)


if __name__ == "__main__":
    main()
