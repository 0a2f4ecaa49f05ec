"""What subscribers ask for, from JSON to values that are valid."""

from dataclasses import dataclass
from typing import Any, Final

from constellation.chronicler.candles import PERIODS
from constellation.marketdata.errors import FeedCode, FeedError
from constellation.marketdata.listing import ListedMarket, Listing
from constellation.marketdata.subscriptions import Channel, Subscription
from constellation.marketdata.view import DEPTHS, GROUPS
from constellation.marketdata.wire import Json
from constellation.protocol.amounts import to_units
from constellation.protocol.limits import FEED_TEXT_MAX_CHARACTERS

DEPTH: Final = 25
"""Of a view, where a subscriber does not say it."""

_SHOWN_CHARACTERS: Final = 64
_FIELDS: Final = {
    Channel.BOOK: ("market", "depth", "group"),
    Channel.CANDLES: ("market", "period"),
    Channel.TRADES: ("market",),
    Channel.TICKER: ("market",),
    Channel.BBO: ("market",),
    Channel.STATUS: (),
}


@dataclass(slots=True, frozen=True)
class FeedRequest:
    """One message of a subscriber.

    Attributes:
        method: what to do.
        params: with what.
        request_id: given back with the answer; None where there was none.
    """

    method: str
    params: Json
    request_id: int | str | None


def parse_request(document: Json) -> FeedRequest:
    """A message's parts, whose types are right.

    Raises:
        FeedError: MALFORMED.
    """
    _only(document, ("method", "params", "id"))
    params = document.get("params", {})
    if not isinstance(params, dict):
        raise FeedError(FeedCode.MALFORMED, "params is an object")
    return FeedRequest(_text(document, "method"), params, request_id_of(document))


def request_id_of(document: Json) -> int | str | None:
    """The id of a message: an integer or a short text.

    Raises:
        FeedError: MALFORMED.
    """
    value = document.get("id")
    if isinstance(value, bool) or not isinstance(value, (int, str, type(None))):
        raise FeedError(FeedCode.MALFORMED, "id is an integer or a text")
    return _text(document, "id") if isinstance(value, str) else value


def parse_subscription(params: Json, listing: Listing) -> Subscription:
    """What is subscribed to.

    Raises:
        FeedError: MALFORMED, UNKNOWN_CHANNEL, UNKNOWN_MARKET, INVALID_DEPTH, INVALID_GROUP or INVALID_PERIOD.
    """
    name = _text(params, "channel")
    if name not in list(Channel):
        raise FeedError(FeedCode.UNKNOWN_CHANNEL, f"there is no channel {_shown(name)}; there are {', '.join(Channel)}")
    channel = Channel(name)
    _only(params, ("channel", *_FIELDS[channel]))
    if channel is Channel.STATUS:
        return Subscription(channel)
    market = find_market(listing, _text(params, "market"))
    if channel is Channel.BOOK:
        return Subscription(channel, market.number, depth=_depth(params), group=_group(params, market))
    if channel is Channel.CANDLES:
        return Subscription(channel, market.number, period=_period(params))
    return Subscription(channel, market.number)


def describe(subscription: Subscription, listing: Listing) -> Json:
    """A subscription with all its values, as messages about it will name them."""
    result: Json = {"channel": subscription.channel.value}
    if subscription.market is None:
        return result
    market = listing.markets[subscription.market]
    result["market"] = market.name
    if subscription.channel is Channel.BOOK:
        result |= {"depth": subscription.depth, "group": market.price(subscription.group * market.tick)}
    if subscription.channel is Channel.CANDLES:
        result["period"] = subscription.period
    return result


def find_market(listing: Listing, name: str) -> ListedMarket:
    """A market by its name.

    Raises:
        FeedError: UNKNOWN_MARKET.
    """
    market = listing.find(name)
    if market is None:
        raise FeedError(FeedCode.UNKNOWN_MARKET, f"market {_shown(name)} is not listed")
    return market


def _depth(params: Json) -> int:
    depth = params.get("depth", DEPTH)
    if isinstance(depth, bool) or not isinstance(depth, int) or depth not in DEPTHS:
        raise FeedError(FeedCode.INVALID_DEPTH, f"depth is one of {', '.join(map(str, DEPTHS))}")
    return depth


def _group(params: Json, market: ListedMarket) -> int:
    """Ticks in a group, which is written as a price."""
    if "group" not in params:
        return 1
    try:
        units = to_units(_text(params, "group"), market.price_decimals)
    except ValueError:
        units = 0
    ticks, rest = divmod(units, market.tick)
    if rest or ticks not in GROUPS:
        groups = ", ".join(market.price(ticks * market.tick) for ticks in GROUPS)
        raise FeedError(FeedCode.INVALID_GROUP, f"group is one of {groups}")
    return ticks


def _period(params: Json) -> str:
    period = _text(params, "period")
    if period not in PERIODS:
        raise FeedError(FeedCode.INVALID_PERIOD, f"period is one of {', '.join(PERIODS)}")
    return period


def _only(document: Json, known: tuple[str, ...]) -> None:
    for name in document:
        if name not in known:
            raise FeedError(FeedCode.MALFORMED, f"{_shown(name)} is no field here; there are {', '.join(known)}")


def _text(document: Json, name: str) -> str:
    value: Any = document.get(name)
    if not isinstance(value, str):
        raise FeedError(FeedCode.MALFORMED, f"{name} is a text")
    if not value.isprintable():
        raise FeedError(FeedCode.MALFORMED, f"{name} has characters that cannot be shown")
    if len(value) > FEED_TEXT_MAX_CHARACTERS:
        raise FeedError(FeedCode.MALFORMED, f"{name} has more than {FEED_TEXT_MAX_CHARACTERS} characters")
    return value


def _shown(text: str) -> str:
    return ascii(text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…")
