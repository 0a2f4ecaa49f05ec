import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from constellation.node.exit_codes import ExitCode
from constellation.node.failures import explain
from constellation.node.health import Unhealthy, ask
from constellation.node.http import StatusServer

pytestmark = pytest.mark.usefixtures("restored_logging")


class Node:
    """A node that says of itself what a test wants, and its HTTP port."""

    def __init__(self) -> None:
        self.status: dict[str, Any] = {"role": "alpha", "ready": True, "reasons": [], "apex": 2**63}
        self.server = StatusServer(lambda: self.status, "127.0.0.1", 0)

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
    node.status = {"ready": False, "reasons": ["no quorum"]}
    assert await node.get("/livez") == (200, {"alive": True})


async def test_readiness_has_reasons(node: Node) -> None:
    assert await node.get("/readyz") == (200, {"ready": True, "reasons": []})
    node.status = {"ready": False, "reasons": ["too few auditors are connected"]}
    assert await node.get("/readyz") == (503, {"ready": False, "reasons": ["too few auditors are connected"]})


async def test_the_status_is_shown_whole(node: Node) -> None:
    assert await node.get("/status") == (200, node.status)


async def test_metrics_are_in_the_format_of_prometheus(node: Node) -> None:
    status, text = await node.get("/metrics")
    assert status == 200
    assert "# TYPE python_info gauge" in text


async def test_anything_else_is_not_found(node: Node) -> None:
    assert (await node.get("/"))[0] == 404
    assert (await node.get("/../etc/passwd"))[0] == 404


async def test_a_stopped_server_frees_its_port(node: Node) -> None:
    port = int(node.url.rpartition(":")[2])
    await node.server.stop()
    again = StatusServer(dict, "127.0.0.1", port)
    assert await again.start() == port
    await again.stop()


async def test_a_port_in_use_is_an_error_with_an_exit_code(node: Node) -> None:
    second = StatusServer(dict, "127.0.0.1", int(node.url.rpartition(":")[2]))
    with pytest.raises(OSError, match="in use") as caught:
        await second.start()
    await second.stop()
    expected = explain(caught.value)
    assert expected is not None
    assert expected[0] is ExitCode.FAILED


# --- what asks: constellation health


async def asked(url: str) -> str:
    return await asyncio.to_thread(ask, url, 2.0)


async def test_health_of_a_ready_node(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert await asked(node.url + "/readyz") == '{"ready": true, "reasons": []}'


async def test_health_of_a_node_that_is_not_ready(node: Node) -> None:
    node.status = {"ready": False, "reasons": ["rising\n\x1b[2J"]}
    with pytest.raises(Unhealthy, match=r'answered 503: \{"ready": false, "reasons": \["rising') as caught:
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
