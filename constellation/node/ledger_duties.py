"""What an auditor does about the Stellar ledger: report what it sees, and sign the vault's transactions."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from random import Random

from constellation.herald.replica import Replica
from constellation.node.config import NodeConfig
from constellation.node.cosigning.policy import operator_policy
from constellation.node.extensions.cosigning import CosigningHooks
from constellation.node.ledger_reports import LedgerReports
from constellation.node.task_signing import TaskSigning
from constellation.protocol.messages import ClusterMessage, Settings
from constellation.protocol.signing import Signer, SignerUnavailable
from constellation.quanta import SealedBatch
from constellation.stellarlink import ClosingHints, LedgerWatch, LedgerWatcher, NetworkPool, TaskGuard

log = logging.getLogger(__name__)


class LedgerDuties:
    """An auditor's reports and signatures.

    Args:
        settings: of the constellation.
        signer: the auditor's.
        replica: shows the replayed state.
        network: the auditor's own servers.
        config: of this node.
        send: to alpha.
        hooks: the operator's extensions.

    Attributes:
        watcher: what was read of the ledger.
        signing: signs the transactions of the vault's tasks.
    """

    def __init__(
        self,
        settings: Settings,
        signer: Signer,
        replica: Replica,
        network: NetworkPool,
        config: NodeConfig,
        send: Callable[[ClusterMessage], Awaitable[None]],
        hooks: CosigningHooks | None = None,
    ) -> None:
        self._send = send
        state = replica.machine.state
        self.watcher = LedgerWatcher(settings, state.ledger_cursor, state.ledger_closed_at_s or None)
        self._lag_limit_s = config.ledger_lag_limit_s
        self._moved = asyncio.Event()
        self._watch = LedgerWatch(
            network,
            self.watcher,
            poll_interval_s=config.auditor.poll_interval_s,
            on_change=self._moved.set,
            random=Random(),
            clock=time.time,
        )
        policy = operator_policy(config.cosigning, config.data_directory)
        self.signing = TaskSigning(signer, replica, TaskGuard(network, time.monotonic), send, policy, hooks)
        self._hints = ClosingHints(network, self._watch.wake, Random()) if config.horizon_streams else None
        self._reports = LedgerReports(settings, signer, replica, self.watcher)

    @property
    def lag_s(self) -> float | None:
        """How far the ledger that was read is behind this node's clock; None before the first look."""
        return self._watch.lag_s

    @property
    def is_late(self) -> bool:
        """Whether that is more than the limit."""
        return self.lag_s is not None and self.lag_s > self._lag_limit_s

    @property
    def last_error(self) -> str | None:
        """Why the ledger cannot be read now, if so."""
        error = self._watch.last_error
        return error.message if error else None

    @property
    def complete_ledger(self) -> int:
        """The last ledger of which everything was read."""
        return self.watcher.complete_ledger

    @property
    def is_stream_live(self) -> bool:
        """Whether a stream of ledgers says when to look."""
        return self._hints is not None and self._hints.is_live

    @property
    def contradiction(self) -> str | None:
        """Where a quorum's report says otherwise than this auditor's servers."""
        return self._reports.contradiction

    @property
    def worries(self) -> list[str]:
        """What keeps this auditor from reporting on the ledger; it replays and signs batches all the same."""
        worries = []
        if self.is_late:
            worries.append(f"ledger lag {self.lag_s:.0f} s")
        if self.last_error is not None:
            worries.append(f"the Stellar ledger cannot be read: {self.last_error}")
        if self.contradiction is not None:
            worries.append(self.contradiction)
        return worries

    async def watch(self) -> None:
        """Read the ledger until cancelled."""
        await self._watch.run()

    async def follow_hints(self) -> None:
        """Look at the ledger as soon as a stream says that one has closed, until cancelled."""
        if self._hints is not None:
            await self._hints.run()

    async def report_changes(self) -> None:
        """Look again whenever the ledger or the state has moved, until cancelled."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            await self._report()

    async def _report(self) -> None:
        """Tell alpha what comes next on the ledger, when that has changed."""
        try:
            report = self._reports.news()
        except SignerUnavailable as error:
            log.warning("no report on the ledger", extra={"reason": str(error)})
            return
        if report is not None:
            await self._send(report)

    def link_up(self) -> None:
        """A new connection: alpha may have missed everything."""
        self._reports.link_up()
        self.signing.link_changed()

    def link_down(self) -> None:
        """The connection has ended."""
        self._reports.link_down()
        self.signing.link_changed()

    def resume(self) -> None:
        """Say again on a new connection what alpha may have missed."""
        self.signing.stream_started()
        self._moved.set()

    def compare(self, sealed: SealedBatch) -> None:
        """Ring the alarm when a quorum saw something else on the ledger than this auditor."""
        if self._reports.compare(sealed):
            self.signing.vault_changed()

    def state_moved(self) -> None:
        """A batch was stored: there may be more to report."""
        self._moved.set()
