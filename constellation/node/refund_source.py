"""The certified state that a refund returns: replayed from a stopped node's log, or from an archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from constellation.node.config import ConfigurationError
from constellation.protocol.messages import (
    Certificate,
    Code,
    Settings,
)
from constellation.protocol.proofs import check_certificate
from constellation.protocol.signing import header_hash, settings_constellation_id
from constellation.quanta import State
from constellation.snapshots import DataDirectory, QuantumLog, StorageFailure, StoredBatch, restore
from constellation.snapshots.archive_export import NothingCertified
from constellation.stellarlink.refund_model import Anchor, RefundRefused


@dataclass(slots=True)
class CertifiedState:
    """A state that a quorum of auditors has signed for.

    Attributes:
        state: after the anchor's batch.
        anchor: names it.
        uncertified: how many batches the log has after it.
        is_forgetful: whether the log was created anew, or is a copy, and has not learnt yet what was signed before.
    """

    state: State
    anchor: Anchor
    uncertified: int
    is_forgetful: bool


class LogUpTo(QuantumLog):
    """A log that is read up to one batch and no further.

    Attributes:
        limit: the batch; None for no limit.
    """

    limit: int | None = None

    def batches(self, first: int, last: int | None = None, chunk: int = 64) -> Iterator[StoredBatch]:
        """As in any log, up to the limit."""
        bounds = [bound for bound in (last, self.limit) if bound is not None]
        return super().batches(first, min(bounds, default=None), chunk)


@contextmanager
def locked_directory(path: Path) -> Iterator[DataDirectory]:
    """A stopped node's data directory.

    Raises:
        ConfigurationError: there is no log in it.
        DirectoryInUse: the node runs.
    """
    if not path.is_dir():
        raise ConfigurationError(f"data_directory: there is no directory {path}")
    with DataDirectory(path) as directory:
        if not directory.log_path.is_file():
            raise ConfigurationError(f"data_directory: there is no log in {path}")
        yield directory


def read_state(log_path: Path, settings: Settings, certificate: Certificate | None = None) -> CertifiedState:
    """The state after the highest certified batch, by an own replay.

    Args:
        log_path: of the log.
        settings: of the constellation.
        certificate: of the batch in question, when it is not the highest one in this log; the log may lack it.

    Raises:
        NothingCertified: there is no certificate.
        RefundRefused: the log knows of a later certified batch, or does not reach the one in question.
        VerificationError: the certificate does not hold.
        StorageFailure: the log cannot be read.
    """
    with opened_log(log_path, settings) as log:
        highest = _highest(log)
        certificate = certificate or highest
        if certificate is None:
            raise NothingCertified("the log has no certified batch: there is no state that a quorum has signed for")
        digest = check_certificate(log.terms(), certificate)
        number = certificate.header.number
        if highest is not None and highest.header.number > number:
            raise RefundRefused(_later(highest.header.number, number))
        _check_has(log, number, digest)
        log.limit = number
        restored = restore(log, settings)
        assert restored.tip.digest == digest, "the log was not replayed to the certified batch"
        state = restored.machine.state
        uncertified, is_forgetful = log.tip().number - number, log.is_recovering
    anchor = Anchor(number, digest, state.root(), state.ledger_cursor, certificate.to_xdr())
    return CertifiedState(state, anchor, uncertified, is_forgetful)


def _highest(log: QuantumLog) -> Certificate | None:
    """The highest certificate that a log holds: of one of its batches, or in the proof of where it begins."""
    proof = log.base_proof()
    found = [log.certificate(), None if proof is None else proof.certificate]
    return max((item for item in found if item is not None), key=lambda item: item.header.number, default=None)


def _later(certified: int, last: int) -> str:
    return (
        f"this node knows that batch {certified} is certified, the plan returns the state after batch {last}: "
        "a plan must be made from the later one"
    )


def _check_has(log: QuantumLog, number: int, digest: bytes) -> None:
    found = log.digest(number)
    if found is None:
        raise RefundRefused(
            f"this node's log ends with batch {log.tip().number}, the plan returns the state after batch {number}: "
            "ask for an archive that reaches it, and give it with --archive"
        )
    if found != digest:
        raise RefundRefused(f"this node has another batch {number} than the certified one", Code.EQUIVOCATION)


@contextmanager
def opened_log(path: Path, settings: Settings) -> Iterator[LogUpTo]:
    """A log, closed at the end.

    Raises:
        StorageFailure: it cannot be read.
    """
    try:
        log = LogUpTo(path, settings)
        try:
            yield log
        finally:
            log.close()
    except SQLAlchemyError as error:
        raise StorageFailure(f"the log cannot be read: {error}") from error


def check_same_past(log_path: Path, archived_path: Path, settings: Settings, last: int) -> bool:
    """Check that an archive continues what a node's own log knows to be final.

    Args:
        log_path: of the own log.
        archived_path: of the log that the archive was made into.
        settings: of the constellation.
        last: number of the batch whose state is wanted.

    Returns:
        Whether the own log is forgetful.

    Raises:
        RefundRefused: the own log knows a later batch to be final, or the archive tells another past.
    """
    with opened_log(log_path, settings) as log, opened_log(archived_path, settings) as archived:
        highest = _highest(log)
        if highest is None:
            return log.is_recovering
        number = highest.header.number
        if number > last:
            raise RefundRefused(_later(number, last))
        if number > archived.tip().number:
            raise RefundRefused(f"the archive ends before batch {number}, which this node knows to be certified")
        if not archived.passes(number, header_hash(settings_constellation_id(settings), highest.header)):
            raise RefundRefused(f"the archive has another batch {number} than this node", Code.EQUIVOCATION)
        return log.is_recovering
