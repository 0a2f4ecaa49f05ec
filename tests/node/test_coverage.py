from dataclasses import replace

import pytest

from constellation.node import coverage
from constellation.node.coverage import cover
from constellation.protocol.messages import BatchHeader, Certificate

HEADER = BatchHeader(1, 1, 1, 1, 1, 0, bytes(32), bytes(32), None)


def headers(*numbers: int) -> list[BatchHeader]:
    return [replace(HEADER, number=number) for number in numbers]


def covered(numbers: range, certified: list[int]) -> list[tuple[int, list[int]]]:
    certificates = [Certificate(header, []) for header in headers(*certified)]
    pairs = cover(headers(*numbers), certificates)
    return [(item.header.number, [header.number for header in before]) for item, before in pairs]


@pytest.mark.parametrize(
    ("numbers", "certified", "expected"),
    [
        (range(3, 6), [3, 4, 5, 6], [(3, []), (4, []), (5, []), (6, [])]),
        (range(3, 6), [6], [(6, [3, 4, 5])]),
        (range(3, 9), [3, 7, 9], [(3, []), (7, [4, 5, 6]), (9, [8])]),
        (range(0), [1], [(1, [])]),
    ],
    ids=["each has its own", "only the opener has one", "two risings in a row", "a new constellation"],
)
def test_every_batch_is_covered_by_its_own_certificate_or_the_next_one(
    numbers: range, certified: list[int], expected: list[tuple[int, list[int]]]
) -> None:
    assert covered(numbers, certified) == expected


def test_a_message_carries_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MAX_ANCESTORS", 2)
    assert covered(range(1, 6), [6]) == [(6, [4, 5])]
