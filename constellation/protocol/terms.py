"""Who is alpha, and who are the auditors, in which epoch.

The settings name the first members. A quorum of auditors **appoints** those of the next **term**: another alpha when it
is gone for good, other auditors when one joins, leaves, or changes its key. Epochs are numbered so that their term can
be read from them: term ``t`` has the epochs from ``t x EPOCHS_PER_TERM`` on, and a later term's epochs are higher than
all of an earlier one. So a header's epoch says whose signatures it must carry, of alpha and in its certificate, and a
certificate stays verifiable against the auditors of its time.

An appointment only says who may open epochs of its term and vote in them. That nothing is lost when they are opened
rests on the auditors' promises, of the old term's and of the new one's (``herald/promises.py``). A promise names the
appointments: even two for one term could not make two histories.

Those who stay must be a quorum of the old auditors and of the new ones: so they alone can open the new term, and can
sign for the vault before and after the ledger has taken the new signers. The ledger follows later, and may still have
auditors of an earlier term, which no appointment tells: so before an operator signs for other auditors, the command
looks whether they can follow everybody whom the ledger may have (``node/ledger_signers.py``). It is no rule of the
core: a signed appointment that the core refused would stop the constellation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from constellation.protocol.errors import VerificationError
from constellation.protocol.limits import LEDGER_OPERATIONS_MAX
from constellation.protocol.messages import (
    EPOCHS_PER_TERM,
    Appointment,
    AuditorSignature,
    Code,
    Settings,
    SignedAppointment,
)
from constellation.protocol.quorum import Members, check_quorum, quorum_of
from constellation.protocol.signing import Purpose, Signer, settings_constellation_id, signing_hash


@dataclass(slots=True, frozen=True)
class Terms:
    """The settings, and the appointments since.

    Attributes:
        settings: of the constellation at genesis.
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

    @property
    def members(self) -> Members:
        """The present auditors."""
        return self.members_in(self.term)

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
        return self._alpha(self._known(epoch))

    def members_of(self, epoch: int) -> Members:
        """The auditors that certify the headers of ``epoch``.

        Raises:
            VerificationError: WRONG_EPOCH: of a term that is not known here.
        """
        return self.members_in(self._known(epoch))

    def members_in(self, term: int) -> Members:
        """The auditors of a term that is known here."""
        return self.appointments[term - 1].appointment if term else self.settings

    def appointments_hash(self, epoch: int) -> bytes:
        """SHA-256 of all appointments up to the term of ``epoch``: two nodes with the same know the same members.

        Raises:
            VerificationError: WRONG_EPOCH: of a term that is not known here.
        """
        appointed = self.appointments[: self._known(epoch)]
        return sha256(b"".join(signed.appointment.to_xdr() for signed in appointed)).digest()

    def knows(self, auditor: bytes) -> bool:
        """Whether this is, or was, an auditor."""
        return any(auditor in self.members_in(term).auditors for term in range(self.term + 1))

    def _known(self, epoch: int) -> int:
        term = term_of(epoch)
        if term > self.term:
            raise VerificationError(
                Code.WRONG_EPOCH, f"epoch {epoch} is of term {term}; the last appointment known here is of {self.term}"
            )
        return term

    def _alpha(self, term: int) -> bytes:
        return self.appointments[term - 1].appointment.alpha if term else self.settings.alpha


def as_terms(known: Settings | Terms) -> Terms:
    """Settings alone are the terms of a constellation that has appointed nobody."""
    return known if isinstance(known, Terms) else Terms(known)


def term_of(epoch: int) -> int:
    """The term that has ``epoch``."""
    return epoch // EPOCHS_PER_TERM


def appointment_hash(settings: Settings, appointment: Appointment) -> bytes:
    """What an auditor signs to appoint the members of a term."""
    return signing_hash(Purpose.APPOINTMENT, settings_constellation_id(settings), appointment.to_xdr())


