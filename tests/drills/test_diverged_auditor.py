"""The drill for a diverged auditor: first one machine is wrong, then alpha's."""

import asyncio

import pytest

from constellation.node.exit_codes import ExitCode
from constellation.sdk import ExchangeError, HistoryReplaced
from tests.drills.drill import Drill
from tests.drills.faults import bad_memory
from tests.drills.holder import Holder
from tests.drills.machines import Machines

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("processes")]


@pytest.mark.executes("docs/operating/drills/diverged-auditor.md", console=12)
async def test_the_page(machines: Machines, holder: Holder) -> None:
    drill = Drill("diverged-auditor.md", machines)
    await machines.kill_node("auditor-3")
    with bad_memory(machines.directory / "memory-1") as memory:
        await machines.start_node("auditor-3")
    await machines.ready("auditor-3")
    memory.fail()
    await holder.trade()
    assert await machines.processes["auditor-3"].wait() == ExitCode.DIVERGED
    await drill.follow("", "Who is wrong?", "Not reproduced: the machine was wrong")
    await holder.check()

    for name in machines.auditors:
        for bundle in machines.data_directory(name).glob("evidence-*.json"):
            bundle.unlink()
    await machines.kill_node("alpha")
    with bad_memory(machines.directory / "memory-2") as memory:
        await machines.start_node("alpha")
    await machines.ready("alpha")
    await holder.trade()
    memory.fail()
    await holder.client.create_order("XLM/USD", "sell", "0.3", "1")  # acknowledged, and lost
    for name in machines.auditors:
        assert await machines.processes[name].wait() == ExitCode.DIVERGED
    await drill.follow("Reproduced: alpha is wrong")
    drill.finish()
    assert f"`{await end_of(holder)}`" in drill.text
    await holder.reconnect(lost=1)
    await holder.check()


async def end_of(holder: Holder) -> str:
    """What a client says whom alpha cannot show again what it had acknowledged."""
    async with asyncio.timeout(30):
        while True:
            try:
                await holder.client.account()
            except HistoryReplaced as error:
                return type(error).__name__
            except ExchangeError as error:
                return error.code.name
            await asyncio.sleep(0.1)
