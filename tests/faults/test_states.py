"""The states of real nodes as their operators see them, when auditors go and when alpha lies."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner

from constellation.node.alpha import AlphaNode
from constellation.node.auditor import AuditorNode
from constellation.node.cli import main
from constellation.node.exit_codes import ExitCode
from constellation.node.failures import explain
from constellation.protocol.errors import ConstellationError, Divergence, UnknownRules
from constellation.protocol.messages import Code, Proposal, Quantum, SettingsChange, SignedRequest
from constellation.protocol.proposals import sign_proposal
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import RULES, governance
from constellation.sdk import ExchangeError
from tests.faults.inprocess import InProcessSandbox
from tests.faults.lives import current
from tests.node.load import Trader, new_traders

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("restored_logging")]

_CHANGE_S = 15.0


@pytest.fixture
async def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[InProcessSandbox]:
    sandbox = InProcessSandbox(tmp_path / "sandbox", monkeypatch)
    await sandbox.start(lambda _text: None)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def trader(sandbox: InProcessSandbox) -> AsyncIterator[Trader]:
    (trader, other) = await new_traders(sandbox, 2, Random(1))
    yield trader
    await asyncio.gather(trader.close(), other.close())


async def becomes(sandbox: InProcessSandbox, node: str, state: str) -> dict[str, Any]:
    """The node's status when it is in this state."""
    async with asyncio.timeout(_CHANGE_S):
        while True:
            status = await sandbox.status(node)
            if status["state"] == state:
                return status
            await asyncio.sleep(0.02)


async def metrics(sandbox: InProcessSandbox, node: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.status_url(node)}/metrics") as response:
        return await response.text()


def pay(trader: Trader) -> Any:
    return trader.client.pay(trader.others[0].public, "XLM", "1")


async def health(sandbox: InProcessSandbox, node: str) -> str:
    arguments = ["health", "--url", f"{sandbox.status_url(node)}/readyz"]
    result = await asyncio.to_thread(CliRunner().invoke, main, arguments)
    return result.stdout + result.stderr


async def test_alpha_without_a_quorum_says_so_and_serves_again_by_itself(
    sandbox: InProcessSandbox, trader: Trader
) -> None:
    for node in sandbox.nodes:
        status = await sandbox.status(node)
        assert (status["state"], status["ready"], status["reasons"]) == ("ready", True, [])
    for node in ("auditor-1", "auditor-2"):
        await sandbox.kill_node(node)
    status = await becomes(sandbox, "alpha", "no_quorum")
    assert not status["ready"]
    gone = [sandbox.keys[node].address for node in ("auditor-1", "auditor-2")]
    why, away = status["reasons"]
    assert why == "too few auditors are connected to make anything final; try again soon"
    assert (away[:6], set(away[6:].split(", "))) == ("away: ", set(gone))
    assert '"state": "no_quorum"' in await health(sandbox, "alpha")
    with pytest.raises(ExchangeError) as refused:
        await pay(trader)
    assert refused.value.code is Code.NO_QUORUM
    assert len((await trader.client.account()).balances) == 2  # queries are answered
    await sandbox.bring_back()
    again = await becomes(sandbox, "alpha", "ready")
    assert again["since"] > status["since"]
    await (await pay(trader)).final(timeout=10)
    text = await metrics(sandbox, "alpha")
    assert 'constellation_node_state{state="ready"} 1.0' in text
    assert 'constellation_node_state{state="no_quorum"} 0.0' in text
    assert 'constellation_node_transitions_total{source="ready",target="no_quorum"} 1.0' in text
    assert 'constellation_node_transitions_total{source="no_quorum",target="ready"} 1.0' in text


async def test_alpha_that_waits_says_for_whom(sandbox: InProcessSandbox) -> None:
    for node in ("alpha", "auditor-1", "auditor-3"):
        await sandbox.kill_node(node)
    await sandbox.start_node("alpha")
    status: dict[str, Any] = {}
    async with asyncio.timeout(_CHANGE_S):
        while not status or len(status["cluster"]["away"]) != 2:
            await asyncio.sleep(0.02)
            with suppress(aiohttp.ClientError):
                status = await sandbox.status("alpha")
    assert status["state"] == "waiting"
    assert status["reasons"][1:] == [f"away: {', '.join(status['cluster']['away'])}"]
    assert set(status["cluster"]["away"]) == {sandbox.keys[name].address for name in ("auditor-1", "auditor-3")}
    for node in ("auditor-1", "auditor-3"):
        await sandbox.start_node(node)
    assert (await becomes(sandbox, "alpha", "ready"))["reasons"] == []


async def test_an_auditor_is_connecting_while_alpha_is_away(sandbox: InProcessSandbox) -> None:
    await sandbox.kill_node("alpha")
    await becomes(sandbox, "auditor-1", "connecting")
    await sandbox.bring_back()
    await becomes(sandbox, "auditor-1", "ready")
    text = await metrics(sandbox, "auditor-1")
    for source, target in (("ready", "connecting"), ("promising", "catching_up"), ("catching_up", "ready")):
        assert f'transitions_total{{source="{source}",target="{target}"}}' in text


