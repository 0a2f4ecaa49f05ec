"""Promises and appointments: the signed words that say who is alpha in which epoch."""

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import Settings, SignedAppointment, SignedPromise
from constellation.protocol.signing import Purpose, signing_hash, verify
from constellation.protocol.terms import Terms, check_appointments
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots.damage import DamagedLog, damage_in
from constellation.snapshots.tables import appointments, promises


def put_promise(connection: Connection, signed: SignedPromise) -> None:
    """Store a promise, within the caller's transaction; it replaces an older one for its epoch."""
    statement = upsert(promises).values(epoch=signed.promise.epoch, promise=signed.to_xdr())
    renewed = {"promise": statement.excluded.promise}
    connection.execute(statement.on_conflict_do_update(index_elements=[promises.c.epoch], set_=renewed))


def last_epoch(connection: Connection) -> int | None:
    """The highest epoch that there is a promise for; None without promises."""
    return connection.execute(select(func.max(promises.c.epoch))).scalar()


def read_promise(connection: Connection, constellation: bytes, epoch: int) -> SignedPromise:
    """The promise for ``epoch``, which the log has.

    Raises:
        DamagedLog: it is damaged; the message names the epoch.
    """
    with damage_in(lambda: f"the promise for epoch {epoch}"):
        xdr = connection.execute(select(promises.c.promise).where(promises.c.epoch == epoch)).scalar()
        if xdr is None:
            raise DamagedLog("its row is missing")
        try:
            signed = SignedPromise.from_xdr(xdr)
        except MalformedMessage as error:
            raise DamagedLog(str(error)) from None
        digest = signing_hash(Purpose.PROMISE, constellation, signed.promise.to_xdr())
        if signed.promise.epoch != epoch or not verify(signed.auditor, digest, signed.signature):
            raise DamagedLog("the signature does not fit")
    return signed


def put_appointment(connection: Connection, signed: SignedAppointment) -> None:
    """Store an appointment, within the caller's transaction; the first one for a term stays."""
    values = {"term": signed.appointment.term, "appointment": signed.to_xdr()}
    connection.execute(upsert(appointments).values(values).on_conflict_do_nothing())


def read_appointments(connection: Connection) -> list[SignedAppointment]:
    """All of them, by term; the reader checks them.

    Raises:
        DamagedLog: one cannot be decoded; the message names its term.
    """
    query = select(appointments.c.term, appointments.c.appointment).order_by(appointments.c.term)
    with damage_in(lambda: "an appointment"):
        rows = connection.execute(query).all()
    return [_decode_appointment(row.term, row.appointment) for row in rows]


def _decode_appointment(term: int, xdr: bytes) -> SignedAppointment:
    with damage_in(lambda: f"the appointment for term {term}"):
        try:
            signed = SignedAppointment.from_xdr(xdr)
        except MalformedMessage as error:
            raise DamagedLog(str(error)) from None
        if signed.appointment.term != term:
            raise DamagedLog("it is for another")
    return signed


def read_terms(connection: Connection, settings: Settings) -> Terms:
    """Who alpha and the auditors are in which epoch.

    Raises:
        DamagedLog: an appointment is damaged.
    """
    try:
        return check_appointments(settings, read_appointments(connection))
    except VerificationError as error:
        raise DamagedLog(f"an appointment in the log does not hold: {error}") from None