def sign_appointment(settings: Settings, signer: Signer, appointment: Appointment) -> AuditorSignature:
    """An auditor's signature under an appointment."""
    constellation = settings_constellation_id(settings)
    signature = signer.sign_message(Purpose.APPOINTMENT, constellation, appointment.to_xdr())
    return AuditorSignature(signer.public, signature)


def in_force(settings: Settings, appointments: Sequence[SignedAppointment]) -> Sequence[SignedAppointment]:
    """``appointments`` without the last one if that still lacks signatures."""
    if not appointments:
        return appointments
    signers: Members = appointments[-2].appointment if len(appointments) > 1 else settings
    is_open = len(appointments[-1].signatures) < quorum_of(signers)
    return appointments[:-1] if is_open else appointments


def check_appointments(settings: Settings, appointments: Sequence[SignedAppointment]) -> Terms:
    """The terms that these appointments make, each signed by a quorum of the auditors before it.

    Raises:
        VerificationError: WRONG_EPOCH (a term is missing), UNAUTHORIZED (see :func:`check_appointment`) or those of
            :func:`~constellation.protocol.quorum.check_quorum`.
    """
    terms = Terms(settings)
    for signed in appointments:
        check_appointment(settings, terms.term, terms.members, signed)
        terms = Terms(settings, (*terms.appointments, signed))
    return terms


def check_appointment(settings: Settings, term: int, members: Members, signed: SignedAppointment) -> None:
    """Check an appointment that is to follow ``term``, whose auditors are ``members``.

    Raises:
        VerificationError: see :func:`check_appointments`.
    """
    appointment = signed.appointment
    if appointment.term != term + 1:
        raise VerificationError(Code.WRONG_EPOCH, f"an appointment for term {appointment.term} follows term {term}")
    problem = appointment_problem(settings, members, appointment)
    if problem is not None:
        raise VerificationError(Code.UNAUTHORIZED, f"the appointment for term {term + 1}: {problem}")
    try:
        check_quorum(members, appointment_hash(settings, appointment), signed.signatures)
    except VerificationError as error:
        raise VerificationError(error.code, f"the appointment for term {term + 1}: {error.message}") from None


def appointment_problem(settings: Settings, members: Members, appointment: Appointment) -> str | None:
    """Why ``appointment`` cannot follow a term with these auditors, whoever signs it; None when it can."""
    channels = [channel.account for channel in settings.channels]
    on_the_ledger = [settings.vault, *channels]
    if appointment.alpha in on_the_ledger + members.auditors + appointment.auditors:
        return "alpha must have a key of its own"
    if len(dict.fromkeys(appointment.auditors)) != len(appointment.auditors):
        return "an auditor is listed twice"
    if any(key in on_the_ledger for key in appointment.auditors):
        return "the vault and its channels cannot be auditors"
    return succession_problem(settings, members, appointment)


def succession_problem(settings: Settings, before: Members, after: Members) -> str | None:
    """Why the vault cannot pass from auditors ``before`` to those ``after`` by one transaction; None when it can."""
    staying = [key for key in before.auditors if key in after.auditors]
    if len(staying) < max(quorum_of(before), quorum_of(after)):
        return (
            f"{len(staying)} auditors stay; they must be a quorum of the old ones ({quorum_of(before)}) and of the "
            f"new ones ({quorum_of(after)}): change fewer at once"
        )
    if len(before.auditors) + len(after.auditors) - 2 * len(staying) > signer_changes_max(settings):
        return f"with {len(settings.channels)} channels, so many auditors cannot change at once: change fewer"
    return None


def signer_changes_max(settings: Settings) -> int:
    """How many auditors one transaction can add to the vault and its channels as signers, or take away.

    Each is an operation of each account, and one more sets the account's thresholds.
    """
    return LEDGER_OPERATIONS_MAX // (len(settings.channels) + 1) - 1
