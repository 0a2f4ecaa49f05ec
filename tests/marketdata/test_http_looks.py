"""What is kept for a second, and books in steps."""

from hypothesis import given
from hypothesis import strategies as st

from constellation.marketdata import MarketData, MarketStart, OpenOrder
from constellation.marketdata.http.kept import KEPT_S, Kept
from constellation.marketdata.http.live import BookLooks
from constellation.marketdata.view import GROUPS, checksum
from constellation.protocol.messages import Side
from constellation.testing import World
from tests.marketdata.flows import naive_view

WORLD = World()
AMOUNTS = st.dictionaries(st.integers(1, 3000), st.integers(1, 10**12), max_size=60)


@given(bids=AMOUNTS, asks=AMOUNTS, depth=st.integers(1, 1000), group=st.sampled_from(GROUPS))
def test_any_look_at_any_book(bids: dict[int, int], asks: dict[int, int], depth: int, group: int) -> None:
    sides = [(Side.BUY, price, amount) for price, amount in bids.items()]
    sides += [(Side.SELL, price + 3000, amount) for price, amount in asks.items()]
    orders = [OpenOrder(number, 0, *content) for number, content in enumerate(sides)]
    data = MarketData(WORLD.settings, MarketStart(sequence=7, timestamp=9, orders=orders), 9)
    looks = BookLooks(data, lambda: 0.0)
    levels = sorted(bids.items(), reverse=True), sorted((price + 3000, amount) for price, amount in asks.items())
    for _ in range(2):
        content = looks.look(data.listing.markets[0], depth, group)
        assert (content.bids, content.asks) == naive_view(levels, group, depth)
        assert (content.sequence, content.timestamp) == (7, 9)
        assert content.checksum == checksum(content.bids, content.asks)


def test_a_book_in_steps_is_of_the_last_second() -> None:
    now_s = 0.0
    data = MarketData(WORLD.settings, MarketStart(orders=[OpenOrder(1, 0, Side.BUY, 100, 5)]), 0)
    looks, market = BookLooks(data, lambda: now_s), data.listing.markets[0]
    assert looks.look(market, 10, 10).bids == looks.look(market, 10, 1).bids == [(100, 5)]
    data.books[0].change(Side.BUY, 90, 1)
    assert looks.look(market, 10, 1).bids == [(100, 5), (90, 1)]
    assert looks.look(market, 10, 10).bids == [(100, 5)]
    assert looks.look(market, 10, 5).bids == [(100, 5), (90, 1)]
    now_s = KEPT_S
    assert looks.look(market, 10, 10).bids == [(100, 5), (90, 1)]
    assert looks.look(market, 1, 10).bids == [(100, 5)]


def test_no_more_is_kept_than_may_be() -> None:
    kept: Kept[int, str] = Kept(2, lambda: 0.0)
    for key in (1, 2, 1, 3):
        assert kept.put(key, str(key)) == str(key)
    assert [kept.get(key) for key in (1, 2, 3)] == ["1", None, "3"]
