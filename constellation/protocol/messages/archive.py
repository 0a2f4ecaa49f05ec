"""Messages of archive.x.

Generated from xdr/archive.x by tools/xdr_generator.py; do not edit.

An archive: certified history in one file that proves itself. A file is a magic text and then records, each behind
its length in four bytes: a head; if it does not begin at genesis, a snapshot and its entries; batches in order, each
followed by its certificate where there is one; a tail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.client import MAX_ANCESTORS, Finality
from constellation.protocol.messages.common import (
    MAX_APPOINTMENTS,
    MAX_AUDITORS,
    Hash,
    SignedAppointment,
    _read_auditor_signature,
    _read_signed_appointment,
    _write_auditor_signature,
    _write_signed_appointment,
)
from constellation.protocol.messages.quanta import (
    _BATCH_0,
    _BATCH_1,
    _CERTIFICATE_0,
    _CERTIFICATE_1,
    MAX_BATCH_QUANTA,
    Batch,
    BatchHeader,
    Certificate,
    SignedHeader,
    _read_batch,
    _read_batch_header,
    _read_certificate,
    _read_signed_header,
    _write_batch_header,
    _write_quantum,
    _write_signed_header,
)
from constellation.protocol.messages.settings import Settings, _read_settings, _write_settings
from constellation.protocol.messages.state import _STATE_ENTRY_0, _STATE_ENTRY_READERS, _STATE_ENTRY_WRITERS, StateEntry
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEANS,
    ELSEWHERE,
    INT64,
    PRESENCE,
    UINT32,
    UINT64,
    Discriminant,
    Fields,
    Instance,
    Items,
    MalformedMessage,
    Opaque,
    StructError,
    UnencodableMessage,
    explain_malformed,
    explain_unencodable,
    refuse_count,
)

ARCHIVE_FORMAT_VERSION: Final = 1

# in one record
MAX_ARCHIVE_ENTRIES: Final = 256


@dataclass(slots=True, init=False)
class ArchiveHead:
    """The struct ArchiveHead of archive.x.

    XDR::

        struct ArchiveHead {
            unsigned int format_version;      // stays the first field in every version
            Settings settings;
            SignedAppointment appointments<MAX_APPOINTMENTS>;
        };
    """

    format_version: int
    settings: Settings
    appointments: list[SignedAppointment]

    def __init__(self, format_version: int, settings: Settings, appointments: list[SignedAppointment]) -> None:
        self.format_version = format_version
        self.settings = settings
        self.appointments = appointments

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ArchiveHead, (
            self.format_version,
            self.settings,
            self.appointments,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_archive_head(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ArchiveHead":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_archive_head(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ArchiveHead")
        return value


_ARCHIVE_HEAD_0: Fields = (
    ("ArchiveHead", "", Instance(ArchiveHead)),
    ("ArchiveHead.format_version", "format_version", UINT32),
    ("Settings", "settings", ELSEWHERE),
)
_ARCHIVE_HEAD_1: Fields = (("ArchiveHead.appointments", "appointments", Items(MAX_APPOINTMENTS)),)
_pack_archive_head_0: Final = Struct(">I").pack
_pack_archive_head_1: Final = Struct(">I").pack


def _write_archive_head(value: Any) -> bytes:
    try:
        if type(value) is not ArchiveHead:
            raise ValueError
        settings = value.settings
        part_0 = _pack_archive_head_0(value.format_version)
    except Exception:
        explain_unencodable(value, _ARCHIVE_HEAD_0)
        raise
    tail_0 = _write_settings(settings)
    try:
        appointments: list[Any] = value.appointments
        if type(appointments) is not list or len(appointments) > MAX_APPOINTMENTS:
            raise ValueError
        part_1 = _pack_archive_head_1(len(appointments))
    except Exception:
        explain_unencodable(value, _ARCHIVE_HEAD_1)
        raise
    tail_1 = b"".join([_write_signed_appointment(item) for item in appointments])
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_archive_head_0: Final = Struct(">I").unpack_from
_unpack_archive_head_1: Final = Struct(">I").unpack_from


def _read_archive_head(data: bytes, offset: int) -> tuple[ArchiveHead, int]:
    try:
        (format_version,) = _unpack_archive_head_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ARCHIVE_HEAD_0)
        raise
    offset += 4
    settings, offset = _read_settings(data, offset)
    try:
        (appointments__count,) = _unpack_archive_head_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _ARCHIVE_HEAD_1)
        raise
    offset += 4
    if appointments__count > MAX_APPOINTMENTS or appointments__count * 56 > len(data) - offset:
        refuse_count(appointments__count, MAX_APPOINTMENTS, "ArchiveHead.appointments")
    appointments = []
    for _ in range(appointments__count):
        appointments__item, offset = _read_signed_appointment(data, offset)
        appointments.append(appointments__item)
    return ArchiveHead(format_version, settings, appointments), offset


@dataclass(slots=True, init=False)
class ArchiveSnapshot:
    """The state after a checkpoint. `finality` covers the checkpoint's own header.

    XDR::

        struct ArchiveSnapshot {
            SignedHeader checkpoint;
            Finality finality;
            unsigned hyper entries;           // how many follow, in the next records
        };
    """

    checkpoint: SignedHeader
    finality: Finality
    entries: int

    def __init__(self, checkpoint: SignedHeader, finality: Finality, entries: int) -> None:
        self.checkpoint = checkpoint
        self.finality = finality
        self.entries = entries

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ArchiveSnapshot, (
            self.checkpoint,
            self.finality,
            self.entries,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_archive_snapshot(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ArchiveSnapshot":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_archive_snapshot(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ArchiveSnapshot")
        return value


_ARCHIVE_SNAPSHOT_0: Fields = (
    ("ArchiveSnapshot", "", Instance(ArchiveSnapshot)),
    ("SignedHeader", "checkpoint", ELSEWHERE),
)
_ARCHIVE_SNAPSHOT_1: Fields = (
    ("Finality", "finality", Instance(Finality)),
    ("Certificate", "finality.certificate", Instance(Certificate)),
    ("BatchHeader", "finality.certificate.header", Instance(BatchHeader)),
    ("BatchHeader.version", "finality.certificate.header.version", UINT32),
    ("BatchHeader.epoch", "finality.certificate.header.epoch", UINT64),
    ("BatchHeader.number", "finality.certificate.header.number", UINT64),
    ("BatchHeader.first_apex", "finality.certificate.header.first_apex", UINT64),
    ("BatchHeader.last_apex", "finality.certificate.header.last_apex", UINT64),
    ("BatchHeader.timestamp", "finality.certificate.header.timestamp", INT64),
    ("BatchHeader.previous", "finality.certificate.header.previous", Opaque(32)),
    ("BatchHeader.quanta_root", "finality.certificate.header.quanta_root", Opaque(32)),
    ("BatchHeader.state_root", "finality.certificate.header.state_root", PRESENCE),
)
_ARCHIVE_SNAPSHOT_2: Fields = (("Certificate.signatures", "finality.certificate.signatures", Items(MAX_AUDITORS)),)
_ARCHIVE_SNAPSHOT_3: Fields = (("Finality.ancestors", "finality.ancestors", Items(MAX_ANCESTORS)),)
_ARCHIVE_SNAPSHOT_4: Fields = (("ArchiveSnapshot.entries", "entries", UINT64),)
_FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_ARCHIVE_SNAPSHOT_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_finality__certificate__header__state_root_in_archive_snapshot_0: Final = Struct(">i32s").pack


def _write_finality__certificate__header__state_root_in_archive_snapshot(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_finality__certificate__header__state_root_in_archive_snapshot_0(1, value)
    except Exception:
        explain_unencodable(value, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_ARCHIVE_SNAPSHOT_0)
        raise
    return part_0


_pack_archive_snapshot_1: Final = Struct(">IQQQQq32s32s").pack
_pack_archive_snapshot_2: Final = Struct(">I").pack
_pack_archive_snapshot_3: Final = Struct(">I").pack
_pack_archive_snapshot_4: Final = Struct(">Q").pack


def _write_archive_snapshot(value: Any) -> bytes:
    try:
        if type(value) is not ArchiveSnapshot:
            raise ValueError
        checkpoint = value.checkpoint
    except Exception:
        explain_unencodable(value, _ARCHIVE_SNAPSHOT_0)
        raise
    tail_0 = _write_signed_header(checkpoint)
    try:
        finality = value.finality
        finality__certificate = finality.certificate
        finality__certificate__header = finality__certificate.header
        finality__certificate__header__previous = finality__certificate__header.previous
        finality__certificate__header__quanta_root = finality__certificate__header.quanta_root
        finality__certificate__header__state_root = finality__certificate__header.state_root
        if (
            type(finality) is not Finality
            or type(finality__certificate) is not Certificate
            or type(finality__certificate__header) is not BatchHeader
            or len(finality__certificate__header__previous) != 32
            or len(finality__certificate__header__quanta_root) != 32
        ):
            raise ValueError
        part_1 = _pack_archive_snapshot_1(
            finality__certificate__header.version,
            finality__certificate__header.epoch,
            finality__certificate__header.number,
            finality__certificate__header.first_apex,
            finality__certificate__header.last_apex,
            finality__certificate__header.timestamp,
            finality__certificate__header__previous,
            finality__certificate__header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _ARCHIVE_SNAPSHOT_1)
        raise
    tail_1 = (
        ABSENT
        if finality__certificate__header__state_root is None
        else _write_finality__certificate__header__state_root_in_archive_snapshot(
            finality__certificate__header__state_root
        )
    )
    try:
        finality__certificate__signatures: list[Any] = finality__certificate.signatures
        if type(finality__certificate__signatures) is not list or len(finality__certificate__signatures) > MAX_AUDITORS:
            raise ValueError
        part_2 = _pack_archive_snapshot_2(len(finality__certificate__signatures))
    except Exception:
        explain_unencodable(value, _ARCHIVE_SNAPSHOT_2)
        raise
    tail_2 = b"".join([_write_auditor_signature(item) for item in finality__certificate__signatures])
    try:
        finality__ancestors: list[Any] = finality.ancestors
        if type(finality__ancestors) is not list or len(finality__ancestors) > MAX_ANCESTORS:
            raise ValueError
        part_3 = _pack_archive_snapshot_3(len(finality__ancestors))
    except Exception:
        explain_unencodable(value, _ARCHIVE_SNAPSHOT_3)
        raise
    tail_3 = b"".join([_write_batch_header(item) for item in finality__ancestors])
    try:
        part_4 = _pack_archive_snapshot_4(value.entries)
    except Exception:
        explain_unencodable(value, _ARCHIVE_SNAPSHOT_4)
        raise
    return b"".join((tail_0, part_1, tail_1, part_2, tail_2, part_3, tail_3, part_4))


_unpack_finality__certificate__header__state_root_in_archive_snapshot_0: Final = Struct(">32s").unpack_from


def _read_finality__certificate__header__state_root_in_archive_snapshot(data: bytes, offset: int) -> tuple[Hash, int]:
    try:
        (value,) = _unpack_finality__certificate__header__state_root_in_archive_snapshot_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _FINALITY__CERTIFICATE__HEADER__STATE_ROOT_IN_ARCHIVE_SNAPSHOT_0)
        raise
    return value, offset + 32


_unpack_archive_snapshot_1: Final = Struct(">IQQQQq32s32sI").unpack_from
_unpack_archive_snapshot_2: Final = Struct(">I").unpack_from
_unpack_archive_snapshot_3: Final = Struct(">I").unpack_from
_unpack_archive_snapshot_4: Final = Struct(">Q").unpack_from


def _read_archive_snapshot(data: bytes, offset: int) -> tuple[ArchiveSnapshot, int]:
    checkpoint, offset = _read_signed_header(data, offset)
    try:
        (
            finality__certificate__header__version,
            finality__certificate__header__epoch,
            finality__certificate__header__number,
            finality__certificate__header__first_apex,
            finality__certificate__header__last_apex,
            finality__certificate__header__timestamp,
            finality__certificate__header__previous,
            finality__certificate__header__quanta_root,
            finality__certificate__header__state_root__present,
        ) = _unpack_archive_snapshot_1(data, offset)
        finality__certificate__header__state_root__present = BOOLEANS[
            finality__certificate__header__state_root__present
        ]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ARCHIVE_SNAPSHOT_1)
        raise
    offset += 112
    finality__certificate__header__state_root: Hash | None = None
    if finality__certificate__header__state_root__present:
        finality__certificate__header__state_root, offset = (
            _read_finality__certificate__header__state_root_in_archive_snapshot(data, offset)
        )
    try:
        (finality__certificate__signatures__count,) = _unpack_archive_snapshot_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _ARCHIVE_SNAPSHOT_2)
        raise
    offset += 4
    if (
        finality__certificate__signatures__count > MAX_AUDITORS
        or finality__certificate__signatures__count * 96 > len(data) - offset
    ):
        refuse_count(finality__certificate__signatures__count, MAX_AUDITORS, "Certificate.signatures")
    finality__certificate__signatures = []
    for _ in range(finality__certificate__signatures__count):
        finality__certificate__signatures__item, offset = _read_auditor_signature(data, offset)
        finality__certificate__signatures.append(finality__certificate__signatures__item)
    try:
        (finality__ancestors__count,) = _unpack_archive_snapshot_3(data, offset)
    except StructError:
        explain_malformed(data, offset, _ARCHIVE_SNAPSHOT_3)
        raise
    offset += 4
    if finality__ancestors__count > MAX_ANCESTORS or finality__ancestors__count * 112 > len(data) - offset:
        refuse_count(finality__ancestors__count, MAX_ANCESTORS, "Finality.ancestors")
    finality__ancestors = []
    for _ in range(finality__ancestors__count):
        finality__ancestors__item, offset = _read_batch_header(data, offset)
        finality__ancestors.append(finality__ancestors__item)
    try:
        (entries,) = _unpack_archive_snapshot_4(data, offset)
    except StructError:
        explain_malformed(data, offset, _ARCHIVE_SNAPSHOT_4)
        raise
    return ArchiveSnapshot(
        checkpoint,
        Finality(
            Certificate(
                BatchHeader(
                    finality__certificate__header__version,
                    finality__certificate__header__epoch,
                    finality__certificate__header__number,
                    finality__certificate__header__first_apex,
                    finality__certificate__header__last_apex,
                    finality__certificate__header__timestamp,
                    finality__certificate__header__previous,
                    finality__certificate__header__quanta_root,
                    finality__certificate__header__state_root,
                ),
                finality__certificate__signatures,
            ),
            finality__ancestors,
        ),
        entries,
    ), offset + 8


@dataclass(slots=True, init=False)
class ArchiveEntries:
    """The struct ArchiveEntries of archive.x.

    XDR::

        struct ArchiveEntries {
            StateEntry entries<MAX_ARCHIVE_ENTRIES>;
        };
    """

    entries: list[StateEntry]

    def __init__(self, entries: list[StateEntry]) -> None:
        self.entries = entries

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ArchiveEntries, (self.entries,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_archive_entries(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ArchiveEntries":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_archive_entries(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ArchiveEntries")
        return value


_ARCHIVE_ENTRIES_0: Fields = (
    ("ArchiveEntries", "", Instance(ArchiveEntries)),
    ("ArchiveEntries.entries", "entries", Items(MAX_ARCHIVE_ENTRIES)),
)
_pack_archive_entries_0: Final = Struct(">I").pack


def _write_archive_entries(value: Any) -> bytes:
    try:
        if type(value) is not ArchiveEntries:
            raise ValueError
        entries: list[Any] = value.entries
        if type(entries) is not list or len(entries) > MAX_ARCHIVE_ENTRIES:
            raise ValueError
        part_0 = _pack_archive_entries_0(len(entries))
    except Exception:
        explain_unencodable(value, _ARCHIVE_ENTRIES_0)
        raise
    try:
        tail_0 = b"".join([_STATE_ENTRY_WRITERS[type(item)](item) for item in entries])
    except KeyError:
        raise UnencodableMessage("wrong type", "StateEntry.type") from None
    return part_0 + tail_0


_unpack_archive_entries_0: Final = Struct(">I").unpack_from


def _read_archive_entries(data: bytes, offset: int) -> tuple[ArchiveEntries, int]:
    try:
        (entries__count,) = _unpack_archive_entries_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ARCHIVE_ENTRIES_0)
        raise
    offset += 4
    if entries__count > MAX_ARCHIVE_ENTRIES or entries__count * 40 > len(data) - offset:
        refuse_count(entries__count, MAX_ARCHIVE_ENTRIES, "ArchiveEntries.entries")
    entries = []
    for _ in range(entries__count):
        try:
            entries__read = _STATE_ENTRY_READERS[data[offset : offset + 4]]
        except KeyError:
            explain_malformed(data, offset, _STATE_ENTRY_0)
            raise
        entries__item, offset = entries__read(data, offset + 4)
        entries.append(entries__item)
    return ArchiveEntries(entries), offset


@dataclass(slots=True, init=False)
class ArchiveTail:
    """The end: an archive without it was cut off.

    XDR::

        struct ArchiveTail {
            unsigned hyper entries;
            unsigned hyper batches;
            unsigned hyper certificates;
            Hash digest;                      // SHA-256 of the file up to this record
        };
    """

    entries: int
    batches: int
    certificates: int
    digest: Hash

    def __init__(self, entries: int, batches: int, certificates: int, digest: Hash) -> None:
        self.entries = entries
        self.batches = batches
        self.certificates = certificates
        self.digest = digest

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ArchiveTail, (
            self.entries,
            self.batches,
            self.certificates,
            self.digest,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_archive_tail(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ArchiveTail":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_archive_tail(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ArchiveTail")
        return value


_ARCHIVE_TAIL_0: Fields = (
    ("ArchiveTail", "", Instance(ArchiveTail)),
    ("ArchiveTail.entries", "entries", UINT64),
    ("ArchiveTail.batches", "batches", UINT64),
    ("ArchiveTail.certificates", "certificates", UINT64),
    ("ArchiveTail.digest", "digest", Opaque(32)),
)
_pack_archive_tail_0: Final = Struct(">QQQ32s").pack


def _write_archive_tail(value: Any) -> bytes:
    try:
        if type(value) is not ArchiveTail:
            raise ValueError
        digest = value.digest
        if len(digest) != 32:
            raise ValueError
        part_0 = _pack_archive_tail_0(value.entries, value.batches, value.certificates, digest)
    except Exception:
        explain_unencodable(value, _ARCHIVE_TAIL_0)
        raise
    return part_0


_unpack_archive_tail_0: Final = Struct(">QQQ32s").unpack_from


def _read_archive_tail(data: bytes, offset: int) -> tuple[ArchiveTail, int]:
    try:
        entries, batches, certificates, digest = _unpack_archive_tail_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ARCHIVE_TAIL_0)
        raise
    return ArchiveTail(entries, batches, certificates, digest), offset + 56


class ArchiveRecordType(IntEnum):
    """The enum ArchiveRecordType of archive.x.

    XDR::

        enum ArchiveRecordType {
            ARCHIVE_HEAD = 0,
            ARCHIVE_SNAPSHOT = 1,
            ARCHIVE_ENTRIES = 2,
            ARCHIVE_BATCH = 3,
            ARCHIVE_CERTIFICATE = 4,
            ARCHIVE_TAIL = 5
        };
    """

    ARCHIVE_HEAD = 0
    ARCHIVE_SNAPSHOT = 1
    ARCHIVE_ENTRIES = 2
    ARCHIVE_BATCH = 3
    ARCHIVE_CERTIFICATE = 4
    ARCHIVE_TAIL = 5


_ARCHIVE_RECORD_TYPE_MEMBERS: Final[dict[int, ArchiveRecordType]] = {
    member.value: member for member in ArchiveRecordType
}


ArchiveRecord = ArchiveHead | ArchiveSnapshot | ArchiveEntries | Batch | Certificate | ArchiveTail


def _write_head_as_archive_record(value: Any) -> bytes:
    return b"\x00\x00\x00\x00" + _write_archive_head(value)


def _write_snapshot_as_archive_record(value: Any) -> bytes:
    return b"\x00\x00\x00\x01" + _write_archive_snapshot(value)


_pack_entries_as_archive_record_0: Final = Struct(">iI").pack


def _write_entries_as_archive_record(value: ArchiveEntries) -> bytes:
    try:
        entries: list[Any] = value.entries
        if type(entries) is not list or len(entries) > MAX_ARCHIVE_ENTRIES:
            raise ValueError
        part_0 = _pack_entries_as_archive_record_0(2, len(entries))
    except Exception:
        explain_unencodable(value, _ARCHIVE_ENTRIES_0)
        raise
    try:
        tail_0 = b"".join([_STATE_ENTRY_WRITERS[type(item)](item) for item in entries])
    except KeyError:
        raise UnencodableMessage("wrong type", "StateEntry.type") from None
    return part_0 + tail_0


_pack_batch_as_archive_record_1: Final = Struct(">I").pack


def _write_batch_as_archive_record(value: Batch) -> bytes:
    try:
        signed_header = value.signed_header
    except Exception:
        explain_unencodable(value, _BATCH_0)
        raise
    tail_0 = _write_signed_header(signed_header)
    try:
        quanta: list[Any] = value.quanta
        if type(quanta) is not list or len(quanta) > MAX_BATCH_QUANTA:
            raise ValueError
        part_1 = _pack_batch_as_archive_record_1(len(quanta))
    except Exception:
        explain_unencodable(value, _BATCH_1)
        raise
    tail_1 = b"".join([_write_quantum(item) for item in quanta])
    return b"".join((b"\x00\x00\x00\x03", tail_0, part_1, tail_1))


_HEADER__STATE_ROOT_IN_CERTIFICATE_AS_ARCHIVE_RECORD_0: Fields = (("BatchHeader.state_root", "", Opaque(32)),)
_pack_header__state_root_in_certificate_as_archive_record_0: Final = Struct(">i32s").pack


def _write_header__state_root_in_certificate_as_archive_record(value: Any) -> bytes:
    try:
        if len(value) != 32:
            raise ValueError
        part_0 = _pack_header__state_root_in_certificate_as_archive_record_0(1, value)
    except Exception:
        explain_unencodable(value, _HEADER__STATE_ROOT_IN_CERTIFICATE_AS_ARCHIVE_RECORD_0)
        raise
    return part_0


_pack_certificate_as_archive_record_0: Final = Struct(">iIQQQQq32s32s").pack
_pack_certificate_as_archive_record_1: Final = Struct(">I").pack


def _write_certificate_as_archive_record(value: Certificate) -> bytes:
    try:
        header = value.header
        header__previous = header.previous
        header__quanta_root = header.quanta_root
        header__state_root = header.state_root
        if type(header) is not BatchHeader or len(header__previous) != 32 or len(header__quanta_root) != 32:
            raise ValueError
        part_0 = _pack_certificate_as_archive_record_0(
            4,
            header.version,
            header.epoch,
            header.number,
            header.first_apex,
            header.last_apex,
            header.timestamp,
            header__previous,
            header__quanta_root,
        )
    except Exception:
        explain_unencodable(value, _CERTIFICATE_0)
        raise
    tail_0 = (
        ABSENT
        if header__state_root is None
        else _write_header__state_root_in_certificate_as_archive_record(header__state_root)
    )
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_certificate_as_archive_record_1(len(signatures))
    except Exception:
        explain_unencodable(value, _CERTIFICATE_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_pack_tail_as_archive_record_0: Final = Struct(">iQQQ32s").pack


def _write_tail_as_archive_record(value: ArchiveTail) -> bytes:
    try:
        digest = value.digest
        if len(digest) != 32:
            raise ValueError
        part_0 = _pack_tail_as_archive_record_0(5, value.entries, value.batches, value.certificates, digest)
    except Exception:
        explain_unencodable(value, _ARCHIVE_TAIL_0)
        raise
    return part_0


_ARCHIVE_RECORD_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    ArchiveHead: _write_head_as_archive_record,
    ArchiveSnapshot: _write_snapshot_as_archive_record,
    ArchiveEntries: _write_entries_as_archive_record,
    Batch: _write_batch_as_archive_record,
    Certificate: _write_certificate_as_archive_record,
    ArchiveTail: _write_tail_as_archive_record,
}

_ARCHIVE_RECORD_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[ArchiveRecord, int]]]] = {
    b"\x00\x00\x00\x00": _read_archive_head,
    b"\x00\x00\x00\x01": _read_archive_snapshot,
    b"\x00\x00\x00\x02": _read_archive_entries,
    b"\x00\x00\x00\x03": _read_batch,
    b"\x00\x00\x00\x04": _read_certificate,
    b"\x00\x00\x00\x05": _read_archive_tail,
}
_ARCHIVE_RECORD_DISCRIMINANT = Discriminant(_ARCHIVE_RECORD_TYPE_MEMBERS, _ARCHIVE_RECORD_READERS)
_ARCHIVE_RECORD_0: Fields = (("ArchiveRecord.type", "", _ARCHIVE_RECORD_DISCRIMINANT),)


def _read_archive_record(data: bytes, offset: int) -> tuple[ArchiveRecord, int]:
    try:
        read = _ARCHIVE_RECORD_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _ARCHIVE_RECORD_0)
        raise
    return read(data, offset + 4)


def encode_archive_record(value: ArchiveRecord) -> bytes:
    """Encodes a value of the union ArchiveRecord by its class."""
    try:
        write = _ARCHIVE_RECORD_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ArchiveRecord.type") from None
    return write(value)


def decode_archive_record(data: bytes) -> ArchiveRecord:
    """Decodes bytes that are one ArchiveRecord and nothing else."""
    value, offset = _read_archive_record(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "ArchiveRecord")
    return value
