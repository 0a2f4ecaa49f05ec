"""Modes: alpha's operator lets clients do less, or again everything.

A mode is sequenced, so that every node refuses the same requests from the same quantum on. It concerns clients alone:
what the ledger says, what the auditors decide and what falls due by its time is executed in every mode.
"""

from typing import Final

from constellation.protocol.errors import Rejection
from constellation.protocol.market_status import OPEN_AT_MOST
from constellation.protocol.messages import Code, Mode, ModeChanged, ModeCommit, ModeInForce
from constellation.quanta.context import Context
from constellation.quanta.state import State

_MAINTENANCE: Final = Mode.MAINTENANCE


def execute_mode_commit(context: Context, commit: ModeCommit) -> None:
    """Put another mode, or another reason for it, into force.

    Raises:
        Rejection: SAME_MODE, or INVALID_MEMO (a reason with control characters).
    """
    state, now = context.state, context.state.mode
    if (commit.mode, commit.reason) == (now.mode, now.reason):
        raise Rejection(Code.SAME_MODE, f"the constellation is {now.mode.name} already, for the same reason")
    if not commit.reason.isprintable():
        raise Rejection(Code.INVALID_MEMO, "the reason has characters that cannot be shown")
    state.mode = ModeInForce(commit.mode, commit.reason, context.apex)
    limit_markets(state)
    context.emit_system(ModeChanged(commit.mode, commit.reason))


def limit_markets(state: State) -> None:
    """Let no market be more open than the mode in force allows."""
    at_most = OPEN_AT_MOST[state.mode.mode]
    for market in state.engine.markets:
        market.limit(at_most)


def check_service(state: State) -> None:
    """Clients must be served.

    Raises:
        Rejection: IN_MAINTENANCE.
    """
    mode = state.mode
    if mode.mode is _MAINTENANCE:
        raise Rejection(Code.IN_MAINTENANCE, f"no requests are taken: {mode.reason or 'maintenance'}")
