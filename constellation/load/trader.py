"""One account under load: does what its flow says and counts what comes of it."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from constellation.load.flow import Arm, Cancel, Flow, Move, Pay, Place, Step, kind_of
from constellation.load.journal import Journal
from constellation.load.pace import Pace
from constellation.load.tally import Tally
from constellation.sdk import (
    BatchOperation,
    Client,
    ConnectionClosed,
    Effect,
    ExchangeError,
    Gap,
    NotFinal,
    OrderArmed,
    OrderClosed,
    OrderPlaced,
    OutcomeUnknown,
    Receipt,
    SdkError,
)
from constellation.sdk import batch as batched
from constellation.sdk.receipts import Finality

_PAUSE_S: Final = 0.1  # after a refusal that has nothing to do with the request
_MONEY_S: Final = 90.0
_LOOK_S: Final = 0.2
_CLOSED_MAX: Final = 1000  # remembered orders that were closed before this client knew that they were open
_SERVICE_CODES: Final = range(600, 700)


class NoMoney(Exception):
    """An account has nothing in the constellation to trade with."""


class Trader:
    """Runs one account's client.

    Args:
        client: of the account, connected.
        flow: what it does.
        market: where it trades.
        tally: counts.
        journal: takes what the client is told; None for nowhere.
        timeout_s: how long a certificate is waited for.
        batch: operations under one signature; 1 sends requests.
    """

    def __init__(
        self,
        client: Client,
        flow: Flow,
        market: str,
        tally: Tally,
        journal: Journal | None,
        timeout_s: float,
        batch: int = 1,
    ) -> None:
        self._client = client
        self._flow = flow
        self._market = market
        self._tally = tally
        self._journal = journal
        self._timeout_s = timeout_s
        self._batch = batch
        self._orders: dict[int, None] = {}
        self._closed: dict[int, None] = {}
        self._unfinal: dict[Finality, list[float]] = {}
        self._settling: set[asyncio.Task[None]] = set()
        self._shown = 0
        self._told = asyncio.Event()
        self._listener = asyncio.create_task(self._listen())

    async def await_money(self) -> None:
        """Wait until the account has both assets of the market.

        Raises:
            NoMoney: it has not got them in time.
            SdkError: see :mod:`constellation.sdk.errors`.
        """
        market = self._client.market(self._market)
        deadline_s = time.monotonic() + _MONEY_S
        while not {market.base, market.quote} <= (account := await self._client.account()).balances.keys():
            if time.monotonic() > deadline_s:
                raise NoMoney(f"{account.address} has not got {market.base} and {market.quote} in the constellation")
            await asyncio.sleep(_LOOK_S)
        self._orders = {order.order_id: None for order in account.orders}
        self._orders |= {order.order_id: None for order in account.armed}

    async def work(self, pace: Pace, begin_s: float) -> None:
        """Do one operation, or batch of them, after the other, until the pace or the client ends.

        Args:
            pace: when.
            begin_s: of the run, on the monotonic clock.
        """
        while not self._listener.done() and (since_s := await pace.next()) is not None:
            steps = self._flow.several(time.monotonic() - begin_s, list(self._orders), self._batch)
            await self._attempt(steps, since_s)

    async def _attempt(self, steps: Sequence[Step], since_s: float) -> None:
        tally = self._tally
        tally.sent.update(map(kind_of, steps))
        try:
            receipts = await self._send_all(steps)
        except ExchangeError as error:
            tally.rejected[error.code.name] += len(steps)
            if error.code in _SERVICE_CODES:
                await asyncio.sleep(_PAUSE_S)
        except OutcomeUnknown as error:
            tally.unknown += len(steps)
            if self._journal is not None:
                self._journal.unknown(self._client.address, error.request)
        except SdkError as error:
            tally.errors[type(error).__name__] += len(steps)
            await asyncio.sleep(_PAUSE_S)
        else:
            for step, receipt in zip(steps, receipts, strict=True):
                self._take(step, receipt, since_s)

    async def _send_all(self, steps: Sequence[Step]) -> Sequence[Receipt]:
        if self._batch == 1:
            return [await self._send(step) for step in steps]
        for step in steps:
            if isinstance(step, Cancel | Move):
                self._orders.pop(step.order_id, None)
        return await self._client.submit_batch([_batched(step, self._market) for step in steps])

    async def _send(self, step: Step) -> Receipt:
        client = self._client
        match step:
            case Place():
                return await client.create_order(self._market, step.side, step.price, step.amount)
            case Arm():
                return await client.create_order(
                    self._market, step.side, step.price, step.amount, trigger="stop", trigger_price=step.trigger_price
                )
            case Move():
                self._orders.pop(step.order_id, None)
                return await client.replace_order(self._market, step.order_id, step.price, step.amount)
            case Cancel():
                self._orders.pop(step.order_id, None)
                return await client.cancel_order(step.order_id)
            case Pay():
                return await client.pay(step.destination, step.asset, step.amount)
            case _:
                return await client.withdraw(step.asset, step.amount, client.address)

    def _take(self, step: Step, receipt: Receipt, since_s: float) -> None:
        self._shown += len(receipt.effects)
        if self._journal is not None:
            self._journal.shown(self._client.address, receipt)
        if receipt.refusal is not None:
            self._tally.rejected[receipt.refusal.name] += 1
            return
        fills = len(receipt.fills)
        self._tally.accepted[kind_of(step)] += 1
        self._tally.acknowledgement.record(int((time.monotonic() - since_s) * 1e6))
        self._tally.crossed += bool(fills)
        self._tally.fills += fills
        self._note_own(receipt.effects)
        self._await_finality(receipt, since_s)

    def _await_finality(self, receipt: Receipt, since_s: float) -> None:
        waiting = self._unfinal.get(receipt.finality)
        if waiting is None:  # one certificate serves all that lies in its batch
            waiting = self._unfinal[receipt.finality] = []
            task = asyncio.create_task(self._settle(receipt, waiting))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)
        waiting.append(since_s)

    async def _settle(self, receipt: Receipt, waiting: list[float]) -> None:
        try:
            proof = await receipt.final(timeout=self._timeout_s)
        except (NotFinal, ConnectionClosed):
            self._tally.not_final += len(waiting)
        except SdkError as error:
            self._tally.errors[type(error).__name__] += 1
            self._tally.not_final += len(waiting)
        else:
            now_s = time.monotonic()
            for since_s in waiting:
                self._tally.finality.record(int((now_s - since_s) * 1e6))
            self._tally.final += len(waiting)
            if self._journal is not None:
                self._journal.certified(proof)
        finally:
            del self._unfinal[receipt.finality]

    async def _listen(self) -> None:
        """Follow what others do to the account; ends with the client."""
        try:
            async for event in self._client.events():
                if isinstance(event, Gap):
                    self._shown += event.last - event.first + 1
                    self._told.set()
                    if self._journal is not None:
                        self._journal.skipped(self._client.address, event)
                else:
                    self._shown += len(event.effects)
                    self._told.set()
                    self._note_closed(event.effects)
                    if self._journal is not None:
                        self._journal.shown(self._client.address, event)
        except SdkError as error:
            self._tally.errors[type(error).__name__] += 1
            self._tally.lost += 1
        finally:
            self._told.set()

    def _note_own(self, effects: Iterable[Effect]) -> None:
        """What an operation of this client did: events of later quanta may have been told before its answer."""
        for effect in effects:
            if isinstance(effect, OrderPlaced | OrderArmed) and self._closed.pop(effect.order_id, True):
                self._orders[effect.order_id] = None
            elif isinstance(effect, OrderClosed):
                self._orders.pop(effect.order_id, None)

    def _note_closed(self, effects: Iterable[Effect]) -> None:
        """What others did to the orders."""
        for effect in effects:
            if isinstance(effect, OrderClosed) and self._orders.pop(effect.order_id, False) is False:
                self._closed[effect.order_id] = None
                if len(self._closed) > _CLOSED_MAX:
                    del self._closed[next(iter(self._closed))]

    @property
    def reconnects(self) -> int:
        """How often the connection was opened again."""
        return self._client.reconnects

    async def leave(self) -> None:
        """Wait for what is on its way, and close the client."""
        await asyncio.gather(*self._settling)
        if self._journal is not None and not self._listener.done():
            await self._see_all(self._journal)
        await self._client.close()
        await self._listener

    async def _see_all(self, journal: Journal) -> None:
        """Wait until every effect that the account has now was shown, and say so in the journal."""
        try:
            last = (await self._client.account()).effect_number
        except SdkError as error:
            self._tally.errors[type(error).__name__] += 1
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_s):
                while self._shown < last and not self._listener.done():
                    self._told.clear()
                    await self._told.wait()
        journal.left(self._client.address, last)


def _batched(step: Step, market: str) -> BatchOperation:
    match step:
        case Place():
            return batched.Order(market, step.side, step.price, step.amount)
        case Arm():
            facts = market, step.side, step.price, step.amount
            return batched.Order(*facts, trigger="stop", trigger_price=step.trigger_price)
        case Move():
            return batched.Replace(market, step.order_id, step.price, step.amount)
        case Cancel():
            return batched.Cancel(step.order_id)
        case Pay():
            return batched.Pay(step.destination, step.asset, step.amount)
        case _:
            raise AssertionError("no withdrawal can be in a batch")
