"""Settings change by decisions of the auditors, while everything runs; and everybody follows them."""

import pytest

from constellation.sdk import ExchangeError
from tests.governance.stage import Stage, eventually, hash_in

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]


async def test_a_quorum_changes_limits_and_a_market(stage: Stage) -> None:
    trader = await stage.trader()
    async with stage.client(trader) as client:
        output = await stage.propose("settings", "--set", "markets[0].status=MARKET_HALTED")
        assert "markets[0].status: MARKET_OPEN -> MARKET_HALTED" in output
        assert "Signed by 1 of the 2" in output
        await client.create_order("XLM/USD", "sell", "1", "10")
        assert "A quorum has signed" in await stage.sign(hash_in(output))
        with pytest.raises(ExchangeError, match="HALTED"):
            await client.create_order("XLM/USD", "sell", "1", "10")
        await eventually(lambda: _version(client, 1))
        assert client.market("XLM/USD").status.name == "MARKET_HALTED"
    await stage.all_have("settings_version", 1)


async def _version(client, version):  # type: ignore[no-untyped-def]
    return client.settings_version == version
