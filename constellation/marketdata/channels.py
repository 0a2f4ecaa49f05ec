"""The topics of each channel: what they say of the market data."""

from constellation.chronicler.candles import Candle
from constellation.chronicler.trades import MarketTrade
from constellation.marketdata.data import MarketData
from constellation.marketdata.listing import ListedMarket
from constellation.marketdata.live_candles import LiveCandle
from constellation.marketdata.metrics import FeedMetrics
from constellation.marketdata.subscriptions import Channel, Subscription
from constellation.marketdata.topics import CompleteTopic, Frame, Topic
from constellation.marketdata.view import BookView
from constellation.marketdata.wire import Json, best_json, book_json, candle_json, moment, ticker_json, trade_json


class _MarketTopic(Topic):
    """Of one market.

    Args:
        data: of all markets.
        market: whose topic it is.
        subscription: to it.
        frame: of the transport.
        metrics: counts.
    """

    def __init__(
        self, data: MarketData, market: ListedMarket, subscription: Subscription, frame: Frame, metrics: FeedMetrics
    ) -> None:
        super().__init__(subscription, market.name, frame, metrics)
        self._data = data
        self._listed = market

    def _stamped(self, content: Json) -> Json:
        return {"sequence": self._data.sequence, **moment(self._data.timestamp), **content}


class BookTopic(_MarketTopic):
    """A view of a book."""

    def __init__(
        self, data: MarketData, market: ListedMarket, subscription: Subscription, frame: Frame, metrics: FeedMetrics
    ) -> None:
        super().__init__(data, market, subscription, frame, metrics)
        ladder = data.books[market.number].ladder(self.step)
        self.view = BookView(ladder, self.subscription.depth, data.sequence, data.timestamp)

    @property
    def step(self) -> int:
        """Price units between levels."""
        return self.subscription.group * self._listed.tick if self.subscription.group > 1 else 1

    @property
    def heartbeat(self) -> Json:
        """How far it is, for those that may have missed the last message."""
        group = self._listed.price(self.subscription.group * self._listed.tick)
        return {
            "market": self.market,
            "depth": self.subscription.depth,
            "group": group,
            "sequence": self.view.sequence,
        }

    def snapshot(self, now_us: int) -> Json:
        """The view as it was shown last."""
        return book_json(self._listed, self.subscription.depth, self.subscription.group, self.view.snapshot())

    def update(self, now_us: int) -> Json | None:
        """Levels that are different."""
        content = self.view.update(self._data.sequence, self._data.timestamp)
        if content is None:
            return None
        return book_json(self._listed, self.subscription.depth, self.subscription.group, content)


class _ValueTopic(_MarketTopic):
    """Whose update says everything."""

    def __init__(
        self, data: MarketData, market: ListedMarket, subscription: Subscription, frame: Frame, metrics: FeedMetrics
    ) -> None:
        super().__init__(data, market, subscription, frame, metrics)
        self._content: Json = {}
        self._shown: Json = {}

    def _look(self, now_us: int) -> Json:
        raise NotImplementedError

    def snapshot(self, now_us: int) -> Json:
        """What was shown last: what comes next is compared with that."""
        if not self._shown:
            self.update(now_us)
        return self._shown

    def update(self, now_us: int) -> Json | None:
        """What there is now, if it is different."""
        content = self._look(now_us)
        if content == self._content:
            return None
        self._content, self._shown = content, self._stamped(content)
        return self._shown


class BestTopic(_ValueTopic):
    """The best bid and the best ask."""

    def _look(self, now_us: int) -> Json:
        levels = self._data.books[self._listed.number].levels
        return best_json(self._listed, levels.bids(1), levels.asks(1))


class TickerTopic(BestTopic):
    """The last 24 hours, with the best prices."""

    def _look(self, now_us: int) -> Json:
        ticker = self._data.ticker(self._listed.number, now_us)
        return ticker_json(self._listed, ticker) | super()._look(now_us)


class CandlesTopic(_MarketTopic):
    """The candle of the present period."""

    def __init__(
        self, data: MarketData, market: ListedMarket, subscription: Subscription, frame: Frame, metrics: FeedMetrics
    ) -> None:
        super().__init__(data, market, subscription, frame, metrics)
        self._live(0).changes()  # of before

    def _live(self, now_us: int) -> LiveCandle:
        return self._data.advance_candle(self._listed.number, self.subscription.period, now_us)

    def snapshot(self, now_us: int) -> Json:
        """The last one that was closed, and the open one."""
        live = self._live(now_us)
        found = [(live.before, True), (live.open, False)]
        return self._candles([(candle, closed) for candle, closed in found if candle is not None])

    def update(self, now_us: int) -> Json | None:
        """What was closed, and the open one."""
        changes = self._live(now_us).changes()
        return self._candles(changes) if changes else None

    def _candles(self, candles: list[tuple[Candle, bool]]) -> Json:
        listed = [candle_json(self._listed, candle, closed=closed) for candle, closed in candles]
        return self._stamped({"period": self.subscription.period, "candles": listed})


class TradesTopic(CompleteTopic, _MarketTopic):
    """Every fill."""

    def __init__(
        self, data: MarketData, market: ListedMarket, subscription: Subscription, frame: Frame, metrics: FeedMetrics
    ) -> None:
        super().__init__(data, market, subscription, frame, metrics)
        self._told = data.sequence
        self.new: list[MarketTrade] = []

    def snapshot(self, now_us: int) -> Json:
        """The last ones; after the apex ``since`` they are all that there are."""
        recent = self._data.recent_trades(self._listed.number)
        return self._trades({"since": recent.since}, list(recent.trades))

    def update(self, now_us: int) -> Json | None:
        """Those of a batch."""
        trades, self.new = self.new, []
        previous, self._told = self._told, self._data.sequence
        return self._trades({"previous": previous}, trades)

    def _trades(self, where: Json, trades: list[MarketTrade]) -> Json:
        listed = [trade_json(self._listed, trade) for trade in trades]
        return {"sequence": self._told, **where, **moment(self._data.timestamp), "trades": listed}


class StatusTopic(Topic):
    """Whether orders are taken, of all markets, and how far the feed is."""

    def __init__(self, data: MarketData, subscription: Subscription, frame: Frame, metrics: FeedMetrics) -> None:
        super().__init__(subscription, None, frame, metrics)
        self._data = data
        self._shown = self._statuses()

    def _statuses(self) -> dict[str, str]:
        return {market.name: self._data.status(market) for market in self._data.listing.markets}

    def snapshot(self, now_us: int) -> Json:
        """All markets."""
        return self._content(self._shown, now_us)

    def update(self, now_us: int) -> Json | None:
        """Markets whose status is different; how far the feed is, in any case."""
        statuses = self._statuses()
        changed = {name: status for name, status in statuses.items() if self._shown.get(name) != status}
        self._shown = statuses
        return self._content(changed, now_us)

    def _content(self, statuses: dict[str, str], now_us: int) -> Json:
        return {
            "sequence": self._data.sequence,
            **moment(self._data.timestamp),
            "age_ms": max(0, now_us - self._data.timestamp) // 1_000,
            "markets": [{"market": name, "status": status} for name, status in statuses.items()],
        }


TOPICS: dict[Channel, type[_MarketTopic]] = {
    Channel.BOOK: BookTopic,
    Channel.BBO: BestTopic,
    Channel.TICKER: TickerTopic,
    Channel.CANDLES: CandlesTopic,
    Channel.TRADES: TradesTopic,
}
"""Of one market each; ``StatusTopic`` is of all."""
