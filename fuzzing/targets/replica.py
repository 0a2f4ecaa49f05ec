"""An auditor against an alpha that says anything in any order, with its own signatures and those of its accomplices."""

from constellation.protocol.messages import decode_cluster_message
from fuzzing.auditor import Auditor
from fuzzing.choices import Choices
from fuzzing.hostile import honest, message, scenario
from fuzzing.past import world

_MESSAGES_MAX = 24


def fuzz(data: bytes) -> None:
    """Raises when another error escapes, or the auditor signs two things for one place, or drops what is final."""
    choices = Choices(data)
    auditor = Auditor(recovering=choices.flag())
    for known in scenario()[: choices.below(len(scenario()) + 1)]:
        auditor.hear(decode_cluster_message(known))
    assert not auditor.has_halted, "an honest alpha was refused"
    for _ in range(_MESSAGES_MAX):
        if choices.is_over or auditor.has_halted:
            return
        next_one = message(choices, world().auditors[0], honest())
        if next_one is not None:
            auditor.hear(next_one)
