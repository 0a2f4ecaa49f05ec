"""``constellation refund-plan`` and ``refund-submit``: all funds back to their owners, without alpha."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from constellation.node.config import (
    ConfigurationError,
    NodeConfig,
    check_horizon_urls,
    check_is_free,
    load_config,
    load_settings,
)
from constellation.node.refund_archive import archive_as_log
from constellation.node.refund_files import check_settings, load_plan, progress_bar
from constellation.node.refund_network import one_server
from constellation.node.refund_output import print_plan, print_results
from constellation.node.refund_source import (
    CertifiedState,
    locked_directory,
    read_state,
)
from constellation.protocol.amounts import parse_amount
from constellation.protocol.messages import Code, Settings
from constellation.protocol.settings_json import format_asset, parse_asset
from constellation.protocol.strkey import decode_public_key
from constellation.snapshots.archive import new_file
from constellation.stellarlink import StellarNetwork
from constellation.stellarlink.refund_claims import claims_after
from constellation.stellarlink.refund_document import Json, plan_digest, plan_document
from constellation.stellarlink.refund_file import write_plan
from constellation.stellarlink.refund_ledger import find_obstacles, read_ledger
from constellation.stellarlink.refund_model import Choices, RefundRefused
from constellation.stellarlink.refund_payments import RefundPlan
from constellation.stellarlink.refund_plan import make_plan
from constellation.stellarlink.refund_signed import Result, attach_signatures
from constellation.stellarlink.refund_submit import RefundSubmission
from constellation.stellarlink.task_check import possible_signers

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the maker of a plan asks for on the command line, as text where it is not checked yet."""

    valid_days: int
    fee_per_operation: int
    operations: int
    set_aside: tuple[str, ...]
    surplus: tuple[str, ...]
    donors: tuple[str, ...]

    def choices(self, closed_at_s: int) -> Choices:
        """The choices for a plan of a ledger that closed at ``closed_at_s``.

        Raises:
            ConfigurationError: an option is malformed; the message names it.
        """
        surplus = {}
        for item in self.surplus:
            name, _, amount = item.rpartition("=")
            try:
                surplus[_asset(name)] = _surplus(amount)
            except ValueError as error:
                raise ConfigurationError(f"--surplus: {item!r} is not ASSET=AMOUNT: {error}") from None
        try:
            return Choices(
                max_time_s=closed_at_s + self.valid_days * _DAY_S,
                fee_per_operation=self.fee_per_operation,
                operations=self.operations,
                set_aside=tuple(sorted({_asset(item) for item in self.set_aside})),
                surplus=surplus,
                donors=tuple(sorted({_address(item) for item in self.donors})),
            )
        except ValueError as error:
            raise ConfigurationError(f"--set-aside or --donor: {error}") from None


def _asset(text: str) -> str:
    return format_asset(parse_asset(text))


def _surplus(text: str) -> int:
    amount = parse_amount(text)
    if amount <= 0:
        raise ValueError("a surplus is above zero")
    return amount


def _address(text: str) -> str:
    decode_public_key(text)
    return text


async def run_plan(
    config_path: Path | None, flags: dict[str, Any], archive: Path | None, output: Path, options: PlanOptions
) -> None:
    """Make a plan from the last certified state and write it to ``output``.

    Raises:
        ConfigurationError: something that was given cannot be used, or there is something at ``output``.
        NothingCertified: there is no certified state.
        RefundRefused: a plan cannot be made now; the message says why.
        StellarLinkError: the ledger cannot be read.
    """
    config = load_config(config_path, flags)
    settings = load_settings(config.settings_file)
    options.choices(0)  # what cannot be used is said before the long work
    check_is_free(output)
    certified = _planned_state(config, settings, archive)
    async with one_server(config.horizon_urls, settings) as network:
        document, plan = await _make_plan(network, settings, certified, options)
    with new_file(output) as file:
        file.write(write_plan(document, {}))
    print_plan(document)
    if certified.uncertified:
        click.echo(
            f"{certified.uncertified} later batches in this log are not certified as far as this node knows, and not "
            "in the plan. Ask the other auditors for a higher certificate first.",
            err=True,
        )
    payments = sum(len(item.repayments) for item in plan.transactions)
    click.echo(f"{output}: {payments} payments in {len(plan.transactions)} transactions, plan {plan_digest(document)}")


def _planned_state(config: NodeConfig, settings: Settings, archive: Path | None) -> CertifiedState:
    if archive is not None:
        with archive_as_log(archive, settings) as path:
            return read_state(path, settings)
    with locked_directory(config.data_directory) as directory:
        return read_state(directory.log_path, settings)


async def _make_plan(
    network: StellarNetwork, settings: Settings, certified: CertifiedState, options: PlanOptions
) -> tuple[Json, RefundPlan]:
    anchor = certified.anchor
    view = await read_ledger(network, settings, possible_signers(certified.state), anchor.ledger_cursor)
    choices = options.choices(view.info.latest_closed_at_s)
    claims = claims_after(certified.state, view.history, view.info.latest_closed_at_s, choices.donors)
    with progress_bar("asking for the owners' accounts") as progress:
        facts = view.facts(await find_obstacles(network, claims, progress))
    plan = make_plan(settings, claims, facts, choices)
    return plan_document(settings, anchor, view.signers, view.history, claims, facts, choices, plan), plan


async def run_submit(plan_paths: tuple[Path, ...], settings_file: Path, horizon_urls: tuple[str, ...]) -> None:
    """Submit a co-signed plan, or what is left of it; several copies of it bring their signatures together.

    Raises:
        ConfigurationError: something that was given cannot be used.
        RefundRefused: the copies are of different plans, a transaction lacks signatures, or not everything was paid.
        StellarLinkError: the network cannot be used.
    """
    settings = load_settings(settings_file)
    first, *others = [load_plan(path) for path in plan_paths]
    check_settings(first, settings)
    for other in others:
        if plan_digest(other.document) != plan_digest(first.document):
            raise RefundRefused("the files are not copies of one plan", Code.MALFORMED)
        for auditor, signatures in other.signatures.items():
            first.signatures.setdefault(auditor, signatures)
    transactions = attach_signatures(settings, first.signers, first.document, first.signatures)
    check_horizon_urls(*horizon_urls)
    async with one_server(horizon_urls, settings) as network:
        with progress_bar("submitting") as progress:
            done = 0

            def tell(_: object) -> None:
                nonlocal done
                done += 1
                progress(done, len(transactions))

            await RefundSubmission(network, settings, transactions, tell).run()
    print_results(transactions, first.document)
    left = sum(item.result is not Result.PAID for item in transactions)
    if left:
        raise RefundRefused(
            f"{left} of {len(transactions)} transactions are not paid: start the command again for those that are "
            "open, make a new plan for those that failed or have expired",
            Code.NOT_READY,
        )
