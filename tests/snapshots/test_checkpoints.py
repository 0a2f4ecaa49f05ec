"""Checkpoints bring the state back without the whole log, and heal when they are damaged."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from constellation.protocol.messages import Quantum, SignedRequest
from constellation.protocol.state_proofs import entry_path
from constellation.quanta import SealedBatch, batch_effects, conservation_errors
from constellation.snapshots import Checkpoint, CheckpointKeeper, DamagedLog, StoredBatch, restore
from constellation.snapshots.checkpoints import read_entries
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


def rows_of(log) -> dict[bytes, bytes]:
    with log.engine.connect() as connection:
        return dict(read_entries(connection))


def test_a_checkpoint_of_many_chunks_writes_and_removes_exactly_what_it_says(open_log, past) -> None:
    log = open_log(past.world)
    expected: dict[bytes, bytes] = {}
    random = Random(1)
    for number in range(1, 8):
        keys = [b"key %d" % random.randrange(700) for _ in range(1 if number == 7 else 450)]
        changes = {key: random.choice([None, b"%d" % number, bytes(200)]) for key in keys}
        log.write([Checkpoint(number, changes, is_complete=number in (1, 4))])
        if number == 4:
            expected = {}
        expected.update({entry_path(key): entry for key, entry in changes.items() if entry is not None})
        for key, entry in changes.items():
            if entry is None:
                expected.pop(entry_path(key), None)
        assert rows_of(log) == expected
        assert list(rows_of(log)) == sorted(expected)
        assert log.checkpoint_number() == number


def test_a_checkpoint_that_fails_in_a_later_chunk_leaves_nothing(open_log, past) -> None:
    log = open_log(past.world)
    log.write([Checkpoint(1, {b"key %d" % number: b"first" for number in range(600)}, is_complete=True)])
    before = rows_of(log)
    last = max((b"key %d" % number for number in range(600)), key=entry_path)
    changes: dict[bytes, bytes | None] = {b"key %d" % number: b"second" for number in range(600)}
    changes[last] = "not what a checkpoint has"  # type: ignore[assignment]
    with pytest.raises(TypeError):
        log.write([Checkpoint(2, changes, is_complete=False)])
    assert rows_of(log) == before
    assert log.checkpoint_number() == 1


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


def requests(past, batches: int) -> Iterator[tuple[int, Quantum]]:
    """With the numbers of their batches."""
    for number, stored in enumerate(past.stored[:batches], 1):
        yield from ((number, quantum) for quantum in stored.batch.quanta if isinstance(quantum.body, SignedRequest))


def numbers(answers) -> list[int]:
    return [sealed.header.number for sealed, _ in answers]


def test_no_answers_are_read_that_nobody_can_ask_for(open_log, past, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests expire at 100; those of batch 12 at 300, of batch 15 at 200."""
    log = open_log(past.world)
    write(log, past, 20, 20)
    expiry = {quantum.to_xdr(): {12: 300, 15: 200}.get(number, 100) for number, quantum in requests(past, 20)}
    monkeypatch.setattr("constellation.snapshots.answers._expiry_us", lambda quantum: expiry.get(quantum.to_xdr(), -1))
    assert numbers(log.answers(0, valid_at_us=100)) == list(range(3, 21)), (
        "all with requests: those at 1 and 2 have none"
    )
    assert numbers(log.answers(0, valid_at_us=101)) == list(range(12, 21)), "what follows an answer proves it final"
    assert numbers(log.answers(0, valid_at_us=301)) == []
    assert numbers(log.answers(0, before=15, valid_at_us=101)) == [12, 13, 14]
    assert numbers(log.answers(0, before=12, valid_at_us=101)) == []
    assert numbers(log.answers(0, before=99)) == list(range(3, 21))
    count = len(past.stored[19].batch.quanta)
    assert numbers(log.answers(0, most=0)) == []
    assert numbers(log.answers(0, most=1)) == numbers(log.answers(0, most=count)) == [20]
    assert numbers(log.answers(0, most=count + 1)) == [19, 20]


def test_what_is_not_needed_is_not_read(open_log, past) -> None:
    log = open_log(past.world)
    write(log, past, 20, 20)
    flip(log, "batches", "effects", "number = 9", 0.5, 1)
    count = len(past.stored[19].batch.quanta)
    assert numbers(log.answers(0, most=count)) == [20]
    assert numbers(log.answers(0, before=9)) == list(range(3, 9))
    with pytest.raises(DamagedLog, match="batch 9 in the log is damaged"):
        list(log.answers(0))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(place=PLACE, bit=st.integers(0, 7))
def test_a_flipped_bit_in_stored_effects_is_found_and_its_batch_named(past, open_log, place, bit) -> None:
    log = open_log(past.world)
    write(log, past, 9, 9)
    flip(log, "batches", "effects", "number = 7", place, bit)
    with pytest.raises(DamagedLog, match="batch 7 in the log is damaged"):
        list(log.answers(0))
