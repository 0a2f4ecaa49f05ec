"""An auditor's HTTP port takes requests: within bounds, with coded answers, and until alpha has ordered them."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from constellation.node import forwarding as module
from constellation.node.forwarding import Forwarding
from constellation.node.http import StatusServer
from constellation.protocol.limits import HANDED_BURST, HANDED_MAX_BYTES
from constellation.protocol.messages import ClusterMessage, Payment, SignedRequest
from constellation.sdk.auditors import hand_to_auditors
from constellation.sdk.http import exchange
from constellation.testing.world import START_US, World, key_of

ANNA, BERT = key_of("anna"), key_of("bert")
VALID_US = 30_000_000

pytestmark = pytest.mark.timeout(30)


class Auditor:
    """What takes requests and passes them on, and its HTTP port."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now_us = START_US
        patch.setattr(module, "clock_us", lambda: self.now_us)
        patch.setattr(module, "FORWARD_PAUSE_S", 0.01)
        self.world = World(auditors=3)
        self.machine = self.world.machine()
        self.world.funded(self.machine, "anna", "bert")
        self.sent: list[ClusterMessage] = []
        self.registry = CollectorRegistry()
        self.forwarding = Forwarding(lambda: self.machine.state, self._send, self.registry)
        self.server = StatusServer(
            self.forwarding.describe, self.registry, "127.0.0.1", 0, routes=self.forwarding.routes
        )

    async def _send(self, message: ClusterMessage) -> None:
        self.sent.append(message)

    def request(self, nonce: int = 1) -> SignedRequest:
        payment = Payment(BERT.public, 0, 1)
        return self.world.request(ANNA, payment, nonce=nonce, valid_until=START_US + VALID_US)

    async def post(self, body: bytes, **headers: str) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.post(f"{self.url}/requests", data=body, headers=headers) as response,
        ):
            return response.status, await response.json()

    async def refuses(self, status: int, code: str, body: bytes, **headers: str) -> None:
        found, answer = await self.post(body, **headers)
        assert (found, answer["code"]) == (status, code)
        assert 0 < len(answer["message"]) <= 256
        assert self.shown["waiting"] == 0
        assert self.sample("constellation_handed_requests_total", result=code) >= 1

    @property
    def shown(self) -> dict[str, Any]:
        return self.forwarding.describe()["forwarding"]

    def sample(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0

    async def passed_on(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.sent) < count:
                await asyncio.sleep(0.005)


@pytest.fixture
async def auditor(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Auditor]:
    auditor = Auditor(monkeypatch)
    auditor.url = f"http://127.0.0.1:{await auditor.server.start()}"
    auditor.forwarding.stream_starts()
    running = asyncio.create_task(auditor.forwarding.run())
    yield auditor
    running.cancel()
    await auditor.server.stop()


async def test_a_request_is_taken_and_told_to_alpha_until_it_is_ordered(auditor: Auditor) -> None:
    signed = auditor.request()
    assert await auditor.post(signed.to_xdr()) == (202, {"taken": True})
    await auditor.passed_on(1)
    auditor.forwarding.stream_starts()
    await auditor.passed_on(2)
    auditor.now_us += 1_500_000
    assert auditor.sent == [signed, signed]
    assert auditor.shown == {"waiting": 1, "oldest_s": 1.5, "expired": 0}
    assert auditor.sample("constellation_forwarded_waiting") == 1
    assert auditor.sample("constellation_forwarded_oldest_seconds") == 1.5
    auditor.machine.execute(START_US, signed)
    await asyncio.sleep(0.1)
    assert auditor.shown == {"waiting": 0, "oldest_s": 0.0, "expired": 0}
    assert auditor.sample("constellation_forwarded_expired_total") == 0


async def test_what_alpha_never_orders_is_counted(auditor: Auditor, caplog: pytest.LogCaptureFixture) -> None:
    await auditor.post(auditor.request().to_xdr())
    await auditor.passed_on(1)
    auditor.now_us += 10 * VALID_US
    await asyncio.sleep(0.1)
    assert auditor.shown == {"waiting": 0, "oldest_s": 0.0, "expired": 1}
    assert auditor.sample("constellation_forwarded_expired_total") == 1
    (record,) = [item for item in caplog.records if "has not ordered" in item.message]
    assert (record.account, record.nonce, record.operation) == (ANNA.address, 1, "Payment")  # type: ignore[attr-defined]


async def test_without_a_connection_alpha_is_not_blamed(auditor: Auditor) -> None:
    auditor.forwarding.link_down()
    signed = auditor.request()
    await auditor.post(signed.to_xdr())
    await asyncio.sleep(0.1)
    assert (auditor.sent, auditor.shown["waiting"]) == ([], 1)
    auditor.forwarding.stream_starts()
    await auditor.passed_on(1)
    auditor.forwarding.link_down()
    await auditor.post(auditor.request(2).to_xdr())
    auditor.now_us += 10 * VALID_US
    await asyncio.sleep(0.1)
    assert auditor.sent == [signed]
    assert auditor.shown == {"waiting": 0, "oldest_s": 0.0, "expired": 1}


@pytest.mark.parametrize("body", [b"", b"{}", bytes(100), bytes(HANDED_MAX_BYTES)])
async def test_garbage_is_malformed(auditor: Auditor, body: bytes) -> None:
    await auditor.refuses(400, "MALFORMED", body)


async def test_bytes_after_a_request_are_malformed(auditor: Auditor) -> None:
    await auditor.refuses(400, "MALFORMED", auditor.request().to_xdr() + bytes(4))


async def test_a_body_is_bounded_before_it_is_read(auditor: Auditor) -> None:
    await auditor.refuses(413, "TOO_LARGE", bytes(HANDED_MAX_BYTES + 1))
    status, _ = await exchange(f"{auditor.url}/requests", bytes(HANDED_MAX_BYTES + 1))
    assert status == 413


async def test_a_compressed_body_is_not_inflated(auditor: Auditor) -> None:
    bomb = zlib.compress(bytes(500_000))
    assert len(bomb) < HANDED_MAX_BYTES
    await auditor.refuses(400, "MALFORMED", bomb, **{"Content-Encoding": "deflate"})


async def test_a_slow_body_is_not_waited_for(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HANDED_TIMEOUT_S", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(auditor.url.rpartition(":")[2]))
    writer.write(b"POST /requests HTTP/1.1\r\nHost: auditor\r\nContent-Length: 100\r\n\r\n1")
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    writer.close()


@pytest.mark.parametrize("head", ["Content-Length: 100\r\n\r\n1", "Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n"])
@pytest.mark.parametrize("rest", [b"", b"ZZ\r\n"])
async def test_a_body_that_ends_in_the_wrong_way_is_no_failure(
    auditor: Auditor, caplog: pytest.LogCaptureFixture, head: str, rest: bytes
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(auditor.url.rpartition(":")[2]))
    writer.write(f"POST /requests HTTP/1.1\r\nHost: auditor\r\n{head}".encode())
    await asyncio.sleep(0.1)
    writer.write(rest)
    writer.close()
    async with asyncio.timeout(5):
        while not auditor.sample("constellation_handed_requests_total", result="MALFORMED"):
            await asyncio.sleep(0.01)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_refusals_are_coded(auditor: Auditor) -> None:
    signed = auditor.request()
    await auditor.refuses(422, "BAD_SIGNATURE", SignedRequest(signed.request, bytes(64)).to_xdr())
    auditor.machine.execute(START_US, signed)
    await auditor.refuses(422, "NONCE_TOO_LOW", signed.to_xdr())


async def test_one_address_is_limited(auditor: Auditor) -> None:
    for _ in range(HANDED_BURST):
        await auditor.refuses(400, "MALFORMED", b"")
    await auditor.refuses(429, "RATE_LIMITED", auditor.request().to_xdr())
    auditor.now_us += 1_000_000
    assert (await auditor.post(auditor.request().to_xdr()))[0] == 202


async def test_requests_are_posted_and_nothing_else(auditor: Auditor) -> None:
    status, _ = await exchange(f"{auditor.url}/requests")
    assert status == 405


# --- the client's side


async def test_the_client_is_told_what_each_auditor_says(auditor: Auditor) -> None:
    signed = auditor.request()
    gone = "http://127.0.0.1:1"
    taken, lost, odd = await hand_to_auditors(signed, [auditor.url + "/", gone, auditor.url + "/status"])
    assert (taken.url, taken.taken, taken.code) == (auditor.url + "/", True, None)
    assert (lost.taken, lost.code) == (False, None)
    assert lost.message.startswith("no answer")
    assert (odd.taken, odd.code) == (False, None)
    auditor.machine.execute(START_US, signed)
    await asyncio.sleep(0.1)
    (used,) = await hand_to_auditors(signed, [auditor.url])
    assert (used.taken, used.code and used.code.name) == (False, "NONCE_TOO_LOW")
