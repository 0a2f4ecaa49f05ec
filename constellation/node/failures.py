"""Expected failures: what to tell the operator, and with which exit code."""

from collections.abc import Iterator

from constellation.chronicler.connections import UnusableDatabase
from constellation.chronicler.writer import Gap
from constellation.load.crew import WorkerFailed
from constellation.node.backups.manifest import DamagedBackup
from constellation.node.config import ConfigurationError
from constellation.node.exit_codes import ExitCode
from constellation.node.health import Unhealthy
from constellation.node.processes import ChildFailed
from constellation.node.secret_files import KeyFileError
from constellation.node.signer_record import RecordError, RecordFailed
from constellation.node.wallet import TransactionRefused
from constellation.protocol.errors import ConstellationError, Divergence, UnknownRules
from constellation.protocol.signing import SignerRefused, SignerUnavailable
from constellation.sdk.errors import SdkError
from constellation.snapshots import DirectoryInUse, LogMismatch, StorageFailure
from constellation.snapshots.archive_export import NothingCertified
from constellation.stellarlink import NetworkMismatch, StellarLinkError

_CODES: tuple[tuple[type[Exception], ExitCode], ...] = (
    (ConfigurationError, ExitCode.CONFIGURATION),
    (KeyFileError, ExitCode.CONFIGURATION),
    (RecordError, ExitCode.CONFIGURATION),
    (RecordFailed, ExitCode.STORAGE),
    (SignerUnavailable, ExitCode.SIGNER),
    (SignerRefused, ExitCode.SIGNER),
    (LogMismatch, ExitCode.CONFIGURATION),
    (UnusableDatabase, ExitCode.CONFIGURATION),
    (Gap, ExitCode.FAILED),
    (DirectoryInUse, ExitCode.IN_USE),
    (Divergence, ExitCode.DIVERGED),
    (UnknownRules, ExitCode.OUTDATED),
    (StorageFailure, ExitCode.STORAGE),
    (DamagedBackup, ExitCode.FAILED),
    (NothingCertified, ExitCode.FAILED),
    (OSError, ExitCode.FAILED),
    (Unhealthy, ExitCode.FAILED),
    (ChildFailed, ExitCode.FAILED),
    (WorkerFailed, ExitCode.FAILED),
    (TransactionRefused, ExitCode.FAILED),
    (NetworkMismatch, ExitCode.CONFIGURATION),
    (StellarLinkError, ExitCode.FAILED),
    (ConstellationError, ExitCode.FAILED),
    (SdkError, ExitCode.FAILED),
)


def explain(error: BaseException) -> tuple[ExitCode, str] | None:
    """Exit code and message of an expected failure; None when it is a bug, or when a bug is among several."""
    found = []
    for leaf in leaves(error):
        code = next((code for kind, code in _CODES if isinstance(leaf, kind)), None)
        if code is None:
            return None
        found.append((code, str(leaf) or type(leaf).__name__))
    codes = [code for code, _ in found]
    telling = next((code for code in codes if code is not ExitCode.FAILED), codes[0])
    return telling, "; ".join(dict.fromkeys(message for _, message in found))


def leaves(error: BaseException) -> Iterator[BaseException]:
    """What is in an exception group, however deep; the exception itself when it is none."""
    if isinstance(error, BaseExceptionGroup):
        for part in error.exceptions:
            yield from leaves(part)
    else:
        yield error
