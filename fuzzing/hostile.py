"""Messages that somebody with the keys of some members may send: honest ones, changed ones, and ones from nowhere."""

from collections.abc import Sequence
from functools import cache

from constellation.protocol.messages import (
    Batch,
    Certificate,
    ClusterMessage,
    EpochProposal,
    SnapshotEntries,
    SnapshotHead,
    StreamStart,
    Vote,
    decode_cluster_message,
    encode_cluster_message,
)
from constellation.protocol.signing import KeyPair, header_hash
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from fuzzing.choices import Choices
from fuzzing.codecs import codecs
from fuzzing.edits import edit_bytes, edit_message
from fuzzing.past import opening, past, promise, resign, world
from fuzzing.proving import tree_leaves


@cache
def samples() -> list[bytes]:
    """One of every kind of message between members, of this constellation or not."""
    (codec,) = (codec for codec in codecs() if codec.name == "ClusterMessage")
    return list(codec.samples)


@cache
def scenario() -> list[bytes]:
    """What an alpha says that does everything right in epoch 2, which it opened where epoch 1 had ended."""
    history = past()
    base = max(number for number in history.past if history.header(number).epoch == 1)
    promises = [promise(auditor, 2, base, 0) for auditor in (0, 1)]
    found: list[ClusterMessage] = [EpochProposal(2), opening(2, base, *promises), StreamStart(1, 0)]
    found += [item for item in history.records() if isinstance(item, Batch | Certificate)]
    return [encode_cluster_message(message) for message in found]


@cache
def honest() -> list[bytes]:
    """What honest members would say at some time, alpha and auditors, encoded."""
    history = past()
    found: list[ClusterMessage] = [EpochProposal(number) for number in (0, 1, 2, 3)]
    for epoch, base in ((1, 0), (2, 4), (3, len(history.batches))):
        promises = [
            promise(auditor, epoch, base, max((n for n in history.certificates if n <= base), default=0))
            for auditor in (0, 1)
        ]
        found += [*promises, opening(epoch, base, *promises)]
    found += [StreamStart(number, 0) for number in range(1, len(history.batches) + 2)]
    found += history.batches
    found += history.certificates.values()
    for number in history.checkpoints:
        snapshot = history.snapshot(number)
        found.append(SnapshotHead(snapshot.checkpoint, snapshot.finality, snapshot.count, tree_leaves(number)))
        found.append(SnapshotEntries(list(snapshot.entries)[:256]))
    for batch in history.batches:
        header = batch.signed_header.header
        found.append(Vote(header.number, header_hash(world().constellation, header), bytes(64)))
    return [encode_cluster_message(message) for message in found]


def message(choices: Choices, auditor: KeyPair, pool: Sequence[bytes]) -> ClusterMessage | None:
    """The next message; None when what was chosen has no encoding.

    Args:
        choices: which, and what is changed in it.
        auditor: who signs where no key is named.
        pool: of honest ones.
    """
    data = choices.of(pool) if choices.below(4) else choices.of(samples())
    try:
        if choices.below(4) == 3:
            data = edit_bytes(choices, data, pool)
            return decode_cluster_message(data)
        found = decode_cluster_message(data)
        if choices.flag():
            edit_message(choices, found, [decode_cluster_message(choices.of(pool))])
            encode_cluster_message(found)
            if choices.flag():
                found = resign(found, auditor)
        return decode_cluster_message(encode_cluster_message(found))
    except (MalformedMessage, UnencodableMessage):
        return None
