"""How a browser gets its rights, what it is refused, and how the page is used without a mouse."""

import pytest

from constellation.protocol.strkey import encode_seed
from constellation.sdk import Client
from tests.gateway.harness import ANNA, BERT
from tests.web.terminal_stage import NO_DIALOG, TRADING, appoint, ask_wallet, bring, opened, signed

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

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
        await page.until("/It may\\s+trade, until/.test(document.querySelector('dialog').innerText)")
        await page.click("[data-test=sign-out]")
        await page.call("page", "reload")
        await page.appears("[data-test=account]")
        assert await page.text("[data-test=account]") == "Connect"


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
