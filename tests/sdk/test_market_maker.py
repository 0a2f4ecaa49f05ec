"""The market maker among the examples: a mid that moves, and whatever may come in its way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constellation.examples import market_maker
from constellation.examples.market_maker import MarketMaker
from constellation.protocol.amounts import DECIMALS
from constellation.protocol.messages import MarketStatus, Mode, ModeCommit, Settings
from constellation.sdk import (
    Code,
    ConnectionClosed,
    Exchange,
    ExchangeError,
    InvalidRequest,
    KeyPair,
    OutcomeUnknown,
    RateLimitExceeded,
    SdkError,
)
from tests.gateway.harness import ANNA, BERT
from tests.sdk.stage import FAST, Stage, staged, until
from tests.sdk.test_settings_keeper import decide

PAUSE_S = 0.2
LEVELS = 4
STEP = 3
TICK = Decimal("0.001")

Making = tuple[MarketMaker, Exchange]
Orders = set[tuple[str, str, Decimal, Decimal]]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market_maker, "PAUSE_S", PAUSE_S)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, ANNA, BERT, open_orders=1_000) as stage:
        yield stage


@pytest.fixture
async def bert(stage: Stage) -> AsyncIterator[Exchange]:
    async with stage.exchange(BERT) as exchange:
        yield exchange


def engine_orders(stage: Stage, owner: KeyPair) -> Orders:
    state = stage.alpha.machine.state
    found = [state.engine.orders[number] for number in state.vault.accounts[owner.public].orders]
    scale = Decimal(10) ** state.settings.markets[0].price_decimals
    one = Decimal(10) ** DECIMALS
    return {(str(o.order_id), o.side.name.lower(), Decimal(o.price) / scale, Decimal(o.remaining) / one) for o in found}


def seen_orders(maker: MarketMaker) -> Orders:
    return {(order.id, order.side, order.price, order.remaining) for order in maker.live.values()}  # type: ignore[misc]


def quotes(stage: Stage) -> list[tuple[str, Decimal]]:
    """Side and price of each of Anna's orders."""
    return sorted((side, price) for _, side, price, _ in engine_orders(stage, ANNA))


def around(mid: str, levels: int = LEVELS) -> list[tuple[str, Decimal]]:
    """The same when the maker has what it wants."""
    sides = (("buy", -STEP * TICK), ("sell", STEP * TICK))
    return sorted((side, Decimal(mid) + level * away) for level in range(1, levels + 1) for side, away in sides)


@asynccontextmanager
async def making(stage: Stage, mid: str, levels: int = LEVELS, **options: Any) -> AsyncIterator[Making]:
    """Anna's market maker, running; it must not have ended when the block does."""
    async with stage.exchange(ANNA, **options) as exchange:
        maker = MarketMaker(exchange, "XLM/USD", mid, levels, str, STEP)
        task = asyncio.create_task(maker.run())
        try:
            yield maker, exchange
            await asyncio.sleep(0)
            assert not task.done(), task.exception()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def quoted(stage: Stage, mid: str, levels: int = LEVELS) -> None:
    await until(lambda: quotes(stage) == around(mid, levels))


def begin(stage: Stage, mode: Mode) -> None:
    stage.alpha.execute(ModeCommit(mode, ""))
    stage.settle()


def put_into_force(stage: Stage, change: Callable[[Settings], Settings]) -> None:
    decide(stage.alpha, change(stage.alpha.machine.state.settings))
    stage.settle(checkpoint=True)


def with_market(settings: Settings, status: MarketStatus) -> Settings:
    first, *others = settings.markets
    return replace(settings, markets=[replace(first, status=status), *others])


async def test_the_quotes_follow_the_mid_at_a_stroke(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with making(stage, "0.6") as (maker, _):
        await quoted(stage, "0.6")
        before = engine_orders(stage, ANNA)
        amounts = [remaining for _, side, _, remaining in sorted(before, key=lambda order: -order[2]) if side == "buy"]
        assert amounts == [1, 2, 3, 4]
        await until(lambda: seen_orders(maker) == before)
        told = len(stage.alpha.sealed)
        maker.quote_around("0.6039")  # down to the tick
        await quoted(stage, "0.603")
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))
        ((sealed, _),) = stage.alpha.sealed[told:]
        assert len(sealed.leaves) == 4, "what is still wanted keeps its place"
        assert len(before & engine_orders(stage, ANNA)) == 2 * LEVELS - 2
        maker.quote_around("0.45")
        maker.quote_around("0.7")
        await quoted(stage, "0.7")
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))
        await asyncio.sleep(0.05)
        monkeypatch.setattr(
            Exchange, "watch_orders", None
        )  # what it has called it waits for, and calls nothing meanwhile
        await asyncio.sleep(0.05)


