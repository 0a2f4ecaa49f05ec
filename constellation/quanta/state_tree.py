"""The state root: a Merkle tree over buckets of entries, kept incrementally.

An entry's key is hashed; the first bits choose its bucket. A bucket hashes its entries in key order; the buckets'
hashes are the leaves of a complete binary tree whose inner nodes are cached. A root costs what changed: the changed
buckets and the nodes above them. Order of insertion does not matter, so a restored snapshot has the same root as a
replay.
"""

from hashlib import sha256

from constellation.protocol.limits import STATE_BUCKETS_LOG2
from constellation.protocol.merkle import node_hash
from constellation.protocol.messages import StateEntry, encode_state_entry

_EMPTY_BUCKET = bytes(32)
_BUCKET = b"\x02"


class StateTree:
    """Hashes of entries by key.

    Args:
        depth: log2 of the number of buckets.
    """

    __slots__ = ("_buckets", "_depth", "_dirty", "_levels")

    def __init__(self, depth: int = STATE_BUCKETS_LOG2) -> None:
        self._depth = depth
        self._buckets: dict[int, dict[bytes, bytes]] = {}
        self._dirty: dict[int, None] = {}
        self._levels: list[list[bytes]] = []
        node = _EMPTY_BUCKET
        for height in range(depth + 1):
            self._levels.append([node] * (1 << (depth - height)))
            node = node_hash(node, node)

    def put(self, key: bytes, entry: StateEntry | None) -> bytes | None:
        """Set the entry of ``key``, or remove it when ``entry`` is None; the entry as it was encoded for its hash."""
        path = sha256(key).digest()
        number = int.from_bytes(path[:4], "big") >> (32 - self._depth)
        bucket = self._buckets.setdefault(number, {})
        self._dirty[number] = None
        if entry is None:
            bucket.pop(path, None)
            return None
        xdr = encode_state_entry(entry)
        bucket[path] = sha256(xdr).digest()
        return xdr

    def root(self) -> bytes:
        """The root over all entries, 32 bytes."""
        level = self._levels[0]
        for number in self._dirty:
            level[number] = self._bucket_hash(number)
        nodes = self._dirty
        for height in range(self._depth):
            below, above = self._levels[height], self._levels[height + 1]
            nodes = dict.fromkeys(number >> 1 for number in nodes)
            for number in nodes:
                above[number] = node_hash(below[2 * number], below[2 * number + 1])
        self._dirty = {}
        return self._levels[-1][0]

    def _bucket_hash(self, number: int) -> bytes:
        bucket = self._buckets[number]
        if not bucket:
            del self._buckets[number]
            return _EMPTY_BUCKET
        return sha256(_BUCKET + b"".join(path + bucket[path] for path in sorted(bucket))).digest()
