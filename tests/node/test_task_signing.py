"""When an auditor signs the vault's transactions: final, open, its own, safe; and once per connection."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from constellation.herald.replica import Replica
from constellation.node import task_signing as signing_module
from constellation.node.task_signing import TaskSigning
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    AssetSettings,
    Certificate,
    ClusterMessage,
    CreditAsset,
    LedgerDestination,
    Settings,
    Suspension,
    SuspensionReason,
    VaultTaskType,
    Withdrawal,
    WithdrawalSignature,
)
from constellation.quanta import Machine
from constellation.quanta.context import Context
from constellation.quanta.settings_change import apply_settings
from constellation.stellarlink import TaskGuard
from constellation.vault import PreparedTask
from tests.gateway.harness import ANNA, AUDITORS, ISSUER, XLM, Alpha, key
from tests.node.test_cosigning import Watching

ELSEWHERE = LedgerDestination(key("elsewhere").public, None, None, False)


@dataclass
class FakeReplica:
    """What is read of a replica."""

    machine: Machine
    certificate: Certificate | None = None


@dataclass
class FakeGuard:
    """A ledger that says what the test says."""

    found: dict[bytes, str] = field(default_factory=dict)
    looks: int = 0
    forgotten: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def problems(self, _settings: Settings, tasks: list[PreparedTask]) -> dict[bytes, str]:
        self.looks += 1
        await self.gate.wait()
        return {task.transaction: self.found[task.transaction] for task in tasks if task.transaction in self.found}

    def forget(self) -> None:
        self.forgotten += 1


class Auditor:
    """An auditor that replays what an alpha executes."""

    def __init__(self) -> None:
        self.alpha = Alpha().fund(ANNA)
        self.replica = FakeReplica(self.alpha.machine)
        self.guard = FakeGuard()
        self.guard.gate.set()
        self.sent: list[bytes] = []
        self.signing = TaskSigning(
            AUDITORS[0], cast("Replica", self.replica), cast("TaskGuard", self.guard), self._send
        )

    async def _send(self, message: ClusterMessage) -> None:
        assert isinstance(message, WithdrawalSignature)
        self.sent.append(message.transaction)

    @property
    def prepared(self) -> list[bytes]:
        return [item.transaction for item in self.alpha.machine.state.desk.prepared]

    def withdraw(self, nonce: int = 1) -> None:
        self.alpha.execute(self.alpha.request(ANNA, Withdrawal(XLM, ONE, ELSEWHERE), nonce))

    def replay(self) -> None:
        sealed = self.alpha.acknowledge()
        assert sealed is not None
        self.signing.note(sealed)

    def certify(self) -> None:
        self.replica.certificate = self.alpha.certificate(self.alpha.sealed[-1][0])
        self.signing.certified()

    async def soon(self) -> list[bytes]:
        for _ in range(20):
            await asyncio.sleep(0)
        sent, self.sent = self.sent, []
        return sent


@pytest.fixture
async def auditor() -> AsyncIterator[Auditor]:
    auditor = Auditor()
    task = asyncio.create_task(auditor.signing.run())
    auditor.signing.stream_started()
    yield auditor
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nothing_is_signed_before_it_is_final(auditor: Auditor) -> None:
    auditor.certify()
    auditor.withdraw()
    auditor.replay()
    auditor.signing.certified()  # of the batch before
    assert await auditor.soon() == []
    auditor.certify()
    assert await auditor.soon() == auditor.prepared
    auditor.certify()
    assert await auditor.soon() == []


async def test_all_kinds_of_tasks_are_signed(auditor: Auditor) -> None:
    auditor.certify()
    state = auditor.alpha.machine.state
    assets = [*state.settings.assets, AssetSettings(CreditAsset("NEW", ISSUER.public), 1, 0)]
    changed = replace(state.settings, assets=assets)
    context = Context(state, state.apex, state.timestamp, defaultdict(list))
    apply_settings(context, changed)
    auditor.withdraw()  # prepares the trust line, which came first
    auditor.replay()
    assert [item.task.key for item in state.desk.prepared] == [(VaultTaskType.TRUST_TASK, 3)]
    auditor.signing.certified()  # of the batch before
    assert await auditor.soon() == []
    auditor.certify()
    assert await auditor.soon() == auditor.prepared


async def test_a_new_connection_is_told_again_when_its_stream_has_started(auditor: Auditor) -> None:
    auditor.withdraw()
    auditor.replay()
    auditor.certify()
    assert await auditor.soon() == auditor.prepared
    auditor.signing.link_changed()
    auditor.certify()
    assert await auditor.soon() == []
    auditor.signing.stream_started()
    assert await auditor.soon() == auditor.prepared


async def test_a_look_that_outlives_its_connection_signs_nothing(auditor: Auditor) -> None:
    auditor.guard.gate.clear()
    auditor.withdraw()
    auditor.replay()
    auditor.certify()
    await auditor.soon()
    auditor.signing.link_changed()
    auditor.guard.gate.set()
    assert await auditor.soon() == []
    auditor.signing.stream_started()
    assert await auditor.soon() == auditor.prepared


async def test_what_the_ledger_would_not_carry_out_is_held_back_until_it_would(
    auditor: Auditor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(signing_module, "RECHECK_S", 0.01)
    auditor.withdraw()
    auditor.replay()
    [transaction] = auditor.prepared
    auditor.guard.found[transaction] = "the vault has thresholds (1, 1, 1), a quorum is 2"
    auditor.certify()
    assert await auditor.soon() == []
    expected: list[dict[str, Any]] = [
        {
            "kind": "withdrawal",
            "number": auditor.alpha.machine.state.apex,
            "transaction": transaction.hex(),
            "reason": "the vault has thresholds (1, 1, 1), a quorum is 2",
        }
    ]
    assert auditor.signing.describe() == expected
    await asyncio.sleep(0.05)
    assert auditor.guard.looks > 2
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    auditor.guard.found.clear()
    await asyncio.sleep(0.05)
    assert await auditor.soon() == [transaction]
    assert auditor.signing.describe() == []


async def test_a_suspended_assets_withdrawal_is_held_back(auditor: Auditor) -> None:
    auditor.withdraw()
    auditor.replay()
    state = auditor.alpha.machine.state
    state.assets.suspend(XLM, Suspension(SuspensionReason.UNKNOWN_VAULT_TRANSACTION, 5))
    auditor.certify()
    assert await auditor.soon() == []
    assert "suspended since quantum 5" in auditor.signing.describe()[0]["reason"]


async def test_a_transaction_that_is_not_derived_here_is_not_signed(auditor: Auditor) -> None:
    auditor.withdraw()
    auditor.replay()
    [prepared] = auditor.alpha.machine.state.desk.prepared
    prepared.max_time_s = 0
    auditor.certify()
    assert await auditor.soon() == []
    assert auditor.guard.looks == 0
    assert auditor.signing.describe()[0]["reason"] == "its transaction is not the one that follows from the task"


async def test_a_tail_that_is_dropped_makes_nothing_final(auditor: Auditor) -> None:
    """A task that an uncertified batch prepared and a later one closed is open again when that one is dropped."""
    auditor.certify()
    auditor.withdraw()
    auditor.replay()
    channel = next(iter(auditor.alpha.machine.state.desk.channels.values()))
    pending, channel.pending = channel.pending, None
    auditor.signing.certified()
    assert await auditor.soon() == []
    channel.pending = pending
    auditor.signing.certified()
    assert await auditor.soon() == []


async def test_the_operator_s_policy_is_asked_beside_the_loop_and_may_change_its_mind(auditor: Auditor) -> None:
    policy = Watching()
    auditor.signing._policy = policy
    auditor.withdraw(1)
    auditor.replay()
    [transaction] = auditor.prepared
    policy.refused.add(transaction)
    auditor.certify()
    while not policy.asked:
        await asyncio.sleep(0.01)
    assert await auditor.soon() == []
    assert [item["reason"] for item in auditor.signing.describe()] == ["no"]
    policy.refused.clear()
    auditor.signing.certified()
    while len(policy.asked) < 2:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.02)
    assert auditor.sent == [transaction]
    assert auditor.signing.describe() == []
    assert threading.get_ident() not in policy.threads


async def test_a_policy_that_cannot_decide_lets_no_withdrawal_pass(auditor: Auditor) -> None:
    policy = Watching()
    policy.error = OSError("the disk is gone")
    auditor.signing._policy = policy
    auditor.withdraw(1)
    auditor.replay()
    auditor.certify()
    while not policy.asked:
        await asyncio.sleep(0.01)
    assert await auditor.soon() == []
    [held] = auditor.signing.describe()
    assert held["reason"] == "the operator's policy cannot decide: the disk is gone"
