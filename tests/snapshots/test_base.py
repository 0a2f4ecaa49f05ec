"""A log that does not begin at genesis: pruned, or installed from a snapshot."""

import pytest
from sqlalchemy import text

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import Finality
from constellation.protocol.signing import settings_hash
from constellation.quanta.state_tree import entry_path
from constellation.snapshots import (
    BatchesPruned,
    CheckpointKeeper,
    DamagedLog,
    Install,
    Recovered,
    StoredBatch,
    restore,
)
from constellation.snapshots.archive_export import export_log, last_snapshot
from constellation.snapshots.archive_proof import verify_archive
from constellation.snapshots.checkpoints import read_entries
from constellation.snapshots.damage_check import check_log
from constellation.snapshots.finality import NothingCertified
from constellation.snapshots.retention import Retention
from constellation.snapshots.snapshot_reader import SnapshotTimeout, copy_snapshot
from tests.snapshots.support import History
from tests.snapshots.test_checkpoints import write


def install_of(past: History, number: int, certified: int | None = None) -> Install:
    """The snapshot after batch ``number``, proved by its own certificate or a later one."""
    keeper = CheckpointKeeper(restored=False)
    for sealed in past.sealed:
        keeper.note(sealed)
    checkpoint = keeper.take(number)
    assert checkpoint is not None
    assert checkpoint.number == number
    entries = {entry_path(key): entry for key, entry in checkpoint.entries.items() if entry is not None}
    between = [sealed.header for sealed in past.sealed[number - 1 : (certified or number) - 1]]
    header = past.stored[number - 1].batch.signed_header
    return Install(header, Finality(past.certificate(certified or number), between), entries)


def prune(log, base: int) -> None:
    while log.base < base:
        log.prune(base, most=3)


@pytest.fixture
def pruned(open_log, past, tmp_path):
    """Twenty certified batches, of which those after the twelfth are still there."""
    log = open_log(past.world, tmp_path / "log.sqlite")
    write(log, past, 20, 20)
    prune(log, 12)
    return log


# --- pruning --------------------------------------------------------------------------------------------------------


def test_what_is_left_is_what_was(pruned, past) -> None:
    assert (pruned.base, pruned.first) == (12, 13)
    assert [item.batch for item in pruned.batches(13)] == [item.batch for item in past.stored[12:20]]
    assert pruned.base_tip() == past.sealed[11].tip
    assert pruned.digest(12) == past.stored[11].digest
    assert pruned.digest(11) is None
    assert pruned.certified() == 20
    with pruned.engine.connect() as connection:
        for table, first in (("batches", 12), ("account_effects", 13)):
            assert connection.execute(text(f"SELECT min(number) FROM {table}")).scalar() == first
    assert [sealed.header.number for sealed, _ in pruned.answers(0)] == list(range(13, 21))


@pytest.mark.parametrize("first", [1, 11, 12])
def test_who_asks_for_what_is_gone_is_told_so(pruned, first: int) -> None:
    with pytest.raises(BatchesPruned, match="the log begins with batch 13"):
        list(pruned.batches(first))


def test_it_is_restored_from_its_checkpoint_after_a_restart(pruned, past, open_log) -> None:
    pruned.close()
    again = open_log(past.world, pruned.path)
    assert again.base == 12
    restored = restore(again, past.world.settings)
    assert restored.machine.state.root() == past.roots[20]
    assert restored.replayed_from == 20
    again.write(past.stored[20:])
    assert restore(again, past.world.settings).machine.state.root() == past.roots[40]


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM entries WHERE path = (SELECT min(path) FROM entries)",
        "DELETE FROM entries",
        "DELETE FROM about WHERE name = 'checkpoint'",
        "UPDATE batches SET certificate = NULL",
    ],
)
def test_without_its_checkpoint_it_is_damaged_and_says_so(pruned, past, damage: str) -> None:
    with pruned.engine.begin() as connection:
        connection.execute(text(damage))
    with pytest.raises(DamagedLog, match="begins after batch 12"):
        restore(pruned, past.world.settings)


def test_a_lost_note_of_the_base_does_not_make_it_look_whole(pruned, past, open_log) -> None:
    with pruned.engine.begin() as connection:
        connection.execute(text("DELETE FROM about WHERE name = 'base'"))
    pruned.close()
    again = open_log(past.world, pruned.path)
    with pytest.raises(DamagedLog, match="batch 1 in the log is missing"):
        list(again.batches(1))


@pytest.mark.parametrize(("batches", "certified", "base"), [(20, 15, 14), (20, 20, 20), (20, 18, 17), (3, 3, 2)])
def test_nothing_goes_that_is_not_covered_by_a_certified_checkpoint(open_log, past, batches, certified, base) -> None:
    log = open_log(past.world)
    write(log, past, batches, certified)
    with pytest.raises(ValueError, match="may still be needed"):
        log.prune(base)
    assert log.base == 0
    assert [item.digest for item in log.batches(1)] == [item.digest for item in past.stored[:batches]]


def test_truncating_never_reaches_the_base(pruned) -> None:
    for after in (11, 12, 19):
        with pytest.raises(ValueError, match="batch 20 is certified"):
            pruned.truncate(after)


