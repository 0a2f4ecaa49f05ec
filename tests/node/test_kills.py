"""Nodes are killed, frozen and robbed of their disks while traders work; nothing that was promised may break."""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random, SystemRandom

import pytest
import pytest_asyncio
from aiohttp import ClientError

from constellation.node.sandbox import Sandbox
from constellation.node.storage import OpenedLog, open_log
from constellation.sdk import FinalProof
from constellation.snapshots import QuantumLog
from constellation.snapshots.directory import LOG_FILE
from constellation.testing.rest import QUIET_S, faults_in_logs
from constellation.testing.strikes import Strike, freeze, heal, kill, thaw
from tests.node.load import MARKET, History, Trader, check_constellation, new_traders

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.xdist_group("processes"),
    pytest.mark.asyncio(loop_scope="module"),
]

_OPERATIONS = 30  # of one worker in one round
_WORKERS = 2  # of one trader
_PAUSES_S = (0.01, 0.04)  # between two operations of a worker, on average
_BACK_S = 30.0
_STOP_S = 10.0  # what container runtimes give a process before they kill it
_FROZEN_S = 60.0
_PATIENCE_S = 180
_WITHOUT_END = 1_000_000


@asynccontextmanager
async def running(directory: Path) -> AsyncIterator[Sandbox]:
    """A sandbox whose nodes have logged no fault when it ends."""
    sandbox = Sandbox(directory, close_interval_s=0.25)
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox
    finally:
        for node in sandbox.processes:
            thaw(sandbox, node)
        codes = await sandbox.stop()
    assert codes == dict.fromkeys(codes, 0)
    assert faults_in_logs(sandbox) == []


PEACE = Strike()
STRIKES = [
    Strike(alpha=True),
    Strike(auditors=1),
    Strike(alpha=True, auditors=1),
    Strike(alpha=True, again=True),
    Strike(frozen="alpha"),
    Strike(frozen="auditor"),
    Strike(auditors=2),
    Strike(alpha=True, auditors=3),
    Strike(alpha=True, frozen="auditor"),
    Strike(alpha=True, auditors=1, again=True),
]


async def work(sandbox: Sandbox, traders: list[Trader], random: Random, strike: Strike) -> None:
    """One round: load, a strike in the middle of it, and peace."""
    stop, pause_s = asyncio.Event(), random.choice(_PAUSES_S)
    async with asyncio.timeout(_BACK_S + QUIET_S), asyncio.TaskGroup() as tasks:
        for trader in traders * _WORKERS:
            tasks.create_task(trader.trade(stop, _OPERATIONS, pause_s))
        await asyncio.sleep(random.uniform(0.1, _OPERATIONS * pause_s / 2))
        await strike.apply(sandbox, random)
        await asyncio.sleep(random.uniform(0, 0.4))
        stop.set()


async def reopen(trader: Trader) -> None:
    """As another process of the same trader would."""
    await trader.close()
    await trader.open()


async def rounds(directory: Path, number: int) -> None:
    """So many rounds; a failure names the seed, and ``KILLS_SEED`` sets it."""
    seed = int(os.environ.get("KILLS_SEED") or SystemRandom().randrange(10**6))
    random = Random(seed)
    strikes = random.sample(STRIKES, len(STRIKES))
    async with running(directory) as sandbox:
        traders = await new_traders(sandbox, 4, random, impatient=2)
        history = History(sandbox)
        try:
            for place in range(number):
                try:
                    await work(sandbox, traders, random, strikes[place % len(strikes)])
                    await check_constellation(sandbox, traders, history)
                    await reopen(random.choice(traders))
                except BaseException as error:
                    error.add_note(f"KILLS_SEED={seed}, round {place}: {strikes[place % len(strikes)]}")
                    raise
        finally:
            await asyncio.gather(*(trader.close() for trader in traders))
        acknowledged = sum(len(trader.receipts) for trader in traders)
        assert acknowledged > 20 * number, f"only {acknowledged} operations in {number} rounds"
        codes = await sandbox.stop()
        assert codes == dict.fromkeys([*sandbox.nodes, "ledger"], 0)
        check_logs(sandbox, history)


def check_logs(sandbox: Sandbox, history: History) -> None:
    """Restored offline, all logs are the same up to the lowest number that is final everywhere."""
    opened = {node: open_log(sandbox.data_directory(node) / LOG_FILE, sandbox.settings) for node in sandbox.nodes}
    try:
        certified = min(_certified(item) for item in opened.values())
        assert certified >= history.tip.number
        logs = [list(item.log.batches(1, certified)) for item in opened.values()]
        assert all(log == logs[0] for log in logs[1:])
        assert [item.digest for item in logs[0]][: history.tip.number] == list(history.digests.values())[1:]
    finally:
        for item in opened.values():
            item.log.close()


def _certified(opened: OpenedLog) -> int:
    assert opened.certificate is not None
    return opened.certificate.header.number


