"""Who is alpha in which epoch.

The settings name the first alpha. When it is gone for good, a quorum of auditors appoints another key, and that begins
a new **term**. Epochs are numbered so that their term can be read from them: term ``t`` has the epochs from
``t x EPOCHS_PER_TERM`` on, and a later term's epochs are higher than all of an earlier one. So a header's epoch says
whose signature it must carry.

An appointment only says who may propose epochs of its term. That nothing is lost when they are opened rests on the
auditors' promises, which each names one alpha (``herald/promises.py``): even two appointments for one term could not
make two histories.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    Appointment,
    AuditorSignature,
    Code,
    Settings,
    SignedAppointment,
)
from constellation.protocol.quorum import check_quorum, quorum_of
from constellation.protocol.signing import KeyPair, Purpose, settings_constellation_id, signing_hash


@dataclass(slots=True, frozen=True)
class Terms:
    """The settings, and the appointments since.

    Attributes:
        settings: of the constellation.
        appointments: checked ones, of the terms 1, 2, …; see :func:`check_appointments`.
    """

    settings: Settings
    appointments: tuple[SignedAppointment, ...] = ()

    @property
    def term(self) -> int:
        """The present term."""
        return len(self.appointments)

    @property
    def alpha(self) -> bytes:
        """Key of the present alpha."""
        return self._alpha(self.term)

    def continues(self, known: "Terms") -> bool:
        """Whether these go on from the known ones: nobody was replaced by another appointment for the same term."""
        ours = [signed.appointment for signed in self.appointments[: known.term]]
        return ours == [signed.appointment for signed in known.appointments]

    @property
    def last_before(self) -> int:
        """The epoch before the present term's first one."""
        return self.term * EPOCHS_PER_TERM

    def alpha_of(self, epoch: int) -> bytes:
        """Key of the alpha that signs the headers of ``epoch``.

        Raises:
            VerificationError: WRONG_EPOCH: of a term that is not known here.
        """
        term = epoch // EPOCHS_PER_TERM
        if term > self.term:
            raise VerificationError(
                Code.WRONG_EPOCH, f"epoch {epoch} is of term {term}; the last appointment known here is of {self.term}"
            )
        return self._alpha(term)

    def _alpha(self, term: int) -> bytes:
        return self.appointments[term - 1].appointment.alpha if term else self.settings.alpha


def appointment_hash(settings: Settings, appointment: Appointment) -> bytes:
    """What an auditor signs to appoint an alpha."""
    return signing_hash(Purpose.APPOINTMENT, settings_constellation_id(settings), appointment.to_xdr())


def sign_appointment(settings: Settings, key_pair: KeyPair, appointment: Appointment) -> AuditorSignature:
    """An auditor's signature under an appointment."""
    return AuditorSignature(key_pair.public, key_pair.sign(appointment_hash(settings, appointment)))


def in_force(settings: Settings, appointments: Sequence[SignedAppointment]) -> Sequence[SignedAppointment]:
    """``appointments`` without the last one if that still lacks signatures."""
    is_open = bool(appointments) and len(appointments[-1].signatures) < quorum_of(settings)
    return appointments[:-1] if is_open else appointments


def check_appointments(settings: Settings, appointments: Sequence[SignedAppointment]) -> Terms:
    """The terms that these appointments make, each signed by a quorum.

    Raises:
        VerificationError: WRONG_EPOCH (a term is missing), UNAUTHORIZED (an auditor or the vault appointed as alpha) or
            those of :func:`~constellation.protocol.quorum.check_quorum`.
    """
    for term, signed in enumerate(appointments, 1):
        appointment = signed.appointment
        if appointment.term != term:
            raise VerificationError(Code.WRONG_EPOCH, f"an appointment for term {appointment.term} in place {term}")
        if appointment.alpha in (settings.vault, *settings.auditors):
            raise VerificationError(Code.UNAUTHORIZED, f"the alpha of term {term} must have a key of its own")
        try:
            check_quorum(settings, appointment_hash(settings, appointment), signed.signatures)
        except VerificationError as error:
            raise VerificationError(error.code, f"the appointment for term {term}: {error.message}") from None
    return Terms(settings, tuple(appointments))
