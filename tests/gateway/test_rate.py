from hypothesis import given
from hypothesis import strategies as st

from constellation.gateway.rate import RateLimiter

ANNA, BERT = b"anna", b"bert"


def test_burst_then_refill_in_whole_requests() -> None:
    rate = RateLimiter(requests_per_second=10, burst=3)
    assert [rate.take(ANNA, 0) for _ in range(4)] == [True, True, True, False]
    assert not rate.take(ANNA, 99_999)
    assert rate.take(ANNA, 100_000)
    assert not rate.take(ANNA, 100_000)


def test_accounts_do_not_share() -> None:
    rate = RateLimiter(1, 1)
    assert rate.take(ANNA, 0)
    assert rate.take(BERT, 0)


def test_refused_requests_cost_nothing_and_a_bucket_never_overflows() -> None:
    rate = RateLimiter(1, 2)
    assert [rate.take(ANNA, 3_600_000_000) for _ in range(5)].count(True) == 2
    assert [rate.take(ANNA, 7_200_000_000) for _ in range(5)].count(True) == 2


def test_heavy_request_costs_more_but_never_more_than_a_bucket() -> None:
    rate = RateLimiter(1, 10)
    assert rate.take(ANNA, 0, tokens=9)
    assert not rate.take(ANNA, 0, tokens=2)
    assert rate.take(BERT, 0, tokens=1000)
    assert not rate.take(BERT, 0)


def test_two_proofs_always_fit_a_full_bucket() -> None:
    for burst in (2, 3, 39, 40, 1000):
        rate = RateLimiter(1, burst)
        for _ in range(2):
            rate.charge_proof(ANNA, 0, 20)
        assert burst == 1000 or not rate.take(ANNA, 0, 2)


def test_clock_set_back_neither_refills_nor_blocks_for_ever() -> None:
    rate = RateLimiter(1, 1)
    assert rate.take(ANNA, 10_000_000)
    assert not rate.take(ANNA, 0)
    assert rate.take(ANNA, 1_000_000)


def test_full_buckets_are_forgotten() -> None:
    rate = RateLimiter(1, 1)
    for number in range(5000):
        assert rate.take(number.to_bytes(4, "big"), number * 1_000_000)
    assert len(rate._buckets) <= 1025


@given(st.lists(st.integers(0, 300_000), max_size=60))
def test_never_more_than_burst_plus_rate(steps: list[int]) -> None:
    rate = RateLimiter(5, 4)
    now_us = taken = 0
    for step in steps:
        now_us += step
        taken += rate.take(ANNA, now_us)
        assert taken <= 4 + now_us * 5 // 1_000_000


def test_other_limits_hold_from_now_on_for_what_was_saved_up_too() -> None:
    rate = RateLimiter(1, 10)
    assert rate.take(b"a", 0)
    rate.change(2, 3)
    assert [rate.take(b"a", 0) for _ in range(4)] == [True, True, True, False]
    assert [rate.take(b"a", 1_000_000) for _ in range(3)] == [True, True, False]
    rate.change(2, 100)
    assert [rate.take(b"a", 2_000_000) for _ in range(3)] == [True, True, False]
