"""Sub-accounts through the client and the exchange; and what docs/coding/sub-accounts.md shows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.protocol.messages import AccountSnapshot, ClientMessage, HistoryPage
from constellation.sdk import (
    Client,
    ClientOptions,
    Code,
    Exchange,
    ExchangeError,
    InvalidRequest,
    KeyPair,
    PaymentReceived,
    SubAccountMerged,
    SubAccountOpened,
    VerificationFailed,
)
from constellation.sdk.sub_accounts import account_meant
from tests.gateway.harness import ANNA, BERT, Alpha, key
from tests.gateway.live import LiveAlpha, live
from tests.sdk.chronicle import Chronicle, with_chronicle

PAGE = (Path(__file__).parents[2] / "docs/coding/sub-accounts.md").read_text(encoding="utf-8")
FAST = ClientOptions(backoff_s=0.005, backoff_max_s=0.02, reconnect_s=5)
BOT, NEW = key("bot"), key("new key")
D = Decimal
FAR = datetime(2100, 1, 31, tzinfo=UTC)


class Stage:
    def __init__(self, server: LiveAlpha, chronicle: Chronicle) -> None:
        self.server = server
        self.alpha: Alpha = server.alpha
        self.chronicle = chronicle

    def client(self, key_pair: KeyPair = ANNA, **options: Any) -> Client:
        return Client(self.server.url, self.alpha.settings, key_pair, FAST, **options)

    def exchange(self, key_pair: KeyPair = ANNA, **options: Any) -> Exchange:
        return Exchange(self.server.url, self.alpha.settings, key_pair, options=FAST, **options)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    alpha, chronicle = with_chronicle(tmp_path)
    alpha.fund(ANNA, BERT)
    async with live(alpha) as server:
        settle = alpha.on_submit

        def pass_time() -> None:
            alpha.now_us += 1_000
            settle()

        alpha.on_submit = pass_time
        yield Stage(server, chronicle)
    chronicle.close()


@pytest.fixture
async def anna(stage: Stage) -> AsyncIterator[Client]:
    async with stage.client() as client:
        yield client


async def refused(code: Code, awaitable: Any) -> None:
    with pytest.raises(ExchangeError) as caught:
        await awaitable
    assert caught.value.code is code


@pytest.mark.executes("docs/coding/sub-accounts.md", python=3)
async def test_the_page(stage: Stage) -> None:
    stage.alpha.now_us = int(datetime.now(UTC).timestamp() * 1_000_000)
    page: dict[str, Any] = {
        "datetime": datetime, "timedelta": timedelta, "UTC": UTC, "Client": Client, "PaymentReceived": PaymentReceived
    }  # fmt: skip
    for block in PAGE.split("```python\n")[1:]:
        exec(block.split("```")[0], page)
    url, settings = stage.server.url, stage.alpha.settings
    async with stage.client() as anna, stage.exchange() as exchange:
        assert await page["open_one"](anna) == {3: anna.sub_account_address(3)}
        address = await page["appoint"](url, settings, ANNA, BOT.address)
        assert address == anna.sub_account_address(3)
        order_id = await page["trade"](url, settings, BOT, address)
        await (await anna.pay(address, "USD", 1)).final(timeout=2)
        numbers, free, orders, entries = await page["look"](exchange)
        assert (numbers, free, [order.id for order in orders]) == ([None, 3], D(199), [str(order_id)])
        assert [(entry.currency, entry.amount) for entry in entries] == [("XLM", 50), ("USD", 200), ("USD", 1)]
        async with stage.client(sub_account=3) as sub:
            await sub.cancel_all_orders()
        assert await page["merge"](anna) == [("XLM", D(50)), ("USD", D(201))]


def test_the_codes_of_the_page_exist() -> None:
    named = {word for word in PAGE.split("`") if word.isupper() and "_" in word}
    assert named
    assert named <= {code.name for code in Code}


async def test_a_client_of_the_sub_account_is_the_owners(stage: Stage, anna: Client) -> None:
    opened = await anna.open_sub_account(3, 50)
    address = anna.sub_account_address(3)
    assert SubAccountOpened(ANNA.address, 3, address) in opened.effects
    async with stage.client(account=address) as sub:
        await (await sub.pay(ANNA.address, "XLM", 2)).final(timeout=2)
    async with stage.client(sub_account=3) as sub:
        assert (sub.address, sub.signer) == (address, ANNA.address)
        await (await sub.pay(ANNA.address, "XLM", 1)).final(timeout=2)
        view = await sub.account()
        assert (view.owner, view.parent, view.sub_accounts) == (ANNA.address, ANNA.address, {})
        assert view.balances["XLM"].total == D(47)
        assert await anna.account(3) == view
        await refused(Code.IS_SUB_ACCOUNT, sub.rotate_key(NEW))
        await refused(Code.IS_SUB_ACCOUNT, sub.open_sub_account(1, 5))
    merged = await anna.merge_sub_account(3)
    assert SubAccountMerged(ANNA.address, 3, address) in merged.effects
    await refused(Code.NO_SUB_ACCOUNT, anna.merge_sub_account(3))
    assert (await anna.account()).sub_accounts == {}


async def test_after_a_rotation_of_the_parent(stage: Stage, anna: Client) -> None:
    await anna.open_sub_account(3, 50)
    await anna.rotate_key(NEW)
    async with stage.client(NEW, account=ANNA.address, sub_account=3) as sub:
        assert sub.address == anna.sub_account_address(3)
        await sub.pay(ANNA.address, "XLM", 1)
        assert (await sub.account()).owner == NEW.address
    async with stage.client(NEW, account=ANNA.address) as renewed:
        assert (await renewed.account(3)).balances["XLM"].total == D(49)
        await renewed.open_sub_account(1, 5)


async def test_history_of_a_sub_account_with_proofs(stage: Stage, anna: Client) -> None:
    await anna.open_sub_account(3, 50)
    async with stage.client(sub_account=3) as sub:
        order = await sub.create_order("XLM/USD", "sell", "0.25", 10)
        await (await anna.pay(sub.address, "USD", 1)).final(timeout=2)
    page = await anna.history_page(sub_account=3, limit=64, proofs=True)
    assert page.items
    assert all(item.proof is not None for item in page.items)
    assert [item.number for item in page.items] == list(range(1, len(page.items) + 1))
    assert [item.effect async for item in anna.history(sub_account=3)] == [item.effect for item in page.items]
    assert [found.order_id async for found in anna.orders(sub_account=3)] == [order.order_id]
    assert [found.order_id async for found in anna.orders()] == []
    assert {query.sub_account for query in stage.chronicle.asked} == {3, None}
    assert (await anna.history_page(sub_account=4)).items == ()


async def test_another_accounts_history_is_not_taken_for_it(stage: Stage, anna: Client) -> None:
    """A chronicler that answers with the parent's proven history where the sub-account's is asked for."""
    await (await anna.open_sub_account(3, 50)).final(timeout=2)
    own: list[HistoryPage] = []

    def keep(page: ClientMessage) -> ClientMessage:
        assert isinstance(page, HistoryPage)
        if own:
            return HistoryPage(page.request_id, own[0].apex, own[0].items, own[0].proofs, own[0].cursor, own[0].more)
        own.append(page)
        return page

    stage.chronicle.spoil = keep
    await anna.history_page(limit=64, proofs=True)
    with pytest.raises(VerificationFailed):
        await anna.history_page(sub_account=3, limit=64, proofs=True)


async def test_another_account_is_not_taken_for_it(stage: Stage, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await anna.open_sub_account(3, 50)
    desk = "constellation.gateway.desk.account_snapshot"
    state = stage.alpha.machine.state

    def lie(_state: object, _key: bytes, request_id: int) -> AccountSnapshot:
        return AccountSnapshot(request_id, state.apex, state.account_entry(BERT.public), [], [], [], [])

    monkeypatch.setattr(desk, lie)
    with pytest.raises(VerificationFailed):
        await anna.account(3)


async def test_an_agent_is_confined(stage: Stage, anna: Client) -> None:
    for number in (1, 2):
        await anna.open_sub_account(number, 50)
    async with stage.client(sub_account=1) as sub:
        await sub.appoint_agent(BOT.address, ["trade"], FAR)
    async with stage.client(BOT, account=anna.sub_account_address(1)) as bot:
        await bot.create_order("XLM/USD", "sell", "0.25", 10)
        await refused(Code.NO_RIGHT, bot.pay(ANNA.address, "XLM", 1))
        await refused(Code.OWNER_ONLY, bot.account(2))
        await refused(Code.OWNER_ONLY, bot.history_page(sub_account=2))
    for account in (ANNA.address, anna.sub_account_address(2)):
        with pytest.raises(Exception, match="UNKNOWN_SIGNER"):
            async with stage.client(BOT, account=account):
                pass


async def test_the_exchange(stage: Stage) -> None:
    async with stage.exchange() as exchange, stage.client(BERT) as bert:
        opened = await exchange.open_sub_account(3, "50", {"wait": "final"})
        moved = await exchange.transfer("USD", "20", 3)
        address = exchange.client.sub_account_address(3)
        assert [(one.currency, one.amount, one.from_account, one.to_account) for one in (opened, moved)] == [
            ("XLM", D(50), ANNA.address, address), ("USD", D(20), ANNA.address, address),
        ]  # fmt: skip
        accounts = await exchange.fetch_accounts()
        assert [(one.id, one.type, one.sub_account) for one in accounts] == [
            (ANNA.address, "main", None), (address, "subaccount", 3),
        ]  # fmt: skip
        assert accounts[1].to_ccxt()["name"] == "3"
        async with stage.exchange(sub_account=3) as sub:
            order = await sub.create_order("XLM/USD", "limit", "sell", "10", "0.25")
            await bert.create_market_order("XLM/USD", "buy", amount=4)
            waiting = await sub.create_order("XLM/USD", "limit", "buy", "1", "0.1")
            await sub.cancel_order(waiting.id, params={"wait": "final"})
            back = await sub.transfer("USD", "1", ANNA.address)
            assert (back.from_account, back.to_account) == (address, ANNA.address)
            await back.receipt.final(timeout=2)  # type: ignore[union-attr]
            await exchange.transfer("USD", "1", 3, {"wait": "final"})
            for read in (
                "fetch_balance", "fetch_open_orders", "fetch_closed_orders", "fetch_orders", "fetch_my_trades",
                "fetch_ledger", "fetch_deposits", "fetch_withdrawals",
            ):  # fmt: skip
                ours, theirs = await getattr(sub, read)(), await getattr(exchange, read)(sub_account=3)
                if read == "fetch_balance":
                    ours, theirs = ours.balances, theirs.balances
                if read == "fetch_open_orders":
                    ours, theirs = [one.id for one in ours], [one.id for one in theirs]
                assert ours == theirs, read
                assert ours or read in ("fetch_deposits", "fetch_withdrawals")
            assert [trade.amount async for trade in exchange.iter_my_trades(sub_account=3)] == [D(4)]
            assert [one.id async for one in exchange.iter_orders(sub_account=3)] == [order.id, waiting.id]
            await sub.cancel_order(order.id)
        merged = await exchange.merge_sub_account(3)
        assert [(one.currency, one.from_account, one.to_account) for one in merged] == [
            ("XLM", address, ANNA.address), ("USD", address, ANNA.address),
        ]  # fmt: skip


@pytest.mark.parametrize("number", [0, 17, -1, True, "3", None])
async def test_numbers_are_checked_before_anything_is_sent(stage: Stage, anna: Client, number: Any) -> None:
    apex = stage.alpha.machine.state.apex
    with pytest.raises(InvalidRequest):
        await anna.open_sub_account(number, 50)
    with pytest.raises(InvalidRequest):
        await anna.merge_sub_account(number)
    if number is not None:
        for read in (anna.account, lambda number: anna.history_page(sub_account=number)):
            with pytest.raises(InvalidRequest):
                await read(number)
        with pytest.raises(InvalidRequest):
            stage.client(sub_account=number)
    assert stage.alpha.machine.state.apex == apex
    assert account_meant(ANNA.public, None) == ANNA.public
