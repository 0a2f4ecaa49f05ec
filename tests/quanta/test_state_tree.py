from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.protocol.messages import OrderEntry, Side, StateEntry, encode_state_entry
from constellation.quanta.state_tree import StateTree

Entries = dict[bytes, int]


def entry(number: int) -> StateEntry:
    return OrderEntry(number, bytes(32), 0, Side.BUY, 1, 1)


def tree_of(entries: Entries, depth: int = 4) -> StateTree:
    tree = StateTree(depth)
    for key, number in entries.items():
        tree.put(key, entry(number))
    return tree


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


@given(st.lists(st.tuples(KEYS, st.none() | st.integers(0, 3), st.booleans()), max_size=60))
def test_after_any_changes_the_root_is_that_of_what_is_left(steps: list[tuple[bytes, int | None, bool]]) -> None:
    tree, model = StateTree(4), Entries()
    for key, number, asks_for_the_root in steps:
        tree.put(key, None if number is None else entry(number))
        if number is None:
            model.pop(key, None)
        else:
            model[key] = number
        if asks_for_the_root:
            assert tree.root() == plain_root(model)
    assert tree.root() == plain_root(model)


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


def test_removing_what_never_was_changes_nothing() -> None:
    tree = StateTree(4)
    before = tree.root()
    tree.put(b"a", None)
    assert tree.root() == before
