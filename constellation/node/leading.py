"""Alpha's conversation with its auditors: what their words mean for the log, the epoch and the streams."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

from constellation.herald.alpha import AlphaHerald
from constellation.herald.events import (
    Adopt,
    AlphaEvent,
    AuditorFaulty,
    AuditorForgetful,
    Certified,
    Fetched,
    LedgerReported,
    Proposed,
    RequestForwarded,
    SnapshotFetched,
    StartStream,
    WithdrawalSigned,
)
from constellation.herald.link import Link, LinkOverflow
from constellation.herald.transfer import needs_snapshot
from constellation.node.alpha_metrics import AlphaMetrics
from constellation.node.lifecycle import Lifecycle, NodeState
from constellation.node.node_log import NodeLog
from constellation.node.quorum_watch import QuorumWatch
from constellation.node.rising import Rising
from constellation.node.snapshot_service import SnapshotService
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Batch, Certificate, ClusterMessage, SignedProposal, Vote
from constellation.protocol.strkey import encode_public_key
from constellation.transport.pace import Pace

_REPORTS_PER_SECOND = 0.1
_REPORTS_BURST = 10

log = logging.getLogger(__name__)


class AlphaActions(Protocol):
    """What the auditors can set off."""

    async def open_epoch(self) -> None:
        """The log has everything: open the epoch on it."""

    async def certified(self, certificate: Certificate) -> None:
        """A quorum has signed a header."""

    def ledger_reported(self) -> None:
        """There is a new report about the ledger."""

    def task_signed(self, event: WithdrawalSigned) -> None:
        """There is a new signature for a task of the vault."""

    def proposed(self, signed: SignedProposal) -> None:
        """An auditor's node proposes something."""

    def request_forwarded(self, event: RequestForwarded) -> None:
        """An auditor passes on a request of an account."""


class Leading:
    """Takes what auditors say (the cluster server's handler).

    Args:
        herald: decides.
        rising: adopts and fetches.
        node_log: alpha's log.
        snapshots: for auditors that are too far behind.
        quorum: looks whether enough follow.
        lifecycle: of alpha.
        failure: of alpha.
        metrics: of alpha.
        actions: what is set off.
    """

    def __init__(
        self,
        herald: AlphaHerald,
        rising: Rising,
        node_log: NodeLog,
        snapshots: SnapshotService,
        quorum: QuorumWatch,
        lifecycle: Lifecycle,
        failure: NodeFailure,
        metrics: AlphaMetrics,
        actions: AlphaActions,
    ) -> None:
        self._herald = herald
        self._rising = rising
        self._log = node_log
        self._snapshots = snapshots
        self._quorum = quorum
        self._lifecycle = lifecycle
        self._failure = failure
        self._metrics = metrics
        self._actions = actions
        self._reports = Pace(_REPORTS_PER_SECOND, _REPORTS_BURST)

    def auditor_up(self, auditor: bytes, wake: Callable[[], None]) -> Link:
        """A proven auditor has connected: a snapshot that its older connection waits for is not wanted any more."""
        self._snapshots.cancel(auditor)
        return self._herald.link_up(auditor, wake)

    def auditor_down(self, link: Link) -> None:
        """A connection has ended, maybe one that a newer one has replaced."""
        self._herald.link_down(link)
        if link.auditor not in self._herald.auditors:
            self._snapshots.cancel(link.auditor)
        self._quorum.look()

    async def auditor_message(self, auditor: bytes, message: ClusterMessage) -> None:
        """Take what an auditor says."""
        if isinstance(message, Vote):
            self._metrics.voted(auditor)
        try:
            for event in self._herald.receive(auditor, message):
                await self.handle(event)
        except (ProtocolViolation, LinkOverflow):
            raise
        except Exception as error:
            self._failure.set(error)
            raise

    async def read_batches(self, first: int) -> list[Batch]:
        """A chunk of the log from ``first`` on."""
        return await self._log.batches(first)

    async def handle(self, event: AlphaEvent) -> None:
        """Do what the herald wants."""
        match event:
            case Certified():
                await self._actions.certified(event.certificate)
            case LedgerReported():
                self._actions.ledger_reported()
            case WithdrawalSigned():
                self._actions.task_signed(event)
            case Proposed():
                self._actions.proposed(event.signed)
            case RequestForwarded():
                self._actions.request_forwarded(event)
            case StartStream():
                await self._start_stream(event)
            case Adopt():
                self._lifecycle.enter(NodeState.ADOPTING)
                if await self._rising.adopt(event):
                    await self._actions.open_epoch()
            case Fetched():
                if await self._rising.take_fetched(event.batch):
                    await self._actions.open_epoch()
            case SnapshotFetched():
                if await self._rising.take_snapshot(event.snapshot):
                    await self._actions.open_epoch()
            case AuditorFaulty():
                self._report(event)
            case AuditorForgetful():
                log.warning(
                    "an auditor's log is an old copy: it must recover before it counts",
                    extra={"auditor": encode_public_key(event.auditor), "signed_batch": event.number},
                )

    def _report(self, event: AuditorFaulty) -> None:
        """Count it and log it; a flood of one auditor's must not fill the disk."""
        self._metrics.faulty(event.auditor)
        auditor = encode_public_key(event.auditor)
        level = logging.ERROR if self._reports.admits(auditor, asyncio.get_running_loop().time()) else logging.DEBUG
        log.log(level, "faulty auditor", extra={"auditor": auditor, "reason": event.reason})

    async def _start_stream(self, event: StartStream) -> None:
        """From the auditor's tip when it is on this chain, otherwise from its last certified batch, which is.

        Where that is too far back, it gets a snapshot first.
        """
        digest = await self._log.digest(event.tip.number)
        start = event.tip.number + 1 if digest == event.tip.digest else event.certified + 1
        if not needs_snapshot(start, self._log.first, await self._log.checkpoint()):
            self._herald.start_stream(event.auditor, start)
            return
        link = self._herald.begin_snapshot(event.auditor)
        if link is not None:
            self._snapshots.send(event.auditor, partial(self._herald.send_snapshot, link), link.refuse)
