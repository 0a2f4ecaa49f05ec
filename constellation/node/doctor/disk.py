"""Where the log will be: private, local, with space, and quick to confirm what is written."""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from constellation.node.config import NodeConfig
from constellation.node.disk_space import free_bytes
from constellation.node.doctor.findings import Finding, failed, ok, warning

_SYNCS: Final = 20
_BLOCK: Final = bytes(4096)
_SLOW_MS: Final = 20.0
_TOO_SLOW_MS: Final = 200.0
_MEMORY: Final = {"tmpfs", "ramfs"}
_REMOTE: Final = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
_MIB: Final = 1024 * 1024


def look_at_disk(config: NodeConfig) -> Iterator[Finding]:
    """Look at the data directory, or at the place where it will be created."""
    path = config.data_directory
    place = _existing(path)
    if not os.access(place, os.W_OK | os.X_OK):
        yield failed("data directory", f"{place} is not writable by this user", "run as the user who owns it")
        return
    yield _privacy(path)
    kind = _file_system(place.resolve())
    if kind in _MEMORY:
        yield failed("file system", f"{kind}: in memory", "put data_directory on a disk: a restart would lose it all")
    elif kind in _REMOTE:
        yield warning(
            "file system", f"{kind}: over a network", "put data_directory on a local disk: SQLite asks for it"
        )
    else:
        yield ok("file system", kind)
    yield _space(place, config.minimum_free_bytes)
    yield _speed(place)


def _existing(path: Path) -> Path:
    return next(place for place in (path.absolute(), *path.absolute().parents) if place.is_dir())


def _privacy(path: Path) -> Finding:
    if not path.is_dir():
        return ok("data directory", f"{path} does not exist yet; it can be created")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return warning("data directory", f"{path} is open to others (mode {mode:04o})", f"run: chmod 700 {path}")
    return ok("data directory", f"{path}, private")


def _file_system(path: Path, table: Path = Path("/proc/self/mountinfo")) -> str:
    """Its type, as the kernel's table of mounts says; "unknown" where there is no such table."""
    best, kind = "", "unknown"
    try:
        lines = table.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return kind
    for line in lines:
        before, _, after = line.partition(" - ")
        point = before.split()[4].replace("\\040", " ")
        if path.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return kind


def _space(place: Path, minimum: int) -> Finding:
    free = free_bytes(place)
    found = f"{free // _MIB} MiB free; alpha refuses requests below {minimum // _MIB} MiB"
    if free < minimum:
        return failed("disk space", found, "make space, or lower minimum_free_bytes")
    if free < 8 * minimum:
        return warning("disk space", found, "give the log a larger disk, or set retention.hours")
    return ok("disk space", found)


def _speed(place: Path) -> Finding:
    """How long it takes until a written block is safe, which every acknowledgement waits for."""
    taken_ms = []
    with tempfile.TemporaryFile(dir=place) as file:
        for _ in range(_SYNCS):
            begin_s = time.perf_counter()
            file.write(_BLOCK)
            file.flush()
            os.fsync(file.fileno())
            taken_ms.append((time.perf_counter() - begin_s) * 1e3)
    median_ms = statistics.median(taken_ms)
    found = f"fsync of 4 KiB takes {median_ms:.2f} ms (worst {max(taken_ms):.2f} ms of {_SYNCS})"
    if median_ms > _TOO_SLOW_MS:
        return failed("disk speed", found, "use another disk: every acknowledgement waits for an fsync")
    if median_ms > _SLOW_MS:
        return warning("disk speed", found, "a disk with a write cache that survives a power cut answers in under 1 ms")
    return ok("disk speed", found)
