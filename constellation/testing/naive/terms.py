"""What begins with a term: other members, and other signers of the vault and its channels on the ledger."""

from dataclasses import replace

from constellation.protocol.messages import Appointment, Code, TermBegan, TermCommit, VaultTaskType
from constellation.testing.naive.model import NaiveModel
from constellation.testing.naive.records import smallest_quorum
from constellation.testing.naive.signatures import APPOINTMENT, why_refuse_signatures
from constellation.testing.naive.tasks import ask_for_signers, use_free_channels

_OPERATIONS_MAX = 100


def why_refuse(model: NaiveModel, commit: TermCommit) -> Code | None:
    """The code that a new term is refused with, if it is."""
    appointment = commit.signed.appointment
    if appointment.term != model.term + 1:
        return Code.WRONG_EPOCH
    if not _can_follow(model, appointment):
        return Code.UNAUTHORIZED
    return why_refuse_signatures(model.settings, APPOINTMENT, appointment.to_xdr(), commit.signed.signatures)


def _can_follow(model: NaiveModel, new: Appointment) -> bool:
    old, accounts = model.settings, [model.settings.vault, *model.sequences]
    if new.alpha in accounts or new.alpha in old.auditors or new.alpha in new.auditors:
        return False
    if any(new.auditors.count(key) > 1 or key in accounts for key in new.auditors):
        return False
    stay = sum(key in new.auditors for key in old.auditors)
    if stay < smallest_quorum(old.auditors, old.quorum_rule) or stay < smallest_quorum(new.auditors, new.quorum_rule):
        return False
    steps = (len(old.auditors) - stay) + (len(new.auditors) - stay) + 1
    return steps * len(accounts) <= _OPERATIONS_MAX


def begin(model: NaiveModel, appointment: Appointment) -> None:
    """The members of the next term are in force."""
    model.term += 1
    model.version += 1
    model.settings = replace(
        model.settings,
        alpha=appointment.alpha,
        auditors=list(appointment.auditors),
        quorum_rule=appointment.quorum_rule,
    )
    model.tell_all(TermBegan(model.term, appointment.alpha))
    if not any(task.kind is VaultTaskType.SIGNERS_TASK for task in model.tasks):
        ask_for_signers(model)
    use_free_channels(model)
