"""``constellation chronicler``, ``constellation chronicler rebuild`` and ``constellation chronicler digest``."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from constellation.chronicler.chronicle import drop_chronicle, is_chronicle, open_chronicle
from constellation.chronicler.connections import UnusableDatabase, is_damage, moment, open_engine, set_aside
from constellation.chronicler.digests import table_digests
from constellation.chronicler.writer import read_cursor
from constellation.node.archive_commands import progress_bar
from constellation.node.archive_output import print_document
from constellation.node.chronicle_archive import fill_from_archive
from constellation.node.chronicler import ChroniclerNode, database_url
from constellation.node.chronicler_process import history_directory
from constellation.node.config import NodeConfig, load_config, load_settings
from constellation.node.hangups import on_hangup
from constellation.node.logs import configure_logging
from constellation.node.reloading import Reloading
from constellation.node.run import stop_event
from constellation.snapshots import DataDirectory

log = logging.getLogger(__name__)


async def run_chronicler(
    config_path: Path | None, flags: dict[str, Any], *, stop_on_eof: bool, feed: bool = False
) -> None:
    """Run a chronicler, or a feed server, until it is asked to stop."""
    reloading = Reloading(lambda: load_config(config_path, flags))
    config = reloading.config
    role = "feed" if feed else "chronicler"
    configure_logging(config.log_level, config.log_format, role)
    settings = load_settings(config.settings_file)
    stop = stop_event(on_eof=stop_on_eof)
    log.info("starting", extra={"role": role})
    with on_hangup(reloading.reload):
        await ChroniclerNode(config, settings, feed=feed).run(stop)
    log.info("stopped", extra={"role": role})


def run_rebuild(config_path: Path | None, flags: dict[str, Any], archives: Sequence[Path], *, keep: bool) -> None:
    """Begin a history anew, and fill it from archives."""
    config = _load(config_path, flags)
    settings = load_settings(config.settings_file)
    url = database_url(config)
    with DataDirectory(config.data_directory):
        if not keep:
            _drop(url)
        engine = open_chronicle(url, settings)
        try:
            for archive in archives:
                with progress_bar(archive.name) as progress:
                    fill_from_archive(engine, settings, archive, progress)
            with engine.begin() as connection:
                cursor = read_cursor(connection)
        finally:
            engine.dispose()
    click.echo(f"the history has everything up to batch {cursor.tip.number}, quantum {cursor.apex}")


def _load(config_path: Path | None, flags: dict[str, Any]) -> NodeConfig:
    """The configuration of a chronicler, also of one that a node runs beside itself."""
    config = load_config(config_path, flags)
    return config.model_copy(update={"data_directory": history_directory(config)})


def _drop(url: str) -> None:
    """Drop the history; a file that is damaged is renamed, so that it can be looked at.

    Raises:
        UnusableDatabase: the database cannot be reached, or not be changed.
    """
    engine = open_engine(url)
    try:
        drop_chronicle(engine)
    except DBAPIError as error:
        engine.dispose()
        if not is_damage(error):
            raise UnusableDatabase(f"the database cannot be used: {error.orig}") from None
        path = set_aside(engine.url)
        click.echo(f"the database is damaged ({error.orig}): it is {path} now")
    finally:
        engine.dispose()


def run_digest(config_path: Path | None, flags: dict[str, Any], *, as_json: bool) -> None:
    """Print the hashes of all tables."""
    config = _load(config_path, flags)
    engine = open_engine(database_url(config), read_only=True)
    try:
        if not is_chronicle(engine):
            raise UnusableDatabase("there is no history in the database")
        with moment(engine) as connection, progress_bar("reading") as progress:
            cursor = read_cursor(connection)
            digests = {name: digest.hex() for name, digest in table_digests(connection, progress).items()}
    except DBAPIError as error:
        raise UnusableDatabase(f"the database cannot be read: {error.orig}") from None
    finally:
        engine.dispose()
    if as_json:
        print_document({"batch": cursor.tip.number, "apex": cursor.apex, "tables": digests})
        return
    table = Table("Table", "SHA-256 of its rows", title=f"History up to batch {cursor.tip.number}")
    for name, digest in digests.items():
        table.add_row(name, digest)
    Console().print(table)
