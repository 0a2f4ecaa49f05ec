"""The drill for the end: everybody gets back on Stellar what is owed."""

import pytest
from stellar_sdk import Asset

from tests.drills.drill import Drill
from tests.drills.holder import Holder
from tests.drills.machines import Machines

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


@pytest.mark.executes("docs/operating/drills/emergency-refund.md", console=12)
async def test_the_page(machines: Machines, holder: Holder) -> None:
    drill = Drill("emergency-refund.md", machines)
    before = await lumens(machines, holder)
    await machines.kill_node("alpha")
    await drill.follow("")
    assert await lumens(machines, holder) == before + 500 * 10**7
    await machines.deposit(holder.key_pair, Asset.native(), "7")
    await drill.follow("A second plan")
    drill.finish()
    vault = await machines.network.account(machines.vault_address)
    assert vault is not None
    left = vault.balance(None)
    assert left is not None
    assert left.amount == machines.settings.vault_reserve


async def lumens(machines: Machines, holder: Holder) -> int:
    """What the holder has on the ledger, in stroops."""
    account = await machines.network.account(holder.key_pair.address)
    assert account is not None
    balance = account.balance(None)
    assert balance is not None
    return int(balance.amount)
