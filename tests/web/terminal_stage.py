"""The terminal before the harness's alpha: how a browser opens it, and how Anna's wallet signs for it."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from nacl.signing import SigningKey

from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_seed
from constellation.protocol.wallet_message import wallet_digest
from tests.gateway.harness import ANNA, BERT, Alpha
from tests.gateway.live import LiveAlpha, live
from tests.marketdata.feed import Feed
from tests.web.browser import Page, browser, build_terminal
from tests.web.page_server import page_routes
from tests.web.proxy import Change, proxy

TRADING = "document.querySelector('main')?.dataset.trading === 'true'"
_TICK_S = 0.02
NO_DIALOG = "document.querySelector('dialog') === null"


@asynccontextmanager
async def opened(
    *, to_look: bool = False, before: str = "", alpha: Alpha | None = None, change: Change | None = None
) -> AsyncIterator[tuple[Page, LiveAlpha]]:
    """The page of an alpha, with a feed of what is final there.

    Args:
        to_look: it does not know where alpha is.
        before: a script that runs before those of the page.
        alpha: another one than usual.
        change: is applied to what alpha says to the page; None drops it.
    """
    await asyncio.to_thread(build_terminal)
    async with (
        live((alpha or Alpha()).fund(ANNA, BERT)) as server,
        nullcontext(server.url) if change is None else proxy(server.url, change) as url,
        browser() as page,
        time_passes(server.alpha),
    ):
        settings = server.alpha.settings
        async with Feed(settings, routes=page_routes(settings, None if to_look else url)) as feed:
            follow(server.alpha, feed)
            await page.call("page", "addInitScript", {"content": before})
            await page.open(f"http://127.0.0.1:{feed.port}")
            yield page, server


def follow(alpha: Alpha, feed: Feed) -> None:
    """Has the feed told of what alpha makes final."""
    settle = alpha.settle
    taken = 0

    def settled(*, checkpoint: bool = False) -> None:
        nonlocal taken
        settle(checkpoint=checkpoint)
        for sealed, _ in alpha.sealed[taken:]:
            feed.hub.take(sealed)
        taken = len(alpha.sealed)

    alpha.settle = settled  # type: ignore[method-assign]
    alpha.settle()


@asynccontextmanager
async def time_passes(alpha: Alpha) -> AsyncIterator[None]:
    """Alpha's clock goes on while the block runs, as the browser's does: requests are good for a while of it."""

    async def go_on() -> None:
        before = time.monotonic_ns()
        while True:
            await asyncio.sleep(_TICK_S)
            now = time.monotonic_ns()
            alpha.now_us += (now - before) // 1_000
            before = now

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()


def signed(seed: bytes, text: str) -> str:
    return base64.b64encode(SigningKey(seed).sign(wallet_digest(text)).signature).decode()


async def ask_wallet(page: Page) -> str:
    """The text by which Anna's wallet appoints the browser."""
    await page.click("[data-test=account]")
    await page.click("[data-test=way-wallet]")
    await page.fill("owner", ANNA.address)
    await page.click("[data-test=ask-wallet]")
    return await page.text("[data-test=wallet-text]")


async def bring(page: Page, signature: str) -> None:
    await page.fill("signature", signature)
    await page.click("[data-test=bring]")


async def appoint(page: Page) -> None:
    """Has Anna's wallet appoint the browser."""
    await bring(page, signed(ANNA.seed, await ask_wallet(page)))
    await page.until(TRADING)
    await page.until(NO_DIALOG)


async def connect(page: Page, key_pair: KeyPair) -> None:
    """Has an owner's key, typed in, appoint the browser."""
    await page.click("[data-test=account]")
    await page.click("[data-test=way-seed]")
    await page.fill("seed", encode_seed(key_pair.seed))
    await page.click("[data-test=appoint]")
    await page.until(TRADING)
