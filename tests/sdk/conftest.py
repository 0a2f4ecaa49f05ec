"""An alpha behind sockets, and two clients before it."""

from collections.abc import AsyncIterator

import pytest

from constellation.sdk import Client
from tests.gateway.harness import ANNA, BERT, Alpha
from tests.gateway.live import LiveAlpha, live


@pytest.fixture
async def server() -> AsyncIterator[LiveAlpha]:
    async with live(Alpha().fund(ANNA, BERT)) as server:
        yield server


@pytest.fixture
async def anna(server: LiveAlpha) -> AsyncIterator[Client]:
    async with await Client.connect(server.url, server.alpha.settings, ANNA) as client:
        yield client


@pytest.fixture
async def bert(server: LiveAlpha) -> AsyncIterator[Client]:
    async with await Client.connect(server.url, server.alpha.settings, BERT) as client:
        yield client
