"""What proves that a checkpoint in the log is final: the first certificate that covers it, and the headers between."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from constellation.protocol.messages import MAX_ANCESTORS, Batch, BatchHeader, Certificate, Finality, SignedHeader
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots.base import read_proof
from constellation.snapshots.checkpoints import checkpoint_number
from constellation.snapshots.damage import DamagedLog, damage_in
from constellation.snapshots.tables import batches


class NothingCertified(Exception):
    """The log has nothing that it could prove to others."""


@dataclass(slots=True, frozen=True)
class CertifiedCheckpoint:
    """A checkpoint and what proves that it is final.

    Attributes:
        signed_header: of the batch after which this was the state.
        finality: covers that header.
    """

    signed_header: SignedHeader
    finality: Finality

    @property
    def number(self) -> int:
        """Number of the batch."""
        return self.signed_header.header.number


def last_checkpoint(connection: Connection) -> CertifiedCheckpoint:
    """The last checkpoint whose entries are in the log.

    Raises:
        NothingCertified: there is none yet, or no certificate is near enough to cover it.
        DamagedLog: what is needed cannot be read.
    """
    number = checkpoint_number(connection)
    if number is None:
        raise NothingCertified("the log has no checkpoint yet")
    finality = _finality(connection, number)
    if finality is None:
        raise NothingCertified(f"no certificate covers the checkpoint after batch {number}")
    return CertifiedCheckpoint(_signed_header(connection, number), finality)


def _finality(connection: Connection, number: int) -> Finality | None:
    columns = batches.c
    query = select(columns.number, columns.certificate).where(columns.certificate.is_not(None))
    query = query.where(columns.number.between(number, number + MAX_ANCESTORS)).order_by(columns.number).limit(1)
    with damage_in(lambda: f"a certificate of batch {number} or after it"):
        row = connection.execute(query).first()
    if row is None:
        return _proof_of_base(connection, number)
    return Finality(
        _decode_certificate(row.number, row.certificate),
        [_header(connection, place) for place in range(number, row.number)],
    )


def _proof_of_base(connection: Connection, number: int) -> Finality | None:
    proof = read_proof(connection)
    if proof is None or number not in {header.number for header in [*proof.ancestors, proof.certificate.header]}:
        return None
    return proof


def _decode_certificate(number: int, xdr: bytes) -> Certificate:
    try:
        return Certificate.from_xdr(xdr)
    except MalformedMessage as error:
        raise DamagedLog(f"the certificate of batch {number} in the log is damaged: {error}") from None


def _header(connection: Connection, number: int) -> BatchHeader:
    return _signed_header(connection, number).header


def _signed_header(connection: Connection, number: int) -> SignedHeader:
    with damage_in(lambda: f"batch {number}"):
        xdr = connection.execute(select(batches.c.batch).where(batches.c.number == number)).scalar()
    if xdr is None:
        raise DamagedLog(f"batch {number} in the log is missing")
    try:
        return Batch.from_xdr(xdr).signed_header
    except MalformedMessage as error:
        raise DamagedLog(f"batch {number} in the log is damaged: {error}") from None
