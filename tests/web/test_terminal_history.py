"""What has happened is proven in the browser, and what is shown otherwise than it happened turns red."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    ClientMessage,
    HistoryPage,
    OrdersPage,
    Side,
    TimeCommit,
    Trade,
    WithdrawalAccepted,
)
from constellation.sdk import Client, ExchangeError
from tests.gateway.harness import ANNA, BERT, XLM
from tests.sdk.stage import FAST, Stage, ledger_takes_withdrawals, staged
from tests.web.browser import Page, browser, build_terminal
from tests.web.terminal_stage import TRADING, connect, time_passes

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

MARKET = "XLM/USD"
OPEN_SHIELDS = """[...document.querySelectorAll('[data-test=past-order]')]
    .filter((row) => /open|armed/.test(row.lastElementChild.innerText))
    .map((row) => row.querySelector('.shield').dataset.trust).join()"""
SHIELDS = "[...document.querySelectorAll('#tab-panel .shield')].map((item) => item.dataset.trust).join()"


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[tuple[Stage, Page]]:
    """A place where a lot has happened, and the page before anybody has connected."""
    await asyncio.to_thread(build_terminal)
    async with staged(directory, ANNA, BERT, terminal=True) as stage, browser() as page:
        await live_through(stage)
        async with time_passes(stage.alpha):
            await page.open(stage.feed_url.replace("ws", "http", 1).removesuffix("/v1/ws"))
            await page.appears("[data-test='market-XLM/USD']")  # from here on, keys do something
            yield stage, page


async def live_through(stage: Stage) -> None:
    """Every way in which an order can end."""
    async with (
        Client(stage.server.url, stage.alpha.settings, ANNA, FAST) as anna,
        Client(stage.server.url, stage.alpha.settings, BERT, FAST) as bert,
    ):
        await rested(stage, anna, bert)
        await at_once(anna, bert)
        await waited_for_a_price(anna, bert)
        await anna.withdraw("XLM", "5", ANNA.address)
        ledger_takes_withdrawals(stage.alpha)
        stage.settle()
        await anna.create_order(MARKET, "sell", "0.9", "1")
        await anna.create_order(MARKET, "sell", "0.1", "1", trigger="stop", trigger_price="0.1")
        stage.alpha.deposit(ANNA, XLM, ONE)
        stage.settle(checkpoint=True)


async def rested(stage: Stage, anna: Client, bert: Client) -> None:
    await anna.create_order(MARKET, "sell", "0.25", "10")
    for amount in ("3", "3", "4"):
        await bert.create_market_order(MARKET, "buy", amount)
    kept = await anna.create_order(MARKET, "sell", "0.26", "8")
    await bert.create_market_order(MARKET, "buy", "2")
    moved = await anna.replace_order(MARKET, kept.order_id, "0.27", "7")
    await anna.replace_order(MARKET, moved.order_id, "0.27", "4")  # in its place
    await anna.create_order(MARKET, "buy", "0.27", "1", self_trade_prevention="decrement")
    await anna.cancel_order(moved.order_id)
    end_us = stage.alpha.now_us + 1_000_000
    await anna.create_order(MARKET, "buy", "0.2", "2", expires_at_us=end_us)
    stage.alpha.now_us = end_us
    stage.alpha.execute(TimeCommit(end_us))
    stage.settle()


async def at_once(anna: Client, bert: Client) -> None:
    await bert.create_order(MARKET, "sell", "0.25", "3")
    await anna.create_order(MARKET, "buy", "0.25", "5", "IOC")
    await bert.create_order(MARKET, "sell", "0.25", "3")
    with pytest.raises(ExchangeError):
        await anna.create_order(MARKET, "buy", "0.25", "5", "FOK")
    await anna.create_market_order(MARKET, "buy", budget="0.5")
    await bert.cancel_all_orders()


async def waited_for_a_price(anna: Client, bert: Client) -> None:
    await anna.create_order(MARKET, "sell", "0.19", "2", trigger="stop", trigger_price="0.2")
    given_up = await anna.create_order(MARKET, "sell", "0.09", "2", trigger="stop", trigger_price="0.1")
    await bert.create_order(MARKET, "buy", "0.2", "1")
    await bert.create_order(MARKET, "sell", "0.2", "1", self_trade_prevention="cancel_newest")
    await anna.create_market_order(MARKET, "sell", "1")
    await anna.cancel_order(given_up.order_id)


async def test_the_past_is_proven(tmp_path: Path) -> None:
    async with opened(tmp_path) as (stage, page):
        await connect(page, ANNA)
        async with Client(stage.server.url, stage.alpha.settings, ANNA, FAST) as python:
            orders = [order async for order in python.orders()]
            fills = [item async for item in python.history(kinds=["trade"])]
        assert {order.closed.name for order in orders if order.closed is not None} >= {
            "FILLED", "CANCELLED", "REPLACED_BY_OWNER", "NOT_FILLED_AT_ONCE", "EXPIRED_BY_TIME", "SELF_TRADE",
        }  # fmt: skip
        await page.click("[data-test=tab-past]")
        await page.until(f"{SHIELDS} === '{','.join(['final'] * len(orders))}'")
        assert "signed by" in (await page.attribute("[data-test=past-order] .shield", "title") or "")
        await page.click("[data-test=tab-fills]")
        await page.until(f"{SHIELDS} === '{','.join(['final'] * len(fills))}'")
        await page.click("[data-test=tab-withdrawals]")
        await page.until(f"{SHIELDS} === 'final'")
        assert await page.call("count", "[data-test=broken]") == 0


def more_filled(page: ClientMessage) -> ClientMessage:
    """A unit more than what was filled."""
    if not isinstance(page, OrdersPage):
        return page
    return replace(page, orders=[replace(order, filled=order.filled + 1) for order in page.orders])


def orders(**changes: object) -> Callable[[ClientMessage], ClientMessage]:
    """Closed orders that were otherwise."""

    def change(page: ClientMessage) -> ClientMessage:
        if not isinstance(page, OrdersPage):
            return page
        return replace(
            page, orders=[order if order.closed is None else replace(order, **changes) for order in page.orders]
        )

    return change


def left_out(page: ClientMessage) -> ClientMessage:
    """One effect less than there were."""
    if not isinstance(page, HistoryPage) or len(page.items) < 5:
        return page
    return replace(page, items=page.items[:2] + page.items[3:])


def other_price(page: ClientMessage) -> ClientMessage:
    return changed_effects(page, Trade, lambda effect: replace(effect, price=effect.price + 1))


def other_amount(page: ClientMessage) -> ClientMessage:
    return changed_effects(page, WithdrawalAccepted, lambda effect: replace(effect, amount=effect.amount + 1))


def other_signature(page: ClientMessage) -> ClientMessage:
    """A byte of an auditor's signature."""
    if not isinstance(page, HistoryPage) or not page.proofs:
        return page
    first, *others = page.proofs
    signature, *rest = first.finality.certificate.signatures
    flipped = replace(signature, signature=bytes([signature.signature[0] ^ 1]) + signature.signature[1:])
    certificate = replace(first.finality.certificate, signatures=[flipped, *rest])
    return replace(page, proofs=[replace(first, finality=replace(first.finality, certificate=certificate)), *others])


