"""The outline of a batch: what is needed to show one account its effects without decoding everybody's.

It has, for each quantum, the leaf that the header commits to and the length of its effects as they are stored. So the
effects of single quanta are cut out of the row. Everything is checked against the header by the hashes that prove it.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from constellation.protocol.merkle import MerkleTree, leaf_hash
from constellation.protocol.messages import AccountEvent, BatchHeader, QuantumEffects, QuantumLeaf
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import SealedBatch
from constellation.snapshots.damage import DamagedLog

_LEAF_BYTES: Final = 80
_LENGTH_BYTES: Final = 4
_QUANTUM_BYTES: Final = _LEAF_BYTES + _LENGTH_BYTES
_COUNT_BYTES: Final = 4  # of the list of quanta, before the first one's effects


def pack_outline(sealed: SealedBatch) -> bytes:
    """The outline of a sealed batch."""
    return b"".join(
        [item.leaf.to_xdr() + item.effects_bytes.to_bytes(_LENGTH_BYTES, "big") for item in sealed.executed]
    )


def account_events(
    header: BatchHeader, outline: bytes, effects: bytes, account: bytes, after: int
) -> list[AccountEvent]:
    """The account's events of a batch that are not over at its effect number ``after``.

    Args:
        header: of the batch, which is trusted.
        outline: of the batch.
        effects: the batch's, encoded.
        account: its key.
        after: the last number that is not wanted.

    Raises:
        DamagedLog: outline or effects are not those that the header commits to.
    """
    starts = range(0, len(outline), _QUANTUM_BYTES)
    leaves = [outline[start : start + _LEAF_BYTES] for start in starts]
    lengths = [int.from_bytes(outline[start + _LEAF_BYTES : start + _QUANTUM_BYTES], "big") for start in starts]
    offsets = list(accumulate(lengths, initial=_COUNT_BYTES))
    tree = MerkleTree([leaf_hash(leaf) for leaf in leaves])
    if tree.root != header.quanta_root or offsets[-1] != max(len(effects), _COUNT_BYTES):
        raise DamagedLog(f"the outline of batch {header.number} is not its own")
    events = []
    for place in _places(offsets, effects, account):
        try:
            quantum = QuantumEffects.from_xdr(effects[offsets[place] : offsets[place + 1]])
            leaf = QuantumLeaf.from_xdr(leaves[place])
        except MalformedMessage as error:
            raise DamagedLog(f"the effects of batch {header.number} in the log are damaged: {error}") from None
        groups = MerkleTree([leaf_hash(group.to_xdr()) for group in quantum.groups])
        if groups.root != leaf.effects:
            raise DamagedLog(f"the effects of quantum {leaf.apex} in the log are not its own")
        events += [
            AccountEvent(None, leaf, group, groups.prove(index), tree.prove(place))
            for index, group in enumerate(quantum.groups)
            if group.account == account and group.first_number + len(group.effects) - 1 > after
        ]
    return events


def _places(offsets: list[int], effects: bytes, account: bytes) -> Iterator[int]:
    """The quanta whose effects mention the account, as owner or otherwise, each once."""
    found = effects.find(account)
    while found >= 0:
        place = bisect_right(offsets, found) - 1
        yield place
        found = effects.find(account, offsets[place + 1])
