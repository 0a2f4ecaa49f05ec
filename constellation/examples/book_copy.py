"""Follows a market's book without a key, checked against the feed's checksums, and prints its best prices.

python -m constellation.examples.book_copy wss://data.example.org/v1/ws settings.json XLM/USD 10
"""

import asyncio
import sys

from constellation.sdk import Exchange


async def main(feed_url: str, settings: str, symbol: str, changes: str) -> None:
    async with Exchange("", settings, feed_url=feed_url) as exchange:
        for _ in range(int(changes)):
            book = await exchange.watch_order_book(symbol, limit=100)
            bid = f"{book.bids[0].amount} at {book.bids[0].price}" if book.bids else "nobody"
            ask = f"{book.asks[0].amount} at {book.asks[0].price}" if book.asks else "nobody"
            print(f"as of {book.sequence}: {len(book.bids)} bids, best {bid}; {len(book.asks)} asks, best {ask}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
