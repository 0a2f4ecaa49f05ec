"""Questions about destinations: bounded in time and number, and never a refusal from memory."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code
from constellation.stellarlink import DestinationChecker, LedgerAccount, NetworkMismatch, NetworkUnavailable
from constellation.stellarlink import destinations as destinations_module
from constellation.stellarlink.destinations import FRESH_S
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.support import DOLLAR, OTHER, TRADER, to
from tests.stellarlink.test_destination_check import account, dollars


@dataclass
class Accounts(FakeNetwork):
    """A network with accounts that may be slow to show them."""

    accounts: dict[str, LedgerAccount] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self):
        super().__init__()
        self.gate.set()

    async def account(self, address):
        self._call("account")
        found = self.accounts.get(address)
        await self.gate.wait()
        return found


@dataclass
class World:
    network: Accounts = field(default_factory=Accounts)
    now_s: float = 0.0

    def __post_init__(self):
        self.checker = DestinationChecker(self.network, lambda: self.now_s, timeout_s=0.2)

    async def check(self, destination=None, asset=DOLLAR, amount=ONE):
        try:
            await self.checker.check(destination or to(TRADER), asset, amount)
        except Rejection as error:
            return error.code
        return None


async def test_a_good_answer_is_used_for_some_seconds():
    world = World()
    world.network.accounts[TRADER.address] = account(dollars())
    for now in (0, FRESH_S - 0.1):
        world.now_s = now
        assert await world.check() is None
    assert world.network.calls == ["account"]
    world.now_s = FRESH_S
    assert await world.check() is None
    assert world.network.calls == ["account", "account"]


async def test_a_refusal_is_never_from_memory():
    world = World()
    world.network.accounts[TRADER.address] = account()
    assert await world.check(asset=None) is None
    assert await world.check() is Code.DESTINATION_NO_TRUST
    world.network.accounts[TRADER.address] = account(dollars())
    assert await world.check() is None
    assert world.network.calls == ["account"] * 3


async def test_a_creation_is_always_asked_with_the_reserve_of_the_latest_ledger():
    world = World()
    create = replace(to(OTHER), creates=True)
    assert await world.check(create, None, ONE) is None
    assert await world.check(create, None, ONE - 1) is Code.BELOW_LEDGER_RESERVE
    assert world.network.calls == ["account", "network"] * 2


async def test_those_who_ask_at_the_same_time_share_the_question():
    world = World()
    world.network.accounts[TRADER.address] = account(dollars())
    world.network.gate.clear()
    checks = [asyncio.create_task(world.check()) for _ in range(10)]
    await asyncio.sleep(0)
    world.network.gate.set()
    assert await asyncio.gather(*checks) == [None] * 10
    assert world.network.calls == ["account"]


@pytest.mark.parametrize("error", [NetworkUnavailable("gone"), NetworkMismatch("this", "that")])
async def test_a_ledger_that_cannot_be_asked(error):
    world = World()
    world.network.trouble.append(error)
    assert await world.check() is Code.LEDGER_UNAVAILABLE
    world.network.accounts[TRADER.address] = account(dollars())
    assert await world.check() is None


async def test_a_ledger_that_does_not_answer_in_time():
    world = World()
    world.network.gate.clear()
    async with asyncio.timeout(2):
        assert await world.check() is Code.LEDGER_UNAVAILABLE
    world.network.gate.set()
    await world.checker.close()


async def test_one_who_stops_waiting_does_not_stop_the_others():
    world = World()
    world.network.accounts[TRADER.address] = account(dollars())
    world.network.gate.clear()
    first, second = asyncio.create_task(world.check()), asyncio.create_task(world.check())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    world.network.gate.set()
    assert await second is None


async def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(destinations_module, "REMEMBERED_MAX", 2)
    world = World()
    for number in range(5):
        await world.check(replace(to(TRADER), account=bytes([number]) * 32))
    assert len(world.checker._known) == 2
