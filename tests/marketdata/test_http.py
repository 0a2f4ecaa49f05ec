"""Every endpoint, asked over a socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine

from constellation.chronicler.connections import open_engine, sqlite_url
from constellation.chronicler.trades import trades_of
from constellation.marketdata import FeedServer, MarketHub, text_frame
from constellation.marketdata.http.endpoints import ENDPOINTS
from constellation.marketdata.http.metrics import HttpMetrics
from constellation.marketdata.http.openapi import openapi_document
from constellation.marketdata.http.reads import MarketReads
from constellation.marketdata.http.routes import market_routes
from constellation.marketdata.listing import Listing
from constellation.marketdata.wire import trade_json
from constellation.protocol.amounts import format_amount
from constellation.protocol.messages import Side
from tests.chronicler.chain import Chain
from tests.marketdata.http_server import Asker, now_of, serving, write_chain
from tests.marketdata.json_schema import faults


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain(batches=30, quanta=30)


@pytest.fixture(scope="module")
def engine(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = write_chain(tmp_path_factory.mktemp("chronicle") / "c.sqlite", chain)
    yield engine
    engine.dispose()


@pytest.fixture
async def asker(chain: Chain, engine: Engine, tmp_path: Path) -> AsyncIterator[Asker]:
    async with serving(chain, engine, tmp_path / "proof.json") as asker:
        yield asker


EXAMPLES = {
    "list_markets": ["/v1/markets"],
    "get_market": ["/v1/markets/XLM-USD", "/v1/markets/XLM%2FUSD", "/v1/markets/xlm", "/v1/markets/1"],
    "get_book": ["/v1/markets/0/book", "/v1/markets/0/book?depth=1&group=1000"],
    "list_trades": [
        "/v1/markets/0/trades",
        "/v1/markets/0/trades?after=0-0&limit=1000",
        "/v1/markets/1/trades?limit=1",
    ],
    "get_ticker": ["/v1/markets/XLM-USD/ticker"],
    "list_tickers": ["/v1/tickers"],
    "list_candles": ["/v1/markets/0/candles", "/v1/markets/0/candles?period=1M&start=0"],
    "list_assets": ["/v1/assets"],
    "get_asset": ["/v1/assets/USD", "/v1/assets/0", "/v1/assets/EURO"],
    "get_settings": ["/v1/settings", "/v1/settings?version=0", "/v1/settings?version=99"],
    "get_batch": ["/v1/batches/1", "/v1/batches/9", "/v1/batches/999999"],
    "get_proof_of_reserves": ["/v1/proof-of-reserves"],
    "get_status": ["/v1/status"],
    "get_terminal": ["/v1/terminal"],
    "get_stellar_toml": ["/.well-known/stellar.toml"],
    "get_openapi": ["/v1/openapi.json"],
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
async def test_answers_are_as_they_are_described(asker: Asker, tmp_path: Path, endpoint: Any) -> None:
    (tmp_path / "proof.json").write_text('{"format": "constellation balance proof", "version": 1}')
    described = (await asker.ask("/v1/openapi.json")).json
    operation = described["paths"][endpoint.path]["get"]
    for target in EXAMPLES[endpoint.name]:
        answer = await asker.ask(target)
        content = operation["responses"][str(answer.status)]["content"]
        kind = answer.headers["Content-Type"].removesuffix("; charset=utf-8")
        document = answer.json if kind == "application/json" else answer.body.decode()
        assert faults(document, content[kind]["schema"], described) == []
        assert list(content) == [endpoint.content_type if answer.status == 200 else "application/json"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert (answer.status == 200) == ("ETag" in answer.headers)
        for method in ("HEAD", "GET"):
            again = await asker.ask(target, method)
            assert (again.status, again.headers["Content-Length"]) == (answer.status, str(len(answer.body)))
            assert again.body == (b"" if method == "HEAD" else answer.body)
    assert (await asker.ask(EXAMPLES[endpoint.name][0])).status == 200


def test_the_check_of_answers_finds_faults() -> None:
    document = openapi_document()
    batch = document["components"]["schemas"]["Candle"]
    good = [0, "1.0", "1.0", "1.0", "1.0", "0.0000000", "0.0000000", 0]
    assert faults(good, batch, document) == []
    for bad in (good[:-1], [*good, 1], [*good[:-1], "0"], [*good[:-1], -1], [*good[:-2], "0.1", 0], {}, None):
        assert faults(bad, batch, document) != []


@pytest.mark.parametrize("name", ["XLM-USD", "XLM/USD", "XLM%2FUSD", "XLM%2fUSD", "XLM%2DUSD", "0", "00"])
async def test_names_of_a_market(asker: Asker, name: str) -> None:
    answer = await asker.ask(f"/v1/markets/{name}/ticker")
    assert (answer.status, answer.json.get("market")) == ((404, None) if name == "XLM/USD" else (200, "XLM/USD"))


async def test_assets_are_named_in_full_too(asker: Asker) -> None:
    for asset in (await asker.ask("/v1/assets")).json["assets"]:
        assert (await asker.ask(f"/v1/assets/{asset['asset']}")).json == asset
    full = asset["asset"]
    assert (await asker.ask(f"/v1/markets/{full}-USD")).json["name"] == "EUR/USD"


async def test_trades_are_paged_in_both_directions(chain: Chain, asker: Asker) -> None:
    market = Listing(chain.machine.state.settings).markets[0]
    expected = [
        trade_json(market, trade) for link in chain.links for trade in trades_of(link.sealed) if trade.market == 0
    ]
    backward: list[Any] = []
    target = "/v1/markets/0/trades?limit=13"
    while True:
        page = (await asker.ask(target)).json
        backward += page["trades"]
        if page["before"] is None:
            break
        target = f"/v1/markets/0/trades?limit=13&before={page['before']}"
    assert backward == expected[::-1]
    forward: list[Any] = []
    cursor = "0-0"
    while True:
        page = (await asker.ask(f"/v1/markets/0/trades?limit=17&after={cursor}")).json
        if not page["trades"]:
            break
        forward += page["trades"]
        cursor = page["after"]
    assert forward == expected
    assert page["after"] == cursor == expected[-1]["id"]


@pytest.mark.parametrize("group", [1, 2, 10, 1000])
@pytest.mark.parametrize("depth", [1, 3, 1000])
async def test_a_book_is_that_of_the_engine(chain: Chain, asker: Asker, group: int, depth: int) -> None:
    for number, listed in enumerate(Listing(chain.machine.state.settings).markets):
        book = (await asker.ask(f"/v1/markets/{number}/book?depth={depth}&group={group}")).json
        step = group * listed.tick
        for side, name in ((Side.BUY, "bids"), (Side.SELL, "asks")):
            levels: dict[int, int] = {}
            for order in chain.machine.state.engine.markets[number].book:
                if order.side is side:
                    rounded = order.price // step if side is Side.BUY else -(-order.price // step)
                    levels[rounded * step] = levels.get(rounded * step, 0) + order.remaining
            best = sorted(levels.items(), reverse=side is Side.BUY)[:depth]
            assert [[listed.price(price), format_amount(amount)] for price, amount in best] == book[name]
        assert book["sequence"] == chain.machine.state.apex


async def test_candles_are_those_of_the_trades(chain: Chain, asker: Asker) -> None:
    trades = [trade for link in chain.links for trade in trades_of(link.sealed) if trade.market == 0]
    every: list[Any] = []
    start: int | None = 0
    while start is not None:
        answer = await asker.ask(f"/v1/markets/0/candles?period=1m&start={start}&limit=2")
        every += answer.json["candles"]
        start = answer.json["next"]
        assert ("immutable" in answer.headers["Cache-Control"]) == (start is not None)
    assert sum(row[7] for row in every) == len(trades)
    assert [row[0] for row in every] == list(range(every[0][0], every[-1][0] + 1, 60_000))
    for before, row in pairwise(every):
        assert row[7] or row == [row[0], before[4], before[4], before[4], before[4], "0.0000000", "0.0000000", 0]
    last = (await asker.ask("/v1/markets/0/candles?period=1m&limit=1000")).json
    assert last == {"period": "1m", "candles": every, "next": None}


async def test_what_never_changes_may_be_kept_for_ever(chain: Chain, asker: Asker) -> None:
    first_ms = chain.links[2].sealed.header.timestamp // 60_000_000 * 60_000
    for target, forever in {
        "/v1/batches/2": True,
        "/v1/settings?version=1": True,
        "/v1/settings": False,
        f"/v1/markets/0/candles?start=0&end={first_ms + 60_000}": True,
        f"/v1/markets/0/candles?end={first_ms + 60_000}": True,
        f"/v1/markets/0/candles?start={first_ms}": False,
        f"/v1/markets/0/candles?end={now_of(chain) // 1000 + 10**9}": False,
        "/v1/markets/0/candles?period=1M&end=1": False,
        "/v1/markets/0/book": False,
    }.items():
        answer = await asker.ask(target)
        expected = "public, max-age=31536000, immutable" if forever else "public, max-age=1"
        assert (answer.status, answer.headers["Cache-Control"]) == (200, expected), target


@pytest.mark.parametrize("others", ["", '"x", ', 'W/"x", W/'])
async def test_what_is_known_is_not_sent_again(asker: Asker, others: str) -> None:
    for target in ("/v1/batches/2", "/v1/markets"):
        first = await asker.ask(target)
        again = await asker.ask(target, headers={"If-None-Match": others + first.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        for name in ("ETag", "Cache-Control", "Access-Control-Allow-Origin"):
            assert again.headers[name] == first.headers[name]
        assert (await asker.ask(target, headers={"If-None-Match": '"x"'})).status == 200
        assert (await asker.ask(target, headers={"If-None-Match": "*"})).status == 304
    assert (await asker.ask("/v1/batches/99999", headers={"If-None-Match": "*"})).status == 404


REFUSED = {
    "/v1/markets/XLM-EURO": (404, "UNKNOWN_MARKET"),
    "/v1/markets/XLM/EUR": (404, "UNKNOWN_PATH"),
    "/v1/markets/2": (404, "UNKNOWN_MARKET"),
    "/v1/markets/-1": (404, "UNKNOWN_MARKET"),
    "/v1/markets/" + "9" * 4000: (404, "UNKNOWN_MARKET"),
    "/v1/markets/%D9%A1": (404, "UNKNOWN_MARKET"),
    "/v1/markets/%27%20OR%201=1--/trades": (404, "UNKNOWN_MARKET"),
    "/v1/markets/%ff%fe": (404, "UNKNOWN_MARKET"),
    "/v1/markets/%00": (404, "UNKNOWN_MARKET"),
    "/v1/markets/": (404, "UNKNOWN_PATH"),
    "/v1/": (404, "UNKNOWN_PATH"),
    "/v1/nothing": (404, "UNKNOWN_PATH"),
    "/v1/assets/EURO": (404, "UNKNOWN_ASSET"),
    "/v1/assets/3": (404, "UNKNOWN_ASSET"),
    "/v1/batches/0": (400, "INVALID_NUMBER"),
    "/v1/batches/one": (400, "INVALID_NUMBER"),
    "/v1/batches/99999999999999999999": (400, "INVALID_NUMBER"),
    "/v1/batches/9007199254740991": (404, "UNKNOWN_BATCH"),
    "/v1/settings?version=-1": (400, "INVALID_NUMBER"),
    "/v1/settings?version=1000000": (404, "UNKNOWN_VERSION"),
    "/v1/proof-of-reserves": (404, "NO_PROOF"),
    "/v1/markets?limit=1": (400, "UNKNOWN_PARAMETER"),
    "/v1/markets/0/trades?market=1": (400, "UNKNOWN_PARAMETER"),
    "/v1/markets/0/trades?limit=1&limit=1": (400, "DUPLICATE_PARAMETER"),
    "/v1/markets/0/trades?limit=0": (400, "INVALID_LIMIT"),
    "/v1/markets/0/trades?limit=-1": (400, "INVALID_LIMIT"),
    "/v1/markets/0/trades?limit=1001": (400, "INVALID_LIMIT"),
    "/v1/markets/0/trades?limit=": (400, "INVALID_LIMIT"),
    "/v1/markets/0/trades?limit=1e2": (400, "INVALID_LIMIT"),
    "/v1/markets/0/trades?limit=1;DROP%20TABLE%20trades": (400, "INVALID_LIMIT"),
    "/v1/markets/0/trades?before=1": (400, "INVALID_CURSOR"),
    "/v1/markets/0/trades?after=1-0%27--": (400, "INVALID_CURSOR"),
    "/v1/markets/0/trades?after=9223372036854775808-0": (400, "INVALID_CURSOR"),
    "/v1/markets/0/trades?after=1-0&before=2-0": (400, "CONFLICTING_PARAMETERS"),
    "/v1/markets/0/book?depth=0": (400, "INVALID_DEPTH"),
    "/v1/markets/0/book?depth=1001": (400, "INVALID_DEPTH"),
    "/v1/markets/0/book?group=3": (400, "INVALID_GROUP"),
    "/v1/markets/0/candles?period=2m": (400, "INVALID_PERIOD"),
    "/v1/markets/0/candles?period=1m%27": (400, "INVALID_PERIOD"),
    "/v1/markets/0/candles?start=-1": (400, "INVALID_TIME"),
    "/v1/markets/0/candles?start=2&end=1": (400, "INVALID_TIME"),
    "/v1/markets/0/candles?end=99999999999999999": (400, "INVALID_TIME"),
    "/v1/markets/0/candles?limit=1001": (400, "INVALID_LIMIT"),
    "/v1/assets/%0A%7B": (404, "UNKNOWN_PATH"),
}


@pytest.mark.parametrize("target", REFUSED)
async def test_bad_questions_get_a_code(asker: Asker, target: str) -> None:
    answer = await asker.ask(target)
    assert (answer.status, answer.code) == REFUSED[target], answer.json
    assert faults(answer.json, {"$ref": "#/components/schemas/Error"}, openapi_document()) == []
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.body) < 500


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE"])
async def test_nothing_can_be_changed(asker: Asker, method: str) -> None:
    answer = await asker.ask("/v1/markets", method, data=b"x" * 100)
    assert (answer.status, answer.code) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


async def test_browsers_may_ask(asker: Asker) -> None:
    answer = await asker.ask("/v1/markets", "OPTIONS", headers={"Origin": "https://example.org"})
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"


@pytest.mark.parametrize("headers", [{}, {"Expect": "100-continue"}, {"Expect": "the impossible"}])
async def test_a_question_has_no_body(asker: Asker, headers: dict[str, str]) -> None:
    answer = await asker.ask("/v1/markets", data=b"x" * 100_000, headers=headers)
    assert (answer.status, answer.code) == (400, "BODY_NOT_ALLOWED")


async def test_proof_of_reserves_is_the_file(asker: Asker, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    for content in ("", "{", "[]", "[" * 100_000, '"' + "x" * 2_000_000 + '"', "\xff"):
        path.write_text(content, "latin-1")
        assert (await asker.ask("/v1/proof-of-reserves")).code == "NO_PROOF"
    path.write_text('{"format": "constellation balance proof"}')
    answer = await asker.ask("/v1/proof-of-reserves")
    assert (answer.json, answer.headers["Cache-Control"]) == (json.loads(path.read_text()), "public, max-age=60")


async def test_a_hundred_questions_at_once(asker: Asker) -> None:
    targets = ["/v1/markets/0/trades", "/v1/markets/0/candles", "/v1/batches/5", "/v1/tickers"]
    expected = [(await asker.ask(target)).body for target in targets]
    for _ in range(2):
        answers = await asyncio.gather(*(asker.ask(targets[n % 4]) for n in range(60)))
        assert [answer.body for answer in answers] == [expected[n % 4] for n in range(60)]


async def test_when_too_many_wait_some_are_told_to_come_again(chain: Chain, engine: Engine) -> None:
    async with serving(chain, engine, threads=1, waiting_max=3) as asker:
        answers = await asyncio.gather(*(asker.ask("/v1/markets/0/trades?limit=1000") for _ in range(100)))
        statuses = [answer.status for answer in answers]
        assert statuses.count(200) >= 3
        refused = [answer for answer in answers if answer.status != 200]
        assert refused
        assert {(answer.status, answer.code) for answer in refused} == {(503, "OVERLOADED")}
        assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
        assert (await asker.ask("/v1/markets/0/trades")).status == 200


async def test_a_database_that_is_gone_is_said(chain: Chain, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "empty.sqlite"), read_only=True)
    async with serving(chain, engine) as asker:
        answer = await asker.ask("/v1/markets/0/trades")
        assert (answer.status, answer.code) == (503, "UNAVAILABLE")
        assert (await asker.ask("/v1/markets/0/book")).status == 200
    engine.dispose()


async def test_status_says_how_far_everything_is(chain: Chain, asker: Asker) -> None:
    status = (await asker.ask("/v1/status")).json
    last = chain.links[-1].sealed
    assert status["constellation"] == chain.world.constellation.hex()
    assert (status["feed"]["sequence"], status["feed"]["age_ms"]) == (chain.machine.state.apex, 2000)
    assert (status["history"]["batch"], status["history"]["digest"]) == (last.header.number, last.digest.hex())
    assert status["history"]["apex"] == chain.machine.state.apex
    assert status["settings_version"] == chain.machine.state.settings_version


async def test_who_asks_too_much_is_told_to_come_again(chain: Chain, engine: Engine) -> None:
    registry = CollectorRegistry()
    async with serving(chain, engine, metrics=HttpMetrics(registry), per_second=2, burst=10) as asker:
        answers = [await asker.ask("/v1/tickers") for _ in range(40)]
        statuses = [answer.status for answer in answers]
        assert statuses[:10] == [200] * 10
        refused = [answer for answer in answers if answer.status != 200]
        assert {(answer.status, answer.code) for answer in refused} == {(429, "RATE_LIMITED")}
        assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
        await asyncio.sleep(0.6)
        assert (await asker.ask("/v1/tickers")).status == 200
    name, labels = "constellation_market_http_answers_total", {"endpoint": "list_tickers"}
    counted = {status: registry.get_sample_value(name, labels | {"status": status}) for status in ("200", "429")}
    assert counted == {"200": statuses.count(200) + 1, "429": len(refused)}


async def test_routes_fit_the_feeds_port(chain: Chain, engine: Engine) -> None:
    """The feed's own path stays the feed's."""
    hub = MarketHub(chain.world.settings, lambda: now_of(chain), frame=text_frame)
    reads = MarketReads(engine, chain.world.settings)
    routes = market_routes(reads, hub.data, lambda: now_of(chain))
    server = FeedServer(hub, lambda: now_of(chain), "127.0.0.1", 0, routes=routes)
    url = f"http://127.0.0.1:{await server.start()}"
    try:
        async with aiohttp.ClientSession() as session:
            asker = Asker(session, url)
            assert (await asker.ask("/v1/markets/0/trades")).status == 200
            assert (await asker.ask("/v1/nothing")).code == "UNKNOWN_PATH"
            async with session.ws_connect(f"{url}/v1/ws") as socket:
                await socket.send_json({"method": "ping"})
                assert "method" in await socket.receive_json(timeout=5)
    finally:
        await server.stop()
        reads.close()
