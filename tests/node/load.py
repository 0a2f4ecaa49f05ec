"""Traders that work a running constellation and keep their own books, and the history that they are compared with."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from stellar_sdk import Asset

from constellation.load.journal import request_hash
from constellation.node.sandbox import Sandbox
from constellation.protocol.messages import Code, EffectGroup, SignedRequest, WithdrawalOutcome
from constellation.protocol.signing import KeyPair, header_hash, settings_constellation_id
from constellation.quanta import Machine, SealedBatch, Tip, conservation_errors
from constellation.sdk import (
    Account,
    BalanceChanged,
    Client,
    ClientOptions,
    ConnectionClosed,
    DepositCredited,
    Effect,
    Event,
    ExchangeError,
    Fill,
    FinalProof,
    Gap,
    NotFinal,
    OrderClosed,
    OrderPlaced,
    OutcomeUnknown,
    PaymentReceived,
    PaymentSent,
    Receipt,
    SdkError,
    WithdrawalAccepted,
    WithdrawalClosed,
    check_final,
)
from constellation.sdk.effects import translate
from constellation.sdk.markets import Catalogue
from constellation.testing.history import SharedHistory
from constellation.testing.rest import QUIET_S, at_rest

MARKET = "XLM/USD"
_MARGIN_US = 2_000_000
_OPEN_ORDERS = 30
_ANSWER_S = 20.0
_REFUSALS = frozenset({
    Code.INSUFFICIENT_FUNDS, Code.ORDER_NOT_FOUND, Code.NO_QUORUM, Code.SHUTTING_DOWN, Code.TOO_MANY_WITHDRAWALS,
})  # fmt: skip
"""What alpha may say to a trader of this load; anything else is a fault."""
_RETRY_REFUSALS = _REFUSALS | {Code.NONCE_TOO_LOW, Code.EXPIRED}
"""And what it may say to a request that comes a second time."""


@dataclass(slots=True)
class Order:
    """A resting order as its owner counts it."""

    side: str
    price: Decimal
    remaining: Decimal

    def locks(self) -> tuple[str, Decimal]:
        """The asset and the amount that it locks."""
        return ("USD", self.price * self.remaining) if self.side == "buy" else ("XLM", self.remaining)


@dataclass(slots=True)
class Books:
    """What an account's effects add up to, without a word of what alpha says the sum is."""

    totals: dict[str, Decimal] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    withdrawals: dict[int, tuple[str, Decimal]] = field(default_factory=dict)
    told: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def _add(self, asset: str, amount: Decimal) -> None:
        self.totals[asset] = self.totals.get(asset, Decimal(0)) + amount

    def apply(self, effect: Effect) -> None:
        """Count one effect."""
        match effect:
            case DepositCredited() | PaymentReceived():
                self._add(effect.asset, effect.amount)
            case PaymentSent():
                self._add(effect.asset, -effect.amount)
            case Fill():
                self._fill(effect)
            case OrderPlaced():
                self.orders[effect.order_id] = Order(effect.side, effect.price, effect.amount)
            case OrderClosed():
                order = self.orders.pop(effect.order_id, None)
                assert order is None or order.remaining == effect.remaining
            case WithdrawalAccepted():
                self.withdrawals[effect.withdrawal_id] = (effect.asset, effect.amount)
            case WithdrawalClosed():
                asset, amount = self.withdrawals.pop(effect.withdrawal_id)
                if effect.outcome is WithdrawalOutcome.PAID:
                    self._add(asset, -amount)
            case BalanceChanged():
                self.told[effect.asset] = (effect.total, effect.locked)
            case _:
                pass

    def _fill(self, fill: Fill) -> None:
        base, quote = fill.market.split("/")
        if fill.side == "buy":
            self._add(base, fill.amount - fill.fee)
            self._add(quote, -fill.quote_amount)
        else:
            self._add(base, -fill.amount)
            self._add(quote, fill.quote_amount - fill.fee)
        if fill.maker:
            self.orders[fill.order_id].remaining -= fill.amount

    def locked(self) -> dict[str, Decimal]:
        """What open orders and withdrawals lock."""
        locked = dict.fromkeys(self.totals, Decimal(0))
        for asset, amount in [*(order.locks() for order in self.orders.values()), *self.withdrawals.values()]:
            locked[asset] += amount
        return locked

    def check(self, account: Account) -> None:
        """The account is what its effects add up to."""
        locked = self.locked()
        expected = {asset: (total, locked[asset]) for asset, total in self.totals.items()}
        assert {name: (item.total, item.locked) for name, item in account.balances.items()} == expected
        assert self.told == expected
        found = {order.order_id: Order(order.side, order.price, order.remaining) for order in account.orders}
        assert found == self.orders


