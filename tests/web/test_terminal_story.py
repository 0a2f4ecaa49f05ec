"""The terminal against real nodes, in a real browser: the whole story of a visitor."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from constellation.node.cli import main
from constellation.node.keys import new_key_pair
from constellation.node.sandbox import CHRONICLER, Sandbox
from constellation.protocol.signing import KeyPair
from constellation.sdk import Client
from tests.web.browser import Page, browser, build_terminal
from tests.web.terminal_stage import TRADING

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("processes")]

MARKET = "XLM/USD"


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    await asyncio.to_thread(build_terminal)
    options = {"checkpoint_interval_s": 1}
    found = Sandbox(tmp_path / "sandbox", close_interval_s=0.3, alpha_options=options, chronicler=True)
    try:
        await found.start(lambda _text: None)
        await found.ready(CHRONICLER)
        yield found
    finally:
        await found.stop()


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with browser() as found:
        yield found


async def open_account(page: Page) -> KeyPair:
    """One click; the owner of the new account."""
    await page.click("[data-test=account]")
    await page.click("[data-test=way-new]")
    await page.appears("[data-test=start]", 30_000)
    address, seed = await page.text("[data-test=new-address]"), await page.text("[data-test=seed]")
    await page.call("first", "[name=saved]", "check")
    await page.click("[data-test=start]")
    await page.until(TRADING)
    owner = KeyPair.from_text(seed)
    assert owner.address == address
    return owner


async def place(page: Page, side: str, amount: str, kind: str = "limit", **fields: str) -> None:
    await page.click(f"[data-test=side-{side}]")
    await page.choose("kind", kind)
    for name, value in fields.items():
        await page.fill(name, value)
    await page.fill("amount", amount)
    await page.click("[data-test=submit]")
    await page.until("document.querySelector('[name=amount]').value === ''")


async def orders(page: Page, number: int) -> None:
    """Waits until so many orders are open."""
    await page.until(f"document.querySelectorAll('[data-test=open-order]').length === {number}")


async def is_final(page: Page, within: str) -> None:
    """Waits until every shield there is full, and says who signed."""
    await page.until(
        f"[...document.querySelectorAll('{within} .shield')].every((item) => item.dataset.trust === 'final'"
        " && /signed by [23] auditors/.test(item.title))"
    )


async def has(page: Page, asset: str, total: str) -> None:
    """Waits until the page shows that the account has so much."""
    await page.click("[data-test=tab-balances]")
    cell = f"[data-test='balance-{asset}'] [data-test=total]"
    await page.until(f"document.querySelector(`{cell}`)?.dataset.value === '{total}'")
    await page.click("[data-test=tab-open]")


async def test_a_day_of_a_visitor(sandbox: Sandbox, page: Page) -> None:
    await page.open(sandbox.feed_url)
    assert await page.text("[data-test=account]") == "Connect"
    owner = await open_account(page)
    await it_says_where_deposits_go(sandbox, page)
    await it_places_and_is_filled_in_part(sandbox, page)
    await it_refuses_what_is_wrong(page)
    await it_arms_a_stop_order(page)
    await it_resumes_after_a_reload(page)
    await it_survives_a_restart_of_alpha(sandbox, page)
    await it_says_when_no_quorum_signs(sandbox, page)
    await it_says_what_alphas_operator_lets_it_do(sandbox, page)
    await it_cancels(page)
    await it_withdraws(page)
    await it_shows_the_past_and_proofs(sandbox, page)
    await it_shows_what_the_sdk_shows(sandbox, page, owner)
    await it_makes_an_account_where_nobody_sells_dollars(sandbox, page)
    problems = [text for text in await page.call("problems") if "400 (Bad Request)" not in text]  # of that ledger
    assert [text for text in problems if "ERR_CONNECTION_REFUSED" not in text] == []  # alpha was away for a while
    own = {sandbox.feed_url, sandbox.client_url, sandbox.horizon_url, sandbox.feed_url.replace("http", "ws")}
    assert set(await page.call("asked")) <= own


async def it_says_where_deposits_go(sandbox: Sandbox, page: Page) -> None:
    await page.call("press", "d")
    assert await page.text("[data-test=vault]") == sandbox.vault_address
    link = await page.attribute("[data-test=sep7]", "href") or ""
    assert link.startswith(f"web+stellar:pay?destination={sandbox.vault_address}&network_passphrase=")
    assert await page.call("count", ".qr path") == 2
    await page.call("first", "[name=sender][value=other]", "check")
    number = await page.text("[data-test=memo]")
    assert f"memo={number}&memo_type=MEMO_ID" in (await page.attribute("[data-test=sep7]", "href") or "")
    await page.leave_dialog()


async def it_places_and_is_filled_in_part(sandbox: Sandbox, page: Page) -> None:
    await place(page, "sell", "100", price="0.26")
    await place(page, "buy", "40", price="0.24")
    await orders(page, 2)
    await is_final(page, "[data-test=open-order]")

    bert = KeyPair.from_text((await sandbox.funded_trader("bert")).read_text())
    async with Client(sandbox.client_url, sandbox.settings, bert) as python:
        async with asyncio.timeout(30):
            while len((await python.account()).balances) < 2:
                await asyncio.sleep(0.1)
        await python.create_market_order(MARKET, "buy", "30")
        await page.until("/Sold 30 XLM at 0.26/.test(document.querySelector('.notices').innerText)")
        await page.until("document.querySelector('[data-test=last]').innerText === '0.2600'")
        await page.until("/0.2600/.test(document.querySelector('[data-test=candle]').innerText)")
        await page.until("/^0.2600\\s+30.000\\s/.test(document.querySelector('[data-test=trade]')?.innerText)")

        book = await python.order_book(MARKET)
        await page.until("document.querySelector('.asks li')?.innerText.includes('70.000')")
        shown = [text.split()[:2] for text in await page.texts(".ladder li")]
        known = [*reversed(book.asks), *book.bids]
        assert shown == [[f"{line.price:.4f}", f"{line.amount:.3f}"] for line in known]
    await has(page, "XLM", "3970.0000000")
    await has(page, "USD", "1007.8000000")
    await is_final(page, "[data-test=open-order]")


async def it_shows_what_the_sdk_shows(sandbox: Sandbox, page: Page, owner: KeyPair) -> None:
    """Candles, balances, history and fills, of the same moment: nothing happens any more."""
    async with Client(sandbox.client_url, sandbox.settings, owner) as python:
        account, past = await python.account(), await python.orders_page(newest_first=True)
        fills = await python.history_page(kinds=["trade"], newest_first=True)
    for asset, known in account.balances.items():
        await has(page, asset, f"{known.total:.7f}")
    await page.click("[data-test=tab-past]")
    await page.until(f"document.querySelectorAll('[data-test=past-order]').length === {len(past.orders)}")
    shown = [text.split("\t") for text in await page.texts("[data-test=past-order]")]
    assert [(int(line[2]), line[4].split()[0], line[7]) for line in shown] == [
        (order.order_id, order.side, f"{order.filled:.3f}") for order in past.orders
    ]
    await page.click("[data-test=tab-fills]")
    await page.appears("[data-test=fill]")
    shown = [text.split("\t") for text in await page.texts("[data-test=fill]")]
    known_fills = [item.effect for item in fills.items]
    assert [(line[5], line[6]) for line in shown] == [
        (f"{fill.price:.4f}", f"{fill.amount:.3f}") for fill in known_fills
    ]

    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.feed_url}/v1/markets/XLM-USD/candles", params={"period": "1d"}) as answer,
    ):
        _, opened, high, low, close, *_ = (await answer.json())["candles"][-1]
    await page.click(".chart button:text-is('1d')")
    await page.until(
        f"document.querySelector('[data-test=candle]')?.innerText === 'O {opened} H {high} L {low} C {close}'"
    )


async def it_makes_an_account_where_nobody_sells_dollars(sandbox: Sandbox, page: Page) -> None:
    async with (
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.put(f"{sandbox.horizon_url}/_sandbox/conversions", json={"conversions": []}),
    ):
        pass
    await page.click("[data-test=account]")
    await page.click("[data-test=sign-out]")
    await page.until("document.querySelector('dialog') === null")
    await open_account(page)
    await has(page, "XLM", "4000.0000000")
    await page.click("[data-test=tab-balances]")
    assert await page.call("count", "#tab-panel tr") == 2  # the names of the columns, and lumens


async def it_refuses_what_is_wrong(page: Page) -> None:
    """Each wrong input is named at its field, and nothing is sent."""
    await page.click("[data-test=side-buy]")
    await page.choose("kind", "limit")
    for field, text, expected in (
        ("price", "abc", "Not a number"),
        ("price", "1e3", "Not a number"),
        ("price", "-1", "Not a number"),
        ("price", "0.00001", "rounds to zero"),
        ("price", "99999999999999999999", "Too large"),
        ("amount", "0.0001", "rounds to zero"),
        ("amount", "1,5", "Not a number"),
        ("amount", "0.3", "At least"),
        ("amount", "1000000", "More than"),
    ):
        await page.fill("price", "0.25")
        await page.fill("amount", "10")
        await page.fill(field, text)
        await page.click("[data-test=submit]")
        assert expected in await page.text(f"[data-test=note-{field}]"), (field, text)
    await page.fill("price", "0.24567")
    await page.fill("amount", "10.00059")
    assert "Rounded to 0.2456" in await page.text("[data-test=note-price]")
    assert "Rounded to 10.00" in await page.text("[data-test=note-amount]")
    assert await page.text("[data-test=total]") == "2.456 USD"
    assert await page.text("[data-test=fee]") == "0.01 XLM"
    await page.fill("amount", "")
    await orders(page, 2)


async def it_arms_a_stop_order(page: Page) -> None:
    await place(page, "sell", "50", kind="stop_limit", triggerPrice="0.20", price="0.19")
    await orders(page, 3)
    assert "stop 0.2000" in await page.text("[data-test=open-order]")


async def it_resumes_after_a_reload(page: Page) -> None:
    before = await page.text("[data-test=account]")
    await page.call("page", "reload")
    await page.until(TRADING)
    assert await page.text("[data-test=account]") == before
    await orders(page, 3)
    kept = await page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "S" not in {word[:1] for word in kept.split('"') if len(word) == 56}
    extractable = """new Promise((resolve) => {
      const opening = indexedDB.open('constellation', 1);
      opening.onsuccess = () => {
        const all = opening.result.transaction('agents').objectStore('agents').getAll();
        all.onsuccess = () => {
          opening.result.close();
          resolve(all.result.map((item) => item.pair.privateKey.extractable));
        };
      };
    })"""
    assert await page.evaluate(extractable) == [False]


async def it_survives_a_restart_of_alpha(sandbox: Sandbox, page: Page) -> None:
    await sandbox.kill_node("alpha")
    await page.until("document.querySelector('[data-test=connection]').innerText.includes('reconnecting')")
    await sandbox.start_node("alpha")
    await page.until(TRADING, 30_000)
    await orders(page, 3)
    await place(page, "buy", "11", price="0.23")
    await orders(page, 4)
    await is_final(page, "[data-test=open-order]:first-child")


async def it_says_when_no_quorum_signs(sandbox: Sandbox, page: Page) -> None:
    silent = [sandbox.processes[auditor].process_id for auditor in sandbox.auditors[:2]]
    for process_id in silent:
        os.kill(process_id, signal.SIGSTOP)
    await place(page, "buy", "12", price="0.22")
    await page.appears("[data-test=open-order]:first-child .shield.acknowledged")
    await page.appears("[data-test=unfinal]")
    for process_id in silent:
        os.kill(process_id, signal.SIGCONT)
    await page.until("document.querySelector('[data-test=unfinal]') === null", 30_000)
    await is_final(page, "[data-test=open-order]:first-child")
    await it_says_when_alpha_refuses_for_want_of_a_quorum(sandbox, page)


async def it_says_when_alpha_refuses_for_want_of_a_quorum(sandbox: Sandbox, page: Page) -> None:
    for auditor in sandbox.auditors[:2]:
        await sandbox.kill_node(auditor)
    async with asyncio.timeout(20):
        while (await sandbox.status("alpha"))["state"] != "no_quorum":
            await asyncio.sleep(0.1)
    await page.fill("price", "0.21")
    await page.fill("amount", "13")
    await page.click("[data-test=submit]")
    await page.appears("[data-test=no-quorum]")
    for auditor in sandbox.auditors[:2]:
        await sandbox.start_node(auditor)
    await page.until("document.querySelector('[data-test=no-quorum]') === null", 30_000)


async def it_says_what_alphas_operator_lets_it_do(sandbox: Sandbox, page: Page) -> None:
    command = ["mode", "--config", str(sandbox.directory / "alpha.toml")]
    more = ["maintenance", "--reason", "upgrade until 14:00 UTC"]
    changed = await asyncio.to_thread(CliRunner().invoke, main, [*command, *more])
    assert changed.exit_code == 0, changed.output
    await page.appears("[data-test=mode]")
    assert await page.text("[data-test=mode]") == "Maintenance: no requests are taken now. upgrade until 14:00 UTC"
    await page.until("document.querySelector('[data-test=market-status]')?.innerText === 'halted'")
    assert (await asyncio.to_thread(CliRunner().invoke, main, [*command, "online"])).exit_code == 0
    await page.until("document.querySelector('[data-test=mode]') === null")
    await page.until("document.querySelector('[data-test=market-status]') === null")


async def it_cancels(page: Page) -> None:
    await page.click("[data-test=open-order] [data-test=cancel]")
    await orders(page, 4)
    await page.click("[data-test=cancel-all]")
    await orders(page, 0)


async def it_withdraws(page: Page) -> None:
    await page.click("button:text-is('Withdraw')")
    for amount, to, field, expected in (
        ("x", None, "withdraw-amount", "Not a number"),
        ("99999", None, "withdraw-amount", "More than"),
        ("5", "GABC", "destination", "checksum"),
    ):
        await page.fill("withdraw-amount", amount)
        if to is not None:
            before = await page.evaluate("document.querySelector('[name=destination]').value")
            await page.fill("destination", to)
        await page.click("[data-test=withdraw]")
        assert expected in await page.text(f"[data-test=note-{field}]")
    await page.fill("destination", before)
    await page.choose("asset", "XLM")
    await page.fill("withdraw-amount", "25.5")
    await page.click("[data-test=withdraw]")
    await page.appears("[data-test=withdrawal]")
    await page.appears("[data-test=withdrawal][data-state=paid]", 30_000)
    await is_final(page, "[data-test=withdrawal]")


async def it_shows_the_past_and_proofs(sandbox: Sandbox, page: Page) -> None:
    await page.click("[data-test=tab-fills]")
    await page.until("document.querySelector('[data-test=fill]')?.innerText.includes('30.000')")
    await page.click("[data-test=tab-past]")
    await page.until("document.querySelectorAll('[data-test=past-order]').length === 5")
    await is_final(page, "[data-test=past-order]")
    await page.call("press", "p")
    await page.appears("[data-test=batch]")
    assert await page.call("count", "[data-test=batch] .shield.broken") == 0
    assert await page.call("count", "[data-test=auditor]") == len(sandbox.auditors)
    await page.click("[data-test=proofs-reserves]")
    await page.appears("[data-test=reserve-XLM]")
    owed = await page.attribute("[data-test=reserve-XLM] [data-value]", "data-value")
    async with Client(sandbox.client_url, sandbox.settings, new_key_pair()) as python:
        assert float(owed or 0) == float((await python.prove_totals()).value["XLM"])
    await page.leave_dialog()
