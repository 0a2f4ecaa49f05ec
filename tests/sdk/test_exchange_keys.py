"""Holds, agents, rotation and locks by the verbs of the exchange."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.messages import Code
from constellation.sdk import ConnectionClosed, Exchange, ExchangeError, InvalidRequest, KeyRotated, PermissionDenied
from tests.gateway.harness import ANNA, BERT, key
from tests.sdk.stage import Stage, staged

D = Decimal
BOT, NEW = key("bot"), key("new key")
FAR = datetime(2100, 1, 31, tzinfo=UTC)
FAR_US = int(FAR.timestamp()) * 1_000_000


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT) as stage:
        settle = stage.alpha.on_submit

        def pass_time() -> None:
            stage.alpha.now_us += 1_000
            settle()

        stage.alpha.on_submit = pass_time
        yield stage


@pytest.fixture
async def anna(stage: Stage) -> AsyncIterator[Exchange]:
    async with stage.exchange(ANNA) as exchange:
        yield exchange


async def refused(code: Code, awaitable: Any) -> None:
    with pytest.raises(ExchangeError) as caught:
        await awaitable
    assert caught.value.code is code


async def test_holds_are_opened_captured_and_released(stage: Stage, anna: Exchange) -> None:
    async with stage.exchange(BERT) as bert:
        first = await anna.open_hold("USD", "20", BERT.address, FAR, {"wait": "final"})
        second = await anna.open_hold("XLM", D("2.5"), BERT.address, FAR_US)
        assert (first.status, first.amount, first.captured, first.expires_at) == ("open", D(20), D(0), FAR_US)
        assert (first.owner, first.beneficiary, first.receipt is None) == (ANNA.address, BERT.address, False)
        assert first.to_ccxt()["amount"] == "20.0000000"
        assert [(hold.id, hold.currency) for hold in await anna.fetch_holds()] == [
            (first.id, "USD"), (second.id, "XLM"),
        ]  # fmt: skip
        assert [hold.id for hold in await anna.fetch_holds("XLM")] == [second.id]
        assert await bert.fetch_holds() == ()
        assert (await anna.fetch_balance())["USD"].locked == D(20)
        await refused(Code.HOLD_NOT_FOUND, anna.release_hold(first.id))
        taken = await bert.capture_hold(first.id, "12.5")
        assert (taken.id, taken.status, taken.captured, taken.owner) == (first.id, "captured", D("12.5"), ANNA.address)
        given_up = await bert.release_hold(int(second.id))
        assert (given_up.status, given_up.currency, given_up.captured) == ("released", "XLM", D(0))
        assert await anna.fetch_holds() == ()


async def test_an_agent_trades_for_the_account_until_it_is_dismissed(stage: Stage, anna: Exchange) -> None:
    agent = await anna.appoint_agent(BOT.address, ["trade"], FAR)
    assert (agent.address, agent.rights, agent.expires_at) == (BOT.address, ("trade",), FAR_US)
    assert await anna.fetch_agents() == (agent,)
    assert agent.to_ccxt() == {"address": BOT.address, "rights": ["trade"], "expires": FAR_US // 1_000, "info": {}}
    async with stage.exchange(BOT, account=ANNA.address) as bot:
        order = await bot.create_order("XLM/USD", "limit", "sell", "10", "0.2")
        assert [found.id for found in await anna.fetch_open_orders()] == [order.id]
        with pytest.raises(PermissionDenied):
            await bot.transfer("USD", "1", BERT.address)
        await refused(Code.OWNER_ONLY, bot.unlock())
    await anna.dismiss_agent(BOT.address, {"wait": "final"})
    assert await anna.fetch_agents() == ()
    with pytest.raises(ConnectionClosed):
        async with stage.exchange(BOT, account=ANNA.address):
            pass


async def test_a_rotated_account_goes_on_with_its_new_key(stage: Stage, anna: Exchange) -> None:
    receipt = await anna.rotate_key(NEW)
    assert KeyRotated(NEW.address) in receipt.effects
    async with stage.exchange(NEW, account=anna.address) as renewed:
        assert renewed.address == ANNA.address
        assert (await renewed.transfer("USD", "1", BERT.address)).amount == D(1)


async def test_locks(stage: Stage, anna: Exchange) -> None:
    assert await anna.fetch_lock() is None
    lock = await anna.lock(["payments"])
    assert lock is not None
    assert (lock.locks, lock.until, await anna.fetch_lock()) == (("payments",), None, lock)
    await refused(Code.ACCOUNT_LOCKED, anna.transfer("USD", "1", BERT.address))
    await anna.unlock()
    assert await anna.fetch_lock() is None
    until = stage.alpha.now_us + 1_000_000
    await anna.lock(["trading", "payments"], until)
    await refused(Code.TIME_LOCKED, anna.unlock())
    assert await anna.fetch_lock() is not None
    stage.alpha.now_us = until + 1
    assert await anna.lock([]) is None


@pytest.mark.parametrize(
    "call",
    [
        lambda anna: anna.capture_hold("x", "1"),
        lambda anna: anna.capture_hold(1, 0.5),
        lambda anna: anna.open_hold("USD", "1", BERT.address, None),
        lambda anna: anna.open_hold("USD", "1", BERT.address, FAR_US, {"memo": "x"}),
        lambda anna: anna.appoint_agent(BOT.address, [], FAR),
        lambda anna: anna.lock("payments"),
        lambda anna: anna.unlock({"wait": "soon"}),
    ],
)
async def test_what_makes_no_sense_is_not_sent(stage: Stage, anna: Exchange, call: Any) -> None:
    apex = stage.alpha.machine.state.apex
    with pytest.raises(InvalidRequest):
        await call(anna)
    assert stage.alpha.machine.state.apex == apex
