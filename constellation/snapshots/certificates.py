"""The certificates, each in the row of its batch."""

from typing import Final

from sqlalchemy import Connection, select

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import Certificate
from constellation.protocol.proofs import check_certificate
from constellation.protocol.signing import header_hash
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots.damage import DamagedLog, damage_in, seal
from constellation.snapshots.damage_open import noted_end
from constellation.snapshots.tables import CERTIFICATE_PLACE, batches

# As text for the driver, because it is executed with every batch.
_UPDATE: Final = "UPDATE batches SET certificate = ? WHERE number = ? AND digest = ?"


def put_certificate(connection: Connection, constellation: bytes, certificate: Certificate) -> None:
    """Store a certificate, within the caller's transaction, if the log has the batch that it is for."""
    header = certificate.header
    sealed = seal(CERTIFICATE_PLACE, certificate.to_xdr())
    connection.exec_driver_sql(_UPDATE, (sealed, header.number, header_hash(constellation, header)))


def highest_certificate(connection: Connection) -> int:
    """Number of the highest batch that has a certificate of its own; 0 if there is none."""
    numbers = select(batches.c.number).where(batches.c.certificate.is_not(None))
    return connection.execute(numbers.order_by(batches.c.number.desc()).limit(1)).scalar() or 0


def read_highest_certificate(connection: Connection, terms: Terms) -> Certificate | None:
    """The highest certificate; None if there is none.

    Raises:
        DamagedLog: it is damaged; the message names the batch.
    """
    number = highest_certificate(connection)
    if not number:
        return None
    with damage_in(lambda: f"the certificate of batch {number}"):
        columns = select(batches.c.digest, batches.c.certificate)
        row = connection.execute(columns.where(batches.c.number == number)).first()
        if row is None:
            raise DamagedLog("its row is missing")
    return checked_certificate(terms, number, row.digest, row.certificate)


def read_last_certificates(connection: Connection, most: int) -> list[Certificate]:
    """The last certificates, newest first and at most so many; their signatures are not checked.

    Raises:
        DamagedLog: one cannot be decoded; the message names the batch.
    """
    numbers = select(batches.c.number).where(batches.c.certificate.is_not(None))
    found = connection.execute(numbers.order_by(batches.c.number.desc()).limit(most)).scalars().all()
    return [_read_certificate(connection, number) for number in found]


def _read_certificate(connection: Connection, number: int) -> Certificate:
    with damage_in(lambda: f"the certificate of batch {number}"):
        xdr = connection.execute(select(batches.c.certificate).where(batches.c.number == number)).scalar_one()
    return decode_certificate(number, xdr)


def read_certificates(connection: Connection, first: int, last: int | None) -> dict[int, Certificate]:
    """The certificates in the rows from ``first`` to ``last`` (or the tip), ascending; the reader checks them.

    Raises:
        DamagedLog: one cannot be decoded, or a row is missing; the message names the batch.
    """
    columns, number = batches.c, first
    query = select(columns.number, columns.certificate).where(columns.number >= number).order_by(columns.number)
    found: dict[int, Certificate] = {}
    with damage_in(lambda: f"the certificate of batch {number}"):
        for row in connection.execute(query if last is None else query.where(columns.number <= last)):
            if row.number != number:
                raise DamagedLog("its row is missing")
            if row.certificate is not None:
                found[number] = decode_certificate(number, row.certificate)
            number += 1
        end = noted_end(connection, "batches")
        if number <= (end if last is None else min(last, end)):
            raise DamagedLog("its row is missing")
    return found


def decode_certificate(number: int, xdr: bytes) -> Certificate:
    """The certificate in the row of batch ``number``; its signatures are not checked.

    Raises:
        DamagedLog: it cannot be decoded, or is for another batch.
    """
    try:
        certificate = Certificate.from_xdr(xdr)
    except MalformedMessage as error:
        raise _damaged(number, str(error)) from None
    if certificate.header.number != number:
        raise _damaged(number, "it is for another header")
    return certificate


def checked_certificate(terms: Terms, number: int, digest: bytes, xdr: bytes) -> Certificate:
    """The certificate in the row of batch ``number``, whose header has the hash ``digest``.

    Raises:
        DamagedLog: it cannot be decoded, its signatures do not hold, or it is for another header.
    """
    certificate = decode_certificate(number, xdr)
    try:
        certified = check_certificate(terms, certificate)
    except VerificationError as error:
        raise _damaged(number, str(error)) from None
    if certified != digest:
        raise _damaged(number, "it is for another header")
    return certificate


def _damaged(number: int, reason: str) -> DamagedLog:
    return DamagedLog(f"the certificate of batch {number} in the log is damaged: {reason}")
