"""``constellation appoint-alpha`` and ``appoint-auditors``: the auditors appoint the next term's members in a file."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

from constellation.node.config import ConfigurationError, check_websocket_url, load_settings
from constellation.node.documents import MALFORMED
from constellation.node.ledger_signers import check_can_follow
from constellation.protocol.appointments_json import appointments_from_json, appointments_to_json
from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import Appointment, QuorumRule, Settings, SignedAppointment
from constellation.protocol.quorum import Members, quorum_of
from constellation.protocol.signing import Signer, settings_constellation_id
from constellation.protocol.strkey import decode_public_key, encode_public_key
from constellation.protocol.terms import Terms, appointment_problem, check_appointments, in_force, sign_appointment


class AppointmentsFile:
    """The file that the auditors pass on.

    Args:
        path: of the file.
        settings: of the constellation.

    Attributes:
        appointments: in force, and perhaps a last one that lacks signatures.
        terms: those in force.

    Raises:
        ConfigurationError: the file cannot be used.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._settings = settings
        self.terms = Terms(settings)
        self._constellation = settings_constellation_id(settings)
        self.appointments = self._read() if path.exists() else []

    def _read(self) -> list[SignedAppointment]:
        try:
            found = appointments_from_json(self._constellation, json.loads(self._path.read_bytes()))
            self.terms = check_appointments(self._settings, in_force(self._settings, found))
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}") from None
        except (VerificationError, *MALFORMED) as error:
            raise ConfigurationError(f"{self._path}: {error}") from None
        return found

    @property
    def is_open(self) -> bool:
        """Whether the last appointment lacks signatures."""
        return len(in_force(self._settings, self.appointments)) < len(self.appointments)

    @property
    def signers(self) -> Members:
        """The auditors who sign the last appointment: those of the term before it."""
        return self.terms.members if self.is_open else self.terms.members_in(max(0, self.terms.term - 1))

    def write(self) -> None:
        """Replace the file whole: a running node reads it at any time."""
        document = appointments_to_json(self._constellation, self.appointments)
        new = self._path.with_name(self._path.name + ".new")
        try:
            new.write_text(json.dumps(document, indent=2) + "\n")
            os.replace(new, self._path)
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}") from None


def run_propose_alpha(file: Path, settings_file: Path, alpha: str, client_url: str, cluster_url: str) -> None:
    """Add an appointment of another alpha, without signatures, to ``file``.

    Raises:
        ConfigurationError: it cannot be appointed, or the last appointment still lacks signatures.
    """
    settings = load_settings(settings_file)
    found = AppointmentsFile(file, settings)
    key = _key("--alpha", alpha)
    used = [settings.alpha, settings.vault, *(item.account for item in settings.channels)]
    alphas = [signed.appointment.alpha for signed in found.appointments]
    if key in (*used, *alphas) or found.terms.knows(key):
        raise ConfigurationError(f"--alpha: {alpha} is or was a member already; make a new key for the new alpha")
    members = found.terms.members
    appointment = _following(found, key, members.auditors, members.quorum_rule, client_url, cluster_url)
    _propose(found, appointment)


def run_propose_auditors(
    file: Path,
    settings_file: Path,
    add: Sequence[str],
    remove: Sequence[str],
    quorum_rule: str | None,
    client_url: str | None,
    cluster_url: str | None,
    status_url: str,
) -> None:
    """Add an appointment of other auditors, without signatures, to ``file``.

    Raises:
        ConfigurationError: they cannot be appointed, or not yet, or the last appointment still lacks signatures.
    """
    settings = load_settings(settings_file)
    found = AppointmentsFile(file, settings)
    terms = found.terms
    coming = [_key("--add", text) for text in add]
    leaving = [_key("--remove", text) for text in remove]
    for key in leaving:
        if key not in terms.members.auditors:
            raise ConfigurationError(f"--remove: {encode_public_key(key)} is no auditor now")
    for key in coming:
        if terms.knows(key):
            raise ConfigurationError(f"--add: {encode_public_key(key)} is or was an auditor already; make a new key")
    auditors = [key for key in terms.members.auditors if key not in leaving] + coming
    rule = terms.members.quorum_rule if quorum_rule is None else QuorumRule[quorum_rule.upper()]
    if (auditors, rule) == (terms.members.auditors, terms.members.quorum_rule):
        raise ConfigurationError("nothing would change: give --add, --remove or --quorum-rule")
    last = found.appointments[-1].appointment if found.appointments else None
    client_url = client_url or (last.client_url if last else None)
    cluster_url = cluster_url or (last.cluster_url if last else None)
    if client_url is None or cluster_url is None:
        raise ConfigurationError("--client-url and --cluster-url: say where alpha is; no appointment says it so far")
    appointment = _following(found, terms.alpha, auditors, rule, client_url, cluster_url)
    check_can_follow(terms, appointment, status_url)
    _propose(found, appointment)


