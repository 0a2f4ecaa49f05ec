"""The shells that deliver, against receivers that do what receivers do: well, slowly, wrongly or not at all."""

import asyncio
import json
import os
import smtplib
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from constellation.node.notices import delivery, mail
from constellation.node.notices.command import Command
from constellation.node.notices.delivery import Channel, attempt
from constellation.node.notices.kinds import Kind, Severity
from constellation.node.notices.mail import Mail, MailServer
from constellation.node.notices.notice import Change, Identity, Notice
from constellation.node.notices.webhook import Webhook
from constellation.sdk.certificates import trusting
from tests.node.certificates import Authority

NOTICE = Notice(Identity("alpha", "GALPHA", "00"), Kind.DISK_LOW, "", Change.BEGUN, 0, 0, "5 bytes\nare free")
SECRET = "hunter2-hunter2"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that ends with all its conversations; its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def said(channel: Channel) -> tuple[str, bool] | None:
    """What came of an attempt, and whether it is final; it takes a bounded time, and repeats no secret."""
    begun = time.monotonic()
    failure = await attempt(channel, NOTICE)
    assert time.monotonic() - begun < 3
    if failure is None:
        return None
    assert SECRET not in f"{failure!r}{failure}"
    return str(failure), failure.is_final


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ATTEMPT_S", 0.3)
    monkeypatch.setattr(mail, "ATTEMPT_S", 0.5)


# --- webhooks ---------------------------------------------------------------------------------------------------


@asynccontextmanager
async def receiver(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/{SECRET}"
    await runner.cleanup()


async def test_a_webhook_gets_the_document_and_the_token() -> None:
    asked: list[tuple[str, str, str | None, object]] = []

    async def take(request: web.Request) -> web.Response:
        asked.append((request.method, request.path, request.headers.get("Authorization"), await request.json()))
        return web.Response(status=204)

    async with receiver(take) as url:
        assert await said(Webhook("w", Severity.INFO, url, SECRET, None)) is None
        assert await said(Webhook("w", Severity.INFO, url, None, None)) is None
    first, second = asked
    assert first == ("POST", f"/{SECRET}", f"Bearer {SECRET}", NOTICE.to_json())
    assert second[2] is None


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(500, False), (503, False), (429, False), (408, False), (404, True), (400, True), (401, True), (301, True)],
)
async def test_what_a_webhook_answers(status: int, is_final: bool) -> None:
    asked = 0

    async def refuse(_request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=status, text=SECRET, headers={"Location": "/elsewhere"})

    async with receiver(refuse) as url:
        assert await said(Webhook("w", Severity.INFO, url, SECRET, None)) == (f"it answered {status}", is_final)
    assert asked == 1, "nobody is sent elsewhere"


@pytest.mark.usefixtures("hurried")
async def test_webhooks_that_hang_drip_talk_nonsense_or_are_not_there() -> None:
    async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(SECRET.encode() + b"\r\n\r\n")
        await writer.drain()

    async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async def endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        while True:
            writer.write(bytes(1 << 16))
            await writer.drain()

    found = {}
    for handler in (hang, drip, nonsense, hang_up, endless):
        async with listening(handler) as port:
            found[handler.__name__] = await said(
                Webhook("w", Severity.INFO, f"http://127.0.0.1:{port}/{SECRET}", SECRET, None)
            )
    assert found["hang"] == found["drip"] == ("it takes too long", False)
    assert found["nonsense"] is not None
    assert found["hang_up"] is not None
    assert found["endless"] is None, "it said 200, and nobody listens to the rest"
    nobody = await said(Webhook("w", Severity.INFO, f"http://127.0.0.1:{port}/{SECRET}", None, None))
    assert nobody is not None
    assert nobody[0].startswith("no connection: ")


