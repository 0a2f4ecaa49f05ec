"""How the page keeps up with a busy market, and what it costs to load."""

import asyncio
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from constellation.marketdata.terminal import read_page
from tests.gateway.harness import Alpha
from tests.web.browser import browser, build_terminal
from tests.web.page_server import page_routes

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

Record = Callable[[str, object], None]
MARKET = "XLM/USD"
BOOKS_PER_SECOND = 20
SECONDS = 4
LONG_MAX_MS = 0.25 * SECONDS * 1000
ATTEMPTS = 3  # what else the machine does can only make a measurement worse
FIRST_LOAD_MAX_BYTES = 300_000
"""Of a first visit, compressed."""

MEASURE = """new Promise((resolve) => {
  const frames = [], long = [], before = constellation.books;
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((item) => item.duration)));
  observer.observe({ type: 'longtask' });
  const start = performance.now();
  let last = start;
  const tick = (now) => {
    frames.push(now - last);
    last = now;
    if (now - start < SECONDS * 1000) return requestAnimationFrame(tick);
    frames.sort((one, other) => one - other);
    resolve({
      books: constellation.books - before,
      frames: frames.length,
      median: frames[Math.floor(frames.length / 2)],
      p95: frames[Math.floor(frames.length * 0.95)],
      long: long.reduce((sum, item) => sum + item, 0),
    });
  };
  requestAnimationFrame(tick);
})""".replace("SECONDS", str(SECONDS))


def test_the_first_load_is_small(record_property: Record) -> None:
    build_terminal()
    files = read_page()
    assert "index.html" in files
    packed = sum(len(file.packed.get("gzip", file.content)) for file in files.values())
    record_property("first load, bytes with gzip", packed)
    assert packed < FIRST_LOAD_MAX_BYTES


def book(number: int) -> dict[str, Any]:
    """All 25 levels of both sides, each time others."""
    middle = 2500 + number % 7
    bids = [[f"0.{middle - level}", f"{10 + (number * level) % 90}.0000000"] for level in range(1, 26)]
    asks = [[f"0.{middle + level}", f"{10 + (number + level) % 90}.0000000"] for level in range(1, 26)]
    lines = [f"{price[2:]}:{amount.replace('.', '')}" for price, amount in (*bids[:10], *asks[:10])]
    now_s = time.time()
    return {
        "depth": 25, "group": "0.0001", "sequence": number, "timestamp": round(now_s * 1000),
        "time": datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "checksum": zlib.crc32("|".join(lines).encode()), "bids": bids, "asks": asks,
    }  # fmt: skip


async def busy(request: web.Request) -> web.WebSocketResponse:
    """A feed that tells of nothing but a book, twenty times a second."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)

    async def tell() -> None:
        for number in range(1, 100_000):
            message = {"channel": "book", "type": "snapshot", "market": MARKET, "data": book(number)}
            await socket.send_json(message)
            await asyncio.sleep(1 / BOOKS_PER_SECOND)

    telling: asyncio.Task[None] | None = None
    try:
        async for message in socket:
            assert message.type is WSMsgType.TEXT
            asked = message.json()
            params = asked.get("params", {})
            answer = {"id": asked["id"], "method": asked["method"], "success": True, "result": params}
            if params.get("channel") == "book":
                answer["result"] = {**params, "group": "0.0001"}
                telling = telling or asyncio.create_task(tell())
            await socket.send_json(answer)
    finally:
        if telling is not None:
            telling.cancel()
    return socket


async def test_twenty_books_a_second_leave_the_page_responsive(record_property: Record) -> None:
    await asyncio.to_thread(build_terminal)
    settings = Alpha().settings
    application = web.Application()
    application.add_routes([web.get("/v1/ws", busy), *page_routes(settings, None)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with browser() as page:
            await page.open(f"http://127.0.0.1:{runner.addresses[0][1]}")
            await page.until("document.querySelectorAll('.ladder li').length === 32")
            attempts = [await page.evaluate(MEASURE)]
            while attempts[-1]["long"] >= LONG_MAX_MS and len(attempts) < ATTEMPTS:
                attempts.append(await page.evaluate(MEASURE))
    finally:
        await runner.cleanup()
    found = min(attempts, key=lambda attempt: float(attempt["long"]))
    record_property("frames, milliseconds", found)
    assert found["books"] >= 0.8 * BOOKS_PER_SECOND * SECONDS
    assert found["p95"] < 100  # milliseconds between two frames, on a machine that does other things, too
    assert found["long"] < LONG_MAX_MS
