"""The commands about reserves and balances. Heavy modules are imported when a command runs."""

import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

Run = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]
Explained = Callable[[Callable[[], None]], None]

_PATH = click.Path(path_type=Path)
_SETTINGS = click.option(
    "--settings-file", type=_PATH, default=Path("constellation.json"), help="The settings of genesis that you trust."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print a JSON document.")


def add_reserve_commands(main: click.Group, run: Run, explained: Explained) -> None:
    """Add the commands to ``main``.

    Args:
        main: the program's commands.
        run: runs a coroutine and turns expected failures into a message and an exit code.
        explained: the same for a function.
    """

    @main.command("prove-reserves")
    @click.option("--url", required=True, help="Of alpha's gateway: ws:// or wss://.")
    @click.option("--horizon-url", required=True, help="Of the Stellar network: one that you trust.")
    @_SETTINGS
    @click.option("--account-key-file", type=_PATH, help="Prove your own account, too.")
    @click.option("--output", type=_PATH, help="Write the proof to a new file, for verify-balance.")
    @click.option(
        "--timeout-s", default=420.0, type=click.FloatRange(1, 3600), help="For a checkpoint that can be compared."
    )
    @_JSON
    def prove_reserves(
        url: str,
        horizon_url: str,
        settings_file: Path,
        account_key_file: Path | None,
        output: Path | None,
        timeout_s: float,
        as_json: bool,
    ) -> None:
        """Compare what the vault holds on the ledger with what is owed, by proof.

        What is owed is proven by the auditors' signatures; what the vault holds is the word of the Horizon that you
        name. Exit code 0: everything is covered. 1: something is not, or could not be compared in time.
        """
        from constellation.node.reserve_commands import run_prove_reserves

        async def prove() -> None:
            code = await run_prove_reserves(
                url, horizon_url, settings_file, account_key_file, output, timeout_s, as_json
            )
            if code:
                sys.exit(code)

        run(prove)

    @main.command("verify-balance")
    @click.argument("document", metavar="PROOF", type=_PATH)
    @_SETTINGS
    @_JSON
    def verify_balance(document: Path, settings_file: Path, as_json: bool) -> None:
        """Check a proof that prove-reserves has written, without asking anybody."""
        from constellation.node.reserve_commands import run_verify_balance

        explained(lambda: run_verify_balance(document, settings_file, as_json))
