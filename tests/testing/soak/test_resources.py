import os
from pathlib import Path

import pytest

from constellation.testing.soak.resources import Memory, Trend, directory_bytes, resident_bytes


def test_the_slope_is_that_of_the_line_through_the_values() -> None:
    trend = Trend()
    for second in range(100):
        trend.add(1e6 + second, 10**9 + 500 * second + (-1) ** second)
    assert trend.slope_per_s == pytest.approx(500, rel=0.01)
    assert (trend.first, trend.last, trend.highest) == (10**9 + 1, 10**9 + 49_499, 10**9 + 49_499)
    assert trend.duration_s == 99


def test_one_value_has_no_slope() -> None:
    trend = Trend()
    assert trend.slope_per_s is None
    trend.add(5, 7)
    assert trend.slope_per_s is None


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_the_longest_life_counts_after_its_warm_up() -> None:
    memory, child = Memory(warm_up_s=10), os.getppid()
    for second in range(0, 20, 2):
        memory.sample(second, child)
    for second in range(20, 100, 2):
        memory.sample(second, os.getpid())
    for second in range(100, 120, 2):
        memory.sample(second, child)
    memory.sample(200, 2**22 + 1)
    document = memory.to_json()
    assert document["lives"] == 3
    assert document["longest_life_s"] == 68
    assert document["highest_bytes"] >= document["end_bytes"] > 10 * 1024 * 1024


def test_what_has_ended_or_is_not_there_uses_nothing(tmp_path: Path) -> None:
    assert resident_bytes(2**22 + 1) is None
    assert directory_bytes(tmp_path / "missing") == 0
    (tmp_path / "a").write_bytes(bytes(1000))
    (tmp_path / "b").write_bytes(bytes(24))
    assert directory_bytes(tmp_path) == 1024
    document = Memory(0).to_json()
    assert document["highest_bytes"] is document["start_bytes"] is document["slope_bytes_per_minute"] is None
