"""Machines whose memory fails: real nodes that compute something else than the rules say, from a moment on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.documentation.pages import ROOT

_SITECUSTOMIZE = '''
from pathlib import Path
import constellation.herald.own_chain as chain
from constellation.node.sequencer import Sequencer

trigger, replay, execute = Path({trigger!r}), chain.replay, Sequencer._execute


def flip(machine):
    """Each account has a little more of everything, as if a bit of memory had changed."""
    if trigger.exists():
        for account in machine.state.vault.accounts.values():
            for balance in account.balances.values():
                balance.amount += 1


def wrong_replay(machine, *arguments):
    flip(machine)
    return replay(machine, *arguments)


def wrong_execute(sequencer, *arguments):
    flip(sequencer._machine)
    return execute(sequencer, *arguments)


chain.replay, Sequencer._execute = wrong_replay, wrong_execute
'''


class BadMemory:
    """What is to be done to the nodes that are started with it."""

    def __init__(self, trigger: Path) -> None:
        self._trigger = trigger

    def fail(self) -> None:
        """From now on their memory changes before each quantum, or each batch."""
        self._trigger.touch()

    def mend(self) -> None:
        """It is well again; what was changed stays."""
        self._trigger.unlink()


@contextmanager
def bad_memory(directory: Path) -> Iterator[BadMemory]:
    """Nodes that are started within get memory that can be told to fail."""
    directory.mkdir()
    trigger = directory / "trigger"
    (directory / "sitecustomize.py").write_text(_SITECUSTOMIZE.format(trigger=str(trigger)))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", f"{directory}:{ROOT}")
        yield BadMemory(trigger)
