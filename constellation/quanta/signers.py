"""The auditors as signers of the vault and its channels on the ledger.

Every term commit takes auditors who can follow those before. What the ledger has may be of an earlier term: then the
change to the auditors in force may be more than one transaction can carry, and takes several.
"""

from itertools import chain, zip_longest

from constellation.protocol.messages import LedgerSigners
from constellation.protocol.terms import signer_changes_max
from constellation.quanta.context import Context
from constellation.quanta.state import State
from constellation.vault import SignersTask


def follow_auditors(context: Context) -> None:
    """Ask the ledger to take the auditors in force as signers, unless it has them or was asked already."""
    state = context.state
    wanted = _next_signers(state)
    if state.signers_change is None and state.signers != wanted:
        task = state.signers_change = SignersTask(context.apex, state.term, state.signers, wanted)
        state.desk.accept(task)


def _next_signers(state: State) -> LedgerSigners:
    """The auditors in force, or what one transaction can change towards them: one comes, one leaves, in turns.

    Where the auditors in force have a quorum of those before, they have one of those in between: they keep the rule.
    """
    before, settings = state.signers, state.settings
    leaving = [key for key in before.auditors if key not in settings.auditors]
    coming = [key for key in settings.auditors if key not in before.auditors]
    most = max(0, signer_changes_max(settings))
    if len(leaving) + len(coming) <= most:
        return LedgerSigners(settings.auditors, settings.quorum_rule)
    changes = [key for key in chain(*zip_longest(coming, leaving)) if key is not None][:most]
    staying = [key for key in before.auditors if key not in changes]
    return LedgerSigners([*staying, *(key for key in coming if key in changes)], before.quorum_rule)


def close_signers(context: Context, task: SignersTask, *, is_done: bool) -> None:
    """The ledger has taken the signers, or not; until it has those in force, it is asked again."""
    state = context.state
    state.signers_change = None
    if is_done:
        state.signers = task.after
    follow_auditors(context)
