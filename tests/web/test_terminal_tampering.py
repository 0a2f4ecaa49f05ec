"""Whatever a proxy changes in what alpha sends, the page says that it does not hold, and signs nothing more."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import AccountSnapshot, Acknowledgement, ClientMessage, Finality, StateProof
from tests.gateway.harness import ANNA, XLM, Alpha
from tests.gateway.live import LiveAlpha, live
from tests.marketdata.feed import Feed
from tests.web.browser import Page, browser, build_terminal
from tests.web.page_server import page_routes
from tests.web.proxy import proxy
from tests.web.terminal_stage import TRADING, connect, time_passes

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


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


def state_proof(message: ClientMessage) -> ClientMessage:
    """A unit more of what is owed."""
    if not isinstance(message, StateProof) or message.entry is None:
        return message
    entry = message.entry
    if not hasattr(entry, "totals"):
        return message
    first, *others = entry.totals
    return replace(message, entry=replace(entry, totals=[replace(first, held=first.held + 1), *others]))


class Proxy:
    """Changes nothing until it is told to."""

    def __init__(self) -> None:
        self.change: Callable[[ClientMessage], ClientMessage] = lambda message: message

    def __call__(self, message: ClientMessage) -> ClientMessage:
        return self.change(message)


async def buy(page: Page) -> None:
    await page.fill("price", "0.2")
    await page.fill("amount", "10")
    await page.click("[data-test=submit]")


async def it_turns_red(page: Page, what: str) -> None:
    await page.appears("[data-test=broken]")
    assert f"does not hold: {what}: " in await page.text("[data-test=broken]")
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

            for change, what in ((certificate, "certificate"), (acknowledgement, "header"), (balance, "account")):
                spoil.change = change
                await buy(page)
                await it_turns_red(page, what)
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
