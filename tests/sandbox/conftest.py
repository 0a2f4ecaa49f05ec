"""Fixtures for the sandbox: a served ledger that is closed every few milliseconds, or by hand."""

import asyncio

import aiohttp
import pytest

from constellation.sandbox import Ledger, LedgerServer
from tests.sandbox.sdk import Client
from tests.sandbox.site import Site
from tests.sandbox.world import key


@pytest.fixture
async def server():
    server = LedgerServer(Ledger(), close_interval_s=0.02)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def manual_server():
    server = LedgerServer(Ledger(), close_interval_s=None, submission_seconds_max=0.2)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def site(manual_server):
    for name in ("alice", "bob", "issuer"):
        manual_server.ledger.friendbot.request(key(name).public_key)
    await manual_server.close_ledger()
    async with aiohttp.ClientSession() as session:
        yield Site(manual_server, session)


@pytest.fixture
def session(server):
    """Runs a function of a client of the SDK in a thread, while the server runs here."""

    async def run(function):
        client = Client(server.url, server.ledger.network_passphrase)
        try:
            return await asyncio.to_thread(function, client)
        finally:
            client.close()

    return run
