import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter

from constellation.node import http
from constellation.node.exit_codes import ExitCode
from constellation.node.failures import explain
from constellation.node.health import Unhealthy, ask
from constellation.node.http import StatusServer
from constellation.transport.doorstep import DoorLimits

pytestmark = pytest.mark.usefixtures("restored_logging")


READY = {"ready": True, "state": "ready", "since": "2026-01-01T00:00:00.000Z", "degraded": False, "reasons": []}


def not_ready(reason: str) -> dict[str, Any]:
    return READY | {"ready": False, "state": "waiting", "reasons": [reason]}


class Node:
    """A node that says of itself what a test wants, and its HTTP port."""

    def __init__(self) -> None:
        self.status: dict[str, Any] = {**READY, "role": "alpha", "apex": 2**63}
        self.registry = CollectorRegistry()
        self.server = StatusServer(lambda: self.status, self.registry, "127.0.0.1", 0)

    async def start(self) -> None:
        self.url = f"http://127.0.0.1:{await self.server.start()}"

    async def get(self, path: str) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as response:
            text = response.headers["Content-Type"].startswith("text/")
            return response.status, await (response.text() if text else response.json())


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    node = Node()
    await node.start()
    yield node
    await node.server.stop()


async def test_port_0_lets_the_system_choose(node: Node) -> None:
    assert int(node.url.rpartition(":")[2]) > 0


async def test_a_node_that_answers_is_alive(node: Node) -> None:
    node.status = not_ready("no quorum")
    assert await node.get("/livez") == (200, {"alive": True})


async def test_readiness_has_a_state_and_reasons_and_nothing_else(node: Node) -> None:
    assert await node.get("/readyz") == (200, READY)
    node.status = not_ready("too few auditors are connected") | {"apex": 7}
    assert await node.get("/readyz") == (503, not_ready("too few auditors are connected"))


async def test_health_is_readiness_with_who_says_so(node: Node) -> None:
    node.status |= {"version": "1.2.3", "key": "G…"}
    who = {"role": "alpha", "version": "1.2.3", "key": "G…"}
    assert await node.get("/health") == (200, who | READY)
    node.status = not_ready("rising") | {"role": "chronicler", "version": "1.2.3", "apex": 7}
    expected = {"role": "chronicler", "version": "1.2.3", "key": None} | not_ready("rising")
    assert await node.get("/health") == (503, expected)


async def test_the_status_is_shown_whole(node: Node) -> None:
    assert await node.get("/status") == (200, node.status)


async def test_metrics_are_in_the_format_of_prometheus(node: Node) -> None:
    Counter("constellation_tests", "Of this file.", registry=node.registry).inc()
    status, text = await node.get("/metrics")
    assert status == 200
    assert "# TYPE python_info gauge" in text
    assert "\nconstellation_tests_total 1.0\n" in text


async def test_anything_else_is_not_found(node: Node) -> None:
    assert (await node.get("/"))[0] == 404
    assert (await node.get("/../etc/passwd"))[0] == 404


async def test_a_stopped_server_frees_its_port(node: Node) -> None:
    port = int(node.url.rpartition(":")[2])
    await node.server.stop()
    again = StatusServer(dict, CollectorRegistry(), "127.0.0.1", port)
    assert await again.start() == port
    await again.stop()


async def test_a_port_in_use_is_an_error_with_an_exit_code(node: Node) -> None:
    second = StatusServer(dict, CollectorRegistry(), "127.0.0.1", int(node.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="in use") as caught:
        await second.start()
    await second.stop()
    expected = explain(caught.value)
    assert expected is not None
    assert expected[0] is ExitCode.FAILED


async def test_a_connection_gets_one_answer(node: Node) -> None:
    port = int(node.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" * 5)
    async with asyncio.timeout(5):
        answer = await reader.read()
    assert answer.count(b"HTTP/1.1 200") == 1
    writer.close()


async def test_connections_are_few_and_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_LIMITS", DoorLimits(10, 3, 100, 100, stay_s=0.2))
    node = Node()
    await node.start()
    port = int(node.url.rpartition(":")[2])
    slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
    for _, writer in slow:
        writer.write(b"GET /status HTTP/1.1\r\n")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert (await reader.read()).startswith(b"HTTP/1.1 503")
    writer.close()
    async with asyncio.timeout(5):
        for reader, writer in slow:
            assert await reader.read() == b""
            writer.close()
    assert await node.get("/livez") == (200, {"alive": True})
    await node.server.stop()


# --- what asks: constellation health


async def asked(url: str) -> str:
    return await asyncio.to_thread(ask, url, 2.0)


async def test_health_of_a_ready_node(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert await asked(node.url + "/readyz") == json.dumps(READY)


async def test_health_of_a_node_that_is_not_ready(node: Node) -> None:
    node.status = not_ready("rising\n\x1b[2J")
    with pytest.raises(Unhealthy, match=r'answered 503: \{"ready": false, "state": "waiting", .*\["rising') as caught:
        await asked(node.url + "/readyz")
    assert str(caught.value).isprintable()


async def test_health_of_a_node_that_is_gone(node: Node) -> None:
    await node.server.stop()
    with pytest.raises(Unhealthy, match=r"gave no answer: .*refused"):
        await asked(node.url + "/readyz")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1:7000", ""])
def test_health_asks_over_http_alone(url: str) -> None:
    with pytest.raises(Unhealthy, match="no http:// or https:// address"):
        ask(url, 1.0)


@pytest.mark.parametrize("url", ["http://", "http://127.0.0.1:99999/", "http://127.0.0.1:x/"])
def test_a_malformed_url_is_no_answer(url: str) -> None:
    with pytest.raises(Unhealthy, match="gave no answer"):
        ask(url, 1.0)
