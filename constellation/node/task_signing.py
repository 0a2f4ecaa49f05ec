"""An auditor's signatures over the transactions of the vault's tasks: only what is final, derived here, and safe."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Protocol

from constellation.herald.replica import Replica
from constellation.node.cosigning.policy import CosigningPolicy, withdrawal_in_question
from constellation.node.extensions.cosigning import CosigningHooks
from constellation.node.signing import patiently
from constellation.protocol.messages import ClusterMessage, VaultTaskPrepared, WithdrawalPrepared
from constellation.protocol.signing import Signer
from constellation.quanta import SealedBatch, State
from constellation.stellarlink import derivation_problem, sign_task, task_names
from constellation.vault import PreparedTask

log = logging.getLogger(__name__)

RECHECK_S: Final = 5.0
"""Between two looks while something is held back: about a ledger."""


class Guard(Protocol):
    """Looks at the ledger (:class:`~constellation.stellarlink.TaskGuard`)."""

    def forget(self) -> None:
        """Look again before the next signature."""
        ...

    async def problems(self, state: State, tasks: Sequence[PreparedTask]) -> dict[bytes, str]:
        """What stands in the way of tasks, by the hash of the transaction."""
        ...


class TaskSigning:
    """Signs the open tasks of a replayed state, each once per connection.

    Nothing that alpha sends is signed: the hash comes from the auditor's own state, after the batch that prepared it
    has become final, and is derived once more. What the ledger would not carry out safely is held back, visibly, until
    it would, or until its time bound gives the money back.

    Args:
        signer: the auditor's.
        replica: shows the replayed state.
        guard: looks at the ledger.
        send: to alpha.
        policy: the operator's rules for withdrawals, if there are any.
        hooks: the operator's extensions.
    """

    def __init__(
        self,
        signer: Signer,
        replica: Replica,
        guard: Guard,
        send: Callable[[ClusterMessage], Awaitable[None]],
        policy: CosigningPolicy | None = None,
        hooks: CosigningHooks | None = None,
    ) -> None:
        self._signer = signer
        self._replica = replica
        self._guard = guard
        self._send = send
        self._policy = policy
        self._hooks = hooks
        self._wake = asyncio.Event()
        self._is_streaming = False
        self._prepared_in: dict[bytes, int] = {}
        self._signed: dict[bytes, None] = {}
        self._held: dict[bytes, tuple[PreparedTask, str]] = {}

    def describe(self) -> list[dict[str, Any]]:
        """What is held back, for the status page."""
        return [{**task_names(prepared), "reason": reason} for prepared, reason in self._held.values()]

    def note(self, sealed: SealedBatch) -> None:
        """Remember which batch prepared which task."""
        for executed in sealed.executed:
            for group in executed.groups:
                for effect in group.effects:
                    if isinstance(effect, WithdrawalPrepared | VaultTaskPrepared):
                        self._prepared_in[effect.transaction] = sealed.header.number

    def link_changed(self) -> None:
        """A connection has begun or ended: wait until alpha's stream starts on it."""
        self._is_streaming = False

    def stream_started(self) -> None:
        """Alpha may have missed everything, or be another one."""
        self._signed.clear()
        self._is_streaming = True
        self._wake.set()

    def certified(self) -> None:
        """More is final."""
        self._wake.set()

    def vault_changed(self) -> None:
        """The vault's own entries may have changed on the ledger."""
        self._guard.forget()

    async def run(self) -> None:
        """Sign what becomes final, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(RECHECK_S if self._held else None):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            await self.sign()

    async def sign(self) -> None:
        """Sign what is final and safe by now."""
        tasks = self._unsigned()
        problems = self._own_problems(tasks)
        checked = [prepared for prepared in tasks if prepared.transaction not in problems]
        if checked:
            problems |= await self._guard.problems(self._replica.machine.state, checked)
            problems |= await self._refusals([item for item in checked if item.transaction not in problems])
        self._hold(tasks, problems)
        for prepared in checked:
            if self._is_streaming and prepared.transaction not in problems:
                await self._sign(prepared)

    async def _sign(self, prepared: PreparedTask) -> None:
        settings = self._replica.machine.state.settings
        self._signed[prepared.transaction] = None
        await self._send(await patiently(self._signer, lambda: sign_task(self._signer, settings, prepared)))
        log.info("task signed", extra=task_names(prepared))

    def _unsigned(self) -> list[PreparedTask]:
        """Open tasks that are final and not signed on this connection."""
        certificate = self._replica.certificate
        if certificate is None or not self._is_streaming:
            return []
        final = certificate.header.number
        prepared = {item.transaction: item for item in self._replica.machine.state.desk.prepared}
        # A later batch may be dropped again, and with it that a task was closed: its number must be known then.
        self._prepared_in = {
            key: number for key, number in self._prepared_in.items() if key in prepared or number > final
        }
        self._signed = {key: None for key in self._signed if key in prepared}
        # What no noted batch has prepared was open in a checkpoint, which is certified itself.
        return [
            item for key, item in prepared.items() if self._prepared_in.get(key, 0) <= final and key not in self._signed
        ]

    def _own_problems(self, tasks: list[PreparedTask]) -> dict[bytes, str]:
        """What stands in the way whatever the ledger says."""
        state = self._replica.machine.state
        found = {}
        for prepared in tasks:
            problem = derivation_problem(state.settings, prepared)
            asset = prepared.task.asset
            if problem is None and asset is not None and (suspension := state.assets.suspensions.get(asset)):
                problem = f"asset {asset} is suspended since quantum {suspension.since}: {suspension.reason.name}"
            if problem is not None:
                found[prepared.transaction] = problem
        return found

    async def _refusals(self, tasks: list[PreparedTask]) -> dict[bytes, str]:
        """What extensions or the operator's rules do not let pass; where one cannot be asked, no withdrawal passes.

        The rules come last: they note what they let pass as signed.
        """
        state = self._replica.machine.state
        withdrawals = [item for task in tasks if (item := withdrawal_in_question(state, task)) is not None]
        found = {} if self._hooks is None or not withdrawals else await self._hooks.refusals(withdrawals)
        passing = [item for item in withdrawals if item.transaction not in found]
        if self._policy is None or not passing:
            return found
        try:
            return found | await asyncio.to_thread(self._policy.refusals, passing)
        except OSError as error:
            return found | {item.transaction: f"the operator's policy cannot decide: {error}" for item in passing}

    def _hold(self, tasks: list[PreparedTask], problems: dict[bytes, str]) -> None:
        held = {
            prepared.transaction: (prepared, problems[prepared.transaction])
            for prepared in tasks
            if prepared.transaction in problems
        }
        for key, (prepared, reason) in held.items():
            if key not in self._held or self._held[key][1] != reason:
                log.error("task not signed", extra={**task_names(prepared), "reason": reason})
        self._held = held
