"""What a new order would meet on the book, before anything is changed."""

from constellation.matching.market import Market
from constellation.protocol.messages import SelfTradePrevention, Side


class Survey:
    """The walk of an order through the opposing side of a book, as the engine will do it.

    Attributes:
        amount: stroops of base that it comes to, also where its own account's orders stop or reduce it.
        value: what they are worth in stroops of quote, at the prices it meets.
        traded: stroops of base that would be bought or sold.
        cost: what they are worth in stroops of quote.
        worst_price: the price furthest from the best one that it meets; 0 when it meets nothing.
        is_cut: it would meet more resting orders than it may.
    """

    __slots__ = ("amount", "cost", "is_cut", "traded", "value", "worst_price")

    def __init__(self) -> None:
        self.amount = self.value = self.traded = self.cost = self.worst_price = 0
        self.is_cut = False


def survey(
    market: Market,
    owner: bytes,
    side: Side,
    prevention: SelfTradePrevention,
    meets_max: int,
    *,
    limit: int | None,
    amount: int | None = None,
    budget: int | None = None,
) -> Survey:
    """Walk the book with an amount of base, or with a budget of quote.

    A budget buys whole lots, the best ones first, until it does not pay for another one.

    Args:
        market: whose book it is.
        owner: of the order: an account's key.
        side: of the order.
        prevention: what happens where it meets an order of its own account.
        meets_max: resting orders that it may meet.
        limit: the last price it may meet; None for any.
        amount: stroops of base, when there is no budget.
        budget: stroops of quote; for a buy only.
    """
    found = Survey()
    buying = side is Side.BUY
    scale, lot = market.scale, market.lot
    met = 0
    for level in market.book.levels(Side.SELL if buying else Side.BUY):
        price = level.price
        if limit is not None and (price > limit if buying else price < limit):
            return found
        for resting in level:
            wanted = (
                (budget - found.value) * scale // price // lot * lot
                if budget is not None
                else (amount or 0) - found.amount
            )
            taken = min(wanted, resting.remaining)
            if not taken:
                return found
            found.worst_price = price
            is_own = resting.owner == owner
            if is_own and prevention is SelfTradePrevention.CANCEL_OLDEST and met < meets_max:
                met += 1
                continue
            value = taken * price // scale
            found.amount += taken
            found.value += value
            if is_own and prevention is SelfTradePrevention.CANCEL_NEWEST:
                return found
            if met == meets_max:
                found.is_cut = True
                return found
            if is_own and prevention is SelfTradePrevention.CANCEL_BOTH:
                return found
            met += 1
            if not is_own:
                found.traded += taken
                found.cost += value
    return found
