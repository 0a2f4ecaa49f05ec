"""Waits until a constellation is whole again: what must be so before the next node may be restarted."""

import asyncio
from collections.abc import Sequence
from typing import Final

from constellation.node.health import Unhealthy
from constellation.node.logs import escaped
from constellation.node.node_reading import read_node
from constellation.node.status_document import Found, Json, constellation_document

LAG_MAX_BATCHES: Final = 64
"""An auditor that has not signed more than these is behind: in a busy constellation those are some hundred ms."""

_PAUSE_S: Final = 0.5


def missing(document: Json) -> list[str]:
    """What keeps a constellation from being whole, as far as a document of its status shows.

    Each node must answer and be ready. Where alpha is among them, each auditor must follow it and be near its end.
    """
    found = [node["problem"] or _not_ready(node) for node in document["nodes"]]
    return [*filter(None, found), *filter(None, map(_away, document["auditors"]))]


def _not_ready(node: Json) -> str | None:
    return None if node["ready"] else escaped(f"{node['url']} is {node['state']}: {'; '.join(node['reasons'])}")


def _away(auditor: Json) -> str | None:
    name, lag_batches = escaped(auditor["auditor"]), auditor["lag_batches"]
    if not auditor["connected"]:
        return f"alpha is not followed by {name}"
    if lag_batches is None or lag_batches > LAG_MAX_BATCHES:
        return f"{name} is {lag_batches} batches behind alpha"
    return None


async def read_nodes(urls: Sequence[str], timeout_s: float) -> dict[str, Found]:
    """Ask all nodes at once.

    Args:
        urls: of their HTTP ports.
        timeout_s: patience with each, for each step of connecting and reading.
    """

    async def read(url: str) -> Found:
        try:
            now_s = asyncio.get_running_loop().time()
            return await asyncio.to_thread(read_node, url, timeout_s, now_s)
        except Unhealthy as error:
            return str(error)

    return dict(zip(urls, await asyncio.gather(*map(read, urls)), strict=True))


async def wait_until_whole(urls: Sequence[str], wait_s: float, timeout_s: float = 3.0) -> list[str]:
    """Wait until nothing is missing; what is missing still when the time is over.

    Args:
        urls: of the nodes' HTTP ports.
        wait_s: for how long.
        timeout_s: patience with each answer.
    """
    loop = asyncio.get_running_loop()
    end_s = loop.time() + wait_s
    while lacking := missing(constellation_document({}, await read_nodes(urls, timeout_s))):
        if loop.time() + _PAUSE_S > end_s:
            break
        await asyncio.sleep(_PAUSE_S)
    return lacking
