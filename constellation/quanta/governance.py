"""Decisions of the auditors: what a quorum's signatures do.

They change settings, send suspense back, suspend and resume assets, approve and refuse withdrawals. Every decision
names what it follows (a version, an attempt, a change), so none can be applied twice, and none after another one about
the same thing.
"""

from constellation.protocol.errors import Rejection, VerificationError
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AssetResumption,
    AssetSuspension,
    Code,
    Decision,
    GovernanceCommit,
    Settings,
    SettingsChange,
    SuspenseRefund,
    SuspensionReason,
    VaultTaskType,
    WithdrawalDecision,
    WithdrawalOutcome,
)
from constellation.protocol.proposals import proposal_hash
from constellation.protocol.quorum import check_quorum
from constellation.quanta.approvals import approve_withdrawal, find_withheld, refuse_withdrawal
from constellation.quanta.context import Context
from constellation.quanta.request import check_asset
from constellation.quanta.rules import RULES, describe_known
from constellation.quanta.settings_change import apply_settings, queue_trust, settings_change_problems
from constellation.quanta.state import State
from constellation.quanta.suspensions import resume, suspend
from constellation.quanta.tasks import prepare_tasks, queue_task
from constellation.vault import RESERVE_ASSET, RefundTask


def execute_governance_commit(context: Context, commit: GovernanceCommit) -> None:
    """Apply a proposal that a quorum of auditors signed.

    Raises:
        Rejection: NOT_ENOUGH_SIGNATURES, BAD_SIGNATURE, EXPIRED, STALE_PROPOSAL, INVALID_PROPOSAL, UNKNOWN_ASSET or
            UNKNOWN_RULES (this version of the software is too old to go on).
    """
    state, proposal = context.state, commit.proposal
    if context.timestamp > proposal.valid_until:
        raise Rejection(Code.EXPIRED, "the proposal's valid_until has passed")
    digest = proposal_hash(state.constellation, proposal)
    try:
        check_quorum(state.settings, digest, commit.signatures)
    except VerificationError as error:
        raise Rejection(error.code, error.message) from None
    check_decision(state, proposal.decision)
    match proposal.decision:
        case SettingsChange(settings=settings):
            apply_settings(context, settings)
        case SuspenseRefund(operation=operation):
            _refund(context, operation)
        case AssetSuspension(asset=asset, reason=reason):
            suspend(context, asset, reason)
        case AssetResumption(asset=asset):
            _resume(context, asset)
        case WithdrawalDecision(withdrawal=withdrawal, is_approved=is_approved):
            if is_approved:
                approve_withdrawal(context, withdrawal)
            else:
                refuse_withdrawal(context, withdrawal, WithdrawalOutcome.REFUSED_BY_AUDITORS)
    prepare_tasks(context)


def check_decision(state: State, decision: Decision) -> None:
    """Check that ``decision`` can be applied to the state as it is.

    Raises:
        Rejection: STALE_PROPOSAL, INVALID_PROPOSAL, UNKNOWN_ASSET or UNKNOWN_RULES.
    """
    match decision:
        case SettingsChange():
            _check_follows("settings version", decision.version, state.settings_version)
            _check_settings(state, decision.settings)
        case SuspenseRefund():
            _check_refund(state, decision)
        case AssetSuspension() | AssetResumption():
            check_asset(state, decision.asset)
            _check_follows(f"change of asset {decision.asset}", decision.change, state.assets.changes[decision.asset])
            _check_suspension(state, decision)
        case WithdrawalDecision():
            if find_withheld(state, decision.withdrawal) is None:
                raise Rejection(Code.STALE_PROPOSAL, f"no withdrawal {decision.withdrawal} waits for an approval")


def _check_follows(what: str, number: int, last: int) -> None:
    if number != last + 1:
        raise Rejection(Code.STALE_PROPOSAL, f"{what} {number} was proposed, next is {last + 1}")


def _check_settings(state: State, settings: Settings) -> None:
    if settings.rules not in RULES:
        raise Rejection(
            Code.UNKNOWN_RULES,
            f"rules {settings.rules} are asked for, this version knows {describe_known()}: upgrade it",
        )
    problems = settings_change_problems(state.settings, settings)
    raised = settings.vault_reserve - state.settings.vault_reserve
    paying = state.vault.available(state.vault.accounts[state.settings.fee_account], RESERVE_ASSET)
    if raised > paying:
        problems.append(f"vault_reserve is raised by {raised} stroops; the fee account has {paying} to pay it")
    for number in range(len(state.assets), len(settings.assets)):
        if state.suspense.unlisted_sum(settings.assets[number].identity) > INT64_MAX:
            problems.append(f"asset {number}: more of it is in suspense than an amount can be")
    if problems:
        raise Rejection(Code.INVALID_PROPOSAL, "; ".join(problems)[:200])


def _check_refund(state: State, decision: SuspenseRefund) -> None:
    entry = state.suspense.get(decision.operation)
    if entry is None:
        raise Rejection(Code.STALE_PROPOSAL, f"nothing of ledger operation {decision.operation} is in suspense")
    _check_follows("refund", decision.attempt, entry.refunds)
    if state.desk.find((VaultTaskType.REFUND_TASK, decision.operation)) is not None:
        raise Rejection(Code.STALE_PROPOSAL, "the refund is on its way")


def _check_suspension(state: State, decision: AssetSuspension | AssetResumption) -> None:
    suspension = state.assets.suspensions.get(decision.asset)
    if isinstance(decision, AssetResumption):
        if suspension is None:
            raise Rejection(Code.STALE_PROPOSAL, f"asset {decision.asset} is not suspended")
    elif suspension is not None:
        raise Rejection(Code.STALE_PROPOSAL, f"asset {decision.asset} is suspended already: {suspension.reason.name}")
    elif decision.reason is SuspensionReason.NO_TRUST_LINE:
        raise Rejection(Code.INVALID_PROPOSAL, "NO_TRUST_LINE is for newly listed assets alone")
    if decision.asset in state.trusts:
        raise Rejection(Code.STALE_PROPOSAL, "the asset's trust line is on its way")


def _refund(context: Context, operation: int) -> None:
    state = context.state
    entry = state.suspense.get(operation)
    assert entry is not None
    queue_task(context, RefundTask(context.apex, entry, state.assets.find(entry.asset)))


def _resume(context: Context, asset: int) -> None:
    """An asset without a trust line asks for it again, and is resumed when it has it."""
    suspension = context.state.assets.suspensions[asset]
    if suspension.reason is SuspensionReason.NO_TRUST_LINE:
        context.state.assets.note_change(asset)
        queue_trust(context, asset)
    else:
        resume(context, asset)
