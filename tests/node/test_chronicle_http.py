"""What chroniclers are served over HTTP, and what they make of bad servers."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from constellation.node import chronicle_route, chronicle_source, private_http
from constellation.node.chronicle_route import CERTIFIED_HEADER, ChronicleRoute, ReadChronicle, Unreadable
from constellation.node.chronicle_source import HttpChronicle, Received, SourceFailed
from constellation.node.config import ConfigurationError
from constellation.node.private_http import PrivateServer, read_token
from constellation.node.supervision import NodeFailure
from constellation.protocol.history import ChroniclePage
from constellation.protocol.limits import CHRONICLE_PAGE_BYTES, HTTP_CONNECTIONS_PER_ADDRESS_MAX
from constellation.snapshots import QuantumLog, StoredBatch
from constellation.snapshots.chronicle_reader import ChronicleReader
from constellation.snapshots.outline import pack_outline
from constellation.transport.doorstep import DoorLimits
from constellation.transport.metrics import DoorMetrics
from tests.chronicler.chain import Chain

TOKEN = "a-secret-of-the-operator"


class Server:
    """A route and its port, from which a test reads what it wants."""

    def __init__(self, read: ReadChronicle, token: str | None = None) -> None:
        self.failure = NodeFailure(lambda _: None)
        self.route = ChronicleRoute(read, self.failure)
        self.server = PrivateServer(self.route.routes, token, "127.0.0.1:0", DoorMetrics(CollectorRegistry()))
        self.url = ""

    async def get(self, question: str = "", **headers: str) -> tuple[int, bytes]:
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{self.url}/v1/chronicle{question}") as response,
        ):
            return response.status, await response.read()


@asynccontextmanager
async def serving(read: ReadChronicle, token: str | None = None) -> AsyncIterator[Server]:
    server = Server(read, token)
    server.url = f"http://127.0.0.1:{await server.server.start()}"
    try:
        yield server
    finally:
        await server.server.stop()
        server.route.close()


@asynccontextmanager
async def asking(*urls: str, token: str | None = None) -> AsyncIterator[HttpChronicle]:
    source = HttpChronicle(urls, token)
    try:
        yield source
    finally:
        await source.close()


def one_item(*_: int) -> ChroniclePage:
    return ChroniclePage([b"item"], 7)


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
async def test_without_the_secret_nothing_is_read(given: str | None) -> None:
    def read(*_: int) -> ChroniclePage:
        raise AssertionError("a stranger was read to")

    async with serving(read, TOKEN) as server:
        headers = {} if given is None else {"Authorization": given}
        status, body = await server.get("?after=0&term=0", **headers)
        assert (status, TOKEN.encode() in body) == (401, False)
        assert not server.failure.happened


async def test_with_the_secret() -> None:
    async with serving(one_item, TOKEN) as server, asking(server.url, token=TOKEN) as source:
        assert await source.read(0, 0) == Received([b"item"], 7)
    async with serving(one_item, TOKEN) as server, asking(server.url) as source:
        with pytest.raises(SourceFailed, match="401") as error:
            await source.read(0, 0)
        assert TOKEN not in str(error.value)


@pytest.mark.parametrize(
    "question",
    ["after=-1", "after=", "after=x", "after=1.0", "after=٣", "after=1&term=4294967296", f"after={2**63 - 1}",
     "after=" + "9" * 5000, "after=+1", "after=0x10", "term=%00"],
)  # fmt: skip
async def test_garbage_is_refused(question: str) -> None:
    async with serving(one_item) as server:
        assert (await server.get(f"?{question}"))[0] == 400
        assert (await server.get(f"?after={2**63 - 2}&term={2**32 - 1}"))[0] == 200
        assert not server.failure.happened


async def test_a_reader_that_cannot_read_now_is_no_failure() -> None:
    def read(*_: int) -> ChroniclePage:
        raise Unreadable("the history cannot be read: gone")

    async with serving(read) as server, asking(server.url) as source:
        with pytest.raises(SourceFailed, match=r"503.*gone"):
            await source.read(0, 0)
        assert not server.failure.happened


async def test_a_damaged_log_ends_the_node() -> None:
    def read(*_: int) -> ChroniclePage:
        raise ValueError("damage")

    async with serving(read) as server:
        status, body = await server.get()
        assert (status, b"damage" in body) == (500, False)
        with pytest.raises(ValueError, match="damage"):
            server.failure.check()


async def test_who_waits_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    items: list[bytes] = []

    def read(*_: int) -> ChroniclePage:
        return ChroniclePage(list(items), len(items))

    async with serving(read) as server, asking(server.url) as one, asking(server.url) as other:
        waiting = [asyncio.create_task(source.read(0, 0)) for source in (one, other)]
        await asyncio.sleep(0.3)
        assert not any(task.done() for task in waiting)
        items.append(b"new")
        server.route.moved()
        async with asyncio.timeout(5):
            assert [(await task).items for task in waiting] == [[b"new"]] * 2
        items.clear()
        monkeypatch.setattr(chronicle_route, "CHRONICLE_WAIT_S", 0.1)
        assert await one.read(0, 0) == Received([], 0)


async def test_stopping_ends_who_waits() -> None:
    async with serving(lambda *_: ChroniclePage([], 0)) as server, asking(server.url) as source:
        waiting = asyncio.create_task(source.read(0, 0))
        await asyncio.sleep(0.2)
        async with asyncio.timeout(10):
            await server.server.stop()
            with pytest.raises(SourceFailed):
                await waiting


# --- bad servers ----------------------------------------------------------------------------------------------------

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            await answer(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def plain(body: bytes, *, length: int | None = None, certified: str = "1", status: str = "200 OK") -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        size = len(body) if length is None else length
        head = f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{CERTIFIED_HEADER}: {certified}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return answer


ITEM = (4).to_bytes(4, "big") + b"item"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (plain(ITEM, length=100), "."),
        (plain(ITEM[:-1]), "cut off"),
        (plain(ITEM + b"\0"), "cut off"),
        (plain(ITEM + b"\xff\xff\xff\xff1"), "cut off"),
        (plain(ITEM, certified="many"), "invalid literal"),
        (plain(ITEM, status="302 Found"), "302"),
        (plain(b"\xff" * 1000, status="500 No"), "it answered 500"),
        (plain(b"x" * 5000), "longer than"),
    ],
)
async def test_bad_answers(monkeypatch: pytest.MonkeyPatch, answer: Answer, words: str) -> None:
    monkeypatch.setattr(chronicle_source, "CHRONICLE_PAGE_MAX_BYTES", 4000)
    async with answering(answer) as bad, serving(one_item) as server, asking(bad, server.url) as source:
        with pytest.raises(SourceFailed, match=words):
            await source.read(0, 0)
        assert (await source.read(0, 0)).items == [b"item"], "the next peer is asked the next time"


async def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silence(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    monkeypatch.setattr(chronicle_source, "_ANSWER_TIMEOUT_S", 0.3)
    async with answering(silence) as bad, asking(bad) as source:
        with pytest.raises(SourceFailed, match=r"TimeoutError|imeout"):
            await source.read(0, 0)
    async with asking("http://127.0.0.1:1") as source:
        with pytest.raises(SourceFailed, match=r"127\.0\.0\.1:1"):
            await source.read(0, 0)


# --- bounds ---------------------------------------------------------------------------------------------------------


async def test_peers_that_hang_cost_bounded_memory_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as may come ask for large pages and read nothing: each holds one page, nobody else waits for them."""
    limits = DoorLimits(64, HTTP_CONNECTIONS_PER_ADDRESS_MAX, 1e6, 1_000, 2.0)
    monkeypatch.setattr(private_http, "_LIMITS", limits)

    def read(after: int, *_: int) -> ChroniclePage:
        return ChroniclePage([bytes(CHRONICLE_PAGE_BYTES)] if after else [b"small"], 1)

    async with serving(read) as server, asking(server.url) as honest:
        host, port = server.url.removeprefix("http://").split(":")
        tracemalloc.start()
        try:
            hanging = [await asyncio.open_connection(host, int(port), limit=1024) for _ in range(40)]
            for _, writer in hanging:
                writer.write(b"GET /v1/chronicle?after=1 HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.sleep(1.0)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        most = 3 * HTTP_CONNECTIONS_PER_ADDRESS_MAX * CHRONICLE_PAGE_BYTES
        assert peak < most, f"{peak} bytes for {len(hanging)} peers that read nothing"
        async with asyncio.timeout(10):  # after their stay they are cut off, and others get in
            while True:
                try:
                    assert (await honest.read(0, 0)).items == [b"small"]
                    break
                except SourceFailed:
                    await asyncio.sleep(0.1)
        for _, writer in hanging:
            writer.close()


# --- the log --------------------------------------------------------------------------------------------------------


def write_log(path: Path, chain: Chain, *, effects_from: int = 1) -> None:
    with closing(QuantumLog(path, chain.world.settings)) as log:
        for link in chain.links:
            batch, sealed = link.item.batch, link.sealed
            stored = StoredBatch(batch, sealed.digest)
            if sealed.header.number >= effects_from:
                stored.effects, stored.outline = link.item.effects, pack_outline(sealed)
            log.write([stored, *([] if link.item.certificate is None else [link.item.certificate])])


async def test_a_log_is_served_whole(tmp_path: Path) -> None:
    chain = Chain(batches=20)
    write_log(tmp_path / "log.sqlite", chain)
    with closing(ChronicleReader.open(tmp_path / "log.sqlite")) as reader:
        items: list[bytes] = []
        read: ReadChronicle = lambda after, term, _: reader.read(after, term, 5_000)  # noqa: E731
        async with serving(read) as server, asking(server.url) as source:
            while len(items) < len(chain.links):
                received = await source.read(len(items), 0)
                assert received.certified == len(chain.links)
                items += received.items
    assert [item[4:] for item in items] == [link.item.to_xdr() for link in chain.links]


async def test_what_is_not_final_is_not_served(tmp_path: Path) -> None:
    chain = Chain(batches=5)
    chain.links[-1].item.certificate = None
    last = max(n for n, link in enumerate(chain.links, 1) if link.item.certificate is not None)
    write_log(tmp_path / "log.sqlite", chain)
    with closing(ChronicleReader.open(tmp_path / "log.sqlite")) as reader:
        page = reader.read(0, 0, 1 << 30)
        assert (len(page.items), page.certified) == (last, last)
        assert reader.read(last, 0, 1 << 30).items == []
        assert reader.read(last + 5, 0, 1 << 30).items == []


async def test_a_log_without_effects_says_what_to_do(tmp_path: Path) -> None:
    chain = Chain(batches=8)
    write_log(tmp_path / "log.sqlite", chain, effects_from=6)
    with closing(ChronicleReader.open(tmp_path / "log.sqlite")) as reader:
        async with serving(reader.read) as server, asking(server.url) as source:
            with pytest.raises(SourceFailed, match=r"410.*PRUNED.*effects of batch 1 were not kept.*archive"):
                await source.read(0, 0)
            assert len((await source.read(5, 0)).items) == len(chain.links) - 5
            assert not server.failure.happened


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["0.0.0.0:7003", "[::]:7003", "10.0.0.1:7003", "example.org:7003"])
def test_a_port_that_others_reach_needs_a_secret(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="secret"):
        read_token(None, address)
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN)
    token_file.chmod(0o600)
    assert read_token(token_file, address) == TOKEN


@pytest.mark.parametrize("address", ["127.0.0.1:7003", "[::1]:7003", "localhost:7003", None])
def test_a_port_of_this_machine_needs_none(address: str | None) -> None:
    assert read_token(None, address) is None


async def test_what_no_log_has_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chronicle_route, "CHRONICLE_WAIT_S", 0.01)
    write_log(tmp_path / "log.sqlite", Chain(batches=3))
    with closing(ChronicleReader.open(tmp_path / "log.sqlite")) as reader:
        async with serving(reader.read) as server:
            assert (await server.get(f"?after={2**63 - 2}"))[0] == 200
            assert not server.failure.happened
