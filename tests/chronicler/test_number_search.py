"""The search by time against looking at everything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.chronicler.number_search import first_since


@given(
    times=st.lists(st.integers(0, 30), max_size=400).map(sorted),
    first=st.integers(1, 50),
    wanted=st.integers(-1, 31),
)
@settings(max_examples=200, deadline=None)
def test_it_finds_the_first(times: list[int], first: int, wanted: int) -> None:
    last = first + len(times) - 1
    found = first_since(lambda numbers: {number: times[number - first] for number in numbers}, first, last, wanted)
    assert found == next((first + place for place, time in enumerate(times) if time >= wanted), last + 1)


def test_it_asks_rarely() -> None:
    asked = 0

    def times_at(numbers: list[int]) -> dict[int, int]:
        nonlocal asked
        asked += 1
        assert len(numbers) <= 32
        return {number: number for number in numbers}

    for wanted in (-5, 1, 77, 499_999, 10**6, 10**6 + 1):
        asked = 0
        assert first_since(times_at, 1, 10**6, wanted) == max(1, wanted)  # type: ignore[arg-type]
        assert asked <= 5
