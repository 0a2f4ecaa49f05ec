"""An auditor: wires replica, log, the connection to alpha and the watch on the Stellar ledger.

Start-up: restore the log, connect to alpha, promise its epoch, follow (design, section 7). What it signs, it has
replayed and stored before.
"""

import asyncio
import logging
from collections.abc import Sequence
from itertools import islice
from random import Random
from ssl import SSLContext

from prometheus_client import CollectorRegistry

from constellation import __version__
from constellation.herald.client import ClusterClient
from constellation.herald.replica import Kept, Replica
from constellation.node.appointments import newest, watch_appointments
from constellation.node.chain_metrics import ChainMetrics
from constellation.node.chronicle_service import ChronicleService
from constellation.node.clock import clock_us
from constellation.node.config import ConfigurationError, NodeConfig, split_address
from constellation.node.disk_space import DiskMetrics, DiskSpace
from constellation.node.extensions.hooks import Hooks
from constellation.node.extensions.loading import LoadedExtension
from constellation.node.following import Following
from constellation.node.forwarding import Forwarding
from constellation.node.http import Status, StatusServer
from constellation.node.interpreter import collect_rarely, short_pauses, take_for_permanent
from constellation.node.ledger_duties import LedgerDuties
from constellation.node.ledger_metrics import LedgerMetrics, ServerMetrics, describe_servers
from constellation.node.ledger_signers import ledger_signers_json
from constellation.node.lifecycle import AUDITOR_STATES, Lifecycle, NodeState
from constellation.node.mode_words import mode_json, rules_json
from constellation.node.node_log import NodeLog
from constellation.node.node_metrics import NodeMetrics
from constellation.node.notices.desk import Observation
from constellation.node.notices.observing import observe_auditor
from constellation.node.notices.service import Notices
from constellation.node.progress import Progress
from constellation.node.proposal_words import suspense_json, suspensions_json, withheld_json
from constellation.node.pruning import pruning_of
from constellation.node.reserve_duties import ReserveDuties
from constellation.node.secret_files import secret_path
from constellation.node.service_manager import ServiceManager
from constellation.node.signature_pool import SignaturePool
from constellation.node.signing import watching
from constellation.node.snapshot_service import SnapshotService
from constellation.node.state_metrics import StateMetrics
from constellation.node.storage import OpenedLog, open_log
from constellation.node.supervision import NodeFailure, background
from constellation.node.witness import Witness
from constellation.protocol.appointments_json import appointments_to_json
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import ClusterMessage, Settings
from constellation.protocol.signing import Signer
from constellation.protocol.terms import Terms
from constellation.quanta import State, check_client_signatures
from constellation.sdk.certificates import trusting
from constellation.snapshots import DataDirectory, RolledBack, new_name
from constellation.stellarlink import NetworkPool, NetworkUnavailable, check_vault, horizon_pool
from constellation.stellarlink.task_check import possible_signers
from constellation.transport.metrics import DoorMetrics

log = logging.getLogger(__name__)

_SUSPENSE_SHOWN = 1000
"""Deposits in suspense on the status page, the oldest ones."""

_WITHHELD_SHOWN = 100


