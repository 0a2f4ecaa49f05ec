"""What strikes do is tested where they are used (the soak, ``tests/node/test_kills.py``); here, what they refuse."""

import signal
from pathlib import Path
from random import Random

import pytest

from constellation.node.processes import ChildProcess
from constellation.node.sandbox import Sandbox
from constellation.testing.strikes import NodeEnded, Strike, check_alive, end, heal, kill


class Ended(ChildProcess):
    """A process that is gone."""

    def __init__(self, code: int) -> None:
        super().__init__("alpha", [], Path("log"))
        self.code = code

    @property
    def exit_code(self) -> int | None:
        return self.code


def sandbox(tmp_path: Path, code: int) -> Sandbox:
    found = Sandbox(tmp_path)
    found.processes = {node: Ended(code) for node in found.nodes}
    return found


async def test_a_node_that_has_ended_by_itself_cannot_be_struck(tmp_path: Path) -> None:
    found = sandbox(tmp_path, 4)
    with pytest.raises(NodeEnded, match="alpha has ended by itself, with exit code 4"):
        check_alive(found, "alpha")
    for strike in (kill, end):
        with pytest.raises(NodeEnded, match="by itself"):
            await strike(found, "auditor-1")


@pytest.mark.parametrize(("code", "asked"), [(4, True), (4, False), (0, False), (-signal.SIGSEGV, True)])
async def test_what_ended_otherwise_than_it_was_made_to_is_not_healed(tmp_path: Path, code: int, asked: bool) -> None:
    with pytest.raises(NodeEnded, match=f"has ended with exit code {code}"):
        await heal(sandbox(tmp_path, code), Random(1), asked=asked)


@pytest.mark.parametrize(
    ("strike", "text"),
    [
        (Strike(), "peace"),
        (Strike(alpha=True), "kill alpha"),
        (Strike(auditors=2, asked=True), "end 2 auditors"),
        (Strike(alpha=True, auditors=1, again=True), "kill alpha twice and an auditor"),
        (Strike(alpha=True, frozen="auditor"), "kill alpha, freeze an auditor"),
        (Strike(frozen="alpha"), "freeze alpha"),
    ],
)
def test_a_strike_says_what_it_does(strike: Strike, text: str) -> None:
    assert str(strike) == text
