"""The exchange with the verbs that users of ccxt know; every answer is verified, and amounts are never floats.

::

    async with Exchange("wss://alpha.example.org", "settings.json", key_pair) as exchange:
        order = await exchange.create_order("XLM/USD", "limit", "buy", "100", "0.25")
        print(order.status, order.filled, order.average)

It stands on :class:`constellation.sdk.Client` and :class:`constellation.sdk.MarketFeed`, which remain within reach as
``exchange.client`` and ``exchange.feed`` for what has no verb here: proofs, routing ids, the closing of an account.
"""

from constellation.sdk.exchange_verbs.account import AccountVerbs
from constellation.sdk.exchange_verbs.holds import HoldVerbs
from constellation.sdk.exchange_verbs.order_reads import OrderReadVerbs
from constellation.sdk.exchange_verbs.orders import OrderVerbs
from constellation.sdk.exchange_verbs.owner import OwnerVerbs
from constellation.sdk.exchange_verbs.payments import PaymentVerbs
from constellation.sdk.exchange_verbs.streams import StreamVerbs

__all__ = ["Exchange"]


class Exchange(OrderVerbs, OrderReadVerbs, AccountVerbs, PaymentVerbs, HoldVerbs, OwnerVerbs, StreamVerbs):
    """One account at one constellation, or without a key its markets alone; used with ``async with``.

    A method that changes something returns when alpha's answer is verified, or with ``wait="final"`` when a quorum of
    auditors has signed it. Nonces and deadlines are set by themselves, from alpha's clock, as long as that is not far
    ahead. A lost connection is opened again; requests without an answer are sent again as the same bytes, which are
    executed at most once; whatever is watched goes on.

    A symbol is ``BASE/QUOTE``. An asset is named by its code where only one listed asset has it, and always by
    ``CODE:ISSUER``; lumens are ``XLM``. Where a code is listed twice, the code alone is refused, and names that are
    handed out have the issuer.

    ``since`` is in milliseconds since 1970, as in ccxt. Without it, ``fetch_`` methods return the newest ``limit``
    items, with it the first ones from there on; always the oldest first.

    Args:
        url: of alpha's gateway, ``wss://…`` or ``ws://…``.
        settings: of the constellation at genesis, or the path of their JSON document.
        key_pair: the account's; None for market data alone.
        feed_url: of the market data, ``wss://data.example.org/v1/ws``: for ``watch_order_book``, ``watch_trades``,
            ``fetch_trades``, ``fetch_ticker``, ``fetch_ohlcv`` and the like.
        options: times and bounds.
        ssl: for encrypted addresses, with an own certificate authority.
        wait: what the methods wait for; ``params={"wait": …}`` of each call may say otherwise.
        after: number of the last effect that an earlier run has seen: ``watch_my_trades`` goes on there.
        account: ``G…`` or 32 bytes of the account that ``key_pair`` signs for, as in :class:`Client`.
        sub_account: the number of its sub-account that this exchange is for.

    Attributes:
        own: what is known of the account's orders, trades and balances.
    """
