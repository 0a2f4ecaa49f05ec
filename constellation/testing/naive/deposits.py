"""Whose a deposit is, and when it is nobody's."""

from constellation.protocol.messages import DepositCredited, LedgerDeposit, SuspenseAdded, SuspenseReason
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import LARGEST, LUMENS, NaiveSuspense


def deposit(model: NaiveModel, event: LedgerDeposit) -> None:
    """Credit a deposit, or keep it in suspense."""
    reason = _why_nobodys(model, event)
    if reason is not None:
        facts = event.operation, event.asset, event.amount, event.source, event.transaction, reason
        model.suspense.append(NaiveSuspense(*facts))
        model.tell_all(SuspenseAdded(*facts))
        return
    asset, owner = model.listed(event.asset), _owner(model, event)
    assert asset is not None
    assert owner is not None
    model.open_if_new(owner)
    model.move(owner, asset, event.amount)
    model.tell(owner, DepositCredited(asset, event.amount, event.transaction, event.operation, event.source))


def _why_nobodys(model: NaiveModel, event: LedgerDeposit) -> SuspenseReason | None:
    asset, owner = model.listed(event.asset), _owner(model, event)
    if asset is None:
        return SuspenseReason.UNKNOWN_LEDGER_ASSET
    if model.held(asset) + event.amount > LARGEST:
        return SuspenseReason.TOTAL_TOO_LARGE
    if event.amount < model.settings.assets[asset].minimum_deposit:
        return SuspenseReason.BELOW_MINIMUM_DEPOSIT
    if owner is None:
        return SuspenseReason.UNKNOWN_ROUTING
    is_anonymous = event.memo is None and event.muxed_id is None
    if is_anonymous and event.asset is not None and event.source == event.asset.issuer:
        return SuspenseReason.SENDER_IS_ISSUER
    opens = asset == LUMENS and event.amount >= model.settings.minimum_balance and owner != model.settings.vault
    return None if model.is_open(owner) or opens else SuspenseReason.ACCOUNT_NOT_OPEN


def _owner(model: NaiveModel, event: LedgerDeposit) -> bytes | None:
    named = [name for name in (event.memo, event.muxed_id) if name is not None]
    if not named:
        return event.source
    owners = [key for key, routing_id in model.routes.items() if all(name == routing_id for name in named)]
    return owners[0] if owners else None
