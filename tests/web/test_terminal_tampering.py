"""Whatever a proxy changes in what alpha sends, the page says that it does not hold, and signs nothing more."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import AccountSnapshot, Acknowledgement, ClientMessage, Finality, Side, StateProof
from tests.gateway.harness import ANNA, XLM, Alpha
from tests.gateway.live import LiveAlpha, live
from tests.marketdata.feed import Feed
from tests.web.browser import Page, browser, build_terminal
from tests.web.page_server import page_routes
from tests.web.proxy import proxy
from tests.web.terminal_stage import TRADING, connect, time_passes

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


Change = Callable[[ClientMessage], ClientMessage]


def flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def certificate(message: ClientMessage) -> ClientMessage:
    """A byte of an auditor's signature."""
    if not isinstance(message, Finality):
        return message
    first, *others = message.certificate.signatures
    signatures = [replace(first, signature=flip(first.signature)), *others]
    return replace(message, certificate=replace(message.certificate, signatures=signatures))


def acknowledgement(message: ClientMessage) -> ClientMessage:
    """A byte of alpha's signature."""
    if not isinstance(message, Acknowledgement):
        return message
    header = message.signed_header
    return replace(message, signed_header=replace(header, alpha_signature=flip(header.alpha_signature)))


def balance(message: ClientMessage) -> ClientMessage:
    """A unit more than the effects that were proven add up to."""
    if not isinstance(message, AccountSnapshot) or message.account is None:
        return message
    balances = [replace(item, balance=item.balance + 1) for item in message.account.balances]
    return replace(message, account=replace(message.account, balances=balances))


def snapshot(change: Callable[[AccountSnapshot], AccountSnapshot]) -> Change:
    """A lie in what alpha shows of the account."""

    def changed(message: ClientMessage) -> ClientMessage:
        return change(message) if isinstance(message, AccountSnapshot) and message.account is not None else message

    return changed


def later(shown: AccountSnapshot) -> AccountSnapshot:
    """As of an effect that nobody has seen: nothing is to be compared then."""
    more = balance(shown)
    assert isinstance(more, AccountSnapshot)
    assert more.account is not None
    return replace(more, account=replace(more.account, effect_number=more.account.effect_number + 1))


def earlier(shown: AccountSnapshot) -> AccountSnapshot:
    assert shown.account is not None
    return replace(shown, account=replace(shown.account, effect_number=shown.account.effect_number - 1))


def orders(**changes: object) -> Change:
    """The orders with another market, side, price or amount."""
    return snapshot(lambda shown: replace(shown, orders=[replace(order, **changes) for order in shown.orders]))


def waiting(**changes: object) -> Change:
    """The same with orders that wait for their trigger."""

    def change(shown: AccountSnapshot) -> AccountSnapshot:
        armed = [replace(item, operation=replace(item.operation, **changes)) for item in shown.armed]
        return replace(shown, armed=armed)

    return snapshot(change)


def invented(shown: AccountSnapshot) -> AccountSnapshot:
    """An order that is not there."""
    return replace(shown, orders=[*shown.orders, *[replace(order, order=1) for order in shown.orders[:1]]])


LIES: dict[str, tuple[Change, str]] = {
    "armed amount": (waiting(amount=2 * ONE), "account"),  # known until the page is loaded again
    "certificate": (certificate, "certificate"),
    "acknowledgement": (acknowledgement, "header"),
    "balance": (balance, "account"),
    "later": (snapshot(later), "events"),
    "earlier": (snapshot(earlier), "account"),
    "side": (orders(side=Side.SELL), "account"),
    "market": (orders(market=2), "account"),
    "price": (orders(price=210), "account"),
    "remaining": (orders(remaining=ONE), "account"),
    "hidden": (snapshot(lambda shown: replace(shown, orders=shown.orders[1:])), "account"),
    "invented": (snapshot(invented), "account"),
    "armed side": (waiting(side=Side.SELL), "account"),
    "armed hidden": (snapshot(lambda shown: replace(shown, armed=[])), "account"),
}


def state_proof(message: ClientMessage) -> ClientMessage:
    """A unit more of what is owed."""
    if not isinstance(message, StateProof) or message.entry is None:
        return message
    entry = message.entry
    if not hasattr(entry, "totals"):
        return message
    first, *others = entry.totals
    return replace(message, entry=replace(entry, totals=[replace(first, held=first.held + 1), *others]))


ALL_FINAL = """(() => {{
  const all = [...document.querySelectorAll('[data-test=open-order] .shield')];
  return all.length === {} && all.every((item) => item.dataset.trust === 'final');
}})()"""


class Proxy:
    """Changes nothing until it is told to."""

    def __init__(self) -> None:
        self.change: Change = lambda message: message

    def __call__(self, message: ClientMessage) -> ClientMessage:
        return self.change(message)


async def buy(page: Page) -> None:
    await page.fill("price", "0.2")
    await page.fill("amount", "10")
    await page.click("[data-test=submit]")


async def stop(page: Page) -> None:
    """An order that waits for its trigger; the browser knows what it has signed."""
    await page.choose("kind", "stop_limit")
    await page.fill("triggerPrice", "0.3")
    await buy(page)
    await page.choose("kind", "limit")


async def it_turns_red(page: Page, what: str, name: str = "") -> None:
    await page.appears("[data-test=broken]")
    assert f"does not hold: {what}: " in await page.text("[data-test=broken]"), name
    await page.appears("[data-test=connection] .shield.broken")
    await page.until("document.querySelector('[data-test=submit]').disabled")


async def test_a_tampered_answer_turns_the_shields_red() -> None:
    await asyncio.to_thread(build_terminal)
    spoil = Proxy()
    async with (
        live(Alpha().fund(ANNA)) as server,
        time_passes(server.alpha),
        proxy(server.url, spoil) as url,
        browser() as page,
    ):
        settings = server.alpha.settings
        async with Feed(settings, routes=page_routes(settings, url)) as feed:
            await page.open(f"http://127.0.0.1:{feed.port}")
            await connect(page, ANNA)
            await buy(page)
            await page.appears("[data-test=open-order] .shield.final")
            await stop(page)
            await page.until(ALL_FINAL.format(2))

            for name, (change, what) in LIES.items():
                spoil.change = change
                if what in {"certificate", "header"}:
                    await buy(page)
                else:
                    server.alpha.deposit(ANNA, XLM, ONE)  # the page looks at the account then
                    server.alpha.settle()
                await it_turns_red(page, what, name)
                spoil.change = lambda message: message
                await page.call("page", "reload")
                await page.until(TRADING)
            await it_shows_a_false_proof(server, page, spoil)


async def it_shows_a_false_proof(server: LiveAlpha, page: Page, spoil: Proxy) -> None:
    server.alpha.deposit(ANNA, XLM, ONE)
    server.alpha.settle(checkpoint=True)
    await page.call("press", "p")
    await page.click("[data-test=proofs-reserves]")
    await page.appears("[data-test=reserve-XLM]")
    await page.leave_dialog()
    spoil.change = state_proof
    await page.call("press", "p")
    await page.click("[data-test=proofs-reserves]")
    await page.appears("[data-test=reserves-error]")
    await page.leave_dialog()
    await it_turns_red(page, "state proof")
