"""What a run has found that is not as it must be."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from constellation.node.exit_codes import ExitCode
from constellation.node.failures import leaves
from constellation.node.sandbox import Sandbox
from constellation.testing.rest import faults_in_logs


class Violation(AssertionError):
    """Something is not as it must be.

    Args:
        oracle: that found it.
        message: one sentence.
    """

    def __init__(self, oracle: str, message: str) -> None:
        super().__init__(f"{oracle}: {message}")
        self.oracle = oracle
        self.message = message


class Findings:
    """Everything that one run has found.

    Args:
        progress: is told at once.

    Attributes:
        violations: in words.
    """

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self.violations: list[str] = []

    @contextmanager
    def judge(self, oracle: str) -> Iterator[None]:
        """Note what does not hold in the block; whatever a check stumbles over does not hold."""
        try:
            yield
        except Exception as error:
            for leaf in leaves(error):
                text = str(leaf) if isinstance(leaf, Violation) else f"{oracle}: {type(leaf).__name__}: {leaf}"
                self.violations.append(text)
                self._progress(f"VIOLATION: {text}")


def check_ends(sandbox: Sandbox, codes: Mapping[str, int]) -> int:
    """All processes of a sandbox have ended well, and their logs tell of no fault; how many processes.

    Args:
        sandbox: which was stopped.
        codes: with which its processes have ended.

    Raises:
        Violation: one has not, or its log does.
    """
    names = (*sandbox.nodes, "ledger")
    for name in names:
        if codes.get(name) != ExitCode.OK:
            raise Violation("processes", f"{name} ended with exit code {codes.get(name)}")
    for line in faults_in_logs(sandbox):
        raise Violation("processes", f"a line that only a fault writes: {line}")
    return len(names)