@dataclass(slots=True, frozen=True)
class Place:
    """An account's effects of one quantum, and where they are in the history."""

    apex: int
    batch: int
    group: EffectGroup


class History:
    """What the nodes' logs say, read and replayed from outside while they run."""

    def __init__(self, sandbox: Sandbox) -> None:
        directories = {node: sandbox.data_directory(node) for node in sandbox.nodes}
        self._shared = SharedHistory(sandbox.settings, directories)
        self.digests = {0: self.tip.digest}
        self.requests: dict[str, list[int]] = {}
        self.senders: dict[bytes, dict[str, None]] = {}
        self.effects: dict[bytes, dict[int, Place]] = {}

    @property
    def machine(self) -> Machine:
        """As of the last batch that was read."""
        return self._shared.machine

    @property
    def tip(self) -> Tip:
        """Of the last batch that was read."""
        return self._shared.tip

    async def read(self, last: int) -> None:
        """Read on up to batch ``last``; all logs must have the same there, and still have what was read before."""
        async with asyncio.timeout(QUIET_S):  # a certificate is told before it is stored
            while self._shared.common < last:
                await asyncio.sleep(0.02)
        for sealed in self._shared.read(last):
            self.digests[sealed.header.number] = sealed.digest
            self._index(sealed)
        assert conservation_errors(self.machine.state) == []

    def _index(self, sealed: SealedBatch) -> None:
        for executed in sealed.executed:
            apex, body = executed.leaf.apex, executed.quantum.body
            if isinstance(body, SignedRequest):
                self.requests.setdefault(request_hash(body), []).append(apex)
                self.senders.setdefault(body.request.account, {})[request_hash(body)] = None
            for group in executed.groups:
                place = Place(apex, sealed.header.number, group)
                self.effects.setdefault(group.account, {})[group.first_number] = place

    def executed_by(self, account: bytes) -> set[str]:
        """All requests of an account that were executed."""
        return set(self.senders.get(account, {}))


