import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.sdk.tracker import EffectTracker, Gap


def told(tracker: EffectTracker[str]) -> list[str | Gap]:
    items = []
    while (item := tracker.next()) is not None:
        items.append(item)
    return items


def test_starts_from_whatever_comes_first() -> None:
    tracker: EffectTracker[str] = EffectTracker()
    assert tracker.seen is None
    assert told(tracker) == []
    assert tracker.show(5, 7, "a")
    assert (tracker.seen, told(tracker)) == (7, ["a"])


def test_what_is_ahead_waits_for_what_is_missing() -> None:
    tracker: EffectTracker[str] = EffectTracker(4)
    assert tracker.show(8, 9, "c")
    assert (tracker.seen, tracker.is_behind, told(tracker)) == (4, True, [])
    assert tracker.show(5, 5, "a")
    assert (tracker.seen, tracker.is_behind, told(tracker)) == (5, True, ["a"])
    assert tracker.show(6, 7, "b")
    assert (tracker.seen, tracker.is_behind, told(tracker)) == (9, False, ["b", "c"])


def test_repetitions_are_not_new() -> None:
    tracker: EffectTracker[str] = EffectTracker(9)
    assert not tracker.show(5, 7, "old")
    assert tracker.show(12, 13, "held")
    assert not tracker.show(12, 13, "held again")
    assert tracker.show(10, 11, "next")
    assert told(tracker) == ["next", "held"]


def test_answer_is_counted_and_not_told_whenever_its_event_comes() -> None:
    tracker: EffectTracker[str] = EffectTracker(0)
    assert tracker.show(3, 4, None)
    assert not tracker.show(3, 4, "replayed")
    assert tracker.show(5, 6, "event first")
    assert not tracker.show(5, 6, None)
    assert tracker.show(1, 2, "a")
    assert (told(tracker), tracker.seen) == (["a"], 6)


def test_effects_that_are_known_in_part_are_a_contradiction() -> None:
    tracker: EffectTracker[str] = EffectTracker(4)
    tracker.show(5, 6, "a")
    with pytest.raises(ValueError, match="effects 6 to 7 were shown after effect 6"):
        tracker.show(6, 7, "b")


def test_number_within_a_quantum_starts_with_the_whole_quantum() -> None:
    tracker: EffectTracker[str] = EffectTracker(5)
    assert tracker.show(4, 7, "a")
    assert (told(tracker), tracker.seen) == (["a"], 7)


def test_too_much_is_forgotten_and_that_is_known() -> None:
    tracker: EffectTracker[str] = EffectTracker(0, held_max=2)
    for number in (3, 4, 5):
        tracker.show(number, number, str(number))
    assert tracker.incomplete
    assert tracker.is_behind
    assert not tracker.may_hold
    assert tracker.show(6, 6, None), "answers are remembered all the same"
    tracker.incomplete = False
    tracker.skip(2)
    assert told(tracker) == [Gap(1, 2), "3", "4"]
    assert tracker.seen == 4
    assert tracker.may_hold
    tracker.show(5, 5, "5")
    assert (told(tracker), tracker.seen) == (["5"], 6)


def test_gap_is_told_in_its_place() -> None:
    tracker: EffectTracker[str] = EffectTracker(3)
    tracker.show(6, 6, "within")
    tracker.show(9, 9, "after")
    tracker.skip(8)
    assert (told(tracker), tracker.seen) == ([Gap(4, 8), "after"], 9)
    tracker.skip(2)
    assert told(tracker) == []


@given(data=st.data())
def test_any_order_and_any_repetition_is_told_once_and_in_order(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=12))
    firsts = [1 + sum(sizes[:place]) for place in range(len(sizes))]
    events = list(zip(firsts, sizes, strict=True))
    order = data.draw(st.permutations(events)) + data.draw(st.lists(st.sampled_from(events)))
    tracker: EffectTracker[int] = EffectTracker(0)
    seen: list[int] = []
    for first, size in order:
        tracker.show(first, first + size - 1, first)
        while isinstance(item := tracker.next(), int):
            seen.append(item)
    assert seen == firsts
    assert (tracker.seen, tracker.is_behind, tracker.is_holding) == (sum(sizes), False, False)