def _key(option: str, text: str) -> bytes:
    try:
        return decode_public_key(text)
    except ValueError as error:
        raise ConfigurationError(f"{option}: {error}") from None


def _following(
    found: AppointmentsFile, alpha: bytes, auditors: list[bytes], rule: QuorumRule, client_url: str, cluster_url: str
) -> Appointment:
    """The next appointment in the file."""
    term = len(found.appointments) + 1
    if found.is_open:
        raise ConfigurationError(f"the appointment for term {term - 1} still lacks signatures: complete or remove it")
    check_websocket_url("--client-url", client_url)
    check_websocket_url("--cluster-url", cluster_url)
    appointment = Appointment(term, alpha, auditors, rule, client_url, cluster_url)
    problem = appointment_problem(found.terms.settings, found.terms.members, appointment)
    if problem is not None:
        raise ConfigurationError(problem)
    return appointment


def _propose(found: AppointmentsFile, appointment: Appointment) -> None:
    found.appointments.append(SignedAppointment(appointment, []))
    found.write()
    show(found)


def run_sign(file: Path, settings_file: Path, signer: Signer, status_url: str | None) -> None:
    """Add an auditor's signature to the last appointment in ``file``.

    Raises:
        ConfigurationError: there is nothing to sign, or nothing yet, or the key is no auditor's.
    """
    settings = load_settings(settings_file)
    found = AppointmentsFile(file, settings)
    if not found.appointments:
        raise ConfigurationError(f"{file}: there is no appointment; see constellation appoint-alpha propose")
    if signer.public not in found.signers.auditors:
        raise ConfigurationError(f"key_file: {signer.address} is not an auditor who can sign this appointment")
    last = found.appointments[-1]
    if all(item.auditor != signer.public for item in last.signatures):
        check_can_follow(found.terms, last.appointment, status_url)
        last.signatures.append(sign_appointment(settings, signer, last.appointment))
        found.write()
    show(found)


def run_show(file: Path, settings_file: Path, as_json: bool) -> None:
    """Print the appointments in ``file`` and what they lack.

    Raises:
        ConfigurationError: the file cannot be used.
    """
    settings = load_settings(settings_file)
    found = AppointmentsFile(file, settings)
    if as_json:
        document = appointments_to_json(settings_constellation_id(settings), found.appointments)
        click.echo(json.dumps({**document, "quorum": quorum_of(found.signers), "complete": not found.is_open}))
    else:
        show(found)


def show(found: AppointmentsFile) -> None:
    """Print who are the members in which term, who signed, and what is to be done next.

    Each address has a line of its own, whole: people copy and compare them.
    """
    before: Settings | Appointment = found.terms.settings
    click.echo("term 0: by the settings")
    _show_lines("alpha", [before.alpha])
    _show_lines("auditors", before.auditors)
    click.echo(f"  quorum    {quorum_of(before)}")
    for signed in found.appointments:
        _show_appointment(signed, before)
        before = signed.appointment
    if found.is_open:
        missing = quorum_of(found.signers) - len(found.appointments[-1].signatures)
        click.echo(f"Not in force: {missing} more of the auditors must sign this file.")
    elif found.appointments:
        click.echo("In force. Put this file where alpha and every auditor find it: setting appointments_file.")


def _show_appointment(signed: SignedAppointment, before: Settings | Appointment) -> None:
    """Print it, and what is other than in the term before."""
    last = signed.appointment
    click.echo(f"term {last.term}: appointed")
    _show_lines("alpha" if last.alpha == before.alpha else "new alpha", [last.alpha])
    _show_lines("auditors", last.auditors)
    _show_lines("joins", [key for key in last.auditors if key not in before.auditors])
    _show_lines("leaves", [key for key in before.auditors if key not in last.auditors])
    click.echo(f"  quorum    {quorum_of(last)}\n  clients   {last.client_url}\n  cluster   {last.cluster_url}")
    _show_lines("signed by", [item.auditor for item in signed.signatures])
    if not signed.signatures:
        click.echo("  signed by nobody yet")


def _show_lines(name: str, keys: Sequence[bytes]) -> None:
    for number, key in enumerate(keys):
        click.echo(f"  {'' if number else name:<10}{encode_public_key(key)}")
