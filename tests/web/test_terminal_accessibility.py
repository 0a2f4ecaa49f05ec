"""Whether everybody can see, read out and reach what the page shows: axe-core's judgement of every part of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Mode, ModeCommit, Payment
from constellation.sdk import Client
from tests.gateway.harness import ANNA, BERT, CARL, XLM, key
from tests.gateway.live import LiveAlpha, live
from tests.marketdata.feed import Feed
from tests.sdk.chronicle import with_chronicle
from tests.web.browser import Page, browser, build_terminal
from tests.web.page_server import page_routes
from tests.web.terminal_stage import NO_DIALOG, TRADING, ask_wallet, bring, follow, signed, time_passes

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

WIDE, PHONE = {"width": 1440, "height": 860}, {"width": 390, "height": 844}
LOOKS = {
    "dark": ("dark", WIDE, False),
    "light": ("light", WIDE, False),
    "dark phone": ("light", PHONE, True),
    "light phone": ("dark", PHONE, True),
}
"""The system's colours, the size, and whether the visitor chooses the other colours."""


@dataclass
class Judge:
    """Collects what axe-core finds in the parts of the page."""

    page: Page
    found: dict[str, list[str]] = field(default_factory=dict)

    async def look(self, name: str, within: str = "html") -> None:
        if found := await self.page.call("audit", within):
            self.found[name] = found

    async def look_at_dialog(self, name: str) -> None:
        await self.page.appears("dialog[open]")
        await self.look(name, "dialog")

    async def go(self, place: str) -> None:
        """To a part of the page, which at phone width is shown alone."""
        selector = f"[data-test=place-{place}]"
        if await self.page.call("first", selector, "isVisible"):
            await self.page.click(selector)


@asynccontextmanager
async def floor(directory: Path) -> AsyncIterator[tuple[Page, LiveAlpha]]:
    """The page of an alpha with a chronicle and a feed of what happens there."""
    await asyncio.to_thread(build_terminal)
    alpha, chronicle = with_chronicle(directory)
    try:
        async with (
            live(alpha.fund(ANNA, BERT)) as server,
            browser() as page,
            time_passes(alpha),
            Feed(alpha.settings, routes=page_routes(alpha.settings, server.url)) as feed,
        ):
            follow(alpha, feed)
            await page.open(f"http://127.0.0.1:{feed.port}")
            yield page, server
    finally:
        chronicle.close()


async def trade(server: LiveAlpha) -> None:
    """A book with both sides, trades both ways, and orders of Anna's that rest."""
    settings = server.alpha.settings
    async with Client(server.url, settings, BERT) as bert, Client(server.url, settings, ANNA) as anna:
        for step in (1, 2):
            await bert.create_order("XLM/USD", "sell", f"0.2{step}", 10 * step)
            await bert.create_order("XLM/USD", "buy", f"0.1{step}", 10 * step)
        await anna.create_order("XLM/USD", "buy", "0.21", 5)
        await anna.create_order("XLM/USD", "sell", "0.12", 5)
        await anna.create_order("XLM/USD", "buy", "0.15", 10)
        await anna.create_order("XLM/USD", "sell", "0.3", 10)


async def without_account(judge: Judge) -> None:
    page = judge.page
    for place in ("chart", "book", "trade", "account"):
        await judge.go(place)
        await judge.look(f"nobody: {place}")
    for shortcut, name in (("?", "help"), ("p", "proofs")):
        await page.call("press", shortcut)
        await judge.look_at_dialog(f"nobody: {name}")
        await page.leave_dialog()
    for way in ("choose", "new", "wallet", "seed"):
        await page.click("[data-test=account]")
        if way != "choose":
            await page.click(f"[data-test=way-{way}]")
        if way == "seed":
            await page.fill("seed", "wrong")
        if way in {"seed", "wallet"}:
            await page.click("[data-test=rotated] summary")
        await judge.look_at_dialog(f"connect: {way}")
        await page.leave_dialog()


