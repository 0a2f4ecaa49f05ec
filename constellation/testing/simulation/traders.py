"""Traders with the production SDK, and their sub-accounts."""

import asyncio
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final, TypeVar

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Code, Settings, SignedRequest
from constellation.protocol.signing import KeyPair
from constellation.protocol.sub_accounts import sub_account_key
from constellation.sdk import Client
from constellation.sdk.errors import (
    ConnectionClosed,
    ExchangeError,
    HistoryReplaced,
    InvalidRequest,
    NotFinal,
    OutcomeUnknown,
    VerificationFailed,
)
from constellation.sdk.options import ClientOptions
from constellation.sdk.receipts import Event, Receipt
from constellation.testing.simulation.family import Family
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.key_work import KeyWork
from constellation.testing.simulation.keyring import Keyring, Keys, SubKeyring
from constellation.testing.simulation.memory import Memory, Told
from constellation.testing.simulation.trading import Trading

_OPTIONS: Final = ClientOptions(validity_s=60, timeout_s=15, reconnect_s=25)
_FINALITY_PATIENCE_S: Final = 600.0
_BUSY_MAX: Final = 4
_KEYS: Final = 0.06
_AGENTS: Final = 0.05
_FAMILY: Final = 0.12
_INTRUSIONS: Final = 0.03
_SUB_PAUSES_S: Final = (2.0, 4.0)

_E = TypeVar("_E", bound=BaseException)


