"""How a browser gets its rights, what it is refused, and how the page is used without a mouse."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Closing, Code
from constellation.protocol.strkey import encode_seed
from constellation.sdk import Client
from tests.gateway.harness import ANNA, BERT, USD, XLM, Alpha, key
from tests.sdk.test_moving import place
from tests.web.browser import Page
from tests.web.terminal_stage import NO_DIALOG, TRADING, appoint, ask_wallet, bring, opened, signed

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

BOT, NEW = key("bot"), key("new key")
PROGRESS = "document.querySelector('[data-test=progress]').innerText"
CONNECTION = "[data-test=connection]"
TITLE = f"document.querySelector('{CONNECTION}')?.title"
NOTICES = "document.querySelector('.notices')?.innerText"
KEYS_KEPT = """new Promise((resolve) => {
  const opening = indexedDB.open("constellation");
  opening.onsuccess = () => {
    const counting = opening.result.transaction("agents").objectStore("agents").count();
    counting.onsuccess = () => { opening.result.close(); resolve(counting.result); };
  };
})"""
KEEP_ANOTHER = """crypto.subtle.generateKey("Ed25519", false, ["sign"]).then((pair) => new Promise((resolve) => {
  const opening = indexedDB.open("constellation");
  opening.onsuccess = () => {
    const store = opening.result.transaction("agents", "readwrite").objectStore("agents");
    store.getAllKeys().onsuccess = ({ target }) => {
      store.put({ account: "G", pair }, target.result[0]).onsuccess = () => { opening.result.close(); resolve(null); };
    };
  };
}))"""
"""As another tab does that is connected to another account."""
FOCUSED = "document.activeElement?.name ?? document.activeElement?.className"


async def test_a_wallet_appoints_the_browser() -> None:
    async with opened() as (page, server):
        await page.click("[data-test=account]")
        await page.click("[data-test=way-wallet]")
        await page.fill("owner", "GABC")
        assert "checksum" in await page.text("[data-test=note-owner]")
        await page.leave_dialog()
        text = await ask_wallet(page)
        for wrong in ("not base64", signed(BERT.seed, text), signed(ANNA.seed, text + " ")):
            await bring(page, wrong)
            await page.until("/signature/.test(document.querySelector('[data-test=progress]').innerText)")
        await bring(page, signed(ANNA.seed, text))
        await page.until(TRADING)
        await page.until(NO_DIALOG)
        async with Client(server.url, server.alpha.settings, ANNA) as python:
            (agent,) = (await python.account()).agents
        assert (list(agent.rights), agent.address == ANNA.address) == (["trade"], False)

        await page.click("[data-test=account]")
        assert await page.text("[data-test=address]") == ANNA.address
        assert await shown_agents(page) == [(agent.address, "(this browser's) trade")]
        await page.click("[data-test=sign-out]")
        await page.until(NO_DIALOG)
        await page.call("page", "reload")
        await page.appears("[data-test=account]")
        assert await page.text("[data-test=account]") == "Connect"


async def test_the_owner_of_a_rotated_account_appoints_the_browser() -> None:
    async with opened() as (page, server):
        async with Client(server.url, server.alpha.settings, ANNA) as python:
            await python.rotate_key(NEW)
        await open_way(page, "wallet")
        await page.fill("owner", ANNA.address)
        await page.click("[data-test=rotated] summary")
        await page.fill("rotated", NEW.address)
        await page.click("[data-test=ask-wallet]")
        text = await page.text("[data-test=wallet-text]")
        assert f"Signed by: {NEW.address}" in text
        await bring(page, signed(NEW.seed, text))
        await page.until(TRADING)
        await forget(page)

        await open_way(page, "seed")
        await page.fill("seed", encode_seed(NEW.seed))
        await page.click("[data-test=appoint]")
        await page.until(f"/no deposit was credited/.test({PROGRESS})")  # it has no account of its own
        await page.click("[data-test=rotated] summary")
        await page.fill("account", ANNA.address)
        await page.click("[data-test=appoint]")
        await page.until(TRADING)
        await page.until(NO_DIALOG)

        await page.click("[data-test=account]")
        first, second = await shown_agents(page)
        own, other = (first, second) if "this browser" in first[1] else (second, first)
        await dismiss(page, other[0])
        await page.click("[data-test=dismiss-by-key]")
        await page.fill("seed", encode_seed(ANNA.seed))
        await page.click("[data-test=dismiss-now]")
        await page.until(f"/not the key of the account's owner/.test({PROGRESS})")
        await page.fill("seed", encode_seed(NEW.seed))
        await page.click("[data-test=dismiss-now]")
        await page.until("document.querySelectorAll('[data-test=agent]').length === 1")
        assert await shown_agents(page) == [own]
        assert [text for text in await page.call("problems") if "404" not in text] == []  # there is no history here


async def test_keys_are_dismissed_by_a_wallet_and_a_dismissed_browser_says_so() -> None:
    async with opened() as (page, server):
        await appoint(page)
        async with Client(server.url, server.alpha.settings, ANNA) as python:
            await python.appoint_agent(BOT.address, ["pay", "withdraw"], datetime(2100, 1, 1, tzinfo=UTC))
            await page.click("[data-test=account]")
            await page.until("document.querySelectorAll('[data-test=agent]').length === 2")
            agents = dict(await shown_agents(page))
            assert agents.pop(BOT.address) == "pay, withdraw"
            (own,) = agents

            await dismiss(page, BOT.address)
            await page.click("[data-test=dismiss-by-wallet]")
            text = await page.text("[data-test=wallet-text]")
            assert f"Dismiss agent: {BOT.address}" in text
            await bring(page, signed(BOT.seed, text))
            await page.until(f"/signature/.test({PROGRESS})")
            await bring(page, signed(ANNA.seed, text))
            await page.until("document.querySelectorAll('[data-test=agent]').length === 1")
            assert [agent.address for agent in (await python.account()).agents] == [own]

            await dismiss(page, own)
            await page.click("[data-test=dismiss-by-wallet]")
            await bring(page, signed(ANNA.seed, await page.text("[data-test=wallet-text]")))
            await gone(page)
            assert (await python.account()).agents == ()
        await page.call("page", "reload")
        await page.until("document.querySelector('[data-test=account]')?.innerText === 'Connect'")


async def test_a_browser_that_was_dismissed_while_it_was_away_is_told() -> None:
    async with opened() as (page, server):
        await appoint(page)
        async with Client(server.url, server.alpha.settings, ANNA) as python:
            (agent,) = (await python.account()).agents
            address = await page.evaluate("location.href")
            await page.open("about:blank")
            await python.dismiss_agent(agent.address)
        await page.open(address)
        await gone(page)
        await page.call("page", "reload")
        await page.until("document.querySelector('[data-test=account]')?.innerText === 'Connect'")
        await appoint(page)


async def test_a_dismissal_does_not_have_another_tabs_key_forgotten() -> None:
    async with opened() as (page, server):
        await appoint(page)
        assert await page.evaluate(KEYS_KEPT) == 1
        async with Client(server.url, server.alpha.settings, ANNA) as python:
            await page.evaluate(KEEP_ANOTHER)
            (agent,) = (await python.account()).agents
            await python.dismiss_agent(agent.address)
            await gone(page)
            await asyncio.sleep(0.5)  # what is forgotten is forgotten behind the scenes
            assert await page.evaluate(KEYS_KEPT) == 1


async def test_a_stranger_at_alphas_address_does_not_have_the_key_forgotten() -> None:
    async with opened() as (page, server):
        await appoint(page)
        address = await page.evaluate("location.href")
        await page.open("about:blank")
        await server.stop()
        async with place(port=server.port) as stranger:
            stranger.closing = Closing(Code.UNKNOWN_SIGNER, "your key is unknown")
            await page.open(address)
            await page.until(f"/your key is unknown/.test({TITLE})")
            await page.until(f"document.querySelector('{CONNECTION}').dataset.state === 'connecting'")
            await page.click("[data-test=account]")
            await page.until("document.querySelector('dialog')?.open")
            assert await page.text("[data-test=trouble]") == "your key is unknown"
            await page.leave_dialog()
        await server.start()
        await page.until(TRADING)
        assert "unknown" not in await page.evaluate(TITLE)


async def test_it_connects_again_when_alpha_has_halted_and_says_why_meanwhile() -> None:
    async with opened() as (page, server):
        server.alpha.now_us = time.time_ns() // 1000
        await appoint(page)
        deposit(server.alpha, XLM)
        await page.until(f"/XLM deposited/.test({NOTICES})")
        await page.until(f"!/XLM deposited/.test({NOTICES})")
        await server.stop(Code.HALTED, "money does not add up")
        await page.until(f"/has ended: money does not add up/.test({NOTICES})")
        deposit(server.alpha, USD)
        await page.until(f"/Alpha: connecting…. no connection to/.test({TITLE})")
        await server.start()
        await page.until(TRADING)
        await page.until(f"/Alpha: connected/.test({TITLE})")
        await page.until(f"/USD deposited/.test({NOTICES})")
        assert "XLM deposited" not in await page.evaluate(NOTICES)
        await forget(page)


def deposit(alpha: Alpha, asset: int) -> None:
    alpha.deposit(ANNA, asset, ONE)
    alpha.settle()


async def open_way(page: Page, way: str) -> None:
    await page.click("[data-test=account]")
    await page.click(f"[data-test=way-{way}]")


async def forget(page: Page) -> None:
    await page.click("[data-test=account]")
    await page.click("[data-test=sign-out]")
    await page.until(NO_DIALOG)


async def dismiss(page: Page, address: str) -> None:
    await page.click(f"[data-agent={address}] [data-test=dismiss]")


async def shown_agents(page: Page) -> list[tuple[str, str]]:
    """The keys that the page names: address, and what it says beside it."""
    await page.appears("[data-test=agent]")
    rows = """[...document.querySelectorAll('[data-test=agent]')].map((row) => {
      const [key, rights] = row.cells;
      return [row.dataset.agent, `${key.innerText.split(" ").slice(1).join(" ")} ${rights.innerText}`.trim()];
    })"""
    return [(address, text) for address, text in await page.evaluate(rows)]


async def gone(page: Page) -> None:
    """The page says that its key is none of the account's any more, and has forgotten it."""
    await page.until("/was dismissed, or has expired/.test(document.body.innerText)")
    await page.until("document.querySelector('[data-test=account]').innerText === 'Connect'")


