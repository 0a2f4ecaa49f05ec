"""Readable codec of log.x.

Generated from xdr/log.x by tools/xdr_generator.py; do not edit.

What a node's log keeps beside a batch: never sent.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.log import MAX_QUANTUM_GROUPS, BatchEffects, QuantumEffects
from constellation.protocol.messages.quanta import MAX_BATCH_QUANTA
from constellation.protocol.reference.effects import pack_effect_group, unpack_effect_group
from constellation.protocol.reference.primitives import expect_class, pack_array, unpack_array


def pack_quantum_effects(packer: Packer, value: QuantumEffects) -> None:
    """Packs QuantumEffects."""
    expect_class(value, QuantumEffects)
    pack_array(packer, value.groups, pack_effect_group, MAX_QUANTUM_GROUPS, "QuantumEffects.groups")


def unpack_quantum_effects(unpacker: Unpacker) -> QuantumEffects:
    """Unpacks QuantumEffects."""
    return QuantumEffects(
        groups=unpack_array(unpacker, unpack_effect_group, 52, MAX_QUANTUM_GROUPS, "QuantumEffects.groups"),
    )


def pack_batch_effects(packer: Packer, value: BatchEffects) -> None:
    """Packs BatchEffects."""
    expect_class(value, BatchEffects)
    pack_array(packer, value.quanta, pack_quantum_effects, MAX_BATCH_QUANTA, "BatchEffects.quanta")


def unpack_batch_effects(unpacker: Unpacker) -> BatchEffects:
    """Unpacks BatchEffects."""
    return BatchEffects(
        quanta=unpack_array(unpacker, unpack_quantum_effects, 4, MAX_BATCH_QUANTA, "BatchEffects.quanta"),
    )