class Trader:
    """One account's client under load.

    Args:
        sandbox: where it trades.
        key_pair: with money in the constellation.
        random: what it does, and when.
        timeout_s: how long it waits for an answer.

    Attributes:
        receipts: verified answers, by apex.
        proofs: of those that are final, by apex.
        unknown: requests whose outcome is not known, in the order of their nonces.
        never: requests of unknown outcome that were refused when they came again.
    """

    def __init__(self, sandbox: Sandbox, key_pair: KeyPair, random: Random, timeout_s: float = _ANSWER_S) -> None:
        self._sandbox = sandbox
        self._random = random
        self._catalogue = Catalogue(sandbox.settings)
        self._options = ClientOptions(timeout_s=timeout_s, backoff_max_s=0.5)
        self._tasks: list[asyncio.Task[None]] = []
        self._listener: asyncio.Task[None] | None = None
        self.key_pair = key_pair
        self.others: list[KeyPair] = []
        self.receipts: dict[int, Receipt] = {}
        self.proofs: dict[int, FinalProof] = {}
        self.unknown: dict[str, OutcomeUnknown] = {}
        self.never: dict[str, ExchangeError] = {}
        self.events: dict[int, Event] = {}
        self.gaps: list[Gap] = []
        self.orders: dict[int, None] = {}

    async def open(self) -> None:
        """Connect."""
        self.client = await Client.connect(
            self._sandbox.client_url, self._sandbox.settings, self.key_pair, self._options
        )
        self._listener = asyncio.create_task(self._listen(self.client))

    async def close(self) -> None:
        """Disconnect; nothing may be left that was told and not heard."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.client.close()
        if self._listener is not None:
            await self._listener

    async def _listen(self, client: Client) -> None:
        async for event in client.events():
            if isinstance(event, Gap):
                self.gaps.append(event)
            else:
                assert event.first_number not in self.events, f"effect {event.first_number} came twice as new"
                self.events[event.first_number] = event
                self._note_orders(event.effects)

    def _note_orders(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, OrderPlaced):
                self.orders[effect.order_id] = None
            elif isinstance(effect, OrderClosed):
                self.orders.pop(effect.order_id, None)

    # What it does.

    async def trade(self, stop: asyncio.Event, operations: int, pause_s: float) -> None:
        """Do one operation after the other until ``stop`` is set or the number is reached."""
        for _ in range(operations):
            if stop.is_set():
                return
            await self._attempt()
            await asyncio.sleep(self._random.uniform(0, 2 * pause_s))

    async def _attempt(self) -> None:
        try:
            receipt = await self._operate()
        except ExchangeError as error:
            assert error.code in _REFUSALS, error
        except OutcomeUnknown as error:
            self.unknown[request_hash(error.request)] = error
        except ConnectionClosed as error:
            assert "nothing was executed" in str(error), error
        else:
            self.take(receipt)

    def take(self, receipt: Receipt) -> None:
        """Count an acknowledgement, and wait for its proof."""
        known = self.receipts.get(receipt.apex)
        if known is not None:
            assert known.verified.digest == receipt.verified.digest
            assert known.request == receipt.request
            return
        self.receipts[receipt.apex] = receipt
        self._note_orders(receipt.effects)
        self._tasks.append(asyncio.create_task(self._await_proof(receipt)))

    async def _await_proof(self, receipt: Receipt) -> None:
        try:
            self.proofs[receipt.apex] = await receipt.final(timeout=60)
        except (NotFinal, SdkError):
            return  # missed where it is counted

    async def _operate(self) -> Receipt:
        random, kind = self._random, self._random.random()
        if len(self.orders) > _OPEN_ORDERS or (self.orders and kind < 0.25):
            order_id = random.choice(list(self.orders))
            self.orders.pop(order_id)
            return await self.client.cancel_order(order_id)
        if kind < 0.45:
            asset = random.choice(("XLM", "USD"))
            return await self.client.pay(random.choice(self.others).public, asset, f"0.{random.randint(1, 9999999):07}")
        if kind < 0.48:
            return await self.client.withdraw("USD", "0.5", self.key_pair.public)
        if kind < 0.52:
            return await self.client.pay(random.choice(self.others).public, "XLM", "1000000")
        price = Decimal(2500 + random.randint(-40, 40)) / 10_000
        side = random.choice(("buy", "sell"))
        time_in_force = random.choice(("GTC", "GTC", "GTC", "IOC"))
        return await self.client.create_order(MARKET, side, price, random.randint(1, 20), time_in_force)  # type: ignore[arg-type]

    async def retry(self) -> None:
        """Ask again for every outcome that is not known: now it must become known."""
        if self.unknown and not await self._retry_all():
            # A copy might still be on its way in an old connection; after a higher nonce none can be executed.
            self.take(await self.client.pay(self.others[0].public, "XLM", "0.0000001"))
            assert await self._retry_all(), "still unknown at rest"

    async def _retry_all(self) -> bool:
        for key, error in list(self.unknown.items()):
            try:
                self.take(await self.client.resend(error.request))
            except ExchangeError as refusal:
                assert refusal.code in _RETRY_REFUSALS, refusal
                self.never[key] = refusal
            except OutcomeUnknown:
                continue
            del self.unknown[key]
        return not self.unknown

    async def repeat(self) -> None:
        """The same bytes get the first answer, whatever alpha has been through since."""
        now_us = time.time_ns() // 1000
        answered = [item for item in self.receipts.values() if item.request.request.valid_until > now_us + _MARGIN_US]
        for receipt in {item.apex: item for item in (answered[:1] + answered[-1:])}.values():
            self.take(again := await self.client.resend(receipt.request))
            assert again.apex == receipt.apex

    async def proven(self) -> None:
        """Wait until everything that was acknowledged to this client is final."""
        async with asyncio.timeout(QUIET_S):
            while missing := self.receipts.keys() - self.proofs.keys():
                assert any(not task.done() for task in self._tasks), f"quanta {sorted(missing)} did not become final"
                await asyncio.sleep(0.02)
        self._tasks = [task for task in self._tasks if not task.done()]

    # What must be true of it, at rest.

    async def check(self, history: History) -> None:
        """Compare everything that this client knows with the history."""
        self._check_requests(history)
        for apex, proof in self.proofs.items():
            self._check_proof(history, apex, proof)
        account = await self.client.account()
        effects = history.effects.get(self.key_pair.public, {})
        await self._check_events(effects, account.effect_number)
        for event in (*self.receipts.values(), *self.events.values()):
            place = effects[event.first_number]
            assert (event.apex, event.batch) == (place.apex, place.batch)
            assert event.verified.event.group.to_xdr() == place.group.to_xdr()
            assert event.verified.digest == history.digests[event.batch]
        self._check_books(effects, account)

    def _check_requests(self, history: History) -> None:
        """Acknowledged: once. Refused after all: never. Unknown: at most once. Nothing else of this account."""
        executed = history.executed_by(self.key_pair.public)
        acknowledged = {request_hash(receipt.request): apex for apex, receipt in self.receipts.items()}
        for key, apex in acknowledged.items():
            assert history.requests.get(key) == [apex], f"quantum {apex} was acknowledged, and is not there once"
        for key, refusal in self.never.items():
            assert key not in history.requests, f"refused with {refusal}, and executed"
        for key in self.unknown:
            assert len(history.requests.get(key, [])) <= 1
        assert executed <= acknowledged.keys() | self.unknown.keys(), "executed, and the client was told otherwise"

    def _check_proof(self, history: History, apex: int, proof: FinalProof) -> None:
        settings = self._sandbox.settings
        assert proof.header_hash == history.digests[proof.batch], f"quantum {apex} was final in another batch"
        again = check_final(settings, proof.event, proof.finality)
        assert (again.batch, again.header_hash) == (proof.batch, proof.header_hash)
        certified = proof.finality.certificate.header
        digest = header_hash(settings_constellation_id(settings), certified)
        assert digest == history.digests[certified.number], "a certificate of another history"

    async def _check_events(self, effects: dict[int, Place], last: int) -> None:
        """All effects are there without gaps, and this client was shown each, or told that it was not."""
        expected = 1
        for first, place in sorted(effects.items()):
            assert first == expected, f"effects {expected} to {first - 1} are missing in the history"
            expected += len(place.group.effects)
        assert last == expected - 1
        async with asyncio.timeout(5):  # what was pushed before the answer may still be in the queue
            while missing := sorted(set(range(1, last + 1)) - self._told()):
                assert self._listener is not None
                assert not self._listener.done(), f"effects {missing} were not told"
                await asyncio.sleep(0.01)

    def _told(self) -> set[int]:
        shown = [
            range(item.first_number, item.last_number + 1) for item in (*self.receipts.values(), *self.events.values())
        ]
        skipped = [range(gap.first, gap.last + 1) for gap in self.gaps]
        return {number for numbers in (*shown, *skipped) for number in numbers}

    def _check_books(self, effects: dict[int, Place], account: Account) -> None:
        books = Books()
        shown = {item.first_number: item.effects for item in (*self.events.values(), *self.receipts.values())}
        for first, place in sorted(effects.items()):
            for effect in shown.get(first) or translate(self._catalogue, place.group):
                books.apply(effect)
        books.check(account)
        self.orders = dict.fromkeys(books.orders)


async def new_traders(sandbox: Sandbox, count: int, random: Random, impatient: int = 0) -> list[Trader]:
    """Connected traders with money; the last ``impatient`` ones do not wait long for an answer."""
    keys = [KeyPair(random.randbytes(32)) for _ in range(count)]

    await sandbox.new_accounts(keys, "1000")
    traders = []
    for number, key in enumerate(keys):
        timeout_s = 1.0 if number >= count - impatient else _ANSWER_S
        trader = Trader(sandbox, key, Random(random.random()), timeout_s)
        trader.others = [other for other in keys if other is not key]
        traders.append(trader)
    for trader in traders:
        await trader.open()
    await sandbox.wallet.deposit(keys, sandbox.vault_address, [(Asset.native(), "900"), (sandbox.dollar, "300")])
    async with asyncio.timeout(QUIET_S):
        for trader in traders:
            while "USD" not in (await trader.client.account()).balances:
                await asyncio.sleep(0.05)
    return traders


async def check_constellation(sandbox: Sandbox, traders: list[Trader], history: History) -> None:
    """Compare logs, states, vault and all that the traders know."""
    async with asyncio.timeout(QUIET_S):
        for trader in traders:
            await trader.retry()
            await trader.repeat()
            await trader.proven()
    statuses = await at_rest(sandbox)
    number = statuses["alpha"]["batch"]
    assert isinstance(number, int)
    await history.read(number)
    root = history.machine.state.root().hex()
    assert {node: status["state_root"] for node, status in statuses.items()} == dict.fromkeys(sandbox.nodes, root)
    await check_vault(sandbox, history)
    for trader in traders:
        await trader.check(history)


async def check_vault(sandbox: Sandbox, history: History) -> None:
    """The vault on the ledger holds what the constellation owes."""
    vault = await sandbox.network.account(sandbox.vault_address)
    assert vault is not None
    for asset, held in enumerate(history.machine.state.vault.held):
        identity = sandbox.settings.assets[asset].identity
        balance = vault.balance(identity)
        assert balance is not None
        assert balance.amount == held + (sandbox.settings.vault_reserve if identity is None else 0)
