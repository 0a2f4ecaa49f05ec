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
from constellation.node.node_reading import read_node
from constellation.node.run import stop_event
from constellation.node.status_document import Found, Json, constellation_document
from constellation.node.status_table import constellation_table

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
    """

    urls: tuple[str, ...]
    interval_s: float
    timeout_s: float
    watch: bool
    as_json: bool


async def run_status(options: StatusOptions) -> None:
    """Print once, or again and again.

    Raises:
        Unhealthy: a node did not answer the last time; it was shown all the same.
    """
    stop = stop_event(on_eof=False)
    documents = _documents(options, stop)
    last = await (_show(documents) if options.watch and not options.as_json else _print(documents, options))
    silent = [node["problem"] for node in last["nodes"] if node["problem"] is not None]
    if silent:
        raise Unhealthy("; ".join(silent))


async def _documents(options: StatusOptions, stop: asyncio.Event) -> AsyncIterator[Json]:
    """What the nodes show, one interval after the other; a first reading only makes rates possible."""
    before = await _read(options)
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(options.interval_s):
                await stop.wait()
        after = await _read(options)
        yield constellation_document(before, after)
        if not options.watch:
            return
        before = after


async def _read(options: StatusOptions) -> dict[str, Found]:
    """All nodes at once."""

    async def read(url: str) -> Found:
        try:
            now_s = asyncio.get_running_loop().time()
            return await asyncio.to_thread(read_node, url, options.timeout_s, now_s)
        except Unhealthy as error:
            return str(error)

    found = await asyncio.gather(*map(read, options.urls))
    return dict(zip(options.urls, found, strict=True))


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
