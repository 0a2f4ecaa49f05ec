"""Checkpoints bring the state back without the whole log, and heal when they are damaged."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from constellation.quanta import SealedBatch, batch_effects, conservation_errors
from constellation.snapshots import CheckpointKeeper, DamagedLog, StoredBatch, restore
from tests.snapshots.test_restore import PLACE, flip

CHECKPOINTS = [1, *range(4, 41, 3)]
"""Numbers of the batches in the past whose headers carry the state root."""


def write(log, past, batches: int, certified: int, keeper: CheckpointKeeper | None = None) -> None:
    """Store as a node does: batches, a certificate, and the checkpoints that are final with it."""
    keeper = keeper or CheckpointKeeper(restored=False)
    for stored, sealed in zip(past.stored[:batches], past.sealed[:batches], strict=True):
        log.write([StoredBatch(stored.batch, stored.digest, batch_effects(sealed))])
        keeper.note(sealed)
        if sealed.header.number <= certified:
            log.write([past.certificate(sealed.header.number)])
        checkpoint = keeper.take(certified if sealed.header.number > certified else sealed.header.number)
        if checkpoint is not None:
            log.write([checkpoint])


@pytest.mark.parametrize(("batches", "certified"), [(1, 1), (9, 9), (20, 15), (40, 39), (40, 40), (31, 31)])
def test_only_what_came_after_the_last_checkpoint_is_replayed(open_log, past, batches: int, certified: int) -> None:
    log = open_log(past.world)
    write(log, past, batches, certified)
    seen: list[int] = []
    restored = restore(log, past.world.settings, lambda sealed, _batch: seen.append(sealed.header.number))
    last = max(number for number in CHECKPOINTS if number <= certified)
    assert restored.replayed_from == last + 1
    assert seen == list(range(last + 1, batches + 1))
    assert restored.machine.state.root() == past.roots[batches]
    assert restored.header == past.stored[batches - 1].batch.signed_header
    assert conservation_errors(restored.machine.state) == []


def test_a_node_goes_on_from_a_restored_state_and_its_next_checkpoint_writes_only_what_changed(open_log, past) -> None:
    log = open_log(past.world)
    write(log, past, 10, 10)
    restored = restore(log, past.world.settings)
    assert restored.replayed_from == 11
    for stored in past.stored[10:16]:
        log.write([stored])
    again = restore(log, past.world.settings)
    checkpoint = again.keeper.take(16)
    assert checkpoint is not None
    assert checkpoint.number == 16
    assert not checkpoint.is_complete
    log.write([past.certificate(16), checkpoint])
    final = restore(log, past.world.settings)
    assert final.replayed_from == 17
    assert final.machine.state.root() == past.roots[16]


def test_a_checkpoint_is_written_only_when_its_batch_is_certified(past) -> None:
    keeper = CheckpointKeeper(restored=False)
    for sealed in past.sealed[:8]:
        keeper.note(sealed)
    assert keeper.take(0) is None
    first = keeper.take(5)
    assert first is not None
    assert (first.number, first.is_complete) == (4, True)
    assert keeper.take(6) is None
    second = keeper.take(8)
    assert second is not None
    assert (second.number, second.is_complete) == (7, False)


def test_a_checkpoint_whose_certificate_is_gone_is_not_trusted(open_log, past) -> None:
    log = open_log(past.world)
    write(log, past, 12, 12)
    with log.engine.begin() as connection:
        connection.execute(text("UPDATE batches SET certificate = NULL"))
    restored = restore(log, past.world.settings)
    assert restored.replayed_from == 1
    assert restored.machine.state.root() == past.roots[12]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(row=st.integers(0, 5), place=PLACE, bit=st.integers(0, 7), column=st.sampled_from(["entry", "path"]))
def test_a_flipped_bit_in_a_checkpoint_is_found_and_healed(past, open_log, row, place, bit, column) -> None:
    log = open_log(past.world)
    write(log, past, 9, 9)
    where = f"path = (SELECT path FROM entries ORDER BY path LIMIT 1 OFFSET {row})"
    try:
        flip(log, "entries", column, where, place, bit)
    except IntegrityError:
        return  # the flipped path is another entry's: the database itself refuses that
    restored = restore(log, past.world.settings)
    assert restored.machine.state.root() == past.roots[9]
    assert restored.replayed_from == 1
    checkpoint = restored.keeper.take(9)
    assert checkpoint is not None
    assert checkpoint.is_complete
    log.write([checkpoint])
    assert restore(log, past.world.settings).replayed_from == 8


def test_a_missing_and_a_doubled_entry_are_found(open_log, past) -> None:
    for change in (
        "DELETE FROM entries WHERE path = (SELECT min(path) FROM entries)",
        "INSERT INTO entries SELECT x'ff', entry FROM entries LIMIT 1",
    ):
        log = open_log(past.world)
        write(log, past, 9, 9)
        with log.engine.begin() as connection:
            connection.execute(text(change))
        restored = restore(log, past.world.settings)
        assert restored.replayed_from == 1
        assert restored.machine.state.root() == past.roots[9]


def test_stored_effects_give_the_batches_back_as_they_were_sealed(open_log, past) -> None:
    log = open_log(past.world)
    write(log, past, 20, 20)
    since_us = past.sealed[11].header.timestamp
    answers = list(log.answers(since_us))
    assert [sealed.header.number for sealed, _ in answers] == list(range(12, 21))
    for sealed, batch in answers:
        original: SealedBatch = past.sealed[sealed.header.number - 1]
        assert (sealed.header, sealed.digest, sealed.executed) == (original.header, original.digest, original.executed)
        assert batch == past.stored[sealed.header.number - 1].batch
        for place, executed in enumerate(sealed.executed):
            for group in range(len(executed.groups)):
                assert sealed.event(place, group) == original.event(place, group)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(place=PLACE, bit=st.integers(0, 7))
def test_a_flipped_bit_in_stored_effects_is_found_and_its_batch_named(past, open_log, place, bit) -> None:
    log = open_log(past.world)
    write(log, past, 9, 9)
    flip(log, "batches", "effects", "number = 7", place, bit)
    with pytest.raises(DamagedLog, match="batch 7 in the log is damaged"):
        list(log.answers(0))
