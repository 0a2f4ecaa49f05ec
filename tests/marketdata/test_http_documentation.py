"""The page about the HTTP API: everything that it shows is asked, and answered as it says."""

import json
import re
import shlex
from pathlib import Path

import pytest

from constellation.marketdata.http.endpoints import ENDPOINTS
from constellation.marketdata.http.errors import HttpCode
from constellation.protocol import limits
from constellation.protocol.messages import LimitOrder, Side, TimeInForce
from constellation.testing.world import ONE, START_US
from tests.chronicler.chain import Chain
from tests.documentation.pages import blocks, dialogue
from tests.marketdata.http_server import Asker, serving, write_chain

PAGE = (Path(__file__).parents[2] / "docs" / "coding" / "http-api.md").read_text("utf-8")
HOST = "https://market.example.org"
MINUTE_US = 60_000_000


def example_chain() -> Chain:
    """The market that the page shows."""
    chain = Chain(batches=0)

    def order(minute: int, trader: int, side: Side, price: int, amount: int) -> None:
        now_us = START_US + minute * MINUTE_US
        operation = LimitOrder(0, side, price, amount * ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
        request = chain.world.request(chain.traders[trader], operation, valid_until=now_us + MINUTE_US)
        chain.seal(chain.machine.execute_all(now_us, request))

    order(0, 0, Side.SELL, 2500, 100)
    order(0, 0, Side.SELL, 2512, 50)
    order(1, 1, Side.BUY, 2500, 40)
    order(1, 2, Side.BUY, 2480, 200)
    order(1, 2, Side.BUY, 2475, 30)
    order(4, 1, Side.SELL, 2480, 10)
    return chain


def examples() -> list[tuple[str, str]]:
    """What is typed, and what is shown below it."""
    found = blocks("docs/coding/http-api.md", "console")
    return [(typed.text, "\n".join(typed.output).strip()) for block in found for typed in dialogue(block)]


async def curl(asker: Asker, command: str) -> tuple[int, str]:
    """As much of curl as the page uses: status and body."""
    name, *words = shlex.split(command)
    assert (name, words[0]) == ("curl", "-s")
    headers = dict([words[2].split(": ", 1)]) if words[1] == "-H" else {}
    assert words[-1].startswith(HOST)
    answer = await asker.ask(words[-1].removeprefix(HOST), headers=headers)
    return answer.status, answer.body.decode()


@pytest.mark.executes("docs/coding/http-api.md", console=7)
async def test_what_the_page_shows(tmp_path: Path) -> None:
    chain = example_chain()
    engine = write_chain(tmp_path / "c.sqlite", chain)
    assert len(examples()) >= 8
    async with serving(chain, engine) as asker:
        for command, output in examples():
            _, body = await curl(asker, command)
            assert json.loads(body) == json.loads(output), f"{command}\n{body}"
    engine.dispose()


def test_the_page_has_every_endpoint_and_every_bound() -> None:
    for endpoint in ENDPOINTS:
        assert f"| `{endpoint.path}`" in PAGE, endpoint.path
        for parameter in endpoint.parameters:
            if not parameter.in_path:
                assert re.search(rf"\| `{re.escape(endpoint.path)}` \|.*`{parameter.name}`", PAGE), parameter.name
    for code in re.findall(r"`([A-Z]+_[A-Z_]+|OVERLOADED|UNAVAILABLE)`", PAGE):
        assert code in HttpCode.__members__, code
    for text in (
        f"at most {limits.TRADES_PAGE_MAX:,} trades or candles",
        f"up to {limits.BOOK_DEPTH_MAX:,} levels",
        f"more than {limits.MARKET_READS_WAITING_MAX} questions",
        f"more than {limits.MARKET_QUESTIONS_BURST} questions at once",
        f"{limits.MARKET_QUESTIONS_PER_SECOND} a second in the long run",
    ):
        assert text in PAGE, text
