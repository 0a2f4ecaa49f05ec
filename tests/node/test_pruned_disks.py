"""Disks are lost after all logs were pruned: the state comes back as a snapshot, and the constellation goes on."""

import shutil
from pathlib import Path
from random import Random

import pytest

from constellation.node.sandbox import Sandbox
from constellation.snapshots import QuantumLog
from constellation.snapshots.directory import LOG_FILE
from constellation.snapshots.retention import Retention
from constellation.testing.rest import at_rest
from constellation.testing.strikes import heal, kill
from tests.node.load import new_traders
from tests.node.test_kills import order, running

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]


def opened(sandbox: Sandbox, node: str) -> QuantumLog:
    return QuantumLog(sandbox.data_directory(node) / LOG_FILE, sandbox.settings)


def prune(sandbox: Sandbox) -> dict[str, int]:
    """Remove from all logs, whose nodes have stopped, what may go; where each begins now."""
    bases = {}
    for node in ("alpha", *sandbox.auditors):
        log = opened(sandbox, node)
        base = Retention(0, 0).base(log)
        while log.base < base:
            log.prune(base)
        bases[node] = log.base
        log.close()
    return bases


def base_of(sandbox: Sandbox, node: str) -> int:
    log = opened(sandbox, node)
    log.close()
    return log.base


async def agree(sandbox: Sandbox) -> None:
    """All four have the same state."""
    states = await at_rest(sandbox)
    assert len(states) == 4
    assert len({status["state_root"] for status in states.values()}) == 1


async def test_lost_disks_come_back_from_pruned_logs(tmp_path: Path) -> None:
    random = Random(5)
    async with running(tmp_path / "sandbox") as sandbox:
        robbed, silent, _ = sandbox.auditors
        [trader] = await new_traders(sandbox, 1, random)
        for _ in range(3):
            await order(trader)
        for _ in range(2):  # each rising leaves a checkpoint
            await kill(sandbox, "alpha")
            await heal(sandbox, random)
            await order(trader)
        await trader.close()
        await at_rest(sandbox)
        await kill(sandbox, "alpha", *sandbox.auditors)
        assert min(prune(sandbox).values()) > 3

        shutil.rmtree(sandbox.data_directory(robbed))
        await heal(sandbox, random)
        await agree(sandbox)
        await kill(sandbox, silent)
        [trader] = await new_traders(sandbox, 1, Random(6))
        proof = await order(trader)
        assert sandbox.keys[robbed].address in proof.auditors
        await trader.close()
        await heal(sandbox, random)
        await agree(sandbox)

        await kill(sandbox, "alpha")
        shutil.rmtree(sandbox.data_directory("alpha"))
        await heal(sandbox, random)
        await agree(sandbox)
        [trader] = await new_traders(sandbox, 1, Random(7))
        await order(trader)
        await trader.close()
        await at_rest(sandbox)
    assert base_of(sandbox, robbed) > 3
    assert base_of(sandbox, "alpha") > 3
