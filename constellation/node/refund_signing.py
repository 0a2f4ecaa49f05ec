"""``constellation refund-sign``: an auditor makes a plan anew from its own state, and signs it if it is the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from stellar_sdk import TransactionEnvelope

from constellation.node.config import ConfigurationError, NodeConfig, load_config, load_settings
from constellation.node.node_key import node_signer
from constellation.node.refund_archive import archive_as_log
from constellation.node.refund_files import check_settings, load_plan, progress_bar
from constellation.node.refund_network import one_server
from constellation.node.refund_output import print_plan
from constellation.node.refund_record import SignedRefund, read_record, replace_file, write_record
from constellation.node.refund_source import (
    CertifiedState,
    check_same_past,
    locked_directory,
    read_state,
)
from constellation.protocol.messages import Certificate, Code, Settings
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.signing import Signer, verify
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.xdr import MalformedMessage
from constellation.stellarlink import StellarNetwork
from constellation.stellarlink.refund_check import check_obstacles, check_times, check_vault_and_channels
from constellation.stellarlink.refund_claims import claims_after
from constellation.stellarlink.refund_document import (
    Json,
    anchor_document,
    first_difference,
    plan_digest,
    plan_document,
)
from constellation.stellarlink.refund_file import PlanFile, write_plan
from constellation.stellarlink.refund_ledger import LedgerView, find_obstacles, read_ledger
from constellation.stellarlink.refund_model import RefundRefused
from constellation.stellarlink.refund_payments import RefundPlan, RefundTransaction
from constellation.stellarlink.refund_plan import make_plan
from constellation.stellarlink.task_check import possible_signers


async def run_sign(
    config_path: Path | None,
    flags: dict[str, Any],
    plan_path: Path,
    archive: Path | None,
    confirm: Callable[[], None],
) -> None:
    """Check a plan against the own log and the own Horizon, show it, and add the auditor's signatures.

    Args:
        config_path: of the auditor's configuration.
        flags: values from the command line.
        plan_path: of the plan; it is written anew with the signatures.
        archive: continues a log that ends before the plan's batch.
        confirm: called when everything was checked and shown; raises when the operator says no.

    Raises:
        ConfigurationError: something that was given cannot be used.
        RefundRefused: the plan does not hold; the message names the first difference.
        StellarLinkError: the ledger cannot be read.
    """
    config = load_config(config_path, flags)
    settings = load_settings(config.settings_file)
    given = load_plan(plan_path)
    check_settings(given, settings)
    with node_signer(config) as signer:
        await _sign(config, settings, given, signer, plan_path, archive, confirm)


async def _sign(
    config: NodeConfig,
    settings: Settings,
    given: PlanFile,
    signer: Signer,
    plan_path: Path,
    archive: Path | None,
    confirm: Callable[[], None],
) -> None:
    if signer.public not in given.signers.auditors:
        raise ConfigurationError(f"key_file: {signer.address} is not an auditor who signs by this plan")
    with locked_directory(config.data_directory) as directory:
        certified = _signed_state(directory.log_path, settings, given, archive)
        async with one_server(config.horizon_urls, settings) as network:
            plan, view, notes = await _check(network, settings, certified, given)
        digest = plan_digest(given.document)
        _check_earlier(directory.path, digest, view)
        print_plan(given.document)
        for note in notes:
            click.echo(f"note: {note}")
        confirm()
        write_record(directory.path, _record(digest, given.choices.max_time_s, plan))
        given.signatures[signer.address] = [
            signer.sign_transaction(_signature_base(settings, item)) for item in plan.transactions
        ]
        replace_file(plan_path, write_plan(given.document, given.signatures))
    signed, needed = _signed_by(given.signers, plan, given.signatures), quorum_of(given.signers)
    click.echo(
        f"{plan_path}: plan {digest} signed by {signer.address}, one of {signed}; {needed} are needed. "
        "This auditor does not run any more."
    )


def _signature_base(settings: Settings, item: RefundTransaction) -> bytes:
    envelope = TransactionEnvelope.from_xdr(item.envelope_xdr, settings.network_passphrase)
    return bytes(envelope.signature_base())


def _signed_state(log_path: Path, settings: Settings, given: PlanFile, archive: Path | None) -> CertifiedState:
    """The state that this node itself finds after the plan's batch."""
    try:
        certificate = Certificate.from_xdr(given.anchor.certificate)
    except MalformedMessage as error:
        raise RefundRefused(f"the plan's certificate is malformed: {error}", Code.MALFORMED) from None
    if archive is None:
        return read_state(log_path, settings, certificate)
    with archive_as_log(archive, settings) as archived:
        is_forgetful = check_same_past(log_path, archived, settings, certificate.header.number)
        certified = read_state(archived, settings, certificate)
    certified.is_forgetful = is_forgetful
    return certified


