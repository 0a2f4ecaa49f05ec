"""Alpha: wires sequencer, log, herald, gateway and the submission of withdrawals.

Start-up: restore the log, listen for auditors, rise in a new epoch, and open the gateway when a quorum of auditors
has signed the state (design, section 7).
"""

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable

from constellation.gateway import Gateway, GatewayConfig, GatewayServer, Origin
from constellation.herald.alpha import (
    Adopt,
    AlphaEvent,
    AlphaHerald,
    AlphaState,
    AuditorFaulty,
    Certified,
    Fetched,
    LedgerReported,
    StartStream,
    WithdrawalSigned,
)
from constellation.herald.link import Link, LinkOverflow
from constellation.herald.server import ClusterServer
from constellation.node.clock import clock_us
from constellation.node.config import NodeConfig, split_address
from constellation.node.coverage import cover
from constellation.node.http import Status, StatusServer
from constellation.node.sequencer import SealedWork, Sequencer
from constellation.node.storage import OpenedLog, open_log
from constellation.node.unfinal import UnfinalWindow
from constellation.protocol.errors import Divergence, ProtocolViolation, Rejection, VerificationError
from constellation.protocol.messages import (
    Batch,
    Certificate,
    ClusterMessage,
    Code,
    LedgerCommit,
    Settings,
    SignedRequest,
)
from constellation.protocol.proofs import check_signed_header
from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import SealedBatch, Tip, batch_effects, replay
from constellation.snapshots import DataDirectory, LogWriter, QuantumLog, Restored, StorageFailure, StoredBatch, restore
from constellation.stellarlink import HorizonNetwork, SubmissionLoop, WithdrawalSubmitter

log = logging.getLogger(__name__)

_DRAIN_TIMEOUT_S = 3.0


