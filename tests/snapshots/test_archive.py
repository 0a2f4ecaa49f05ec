"""Archives: what is certified comes back proved; whatever is changed is found."""

import os
import tracemalloc
from copy import deepcopy
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from constellation.protocol.limits import ARCHIVE_RECORD_MAX_BYTES
from constellation.protocol.messages import (
    Code,
)
from constellation.protocol.signing import settings_hash
from constellation.snapshots import DamagedLog
from constellation.snapshots.archive import MAGIC, ArchiveReader, ArchiveRefuted, UnusableArchive
from constellation.snapshots.archive_export import NothingCertified, export_log, last_snapshot
from constellation.snapshots.archive_proof import verify_archive
from tests.snapshots.archives import (
    History,
    boundaries,
    ignore,
    proved,
    refuted,
    write,
)

HISTORY = History()
SMALL = History(count=2, quanta=2)
ANCHOR = settings_hash(HISTORY.settings)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.archive"


class TestExport:
    def test_what_is_certified_is_proved(self, path: Path) -> None:
        told: list[tuple[int, int]] = []
        exported = export_log(HISTORY.log(), path, lambda *step: told.append(step))
        last = HISTORY.last_certified
        assert (exported.first, exported.last, exported.certificates) == (1, last, len(HISTORY.certificates))
        assert told == [(number, last) for number in range(1, last + 1)]
        proof = proved(path, ANCHOR)
        past = HISTORY.past[last]
        assert proof.anchored
        assert (proof.base_batch, proof.batches, proof.last_batch) == (0, last, last)
        assert (proof.base_apex, proof.quanta, proof.last_apex) == (0, past.apex, past.apex)
        assert (proof.epochs, proof.opened_epochs) == ((1, 2), 2)
        assert proof.certificates == len(HISTORY.certificates)
        assert proof.state_root == past.root
        assert [asset.held for asset in proof.assets] == past.held
        assert all(asset.held == asset.balances + asset.suspense for asset in proof.assets)
        assert proof.timestamps_us == (HISTORY.batches[1].quanta[0].timestamp, HISTORY.header(last).timestamp)

    def test_an_auditor_signed_for_everything_up_to_its_last_signature(self, path: Path) -> None:
        proof = proved(write(path, HISTORY.settings, HISTORY.records()))
        for key in HISTORY.settings.auditors:
            signed = [
                number
                for number, certificate in HISTORY.certificates.items()
                if key in [item.auditor for item in certificate.signatures]
            ]
            assert proof.auditors[key].certificates == len(signed)
            assert proof.quanta_of(key) == HISTORY.past[max(signed)].apex

    def test_nothing_but_the_archive_is_left_and_it_is_private(self, path: Path) -> None:
        export_log(HISTORY.log(), path, ignore)
        assert list(path.parent.iterdir()) == [path]
        assert path.stat().st_mode & 0o777 == 0o600

    def test_the_same_log_gives_the_same_bytes(self, path: Path) -> None:
        other = path.with_name("other")
        export_log(HISTORY.log(), path, ignore)
        export_log(HISTORY.log(), other, ignore)
        assert path.read_bytes() == other.read_bytes()

    def test_nothing_is_overwritten(self, path: Path) -> None:
        path.write_text("precious")
        with pytest.raises(FileExistsError, match="never overwritten"):
            export_log(HISTORY.log(), path, ignore)
        assert path.read_text() == "precious"

    def test_what_appears_meanwhile_is_not_overwritten_either(self, path: Path) -> None:
        with pytest.raises(FileExistsError, match="never overwritten"):
            export_log(HISTORY.log(), path, lambda *step: path.write_text("precious") and None)
        assert path.read_text() == "precious"
        assert list(path.parent.iterdir()) == [path]

    def test_nothing_certified_is_nothing_to_export(self, path: Path) -> None:
        log = HISTORY.log()
        with log.engine.begin() as connection:
            connection.execute(text("UPDATE batches SET certificate = NULL"))
        with pytest.raises(NothingCertified, match="nothing to prove"):
            export_log(log, path, ignore)
        assert list(path.parent.iterdir()) == []

    @pytest.mark.parametrize(
        ("damage", "words"),
        [
            ("DELETE FROM batches WHERE number = 3", "batch 3 in the log is damaged: its row is missing"),
            ("DELETE FROM batches WHERE number = 1", "batch 1 in the log is missing"),
            ("UPDATE batches SET batch = x'00' WHERE number = 3", "batch 3"),
            ("UPDATE batches SET certificate = x'00' WHERE number = 2", "certificate of batch 2"),
        ],
    )
    def test_a_damaged_log_leaves_no_archive(self, path: Path, damage: str, words: str) -> None:
        log = HISTORY.log()
        with log.engine.begin() as connection:
            connection.execute(text(damage))
        with pytest.raises(DamagedLog, match=words):
            export_log(log, path, ignore)
        assert list(path.parent.iterdir()) == []


