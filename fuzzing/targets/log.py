"""A node's log whose file was changed: by a disk that errs, or by somebody who makes the checksums fit."""

import logging
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from constellation.node.storage import open_log
from constellation.protocol.errors import Divergence
from constellation.quanta import batch_effects
from constellation.snapshots import CheckpointKeeper, LogMismatch, QuantumLog, Recovered, StorageFailure, StoredBatch
from constellation.snapshots.damage import seal
from constellation.snapshots.damage_check import check_log
from constellation.snapshots.tables import metadata
from constellation.testing.world import World
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes
from fuzzing.files import directory
from tests.snapshots.support import History, history

logging.getLogger("constellation").addHandler(logging.NullHandler())

_BATCHES, _CERTIFIED = 9, 7


@cache
def _past() -> History:
    return history(World(auditors=3), batches=_BATCHES)


@cache
def _file() -> bytes:
    """A log with everything in it that a log can have."""
    path, past = directory() / "whole.sqlite", _past()
    log = QuantumLog(path, past.world.settings)
    keeper = CheckpointKeeper(restored=False)
    log.write([past.promise(1, 0), past.promise(3, 2)])
    for stored, sealed in zip(past.stored, past.sealed, strict=True):
        number = sealed.header.number
        log.write([StoredBatch(stored.batch, stored.digest, batch_effects(sealed))])
        keeper.note(sealed)
        if number <= _CERTIFIED:
            log.write([past.certificate(number)])
            if number < 6 and (checkpoint := keeper.take(number)) is not None:
                log.write([checkpoint])
    log.write([Recovered()])
    log.close()
    return path.read_bytes()


def fuzz(data: bytes) -> None:
    """Raises when another error escapes, or a state comes out that never was."""
    choices, path = Choices(data), directory() / "log.sqlite"
    for old in directory().glob("log.sqlite*"):
        old.unlink()
    content, is_forged = _file(), choices.flag()
    path.write_bytes(content if is_forged else _damaged(choices, content))
    if is_forged:
        _forge(choices, path)
    settings = _past().world.settings
    try:
        opened = open_log(path, settings)
    except (StorageFailure, LogMismatch, Divergence):
        return
    try:
        assert is_forged or opened.restored.machine.state.root() in _past().roots, "a state that never was"
        for number in range(opened.log.first, opened.restored.tip.number + 1):
            list(opened.log.batches(number, number))
            opened.log.certificates(number, number)
        check_log(opened.log, settings, lambda done, total: None)
    except StorageFailure:
        return
    finally:
        opened.log.close()


def _damaged(choices: Choices, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(1 + choices.below(3)):
        place = choices.number(3) % len(changed)
        match choices.below(4):
            case 0:
                changed[place] ^= 1 + choices.below(255)
            case 1:
                changed[place : place + 64] = bytes(64)
            case 2:
                other = choices.number(3) % len(changed)
                page, source = place // 4096 * 4096, other // 4096 * 4096
                changed[page : page + 4096] = changed[source : source + 4096]
            case _:
                del changed[place:]
                changed += b"\0" * (choices.below(2) * -len(changed) % 4096)
        if not changed:
            return b""
    return bytes(changed)


def _forge(choices: Choices, path: Path) -> None:
    """Change one value, whose checksum fits all the same."""
    table, column = choices.of(_sealed())
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute(
            f"SELECT rowid, {column.name} FROM {table} WHERE {column.name} IS NOT NULL"
        ).fetchall()
        if rows:
            row, stored = choices.of(rows)
            value = edit_bytes(choices, stored[:-8], [item[1][:-8] for item in rows])
            sealed = seal(column.type.place, value)
            connection.execute(f"UPDATE {table} SET {column.name} = ? WHERE rowid = ?", (sealed, row))
            connection.commit()
    finally:
        connection.close()


@cache
def _sealed() -> list[tuple[str, Any]]:
    """The columns with sealed values, of tables that have row numbers."""
    return [
        (name, column)
        for name, table in metadata.tables.items()
        if table.kwargs.get("sqlite_with_rowid", True)
        for column in table.columns
        if hasattr(column.type, "place")
    ]