async def _check(
    network: StellarNetwork, settings: Settings, certified: CertifiedState, given: PlanFile
) -> tuple[RefundPlan, LedgerView, list[str]]:
    """Make the plan anew and compare everything; the plan, the ledger now, and notes for the signer."""
    anchor, facts, choices = certified.anchor, given.facts, given.choices
    _refuse({"state": anchor_document(anchor)}, {"state": given.document["state"]})
    view = await read_ledger(network, settings, possible_signers(certified.state), anchor.ledger_cursor)
    closed = await network.ledgers(max(0, facts.ledger - 1), 1)
    check_times(facts, choices, view, closed[0].closed_at_s if closed and closed[0].sequence == facts.ledger else None)
    notes = list(check_vault_and_channels(facts, view))
    if certified.uncertified:
        notes.append(f"{certified.uncertified} later batches in the log are not certified as far as this node knows")
    if certified.is_forgetful:
        notes.append("this log is new, or a copy: it may not know of everything that this auditor has signed")
    history = view.history.until(facts.ledger)
    claims = claims_after(certified.state, history, facts.closed_at_s, choices.donors)
    plan = make_plan(settings, claims, facts, choices)
    expected = plan_document(settings, anchor, view.signers, history, claims, facts, choices, plan)
    _refuse(expected, given.document)
    with progress_bar("asking for the owners' accounts") as progress:
        now = await find_obstacles(network, claims, progress)
    notes += check_obstacles(plan, facts.obstacles, now, view)
    return plan, view, notes


def _refuse(expected: Json, found: Json) -> None:
    difference = first_difference(expected, found)
    if difference is not None:
        raise RefundRefused(f"the plan is not what this node makes of its own state: {difference}")


def _check_earlier(data_directory: Path, digest: str, view: LedgerView) -> None:
    """Refuse a second plan as long as the first could still be executed."""
    record = read_record(data_directory)
    if record is None or record.plan == digest or view.info.latest_closed_at_s > record.max_time_s:
        return
    sequences = {account.address: account.sequence for account in view.channels}
    if all(sequences.get(channel, 0) >= last for channel, last in record.last_sequences.items()):
        return
    raise RefundRefused(
        f"this auditor has signed plan {record.plan}, which can still be executed: submit it to its end, or wait until "
        f"its time bound ({record.max_time_s} seconds since 1970) has passed on the ledger",
        Code.NOT_READY,
    )


def _signed_by(signers: Members, plan: RefundPlan, signatures: dict[str, list[bytes]]) -> int:
    """How many of the signers have signed all of a plan."""
    given = [(key, signatures.get(encode_public_key(key), [])) for key in signers.auditors]
    return sum(
        len(items) == len(plan.transactions)
        and all(verify(key, item.hash, one) for item, one in zip(plan.transactions, items, strict=True))
        for key, items in given
    )


def _record(digest: str, max_time_s: int, plan: RefundPlan) -> SignedRefund:
    last: dict[str, int] = {}
    for item in plan.transactions:
        last[item.channel] = max(item.sequence, last.get(item.channel, 0))
    return SignedRefund(digest, max_time_s, last)