async def with_account(judge: Judge, server: LiveAlpha) -> None:
    page = judge.page
    text = await ask_wallet(page)
    await judge.look_at_dialog("connect: the wallet's text")
    await bring(page, signed(ANNA.seed, text))
    await page.until(TRADING)
    await page.until(NO_DIALOG)
    await judge.go("book")
    await page.appears(".ladder .own")
    await judge.look("book", ".book")
    await judge.go("trade")
    for side in ("sell", "buy"):
        await page.click(f"[data-test=side-{side}]")
        await page.fill("price", "0.12345")
        await page.fill("amount", "1e9")
        await judge.look(f"trade: {side}", ".order")
    await judge.go("chart")
    await judge.look("chart")
    async with Client(server.url, server.alpha.settings, ANNA) as anna:
        await anna.withdraw("XLM", 1, ANNA.address)
    await judge.go("account")
    for tab in ("withdrawals", "past", "fills", "balances", "open"):
        await page.click(f"[data-test=tab-{tab}]")
        await page.until("document.querySelector('#tab-panel tbody tr') !== null", 5000)
        await judge.look(f"account: {tab}")


async def dialogs(judge: Judge) -> None:
    page = judge.page
    await page.click("[data-test=account]")
    await page.appears("[data-test=agent]")
    await judge.look_at_dialog("account")
    await page.click("[data-test=dismiss]")
    await judge.look_at_dialog("account: dismissal")
    await page.click("[data-test=dismiss-by-key]")
    await judge.look_at_dialog("account: dismissal by the owner key")
    await page.leave_dialog()
    await page.call("press", "d")
    await judge.look_at_dialog("deposit: own")
    await page.call("first", "[name=sender][value=other]", "check")
    await page.click("[data-test=ask-number]")
    await judge.look_at_dialog("deposit: the wallet's text")
    await bring(page, signed(ANNA.seed, await page.text("[data-test=wallet-text]")))
    await page.appears("[data-test=memo]")
    await judge.look_at_dialog("deposit: by others")
    await page.leave_dialog()
    await judge.go("account")
    await page.click(".actions button:text-is('Withdraw')")
    await page.fill("withdraw-amount", "9999999")
    await judge.look_at_dialog("withdraw")
    await page.leave_dialog()
    await page.call("press", "p")
    for tab in ("batches", "own", "reserves"):
        await page.click(f"[data-test=proofs-{tab}]")
        await judge.look_at_dialog(f"proofs: {tab}")
    await page.leave_dialog()


async def notices(judge: Judge, server: LiveAlpha) -> None:
    server.alpha.execute(ModeCommit(Mode.POST_ONLY, "for a test"))
    server.alpha.settle()
    await judge.page.appears("[data-test=mode]")
    await judge.look("a warning")
    server.alpha.auditors = [CARL, key("nobody")]
    server.alpha.execute(server.alpha.request(BERT, Payment(ANNA.public, XLM, ONE), server.alpha.now_us + 10**9))
    server.alpha.settle()
    await judge.page.appears("[data-test=broken]")
    await judge.look("an alarm")


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing(tmp_path: Path, look: str) -> None:
    scheme, size, chooses = LOOKS[look]
    async with floor(tmp_path) as (page, server):
        await page.call("page", "emulateMedia", {"colorScheme": scheme})
        await page.call("page", "setViewportSize", size)
        await page.appears("[data-test='market-XLM/USD']")
        if chooses:
            await page.call("press", "t")
        judge = Judge(page)
        await trade(server)
        await without_account(judge)
        await with_account(judge, server)
        await dialogs(judge)
        await notices(judge, server)
        said = [f"{name}: {text}" for name, found in judge.found.items() for text in found]
        assert not said, "\n".join(said)


async def test_axe_would_find_something() -> None:
    async with browser() as page:
        await page.call("page", "setContent", "<main><img src=x><p style='color:#aaa'>pale</p><button></button></main>")
        found = "\n".join(await page.call("audit", "html"))
        assert all(rule in found for rule in ("image-alt", "color-contrast", "button-name"))
