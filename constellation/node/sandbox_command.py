"""``constellation sandbox``: everything in one terminal, until Ctrl-C."""

import asyncio
import tempfile
import webbrowser
from collections.abc import Coroutine
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from constellation.marketdata.terminal import read_page
from constellation.node.config import ConfigurationError
from constellation.node.run import stop_event
from constellation.node.sandbox import CHRONICLER, Ports, Sandbox
from constellation.node.sandbox_market import SandboxMarket
from constellation.node.wide_console import wide_console

_WATCH_S = 0.5
_STYLES = ("cyan", "magenta", "green", "yellow", "blue", "red")


def check_new(directory: Path | None) -> None:
    """A sandbox starts with a new directory.

    Raises:
        ConfigurationError: there is something in it.
    """
    if directory is not None and directory.exists() and any(directory.iterdir()):
        raise ConfigurationError(f"{directory} is not empty; a sandbox starts with a new directory")


async def run_sandbox(directory: Path | None, auditors: int, *, bots: bool = True, open_page: bool = False) -> None:
    """Start a sandbox, show its addresses and its logs, stop it cleanly.

    Args:
        directory: for its files; None: a temporary one.
        auditors: how many.
        bots: whether somebody trades.
        open_page: whether the terminal is opened in a browser.

    Raises:
        ChildFailed: a process ended by itself.
    """
    check_new(directory)
    console = Console(highlight=False, emoji=False)

    def show(name: str, line: str) -> None:
        style = _STYLES[sum(name.encode()) % len(_STYLES)]
        console.print(f"[{style}]{name:>10}[/] ", end="")
        console.print(line, markup=False, soft_wrap=True)

    keep = nullcontext(str(directory)) if directory else tempfile.TemporaryDirectory(prefix="constellation-")
    with keep as path:
        sandbox = Sandbox(Path(path), auditors, Ports.fixed(auditors), show, chronicler=True)
        stop = stop_event(on_eof=False)
        try:
            await _until(stop, sandbox.start(lambda text: console.print(f"[bold]{text}[/]")))
            traders: list[Path] = []
            if not stop.is_set():
                await _until(stop, _fund(sandbox, traders, console))
            if not stop.is_set():
                wide_console().print(_addresses(sandbox, traders))
                if open_page:
                    await asyncio.to_thread(webbrowser.open, sandbox.feed_url)
                await _until(stop, _watch(sandbox, bots, console))
        finally:
            console.print("[bold]stopping[/]")
            codes = await sandbox.stop()
            console.print("stopped: " + ", ".join(f"{name} {code}" for name, code in codes.items()))


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Run ``work`` until it is done or ``stop`` is set."""
    task = asyncio.create_task(work)
    stopper = asyncio.create_task(stop.wait())
    await asyncio.wait([task, stopper], return_when=asyncio.FIRST_COMPLETED)
    stopper.cancel()
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return
    task.result()


async def _fund(sandbox: Sandbox, traders: list[Path], console: Console) -> None:
    console.print("[bold]funding two traders on the ledger, who deposit into the vault[/]")
    for name in ("alice", "bob"):
        traders.append(await sandbox.funded_trader(name))


def _addresses(sandbox: Sandbox, traders: list[Path]) -> Table:
    table = Table(title="The sandbox is ready. Ctrl-C stops it.", title_justify="left")
    table.add_column("what")
    table.add_column("where", overflow="fold")
    is_built = bool(read_page())
    table.add_row(
        "[bold]the page to trade on[/]", sandbox.feed_url if is_built else "not built: make web, with Node.js"
    )
    table.add_row("traders connect to", sandbox.client_url)
    table.add_row("settings (public)", str(sandbox.settings_path))
    for path in traders:
        table.add_row(f"seed of {path.stem}, who has 500 XLM and 500 USD", str(path))
    table.add_row("market data", f"{sandbox.feed_url}/v1/markets, ws://…/v1/ws")
    table.add_row("Horizon of the sandbox ledger", sandbox.horizon_url)
    table.add_row("friendbot", f"{sandbox.horizon_url}/friendbot?addr=G…")
    nodes = [*sandbox.nodes, CHRONICLER]
    for node in nodes:
        table.add_row(f"status of {node}", f"{sandbox.status_url(node)}/status")
    urls = " ".join(f"--url {sandbox.status_url(node)}" for node in nodes)
    table.add_row("all of them, live", f"constellation status {urls}")
    return table


async def _watch(sandbox: Sandbox, bots: bool, console: Console) -> None:
    """Ends with an error when a process does; the bots go on meanwhile."""
    trading = asyncio.create_task(_trade(sandbox, console)) if bots else None
    try:
        while True:
            for child in sandbox.processes.values():
                child.check()
            await asyncio.sleep(_WATCH_S)
    finally:
        if trading is not None:
            trading.cancel()
            await asyncio.gather(trading, return_exceptions=True)


async def _trade(sandbox: Sandbox, console: Console) -> None:
    """What goes wrong with the bots is told, and leaves the sandbox as it is."""
    try:
        await SandboxMarket(sandbox).run()
    except* Exception as errors:
        for error in errors.exceptions:
            console.print(f"[bold]the bots have stopped:[/] {error}")
