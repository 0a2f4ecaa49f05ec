"""Alpha's questions to chroniclers about its clients' past (the gateway's HistoryAsker)."""

import asyncio
import logging
from collections.abc import Callable, Sequence

import aiohttp

from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import (
    CLIENT_REPLY_MAX_BYTES,
    HISTORY_ANSWER_TIMEOUT_S,
    HISTORY_CONNECTIONS_MAX,
)
from constellation.protocol.messages import Code, HistoryQuestion, QueryHistory, QueryOrders

log = logging.getLogger(__name__)

QUESTIONS_PATH = "/v1/history-questions"
XDR_TYPE = "application/octet-stream"

Told = Callable[[bytes | Rejection], None]

_OK = 200


class HistoryClient:
    """Asks one chronicler, and the next one when it fails; answers are passed on as they are.

    Args:
        urls: of the chroniclers, at least one, the preferred one first.
        token: what they know alpha by; None: they ask for none.
        failure: of alpha: what fails beside the question ends it.
        timeout_s: for an answer, from whomever.
    """

    def __init__(
        self,
        urls: Sequence[str],
        token: str | None,
        failure: NodeFailure,
        timeout_s: float = HISTORY_ANSWER_TIMEOUT_S,
    ) -> None:
        self._urls = [url.rstrip("/") + QUESTIONS_PATH for url in urls]
        self._headers = {"Content-Type": XDR_TYPE} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        self._failure = failure
        self._timeout_s = timeout_s
        self._first = 0
        self._failing: set[int] = set()
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, account: bytes, message: QueryHistory | QueryOrders, done: Told) -> None:
        """See :class:`constellation.gateway.HistoryAsker`."""
        task = asyncio.create_task(self._run(HistoryQuestion(account, message).to_xdr(), done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(self._failure.watch)

    async def _run(self, question: bytes, done: Told) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                answer: bytes | Rejection = await self._answer(question)
        except TimeoutError:
            answer = _not_now("the chronicler does not answer; try again")
        done(answer)

    async def _answer(self, question: bytes) -> bytes | Rejection:
        """The answer of the first chronicler that gives one."""
        first = self._first
        for place in [*range(first, len(self._urls)), *range(first)]:
            try:
                answer = await self._post(self._urls[place], question)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                self._failed(place, str(error) or repr(error))
            except asyncio.CancelledError:
                self._failed(place, "no answer in time")
                raise
            else:
                self._failing.discard(place)
                return answer
        return _not_now("no chronicler can be reached; try again")

    def _failed(self, place: int, reason: str) -> None:
        """Say so, once, and ask the next one first from now on, unless another one is preferred already."""
        if place not in self._failing:
            self._failing.add(place)
            log.warning("a chronicler does not answer", extra={"url": self._urls[place], "reason": reason})
        if self._first == place:
            self._first = (place + 1) % len(self._urls)

    async def _post(self, url: str, question: bytes) -> bytes:
        session = self._open_session()
        async with session.post(url, data=question, headers=self._headers, allow_redirects=False) as response:
            if response.status != _OK:
                raise ValueError(f"it answered with HTTP status {response.status}")
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > CLIENT_REPLY_MAX_BYTES:
                    raise ValueError(f"its answer is longer than {CLIENT_REPLY_MAX_BYTES} bytes")
        return bytes(body)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=HISTORY_CONNECTIONS_MAX)
            no_limit = aiohttp.ClientTimeout(total=None)  # the question as a whole has one
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=no_limit, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Ask no more; who waits is not told."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _not_now(message: str) -> Rejection:
    return Rejection(Code.NOT_READY, message)
