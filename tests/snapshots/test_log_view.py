"""Whole values in the wrong rows, and rows that vanish: every seal fits, and yet each read says what is wrong."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from constellation.protocol.messages import Appointment, SignedAppointment
from constellation.protocol.terms import sign_appointment
from constellation.quanta import batch_effects
from constellation.snapshots import DamagedLog, QuantumLog, StoredBatch
from constellation.testing.world import World, key_of

Read = Callable[[QuantumLog], object]


def appointment(world: World, term: int) -> SignedAppointment:
    settings, alpha = world.settings, key_of(f"alpha {term}").public
    word = Appointment(term, alpha, settings.auditors, settings.quorum_rule, "ws://127.0.0.1:1", "ws://127.0.0.1:2")
    return SignedAppointment(word, [sign_appointment(settings, auditor, word) for auditor in world.auditors])


@pytest.fixture
def small_log(open_log, past) -> QuantumLog:
    """Ten batches with their effects; certificates of the fourth and the seventh."""
    log: QuantumLog = open_log(past.world)
    for stored, sealed in zip(past.stored[:10], past.sealed[:10], strict=True):
        log.write([StoredBatch(stored.batch, stored.digest, batch_effects(sealed))])
    log.write([past.certificate(4), past.certificate(7), past.promise(3, 1), past.promise(5, 2)])
    log.write([appointment(past.world, 1), appointment(past.world, 2)])
    return log


def change(log: QuantumLog, statement: str) -> None:
    """Change rows behind the back of the triggers, as a damaged page does."""
    with log.engine.begin() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "read", "message"),
    [
        (
            "UPDATE batches SET batch = (SELECT batch FROM batches WHERE number = 3) WHERE number = 5",
            lambda log: list(log.batches(5, 5)),
            "batch 5 in the log does not fit its own hash",
        ),
        (
            "UPDATE batches SET number = 11 WHERE number = 10",
            lambda log: log.digest(11),
            "batch 11 in the log does not",
        ),
        ("DELETE FROM batches WHERE number = 5", lambda log: list(log.batches(4)), "batch 5 in the log is missing"),
        ("DELETE FROM batches WHERE number = 10", lambda log: list(log.batches(4)), "batch 10 in the log is missing"),
        ("DELETE FROM batches WHERE number = 10", lambda log: log.digest(10), "batch 10 in the log is missing"),
        ("DELETE FROM batches WHERE number = 5", lambda log: list(log.answers(0)), "batch 5 .* missing"),
        ("DELETE FROM batches WHERE number = 10", lambda log: list(log.answers(0)), "batch 10 .* missing"),
        ("DELETE FROM batches WHERE number = 1", lambda log: list(log.answers(0)), "batch 1 .* its row is missing"),
        (
            "UPDATE batches SET effects = (SELECT effects FROM batches WHERE number = 6) WHERE number = 5",
            lambda log: list(log.answers(0)),
            "the effects of batch 5 in the log are damaged",
        ),
        (
            "UPDATE batches SET certificate = (SELECT certificate FROM batches WHERE number = 4) WHERE number = 7",
            lambda log: log.certificate(),
            "the certificate of batch 7 in the log is damaged: it is for another header",
        ),
        (
            "UPDATE batches SET digest = zeroblob(32) WHERE number = 7",
            lambda log: log.certificate(),
            "the certificate of batch 7 in the log is damaged: it is for another header",
        ),
        (
            "UPDATE batches SET certificate = (SELECT certificate FROM batches WHERE number = 4) WHERE number = 7",
            lambda log: log.certificates(1),
            "the certificate of batch 7 in the log is damaged: it is for another header",
        ),
        (
            "UPDATE batches SET certificate = (SELECT certificate FROM batches WHERE number = 4) WHERE number = 7",
            lambda log: log.last_certificates(9),
            "certificate of batch 7 in the log is damaged: it is for another header",
        ),
        (
            "UPDATE batches SET certificate = X'00' WHERE number = 4",
            lambda log: log.last_certificates(9),
            "certificate of batch 4 .* damaged",
        ),
        ("DELETE FROM batches WHERE number = 5", lambda log: log.certificates(1), "certificate of batch 5 .* missing"),
        (
            "DELETE FROM batches WHERE number = 10",
            lambda log: log.certificates(1),
            "certificate of batch 10 .* missing",
        ),
        ("DELETE FROM batches WHERE number = 6", lambda log: log.certificates(1, 6), "batch 6 .* missing"),
        (
            "UPDATE promises SET promise = (SELECT promise FROM promises WHERE epoch = 3) WHERE epoch = 5",
            lambda log: log.promise(),
            "the promise for epoch 5 in the log is damaged: the signature does not fit",
        ),
        ("UPDATE promises SET promise = x'00' WHERE epoch = 5", lambda log: log.promise(), "the promise for epoch 5"),
        (
            "UPDATE appointments SET appointment = (SELECT appointment FROM appointments) WHERE term = 2",
            lambda log: log.appointments(),
            "the appointment for term 2 in the log is damaged: it is for another",
        ),
        (
            "UPDATE appointments SET appointment = x'00' WHERE term = 2",
            lambda log: log.appointments(),
            "an appointment in the log",
        ),
    ],
)
def test_what_was_not_written_there_is_never_read(small_log, statement: str, read: Read, message: str) -> None:
    read(small_log)
    change(small_log, statement)
    with pytest.raises(DamagedLog, match=message):
        read(small_log)


def test_a_promise_that_its_auditor_did_not_sign_is_damage(open_log, past) -> None:
    log = open_log(past.world)
    promise = past.promise(5, 2)
    promise.signature = past.promise(5, 3).signature
    log.write([promise])
    with pytest.raises(DamagedLog, match="the promise for epoch 5 in the log is damaged: the signature does not fit"):
        log.promise()


def test_the_first_appointment_for_a_term_stays(small_log, past) -> None:
    other = appointment(past.world, 1)
    other.appointment.alpha = bytes(32)
    small_log.write([other])
    assert small_log.appointments() == [appointment(past.world, 1), appointment(past.world, 2)]


def test_what_is_before_the_range_is_not_looked_at(small_log) -> None:
    change(small_log, "DELETE FROM batches WHERE number = 2")
    assert list(small_log.certificates(3)) == [4, 7]
    assert list(small_log.certificates(5, 6)) == []
    assert len(list(small_log.batches(3))) == 8
    assert small_log.certificate().header.number == 7


def test_the_last_certificates_are_few_and_newest_first(small_log, past) -> None:
    small_log.write([past.certificate(9)])
    assert small_log.last_certificates(2) == [past.certificate(9), past.certificate(7)]
    assert len(small_log.last_certificates(9)) == 3
