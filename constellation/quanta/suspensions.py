"""Suspended assets: nobody pays, trades or withdraws them until the auditors resume them; others go on."""

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import AssetResumed, AssetSuspended, Code, Suspension, SuspensionReason
from constellation.quanta.context import Context
from constellation.quanta.state import State


def check_not_suspended(state: State, asset: int) -> None:
    """An asset that is moved must not be suspended.

    Raises:
        Rejection: SUSPENDED_ASSET, with the reason.
    """
    suspension = state.assets.suspensions.get(asset)
    if suspension is not None:
        raise Rejection(
            Code.SUSPENDED_ASSET,
            f"asset {asset} is suspended since quantum {suspension.since}: {suspension.reason.name}",
        )


def suspend(context: Context, asset: int, reason: SuspensionReason) -> None:
    """Suspend ``asset``; one that is suspended stays so, for its first reason."""
    state = context.state
    if state.assets.is_suspended(asset):
        return
    state.assets.suspend(asset, Suspension(reason, context.apex))
    state.desk.sort()
    context.emit_system(AssetSuspended(asset, reason))


def resume(context: Context, asset: int) -> None:
    """Resume a suspended asset."""
    state = context.state
    state.assets.resume(asset)
    state.desk.sort()
    context.emit_system(AssetResumed(asset))
