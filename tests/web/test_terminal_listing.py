"""What the page has verified stays true when the auditors list another asset with a code that is listed already."""

from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import AssetSettings, CreditAsset
from tests.gateway.harness import ANNA, ISSUER, USD, key
from tests.sdk.test_settings_keeper import decide
from tests.web.terminal_stage import TRADING, appoint, opened

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]

TWIN = key("another issuer")


async def test_another_asset_with_the_same_code_is_no_contradiction() -> None:
    async with opened() as (page, server):
        alpha = server.alpha
        await appoint(page)
        await page.click("[data-test=tab-balances]")
        await page.appears("[data-test=balance-USD] .shield.final")
        twin = AssetSettings(CreditAsset("USD", TWIN.public), 1, 0)
        decide(alpha, replace(alpha.settings, assets=[*alpha.settings.assets, twin]))
        alpha.settle(checkpoint=True)
        for _ in range(2):
            alpha.deposit(ANNA, USD, ONE)
            alpha.settle()
            await page.appears(f"[data-test='balance-USD:{ISSUER.address}'] .shield.final")
            assert await page.call("count", "[data-test=broken]") == 0
            await page.call("page", "reload")
            await page.until(TRADING)
            await page.click("[data-test=tab-balances]")