async def test_what_was_filled_is_quoted_again(stage: Stage, bert: Exchange) -> None:
    async with making(stage, "0.6"):
        await quoted(stage, "0.6")
        filled = await bert.create_order("XLM/USD", "limit", "buy", "4", "0.609", {"timeInForce": "IOC"})
        assert filled.filled == 4
        await quoted(stage, "0.6")
        remaining = {price: remaining for _, side, price, remaining in engine_orders(stage, ANNA) if side == "sell"}
        assert list(map(remaining.get, map(Decimal, ("0.603", "0.606", "0.609")))) == [1, 2, 2]


async def test_orders_that_it_does_not_want_are_cancelled(stage: Stage) -> None:
    async with stage.exchange(ANNA) as anna:
        await anna.create_order("XLM/USD", "limit", "buy", "1", "0.5")
        await anna.create_order("XLM/USD", "limit", "sell", "1", "0.603", {"clientOrderId": "mine"})
    async with making(stage, "0.6"):
        await quoted(stage, "0.6")


async def test_somebody_elses_order_in_the_way_is_neither_taken_nor_waited_for(stage: Stage, bert: Exchange) -> None:
    other = await bert.create_order("XLM/USD", "limit", "sell", "1", "0.594")
    async with making(stage, "0.6") as (maker, _):
        free = [quote for quote in around("0.6") if quote[0] == "sell" or quote[1] < Decimal("0.594")]
        await until(lambda: quotes(stage) == free)
        maker.quote_around("0.591")
        await quoted(stage, "0.591")
        maker.quote_around("0.6")
        await until(lambda: quotes(stage) == free)
        await asyncio.sleep(PAUSE_S)
        assert (await bert.cancel_order(other.id)).filled == 0
        await quoted(stage, "0.6")


@pytest.mark.parametrize("mode", [Mode.CANCEL_ONLY, Mode.MAINTENANCE])
async def test_a_mode_is_waited_out(stage: Stage, mode: Mode) -> None:
    async with making(stage, "0.6") as (maker, _):
        await quoted(stage, "0.6")
        begin(stage, mode)
        maker.quote_around("0.7")
        if mode is Mode.CANCEL_ONLY:
            await until(lambda: not quotes(stage))
        apex = stage.alpha.machine.state.apex
        await asyncio.sleep(2.5 * PAUSE_S)
        assert stage.alpha.machine.state.apex == apex, "nothing is asked for that would be refused"
        begin(stage, Mode.ONLINE)
        await quoted(stage, "0.7")


async def test_post_only_is_all_that_it_needs(stage: Stage) -> None:
    begin(stage, Mode.POST_ONLY)
    async with making(stage, "0.6"):
        await quoted(stage, "0.6")


async def test_a_market_that_is_paused_is_waited_for(stage: Stage) -> None:
    async with making(stage, "0.6") as (maker, exchange):
        await quoted(stage, "0.6")
        put_into_force(stage, lambda settings: with_market(settings, MarketStatus.MARKET_HALTED))
        maker.quote_around("0.7")
        await until(lambda: not quotes(stage))
        await until(lambda: exchange.market("XLM/USD").status is MarketStatus.MARKET_HALTED)
        await asyncio.sleep(1.5 * PAUSE_S)
        apex = stage.alpha.machine.state.apex
        await asyncio.sleep(1.5 * PAUSE_S)
        assert stage.alpha.machine.state.apex == apex
        put_into_force(stage, lambda settings: with_market(settings, MarketStatus.MARKET_OPEN))
        await quoted(stage, "0.7")


