"""Watching through real sockets while the servers behind them fail, each in its own way."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import aiohttp
import pytest

from constellation.protocol.strkey import encode_public_key
from constellation.stellarlink import (
    ClosingHints,
    HistoryGone,
    HorizonNetwork,
    LedgerWatch,
    LedgerWatcher,
    NetworkUnavailable,
    ServerState,
    SubmitStatus,
    horizon_pool,
)
from constellation.stellarlink import horizon as horizon_module
from constellation.stellarlink.toid import ledger_end
from tests.stellarlink.fake_horizon import (
    BYEBYE,
    HELLO,
    FakeHorizon,
    answering,
    hanging,
    horizons,
    record_event,
    streaming,
    truncated,
)
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.support import PASSPHRASE, VAULT, deposits, make_settings

START = ledger_end(99)
NOW_S = 510.0
VAULT_ADDRESS = encode_public_key(VAULT.public)
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


def ledger_until(latest, *deposit_in):
    ledger = FakeNetwork(first=90)
    for sequence in range(90, latest + 1):
        close(ledger, has_deposit=sequence in deposit_in)
    return ledger


def close(ledger, *, has_deposit=False):
    place = (ledger.latest + 1) << 32 | 1 << 12
    ledger.close(*[(VAULT_ADDRESS, deposits(place))] * has_deposit)


class Watching:
    """An auditor's watch over Horizon servers, with the reports that follow from it."""

    def __init__(self, urls, *, interval_s=0.01, **options):
        self.pool = horizon_pool(urls, PASSPHRASE, **options)
        for server in self.pool.servers:
            server.health._clock = lambda: NOW_S
        settings = make_settings(channels=1, cursor=START)
        self.watcher = LedgerWatcher(settings, START)
        self.watch = LedgerWatch(
            self.pool,
            self.watcher,
            poll_interval_s=interval_s,
            on_change=lambda: None,
            random=Random(1),
            clock=lambda: NOW_S,
        )
        self.hints = ClosingHints(self.pool, self.watch.wake, Random(1), pause_s=0.01)

    @property
    def states(self):
        return [server.health.state for server in self.pool.servers]

    @property
    def report(self):
        return self.watcher.next_report(self.watcher.cursor, None)

    async def until_complete(self, ledger):
        async with asyncio.timeout(10):
            while self.watcher.complete_ledger < ledger:
                await asyncio.sleep(0.005)

    @asynccontextmanager
    async def running(self, *, hints=False):
        tasks = [asyncio.create_task(self.pool.run()), asyncio.create_task(self.watch.run())]
        if hints:
            tasks.append(asyncio.create_task(self.hints.run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.pool.close()


FAULTS = {
    "500": answering(500, HTML),
    "502 in HTML": answering(502, HTML, Content_Type="text/html"),
    "503": answering(503, b'{"title": "Stale History"}'),
    "504": answering(504, b'{"type": "https://stellar.org/horizon-errors/timeout"}'),
    "429": answering(429, b"{}", Retry_After="30"),
    "HTML with status 200": answering(200, HTML, Content_Type="text/html"),
    "truncated": truncated,
    "hanging": hanging,
    "empty": answering(200, b""),
    "404 of a proxy": answering(404, HTML),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_whatever_a_server_does_the_other_one_is_asked(fault):
    ledger = ledger_until(101, 101)
    async with horizons(ledger, 2) as [first, second]:
        watching = Watching([first.url, second.url])
        for server in watching.pool.servers:
            server._network._request_timeout = aiohttp.ClientTimeout(total=0.2)
        async with watching.running():
            await watching.until_complete(101)
            assert watching.report.cursor == ledger_end(101)
            first.always = fault
            close(ledger, has_deposit=True)
            await watching.until_complete(102)
            assert watching.watch.last_error is None
            assert watching.states == [ServerState.FAILED, ServerState.OK]
            watching.watcher.advance(ledger_end(101))
            assert watching.report.cursor == ledger_end(102)


async def test_a_server_that_is_gone_and_comes_back_is_used_again():
    ledger = ledger_until(101)
    async with horizons(ledger, 2) as [first, second]:
        watching = Watching([first.url, second.url])
        async with watching.running():
            await watching.until_complete(101)
            await first.stop()
            close(ledger)
            await watching.until_complete(102)
            assert watching.pool.current is watching.pool.servers[1]
            await first.start()
            async with asyncio.timeout(10):
                while watching.pool.current is not watching.pool.servers[0]:
                    await asyncio.sleep(0.01)
            close(ledger)
            await watching.until_complete(103)


async def test_the_only_server_is_asked_less_often_and_obeyed_when_it_says_so():
    ledger = ledger_until(101)
    async with horizons(ledger) as [server]:
        server.always = answering(429, b"{}", Retry_After="30")
        watching = Watching([server.url])
        async with watching.running():
            await asyncio.sleep(0.3)
            assert len(server.requests) == 1
            assert watching.watch.last_error is not None
            assert "429" in watching.watch.last_error.message
            assert watching.pool.errors["rate_limited"] == 1


async def test_a_server_that_silently_stalls_is_left():
    ledger = ledger_until(101)
    async with horizons(ledger, 2) as [first, second]:
        watching = Watching([first.url, second.url], lag_limit_s=0.3)
        for server in watching.pool.servers:
            server.health._clock = lambda: 0.0  # only the ledger's standstill shows it, no clock
        async with watching.running():
            await watching.until_complete(101)
            for _ in range(60):
                close(ledger)
                first.lag += 1  # it answers, and its newest ledger stays the same
                await asyncio.sleep(0.02)
            await watching.until_complete(150)
            assert watching.states[0] is ServerState.SECOND_CHOICE
            assert watching.pool.errors["stalled"] >= 1


async def test_history_that_is_gone_says_so():
    ledger = ledger_until(101)
    async with horizons(ledger) as [server]:
        server.always = answering(410, b'{"type": "https://stellar.org/horizon-errors/before_history"}')
        async with HorizonNetwork(server.url) as network:
            with pytest.raises(HistoryGone):
                await network.transactions(VAULT_ADDRESS, 5, 200)


async def test_a_server_whose_history_silently_begins_later_is_not_used_for_what_it_lacks():
    ledger = ledger_until(170, 100)
    async with horizons(ledger, 2) as [pruned, whole]:
        pruned.oldest = 150
        watching = Watching([pruned.url, whole.url], lag_limit_s=1e6)
        async with watching.running():
            await watching.until_complete(170)
            assert watching.report.cursor == ledger_end(100)
            assert watching.states == [ServerState.SECOND_CHOICE, ServerState.OK]


async def test_a_submission_whose_outcome_is_unknown_goes_to_the_next_server_with_the_same_bytes():
    bodies = []

    def noting(status, body):
        async def handler(request):
            bodies.append((await request.post())["tx"])
            return await answering(status, body)(request)

        return handler

    ledger = ledger_until(101)
    async with horizons(ledger, 2) as [first, second]:
        watching = Watching([first.url, second.url])
        async with watching.running():
            await watching.until_complete(101)
            async with asyncio.timeout(5):
                while watching.states != [ServerState.OK] * 2:
                    await asyncio.sleep(0.01)
        pool = watching.pool
        first.always = noting(504, b'{"type": "https://stellar.org/horizon-errors/transaction_submission_timeout"}')
        second.always = noting(403, b'{"title": "Transaction Submission Disabled"}')
        outcome = await pool.submit("AAAA+/==")
        assert outcome.status is SubmitStatus.UNKNOWN
        assert bodies == ["AAAA+/=="] * 2
        await pool.close()


# --- streams ------------------------------------------------------------------------------------------------------


async def test_a_stream_wakes_the_poller():
    ledger = ledger_until(101)
    async with horizons(ledger) as [server]:
        gate = asyncio.Event()

        async def stream(request):
            await gate.wait()
            return await streaming(HELLO, record_event(), then_wait=True)(request)

        server.stream = stream
        watching = Watching([server.url], interval_s=1000)
        async with watching.running(hints=True):
            await watching.until_complete(101)
            close(ledger, has_deposit=True)
            await asyncio.sleep(0.1)
            assert watching.watcher.complete_ledger == 101
            gate.set()
            await watching.until_complete(102)
            assert watching.report.cursor == ledger_end(102)


@pytest.mark.parametrize(
    "stream",
    [
        streaming(then_wait=True),
        streaming(HELLO, then_wait=True),
        streaming(HELLO, b"data: \xff\xfe\x00garbage\n\n", BYEBYE),
        truncated,
        answering(503, HTML),
    ],
    ids=["silence", "hello only", "garbage", "cut before the first record", "503"],
)
async def test_whatever_a_stream_loses_the_poller_finds(stream):
    """A stream asks from ``now`` on: what closes between two streams is in no stream, and in the next poll."""
    ledger = ledger_until(101)
    async with horizons(ledger) as [server]:
        server.stream = stream
        watching = Watching([server.url], interval_s=0.05)
        async with watching.running(hints=True):
            await watching.until_complete(101)
            for _ in range(5):
                close(ledger, has_deposit=True)
                await asyncio.sleep(0.02)
            await watching.until_complete(106)
            assert watching.watch.last_error is None
        reported = []
        while (report := watching.report) is not None:
            reported.append(report.cursor)
            watching.watcher.advance(report.cursor)
        assert reported == [ledger_end(ledger) for ledger in range(102, 107)]


# --- names and certificates -----------------------------------------------------------------------------------------


def certificate(directory: Path, *, days: int) -> ssl.SSLContext:
    """A server's context with a certificate of its own for localhost, which the client trusts."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl to make certificates with")
    config = directory / "certificate.cnf"
    config.write_text(
        "[req]\ndistinguished_name=name\nprompt=no\n[name]\nCN=localhost\n"
        "[extensions]\nsubjectAltName=DNS:localhost\nbasicConstraints=CA:TRUE\n"
    )

    def openssl(*arguments: str) -> None:
        subprocess.run([program, *arguments], cwd=directory, check=True, capture_output=True)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-new", *curve, "-keyout", "key.pem", "-out", "request.pem", "-config", config.name)
    openssl(
        "x509", "-req", "-in", "request.pem", "-signkey", "key.pem", "-days", str(days), "-out", "certificate.pem",
        "-extfile", config.name, "-extensions", "extensions",
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "certificate.pem", directory / "key.pem")
    return context


@pytest.mark.parametrize(("days", "reason"), [(1, None), (-1, "certificate has expired")])
async def test_a_certificate_that_has_expired_is_no_server(monkeypatch, tmp_path, days, reason):
    served = certificate(tmp_path, days=days)
    trusting = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)
    ledger = ledger_until(101)
    secure = FakeHorizon(ledger)
    await secure.start(context=served)
    try:
        async with horizons(ledger) as [plain]:
            watching = Watching([f"https://localhost:{secure.port}", plain.url])
            async with watching.running():
                await watching.until_complete(101)
                state = watching.pool.servers[0].health
                if reason is None:
                    assert state.state is ServerState.OK
                else:
                    assert state.state is ServerState.FAILED
                    assert reason in state.error.message
                    assert watching.pool.errors["unavailable"] >= 1
    finally:
        await secure.stop()


async def test_a_server_that_moves_to_another_address_is_found_again(monkeypatch):
    monkeypatch.setattr(horizon_module, "DNS_CACHE_S", 0.05)
    address = "127.0.0.1"
    resolve = socket.getaddrinfo

    def getaddrinfo(host, *arguments, **options):
        return resolve(address if host == "horizon.test" else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    ledger = ledger_until(101)
    server = FakeHorizon(ledger)
    await server.start(address)
    try:
        watching = Watching([f"http://horizon.test:{server.port}"])
        async with watching.running():
            await watching.until_complete(101)
            await server.stop()
            address = "127.0.0.2"
            await server.start(address)
            close(ledger)
            await watching.until_complete(102)
    finally:
        await server.stop()


async def test_a_name_that_is_not_found_is_unavailable(monkeypatch):
    def getaddrinfo(*_arguments, **_options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    async with HorizonNetwork("https://horizon.test") as network:
        with pytest.raises(NetworkUnavailable, match="Name or service not known"):
            await network.network()


async def test_a_server_that_speaks_no_http_is_unavailable_and_its_address_not_shown():
    async def speak(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, HorizonNetwork(f"http://user:secret@127.0.0.1:{port}/secret/path") as network:
        for question in (network.network(), network.account(VAULT_ADDRESS)):
            with pytest.raises(NetworkUnavailable) as caught:
                await question
            assert "secret" not in str(caught.value)
            assert "url=" in str(caught.value)  # the client library shows it


async def test_what_is_secret_in_an_address_is_never_shown(caplog):
    async with HorizonNetwork("http://user:secret@127.0.0.1:9/secret/path") as network:
        assert network.name == "http://127.0.0.1:9"
        with pytest.raises(NetworkUnavailable) as caught:
            await network.network()
        assert "secret" not in str(caught.value)
        assert "127.0.0.1:9" in str(caught.value)
    pool = horizon_pool(["http://127.0.0.1:9/secret", "http://127.0.0.1:9/other"], PASSPHRASE)
    assert [server.name for server in pool.servers] == ["http://127.0.0.1:9", "http://127.0.0.1:9 (2)"]
    with pytest.raises(NetworkUnavailable):
        await pool.network()
    await pool.close()
    assert "secret" not in caplog.text + pool.problem
