"""Buys from oneself; `constellation sandbox --no-bots`, in another terminal, prints the four arguments."""

import sys

from constellation.sdk import KeyPair, SyncExchange

url, settings, seller_seed, buyer_seed = sys.argv[1:]
with (
    SyncExchange(url, settings, KeyPair.from_text(seller_seed)) as seller,
    SyncExchange(url, settings, KeyPair.from_text(buyer_seed)) as buyer,
):
    seller.create_order("XLM/USD", "limit", "sell", amount="100", price="0.25")
    order = buyer.create_order("XLM/USD", "limit", "buy", amount="40", price="0.25", params={"timeInForce": "IOC"})
    print(order.status, "at", order.average, "for", order.cost, "USD; fee", order.fee, order.fee_currency)
    proof = buyer.run(order.receipt.final())
    print("verified: quantum", order.id, "is final in batch", proof.batch, "signed by", *proof.auditors)
    print({asset: str(balance.available) for asset, balance in buyer.fetch_balance().items()})
