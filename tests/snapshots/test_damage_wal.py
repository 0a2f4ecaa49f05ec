"""The write-ahead log after a crash: its torn end is a shorter log, damage in its middle has a name."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from constellation.node.storage import open_log
from constellation.snapshots import DamagedLog, QuantumLog
from constellation.snapshots.damage_wal import scan_wal
from constellation.testing.world import World
from tests.snapshots.support import History, history

_HEADER, _FRAME, _SECTOR = 32, 24 + 4096, 512
_FIRST, _LAST = 5, 14
"""The first batch in the write-ahead log, and the last one."""


@dataclass(frozen=True)
class Crash:
    """What is on the disk when a node dies: batches in the file, and later ones in the write-ahead log."""

    past: History
    main: bytes
    wal: bytes

    def write(self, directory: Path, wal: bytes) -> Path:
        path = directory / "log.sqlite"
        path.write_bytes(self.main)
        path.with_name("log.sqlite-shm").unlink(missing_ok=True)
        path.with_name("log.sqlite-wal").write_bytes(wal)
        return path

    def tip(self, directory: Path, wal: bytes) -> int:
        """The last batch after a restart; it and all before it are what they were.

        Raises:
            DamagedLog: the restart found damage.
        """
        opened = open_log(self.write(directory, wal), self.past.world.settings)
        try:
            number = opened.restored.tip.number
            assert [item.digest for item in opened.log.batches(1)] == [
                item.digest for item in self.past.stored[:number]
            ]
            assert opened.restored.machine.state.root() == self.past.roots[number]
            opened.log.write(self.past.stored[number : number + 1])
            return number
        finally:
            opened.log.close()


@pytest.fixture(scope="module")
def crash(tmp_path_factory: pytest.TempPathFactory) -> Crash:
    past = history(World(auditors=3), batches=_LAST + 1)
    path = tmp_path_factory.mktemp("crash") / "log.sqlite"
    log = QuantumLog(path, past.world.settings)
    log.write(past.stored[: _FIRST - 1])
    log.close()
    log = QuantumLog(path, past.world.settings)
    for stored in past.stored[_FIRST - 1 : _LAST]:
        log.write([stored])
    crash = Crash(past, path.read_bytes(), path.with_name("log.sqlite-wal").read_bytes())
    log.close()
    return crash


@pytest.fixture(scope="module")
def ends(crash: Crash, tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """Where each transaction ends in the write-ahead log; nothing at first."""
    scan = scan_wal(crash.write(tmp_path_factory.mktemp("scan"), crash.wal))
    assert len(scan.commits) == _LAST - _FIRST + 1
    return [_HEADER, *(_HEADER + number * _FRAME for number in scan.commits)]


def test_a_whole_write_ahead_log_is_used(crash: Crash, tmp_path: Path) -> None:
    assert crash.tip(tmp_path, crash.wal) == _LAST


def test_one_that_is_cut_off_anywhere_leaves_a_shorter_log(crash: Crash, ends: list[int], tmp_path: Path) -> None:
    random = Random(3)
    for length in [0, 1, 31, *ends, *(end - 1 for end in ends), *(random.randrange(len(crash.wal)) for _ in range(60))]:
        whole = sum(end <= length for end in ends[1:])
        assert crash.tip(tmp_path, crash.wal[:length]) == _FIRST - 1 + whole


def test_what_was_there_before_it_began_anew_is_not_mistaken_for_it(crash: Crash, tmp_path: Path) -> None:
    path = crash.write(tmp_path, crash.wal)
    log = QuantumLog(path, crash.past.world.settings)
    log.write(crash.past.stored[_LAST : _LAST + 1])
    main, wal = path.read_bytes(), path.with_name("log.sqlite-wal").read_bytes()
    assert len(wal) == len(crash.wal)
    assert wal[: 2 * _FRAME] != crash.wal[: 2 * _FRAME]
    log.close()
    assert Crash(crash.past, main, wal).tip(tmp_path, wal) == _LAST + 1


def sectors(crash: Crash, first: int, last: int) -> list[bytes]:
    """The write-ahead log with one sector between two places zeroed, for each that has something in it."""
    return [
        crash.wal[:place] + bytes(_SECTOR) + crash.wal[place + _SECTOR :]
        for place in range(first, last - _SECTOR, _SECTOR)
        if any(crash.wal[place : place + _SECTOR])
    ]


def test_a_torn_last_transaction_is_dropped(crash: Crash, ends: list[int], tmp_path: Path) -> None:
    torn = sectors(crash, ends[-2] + 24, len(crash.wal))
    half = crash.wal[: ends[-2]] + crash.wal[ends[-2] : ends[-2] + (ends[-1] - ends[-2]) // 2].ljust(
        ends[-1] - ends[-2], b"\0"
    )
    for wal in (*torn, half):
        assert crash.tip(tmp_path, wal) == _LAST - 1


def test_a_transaction_that_was_whole_once_is_missed(crash: Crash, ends: list[int], tmp_path: Path) -> None:
    torn = sectors(crash, _HEADER, ends[-2] - _SECTOR)
    assert len(torn) > 50
    for wal in torn[:: len(torn) // 50]:
        with pytest.raises(DamagedLog, match="write-ahead log"):
            crash.tip(tmp_path, wal)


def test_one_changed_byte_costs_at_most_the_last_transaction(crash: Crash, ends: list[int], tmp_path: Path) -> None:
    random = Random(5)
    frames = [place for end in ends[:-1] for place in range(end, end + 24)]
    places = [*range(_HEADER), *frames, *(random.randrange(len(crash.wal)) for _ in range(150))]
    dropped = found = 0
    for place in places:
        wal = bytearray(crash.wal)
        wal[place] ^= random.randrange(1, 256)
        try:
            number = crash.tip(tmp_path, bytes(wal))
        except DamagedLog:
            found += 1
            continue
        assert number == _LAST or (number == _LAST - 1 and place >= ends[-2]), f"byte {place}"
        dropped += number < _LAST
    assert found > 200
    assert 0 < dropped < 80
