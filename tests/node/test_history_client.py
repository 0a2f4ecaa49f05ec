"""Alpha's way to chroniclers over HTTP: the route, the secret, fail-over, and answers of every bad kind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from constellation.node import history_client
from constellation.node.config import ConfigurationError, load_config
from constellation.node.history_client import QUESTIONS_PATH, HistoryClient
from constellation.node.history_route import history_routes
from constellation.node.private_http import PrivateServer
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import ProtocolViolation, Rejection
from constellation.protocol.messages import (
    Code,
    HistoryFilter,
    HistoryPage,
    HistoryQuestion,
    QueryHistory,
    encode_client_message,
)
from constellation.transport.metrics import DoorMetrics

ACCOUNT = bytes([7]) * 32
QUERY = QueryHistory(1, HistoryFilter([], None, None, None, None), None, False, 10, False, 0, None)
PAGE = encode_client_message(HistoryPage(1, 5, [], [], None, False))
TOKEN = "a secret of 16 characters".replace(" ", "-")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Desk:
    """Notes questions, and answers all of them alike."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    async def answer(self, question: bytes) -> bytes:
        self.asked.append(question)
        if question == b"garbage":
            raise ProtocolViolation(Code.MALFORMED, "no question in XDR")
        return PAGE


@asynccontextmanager
async def served(routes: list[web.RouteDef], token: str | None = None) -> AsyncIterator[str]:
    server = PrivateServer(routes, token, "127.0.0.1:0", DoorMetrics())
    port = await server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.stop()


@asynccontextmanager
async def chronicler(token: str | None = None) -> AsyncIterator[tuple[str, Desk]]:
    desk = Desk()
    async with served(history_routes(desk), token) as url:  # type: ignore[arg-type]
        yield url, desk


def answering(handler: Handler) -> list[web.RouteDef]:
    return [web.post(QUESTIONS_PATH, handler)]


@asynccontextmanager
async def client(*urls: str, token: str | None = None, timeout_s: float = 5.0) -> AsyncIterator[HistoryClient]:
    failure = NodeFailure(lambda error: pytest.fail(str(error)))
    asker = HistoryClient(urls, token, failure, timeout_s)
    try:
        yield asker
    finally:
        await asker.close()


async def ask(asker: HistoryClient) -> bytes | Rejection:
    told: asyncio.Future[bytes | Rejection] = asyncio.get_running_loop().create_future()
    asker.ask(ACCOUNT, QUERY, told.set_result)
    return await told


async def post(url: str, body: bytes, **headers: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url + QUESTIONS_PATH, data=body, headers=headers) as found,
    ):
        return found.status


def not_ready(answer: bytes | Rejection) -> bool:
    return isinstance(answer, Rejection) and answer.code is Code.NOT_READY


async def test_the_question_and_the_answer_pass_as_they_are() -> None:
    async with chronicler(TOKEN) as (url, desk), client(url, token=TOKEN) as asker:
        assert await ask(asker) == PAGE
        assert desk.asked == [HistoryQuestion(ACCOUNT, QUERY).to_xdr()]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": TOKEN}])
async def test_nobody_asks_without_the_secret(headers: dict[str, str]) -> None:
    question = HistoryQuestion(ACCOUNT, QUERY).to_xdr()
    async with chronicler(TOKEN) as (url, desk):
        assert await post(url, question, **headers) == 401
        assert desk.asked == []
        assert await post(url, question, Authorization=f"Bearer {TOKEN}") == 200


async def test_a_wrong_secret_is_said_in_the_log_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    async with chronicler(TOKEN) as (url, _), client(url, token="another-secret-of-alpha") as asker:
        assert not_ready(await ask(asker))
    assert "HTTP status 401" in str([vars(record) for record in caplog.records])
    assert "another-secret" not in str([vars(record) for record in caplog.records])


async def test_what_is_no_question_is_refused() -> None:
    async with chronicler() as (url, desk):
        assert await post(url, b"garbage") == 400
        assert await post(url, b"x" * 5000) == 413
        assert desk.asked == [b"garbage"]


async def test_the_next_one_is_asked_when_one_is_gone() -> None:
    async with chronicler() as (url, desk), client("http://127.0.0.1:1", url) as asker:
        assert await ask(asker) == PAGE
        assert asker._first == 1, "and first from now on"
        assert await ask(asker) == PAGE
        assert len(desk.asked) == 2
    async with client("http://127.0.0.1:1", "http://127.0.0.1:2") as asker:
        assert not_ready(await ask(asker))


async def test_the_first_one_is_asked_again_when_the_second_one_is_gone_too() -> None:
    async with chronicler() as (url, _), client(url, "http://127.0.0.1:1") as asker:
        asker._first = 1
        assert await ask(asker) == PAGE
        assert asker._first == 0


async def failing(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=500, text="oh")


async def moved(_request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("http://127.0.0.1:1/")


async def huge(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"x" * 2000)


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(1000):
        await response.write(b"x" * 100)
    return response


async def breaking_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b"x")
    assert request.transport is not None
    request.transport.abort()
    return response


@pytest.mark.parametrize("handler", [failing, moved, huge, endless, breaking_off])
async def test_bad_answers_are_none(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_client, "CLIENT_REPLY_MAX_BYTES", 1000)
    async with served(answering(handler)) as bad, client(bad) as asker:
        assert not_ready(await ask(asker))
        async with chronicler() as (good, _), client(bad, good) as both:
            assert await ask(both) == PAGE


async def test_one_that_never_answers_is_given_up_and_the_next_one_preferred() -> None:
    async def silent(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        raise AssertionError

    async with served(answering(silent)) as bad, chronicler() as (good, _), client(bad, good, timeout_s=0.5) as asker:
        assert not_ready(await ask(asker))
        assert await ask(asker) == PAGE


async def test_closing_ends_what_waits() -> None:
    async def silent(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        raise AssertionError

    told: list[object] = []
    async with served(answering(silent)) as bad:
        async with client(bad) as asker:
            asker.ask(ACCOUNT, QUERY, told.append)
            await asyncio.sleep(0.05)
        assert asker._tasks == set()
    assert told == []


def test_urls_are_configuration(tmp_path: Path) -> None:
    file = tmp_path / "alpha.toml"
    file.write_text('[alpha]\nchronicler_urls = ["http://127.0.0.1:7005", "https://history.example.org"]\n')
    assert load_config(file, {}).alpha.chronicler_urls == ("http://127.0.0.1:7005", "https://history.example.org")
    file.write_text('[alpha]\nchronicler_urls = ["ws://127.0.0.1:7005"]\n')
    with pytest.raises(ConfigurationError, match="chronicler_urls"):
        load_config(file, {})
