"""``constellation appoint-alpha``: the auditors hand the constellation to another alpha, by a file that they sign."""

import json
import os
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from constellation.node.config import ConfigurationError, check_websocket_url, load_settings
from constellation.protocol.appointments_json import appointments_from_json, appointments_to_json
from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import Appointment, Settings, SignedAppointment
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import KeyPair, settings_constellation_id
from constellation.protocol.strkey import decode_public_key, encode_public_key
from constellation.protocol.terms import check_appointments, in_force, sign_appointment


class AppointmentsFile:
    """The file that the auditors pass on.

    Args:
        path: of the file.
        settings: of the constellation.

    Attributes:
        appointments: in force, and perhaps a last one that lacks signatures.

    Raises:
        ConfigurationError: the file cannot be used.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._settings = settings
        self._constellation = settings_constellation_id(settings)
        self.appointments = self._read() if path.exists() else []

    def _read(self) -> list[SignedAppointment]:
        try:
            found = appointments_from_json(self._constellation, json.loads(self._path.read_bytes()))
            check_appointments(self._settings, in_force(self._settings, found))
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}") from None
        except (ValueError, VerificationError) as error:
            raise ConfigurationError(f"{self._path}: {error}") from None
        return found

    @property
    def is_open(self) -> bool:
        """Whether the last appointment lacks signatures."""
        return len(in_force(self._settings, self.appointments)) < len(self.appointments)

    def write(self) -> None:
        """Replace the file whole: a running node reads it at any time."""
        document = appointments_to_json(self._constellation, self.appointments)
        new = self._path.with_name(self._path.name + ".new")
        try:
            new.write_text(json.dumps(document, indent=2) + "\n")
            os.replace(new, self._path)
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}") from None


def run_propose(file: Path, settings_file: Path, alpha: str, client_url: str, cluster_url: str) -> None:
    """Add an appointment without signatures to ``file``.

    Raises:
        ConfigurationError: it cannot be appointed, or the last appointment still lacks signatures.
    """
    settings = load_settings(settings_file)
    found = AppointmentsFile(file, settings)
    if found.is_open:
        raise ConfigurationError(
            f"{file}: the appointment for term {len(found.appointments)} still lacks signatures: complete or remove it"
        )
    try:
        key = decode_public_key(alpha)
    except ValueError as error:
        raise ConfigurationError(f"--alpha: {error}") from None
    used = [settings.alpha, settings.vault, *settings.auditors, *(item.account for item in settings.channels)]
    if key in (*used, *(signed.appointment.alpha for signed in found.appointments)):
        raise ConfigurationError(f"--alpha: {alpha} is or was a member already; make a new key for the new alpha")
    check_websocket_url("--client-url", client_url)
    check_websocket_url("--cluster-url", cluster_url)
    appointment = Appointment(len(found.appointments) + 1, key, client_url, cluster_url)
    found.appointments.append(SignedAppointment(appointment, []))
    found.write()
    show(found, settings)


def run_sign(file: Path, settings_file: Path, key_pair: KeyPair) -> None:
    """Add an auditor's signature to the last appointment in ``file``.

    Raises:
        ConfigurationError: there is nothing to sign, or the key is no auditor's.
    """
    settings = load_settings(settings_file)
    found = AppointmentsFile(file, settings)
    if not found.appointments:
        raise ConfigurationError(f"{file}: there is no appointment; see constellation appoint-alpha propose")
    if key_pair.public not in settings.auditors:
        raise ConfigurationError(f"key_file: {key_pair.address} is not an auditor of this constellation")
    last = found.appointments[-1]
    if all(item.auditor != key_pair.public for item in last.signatures):
        last.signatures.append(sign_appointment(settings, key_pair, last.appointment))
        found.write()
    show(found, settings)


def run_show(file: Path, settings_file: Path, as_json: bool) -> None:
    """Print the appointments in ``file`` and what they lack.

    Raises:
        ConfigurationError: the file cannot be used.
    """
    settings = load_settings(settings_file)
    found = AppointmentsFile(file, settings)
    if as_json:
        document = appointments_to_json(settings_constellation_id(settings), found.appointments)
        click.echo(json.dumps({**document, "quorum": quorum_of(settings), "complete": not found.is_open}))
    else:
        show(found, settings)


def show(found: AppointmentsFile, settings: Settings) -> None:
    """Print who is alpha in which term, who signed, and what is to be done next."""
    table = Table(box=None)
    for title in ("term", "alpha", "clients", "cluster", "signed by"):
        table.add_column(title, overflow="fold")
    table.add_row("0", encode_public_key(settings.alpha), "", "", "the settings")
    for signed in found.appointments:
        last = signed.appointment
        signers = "\n".join(encode_public_key(item.auditor) for item in signed.signatures) or "nobody yet"
        table.add_row(str(last.term), encode_public_key(last.alpha), last.client_url, last.cluster_url, signers)
    console = Console()
    console.print(table)
    if found.is_open:
        missing = quorum_of(settings) - len(found.appointments[-1].signatures)
        console.print(f"Not in force: {missing} more of the auditors must sign this file.")
    elif found.appointments:
        console.print("In force. Put this file where alpha and every auditor find it: setting appointments_file.")
