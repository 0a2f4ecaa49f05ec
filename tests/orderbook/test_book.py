import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.orderbook import Order, OrderBook
from constellation.protocol.messages import Side


def order(order_id: int, side: Side, price: int, remaining: int = 10) -> Order:
    return Order(order_id, bytes(32), 0, side, price, remaining)


def book_of(*orders: Order) -> OrderBook:
    book = OrderBook()
    for item in orders:
        book.add(item)
    return book


def best_price(book: OrderBook, side: Side) -> int | None:
    level = book.best(side)
    return None if level is None else level.price


def test_an_empty_book_has_no_best_price() -> None:
    book = OrderBook()
    assert (book.best(Side.BUY), book.best(Side.SELL), len(book), list(book)) == (None, None, 0, [])
    assert not book.is_crossed()


def test_the_best_bid_is_the_highest_and_the_best_ask_the_lowest() -> None:
    prices = [(Side.BUY, 90), (Side.BUY, 95), (Side.BUY, 80), (Side.SELL, 110), (Side.SELL, 105), (Side.SELL, 120)]
    book = book_of(*(order(number, side, price) for number, (side, price) in enumerate(prices, 1)))
    assert (best_price(book, Side.BUY), best_price(book, Side.SELL)) == (95, 105)
    assert [level.price for level in book.levels(Side.BUY)] == [95, 90, 80]
    assert [level.price for level in book.levels(Side.SELL)] == [105, 110, 120]


@pytest.mark.parametrize(("most", "count"), [(0, 0), (1, 1), (2, 2), (3, 2), (None, 2)])
def test_levels_are_at_most_as_many_as_asked(most: int | None, count: int) -> None:
    book = book_of(order(1, Side.SELL, 5), order(2, Side.SELL, 6), order(3, Side.SELL, 6))
    assert len(list(book.levels(Side.SELL, most))) == count


@pytest.mark.parametrize(("bid", "ask", "crossed"), [(99, 100, False), (100, 100, True), (101, 100, True)])
def test_a_book_is_crossed_when_a_bid_meets_an_ask(bid: int, ask: int, crossed: bool) -> None:
    assert book_of(order(1, Side.BUY, bid), order(2, Side.SELL, ask)).is_crossed() is crossed


@pytest.mark.parametrize("side", Side)
def test_a_level_vanishes_with_its_last_order(side: Side) -> None:
    first, second = order(1, side, 100), order(2, side, 100)
    book = book_of(first, second)
    book.remove(first)
    assert best_price(book, side) == 100
    book.remove(second)
    assert book.best(side) is None
    assert list(book.levels(side)) == []


def test_an_order_cannot_leave_twice() -> None:
    only = order(1, Side.BUY, 100)
    book = book_of(only)
    book.remove(only)
    with pytest.raises(AssertionError, match="does not rest"):
        book.remove(only)


def test_the_same_price_on_both_sides_is_two_levels() -> None:
    bid, ask = order(1, Side.BUY, 100), order(2, Side.SELL, 100)
    book = book_of(bid, ask)
    book.remove(bid)
    assert (best_price(book, Side.BUY), best_price(book, Side.SELL)) == (None, 100)


@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from(Side), st.integers(1, 5), st.integers(1, 5), st.integers(0, 99)),
        max_size=80,
    )
)
def test_a_book_is_a_sorted_list_of_orders(steps: list[tuple[bool, Side, int, int, int]]) -> None:
    book, model = OrderBook(), list[Order]()
    for number, (adds, side, price, amount, choice) in enumerate(steps):
        if adds or not model:
            model.append(order(number, side, price, amount))
            book.add(model[-1])
        else:
            book.remove(model.pop(choice % len(model)))
        bids = sorted((o for o in model if o.side is Side.BUY), key=lambda o: (-o.price, o.order_id))
        asks = sorted((o for o in model if o.side is Side.SELL), key=lambda o: (o.price, o.order_id))
        assert list(book) == bids + asks
        assert len(book) == len(model)
        for of_side, orders in ((Side.BUY, bids), (Side.SELL, asks)):
            assert best_price(book, of_side) == (orders[0].price if orders else None)
            for level in book.levels(of_side):
                assert level.amount == sum(o.remaining for o in orders if o.price == level.price)
