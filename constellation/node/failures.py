"""Expected failures: what to tell the operator, and with which exit code."""

from constellation.node.config import ConfigurationError
from constellation.node.exit_codes import ExitCode
from constellation.node.keys import KeyFileError
from constellation.node.processes import ChildFailed
from constellation.protocol.errors import ConstellationError, Divergence
from constellation.snapshots import DirectoryInUse, LogMismatch, StorageFailure
from constellation.stellarlink import NetworkMismatch, StellarLinkError

_CODES: tuple[tuple[type[Exception], ExitCode], ...] = (
    (ConfigurationError, ExitCode.CONFIGURATION),
    (KeyFileError, ExitCode.CONFIGURATION),
    (LogMismatch, ExitCode.CONFIGURATION),
    (DirectoryInUse, ExitCode.IN_USE),
    (Divergence, ExitCode.DIVERGED),
    (StorageFailure, ExitCode.STORAGE),
    (OSError, ExitCode.FAILED),
    (ChildFailed, ExitCode.FAILED),
    (NetworkMismatch, ExitCode.CONFIGURATION),
    (StellarLinkError, ExitCode.FAILED),
    (ConstellationError, ExitCode.FAILED),
)


def explain(error: BaseException) -> tuple[ExitCode, str] | None:
    """Exit code and message of an expected failure; None when it is a bug."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code, str(error)
    return None
