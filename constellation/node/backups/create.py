"""Makes a backup beside a running node: in a directory of another name, which gets its own when it is whole."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from constellation import __version__
from constellation.node.backups.manifest import (
    BACKUP_VERSION,
    FILES_MAX,
    MANIFEST_FILE,
    SETTINGS_FILE,
    Manifest,
    describe_file,
    log_end,
)
from constellation.node.config import ConfigurationError, NodeConfig, check_is_free, load_settings
from constellation.node.cosigning.policy import FILE as COSIGNED_FILE
from constellation.node.council import PROPOSALS_FILE
from constellation.node.evidence import EVIDENCE_FILES
from constellation.node.refund_record import RECORD_FILE
from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_constellation_id, settings_hash
from constellation.protocol.strkey import encode_public_key
from constellation.snapshots import QuantumLog, StorageFailure
from constellation.snapshots.damage_wal import scan_wal
from constellation.snapshots.directory import DAMAGE_FILE, LOG_FILE, is_in_use
from constellation.snapshots.log_copy import copy_database, mark_copy

Progress = Callable[[int, int], None]

_TAKEN: Final = (RECORD_FILE, PROPOSALS_FILE, COSIGNED_FILE, EVIDENCE_FILES)
"""Beside the log. The witness and a signer's record are elsewhere and must never be old copies; keys neither."""


def create_backup(config: NodeConfig, output: Path, progress: Progress) -> Manifest:
    """Make a backup of a node's data directory; durable on return, and whole or not there.

    Args:
        config: of the node.
        output: the directory to make.
        progress: told how many of the log's pages are copied, and of how many.

    Raises:
        ConfigurationError: there is nothing to back up, or no place for it.
        LogMismatch: the log belongs to other settings.
        StorageFailure: the log is damaged, or cannot be read.
        OSError: the backup cannot be written.
    """
    check_is_free(output)
    settings = load_settings(config.settings_file)
    _check_source(config.data_directory)
    _check_output(config, output)
    staging = Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=".partial", dir=output.absolute().parent))
    try:
        manifest = _fill(staging, config, settings, progress)
        staging.rename(output)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    synchronise(output.absolute().parent)
    return manifest


def _check_source(source: Path) -> None:
    log = source / LOG_FILE
    if not log.is_file():
        raise ConfigurationError(f"data_directory: there is no log in {source}")
    if (source / DAMAGE_FILE).exists():
        raise StorageFailure(f"the log in {source} is known to be damaged: see {DAMAGE_FILE} there")
    if not is_in_use(source) and scan_wal(log).pages:
        raise ConfigurationError(
            f"the node of {source} did not end well and does not run: start it, which looks whether its log is whole, "
            "or copy the directory"
        )


def _check_output(config: NodeConfig, output: Path) -> None:
    """A backup must neither be in what it is of, nor fill the node's own disk."""
    source, place = config.data_directory.resolve(), output.absolute().parent
    if not place.is_dir():
        raise ConfigurationError(f"--output: there is no directory {place}")
    if place.resolve().is_relative_to(source):
        raise ConfigurationError(f"--output: {output} is in the data directory")
    needed = sum(part.stat().st_size for part in source.glob(f"{LOG_FILE}*"))
    is_same_disk = place.stat().st_dev == source.stat().st_dev
    free = shutil.disk_usage(place).free - (config.minimum_free_bytes if is_same_disk else 0)
    if free < needed:
        left = f" beyond minimum_free_bytes ({config.minimum_free_bytes})" if is_same_disk else ""
        raise ConfigurationError(f"--output: {needed} bytes are needed in {place}, and {max(free, 0)} are free{left}")


def _fill(staging: Path, config: NodeConfig, settings: Settings, progress: Progress) -> Manifest:
    source, log = config.data_directory, staging / LOG_FILE
    (staging / SETTINGS_FILE).write_bytes(config.settings_file.read_bytes())
    copy_database(source / LOG_FILE, log, progress)
    found: list[Manifest] = []
    mark_copy(log, settings, lambda copy: found.append(_describe(copy, settings)))
    names = _copy_small_files(source, staging)
    parts = [staging / name for name in sorted((SETTINGS_FILE, LOG_FILE, *names))]
    for part in parts:
        synchronise(part)
    manifest = found[0].model_copy(
        update={"files": [describe_file(part) for part in parts], "left_out": _left_out(source, names)}
    )
    (staging / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n")
    synchronise(staging / MANIFEST_FILE)
    synchronise(staging)
    return manifest


def _copy_small_files(source: Path, staging: Path) -> list[str]:
    paths = sorted({path for pattern in _TAKEN for path in source.glob(pattern)})
    if len(paths) > FILES_MAX - 2:
        raise ConfigurationError(f"{source} has {len(paths)} files of evidence: move the old ones away")
    for path in paths:
        if path.name == COSIGNED_FILE:
            copy_database(path, staging / path.name)
        else:
            shutil.copyfile(path, staging / path.name, follow_symlinks=False)
    return [path.name for path in paths]


def _left_out(source: Path, names: Iterable[str]) -> list[str]:
    taken = {*names, *(path.name for path in source.glob(f"{LOG_FILE}*"))}
    return sorted(path.name for path in source.iterdir() if path.name not in taken)


def _describe(log: QuantumLog, settings: Settings) -> Manifest:
    """All but the files."""
    promise = log.promise()
    role: Literal["alpha", "auditor"] = "alpha" if promise is None else "auditor"  # alpha stores no promise
    node = log.terms().alpha if promise is None else promise.auditor
    return Manifest(
        backup_version=BACKUP_VERSION,
        made_by=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        role=role,
        node=encode_public_key(node),
        constellation_id=settings_constellation_id(settings).hex(),
        settings_hash=settings_hash(settings).hex(),
        log=log_end(log),
        files=[],
        left_out=[],
    )


def synchronise(path: Path) -> None:
    """Bring a file or directory to the disk.

    Raises:
        OSError: it cannot be.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