async def test_its_batches_fit_the_rate_and_it_waits_for_more(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(stage.alpha.settings.limits, requests_per_second=2, burst=40)
    levels = 30

    async def let_time_pass() -> None:
        while True:
            await asyncio.sleep(0.01)
            stage.alpha.now_us += 400_000

    async with making(stage, "0.6", levels) as (maker, exchange):
        await quoted(stage, "0.6", levels)
        put_into_force(stage, lambda settings: replace(settings, limits=limits))
        passing = asyncio.create_task(let_time_pass())
        await until(lambda: exchange.client.settings.limits == limits)
        submit, outcomes = exchange.client.submit_batch, []

        async def note(operations: Any) -> Any:
            try:
                receipts = await submit(operations)
            except RateLimitExceeded as error:
                outcomes.append(error)
                raise
            outcomes.append(len(receipts))
            return receipts

        monkeypatch.setattr(exchange.client, "submit_batch", note)
        begun_s = asyncio.get_running_loop().time()
        maker.quote_around("0.7")
        await quoted(stage, "0.7", levels)
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))
        passing.cancel()
        done = [outcome for outcome in outcomes if isinstance(outcome, int)]
        assert (sum(done), max(done)) == (4 * levels, limits.burst // 2)
        pauses = (asyncio.get_running_loop().time() - begun_s) / PAUSE_S
        assert 0 < len(outcomes) - len(done) <= pauses + 1, "refused, and not asked for without a pause"


@pytest.mark.parametrize("is_executed", [False, True], ids=["lost", "executed"])
@pytest.mark.parametrize("kind", [OutcomeUnknown, ConnectionClosed])
async def test_whatever_became_of_a_request_no_price_has_two(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: type[SdkError], is_executed: bool
) -> None:
    async with making(stage, "0.6") as (maker, exchange):
        await quoted(stage, "0.6")
        submit, failures = exchange.client.submit_batch, []

        async def fail(operations: Any) -> Any:
            if is_executed and not failures:
                await submit(operations)
            if len(failures) == 2:
                return await submit(operations)
            failures.append(operations)
            raise kind(None, "no answer") if kind is ConnectionClosed else kind("no answer", None)  # type: ignore[call-arg]

        monkeypatch.setattr(exchange.client, "submit_batch", fail)
        maker.quote_around("0.603")
        await until(lambda: failures)
        maker.quote_around("0.65")
        await quoted(stage, "0.65")
        assert len(failures) == 2
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))


async def test_an_answer_that_never_comes(stage: Stage) -> None:
    stage.server.automatic = False
    async with making(stage, "0.6", options=replace(FAST, timeout_s=0.5)) as (maker, _):
        await quoted(stage, "0.6")  # executed, and not acknowledged
        apex = stage.alpha.machine.state.apex
        await asyncio.sleep(0.5 + 2 * PAUSE_S)
        assert stage.alpha.machine.state.apex == apex, "it has looked, and asks for nothing twice"
        maker.quote_around("0.7")
        await asyncio.sleep(PAUSE_S)
        stage.server.automatic = True
        stage.settle()
        await quoted(stage, "0.7")
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))


async def test_what_it_was_not_told_of_is_found_when_the_mid_moves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with making(stage, "0.6") as (maker, exchange), stage.exchange(ANNA) as other:
        await quoted(stage, "0.6")
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))
        with monkeypatch.context() as gap:
            gap.setattr(exchange.own, "take", lambda event: None)
            await other.cancel_all_orders("XLM/USD")
            await asyncio.sleep(0.1)
        exchange.own.seed(await exchange.client.account())  # as after a gap: alpha does not keep everything for ever
        maker.quote_around("0.603")
        await quoted(stage, "0.603")
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))


async def test_the_mid_moves_while_there_is_no_connection(stage: Stage) -> None:
    async with making(stage, "0.6") as (maker, _):
        await quoted(stage, "0.6")
        await stage.server.stop()
        maker.quote_around("0.65")
        await asyncio.sleep(0.05)
        stage.alpha.restart()
        await stage.server.start()
        await quoted(stage, "0.65")
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))


async def test_the_mid_is_heard_at_once_however_often_it_moves(stage: Stage, bert: Exchange) -> None:
    """While orders are filled all the time: neither a fill nor a move is missed."""
    async with making(stage, "0.6") as (maker, _):
        await quoted(stage, "0.6")
        for number in range(60):
            mid = Decimal("0.6") + number % 7 * TICK
            taken = asyncio.create_task(bert.create_order("XLM/USD", "limit", "buy", "12", mid + 4 * STEP * TICK))
            for _ in range(number % 5):
                await asyncio.sleep(0)
            maker.quote_around(mid)
            await taken
            if number % 4 == 0:
                await bert.cancel_all_orders()
                await quoted(stage, str(mid))
        await bert.cancel_all_orders()
        await quoted(stage, str(mid))
        await until(lambda: seen_orders(maker) == engine_orders(stage, ANNA))


