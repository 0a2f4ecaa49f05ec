"""``constellation backup`` and ``constellation restore``: what they do, and what they print."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from constellation.node.archive_commands import progress_bar
from constellation.node.archive_output import print_document
from constellation.node.backups.check import check_files, check_settings, prove_log
from constellation.node.backups.create import create_backup
from constellation.node.backups.manifest import SETTINGS_FILE, DamagedBackup, Manifest
from constellation.node.backups.put_back import put_back
from constellation.node.config import ConfigurationError, load_config, load_settings
from constellation.node.exit_codes import ExitCode
from constellation.protocol.errors import Divergence
from constellation.snapshots import DamagedLog, LogMismatch
from constellation.snapshots.damage_check import LogProof

_WIDTH = 140  # hashes and addresses stay whole, even where the terminal breaks the line
_NOT_ANCHORED = (
    "It is compared with its own settings alone. Give --settings-file, to know that it is of your constellation."
)
_NEXT = (
    "Its log says that it is a copy. An auditor follows, and neither promises nor signs until it has everything that "
    "it may have signed since; alpha takes over from the auditors what is newer."
)


def run_create(config_path: Path | None, flags: dict[str, Any], output: Path, *, as_json: bool) -> None:
    """Make a backup and say what is in it.

    Raises:
        ConfigurationError: there is nothing to back up, or no place for it.
        StorageFailure: the log is damaged, or cannot be read.
        OSError: the backup cannot be written.
    """
    config = load_config(config_path, flags)
    with progress_bar("copying") as progress:
        manifest = create_backup(config, output, progress)
    _show(output, "backed up", manifest, as_json=as_json)


def run_verify(backup: Path, settings_file: Path | None, *, files_only: bool, as_json: bool) -> ExitCode:
    """Look whether a backup is what was written, and prove its log.

    Returns:
        OK when everything holds, FAILED when something does not, CONFIGURATION when it is no backup of the settings.

    Raises:
        OSError: a file cannot be read.
    """
    try:
        manifest = check_files(backup)
        settings = load_settings(settings_file or backup / SETTINGS_FILE)
        check_settings(manifest, settings)
        proof = None
        if not files_only:
            with progress_bar("verifying") as progress:
                proof = prove_log(backup, manifest, settings, progress)
    except (DamagedBackup, DamagedLog, Divergence, ConfigurationError, LogMismatch) as error:
        return _refuse(backup, error, as_json=as_json)
    result = "whole" if proof is None else "proved"
    _show(backup, result, manifest, as_json=as_json, is_anchored=settings_file is not None, proof=proof)
    if settings_file is None:
        click.secho(_NOT_ANCHORED, err=True, fg="red", bold=True)
    return ExitCode.OK


def run_restore(backup: Path, config_path: Path | None, flags: dict[str, Any], *, as_json: bool) -> None:
    """Put a backup into an empty data directory.

    Raises:
        ConfigurationError: the data directory is not empty, or the backup is of another node or constellation.
        DamagedBackup: it is not what was written.
        StorageFailure: the log is damaged, or cannot be written.
    """
    config = load_config(config_path, flags)
    with progress_bar("restoring") as progress:
        manifest = put_back(backup, config, progress)
    _show(config.data_directory, "restored", manifest, as_json=as_json)
    if not as_json:
        click.echo(_NEXT)


def _refuse(backup: Path, error: Exception, *, as_json: bool) -> ExitCode:
    is_usable = not isinstance(error, (ConfigurationError, LogMismatch))
    result = ("refuted" if isinstance(error, Divergence) else "damaged") if is_usable else "unusable"
    if as_json:
        print_document({"result": result, "backup": str(backup), "message": str(error)})
    else:
        click.echo(f"Error: {backup} is {result.upper()}: {error}", err=True)
    return ExitCode.FAILED if is_usable else ExitCode.CONFIGURATION


def _show(
    place: Path,
    result: str,
    manifest: Manifest,
    *,
    as_json: bool,
    is_anchored: bool | None = None,
    proof: LogProof | None = None,
) -> None:
    found = {"result": result, "path": str(place), **manifest.model_dump()}
    if is_anchored is not None:
        found["anchored"] = is_anchored
    if proof is not None:
        found["state_root"], found["apex"] = proof.state_root.hex(), proof.apex
    if as_json:
        print_document(found)
        return
    console = Console(highlight=False, emoji=False, markup=False, width=max(Console().width, _WIDTH))
    click.echo(f"{place} is {result.upper()}")
    table = Table(show_header=False, box=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in _rows(manifest, proof):
        table.add_row(name, text)
    console.print(table)


def _rows(manifest: Manifest, proof: LogProof | None) -> list[tuple[str, str]]:
    end = manifest.log
    rows = [
        ("node", f"{manifest.role} {manifest.node}"),
        ("made", f"{manifest.created_at} by version {manifest.made_by}"),
        ("constellation", manifest.constellation_id),
        ("settings", manifest.settings_hash),
        ("batches", f"{end.first_batch} to {end.last_batch}, final up to {end.certified_batch}, epoch {end.epoch}"),
        ("files", ", ".join(f"{item.name} ({item.size_bytes} bytes)" for item in manifest.files)),
        ("left out", ", ".join(manifest.left_out) or "nothing"),
    ]
    return rows if proof is None else [*rows, ("state root", proof.state_root.hex())]
