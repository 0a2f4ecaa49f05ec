from hashlib import sha256
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.protocol.merkle import node_hash
from constellation.protocol.messages import OrderEntry, Side, StateEntry, encode_state_entry
from constellation.quanta.state_tree import StateTree

Entries = dict[bytes, int]


def entry(number: int) -> StateEntry:
    return OrderEntry(number, bytes(32), 0, Side.BUY, 1, 1, "", None, None)


def tree_of(entries: Entries, depth: int = 4) -> StateTree:
    tree = StateTree(depth)
    for key, number in entries.items():
        tree.put(key, entry(number))
    return tree


def hashed_anew(before: list[list[bytes]], after: list[list[bytes]]) -> int:
    """How many nodes and buckets are not the same objects any more."""
    pairs = [pair for levels in zip(before, after, strict=True) for pair in zip(*levels, strict=True)]
    return sum(old is not new for old, new in pairs)


def plain_root(entries: Entries, depth: int = 4) -> bytes:
    """The root as its description says it: all buckets, all nodes, every time."""
    buckets: list[list[bytes]] = [[] for _ in range(2**depth)]
    for key, number in entries.items():
        path = sha256(key).digest()
        place = int.from_bytes(path, "big") >> (256 - depth)
        buckets[place].append(path + sha256(encode_state_entry(entry(number))).digest())
    level = [sha256(b"\x02" + b"".join(sorted(bucket))).digest() if bucket else bytes(32) for bucket in buckets]
    while len(level) > 1:
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
    return level[0]


KEYS = st.integers(0, 40).map(lambda number: b"key %d" % number)
ENTRIES = st.dictionaries(KEYS, st.integers(0, 3), max_size=30)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_the_order_of_insertion_does_not_matter(entries: Entries, random: Random) -> None:
    keys = list(entries)
    random.shuffle(keys)
    assert tree_of({key: entries[key] for key in keys}).root() == tree_of(entries).root()


STEPS = st.lists(st.tuples(KEYS, st.none() | st.integers(0, 3), st.sampled_from(["", "settle", "root"])), max_size=60)


@given(STEPS, st.sampled_from([0, 1, 3, 4, 7]))
def test_after_any_changes_the_root_is_that_of_what_is_left(steps: list[tuple[bytes, int | None, str]], depth) -> None:
    tree, model = StateTree(depth), Entries()
    for key, number, then in steps:
        tree.put(key, None if number is None else entry(number))
        if number is None:
            model.pop(key, None)
        else:
            model[key] = number
        if then == "settle":
            tree.settle()
        if then == "root":
            assert tree.root() == plain_root(model, depth)
    assert tree.root() == plain_root(model, depth)


@given(ENTRIES.filter(bool), st.data())
def test_any_change_of_an_entry_changes_the_root(entries: Entries, data: st.DataObject) -> None:
    tree = tree_of(entries)
    before = tree.root()
    key = data.draw(st.sampled_from(sorted(entries)))
    tree.put(key, entry(entries[key] + 1))
    assert tree.root() != before
    tree.put(key, None)
    assert tree.root() != before
    tree.put(key, entry(entries[key]))
    assert tree.root() == before


def test_an_entry_counts_under_its_own_key() -> None:
    assert tree_of({b"a": 1, b"b": 2}).root() != tree_of({b"a": 2, b"b": 1}).root()


@pytest.mark.parametrize("depth", [0, 1, 14])
def test_a_tree_of_any_depth_has_the_same_rules(depth: int) -> None:
    entries = {b"key %d" % number: number for number in range(50)}
    assert StateTree(depth).root() == plain_root({}, depth)
    assert tree_of(entries, depth).root() == plain_root(entries, depth)


def test_settling_ahead_leaves_only_upper_nodes_for_the_root() -> None:
    ahead, at_once = StateTree(14), StateTree(14)
    for number in range(1000):
        for tree in (ahead, at_once):
            tree.put(b"key %d" % number, entry(number))
        ahead.settle()
    settled = ahead.nodes()
    root = ahead.root()
    nodes = ahead.nodes()
    assert 0 < hashed_anew(settled, nodes) <= 1023
    assert root == at_once.root()
    assert ahead.root() == root
    assert hashed_anew(nodes, ahead.nodes()) == 0


def test_after_the_root_the_nodes_fit_each_other() -> None:
    tree = StateTree(5)
    for number in range(40):
        tree.put(b"key %d" % number, entry(number))
        if number % 7 == 0:
            tree.settle()
    root = tree.root()
    nodes = tree.nodes()
    assert nodes[-1] == [root]
    for below, above in pairwise(nodes):
        assert above == [node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=True)]
    tree.put(b"key 1", entry(7))
    tree.root()
    assert nodes[-1] == [root], "a copy does not change"


def test_removing_what_never_was_changes_nothing() -> None:
    tree = StateTree(4)
    before = tree.root()
    tree.put(b"a", None)
    assert tree.root() == before


def test_what_came_and_went_is_not_hashed() -> None:
    tree = StateTree()
    tree.put(b"stays", entry(1))
    before, nodes = tree.root(), tree.nodes()
    assert tree.put(b"never there", None) is None
    assert tree.root() == before
    assert hashed_anew(nodes, tree.nodes()) == 0
    tree.put(b"stays", None)
    assert tree.root() == StateTree().root()
