"""A new account where money is real: its owner key is shown once, and nothing happens behind the visitor's back."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from constellation.gateway.desk import RequestDesk
from constellation.gateway.guests import Origin
from constellation.gateway.session import Session
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Code, QueryAccount
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_seed
from constellation.sdk import Client
from tests.gateway.harness import ANNA, XLM
from tests.gateway.live import LiveAlpha
from tests.web.browser import Page
from tests.web.terminal_stage import NO_DIALOG, TRADING, ask_wallet, bring, opened, signed

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

WAIT = "[data-test=wait]"
PROGRESS = "document.querySelector('[data-test=progress]').innerText"
KEPT = """JSON.stringify(localStorage) + document.documentElement.outerHTML
    + [...document.querySelectorAll('input')].map((field) => field.value)"""
"""Where an owner key could be left lying about."""


async def new_owner(page: Page) -> KeyPair:
    await page.click("[data-test=account]")
    await page.click("[data-test=way-new]")
    owner = KeyPair.from_text(await page.text("[data-test=seed]"))
    assert await page.text("[data-test=new-address]") == owner.address
    return owner


async def waits(page: Page) -> None:
    await page.call("first", "[name=saved]", "check")
    await page.click(WAIT)
    await page.until(f"/Waiting for your first deposit/.test({PROGRESS})")


def deposit(server: LiveAlpha, owner: KeyPair) -> None:
    server.alpha.deposit(owner, XLM, 100 * ONE)
    server.alpha.settle()


async def comes(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.02)


def sessions(server: LiveAlpha) -> int:
    return len(server.alpha.front._sessions)


@pytest.mark.parametrize("may_withdraw", [True, False])
async def test_it_waits_for_the_deposit_and_appoints_the_browser(may_withdraw: bool) -> None:
    async with opened() as (page, server):
        owner = await new_owner(page)
        assert await page.call("first", WAIT, "isDisabled"), "the key is not saved yet"
        assert await page.call("count", "[data-test=start]") == 0
        if not may_withdraw:
            await page.call("first", "[name=may-withdraw]", "uncheck")
        await waits(page)
        assert await page.call("count", WAIT) == 0
        await comes(lambda: sessions(server) == 1)
        await asyncio.sleep(1)
        assert owner.public not in server.alpha.machine.state.vault.accounts
        deposit(server, owner)
        await page.click("[data-test=start]")
        await page.until(TRADING)
        await page.until(NO_DIALOG)
        assert encode_seed(owner.seed) not in await page.evaluate(KEPT)
        await comes(lambda: sessions(server) == 1)  # the agent's alone
        async with Client(server.url, server.alpha.settings, owner) as python:
            (agent,) = (await python.account()).agents
        assert agent.rights == (("trade", "withdraw") if may_withdraw else ("trade",))
        account = server.alpha.machine.state.vault.accounts[owner.public]
        assert account.routing_id is not None
        assert [text for text in await page.call("problems") if "404" not in text] == []  # there is no history here


async def test_a_visitor_who_leaves_is_not_waited_for() -> None:
    async with opened() as (page, server):
        owner = await new_owner(page)
        await waits(page)
        await comes(lambda: sessions(server) == 1)
        await page.leave_dialog()
        await comes(lambda: sessions(server) == 0)
        deposit(server, owner)
        await asyncio.sleep(2)
        account = server.alpha.machine.state.vault.accounts[owner.public]
        assert (account.keys, account.routing_id, sessions(server)) == (None, None, 0)
        assert await page.text("[data-test=account]") == "Connect"
        assert (await new_owner(page)).public != owner.public


async def test_a_visitor_who_leaves_between_two_steps_is_not_appointed() -> None:
    async with opened() as (page, server):
        owner = await new_owner(page)
        await waits(page)
        await comes(lambda: sessions(server) == 1)
        server.automatic = False
        deposit(server, owner)
        await comes(lambda: server.alpha.executed)  # the registration of a number, which alpha has not acknowledged
        await page.leave_dialog()
        await comes(lambda: sessions(server) == 0)
        server.automatic = True
        server.alpha.settle()
        await asyncio.sleep(1)
        account = server.alpha.machine.state.vault.accounts[owner.public]
        assert account.routing_id is not None
        assert (account.keys, sessions(server)) == (None, 0)


async def test_an_appointment_that_is_on_its_way_is_not_left_behind() -> None:
    async with opened() as (page, server):
        text = await ask_wallet(page)
        server.automatic = False
        await bring(page, signed(ANNA.seed, text))
        await comes(lambda: server.alpha.executed)
        await page.leave_dialog()
        await asyncio.sleep(0.5)
        server.automatic = True
        server.alpha.settle()
        await page.until(TRADING)  # the key is kept: it would be an agent for 30 days that nobody has
        await comes(lambda: sessions(server) == 1)


_HASTY = """
const known = window.setTimeout;
window.setTimeout = (act, ms, ...rest) => known(act, ms === 30_000 ? 1_000 : ms, ...rest);
"""


async def test_an_appointment_without_an_answer_is_asked_for_again() -> None:
    async with opened(before=_HASTY) as (page, server):
        text = await ask_wallet(page)
        server.automatic = False
        await bring(page, signed(ANNA.seed, text))
        await comes(lambda: server.alpha.executed)
        await asyncio.sleep(2.5)
        server.automatic = True
        server.alpha.settle()
        await page.until(TRADING)
        await page.until(NO_DIALOG)


async def test_an_appointment_that_is_never_answered_says_that_it_may_have_happened() -> None:
    async with opened(before=_HASTY) as (page, server):
        text = await ask_wallet(page)
        server.automatic = False
        await bring(page, signed(ANNA.seed, text))
        await page.until(f"/it may have been executed/.test({PROGRESS})")
        assert await page.text("[data-test=account]") == "Connect"


async def test_the_owners_client_is_closed_before_the_page_connects() -> None:
    async with opened() as (page, server):
        front, visits = server.alpha.front, 0
        let_in = front.connect

        def keep_out_the_second(*args: Any) -> Session:
            nonlocal visits
            visits += 1
            session = let_in(*args)
            if visits > 1:
                session.close(Code.OVERLOADED, "come back later")
            return session

        front.connect = keep_out_the_second  # type: ignore[method-assign]
        await page.click("[data-test=account]")
        await page.click("[data-test=way-seed]")
        await page.fill("seed", encode_seed(ANNA.seed))
        await page.click("[data-test=appoint]")
        await comes(lambda: visits > 2)
        await comes(lambda: sessions(server) == 0)
        assert server.alpha.machine.state.vault.accounts[ANNA.public].keys is not None
        front.connect = let_in  # type: ignore[method-assign]
        await page.until(TRADING)


async def test_it_goes_on_waiting_when_alpha_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[QueryAccount] = []
    answer = RequestDesk.query_account

    def take(desk: RequestDesk, origin: Origin, query: QueryAccount) -> None:
        asked.append(query)
        answer(desk, origin, query)

    monkeypatch.setattr(RequestDesk, "query_account", take)
    async with opened() as (page, server):
        owner = await new_owner(page)
        await waits(page)
        await comes(lambda: asked)
        await server.stop()
        asked.clear()
        await server.start()
        await comes(lambda: asked)
        deposit(server, owner)
        await page.click("[data-test=start]")
        await page.until(TRADING)


async def test_a_text_for_a_wallet_that_nobody_signs_leaves_no_connection() -> None:
    async with opened() as (page, server):
        await ask_wallet(page)
        assert sessions(server) == 1
        text = await page.text("[data-test=wallet-text]")
        await page.click("[data-test=another-text]")
        await page.until(f"document.querySelector('[data-test=wallet-text]').innerText !== {text!r}")
        await comes(lambda: sessions(server) == 1)
        await page.leave_dialog()
        await comes(lambda: sessions(server) == 0)
