"""The own past through the client: live, with proofs, and from a chronicler that lies."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import ClientMessage, EffectGroup, HistoryPage, OrdersPage, SignedHeader
from constellation.sdk import (
    Client,
    ClientOptions,
    Code,
    DepositCredited,
    ExchangeError,
    Fill,
    InvalidRequest,
    OrderClosed,
    PaymentSent,
    VerificationFailed,
    check_final,
    history_reader,
)
from constellation.sdk.export import COLUMNS, CsvWriter, JsonLinesWriter, _harmless, history_row
from constellation.sdk.history_queries import KINDS
from tests.gateway.harness import ANNA, BERT, START_US, Alpha, key
from tests.gateway.live import LiveAlpha, live
from tests.sdk.chronicle import Chronicle, with_chronicle

FAST = ClientOptions(backoff_s=0.005, backoff_max_s=0.02, reconnect_s=5)


class Stage:
    def __init__(self, server: LiveAlpha, chronicle: Chronicle, anna: Client, bert: Client) -> None:
        self.server = server
        self.alpha: Alpha = server.alpha
        self.chronicle = chronicle
        self.anna = anna
        self.bert = bert


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    alpha, chronicle = with_chronicle(tmp_path)
    alpha.fund(ANNA, BERT)
    async with (
        live(alpha) as server,
        Client(server.url, alpha.settings, ANNA, FAST) as anna,
        Client(server.url, alpha.settings, BERT, FAST) as bert,
    ):
        alpha.now_us += 1_000_000
        await anna.create_order("XLM/USD", "sell", "0.25", 10)
        await bert.create_order("XLM/USD", "buy", "0.25", 4)
        alpha.now_us += 1_000_000
        await anna.pay(BERT.address, "USD", "1.5")
        await anna.withdraw("XLM", 3, key("elsewhere").public)
        yield Stage(server, chronicle, anna, bert)
    chronicle.close()


async def test_a_client_reads_what_it_has_written(stage: Stage) -> None:
    paid = await stage.anna.pay(BERT.address, "EUR", "0.5")
    page = await stage.anna.history_page(newest_first=True)
    assert stage.chronicle.asked[-1].min_apex == paid.apex
    assert page.apex >= paid.apex
    assert not page.more
    own = [item for item in page.items if item.apex == paid.apex]
    assert [item.effect for item in reversed(own)] == list(paid.effects)
    assert [item.number for item in own] == list(range(paid.last_number, paid.first_number - 1, -1))
    assert page.items[-1].number == 1


async def test_all_of_it_is_what_the_account_was_told(stage: Stage) -> None:
    async with Client(stage.server.url, stage.alpha.settings, ANNA, after=0) as again:
        total = (await again.account()).effect_number
        told: list[tuple[int, Any]] = []
        async for event in again.events():
            told += [(event.first_number + place, effect) for place, effect in enumerate(event.effects)]  # type: ignore[union-attr]
            if told[-1][0] == total:
                break
    items = [item async for item in stage.anna.history()]
    assert [(item.number, item.effect) for item in items] == told
    newest = [item async for item in stage.anna.history(newest_first=True)]
    assert newest == items[::-1]
    assert [item async for item in stage.anna.history(limit=3)] == items[:3]
    assert [item async for item in stage.anna.history(newest_first=True, limit=2)] == newest[:2]


async def test_pages_go_on_where_the_last_one_ended(stage: Stage) -> None:
    items = [item async for item in stage.anna.history()]
    found, after = [], None
    while True:
        page = await stage.anna.history_page(limit=2, after=after)
        found += page.items
        after = page.cursor
        if not page.more:
            break
    assert found == items
    later = await stage.anna.history_page(after=after)
    assert (later.items, later.cursor, later.more) == ((), after, False)
    await stage.anna.pay(BERT.address, "USD", 1)
    later = await stage.anna.history_page(after=after)
    assert PaymentSent(BERT.address, "USD", Decimal(1)) in [item.effect for item in later.items]


async def test_filters(stage: Stage) -> None:
    async def effects(**changes: Any) -> list[Any]:
        return [item.effect async for item in stage.anna.history(**changes)]

    (fill,) = await effects(kinds=("trade",))
    assert isinstance(fill, Fill)
    assert await effects(kinds=["trade"], market="XLM/USD") == [fill]
    assert await effects(kinds=["trade"], market="XLM/EUR") == []
    deposits = await effects(kinds=("deposit",))
    assert {effect.asset for effect in deposits if isinstance(effect, DepositCredited)} == {"XLM", "USD", "EUR"}
    assert [effect.asset for effect in await effects(kinds=["deposit"], asset="USD")] == ["USD"]
    assert await effects(kinds=("payment",)) == [PaymentSent(BERT.address, "USD", Decimal("1.5"))]
    second = datetime.fromtimestamp(START_US / 1_000_000, UTC)
    late = await effects(since=second + timedelta(seconds=1.5))
    assert PaymentSent(BERT.address, "USD", Decimal("1.5")) in late
    assert fill not in late
    assert fill in await effects(since=START_US + 1_000_000, until=second + timedelta(seconds=2))
    assert await effects(until=second) == []


async def test_orders(stage: Stage) -> None:
    (order,) = [order async for order in stage.anna.orders()]
    assert (order.market, order.side, order.time_in_force, order.price) == ("XLM/USD", "sell", "GTC", Decimal("0.25"))
    assert (order.amount, order.filled, order.filled_quote, order.fee) == (10, 4, 1, 0)
    assert order.is_open
    assert order.placed_time == datetime.fromtimestamp(START_US // 1_000_000 + 1, UTC)
    assert [item async for item in stage.anna.orders(open=False)] == []
    await stage.anna.cancel_order(order.order_id)
    (closed,) = (await stage.anna.orders_page(open=False, market="XLM/USD")).orders
    assert closed.closed is not None
    assert closed.closed.name == "CANCELLED"
    (bought,) = [order async for order in stage.bert.orders()]
    assert (bought.filled, bought.fee, bought.is_open) == (4, Decimal("0.004"), False)


async def test_proofs_are_verified_and_can_be_checked_again(stage: Stage) -> None:
    items = [item async for item in stage.anna.history(proofs=True)]
    assert items == [item async for item in stage.anna.history()]
    for item in items:
        assert item.proof is not None
        assert item.proof.batch == item.batch
        assert check_final(stage.alpha.settings, item.proof.event, item.proof.finality) == item.proof


async def test_a_question_is_asked_again_after_a_reconnect(stage: Stage) -> None:
    stage.chronicle.answers = False
    asking = asyncio.create_task(stage.anna.history_page())
    async with asyncio.timeout(5):
        while not stage.chronicle.asked:
            await asyncio.sleep(0.005)
        stage.chronicle.answers = True
        await stage.server.stop()
        await stage.server.start()
        page = await asking
    assert page.items
    assert stage.anna.reconnects == 1


async def test_what_is_refused(stage: Stage) -> None:
    with pytest.raises(ExchangeError) as refused:
        await stage.anna.history_page(min_apex=10**6)
    assert refused.value.code is Code.INVALID_QUERY
    stage.server.automatic = False
    stage.alpha.deposit(ANNA, 0, ONE)
    stage.alpha.acknowledge()
    with pytest.raises(ExchangeError) as refused:
        await stage.anna.history_page(min_apex=stage.alpha.machine.state.apex)
    assert refused.value.code is Code.NOT_READY, "it is not final"
    async with live(Alpha().fund(ANNA)) as bare, Client(bare.url, bare.alpha.settings, ANNA) as client:
        with pytest.raises(ExchangeError) as refused:
            await client.history_page()
        assert refused.value.code is Code.NO_HISTORY


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": 0}, "limit 0"),
        ({"limit": 2**32 - 1}, "limit 4294967295"),
        ({"limit": 65, "proofs": True}, "with proofs has from 1 to 64"),
        ({"limit": True}, "limit True"),
        ({"after": "7"}, "after='7' is no cursor"),
        ({"after": "h"}, "is no cursor"),
        ({"after": "o1"}, "is no cursor"),
        ({"after": "h-1"}, "is no cursor"),
        ({"after": "hffffffffffffffff"}, "is no cursor"),
        ({"after": "h" + "1" * 1000}, "is no cursor"),
        ({"after": "hx"}, "is no cursor"),
        ({"after": "h\u0661"}, "is no cursor"),
        ({"after": 7}, "is no cursor"),
        ({"since": 2, "until": 1}, "since 2 is after until 1"),
        ({"since": datetime(2026, 1, 1)}, "needs its zone"),
        ({"since": 1.5}, "microseconds since 1970"),
        ({"until": 2**63}, "microseconds since 1970"),
        ({"kinds": ("trades",)}, "kind 'trades' is not known; there are account,"),
        ({"kinds": "trade"}, "kinds are several names"),
        ({"asset": "GBP"}, "asset 'GBP' is not listed"),
        ({"market": "XLM"}, "market 'XLM' is not listed"),
        ({"asset": "XLM", "market": "XLM/USD"}, "never of both"),
        ({"min_apex": -1}, "min_apex -1"),
    ],
)
async def test_wrong_arguments_are_told_before_anything_is_sent(
    stage: Stage, arguments: dict[str, Any], message: str
) -> None:
    asked = len(stage.chronicle.asked)
    with pytest.raises(InvalidRequest) as wrong:
        await stage.anna.history_page(**arguments)
    assert message in str(wrong.value)
    assert len(stage.chronicle.asked) == asked


def test_every_kind_has_a_name() -> None:
    assert {kind for kinds in KINDS.values() for kind in kinds} == set(KINDS["trade"][0].__class__)


async def test_reading_waits_while_the_rate_is_used_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_reader, "_PAUSE_S", 0.01)
    monkeypatch.setattr(history_reader, "MAX_HISTORY_ITEMS", 1)
    refusals = iter([Code.RATE_LIMITED, Code.OVERLOADED, Code.NOT_READY])
    read = stage.anna.history_page

    async def sometimes(**arguments: Any) -> Any:
        code = next(refusals, None)
        if code is not None:
            raise ExchangeError(code, "not now")
        return await read(**arguments)

    monkeypatch.setattr(stage.anna, "history_page", sometimes)
    assert len([item async for item in stage.anna.history(limit=3)]) == 3
    assert next(refusals, None) is None


# --- a chronicler that lies ---------------------------------------------------------------------------------------


def on_item(place: int, /, **changes: Any) -> Callable[[HistoryPage], None]:
    def change(page: HistoryPage) -> None:
        for name, value in changes.items():
            setattr(page.items[place], name, value)

    return change


def other_amount(page: HistoryPage) -> None:
    effect: Any = next(item.effect for item in page.items if hasattr(item.effect, "amount"))
    effect.amount += ONE


def other_amount_in_proof(page: HistoryPage) -> None:
    other_amount(page)
    shown = {item.number: item.effect for item in page.items}
    for event in [event for proof in page.proofs for event in proof.events]:
        group = event.group
        effects = [shown.get(group.first_number + place, effect) for place, effect in enumerate(group.effects)]
        event.group = EffectGroup(group.account, group.apex, group.first_number, effects)


def other_header(page: HistoryPage) -> None:
    header = page.proofs[0].signed_header.header
    header.timestamp += 1
    page.proofs[0].signed_header = SignedHeader(header, page.proofs[0].signed_header.alpha_signature)


def other_finality(page: HistoryPage) -> None:
    page.proofs[0].finality = page.proofs[1].finality


def no_signatures(page: HistoryPage) -> None:
    page.proofs[0].finality.certificate.signatures.clear()


def no_proofs(page: HistoryPage) -> None:
    page.proofs.clear()


def left_out(page: HistoryPage) -> None:
    del page.items[1]


def left_out_first(page: HistoryPage) -> None:
    del page.items[0]


def swapped(page: HistoryPage) -> None:
    page.items[0], page.items[1] = page.items[1], page.items[0]


def endless(page: HistoryPage) -> None:
    page.more, page.cursor = True, None


def too_many(page: HistoryPage) -> None:
    page.items += page.items


LIES = {
    "amount": (other_amount, "is not what its proof shows"),
    "amount in the proof": (other_amount_in_proof, "inclusion proof"),
    "apex": (on_item(0, apex=10**6), "has no proof"),
    "batch": (on_item(0, batch=10**6), "has no proof"),
    "time": (on_item(0, timestamp=START_US - 1), "is not what its proof shows"),
    "impossible time": (on_item(0, timestamp=-(2**63)), "of another time"),
    "number": (on_item(-1, number=10**6), "before its last item"),
    "header": (other_header, "header"),
    "certificate of another batch": (other_finality, "certificate"),
    "no signatures": (no_signatures, "certificate"),
    "no proofs": (no_proofs, "has no proof"),
    "left out": (left_out, "left out"),
    "first left out": (left_out_first, "left out"),
    "order": (swapped, "not in order"),
    "no end": (endless, "before its last item"),
    "too many": (too_many, "not in order"),
}


def lying(lie: Callable[[HistoryPage], None]) -> Callable[[ClientMessage], ClientMessage]:
    def spoil(page: ClientMessage) -> ClientMessage:
        assert isinstance(page, HistoryPage)
        lie(page)
        return page

    return spoil


@pytest.mark.parametrize("name", LIES)
async def test_lies_are_noticed_with_proofs(stage: Stage, name: str) -> None:
    lie, message = LIES[name]
    stage.chronicle.spoil = lying(lie)
    with pytest.raises(VerificationFailed, match=message):
        await stage.anna.history_page(proofs=True, limit=64)
    stage.chronicle.spoil = lambda page: page
    assert (await stage.anna.history_page(proofs=True, limit=64)).items, "the client goes on"


async def test_another_accounts_items_are_noticed_with_their_proofs(stage: Stage) -> None:
    await stage.bert.history_page(proofs=True, limit=64)
    pages: list[HistoryPage] = []

    def keep(page: ClientMessage) -> ClientMessage:
        assert isinstance(page, HistoryPage)
        pages.append(page)
        return page

    stage.chronicle.spoil = keep
    await stage.bert.history_page(proofs=True, limit=64)

    def foreign(page: HistoryPage) -> None:
        page.items, page.proofs, page.cursor = pages[0].items, pages[0].proofs, pages[0].cursor

    stage.chronicle.spoil = lying(foreign)
    with pytest.raises(VerificationFailed, match="another account"):
        await stage.anna.history_page(proofs=True, limit=64)


async def test_what_proofs_cannot_show(stage: Stage) -> None:
    """The end of a page, and what a filter lets through, are the chronicler's word."""

    def cut(page: HistoryPage) -> None:
        del page.items[2:]
        page.more, page.cursor = False, page.items[-1].number

    stage.chronicle.spoil = lying(cut)
    assert len((await stage.anna.history_page(proofs=True, limit=64)).items) == 2

    def hide(page: HistoryPage) -> None:
        del page.items[0]

    stage.chronicle.spoil = lying(hide)
    assert len((await stage.anna.history_page(kinds=["deposit"], proofs=True, limit=64)).items) == 2