class AlphaNode:
    """One running alpha.

    Args:
        config: of this node.
        settings: of the constellation.
        key_pair: alpha's.
    """

    def __init__(self, config: NodeConfig, settings: Settings, key_pair: KeyPair) -> None:
        self._config = config
        self._settings = settings
        self._key_pair = key_pair
        self._submitter = WithdrawalSubmitter(settings)
        self._work = asyncio.Event()
        self._gateway: Gateway | None = None
        self._clients: GatewayServer | None = None
        self._fetch_target: Tip | None = None
        self._unfinal = UnfinalWindow(certified_apex=0)
        self._stopping = False
        self._idle = asyncio.Event()
        self._failure: asyncio.Future[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set.

        Raises:
            StorageFailure: the disk failed.
            Divergence: the log is damaged.
        """
        with DataDirectory(self._config.data_directory) as directory:
            self._restore(open_log(directory.log_path, self._settings))
            status = StatusServer(self.status, *split_address(self._config.http_listen))
            cluster = ClusterServer(
                self._settings, self._key_pair, self, *split_address(self._config.alpha.cluster_listen)
            )
            network = HorizonNetwork(self._config.horizon_url)
            try:
                await status.start()
                await cluster.start()
                log.info("waiting for a quorum of auditors", extra={"cluster": self._config.alpha.cluster_listen})
                await self._serve(stop, network)
            finally:
                await self._close_clients()
                await cluster.stop()
                await status.stop()
                await network.close()
                await self._writer.close()

    def _restore(self, opened: OpenedLog) -> None:
        self._writer = LogWriter(opened.log)
        self._take_restored(opened.restored)
        self._recent = opened.recent
        if opened.certificate is not None:
            self._unfinal.certified(opened.certificate.header)
        self._herald = AlphaHerald(self._settings, self._tip, opened.certified)

    def _take_restored(self, restored: Restored) -> None:
        self._machine, self._tip, self._keeper = restored.machine, restored.tip, restored.keeper

    async def _serve(self, stop: asyncio.Event, network: HorizonNetwork) -> None:
        self._submission = SubmissionLoop(network, self._submitter, time.time)
        async with asyncio.TaskGroup() as tasks:
            background = [
                tasks.create_task(self._commit()),
                tasks.create_task(self._submission.run()),
                tasks.create_task(self._watch_failure()),
            ]
            await stop.wait()
            self._stopping = True
            log.info("shutting down")
            await self._drain()
            await self._close_clients()
            for task in background:
                task.cancel()

    async def _watch_failure(self) -> None:
        """End the node when something failed in a connection's task."""
        self._failure = asyncio.get_running_loop().create_future()
        await self._failure

    def _fail(self, error: BaseException) -> None:
        """Halt: what happened must not be survived by closing one connection."""
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)

    async def _drain(self) -> None:
        """Wait until what was executed is acknowledged; a disk that is too slow for that does not hold the shutdown."""
        try:
            async with asyncio.timeout(_DRAIN_TIMEOUT_S):
                await self._idle.wait()
        except TimeoutError:
            log.warning("not everything that was executed could be acknowledged")

    async def _close_clients(self) -> None:
        clients, self._clients = self._clients, None
        if clients is not None:
            await clients.stop(Code.SHUTTING_DOWN, "alpha is shutting down")

    # --- the auditors' side -------------------------------------------------------------------------------------

    def auditor_up(self, auditor: bytes, wake: Callable[[], None]) -> Link:
        """A proven auditor has connected."""
        return self._herald.link_up(auditor, wake)

    def auditor_down(self, link: Link) -> None:
        """Its connection has ended."""
        self._herald.link_down(link)

    async def auditor_message(self, auditor: bytes, message: ClusterMessage) -> None:
        """Take what an auditor says."""
        try:
            for event in self._herald.receive(auditor, message):
                await self._handle(event)
        except (ProtocolViolation, LinkOverflow):
            raise
        except Exception as error:
            self._fail(error)
            raise

    async def read_batches(self, first: int) -> list[Batch]:
        """A chunk of the log from ``first`` on."""
        try:
            stored = await self._writer.read(lambda quantum_log: list(quantum_log.batches(first, first + 63)))
        except (StorageFailure, Divergence) as error:
            self._fail(error)
            raise
        return [item.batch for item in stored]

    async def _handle(self, event: AlphaEvent) -> None:
        match event:
            case Certified():
                await self._certify(event.certificate)
            case LedgerReported():
                self._commit_ledger()
            case WithdrawalSigned():
                if self._submitter.receive_signature(event.auditor, event.signature):
                    self._submission.wake()
            case StartStream():
                await self._start_stream(event)
            case Adopt():
                await self._adopt(event)
            case Fetched():
                await self._take_fetched(event.batch)
            case AuditorFaulty():
                log.error(
                    "faulty auditor",
                    extra={"auditor": encode_public_key(event.auditor), "reason": event.reason},
                )

    async def _start_stream(self, event: StartStream) -> None:
        """From the auditor's tip when it is on this chain, otherwise from its last certified batch, which is."""
        digest = await self._writer.read(lambda quantum_log: quantum_log.digest(event.tip.number))
        start = event.tip.number + 1 if digest == event.tip.digest else event.certified + 1
        self._herald.start_stream(event.auditor, start)

    # --- rising -------------------------------------------------------------------------------------------------

    async def _adopt(self, event: Adopt) -> None:
        log.info("a quorum has promised", extra={"epoch": self._herald.epoch, "tip": event.tip.number})
        if event.source is None:
            await self._rise()
            return
        log.info("fetching what this log lacks", extra={"first": event.keep + 1, "last": event.tip.number})
        self._take_restored(await self._writer.read(lambda quantum_log: self._cut(quantum_log, event.keep)))
        self._recent = deque(item for item in self._recent if item[0].header.number <= event.keep)
        self._fetch_target = event.tip

    def _cut(self, quantum_log: QuantumLog, keep: int) -> Restored:
        quantum_log.truncate(keep)
        return restore(quantum_log, self._settings)

    def _store(self, sealed: SealedBatch, batch: Batch) -> asyncio.Future[None]:
        self._keeper.note(sealed)
        return self._writer.store(StoredBatch(batch, sealed.digest, batch_effects(sealed)))

    async def _take_fetched(self, batch: Batch) -> None:
        target = self._fetch_target
        if target is None or self._tip.number >= target.number:
            return
        try:
            check_signed_header(self._settings, batch.signed_header)
            sealed = replay(self._machine, self._tip, batch)
        except (VerificationError, Divergence) as error:
            # The fault is of who sent it: the machine may be half-way, and another auditor is asked.
            self._herald.fetch_after(self._tip.number)
            self._take_restored(await self._writer.read(lambda quantum_log: restore(quantum_log, self._settings)))
            raise ProtocolViolation(error.code, f"while fetching: {error.message}") from error
        self._tip = sealed.tip
        self._recent.append((sealed, batch))
        await self._store(sealed, batch)
        if self._tip == target:
            await self._rise()

    async def _rise(self) -> None:
        base = self._tip
        self._sequencer: Sequencer[Origin] = Sequencer(
            self._machine,
            base,
            self._herald.epoch,
            self._key_pair,
            clock_us,
            self._config.alpha.checkpoint_quanta,
            round(self._config.alpha.checkpoint_interval_s * 1_000_000),
        )
        self._submitter.follow(self._machine.state.desk.prepared)
        opener = self._sequencer.open_epoch()
        await self._store(opener.sealed, opener.batch)
        self._herald.opened(base)
        self._herald.relay(opener.sealed, opener.batch)
        log.info("rising", extra={"epoch": self._herald.epoch, "batch": opener.sealed.header.number})
        for event in self._herald.streams():
            await self._handle(event)

    async def _open_gateway(self, certificate: Certificate) -> None:
        """Let clients in, with the answers and certificates that they may ask for again."""
        config = GatewayConfig(
            requests_per_second=self._config.alpha.requests_per_second, burst=self._config.alpha.burst
        )
        self._gateway = Gateway(
            self._machine, self._key_pair, self._submit, self._refusal, clock_us, secrets.token_bytes, config
        )
        self._gateway.epoch = self._herald.epoch
        await self._remember(self._gateway, certificate)
        self._clients = GatewayServer(self._gateway, *split_address(self._config.alpha.client_listen))
        await self._clients.start()
        log.info("ready", extra={"epoch": self._herald.epoch, "clients": self._config.alpha.client_listen})

    async def _remember(self, gateway: Gateway, certificate: Certificate) -> None:
        """Rebuild the answers, each with what makes it final: its own certificate or, by the chain, a later one."""
        for sealed, batch in self._recent:
            gateway.remember(sealed, batch.signed_header)
        headers = [sealed.header for sealed, _ in self._recent]
        first = headers[0].number if headers else certificate.header.number
        stored = await self._writer.read(lambda quantum_log: quantum_log.certificates(first))
        earlier = [item for item in stored.values() if item.header.number < certificate.header.number]
        for item, ancestors in cover(headers, [*earlier, certificate]):
            gateway.finalize(item, ancestors)
        self._recent.clear()

    # --- ordering, storing, acknowledging -------------------------------------------------------------------------

    def _submit(self, origin: Origin, signed: SignedRequest) -> None:
        try:
            self._sequencer.execute(signed, origin)
        except Rejection:
            raise
        except Exception as error:
            log.critical("a quantum failed half-way", extra={"quantum": signed.to_xdr().hex()})
            self._fail(error)
            raise
        self._wake()

    def _wake(self) -> None:
        self._idle.clear()
        self._work.set()

    def _commit_ledger(self) -> None:
        """Sequence what a quorum of auditors saw on the ledger."""
        if self._herald.state is not AlphaState.READY or self._stopping:
            return
        commit = self._herald.reports.commit(self._machine.state.ledger_cursor)
        if commit is not None:
            self._execute_ledger_commit(commit)

    def _execute_ledger_commit(self, commit: LedgerCommit) -> None:
        try:
            self._sequencer.execute(commit, None)
        except Rejection as error:
            log.error(
                "a quorum's ledger report was refused",
                extra={"code": error.code.name, "reason": error.message},
            )
            return
        self._wake()
        log.info("ledger committed", extra={"cursor": commit.report.cursor, "events": len(commit.report.events)})

    async def _commit(self) -> None:
        """Store what was executed; one commit carries all that came while the last one was on its way."""
        while True:
            self._idle.set()
            await self._work.wait()
            self._work.clear()
            while (work := self._sequencer.take()) is not None:
                await self._store(work.sealed, work.batch)
                self._acknowledge(work)

    def _acknowledge(self, work: SealedWork[Origin]) -> None:
        self._unfinal.acknowledged(work.sealed.header, clock_us())
        self._herald.relay(work.sealed, work.batch)
        assert self._gateway is not None
        self._gateway.acknowledge(work.sealed, work.batch.signed_header, work.origins)
        self._submitter.follow(self._machine.state.desk.prepared)
        self._commit_ledger()

    async def _certify(self, certificate: Certificate) -> None:
        self._unfinal.certified(certificate.header)
        self._writer.store(certificate).add_done_callback(self._on_stored)
        checkpoint = self._keeper.take(certificate.header.number)
        if checkpoint is not None:
            self._writer.store(checkpoint).add_done_callback(self._on_stored)
        if self._gateway is None:
            await self._open_gateway(certificate)
            self._commit_ledger()
        else:
            self._gateway.finalize(certificate)

    def _on_stored(self, future: asyncio.Future[None]) -> None:
        """A failed write ends the node."""
        if not future.cancelled() and (error := future.exception()) is not None:
            self._fail(error)

    def _refusal(self) -> Rejection | None:
        """Why requests are refused now, if they are."""
        if self._stopping:
            return Rejection(Code.SHUTTING_DOWN, "alpha is shutting down; connect again in a moment")
        if not self._herald.has_quorum:
            return Rejection(Code.NO_QUORUM, "too few auditors are connected to make anything final; try again soon")
        if self._unfinal.is_full(self._machine.state.apex, clock_us()):
            return Rejection(Code.NO_QUORUM, "too much waits for the auditors' signatures already; try again soon")
        return None

    def status(self) -> Status:
        """What alpha says of itself."""
        state = self._machine.state
        refusal = self._refusal()
        ready = self._gateway is not None and refusal is None
        reasons = [] if ready else [refusal.message if refusal else f"alpha is {self._herald.state.value}"]
        return {
            "role": "alpha",
            "key": self._key_pair.address,
            "ready": ready,
            "reasons": reasons,
            "constellation": state.constellation.hex(),
            "apex": state.apex,
            "batch": self._herald.tip.number,
            "certified_apex": self._unfinal.certified_apex,
            "unfinal_batches": len(self._unfinal),
            "state_root": state.root().hex(),
            "ledger": state.ledger_cursor >> 32,
            "ledger_disagreement": self._herald.reports.disagreement(state.ledger_cursor),
            "held": state.vault.held,
            "pending_withdrawals": len(state.desk.prepared) + len(state.desk.waiting),
            "cluster": self._herald.describe(),
        }
