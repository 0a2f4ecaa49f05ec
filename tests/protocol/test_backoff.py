from constellation.protocol.backoff import pause_ms


def test_a_pause_is_a_quarter_of_the_time_away_within_its_bounds() -> None:
    pauses = [pause_ms(away_ms, 100, 10_000) for away_ms in (0, 400, 1_000, 8_000, 40_000, 1_000_000)]
    assert pauses == [100, 100, 250, 2_000, 10_000, 10_000]


def test_the_longest_pause_wins_over_the_shortest() -> None:
    assert pause_ms(0, 7_000, 5_000) == 5_000


def test_who_comes_back_is_missed_for_a_quarter_of_its_absence_at_most() -> None:
    for back_ms in (500, 3_000, 17_000):
        now_ms = 0
        while now_ms < back_ms:
            now_ms += pause_ms(now_ms, 100, 10_000)
        assert now_ms <= 5 * back_ms // 4 + 100