async def test_a_webhook_must_show_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    authority, stranger = Authority(tmp_path / "a"), Authority(tmp_path / "b", "stranger")
    certificate, key = tmp_path / "c.pem", tmp_path / "c.key"
    authority.issue(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with listening(take, context) as port:
        url = f"https://localhost:{port}/{SECRET}"
        assert await said(Webhook("w", Severity.INFO, url, SECRET, trusting(authority.file))) is None
        for trust in (trusting(stranger.file), None):
            assert await said(Webhook("w", Severity.INFO, url, SECRET, trust)) == (
                "its certificate is not trusted, or TLS fails", False
            )  # fmt: skip


# --- commands ---------------------------------------------------------------------------------------------------


def script(tmp_path: Path, text: str) -> tuple[str, ...]:
    path = tmp_path / "program.py"
    path.write_text(text)
    return sys.executable, "-I", str(path), "$(touch shell)", "a b"


async def test_a_command_gets_the_document_and_little_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    output = tmp_path / "output"
    command = script(
        tmp_path,
        "import json, os, sys\n"
        f"open({str(output)!r}, 'w').write(json.dumps([sys.argv[1:], json.load(sys.stdin), dict(os.environ)]))\n",
    )
    assert await said(Command("c", Severity.INFO, command)) is None
    arguments, document, environment = json.loads(output.read_text())
    assert arguments == ["$(touch shell)", "a b"], "no shell has seen them"
    assert document == NOTICE.to_json()
    assert SECRET not in str(environment)
    assert environment["PATH"] == os.environ["PATH"]


async def test_commands_that_fail_or_are_not_there(tmp_path: Path) -> None:
    failing = script(tmp_path, f"import sys; print({SECRET!r}); sys.exit({SECRET!r})")
    assert await said(Command("c", Severity.INFO, failing)) == ("the program ended with 1", False)
    deaf = script(tmp_path, "import os; os.close(0)")
    assert await said(Command("c", Severity.INFO, deaf)) is None
    missing = await said(Command("c", Severity.INFO, (str(tmp_path / "missing"),)))
    assert missing == ("the program cannot be run: No such file or directory", False)


async def test_a_command_that_hangs_ends_with_all_that_it_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ATTEMPT_S", 1.0)
    pids = tmp_path / "pids"
    command = script(
        tmp_path,
        "import os, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(300)\n",
    )
    assert await said(Command("c", Severity.INFO, command)) == ("it takes too long", False)
    for pid in map(int, pids.read_text().split()):
        assert await is_gone(pid), pid


async def is_gone(pid: int) -> bool:
    for _ in range(100):
        if not is_running(pid):
            return True
        await asyncio.sleep(0.02)
    return False


def is_running(pid: int) -> bool:
    """A child of a child may be a zombie until somebody reaps it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


# --- mail -------------------------------------------------------------------------------------------------------


class Post:
    """A mail server that keeps what it is told."""

    def __init__(self, tls: ssl.SSLContext | None = None, answers: dict[bytes, bytes] | None = None) -> None:
        self.heard: list[bytes] = []
        self.message = b""
        self._tls = tls
        self._answers = answers or {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._answers.get(b"", b"220 here\r\n"))
        while line := await reader.readline():
            verb = line.split()[0].upper()
            self.heard.append(line.strip())
            if verb in self._answers:
                writer.write(self._answers[verb])
            elif verb == b"EHLO":
                writer.write(
                    b"250-here\r\n250-AUTH PLAIN\r\n"
                    + (b"250-STARTTLS\r\n" if self._tls else b"")
                    + b"250 8BITMIME\r\n"
                )
            elif verb == b"STARTTLS":
                writer.write(b"220 go on\r\n")
                await writer.drain()
                await writer.start_tls(self._tls)
            elif verb == b"AUTH":
                writer.write(b"235 welcome\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.message = await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                await writer.drain()
                return
            else:
                writer.write(b"250 fine\r\n")
            await writer.drain()


def mail_to(port: int, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None, **more: bool) -> Mail:
    server = MailServer("localhost", port, tls, login=login, **more)
    return Mail("m", Severity.INFO, server, "node@example.org", ["one@example.org", "two@example.org"])


async def test_a_mail_says_everything_and_goes_to_everybody() -> None:
    post = Post()
    async with listening(post.serve) as port:
        assert await said(mail_to(port)) is None
    assert [line for line in post.heard if line.startswith((b"mail", b"rcpt"))] == [
        b"mail FROM:<node@example.org>", b"rcpt TO:<one@example.org>", b"rcpt TO:<two@example.org>"
    ]  # fmt: skip
    text = post.message.decode()
    assert "Subject: [critical] alpha GALPHA: the disk is nearly full: 5 bytes are free\r\n" in text
    assert f"Message-ID: <{NOTICE.id}@constellation.invalid>" in text
    assert Kind.DISK_LOW.value.advice[:40] in text


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_password_goes_over_tls_to_a_server_that_is_trusted(tmp_path: Path, at_once: bool) -> None:
    authority, stranger = Authority(tmp_path / "a"), Authority(tmp_path / "b", "stranger")
    certificate, key = tmp_path / "c.pem", tmp_path / "c.key"
    authority.issue(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    post = Post(None if at_once else context)
    async with listening(post.serve, context if at_once else None) as port:
        login = "node", SECRET
        assert await said(mail_to(port, trusting(authority.file), login, at_once=at_once)) is None
        assert any(line.startswith(b"AUTH PLAIN") for line in post.heard)
        post.heard.clear()
        failed = await said(mail_to(port, trusting(stranger.file), login, at_once=at_once))
    assert failed is not None
    assert not any(line.startswith(b"AUTH") for line in post.heard)


async def test_a_server_without_tls_gets_no_password(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "a")
    post = Post()
    async with listening(post.serve) as port:
        failed = await said(mail_to(port, trusting(authority.file), ("node", SECRET)))
    assert failed is not None
    assert not any(line.startswith((b"AUTH", b"mail")) for line in post.heard)


@pytest.mark.parametrize("verb", [b"", b"AUTH", b"MAIL", b"RCPT", b"DATA"])
async def test_a_mail_server_that_refuses(verb: bytes) -> None:
    post = Post(answers={verb: f"554 no {SECRET}\r\n".encode()})
    async with listening(post.serve) as port:
        failed = await said(mail_to(port, login=("node", SECRET) if verb == b"AUTH" else None))
    assert failed is not None
    assert failed[1] is False


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("verb", [b"", b"EHLO", b"DATA"])
async def test_a_mail_server_that_drips_holds_no_thread(verb: bytes) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if verb:
            writer.write(b"220 here\r\n")
            while not (await reader.readline()).upper().startswith(verb):
                writer.write(b"250 fine\r\n")
        while True:
            writer.write(b"250-x\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with listening(drip) as port:
        channel = mail_to(port)
        assert await said(channel) == ("it takes too long", False)
        for _ in range(100):
            if not any(thread.name == "notice-mail" for thread in threading.enumerate()):
                break
            await asyncio.sleep(0.02)
        else:
            raise AssertionError("a thread is left behind")
        assert await said(channel) == ("it takes too long", False)


async def test_nobody_where_the_mail_should_go() -> None:
    async def nobody(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        pass

    async with listening(nobody) as port:
        failed = await said(mail_to(port))
    assert failed is not None
    closed = await said(mail_to(port))
    assert closed is not None
    assert closed[0].startswith("no connection: ")


async def test_a_name_that_nobody_resolves_holds_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "ATTEMPT_S", 0.2)
    resolved, asked = threading.Event(), 0

    def wait(*_arguments: object) -> None:
        nonlocal asked
        asked += 1
        resolved.wait(10)
        raise OSError(5, "no such host")

    monkeypatch.setattr(smtplib.socket, "create_connection", wait)  # type: ignore[attr-defined]
    channel = mail_to(25)
    try:
        assert await said(channel) == ("it takes too long", False)
        for _ in range(3):
            assert await said(channel) == ("the attempt before has not ended", False)
        assert asked == 1
    finally:
        resolved.set()