class TestSnapshot:
    @pytest.mark.parametrize("number", [number for number in HISTORY.checkpoints if number <= HISTORY.last_certified])
    def test_the_replay_goes_on_from_it(self, path: Path, number: int) -> None:
        write(path, HISTORY.settings, HISTORY.records(number), HISTORY.snapshot(number))
        proof = proved(path, ANCHOR)
        last = HISTORY.past[HISTORY.last_certified]
        assert (proof.base_batch, proof.base_apex) == (number, HISTORY.past[number].apex)
        assert (proof.last_apex, proof.state_root) == (last.apex, last.root)
        assert [asset.held for asset in proof.assets] == last.held

    def test_export_starts_behind_it(self, path: Path) -> None:
        exported = export_log(HISTORY.log(), path, ignore, HISTORY.snapshot(4))
        assert (exported.first, exported.last) == (5, HISTORY.last_certified)
        assert proved(path).base_batch == 4

    @pytest.mark.parametrize("number", [number for number in HISTORY.checkpoints if number <= HISTORY.last_certified])
    def test_export_takes_it_from_the_log(self, path: Path, number: int) -> None:
        log = HISTORY.log(checkpoint=number)
        export_log(log, path, ignore, last_snapshot(log))
        proof = proved(path)
        assert (proof.base_batch, proof.last_batch) == (number, HISTORY.last_certified)
        assert proof.state_root == HISTORY.past[HISTORY.last_certified].root

    def test_export_of_a_checkpoint_that_only_a_later_batch_s_certificate_covers(self, path: Path) -> None:
        log = HISTORY.log(checkpoint=4)
        with log.engine.begin() as connection:
            connection.execute(text("UPDATE batches SET certificate = NULL WHERE number IN (4, 5)"))
        snapshot = last_snapshot(log)
        assert [header.number for header in snapshot.finality.ancestors] == [4, 5]
        export_log(log, path, ignore, snapshot)
        assert proved(path).last_batch == HISTORY.last_certified

    def test_export_of_a_checkpoint_with_nothing_behind_it(self, path: Path) -> None:
        log = HISTORY.log(checkpoint=4)
        with log.engine.begin() as connection:
            connection.execute(text("UPDATE batches SET certificate = NULL WHERE number > 4"))
        exported = export_log(log, path, ignore, last_snapshot(log))
        assert (exported.first, exported.last) == (5, 4)
        assert proved(path).state_root == HISTORY.past[4].root

    def test_there_must_be_a_certified_checkpoint(self) -> None:
        with pytest.raises(NothingCertified, match="no checkpoint"):
            last_snapshot(HISTORY.log())
        log = HISTORY.log(checkpoint=4)
        with log.engine.begin() as connection:
            connection.execute(text("UPDATE batches SET certificate = NULL WHERE number > 3"))
        with pytest.raises(NothingCertified, match="after batch 4"):
            last_snapshot(log)

    @pytest.mark.parametrize(
        ("damage", "words"),
        [
            ("UPDATE entries SET entry = x'00' WHERE path = (SELECT min(path) FROM entries)", "entries.entry"),
            ("UPDATE batches SET certificate = x'00' WHERE number = 4", "certificate of batch 4"),
            ("DELETE FROM batches WHERE number = 4", "batch 4 in the log is missing"),
        ],
    )
    def test_a_damaged_checkpoint_leaves_no_archive(self, path: Path, damage: str, words: str) -> None:
        log = HISTORY.log(checkpoint=4)
        with log.engine.begin() as connection:
            connection.execute(text(damage))
        with pytest.raises(DamagedLog, match=words):
            export_log(log, path, ignore, last_snapshot(log))
        assert list(path.parent.iterdir()) == []

    def test_a_later_certificate_covers_it_and_what_lies_between(self, path: Path) -> None:
        between = [deepcopy(batch) for batch in HISTORY.batches[4:6]]
        write(path, HISTORY.settings, between, HISTORY.snapshot(4, certified_by=6))
        proof = proved(path)
        assert (proof.batches, proof.last_batch, proof.certificates) == (2, 6, 1)
        assert max(proof.quanta_of(key) for key in proof.auditors) == HISTORY.past[6].apex - HISTORY.past[4].apex

    def test_it_covers_nothing_behind_its_certificate(self, path: Path) -> None:
        behind = [deepcopy(batch) for batch in HISTORY.batches[4:7]]
        write(path, HISTORY.settings, behind, HISTORY.snapshot(4, certified_by=6))
        error = refuted(path)
        assert (error.code, error.batch) == (Code.NOT_ENOUGH_SIGNATURES, 7)

    def test_it_stands_alone(self, path: Path) -> None:
        proof = proved(write(path, HISTORY.settings, [], HISTORY.snapshot(4, certified_by=6)))
        assert (proof.batches, proof.quanta, proof.epochs, proof.timestamps_us) == (0, 0, None, None)
        assert proof.state_root == HISTORY.past[4].root
        assert all(proof.quanta_of(key) == 0 for key in proof.auditors)

    def test_many_entries_come_in_bounded_records(self, path: Path) -> None:
        crowded = History(count=2, quanta=2, uncertified=0, newcomers=250)
        number = max(crowded.checkpoints)
        snapshot = crowded.snapshot(number)
        assert snapshot.count > 256
        write(path, crowded.settings, crowded.records(number), snapshot)
        assert proved(path).state_root == crowded.past[crowded.last_certified].root


