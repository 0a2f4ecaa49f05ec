"""The refund commands of the command line. Heavy modules are imported when a command runs."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from constellation.protocol.limits import LEDGER_OPERATIONS_MAX

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

_PATH = click.Path(path_type=Path)
_DAYS_MAX = 30
_FEE_MIN_STROOPS, _FEE_MAX_STROOPS = 100, 10_000_000


def _node_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--config", "config_path", type=_PATH, help="TOML file of the node."),
        click.option("--data-directory", type=_PATH, help="Of a stopped node."),
        click.option("--settings-file", type=_PATH, help="The constellation's settings."),
        click.option(
            "--horizon-url",
            "horizon_urls",
            multiple=True,
            help="Of the Stellar network; your own, not somebody's. May be repeated.",
        ),
        click.option("--archive", type=_PATH, help="Certified history, when the log does not reach far enough."),
    ):
        command = option(command)
    return command


@click.command("refund-plan")
@_node_options
@click.option("--output", type=_PATH, required=True, help="The plan; never overwritten.")
@click.option("--valid-days", default=7, type=click.IntRange(1, _DAYS_MAX), help="Time to co-sign and submit.")
@click.option(
    "--fee",
    default=1000,
    type=click.IntRange(_FEE_MIN_STROOPS, _FEE_MAX_STROOPS),
    help="Offered to the ledger for each operation, in stroops.",
)
@click.option(
    "--operations", default=100, type=click.IntRange(1, LEDGER_OPERATIONS_MAX), help="In one transaction, at most."
)
@click.option("--set-aside", multiple=True, metavar="ASSET", help="Pay nothing of it: the vault cannot.")
@click.option(
    "--surplus", multiple=True, metavar="ASSET=AMOUNT", help="More in the vault than anybody explains; stays."
)
@click.option("--donor", multiple=True, metavar="ADDRESS", help="Its late lumens are for reserves, not to be returned.")
@click.pass_obj
def refund_plan(
    run: Run,
    /,
    config_path: Path | None,
    archive: Path | None,
    output: Path,
    valid_days: int,
    fee: int,
    operations: int,
    set_aside: tuple[str, ...],
    surplus: tuple[str, ...],
    donor: tuple[str, ...],
    **flags: Any,
) -> None:
    """Plan the return of every balance to its owner, from the last certified state.

    For when alpha is gone for good. Nothing is signed or sent.
    """
    from constellation.node.refund_commands import PlanOptions, run_plan

    options = PlanOptions(valid_days, fee, operations, set_aside, surplus, donor)
    run(lambda: run_plan(config_path, flags, archive, output, options))


@click.command("refund-sign")
@click.argument("plan", type=_PATH)
@_node_options
@click.option("--key-file", type=_PATH, help="The auditor's seed.")
@click.option("--yes", is_flag=True, help="Sign without asking, when everything was checked.")
@click.pass_obj
def refund_sign(
    run: Run, /, plan: Path, config_path: Path | None, archive: Path | None, yes: bool, **flags: Any
) -> None:
    """Check PLAN against this auditor's own log and Horizon, show it, and add this auditor's signatures.

    After that the auditor does not run any more.
    """
    from constellation.node.refund_signing import run_sign

    def confirm() -> None:
        if not yes:
            click.confirm("Sign this plan? This auditor will not run any more", abort=True)

    run(lambda: run_sign(config_path, flags, plan, archive, confirm))


@click.command("refund-submit")
@click.argument("plans", type=_PATH, nargs=-1, required=True)
@click.option("--settings-file", type=_PATH, default=Path("constellation.json"), help="The constellation's settings.")
@click.option(
    "--horizon-url", "horizon_urls", required=True, multiple=True, help="Of the Stellar network; may be repeated."
)
@click.pass_obj
def refund_submit(run: Run, /, plans: tuple[Path, ...], settings_file: Path, horizon_urls: tuple[str, ...]) -> None:
    """Submit a co-signed plan; several copies of it, signed by different auditors, are put together.

    Start it again after an interruption: what is on the ledger is not sent again. Exit code 0 when everything planned
    is paid, 1 when not.
    """
    from constellation.node.refund_commands import run_submit

    run(lambda: run_submit(plans, settings_file, horizon_urls))


def add_refund_commands(group: click.Group, run: Run) -> None:
    """Register the commands.

    Args:
        group: of all commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
    """
    group.context_settings["obj"] = run
    for command in (refund_plan, refund_sign, refund_submit):
        group.add_command(command)
