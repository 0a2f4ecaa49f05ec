"""Where a chronicler gets the chronicle: from alpha, an auditor or another chronicler, over HTTP."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import aiohttp

from constellation.node.chronicle_route import CERTIFIED_HEADER, LENGTH_BYTES
from constellation.protocol.limits import CHRONICLE_PAGE_MAX_BYTES, CHRONICLE_WAIT_S

_ANSWER_TIMEOUT_S = CHRONICLE_WAIT_S + 30.0
_REASON_MAX_CHARACTERS = 300


class SourceFailed(Exception):
    """A source gives nothing; the message says why. Another one may."""


@dataclass(slots=True)
class Received:
    """What a source gave.

    Attributes:
        items: encoded ChronicleItems, in order; none when nothing new has come for a while.
        certified: number of the highest batch that is final, as far as the source knows.
    """

    items: list[bytes]
    certified: int


class ChronicleSource(Protocol):
    """Somebody who has the chronicle."""

    async def read(self, after: int, term: int) -> Received:
        """What follows batch ``after``, for one who knows the members up to ``term``; waits a while for it.

        Raises:
            SourceFailed: it is not to be had here now.
        """

    def turn(self) -> None:
        """What it gave does not hold, or is nothing: ask another one the next time, where there is one."""

    async def close(self) -> None:
        """Let go of connections."""


class HttpChronicle:
    """The first of some peers that answers.

    Args:
        urls: of their private ports, ``http://…``.
        token: their secret, if they ask for one.
    """

    def __init__(self, urls: Sequence[str], token: str | None) -> None:
        self._urls = list(urls)
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def read(self, after: int, term: int) -> Received:
        """See :class:`ChronicleSource`; after a failure the next call asks the next peer."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_ANSWER_TIMEOUT_S, sock_connect=5.0)
            self._session = aiohttp.ClientSession(timeout=timeout, headers=self._headers, auto_decompress=False)
        url = self._urls[0]
        try:
            return await self._ask(self._session, url, after, term)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            self.turn()
            raise SourceFailed(f"{url}: {str(error) or type(error).__name__}") from error

    def turn(self) -> None:
        """Ask another peer the next time."""
        self._urls.append(self._urls.pop(0))

    async def _ask(self, session: aiohttp.ClientSession, url: str, after: int, term: int) -> Received:
        question = f"{url.rstrip('/')}/v1/chronicle?after={after}&term={term}"
        async with session.get(question, allow_redirects=False) as response:
            body = await _read_body(response)
            if response.status != 200:
                reason = body[:_REASON_MAX_CHARACTERS].decode("utf-8", "replace")
                raise ValueError(f"it answered {response.status}: {reason}")
            return Received(split_items(body), int(response.headers.get(CERTIFIED_HEADER, "0")[:20]))

    async def close(self) -> None:
        """See :class:`ChronicleSource`."""
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)


async def _read_body(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > CHRONICLE_PAGE_MAX_BYTES:
            raise ValueError(f"its answer is longer than {CHRONICLE_PAGE_MAX_BYTES} bytes")
    return b"".join(parts)


def split_items(body: bytes) -> list[bytes]:
    """The items in an answer, each behind its length.

    Raises:
        ValueError: something is missing at its end.
    """
    items, place = [], 0
    while place < len(body):
        end = place + LENGTH_BYTES + int.from_bytes(body[place : place + LENGTH_BYTES], "big")
        if end > len(body):
            raise ValueError("its answer was cut off")
        items.append(body[place + LENGTH_BYTES : end])
        place = end
    return items
