"""The commands that back a node up and restore it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Explained = Callable[[Callable[[], None]], None]

_CONFIG = click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file of the node.")
_DATA = click.option("--data-directory", type=click.Path(path_type=Path), help="Log and evidence.")
_SETTINGS = click.option("--settings-file", type=click.Path(path_type=Path), help="The constellation's settings.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")


def add_backup_commands(main: click.Group, explained: Explained) -> None:
    """Add the commands to ``main``.

    Args:
        main: the program's commands.
        explained: runs a function and turns expected failures into a message and an exit code.
    """
    group = click.Group("backup", help="Back up a node's data while it runs, and verify a backup.")
    main.add_command(group)

    @group.command("create")
    @_CONFIG
    @_DATA
    @_SETTINGS
    @click.option("--output", type=click.Path(path_type=Path), required=True, help="Directory to make.")
    @_JSON
    def create(config_path: Path | None, output: Path, as_json: bool, **flags: Any) -> None:
        """Copy what a node must keep into a new directory, as it is at one moment; the node may run.

        In it are the log, evidence, open proposals, what was signed of a refund, and the settings; never a key, a
        signer's record or a witness, whose old copies would be dangerous.
        """
        from constellation.node.backups.commands import run_create

        explained(lambda: run_create(config_path, flags, output, as_json=as_json))

    @group.command("verify")
    @click.argument("backup", type=click.Path(path_type=Path))
    @click.option("--settings-file", type=click.Path(path_type=Path), help="The settings that you trust.")
    @click.option("--files-only", is_flag=True, help="Compare hashes; do not execute the log.")
    @_JSON
    def verify(backup: Path, settings_file: Path | None, files_only: bool, as_json: bool) -> None:
        """Look whether every file of BACKUP is what was written, and prove its log by executing it.

        Nothing is changed. Exit code 0: it holds. 1: it does not. 3: it is no backup, or not of these settings.
        """
        from constellation.node.backups.commands import run_verify

        explained(lambda: sys.exit(run_verify(backup, settings_file, files_only=files_only, as_json=as_json)))

    @main.command()
    @click.argument("backup", type=click.Path(path_type=Path))
    @_CONFIG
    @_DATA
    @_SETTINGS
    @click.option("--key-file", type=click.Path(path_type=Path), help="The node's seed, to compare whose data it is.")
    @_JSON
    def restore(backup: Path, config_path: Path | None, as_json: bool, **flags: Any) -> None:
        """Put BACKUP into a node's data directory, which must be empty, and mark it as a copy.

        The node must not run. An auditor then catches up before it counts, as one that has lost its disk.
        """
        from constellation.node.backups.commands import run_restore

        explained(lambda: run_restore(backup, config_path, flags, as_json=as_json))
