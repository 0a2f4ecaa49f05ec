"""The nodes of the state tree at the last checkpoints: what leads from a bucket to a certified root."""

import logging
from hashlib import sha256

from constellation.protocol.errors import Rejection
from constellation.protocol.history import EntryProof, StoredEntry
from constellation.protocol.messages import Code, MerkleProof, decode_state_entry
from constellation.protocol.state_proofs import bucket_hash, bucket_number, entry_path
from constellation.quanta import SealedBatch

log = logging.getLogger(__name__)

_TREES_MAX = 16  # checkpoints that were sealed since the last one that was written


class TreeKeeper:
    """Keeps a copy of the nodes from each sealed checkpoint until a later one is written."""

    def __init__(self) -> None:
        self._trees: dict[int, list[list[bytes]]] = {}

    def note(self, sealed: SealedBatch) -> None:
        """Take note of a sealed or replayed batch, in order."""
        if sealed.nodes is not None:
            self._trees[sealed.header.number] = sealed.nodes
            if len(self._trees) > _TREES_MAX:
                del self._trees[next(iter(self._trees))]

    def prove(self, key: bytes, found: StoredEntry) -> EntryProof:
        """The proof of an entry that was read from the last written checkpoint.

        Raises:
            Rejection: NOT_READY: the nodes are not here any more, or what was read does not fit them.
        """
        header = found.header
        nodes = self._trees.get(header.number)
        if nodes is None:
            raise Rejection(Code.NOT_READY, "a new checkpoint is on its way; try again soon")
        for number in [number for number in self._trees if number < header.number]:
            del self._trees[number]
        path = entry_path(key)
        bucket = bucket_number(path)
        if _stored_hash(path, found) != nodes[0][bucket]:
            log.error("the stored checkpoint does not fit", extra={"batch": header.number, "bucket": bucket})
            raise Rejection(Code.NOT_READY, "the stored checkpoint cannot be shown; wait for the next one")
        siblings = [level[(bucket >> height) ^ 1] for height, level in enumerate(nodes[:-1])]
        entry = None if found.entry is None else decode_state_entry(found.entry)
        return EntryProof(found.finality, entry, found.others, MerkleProof(bucket, len(nodes[0]), siblings))


def _stored_hash(path: bytes, found: StoredEntry) -> bytes:
    pairs = {pair.path: pair.entry for pair in found.others}
    if found.entry is not None:
        pairs[path] = sha256(found.entry).digest()
    return bucket_hash(pairs)
