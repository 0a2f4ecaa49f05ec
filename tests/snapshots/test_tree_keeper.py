"""Proofs of entries from a log and from the nodes of its checkpoints."""

import logging
from dataclasses import replace
from hashlib import sha256

import pytest

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code, StateEntryType, StateProof, encode_state_entry
from constellation.protocol.state_proofs import bucket_number, check_entry, entry_key, number_identity
from constellation.protocol.terms import Terms
from constellation.quanta import EntryKind, Machine, State, Tip, replay
from constellation.snapshots import CheckpointKeeper, QuantumLog
from constellation.snapshots.history_reader import HistoryReader
from constellation.snapshots.tree_keeper import TreeKeeper
from tests.snapshots.support import History


class Node:
    """A machine that replays the past, its log and its proofs."""

    def __init__(self, past: History) -> None:
        self.past = past
        self.settings = past.world.settings
        self.machine = Machine(self.settings)
        self.tip = Tip.genesis(self.settings)
        self.log = QuantumLog(None, self.settings)
        self.keeper = CheckpointKeeper(restored=False)
        self.trees = TreeKeeper()
        self.states: dict[int, dict[bytes, bytes]] = {}

    def follow(self, number: int) -> None:
        """Replay and store up to batch ``number``; remember the entries at checkpoints."""
        for stored in self.past.stored[self.tip.number : number]:
            sealed = replay(self.machine, self.tip, stored.batch)
            self.tip = sealed.tip
            self.log.write([stored])
            self.keeper.note(sealed)
            self.trees.note(sealed)
            if sealed.header.state_root is not None:
                self.states[self.tip.number] = entries(self.machine.state)

    def certify(self, number: int) -> None:
        self.log.write([self.past.certificate(number)])
        checkpoint = self.keeper.take(number)
        if checkpoint is not None:
            self.log.write([checkpoint])

    def prove(self, key: bytes) -> StateProof:
        found = self.trees.prove(key, HistoryReader(self.log.engine, self.settings).entry(key))
        return StateProof(1, found.finality, found.entry, found.others, found.bucket_proof)


def entries(state: State) -> dict[bytes, bytes]:
    kinds = {
        StateEntryType.ACCOUNT_ENTRY: list(state.vault.accounts),
        StateEntryType.ORDER_ENTRY: [number_identity(number) for number in state.engine.orders],
        StateEntryType.SETTINGS_ENTRY: [b""],
        StateEntryType.COUNTERS_ENTRY: [b""],
        StateEntryType.CHANNEL_ENTRY: list(state.desk.channels),
    }
    found = {}
    for kind, identities in kinds.items():
        for identity in identities:
            entry = state.entry(EntryKind(kind), identity)
            assert entry is not None
            found[entry_key(kind, identity)] = encode_state_entry(entry)
    return found


@pytest.fixture
def node(past: History) -> Node:
    return Node(past)


def checkpoints(past: History) -> list[int]:
    return [sealed.header.number for sealed in past.sealed if sealed.header.state_root is not None]


def test_every_entry_of_every_checkpoint_is_proven(node: Node, past: History) -> None:
    orders = 0
    for number in checkpoints(past)[1::3]:
        node.follow(number)
        node.certify(number)
        node.follow(number + 4)  # the state has moved on, over another checkpoint
        for key, entry in node.states[number].items():
            found = check_entry(Terms(node.settings), key, node.prove(key))
            assert found.header.number == number
            assert found.entry is not None
            assert encode_state_entry(found.entry) == entry
            orders += key[0] == StateEntryType.ORDER_ENTRY
    assert orders > 20


def test_absence_is_proven_in_empty_and_in_shared_buckets(node: Node, past: History) -> None:
    node.follow(4)
    node.certify(4)
    taken = {bucket_number(sha256(key).digest()) for key in node.states[4]}
    keys = [entry_key(StateEntryType.ORDER_ENTRY, number_identity(number)) for number in range(10_000, 60_000)]
    shared = next(key for key in keys if bucket_number(sha256(key).digest()) in taken)
    empty = next(key for key in keys if bucket_number(sha256(key).digest()) not in taken)
    for key in (shared, empty):
        proof = node.prove(key)
        assert bool(proof.others) == (key is shared)
        assert check_entry(Terms(node.settings), key, proof).entry is None


def test_checkpoint_of_which_the_nodes_are_not_known_proves_nothing(node: Node) -> None:
    node.follow(4)
    node.certify(4)
    key = entry_key(StateEntryType.COUNTERS_ENTRY, b"")
    node.prove(key)
    node.trees = TreeKeeper()
    with pytest.raises(Rejection) as refused:
        node.prove(key)
    assert refused.value.code is Code.NOT_READY


def test_what_does_not_fit_the_tree_is_not_shown(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    node.follow(4)
    node.certify(4)
    key = entry_key(StateEntryType.COUNTERS_ENTRY, b"")
    found = HistoryReader(node.log.engine, node.settings).entry(key)
    with caplog.at_level(logging.ERROR), pytest.raises(Rejection) as refused:
        node.trees.prove(key, replace(found, entry=b"other"))
    assert refused.value.code is Code.NOT_READY
    assert "does not fit" in caplog.text


def test_old_nodes_are_forgotten(node: Node, past: History) -> None:
    numbers = checkpoints(past)
    assert len(numbers) > 10
    for number in numbers:
        node.follow(number)
    assert len(node.trees._trees) == min(16, len(numbers))
    for number in numbers:
        node.certify(number)
    node.prove(entry_key(StateEntryType.COUNTERS_ENTRY, b""))
    assert list(node.trees._trees) == [numbers[-1]]
