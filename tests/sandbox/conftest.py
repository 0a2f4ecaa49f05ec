"""Fixtures for the sandbox: a served ledger that is closed every few milliseconds, or by hand."""

import pytest

from constellation.sandbox import Ledger, LedgerServer


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
