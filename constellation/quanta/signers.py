"""The auditors as signers of the vault and its channels on the ledger."""

from constellation.protocol.messages import LedgerSigners
from constellation.quanta.context import Context
from constellation.vault import SignersTask


def follow_auditors(context: Context) -> None:
    """Ask the ledger to take the auditors in force as signers, unless it has them or was asked already."""
    state = context.state
    wanted = LedgerSigners(state.settings.auditors, state.settings.quorum_rule)
    if state.signers_change is None and state.signers != wanted:
        task = state.signers_change = SignersTask(context.apex, state.term, state.signers, wanted)
        state.desk.accept(task)


def close_signers(context: Context, task: SignersTask, *, is_done: bool) -> None:
    """The ledger has taken the signers, or not; until it has those in force, it is asked again."""
    state = context.state
    state.signers_change = None
    if is_done:
        state.signers = task.after
    follow_auditors(context)
