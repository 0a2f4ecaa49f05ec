"""The drill for a lost key of an auditor."""

import pytest

from tests.drills.drill import Drill
from tests.drills.holder import Holder
from tests.drills.machines import Machines

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


@pytest.mark.executes("docs/operating/drills/lost-key.md", console=7)
async def test_the_page(machines: Machines, holder: Holder) -> None:
    drill = Drill("lost-key.md", machines)
    await machines.kill_node("auditor-3")
    machines.lose_key("auditor-3")
    await drill.follow("", "Replace the member")
    drill.finish()
    await holder.check()

    await machines.kill_node("auditor-1")
    await holder.check()  # the new member counts
    account = await machines.network.account(machines.vault_address)
    assert account is not None
    assert machines.keys["auditor-3"].address not in account.signers
