"""Puts a backup into an empty data directory, marked as what it is: the state of a moment that is past.

The log comes last. Whenever this ends half-way, there is no log, and a node that is started all the same begins like
one that has lost its disk, which is safe.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from constellation.node.backups.check import check_end, check_files, check_settings
from constellation.node.backups.create import synchronise
from constellation.node.backups.manifest import SETTINGS_FILE, BackupFile, DamagedBackup, Manifest
from constellation.node.config import ConfigurationError, NodeConfig, load_settings
from constellation.node.keys import read_address
from constellation.node.node_key import signer_of
from constellation.node.secret_files import secret_path
from constellation.snapshots import DataDirectory
from constellation.snapshots.directory import LOCK_FILE, LOG_FILE
from constellation.snapshots.log_copy import mark_copy

_STAGING: Final = "restoring"
_CHUNK_BYTES: Final = 1024 * 1024


def put_back(backup: Path, config: NodeConfig, progress: Callable[[int, int], None]) -> Manifest:
    """Put a backup into the node's data directory; durable on return.

    Args:
        backup: a directory that ``constellation backup create`` has made.
        config: of the node.
        progress: told how many bytes are copied, and of how many.

    Raises:
        ConfigurationError: the data directory is not empty, or the backup is of another node or constellation.
        DirectoryInUse: the node runs.
        DamagedBackup: the backup is not what was written.
        KeyFileError: the node's key cannot be read: whose data it is could not be checked.
        StorageFailure: the log is damaged, or cannot be written.
        OSError: something cannot be read or written.
    """
    settings = load_settings(config.settings_file)
    manifest = check_files(backup)
    check_settings(manifest, settings)
    _check_node(manifest, config)
    _check_is_empty(config.data_directory)
    with _as_owner(config.data_directory), DataDirectory(config.data_directory) as directory:
        _check_is_empty(directory.path)
        staging = directory.path / _STAGING
        staging.mkdir(mode=0o700)
        files = [item for item in manifest.files if item.name != SETTINGS_FILE]
        _copy_all(backup, staging, files, progress)
        mark_copy(staging / LOG_FILE, settings, lambda log: check_end(manifest, log))
        for item in sorted(files, key=lambda item: item.name == LOG_FILE):
            synchronise(staging / item.name)
            (staging / item.name).rename(directory.path / item.name)
            synchronise(directory.path)
        staging.rmdir()
        synchronise(directory.path)
    return manifest


def _check_node(manifest: Manifest, config: NodeConfig) -> None:
    if config.key_file.is_socket():
        with signer_of(config.key_file) as signer:
            own = signer.address
    else:
        own = read_address(secret_path(config.key_file))
    if own != manifest.node:
        raise ConfigurationError(f"the backup is of {manifest.role} {manifest.node}; key_file is of {own}")


def _check_is_empty(directory: Path) -> None:
    with suppress(FileNotFoundError):
        names = sorted(path.name for path in directory.iterdir() if path.name != LOCK_FILE)
        if names:
            raise ConfigurationError(
                f"data_directory: {directory} is not empty (it has {names[0]}): a backup takes the place of nothing. "
                "Move what is there to another place first"
            )


def _copy_all(backup: Path, staging: Path, files: list[BackupFile], progress: Callable[[int, int], None]) -> None:
    """Copy files and compare what was copied, and not what was there a moment before."""
    total, done = sum(item.size_bytes for item in files), 0
    for item in files:
        digest = sha256()
        with (
            open(os.open(backup / item.name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source,
            open(os.open(staging / item.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target,
        ):
            while chunk := source.read(_CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)
                done += len(chunk)
                progress(done, total)
        if digest.hexdigest() != item.sha256:
            raise DamagedBackup(f"{backup / item.name} was changed while it was read")


@contextmanager
def _as_owner(directory: Path) -> Iterator[None]:
    """Root acts as the owner of the directory, as whom the node runs: what it makes there is the node's.

    And whoever has taken over the node's user gets root to write nothing else.
    """
    if os.geteuid() != 0 or not directory.exists():
        yield
        return
    owner = directory.stat()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(os.getgid())
