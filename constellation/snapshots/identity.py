"""Whose log it is: what it says of itself from its creation on, and what a node that opens it expects."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.snapshots.damage import DamagedLog
from constellation.snapshots.damage_open import noted_end
from constellation.snapshots.tables import put_about, read_about

FORMAT_VERSION = 2

_IDENTITY = "log"
_IDENTITY_BYTES = 32
_RECOVERING = "recovering"
_YES, _NO = b"\x01", b"\x00"


class LogMismatch(Exception):
    """The log belongs to another constellation, format or settings."""


@dataclass(slots=True)
class Identity:
    """Tells a log from one that was lost.

    Attributes:
        value: 32 bytes, drawn at random when the log was created, or was found to be an old copy.
        is_recovering: whether something may have been signed before that the log does not know of.
    """

    value: bytes
    is_recovering: bool


def identify(connection: Connection, settings: Settings) -> Identity:
    """Compare what the log says of itself with what is expected; a new log gets an identity.

    Raises:
        LogMismatch: it belongs to something else.
        DamagedLog: it does not say what every log says.
    """
    expected = {
        "format_version": FORMAT_VERSION.to_bytes(4, "big"),
        "constellation": settings_constellation_id(settings),
        "settings": settings_hash(settings),
    }
    found = read_about(connection)
    if not found and noted_end(connection, "batches") == 0:
        found = {**expected, _IDENTITY: new_name(), _RECOVERING: _YES}
        for name, value in found.items():
            put_about(connection, name, value)
    if missing := {*expected, _IDENTITY, _RECOVERING} - found.keys():
        raise DamagedLog(f"the log does not say its own {min(missing)}")
    for name, value in expected.items():
        if found[name] != value:
            raise LogMismatch(f"the log has another {name.replace('_', ' ')} than this node is configured for")
    return Identity(found[_IDENTITY], found[_RECOVERING] != _NO)


def new_name() -> bytes:
    """A name for a log, drawn at random."""
    return secrets.token_bytes(_IDENTITY_BYTES)


def note_rolled_back(connection: Connection, name: bytes) -> None:
    """Note, within the caller's transaction, that the log lacks what was signed, and what its name is from now on."""
    put_about(connection, _IDENTITY, name)
    put_about(connection, _RECOVERING, _YES)


def note_recovered(connection: Connection) -> None:
    """Note, within the caller's transaction, that everything is known again that may have been signed."""
    put_about(connection, _RECOVERING, _NO)
