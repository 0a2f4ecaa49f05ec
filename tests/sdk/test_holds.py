"""Holds through the client, as docs/coding/holds.md shows them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.messages import Code, HoldOutcome
from constellation.sdk import (
    Capture,
    Client,
    Exchange,
    ExchangeError,
    Hold,
    HoldClosed,
    HoldOpened,
    InvalidRequest,
    PaymentReceived,
    Release,
)
from tests.gateway.harness import ANNA, BERT
from tests.gateway.live import LiveAlpha

PAGE = (Path(__file__).parents[2] / "docs/coding/holds.md").read_text(encoding="utf-8")


def later(server: LiveAlpha) -> int:
    return server.alpha.machine.state.timestamp + 10**12


@pytest.mark.executes("docs/coding/holds.md", python=1)
async def test_the_page_s_example(server: LiveAlpha, anna: Client, bert: Client) -> None:
    names: dict[str, Any] = {}
    exec(PAGE.split("```python\n")[1].split("```")[0], names)
    receipt = await names["reserve"](anna, bert, bert.address, later(server))
    [closed] = [effect for effect in receipt.effects if isinstance(effect, HoldClosed)]
    assert (closed.outcome, closed.captured) == (HoldOutcome.HOLD_CAPTURED, Decimal("12.5"))
    [paid] = [effect for effect in receipt.effects if isinstance(effect, PaymentReceived)]
    assert (paid.source, paid.asset, paid.amount) == (anna.address, "USD", Decimal("12.5"))
    account = await anna.account()
    assert (account.balances["USD"].locked, account.holds) == (0, ())


@pytest.mark.executes("docs/coding/holds.md", python=1)
async def test_the_page_s_example_of_an_exchange(server: LiveAlpha) -> None:
    names: dict[str, Any] = {}
    exec(PAGE.split("```python\n")[2].split("```")[0], names)
    anna, bert = (Exchange(server.url, server.alpha.settings, key_pair) for key_pair in (ANNA, BERT))
    async with anna, bert:
        assert await names["settle"](anna, bert, later(server)) == ("captured", Decimal("12.5"), anna.address)


async def test_what_is_open_is_shown_and_others_cannot_touch_it(server: LiveAlpha, anna: Client, bert: Client) -> None:
    receipt = await anna.open_hold(bert.address, "USD", "20", later(server))
    [opened] = [effect for effect in receipt.effects if isinstance(effect, HoldOpened)]
    [shown] = (await anna.account()).holds
    assert (shown.hold_id, shown.beneficiary, shown.asset, shown.amount) == (
        receipt.apex,
        bert.address,
        "USD",
        Decimal(20),
    )
    assert (opened.owner, opened.amount, opened.expires_at_us) == (anna.address, Decimal(20), shown.expires_at_us)
    with pytest.raises(ExchangeError) as refused:
        await anna.release_hold(receipt.apex)
    assert refused.value.code is Code.HOLD_NOT_FOUND
    await bert.release_hold(receipt.apex)
    assert (await anna.account()).balances["USD"].locked == 0


async def test_holds_in_batches(server: LiveAlpha, anna: Client, bert: Client) -> None:
    first, second = await anna.submit_batch([Hold(bert.address, "USD", "1", later(server))] * 2)
    await bert.submit_batch([Capture(first.apex, "1"), Release(second.apex)], all_or_nothing=True)
    assert (await anna.account()).holds == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.capture_hold(0, "1"),
        lambda client: client.release_hold("7"),
        lambda client: client.open_hold(client.address, "USD", "1", 0.5),
        lambda client: client.open_hold("nobody", "USD", "1", 1),
    ],
)
async def test_what_is_not_even_sent(anna: Client, call: Any) -> None:
    with pytest.raises(InvalidRequest):
        await call(anna)
