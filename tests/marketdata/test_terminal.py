"""The page to trade on, as strangers and foreign pages see it."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from constellation.marketdata.terminal import TerminalConfig, read_page, terminal_routes
from tests.gateway.harness import Alpha
from tests.marketdata.feed import Feed

SCRIPT = b"console.log('here')"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>the page")
    (tmp_path / "assets" / "index-abc.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets" / "secret.seed").write_text("S…")
    return tmp_path


@asynccontextmanager
async def serving(page: Path, config: TerminalConfig | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    routes = terminal_routes(read_page(page), config or TerminalConfig())
    async with (
        Feed(Alpha().settings, routes=routes) as feed,
        aiohttp.ClientSession(f"http://127.0.0.1:{feed.port}", auto_decompress=False) as session,
    ):
        yield session


async def test_the_page_is_asked_for_again_and_its_parts_are_kept(built: Path) -> None:
    async with serving(built) as session:
        async with session.get("/") as answer:
            assert (answer.status, await answer.text()) == (200, "<!doctype html>the page")
            assert answer.headers["Cache-Control"] == "no-cache"
            etag = answer.headers["ETag"]
        async with session.get("/", headers={"If-None-Match": etag}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
        async with session.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip, br"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Cache-Control"].endswith("immutable")
            assert answer.content_type == "text/javascript"
            assert gzip.decompress(await answer.read()) == SCRIPT
        async with session.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"}) as answer:
            assert await answer.read() == SCRIPT


@pytest.mark.parametrize(
    "path",
    [
        "/assets/secret.seed",
        "/assets/../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/",
        "/index",
        "/assets/index-abc.js.gz",
    ],
)
async def test_nothing_else_is_served(built: Path, path: str) -> None:
    async with serving(built) as session, session.get(URL(path, encoded=True)) as answer:
        assert answer.status == 404
        assert b"There is nothing here" in await answer.read()


@pytest.mark.parametrize("path", ["/", "/assets/index-abc.js", "/nothing"])
async def test_every_answer_is_guarded(built: Path, path: str) -> None:
    config = TerminalConfig("wss://alpha.example.org/clients", "https://horizon.example.org:8000", sandbox=True)
    async with serving(built, config) as session, session.get(path) as answer:
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["connect-src"] == "'self' wss://alpha.example.org https://horizon.example.org:8000"
        assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_a_page_is_only_read(built: Path, method: str) -> None:
    async with serving(built) as session, session.request(method, "/", data=b"x") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD"


async def test_a_page_that_is_not_built_says_how(tmp_path: Path) -> None:
    async with serving(tmp_path) as session, session.get("/") as answer:
        assert answer.status == 404
        assert "`make web` builds it" in await answer.text()


def test_what_is_too_large_is_not_of_the_page(built: Path) -> None:
    with (built / "assets" / "index-abc.js").open("wb") as file:
        file.truncate(4 * 1024 * 1024 + 1)
    with pytest.raises(ValueError, match="it is not of the terminal"):
        read_page(built)


def test_there_is_a_sandbox_only_with_a_horizon() -> None:
    settings = Alpha().settings
    assert TerminalConfig("ws://127.0.0.1:1", None, sandbox=True).document(settings)["sandbox"] is False
    found = TerminalConfig("ws://127.0.0.1:1", "http://127.0.0.1:2", sandbox=True).document(settings)
    assert found["sandbox"] is True
    assert found["settings"]["constellation_id"]  # type: ignore[index,call-overload]
