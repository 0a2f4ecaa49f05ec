"""Orders that say something of themselves, through the client; and what docs/coding/orders.md shows."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.messages import Code, OrderCloseReason
from constellation.sdk import (
    CancelAll,
    CancelAllAfter,
    CancelAllScheduled,
    Client,
    ExchangeError,
    Fill,
    InvalidRequest,
    MarketOrder,
    Order,
    OrderClosed,
    OrderReduced,
    Replace,
)
from tests.gateway.harness import ANNA, CARL
from tests.gateway.live import LiveAlpha

PAGE = (Path(__file__).parents[2] / "docs/coding/orders.md").read_text(encoding="utf-8")
SELF_TRADES = {
    "cancel_newest": (["OrderClosed"], 1),
    "cancel_both": (["OrderClosed", "OrderClosed"], 0),
    "cancel_oldest": (["OrderClosed"], 1),
    "decrement": (["OrderReduced", "OrderReduced", "OrderClosed"], 1),
}


@pytest.mark.executes("docs/coding/orders.md", python=1)
async def test_the_page_s_example(server: LiveAlpha, anna: Client) -> None:
    names: dict[str, Any] = {}
    exec(PAGE.split("```python\n")[1].split("```")[0], names)
    order_id = await names["quote"](anna, "0.2")
    assert order_id > 0
    assert not server.alpha.machine.state.vault.accounts[ANNA.public].orders


def example(number: int) -> dict[str, Any]:
    """The names that the page's example defines."""
    names: dict[str, Any] = {}
    exec(PAGE.split("```python\n")[number].split("```")[0], names)
    return names


@pytest.mark.executes("docs/coding/orders.md", python=1)
async def test_market_orders_of_the_page(anna: Client, bert: Client) -> None:
    await bert.create_order("XLM/USD", "sell", "0.2", "20")
    await bert.create_order("XLM/USD", "buy", "0.1", "20")
    bought, sold = await example(2)["at_once"](anna)
    fills = [effect for receipt in (bought, sold) for effect in receipt.effects if isinstance(effect, Fill)]
    assert [(fill.amount, fill.price) for fill in fills] == [
        (Decimal(10), Decimal("0.2")),
        (Decimal(4), Decimal("0.1")),
    ]


@pytest.mark.executes("docs/coding/orders.md", python=1)
async def test_armed_orders_of_the_page(server: LiveAlpha, anna: Client, bert: Client) -> None:
    server.alpha.fund(CARL)
    await bert.create_order("XLM/USD", "buy", "0.2", "1")
    await bert.create_order("XLM/USD", "buy", "0.1", "60")
    async with await Client.connect(server.url, server.alpha.settings, CARL) as client:
        await client.create_market_order("XLM/USD", "sell", "1")
        stop_loss, profit = await example(3)["protect"](anna)
        armed = (await anna.account()).armed
        assert [(order.order_id, order.trigger, order.trigger_price, order.price) for order in armed] == [
            (stop_loss, "stop", Decimal("0.15"), None),
            (profit, "take_profit", Decimal("0.3"), Decimal("0.3")),
        ]
        await client.create_market_order("XLM/USD", "sell", "1")
    account = await anna.account()
    assert [order.order_id for order in account.armed] == [profit]
    assert account.balances["USD"].total > 0
    for options in ({"trigger": "stop"}, {"trigger_price": "0.1"}, {"trigger": "never", "trigger_price": "0.1"}):
        with pytest.raises(InvalidRequest, match="trigger"):
            await anna.create_order("XLM/USD", "sell", "0.2", "1", **options)  # type: ignore[arg-type]
    with pytest.raises(ExchangeError) as refused:
        await anna.create_order("XLM/USD", "sell", "0.2", "1", trigger="stop", trigger_price="0.2")
    assert refused.value.code is Code.WOULD_TRIGGER


@pytest.mark.executes("docs/coding/orders.md", python=1)
async def test_replacing_as_the_page_does(server: LiveAlpha, anna: Client) -> None:
    first = await anna.create_order("XLM/USD", "sell", "0.2", "10", client_order_id="ask-1")
    done = await example(4)["requote"](anna, "0.3")
    [order] = (await anna.account()).orders
    assert (order.client_order_id, order.price, order.remaining) == ("ask-1", Decimal("0.3"), Decimal(4))
    assert order.order_id not in (first.order_id, done.order_id)
    assert [effect.amount for effect in done.effects if isinstance(effect, OrderReduced)] == [Decimal(1)]
    with pytest.raises(ExchangeError) as refused:
        await anna.replace_order("XLM/USD", "ask-1", "0.3", "3", if_remaining="5")
    assert refused.value.code is Code.ORDER_CHANGED
    with pytest.raises(ExchangeError) as refused:
        await anna.replace_order("XLM/USD", order.order_id, "0.3", "9", client_order_id="new", expires_at_us=1)
    assert refused.value.code is Code.INVALID_EXPIRY


async def test_an_order_has_a_time_and_an_account_may_have_one(server: LiveAlpha, anna: Client) -> None:
    later = server.alpha.machine.state.timestamp + 10**12
    await anna.create_order("XLM/USD", "sell", "0.2", "10", expires_at_us=later)
    scheduled = await anna.cancel_all_after(30)
    account = await anna.account()
    assert account.orders[0].expires_at_us == later
    [effect] = [effect for effect in scheduled.effects if isinstance(effect, CancelAllScheduled)]
    assert account.cancel_all_at_us == effect.due_us
    await anna.cancel_all_after(0)
    assert (await anna.account()).cancel_all_at_us is None


async def test_a_batch_carries_all_of_it(anna: Client, bert: Client) -> None:
    await bert.create_order("XLM/USD", "sell", "0.2", "20")
    receipts = await anna.submit_batch(
        [
            MarketOrder("XLM/USD", "buy", budget="1"),
            Order("XLM/USD", "sell", "0.4", "5", client_order_id="mine"),
            Replace("XLM/USD", "mine", "0.4", "3", if_remaining="5"),
            Replace("XLM/USD", "mine", "0.5", "9", client_order_id="mine"),
            CancelAllAfter(60),
        ],
        all_or_nothing=True,
    )
    kinds = [type(receipt.effects[0]).__name__ for receipt in receipts]
    assert kinds == ["Fill", "OrderPlaced", "OrderReduced", "OrderClosed", "CancelAllScheduled"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda client: client.create_market_order("XLM/USD", "buy"), "either an amount"),
        (lambda client: client.create_market_order("XLM/USD", "buy", "1", "1"), "either an amount"),
        (lambda client: client.create_market_order("XLM/USD", "sell", budget="1"), "say how much of base"),
        (lambda client: client.create_market_order("XLM/USD", "sell", 0.5), "float"),
        (lambda client: client.cancel_all_after(-1), "whole number of seconds"),
        (lambda client: client.cancel_all_after(1.5), "whole number of seconds"),
        (lambda client: client.create_order("XLM/USD", "sell", "0.2", "1", expires_at_us=1.5), "whole number"),
        (lambda client: client.create_order("XLM/USD", "sell", "0.2", "1", expires_at_us=2**63), "between 1 and"),
        (lambda client: client.replace_order("XLM/USD", True, "0.2", "1"), "not an order's id"),
    ],
)
async def test_what_is_not_even_sent(anna: Client, call: Any, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        await call(anna)


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
