"""``constellation export`` and ``constellation verify``: history as a file, and the proof of it without anybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from constellation.node.archive_output import document, print_document, print_table, refutation
from constellation.node.config import ConfigurationError, check_is_free, load_config, load_settings
from constellation.node.exit_codes import ExitCode
from constellation.protocol.signing import settings_hash
from constellation.snapshots import DataDirectory, QuantumLog
from constellation.snapshots.archive import ArchiveRefuted, UnusableArchive
from constellation.snapshots.archive_export import export_log, last_snapshot
from constellation.snapshots.archive_proof import verify_archive

_HASH_DIGITS = 64
_NOT_ANCHORED = (
    "NOT ANCHORED: the settings, and with them the keys of alpha and the auditors, were taken from the archive itself. "
    "Anybody can make such an archive. Compare the settings hash with one that you trust, or give --settings-file or "
    "--settings-hash."
)


def run_export(
    config_path: Path | None,
    data_directory: Path | None,
    settings_file: Path | None,
    output: Path,
    from_checkpoint: bool,
) -> None:
    """Write the certified part of a stopped node's log to ``output``, or what follows its last checkpoint.

    A log that does not begin at genesis any more can only be exported from its last checkpoint on.

    Raises:
        ConfigurationError: there is no log, or ``output`` exists.
        DirectoryInUse: the node runs.
        NothingCertified: there is nothing to prove yet.
        DamagedLog: the log is damaged.
        StorageFailure: the log cannot be read.
    """
    config = load_config(config_path, {"data_directory": data_directory, "settings_file": settings_file})
    settings = load_settings(config.settings_file)
    check_is_free(output)
    if not config.data_directory.is_dir():
        raise ConfigurationError(f"data_directory: there is no directory {config.data_directory}")
    with DataDirectory(config.data_directory) as directory, progress_bar("exporting") as progress:
        if not directory.log_path.is_file():
            raise ConfigurationError(f"data_directory: there is no log in {config.data_directory}")
        log = QuantumLog(directory.log_path, settings)
        try:
            snapshot = last_snapshot(log) if from_checkpoint or log.base else None
            exported = export_log(log, output, progress, snapshot)
        finally:
            log.close()
    start = "" if snapshot is None else f"the state after batch {exported.first - 1}, "
    batches = f"batches {exported.first} to {exported.last}" if exported.first <= exported.last else "no batches"
    digest = settings_hash(settings).hex()
    click.echo(f"{output}: {start}{batches} with {exported.certificates} certificates; settings {digest}")


def run_verify(archive: Path, settings_file: Path | None, settings_digest: str | None, as_json: bool) -> ExitCode:
    """Prove or refute ``archive`` and print what came of it.

    Returns:
        OK when everything was proved, FAILED when something does not hold, CONFIGURATION when the input is not usable.
    """
    try:
        expected = _expected(settings_file, settings_digest)
        with progress_bar("verifying") as progress:
            proof = verify_archive(archive, expected, progress)
    except ArchiveRefuted as error:
        if as_json:
            print_document(refutation(archive, error, anchored=expected is not None))
        else:
            click.echo(f"Error: {archive} is REFUTED{_place(error)}: {error}", err=True)
        return ExitCode.FAILED
    except (ConfigurationError, UnusableArchive, OSError) as error:
        if as_json:
            print_document({"result": "unusable", "archive": str(archive), "message": str(error)})
        else:
            click.echo(f"Error: {archive} cannot be verified: {error}", err=True)
        return ExitCode.CONFIGURATION
    if as_json:
        print_document(document(archive, proof))
    else:
        print_table(archive, proof)
    if not proof.anchored:
        click.secho(_NOT_ANCHORED, err=True, fg="red", bold=True)
    return ExitCode.OK


def _expected(settings_file: Path | None, settings_digest: str | None) -> bytes | None:
    """The hash of the settings that the caller trusts."""
    if settings_file is not None and settings_digest is not None:
        raise ConfigurationError("give --settings-file or --settings-hash, not both")
    if settings_file is not None:
        return settings_hash(load_settings(settings_file))
    if settings_digest is None:
        return None
    try:
        digest = bytes.fromhex(settings_digest)
    except ValueError:
        digest = b""
    if len(settings_digest) != _HASH_DIGITS or len(digest) * 2 != _HASH_DIGITS:
        raise ConfigurationError(f"--settings-hash: it must be {_HASH_DIGITS} hexadecimal digits")
    return digest


def _place(error: ArchiveRefuted) -> str:
    parts = [f"record {error.record}, byte {error.offset}"]
    if error.batch is not None:
        parts.append(f"batch {error.batch}")
    if error.quantum is not None:
        parts.append(f"quantum {error.quantum}")
    return f" ({', '.join(parts)})"


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error that vanishes when the work is done; nothing when that is no terminal."""
    columns = (TextColumn(title), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title)
        yield lambda done, total: progress.update(task, completed=done, total=total)
