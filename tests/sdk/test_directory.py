"""Asking the auditors where alpha is: nobody's word is taken."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from constellation.protocol.appointments_json import appointments_to_json
from constellation.protocol.messages import SignedAppointment
from constellation.protocol.terms import check_appointments
from constellation.sdk import directory
from constellation.sdk.directory import find_alpha
from constellation.testing.world import World, key_of
from tests.herald.support import appoint

WORLD = World(auditors=3)
ONCE = [appoint(WORLD, 1, key_of("second alpha"))]
TWICE = [*ONCE, appoint(WORLD, 2, key_of("third alpha"))]

pytestmark = pytest.mark.timeout(20)


def status(*appointments: SignedAppointment) -> str:
    return json.dumps({"role": "auditor", "appointments": appointments_to_json(WORLD.constellation, appointments)})


@asynccontextmanager
async def auditor(answer: str | Callable[[], str], code: int = 200) -> AsyncIterator[str]:
    """An auditor's HTTP port; its URL."""

    async def handle(_request: web.Request) -> web.Response:
        return web.Response(text=answer if isinstance(answer, str) else answer(), status=code)

    application = web.Application()
    application.add_routes([web.get("/status", handle)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_the_furthest_term_that_anybody_shows_is_taken() -> None:
    async with auditor(status()) as behind, auditor(status(*ONCE)) as between, auditor(status(*TWICE)) as ahead:
        found = await find_alpha(WORLD.terms, [behind, ahead, between])
        assert found == check_appointments(WORLD.settings, TWICE)
        assert await find_alpha(found, [behind, ahead, between]) is None


async def test_without_auditors_nothing_is_found() -> None:
    assert await find_alpha(WORLD.terms, []) is None


@pytest.mark.parametrize(
    "answer",
    [
        "", "{", "[]", "null", "1", '{"appointments": 1}', '{"appointments": {"constellation_id": "00"}}',
        status(appoint(WORLD, 1, key_of("second alpha"), signers=(0,))),
        status(appoint(WORLD, 2, key_of("second alpha"))),
        status(*ONCE).replace("ws://clients", "ws://thief"),
        status(appoint(WORLD, 1, key_of("second alpha"))) + " " * 3_000_000,
        "[" * 200_000,
    ],
)  # fmt: skip
async def test_what_does_not_hold_is_passed_over(answer: str) -> None:
    async with auditor(answer) as liar, auditor(status(*ONCE)) as honest:
        assert await find_alpha(WORLD.terms, [liar]) is None
        found = await find_alpha(WORLD.terms, [liar, honest])
        assert found is not None
        assert found.term == 1


async def test_who_does_not_answer_is_passed_over() -> None:
    async with auditor(status(*ONCE), code=500) as broken, auditor(status(*ONCE)) as gone:
        pass
    assert await find_alpha(WORLD.terms, [broken, gone, "file:///etc/hostname", "nonsense", ""]) is None


async def test_terms_that_contradict_the_known_ones_are_passed_over() -> None:
    known = check_appointments(WORLD.settings, ONCE)
    other = [appoint(WORLD, 1, key_of("somebody else")), TWICE[1]]
    async with auditor(status(*other)) as liar, auditor(status(*TWICE)) as honest:
        assert await find_alpha(known, [liar]) is None
        assert await find_alpha(known, [liar, honest]) == check_appointments(WORLD.settings, TWICE)


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x" * 200_000]
)
async def test_an_auditor_that_drips_does_not_hold_the_client(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "_TIMEOUT_S", 0.3)
    gone = asyncio.Event()

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(head)
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()
            gone.set()

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server, auditor(status(*ONCE)) as honest:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        began = time.monotonic()
        found = await find_alpha(WORLD.terms, [url, honest])
        assert time.monotonic() - began < 2
        assert found is not None
        async with asyncio.timeout(2):
            await gone.wait()
