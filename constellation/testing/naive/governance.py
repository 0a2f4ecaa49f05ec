"""What a quorum of auditors decides."""

from constellation.protocol.messages import (
    AssetResumption,
    AssetSuspension,
    Code,
    Decision,
    GovernanceCommit,
    MarketSettings,
    Settings,
    SettingsChange,
    SettingsChanged,
    SuspenseRefund,
    SuspensionReason,
    VaultTaskType,
    WithdrawalApproved,
    WithdrawalDecision,
    WithdrawalOutcome,
)
from constellation.protocol.signing import settings_hash
from constellation.quanta import validate_settings
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LARGEST, NaiveSuspense, NaiveTask
from constellation.testing.naive.signatures import PROPOSAL, why_refuse_signatures
from constellation.testing.naive.tasks import give_back, resume, suspend, use_free_channels, withheld


def why_refuse(model: NaiveModel, commit: GovernanceCommit) -> Code | None:
    """The code that a decision is refused with, if it is."""
    if model.now_us > commit.proposal.valid_until:
        return Code.EXPIRED
    refusal = why_refuse_signatures(model.settings, PROPOSAL, commit.proposal.to_xdr(), commit.signatures)
    return refusal or _why_refuse_decision(model, commit.proposal.decision)


def _why_refuse_decision(model: NaiveModel, decision: Decision) -> Code | None:
    match decision:
        case SettingsChange():
            if decision.version != model.version + 1:
                return Code.STALE_PROPOSAL
            if decision.settings.rules != 1:
                return Code.UNKNOWN_RULES
            return None if _can_follow(model, decision.settings) else Code.INVALID_PROPOSAL
        case SuspenseRefund():
            found = [item for item in model.suspense if item.operation == decision.operation]
            is_next = bool(found) and decision.attempt == found[0].refunds + 1
            return None if is_next and not _refund_of(model, decision.operation) else Code.STALE_PROPOSAL
        case AssetSuspension() | AssetResumption():
            return _why_refuse_change(model, decision)
        case WithdrawalDecision(withdrawal=number):
            return Code.STALE_PROPOSAL if withheld(model, number) is None else None


def _refund_of(model: NaiveModel, operation: int) -> list[NaiveTask]:
    return [
        task for task in model.tasks if isinstance(task.subject, NaiveSuspense) and task.subject.operation == operation
    ]


def _why_refuse_change(model: NaiveModel, decision: AssetSuspension | AssetResumption) -> Code | None:
    if decision.asset >= len(model.settings.assets):
        return Code.UNKNOWN_ASSET
    if decision.change != model.changes.get(decision.asset, 0) + 1:
        return Code.STALE_PROPOSAL
    if (decision.asset in model.suspensions) is isinstance(decision, AssetSuspension):
        return Code.STALE_PROPOSAL
    if isinstance(decision, AssetSuspension) and decision.reason is SuspensionReason.NO_TRUST_LINE:
        return Code.INVALID_PROPOSAL
    is_trusting = any(task.kind is VaultTaskType.TRUST_TASK and task.number == decision.asset for task in model.tasks)
    return Code.STALE_PROPOSAL if is_trusting else None


def _can_follow(model: NaiveModel, new: Settings) -> bool:
    old = model.settings
    who = [
        (settings.network_passphrase, settings.vault, settings.alpha, settings.auditors, settings.quorum_rule)
        for settings in (old, new)
    ]
    where = [(settings.channels, settings.ledger_cursor, settings.fee_account) for settings in (old, new)]
    raised = new.vault_reserve - old.vault_reserve
    if raised < 0 or (raised and model.why_not_enough(old.fee_account, 0, raised) is not None):
        return False
    listed = [asset.identity for asset in old.assets]
    if who[0] != who[1] or where[0] != where[1] or validate_settings(new):
        return False
    if new.limits.validity_us > old.limits.validity_us:
        return False
    if [asset.identity for asset in new.assets][: len(listed)] != listed:
        return False
    if [_grain(market) for market in new.markets][: len(old.markets)] != [_grain(market) for market in old.markets]:
        return False
    return all(
        sum(item.amount for item in model.suspense if item.asset == asset.identity) <= LARGEST
        for asset in new.assets[len(listed) :]
    )


def _grain(market: MarketSettings) -> tuple[int, ...]:
    """What orders on the book are made of."""
    return market.base, market.quote, market.price_decimals, market.tick, market.lot


def decide(model: NaiveModel, decision: Decision) -> None:
    """Do what is decided."""
    match decision:
        case SettingsChange(settings=settings):
            _change_settings(model, settings)
        case SuspenseRefund(operation=operation):
            [item] = [item for item in model.suspense if item.operation == operation]
            model.tasks.append(NaiveTask(VaultTaskType.REFUND_TASK, operation, model.apex, item))
        case AssetSuspension(asset=asset, reason=reason):
            suspend(model, asset, reason)
        case AssetResumption(asset=asset):
            if model.suspensions[asset] is SuspensionReason.NO_TRUST_LINE:
                model.changes[asset] += 1
                _trust(model, asset)
            else:
                resume(model, asset)
        case WithdrawalDecision(withdrawal=number, is_approved=True):
            task = withheld(model, number)
            assert task is not None
            task.until_us = None
            model.tell(task.owner, WithdrawalApproved(number))
        case WithdrawalDecision(withdrawal=number):
            give_back(model, number, WithdrawalOutcome.REFUSED_BY_AUDITORS)
    use_free_channels(model)


def _change_settings(model: NaiveModel, settings: Settings) -> None:
    listed = len(model.settings.assets)
    raised = settings.vault_reserve - model.settings.vault_reserve
    if raised:
        model.move(settings.fee_account, 0, -raised)
    model.settings = settings
    model.version += 1
    model.tell_all(SettingsChanged(model.version, settings_hash(settings)))
    for asset in range(listed, len(settings.assets)):
        suspend(model, asset, SuspensionReason.NO_TRUST_LINE)
        _trust(model, asset)


def _trust(model: NaiveModel, asset: int) -> None:
    identity = model.settings.assets[asset].identity
    model.tasks.append(NaiveTask(VaultTaskType.TRUST_TASK, asset, model.apex, identity))
