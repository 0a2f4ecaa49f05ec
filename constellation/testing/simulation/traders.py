"""Traders with the production SDK, and the memory of everything that was told to them."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Final, TypeVar

from constellation.protocol.amounts import format_amount
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Code, Settings, SignedRequest
from constellation.protocol.signing import KeyPair
from constellation.sdk import BatchOperation, Cancel, Client, HoldOpened, Order, Pay
from constellation.sdk.errors import (
    ConnectionClosed,
    ExchangeError,
    HistoryReplaced,
    InvalidRequest,
    NotFinal,
    OutcomeUnknown,
    VerificationFailed,
)
from constellation.sdk.operations import SideName, TimeInForceName, TriggerName
from constellation.sdk.options import ClientOptions
from constellation.sdk.receipts import Event, Receipt
from constellation.testing.simulation.hosts import Host
from constellation.testing.world import ONE

_OPTIONS: Final = ClientOptions(validity_s=60, timeout_s=15, reconnect_s=25)
_FINALITY_PATIENCE_S: Final = 600.0
_BUSY_MAX: Final = 4
_HOLDS_KNOWN_MAX: Final = 20
_MARKET: Final = "XLM/USD"

_E = TypeVar("_E", bound=BaseException)


@dataclass
class Told:
    """Something that alpha has told an account, with a proof.

    Attributes:
        event: what.
        is_final: a quorum has signed it, too.
        is_void: it was replaced before that, and the client has said so.
    """

    event: Event
    is_final: bool = False
    is_void: bool = False

    @property
    def request(self) -> Submission | None:
        """What the account had signed, where this is the answer to it."""
        return self.event.request if isinstance(self.event, Receipt) else None


@dataclass
class Memory:
    """What a trader knows, on paper: it survives the program.

    Attributes:
        start: number of the last effect before the first one that counts; None before the first connection.
        told: by the number of the first effect.
        void: what was told and then replaced.
        unknown: signed requests whose outcome is not known.
        refused: how often, by code.
        errors: what must not be told.
    """

    start: int | None = None
    told: dict[int, Told] = field(default_factory=dict)
    void: list[Told] = field(default_factory=list)
    unknown: list[Submission] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def tell(self, event: Event) -> Told:
        """Something was told; the same thing may be told again, and another one where it was not final."""
        known = self.told.get(event.first_number)
        if known is not None and known.event.verified.digest == event.verified.digest:
            return known
        if known is not None and not known.is_final:
            self.replace_after(event.first_number - 1)
        elif known is not None:
            self.errors.append(f"effect {event.first_number} was told of apex {known.event.apex} and {event.apex}")
        told = self.told[event.first_number] = Told(event)
        return told

    @property
    def last(self) -> int | None:
        """Number of the last effect before which none is missing."""
        number = self.start
        while number is not None and (told := self.told.get(number + 1)) is not None:
            number = told.event.last_number
        return number

    @property
    def certain(self) -> int | None:
        """Number of the last effect before which all are final: where another program must begin to miss nothing."""
        number = self.start
        while number is not None and (told := self.told.get(number + 1)) is not None and told.is_final:
            number = told.event.last_number
        return number

    def replace_after(self, number: int) -> None:
        """What was told after effect ``number`` did not take place."""
        for first in [first for first in self.told if first > number]:
            told = self.told.pop(first)
            told.is_void = True
            self.void.append(told)

    def replace_unfinal(self) -> None:
        """Alpha does not know as many effects as were told: only what is final is certain."""
        final = [told.event.last_number for told in self.told.values() if told.is_final]
        self.replace_after(max(final, default=self.start or 0))


class Trader:
    """An account whose program trades, dies and comes back.

    Args:
        host: its machine.
        key_pair: the account's.
        settings: of the constellation.
        url: of alpha's gateway.
        others: whom it pays.
        random: decides.

    Attributes:
        memory: survives its program.
        pause_s: between two operations, on average.
        is_quiet: it starts nothing new, but asks what is unknown and pays once more.
        has_finished: all that is done, and final.
        busy: operations without an outcome.
    """

    def __init__(
        self, host: Host, key_pair: KeyPair, settings: Settings, url: str, others: list[KeyPair], random: Random
    ) -> None:
        self.host = host
        self.key_pair = key_pair
        self.memory = Memory()
        self.pause_s = random.choice((0.3, 1.0, 2.0))
        self.is_quiet = self.has_finished = False
        self._last: Told | None = None
        self.busy = 0
        self._settings = settings
        self._url = url
        self._others = others
        self._random = random
        self._mid = 2500
        self._holds: list[int] = []

    async def live(self) -> None:
        """Trade for ever, with a new client whenever one has ended."""
        while True:
            self.busy, self._last = 0, None
            try:
                client = Client(self._url, self._settings, self.key_pair, _OPTIONS, after=self.memory.certain)
                async with client:
                    await self._trade(client)
            except* HistoryReplaced as group:
                self.memory.replace_after(min(error.after for error in _leaves(group)))
            except* VerificationFailed as group:
                # What was acknowledged is lost, and something else has been certified in its place.
                self.memory.errors += [str(error) for error in _leaves(group) if error.what != "certificate"]
                self.memory.replace_unfinal()
            except* ExchangeError as group:
                for error in _leaves(group):
                    self._refused(error)
                    if error.code is Code.AHEAD:
                        self.memory.replace_unfinal()
            except* ConnectionClosed:
                pass
            await asyncio.sleep(self._random.uniform(0.2, 2.0))

    async def _trade(self, client: Client) -> None:
        known = (await client.account()).effect_number
        if self.memory.start is None:
            self.memory.start = known
        self.memory.replace_after(known)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(client, group))
            while not listening.done():
                await asyncio.sleep(self.pause_s * self._random.uniform(0.2, 1.8))
                if not self.is_quiet and self.busy < _BUSY_MAX:
                    group.create_task(self._act(client, group))
                elif self.is_quiet and not self.busy:
                    await self._finish(client, group)

    async def _finish(self, client: Client, group: asyncio.TaskGroup) -> None:
        """Learn what became of everything, and show that another payment gets through."""
        if self.memory.unknown or self._last is None:
            self._last = await self._act(client, group)
        self.has_finished = not self.memory.unknown and self._last is not None and self._last.is_final

    async def _listen(self, client: Client, group: asyncio.TaskGroup) -> None:
        async for event in client.events():
            assert isinstance(event, Event), "alpha forgets nothing here"
            self._note(event, group)

    def _note(self, event: Event, group: asyncio.TaskGroup) -> Told:
        told = self.memory.tell(event)
        own = self.key_pair.address
        opened = [effect for effect in event.effects if isinstance(effect, HoldOpened) and effect.beneficiary == own]
        self._holds = [*self._holds, *(effect.hold_id for effect in opened)][-_HOLDS_KNOWN_MAX:]
        if not told.is_final:
            group.create_task(self._await_finality(told, event))
        return told

    async def _await_finality(self, told: Told, event: Event) -> None:
        try:
            await event.final(_FINALITY_PATIENCE_S)
            told.is_final = True
        except (ConnectionClosed, NotFinal):
            pass

    # --- operations ---------------------------------------------------------------------------------------------

    async def _act(self, client: Client, group: asyncio.TaskGroup) -> Told | None:
        self.busy += 1
        try:
            told = [self._note(receipt, group) for receipt in await self._operation(client)]
            return told[-1] if told else None
        except OutcomeUnknown as error:
            if error.request.request.valid_until > time.time_ns() // 1000:  # later, alpha does not remember the answer
                self.memory.unknown.append(error.request)
        except ExchangeError as error:
            self._refused(error)
        except (ConnectionClosed, InvalidRequest):
            pass
        finally:
            self.busy -= 1
        return None

    def _refused(self, error: ExchangeError) -> None:
        self.memory.refused[error.code.name] = self.memory.refused.get(error.code.name, 0) + 1

    async def _operation(self, client: Client) -> Sequence[Receipt]:
        if self.memory.unknown and (self.is_quiet or self._random.random() < 0.3):
            return await self._again(client, self.memory.unknown.pop())
        if self.is_quiet:
            return [await client.pay(self._others[0].public, "XLM", "0.0000001")]
        chance = self._random.random()
        if chance < 0.35:
            return [await client.create_order(*self._order(client), expires_at_us=self._expiry())]
        if chance < 0.45:
            return [await self._rarer(client)]
        if chance < 0.55:
            return await self._batch(client)
        if chance < 0.75:
            cancel = await self._cancel(client)
            return [] if cancel is None else [await client.cancel_order(cancel)]
        return [await (client.pay(*self._pay()) if chance < 0.95 else self._withdraw(client))]

    def _expiry(self) -> int | None:
        """A time of its own that an order has now and then."""
        if self._random.random() < 0.7:
            return None
        return time.time_ns() // 1000 + self._random.choice((100_000, 2_000_000, 20_000_000))

    async def _rarer(self, client: Client) -> Receipt:
        """A market order, an order that is changed, or the time at which all are cancelled."""
        market, side, price, amount, _ = self._order(client)
        chance = self._random.random()
        if chance < 0.3:
            return await client.create_market_order(market, side, amount)
        if chance < 0.5:
            return await client.create_market_order(market, "buy", budget=format_amount(self._random.randint(1, ONE)))
        if chance < 0.6:
            return await self._hold(client)
        if chance < 0.68:
            return await client.cancel_all_after(self._random.choice((0, 1, 5, 30)))
        if chance < 0.8:
            trigger: TriggerName = self._random.choice(("stop", "take_profit"))
            return await client.create_order(
                market, side, price, amount, expires_at_us=self._expiry(), trigger=trigger, trigger_price=price
            )
        order = await self._cancel(client)
        if order is None:
            return await client.create_order(market, side, price, amount, post_only=True)
        return await client.replace_order(market, order, price, amount)

    async def _hold(self, client: Client) -> Receipt:
        """Money that is reserved for another one, or what becomes of what others have reserved."""
        asset, amount = self._random.choice(("XLM", "USD")), format_amount(self._random.randint(1, ONE))
        if not self._holds or self._random.random() < 0.5:
            expires_at_us = time.time_ns() // 1000 + self._random.choice((100_000, 5_000_000, 60_000_000))
            return await client.open_hold(self._random.choice(self._others).public, asset, amount, expires_at_us)
        hold = self._holds.pop()
        if self._random.random() < 0.3:
            return await client.release_hold(hold)
        return await client.capture_hold(hold, "0.0000001")

    async def _again(self, client: Client, signed: Submission) -> Sequence[Receipt]:
        return [await client.resend(signed)] if isinstance(signed, SignedRequest) else await client.resend_batch(signed)

    async def _batch(self, client: Client) -> Sequence[Receipt]:
        operations: list[BatchOperation] = [
            Order(*self._order(client)) if self._random.random() < 0.7 else Pay(*self._pay())
            for _ in range(self._random.choice((1, 2, 5, 20)))
        ]
        cancel = await self._cancel(client)
        if cancel is not None:
            operations.insert(0, Cancel(cancel))
        return await client.submit_batch(operations, all_or_nothing=self._random.random() < 0.3)

    def _order(self, client: Client) -> tuple[str, SideName, Decimal, str, TimeInForceName]:
        self._mid = max(2000, min(3000, self._mid + self._random.randint(-5, 5)))
        side: SideName = self._random.choice(("buy", "sell"))
        time_in_force: TimeInForceName = self._random.choice(("GTC", "GTC", "GTC", "IOC"))
        away = self._random.randint(-20, 20)
        price = client.market(_MARKET).round_price(format_amount((self._mid + away) * ONE // 10_000))
        amount = format_amount(self._random.randint(50, 2000) * (ONE // 1000) * 10)
        return _MARKET, side, price, amount, time_in_force

    async def _cancel(self, client: Client) -> int | None:
        orders = (await client.account()).orders
        return self._random.choice(orders).order_id if orders else None

    def _pay(self) -> tuple[bytes, str, str]:
        other = self._random.choice(self._others)
        amount = format_amount(self._random.randint(1, 3 * ONE))
        return other.public, self._random.choice(("XLM", "USD", "EUR")), amount

    async def _withdraw(self, client: Client) -> Receipt:
        amount = format_amount(self._random.randint(1, ONE))
        return await client.withdraw(self._random.choice(("XLM", "USD")), amount, self.key_pair.public)


def _leaves(group: BaseExceptionGroup[_E]) -> Iterator[_E]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
