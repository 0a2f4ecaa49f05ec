"""The trades in a batch, seen from outside: one for each fill, with both sides of it."""

from dataclasses import dataclass

from constellation.protocol.messages import EffectGroup, OrderTriggered, Side, Trade
from constellation.quanta import SealedBatch


@dataclass(slots=True)
class MarketTrade:
    """One fill.

    Attributes:
        apex: of the quantum that made it.
        place: among the fills of that quantum, from 0; apex and place name the trade for ever.
        market: its id.
        timestamp: of the quantum, in microseconds since 1970.
        side: of the taker.
        price: in units of the market's price decimals.
        amount: stroops of base.
        quote_amount: stroops of quote.
        taker_order: the order that came.
        maker_order: the order that was resting.
        taker: key of the account.
        maker: key of the account.
        taker_fee: stroops of what the taker received.
        maker_fee: stroops of what the maker received.
    """

    apex: int
    place: int
    market: int
    timestamp: int
    side: Side
    price: int
    amount: int
    quote_amount: int
    taker_order: int
    maker_order: int
    taker: bytes
    maker: bytes
    taker_fee: int
    maker_fee: int

    @property
    def trade_id(self) -> str:
        """Its name in texts."""
        return f"{self.apex}-{self.place}"


def trades_of(sealed: SealedBatch) -> list[MarketTrade]:
    """The trades of a batch, in the order in which they happened."""
    return [
        trade for item in sealed.executed for trade in _quantum_trades(item.leaf.apex, item.leaf.timestamp, item.groups)
    ]


def _quantum_trades(apex: int, timestamp: int, groups: list[EffectGroup]) -> list[MarketTrade]:
    """Every fill is told to both of its sides; a taker meets an order at most once.

    The quantum's own order comes first, then those that it has triggered, by their places.
    """
    takers: list[tuple[bytes, Trade]] = []
    makers: dict[tuple[int, int], tuple[bytes, Trade]] = {}
    triggered: dict[int, int] = {}
    for group in groups:
        for effect in group.effects:
            if isinstance(effect, Trade):
                if effect.maker:
                    makers[effect.order, effect.counter_order] = group.account, effect
                else:
                    takers.append((group.account, effect))
            elif isinstance(effect, OrderTriggered):
                triggered[effect.order] = effect.place
    if triggered:
        takers.sort(key=lambda taker: triggered.get(taker[1].order, 0))
    return [
        _trade(apex, place, timestamp, taker, effect, *makers[effect.counter_order, effect.order])
        for place, (taker, effect) in enumerate(takers)
    ]


def _trade(
    apex: int, place: int, timestamp: int, taker: bytes, effect: Trade, maker: bytes, counterpart: Trade
) -> MarketTrade:
    return MarketTrade(
        apex,
        place,
        effect.market,
        timestamp,
        effect.side,
        effect.price,
        effect.amount,
        effect.quote_amount,
        effect.order,
        effect.counter_order,
        taker,
        maker,
        effect.fee,
        counterpart.fee,
    )
