"""Resting orders of one market: price levels, time priority, depth."""

from constellation.orderbook.book import OrderBook
from constellation.orderbook.level import Level
from constellation.orderbook.order import Order

__all__ = ["Level", "Order", "OrderBook"]
