"""Who is alpha in which epoch, and what an appointment needs."""

from dataclasses import replace

import pytest

from constellation.protocol.appointments_json import appointments_from_json, appointments_to_json
from constellation.protocol.errors import ProtocolViolation, VerificationError
from constellation.protocol.handshake import InitiatorHandshake, ResponderHandshake
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    AuditorSignature,
    Code,
    QuorumRule,
    Role,
    SignedAppointment,
)
from constellation.protocol.terms import Terms, check_appointments, sign_appointment
from constellation.testing.world import World, key_of
from tests.herald.support import appoint

WORLD = World(auditors=3)
SECOND, THIRD = key_of("second alpha"), key_of("third alpha")


def refused(code: Code, *appointments: SignedAppointment) -> str:
    with pytest.raises(VerificationError) as error:
        check_appointments(WORLD.settings, appointments)
    assert error.value.code is code
    return error.value.message


def test_epochs_say_whose_they_are() -> None:
    terms = check_appointments(WORLD.settings, [appoint(WORLD, 1, SECOND), appoint(WORLD, 2, THIRD)])
    alphas = [WORLD.alpha.public, SECOND.public, THIRD.public]
    for term, alpha in enumerate(alphas):
        for epoch in (term * EPOCHS_PER_TERM, term * EPOCHS_PER_TERM + 1, (term + 1) * EPOCHS_PER_TERM - 1):
            assert terms.alpha_of(epoch) == alpha
    assert (terms.term, terms.alpha, terms.last_before) == (2, THIRD.public, 2 * EPOCHS_PER_TERM)
    with pytest.raises(VerificationError) as error:
        terms.alpha_of(3 * EPOCHS_PER_TERM)
    assert error.value.code is Code.WRONG_EPOCH


def test_without_appointments_alpha_is_that_of_the_settings() -> None:
    assert check_appointments(WORLD.settings, []) == WORLD.terms == Terms(WORLD.settings)
    assert (WORLD.terms.alpha, WORLD.terms.term) == (WORLD.alpha.public, 0)
    with pytest.raises(VerificationError):
        WORLD.terms.alpha_of(EPOCHS_PER_TERM)


def test_an_appointment_needs_a_quorum() -> None:
    refused(Code.NOT_ENOUGH_SIGNATURES, appoint(WORLD, 1, SECOND, signers=(2,)))
    check_appointments(WORLD.settings, [appoint(WORLD, 1, SECOND, signers=(2, 0))])


def test_an_appointment_counts_nobody_twice_and_nobody_else() -> None:
    signed = appoint(WORLD, 1, SECOND)
    refused(Code.UNAUTHORIZED, SignedAppointment(signed.appointment, signed.signatures[:1] * 2))
    by_alpha = sign_appointment(WORLD.settings, WORLD.alpha, signed.appointment)
    refused(Code.UNAUTHORIZED, SignedAppointment(signed.appointment, [*signed.signatures, by_alpha]))
    wrong = AuditorSignature(WORLD.auditors[2].public, bytes(64))
    refused(Code.BAD_SIGNATURE, SignedAppointment(signed.appointment, [*signed.signatures, wrong]))


def test_every_changed_field_of_an_appointment_is_found() -> None:
    signed = appoint(WORLD, 1, SECOND)
    newcomer = key_of("newcomer").public
    for change in (
        {"alpha": THIRD.public},
        {"auditors": [*signed.appointment.auditors[:2], newcomer]},
        {"quorum_rule": QuorumRule.TWO_THIRDS, "auditors": signed.appointment.auditors[:2]},
        {"client_url": "ws://elsewhere"},
        {"cluster_url": "ws://elsewhere"},
    ):
        changed = replace(signed.appointment, **change)  # type: ignore[arg-type]
        refused(Code.BAD_SIGNATURE, SignedAppointment(changed, signed.signatures))
    other = World(auditors=3)
    other.settings.network_passphrase = "another network"
    with pytest.raises(VerificationError):
        check_appointments(other.settings, [signed])


def test_terms_have_no_gaps() -> None:
    refused(Code.WRONG_EPOCH, appoint(WORLD, 2, SECOND))
    refused(Code.WRONG_EPOCH, appoint(WORLD, 1, SECOND), appoint(WORLD, 1, THIRD))


def test_nobody_is_alpha_and_something_else() -> None:
    refused(Code.UNAUTHORIZED, appoint(WORLD, 1, WORLD.auditors[0]))
    refused(Code.UNAUTHORIZED, appoint(WORLD, 1, key_of("vault")))


def shake(client: InitiatorHandshake, alpha: ResponderHandshake) -> Terms:
    client.receive(alpha.receive_hello(client.hello))
    return client.terms


def initiator(terms: Terms) -> InitiatorHandshake:
    return InitiatorHandshake(key_of("trader"), Role.CLIENT, WORLD.constellation, terms, bytes(32))


def responder(key, *appointments: SignedAppointment) -> ResponderHandshake:
    return ResponderHandshake(key, Role.CLIENT, WORLD.constellation, appointments, bytes(32))


def test_an_appointed_alpha_proves_in_the_handshake_that_it_is_alpha() -> None:
    appointed = appoint(WORLD, 1, SECOND)
    assert shake(initiator(WORLD.terms), responder(SECOND, appointed)).alpha == SECOND.public
    known = check_appointments(WORLD.settings, [appointed])
    assert shake(initiator(known), responder(SECOND, appointed)) == known


@pytest.mark.parametrize("short", [True, False])
def test_an_alpha_that_was_not_appointed_is_refused(short: bool) -> None:
    appointed = appoint(WORLD, 1, SECOND, signers=(0,) if short else (0, 1))
    with pytest.raises(ProtocolViolation):
        shake(initiator(WORLD.terms), responder(SECOND if short else THIRD, appointed))


def test_an_alpha_that_was_replaced_is_refused_by_who_knows_it() -> None:
    known = check_appointments(WORLD.settings, [appoint(WORLD, 1, SECOND)])
    with pytest.raises(ProtocolViolation) as error:
        shake(initiator(known), responder(WORLD.alpha))
    assert error.value.code is Code.UNAUTHORIZED


def test_the_document_has_everything_and_nothing_else() -> None:
    appointments = [appoint(WORLD, 1, SECOND), appoint(WORLD, 2, THIRD, signers=())]
    document = appointments_to_json(WORLD.constellation, appointments)
    assert appointments_from_json(WORLD.constellation, document) == appointments
    assert document["appointments"][0]["alpha"] == SECOND.address
    with pytest.raises(ValueError, match="another constellation"):
        appointments_from_json(bytes(32), document)


@pytest.mark.parametrize("field", ["term", "alpha", "client_url", "cluster_url", "signatures"])
def test_a_malformed_document_is_refused(field: str) -> None:
    for broken in (None, "x" * 300, [1], {"a": 1}):
        document = appointments_to_json(WORLD.constellation, [appoint(WORLD, 1, SECOND)])
        document["appointments"][0][field] = broken
        with pytest.raises(ValueError, match="no list of appointments"):
            appointments_from_json(WORLD.constellation, document)
    for document in (None, [], 1, "x", {}, {"constellation_id": WORLD.constellation.hex(), "appointments": 1}):
        with pytest.raises(ValueError, match="no list of appointments"):
            appointments_from_json(WORLD.constellation, document)
