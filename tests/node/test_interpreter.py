"""Collections of garbage come seldom, and what they are for does not pile up."""

import gc
import sys
from collections.abc import Iterator
from weakref import ref

import pytest

from constellation.node.interpreter import FullCollections, short_pauses, take_for_permanent, without_collections

MILLION = 1_000_000


class Ring:
    """An object that only the collector frees."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def thaw() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_the_interpreter_is_as_before_after_the_block_however_it_ends() -> None:
    gc.unfreeze()  # a node of another test may have been ended before it could
    before = gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()

    def fail() -> None:
        take_for_permanent()
        assert before[0][0] < gc.get_threshold()[0] <= MILLION / 10
        assert gc.get_threshold()[1] == before[0][1]
        assert gc.get_threshold()[2] > MILLION
        assert sys.getswitchinterval() == pytest.approx(0.001)
        assert gc.get_freeze_count() > 1000
        raise RuntimeError

    with pytest.raises(RuntimeError), short_pauses():
        fail()
    assert (gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()) == before


def test_blocks_may_overlap() -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    first, second = short_pauses(), short_pauses()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[2] > MILLION
    second.__exit__(None, None, None)
    assert (gc.get_threshold(), sys.getswitchinterval()) == before


def test_young_garbage_is_collected_and_old_garbage_is_not() -> None:
    with short_pauses():
        full = gc.get_stats()[2]["collections"]
        old = ref(ring := Ring())
        for _ in range(400_000):
            Ring()
        del ring
        young = ref(Ring())
        _hold = [Ring() for _ in range(30_000)]
        assert young() is None
        assert old() is not None
        assert gc.get_stats()[2]["collections"] == full
    gc.collect()
    assert old() is None


@pytest.mark.parametrize("was_enabled", [True, False])
def test_nothing_is_collected_in_the_block_and_everything_is_as_before_after_it(was_enabled: bool) -> None:
    def fail() -> None:
        assert not gc.isenabled()
        raise RuntimeError

    try:
        if not was_enabled:
            gc.disable()
        with pytest.raises(RuntimeError), without_collections():
            fail()
        assert gc.isenabled() == was_enabled
    finally:
        gc.enable()


def test_what_is_garbage_already_is_not_taken_for_permanent() -> None:
    with short_pauses():
        gone = ref(Ring())
        take_for_permanent()
        assert gone() is None


def test_what_is_permanent_is_still_freed_when_nothing_refers_to_it() -> None:
    class Thing:
        pass

    with short_pauses():
        things = [Thing()]
        last = ref(things[0])
        take_for_permanent()
        del things
        assert last() is None


@pytest.mark.parametrize(
    ("base", "due"),
    [(0, MILLION), (3 * MILLION, 4 * MILLION), (4 * MILLION, 5 * MILLION), (40 * MILLION, 50 * MILLION)],
)
def test_everything_is_collected_when_a_quarter_and_a_million_more_is_used(base: int, due: int) -> None:
    used = base
    collected: list[int] = []

    def collect() -> None:
        nonlocal used
        collected.append(used)
        used = base + 7

    collections = FullCollections(lambda: used, collect)
    for used in (base, base + 1, due - 1, 0, due):  # noqa: B007  # read by the subject
        assert collected == []
        collections.look()
    assert collected == [due]
    assert used == base + 7
    collections.look()
    used = due
    collections.look()
    assert collected == [due], "it counts from what was left"
    used = due + max(7, 7 + 7 // 4)
    collections.look()
    assert len(collected) == 2


def test_old_garbage_does_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.interpreter._GROWTH_MIN_BLOCKS", 10_000)
    monkeypatch.setattr("constellation.node.interpreter._GROWTH", 1000)
    with short_pauses():
        take_for_permanent()
        collections = FullCollections(sys.getallocatedblocks, gc.collect)
        most = sys.getallocatedblocks()
        for _ in range(20):
            rings = [Ring() for _ in range(5_000)]
            gc.collect(1)
            del rings
            collections.look()
            most = max(most, sys.getallocatedblocks())
        assert most < collections._base + 60_000
