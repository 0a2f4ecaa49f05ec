"""``constellation status``: the whole constellation, as one or several nodes show it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass

import click
from rich.console import Console
from rich.live import Live

from constellation.node.health import Unhealthy
from constellation.node.run import stop_event
from constellation.node.status_document import Json, constellation_document
from constellation.node.status_table import constellation_table
from constellation.node.waiting import read_nodes, wait_until_whole

_WIDTH_UNKNOWN = 150
"""Of what is written to a file."""


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What the operator asked for.

    Attributes:
        urls: of the nodes' HTTP ports.
        interval_s: between two readings.
        timeout_s: patience with a node.
        watch: go on until Ctrl-C.
        as_json: print documents, one a line.
        wait_s: first wait so long until nothing is missing; None does not wait.
    """

    urls: tuple[str, ...]
    interval_s: float
    timeout_s: float
    watch: bool
    as_json: bool
    wait_s: float | None = None


async def run_status(options: StatusOptions) -> None:
    """Print once, or again and again.

    Raises:
        Unhealthy: a node did not answer the last time, or something was missing still; it was shown all the same.
    """
    lacking = [] if options.wait_s is None else await wait_until_whole(options.urls, options.wait_s, options.timeout_s)
    stop = stop_event(on_eof=False)
    documents = _documents(options, stop)
    last = await (_show(documents) if options.watch and not options.as_json else _print(documents, options))
    silent = [node["problem"] for node in last["nodes"] if node["problem"] is not None]
    if lacking or silent:
        raise Unhealthy("; ".join(lacking or silent))


async def _documents(options: StatusOptions, stop: asyncio.Event) -> AsyncIterator[Json]:
    """What the nodes show, one interval after the other; a first reading only makes rates possible."""
    before = await read_nodes(options.urls, options.timeout_s)
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(options.interval_s):
                await stop.wait()
        after = await read_nodes(options.urls, options.timeout_s)
        yield constellation_document(before, after)
        if not options.watch:
            return
        before = after


async def _print(documents: AsyncIterator[Json], options: StatusOptions) -> Json:
    document: Json = {"nodes": []}
    console = _console()
    async for document in documents:
        if options.as_json:
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            console.print(constellation_table(document))
    return document


async def _show(documents: AsyncIterator[Json]) -> Json:
    """A live table, where there is a terminal."""
    document: Json = {"nodes": []}
    console = _console()
    with Live(console=console, auto_refresh=False) if console.is_terminal else nullcontext() as live:
        async for document in documents:
            table = constellation_table(document)
            if live is None:
                console.print(table)
            else:
                live.update(table, refresh=True)
    return document


def _console() -> Console:
    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else _WIDTH_UNKNOWN)
