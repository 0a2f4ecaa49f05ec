"""Does what the replica wants: store, then vote; serve what alpha lacks; refuse, with evidence, what is wrong."""

import asyncio
import logging
from functools import partial
from pathlib import Path

from constellation.herald.actions import (
    Action,
    BeginRecovery,
    CastVote,
    CheckChain,
    Finalized,
    InstallSnapshot,
    Recover,
    Rewind,
    Send,
    ServeBatches,
    StoreBatch,
    StorePromise,
)
from constellation.herald.client import ClusterClient, ConnectionLost
from constellation.herald.replica import Replica
from constellation.herald.transfer import ReceivedSnapshot, needs_snapshot
from constellation.herald.votes import sign_vote
from constellation.node.clock import clock_us
from constellation.node.evidence import write_evidence
from constellation.node.forwarding import Forwarding
from constellation.node.ledger_duties import LedgerDuties
from constellation.node.node_log import NodeLog
from constellation.node.progress import Progress
from constellation.node.signing import patiently
from constellation.node.snapshot_service import SnapshotService
from constellation.node.supervision import NodeFailure
from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.limits import STORING_BATCHES_MAX
from constellation.protocol.messages import (
    Batch,
    ClusterMessage,
    Code,
    SignedHeader,
    StreamStart,
    Vote,
    encode_cluster_message,
)
from constellation.protocol.signing import Signer, SignerRefused, SignerUnavailable
from constellation.quanta import SealedBatch
from constellation.snapshots import Restored

log = logging.getLogger(__name__)


