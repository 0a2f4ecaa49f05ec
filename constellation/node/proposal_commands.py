"""What auditors' operators propose and sign from their own command line."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from constellation.node.config import ConfigurationError
from constellation.node.council_client import CouncilClient, connected
from constellation.node.proposal_words import Subject, proposal_json, time_text, words
from constellation.node.settings_edit import edit_settings, read_settings
from constellation.protocol.limits import UINT64_MAX
from constellation.protocol.messages import (
    AssetResumption,
    AssetSuspension,
    Decision,
    OpenProposal,
    Proposal,
    Settings,
    SettingsChange,
    SuspenseEntry,
    SuspenseRefund,
    SuspensionReason,
    WithdrawalDecision,
)
from constellation.protocol.proposals import proposal_hash
from constellation.quanta import settings_change_problems

_PREFIX_MIN = 8  # characters of a hash that must be given

Confirm = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Access:
    """How an operator reaches alpha, and as whom.

    Attributes:
        url: of alpha's gateway.
        settings_file: the settings of genesis.
        key_file: the auditor's seed; None where nothing is signed.
    """

    url: str
    settings_file: Path
    key_file: Path | None


async def run_propose_settings(
    access: Access, file: Path | None, assignments: Sequence[str], valid_hours: float, confirm: Confirm
) -> None:
    """Propose other settings.

    Raises:
        ConfigurationError: they cannot follow those in force.
    """
    async with connected(access.url, access.settings_file, access.key_file) as council:
        new = edit_settings(council.settings, assignments) if file is None else read_settings(file)
        _check_follows(council.settings, new)
        await _propose(council, SettingsChange(council.version + 1, new), valid_hours, confirm)


def _check_follows(old: Settings, new: Settings) -> None:
    problems = settings_change_problems(old, new)
    if problems:
        raise ConfigurationError("these settings cannot follow those in force: " + "; ".join(problems))
    if old == new:
        raise ConfigurationError("these are the settings in force: there is nothing to propose")


async def run_propose_refund(access: Access, operation: int, valid_hours: float, confirm: Confirm) -> None:
    """Propose to send a deposit in suspense back.

    Raises:
        ConfigurationError: it is not in suspense, or on its way.
    """
    async with connected(access.url, access.settings_file, access.key_file) as council:
        deposit = await _suspense(council, operation)
        if deposit is None:
            raise ConfigurationError(
                f"no deposit of ledger operation {operation} was in suspense at the last checkpoint; "
                "constellation suspense lists what is"
            )
        if deposit.refund is not None:
            raise ConfigurationError(f"the deposit of ledger operation {operation} is on its way back already")
        await _propose(council, SuspenseRefund(operation, deposit.refunds + 1), valid_hours, confirm)


async def run_propose_suspension(
    access: Access, name: str, valid_hours: float, confirm: Confirm, *, suspend: bool
) -> None:
    """Propose to suspend an asset, or to resume it.

    Raises:
        ConfigurationError: there is no such asset, or it is (not) suspended.
    """
    async with connected(access.url, access.settings_file, access.key_file) as council:
        asset = council.asset_id(name)
        total = (await council.counters()).totals[asset]
        if suspend == (total.suspension is not None):
            found = "not suspended" if total.suspension is None else f"suspended: {total.suspension.reason.name}"
            raise ConfigurationError(f"at the last checkpoint, asset {asset} was {found}")
        decision: Decision = (
            AssetSuspension(asset, total.changes + 1, SuspensionReason.SUSPENDED_BY_AUDITORS)
            if suspend
            else AssetResumption(asset, total.changes + 1)
        )
        await _propose(council, decision, valid_hours, confirm)


async def run_decide_withdrawal(
    access: Access, decision: WithdrawalDecision, valid_hours: float, confirm: Confirm
) -> None:
    """Sign what another auditor has proposed about the same withdrawal, or propose it.

    Raises:
        ConfigurationError: it is not proven that the withdrawal waits for an approval.
    """
    async with connected(access.url, access.settings_file, access.key_file) as council:
        entry = await council.withdrawal(decision.withdrawal)
        if entry is None or entry.approve_until is None:
            raise ConfigurationError(
                f"withdrawal {decision.withdrawal} did not wait for an approval at the last checkpoint; "
                "try again in a minute, or look at constellation withdrawals list"
            )
        for item in await council.open_proposals():
            if item.proposal.decision == decision:
                await _sign(council, item.proposal, confirm, "Sign this?")
                return
        await _propose(council, decision, valid_hours, confirm)


async def _propose(council: CouncilClient, decision: Decision, valid_hours: float, confirm: Confirm) -> None:
    valid_until = time.time_ns() // 1000 + round(valid_hours * 3_600_000_000)
    await _sign(council, Proposal(valid_until, decision), confirm, "Propose this?")


async def run_sign_proposal(access: Access, prefix: str, confirm: Confirm) -> None:
    """Sign what another auditor has proposed.

    Raises:
        ConfigurationError: there is no such proposal, or it cannot be applied to what is proven.
    """
    async with connected(access.url, access.settings_file, access.key_file) as council:
        item = _find(council, await council.open_proposals(), prefix)
        decision = item.proposal.decision
        if isinstance(decision, SettingsChange):
            if decision.version != council.version + 1:
                raise ConfigurationError(
                    f"it proposes settings version {decision.version}, version {council.version} is proven to be in "
                    "force: try again in a minute, or let it be proposed anew"
                )
            _check_follows(council.settings, decision.settings)
        await _sign(council, item.proposal, confirm, "Sign this?")


def _find(council: CouncilClient, items: list[OpenProposal], prefix: str) -> OpenProposal:
    if len(prefix) < _PREFIX_MIN:
        raise ConfigurationError(f"give at least {_PREFIX_MIN} characters of the proposal's hash")
    found = [
        item for item in items if proposal_hash(council.constellation, item.proposal).hex().startswith(prefix.lower())
    ]
    if len(found) != 1:
        what = "no proposal" if not found else "more than one proposal"
        raise ConfigurationError(f"{what} is open whose hash starts with {prefix}; constellation proposals lists them")
    return found[0]


async def _sign(council: CouncilClient, proposal: Proposal, confirm: Confirm, question: str) -> None:
    """Show what it does, ask, sign, send, and say what is still lacking."""
    for line in words(council.settings, proposal.decision, await _subject(council, proposal.decision)):
        click.echo(line)
    click.echo(f"valid until {time_text(proposal.valid_until)}")
    confirm(question)
    digest = proposal_hash(council.constellation, proposal)
    left = await council.propose(proposal)
    item = next((item for item in left if proposal_hash(council.constellation, item.proposal) == digest), None)
    click.echo(f"proposal {digest.hex()}")
    if item is None:
        click.echo("A quorum has signed: it is carried out.")
    else:
        signed = f"Signed by {len(item.signatures)} of the {council.quorum} auditors that are needed."
        click.echo(f"{signed} The others sign with: constellation sign-proposal {digest.hex()[:16]} …")


async def _subject(council: CouncilClient, decision: Decision) -> Subject | None:
    """What a decision is about, proven; only auditors are shown withdrawals of others."""
    if isinstance(decision, SuspenseRefund):
        return await _suspense(council, decision.operation)
    if isinstance(decision, WithdrawalDecision) and council.is_auditor:
        return await council.withdrawal(decision.withdrawal)
    return None


async def _suspense(council: CouncilClient, operation: int) -> SuspenseEntry | None:
    if not 0 < operation <= UINT64_MAX:
        raise ConfigurationError(f"{operation} is no operation of the ledger")
    return await council.suspense(operation)


async def run_proposals(access: Access, as_json: bool) -> None:
    """Print what is proposed and not decided."""
    async with connected(access.url, access.settings_file, None) as council:
        documents = []
        for item in await council.open_proposals():
            document = proposal_json(council.settings, item, await _subject(council, item.proposal.decision))
            documents.append({**document, "xdr": item.proposal.to_xdr().hex()})
        if as_json:
            click.echo(json.dumps({"settings_version": council.version, "proposals": documents}))
            return
        click.echo(f"settings version {council.version} is in force; {len(documents)} proposals are open")
        for document in documents:
            signers = ", ".join(document["signed_by"]) or "nobody"
            click.echo(f"\n{document['hash']}")
            for line in document["does"]:
                click.echo(f"  {line}")
            click.echo(f"  signed by {signers} ({len(document['signed_by'])} of {document['needed']})")
            click.echo(f"  valid until {document['valid_until']}")
