"""What a new order would meet on the book, before anything is changed."""

from constellation.matching.market import Market, fee_of, gross_of
from constellation.protocol.messages import SelfTradePrevention, Side


class Survey:
    """The walk of an order through the opposing side of a book, as the engine will do it.

    Attributes:
        amount: stroops of base that it comes to, also where its own account's orders stop or reduce it.
        value: what they are worth in stroops of quote, at the prices it meets.
        traded: stroops of base that would be bought or sold.
        cost: what they are worth in stroops of quote.
        net: what would be received, less the fee of each fill.
        met: resting orders that it would meet.
        worst_price: the price furthest from the best one that it meets; 0 when it meets nothing.
        is_cut: it would meet more resting orders than it may.
    """

    __slots__ = ("amount", "cost", "is_cut", "met", "net", "traded", "value", "worst_price")

    def __init__(self) -> None:
        self.amount = self.value = self.traded = self.cost = self.net = self.met = self.worst_price = 0
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
    target: int | None = None,
) -> Survey:
    """Walk the book with an amount of base, with a budget of quote, or until a target is received.

    A budget buys whole lots, the best ones first, until it does not pay for another one. For a target as few lots are
    bought, or sold, as bring it after fees.

    Args:
        market: whose book it is.
        owner: of the order: an account's key.
        side: of the order.
        prevention: what happens where it meets an order of its own account.
        meets_max: resting orders that it may meet.
        limit: the last price it may meet; None for any.
        amount: stroops of base, when there is no budget.
        budget: stroops of quote; for a buy only.
        target: stroops of what is received.
    """
    found = Survey()
    buying = side is Side.BUY
    scale, lot = market.scale, market.lot
    for level in market.book.levels(Side.SELL if buying else Side.BUY):
        price = level.price
        if limit is not None and (price > limit if buying else price < limit):
            return found
        for resting in level:
            if budget is not None:
                wanted = (budget - found.value) * scale // price // lot * lot
            elif target is not None:
                wanted = _lots_for(market, target - found.net, price, buying=buying)
            else:
                wanted = (amount or 0) - found.amount
            taken = min(wanted, resting.remaining)
            if not taken:
                return found
            found.worst_price = price
            is_own = resting.owner == owner
            if is_own and prevention is SelfTradePrevention.CANCEL_OLDEST and found.met < meets_max:
                found.met += 1
                continue
            value = taken * price // scale
            found.amount += taken
            found.value += value
            if is_own and prevention is SelfTradePrevention.CANCEL_NEWEST:
                return found
            if found.met == meets_max:
                found.is_cut = True
                return found
            if is_own and prevention is SelfTradePrevention.CANCEL_BOTH:
                return found
            found.met += 1
            if not is_own:
                found.traded += taken
                found.cost += value
                received = taken if buying else value
                found.net += received - fee_of(received, market.taker_fee_ppm)
    return found


def _lots_for(market: Market, net: int, price: int, *, buying: bool) -> int:
    """The fewest whole lots, in base, that bring ``net`` after the fee when they are filled at once at this price."""
    if net <= 0:
        return 0
    gross = gross_of(net, market.taker_fee_ppm)
    base = gross if buying else -(-gross * market.scale // price)
    return -(-base // market.lot) * market.lot
