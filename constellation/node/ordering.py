"""Alpha's loop of ordering: execute at once, store, acknowledge."""

import asyncio
import logging
from collections.abc import Callable

from constellation.gateway import Origin
from constellation.node.node_log import NodeLog
from constellation.node.sequencer import SealedWork, Sequencer
from constellation.node.signing import patiently
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import (
    Code,
    GovernanceCommit,
    LedgerCommit,
    ModeCommit,
    QuantumBody,
    TermCommit,
    encode_quantum_body,
)

log = logging.getLogger(__name__)

_DRAIN_TIMEOUT_S = 3.0
_TIME_COMMIT_INTERVAL_S = 0.1
_STORE_TIMEOUT_S = 10.0


class Ordering:
    """Executes what clients and the ledger ask for, and acknowledges each batch when it is durable.

    Args:
        node_log: takes the batches.
        failure: of the node.
        acknowledge: is called with each batch once it is durable.
    """

    def __init__(
        self, node_log: NodeLog, failure: NodeFailure, acknowledge: Callable[[SealedWork[Origin]], None]
    ) -> None:
        self._log = node_log
        self._failure = failure
        self._acknowledge = acknowledge
        self._sequencer: Sequencer[Origin] | None = None
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._appended = asyncio.Event()
        self._stored_apex = 0

    def start(self, sequencer: Sequencer[Origin]) -> None:
        """The epoch is open: ``sequencer`` orders what comes."""
        self._sequencer = sequencer

    def submit(self, origin: Origin | None, signed: Submission) -> None:
        """Execute a client's request, or a batch of them, now; one that an auditor has passed on has no origin.

        Raises:
            Rejection: it breaks a rule; nothing has changed.
        """
        self._execute(signed, origin)

    def _execute(self, body: QuantumBody, origin: Origin | None) -> None:
        assert self._sequencer is not None
        try:
            self._sequencer.execute(body, origin)
        except Rejection:
            self._wake()  # what fell due before it may have been executed
            raise
        except Exception as error:
            log.critical("a quantum failed half-way", extra={"quantum": encode_quantum_body(body).hex()})
            self._failure.set(error)
            raise
        self._wake()

    def commit_ledger(self, commit: LedgerCommit) -> None:
        """Sequence what a quorum of auditors saw on the ledger."""
        try:
            self._execute(commit, None)
        except Rejection as error:
            log.error(
                "a quorum's ledger report was refused",
                extra={"code": error.code.name, "reason": error.message},
            )
            return
        log.info("ledger committed", extra={"cursor": commit.report.cursor, "events": len(commit.report.events)})

    def begin_term(self, commit: TermCommit) -> None:
        """Put the members of a new term into force; it was checked before this alpha rose."""
        self._execute(commit, None)

    def decide(self, commit: GovernanceCommit) -> None:
        """Sequence what a quorum of auditors has decided.

        Raises:
            Rejection: it cannot be applied (any more); nothing has changed.
        """
        self._execute(commit, None)
        log.info(
            "decision of the auditors carried out",
            extra={"decision": type(commit.proposal.decision).__name__, "signatures": len(commit.signatures)},
        )

    async def change_mode(self, commit: ModeCommit) -> None:
        """Sequence another mode, and wait until that is durable.

        Raises:
            Rejection: it is in force already, or OVERLOADED: it is sequenced, and the disk is slow.
        """
        self._execute(commit, None)
        assert self._sequencer is not None
        apex = self._sequencer.apex
        try:
            async with asyncio.timeout(_STORE_TIMEOUT_S):
                while self._stored_apex < apex:
                    await self._appended.wait()
        except TimeoutError:
            raise Rejection(Code.OVERLOADED, "the mode is sequenced and not on the disk yet; ask again") from None

    async def keep_time(self, is_open: Callable[[], bool]) -> None:
        """Do what falls due by its time while nobody asks for anything.

        Args:
            is_open: whether requests are taken now; while they are not, time comes to nothing, either.
        """
        while True:
            await asyncio.sleep(_TIME_COMMIT_INTERVAL_S)
            if is_open() and not self._failure.happened:
                self._commit_time()

    def _commit_time(self) -> None:
        assert self._sequencer is not None
        try:
            is_done = self._sequencer.commit_time()
        except Exception as error:
            log.critical("a time commit failed half-way")
            self._failure.set(error)
            raise
        if is_done:
            self._wake()

    def confirm(self) -> None:
        """Make a batch now, an empty one if there is nothing to do."""
        assert self._sequencer is not None
        self._sequencer.confirm()
        self._wake()

    def _wake(self) -> None:
        self._idle.clear()
        self._work.set()

    async def run(self) -> None:
        """Store what was executed; one commit carries all that came while the last one was on its way."""
        while True:
            self._idle.set()
            await self._work.wait()
            self._work.clear()
            assert self._sequencer is not None
            while not self._failure.happened and (work := self._sequencer.take()) is not None:
                await patiently(work.signer, work.sign)
                await self._log.append(work.sealed, work.batch)
                self._acknowledge(work)
                self._stored_apex = work.sealed.header.last_apex
                self._appended.set()
                self._appended.clear()

    async def drain(self) -> None:
        """Wait until what was executed is acknowledged; a disk that is too slow for that does not hold the shutdown."""
        try:
            async with asyncio.timeout(_DRAIN_TIMEOUT_S):
                await self._idle.wait()
        except TimeoutError:
            log.warning("not everything that was executed could be acknowledged")