async def test_a_wallet_gets_the_account_a_number_for_deposits() -> None:
    async with opened() as (page, server):
        await appoint(page)
        await page.call("press", "d")
        await page.call("first", "[name=sender][value=other]", "check")
        await page.click("[data-test=ask-number]")
        text = await page.text("[data-test=wallet-text]")
        await bring(page, signed(BERT.seed, text))
        await page.until("/signature/.test(document.querySelector('[data-test=progress]').innerText)")
        await page.click("[data-test=another-text]")
        await page.until(f"document.querySelector('[data-test=wallet-text]').innerText !== {text!r}")
        await bring(page, signed(ANNA.seed, text))  # of the text before
        await page.until("/signature/.test(document.querySelector('[data-test=progress]').innerText)")
        assert server.alpha.machine.state.vault.routes == {}
        await bring(page, signed(ANNA.seed, await page.text("[data-test=wallet-text]")))
        number = int(await page.text("[data-test=memo]"))
        assert {number: account.key for number, account in server.alpha.machine.state.vault.routes.items()} == {
            number: ANNA.public
        }
        assert f"memo={number}&memo_type=MEMO_ID" in (await page.attribute("[data-test=sep7]", "href") or "")

        await page.leave_dialog()
        await page.call("press", "d")  # nobody keeps a history here: it does not know the number any more
        await page.call("first", "[name=sender][value=other]", "check")
        await page.click("[data-test=ask-number]")
        await bring(page, signed(ANNA.seed, await page.text("[data-test=wallet-text]")))
        await page.until(f"/has routing id {number}/.test(document.querySelector('[data-test=progress]').innerText)")