class Trader:
    """An account whose program trades, dies and comes back; or a sub-account in the program of its parent.

    Args:
        host: its machine.
        key_pair: the account's.
        settings: of the constellation.
        url: of alpha's gateway.
        others: whom it pays.
        random: decides.
        keyring: of a sub-account of the key pair's account.

    Attributes:
        name: in what is found.
        memory: survives its program.
        keyring: does so, too.
        pause_s: between two operations, on average.
        is_quiet: it starts nothing new, but asks what is unknown and pays once more.
        has_finished: all that is done, and final.
        busy: operations without an outcome.
        subs: its sub-accounts.
    """

    def __init__(
        self,
        host: Host,
        key_pair: KeyPair,
        settings: Settings,
        url: str,
        others: list[KeyPair],
        random: Random,
        keyring: SubKeyring | None = None,
    ) -> None:
        self.host = host
        self.key_pair = key_pair
        self.name = host.name if keyring is None else f"{host.name}, sub-account {keyring.number}"
        self.memory = Memory(start=None if keyring is None else 0)
        self.keyring: Keys = keyring or Keyring(key_pair)
        self.pause_s = random.choice((0.3, 1.0, 2.0) if keyring is None else _SUB_PAUSES_S)
        self.is_quiet = self.has_finished = False
        self._last: Told | None = None
        self.busy = 0
        self._settings = settings
        self._url = url
        self._random = random
        people = [other.public for other in others]
        payees = [*people, key_pair.public, *(sub_account_key(key, 1) for key in (*people, key_pair.public))]
        self._trading = Trading(self.keyring.account, key_pair.public, payees, random)
        self._keys = KeyWork(self.keyring, self.memory, self._trading, self._connect, random)
        self._family: Family | None = None
        self.subs: list[Trader] = []
        if isinstance(self.keyring, Keyring):
            self._family = Family(self.keyring, self.memory, others, self._connect, random)
            for sub in self._family.subs:
                self.subs.append(Trader(host, key_pair, settings, url, others, Random(random.random()), sub))

    @property
    def accounts(self) -> "list[Trader]":
        """Itself and its sub-accounts."""
        return [self, *self.subs]

    def _connect(self, key_pair: KeyPair, account: bytes | None) -> Client:
        return Client(self._url, self._settings, key_pair, _OPTIONS, account=account)

    async def live(self) -> None:
        """Trade for ever with all accounts."""
        async with asyncio.TaskGroup() as group:
            for account in self.accounts:
                group.create_task(account._live())

    async def _live(self) -> None:
        """Trade for ever, with a new client whenever one has ended."""
        while True:
            if not self.keyring.is_open:
                await asyncio.sleep(1.0)
                continue
            self.busy, self._last = 0, None
            owner = self.keyring.owner
            try:
                async with self._log_in(owner) as client:
                    await self._trade(client)
            except* HistoryReplaced as group:
                self.memory.replace_after(min(error.after for error in _leaves(group)))
            except* VerificationFailed as group:
                # What was acknowledged is lost, and something else has been certified in its place.
                self.memory.errors += [str(error) for error in _leaves(group) if error.what != "certificate"]
                self.memory.replace_unfinal()
            except* ExchangeError as group:
                for error in _leaves(group):
                    self.memory.refuse(error.code)
                    if error.code is Code.AHEAD:
                        self.memory.replace_unfinal()
            except* ConnectionClosed as group:
                codes = [error.code for error in _leaves(group)]
                if Code.UNKNOWN_SIGNER in codes and owner is self.keyring.owner:
                    self.keyring.doubt()
            await asyncio.sleep(self._random.uniform(0.2, 2.0))

    def _log_in(self, owner: KeyPair) -> Client:
        """A client of the owner, who may name itself as long as its key was never rotated, and must do so then."""
        is_named = self.keyring.must_be_named or (bool(self.memory.certain) and self._random.random() < 0.5)
        account, after = self.key_pair.public if is_named else None, self.memory.certain
        number = self.keyring.number if isinstance(self.keyring, SubKeyring) else None
        return Client(self._url, self._settings, owner, _OPTIONS, after=after, account=account, sub_account=number)

    async def _learn(self, client: Client) -> int:
        """The number of the last effect, and which sub-accounts are open."""
        account = await client.account()
        if self._family is not None:
            self._family.know(account.sub_accounts)
        return account.effect_number

    async def _trade(self, client: Client) -> None:
        known = await self._learn(client)
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
        """Learn what became of everything, and show that another payment gets through.

        A sub-account may have nothing to pay: it must be told everything.
        """
        if self.memory.unknown or (self._last is None and self._family is not None):
            self._last = await self._act(client, group)
        known = await self._learn(client)
        if self._family is None:
            self.has_finished = not self.memory.unknown and self.memory.certain == known
            return
        self.has_finished = not self.memory.unknown and self._last is not None and self._last.is_final

    async def _listen(self, client: Client, group: asyncio.TaskGroup) -> None:
        async for event in client.events():
            assert isinstance(event, Event), "alpha forgets nothing here"
            self._note(event, group)

    def _note(self, event: Event, group: asyncio.TaskGroup) -> Told:
        told = self.memory.tell(event)
        self._trading.note(event)
        self.keyring.told(event)
        if self._family is not None:
            self._family.told(event)
        if not told.is_final:
            group.create_task(self._await_finality(told, event))
        return told

    async def _await_finality(self, told: Told, event: Event) -> None:
        try:
            await event.final(_FINALITY_PATIENCE_S)
        except (ConnectionClosed, NotFinal):
            return
        if not told.is_final:
            told.is_final = True
            self.keyring.final(event)

    # --- operations ---------------------------------------------------------------------------------------------

    async def _act(self, client: Client, group: asyncio.TaskGroup) -> Told | None:
        self.busy += 1
        try:
            told = [self._note(receipt, group) for receipt in await self._operation(client)]
            return told[-1] if told else None
        except OutcomeUnknown as error:
            self.memory.doubt(error)
        except ExchangeError as error:
            self.memory.refuse(error.code)
        except (ConnectionClosed, InvalidRequest):
            pass
        finally:
            self.busy -= 1
        return None

    async def _operation(self, client: Client) -> Sequence[Receipt]:
        if self.memory.unknown and (self.is_quiet or self._random.random() < 0.3):
            return await self._again(client, self.memory.unknown.pop())
        if self.is_quiet:
            unlocked = [] if (await client.account()).lock is None else [await client.lock([])]
            return [*unlocked, await self._trading.pay_least(client)]
        chance = self._random.random()
        if chance < _KEYS:
            return [await self._keys.ask(client)]
        if chance < _KEYS + _AGENTS:
            await self._keys.work()
            return []
        if self._family is not None and chance < _KEYS + _AGENTS + _FAMILY:
            return [await self._family.ask(client)]
        if self._family is not None and chance < _KEYS + _AGENTS + _FAMILY + _INTRUSIONS:
            await self._family.intrude()
            return []
        return await self._trading.operate(client)

    async def _again(self, client: Client, signed: Submission) -> Sequence[Receipt]:
        return [await client.resend(signed)] if isinstance(signed, SignedRequest) else await client.resend_batch(signed)


def _leaves(group: BaseExceptionGroup[_E]) -> Iterator[_E]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
