"""The drill for a lost disk, on disks that are lost."""

import pytest

from tests.drills.drill import Drill
from tests.drills.holder import Holder
from tests.drills.machines import Machines

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


@pytest.mark.executes("docs/operating/drills/lost-disk.md", console=5)
async def test_the_page(machines: Machines, holder: Holder) -> None:
    drill = Drill("lost-disk.md", machines)
    await machines.kill_node("auditor-3")
    machines.replace_disk("auditor-3")
    await drill.follow("An auditor's disk")
    await holder.check()

    drill.begin()
    await machines.kill_node("alpha")
    machines.replace_disk("alpha")
    await drill.follow("Alpha's disk")
    await holder.check()
    drill.finish()
