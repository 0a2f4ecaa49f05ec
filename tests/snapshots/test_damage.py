"""One changed byte anywhere in a log is found at its opening, found by the full check, or changes nothing."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random, SystemRandom

import pytest

from constellation.node.storage import open_log
from constellation.protocol.messages import Batch, Settings, SignedRequest
from constellation.quanta import batch_effects
from constellation.snapshots import CheckpointKeeper, DamagedLog, QuantumLog, Recovered, StoredBatch
from constellation.snapshots.damage_check import check_log
from constellation.testing.world import World
from tests.snapshots.archives import ignore
from tests.snapshots.support import History, history

_PAGE = 4096
_SAMPLE = 250
"""Places that the everyday suite looks at beside those where a page says how it is built."""

BATCHES, CERTIFIED = 9, 7


@dataclass(frozen=True)
class Log:
    """A log's file and all that can be read from it."""

    path: Path
    past: History
    seen: dict[str, object]
    reads: list[object]
    contents: list[list[tuple[object, ...]]]

    @property
    def settings(self) -> Settings:
        return self.past.world.settings


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """A log with everything in it that a log can have, and pages that are free again."""
    past = history(World(auditors=3), batches=BATCHES)
    path = tmp_path_factory.mktemp("whole") / "log.sqlite"
    log = QuantumLog(path, past.world.settings)
    keeper = CheckpointKeeper(restored=False)
    log.write([past.promise(1, 0), past.promise(3, 2), past.promise(7, 6)])
    for stored, sealed in zip(past.stored, past.sealed, strict=True):
        number = sealed.header.number
        log.write([StoredBatch(stored.batch, stored.digest, batch_effects(sealed))])
        keeper.note(sealed)
        if number <= CERTIFIED:
            log.write([past.certificate(number)])
            if number < 6 and (checkpoint := keeper.take(number)) is not None:
                log.write([checkpoint])
    log.write([Recovered()])
    log.truncate(CERTIFIED)
    log.write([StoredBatch(stored.batch, stored.digest) for stored in past.stored[CERTIFIED:-1]])
    log.close()
    assert not path.with_name("log.sqlite-wal").exists()
    settings = past.world.settings
    return Log(path, past, seen(path, settings), list(reads(path, settings)), contents(path))


def seen(path: Path, settings: Settings) -> dict[str, object]:
    """Everything that a node reads from its log at its start."""
    opened = open_log(path, settings)
    try:
        log, restored = opened.log, opened.restored
        return {
            "identity": log.identity,
            "recovering": log.is_recovering,
            "base": log.base,
            "tip": restored.tip,
            "header": restored.header,
            "root": restored.machine.state.root(),
            "from": restored.replayed_from,
            "certificate": opened.certificate,
            "promise": opened.promise,
            "recent": [(sealed.digest, batch) for sealed, batch in opened.recent if has_requests(batch)],
        }
    finally:
        log.close()


def has_requests(batch: Batch) -> bool:
    """Whether anybody can ask for an answer in it again; a replay keeps those without, too."""
    return any(isinstance(quantum.body, SignedRequest) for quantum in batch.quanta)


def contents(path: Path) -> list[list[tuple[object, ...]]]:
    """Every row of every table, as SQLite itself reads it."""
    connection = sqlite3.connect(path)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in sorted(tables)]
    finally:
        connection.close()


def reads(path: Path, settings: Settings) -> Iterator[object]:
    """What a node may read from its log later."""
    log = QuantumLog(path, settings)
    try:
        for number in range(log.first, BATCHES):
            for call in (lambda: list(log.batches(number, number)), lambda: log.certificates(number, number)):  # noqa: B023
                try:
                    yield call()
                except DamagedLog:
                    yield DamagedLog
    finally:
        log.close()


def classify(whole: Log, copy: Path) -> str:
    """What comes of starting on the changed ``copy``: its class, or an assertion that fails."""
    try:
        found = seen(copy, whole.settings)
    except DamagedLog:
        return "found at start"
    healed = found["from"] != whole.seen["from"]
    assert found == whole.seen | {"from": found["from"]}
    assert all(
        read in (DamagedLog, expected) for read, expected in zip(reads(copy, whole.settings), whole.reads, strict=True)
    )
    log = QuantumLog(copy, whole.settings)
    try:
        check_log(log, whole.settings, ignore)
    except DamagedLog:
        return "healed at start" if healed else "found by the check"
    finally:
        log.close()
    assert not healed
    assert contents(copy) == whole.contents
    return "harmless"


def flip_all(whole: Log, directory: Path, places: list[int]) -> Counter[str]:
    """Change one byte at each of the places, one at a time."""
    data = whole.path.read_bytes()
    found: Counter[str] = Counter()
    for place in places:
        copy = directory / "log.sqlite"
        for path in directory.iterdir():
            path.unlink()
        changed = bytearray(data)
        changed[place] ^= Random(place).randrange(1, 256)
        copy.write_bytes(changed)
        try:
            found[classify(whole, copy)] += 1
        except BaseException as error:
            error.add_note(f"byte {place}: page {place // _PAGE + 1}, {place % _PAGE} in it")
            raise
    return found


def structure(data: bytes) -> list[int]:
    """Places where the pages say how they are built: headers, cell pointers, and the beginnings of the cells."""
    places = list(range(100))
    for page in range(len(data) // _PAGE):
        start = page * _PAGE
        header = start + (100 if page == 0 else 0)
        if data[header] not in (2, 5, 10, 13):
            places += range(header, header + 8)
            continue
        cells = int.from_bytes(data[header + 3 : header + 5])
        pointers = header + (12 if data[header] in (2, 5) else 8)
        places += range(header, pointers + 2 * min(cells, 4))
        for cell in range(min(cells, 2)):
            place = start + int.from_bytes(data[pointers + 2 * cell : pointers + 2 * cell + 2])
            places += range(place, min(place + 12, start + _PAGE))
    return places


def check_all_classes(found: Counter[str]) -> None:
    assert found.keys() == {"found at start", "healed at start", "found by the check", "harmless"}
    assert found["found at start"] > found["harmless"]


def test_one_changed_byte_is_found_or_harmless(whole: Log, tmp_path: Path) -> None:
    data = whole.path.read_bytes()
    places = sorted({*structure(data), *Random(1).sample(range(len(data)), _SAMPLE)})
    check_all_classes(flip_all(whole, tmp_path, places))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_one_changed_byte_is_found_or_harmless_in_a_tenth_of_all_places(whole: Log, tmp_path: Path) -> None:
    size = whole.path.stat().st_size
    check_all_classes(flip_all(whole, tmp_path, list(range(SystemRandom().randrange(10), size, 10))))