def archive_of_everything(path: Path) -> bytes:
    """A small archive with every kind of record."""
    last = SMALL.last_certified
    write(path, SMALL.settings, SMALL.records(1), SMALL.snapshot(1))
    assert proved(path).last_batch == last
    return path.read_bytes()


def fails(path: Path, data: bytes) -> ArchiveRefuted | UnusableArchive:
    path.write_bytes(data)
    return failure_of(path)


def failure_of(path: Path) -> ArchiveRefuted | UnusableArchive:
    """The failure, which is always one of two and always says something."""
    try:
        verify_archive(path, None, ignore)
    except (ArchiveRefuted, UnusableArchive) as error:
        assert str(error)
        return error
    raise AssertionError("a damaged archive was proved")


class TestDamaged:
    @pytest.mark.parametrize("part", range(4))
    def test_every_single_byte_counts(self, path: Path, part: int) -> None:
        data = archive_of_everything(path)
        with path.open("r+b", buffering=0) as file:
            for position, byte in islice(enumerate(data), part, None, 4):
                os.pwrite(file.fileno(), bytes([byte ^ (position * 37 % 255 + 1)]), position)
                failure_of(path)
                os.pwrite(file.fileno(), bytes([byte]), position)
        assert path.read_bytes() == data

    @settings(max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_any_byte_of_a_longer_one_counts(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "flipped.archive"
        whole = write(path, HISTORY.settings, HISTORY.records()).read_bytes()
        position = data.draw(st.integers(0, len(whole) - 1))
        mask = data.draw(st.integers(1, 255))
        fails(path, whole[:position] + bytes([whole[position] ^ mask]) + whole[position + 1 :])

    def test_every_cut_between_records_and_within_them(self, path: Path) -> None:
        data = archive_of_everything(path)
        ends = boundaries(data)
        cuts = [0, 1, *ends[:-1], *(end + 2 for end in ends[:-1]), *(end + 4 for end in ends[:-1]), len(data) - 1]
        cuts += [(first + second) // 2 for first, second in pairwise(ends)]
        for cut in cuts:
            error = fails(path, data[:cut])
            if cut >= len(MAGIC):
                assert isinstance(error, ArchiveRefuted)
                assert "cut off" in error.message

    @pytest.mark.parametrize("behind", [b"\0", b"\0\0\0\0", b"more" * 100, MAGIC])
    def test_nothing_may_follow(self, path: Path, behind: bytes) -> None:
        error = fails(path, archive_of_everything(path) + behind)
        assert isinstance(error, ArchiveRefuted)
        assert "follow" in error.message

    def test_records_cannot_be_rearranged(self, path: Path) -> None:
        data = archive_of_everything(path)
        ends = boundaries(data)
        parts = [data[first:second] for first, second in pairwise(ends)]
        for place in range(len(parts)):
            fails(path, MAGIC + b"".join(parts[:place] + parts[place + 1 :]))
            fails(path, MAGIC + b"".join([*parts[:place], parts[place], *parts[place:]]))
            if place:
                swapped = [*parts[: place - 1], parts[place], parts[place - 1], *parts[place + 1 :]]
                fails(path, MAGIC + b"".join(swapped))

    def test_a_certificate_that_nobody_misses_is_missed(self, path: Path) -> None:
        data = archive_of_everything(path)
        ends = boundaries(data)
        place = next(
            place
            for place, end in enumerate(ends[:-1])
            if data[end + 4 : end + 8] == b"\0\0\0\4" and place < len(ends) - 4
        )
        error = fails(path, data[: ends[place]] + data[ends[place + 1] :])
        assert isinstance(error, ArchiveRefuted)
        assert "tail" in error.message

    @pytest.mark.parametrize("length", [ARCHIVE_RECORD_MAX_BYTES, ARCHIVE_RECORD_MAX_BYTES + 1, 2**31, 2**32 - 1])
    def test_memory_is_not_taken_for_what_is_not_there(self, path: Path, length: int) -> None:
        data = archive_of_everything(path)
        for end in boundaries(data)[:-1]:
            path.write_bytes(data[:end] + length.to_bytes(4) + data[end + 4 :])
            tracemalloc.start()
            try:
                error = refuted(path)
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            assert error.code is (Code.MALFORMED if length == ARCHIVE_RECORD_MAX_BYTES else Code.TOO_LARGE)
            assert error.offset == end
            assert peak < 2_000_000

    def test_reading_a_long_archive_takes_no_more_memory_than_a_short_one(self, path: Path) -> None:
        peaks = []
        for repeated in (1, 20):
            write(path, HISTORY.settings, HISTORY.records() * repeated)
            tracemalloc.start()
            with path.open("rb") as file:
                for _ in ArchiveReader(file).records():
                    pass
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert peaks[1] < 1.1 * peaks[0]

    @pytest.mark.parametrize("data", [b"", b"\0", MAGIC[:-1], b"SQLite format 3\0" + bytes(100), MAGIC.swapcase()])
    def test_what_is_no_archive(self, path: Path, data: bytes) -> None:
        assert isinstance(fails(path, data), UnusableArchive)

    def test_another_format_is_told_apart_from_damage(self, path: Path) -> None:
        data = archive_of_everything(path)
        error = fails(path, data[:32] + (2).to_bytes(4) + data[36:])
        assert isinstance(error, UnusableArchive)
        assert "format 2" in str(error)

    def test_only_regular_files(self) -> None:
        with pytest.raises(UnusableArchive, match="regular file"):
            proved(Path("/dev/null"))

    def test_the_tail_s_hash_is_that_of_the_file_before_it(self, path: Path) -> None:
        data = archive_of_everything(path)
        assert data[-32:] == sha256(data[: boundaries(data)[-2]]).digest()
