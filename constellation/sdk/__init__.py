"""The trader's client library.

A first trade::

    import asyncio
    from constellation.sdk import Client, KeyPair

    async def main() -> None:
        key_pair = KeyPair.from_text("S...")
        async with Client("wss://alpha.example.org", "settings.json", key_pair) as client:
            market = client.market("XLM/USD")
            book = await client.order_book(market.name)
            price = book.asks[0].price if book.asks else market.round_price("0.1")
            receipt = await client.create_order(market.name, "buy", price, "100")
            print("executed as quantum", receipt.apex, receipt.effects)
            proof = await receipt.final()
            print("certified by", proof.auditors)

    asyncio.run(main())

What happens without its asking, such as fills of resting orders and deposits::

    async for event in client.events():
        print(event)

Each comes once and in order, also what happened while there was no connection; ``Client(..., after=number)`` starts
where an earlier run has stopped. :meth:`Client.prove_account` and its sisters prove what the state holds.

Many operations go under one signature, each with a receipt of its own::

    receipts = await client.submit_batch([Cancel(7), Order("XLM/USD", "buy", "0.1", "100")])

What happens in the markets comes from a feed, which needs no account::

    async with MarketFeed("wss://data.example.org/v1/ws") as feed:
        async for book in feed.book("XLM/USD", depth=25):
            print(book.bids, book.asks)

Amounts and prices go in as text, int or Decimal, never as float, and come out as Decimal. Every answer is
verified before it is handed out. Errors say whether it is certain that nothing happened: see
:mod:`constellation.sdk.errors`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from constellation.protocol.messages import Code, SignedRequest, SignedRequestBatch, StateProof
    from constellation.protocol.signing import KeyPair
    from constellation.sdk.auditors import AuditorAnswer
    from constellation.sdk.batch import (
        BatchOperation,
        Cancel,
        CancelAll,
        CancelAllAfter,
        Capture,
        Hold,
        MarketOrder,
        Order,
        Pay,
        PayOnPath,
        Release,
        Replace,
    )
    from constellation.sdk.client import Client
    from constellation.sdk.effects import (
        AccountOpened,
        AgentAppointed,
        AgentDismissed,
        BalanceChanged,
        CancelAllScheduled,
        DepositCredited,
        Effect,
        FeeCollected,
        Fill,
        HoldClosed,
        HoldOpened,
        KeyRotated,
        LockChanged,
        OperationRefused,
        OrderArmed,
        OrderClosed,
        OrderPlaced,
        OrderReduced,
        OrderReplaced,
        OrderTriggered,
        OtherEffect,
        PaymentReceived,
        PaymentSent,
        RoutingRegistered,
        SubAccountMerged,
        SubAccountOpened,
        WithdrawalAccepted,
        WithdrawalApproved,
        WithdrawalClosed,
        WithdrawalPrepared,
        WithdrawalWithheld,
    )
    from constellation.sdk.errors import (
        Advice,
        ClocksDiffer,
        ConnectionClosed,
        EventsMissed,
        ExchangeError,
        FeedRefused,
        HistoryReplaced,
        InvalidRequest,
        NetworkError,
        NotClosed,
        NotFinal,
        OutcomeUnknown,
        PartlyDone,
        RequestTimeout,
        SdkError,
        VerificationFailed,
    )
    from constellation.sdk.exchange import Exchange
    from constellation.sdk.feed_views import BestPrices, Candle, MarketTrade, Ticker, TradeGap
    from constellation.sdk.held import AgentState, HoldState
    from constellation.sdk.history import HistoryItem, HistoryPage, OrdersPage, PastOrder
    from constellation.sdk.keys import AgentKey, Lock, WalletRequest
    from constellation.sdk.local_book import FeedBook, FeedLevel
    from constellation.sdk.market_feed import MarketFeed
    from constellation.sdk.markets import Market
    from constellation.sdk.options import ClientOptions
    from constellation.sdk.order_params import OrderRequest
    from constellation.sdk.proven import Proven, ProvenAccount, account_key, check_state
    from constellation.sdk.receipts import Event, Receipt
    from constellation.sdk.refusals import (
        AccountNotEnabled,
        AuthenticationError,
        BadRequest,
        BadSymbol,
        DuplicateOrderId,
        ExchangeNotAvailable,
        InsufficientFunds,
        InvalidAddress,
        InvalidNonce,
        InvalidOrder,
        MarketClosed,
        NotSupported,
        OnMaintenance,
        OperationRejected,
        OrderImmediatelyFillable,
        OrderNotFillable,
        OrderNotFound,
        PermissionDenied,
        RateLimitExceeded,
    )
    from constellation.sdk.sync_exchange import SyncExchange
    from constellation.sdk.tracker import Gap
    from constellation.sdk.unified import (
        Balances,
        Conversion,
        LedgerEntry,
        OrderState,
        OwnAccount,
        OwnTrade,
        Status,
        Transaction,
        Transfer,
    )
    from constellation.sdk.verifier import FinalProof, check_final
    from constellation.sdk.views import (
        Account,
        ArmedOrder,
        Balance,
        BookLine,
        OpenHold,
        OpenOrder,
        OpenWithdrawal,
        OrderBook,
    )

__all__ = [
    "Account",
    "AccountNotEnabled",
    "AccountOpened",
    "Advice",
    "AgentAppointed",
    "AgentDismissed",
    "AgentKey",
    "AgentState",
    "ArmedOrder",
    "AuditorAnswer",
    "AuthenticationError",
    "BadRequest",
    "BadSymbol",
    "Balance",
    "BalanceChanged",
    "Balances",
    "BatchOperation",
    "BestPrices",
    "BookLine",
    "Cancel",
    "CancelAll",
    "CancelAllAfter",
    "CancelAllScheduled",
    "Candle",
    "Capture",
    "Client",
    "ClientOptions",
    "ClocksDiffer",
    "Code",
    "ConnectionClosed",
    "Conversion",
    "DepositCredited",
    "DuplicateOrderId",
    "Effect",
    "Event",
    "EventsMissed",
    "Exchange",
    "ExchangeError",
    "ExchangeNotAvailable",
    "FeeCollected",
    "FeedBook",
    "FeedLevel",
    "FeedRefused",
    "Fill",
    "FinalProof",
    "Gap",
    "HistoryItem",
    "HistoryPage",
    "HistoryReplaced",
    "Hold",
    "HoldClosed",
    "HoldOpened",
    "HoldState",
    "InsufficientFunds",
    "InvalidAddress",
    "InvalidNonce",
    "InvalidOrder",
    "InvalidRequest",
    "KeyPair",
    "KeyRotated",
    "LedgerEntry",
    "Lock",
    "LockChanged",
    "Market",
    "MarketClosed",
    "MarketFeed",
    "MarketOrder",
    "MarketTrade",
    "NetworkError",
    "NotClosed",
    "NotFinal",
    "NotSupported",
    "OnMaintenance",
    "OpenHold",
    "OpenOrder",
    "OpenWithdrawal",
    "OperationRefused",
    "OperationRejected",
    "Order",
    "OrderArmed",
    "OrderBook",
    "OrderClosed",
    "OrderImmediatelyFillable",
    "OrderNotFillable",
    "OrderNotFound",
    "OrderPlaced",
    "OrderReduced",
    "OrderReplaced",
    "OrderRequest",
    "OrderState",
    "OrderTriggered",
    "OrdersPage",
    "OtherEffect",
    "OutcomeUnknown",
    "OwnAccount",
    "OwnTrade",
    "PartlyDone",
    "PastOrder",
    "Pay",
    "PayOnPath",
    "PaymentReceived",
    "PaymentSent",
    "PermissionDenied",
    "Proven",
    "ProvenAccount",
    "RateLimitExceeded",
    "Receipt",
    "Release",
    "Replace",
    "RequestTimeout",
    "RoutingRegistered",
    "SdkError",
    "SignedRequest",
    "SignedRequestBatch",
    "StateProof",
    "Status",
    "SubAccountMerged",
    "SubAccountOpened",
    "SyncExchange",
    "Ticker",
    "TradeGap",
    "Transaction",
    "Transfer",
    "VerificationFailed",
    "WalletRequest",
    "WithdrawalAccepted",
    "WithdrawalApproved",
    "WithdrawalClosed",
    "WithdrawalPrepared",
    "WithdrawalWithheld",
    "account_key",
    "check_final",
    "check_state",
]

_HOMES: Final = {
    "protocol.messages": "Code SignedRequest SignedRequestBatch StateProof",
    "protocol.signing": "KeyPair",
    "sdk.batch": (
        "CancelAllAfter Capture Hold MarketOrder Release Replace BatchOperation Cancel CancelAll Order Pay PayOnPath"
    ),
    "sdk.effects": (
        "CancelAllScheduled OrderArmed OrderReplaced OrderTriggered AccountOpened BalanceChanged "
        "AgentAppointed AgentDismissed HoldClosed HoldOpened KeyRotated LockChanged "
        "DepositCredited Effect FeeCollected Fill OperationRefused OrderClosed OrderPlaced OrderReduced "
        "OtherEffect PaymentReceived PaymentSent RoutingRegistered SubAccountMerged SubAccountOpened "
        "WithdrawalAccepted WithdrawalApproved WithdrawalClosed WithdrawalPrepared WithdrawalWithheld"
    ),
    "sdk.views": "ArmedOrder Account Balance BookLine OpenHold OpenOrder OpenWithdrawal OrderBook",
    "sdk.auditors": "AuditorAnswer",
    "sdk.client": "Client",
    "sdk.errors": (
        "Advice ClocksDiffer ConnectionClosed EventsMissed ExchangeError FeedRefused HistoryReplaced InvalidRequest "
        "NetworkError NotClosed NotFinal OutcomeUnknown PartlyDone RequestTimeout SdkError VerificationFailed"
    ),
    "sdk.exchange": "Exchange",
    "sdk.feed_views": "BestPrices Candle MarketTrade Ticker TradeGap",
    "sdk.held": "AgentState HoldState",
    "sdk.history": "HistoryItem HistoryPage OrdersPage PastOrder",
    "sdk.keys": "AgentKey Lock WalletRequest",
    "sdk.local_book": "FeedBook FeedLevel",
    "sdk.market_feed": "MarketFeed",
    "sdk.markets": "Market",
    "sdk.options": "ClientOptions",
    "sdk.order_params": "OrderRequest",
    "sdk.proven": "Proven ProvenAccount account_key check_state",
    "sdk.receipts": "Event Receipt",
    "sdk.refusals": (
        "AccountNotEnabled AuthenticationError BadRequest BadSymbol DuplicateOrderId ExchangeNotAvailable "
        "InsufficientFunds InvalidAddress InvalidNonce InvalidOrder MarketClosed NotSupported OnMaintenance "
        "OperationRejected OrderImmediatelyFillable OrderNotFillable OrderNotFound PermissionDenied "
        "RateLimitExceeded"
    ),
    "sdk.sync_exchange": "SyncExchange",
    "sdk.tracker": "Gap",
    "sdk.unified": "Balances Conversion LedgerEntry OrderState OwnAccount OwnTrade Status Transaction Transfer",
    "sdk.verifier": "FinalProof check_final",
}
"""Where each name is from: the first use of one loads its module, so that the import itself costs next to nothing."""

_HOME_OF: Final = {name: module for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"constellation.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
