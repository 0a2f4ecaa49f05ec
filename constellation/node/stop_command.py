"""``constellation stop``: end the node that uses a data directory."""

import os
import signal
import time
from pathlib import Path

import click

from constellation.node.config import ConfigurationError, load_config
from constellation.snapshots import DirectoryInUse
from constellation.snapshots.directory import holder, is_in_use

_PAUSE_S = 0.1


def run_stop(config_path: Path | None, data_directory: Path | None, timeout_s: float) -> None:
    """Ask the process to end, and wait until it has.

    Args:
        config_path: of the node's configuration.
        data_directory: overrides the configuration's.
        timeout_s: patience.

    Raises:
        ConfigurationError: there is no such directory.
        DirectoryInUse: it did not end, or cannot be asked to from here.
    """
    directory = load_config(config_path, {"data_directory": data_directory}).data_directory
    if not directory.is_dir():
        raise ConfigurationError(f"data_directory: there is no directory {directory}")
    if not is_in_use(directory):
        click.echo(f"no process uses {directory}")
        return
    process = holder(directory)
    if process is None:
        raise DirectoryInUse(
            f"{directory} is in use by a process of another user or container: stop it the way it was started"
        )
    _ask_to_end(directory, process)
    end_s = time.monotonic() + timeout_s
    while is_in_use(directory):
        if time.monotonic() > end_s:
            raise DirectoryInUse(f"{directory}: process {process} was asked to end and has not, after {timeout_s:g} s")
        time.sleep(_PAUSE_S)
    click.echo(f"stopped: process {process}, which used {directory}")


def _ask_to_end(directory: Path, process: int) -> None:
    try:
        os.kill(process, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it has ended meanwhile
    except PermissionError:
        raise DirectoryInUse(f"{directory}: process {process} is another user's: stop it as that user") from None
