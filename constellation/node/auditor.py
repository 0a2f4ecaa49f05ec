"""An auditor: wires replica, log, the connection to alpha and the watch on the Stellar ledger.

Start-up: restore the log, connect to alpha, promise its epoch, follow (design, section 7). What it signs, it has
replayed and stored before.
"""

import asyncio
import json
import logging
import time
from pathlib import Path
from random import Random
from typing import Any

from constellation.herald.client import ClusterClient
from constellation.herald.replica import (
    Action,
    CheckChain,
    Finalized,
    Replica,
    Rewind,
    Send,
    ServeBatches,
    StoreBatch,
    StorePromise,
)
from constellation.herald.reports import sign_report
from constellation.node.clock import clock_us
from constellation.node.config import ConfigurationError, NodeConfig, split_address
from constellation.node.http import Status, StatusServer
from constellation.node.storage import OpenedLog, open_log
from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.messages import (
    Batch,
    Certificate,
    ClusterMessage,
    Code,
    LedgerCommit,
    LedgerReport,
    Settings,
    StreamStart,
    WithdrawalPrepared,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import SealedBatch
from constellation.snapshots import DataDirectory, LogWriter, QuantumLog, Restored, StoredBatch, restore
from constellation.stellarlink import (
    HorizonNetwork,
    LedgerWatch,
    LedgerWatcher,
    NetworkUnavailable,
    auditor_signature,
    check_vault,
)

log = logging.getLogger(__name__)


class AuditorNode:
    """One running auditor.

    Args:
        config: of this node.
        settings: of the constellation.
        key_pair: the auditor's.
    """

    def __init__(self, config: NodeConfig, settings: Settings, key_pair: KeyPair) -> None:
        self._config = config
        self._settings = settings
        self._key_pair = key_pair
        self._client = ClusterClient(settings, key_pair, config.auditor.alpha_url, self, Random())
        self._pending: set[asyncio.Task[None]] = set()
        self._halted: asyncio.Future[None] | None = None
        self._prepared_in: dict[bytes, int] = {}
        self._signed: dict[bytes, None] = {}
        self._reported: LedgerReport | None = None
        self._connected = False
        self._look = asyncio.Event()
        self._contradiction: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Follow alpha until ``stop`` is set.

        Raises:
            Divergence: alpha's quanta contradict the rules or this node's own result.
            StorageFailure: the disk failed.
        """
        with DataDirectory(self._config.data_directory) as directory:
            self._restore(open_log(directory.log_path, self._settings))
            self._halted = asyncio.get_running_loop().create_future()
            network = HorizonNetwork(self._config.horizon_url)
            status = StatusServer(self.status, *split_address(self._config.http_listen))
            self._watcher = LedgerWatcher(self._settings, self._replica.machine.state.ledger_cursor)
            self._watch = LedgerWatch(
                network,
                self._watcher,
                self._settings.network_passphrase,
                poll_interval_s=self._config.auditor.poll_interval_s,
                on_change=self._look.set,
                random=Random(),
                clock=time.time,
            )
            try:
                await status.start()
                await self._check_vault(network)
                await self._serve(stop)
            finally:
                await status.stop()
                await network.close()
                await self._drain()
                await self._writer.close()

    def _restore(self, opened: OpenedLog) -> None:
        self._writer = LogWriter(opened.log)
        restored = opened.restored
        self._replica = Replica(
            self._settings, self._key_pair, restored.machine, restored.tip, opened.certificate, opened.promise
        )
        for sealed, batch in opened.recent:
            self._replica.resume(sealed, batch)
            self._note_prepared(sealed)
        self._take_restored(restored)

    async def _check_vault(self, network: HorizonNetwork) -> None:
        """Refuse to run for a vault whose signers or thresholds are not those of the settings."""
        try:
            problems = await check_vault(network, self._settings)
        except NetworkUnavailable as error:
            log.warning("the vault could not be checked", extra={"reason": str(error)})
            return
        if problems:
            raise ConfigurationError("the vault on the ledger is not that of the settings: " + "; ".join(problems))

    async def _serve(self, stop: asyncio.Event) -> None:
        assert self._halted is not None
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._client.run()),
            asyncio.create_task(self._watch.run()),
            asyncio.create_task(self._report_changes()),
            asyncio.create_task(stop.wait()),
        ]
        try:
            await asyncio.wait([*tasks, self._halted], return_when=asyncio.FIRST_COMPLETED)
            for task in (*tasks, self._halted):
                if task.done():
                    task.result()
            log.info("shutting down")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # --- alpha's side -------------------------------------------------------------------------------------------

    async def alpha_up(self) -> None:
        """The connection to alpha is open and proven."""
        self._replica.link_up()
        self._connected = True
        self._signed.clear()
        self._reported = None

    async def alpha_down(self) -> None:
        """The connection has ended: finish what is on its way to the disk, so that the tip is what is stored."""
        self._connected = False
        await self._drain()

    async def _drain(self) -> None:
        while self._pending:
            await asyncio.gather(*self._pending, return_exceptions=True)

    async def alpha_message(self, message: ClusterMessage) -> None:
        """Take what alpha says."""
        try:
            for action in self._replica.receive(message, clock_us()):
                await self._act(action)
            if isinstance(message, StreamStart):
                await self._resume_duties()
        except Divergence as error:
            await self._halt(error, message)

    async def _resume_duties(self) -> None:
        """Say again on a new connection what alpha may have missed."""
        if self._replica.certificate is not None:
            await self._sign_withdrawals(self._replica.certificate)
        self._look.set()

    async def _act(self, action: Action) -> None:
        match action:
            case Send():
                await self._client.send(action.message)
            case StoreBatch():
                self._store(action)
            case Finalized():
                self._writer.store(action.certificate).add_done_callback(self._on_stored)
                self._write_checkpoint()
                await self._sign_withdrawals(action.certificate)
            case StorePromise():
                await self._writer.store(action.promise)
                await self._client.send(action.promise)
            case Rewind():
                await self._rewind(action.number)
            case CheckChain():
                await self._check_chain(action)
            case ServeBatches():
                await self._serve_batches(action)

    def _write_checkpoint(self) -> None:
        checkpoint = self._keeper.take(self._replica.certified)
        if checkpoint is not None:
            self._writer.store(checkpoint).add_done_callback(self._on_stored)

    def _store(self, action: StoreBatch) -> None:
        """Store in the background, so that the next batch can be replayed meanwhile."""
        task = asyncio.create_task(self._store_and_vote(action.sealed, action.batch))
        self._pending.add(task)
        task.add_done_callback(self._on_stored)
        task.add_done_callback(self._pending.discard)

    async def _store_and_vote(self, sealed: SealedBatch, batch: Batch) -> None:
        self._note_prepared(sealed)
        self._keeper.note(sealed)
        self._compare_ledger(sealed)
        await self._writer.store(StoredBatch(batch, sealed.digest))
        for action in self._replica.stored(sealed, batch):
            await self._act(action)
        self._look.set()

    def _on_stored(self, future: asyncio.Future[None]) -> None:
        """A failed write ends the node."""
        if not future.cancelled() and (error := future.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if self._halted is not None and not self._halted.done():
            self._halted.set_exception(error)

    async def _rewind(self, number: int) -> None:
        await self._drain()
        log.warning("dropping an uncertified tail", extra={"after_batch": number})
        self._take_restored(await self._writer.read(lambda quantum_log: self._cut(quantum_log, number)))

    def _cut(self, quantum_log: QuantumLog, number: int) -> Restored:
        quantum_log.truncate(number)
        return restore(quantum_log, self._settings)

    def _take_restored(self, restored: Restored) -> None:
        self._keeper = restored.keeper
        self._replica.rewound(restored.machine, restored.tip, restored.header)

    async def _check_chain(self, action: CheckChain) -> None:
        digest = await self._writer.read(lambda quantum_log: quantum_log.digest(action.number))
        if digest != action.digest:
            raise ProtocolViolation(Code.BROKEN_PROMISE, f"alpha's chain does not pass through batch {action.number}")

    async def _serve_batches(self, action: ServeBatches) -> None:
        position = action.first
        while position <= action.last:
            last = min(action.last, position + 63)
            chunk = await self._writer.read(lambda quantum_log: list(quantum_log.batches(position, last)))  # noqa: B023
            for stored in chunk:
                await self._client.send(stored.batch)
            position = last + 1

    # --- the ledger's side --------------------------------------------------------------------------------------

    def _note_prepared(self, sealed: SealedBatch) -> None:
        """Remember which batch prepared which withdrawal."""
        for executed in sealed.executed:
            for group in executed.groups:
                for effect in group.effects:
                    if isinstance(effect, WithdrawalPrepared):
                        self._prepared_in[effect.transaction] = sealed.header.number

    def _compare_ledger(self, sealed: SealedBatch) -> None:
        """Ring the alarm when a quorum saw something else on the ledger than this auditor."""
        for executed in sealed.executed:
            body = executed.quantum.body
            if isinstance(body, LedgerCommit) and self._watcher.confirms(body.report) is False:
                self._contradiction = f"quantum {executed.leaf.apex} says otherwise than this auditor's Horizon"
                log.error("ledger contradiction", extra={"reason": self._contradiction})

    async def _sign_withdrawals(self, certificate: Certificate) -> None:
        """Sign the transactions of withdrawals that are final and open."""
        prepared = [item.transaction for item in self._replica.machine.state.desk.prepared]
        self._prepared_in = {key: self._prepared_in.get(key, 0) for key in prepared}
        for transaction in prepared:
            if self._prepared_in[transaction] <= certificate.header.number and transaction not in self._signed:
                self._signed[transaction] = None
                await self._client.send(auditor_signature(self._key_pair, transaction))
                log.info("withdrawal signed", extra={"transaction": transaction.hex()})
        self._signed = {key: None for key in self._signed if key in self._prepared_in}

    async def _report_changes(self) -> None:
        """Look again whenever the ledger or the state has moved."""
        while True:
            await self._look.wait()
            self._look.clear()
            await self._report()

    async def _report(self) -> None:
        """Tell alpha what comes next on the ledger, when that has changed."""
        state = self._replica.machine.state
        self._watcher.advance(state.ledger_cursor)
        deadlines = [prepared.max_time_s for prepared in state.desk.prepared]
        report = self._watcher.next_report(state.ledger_cursor, min(deadlines, default=None))
        if report is not None and report != self._reported and self._connected:
            self._reported = report
            await self._client.send(sign_report(self._settings, self._key_pair, report))

    # --- when it cannot go on -------------------------------------------------------------------------------------

    async def _halt(self, error: Divergence, message: ClusterMessage) -> None:
        """Refuse with a signed verdict, keep the evidence, stop."""
        log.error(
            "diverged: this auditor signs nothing more",
            extra={"code": error.code.name, "reason": error.message},
        )
        if isinstance(message, Batch):
            verdict = self._replica.verdict(error, message)
            path = self._write_evidence(error, message, verdict.to_xdr())
            log.error("evidence kept", extra={"path": str(path)})
            await self._client.send(verdict)
        self._fail(error)

    def _write_evidence(self, error: Divergence, batch: Batch, verdict: bytes) -> Path:
        number = batch.signed_header.header.number
        path = self._config.data_directory / f"evidence-{number}-{time.time_ns()}.json"
        document = {
            "code": error.code.name,
            "reason": error.message,
            "batch_number": number,
            "tip": {"number": self._replica.tip.number, "digest": self._replica.tip.digest.hex()},
            "batch_xdr": batch.to_xdr().hex(),
            "verdict_xdr": verdict.hex(),
        }
        path.write_text(json.dumps(document, indent=2) + "\n")
        return path

    def status(self) -> Status:
        """What this auditor says of itself."""
        state = self._replica.machine.state
        ready = self._connected and self._replica.state.value == "following"
        return {
            "role": "auditor",
            "key": self._key_pair.address,
            "ready": ready,
            "reasons": [] if ready else [f"the link to alpha is {self._replica.state.value}"],
            "constellation": state.constellation.hex(),
            "epoch": self._replica.epoch,
            "apex": state.apex,
            "batch": self._replica.tip.number,
            "certified_batch": self._replica.certified,
            "state_root": state.root().hex(),
            "ledger": state.ledger_cursor >> 32,
            "ledger_lag_s": self._watch.lag_s,
            "ledger_error": str(self._watch.last_error) if self._watch.last_error else None,
            "ledger_contradiction": self._contradiction,
            "held": state.vault.held,
        }
