from constellation.transport.pace import Pace


def test_a_burst_is_free_and_then_the_rate_counts() -> None:
    pace = Pace(per_second=8, burst=4)
    assert pace.charge("a", 4, 0.0) == 0.0
    assert pace.charge("a", 2, 0.0) == 0.25
    assert pace.charge("a", 1, 0.125) == 0.25
    assert pace.charge("a", 0, 0.375) == 0.0


def test_sources_do_not_pay_for_each_other() -> None:
    pace = Pace(per_second=1, burst=1)
    assert pace.charge("a", 100, 0.0) == 99.0
    assert pace.charge("b", 1, 0.0) == 0.0


def test_a_burst_comes_back_and_does_not_grow() -> None:
    pace = Pace(per_second=8, burst=4)
    pace.charge("a", 4, 0.0)
    assert [pace.admits("a", 1000.0) for _ in range(6)] == [True] * 4 + [False] * 2


def test_what_is_refused_does_not_count() -> None:
    pace = Pace(per_second=1, burst=2)
    assert [pace.admits("a", 0.0) for _ in range(100)] == [True] * 2 + [False] * 98
    assert pace.admits("a", 1.01)
    assert not pace.admits("a", 1.02)


def test_sources_that_are_quiet_are_forgotten() -> None:
    pace = Pace(per_second=10, burst=10)
    for number in range(10_000):
        pace.charge(str(number), 1, number / 100)
    assert len(pace) < 2200


def test_a_flood_of_sources_is_remembered_while_it_lasts() -> None:
    pace = Pace(per_second=1, burst=1)
    for number in range(5000):
        pace.charge(str(number), 1, 0.0)
    assert not any(pace.admits(str(number), 0.5) for number in range(5000))
