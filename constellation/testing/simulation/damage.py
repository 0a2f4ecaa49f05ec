"""What can happen to the files of a node while it does not run."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

from constellation.snapshots.directory import LOG_FILE
from constellation.testing.simulation.threads import Disk

_PAGE_BYTES = 4096
_SECTOR_BYTES = 512


def wipe(directory: Path) -> None:
    """The disk is new."""
    shutil.rmtree(directory)
    directory.mkdir()


def restore_backup(backup: Path, directory: Path) -> None:
    """An old copy is put in the place of what was there."""
    wipe(directory)
    shutil.copytree(backup, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*-shm"))


def tear(disk: Disk, random: Random) -> None:
    """The power fails in the middle of a write: some of it is there, or what was there before, or neither."""
    unsafe, disk.unsafe = disk.unsafe, None
    if unsafe is None:
        return
    path, length = unsafe
    data = path.read_bytes() if path.exists() else b""
    if len(data) > length:  # otherwise it was begun anew meanwhile, which is safe before it is done
        kept = bytearray(data[: random.randint(length, len(data))])
        for start in range(length, len(kept), _SECTOR_BYTES):
            if random.random() < 0.2:
                end = min(start + _SECTOR_BYTES, len(kept))
                kept[start:end] = random.choice((bytes(end - start), random.randbytes(end - start)))
        path.write_bytes(kept)


def damage(directory: Path, random: Random) -> None:
    """Some of what was written to a log is gone, elsewhere, or not what it was."""
    damage_one([directory / LOG_FILE, directory / f"{LOG_FILE}-wal"], random)


def damage_one(paths: Sequence[Path], random: Random) -> bool:
    """The same of any files, one of which is changed; whether there was one."""
    files = [path for path in paths if path.exists() and path.stat().st_size]
    if not files:
        return False
    path = random.choice(files)
    data = bytearray(path.read_bytes())
    kind = random.choice(("bit", "page", "misdirected", "lost", "short"))
    place = random.randrange(len(data))
    page = place - place % _PAGE_BYTES
    if kind == "bit":
        data[place] ^= 1 << random.randrange(8)
    elif kind == "page":
        data[page : page + _PAGE_BYTES] = random.randbytes(len(data[page : page + _PAGE_BYTES]))
    elif kind == "misdirected":
        other = random.randrange(len(data)) // _PAGE_BYTES * _PAGE_BYTES
        length = min(_PAGE_BYTES, len(data) - page, len(data) - other)
        data[page : page + length] = data[other : other + length]
    elif kind == "lost":
        data[page : page + _PAGE_BYTES] = bytes(len(data[page : page + _PAGE_BYTES]))
    else:
        del data[place:]
    path.write_bytes(bytes(data))
    return True