def changed_effects(page: ClientMessage, of: type, change: Callable[[Any], Any]) -> ClientMessage:
    if not isinstance(page, HistoryPage):
        return page
    items = [replace(item, effect=change(item.effect)) if type(item.effect) is of else item for item in page.items]
    return replace(page, items=items)


LIES = {
    "more_filled": (more_filled, "past"),
    "placed at another time": (orders(placed_at=1), "past"),
    "another price": (orders(price=1), "past"),
    "another side": (orders(side=Side.BUY), "past"),
    "left_out": (left_out, "past"),
    "other_signature": (other_signature, "past"),
    "other_price": (other_price, "fills"),
    "other_amount": (other_amount, "withdrawals"),
}


async def test_a_past_that_was_not_so_turns_red(tmp_path: Path) -> None:
    async with opened(tmp_path) as (stage, page):
        await connect(page, ANNA)
        for spoil, tab in LIES.values():
            stage.chronicle.spoil = spoil
            await page.click(f"[data-test=tab-{tab}]")
            await page.appears("[data-test=broken]")
            await page.until("document.querySelector('[data-test=submit]').disabled")
            stage.chronicle.spoil = lambda message: message
            await page.call("page", "reload")
            await page.until(TRADING)


async def test_flipped_bytes_of_batches_turn_red(tmp_path: Path) -> None:
    async with opened(tmp_path) as (stage, page):
        root = stage.feed_url.replace("ws", "http", 1).removesuffix("/ws")
        number = stage.alpha.sealed[-4][0].header.number  # among those that are shown
        async with aiohttp.ClientSession() as session, session.get(f"{root}/batches/{number}") as answer:
            text = await answer.text()
        batch = json.loads(text)
        middle = len(batch["certificate"]) // 2
        piece = batch["certificate"][middle : middle + 16]
        await shields_of_batches(page, broken=0)
        for wrong, other in (
            (piece, f"{int(piece, 16) ^ 1:016x}"),
            (f'"last_apex":{batch["last_apex"]}', f'"last_apex":{batch["last_apex"] + 1}'),
            (f'"quanta_root":"{batch["quanta_root"]}', '"quanta_root":"' + "00" * 32),
            (f'"number":{number}', f'"number":{number + 1}'),
        ):
            assert text.count(wrong) == 1
            await page.call("spoil", f"**/v1/batches/{number}", wrong, other)
            await shields_of_batches(page, broken=1)
            await page.call("page", "unrouteAll")


async def shields_of_batches(page: Page, *, broken: int) -> None:
    await page.call("press", "p")
    await page.appears("[data-test=batch] .shield")
    assert await page.call("count", "[data-test=batch] .shield.broken") == broken
    await page.leave_dialog()


async def test_what_an_open_order_is_said_to_have_is_not_proven(tmp_path: Path) -> None:
    async with opened(tmp_path) as (stage, page):
        await connect(page, ANNA)
        await page.click("[data-test=tab-past]")
        await page.until(f"/^final(,final)*$/.test({OPEN_SHIELDS})")
        stage.chronicle.spoil = filled_in_part
        stage.alpha.deposit(ANNA, XLM, ONE)  # the page reads its list again
        stage.settle()
        await page.until(f"/^stated(,stated)*$/.test({OPEN_SHIELDS})")
        assert await page.call("count", "[data-test=broken]") == 0, "the chronicler may be a moment ahead or behind"


def filled_in_part(page: ClientMessage) -> ClientMessage:
    if not isinstance(page, OrdersPage):
        return page
    return replace(page, orders=[replace(o, filled=o.filled + 1) if o.closed is None else o for o in page.orders])


async def test_a_record_that_changes_after_it_was_proven_turns_red(tmp_path: Path) -> None:
    async with opened(tmp_path) as (stage, page):
        await connect(page, ANNA)
        await page.click("[data-test=tab-past]")
        await page.until(f"{SHIELDS}.includes('final')")
        stage.chronicle.spoil = more_filled
        stage.alpha.deposit(ANNA, XLM, ONE)
        stage.settle()
        await page.appears("[data-test=broken]")
