"""Live market data as a function of certified batches: books, trades, tickers, candles, and the feed of them."""

from constellation.marketdata.book import OpenOrder
from constellation.marketdata.data import MarketData, MarketStart
from constellation.marketdata.endpoint import FeedEndpoint
from constellation.marketdata.errors import FeedCode, FeedError
from constellation.marketdata.frames import text_frame
from constellation.marketdata.hub import MarketHub
from constellation.marketdata.metrics import FeedMetrics
from constellation.marketdata.server import FeedServer

__all__ = [
    "FeedCode",
    "FeedEndpoint",
    "FeedError",
    "FeedMetrics",
    "FeedServer",
    "MarketData",
    "MarketHub",
    "MarketStart",
    "OpenOrder",
    "text_frame",
]
