"""The commands that look at a node's set-up: its configuration, and everything around it."""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
Explained = Callable[[Callable[[], None]], None]

_CONFIG = click.option("--config", "config_path", type=click.Path(path_type=Path), help="TOML file.")


def add_config_commands(main: click.Group, run: Run, explained: Explained) -> None:
    """Add the commands to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
        explained: the same for a function.
    """
    group = click.Group("config", help="Check and show a node's configuration, without secrets.")
    main.add_command(group)

    @group.command("check")
    @_CONFIG
    def check(config_path: Path | None) -> None:
        """Read the configuration as a node would, from the file and the environment, and the settings that it names."""
        from constellation.node.config_commands import run_check

        explained(lambda: run_check(config_path))

    @group.command("show")
    @_CONFIG
    @click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
    def show(config_path: Path | None, as_json: bool) -> None:
        """Print every setting, its value and whether it differs from the default; passwords in URLs are hidden."""
        from constellation.node.config_commands import run_show

        explained(lambda: run_show(config_path, as_json=as_json))

    @main.command()
    @click.argument("role", type=click.Choice(["alpha", "auditor"]))
    @_CONFIG
    @click.option("--settings-file", type=click.Path(path_type=Path), help="The constellation's settings.")
    @click.option("--key-file", type=click.Path(path_type=Path), help="The node's seed.")
    @click.option("--data-directory", type=click.Path(path_type=Path), help="Log and evidence.")
    @click.option("--horizon-url", "horizon_urls", multiple=True, help="Of the Stellar network; may be repeated.")
    @click.option("--http-listen", help="host:port of health and status.")
    @click.option("--client-listen", help="host:port for traders.")
    @click.option("--cluster-listen", help="host:port for auditors.")
    @click.option("--alpha-url", help="ws:// or wss:// address of alpha's cluster port.")
    @click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")
    def doctor(
        role: str,
        config_path: Path | None,
        client_listen: str | None,
        cluster_listen: str | None,
        alpha_url: str | None,
        as_json: bool,
        **flags: Any,
    ) -> None:
        """Look at everything that a node of this ROLE needs, before it is trusted, and say what to do.

        It looks at settings, key, disk, ports, certificates, clock, Stellar servers, the vault's signers and the other
        members, and changes nothing. The node may run or not. Exit code 0: nothing must be done. 1: something must.
        """
        from constellation.node.doctor.command import run_doctor

        flags |= {"alpha.client_listen": client_listen, "alpha.cluster_listen": cluster_listen}
        flags |= {"auditor.alpha_url": alpha_url}

        async def examine() -> None:
            code = await run_doctor(role, config_path, flags, as_json=as_json)
            if code:
                sys.exit(code)

        run(examine)