@pytest.mark.parametrize("arguments", [{"kinds": ["trade"]}, {"asset": "EUR"}, {"since": START_US + 5_000_000}])
async def test_a_page_must_answer_the_question(stage: Stage, arguments: dict[str, Any]) -> None:
    pages: list[HistoryPage] = []

    def keep(page: ClientMessage) -> ClientMessage:
        assert isinstance(page, HistoryPage)
        pages.append(page)
        return page

    stage.chronicle.spoil = keep
    await stage.anna.history_page()

    def everything(page: HistoryPage) -> None:
        page.items, page.cursor = pages[0].items, pages[0].cursor

    stage.chronicle.spoil = lying(everything)
    with pytest.raises(VerificationFailed, match="no answer to the question"):
        await stage.anna.history_page(**arguments)


async def test_orders_must_answer_the_question(stage: Stage) -> None:
    def reopened(page: ClientMessage) -> ClientMessage:
        assert isinstance(page, OrdersPage)
        for order in page.orders:
            order.closed = None
        return page

    stage.chronicle.spoil = reopened
    with pytest.raises(VerificationFailed, match="is open"):
        await stage.bert.orders_page(open=False)


# --- export ---------------------------------------------------------------------------------------------------------


async def test_rows_are_exact(stage: Stage) -> None:
    items = [item async for item in stage.anna.history()]
    table, lines = io.StringIO(newline=""), io.StringIO()
    CsvWriter(table).write(items)
    JsonLinesWriter(lines).write(items)
    rows = list(csv.DictReader(io.StringIO(table.getvalue(), newline="")))
    documents = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [row["number"] for row in rows] == [document["number"] for document in documents]
    assert [{name: text for name, text in row.items() if text} for row in rows] == documents
    trade = next(row for row in rows if row["kind"] == "trade")
    assert (trade["market"], trade["side"], trade["price"], trade["amount"]) == (
        "XLM/USD", "sell", "0.2500", "4.0000000",
    )  # fmt: skip
    assert (trade["time"], trade["maker"]) == ("2026-09-21T14:13:21.000000Z", "true")
    assert all(set(history_row(item)) <= set(COLUMNS) for item in items)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert _harmless(text) == f"'{text}"
    assert _harmless(f"x{text}") == f"x{text}"


def test_columns_have_every_field() -> None:
    from dataclasses import fields
    from typing import get_args

    from constellation.sdk import Effect, OtherEffect

    names = {field.name for kind in get_args(Effect) if kind is not OtherEffect for field in fields(kind)}
    assert names <= set(COLUMNS)
    assert OrderClosed in get_args(Effect)
