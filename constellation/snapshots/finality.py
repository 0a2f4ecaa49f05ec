"""What proves that a batch in the log is final: the first certificate that covers it, and the headers between."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from constellation.protocol.messages import MAX_ANCESTORS, Finality, SignedHeader
from constellation.protocol.signing import header_hash
from constellation.snapshots.base import read_proof
from constellation.snapshots.batch_rows import find_row, signed_header
from constellation.snapshots.certificates import decode_certificate
from constellation.snapshots.checkpoints import checkpoint_number
from constellation.snapshots.damage import damage_in
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


def last_checkpoint(connection: Connection, constellation: bytes) -> CertifiedCheckpoint:
    """The last checkpoint whose entries are in the log.

    Raises:
        NothingCertified: there is none yet, or no certificate is near enough to cover it.
        DamagedLog: what is needed cannot be read.
    """
    number = checkpoint_number(connection)
    if number is None:
        raise NothingCertified("the log has no checkpoint yet")
    finality = find_finality(connection, constellation, number)
    if finality is None:
        raise NothingCertified(f"no certificate covers the checkpoint after batch {number}")
    return CertifiedCheckpoint(signed_header(constellation, find_row(connection, number)), finality)


def find_finality(connection: Connection, constellation: bytes, number: int) -> Finality | None:
    """What proves that batch ``number`` is final, its own header first.

    The batch's own certificate, or the next one with the headers between, or what came with the base; None when
    there is nothing yet.

    Raises:
        DamagedLog: what is needed cannot be read.
    """
    columns = batches.c
    query = select(columns.number, columns.certificate).where(columns.certificate.is_not(None))
    query = query.where(columns.number.between(number, number + MAX_ANCESTORS)).order_by(columns.number).limit(1)
    with damage_in(lambda: f"a certificate of batch {number} or after it"):
        row = connection.execute(query).first()
    if row is None:
        return _proof_of_base(connection, constellation, number)
    headers = (signed_header(constellation, find_row(connection, place)).header for place in range(number, row.number))
    return Finality(decode_certificate(row.number, row.certificate), list(headers))


def _proof_of_base(connection: Connection, constellation: bytes, number: int) -> Finality | None:
    proof = read_proof(connection)
    if proof is None:
        return None
    headers = [header for header in [*proof.ancestors, proof.certificate.header] if header.number >= number]
    if not headers or header_hash(constellation, headers[0]) != find_row(connection, number).digest:
        return None
    return Finality(proof.certificate, headers[:-1])