async def test_auditors_refuse_what_a_lying_alpha_makes_up_and_the_evidence_shows_it(
    sandbox: InProcessSandbox, trader: Trader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    liar = sandbox.running["alpha"]
    assert isinstance(liar, AlphaNode)
    liar._rising.machine.state.vault.accounts[trader.key_pair.public].balances[0].amount += 10**9
    receipt = await pay(trader)
    for node in sandbox.auditors:
        error = await sandbox.lives[node].failure()
        assert isinstance(error, Divergence)
        assert error.code is Code.QUANTA_ROOT_MISMATCH
    await becomes(sandbox, "alpha", "no_quorum")
    why = f"batch {receipt.batch} has other quanta or effects than its header claims"
    told = [record.__dict__ for record in caplog.records]
    states = [line["reason"] for line in told if line.get("to") == "diverged"]
    assert states == [f"QUANTA_ROOT_MISMATCH (702): {why}"] * 3
    refusals = [line["reason"] for line in told if line["msg"] == "faulty auditor"]
    assert refusals == [f"refuses batch {receipt.batch}: QUANTA_ROOT_MISMATCH: {why}"] * 3
    directory = sandbox.data_directory("auditor-1")
    (bundle,) = directory.glob("evidence-*.json")
    document = json.loads(bundle.read_text())
    assert document["code"] == "QUANTA_ROOT_MISMATCH"
    assert document["tip_before"]["number"] == receipt.batch - 1
    arguments = ["--data-directory", str(directory), "--settings-file", str(sandbox.settings_path)]
    result = CliRunner().invoke(main, ["replay-evidence", str(bundle), *arguments])
    assert result.exit_code == ExitCode.DIVERGED, result.output
    assert f"reproduced after batch {receipt.batch - 1} (as it was refused): QUANTA_ROOT_MISMATCH" in result.stdout


async def test_a_fault_of_one_auditor_ends_it_alone_and_names_the_quantum(
    sandbox: InProcessSandbox, trader: Trader
) -> None:
    faulty = sandbox.running["auditor-1"]
    assert isinstance(faulty, AuditorNode)
    signed_before = faulty._replica.tip.number
    account = faulty._replica.machine.state.vault.accounts[trader.key_pair.public]
    account.balances = dict.fromkeys(account.balances, "no balance")  # type: ignore[arg-type]
    receipt = await pay(trader)
    error = await sandbox.lives["auditor-1"].failure()
    assert not isinstance(error, ConstellationError)
    (note,) = error.__notes__
    assert note.startswith(f"quantum {receipt.apex} failed half-way: ")
    body = Quantum.from_xdr(bytes.fromhex(note.split(": ")[1])).body
    assert isinstance(body, SignedRequest)
    assert body.request.account == trader.key_pair.public
    assert faulty._replica._chain.stored == signed_before
    proof = await receipt.final(timeout=10)
    assert encode_public_key(sandbox.settings.auditors[0]) not in proof.auditors
    await sandbox.kill_node("auditor-1")
    await sandbox.start_node("auditor-1")
    await sandbox.ready("auditor-1")


class KnownToAllBut:
    """Versions of the rules, of which the newest is unknown to one node: it was not upgraded."""

    def __init__(self, node: str) -> None:
        self._node = node

    def __contains__(self, version: int) -> bool:
        life = current()
        return version in RULES and (version == 1 or life is None or life.name != self._node)


async def test_an_auditor_that_does_not_know_the_new_rules_stops_unharmed_and_goes_on_when_upgraded(
    sandbox: InProcessSandbox, trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RULES, 2, RULES[1])  # type: ignore[arg-type]
    monkeypatch.setattr(governance, "RULES", KnownToAllBut("auditor-1"))
    await pay(trader)
    alpha = sandbox.running["alpha"]
    assert isinstance(alpha, AlphaNode)
    assert alpha._council is not None
    state = alpha._rising.machine.state
    decision = SettingsChange(state.settings_version + 1, replace(state.settings, rules=2))
    proposal = Proposal(state.timestamp + 60_000_000, decision)
    for node in ("auditor-2", "auditor-3"):
        alpha._council.propose(sign_proposal(state.constellation, sandbox.keys[node], proposal))
    error = await sandbox.lives["auditor-1"].failure()
    assert isinstance(error, UnknownRules)
    told = explain(error)
    assert told is not None
    assert told[0] is ExitCode.OUTDATED
    assert not list(sandbox.data_directory("auditor-1").glob("evidence-*"))
    await (await pay(trader)).final(timeout=10)  # by the rules of the others
    await sandbox.start_node("auditor-1")
    assert isinstance(await sandbox.lives["auditor-1"].failure(), UnknownRules)  # as long as it is the same version
    monkeypatch.setattr(governance, "RULES", RULES)
    await sandbox.start_node("auditor-1")
    await sandbox.ready("auditor-1")
    assert (await sandbox.status("auditor-1"))["rules"] == {"in_force": 2, "newest_known": 2}


async def test_alpha_can_be_stopped_at_every_step_of_its_rising(sandbox: InProcessSandbox) -> None:
    """An orderly end, whatever the auditors say meanwhile."""
    for pause in (0, 2, 5, 10, 20, 40, 80, 160):
        await sandbox.kill_node("alpha")
        await sandbox.start_node("alpha")
        for _ in range(pause):
            await asyncio.sleep(0.002)
        await sandbox.stop_node("alpha")
    await sandbox.start_node("alpha")
    await sandbox.ready("alpha")