async def test_what_was_acknowledged_survives_five_rounds_of_kills(tmp_path: Path) -> None:
    await rounds(tmp_path / "sandbox", 5)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    """One constellation for the tests of lost disks; each leaves it healed."""
    async with running(tmp_path_factory.mktemp("disks") / "sandbox") as sandbox:
        yield sandbox


@dataclass
class Company:
    """Traders of a test, the history they are compared with, and the test's random numbers."""

    sandbox: Sandbox
    traders: list[Trader]
    history: History
    random: Random

    async def trade(self, strike: Strike = PEACE) -> None:
        """A round, after which everything must be right."""
        await work(self.sandbox, self.traders, self.random, strike)
        await self.check()

    async def check(self) -> None:
        await check_constellation(self.sandbox, self.traders, self.history)


@pytest_asyncio.fixture(loop_scope="module")
async def company(sandbox: Sandbox, request: pytest.FixtureRequest) -> AsyncIterator[Company]:
    random = Random(request.node.name)  # accounts of their own for each test
    traders = await new_traders(sandbox, 3, random)
    try:
        yield Company(sandbox, traders, History(sandbox), random)
    finally:
        await asyncio.gather(*(trader.close() for trader in traders))


async def test_alpha_whose_data_directory_is_gone_has_everything_from_the_auditors(company: Company) -> None:
    sandbox = company.sandbox
    await company.trade()
    await kill(sandbox, "alpha")
    shutil.rmtree(sandbox.data_directory("alpha"))
    await heal(sandbox, company.random)
    await company.check()
    await company.trade()


async def test_alpha_with_an_old_copy_of_its_data_directory_takes_over_what_is_newer(
    company: Company, tmp_path: Path
) -> None:
    sandbox, directory = company.sandbox, company.sandbox.data_directory("alpha")
    await company.trade()
    await kill(sandbox, "alpha")
    shutil.copytree(directory, tmp_path / "copy", ignore=shutil.ignore_patterns("*.sock"))
    await heal(sandbox, company.random)
    await company.trade()
    await kill(sandbox, "alpha")
    shutil.rmtree(directory)
    shutil.copytree(tmp_path / "copy", directory)
    await heal(sandbox, company.random)
    await company.check()
    await company.trade()


async def test_an_auditor_whose_data_directory_is_gone_catches_up_and_signs_again(company: Company) -> None:
    sandbox = company.sandbox
    robbed, silent, _ = sandbox.auditors
    await company.trade()
    await kill(sandbox, robbed)
    shutil.rmtree(sandbox.data_directory(robbed))
    await heal(sandbox, company.random)
    await company.trade()
    await kill(sandbox, silent)
    proof = await order(company.traders[0])
    assert sandbox.keys[robbed].address in proof.auditors
    await heal(sandbox, company.random)
    await company.trade(Strike(alpha=True))


@pytest.mark.parametrize("node", ["alpha", "auditor-1"])
async def test_a_node_that_is_asked_to_stop_under_load_ends_in_time_and_loses_nothing(
    company: Company, node: str
) -> None:
    sandbox, stop = company.sandbox, asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for trader in company.traders * _WORKERS:
            tasks.create_task(trader.trade(stop, _WITHOUT_END, _PAUSES_S[0]))
        await asyncio.sleep(1)
        os.kill(sandbox.processes[node].process_id, signal.SIGTERM)
        async with asyncio.timeout(_STOP_S):
            assert await sandbox.processes[node].wait() == 0
        await sandbox.start_node(node)
        async with asyncio.timeout(_BACK_S):
            await sandbox.ready(node)
        stop.set()
    assert all(trader.receipts for trader in company.traders)
    await company.check()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("node", ["alpha", "auditor-1"])
async def test_a_node_that_was_frozen_for_a_minute_was_given_up_and_goes_on(company: Company, node: str) -> None:
    """To its peers it is one whose connections are half open: TCP still answers for it, and nobody else does."""
    sandbox, stop = company.sandbox, asyncio.Event()
    for trader in company.traders:  # what was asked before it can be asked again, and its outcome becomes known
        trader._options = replace(trader._options, validity_s=_PATIENCE_S, reconnect_s=_PATIENCE_S)
        await reopen(trader)
    async with asyncio.TaskGroup() as tasks:
        for trader in company.traders:
            tasks.create_task(trader.trade(stop, _WITHOUT_END, 0.1))
        await asyncio.sleep(1)
        freeze(sandbox, node)
        await asyncio.sleep(_FROZEN_S)
        if node == "alpha":
            assert [(await sandbox.status(name))["state"] for name in sandbox.auditors] == ["connecting"] * 3
        else:
            assert len(await followers(sandbox)) == 2
            await order(company.traders[0])  # final without it
        thaw(sandbox, node)
        await asyncio.sleep(_BACK_S / 3)
        stop.set()
    await company.check()
    assert len(await followers(sandbox)) == 3


