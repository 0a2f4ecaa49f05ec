"""What the page signs is what its visitor means: no order twice, none in another market, and the truth about each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import ClientMessage, Code, MemoType, Rejected
from constellation.sdk import Client
from constellation.vault import Account
from tests.gateway.harness import ANNA, BERT, USD, XLM, Alpha, make_settings
from tests.gateway.live import LiveAlpha
from tests.web.browser import Page
from tests.web.terminal_stage import NO_DIALOG, TRADING, appoint, connect, opened

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

MARKET = "XLM/USD"
NOTICES = "document.querySelector('.notices').innerText"
SUBMIT = "document.querySelector('[data-test=submit]')"
IMPATIENT = """
const wait = setTimeout;
window.setTimeout = (act, ms, ...given) => wait(act, ms === 30000 ? 1500 : ms, ...given);
"""


def fast() -> Alpha:
    """It takes as many requests as tests send."""
    return Alpha(rate=(1_000, 1_000))


@asynccontextmanager
async def trading(**options: Any) -> AsyncIterator[tuple[Page, LiveAlpha]]:
    """The page that trades for Anna, who may withdraw, too."""
    async with opened(**({"alpha": fast()} | options)) as (page, server):
        await page.click("[data-test=account]")
        await page.click("[data-test=way-wallet]")
        await page.call("first", "[name=may-withdraw]", "check")
        await page.leave_dialog()
        await appoint(page)
        yield page, server


def anna(server: LiveAlpha) -> Account:
    return server.alpha.machine.state.vault.accounts[ANNA.public]


async def says(page: Page, text: str) -> None:
    await page.until(f"{NOTICES}.includes({text!r})")


async def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await page.fill(name, value)


async def buy(page: Page) -> None:
    await fill(page, price="0.2", amount="10")
    await page.click("[data-test=submit]")


async def test_an_order_without_an_answer_is_not_placed_twice() -> None:
    async with trading(before=IMPATIENT) as (page, server):
        server.automatic = False
        await buy(page)
        await page.appears("[data-test=no-answer-order]")
        assert "Not placed" not in await page.evaluate(NOTICES)
        assert await page.evaluate(f"{SUBMIT}.disabled")
        await page.call("press", "3")  # not in another market either, nor back in this one
        await page.call("press", "1")
        assert await page.evaluate(f"{SUBMIT}.disabled")
        await page.click("[data-test=ask-again]")
        await page.until("/Still|No answer came/.test(document.querySelector('[data-test=no-answer-order]').innerText)")
        await page.click("[data-test=ask-again]")
        server.alpha.settle()
        (order,) = anna(server).orders
        await says(page, f"Order {order} placed")
        await page.until(f"{SUBMIT}.disabled === false")
        assert await page.call("count", "[data-test=no-answer-order]") == 0
        assert len(anna(server).orders) == 1