def test_a_step_is_small(open_log, past) -> None:
    log = open_log(past.world)
    write(log, past, 20, 20)
    log.prune(19, most=5)
    assert log.base == 5
    log.prune(19, most=100)
    assert log.base == 19
    log.prune(7)
    assert log.base == 19


def test_truncating_never_drops_an_installed_base(open_log, past) -> None:
    log = open_log(past.world)
    log.write([install_of(past, 16, 18), past.stored[16]])
    with pytest.raises(ValueError, match="batch 16 is certified"):
        log.truncate(15)
    log.truncate(16)
    assert log.tip() == past.sealed[15].tip


# --- installing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("certified", [16, 18])
def test_an_installed_snapshot_is_the_whole_log(open_log, past, tmp_path, certified: int) -> None:
    log = open_log(past.world, tmp_path / "log.sqlite")
    write(log, past, 9, 9)
    log.write([past.promise(1, 3), Recovered()])
    identity = log.identity
    log.write([install_of(past, 16, certified)])
    for opened in (log, open_log(past.world, log.path)):
        assert (opened.base, opened.tip(), opened.certified()) == (16, past.sealed[15].tip, 16)
        assert opened.promise() == past.promise(1, 3)
        assert (opened.identity, opened.is_recovering) == (identity, False)
        restored = restore(opened, past.world.settings)
        assert restored.machine.state.root() == past.roots[16]
        assert restored.header == past.stored[15].batch.signed_header
        assert list(opened.batches(17)) == []
        assert list(opened.answers(0)) == []


def test_what_proved_the_base_is_among_the_last_certificates(open_log, past) -> None:
    log = open_log(past.world)
    log.write([install_of(past, 16, 18)])
    assert log.last_certificates(64) == [past.certificate(18)]


def test_the_log_goes_on_behind_it(open_log, past) -> None:
    log = open_log(past.world)
    log.write([install_of(past, 16, 18)])
    keeper = restore(log, past.world.settings).keeper
    for stored, sealed in zip(past.stored[16:25], past.sealed[16:25], strict=True):
        log.write([stored])
        keeper.note(sealed)
    again = restore(log, past.world.settings)
    assert again.machine.state.root() == past.roots[25]
    checkpoint = again.keeper.take(22)
    assert checkpoint is not None
    assert (checkpoint.number, checkpoint.is_complete) == (22, False)
    log.write([past.certificate(22), checkpoint])
    assert restore(log, past.world.settings).replayed_from == 23
    prune(log, 20)
    assert log.base_proof() is None
    assert restore(log, past.world.settings).machine.state.root() == past.roots[25]


def test_it_is_refused_when_it_is_behind_or_not_proved(open_log, past) -> None:
    log = open_log(past.world)
    write(log, past, 17, 17)
    behind, unproved, foreign = install_of(past, 16), install_of(past, 19), install_of(past, 19)
    unproved.finality.certificate = past.certificate(20)
    foreign.finality.certificate = past.certificate(19, signers=1)
    for snapshot, error in ((behind, ValueError), (unproved, ValueError), (foreign, VerificationError)):
        with pytest.raises(error):
            log.write([snapshot])
    assert [item.digest for item in log.batches(1)] == [item.digest for item in past.stored[:17]]
    assert restore(log, past.world.settings).machine.state.root() == past.roots[17]


def test_a_snapshot_that_is_not_the_state_is_damage_when_it_is_read(open_log, past) -> None:
    log = open_log(past.world)
    snapshot = install_of(past, 16)
    snapshot.entries.popitem()
    log.write([snapshot])
    with pytest.raises(DamagedLog, match="begins after batch 16"):
        restore(log, past.world.settings)


def test_a_base_whose_proof_is_gone_is_not_believed(open_log, past) -> None:
    log = open_log(past.world)
    log.write([install_of(past, 16, 18)])
    with log.engine.begin() as connection:
        connection.execute(text("DELETE FROM about WHERE name = 'base_proof'"))
    with pytest.raises(DamagedLog, match="nothing proves that batch 16 is final"):
        restore(log, past.world.settings)


# --- copying --------------------------------------------------------------------------------------------------------


def contents(copy) -> bytes:
    position, found = 0, b""
    while (chunk := copy.chunk(position)) is not None:
        _, entries, position = chunk
        found += entries
    return found


@pytest.mark.parametrize("on_disk", [True, False])
def test_a_copy_is_the_last_certified_checkpoint(open_log, past, tmp_path, on_disk: bool) -> None:
    log = open_log(past.world, tmp_path / "log.sqlite" if on_disk else None)
    write(log, past, 20, 18)
    with copy_snapshot(log, rest=lambda _: None) as copy:
        expected = install_of(past, 16)
        assert copy.checkpoint.signed_header == expected.checkpoint
        assert copy.checkpoint.finality == expected.finality
        assert copy.count == len(expected.entries)
        assert contents(copy) == b"".join(expected.entries[path] for path in sorted(expected.entries))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".snapshot")] == []


