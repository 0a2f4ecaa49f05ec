"""The thread that reads for clients."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from constellation.node.history import History
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.history import EntryProof, EventPage
from constellation.protocol.messages import Code, StateEntryType
from constellation.protocol.state_proofs import entry_key
from constellation.quanta import batch_effects
from constellation.snapshots import DamagedLog, QuantumLog
from constellation.snapshots.outline import pack_outline
from constellation.testing.world import World
from tests.snapshots.support import history

PAST = history(World(auditors=3), batches=6)
COUNTERS = entry_key(StateEntryType.COUNTERS_ENTRY, b"")


@pytest.fixture
def failures() -> list[BaseException]:
    return []


@pytest.fixture
async def reader(tmp_path: Path, failures: list[BaseException]) -> AsyncIterator[History]:
    log = QuantumLog(tmp_path / "log.sqlite", PAST.world.settings)
    for stored, sealed in zip(PAST.stored, PAST.sealed, strict=True):
        log.write([replace(stored, effects=batch_effects(sealed), outline=pack_outline(sealed))])
    reader = History(tmp_path / "log.sqlite", PAST.world.settings, NodeFailure(failures.append))
    yield reader
    await reader.close()
    log.close()


async def events(reader: History, account: bytes, after: int) -> EventPage | Rejection:
    answer: asyncio.Future[EventPage | Rejection] = asyncio.get_running_loop().create_future()
    reader.read_events(account, after, None, answer.set_result)
    return await asyncio.wait_for(answer, 5)


async def entry(reader: History, key: bytes) -> EntryProof | Rejection:
    answer: asyncio.Future[EntryProof | Rejection] = asyncio.get_running_loop().create_future()
    reader.read_entry(key, answer.set_result)
    return await asyncio.wait_for(answer, 5)


async def test_page_and_refusals_come_back(reader: History) -> None:
    account = PAST.world.auditors[0].public
    page = await events(reader, account, 0)
    assert isinstance(page, EventPage)
    assert page.batches[0].events[0].group.first_number == 1
    refused = await events(reader, bytes(32), 0)
    assert isinstance(refused, Rejection)
    assert refused.code is Code.PRUNED
    refused = await entry(reader, COUNTERS)
    assert isinstance(refused, Rejection)
    assert refused.code is Code.NOT_READY


async def test_reads_rest_in_between(reader: History, monkeypatch: pytest.MonkeyPatch) -> None:
    account = PAST.world.auditors[0].public
    await events(reader, account, 0)
    monkeypatch.setattr("constellation.node.history._REST", 10_000)
    loop = asyncio.get_running_loop()
    await events(reader, account, 0)
    begun_s = loop.time()
    await events(reader, account, 0)
    assert loop.time() - begun_s > 0.5, "the last read took more than 50 microseconds, and the rest is at most a second"


async def test_close_does_not_wait_for_the_rest(reader: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("constellation.node.history._REST", 1_000_000)
    monkeypatch.setattr("constellation.node.history._REST_MAX_S", 1000.0)
    await events(reader, PAST.world.auditors[0].public, 0)
    reader.read_entry(COUNTERS, lambda _: None)
    await asyncio.wait_for(reader.close(), 5)


async def test_failures_end_the_node(
    reader: History, failures: list[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> EventPage:
        raise DamagedLog("a row")

    def fault(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(reader._reader, "events", damaged)
    reader.read_events(bytes(32), 0, None, lambda _: pytest.fail("nothing can be shown"))
    while not failures:
        await asyncio.sleep(0.001)
    assert isinstance(failures[0], DamagedLog)
    reader._failure = NodeFailure(failures.append)
    reader.read_entry(COUNTERS, fault)
    while len(failures) < 2:
        await asyncio.sleep(0.001)
    assert isinstance(failures[1], ZeroDivisionError)
