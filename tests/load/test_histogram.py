import json
from random import Random

import pytest

from constellation.load.histogram import Histogram


def test_percentiles_are_exact_to_a_thirtysecond_and_never_too_short() -> None:
    random = Random(1)
    values = sorted(int(10 ** random.uniform(0, 9)) for _ in range(5000))
    histogram = Histogram()
    for value in values:
        histogram.record(value)
    for percent in (0.1, 50.0, 90.0, 99.0, 99.9, 100.0):
        exact = values[max(0, -int(-len(values) * percent // 100) - 1)]
        found = histogram.percentile_us(percent)
        assert found is not None
        assert exact <= found <= exact * 33 / 32
    assert histogram.max_us == values[-1] == histogram.percentile_us(100)
    assert histogram.count == 5000


@pytest.mark.parametrize("value", [*range(130), 2**20 - 1, 2**20, 2**36 - 1])
def test_one_duration_is_every_percentile(value: int) -> None:
    histogram = Histogram()
    histogram.record(value, 3)
    assert (histogram.percentile_us(0), histogram.percentile_us(50), histogram.percentile_us(100)) == (value,) * 3


def test_none_is_no_percentile_and_the_bounds_hold() -> None:
    histogram = Histogram()
    assert histogram.percentile_us(50) is None
    histogram.record(-5)
    assert histogram.percentile_us(50) == 0
    histogram.record(2**50)
    assert histogram.max_us == 2**36 - 1


def test_histograms_are_added_and_travel_as_json() -> None:
    one, other, both = Histogram(), Histogram(), Histogram()
    for number, value in enumerate((3, 70, 5000, 5001, 10**7)):
        (one if number % 2 else other).record(value)
        both.record(value)
    one.add(Histogram.from_json(json.loads(json.dumps(other.to_json()))))
    assert one.to_json() == both.to_json()
    assert (one.count, one.max_us) == (5, 10**7)
