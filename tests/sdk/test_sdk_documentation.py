"""What the page about the SDK says is what there is."""

import asyncio
import inspect
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.sdk import Exchange, ExchangeError, SdkError, errors, refusals
from constellation.sdk.exchange_verbs.arguments import LIMIT, LIMIT_MAX
from constellation.sdk.own_state import WAITING_MAX
from tests.gateway.harness import ANNA, BERT
from tests.sdk.stage import Stage, staged

PAGE = (Path(__file__).parents[2] / "docs/coding/sdk.md").read_text("utf-8")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT) as stage:
        yield stage


@pytest.mark.executes("docs/coding/sdk.md", python=2)
async def test_the_examples_run_as_they_are_written(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, names)
    order_id, auditors = await asyncio.to_thread(names["sell"], stage.server.url, stage.alpha.settings, ANNA)
    assert (order_id, len(auditors)) == ("7", 2)
    form = await names["buy"](stage.server.url, stage.feed_url, stage.alpha.settings, BERT)
    assert (form["status"], form["filled"], form["fee"]) == (
        "closed", "4.0000000", {"currency": "XLM", "cost": "0.0040000"},
    )  # fmt: skip
    assert capsys.readouterr().out == "closed 4.0000000 at 0.3\n"


def test_every_verb_and_every_error_is_there() -> None:
    verbs = [name for name, verb in vars(Exchange).items() if inspect.isfunction(verb) and not name.startswith("_")]
    assert [name for name in verbs if f"`{name}" not in PAGE and name not in ("open", "close")] == []
    kinds = [*vars(errors).values(), *vars(refusals).values()]
    for kind in kinds:
        if inspect.isclass(kind) and issubclass(kind, SdkError):
            assert f"`{kind.__name__}`" in PAGE


def test_the_table_says_what_is_certain() -> None:
    for names, certain in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (\*\*False\*\*|True) \|", PAGE, re.MULTILINE):
        for name in re.findall(r"\w+", names):
            kind = getattr(errors, name)
            assert kind.nothing_happened is (certain == "True"), name
    assert ExchangeError.nothing_happened


def test_bounds_are_those_in_force() -> None:
    text = " ".join(PAGE.split())
    assert f"{LIMIT} by default, {LIMIT_MAX:,} at most" in text
    assert f"Up to {WAITING_MAX:,} own fills" in text


async def test_numbers_are_exact_texts_unless_somebody_wants_others(stage: Stage) -> None:
    async with stage.exchange(ANNA) as exchange:
        balance = await exchange.fetch_balance()
        assert balance.to_ccxt()["free"]["XLM"] == "999.0000000"
        assert balance.to_ccxt(Decimal)["XLM"]["used"] == Decimal(1)
        assert balance.to_ccxt(float)["total"]["USD"] == 1000.0
        assert exchange.market("XLM/USD").to_ccxt()["precision"] == {"price": "0.0010", "amount": "1.0000000"}
        order = await exchange.create_order("XLM/USD", "limit", "sell", "2", "0.3", {"timeInForce": "PO"})
        form = order.to_ccxt()
        assert (form["timeInForce"], form["amount"], form["average"], form["status"]) == (
            "PO", "2.0000000", None, "open",
        )  # fmt: skip
        assert form["datetime"].endswith("Z")
        assert form["timestamp"] == stage.alpha.now_us // 1_000
