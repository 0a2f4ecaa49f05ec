"""What the page signs is what its visitor means: no order twice, none in another market, and the truth about each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import ClientMessage, Code, Rejected, SignedRequest, Withdrawal
from constellation.sdk import Client
from constellation.vault import Account
from tests.gateway.harness import ANNA, BERT, XLM, Alpha, make_settings
from tests.gateway.live import LiveAlpha
from tests.web.browser import Page
from tests.web.terminal_stage import NO_DIALOG, TRADING, bring, opened, signed

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
        await page.fill("owner", ANNA.address)
        await page.call("first", "[name=may-withdraw]", "check")
        await page.click("[data-test=ask-wallet]")
        await bring(page, signed(ANNA.seed, await page.text("[data-test=wallet-text]")))
        await page.until(TRADING)
        await page.until(NO_DIALOG)
        yield page, server


def anna(server: LiveAlpha) -> Account:
    return server.alpha.machine.state.vault.accounts[ANNA.public]


async def says(page: Page, text: str) -> None:
    await page.until(f"{NOTICES}.includes({text!r})")


async def orders(page: Page, number: int) -> None:
    await page.until(f"document.querySelectorAll('[data-test=open-order]').length === {number}")


async def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await page.fill(name, value)


async def order(page: Page, kind: str = "limit", **fields: str) -> None:
    await page.choose("kind", kind)
    await fill(page, **fields)
    await page.click("[data-test=submit]")


async def leave_field(page: Page) -> None:
    """Where keys are shortcuts."""
    await page.evaluate("document.activeElement?.blur()")


async def value(page: Page, field: str) -> str:
    return str(await page.evaluate(f"document.querySelector('[name={field}]').value"))


async def test_an_order_without_an_answer_is_not_placed_twice() -> None:
    async with trading(before=IMPATIENT) as (page, server):
        server.automatic = False
        await order(page, price="0.2", amount="10")
        await page.appears("[data-test=no-answer-order]")
        assert "No answer to the order in XLM/USD yet" in await page.text("[data-test=no-answer-order]")
        assert not await page.call("audit", ".order")
        assert "Not placed" not in await page.evaluate(NOTICES)
        assert await page.evaluate(f"{SUBMIT}.disabled")
        await leave_field(page)
        for key in ("3", "1"):  # not in another market either, nor back in this one
            await page.call("press", key)
        assert await page.evaluate(f"{SUBMIT}.disabled")
        await page.click("[data-test=ask-again]")
        await page.until("/Still no answer/.test(document.querySelector('[data-test=no-answer-order]').innerText)")
        await page.click("[data-test=ask-again]")
        server.alpha.settle()
        (number,) = anna(server).orders
        await says(page, f"Order {number} placed")
        await page.until(f"{SUBMIT}.disabled === false")
        assert await page.call("count", "[data-test=no-answer-order]") == 0
        assert len(anna(server).orders) == 1


async def test_a_withdrawal_without_an_answer_is_not_signed_twice() -> None:
    async with trading(before=IMPATIENT) as (page, server):
        server.automatic = False
        await page.click("button:text-is('Withdraw')")
        await fill(page, **{"withdraw-amount": "5"})
        await page.click("[data-test=withdraw]")
        await page.leave_dialog()
        await page.click("button:text-is('Withdraw')")  # while the first one is on its way
        assert await page.evaluate("document.querySelector('[data-test=withdraw]').disabled")
        await page.appears("[data-test=no-answer-withdrawal]")
        assert await page.evaluate("document.querySelector('[data-test=withdraw]').disabled")
        server.alpha.settle()  # it is told as an event, to nobody who asks
        await says(page, "is ordered")
        await page.until(NO_DIALOG)
        assert anna(server).balances[XLM].liabilities == 5 * ONE


async def test_a_request_whose_time_is_over_holds_nothing_up() -> None:
    is_deaf = False

    def change(message: ClientMessage) -> ClientMessage | None:
        return None if is_deaf and isinstance(message, Rejected) else message

    async with trading(before=IMPATIENT, change=change) as (page, server):
        is_deaf = True
        server.alpha.refused = Rejection(Code.NOT_READY, "for a test")
        await order(page, price="0.2", amount="10")
        await page.appears("[data-test=no-answer-order]")
        is_deaf = False
        await page.click("[data-test=ask-again]")  # refused now, which says nothing of the first one
        await page.until("document.querySelector('[data-test=ask-again]').disabled === false")
        assert await page.call("count", "[data-test=no-answer-order]") == 1
        server.alpha.refused = None
        server.alpha.now_us += 60_000_000
        await page.click("[data-test=ask-again]")
        await says(page, "Its time is over: it cannot be executed any more.")
        assert not anna(server).orders
        await page.until(f"{SUBMIT}.disabled === false")


async def test_a_draft_belongs_to_its_market() -> None:
    async with trading() as (page, _):
        await fill(page, price="0.2", amount="10")
        await leave_field(page)
        await page.call("press", "3")
        await page.until("document.querySelector('dt.market').innerText === 'XLM/EUR'")
        assert (await value(page, "price"), await value(page, "amount")) == ("", "")


async def test_a_buy_that_waits_for_its_trigger_has_a_budget() -> None:
    async with trading() as (page, server):
        for number, kind in enumerate(("stop_market", "take_profit_market"), start=1):
            await page.choose("kind", kind)
            assert await page.call("count", "[name=unit], [name=amount]") == 0
            assert "Spend when triggered" in await page.text(".order")
            await order(page, kind, triggerPrice="0.3", budget="1.23456789")
            assert await page.text("[data-test=note-budget]") == "At most seven decimals"
            await order(page, kind, triggerPrice="0.3", budget="99999999999999999999")
            assert await page.text("[data-test=note-budget]") == "Too large"
            await order(page, kind, triggerPrice="0.3", budget="5")
            await says(page, "waits for its trigger")
            await orders(page, number)
        assert len(anna(server).orders) == 2


async def test_prices_may_have_more_decimals_than_amounts() -> None:
    market = replace(make_settings().markets[0], price_decimals=12, tick=1_000, lot=100 * ONE)
    settings = make_settings(markets=[market, *make_settings().markets[1:]])
    async with trading(alpha=Alpha(settings, rate=(1_000, 1_000))) as (page, server):
        async with Client(server.url, settings, BERT) as bert:
            await bert.create_order(MARKET, "sell", "0.100000003", 100)
            await bert.create_order(MARKET, "buy", "0.100000001", 100)
        await page.until("document.querySelector('.spread').innerText === 'spread 0.000000002'")
        assert await page.texts(".ladder .price") == ["0.100000003", "0.100000001"]
        await page.call("first", ".book select", "selectOption", "10")
        await page.until("document.querySelector('.spread').innerText === 'spread 0.000000010'")
        assert [text for text in await page.call("problems") if "404" not in text] == []  # there is no history here


async def test_a_panel_that_fails_leaves_the_others() -> None:
    broken = "Date.prototype.toLocaleTimeString = () => { throw new Error('for a test'); };"
    async with trading(before=broken) as (page, server):
        async with Client(server.url, server.alpha.settings, BERT) as bert:
            await bert.create_order(MARKET, "sell", "0.2", 10)
        await order(page, price="0.2", amount="5")  # the list of trades says when
        await page.appears("[data-test=failed-trades]")
        assert "for a test" in await page.text("[data-test=failed-trades]")
        assert not await page.call("audit", ".trades")
        await order(page, price="0.1", amount="5")
        await orders(page, 1)


async def test_a_dialog_that_fails_leaves_the_page() -> None:
    broken = "URLSearchParams.prototype.set = () => { throw new Error('for a test'); };"
    async with trading(before=broken) as (page, _):
        await page.call("press", "d")  # whose link has parameters
        await page.appears("dialog[open]")
        assert "for a test" in await page.text("[data-test=failed-dialog]")
        assert not await page.call("audit", "dialog")
        await page.leave_dialog()
        await page.call("press", "?")
        await page.until("document.querySelector('dialog[open] h2')?.innerText === 'Help'")
        await page.leave_dialog()
        await order(page, price="0.1", amount="5")
        await orders(page, 1)


async def test_a_withdrawal_has_the_memo_that_is_meant() -> None:
    async with trading() as (page, server):
        await page.click("button:text-is('Withdraw')")
        note = "[data-test=note-memo]"
        assert await page.text(note) == "No memo is sent"
        await fill(page, memo="rent")
        assert await page.text(note) == "Sent as text (MEMO_TEXT)"
        await fill(page, memo="18446744073709551616")
        assert await page.text(note) == "A whole number up to 18446744073709551615"
        await fill(page, memo="0042")
        assert await page.text(note) == "Sent as the number 42 (MEMO_ID)"
        await page.choose("memoKind", "text")
        assert await page.text(note) == "Sent as text (MEMO_TEXT)"
        await page.choose("memoKind", "none")
        assert (await value(page, "memo"), await page.text(note)) == ("", "No memo is sent")
        await fill(page, memo="18446744073709551615", **{"withdraw-amount": "5"})
        await page.click("[data-test=withdraw]")
        await page.until(NO_DIALOG)
        bodies = [item.quantum.body for sealed, _ in server.alpha.sealed for item in sealed.executed]
        operations = [body.request.operation for body in bodies if isinstance(body, SignedRequest)]
        (withdrawal,) = [operation for operation in operations if isinstance(operation, Withdrawal)]
        assert withdrawal.destination.memo == 18446744073709551615


async def test_it_says_what_became_of_an_order() -> None:
    async with trading() as (page, server):
        await page.choose("timeInForce", "IOC")
        await order(page, price="0.2", amount="10")
        await says(page, "met nothing and was cancelled")
        async with Client(server.url, server.alpha.settings, BERT) as bert:
            await bert.create_order(MARKET, "sell", "0.2", 5)
            await order(page, price="0.2", amount="10")
            await says(page, "filled in part: 5 XLM; the rest was cancelled")
            await says(page, "Bought 5 XLM at 0.20")  # alpha's clock is not this computer's
            await bert.create_order(MARKET, "sell", "0.2", 5)
            await page.choose("timeInForce", "GTC")
            await order(page, price="0.2", amount="2")
            await says(page, "filled: 2 XLM")
            await order(page, price="0.2", amount="10")
            await says(page, "placed; 3 XLM filled at once")


async def test_a_preview_is_of_the_best_price_and_says_that_it_may_be_another() -> None:
    async with trading() as (page, server):
        async with Client(server.url, server.alpha.settings, BERT) as bert:
            await bert.create_order(MARKET, "sell", "0.201", 10)
        await page.call("first", ".book select", "selectOption", "100")  # which shows it at 0.3
        await page.until("document.querySelector('.asks .price')?.innerText === '0.300'")
        await page.choose("kind", "market")
        await fill(page, amount="10")
        await page.until("document.querySelector('[data-test=total]').innerText === '≈ 2.01 USD'")
        assert "at most" not in await page.text(".preview")
        await page.choose("unit", "quote")
        await fill(page, budget="2")
        assert await page.text("[data-test=total]") == "2.00 USD"


async def test_all_orders_are_cancelled_on_purpose_alone() -> None:
    async with trading() as (page, server):
        server.alpha.machine.state.engine.cancels_max = 1  # in one call
        for _ in range(4):
            await order(page, price="0.1", amount="10")
            await page.until("document.querySelector('[name=amount]').value === ''")
        await orders(page, 4)
        await leave_field(page)
        await page.call("press", "x")
        held = "new KeyboardEvent('keydown', {key: 'X', shiftKey: true, repeat: true, bubbles: true})"
        await page.evaluate(f"document.body.dispatchEvent({held})")
        await asyncio.sleep(0.3)
        assert len(anna(server).orders) == 4
        await page.call("press", "Shift+X")
        await says(page, "4 orders cancelled")
        await orders(page, 0)
        assert not anna(server).orders


async def test_a_number_that_cannot_be_asked_for_is_not_said_to_be_missing() -> None:
    async with trading() as (page, _):  # nobody keeps a history here
        await page.call("press", "d")
        await page.call("first", "[name=sender][value=other]", "check")
        assert "could not be asked: this alpha has no chronicler" in await page.text("[data-test=number-unknown]")
        assert await page.call("count", "[data-test=ask-number]") == 1
        await page.click("[data-test=find-number]")
        await page.appears("[data-test=number-unknown]")
        assert "has none. Its owner" not in await page.text("dialog")


_CHANGED = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const text = typeof data === "string" && data.includes('"book"') ? CHANGE(data) : data;
  if (text !== null) send.call(this, text);
};
"""
_CUT = """
const Known = WebSocket;
const sockets = [];
window.WebSocket = class extends Known {
  constructor(url, ...given) {
    super(window.isCut ? "ws://127.0.0.1:1" : url, ...given);
    sockets.push(this);
  }
};
window.cut = () => {
  window.isCut = true;
  for (const socket of sockets) socket.close();
};
"""
EMPTY = {
    "no orders": ("", ""),
    "loading…": (_CHANGED.replace("CHANGE", "(() => null)"), ""),
    "the server shows no book: ": (
        _CHANGED.replace("CHANGE", r"((data) => data.replace(/\"depth\":\d+/, '\"depth\":9999'))"),
        "",
    ),
    "no connection to the market data": (_CUT, "cut()"),
}


@pytest.mark.parametrize("words", EMPTY)
async def test_an_empty_book_says_why(words: str) -> None:
    before, then = EMPTY[words]
    async with opened(before=before, to_look=True) as (page, _):
        await page.appears(".spread")
        if then:
            await page.until("document.querySelector('.spread').innerText === 'no orders'")
            await page.evaluate(then)
        await page.until(f"document.querySelector('.spread').innerText.startsWith({words!r})")
