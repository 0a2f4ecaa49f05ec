"""The deterministic state machine: the same quanta give the same bytes on every node."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import Submission, leaf_count
from constellation.protocol.limits import APEX_MAX
from constellation.protocol.messages import (
    Code,
    GovernanceCommit,
    LedgerCommit,
    ModeCommit,
    Quantum,
    QuantumBody,
    Settings,
    SignedRequest,
    SignedRequestBatch,
    TermCommit,
    TimeCommit,
)
from constellation.quanta.context import Context
from constellation.quanta.executed import Executed, describe, effect_groups
from constellation.quanta.governance import execute_governance_commit
from constellation.quanta.keys import use_nonce
from constellation.quanta.ledger_commit import execute_ledger_commit
from constellation.quanta.modes import execute_mode_commit
from constellation.quanta.operations import EXECUTE
from constellation.quanta.request import check_request
from constellation.quanta.request_batch import execute_request_batch
from constellation.quanta.state import State
from constellation.quanta.term_commit import execute_term_commit
from constellation.quanta.time_commit import execute_time_commit
from constellation.quanta.triggered import run_triggered


class Machine:
    """Executes quanta on a state.

    :meth:`execute_all` changes the state whole or not at all: every handler checks everything before its first change,
    and a request batch that is all or nothing undoes what its operations have changed before one was refused.

    Args:
        settings: of the constellation.
        state: to continue from; a new one when there is none.

    Attributes:
        state: readable by all, changed by :meth:`execute_all` alone.
    """

    __slots__ = ("state",)

    def __init__(self, settings: Settings, state: State | None = None) -> None:
        self.state = State(settings) if state is None else state

    def due_at(self, timestamp: int) -> int | None:
        """The time of what is due first, if anything is due at ``timestamp``: a time commit comes next."""
        due = self.state.vault.agenda.first_due
        return due if due <= timestamp else None

    @classmethod
    def from_state(cls, state: State) -> "Machine":
        """A machine that continues from a restored state."""
        return cls(state.settings, state)

    def execute(self, timestamp: int, body: QuantumBody) -> Executed:
        """Execute a body that is one quantum; see :meth:`execute_all`."""
        (executed,) = self.execute_all(timestamp, body)
        return executed

    def execute_all(self, timestamp: int, body: QuantumBody) -> list[Executed]:
        """Execute a body: one quantum, or those of a request batch.

        Args:
            timestamp: its time in microseconds, not before the last quantum's.
            body: a request or a batch of them whose signature was checked, a ledger commit, a decision of the auditors,
                a new term, a time commit, or another mode.

        Raises:
            Rejection: it breaks a rule; TIME_IS_DUE: it is a request, or a mode, and something is due before it; or
                HALTED: there are no numbers left; the state is unchanged.
        """
        state = self.state
        assert timestamp >= state.timestamp, "time never goes back"
        apex = state.apex + 1
        if state.apex + leaf_count(body) > APEX_MAX:
            raise Rejection(Code.HALTED, f"there is no quantum after {APEX_MAX}")
        if timestamp >= state.vault.agenda.first_due and isinstance(body, Submission | ModeCommit):
            raise Rejection(Code.TIME_IS_DUE, f"something was due at {state.vault.agenda.first_due}")
        if isinstance(body, SignedRequestBatch):
            effects = execute_request_batch(state, timestamp, body.request)
        else:
            context = Context(state, apex, timestamp, defaultdict(list))
            _EXECUTE[type(body)](context, body)
            effects = [effect_groups(context)]
        state.apex += len(effects)
        state.timestamp = timestamp
        return describe(apex, Quantum(timestamp, body), effects)


def _execute_request(context: Context, signed: SignedRequest) -> None:
    request = signed.request
    account = check_request(context.state, request, context.timestamp)
    operation = request.operation
    EXECUTE[type(operation)](context, account, operation)
    run_triggered(context)
    use_nonce(account, request)


_EXECUTE: Final[Mapping[type, Callable[[Context, Any], None]]] = {
    SignedRequest: _execute_request,
    LedgerCommit: execute_ledger_commit,
    GovernanceCommit: execute_governance_commit,
    TermCommit: execute_term_commit,
    TimeCommit: execute_time_commit,
    ModeCommit: execute_mode_commit,
}