def test_checkpoints_that_are_written_meanwhile_do_not_disturb_it(open_log, past, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("constellation.snapshots.snapshot_copy.MAX_SNAPSHOT_ENTRIES", 2)
    log = open_log(past.world, tmp_path / "log.sqlite")
    keeper = CheckpointKeeper(restored=False)
    write(log, past, 10, 10, keeper)
    following = iter(range(11, 41))

    def go_on(_: float) -> None:
        number = next(following, None)
        if number is not None:
            keeper.note(past.sealed[number - 1])
            checkpoint = keeper.take(number)
            log.write([past.stored[number - 1], past.certificate(number), *([checkpoint] if checkpoint else [])])
            if log.base < number - 5:
                log.prune(min(number - 5, log.checkpoint_number()))

    def read_late(connection):
        """Also what is written before the first entry is read must not be seen."""
        go_on(0)
        go_on(0)
        go_on(0)
        return read_entries(connection)

    monkeypatch.setattr("constellation.snapshots.snapshot_reader.read_entries", read_late)
    with copy_snapshot(log, rest=go_on) as copy:
        expected = install_of(past, 10)
        assert contents(copy) == b"".join(expected.entries[path] for path in sorted(expected.entries))
        assert copy.checkpoint.number == 10
    assert log.checkpoint_number() > 10
    assert log.base > 10


def test_a_copy_that_takes_too_long_is_given_up(open_log, past, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("constellation.snapshots.snapshot_copy.MAX_SNAPSHOT_ENTRIES", 1)
    log = open_log(past.world, tmp_path / "log.sqlite")
    write(log, past, 10, 10)
    with pytest.raises(SnapshotTimeout):
        copy_snapshot(log, timeout_s=-1, rest=lambda _: None)
    log.write([past.stored[10]])


def test_without_a_certified_checkpoint_there_is_no_copy(open_log, past, tmp_path) -> None:
    log = open_log(past.world, tmp_path / "log.sqlite")
    with pytest.raises(NothingCertified):
        copy_snapshot(log)
    log.write(past.stored[:10])
    with pytest.raises(NothingCertified):
        copy_snapshot(log)


def test_an_installed_snapshot_can_be_copied_on(open_log, past, tmp_path) -> None:
    """Also before any certificate has come: by the proof that it came with."""
    log = open_log(past.world, tmp_path / "log.sqlite")
    snapshot = install_of(past, 16, 18)
    log.write([snapshot])
    with copy_snapshot(log) as copy:
        assert copy.checkpoint.finality == snapshot.finality
        assert contents(copy) == b"".join(snapshot.entries[path] for path in sorted(snapshot.entries))


# --- retention ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keep", [0, 1, 5, 19, 20, 100])
def test_what_is_younger_is_kept(open_log, past, keep: int) -> None:
    """The past's batches are a microsecond apart."""
    log = open_log(past.world)
    write(log, past, 22, 22)
    last = past.sealed[21].header.timestamp
    older = [sealed.header.number for sealed in past.sealed[:22] if sealed.header.timestamp < last - keep]
    assert Retention(keep, 0).base(log) == max(older, default=0)
    assert Retention(0, keep).base(log) == max(older, default=0)


def test_nothing_after_the_last_certified_checkpoint_goes(open_log, past) -> None:
    log = open_log(past.world)
    write(log, past, 30, 18)
    assert Retention(0, 0).base(log) == 16
    assert Retention(0, 0).base(open_log(past.world)) == 0


def test_an_installed_snapshot_stays_until_a_checkpoint_of_its_own_is_certified(open_log, past) -> None:
    log = open_log(past.world)
    log.write([install_of(past, 16, 18), *[StoredBatch(item.batch, item.digest) for item in past.stored[16:30]]])
    assert Retention(0, 0).base(log) == 16


@pytest.mark.parametrize("source", ["pruned", "installed"])
def test_the_full_check_knows_where_the_log_begins(open_log, past, tmp_path, source: str) -> None:
    log = open_log(past.world, tmp_path / "log.sqlite")
    if source == "pruned":
        write(log, past, 20, 20)
        prune(log, 12)
    else:
        log.write([install_of(past, 16, 18), *past.stored[16:20]])
    proof = check_log(log, past.world.settings, lambda *_: None)
    assert proof.base == log.base
    assert proof.tip == past.sealed[19].tip


# --- exporting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["pruned", "installed"])
def test_what_is_left_can_be_exported_and_proved(open_log, past, tmp_path, source: str) -> None:
    log = open_log(past.world)
    if source == "pruned":
        write(log, past, 20, 20)
        prune(log, 12)
    else:
        log.write([install_of(past, 19, 20)])
    path = tmp_path / "pruned.archive"
    exported = export_log(log, path, lambda *_: None, last_snapshot(log))
    proof = verify_archive(path, settings_hash(past.world.settings), lambda *_: None)
    assert (proof.base_batch, proof.last_batch) == (19, 20 if source == "pruned" else 19)
    assert exported.first == 20
    if source == "pruned":
        with pytest.raises(BatchesPruned):
            export_log(log, tmp_path / "whole.archive", lambda *_: None)
        assert not (tmp_path / "whole.archive").exists()
