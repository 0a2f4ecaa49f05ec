"""Looks whether a backup is what was written, and proves what is in it, without changing anything."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from constellation.node.backups.manifest import (
    MANIFEST_FILE,
    SETTINGS_FILE,
    DamagedBackup,
    Manifest,
    describe_file,
    log_end,
    read_manifest,
)
from constellation.node.config import ConfigurationError
from constellation.protocol.messages import Settings
from constellation.protocol.signing import settings_hash
from constellation.snapshots import QuantumLog
from constellation.snapshots.damage_check import LogProof, check_log
from constellation.snapshots.directory import LOG_FILE


def check_files(backup: Path) -> Manifest:
    """Compare every file with the manifest.

    Raises:
        ConfigurationError: it is no backup.
        DamagedBackup: a file is missing, too much, or not what was written.
        OSError: a file cannot be read.
    """
    manifest = read_manifest(backup)
    found = {path.name for path in backup.iterdir()} - {MANIFEST_FILE}
    listed = {item.name for item in manifest.files}
    if missing := {SETTINGS_FILE, LOG_FILE} - listed:
        raise DamagedBackup(f"{backup / MANIFEST_FILE} names no {min(missing)}")
    if found != listed:
        name = min(found ^ listed)
        raise DamagedBackup(f"{backup / name} is {'missing' if name in listed else 'not in the manifest'}")
    for item in manifest.files:
        check_file(backup / item.name, manifest)
    return manifest


def check_file(path: Path, manifest: Manifest) -> None:
    """Compare a file with what the manifest says of its name.

    Raises:
        DamagedBackup: it is not what was written.
        OSError: it cannot be read.
    """
    if path.is_symlink() or not path.is_file():
        raise DamagedBackup(f"{path} is no file")
    if describe_file(path) not in manifest.files:
        raise DamagedBackup(f"{path} is not what was written: its hash is not that in {MANIFEST_FILE}")


def check_settings(manifest: Manifest, settings: Settings) -> None:
    """Compare whose backup it is with the settings that the operator has.

    Raises:
        ConfigurationError: it is of another constellation, or of other settings.
    """
    own = settings_hash(settings).hex()
    if manifest.settings_hash != own:
        raise ConfigurationError(
            f"the backup is of a constellation whose settings have the hash {manifest.settings_hash}; "
            f"those of settings_file have {own}"
        )


def prove_log(backup: Path, manifest: Manifest, settings: Settings, progress: Callable[[int, int], None]) -> LogProof:
    """Check everything in a backup's log, as ``constellation verify`` does in a node's; nothing is touched.

    Args:
        backup: whose files are what was written.
        manifest: of it.
        settings: under which the log must hold.
        progress: told how many batches are checked, and of how many.

    Raises:
        LogMismatch: the log belongs to other settings.
        DamagedLog: it is not what a node has written.
        Divergence: it is, but this version's rules lead to something else.
        DamagedBackup: it ends elsewhere than the manifest says.
    """
    with closing(QuantumLog(backup / LOG_FILE, settings, is_still=True)) as log:
        check_end(manifest, log)
        return check_log(log, settings, progress)


def check_end(manifest: Manifest, log: QuantumLog) -> None:
    """Compare how far a log is with what the manifest says.

    Raises:
        DamagedBackup: it ends elsewhere.
        DamagedLog: its end cannot be read.
    """
    if log_end(log) != manifest.log:
        raise DamagedBackup(f"the backup's log ends elsewhere than {MANIFEST_FILE} says")
