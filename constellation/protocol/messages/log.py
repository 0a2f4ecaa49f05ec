"""Messages of log.x.

Generated from xdr/log.x by tools/xdr_generator.py; do not edit.

What a node's log keeps beside a batch: never sent.
"""

from dataclasses import dataclass
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.effects import EffectGroup, _read_effect_group, _write_effect_group
from constellation.protocol.messages.quanta import MAX_BATCH_QUANTA
from constellation.protocol.xdr import (
    Fields,
    Instance,
    Items,
    MalformedMessage,
    StructError,
    explain_malformed,
    explain_unencodable,
    refuse_count,
)

# an order meets at most 1,000 makers; a report has at most 256 events
MAX_QUANTUM_GROUPS: Final = 2048


@dataclass(slots=True, init=False)
class QuantumEffects:
    """The struct QuantumEffects of log.x.

    XDR::

        struct QuantumEffects {
            EffectGroup groups<MAX_QUANTUM_GROUPS>;
        };
    """

    groups: list[EffectGroup]

    def __init__(self, groups: list[EffectGroup]) -> None:
        self.groups = groups

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return QuantumEffects, (self.groups,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_quantum_effects(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "QuantumEffects":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_quantum_effects(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "QuantumEffects")
        return value


_QUANTUM_EFFECTS_0: Fields = (
    ("QuantumEffects", "", Instance(QuantumEffects)),
    ("QuantumEffects.groups", "groups", Items(MAX_QUANTUM_GROUPS)),
)
_pack_quantum_effects_0: Final = Struct(">I").pack


def _write_quantum_effects(value: Any) -> bytes:
    try:
        if type(value) is not QuantumEffects:
            raise ValueError
        groups: list[Any] = value.groups
        if type(groups) is not list or len(groups) > MAX_QUANTUM_GROUPS:
            raise ValueError
        part_0 = _pack_quantum_effects_0(len(groups))
    except Exception:
        explain_unencodable(value, _QUANTUM_EFFECTS_0)
        raise
    tail_0 = b"".join([_write_effect_group(item) for item in groups])
    return part_0 + tail_0


_unpack_quantum_effects_0: Final = Struct(">I").unpack_from


def _read_quantum_effects(data: bytes, offset: int) -> tuple[QuantumEffects, int]:
    try:
        (groups__count,) = _unpack_quantum_effects_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _QUANTUM_EFFECTS_0)
        raise
    offset += 4
    if groups__count > MAX_QUANTUM_GROUPS or groups__count * 52 > len(data) - offset:
        refuse_count(groups__count, MAX_QUANTUM_GROUPS, "QuantumEffects.groups")
    groups = []
    for _ in range(groups__count):
        groups__item, offset = _read_effect_group(data, offset)
        groups.append(groups__item)
    return QuantumEffects(groups), offset


@dataclass(slots=True, init=False)
class BatchEffects:
    """What the quanta of a batch did, so that answers can be given again without executing them again.

    XDR::

        struct BatchEffects {
            QuantumEffects quanta<MAX_BATCH_QUANTA>;
        };
    """

    quanta: list[QuantumEffects]

    def __init__(self, quanta: list[QuantumEffects]) -> None:
        self.quanta = quanta

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return BatchEffects, (self.quanta,)

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_batch_effects(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "BatchEffects":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_batch_effects(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "BatchEffects")
        return value


_BATCH_EFFECTS_0: Fields = (
    ("BatchEffects", "", Instance(BatchEffects)),
    ("BatchEffects.quanta", "quanta", Items(MAX_BATCH_QUANTA)),
)
_pack_batch_effects_0: Final = Struct(">I").pack


def _write_batch_effects(value: Any) -> bytes:
    try:
        if type(value) is not BatchEffects:
            raise ValueError
        quanta: list[Any] = value.quanta
        if type(quanta) is not list or len(quanta) > MAX_BATCH_QUANTA:
            raise ValueError
        part_0 = _pack_batch_effects_0(len(quanta))
    except Exception:
        explain_unencodable(value, _BATCH_EFFECTS_0)
        raise
    tail_0 = b"".join([_write_quantum_effects(item) for item in quanta])
    return part_0 + tail_0


_unpack_batch_effects_0: Final = Struct(">I").unpack_from


def _read_batch_effects(data: bytes, offset: int) -> tuple[BatchEffects, int]:
    try:
        (quanta__count,) = _unpack_batch_effects_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _BATCH_EFFECTS_0)
        raise
    offset += 4
    if quanta__count > MAX_BATCH_QUANTA or quanta__count * 4 > len(data) - offset:
        refuse_count(quanta__count, MAX_BATCH_QUANTA, "BatchEffects.quanta")
    quanta = []
    for _ in range(quanta__count):
        quanta__item, offset = _read_quantum_effects(data, offset)
        quanta.append(quanta__item)
    return BatchEffects(quanta), offset
