"""The drill for a lost quorum: too many auditors are away, with their disks or without."""

import asyncio

import pytest

from constellation.protocol.messages import Code
from constellation.sdk import ExchangeError
from tests.drills.drill import Drill
from tests.drills.holder import Holder
from tests.drills.machines import Machines

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


@pytest.mark.executes("docs/operating/drills/lost-quorum.md", console=9)
async def test_the_page(machines: Machines, holder: Holder) -> None:
    drill = Drill("lost-quorum.md", machines)
    await lose_quorum(machines)
    with pytest.raises(ExchangeError) as refused:
        await holder.trade()
    assert refused.value.code is Code.NO_QUORUM
    assert refused.value.message in drill.text
    assert (await holder.client.account()).orders
    await drill.follow("", "Bring auditors back")
    await holder.check()

    drill.begin()
    await lose_quorum(machines)
    for name in ("auditor-2", "auditor-3"):
        machines.replace_disk(name)
    await drill.follow("Their disks are gone, too")
    drill.finish()
    await holder.check()


async def lose_quorum(machines: Machines) -> None:
    """End two of three auditors, and wait until alpha has noticed."""
    for name in ("auditor-2", "auditor-3"):
        await machines.kill_node(name)
    async with asyncio.timeout(30):
        while (await machines.status("alpha"))["ready"]:
            await asyncio.sleep(0.1)
