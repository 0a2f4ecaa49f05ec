"""A node dies at every step of a quantum's life, before and after it; then everything that was promised must hold.

The nodes are real and run in this process; the traders are clients of the SDK. After each crash: what a client saw
acknowledged exists exactly once, repeated requests get the first answer, all logs and state roots agree, money is
conserved, and the vault on the ledger holds what is owed (``tests/node/load.py``).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from random import Random

import aiohttp
import pytest
import pytest_asyncio
from stellar_sdk import Asset

from constellation.sdk import NotFinal
from constellation.snapshots import QuantumLog
from constellation.snapshots.directory import LOG_FILE
from tests.faults.inprocess import InProcessSandbox
from tests.faults.points import FSYNC, Points, Trap
from tests.node.load import History, Trader, check_constellation, new_traders

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

_STRIKE_S = 15.0
_FROZEN_S = 0.7
_OPERATIONS = 400
_DEPOSITS_MAX = 10
_NEXT_DEPOSIT_S = 1.5
_PAUSE_S = 0.01

BOTH = ("before", "after")
QUANTUM = {
    "alpha": [
        "receive", "verify", "sequence", "apply", "sign", "append", "send", "acknowledge", "aggregate",
        "store the certificate", "finalize",
    ],
    "auditor-1": [
        "receive a batch", "verify a batch", "apply a batch", "append", "sign", "send a vote", "note the certificate",
        "store the certificate",
    ],
}  # fmt: skip
"""Steps of a request, by role."""

LEDGER = [
    ("auditor-1", "sign a report"), ("auditor-1", "look at the vault"), ("auditor-1", "sign a withdrawal"),
    ("auditor-1", "send a signature"), ("alpha", "take a signature"), ("alpha", "submit a withdrawal"),
    ("alpha", "note an outcome"),
]  # fmt: skip
"""Steps of deposits and withdrawals."""

RISING = [
    ("alpha", "adopt"), ("alpha", "open the epoch"), ("alpha", "append"), ("alpha", "tell the opening"),
    ("alpha", "start a stream"), ("alpha", "aggregate"), ("alpha", "open the gateway"),
    ("auditor-1", "store the promise"), ("auditor-1", "send the promise"), ("auditor-1", "take the opening"),
]  # fmt: skip
"""Steps of the start of an epoch."""


@dataclass
class Stage:
    """A living constellation with traders; each test leaves it healed."""

    sandbox: InProcessSandbox
    points: Points
    traders: list[Trader]
    history: History

    async def died(self, node: str) -> None:
        """Wait until the trap has closed."""
        async with asyncio.timeout(_STRIKE_S):
            await self.sandbox.lives[node].death()
        assert not self.points.is_set

    async def strikes(self, patience_s: float) -> None:
        """Wait until the trap has closed, but no longer than this."""
        deadline = asyncio.get_running_loop().time() + patience_s
        while self.points.is_set and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)

    async def check(self) -> None:
        """Bring back who died; then everything must be right."""
        await self.sandbox.bring_back()
        await check_constellation(self.sandbox, self.traders, self.history)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    sandbox = InProcessSandbox(tmp_path_factory.mktemp("crashes") / "sandbox", patch)
    points = Points(patch, sandbox.registry)
    await sandbox.start(lambda _text: None)
    traders = await new_traders(sandbox, 2, Random(7))
    yield Stage(sandbox, points, traders, History(sandbox))
    await asyncio.gather(*(trader.close() for trader in traders))
    await sandbox.stop()


def traps(steps: dict[str, list[str]]) -> list[Trap]:
    every = [Trap(node, step, moment) for node, names in steps.items() for step in names for moment in BOTH]
    return [*every, *(Trap(node, FSYNC, "before") for node in steps)]


BLACKOUTS = [
    Trap("alpha", step, moment, blackout=True)
    for step, moment in [
        ("append", "before"), (FSYNC, "before"), ("append", "after"), ("send", "before"), ("acknowledge", "after"),
        ("store the certificate", "before"), ("finalize", "after"),
    ]
] + [
    Trap("auditor-1", step, moment, blackout=True)
    for step, moment in [(FSYNC, "before"), ("append", "after"), ("sign", "after"), ("note the certificate", "before")]
]  # fmt: skip
"""Moments at which the power fails everywhere."""


@pytest.mark.parametrize("trap", [*traps(QUANTUM), *BLACKOUTS], ids=str)
async def test_a_node_dies_while_traders_trade(stage: Stage, trap: Trap) -> None:
    stop = asyncio.Event()
    stage.points.set(trap)
    async with asyncio.TaskGroup() as tasks:
        for trader in stage.traders:
            tasks.create_task(trader.trade(stop, _OPERATIONS, _PAUSE_S))
        await stage.died(trap.node)
        await stage.sandbox.bring_back()
        stop.set()
    await stage.check()


@pytest.mark.parametrize("moment", BOTH)
@pytest.mark.parametrize(("node", "step"), LEDGER)
async def test_a_node_dies_while_money_comes_and_goes(stage: Stage, node: str, step: str, moment: str) -> None:
    trader, sandbox = stage.traders[0], stage.sandbox
    before = (await trader.client.account()).balances["XLM"].total
    stage.points.set(Trap(node, step, moment))
    deposits = 0
    while stage.points.is_set and deposits < _DEPOSITS_MAX:
        await sandbox.deposit(trader.key_pair, Asset.native(), "1")
        deposits += 1
        trader.take(await trader.client.withdraw("USD", "0.5", trader.key_pair.public))
        await stage.strikes(_NEXT_DEPOSIT_S)  # a quorum can be complete without the report of the one who is to die
    await stage.died(node)
    await sandbox.bring_back()
    async with asyncio.timeout(_STRIKE_S):
        while (await trader.client.account()).balances["XLM"].total != before + deposits:
            await asyncio.sleep(0.05)
    await stage.check()


@pytest.mark.parametrize("moment", BOTH)
async def test_alpha_dies_while_it_checks_a_destination(stage: Stage, moment: str) -> None:
    """The client sends the same bytes again, and they are executed once."""
    trader, sandbox = stage.traders[0], stage.sandbox
    stage.points.set(Trap("alpha", "check a destination", moment))
    withdrawal = asyncio.create_task(trader.client.withdraw("USD", "0.5", trader.key_pair.public))
    await stage.died("alpha")
    await sandbox.bring_back()
    trader.take(await withdrawal)
    await stage.check()


@pytest.mark.parametrize("moment", BOTH)
async def test_alpha_dies_while_it_looks_for_what_may_be_paid(stage: Stage, moment: str) -> None:
    """The ledger has taken it and nobody said so: only its hash tells."""
    trader, sandbox = stage.traders[0], stage.sandbox
    sandbox.faults.add("timeout", moment="after")
    unseen = sandbox.faults.add("status", path="/accounts/*/transactions", times=None)
    stage.points.set(Trap("alpha", "look for a transaction", moment))
    trader.take(await trader.client.withdraw("USD", "0.5", trader.key_pair.public))
    await stage.died("alpha")
    sandbox.faults.remove(unseen)
    await stage.check()


@pytest.mark.parametrize("moment", BOTH)
@pytest.mark.parametrize(("node", "step"), RISING)
async def test_a_node_dies_while_an_epoch_begins(stage: Stage, node: str, step: str, moment: str) -> None:
    await stage.sandbox.kill_node("alpha")
    stage.points.set(Trap(node, step, moment))
    await stage.sandbox.start_node("alpha")
    await stage.died(node)
    await stage.check()


# --- what is said when a disk does not answer


async def settled(stage: Stage) -> None:
    """Nothing is on its way to a disk."""
    await check_constellation(stage.sandbox, stage.traders, stage.history)


async def test_nothing_is_acknowledged_before_it_is_on_alphas_disk(stage: Stage) -> None:
    trader = stage.traders[0]
    await settled(stage)
    with stage.points.frozen_disks("alpha"):
        request = asyncio.create_task(trader.client.pay(trader.others[0].public, "XLM", "1"))
        done, _ = await asyncio.wait([request], timeout=_FROZEN_S)
        statuses = [await stage.sandbox.status(node) for node in stage.sandbox.auditors]
        assert not done
        assert len({status["batch"] for status in statuses}) == 1
    trader.take(await request)
    await stage.check()


async def test_nothing_is_final_before_it_is_on_the_disks_of_a_quorum(stage: Stage) -> None:
    trader = stage.traders[0]
    await settled(stage)
    with stage.points.frozen_disks("auditor-1", "auditor-2"):
        receipt = await trader.client.pay(trader.others[0].public, "XLM", "1")
        trader.take(receipt)
        with pytest.raises(NotFinal):
            await receipt.final(timeout=_FROZEN_S)
    await receipt.final(timeout=10)
    await stage.check()


async def test_no_epoch_begins_before_the_promises_are_on_the_disks_of_a_quorum(stage: Stage) -> None:
    await settled(stage)
    await stage.sandbox.kill_node("alpha")
    with stage.points.frozen_disks("auditor-1", "auditor-2"):
        await stage.sandbox.start_node("alpha")
        await asyncio.sleep(_FROZEN_S)
        assert (await stage.sandbox.status("alpha"))["state"] == "waiting"
    await stage.check()


async def test_the_dead_neither_write_nor_answer(stage: Stage) -> None:
    sandbox, trader = stage.sandbox, stage.traders[0]
    await settled(stage)
    status = await sandbox.status("auditor-1")
    sandbox.lives["auditor-1"].kill()
    trader.take(receipt := await trader.client.pay(trader.others[0].public, "XLM", "1"))
    await receipt.final(timeout=10)
    with pytest.raises(aiohttp.ClientConnectionError):
        await sandbox.status("auditor-1")
    await sandbox.lives["auditor-1"].reap()
    with closing(QuantumLog(sandbox.data_directory("auditor-1") / LOG_FILE, sandbox.settings)) as log:
        assert log.tip().number == status["batch"]
    await stage.check()
