"""The trader's client: methods in front of a connection that repairs itself."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from decimal import Decimal
from os import PathLike
from ssl import SSLContext
from types import TracebackType
from typing import Self, TypeVar

from constellation.protocol.messages import (
    AccountSnapshot,
    BookSnapshot,
    CloseAccount,
    DismissAgent,
    Memo,
    MergeSubAccount,
    ModeInForce,
    Operation,
    Proposals,
    Settings,
    SignedProposal,
    SignedRequest,
    SignedRequestBatch,
    StateEntryType,
    StateProof,
)
from constellation.protocol.signing import KeyPair, Signer
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms
from constellation.sdk import operations
from constellation.sdk.auditors import AuditorAnswer, hand_to_auditors
from constellation.sdk.batch import (
    BatchOperation,
    MarketOrder,
    Order,
    Pay,
    PayOnPath,
    Replace,
    translate,
    translate_batch,
)
from constellation.sdk.connection import Connection
from constellation.sdk.errors import InvalidRequest, OutcomeUnknown, VerificationFailed
from constellation.sdk.history import HistoryItem, HistoryPage, OrdersPage, PastOrder
from constellation.sdk.history_queries import Moment, history_query, orders_query
from constellation.sdk.history_reader import PastReader, all_items, all_orders
from constellation.sdk.keys import LockName, RightName, WalletRequest, account_lock, appointment, wallet_request
from constellation.sdk.leaving import withdraw_all
from constellation.sdk.markets import Catalogue, Market
from constellation.sdk.numbers import Number
from constellation.sdk.operations import (
    SelfTradePreventionName,
    SideName,
    TimeInForceName,
    TriggerName,
    parse_key,
)
from constellation.sdk.options import ClientOptions, load_settings
from constellation.sdk.proven import ProofReader, Proven, ProvenAccount, order_identity
from constellation.sdk.receipts import Event, Receipt
from constellation.sdk.sub_accounts import account_meant, checked_number
from constellation.sdk.tracker import Gap
from constellation.sdk.views import Account, ArmedOrder, OpenOrder, OpenWithdrawal, OrderBook, account_view, book_view

__all__ = ["Client"]

_T = TypeVar("_T")
_MINUTE_S = 60


class Client:
    """One account's client of one constellation; used with ``async with``.

    Every answer is verified before a method returns: alpha's signature, the inclusion of exactly the signed
    request and its effects. When the connection breaks it is opened again, and requests without an answer are
    sent again as the same signed bytes, which are executed at most once.

    Args:
        url: of alpha's gateway, ``wss://…`` or ``ws://…``.
        settings: of the constellation at genesis, or the path of their JSON document. Others come into force by
            decisions of the auditors; the client learns them with a proof, never from alpha's word.
        key_pair: the account's, or of an agent of another ``account``.
        options: times and bounds.
        ssl: for ``wss://`` with an own certificate authority.
        after: number of the last effect that an earlier run of this program has seen (``Event.last_number``, and
            that of receipts); :meth:`events` then starts with what happened since, even while the program was
            not running. Without it, events start with the present.
        account: ``G…`` or 32 bytes of the account that ``key_pair`` signs for: as an agent, or as its owner after the
            key was rotated. Without it, that of the key pair itself.
        sub_account: the number of that account's sub-account that this client is for.
    """

    def __init__(
        self,
        url: str,
        settings: Settings | str | PathLike[str],
        key_pair: Signer,
        options: ClientOptions | None = None,
        ssl: SSLContext | None = None,
        after: int | None = None,
        account: str | bytes | None = None,
        sub_account: int | None = None,
    ) -> None:
        genesis = load_settings(settings)
        self._key_pair = key_pair
        options = options or ClientOptions()
        self._auditor_urls = options.auditor_urls
        named = None if account is None else parse_key(account)
        if sub_account is not None:
            named = account_meant(named or key_pair.public, sub_account)
        self._account = key_pair.public if named is None else named
        self._connection = Connection(url, genesis, key_pair, options, ssl, after, named)
        self._proofs = ProofReader(self._connection.catalogue, self._account, lambda: self._connection.terms)
        self._catalogue = self._connection.catalogue
        self._past = PastReader(self._connection, self._account)

    @classmethod
    async def connect(
        cls,
        url: str,
        settings: Settings | str | PathLike[str],
        key_pair: Signer,
        options: ClientOptions | None = None,
        ssl: SSLContext | None = None,
        after: int | None = None,
        account: str | bytes | None = None,
        sub_account: int | None = None,
    ) -> Self:
        """A connected client; the arguments are those of the class.

        Raises:
            ConnectionClosed: it cannot be reached, or closed with a reason.
            VerificationFailed: it is not this constellation's alpha.
            ExchangeError: AHEAD: the account has no effect number ``after``.
        """
        client = cls(url, settings, key_pair, options, ssl, after, account, sub_account)
        await client._connection.open()
        return client

    async def __aenter__(self) -> Self:
        await self._connection.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection; may be called again.

        Methods that still wait raise ``OutcomeUnknown`` or ``ConnectionClosed``.
        """
        await self._connection.close()

    @property
    def address(self) -> str:
        """The account, ``G…``."""
        return encode_public_key(self._account)

    @property
    def signer(self) -> str:
        """The key that signs for it, ``G…``."""
        return self._key_pair.address

    @property
    def reconnects(self) -> int:
        """How often the connection was opened again after it broke."""
        return max(0, self._connection.openings - 1)

    @property
    def is_connected(self) -> bool:
        """Whether there is a connection to alpha now on which requests are answered."""
        return self._connection.is_connected

    @property
    def mode(self) -> ModeInForce | None:
        """How much alpha lets clients do, as it said last; None before the first connection.

        It is alpha's word, and not proven: alpha could refuse everything without saying so.
        """
        return self._connection.mode

    async def mode_changed(self) -> None:
        """Wait until alpha says that it lets clients do more or less."""
        await self._connection.mode_changed()

    @property
    def clock_us(self) -> int:
        """Alpha's clock in microseconds since 1970, behind by no more than the way of one message.

        Nonces and deadlines follow it, never this computer's clock.
        """
        return self._connection.clock_us

    @property
    def catalogue(self) -> Catalogue:
        """Assets and markets by name."""
        return self._catalogue

    def observe(self, take: Callable[[Receipt], None]) -> None:
        """Have each receipt of this client told to ``take``, too, in the order in which they come."""
        self._connection.observer = take

    @property
    def settings(self) -> Settings:
        """In force, as far as it is proven."""
        return self._catalogue.settings

    @property
    def terms(self) -> Terms:
        """The settings of genesis and the appointments since: who alpha and the auditors are, as far as it is shown."""
        return self._connection.terms

    @property
    def settings_version(self) -> int:
        """How often they were changed until then."""
        return self._connection.settings_version

    @property
    def announced_version(self) -> int:
        """The version that alpha says is in force; where it is later than the proven one, its proof is on its way."""
        return self._connection.announced_version

    async def learn_settings(self) -> Settings:
        """Ask for the settings in force and their proof; alpha tells of changes by itself, so this is seldom needed.

        Raises:
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        await self._connection.learn_settings()
        return self.settings

    @property
    def assets(self) -> tuple[str, ...]:
        """Names of the listed assets."""
        return tuple(self._catalogue.asset_names)

    @property
    def markets(self) -> tuple[Market, ...]:
        """The listed markets."""
        return tuple(self._catalogue.markets)

    def market(self, name: str) -> Market:
        """The rules of a market such as ``XLM/USD``, with ``round_price`` and ``round_amount``.

        Raises:
            InvalidRequest: it is not listed.
        """
        return self._catalogue.market(name)

    async def pay(self, destination: str | bytes, asset: str, amount: Number, memo: str | None = None) -> Receipt:
        """Pay another account of the constellation; with lumens, this can open it.

        Args:
            destination: ``G…`` or 32 bytes.
            asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            amount: text, int or Decimal.
            memo: what the other one is told: up to 64 bytes of text without control characters.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.payment(self._catalogue, destination, asset, amount, memo))

    async def pay_many(self, payments: Sequence[Pay | PayOnPath]) -> tuple[Receipt, ...]:
        """Make up to 100 payments under one signature: all of them, or, where one breaks a rule, none.

        Returns:
            A receipt for each.

        Raises:
            ExchangeError: which one is refused, and why; nothing happened.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        for payment in payments:
            if not isinstance(payment, Pay | PayOnPath):
                raise InvalidRequest(f"a {type(payment).__name__} is no payment")
        return await self.submit_batch(payments, all_or_nothing=True)

    async def pay_on_path(
        self,
        destination: str | bytes,
        send_asset: str,
        receive_asset: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        path: Sequence[str] | None = None,
        memo: str | None = None,
    ) -> Receipt:
        """Pay with one asset what arrives as another one, bought at once on one market or two.

        Either ``send_amount`` and ``receive_min`` are given: up to so much is sent, in whole lots, and all that it buys
        arrives. Or ``receive_amount`` and ``send_max``: just so much arrives. What is left over stays in this account.

        Args:
            destination: ``G…`` or 32 bytes, of an open account.
            send_asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            receive_asset: another one.
            send_amount: text, int or Decimal, as all of them.
            receive_min: it is refused when less would arrive.
            receive_amount: what arrives.
            send_max: it is refused when it would cost more.
            path: the markets, the first of which trades ``send_asset``; none: the one that trades both.
            memo: what the other one is told: up to 64 bytes of text without control characters.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        payment = PayOnPath(
            destination, send_asset, receive_asset, send_amount, receive_min, receive_amount, send_max, path, memo
        )
        return await self.submit(payment)

    async def convert(
        self,
        send_asset: str,
        receive_asset: str,
        *,
        send_amount: Number | None = None,
        receive_min: Number | None = None,
        receive_amount: Number | None = None,
        send_max: Number | None = None,
        path: Sequence[str] | None = None,
    ) -> Receipt:
        """Change money of one asset into another one: a payment on a path to this account, see :meth:`pay_on_path`.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        payment = PayOnPath(
            self._account, send_asset, receive_asset, send_amount, receive_min, receive_amount, send_max, path
        )
        return await self.submit(payment)

    async def open_hold(self, beneficiary: str | bytes, asset: str, amount: Number, expires_at_us: int) -> Receipt:
        """Reserve money for another account, which may take it, all or a part, until the hold lapses.

        The receipt's apex is the hold's id. Only the beneficiary can end it before its time.

        Args:
            beneficiary: ``G…`` or 32 bytes.
            asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            amount: text, int or Decimal.
            expires_at_us: when it lapses, in microseconds since 1970.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        hold = operations.open_hold(self._catalogue, beneficiary, asset, amount, expires_at_us)
        return await self._submit(hold)

    async def capture_hold(self, hold_id: int, amount: Number) -> Receipt:
        """Take money of a hold for this account; what is left of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.capture_hold(hold_id, amount))

    async def release_hold(self, hold_id: int) -> Receipt:
        """Give up a hold for this account: all of it is its owner's again.

        Raises:
            ExchangeError: HOLD_NOT_FOUND: it is closed, or for another account.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.release_hold(hold_id))

    async def create_order(
        self,
        market: str,
        side: SideName,
        price: Number,
        amount: Number,
        time_in_force: TimeInForceName = "GTC",
        *,
        post_only: bool = False,
        self_trade_prevention: SelfTradePreventionName = "cancel_newest",
        client_order_id: str | None = None,
        expires_at_us: int | None = None,
        trigger: TriggerName | None = None,
        trigger_price: Number | None = None,
    ) -> Receipt:
        """Place a limit order, or arm it; the receipt has its id and its first fills.

        Args:
            market: such as ``XLM/USD``.
            side: ``buy`` or ``sell``.
            price: of quote per base, a multiple of the tick.
            amount: of base, a multiple of the lot.
            time_in_force: ``GTC`` rests what is not filled, ``IOC`` cancels it, ``FOK`` refuses the order unless all of
                it can be filled at once.
            post_only: refuse the order if any of it would be filled at once.
            self_trade_prevention: what happens where it meets an order of this account: ``cancel_newest``,
                ``cancel_oldest``, ``cancel_both``, or ``decrement`` both by the smaller of the two.
            client_order_id: an own name of up to 36 characters, unique among the account's open orders.
            expires_at_us: when it is closed, if it is still open, in microseconds since 1970 (good till time).
            trigger: ``stop`` or ``take_profit``: the order waits until the last price gets to ``trigger_price``: from
                below for a stop that buys or a take-profit that sells, else from above.
            trigger_price: what it waits for.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        order = Order(
            market,
            side,
            price,
            amount,
            time_in_force,
            post_only,
            self_trade_prevention,
            client_order_id,
            expires_at_us,
            trigger,
            trigger_price,
        )
        return await self.submit(order)

    async def create_market_order(
        self,
        market: str,
        side: SideName,
        amount: Number | None = None,
        budget: Number | None = None,
        *,
        self_trade_prevention: SelfTradePreventionName = "cancel_newest",
        client_order_id: str | None = None,
        expires_at_us: int | None = None,
        trigger: TriggerName | None = None,
        trigger_price: Number | None = None,
    ) -> Receipt:
        """Buy or sell at once, or when it is triggered, as far as the book and the market's price band go.

        Args:
            market: such as ``XLM/USD``.
            side: ``buy`` or ``sell``.
            amount: of base, a multiple of the lot.
            budget: of quote, in its place: buy for at most so much.
            self_trade_prevention: as for a limit order.
            client_order_id: as for a limit order.
            expires_at_us: until when it waits for its trigger, in microseconds since 1970.
            trigger: as for a limit order; a buy that waits has a budget.
            trigger_price: as for a limit order.

        Raises:
            ExchangeError: WOULD_NOT_FILL: there is nothing to meet.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        facts = self_trade_prevention, client_order_id, expires_at_us, trigger, trigger_price
        order = MarketOrder(market, side, amount, budget, *facts)
        return await self.submit(order)

    async def replace_order(
        self,
        market: str,
        order_id: int | str,
        price: Number,
        amount: Number,
        *,
        if_remaining: Number | None = None,
        post_only: bool | None = None,
        self_trade_prevention: SelfTradePreventionName | None = None,
        client_order_id: str | None = None,
        expires_at_us: int | None = None,
    ) -> Receipt:
        """Change an open order at a stroke: nobody can be filled in between.

        Less of it at the same price, and nothing said beside, keeps its id and its place in the queue. Anything else is
        a new order with an id of its own, behind all others at its price; where nothing is said beside, it keeps its
        client order id and its time.

        Args:
            market: of the order.
            order_id: its id, or its client order id.
            price: from now on.
            amount: that shall remain.
            if_remaining: refuse, ORDER_CHANGED, unless just so much remains now.
            post_only: refuse a new order if any of it would be filled at once.
            self_trade_prevention: as for a limit order.
            client_order_id: of a new order.
            expires_at_us: of a new order.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        said = if_remaining, post_only, self_trade_prevention, client_order_id, expires_at_us
        change = Replace(market, order_id, price, amount, *said)
        return await self.submit(change)

    async def cancel_all_after(self, timeout_s: int) -> Receipt:
        """Have all open orders cancelled after this time unless it is put off before: a dead man's switch.

        Args:
            timeout_s: from the time at which this is ordered; 0 takes it back.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.cancel_all_after(timeout_s))

    async def cancel_order(self, order_id: int | str) -> Receipt:
        """Take an open order off the book, by its id or by its client order id.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.cancel_order(order_id))

    async def cancel_all_orders(self, market: str | None = None) -> Receipt:
        """Take all open orders off the books, or those of one market, the oldest first; 1,000 at most in one call.

        Raises:
            ExchangeError: ORDER_NOT_FOUND: there is none.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.cancel_all_orders(self._catalogue, market))

    async def withdraw(
        self, asset: str, amount: Number, destination: str | bytes, memo: Memo = None, *, create: bool = False
    ) -> Receipt:
        """Withdraw to a Stellar account; ``WithdrawalClosed`` among the events says how it ended.

        Args:
            asset: such as ``XLM``, ``USD`` or ``USD:G…``.
            amount: text, int or Decimal.
            destination: ``G…``, ``M…`` or 32 bytes.
            memo: text of up to 28 bytes, a number, or None.
            create: the destination is not on the ledger yet: the lumens create it.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        target = operations.ledger_destination(destination, memo, create=create)
        return await self._submit(operations.withdrawal(self._catalogue, asset, amount, target))

    async def close_account(self, destination: str | bytes, memo: Memo = None, *, create: bool = False) -> Receipt:
        """Withdraw all lumens, the minimum balance with them; everything else must be withdrawn before.

        A later deposit opens the account again.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        target = operations.ledger_destination(destination, memo, create=create)
        return await self._submit(CloseAccount(target))

    async def withdraw_all(
        self, destination: str | bytes, memo: Memo = None, *, create: bool = False, timeout_s: float | None = None
    ) -> list[Receipt]:
        """Withdraw everything and close the account: other assets first, then, when they have arrived, the lumens.

        Args:
            destination: ``G…``, ``M…`` or 32 bytes; it must trust every asset that is withdrawn.
            memo: text of up to 28 bytes, a number, or None.
            create: the destination is not on the ledger yet: the lumens create it, and there may be nothing else.
            timeout_s: how long to wait for the ledger; by default, until withdrawals lapse, and a minute.

        Returns:
            The receipts; the last one is of the closing, whose payment is then on its way.

        Raises:
            InvalidRequest: orders are open, or other assets cannot go to an account that is created.
            NotClosed: the exchange or the ledger refused something, or it took too long; call again.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        together = self.settings.limits.withdrawals
        patience_s = self.settings.withdrawal_lifetime_s + _MINUTE_S if timeout_s is None else timeout_s
        return await withdraw_all(self, destination, memo, create=create, together=together, timeout_s=patience_s)

    async def register_routing(self, routing_id: int | None = None) -> int:
        """Register a number that names this account in deposits, as a memo or as the vault's muxed id; for ever.

        Args:
            routing_id: from 1 to 2^64 - 1; None draws a long one at random, which nobody types by mistake and which
                every wallet can write.

        Returns:
            the number.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        number = operations.random_routing_id() if routing_id is None else routing_id
        await self._submit(operations.register_routing(number))
        return number

    async def appoint_agent(self, agent: str | bytes, rights: Sequence[RightName], expires_at: Moment) -> Receipt:
        """Let another key sign for this account; again for the same key: with other rights and another expiry.

        Args:
            agent: ``G…`` or 32 bytes; a key that never leaves the bot that uses it.
            rights: among ``trade`` (orders and cancels), ``pay`` and ``withdraw``.
            expires_at: a datetime with its zone, or microseconds since 1970: the last moment at which it may.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(appointment(agent, rights, expires_at))

    async def dismiss_agent(self, agent: str | bytes) -> Receipt:
        """Take all rights from an agent; its connections end.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(DismissAgent(parse_key(agent)))

    async def open_sub_account(self, number: int, amount: Number) -> Receipt:
        """Open a sub-account with lumens of this account; a client of its own, with ``sub_account``, acts for it.

        Args:
            number: from 1 to 16.
            amount: of lumens, at least the minimum balance.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(operations.open_sub_account(number, amount))

    async def merge_sub_account(self, number: int) -> Receipt:
        """Take all that a sub-account has back to this account; it can be opened again.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(MergeSubAccount(checked_number(number)))

    def sub_account_address(self, number: int) -> str:
        """The address of this account's sub-account with a number, ``G…``, whether it is open or not.

        Raises:
            InvalidRequest: no sub-account can have the number.
        """
        return encode_public_key(account_meant(self._account, number))

    async def rotate_key(self, new_key: KeyPair) -> Receipt:
        """Make another key the owner's, of sub-accounts too, and dismiss all agents; the account's address stays.

        This client's key is worth nothing then, and alpha ends its connection once that is final. Go on with a new
        client: ``Client(url, settings, new_key, account=client.address)``.

        Args:
            new_key: it signs that it agrees, so that nobody locks himself out.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        (receipt,) = await self._connection.submit(lambda session: session.submit_rotation(new_key))
        return receipt

    async def lock(self, locks: Sequence[LockName], until: Moment | None = None) -> Receipt:
        """Lock what nobody can ask for then, this client neither; it replaces the lock before, and cancels always work.

        Args:
            locks: among ``trading``, ``payments`` and ``withdrawals`` (and closing the account); none: unlock.
            until: a datetime with its zone, or microseconds since 1970. Before that the lock can only be made longer
                and wider, whoever has the key. Without it, the owner unlocks.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(account_lock(locks, until))

    def wallet_appointment(
        self, account: str | bytes, rights: Sequence[RightName], expires_at: Moment, owner: str | bytes | None = None
    ) -> WalletRequest:
        """The text by which the owner of another account appoints this client's key, signed with a Stellar wallet.

        It is good for as long as the settings let a request be valid; then make another one.

        Args:
            account: whose agent this key shall be.
            rights: as in :meth:`appoint_agent`.
            expires_at: as in :meth:`appoint_agent`.
            owner: the key that owns the account, where it was rotated.

        Raises:
            InvalidRequest: an argument makes no sense.
        """
        operation = appointment(self._key_pair.public, rights, expires_at)
        return wallet_request(self.settings, self.clock_us, parse_key(account), owner, operation)

    def wallet_routing(self, routing_id: int | None = None, owner: str | bytes | None = None) -> WalletRequest:
        """The text by which this account's owner registers a number for deposits, signed with a Stellar wallet.

        So an agent can get its account one. It is good for as long as the settings let a request be valid.

        Args:
            routing_id: as in :meth:`register_routing`.
            owner: the key that owns the account, where that is not its own.

        Raises:
            InvalidRequest: an argument makes no sense.
        """
        number = operations.random_routing_id() if routing_id is None else routing_id
        operation = operations.register_routing(number)
        return wallet_request(self.settings, self.clock_us, self._account, owner, operation)

    def wallet_dismissal(self, agent: str | bytes, owner: str | bytes | None = None) -> WalletRequest:
        """The text by which this account's owner takes all rights from an agent, signed with a Stellar wallet.

        It is good for as long as the settings let a request be valid.

        Args:
            agent: which it is; it can be this client's own key.
            owner: the key that owns the account, where that is not its own.

        Raises:
            InvalidRequest: an argument makes no sense.
        """
        operation = DismissAgent(parse_key(agent))
        return wallet_request(self.settings, self.clock_us, self._account, owner, operation)

    async def bring(self, request: SignedRequest) -> Receipt:
        """Bring what an owner has signed: for this account, or the appointment of this client's key by another one.

        Args:
            request: of :meth:`wallet_appointment`, :meth:`wallet_routing` or :meth:`wallet_dismissal`, signed.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        (receipt,) = await self._connection.submit(lambda session: session.bring(request))
        return receipt

    async def resend(self, request: SignedRequest) -> Receipt:
        """Send signed bytes again whose outcome is unknown, also those of an earlier process.

        Raises:
            SdkError: as the first time.
        """
        (receipt,) = await self._connection.submit(lambda session: session.resend(request))
        return receipt

    async def resend_batch(self, batch: SignedRequestBatch) -> tuple[Receipt, ...]:
        """The same for a batch of requests: one receipt for each operation.

        Raises:
            SdkError: as the first time.
        """
        return await self._connection.submit(lambda session: session.resend(batch))

    async def ask_auditors(self, request: SignedRequest | OutcomeUnknown) -> tuple[AuditorAnswer, ...]:
        """Hand a request whose outcome is unknown to the auditors of ``auditor_urls``, who pass it on to alpha.

        It needs no connection to alpha, and is always safe: the same bytes are executed at most once. What became of
        the request then, ``retry()`` or :meth:`resend` tell; an auditor that took it shows at its ``/status`` whether
        it still waits. A request that alpha never orders expires, and is counted there.

        Args:
            request: signed bytes, also those of an earlier process; or the error that holds them.

        Returns:
            what each auditor said, in the order of ``auditor_urls``; nobody's word is more than that.

        Raises:
            InvalidRequest: there are no ``auditor_urls``, or it is a batch, which auditors do not pass on.
        """
        if not self._auditor_urls:
            raise InvalidRequest("ClientOptions.auditor_urls says where auditors are; there are none")
        signed = request.request if isinstance(request, OutcomeUnknown) else request
        if not isinstance(signed, SignedRequest):
            raise InvalidRequest("auditors pass on single requests alone, no batches")
        return await hand_to_auditors(signed, self._auditor_urls)

    async def _submit(self, operation: Operation) -> Receipt:
        (receipt,) = await self._connection.submit(lambda session: session.submit(operation))
        return receipt

    async def submit_batch(
        self, operations: Sequence[BatchOperation], *, all_or_nothing: bool = False
    ) -> tuple[Receipt, ...]:
        """Sign once for up to 100 payments, orders and cancels, which are executed one after the other, at once.

        It costs alpha much less than so many requests, and counts as so many of the account's rate. An operation that
        breaks a rule is answered with a receipt whose ``refusal`` says why, and the others are executed.

        Args:
            operations: :class:`Pay`, :class:`Order`, :class:`Cancel` and :class:`CancelAll`, in the order of execution.
            all_or_nothing: if one operation breaks a rule, none is executed, and the refusal is raised.

        Returns:
            A receipt for each operation, each with its own apex, effects and proof.

        Raises:
            InvalidRequest: there are none, more than 100, or one has wrong arguments; nothing was sent.
            ExchangeError: the batch was refused: nothing happened.
            OutcomeUnknown: ``retry_batch()`` sends the same signed bytes again.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        translated = translate_batch(self._catalogue, operations)
        return await self._connection.submit(
            lambda session: session.submit_batch(translated, all_or_nothing=all_or_nothing)
        )

    async def submit(self, operation: BatchOperation) -> Receipt:
        """Sign one payment, order or cancel, given as for a batch, as a request of its own.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        return await self._submit(translate(self._catalogue, operation))

    async def account(self, sub_account: int | None = None) -> Account:
        """The own account, or a sub-account: balances, open orders, withdrawals. Alpha's word, not proven.

        Raises:
            ExchangeError: OWNER_ONLY: only the owner sees sub-accounts.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        key = account_meant(self._account, sub_account)
        snapshot = await self._connection.query(lambda session: session.query_account(sub_account))
        assert isinstance(snapshot, AccountSnapshot)
        return await self._named(lambda: account_view(self._catalogue, key, snapshot))

    async def _named(self, view: Callable[[], _T]) -> _T:
        """What ``view`` gives; where it names something that is not known, the settings are asked for first."""
        try:
            return view()
        except IndexError:
            await self.learn_settings()
        try:
            return view()
        except IndexError:
            raise VerificationFailed("names", "alpha names an asset or a market that is not listed") from None

    async def prove_account(self) -> Proven[ProvenAccount | None]:
        """The own balances with a proof that a quorum of auditors has signed them, as of the last checkpoint.

        Raises:
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.ACCOUNT_ENTRY, self._account)
        return await self._named(lambda: self._proofs.account(proof))

    async def prove_order(self, order_id: int) -> Proven[OpenOrder]:
        """An own open order with its proof, as of the last checkpoint.

        Raises:
            ExchangeError: UNAUTHORIZED: there was no such order of this account.
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.ORDER_ENTRY, order_identity(order_id))
        return await self._named(lambda: self._proofs.order(order_id, proof))

    async def prove_armed_order(self, order_id: int) -> Proven[ArmedOrder]:
        """An own order that waits for its trigger, with its proof, as of the last checkpoint.

        Raises:
            ExchangeError: UNAUTHORIZED: no such order of this account was waiting.
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.ARMED_ENTRY, order_identity(order_id))
        return await self._named(lambda: self._proofs.armed_order(order_id, proof))

    async def prove_withdrawal(self, withdrawal_id: int) -> Proven[OpenWithdrawal]:
        """An own unsettled withdrawal with its proof, as of the last checkpoint.

        Raises:
            ExchangeError: UNAUTHORIZED: there was no such withdrawal of this account.
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.WITHDRAWAL_ENTRY, order_identity(withdrawal_id))
        return await self._named(lambda: self._proofs.withdrawal(withdrawal_id, proof))

    async def prove_totals(self) -> Proven[Mapping[str, Decimal]]:
        """What all accounts together own of each asset, with its proof: compare it with the vault on the ledger.

        Raises:
            VerificationFailed: the proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self.prove_entry(StateEntryType.COUNTERS_ENTRY, b"")
        return await self._named(lambda: self._proofs.totals(proof))

    async def prove_entry(self, kind: StateEntryType, identity: bytes) -> StateProof:
        """The entry of a kind and its proof as alpha sent it, not checked; see :func:`check_state`.

        Raises:
            ExchangeError: UNAUTHORIZED: it is another account's.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        proof = await self._connection.query(lambda session: session.query_proof(kind, identity))
        if not isinstance(proof, StateProof):
            raise VerificationFailed("state proof", "alpha answered with something else")
        return proof

    async def propose(self, signed: SignedProposal) -> Proposals:
        """Send an auditor's signed proposal; what is open then, in alpha's words.

        Raises:
            ExchangeError: why it does not count.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        found = await self._connection.query(lambda session: session.propose(signed))
        assert isinstance(found, Proposals)
        return found

    async def proposals(self) -> Proposals:
        """What is proposed and not decided. Alpha's word; the signatures can be checked.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        found = await self._connection.query(lambda session: session.query_proposals())
        assert isinstance(found, Proposals)
        return found

    async def order_book(self, market: str, levels: int = 20) -> OrderBook:
        """The best levels of a market. Alpha's word, not proven.

        Args:
            market: such as ``XLM/USD``.
            levels: of each side, at most 200.

        Raises:
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        rules = self._catalogue.market(market)
        snapshot = await self._connection.query(lambda session: session.query_book(rules.market_id, levels))
        assert isinstance(snapshot, BookSnapshot)
        return book_view(rules, snapshot)

    async def history_page(
        self,
        *,
        kinds: Sequence[str] = (),
        asset: str | None = None,
        market: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int = 100,
        proofs: bool = False,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> HistoryPage:
        """A page of what has happened to the account and is final, for ever; a chronicler's word unless proven.

        Args:
            kinds: such as ``trade``, ``deposit``, ``payment``, ``order``, ``withdrawal``, ``balance``; none: all.
            asset: only what is of this asset.
            market: only what is of this market, such as ``XLM/USD``.
            since: a datetime with its zone, or microseconds since 1970; inclusive.
            until: the same; exclusive.
            newest_first: in the order of time otherwise.
            after: the ``cursor`` of the page before.
            limit: from 1 to 1000 items, with proofs to 64; a page may have fewer although there are more.
            proofs: verify with the auditors' signatures that each item has happened, and is final.
            min_apex: the page includes everything up to this quantum; by default, up to this client's last receipt.
            sub_account: the number of the sub-account whose history it is, for the owner alone.

        Raises:
            InvalidRequest: an argument makes no sense; nothing was sent.
            ExchangeError: NO_HISTORY: this alpha has no chronicler; NOT_READY: it is not as far yet, or away.
            VerificationFailed: the page does not answer the question, or a proof does not hold.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        query = history_query(
            self._catalogue,
            kinds=kinds,
            asset=asset,
            market=market,
            since=since,
            until=until,
            newest_first=newest_first,
            after=after,
            limit=limit,
            proofs=proofs,
            min_apex=self._connection.receipt_apex if min_apex is None else min_apex,
            sub_account=sub_account,
        )
        return await self._named(await self._past.history_page(query))

    def history(
        self,
        *,
        kinds: Sequence[str] = (),
        asset: str | None = None,
        market: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int | None = None,
        proofs: bool = False,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> AsyncIterator[HistoryItem]:
        """Everything that has happened to the account, or the first ``limit`` items of it, page by page.

        It waits where the account's rate is used up. The arguments and errors are those of :meth:`history_page`.
        """

        async def read(cursor: str | None, most: int) -> HistoryPage:
            return await self.history_page(
                kinds=kinds,
                asset=asset,
                market=market,
                since=since,
                until=until,
                newest_first=newest_first,
                after=cursor,
                limit=most,
                proofs=proofs,
                min_apex=min_apex,
                sub_account=sub_account,
            )

        return all_items(read, after, limit, proofs=proofs)

    async def orders_page(
        self,
        *,
        market: str | None = None,
        open: bool | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int = 100,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> OrdersPage:
        """A page of the account's orders and what became of them; a chronicler's word, not proven.

        Args:
            market: only of this market.
            open: only those that are open, or only those that are not.
            since: placed at this time or later.
            until: placed before this time.
            newest_first: in the order of time otherwise.
            after: the ``cursor`` of the page before.
            limit: from 1 to 1000.
            min_apex: as in :meth:`history_page`.
            sub_account: as in :meth:`history_page`.

        Raises:
            SdkError: see :meth:`history_page`.
        """
        query = orders_query(
            self._catalogue,
            market=market,
            is_open=open,
            since=since,
            until=until,
            newest_first=newest_first,
            after=after,
            limit=limit,
            min_apex=self._connection.receipt_apex if min_apex is None else min_apex,
            sub_account=sub_account,
        )
        return await self._named(await self._past.orders_page(query))

    def orders(
        self,
        *,
        market: str | None = None,
        open: bool | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        newest_first: bool = False,
        after: str | None = None,
        limit: int | None = None,
        min_apex: int | None = None,
        sub_account: int | None = None,
    ) -> AsyncIterator[PastOrder]:
        """All orders of the account, or the first ``limit`` of them; arguments and errors as in :meth:`orders_page`."""

        async def read(cursor: str | None, most: int) -> OrdersPage:
            return await self.orders_page(
                market=market,
                open=open,
                since=since,
                until=until,
                newest_first=newest_first,
                after=cursor,
                limit=most,
                min_apex=min_apex,
                sub_account=sub_account,
            )

        return all_orders(read, after, limit)

    def events(self) -> AsyncIterator[Event | Gap]:
        """Everything that happens to the account without this client's asking: fills, deposits, payments.

        Each event comes once and in order. What happened while there was no connection, or while the program was
        too slow for the bounded queue, is asked for again. Only what alpha does not keep any more is told as a
        :class:`Gap` with the numbers of the effects, after which :meth:`account` tells the present state. The
        stream ends when the client is closed.
        """
        return self._connection.inbox.stream()
