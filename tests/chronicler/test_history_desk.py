"""The desk: bytes in, bytes out, with bounds, waits and turns."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copyfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from constellation.chronicler import history_desk, tables
from constellation.chronicler.chronicle import open_chronicle
from constellation.chronicler.connections import open_engine, sqlite_url
from constellation.chronicler.history_desk import HistoryDesk
from constellation.chronicler.turns import FairTurns
from constellation.protocol.errors import ProtocolViolation, Rejection
from constellation.protocol.messages import (
    ClientMessage,
    Code,
    HistoryPage,
    HistoryQuestion,
    OrdersPage,
    QueryAccount,
    QueryHistory,
    QueryOrders,
    Rejected,
    decode_client_message,
)
from tests.chronicler.test_account_history import CHAIN, NAIVE, TERMS, TRADER, history, orders
from tests.chronicler.test_writer import fill


class Watcher:
    def __init__(self, apex: int) -> None:
        self.apex = apex
        self.moved = asyncio.Event()

    async def reached(self, apex: int) -> None:
        while self.apex < apex:
            await self.moved.wait()

    def move(self, apex: int) -> None:
        self.apex = apex
        self.moved.set()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("desk") / "c.sqlite"
    engine = open_chronicle(sqlite_url(path), CHAIN.world.settings)
    fill(engine, CHAIN)
    engine.dispose()
    return path


class Room:
    def __init__(self, path: Path, wait_s: float = 5.0) -> None:
        self.engine = open_engine(sqlite_url(path), read_only=True)
        self.watcher = Watcher(NAIVE.apex)
        self.pool = ThreadPoolExecutor(4)
        self.desk = HistoryDesk(self.engine, TERMS, self.watcher, self.pool, wait_s)

    async def ask(self, query: ClientMessage, account: bytes = TRADER) -> ClientMessage:
        return decode_client_message(await self.desk.answer(HistoryQuestion(account, query).to_xdr()))

    def close(self) -> None:
        self.pool.shutdown()
        self.engine.dispose()


@pytest.fixture
async def room(filled: Path) -> AsyncIterator[Room]:
    room = Room(filled, 0.05)
    yield room
    room.close()


async def test_questions_are_answered(room: Room) -> None:
    page = await room.ask(history(limit=5))
    assert isinstance(page, HistoryPage)
    assert page.items == NAIVE.history(TRADER, history())[:5]
    page = await room.ask(orders(limit=5))
    assert isinstance(page, OrdersPage)
    assert page.orders == NAIVE.past_orders(TRADER, orders())[:5]


async def test_each_account_is_shown_its_own(room: Room) -> None:
    for trader in CHAIN.traders:
        page = await room.ask(history(limit=1000), trader.public)
        assert isinstance(page, HistoryPage)
        assert page.items == NAIVE.history(trader.public, history())


@pytest.mark.parametrize("query", [history(limit=0), history(limit=2**32 - 1), orders(cursor=2**64 - 1)])
async def test_wrong_questions_are_refused_with_their_id(room: Room, query: QueryHistory | QueryOrders) -> None:
    answer = await room.ask(query)
    assert isinstance(answer, Rejected)
    assert (answer.request_id, answer.code) == (7, Code.INVALID_QUERY)


@pytest.mark.parametrize("question", [b"", b"x" * 100, HistoryQuestion(TRADER, QueryAccount(1, None)).to_xdr()])
async def test_what_is_no_question_is_malformed(room: Room, question: bytes) -> None:
    with pytest.raises(ProtocolViolation) as violation:
        await room.desk.answer(question)
    assert violation.value.code is Code.MALFORMED


@given(data=st.binary(max_size=120))
@settings(max_examples=50, deadline=None)
def test_no_bytes_make_it_fail(data: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        history_desk._decode(data)


async def test_it_waits_for_what_the_answer_must_include(room: Room) -> None:
    room.desk._wait_s = 5
    asking = asyncio.create_task(room.ask(history(min_apex=NAIVE.apex + 3)))
    await asyncio.sleep(0.01)
    assert not asking.done()
    room.watcher.move(NAIVE.apex + 3)
    assert isinstance(await asking, HistoryPage)
    assert not room.desk._awaiting


async def test_it_does_not_wait_for_ever(room: Room) -> None:
    answer = await room.ask(history(min_apex=NAIVE.apex + 1))
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.request_id) == (Code.NOT_READY, 7)
    assert f"up to quantum {NAIVE.apex}" in answer.message
    assert not room.desk._awaiting


async def test_those_who_wait_are_bounded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_desk, "HISTORY_QUESTIONS_PER_ACCOUNT_MAX", 2)
    monkeypatch.setattr(history_desk, "HISTORY_AWAITING_MAX", 3)
    room.desk._wait_s = 5
    waiting = [asyncio.create_task(room.ask(history(min_apex=NAIVE.apex + 1))) for _ in range(2)]
    await asyncio.sleep(0)
    assert (await room.ask(history(min_apex=NAIVE.apex + 1))).code is Code.OVERLOADED  # type: ignore[union-attr]
    waiting.append(asyncio.create_task(room.ask(history(min_apex=NAIVE.apex + 1), bytes(32))))
    await asyncio.sleep(0)
    answer = await room.ask(history(min_apex=NAIVE.apex + 1), bytes([1]) * 32)
    assert isinstance(answer, Rejected)
    assert answer.code is Code.OVERLOADED
    room.watcher.move(NAIVE.apex + 1)
    assert all(isinstance(page, HistoryPage) for page in await asyncio.gather(*waiting))


async def test_damage_and_a_database_that_is_gone_are_told_as_such(
    filled: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "c.sqlite"
    copyfile(filled, path)
    engine = open_engine(sqlite_url(path))
    with engine.begin() as connection:
        connection.execute(update(tables.batches).values(record=b"x"))
    room = Room(path)
    answer = await room.ask(history(proofs=True, limit=1))
    assert isinstance(answer, Rejected)
    assert answer.code is Code.STORAGE
    assert "drop it and build it again" in caplog.text
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE effects")
    answer = await room.ask(history())
    assert isinstance(answer, Rejected)
    assert answer.code is Code.NOT_READY
    assert "effects" not in answer.message
    room.close()
    engine.dispose()


# --- turns ----------------------------------------------------------------------------------------------------------


async def test_accounts_take_turns_and_few_run_at_once() -> None:
    turns = FairTurns(2, 100, 50)
    order: list[bytes] = []
    running = most = 0

    async def work(account: bytes) -> None:
        nonlocal running, most
        async with turns.turn(account):
            running += 1
            most = max(most, running)
            order.append(account)
            await asyncio.sleep(0)
            running -= 1

    busy = [asyncio.create_task(work(b"busy")) for _ in range(20)]
    await asyncio.sleep(0)
    quiet = asyncio.create_task(work(b"quiet"))
    await asyncio.gather(*busy, quiet)
    assert most == 2
    assert order.index(b"quiet") < 8
    assert (turns._count, turns._waiting, turns._free) == (0, {}, 2)


async def test_turns_are_bounded_and_not_lost_by_those_who_give_up() -> None:
    turns = FairTurns(1, 3, 2)

    async def hold(account: bytes) -> None:
        async with turns.turn(account):
            await asyncio.sleep(10)

    held = asyncio.create_task(hold(b"a"))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(hold(account)) for account in (b"a", b"a", b"b")]
    await asyncio.sleep(0)
    for account in (b"a", b"c"):
        with pytest.raises(Rejection, match="too many questions"):
            await turns._enter(account)
    held.cancel()
    waiting[0].cancel()  # its turn may have been given in this very moment
    await asyncio.sleep(0)
    for task in waiting[1:]:
        task.cancel()
    await asyncio.gather(held, *waiting, return_exceptions=True)
    assert (turns._count, turns._waiting, turns._free) == (0, {}, 1)


async def test_reads_run_in_threads_of_their_own(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    answer = history_desk.answer_history

    def noted(*arguments: object) -> HistoryPage:
        seen.append(threading.current_thread().name)
        return answer(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(history_desk, "answer_history", noted)
    await room.ask(history())
    assert seen
    assert threading.main_thread().name not in seen
