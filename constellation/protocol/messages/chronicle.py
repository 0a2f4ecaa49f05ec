"""Messages of chronicle.x.

Generated from xdr/chronicle.x by tools/xdr_generator.py; do not edit.

What chroniclers are given: certified history, with what each quantum did; and what alpha asks them for its clients.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.client import (
    _CLIENT_MESSAGE_DISCRIMINANT,
    _CLIENT_MESSAGE_READERS,
    _CLIENT_MESSAGE_WRITERS,
    ClientMessage,
)
from constellation.protocol.messages.common import (
    _QUORUM_RULE_MEMBERS,
    _SIGNED_APPOINTMENT_0,
    _SIGNED_APPOINTMENT_1,
    _SIGNED_APPOINTMENT_2,
    _SIGNED_APPOINTMENT_3,
    MAX_AUDITORS,
    Appointment,
    Key,
    SignedAppointment,
    _read_signed_appointment,
    _write_auditor_signature,
)
from constellation.protocol.messages.log import BatchEffects, _read_quantum_effects, _write_quantum_effects
from constellation.protocol.messages.quanta import (
    MAX_BATCH_QUANTA,
    Batch,
    Certificate,
    _read_certificate,
    _read_quantum,
    _read_signed_header,
    _write_certificate,
    _write_quantum,
    _write_signed_header,
)
from constellation.protocol.xdr import (
    ABSENT,
    BOOLEANS,
    ELSEWHERE,
    PRESENCE,
    PRESENT,
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
    write_opaques,
    write_string,
)


@dataclass(slots=True, init=False)
class ChronicleBatch:
    """A batch as it is in the chronicle. It commits to the effects: nothing has to be executed again to check them.

    XDR::

        struct ChronicleBatch {
            Batch batch;
            BatchEffects effects;
            Certificate *certificate;         // none: a later one covers it
        };
    """

    batch: Batch
    effects: BatchEffects
    certificate: Certificate | None

    def __init__(self, batch: Batch, effects: BatchEffects, certificate: Certificate | None) -> None:
        self.batch = batch
        self.effects = effects
        self.certificate = certificate

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return ChronicleBatch, (
            self.batch,
            self.effects,
            self.certificate,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_chronicle_batch(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "ChronicleBatch":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_chronicle_batch(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "ChronicleBatch")
        return value


_CHRONICLE_BATCH_0: Fields = (
    ("ChronicleBatch", "", Instance(ChronicleBatch)),
    ("Batch", "batch", Instance(Batch)),
    ("SignedHeader", "batch.signed_header", ELSEWHERE),
)
_CHRONICLE_BATCH_1: Fields = (("Batch.quanta", "batch.quanta", Items(MAX_BATCH_QUANTA)),)
_CHRONICLE_BATCH_2: Fields = (
    ("BatchEffects", "effects", Instance(BatchEffects)),
    ("BatchEffects.quanta", "effects.quanta", Items(MAX_BATCH_QUANTA)),
)
_CHRONICLE_BATCH_3: Fields = (("ChronicleBatch.certificate", "certificate", PRESENCE),)
_pack_chronicle_batch_1: Final = Struct(">I").pack
_pack_chronicle_batch_2: Final = Struct(">I").pack


def _write_chronicle_batch(value: Any) -> bytes:
    try:
        if type(value) is not ChronicleBatch:
            raise ValueError
        batch = value.batch
        batch__signed_header = batch.signed_header
        if type(batch) is not Batch:
            raise ValueError
    except Exception:
        explain_unencodable(value, _CHRONICLE_BATCH_0)
        raise
    tail_0 = _write_signed_header(batch__signed_header)
    try:
        batch__quanta: list[Any] = batch.quanta
        if type(batch__quanta) is not list or len(batch__quanta) > MAX_BATCH_QUANTA:
            raise ValueError
        part_1 = _pack_chronicle_batch_1(len(batch__quanta))
    except Exception:
        explain_unencodable(value, _CHRONICLE_BATCH_1)
        raise
    tail_1 = b"".join([_write_quantum(item) for item in batch__quanta])
    try:
        effects = value.effects
        effects__quanta: list[Any] = effects.quanta
        if (
            type(effects) is not BatchEffects
            or type(effects__quanta) is not list
            or len(effects__quanta) > MAX_BATCH_QUANTA
        ):
            raise ValueError
        part_2 = _pack_chronicle_batch_2(len(effects__quanta))
    except Exception:
        explain_unencodable(value, _CHRONICLE_BATCH_2)
        raise
    tail_2 = b"".join([_write_quantum_effects(item) for item in effects__quanta])
    try:
        certificate = value.certificate
    except Exception:
        explain_unencodable(value, _CHRONICLE_BATCH_3)
        raise
    tail_3 = ABSENT if certificate is None else PRESENT + _write_certificate(certificate)
    return b"".join((tail_0, part_1, tail_1, part_2, tail_2, tail_3))


_unpack_chronicle_batch_1: Final = Struct(">I").unpack_from
_unpack_chronicle_batch_2: Final = Struct(">I").unpack_from
_unpack_chronicle_batch_3: Final = Struct(">I").unpack_from


def _read_chronicle_batch(data: bytes, offset: int) -> tuple[ChronicleBatch, int]:
    batch__signed_header, offset = _read_signed_header(data, offset)
    try:
        (batch__quanta__count,) = _unpack_chronicle_batch_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _CHRONICLE_BATCH_1)
        raise
    offset += 4
    if batch__quanta__count > MAX_BATCH_QUANTA or batch__quanta__count * 20 > len(data) - offset:
        refuse_count(batch__quanta__count, MAX_BATCH_QUANTA, "Batch.quanta")
    batch__quanta = []
    for _ in range(batch__quanta__count):
        batch__quanta__item, offset = _read_quantum(data, offset)
        batch__quanta.append(batch__quanta__item)
    try:
        (effects__quanta__count,) = _unpack_chronicle_batch_2(data, offset)
    except StructError:
        explain_malformed(data, offset, _CHRONICLE_BATCH_2)
        raise
    offset += 4
    if effects__quanta__count > MAX_BATCH_QUANTA or effects__quanta__count * 4 > len(data) - offset:
        refuse_count(effects__quanta__count, MAX_BATCH_QUANTA, "BatchEffects.quanta")
    effects__quanta = []
    for _ in range(effects__quanta__count):
        effects__quanta__item, offset = _read_quantum_effects(data, offset)
        effects__quanta.append(effects__quanta__item)
    try:
        (certificate__present,) = _unpack_chronicle_batch_3(data, offset)
        certificate__present = BOOLEANS[certificate__present]
    except (StructError, KeyError):
        explain_malformed(data, offset, _CHRONICLE_BATCH_3)
        raise
    offset += 4
    certificate: Certificate | None = None
    if certificate__present:
        certificate, offset = _read_certificate(data, offset)
    return ChronicleBatch(
        Batch(batch__signed_header, batch__quanta), BatchEffects(effects__quanta), certificate
    ), offset


@dataclass(slots=True, init=False)
class HistoryQuestion:
    """An account asks about its own past.

    XDR::

        struct HistoryQuestion {
            Key account;
            ClientMessage message;            // QueryHistory or QueryOrders
        };
    """

    account: Key
    message: ClientMessage

    def __init__(self, account: Key, message: ClientMessage) -> None:
        self.account = account
        self.message = message

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return HistoryQuestion, (
            self.account,
            self.message,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_history_question(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "HistoryQuestion":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_history_question(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "HistoryQuestion")
        return value


_HISTORY_QUESTION_0: Fields = (
    ("HistoryQuestion", "", Instance(HistoryQuestion)),
    ("HistoryQuestion.account", "account", Opaque(32)),
    ("ClientMessage.type", "message", _CLIENT_MESSAGE_DISCRIMINANT),
)
_pack_history_question_0: Final = Struct(">32s").pack


def _write_history_question(value: Any) -> bytes:
    try:
        if type(value) is not HistoryQuestion:
            raise ValueError
        account = value.account
        message = value.message
        if len(account) != 32:
            raise ValueError
        part_0 = _pack_history_question_0(account)
    except Exception:
        explain_unencodable(value, _HISTORY_QUESTION_0)
        raise
    try:
        write = _CLIENT_MESSAGE_WRITERS[type(message)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ClientMessage.type") from None
    tail_0 = write(message)
    return part_0 + tail_0


_unpack_history_question_0: Final = Struct(">32s4s").unpack_from


def _read_history_question(data: bytes, offset: int) -> tuple[HistoryQuestion, int]:
    try:
        account, message__read = _unpack_history_question_0(data, offset)
        message__read = _CLIENT_MESSAGE_READERS[message__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _HISTORY_QUESTION_0)
        raise
    offset += 36
    message, offset = message__read(data, offset)
    return HistoryQuestion(account, message), offset


class ChronicleItemType(IntEnum):
    """Appointments come before the first batch of their term.

    XDR::

        enum ChronicleItemType {
            CHRONICLE_APPOINTMENT = 0,
            CHRONICLE_BATCH = 1
        };
    """

    CHRONICLE_APPOINTMENT = 0
    CHRONICLE_BATCH = 1


_CHRONICLE_ITEM_TYPE_MEMBERS: Final[dict[int, ChronicleItemType]] = {
    member.value: member for member in ChronicleItemType
}


ChronicleItem = SignedAppointment | ChronicleBatch

_pack_appointment_as_chronicle_item_0: Final = Struct(">iI32sI").pack
_pack_appointment_as_chronicle_item_1: Final = Struct(">i").pack
_pack_appointment_as_chronicle_item_3: Final = Struct(">I").pack


def _write_appointment_as_chronicle_item(value: SignedAppointment) -> bytes:
    try:
        appointment = value.appointment
        appointment__alpha = appointment.alpha
        appointment__auditors: list[Any] = appointment.auditors
        if (
            type(appointment) is not Appointment
            or len(appointment__alpha) != 32
            or type(appointment__auditors) is not list
            or len(appointment__auditors) > MAX_AUDITORS
        ):
            raise ValueError
        part_0 = _pack_appointment_as_chronicle_item_0(
            0, appointment.term, appointment__alpha, len(appointment__auditors)
        )
    except Exception:
        explain_unencodable(value, _SIGNED_APPOINTMENT_0)
        raise
    tail_0 = write_opaques(appointment__auditors, 32, "Appointment.auditors")
    try:
        appointment__quorum_rule = appointment.quorum_rule
        appointment__client_url = appointment.client_url
        if appointment__quorum_rule not in _QUORUM_RULE_MEMBERS:
            raise ValueError
        part_1 = _pack_appointment_as_chronicle_item_1(appointment__quorum_rule)
    except Exception:
        explain_unencodable(value, _SIGNED_APPOINTMENT_1)
        raise
    tail_1 = write_string(appointment__client_url, 256, "Appointment.client_url")
    try:
        appointment__cluster_url = appointment.cluster_url
    except Exception:
        explain_unencodable(value, _SIGNED_APPOINTMENT_2)
        raise
    tail_2 = write_string(appointment__cluster_url, 256, "Appointment.cluster_url")
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_3 = _pack_appointment_as_chronicle_item_3(len(signatures))
    except Exception:
        explain_unencodable(value, _SIGNED_APPOINTMENT_3)
        raise
    tail_3 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1, tail_2, part_3, tail_3))


def _write_batch_as_chronicle_item(value: Any) -> bytes:
    return b"\x00\x00\x00\x01" + _write_chronicle_batch(value)


_CHRONICLE_ITEM_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    SignedAppointment: _write_appointment_as_chronicle_item,
    ChronicleBatch: _write_batch_as_chronicle_item,
}

_CHRONICLE_ITEM_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[ChronicleItem, int]]]] = {
    b"\x00\x00\x00\x00": _read_signed_appointment,
    b"\x00\x00\x00\x01": _read_chronicle_batch,
}
_CHRONICLE_ITEM_DISCRIMINANT = Discriminant(_CHRONICLE_ITEM_TYPE_MEMBERS, _CHRONICLE_ITEM_READERS)
_CHRONICLE_ITEM_0: Fields = (("ChronicleItem.type", "", _CHRONICLE_ITEM_DISCRIMINANT),)


def _read_chronicle_item(data: bytes, offset: int) -> tuple[ChronicleItem, int]:
    try:
        read = _CHRONICLE_ITEM_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _CHRONICLE_ITEM_0)
        raise
    return read(data, offset + 4)


def encode_chronicle_item(value: ChronicleItem) -> bytes:
    """Encodes a value of the union ChronicleItem by its class."""
    try:
        write = _CHRONICLE_ITEM_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "ChronicleItem.type") from None
    return write(value)


def decode_chronicle_item(data: bytes) -> ChronicleItem:
    """Decodes bytes that are one ChronicleItem and nothing else."""
    value, offset = _read_chronicle_item(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "ChronicleItem")
    return value
