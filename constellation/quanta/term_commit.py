"""Term commit: the first quantum of a term puts its members into force.

The vault and its channels follow: one transaction makes the new auditors their signers, co-signed by the old ones.
"""

from dataclasses import replace

from constellation.protocol.errors import Rejection, VerificationError
from constellation.protocol.messages import TermBegan, TermCommit
from constellation.protocol.terms import check_appointment
from constellation.quanta.context import Context
from constellation.quanta.signers import follow_auditors
from constellation.quanta.state import EntryKind
from constellation.quanta.tasks import prepare_tasks


def execute_term_commit(context: Context, commit: TermCommit) -> None:
    """Put the members of the next term into force.

    Raises:
        Rejection: the appointment does not follow the term in force, or lacks signatures.
    """
    state, appointment = context.state, commit.signed.appointment
    try:
        check_appointment(state.settings, state.term, state.settings, commit.signed)
    except VerificationError as error:
        raise Rejection(error.code, error.message) from None
    state.term = appointment.term
    state.settings = state.desk.settings = replace(
        state.settings,
        alpha=appointment.alpha,
        auditors=appointment.auditors,
        quorum_rule=appointment.quorum_rule,
    )
    state.settings_version += 1
    context.mark(EntryKind.SETTINGS, b"")
    context.emit_system(TermBegan(appointment.term, appointment.alpha))
    follow_auditors(context)
    prepare_tasks(context)
