"""Payments with memos and on paths through the SDK, as docs/coding/payments.md shows them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.messages import Code
from constellation.sdk import (
    Client,
    Conversion,
    Exchange,
    ExchangeError,
    Fill,
    InvalidRequest,
    Order,
    Pay,
    PaymentReceived,
    PaymentSent,
    PayOnPath,
)
from tests.gateway.harness import ANNA, BERT
from tests.gateway.live import LiveAlpha
from tests.sdk.stage import FAST

PAGE = (Path(__file__).parents[2] / "docs/coding/payments.md").read_text(encoding="utf-8")


def example(number: int) -> dict[str, Any]:
    """The names that the page's example defines."""
    names: dict[str, Any] = {"Pay": Pay}
    exec(PAGE.split("```python\n")[number].split("```")[0], names)
    return names


async def books(bert: Client) -> None:
    await bert.create_order("XLM/USD", "buy", "0.2", "100")
    await bert.create_order("XLM/USD", "sell", "0.3", "100")
    await bert.create_order("XLM/EUR", "buy", "0.2", "100")


@pytest.mark.executes("docs/coding/payments.md", python=1)
async def test_payments_of_the_page(anna: Client, bert: Client) -> None:
    first, second = await example(1)["pay_wages"](bert, anna.address, anna.address)
    assert PaymentSent(anna.address, "USD", Decimal(4), "March") in second.effects
    events = anna.events()
    received = [(await anext(events)).effects[0] for _ in range(3)]
    assert received == [
        PaymentReceived(bert.address, "USD", Decimal(amount), memo)
        for amount, memo in (("12.5", "invoice 7"), (3, "March"), (4, "March"))
    ]
    assert first.refusal is None


@pytest.mark.executes("docs/coding/payments.md", python=1)
async def test_paths_of_the_page(anna: Client, bert: Client) -> None:
    await books(bert)
    sent, exact = await example(2)["abroad"](anna, bert.address)
    [paid] = [effect for effect in sent.effects if isinstance(effect, PaymentSent)]
    fees = sum(effect.fee for effect in sent.effects if isinstance(effect, Fill))
    assert (paid.asset, paid.amount, paid.memo) == ("USD", 2 - fees, "rent")
    assert PaymentSent(bert.address, "EUR", Decimal("0.5")) in exact.effects
    assert [effect.market for effect in exact.effects if isinstance(effect, Fill)] == ["XLM/USD", "XLM/EUR"]


async def test_all_or_none(anna: Client, bert: Client) -> None:
    before = (await anna.account()).balances["USD"].total
    with pytest.raises(ExchangeError, match="operation 2 of 2") as refused:
        await anna.pay_many([Pay(bert.address, "USD", 1), Pay(bert.address, "USD", 10**6)])
    assert refused.value.code is Code.INSUFFICIENT_FUNDS
    assert (await anna.account()).balances["USD"].total == before
    with pytest.raises(InvalidRequest, match="no payment"):
        await anna.pay_many([Order("XLM/USD", "buy", 1, 1)])  # type: ignore[list-item]


@pytest.mark.parametrize("memo", ["", "x" * 65, "€" * 22, "a\nb", "\x7f", "\ud800", 7])
async def test_a_memo_is_looked_at_before_it_is_sent(anna: Client, bert: Client, memo: Any) -> None:
    with pytest.raises(InvalidRequest, match="memo"):
        await anna.pay(bert.address, "USD", 1, memo)


WRONG: list[dict[str, Any]] = [
    {},
    {"send_amount": 1},
    {"receive_amount": 1},
    {"send_amount": 1, "send_max": 1},
    {"send_amount": 1, "receive_min": 1, "receive_amount": 1, "send_max": 1},
    {"send_amount": 0, "receive_min": 1},
    {"send_amount": 1.5, "receive_min": 1},
    {"send_amount": 1, "receive_min": 1, "path": []},
    {"send_amount": 1, "receive_min": 1, "path": "XLM/USD"},
    {"send_amount": 1, "receive_min": 1, "path": ["XLM/USD"] * 3},
    {"send_amount": 1, "receive_min": 1, "path": ["XLM/YEN"]},
]


@pytest.mark.parametrize("arguments", WRONG, ids=range(len(WRONG)))
async def test_what_makes_no_sense_is_not_sent(anna: Client, arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        await anna.convert("XLM", "USD", **arguments)


async def test_paths_go_together_with_other_operations(anna: Client, bert: Client) -> None:
    await books(bert)
    sell = PayOnPath(bert.address, "XLM", "USD", send_amount=10, receive_min="1.9", memo="one")
    paid, refused = await anna.submit_batch([sell, PayOnPath(bert.address, "XLM", "USD", send_amount=1, receive_min=9)])
    assert any(isinstance(effect, PaymentSent) and effect.memo == "one" for effect in paid.effects)
    assert refused.refusal is Code.PATH_OUT_OF_LIMIT


@pytest.mark.executes("docs/coding/payments.md", python=1)
async def test_the_exchange_tells_what_became_of_what(server: LiveAlpha, bert: Client) -> None:
    await books(bert)
    async with Exchange(server.url, server.alpha.settings, ANNA, options=FAST) as exchange:
        assert await exchange.fetch_open_orders() == ()
        given, bought = await example(3)["into_dollars"](exchange)
        assert given == 10
        assert Decimal("1.9") < bought <= 2
        params = {"path": ["XLM/USD", "XLM/EUR"], "memo": "rent"}
        amounts = {"receive_amount": "0.5", "send_max": "2"}
        done = await exchange.pay_on_path(BERT.address, "USD", "EUR", **amounts, params=params)  # type: ignore[arg-type]
        assert (done.to_account, done.to_amount, done.memo) == (BERT.address, Decimal("0.5"), "rent")
        assert isinstance(done, Conversion)
        assert done.to_ccxt()["fromAmount"] == format(done.from_amount, "f")
        transfers = await exchange.pay_many([Pay(BERT.address, "USD", "0.5", "a"), Pay(BERT.address, "XLM", 1)])
        assert [(item.currency, item.amount, item.memo) for item in transfers] == [
            ("USD", Decimal("0.5"), "a"),
            ("XLM", Decimal(1), ""),
        ]
        transfer = await exchange.transfer("USD", "0.1", BERT.address, {"memo": "b"})
        assert transfer.to_ccxt()["info"] == {"memo": "b"}
        trades = await exchange.watch_my_trades()
        assert {trade.order for trade in trades} >= {done.id}
        assert await exchange.fetch_open_orders() == ()
        assert exchange.own.order(int(done.id)) is None, "a payment on a path is no order"
