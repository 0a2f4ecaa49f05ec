"""The index of accounts' effects, and what is read through it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import EVENT_PAGE_MAX_QUANTA
from constellation.protocol.messages import Code
from constellation.protocol.proofs import check_finality, check_inclusion
from constellation.protocol.terms import Terms
from constellation.quanta import batch_effects
from constellation.snapshots import DamagedLog, QuantumLog, tables
from constellation.snapshots import history_reader as reader_module
from constellation.snapshots.account_index import batches_with, drop_before, find_effect
from constellation.snapshots.history_reader import HistoryReader
from constellation.snapshots.outline import pack_outline
from tests.snapshots.support import History


@pytest.fixture
def stored_log(past: History, tmp_path: Path) -> Iterator[QuantumLog]:
    """All batches with their effects, all but the last two certified."""
    log = QuantumLog(tmp_path / "log.sqlite", past.world.settings)
    for stored, sealed in zip(past.stored, past.sealed, strict=True):
        log.write([replace(stored, effects=batch_effects(sealed), outline=pack_outline(sealed))])
    for number in range(1, len(past.stored) - 1):
        log.write([past.certificate(number)])
    yield log
    log.close()


@pytest.fixture
def reader(past: History, stored_log: QuantumLog, tmp_path: Path) -> Iterator[HistoryReader]:
    reader = HistoryReader.open(tmp_path / "log.sqlite", past.world.settings)
    yield reader
    reader.close()


def true_events(past: History) -> dict[bytes, list[tuple[int, int, int]]]:
    """By account: batch, first and last number of each event."""
    found: dict[bytes, list[tuple[int, int, int]]] = {}
    for sealed in past.sealed:
        for executed in sealed.executed:
            for group in executed.groups:
                last = group.first_number + len(group.effects) - 1
                found.setdefault(group.account, []).append((sealed.header.number, group.first_number, last))
    return found


def test_every_effect_is_found_in_its_batch(past: History, stored_log: QuantumLog) -> None:
    with stored_log.engine.connect() as connection:
        for account, events in true_events(past).items():
            numbers = list(dict.fromkeys(number for number, _, _ in events))
            assert batches_with(connection, account, 1, 1000) == numbers
            assert batches_with(connection, account, numbers[-1], 1000) == numbers[-1:]
            assert batches_with(connection, account, 1, 2) == numbers[:2]
            for number, first, last in events:
                assert [find_effect(connection, account, effect) for effect in (first, last)] == [number] * 2
            assert find_effect(connection, account, 0) is None
        assert find_effect(connection, bytes(32), 1) is None
        assert batches_with(connection, bytes(32), 1, 10) == []


def test_pages_give_every_event_once_with_proofs(past: History, reader: HistoryReader) -> None:
    settings = past.world.settings
    for account, events in true_events(past).items():
        seen, after, start = [], 0, None
        while after < events[-1][2]:
            page = reader.events(account, after, start)
            for past_batch in page.batches:
                header = past_batch.signed_header.header
                for event in past_batch.events:
                    check_inclusion(header, event)
                    after = event.group.first_number + len(event.group.effects) - 1
                    seen.append((header.number, event.group.first_number, after))
                certified = header.number <= len(past.stored) - 2
                assert (past_batch.finality is not None) == certified
                if past_batch.finality is not None:
                    check_finality(Terms(settings), past_batch.finality)
                start = header.number + 1
        assert not page.more
        assert seen == events
        assert not reader.events(account, after).batches


def test_page_starts_anywhere(past: History, reader: HistoryReader) -> None:
    for account, events in true_events(past).items():
        for number, first, last in events[::3]:
            for after in (first - 1, last - 1):
                event = reader.events(account, after).batches[0].events[0]
                assert event.group.first_number == first, (number, after)


def test_page_is_bounded(past: History, reader: HistoryReader, monkeypatch: pytest.MonkeyPatch) -> None:
    account, _ = max(true_events(past).items(), key=lambda item: len(item[1]))
    monkeypatch.setattr(reader_module, "EVENT_PAGE_MAX_EVENTS", 10_000)
    whole = reader.events(account, 0)
    assert not whole.more
    monkeypatch.setattr(reader_module, "EVENT_PAGE_MAX_EVENTS", 1)
    page = reader.events(account, 0)
    assert (len(page.batches), page.more) == (1, True)
    monkeypatch.setattr(reader_module, "EVENT_PAGE_MAX_EVENTS", 10_000)
    monkeypatch.setattr(reader_module, "EVENT_PAGE_MAX_QUANTA", 8)
    page = reader.events(account, 0)
    assert (page.more, len(page.batches) < len(whole.batches)) == (True, True)
    assert EVENT_PAGE_MAX_QUANTA >= 1000


def test_batch_without_a_certificate_is_covered_by_the_next(past: History, stored_log: QuantumLog) -> None:
    with stored_log.engine.begin() as connection:
        connection.execute(update(tables.batches).where(tables.batches.c.number.in_([2, 3])).values(certificate=None))
    account = next(account for account, events in true_events(past).items() if events[0][0] == 2)
    finality = HistoryReader(stored_log.engine, past.world.settings).events(account, 0).batches[0].finality
    assert finality is not None
    assert finality.certificate.header.number == 4
    assert [header.number for header in finality.ancestors] == [2, 3]
    assert set(check_finality(Terms(past.world.settings), finality)) == {2, 3, 4}


def test_truncated_tail_leaves_the_index(past: History, stored_log: QuantumLog) -> None:
    keep = len(past.stored) - 2
    stored_log.truncate(keep)
    account, events = max(true_events(past).items(), key=lambda item: item[1][-1][0])
    assert events[-1][0] > keep
    with stored_log.engine.connect() as connection:
        assert max(batches_with(connection, account, 1, 1000)) <= keep
    for stored, sealed in list(zip(past.stored, past.sealed, strict=True))[keep:]:
        stored_log.write([replace(stored, effects=batch_effects(sealed), outline=pack_outline(sealed))])
    with stored_log.engine.connect() as connection:
        assert find_effect(connection, account, events[-1][1]) == events[-1][0], "fetched again, indexed again"


def test_pruned_effects_are_named(past: History, stored_log: QuantumLog, reader: HistoryReader) -> None:
    account, events = max(true_events(past).items(), key=lambda item: len(item[1]))
    number, first, _ = next(event for event in events if event[0] >= 5)
    with stored_log.engine.begin() as connection:
        drop_before(connection, number)
    with pytest.raises(Rejection) as refused:
        reader.events(account, 0)
    assert refused.value.code is Code.PRUNED
    assert reader.events(account, first - 1).batches[0].events[0].group.first_number == first


def test_log_without_effects_shows_none(past: History, tmp_path: Path) -> None:
    log = QuantumLog(tmp_path / "other.sqlite", past.world.settings)
    log.write(past.stored[:3])
    with pytest.raises(Rejection) as refused:
        HistoryReader(log.engine, past.world.settings).events(past.world.auditors[0].public, 0)
    assert refused.value.code is Code.PRUNED
    log.close()


def test_hole_in_the_index_is_no_answer_with_a_hole(past: History, stored_log: QuantumLog) -> None:
    account, events = max(true_events(past).items(), key=lambda item: len(item[1]))
    numbers = list(dict.fromkeys(number for number, _, _ in events))
    index = tables.metadata.tables["account_effects"]
    with stored_log.engine.begin() as connection:
        connection.execute(delete(index).where(index.c.number == numbers[1]))
    with pytest.raises(Rejection) as refused:
        HistoryReader(stored_log.engine, past.world.settings).events(account, 0)
    assert refused.value.code is Code.PRUNED


@pytest.mark.parametrize("column", ["batch", "effects", "digest"])
def test_damaged_row_is_named(past: History, stored_log: QuantumLog, column: str) -> None:
    account, events = next(iter(true_events(past).items()))
    damaged = {"digest": bytes(32), "batch": b"\0" * 40, "effects": b"\xff" * 8}[column]
    with stored_log.engine.begin() as connection:
        values = {column: damaged}
        connection.execute(update(tables.batches).where(tables.batches.c.number == events[0][0]).values(**values))
    with pytest.raises(DamagedLog):
        HistoryReader(stored_log.engine, past.world.settings).events(account, 0)


def test_reader_writes_nothing(reader: HistoryReader, stored_log: QuantumLog) -> None:
    with pytest.raises(Exception, match="readonly"), reader._engine.begin() as connection:
        drop_before(connection, 100)
    with stored_log.engine.connect() as connection:
        assert connection.execute(select(tables.metadata.tables["account_effects"])).all()
