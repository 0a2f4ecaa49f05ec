from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.marketdata.book import Books, OpenOrder
from constellation.marketdata.ladder import Ladder
from constellation.marketdata.view import DEPTHS, GROUPS, BookView, checksum
from constellation.protocol.messages import Side
from tests.marketdata.flows import Flow, engine_levels, naive_view


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_books_of_effects_are_the_engines_after_every_batch(seed: int) -> None:
    flow = Flow()
    books = Books()
    steps = {books[market].ladder(step).step for market in (0, 1) for step in (5, 100)}
    for sealed in flow.random(seed, 500):
        books.take(sealed)
        for market in (0, 1):
            levels = engine_levels(flow.machine, market)
            assert (books[market].levels.bids(), books[market].levels.asks()) == levels
            for step in steps:
                ladder = books[market].ladder(step)
                assert (ladder.bids(10), ladder.asks(10)) == naive_view(levels, step, 10)
        assert len(books) == len(flow.machine.state.engine.orders)


def test_books_begin_with_the_open_orders() -> None:
    flow = Flow()
    for _ in flow.random(11, 300):
        pass
    orders = [
        OpenOrder(order.order_id, order.market, order.side, order.price, order.remaining)
        for order in flow.machine.state.engine.orders.values()
    ]
    assert orders
    books = Books(orders)
    first = books[0].levels.bids(), books[0].levels.asks()
    assert first == engine_levels(flow.machine, 0)
    for sealed in flow.random(12, 200):
        books.take(sealed)
        assert (books[0].levels.bids(), books[0].levels.asks()) == engine_levels(flow.machine, 0)
    assert orders[0].remaining > 0, "what was given is not touched"


Changes = st.lists(st.tuples(st.sampled_from(Side), st.integers(1, 300), st.integers(-5, 5)), max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.lists(Changes, max_size=6), st.sampled_from(GROUPS), st.integers(1, 12))
def test_updates_lead_from_view_to_view(rounds: list[list[tuple[Side, int, int]]], step: int, depth: int) -> None:
    ladder, plain = Ladder(step), {Side.BUY: dict[int, int](), Side.SELL: dict[int, int]()}
    view = BookView(ladder, depth, 0, 0)
    followed = {Side.BUY: dict(view.snapshot().bids), Side.SELL: dict(view.snapshot().asks)}
    sequence = 0
    for number, changes in enumerate(rounds, 1):
        for side, price, change in changes:
            change = max(change, -plain[side].get(price, 0))
            if change:
                plain[side][price] = plain[side].get(price, 0) + change
                ladder.change(side, price, change)
        update = view.update(number, number)
        if update is not None:
            assert (update.previous, update.sequence) == (sequence, number)
            sequence = number
            for side, levels in ((Side.BUY, update.bids), (Side.SELL, update.asks)):
                for price, amount in levels:
                    if amount:
                        followed[side][price] = amount
                    else:
                        del followed[side][price]
        bids, asks = (
            sorted((price, amount) for price, amount in plain[side].items() if amount) for side in (Side.BUY, Side.SELL)
        )
        expected = naive_view((bids, asks), step, depth)
        found = sorted(followed[Side.BUY].items(), reverse=True), sorted(followed[Side.SELL].items())
        assert found == expected
        assert view.snapshot().checksum == checksum(*expected)
        assert view.snapshot().sequence == sequence


def test_checksum_is_over_the_ten_best_of_each_side_in_units() -> None:
    bids, asks = [(100 - n, n + 1) for n in range(12)], [(101 + n, 5) for n in range(2)]
    text = "|".join(f"{100 - n}:{n + 1}" for n in range(10)) + "|101:5|102:5"
    assert checksum(bids, asks) == crc32(text.encode())
    assert checksum([], []) == 0


def test_depths_and_groups_are_those_of_the_protocol() -> None:
    assert DEPTHS == (10, 25, 100, 500, 1000)
    assert GROUPS == (1, 2, 5, 10, 50, 100, 1000)
