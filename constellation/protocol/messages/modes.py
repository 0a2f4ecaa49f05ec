"""Messages of modes.x.

Generated from xdr/modes.x by tools/xdr_generator.py; do not edit.

How much alpha lets clients do.
"""

from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.common import Apex
from constellation.protocol.xdr import (
    LENGTH,
    UINT64,
    Enumerated,
    Fields,
    Instance,
    MalformedMessage,
    StructError,
    explain_malformed,
    explain_unencodable,
    read_string,
    write_string,
)

# bytes of UTF-8
MAX_MODE_REASON: Final = 160


class Mode(IntEnum):
    """Each lets clients do less than the one before.

    XDR::

        enum Mode {
            ONLINE = 0,
            POST_ONLY = 1,                    // no order takes anything from a book
            CANCEL_ONLY = 2,                  // no new orders and no trades
            MAINTENANCE = 3                   // no requests at all; money from the ledger and decisions of the auditors still count
        };
    """

    ONLINE = 0
    POST_ONLY = 1
    CANCEL_ONLY = 2
    MAINTENANCE = 3


_MODE_MEMBERS: Final[dict[int, Mode]] = {member.value: member for member in Mode}


@dataclass(slots=True, init=False)
class ModeCommit:
    """Alpha's operator has chosen another mode. It can only withhold service, as alpha can by keeping silent: nobody signs it
    beside alpha's header.

    XDR::

        struct ModeCommit {
            Mode mode;
            string reason<MAX_MODE_REASON>;   // for people; "": none
        };
    """

    mode: Mode
    reason: str

    def __init__(self, mode: Mode, reason: str) -> None:
        self.mode = mode
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ModeCommit, (
            self.mode,
            self.reason,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_mode_commit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ModeCommit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_mode_commit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ModeCommit")
        return value


_MODE_COMMIT_0: Fields = (
    ("ModeCommit", "", Instance(ModeCommit)),
    ("ModeCommit.mode", "mode", Enumerated(_MODE_MEMBERS)),
    ("ModeCommit.reason", "reason", LENGTH),
)
_pack_mode_commit_0: Final = Struct(">i").pack


def _write_mode_commit(value: Any) -> bytes:
    try:
        if type(value) is not ModeCommit:
            raise ValueError
        mode = value.mode
        reason = value.reason
        if mode not in _MODE_MEMBERS:
            raise ValueError
        part_0 = _pack_mode_commit_0(mode)
    except Exception:
        explain_unencodable(value, _MODE_COMMIT_0)
        raise
    tail_0 = write_string(reason, MAX_MODE_REASON, "ModeCommit.reason")
    return part_0 + tail_0


_unpack_mode_commit_0: Final = Struct(">iI").unpack_from


def _read_mode_commit(data: bytes, offset: int) -> tuple[ModeCommit, int]:
    try:
        mode, reason__length = _unpack_mode_commit_0(data, offset)
        mode = _MODE_MEMBERS[mode]
    except (StructError, KeyError):
        explain_malformed(data, offset, _MODE_COMMIT_0)
        raise
    offset += 8
    reason, offset = read_string(data, offset, reason__length, MAX_MODE_REASON, "ModeCommit.reason")
    return ModeCommit(mode, reason), offset


@dataclass(slots=True, init=False)
class ModeInForce:
    """The struct ModeInForce of modes.x.

    XDR::

        struct ModeInForce {
            Mode mode;
            string reason<MAX_MODE_REASON>;
            Apex since;                       // the quantum that began it; 0: genesis
        };
    """

    mode: Mode
    reason: str
    since: Apex

    def __init__(self, mode: Mode, reason: str, since: Apex) -> None:
        self.mode = mode
        self.reason = reason
        self.since = since

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ModeInForce, (
            self.mode,
            self.reason,
            self.since,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_mode_in_force(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ModeInForce":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_mode_in_force(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ModeInForce")
        return value


_MODE_IN_FORCE_0: Fields = (
    ("ModeInForce", "", Instance(ModeInForce)),
    ("ModeInForce.mode", "mode", Enumerated(_MODE_MEMBERS)),
    ("ModeInForce.reason", "reason", LENGTH),
)
_MODE_IN_FORCE_1: Fields = (("ModeInForce.since", "since", UINT64),)
_pack_mode_in_force_0: Final = Struct(">i").pack
_pack_mode_in_force_1: Final = Struct(">Q").pack


def _write_mode_in_force(value: Any) -> bytes:
    try:
        if type(value) is not ModeInForce:
            raise ValueError
        mode = value.mode
        reason = value.reason
        if mode not in _MODE_MEMBERS:
            raise ValueError
        part_0 = _pack_mode_in_force_0(mode)
    except Exception:
        explain_unencodable(value, _MODE_IN_FORCE_0)
        raise
    tail_0 = write_string(reason, MAX_MODE_REASON, "ModeInForce.reason")
    try:
        part_1 = _pack_mode_in_force_1(value.since)
    except Exception:
        explain_unencodable(value, _MODE_IN_FORCE_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_mode_in_force_0: Final = Struct(">iI").unpack_from
_unpack_mode_in_force_1: Final = Struct(">Q").unpack_from


def _read_mode_in_force(data: bytes, offset: int) -> tuple[ModeInForce, int]:
    try:
        mode, reason__length = _unpack_mode_in_force_0(data, offset)
        mode = _MODE_MEMBERS[mode]
    except (StructError, KeyError):
        explain_malformed(data, offset, _MODE_IN_FORCE_0)
        raise
    offset += 8
    reason, offset = read_string(data, offset, reason__length, MAX_MODE_REASON, "ModeInForce.reason")
    try:
        (since,) = _unpack_mode_in_force_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _MODE_IN_FORCE_1)
        raise
    return ModeInForce(mode, reason, since), offset + 8


@dataclass(slots=True, init=False)
class ModeChanged:
    """The struct ModeChanged of modes.x.

    XDR::

        struct ModeChanged {
            Mode mode;
            string reason<MAX_MODE_REASON>;
        };
    """

    mode: Mode
    reason: str

    def __init__(self, mode: Mode, reason: str) -> None:
        self.mode = mode
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ModeChanged, (
            self.mode,
            self.reason,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_mode_changed(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ModeChanged":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_mode_changed(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ModeChanged")
        return value


_MODE_CHANGED_0: Fields = (
    ("ModeChanged", "", Instance(ModeChanged)),
    ("ModeChanged.mode", "mode", Enumerated(_MODE_MEMBERS)),
    ("ModeChanged.reason", "reason", LENGTH),
)
_pack_mode_changed_0: Final = Struct(">i").pack


def _write_mode_changed(value: Any) -> bytes:
    try:
        if type(value) is not ModeChanged:
            raise ValueError
        mode = value.mode
        reason = value.reason
        if mode not in _MODE_MEMBERS:
            raise ValueError
        part_0 = _pack_mode_changed_0(mode)
    except Exception:
        explain_unencodable(value, _MODE_CHANGED_0)
        raise
    tail_0 = write_string(reason, MAX_MODE_REASON, "ModeChanged.reason")
    return part_0 + tail_0


_unpack_mode_changed_0: Final = Struct(">iI").unpack_from


def _read_mode_changed(data: bytes, offset: int) -> tuple[ModeChanged, int]:
    try:
        mode, reason__length = _unpack_mode_changed_0(data, offset)
        mode = _MODE_MEMBERS[mode]
    except (StructError, KeyError):
        explain_malformed(data, offset, _MODE_CHANGED_0)
        raise
    offset += 8
    reason, offset = read_string(data, offset, reason__length, MAX_MODE_REASON, "ModeChanged.reason")
    return ModeChanged(mode, reason), offset
