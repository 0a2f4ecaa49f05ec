"""What a proposal would do, in words, and as JSON for scripts and status pages."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from constellation.protocol.amounts import format_amount
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    AssetResumption,
    AssetSuspension,
    Decision,
    OpenProposal,
    Settings,
    SettingsChange,
    SuspenseEntry,
    SuspenseRefund,
    WithdrawalDecision,
    WithdrawalEntry,
)
from constellation.protocol.proposals import proposal_hash
from constellation.protocol.quorum import quorum_of
from constellation.protocol.settings_json import format_asset, settings_to_json
from constellation.protocol.signing import settings_constellation_id
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import State
from constellation.vault import WithdrawalTask

_DERIVED = ("constellation_id", "settings_hash")


def settings_difference(old: Settings, new: Settings) -> list[str]:
    """Everything that differs, one line each: ``path: old -> new``."""
    before, after = settings_to_json(old), settings_to_json(new)
    for name in _DERIVED:
        del before[name], after[name]
    return list(_difference("", before, after))


def _difference(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old:
            yield from _difference(f"{path}.{name}" if path else name, old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list):
        for place in range(max(len(old), len(new))):
            item = f"{path}[{place}]"
            if place >= len(old):
                yield f"{item}: new: {_text(new[place])}"
            elif place >= len(new):
                yield f"{item}: removed: {_text(old[place])}"
            else:
                yield from _difference(item, old[place], new[place])
    elif old != new:
        yield f"{path}: {_text(old)} -> {_text(new)}"


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    return str(value)


Subject = SuspenseEntry | WithdrawalEntry
"""What a decision is about."""


def words(settings: Settings, decision: Decision, subject: Subject | None = None) -> list[str]:
    """What ``decision`` does, a line for each thing.

    Args:
        settings: in force.
        decision: what is proposed.
        subject: the deposit that a refund sends back, or the withdrawal that is decided, where it is known.
    """
    match decision:
        case SettingsChange():
            changes = settings_difference(settings, decision.settings)
            return [f"change the settings to version {decision.version}:", *(f"  {line}" for line in changes)]
        case SuspenseRefund():
            return [_refund(decision, subject)]
        case AssetSuspension():
            name = _asset_name(settings, decision.asset)
            return [
                f"suspend asset {decision.asset} ({name}), so that nobody can move it; reason {decision.reason.name}"
            ]
        case AssetResumption():
            return [f"resume asset {decision.asset} ({_asset_name(settings, decision.asset)})"]
        case WithdrawalDecision():
            verb = "approve" if decision.is_approved else "refuse, and give back,"
            return [f"{verb} withdrawal {decision.withdrawal}{_withdrawal(settings, subject)}"]


def _withdrawal(settings: Settings, entry: Subject | None) -> str:
    if not isinstance(entry, WithdrawalEntry):
        return ""
    operation = entry.operation
    amount, asset = format_amount(operation.amount), _asset_name(settings, operation.asset)
    return (
        f": {amount} {asset} of {encode_public_key(entry.account)} to "
        f"{encode_public_key(operation.destination.account)}"
    )


def _refund(decision: SuspenseRefund, deposit: Subject | None) -> str:
    attempt = "" if decision.attempt == 1 else f" (attempt {decision.attempt})"
    if not isinstance(deposit, SuspenseEntry):
        return f"send the deposit of ledger operation {decision.operation} back to its sender{attempt}"
    amount, asset = format_amount(deposit.amount), format_asset(deposit.asset)
    return (
        f"send {amount} {asset} of ledger operation {decision.operation} back to "
        f"{encode_public_key(deposit.source)}{attempt}"
    )


def _asset_name(settings: Settings, asset: int) -> str:
    return format_asset(settings.assets[asset].identity) if asset < len(settings.assets) else "not listed"


def time_text(timestamp_us: int) -> str:
    """A time in UTC, or that there is no limit."""
    if timestamp_us == INT64_MAX:
        return "no limit"
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=timestamp_us)
    except OverflowError:
        return f"{timestamp_us} microseconds since 1970"
    return at.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")


def proposal_json(settings: Settings, item: OpenProposal, subject: Subject | None) -> dict[str, Any]:
    """An open proposal as a JSON document."""
    constellation = settings_constellation_id(settings)
    proposal = item.proposal
    return {
        "hash": proposal_hash(constellation, proposal).hex(),
        "decision": type(proposal.decision).__name__,
        "does": words(settings, proposal.decision, subject),
        "signed_by": [encode_public_key(part.auditor) for part in item.signatures],
        "needed": quorum_of(settings),
        "valid_until": time_text(proposal.valid_until),
    }


def open_json(state: State, items: Sequence[OpenProposal]) -> list[dict[str, Any]]:
    """Open proposals for alpha's status page."""
    return [proposal_json(state.settings, item, _subject(state, item)) for item in items]


def _subject(state: State, item: OpenProposal) -> Subject | None:
    match item.proposal.decision:
        case SuspenseRefund(operation=operation):
            return state.suspense.get(operation)
        case WithdrawalDecision(withdrawal=withdrawal):
            return state.withdrawal_entry(withdrawal)
        case _:
            return None


def suspensions_json(state: State) -> list[dict[str, Any]]:
    """Suspended assets, for status pages."""
    return [
        {
            "asset": asset,
            "name": _asset_name(state.settings, asset),
            "reason": suspension.reason.name,
            "since": suspension.since,
        }
        for asset, suspension in sorted(state.assets.suspensions.items())
    ]


def withheld_json(state: State, task: WithdrawalTask) -> dict[str, Any]:
    """A withdrawal that waits for the auditors' operators; whose it is, anybody could read here, and must not."""
    assert task.approve_until is not None
    return {
        "withdrawal": task.queued,
        "asset": _asset_name(state.settings, task.operation.asset),
        "amount": format_amount(task.operation.amount),
        "approve_until": time_text(task.approve_until),
    }


def suspense_json(entry: SuspenseEntry) -> dict[str, Any]:
    """A deposit in suspense."""
    return {
        "operation": str(entry.operation),
        "asset": format_asset(entry.asset),
        "amount": format_amount(entry.amount),
        "source": encode_public_key(entry.source),
        "transaction": entry.transaction.hex(),
        "reason": entry.reason.name,
        "refunds_tried": entry.refunds,
    }
