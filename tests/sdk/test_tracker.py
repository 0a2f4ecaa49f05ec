from constellation.sdk.tracker import EffectTracker, Gap


def test_starts_from_whatever_comes_first() -> None:
    tracker = EffectTracker()
    assert tracker.show(5, 3) == (None, True)
    assert tracker.last == 7


def test_adjacent_effects_are_no_gap() -> None:
    tracker = EffectTracker()
    assert tracker.reach(4) is None
    assert tracker.show(5, 1) == (None, True)
    assert tracker.reach(5) is None


def test_missing_effects_are_named_once() -> None:
    tracker = EffectTracker()
    tracker.reach(4)
    assert tracker.show(8, 2) == (Gap(5, 7), True)
    assert tracker.reach(12) == Gap(10, 12)
    assert tracker.reach(12) is None


def test_repetitions_are_not_new() -> None:
    tracker = EffectTracker()
    tracker.reach(9)
    assert tracker.show(5, 3) == (None, False)
    assert tracker.last == 9
