"""What alpha's operator lets clients do."""

from constellation.protocol.messages import Code, ModeChanged, ModeCommit
from constellation.testing.naive import times
from constellation.testing.naive.model import NaiveModel


def why_refuse(model: NaiveModel, commit: ModeCommit) -> Code | None:
    """The code that another mode is refused with, if it is."""
    if times.is_due(model):
        return Code.TIME_IS_DUE
    if commit.mode is model.mode and commit.reason == model.mode_reason:
        return Code.SAME_MODE
    return None if commit.reason.isprintable() else Code.INVALID_MEMO


def begin(model: NaiveModel, commit: ModeCommit) -> None:
    """Put a mode into force."""
    model.mode, model.mode_reason = commit.mode, commit.reason
    model.tell_all(ModeChanged(commit.mode, commit.reason))
