"""Readable codec of chronicle.x.

Generated from xdr/chronicle.x by tools/xdr_generator.py; do not edit.

What chroniclers are given: certified history, with what each quantum did; and what alpha asks them for its clients.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.chronicle import ChronicleBatch, ChronicleItem, ChronicleItemType, HistoryQuestion
from constellation.protocol.messages.common import SignedAppointment
from constellation.protocol.reference.client import pack_client_message, unpack_client_message
from constellation.protocol.reference.common import pack_signed_appointment, unpack_signed_appointment
from constellation.protocol.reference.log import pack_batch_effects, unpack_batch_effects
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_fixed_opaque,
    pack_optional,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_optional,
)
from constellation.protocol.reference.quanta import pack_batch, pack_certificate, unpack_batch, unpack_certificate
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_chronicle_batch(packer: Packer, value: ChronicleBatch) -> None:
    """Packs ChronicleBatch."""
    expect_class(value, ChronicleBatch)
    pack_batch(packer, value.batch)
    pack_batch_effects(packer, value.effects)
    pack_optional(packer, value.certificate, pack_certificate)


def unpack_chronicle_batch(unpacker: Unpacker) -> ChronicleBatch:
    """Unpacks ChronicleBatch."""
    return ChronicleBatch(
        batch=unpack_batch(unpacker),
        effects=unpack_batch_effects(unpacker),
        certificate=unpack_optional(unpacker, unpack_certificate, "ChronicleBatch.certificate"),
    )


def pack_history_question(packer: Packer, value: HistoryQuestion) -> None:
    """Packs HistoryQuestion."""
    expect_class(value, HistoryQuestion)
    pack_fixed_opaque(packer, value.account, 32, "HistoryQuestion.account")
    pack_client_message(packer, value.message)


def unpack_history_question(unpacker: Unpacker) -> HistoryQuestion:
    """Unpacks HistoryQuestion."""
    return HistoryQuestion(
        account=unpack_fixed_opaque(unpacker, 32, "HistoryQuestion.account"),
        message=unpack_client_message(unpacker),
    )


def pack_chronicle_item(packer: Packer, value: ChronicleItem) -> None:
    """Packs ChronicleItem."""
    if type(value) is SignedAppointment:
        packer.pack_enum(ChronicleItemType.CHRONICLE_APPOINTMENT)
        pack_signed_appointment(packer, value)
    elif type(value) is ChronicleBatch:
        packer.pack_enum(ChronicleItemType.CHRONICLE_BATCH)
        pack_chronicle_batch(packer, value)
    else:
        raise UnencodableMessage("wrong type", "ChronicleItem.type")


def unpack_chronicle_item(unpacker: Unpacker) -> ChronicleItem:
    """Unpacks ChronicleItem."""
    type = unpack_enum(unpacker, ChronicleItemType, "ChronicleItem.type")
    if type is ChronicleItemType.CHRONICLE_APPOINTMENT:
        return unpack_signed_appointment(unpacker)
    if type is ChronicleItemType.CHRONICLE_BATCH:
        return unpack_chronicle_batch(unpacker)
    raise MalformedMessage("unknown union arm", "ChronicleItem.type")
