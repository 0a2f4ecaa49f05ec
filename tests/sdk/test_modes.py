"""What a trader is told when alpha's operator changes the mode."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from constellation.protocol.messages import Mode, ModeCommit
from constellation.sdk import MarketClosed, MarketFeed, OnMaintenance
from tests.gateway.harness import key
from tests.sdk.stage import Stage, staged

ANNA = key("anna")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA) as stage:
        yield stage


def begin(stage: Stage, mode: Mode, reason: str = "") -> None:
    stage.alpha.execute(ModeCommit(mode, reason))
    stage.settle()


async def test_a_trader_is_told_and_refused_with_the_reason(stage: Stage) -> None:
    async with stage.exchange(ANNA) as anna, stage.exchange(None) as public:
        status = await anna.fetch_status()
        assert (status.status, status.mode, status.reason) == ("ok", "online", "")
        waiting = asyncio.create_task(anna.watch_status())
        await asyncio.sleep(0)
        begin(stage, Mode.MAINTENANCE, "upgrade until 14:00 UTC")
        told = await asyncio.wait_for(waiting, 5)
        assert (told.status, told.mode, told.reason) == ("maintenance", "maintenance", "upgrade until 14:00 UTC")
        with pytest.raises(OnMaintenance, match="upgrade until 14:00 UTC"):
            await anna.create_order("XLM/USD", "limit", "sell", "1", "0.25")
        assert (await anna.fetch_balance())["XLM"].available  # questions are answered
        shown = await public.fetch_status()
        assert (shown.status, shown.reason) == ("maintenance", "upgrade until 14:00 UTC")
        assert shown.to_ccxt()["status"] == "maintenance"
        begin(stage, Mode.ONLINE)
        await anna.create_order("XLM/USD", "limit", "sell", "1", "0.25")
        assert (await anna.fetch_status()).status == "ok"


async def test_a_mode_is_known_to_who_connects_later(stage: Stage) -> None:
    begin(stage, Mode.POST_ONLY, "opening at 12:00 UTC")
    async with stage.exchange(ANNA) as anna:
        status = await anna.fetch_status()
        assert (status.status, status.mode, status.reason) == ("ok", "post_only", "opening at 12:00 UTC")
        with pytest.raises(MarketClosed):
            await anna.create_order("XLM/USD", "limit", "sell", "1", "0.25")
        await anna.create_order("XLM/USD", "limit", "sell", "1", "0.25", {"postOnly": True})


async def test_the_feed_shows_markets_no_more_open_than_the_mode(stage: Stage) -> None:
    name = stage.feed.hub.data.listing.markets[0].name
    async with MarketFeed(stage.feed_url) as feed:
        statuses = feed.statuses()
        assert (await anext(statuses))[name] == "open"
        for mode, status in (
            (Mode.POST_ONLY, "post_only"),
            (Mode.CANCEL_ONLY, "cancel_only"),
            (Mode.MAINTENANCE, "halted"),
            (Mode.ONLINE, "open"),
        ):
            begin(stage, mode)
            assert (await asyncio.wait_for(anext(statuses), 5))[name] == status
        await statuses.aclose()


async def test_who_is_told_by_each_welcome_is_told_of_changes_alone(stage: Stage) -> None:
    async with stage.exchange(ANNA) as anna:
        waiting = asyncio.create_task(anna.watch_status())
        stage.alpha.hub._tell_all()
        await asyncio.sleep(0.05)
        assert not waiting.done()
        waiting.cancel()