@pytest.mark.parametrize(
    ("mid", "levels", "amount", "code"),
    [
        ("0.9", 600, "1", Code.TOO_MANY_OPEN_ORDERS),
        ("0.05", 3, "1", Code.BELOW_MINIMUM_NOTIONAL),
        ("0.6", 3, "0.9", None),  # less than a lot
    ],
)
async def test_what_does_not_pass_ends_it(stage: Stage, mid: str, levels: int, amount: str, code: Code | None) -> None:
    async with stage.exchange(ANNA) as exchange:
        maker = MarketMaker(exchange, "XLM/USD", mid, levels, lambda _: amount)
        with pytest.raises(ExchangeError if code else InvalidRequest) as raised:
            await asyncio.wait_for(maker.run(), 20)
        assert raised.value.code is code


async def test_an_alpha_that_does_not_come_back_ends_it(stage: Stage) -> None:
    async with stage.exchange(ANNA, options=replace(FAST, reconnect_s=0.2)) as exchange:
        maker = MarketMaker(exchange, "XLM/USD", "0.6", LEVELS, str, STEP)
        running = asyncio.create_task(maker.run())
        await quoted(stage, "0.6")
        await stage.server.stop()
        maker.quote_around("0.7")
        with pytest.raises(ConnectionClosed, match="cannot be reached any more"):
            await asyncio.wait_for(running, 10)


async def test_a_market_maker_with_a_thousand_orders_is_restarted_in_the_middle(stage: Stage) -> None:
    async def quote(exchange: Exchange, enough: int) -> Any:
        """A maker and its task, when it has so many orders."""
        maker = MarketMaker(exchange, "XLM/USD", "0.6", 500, lambda _: "1")
        task = asyncio.create_task(maker.run())
        await until(lambda: len(maker.live) >= enough or task.done(), 30)
        return maker, task

    async def stop(exchange: Exchange, task: "asyncio.Task[None]") -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await exchange.close()

    async with stage.exchange(BERT) as bert:
        first = stage.exchange(ANNA)
        await first.open()
        _, task = await quote(first, 300)
        taken = asyncio.create_task(bert.create_order("XLM/USD", "limit", "buy", "3", "0.9"))
        await stop(first, task)  # while it asks for more, and is traded with
        assert (await taken).filled == 3
        second = stage.exchange(ANNA)
        await second.open()
        maker, task = await quote(second, 1_000)
        assert len(engine_orders(stage, ANNA)) == 1_000
        for side, price in (("buy", "0.603"), ("sell", "0.597"), ("buy", "0.604"), ("sell", "0.59")):
            assert (await bert.create_order("XLM/USD", "limit", side, "5", price, {"timeInForce": "IOC"})).trades  # type: ignore[arg-type]
        await stage.server.stop()  # and alpha is restarted, too
        stage.alpha.restart()
        await stage.server.start()
        await bert.create_order("XLM/USD", "limit", "buy", "2", "0.602", {"timeInForce": "IOC"})
        await until(lambda: len(maker.live) == 1_000 and seen_orders(maker) == engine_orders(stage, ANNA), 30)
        names = [order.client_order_id for order in maker.live.values()]
        assert len(set(names)) == 1_000
        sides = [order.side for order in maker.live.values()]
        assert (sides.count("buy"), sides.count("sell")) == (500, 500)
        account = stage.alpha.machine.state.vault.accounts[ANNA.public]
        assert (await second.watch_balance())["USD"].total * 10**DECIMALS == account.balances[1].amount
        await stop(second, task)


async def test_what_it_was_not_told_it_finds_by_looking(
    stage: Stage, bert: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market_maker, "LOOK_S", 0.3)
    async with making(stage, "0.6") as (maker, exchange):
        await quoted(stage, "0.6")
        await until(lambda: len(maker.live) == 2 * LEVELS)

        async def hear_nothing(_symbol: str) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(exchange, "watch_orders", hear_nothing)
        await asyncio.sleep(0.5)  # past what it still listens to
        await bert.create_order("XLM/USD", "market", "buy", "1")  # fills the best quote
        assert quotes(stage) != around("0.6")
        await quoted(stage, "0.6")
