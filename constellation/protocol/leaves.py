"""How many quanta a body is, and what their leaves name it by.

Everything is one quantum, but a request batch: it is as many as it has operations. The leaf of each names the batch and
the operation's place in it, so that a leaf alone proves which operation had its effects.
"""

from collections.abc import Sequence
from hashlib import sha256

from constellation.protocol.messages import (
    Quantum,
    QuantumBody,
    SignedRequest,
    SignedRequestBatch,
    encode_quantum_body,
)

Submission = SignedRequest | SignedRequestBatch
"""What a client signs: one request, or a batch of them."""


def leaf_count(body: QuantumBody) -> int:
    """How many apexes and leaves a body takes."""
    return len(body.request.operations) if isinstance(body, SignedRequestBatch) else 1


def leaves_of(quanta: Sequence[Quantum]) -> int:
    """How many apexes and leaves a sealed batch's quanta take."""
    return sum([leaf_count(quantum.body) for quantum in quanta])


def body_hash(body: QuantumBody) -> bytes:
    """What the leaf of a body names it by, where it is no request batch."""
    return sha256(encode_quantum_body(body)).digest()


def operation_hash(batch: bytes, place: int) -> bytes:
    """What the leaf of a request batch's operation names it by.

    Args:
        batch: :func:`body_hash` of the batch.
        place: among its operations, from 0.
    """
    return sha256(batch + place.to_bytes(4, "big")).digest()  # BatchedOperation, encoded


def leaf_bodies(body: QuantumBody) -> list[bytes]:
    """What the leaves of a body name it by, in order."""
    digest = body_hash(body)
    if not isinstance(body, SignedRequestBatch):
        return [digest]
    return [operation_hash(digest, place) for place in range(len(body.request.operations))]
