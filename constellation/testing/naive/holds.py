"""Holds: a list of them."""

from constellation.protocol.limits import HOLDS_MAX
from constellation.protocol.messages import (
    CaptureHold,
    Code,
    HoldClosed,
    HoldOpened,
    HoldOutcome,
    OpenHold,
    PaymentReceived,
    PaymentSent,
    ReleaseHold,
)
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import NaiveHold


def why_refuse(model: NaiveModel, account: bytes, operation: OpenHold | CaptureHold | ReleaseHold) -> Code | None:
    """The code that an operation on holds is refused with, if it is."""
    if isinstance(operation, OpenHold):
        return _why_not_open(model, account, operation)
    found = [hold for hold in model.holds if hold.apex == operation.hold and hold.beneficiary == account]
    if not found:
        return Code.HOLD_NOT_FOUND
    if isinstance(operation, ReleaseHold):
        return None
    if not 0 < operation.amount <= found[0].amount:
        return Code.INVALID_AMOUNT
    return Code.SUSPENDED_ASSET if found[0].asset in model.suspensions else None


def _why_not_open(model: NaiveModel, owner: bytes, operation: OpenHold) -> Code | None:
    if operation.amount <= 0:
        return Code.INVALID_AMOUNT
    if operation.asset >= len(model.settings.assets):
        return Code.UNKNOWN_ASSET
    if operation.asset in model.suspensions:
        return Code.SUSPENDED_ASSET
    if operation.beneficiary == owner:
        return Code.SELF_PAYMENT
    if operation.beneficiary not in model.balances or not model.is_open(operation.beneficiary):
        return Code.UNKNOWN_DESTINATION
    if operation.expires_at <= model.now_us:
        return Code.INVALID_EXPIRY
    if len(own(model, owner)) >= HOLDS_MAX:
        return Code.TOO_MANY_HOLDS
    return model.why_not_enough(owner, operation.asset, operation.amount)


def own(model: NaiveModel, owner: bytes) -> list[NaiveHold]:
    """The open holds that an account has opened."""
    return [hold for hold in model.holds if hold.owner == owner]


def do(model: NaiveModel, account: bytes, operation: OpenHold | CaptureHold | ReleaseHold) -> None:
    """Do an operation on holds."""
    if isinstance(operation, OpenHold):
        facts = operation.beneficiary, operation.asset, operation.amount, operation.expires_at
        model.holds.append(NaiveHold(model.apex, account, *facts))
        model.move(account, operation.asset, 0)
        for key in (account, operation.beneficiary):
            model.tell(key, HoldOpened(model.apex, account, *facts))
        return
    [hold] = [hold for hold in model.holds if hold.apex == operation.hold]
    if isinstance(operation, ReleaseHold):
        close(model, hold, HoldOutcome.HOLD_RELEASED, 0)
        return
    close(model, hold, HoldOutcome.HOLD_CAPTURED, operation.amount)
    model.move(hold.owner, hold.asset, -operation.amount)
    model.move(account, hold.asset, operation.amount)
    model.tell(hold.owner, PaymentSent(account, hold.asset, operation.amount))
    model.tell(account, PaymentReceived(hold.owner, hold.asset, operation.amount))


def close(model: NaiveModel, hold: NaiveHold, outcome: HoldOutcome, captured: int) -> None:
    """End a hold."""
    model.holds.remove(hold)
    model.move(hold.owner, hold.asset, 0)
    for key in (hold.owner, hold.beneficiary):
        model.tell(key, HoldClosed(hold.apex, hold.asset, outcome, captured))
