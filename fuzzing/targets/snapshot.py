"""Taking a snapshot of the state from somebody who may have changed anything in it."""

from functools import cache

from constellation.herald.transfer import ReceivedSnapshot, SnapshotReceiver
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import (
    ClusterMessage,
    SnapshotEntries,
    SnapshotHead,
    StateEntry,
    decode_cluster_message,
    decode_state_entry,
    encode_cluster_message,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage
from constellation.quanta import restore_state
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes, edit_message
from fuzzing.past import past, resign, world
from fuzzing.proving import sorted_entries, tree_leaves

_CHUNK = 7


@cache
def _messages(number: int) -> list[bytes]:
    snapshot = past().snapshot(number)
    head = SnapshotHead(snapshot.checkpoint, snapshot.finality, snapshot.count, tree_leaves(number))
    entries = sorted_entries(number)
    chunks = [SnapshotEntries(entries[start : start + _CHUNK]) for start in range(0, len(entries), _CHUNK)]
    messages: list[ClusterMessage] = [head, *chunks]
    return [encode_cluster_message(message) for message in messages]


def fuzz(data: bytes) -> None:
    """Raises when another error escapes, or a snapshot comes out that is not the state of its checkpoint."""
    choices = Choices(data)
    messages = _messages(choices.of(past().checkpoints))
    try:
        snapshot = _received(choices, messages)
    except (ProtocolViolation, MalformedMessage, UnencodableMessage):
        return
    if snapshot is not None:
        entries: list[StateEntry] = [decode_state_entry(xdr) for xdr in snapshot.entries.values()]
        state = restore_state(world().settings, entries)
        assert state.root() == snapshot.checkpoint.header.state_root
        assert state.root() == past().past[snapshot.tip.number].root, "a state that never was"


def _received(choices: Choices, messages: list[bytes]) -> ReceivedSnapshot | None:
    place = choices.below(len(messages) + 1)
    changed = [_changed(choices, data, messages) if number == place else data for number, data in enumerate(messages)]
    if choices.flag():
        changed.insert(choices.below(len(changed)), choices.of(messages))
    head = decode_cluster_message(changed[0])
    if not isinstance(head, SnapshotHead):
        return None
    receiver = SnapshotReceiver(world().terms, head, choices.below(8))
    for data in changed[1:]:
        chunk = decode_cluster_message(data)
        snapshot = receiver.receive(chunk) if isinstance(chunk, SnapshotEntries) else None
        if snapshot is not None:
            return snapshot
    return None


def _changed(choices: Choices, data: bytes, messages: list[bytes]) -> bytes:
    if choices.flag():
        return edit_bytes(choices, data, messages)
    message = edit_message(choices, decode_cluster_message(data), [decode_cluster_message(messages[-1])], least=1)
    encoded = encode_cluster_message(message)
    if choices.flag():
        # Alpha's hand alone: without the auditors' it certifies nothing.
        if isinstance(message, SnapshotHead):
            message.checkpoint = resign(message.checkpoint, world().auditors[0])
        else:
            message = resign(message, world().auditors[0])
        return encode_cluster_message(message)
    return encoded
