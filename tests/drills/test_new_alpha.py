"""The drill for a new alpha: the old one is gone with its key."""

import pytest

from tests.drills.drill import Drill
from tests.drills.holder import Holder
from tests.drills.machines import Machines

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


@pytest.mark.executes("docs/operating/drills/new-alpha.md", console=9)
async def test_the_page(machines: Machines, holder: Holder) -> None:
    drill = Drill("new-alpha.md", machines)
    ports = machines.prepare_alpha("new-alpha")
    drill.urls["wss://new.example.org:7001"] = f"ws://127.0.0.1:{ports.client}"
    drill.urls["wss://new.example.org:7002"] = f"ws://127.0.0.1:{ports.cluster}"
    await machines.kill_node("alpha")
    machines.replace_disk("alpha")
    await drill.follow("")
    drill.finish()
    await holder.check()  # its client finds the new alpha by itself
