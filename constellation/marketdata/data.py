"""Everything that is known of all markets, as a function of the certified batches."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from constellation.chronicler.candles import PERIODS, Candle, candles_of
from constellation.chronicler.trades import MarketTrade, trades_of
from constellation.marketdata.book import Books, OpenOrder
from constellation.marketdata.listing import ListedMarket, Listing
from constellation.marketdata.live_candles import CLOSING_GRACE_S, LiveCandle
from constellation.marketdata.ticker import Ticker, TickerWindow
from constellation.protocol.limits import FEED_RECENT_TRADES_MAX
from constellation.protocol.market_status import OPEN_AT_MOST, stricter
from constellation.protocol.messages import (
    AssetResumed,
    AssetSuspended,
    GovernanceCommit,
    MarketStatus,
    Mode,
    ModeChanged,
    ModeInForce,
    Settings,
    SettingsChange,
)
from constellation.quanta import SealedBatch

_US: Final = 1_000_000
_MINUTE: Final = "1m"

SUSPENDED: Final = "suspended"
_STATUS_NAMES: Final = {
    MarketStatus.MARKET_OPEN: "open",
    MarketStatus.MARKET_CANCEL_ONLY: "cancel_only",
    MarketStatus.MARKET_HALTED: "halted",
    MarketStatus.MARKET_POST_ONLY: "post_only",
}


@dataclass(slots=True, frozen=True)
class MarketStart:
    """What a feed begins with: everything as of one batch.

    Attributes:
        sequence: last apex of that batch.
        timestamp: of that batch, in microseconds since 1970.
        orders: that are open.
        minutes: candles of one minute with trades of the last 24 hours, by market, in the order of time.
        candles: the last candle with trades of every market and period.
        trades: the last trades of every market, the oldest first.
        suspended: ids of suspended assets.
        mode: how much clients may do.
    """

    sequence: int = 0
    timestamp: int = 0
    orders: Iterable[OpenOrder] = ()
    minutes: Mapping[int, Sequence[Candle]] = field(default_factory=dict)
    candles: Mapping[tuple[int, str], Candle] = field(default_factory=dict)
    trades: Mapping[int, Sequence[MarketTrade]] = field(default_factory=dict)
    suspended: Iterable[int] = ()
    mode: ModeInForce = field(default_factory=lambda: ModeInForce(Mode.ONLINE, "", 0))


class RecentTrades:
    """The last trades of one market.

    Args:
        trades: known ones, the oldest first.
        since: they are all that there are after this apex.
    """

    __slots__ = ("since", "trades")

    def __init__(self, trades: Sequence[MarketTrade], since: int) -> None:
        self.trades: deque[MarketTrade] = deque()
        self.since = since
        self.add(trades)

    def add(self, trades: Iterable[MarketTrade]) -> None:
        """There are more; the oldest are forgotten."""
        for trade in trades:
            self.trades.append(trade)
            if len(self.trades) > FEED_RECENT_TRADES_MAX:
                self.since = self.trades.popleft().apex


@dataclass(slots=True, frozen=True)
class Changes:
    """What a batch has changed.

    Attributes:
        books: markets whose books are different.
        trades: by market, in their order.
        statuses: whether a market's status may be different.
    """

    books: dict[int, None]
    trades: dict[int, list[MarketTrade]]
    statuses: bool


class MarketData:
    """Follows certified batches.

    Args:
        settings: in force.
        start: where it begins.
        now_us: the time now.

    Attributes:
        listing: markets by name.
        books: by market.
        sequence: last apex of the last batch.
        timestamp: of the last batch.
        mode: how much clients may do.
    """

    def __init__(self, settings: Settings, start: MarketStart, now_us: int) -> None:
        self.listing = Listing(settings)
        self.books = Books(start.orders)
        self.sequence = start.sequence
        self.timestamp = start.timestamp
        self._suspended = dict.fromkeys(start.suspended)
        self.mode = start.mode
        self._tickers: dict[int, TickerWindow] = {}
        self._candles: dict[tuple[int, str], LiveCandle] = {}
        self._trades: dict[int, RecentTrades] = {}
        self._begin(start, now_us)

    def _begin(self, start: MarketStart, now_us: int) -> None:
        for (market, period), candle in start.candles.items():
            self._candles[market, period] = LiveCandle(period, candle, self._moment_s(now_us))
        for number, listed in enumerate(self.listing.markets):
            last = start.candles.get((number, _MINUTE))
            self._tickers[number] = TickerWindow(
                listed.scale, start.minutes.get(number, ()), None if last is None else last.close
            )
            known = start.trades.get(number, ())
            self._trades[number] = RecentTrades(known, known[0].apex if known else start.sequence)

    # What happens.

    def take(self, sealed: SealedBatch, now_us: int) -> Changes:
        """Follow a batch, the next one."""
        assert sealed.header.first_apex > self.sequence, f"the feed is at {self.sequence} already"
        statuses = [self._take_rules(sealed), self._take_effects(sealed)]
        self.sequence, self.timestamp = sealed.header.last_apex, sealed.header.timestamp
        trades: dict[int, list[MarketTrade]] = {}
        for trade in trades_of(sealed):
            trades.setdefault(trade.market, []).append(trade)
        for market, own in trades.items():
            self._trades_of(market).add(own)
            self._take_candles(own, now_us)
        return Changes(self.books.take(sealed), trades, any(statuses))

    def _take_candles(self, trades: list[MarketTrade], now_us: int) -> None:
        for (market, period), candles in candles_of(trades).items():
            live = self.live_candle(market, period, now_us)
            for candle in candles:
                if period == _MINUTE:
                    self._ticker_of(market).take(candle)
                live.take(candle)

    def _take_rules(self, sealed: SealedBatch) -> bool:
        """Other settings are in force once their decision is executed."""
        found = False
        for item in sealed.executed:
            body = item.quantum.body
            if isinstance(body, GovernanceCommit) and isinstance(body.proposal.decision, SettingsChange):
                self.settings_changed(body.proposal.decision.settings)
                found = True
        return found

    def _take_effects(self, sealed: SealedBatch) -> bool:
        found = False
        for item in sealed.executed:
            for group in item.groups:
                for effect in group.effects:
                    if isinstance(effect, AssetSuspended):
                        self._suspended[effect.asset] = None
                        found = True
                    elif isinstance(effect, AssetResumed):
                        self._suspended.pop(effect.asset, None)
                        found = True
                    elif isinstance(effect, ModeChanged):
                        self.mode = ModeInForce(effect.mode, effect.reason, item.leaf.apex)
                        found = True
        return found

    def settings_changed(self, settings: Settings) -> None:
        """Other settings are in force. Markets are only added; decimals and ticks stay."""
        self.listing = Listing(settings)

    # What is known.

    def status(self, market: ListedMarket) -> str:
        """Whether orders are taken: open, post_only, cancel_only, halted, or suspended with one of its assets."""
        if market.base in self._suspended or market.quote in self._suspended:
            return SUSPENDED
        return _STATUS_NAMES[stricter(market.status, OPEN_AT_MOST[self.mode.mode])]

    def ticker(self, market: int, now_us: int) -> Ticker:
        """The last 24 hours, to the minute of the clock or of the last batch, whichever is later."""
        return self._ticker_of(market).ticker(max(now_us, self.timestamp))

    def recent_trades(self, market: int) -> RecentTrades:
        """The last trades."""
        return self._trades_of(market)

    def live_candle(self, market: int, period: str, now_us: int) -> LiveCandle:
        """The candle of the present period; ask :meth:`advance_candle` first."""
        live = self._candles.get((market, period))
        if live is None:
            assert period in PERIODS, period
            live = self._candles[market, period] = LiveCandle(period, None, self._moment_s(now_us))
        return live

    def advance_candle(self, market: int, period: str, now_us: int) -> LiveCandle:
        """The same, with everything closed that has ended."""
        live = self.live_candle(market, period, now_us)
        live.advance(self._moment_s(now_us))
        return live

    def _moment_s(self, now_us: int) -> int:
        """What time it is for candles: that of the last batch, or of the clock when it is well past it."""
        return max(self.timestamp // _US, now_us // _US - CLOSING_GRACE_S)

    def _ticker_of(self, market: int) -> TickerWindow:
        window = self._tickers.get(market)
        if window is None:
            window = self._tickers[market] = TickerWindow(self.listing.markets[market].scale)
        return window

    def _trades_of(self, market: int) -> RecentTrades:
        recent = self._trades.get(market)
        if recent is None:  # of a market that was listed after the start
            recent = self._trades[market] = RecentTrades((), 0)
        return recent
