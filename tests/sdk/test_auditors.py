"""Handing a request to auditors: whatever they answer, the client goes on."""

import asyncio
import json
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest
from aiohttp import web

from constellation.protocol.messages import CancelOrder, Code, Payment
from constellation.sdk import Client, ClientOptions, InvalidRequest, OutcomeUnknown
from constellation.sdk import auditors as module
from constellation.sdk.auditors import hand_to_auditors
from constellation.testing.world import World, key_of

WORLD = World(auditors=3)
ANNA = key_of("anna")
SIGNED = WORLD.request(ANNA, Payment(key_of("bert").public, 0, 1))

pytestmark = pytest.mark.timeout(20)


async def serve(answer: bytes, status: int = 422) -> tuple[web.AppRunner, str, list[bytes]]:
    taken: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        taken.append(await request.read())
        return web.Response(body=answer, status=status)

    application = web.Application()
    application.add_routes([web.post("/requests", handle)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}", taken


HOSTILE = [
    b"",
    b"[]",
    b"{}",
    b"\xff",
    b'{"code": [], "message": "x"}',
    b'{"code": {}, "message": "x"}',
    b'{"code": "NO_SUCH_CODE", "message": "x"}',
    b'{"code": "EXPIRED", "message": 7}',
    b"[" * 100_000,
    b"9" * 100_000,
]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
async def test_an_answer_that_is_none_is_no_refusal(answer: bytes) -> None:
    runner, url, _ = await serve(answer)
    (said,) = await hand_to_auditors(SIGNED, [url])
    assert (said.taken, said.code) == (False, None)
    await runner.cleanup()


async def test_a_refusal_has_its_code_and_a_bounded_message() -> None:
    runner, url, _ = await serve(json.dumps({"code": "EXPIRED", "message": "x" * 1000}).encode())
    (said,) = await hand_to_auditors(SIGNED, [url])
    assert (said.taken, said.code, len(said.message)) == (False, Code.EXPIRED, 256)
    await runner.cleanup()


async def test_nobody_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_TIMEOUT_S", 0.2)
    silent: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: silent.append(writer), "127.0.0.1", 0)
    (said,) = await hand_to_auditors(SIGNED, [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"])
    assert (said.taken, said.message) == (False, "no answer: TimeoutError")
    for writer in silent:
        writer.close()
    server.close()


@pytest.mark.parametrize("request_", [SIGNED, OutcomeUnknown("no answer", SIGNED)], ids=["bytes", "error"])
async def test_a_client_needs_no_connection_to_alpha_for_it(request_: object) -> None:
    runner, url, taken = await serve(b'{"taken": true}', 202)
    client = Client("ws://127.0.0.1:1", WORLD.settings, ANNA, ClientOptions(auditor_urls=(url, url)))
    answers = await client.ask_auditors(request_)  # type: ignore[arg-type]
    assert [answer.taken for answer in answers] == [True, True]
    assert taken == [SIGNED.to_xdr()] * 2
    await runner.cleanup()


async def test_without_addresses_nothing_is_asked() -> None:
    client = Client("ws://127.0.0.1:1", WORLD.settings, ANNA)
    with pytest.raises(InvalidRequest, match="auditor_urls"):
        await client.ask_auditors(SIGNED)


async def test_a_batch_is_not_handed_to_auditors() -> None:
    client = Client("ws://127.0.0.1:1", WORLD.settings, ANNA, ClientOptions(auditor_urls=("http://127.0.0.1:1",)))
    with pytest.raises(InvalidRequest, match="no batches"):
        await client.ask_auditors(OutcomeUnknown("no answer", WORLD.batch(ANNA, [CancelOrder(1)])))


@pytest.mark.executes("docs/coding/no-answer.md", python=1)
async def test_example_of_the_page_for_traders(capsys: pytest.CaptureFixture[str]) -> None:
    """Alpha is silent at first, and answers the same bytes later."""
    page = (Path(__file__).parents[2] / "docs/coding/no-answer.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], names)
    runner, url, taken = await serve(b'{"taken": true}', 202)
    silent, error = AsyncMock(), OutcomeUnknown("no answer", SIGNED)
    error.resend = AsyncMock(return_value=("the first answer",))
    client = Client("ws://127.0.0.1:1", WORLD.settings, ANNA, ClientOptions(auditor_urls=(url,)))
    silent.pay.side_effect = error
    silent.ask_auditors = client.ask_auditors
    assert await names["pay_in_spite_of_alpha"](silent, ANNA.address) == "the first answer"
    error.resend.assert_awaited_once_with(SIGNED)
    assert taken == [SIGNED.to_xdr()]
    assert capsys.readouterr().out == f"{url} passes it on\n"
    await runner.cleanup()
