"""Readable codec of archive.x.

Generated from xdr/archive.x by tools/xdr_generator.py; do not edit.

An archive: certified history in one file that proves itself. A file is a magic text and then records, each behind
its length in four bytes: a head; if it does not begin at genesis, a snapshot and its entries; batches in order, each
followed by its certificate where there is one; a tail.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.archive import (
    MAX_ARCHIVE_ENTRIES,
    ArchiveEntries,
    ArchiveHead,
    ArchiveRecord,
    ArchiveRecordType,
    ArchiveSnapshot,
    ArchiveTail,
)
from constellation.protocol.messages.common import MAX_APPOINTMENTS
from constellation.protocol.messages.quanta import Batch, Certificate
from constellation.protocol.reference.client import pack_finality, unpack_finality
from constellation.protocol.reference.common import pack_signed_appointment, unpack_signed_appointment
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_fixed_opaque,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_uint32,
    unpack_uint64,
)
from constellation.protocol.reference.quanta import (
    pack_batch,
    pack_certificate,
    pack_signed_header,
    unpack_batch,
    unpack_certificate,
    unpack_signed_header,
)
from constellation.protocol.reference.settings import pack_settings, unpack_settings
from constellation.protocol.reference.state import pack_state_entry, unpack_state_entry
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_archive_head(packer: Packer, value: ArchiveHead) -> None:
    """Packs ArchiveHead."""
    expect_class(value, ArchiveHead)
    pack_uint32(packer, value.format_version, "ArchiveHead.format_version")
    pack_settings(packer, value.settings)
    pack_array(packer, value.appointments, pack_signed_appointment, MAX_APPOINTMENTS, "ArchiveHead.appointments")


def unpack_archive_head(unpacker: Unpacker) -> ArchiveHead:
    """Unpacks ArchiveHead."""
    return ArchiveHead(
        format_version=unpack_uint32(unpacker, "ArchiveHead.format_version"),
        settings=unpack_settings(unpacker),
        appointments=unpack_array(
            unpacker, unpack_signed_appointment, 56, MAX_APPOINTMENTS, "ArchiveHead.appointments"
        ),
    )


def pack_archive_snapshot(packer: Packer, value: ArchiveSnapshot) -> None:
    """Packs ArchiveSnapshot."""
    expect_class(value, ArchiveSnapshot)
    pack_signed_header(packer, value.checkpoint)
    pack_finality(packer, value.finality)
    pack_uint64(packer, value.entries, "ArchiveSnapshot.entries")


def unpack_archive_snapshot(unpacker: Unpacker) -> ArchiveSnapshot:
    """Unpacks ArchiveSnapshot."""
    return ArchiveSnapshot(
        checkpoint=unpack_signed_header(unpacker),
        finality=unpack_finality(unpacker),
        entries=unpack_uint64(unpacker, "ArchiveSnapshot.entries"),
    )


def pack_archive_entries(packer: Packer, value: ArchiveEntries) -> None:
    """Packs ArchiveEntries."""
    expect_class(value, ArchiveEntries)
    pack_array(packer, value.entries, pack_state_entry, MAX_ARCHIVE_ENTRIES, "ArchiveEntries.entries")


def unpack_archive_entries(unpacker: Unpacker) -> ArchiveEntries:
    """Unpacks ArchiveEntries."""
    return ArchiveEntries(
        entries=unpack_array(unpacker, unpack_state_entry, 40, MAX_ARCHIVE_ENTRIES, "ArchiveEntries.entries"),
    )


def pack_archive_tail(packer: Packer, value: ArchiveTail) -> None:
    """Packs ArchiveTail."""
    expect_class(value, ArchiveTail)
    pack_uint64(packer, value.entries, "ArchiveTail.entries")
    pack_uint64(packer, value.batches, "ArchiveTail.batches")
    pack_uint64(packer, value.certificates, "ArchiveTail.certificates")
    pack_fixed_opaque(packer, value.digest, 32, "ArchiveTail.digest")


def unpack_archive_tail(unpacker: Unpacker) -> ArchiveTail:
    """Unpacks ArchiveTail."""
    return ArchiveTail(
        entries=unpack_uint64(unpacker, "ArchiveTail.entries"),
        batches=unpack_uint64(unpacker, "ArchiveTail.batches"),
        certificates=unpack_uint64(unpacker, "ArchiveTail.certificates"),
        digest=unpack_fixed_opaque(unpacker, 32, "ArchiveTail.digest"),
    )


def pack_archive_record(packer: Packer, value: ArchiveRecord) -> None:
    """Packs ArchiveRecord."""
    if type(value) is ArchiveHead:
        packer.pack_enum(ArchiveRecordType.ARCHIVE_HEAD)
        pack_archive_head(packer, value)
    elif type(value) is ArchiveSnapshot:
        packer.pack_enum(ArchiveRecordType.ARCHIVE_SNAPSHOT)
        pack_archive_snapshot(packer, value)
    elif type(value) is ArchiveEntries:
        packer.pack_enum(ArchiveRecordType.ARCHIVE_ENTRIES)
        pack_archive_entries(packer, value)
    elif type(value) is Batch:
        packer.pack_enum(ArchiveRecordType.ARCHIVE_BATCH)
        pack_batch(packer, value)
    elif type(value) is Certificate:
        packer.pack_enum(ArchiveRecordType.ARCHIVE_CERTIFICATE)
        pack_certificate(packer, value)
    elif type(value) is ArchiveTail:
        packer.pack_enum(ArchiveRecordType.ARCHIVE_TAIL)
        pack_archive_tail(packer, value)
    else:
        raise UnencodableMessage("wrong type", "ArchiveRecord.type")


def unpack_archive_record(unpacker: Unpacker) -> ArchiveRecord:
    """Unpacks ArchiveRecord."""
    type = unpack_enum(unpacker, ArchiveRecordType, "ArchiveRecord.type")
    if type is ArchiveRecordType.ARCHIVE_HEAD:
        return unpack_archive_head(unpacker)
    if type is ArchiveRecordType.ARCHIVE_SNAPSHOT:
        return unpack_archive_snapshot(unpacker)
    if type is ArchiveRecordType.ARCHIVE_ENTRIES:
        return unpack_archive_entries(unpacker)
    if type is ArchiveRecordType.ARCHIVE_BATCH:
        return unpack_batch(unpacker)
    if type is ArchiveRecordType.ARCHIVE_CERTIFICATE:
        return unpack_certificate(unpacker)
    if type is ArchiveRecordType.ARCHIVE_TAIL:
        return unpack_archive_tail(unpacker)
    raise MalformedMessage("unknown union arm", "ArchiveRecord.type")