class Following:
    """An auditor's conversation with alpha.

    Args:
        replica: decides.
        node_log: takes what must be durable before it is signed.
        snapshots: for an alpha that lacks more than the log's batches can give.
        duties: about the ledger.
        forwarding: of requests that alpha may not have heard.
        progress: told how far the auditor is.
        failure: of the node.
        client: the connection to alpha.
        signer: the auditor's.
        constellation: its id.
        data_directory: for evidence.
    """

    def __init__(
        self,
        replica: Replica,
        node_log: NodeLog,
        snapshots: SnapshotService,
        duties: LedgerDuties,
        forwarding: Forwarding,
        progress: Progress,
        failure: NodeFailure,
        client: ClusterClient,
        signer: Signer,
        constellation: bytes,
        data_directory: Path,
    ) -> None:
        self._replica = replica
        self._log = node_log
        self._snapshots = snapshots
        self._duties = duties
        self._forwarding = forwarding
        self._progress = progress
        self._failure = failure
        self._client = client
        self._signer = signer
        self._constellation = constellation
        self._data_directory = data_directory
        self._pending: set[asyncio.Task[None]] = set()
        self._doubted: SignedHeader | None = None

    def link_up(self) -> None:
        """A connection to alpha is open and proven."""
        self._replica.link_up()
        self._duties.link_up()
        self._progress.link_up()

    async def link_down(self) -> None:
        """It has ended: finish what is on its way to the disk, so that the tip is what is stored."""
        self._progress.link_down()
        self._duties.link_down()
        self._forwarding.link_down()
        await self.drain()

    def take(self, restored: Restored) -> None:
        """Go on from the end of the log."""
        self._replica.rewound(restored.machine, restored.tip, restored.header)

    async def drain(self) -> None:
        """Wait until everything that was replayed is stored."""
        while self._pending:
            await asyncio.gather(*self._pending, return_exceptions=True)

    async def receive(self, message: ClusterMessage) -> None:
        """Take what alpha says.

        Raises:
            ProtocolViolation: the connection must be closed.
            ConnectionLost: it has ended while alpha was given what it lacks.
        """
        if self._failure.happened:
            return
        try:
            for action in self._replica.receive(message, clock_us()):
                await self._act(action)
            if isinstance(message, StreamStart):
                self._progress.stream_starts(message.number, message.tip, self._replica.tip.number)
                self._duties.resume()
                self._forwarding.stream_starts()
            elif isinstance(message, Batch):
                self._progress.received(message.signed_header.header.number)
            self._progress.look(self._replica)
            await self._wait_for_disk()
        except Divergence as error:
            await self._hear_again(error, message)
            await self._halt(error, message)
        except (ProtocolViolation, ConnectionLost):
            raise
        except Exception as error:
            self._failure.set(error)
            raise

    async def _wait_for_disk(self) -> None:
        """Take no further message while too many batches wait to be stored."""
        while len(self._pending) >= STORING_BATCHES_MAX:
            await asyncio.wait(self._pending, return_when=asyncio.FIRST_COMPLETED)

    async def _act(self, action: Action) -> None:
        match action:
            case Send():
                await self._client.send(action.message)
            case CastVote():
                await self._client.send(await patiently(self._signer, partial(self._vote, action)))
            case StoreBatch():
                self._store(action)
            case Finalized():
                self._log.certify(action.certificate)
                self._duties.signing.certified()
            case StorePromise():
                await self._log.promise(action.promise)
                await self._client.send(action.promise)
            case Recover():
                await self._recover()
            case BeginRecovery():
                await self._begin_recovery(action.forgotten)
            case Rewind():
                await self.drain()
                log.warning("dropping an uncertified tail", extra={"after_batch": action.number})
                self.take(await self._log.cut(action.number))
                self._progress.stored(action.number)
            case InstallSnapshot():
                await self._install(action.snapshot)
            case CheckChain():
                await self._check_chain(action)
            case ServeBatches():
                await self._serve_batches(action)

    def _vote(self, vote: CastVote) -> Vote:
        return sign_vote(self._constellation, self._signer, vote.header, vote.digest)

    async def _recover(self) -> None:
        await self._log.recovered()
        log.info("recovered: this auditor has what it may have signed before, and counts again")
        for action in self._replica.recovered():
            await self._act(action)

    async def _begin_recovery(self, forgotten: int) -> None:
        log.warning(
            "this log is an old copy: it lacks what this auditor has signed, which must recover before it counts",
            extra={"batch": self._replica.tip.number, "signed_batch": forgotten},
        )
        name = await self._log.rolled_back()
        for action in self._replica.rolled_back(name):
            await self._act(action)

    def _store(self, action: StoreBatch) -> None:
        """Store in the background, so that the next batch can be replayed meanwhile."""
        # Now, not in the background: until it is known which batch prepared a task, the task would pass for final.
        self._duties.signing.note(action.sealed)
        task = asyncio.create_task(self._store_and_vote(action.sealed, action.batch))
        self._pending.add(task)
        task.add_done_callback(self._failure.watch)
        task.add_done_callback(self._pending.discard)

    async def _store_and_vote(self, sealed: SealedBatch, batch: Batch) -> None:
        self._duties.compare(sealed)
        await self._log.append(sealed, batch)
        self._progress.stored(sealed.header.number)
        for action in self._replica.stored(sealed, batch):
            await self._act(action)
        self._progress.look(self._replica)
        self._duties.state_moved()

    async def _check_chain(self, action: CheckChain) -> None:
        if not await self._log.passes(action.number, action.digest):
            raise ProtocolViolation(Code.BROKEN_PROMISE, f"alpha's chain does not pass through batch {action.number}")

    async def _serve_batches(self, action: ServeBatches) -> None:
        position = action.first
        if needs_snapshot(position, self._log.first, await self._log.checkpoint()):
            position = await self._send_snapshot() + 1
        while position <= action.last:
            chunk = await self._log.batches(position, action.last)
            if not chunk:
                raise Divergence(Code.BROKEN_CHAIN, f"the log ends before batch {position}, which was stored")
            for batch in chunk:
                await self._client.send_history(encode_cluster_message(batch))
            position += len(chunk)

    async def _send_snapshot(self) -> int:
        """Send the state after the last checkpoint; the number of its batch."""
        sender = await self._snapshots.open()
        try:
            while (message := sender.next()) is not None:
                await self._client.send_history(message)
        finally:
            sender.end()
        return sender.number

    async def _install(self, snapshot: ReceivedSnapshot) -> None:
        """Go on from a state that a quorum has certified, in place of the history that led to it."""
        await self.drain()
        restored = await self._log.install(snapshot)
        self._replica.installed(restored.machine, snapshot)
        self._progress.stored(snapshot.tip.number)
        self._duties.state_moved()

    async def _hear_again(self, error: Divergence, message: ClusterMessage) -> None:
        """Ask once more for a batch that does not hold: without TLS, it may have been changed on its way.

        What alpha has signed is the header; only what is heard twice is held against it.

        Raises:
            ProtocolViolation: it was the first time; this auditor is where its log ends.
        """
        if not isinstance(message, Batch) or message.signed_header == self._doubted:
            return
        self._doubted = message.signed_header
        log.warning(
            "a batch does not hold: asking for it again",
            extra={"batch": self._doubted.header.number, "code": error.code.name, "reason": error.message},
        )
        await self.drain()
        self.take(await self._log.restore())
        raise ProtocolViolation(error.code, error.message)

    async def _halt(self, error: Divergence, message: ClusterMessage) -> None:
        """Refuse with a signed verdict, keep the evidence, stop."""
        log.error(
            "diverged: this auditor signs nothing more",
            extra={"code": error.code.name, "reason": error.message},
        )
        try:
            path = write_evidence(self._data_directory, self._signer.public, error, self._replica, message, clock_us())
            log.error(
                "evidence kept",
                extra={"path": str(path), "replay": f"constellation replay-evidence {path} --config FILE"},
            )
        except OSError as problem:
            log.error("evidence could not be kept", extra={"reason": str(problem)})
        if isinstance(message, Batch):
            await self._send_verdict(error, message)
        self._failure.set(error)

    async def _send_verdict(self, error: Divergence, batch: Batch) -> None:
        try:
            await self._client.send(self._replica.verdict(error, batch))
        except (SignerUnavailable, SignerRefused) as problem:
            log.error("the verdict could not be signed", extra={"reason": str(problem)})
