"""The auditors as signers of the vault and its channels on the ledger."""

from constellation.protocol.messages import LedgerSigners
from constellation.quanta.context import Context
from constellation.vault import SignersTask


def queue_signers(context: Context) -> None:
    """Ask the ledger to take the auditors in force as signers."""
    state = context.state
    wanted = LedgerSigners(state.settings.auditors, state.settings.quorum_rule)
    task = state.signers_change = SignersTask(context.apex, state.term, state.signers, wanted)
    state.desk.accept(task)


def close_signers(context: Context, task: SignersTask, *, is_done: bool) -> None:
    """The ledger has taken the signers, or not; until it has those in force, it is asked again."""
    state = context.state
    state.signers_change = None
    if is_done:
        state.signers = task.after
    if state.signers != LedgerSigners(state.settings.auditors, state.settings.quorum_rule):
        queue_signers(context)
