"""The commands ``constellation health`` and ``constellation stop``: about one node that runs on this machine."""

from collections.abc import Callable
from pathlib import Path

import click

_URL = "http://127.0.0.1:7000/readyz"
_CONFIG = click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file of the node.")


def add_health_commands(main: click.Group, explained: Callable[[Callable[[], None]], None]) -> None:
    """Add the commands to ``main``.

    Args:
        main: the program's commands.
        explained: runs a command and turns expected failures into a message and an exit code.
    """

    @main.command()
    @_CONFIG
    @click.option("--url", help=f"Of a node's HTTP port, or a Horizon's /health.  [default: of --config, or {_URL}]")
    @click.option("--timeout-s", default=3.0, type=click.FloatRange(0.1, 60), help="Patience, in seconds.")
    @click.option("--wait-s", default=0.0, type=click.FloatRange(0, 86_400), help="Ask until it is ready, so long.")
    def health(config_path: Path | None, url: str | None, timeout_s: float, wait_s: float) -> None:
        """Ask a running node whether it is ready: exit code 0 when it is, 1 when not."""
        if url is not None and config_path is not None:
            raise click.UsageError("--url and --config exclude each other")
        from constellation.node.health import Unhealthy, ask_patiently

        found = [url or _URL]
        if config_path is not None:
            explained(lambda: found.insert(0, _url_of(config_path)))
        try:
            click.echo(ask_patiently(found[0], timeout_s, wait_s))
        except Unhealthy as error:  # containers ask often: what explains other failures is not loaded for it
            raise click.ClickException(str(error)) from None

    @main.command()
    @_CONFIG
    @click.option("--data-directory", type=click.Path(path_type=Path), help="Of the running node.")
    @click.option("--timeout-s", default=60.0, type=click.FloatRange(0.1, 3600), help="Patience, in seconds.")
    def stop(config_path: Path | None, data_directory: Path | None, timeout_s: float) -> None:
        """Ask the process that uses a data directory to end, and wait until it has ended.

        It ends as with Ctrl-C: nothing acknowledged is lost. What a service manager has started is stopped there:
        systemctl stop, docker compose stop. Exit code 0: nobody uses the directory now. 6: somebody does still.
        """
        from constellation.node.stop_command import run_stop

        explained(lambda: run_stop(config_path, data_directory, timeout_s))


def _url_of(config_path: Path) -> str:
    from constellation.node.config import load_config, local_url

    return f"{local_url(load_config(config_path, {}).http_listen)}/readyz"
