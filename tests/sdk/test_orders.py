"""Orders that say something of themselves, through the client; and what docs/trading/orders.md shows."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.messages import Code, OrderCloseReason
from constellation.sdk import CancelAll, Client, ExchangeError, Fill, Order, OrderClosed, OrderReduced
from tests.gateway.harness import ANNA, BERT, Alpha
from tests.gateway.live import LiveAlpha, live

PAGE = (Path(__file__).parents[2] / "docs/trading/orders.md").read_text(encoding="utf-8")
SELF_TRADES = {
    "cancel_newest": (["OrderClosed"], 1),
    "cancel_both": (["OrderClosed", "OrderClosed"], 0),
    "cancel_oldest": (["OrderClosed"], 1),
    "decrement": (["OrderReduced", "OrderReduced", "OrderClosed"], 1),
}


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha().fund(ANNA, BERT)) as server:
        yield server


@pytest.fixture
async def anna(server: LiveAlpha) -> AsyncIterator[Client]:
    async with await Client.connect(server.url, server.alpha.settings, ANNA) as client:
        yield client


@pytest.fixture
async def bert(server: LiveAlpha) -> AsyncIterator[Client]:
    async with await Client.connect(server.url, server.alpha.settings, BERT) as client:
        yield client


async def test_the_page_s_example(server: LiveAlpha, anna: Client) -> None:
    names: dict[str, Any] = {}
    exec(PAGE.split("```python\n")[1].split("```")[0], names)
    order_id = await names["quote"](anna, "0.2")
    assert order_id > 0
    assert not server.alpha.machine.state.vault.accounts[ANNA.public].orders


@pytest.mark.parametrize("prevention", SELF_TRADES)
async def test_the_page_names_what_self_trade_prevention_does(anna: Client, prevention: Any) -> None:
    assert f"| `{prevention}`" in PAGE
    await anna.create_order("XLM/USD", "sell", "0.2", "5")
    bought = await anna.create_order("XLM/USD", "buy", "0.2", "3", self_trade_prevention=prevention)
    kinds = [
        type(effect).__name__ for effect in bought.effects if isinstance(effect, OrderReduced | OrderClosed | Fill)
    ]
    assert (kinds, len((await anna.account()).orders)) == SELF_TRADES[prevention]


async def test_orders_are_refused_by_what_they_say(anna: Client, bert: Client) -> None:
    await bert.create_order("XLM/USD", "sell", "0.2", "5", client_order_id="ask")
    for code, options in (
        (Code.WOULD_TAKE, {"post_only": True}),
        (Code.CONTRADICTORY_ORDER, {"post_only": True, "time_in_force": "IOC"}),
        (Code.WOULD_NOT_FILL, {"time_in_force": "FOK"}),
    ):
        with pytest.raises(ExchangeError) as refused:
            await anna.create_order("XLM/USD", "buy", "0.2", "6", **options)  # type: ignore[arg-type]
        assert refused.value.code is code
        assert code.name in PAGE
    with pytest.raises(ExchangeError) as refused:
        await bert.create_order("XLM/USD", "sell", "0.3", "5", client_order_id="ask")
    assert refused.value.code is Code.DUPLICATE_CLIENT_ORDER_ID
    filled = await anna.create_order("XLM/USD", "buy", "0.2", "5", "FOK")
    assert [effect.reason for effect in filled.effects if isinstance(effect, OrderClosed)] == [OrderCloseReason.FILLED]


async def test_open_orders_have_names_and_can_all_be_cancelled(anna: Client) -> None:
    await anna.submit_batch(
        [Order("XLM/USD", "sell", f"0.{digit}", "1", client_order_id=f"n{digit}") for digit in "234"]
    )
    orders = (await anna.account()).orders
    assert [(order.client_order_id, order.remaining) for order in orders] == [(f"n{d}", Decimal(1)) for d in "234"]
    await anna.cancel_order("n3")
    done = await anna.cancel_all_orders("XLM/USD")
    assert sum(isinstance(effect, OrderClosed) for effect in done.effects) == 2
    with pytest.raises(ExchangeError) as refused:
        await anna.cancel_all_orders()
    assert refused.value.code is Code.ORDER_NOT_FOUND
    [receipt] = await anna.submit_batch([CancelAll()])
    assert receipt.refusal is Code.ORDER_NOT_FOUND
