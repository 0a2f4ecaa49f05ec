"""The commands around a chronicler: run it, build its history anew, compare histories."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that say whose history it is, and where."""
    for option in (
        click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file."),
        click.option("--settings-file", type=click.Path(path_type=Path), help="The constellation's settings."),
        click.option("--data-directory", type=click.Path(path_type=Path), help="Where the history is, by default."),
        click.option("--database-url", help="sqlite:///… or postgresql://…, where it is elsewhere."),
    ):
        command = option(command)
    return command


def _flags(settings_file: Path | None, data_directory: Path | None, database_url: str | None) -> dict[str, Any]:
    return {
        "settings_file": settings_file,
        "data_directory": data_directory,
        "chronicler.database_url": database_url,
    }


def _server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options of a process that stays."""
    for option in reversed(
        (
            click.option(
                "--peer", "peers", multiple=True, help="http:// address of a chronicle_listen; may be repeated."
            ),
            click.option("--listen", help="host:port for alpha's questions and further chroniclers."),
            click.option("--http-listen", help="host:port of health and status."),
            click.option("--feed-listen", help="host:port of market data for everybody."),
            click.option("--nats-url", help="nats:// or tls:// address of a NATS server with JetStream."),
            click.option("--log-level", type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR"])),
            click.option("--log-format", type=click.Choice(["text", "json"])),
            click.option("--stop-on-eof", is_flag=True, hidden=True, help="Stop when standard input ends."),
        )
    ):
        command = option(command)
    return command


def _server_flags(peers: tuple[str, ...], given: dict[str, Any]) -> dict[str, Any]:
    """The settings among the options, by their names."""
    own = ("log_level", "log_format")
    return {"chronicler.peers": peers} | {
        name if name in own else f"chronicler.{name}": value for name, value in given.items()
    }


def add_chronicler_commands(main: click.Group, run: Run, explained: Callable[[Callable[[], None]], None]) -> None:
    """Add ``constellation chronicler`` and what is below it.

    Args:
        main: the command line.
        run: runs a coroutine and turns expected failures into exit codes.
        explained: the same for a function.
    """

    @main.group(invoke_without_command=True)
    @_options
    @_server_options
    @click.pass_context
    def chronicler(
        context: click.Context,
        /,
        config_path: Path | None,
        settings_file: Path | None,
        data_directory: Path | None,
        database_url: str | None,
        peers: tuple[str, ...],
        stop_on_eof: bool,
        **given: Any,
    ) -> None:
        """Write the constellation's history into SQL, and serve it."""
        if context.invoked_subcommand is not None:
            return
        from constellation.node.chronicler_commands import run_chronicler

        flags = _flags(settings_file, data_directory, database_url) | _server_flags(peers, given)
        run(lambda: run_chronicler(config_path, flags, stop_on_eof=stop_on_eof))

    @main.command()
    @_options
    @_server_options
    def feed(
        config_path: Path | None,
        settings_file: Path | None,
        data_directory: Path | None,
        database_url: str | None,
        peers: tuple[str, ...],
        stop_on_eof: bool,
        **given: Any,
    ) -> None:
        """Serve market data and history out of a NATS stream, without asking alpha for anything.

        It is a chronicler with a history of its own that follows the stream at --nats-url; what the stream has dropped
        it gets from its peers.
        """
        from constellation.node.chronicler_commands import run_chronicler

        flags = _flags(settings_file, data_directory, database_url) | _server_flags(peers, given)
        run(lambda: run_chronicler(config_path, flags, stop_on_eof=stop_on_eof, feed=True))

    @chronicler.command()
    @_options
    @click.option(
        "--archive",
        "archives",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Fill it from archives, the earliest one first; may be repeated.",
    )
    @click.option("--keep", is_flag=True, help="Go on behind what is there instead of beginning anew.")
    def rebuild(
        config_path: Path | None,
        settings_file: Path | None,
        data_directory: Path | None,
        database_url: str | None,
        archives: tuple[Path, ...],
        keep: bool,
    ) -> None:
        """Drop the history of a stopped chronicler; fill it from archives, or let it be filled by its peers.

        Every batch of an archive is executed again and verified. What the archives lack, the chronicler gets from its
        peers when it runs again.
        """
        from constellation.node.chronicler_commands import run_rebuild

        flags = _flags(settings_file, data_directory, database_url)
        explained(lambda: run_rebuild(config_path, flags, archives, keep=keep))

    @chronicler.command()
    @_options
    @click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
    def digest(
        config_path: Path | None,
        settings_file: Path | None,
        data_directory: Path | None,
        database_url: str | None,
        as_json: bool,
    ) -> None:
        """Print a hash of each table: histories that have come equally far have the same, wherever they are."""
        from constellation.node.chronicler_commands import run_digest

        explained(lambda: run_digest(config_path, _flags(settings_file, data_directory, database_url), as_json=as_json))
