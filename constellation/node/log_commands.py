"""``constellation verify --data-directory``: the full check of a stopped node's own log."""

from pathlib import Path

import click

from constellation.node.archive_commands import progress_bar
from constellation.node.archive_output import Json, print_document
from constellation.node.config import ConfigurationError, load_config, load_settings
from constellation.node.exit_codes import ExitCode
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Settings
from constellation.snapshots import DamagedLog, DataDirectory, LogMismatch, QuantumLog
from constellation.snapshots.damage_check import LogProof, check_log


def run_verify_log(
    config_path: Path | None, data_directory: Path | None, settings_file: Path | None, as_json: bool
) -> ExitCode:
    """Check everything in a stopped node's log and print what came of it.

    Damage is noted in the data directory: the node's next start knows of it.

    Returns:
        OK when everything holds, FAILED when something does not, CONFIGURATION when there is no log to look at.

    Raises:
        DirectoryInUse: the node runs.
        StorageFailure: the log cannot be read.
    """
    try:
        config = load_config(config_path, {"data_directory": data_directory, "settings_file": settings_file})
        settings = load_settings(config.settings_file)
        if not (config.data_directory / "log.sqlite").is_file():
            raise ConfigurationError(f"data_directory: there is no log in {config.data_directory}")
        with DataDirectory(config.data_directory) as directory:
            return _check(directory, settings, as_json)
    except (ConfigurationError, LogMismatch) as error:
        if as_json:
            print_document({"result": "unusable", "message": str(error)})
        else:
            click.echo(f"Error: the log cannot be verified: {error}", err=True)
        return ExitCode.CONFIGURATION


def _check(directory: DataDirectory, settings: Settings, as_json: bool) -> ExitCode:
    path = directory.log_path
    try:
        log = QuantumLog(path, settings)
        try:
            with progress_bar("verifying") as progress:
                proof = check_log(log, settings, progress)
        finally:
            log.close()
    except (DamagedLog, Divergence) as error:
        is_damaged = isinstance(error, DamagedLog)
        if is_damaged:
            directory.note_damage(str(error))
        if as_json:
            print_document({"result": "damaged" if is_damaged else "refuted", "log": str(path), "message": str(error)})
        else:
            click.echo(f"Error: {path} is {'DAMAGED' if is_damaged else 'REFUTED'}: {error}", err=True)
        return ExitCode.FAILED
    if as_json:
        print_document(document(path, proof))
    else:
        _print(document(path, proof))
    return ExitCode.OK


def document(path: Path, proof: LogProof) -> Json:
    """What was proved about a log, as JSON types."""
    return {
        "result": "proved",
        "log": str(path),
        "starts_after_batch": proof.base,
        "last_batch": proof.tip.number,
        "last_header_hash": proof.tip.digest.hex(),
        "epoch": proof.tip.epoch,
        "certified_batch": proof.certified,
        "certificates": proof.certificates,
        "promises": proof.promises,
        "checkpoint": proof.checkpoint,
        "replayed_from": proof.replayed_from,
        "apex": proof.apex,
        "state_root": proof.state_root.hex(),
    }


def _print(found: Json) -> None:
    click.echo(f"{found.pop('log')} is PROVED")
    del found["result"]
    for name, value in found.items():
        click.echo(f"  {name.replace('_', ' ')}: {'none' if value is None else value}")