async def test_what_is_no_owner_key_is_refused() -> None:
    async with opened() as (page, _):
        await page.click("[data-test=account]")
        await page.click("[data-test=way-seed]")
        await page.fill("seed", ANNA.address)
        assert "begins with S" in await page.text("[data-test=note-seed]")
        seed = encode_seed(ANNA.seed)
        await page.fill("seed", seed[:-1] + ("A" if seed[-1] != "A" else "B"))
        await page.click("[data-test=appoint]")
        await page.until("document.querySelector('[data-test=progress]').classList.contains('error')")


async def test_without_alpha_one_can_look() -> None:
    async with opened(to_look=True) as (page, _):
        await page.appears("[data-test='market-XLM/USD']")
        await page.click("[data-test=account]")
        assert "markets only" in await page.text("dialog")
        assert await page.call("count", "dialog button") == 1


async def test_the_keyboard_is_enough() -> None:
    async with opened() as (page, _):
        await page.appears(".ladder")
        await page.call("press", "s")
        await page.until(f"{FOCUSED} === 'amount'")
        assert await page.attribute("[data-test=side-sell]", "aria-pressed") == "true"
        await page.call("type", "b12")  # typed, no shortcut
        assert await page.attribute("[data-test=side-sell]", "aria-pressed") == "true"
        await page.evaluate("document.activeElement.blur()")
        await page.call("press", "o")
        await page.until(f"{FOCUSED} === 'ladder'")
        await page.call("press", "3")
        await page.until("document.querySelector('.market').innerText === 'XLM/EUR'")
        await page.call("press", "?")
        await page.appears("dialog kbd")
        await page.leave_dialog()
        await page.call("press", "t")
        await page.until("document.documentElement.dataset.theme === 'light'")
        assert await page.evaluate(UNNAMED) == []
        assert [text for text in await page.call("problems") if "404" not in text] == []  # there is no history here


UNNAMED = """[...document.querySelectorAll('button, a, input, select, [role=img]')].filter((item) => {
  const label = item.labels?.length || item.ariaLabel || item.title || item.innerText?.trim();
  return !label;
}).map((item) => item.outerHTML)"""
"""What a screen reader could not name."""