async def followers(sandbox: Sandbox) -> list[str]:
    """The auditors that are connected to alpha."""
    cluster = (await sandbox.status("alpha"))["cluster"]
    assert isinstance(cluster, dict)
    return list(cluster["auditors"])


async def test_an_auditor_that_lost_its_disk_does_not_count_towards_a_quorum(tmp_path: Path) -> None:
    """What auditors 1 and 2 made final is still on auditor 2's disk when alpha and auditor 1 have lost theirs."""
    random = Random(1)
    async with running(tmp_path / "sandbox") as sandbox:
        robbed, keeper, late = sandbox.auditors
        [trader] = await new_traders(sandbox, 1, random)
        try:
            await kill(sandbox, late)
            proof = await order(trader)
        finally:
            await trader.close()
        await kill(sandbox, "alpha", robbed, keeper)
        for node in ("alpha", robbed):
            shutil.rmtree(sandbox.data_directory(node))
        for node in ("alpha", robbed, late):
            await sandbox.start_node(node)
        await asyncio.sleep(3)  # long enough for a quorum of those who do not know
        await heal(sandbox, random)
        history = History(sandbox)
        await history.read(proof.batch)
        assert history.digests[proof.batch] == proof.header_hash


@pytest.mark.parametrize("defence", ["alpha", "witness"])
async def test_an_old_backup_of_an_auditor_and_the_loss_of_alphas_disk_change_nothing_final(
    tmp_path: Path, defence: str
) -> None:
    """What auditors 1 and 2 made final is still on auditor 2's disk when auditor 1's is that of long ago.

    Either auditor 1 meets alpha before alpha's disk is lost, and a whole old machine was restored; or both are lost at
    once, and only what is beside the key tells.
    """
    random = Random(1)
    async with running(tmp_path / "sandbox") as sandbox:
        restored, keeper, late = sandbox.auditors
        directory = sandbox.data_directory(restored)
        witness = sandbox.directory / "keys" / f"{restored}.seed.witness"
        [trader] = await new_traders(sandbox, 1, random)
        try:
            async with asyncio.timeout(QUIET_S):
                while not witness.exists():
                    await asyncio.sleep(0.1)
            await kill(sandbox, restored)
            shutil.copytree(directory, tmp_path / "backup", ignore=shutil.ignore_patterns("*.sock"))
            shutil.copy(witness, tmp_path / "witness")
            await heal(sandbox, random)
            await order(trader)
            await kill(sandbox, late)
            proof = await order(trader)
        finally:
            await trader.close()
        assert {sandbox.keys[node].address for node in (restored, keeper)} == set(proof.auditors)
        async with asyncio.timeout(QUIET_S):
            while not _is_known(sandbox, proof.batch, witness):
                await asyncio.sleep(0.1)
        await kill(sandbox, "alpha", restored, keeper)
        shutil.rmtree(directory)
        shutil.copytree(tmp_path / "backup", directory)
        if defence == "alpha":
            shutil.copy(tmp_path / "witness", witness)
            await sandbox.start_node("alpha")
            await sandbox.start_node(restored)
            await _recovers(sandbox, restored)
            await kill(sandbox, "alpha", restored)
        shutil.rmtree(sandbox.data_directory("alpha"))
        for node in ("alpha", restored, late):
            await sandbox.start_node(node)
        await asyncio.sleep(3)  # long enough for a quorum of those who do not know
        await heal(sandbox, random)
        history = History(sandbox)
        await history.read(proof.batch)
        assert history.digests[proof.batch] == proof.header_hash


async def _recovers(sandbox: Sandbox, node: str) -> None:
    """Wait until an auditor says that its log may lack what it has signed."""
    async with asyncio.timeout(QUIET_S):
        while True:
            with suppress(ClientError):
                if (await sandbox.status(node))["recovering"]:
                    return
            await asyncio.sleep(0.1)


def _is_known(sandbox: Sandbox, batch: int, witness: Path) -> bool:
    """Whether alpha's log has a certificate of ``batch`` or a later one, and the witness has heard of it."""
    with closing(QuantumLog(sandbox.data_directory("alpha") / LOG_FILE, sandbox.settings, read_only=True)) as log:
        return min(log.own_certificate(), json.loads(witness.read_text())["certified_batch"]) >= batch


async def order(trader: Trader) -> FinalProof:
    """Place an order; the proof that it is final."""
    receipt = await trader.client.create_order(MARKET, "sell", "0.3", "1")
    trader.take(receipt)
    return await receipt.final(timeout=20)


@pytest.mark.slow
@pytest.mark.timeout(3000)
async def test_what_was_acknowledged_survives_a_hundred_rounds_of_kills(tmp_path: Path) -> None:
    await rounds(tmp_path / "sandbox", 100)
