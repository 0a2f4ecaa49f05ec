from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.matching.market import Market, fee_of
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import MarketSettings, MarketStatus, Side


def market(decimals: int = 4, tick: int = 1, lot: int = 10_000) -> Market:
    return Market(3, MarketSettings(5, 6, decimals, tick, lot, 1, 0, 0, MarketStatus.MARKET_OPEN, 0))


def test_a_buyer_gives_quote_and_takes_base() -> None:
    assert (market().gives[Side.BUY], market().takes[Side.BUY]) == (6, 5)
    assert (market().gives[Side.SELL], market().takes[Side.SELL]) == (5, 6)


def test_a_buy_commits_quote_at_its_limit_and_a_sell_commits_base() -> None:
    assert market().commitment(Side.BUY, 20_000, 2_500) == 5_000
    assert market().commitment(Side.SELL, 20_000, 2_500) == 20_000


@given(st.integers(0, 12), st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_quote_amounts_are_exact_in_every_valid_market(
    decimals: int, tick: int, lot: int, ticks: int, lots: int
) -> None:
    lot *= 10**decimals
    amount, price = lots * lot, ticks * tick
    exact = Fraction(price, 10**decimals) * amount
    assert market(decimals, tick, lot).quote_amount(amount, price) == exact


@pytest.mark.parametrize(
    ("amount", "fee_ppm", "fee"),
    [(0, 100, 0), (1, 0, 0), (1, 1, 1), (1_000_000, 1, 1), (1_000_001, 1, 2), (999_999, 1, 1), (10, 100_000, 1)],
)
def test_fees_are_rounded_up_to_the_next_stroop(amount: int, fee_ppm: int, fee: int) -> None:
    assert fee_of(amount, fee_ppm) == fee


@given(st.integers(0, INT64_MAX), st.integers(0, 100_000))
def test_a_fee_is_the_least_that_covers_its_share_and_never_more_than_was_received(amount: int, ppm: int) -> None:
    fee = fee_of(amount, ppm)
    assert fee == ceil(Fraction(amount * ppm, 1_000_000))
    assert 0 <= fee <= amount
