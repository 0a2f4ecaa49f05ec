"""Many rules at once: the server stays alive, says nothing it was not told to say, and is well again afterwards."""

import random

import aiohttp
import pytest
from stellar_sdk import Payment

from constellation.sandbox.faults import FaultKind
from tests.sandbox.world import NATIVE, key

BOB = key("bob").public_key
PATHS = (
    "/",
    "/ledgers",
    "/payments",
    "/fee_stats",
    f"/accounts/{BOB}",
    f"/accounts/{BOB}/effects?order=desc",
    "/assets",
)


async def answers(site):
    return [await site.get(path) for path in PATHS]


@pytest.mark.parametrize("seed", range(6))
async def test_any_faults_and_then_none(site, caplog, seed):
    chance = random.Random(seed)
    for _ in range(12):
        kind = chance.choice(list(FaultKind))
        extra = {"delay_s": 0.001} if kind is FaultKind.DELAY else {}
        if kind is FaultKind.STATUS:
            extra = {"status": chance.choice([429, 502, 504]), "body": chance.choice(["html", "empty", "problem"])}
        if kind in {FaultKind.STATUS, FaultKind.DROP}:
            extra["moment"] = chance.choice(["before", "after"])
        site.server.faults.add(kind, probability=0.3, seed=chance.randrange(100), times=None, **extra)
    for _ in range(40):
        site.submit("alice", Payment(BOB, NATIVE, "1"))
        await site.server.close_ledger()
        try:
            async with site.session.get(site.server.url + chance.choice(PATHS)) as response:
                await response.read()
                assert response.status in {200, 404, 410, 429, 502, 504}
        except aiohttp.ClientError:
            pass
    assert "cannot answer" not in caplog.text
    assert any(active.struck for active in site.server.faults.list())
    site.server.faults.clear()
    healthy = await answers(site)
    assert healthy[0]["history_latest_ledger"] == site.ledger.latest.sequence
    assert healthy == await answers(site)
