"""Readable codec of modes.x.

Generated from xdr/modes.x by tools/xdr_generator.py; do not edit.

How much alpha lets clients do.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.modes import MAX_MODE_REASON, Mode, ModeChanged, ModeCommit, ModeInForce
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_enum,
    pack_string,
    pack_uint64,
    unpack_enum,
    unpack_string,
    unpack_uint64,
)


def pack_mode_commit(packer: Packer, value: ModeCommit) -> None:
    """Packs ModeCommit."""
    expect_class(value, ModeCommit)
    pack_enum(packer, value.mode, Mode, "ModeCommit.mode")
    pack_string(packer, value.reason, MAX_MODE_REASON, "ModeCommit.reason")


def unpack_mode_commit(unpacker: Unpacker) -> ModeCommit:
    """Unpacks ModeCommit."""
    return ModeCommit(
        mode=unpack_enum(unpacker, Mode, "ModeCommit.mode"),
        reason=unpack_string(unpacker, MAX_MODE_REASON, "ModeCommit.reason"),
    )


def pack_mode_in_force(packer: Packer, value: ModeInForce) -> None:
    """Packs ModeInForce."""
    expect_class(value, ModeInForce)
    pack_enum(packer, value.mode, Mode, "ModeInForce.mode")
    pack_string(packer, value.reason, MAX_MODE_REASON, "ModeInForce.reason")
    pack_uint64(packer, value.since, "ModeInForce.since")


def unpack_mode_in_force(unpacker: Unpacker) -> ModeInForce:
    """Unpacks ModeInForce."""
    return ModeInForce(
        mode=unpack_enum(unpacker, Mode, "ModeInForce.mode"),
        reason=unpack_string(unpacker, MAX_MODE_REASON, "ModeInForce.reason"),
        since=unpack_uint64(unpacker, "ModeInForce.since"),
    )


def pack_mode_changed(packer: Packer, value: ModeChanged) -> None:
    """Packs ModeChanged."""
    expect_class(value, ModeChanged)
    pack_enum(packer, value.mode, Mode, "ModeChanged.mode")
    pack_string(packer, value.reason, MAX_MODE_REASON, "ModeChanged.reason")


def unpack_mode_changed(unpacker: Unpacker) -> ModeChanged:
    """Unpacks ModeChanged."""
    return ModeChanged(
        mode=unpack_enum(unpacker, Mode, "ModeChanged.mode"),
        reason=unpack_string(unpacker, MAX_MODE_REASON, "ModeChanged.reason"),
    )
