from dataclasses import replace

import pytest

from constellation.node.unfinal import UnfinalWindow
from constellation.protocol.limits import UNFINAL_AGE_MAX_US, UNFINAL_QUANTA_MAX
from constellation.protocol.messages import BatchHeader

HEADER = BatchHeader(1, 1, 1, 1, 10, 0, bytes(32), bytes(32), None)


@pytest.fixture
def window() -> UnfinalWindow:
    window = UnfinalWindow(certified_apex=0)
    for number in (1, 2, 3):
        window.acknowledged(replace(HEADER, number=number, last_apex=10 * number), now_us=1_000 * number)
    return window


def test_an_empty_window_is_never_too_old() -> None:
    assert not UnfinalWindow(certified_apex=7).is_full(7, 10**18)


def test_the_oldest_batch_counts_to_the_microsecond(window: UnfinalWindow) -> None:
    assert not window.is_full(30, 1_000 + UNFINAL_AGE_MAX_US)
    assert window.is_full(30, 1_001 + UNFINAL_AGE_MAX_US)


def test_quanta_count_to_the_last_one(window: UnfinalWindow) -> None:
    assert not window.is_full(UNFINAL_QUANTA_MAX, 3_000)
    assert window.is_full(UNFINAL_QUANTA_MAX + 1, 3_000)


def test_a_certificate_covers_everything_before_it(window: UnfinalWindow) -> None:
    window.certified(replace(HEADER, number=2, last_apex=20))
    assert (len(window), window.certified_apex) == (1, 20)
    assert not window.is_full(20 + UNFINAL_QUANTA_MAX, 3_000 + UNFINAL_AGE_MAX_US)
    assert window.is_full(20 + UNFINAL_QUANTA_MAX, 3_001 + UNFINAL_AGE_MAX_US)
    assert window.is_full(21 + UNFINAL_QUANTA_MAX, 3_000)
