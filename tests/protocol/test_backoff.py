from constellation.protocol.backoff import pause_s


def test_a_pause_is_a_quarter_of_the_time_away_within_its_bounds() -> None:
    assert [pause_s(away_s, 0.1, 10) for away_s in (0, 0.4, 1, 8, 40, 1000)] == [0.1, 0.1, 0.25, 2, 10, 10]


def test_the_longest_pause_wins_over_the_shortest() -> None:
    assert pause_s(0, 7, 5) == 5


def test_who_comes_back_is_missed_for_a_quarter_of_its_absence_at_most() -> None:
    for back_s in (0.5, 3, 17):
        now_s = 0.0
        while now_s < back_s:
            now_s += pause_s(now_s, 0.1, 10)
        assert now_s <= 1.25 * back_s + 0.1
