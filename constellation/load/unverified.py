"""One account under load that believes what alpha says.

A client that verifies takes about ten times as long for an operation as alpha does. Where both share a machine, what
is measured is then the clients. This one signs, sends and counts like any trader, and decodes what comes back, but
checks no signature and no proof; alpha cannot tell the difference. Some of the accounts verify everything all the same,
so that an alpha that lies is noticed.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from constellation.load.flow import Arm, Cancel, Flow, Move, Pay, Place, Step, kind_of
from constellation.load.pace import Pace
from constellation.load.tally import Tally
from constellation.load.trader import NoMoney
from constellation.load.wire import Wire
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.messages import (
    AccountEvent,
    AccountSnapshot,
    Acknowledgement,
    Closing,
    Code,
    Finality,
    HelloReply,
    Operation,
    OperationRefused,
    OrderArmed,
    OrderClosed,
    OrderPlaced,
    QueryAccount,
    Rejected,
    Role,
    Settings,
    Submit,
    SubmitBatch,
    Trade,
    Welcome,
    decode_client_message,
    encode_client_message,
)
from constellation.protocol.signing import KeyPair, settings_constellation_id
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.sdk import ConnectionClosed, InvalidRequest, operations
from constellation.sdk.markets import Catalogue
from constellation.sdk.requests import Signer

_PAUSE_S: Final = 0.1  # after a refusal that has nothing to do with the request
_MONEY_S: Final = 90.0
_LOOK_S: Final = 0.2
_SERVICE_CODES: Final = range(600, 700)


@dataclass(slots=True)
class _Waiting:
    """What was signed together and has no answer, or not all of them; they come in the order of the operations."""

    kinds: Sequence[str]
    since_s: float
    sent_s: float
    answer: asyncio.Future[Code | None]
    answered: int = 0

    @property
    def unanswered(self) -> int:
        """How many answers are missing."""
        return len(self.kinds) - self.answered


class UnverifiedTrader:
    """Runs one account's client, on one connection that is not opened again.

    Args:
        settings: of genesis.
        key_pair: the account's.
        flow: what it does.
        market: where it trades.
        tally: counts.
        timeout_s: how long an answer is waited for, and a certificate; requests are valid as long.
        batch: operations under one signature; 1 sends requests.
    """

    def __init__(
        self,
        settings: Settings,
        key_pair: KeyPair,
        flow: Flow,
        market: str,
        tally: Tally,
        timeout_s: float,
        batch: int = 1,
    ) -> None:
        constellation = settings_constellation_id(settings)
        self._key_pair = key_pair
        self._flow = flow
        self._market = market
        self._tally = tally
        self._timeout_s = timeout_s
        self._batch = batch
        self._catalogue = Catalogue(settings)
        validity_us = max(1, int(timeout_s)) * 1_000_000
        self._signer = Signer(key_pair, constellation, validity_us, settings.limits.validity_us)
        self._handshake = InitiatorHandshake(
            key_pair, Role.CLIENT, constellation, Terms(settings), secrets.token_bytes(32)
        )
        self._clock_offset_us = 0
        self._last_request_id = 0
        self._waiting: dict[int, _Waiting] = {}
        self._unfinal: deque[tuple[int, float]] = deque()
        self._orders: dict[int, None] = {}
        self._welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._account: asyncio.Future[AccountSnapshot] | None = None
        self._settled = asyncio.Event()
        self._has_ended = False
        self._is_leaving = False
        self._wire: Wire
        self._watching: asyncio.Task[None]

    async def connect(self, url: str) -> None:
        """Connect to alpha at ``url``.

        Raises:
            ConnectionClosed: it cannot be reached, or refuses.
        """
        self._wire = await Wire.open(url, self._receive, self._end)
        self._wire.send(encode_client_message(self._handshake.hello))
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._welcome
        except TimeoutError:
            raise ConnectionClosed(None, f"{url} does not let {self._key_pair.address} in") from None
        self._watching = asyncio.create_task(self._watch())

    async def await_money(self) -> None:
        """Wait until the account has both assets of the market.

        Raises:
            NoMoney: it has not got them in time.
            ConnectionClosed: the connection has ended.
        """
        market = self._catalogue.market(self._market)
        wanted = {self._catalogue.asset_id(market.base), self._catalogue.asset_id(market.quote)}
        deadline_s = time.monotonic() + _MONEY_S
        while True:
            snapshot = await self._read_account()
            entry = snapshot.account
            if entry is not None and wanted <= {item.asset for item in entry.balances}:
                break
            if time.monotonic() > deadline_s:
                raise NoMoney(f"{self._key_pair.address} has not got {market.base} and {market.quote}")
            await asyncio.sleep(_LOOK_S)
        self._signer.raise_nonce(entry.nonce, time.time_ns() // 1000)
        self._orders = {order.order: None for order in snapshot.orders}
        self._orders |= {order.order: None for order in snapshot.armed}

    async def _read_account(self) -> AccountSnapshot:
        self._account = asyncio.get_running_loop().create_future()
        self._last_request_id += 1
        self._wire.send(encode_client_message(QueryAccount(self._last_request_id, None)))
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._account
        except TimeoutError:
            raise ConnectionClosed(None, "alpha does not answer") from None

    async def work(self, pace: Pace, begin_s: float) -> None:
        """Do one operation, or batch of them, after the other, until the pace or the connection ends.

        Args:
            pace: when.
            begin_s: of the run, on the monotonic clock.
        """
        loop = asyncio.get_running_loop()
        while not self._has_ended and (since_s := await pace.next()) is not None:
            now_s = time.monotonic()
            steps = self._flow.several(now_s - begin_s, self.orders, self._batch)
            kinds = [kind_of(step) for step in steps]
            waiting = _Waiting(kinds, since_s, now_s, loop.create_future())
            self._tally.sent.update(waiting.kinds)
            try:
                self._submit(steps, waiting)
            except InvalidRequest as error:
                self._tally.errors[type(error).__name__] += waiting.unanswered
                await asyncio.sleep(_PAUSE_S)
                continue
            if await waiting.answer in _SERVICE_CODES:
                await asyncio.sleep(_PAUSE_S)

    @property
    def orders(self) -> list[int]:
        """Ids of its orders that are open, as far as it knows."""
        return list(self._orders)

    def _submit(self, steps: Sequence[Step], waiting: _Waiting) -> None:
        operations = [self._operation(step) for step in steps]
        now_us = time.monotonic_ns() // 1000 + self._clock_offset_us
        self._last_request_id += 1
        message: Submit | SubmitBatch
        if self._batch == 1:
            message = Submit(self._last_request_id, self._signer.sign(operations[0], now_us))
        else:
            batch = self._signer.sign_batch(operations, now_us, all_or_nothing=False)
            message = SubmitBatch(self._last_request_id, batch)
        self._waiting[self._last_request_id] = waiting
        self._wire.send(encode_client_message(message))

    def _operation(self, step: Step) -> Operation:
        catalogue = self._catalogue
        match step:
            case Place():
                return operations.limit_order(catalogue, self._market, step.side, step.price, step.amount, "GTC")
            case Arm():
                facts = step.side, step.price, step.amount
                return operations.limit_order(
                    catalogue, self._market, *facts, trigger="stop", trigger_price=step.trigger_price
                )
            case Move():
                self._orders.pop(step.order_id, None)
                return operations.replace_order(catalogue, self._market, step.order_id, step.price, step.amount)
            case Cancel():
                self._orders.pop(step.order_id, None)
                return operations.cancel_order(step.order_id)
            case Pay():
                return operations.payment(catalogue, step.destination, step.asset, step.amount)
            case _:
                own = operations.ledger_destination(self._key_pair.public, None, create=False)
                return operations.withdrawal(catalogue, step.asset, step.amount, own)

    # What alpha says.

    def _receive(self, frame: bytes) -> None:
        try:
            message = decode_client_message(frame)
        except MalformedMessage as error:
            self._tally.errors[type(error).__name__] += 1
            self._wire.abort()
            return
        match message:
            case Acknowledgement():
                for event in message.events:
                    self._take(event, message.signed_header.header.number)
            case Finality():
                self._take_finality(message.certificate.header.number)
            case Rejected():
                self._take_refusal(message)
            case AccountSnapshot() if self._account is not None and not self._account.done():
                self._account.set_result(message)
            case Welcome():
                self._clock_offset_us = message.timestamp - time.monotonic_ns() // 1000
                if not self._welcome.done():
                    self._welcome.set_result(None)
            case HelloReply():
                self._prove(message)
            case Closing():
                self._refused(ConnectionClosed(message.code, message.message))

    def _prove(self, reply: HelloReply) -> None:
        try:
            self._wire.send(encode_client_message(self._handshake.receive(reply)))
        except ProtocolViolation as error:
            self._refused(ConnectionClosed(error.code, error.message))

    def _refused(self, error: ConnectionClosed) -> None:
        if not self._welcome.done():
            self._welcome.set_exception(error)

    def _take(self, event: AccountEvent, batch: int) -> None:
        fills, refusal = 0, None
        for effect in event.group.effects:
            if isinstance(effect, OrderPlaced | OrderArmed):
                self._orders[effect.order] = None
            elif isinstance(effect, OrderClosed):
                self._orders.pop(effect.order, None)
            elif isinstance(effect, Trade):
                fills += 1
            elif isinstance(effect, OperationRefused):
                refusal = effect.code
        request_id = event.request_id
        if request_id is None or (waiting := self._waiting.get(request_id)) is None:
            return
        if refusal is None:
            self._count(waiting, fills)
            self._unfinal.append((batch, waiting.since_s))
        else:
            self._tally.rejected[refusal.name] += 1
        waiting.answered += 1
        if not waiting.unanswered:
            del self._waiting[request_id]
            waiting.answer.set_result(None)

    def _count(self, waiting: _Waiting, fills: int) -> None:
        tally = self._tally
        tally.accepted[waiting.kinds[waiting.answered]] += 1
        tally.acknowledgement.record(int((time.monotonic() - waiting.since_s) * 1e6))
        tally.crossed += bool(fills)
        tally.fills += fills

    def _take_finality(self, batch: int) -> None:
        """A certificate covers all batches before its own."""
        unfinal, tally, now_s = self._unfinal, self._tally, time.monotonic()
        while unfinal and unfinal[0][0] <= batch:
            _, since_s = unfinal.popleft()
            tally.finality.record(int((now_s - since_s) * 1e6))
            tally.final += 1
        if not unfinal:
            self._settled.set()

    def _take_refusal(self, rejected: Rejected) -> None:
        waiting = self._waiting.pop(rejected.request_id, None)
        if waiting is not None:
            self._tally.rejected[rejected.code.name] += waiting.unanswered
            waiting.answer.set_result(rejected.code)

    async def _watch(self) -> None:
        """Give up operations whose answer does not come."""
        while True:
            await asyncio.sleep(_LOOK_S)
            before_s = time.monotonic() - self._timeout_s
            self._forget([number for number, waiting in self._waiting.items() if waiting.sent_s < before_s])

    def _forget(self, request_ids: Iterable[int]) -> None:
        """No answer has come, or will."""
        for request_id in request_ids:
            waiting = self._waiting.pop(request_id)
            self._tally.unknown += waiting.unanswered
            waiting.answer.set_result(None)

    def _end(self) -> None:
        """The connection has ended."""
        self._has_ended = True
        self._settled.set()
        error = ConnectionClosed(None, "alpha ended the connection")
        self._refused(error)
        if self._account is not None and not self._account.done():
            self._account.set_exception(error)
        self._forget(list(self._waiting))
        if self._welcome.exception() is None and not self._is_leaving:
            self._tally.lost += 1

    @property
    def reconnects(self) -> int:
        """It never connects again."""
        return 0

    async def leave(self) -> None:
        """Wait for what is on its way, and close the connection."""
        try:
            async with asyncio.timeout(self._timeout_s):
                while self._unfinal and not self._has_ended:
                    self._settled.clear()
                    await self._settled.wait()
        except TimeoutError:
            pass
        self._tally.not_final += len(self._unfinal)
        self._unfinal.clear()
        await self.close()

    async def close(self) -> None:
        """Close the connection; may be called again."""
        self._is_leaving = True
        self._watching.cancel()
        await self._wire.close()