class AuditorNode:
    """One running auditor.

    Args:
        config: of this node.
        settings: of the constellation.
        signer: the auditor's.
        notices: tells the operator what matters.
        extensions: that are on.
    """

    def __init__(
        self,
        config: NodeConfig,
        settings: Settings,
        signer: Signer,
        notices: Notices | None = None,
        extensions: Sequence[LoadedExtension] = (),
    ) -> None:
        self._config = config
        self._settings = settings
        self._signer = signer
        self._registry = CollectorRegistry()
        self._lifecycle = Lifecycle(AUDITOR_STATES, clock_us, self._registry)
        self._failure = NodeFailure(self._on_failure)
        self._disk = DiskSpace(config.data_directory, config.minimum_free_bytes)
        self._hooks = Hooks(extensions, config.extensions, self._registry)
        self._notices = notices
        if notices is not None:
            notices.show(self._registry)

    def _on_failure(self, error: BaseException) -> None:
        self._lifecycle.fail(NodeState.DIVERGED if isinstance(error, Divergence) else NodeState.HALTED, error)

    async def run(self, stop: asyncio.Event) -> None:
        """Follow alpha until ``stop`` is set.

        Raises:
            Divergence: alpha's quanta contradict the rules or this node's own result.
            StorageFailure: the disk failed.
        """
        with DataDirectory(self._config.data_directory) as directory:
            network = horizon_pool(
                self._config.horizon_urls,
                self._settings.network_passphrase,
                lag_limit_s=self._config.ledger_lag_limit_s,
            )
            self._restore(open_log(directory.log_path, self._settings), network)
            http = split_address(self._config.http_listen)
            doors, routes = DoorMetrics(self._registry), self._forwarding.routes
            status = StatusServer(self.status, self._registry, *http, doors, routes)
            self._chronicle = ChronicleService(self._config, self._log, directory.log_path, self._failure, doors)
            try:
                await status.start()
                await self._chronicle.start()
                await self._check_vault(network)
                await self._serve(stop)
            finally:
                await self._chronicle.stop()
                await status.stop()
                await network.close()
                await self._following.drain()
                await self._snapshots.close()
                if self._signatures is not None:
                    await self._signatures.close()
                await self._log.close()
        self._failure.check()

    def _restore(self, opened: OpenedLog, network: NetworkPool) -> None:
        feeds = self._config.chronicle_listen is not None
        chain = ChainMetrics(self._registry)
        self._log = NodeLog(opened, self._settings, self._failure, metrics=chain, keeps_effects=feeds)
        self._snapshots = SnapshotService(opened.log, self._failure, is_hurried=True)
        assert opened.log.path is not None
        self._pruning = pruning_of(self._config, self._settings, self._log, opened.log.path)
        self._network = network
        terms = newest(opened.log.terms(), self._config.appointments_file)
        if not terms.knows(self._signer.public):
            raise ConfigurationError(f"key_file: {self._signer.address} is not an auditor of this constellation")
        self._followed = terms
        workers = self._config.auditor.signature_workers
        self._signatures = SignaturePool(opened.log.constellation, workers) if workers else None
        self._client = ClusterClient(
            terms,
            self._signer,
            self._alpha_url(terms),
            self,
            Random(),
            self._trusted_authorities(),
            None if self._signatures is None else self._signatures.prepare,
        )
        restored = opened.restored
        quantum_log = opened.log
        self._witness = Witness(secret_path(self._config.key_file), quantum_log.constellation)
        if not quantum_log.is_recovering and self._witness.is_ahead_of(quantum_log.standing()):
            log.warning(
                "this log is an old copy: the witness has seen more of it; this auditor must recover before it counts",
                extra={"batch": opened.restored.tip.number, "witness": str(self._witness.path)},
            )
            quantum_log.write([RolledBack(new_name())])
        kept = Kept(
            quantum_log.identity,
            quantum_log.is_recovering,
            opened.certificate,
            opened.promise,
            quantum_log.base_tip(),
            quantum_log.base_proof(),
        )
        check = check_client_signatures if self._signatures is None else self._signatures.check
        self._replica = Replica(terms, self._signer, restored.machine, restored.tip, kept, check)
        self._duties = LedgerDuties(
            self._settings,
            self._signer,
            self._replica,
            network,
            self._config,
            self._client.send,
            self._hooks.cosigning(),
        )
        self._reserves = ReserveDuties(
            self._signer,
            self._replica,
            network,
            self._duties.watcher,
            self._config.auditor.poll_interval_s,
            self._client.send,
            self._registry,
        )
        for sealed, batch in opened.recent:
            self._replica.resume(sealed, batch)
            self._duties.signing.note(sealed)
        self._forwarding = Forwarding(lambda: self._replica.machine.state, self._client.send, self._registry)
        self._following = Following(
            self._replica,
            self._log,
            self._snapshots,
            self._duties,
            self._forwarding,
            Progress(self._lifecycle),
            self._failure,
            self._client,
            self._signer,
            quantum_log.constellation,
            self._config.data_directory,
        )
        self._following.take(restored)
        self._show(chain)

    def _show(self, chain: ChainMetrics) -> None:
        """Let the metrics read what is there now."""
        replica, duties = self._replica, self._duties
        NodeMetrics(self._registry, "auditor").watch(self.health)
        DiskMetrics(self._registry).watch(self._disk)
        chain.watch(lambda: replica.epoch, lambda: replica.tip.number, lambda: replica.certified)
        StateMetrics(self._registry).watch(lambda: replica.machine.state)
        ServerMetrics(self._registry).watch(self._network)
        LedgerMetrics(self._registry).watch(lambda: duties.lag_s, lambda: duties.complete_ledger)

    def _trusted_authorities(self) -> SSLContext | None:
        path = self._config.auditor.alpha_ca_file
        try:
            return None if path is None else trusting(path)
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"auditor.alpha_ca_file: {error}") from None

    def _alpha_url(self, terms: Terms) -> str:
        """Where the present alpha listens: its appointment says it, of the first one the configuration."""
        return terms.appointments[-1].appointment.cluster_url if terms.term else self._config.auditor.alpha_url

    async def _follow(self, terms: Terms) -> None:
        """A quorum of auditors has appointed the members of a new term."""
        if await self._learn(terms):
            await self._client.appoint(terms, self._alpha_url(terms))

    async def _learn(self, terms: Terms) -> bool:
        """Store appointments that are not known yet; whether there are any."""
        if terms.term <= self._followed.term:
            return False
        await self._log.follow(terms)
        self._followed = terms
        return True

    async def _check_vault(self, network: NetworkPool) -> None:
        """Refuse to run for a vault whose signers or thresholds are not those of the state.

        What an issuer does to its asset later is no reason to stay away: the reserves are watched.
        """
        try:
            problems = await self._vault_problems(network)
        except NetworkUnavailable as error:
            log.warning("the vault could not be checked", extra={"reason": str(error)})
            return
        if problems:
            raise ConfigurationError("the vault on the ledger is not that of the settings: " + "; ".join(problems))

    async def _vault_problems(self, network: NetworkPool) -> list[str]:
        """None if the signers are those of the state, those that it has asked the ledger for, or of a later term.

        The ledger may be further than the log of an auditor that has just come, or that was away.
        """
        state, terms = self._replica.machine.state, self._followed
        later = [terms.members_in(term) for term in range(state.term + 1, terms.term + 1)]
        wanted = [*possible_signers(state), *later]
        found = [await check_vault(network, self._settings, signers, holdings=False) for signers in wanted]
        return min(found, key=len)

    async def _serve(self, stop: asyncio.Event) -> None:
        await self._log.follow(self._followed)
        work = (
            self._client.run(),
            self._network.run(),
            self._duties.watch(),
            self._duties.follow_hints(),
            self._duties.report_changes(),
            self._reserves.run(),
            self._forwarding.run(),
            self._duties.signing.run(),
            self._disk.watch(self._disk_changed),
            self._witness.keep(self._log, self._replica),
            self._pruning.run(),
            watch_appointments(self._followed, self._config.appointments_file, self._follow),
            collect_rarely(),
            ServiceManager().follow(self._lifecycle),
            *(() if self._notices is None else (self._notices.watch(self._observe),)),
            *watching(self._signer),
        )
        with short_pauses():
            take_for_permanent()
            async with background(self._failure, *work):
                await stop.wait()
                self._lifecycle.stop()

    # --- alpha's side -------------------------------------------------------------------------------------------

    async def alpha_up(self, terms: Terms) -> None:
        """The connection to alpha is open and proven."""
        await self._learn(terms)
        self._replica.terms = terms
        self._following.link_up()

    async def alpha_down(self) -> None:
        """The connection has ended."""
        await self._following.link_down()
        if self._signatures is not None:
            self._signatures.link_down()

    async def alpha_message(self, message: ClusterMessage) -> None:
        """Take what alpha says."""
        await self._following.receive(message)

    async def _disk_changed(self) -> None:
        """What cannot be stored must not come: stay away from alpha until it can."""
        if self._disk.is_low:
            await self._client.rest()
        else:
            self._client.go_on()

    def _observe(self) -> Observation:
        """What the operator may have to be told."""
        state = self._replica.machine.state
        return observe_auditor(self._lifecycle, state, self._disk, self._duties, self._reserves)

    def inspect(self) -> tuple[bytes | None, State]:
        """The hash of the last header and the state after it, for whoever looks from outside."""
        return self._replica.tip.digest, self._replica.machine.state

    def health(self) -> Status:
        """Whether this auditor does its work, why not, and what should be looked at."""
        ready = self._lifecycle.state is NodeState.READY
        worries = [*self._duties.worries, *self._hooks.problems]
        return {
            "role": "auditor",
            "version": __version__,
            "key": self._signer.address,
            "ready": ready,
            **self._lifecycle.describe(),
            "degraded": ready and bool(worries),
            "reasons": worries
            if ready
            else ["the disk is nearly full" if self._disk.is_low else self._lifecycle.reason],
        }

    def status(self) -> Status:
        """What this auditor says of itself."""
        state = self._replica.machine.state
        return {
            **self.health(),
            **self._disk.describe(),
            "constellation": state.constellation.hex(),
            "epoch": self._replica.epoch,
            "apex": state.apex,
            "batch": self._replica.tip.number,
            "certified_batch": self._replica.certified,
            "state_root": state.root().hex(),
            "ledger": state.ledger_cursor >> 32,
            "ledger_lag_s": self._duties.lag_s,
            "ledger_error": self._duties.last_error,
            "ledger_stream": self._duties.is_stream_live,
            "stellar_servers": describe_servers(self._network),
            "ledger_contradiction": self._duties.contradiction,
            "held_back": self._duties.signing.describe(),
            "held": state.vault.held,
            "settings_version": state.settings_version,
            "rules": rules_json(state),
            "mode": mode_json(state.mode),
            "suspensions": suspensions_json(state),
            "suspense": [suspense_json(entry) for entry in state.suspense.entries[:_SUSPENSE_SHOWN]],
            "suspense_entries": len(state.suspense.entries),
            "withheld": [withheld_json(state, task) for task in islice(state.desk.withheld.values(), _WITHHELD_SHOWN)],
            "withheld_withdrawals": len(state.desk.withheld),
            **self._reserves.describe(),
            **self._forwarding.describe(),
            "extensions": self._hooks.describe(),
            "recovering": self._replica.is_recovering,
            "ledger_signers": ledger_signers_json(state),
            "appointments": appointments_to_json(state.constellation, self._followed.appointments),
        }
