"""Alpha: wires sequencer, log, herald, gateway and the submission of the vault's transactions.

Start-up: restore the log, listen for auditors, rise in a new epoch, and open the gateway when a quorum of auditors
has signed the state (design, section 7).
"""

import asyncio
import logging
import time
from collections.abc import Sequence

from constellation import __version__
from constellation.gateway import Origin
from constellation.herald.alpha import AlphaHerald, AlphaState
from constellation.herald.events import RequestForwarded, WithdrawalSigned
from constellation.herald.server import ClusterServer
from constellation.node.alpha_metrics import AlphaMetrics
from constellation.node.appointments import newest, watch_appointments
from constellation.node.chain_metrics import ChainMetrics
from constellation.node.chronicle_service import ChronicleService
from constellation.node.clients import Clients
from constellation.node.clock import clock_us
from constellation.node.config import ConfigurationError, NodeConfig, split_address
from constellation.node.control.server import ControlServer
from constellation.node.council import PROPOSALS_FILE, AlphaCouncil, ProposalFile
from constellation.node.destination_checks import DestinationChecks
from constellation.node.disk_space import DiskMetrics, DiskSpace
from constellation.node.extensions.admission import Connected
from constellation.node.extensions.hooks import Hooks
from constellation.node.extensions.loading import LoadedExtension
from constellation.node.history import History
from constellation.node.history_client import HistoryClient
from constellation.node.http import Status, StatusServer
from constellation.node.interpreter import collect_rarely, leave_out, short_pauses, take_for_permanent
from constellation.node.keys import read_key_file
from constellation.node.leading import Leading
from constellation.node.ledger_metrics import ServerMetrics, describe_servers
from constellation.node.lifecycle import ALPHA_STATES, Lifecycle, NodeState
from constellation.node.mode_words import mode_json, rules_json
from constellation.node.node_log import NodeLog
from constellation.node.node_metrics import NodeMetrics
from constellation.node.notices.desk import Observation
from constellation.node.notices.observing import observe_alpha
from constellation.node.notices.service import Notices
from constellation.node.ordering import Ordering
from constellation.node.private_http import read_token
from constellation.node.proposal_words import open_json, suspensions_json
from constellation.node.pruning import pruning_of
from constellation.node.quorum_watch import QuorumWatch
from constellation.node.rising import Rising
from constellation.node.sequencer import SealedWork, Sequencer
from constellation.node.service_manager import ServiceManager
from constellation.node.signing import watching
from constellation.node.snapshot_service import SnapshotService
from constellation.node.state_metrics import StateMetrics
from constellation.node.stellar_toml_route import stellar_toml_routes
from constellation.node.storage import OpenedLog, open_log
from constellation.node.summed_metrics import SummedRegistry
from constellation.node.supervision import NodeFailure, RiseAgain, background
from constellation.node.tls import server_certificate
from constellation.node.unfinal import UnfinalWindow
from constellation.node.worker_seats import Seat
from constellation.protocol.appointments_json import appointments_to_json
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import KNOWN_CERTIFICATES_MAX
from constellation.protocol.messages import (
    Certificate,
    Code,
    ModeCommit,
    ModeInForce,
    Settings,
    SignedProposal,
    TermCommit,
)
from constellation.protocol.signing import Signer
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.terms import Terms
from constellation.quanta import State
from constellation.snapshots import DataDirectory
from constellation.stellarlink import (
    DestinationChecker,
    FeeBumper,
    SubmissionLoop,
    SubmissionMetrics,
    TaskSubmitter,
    horizon_pool,
)
from constellation.transport.metrics import DoorMetrics
from constellation.vault import WithdrawalTask

log = logging.getLogger(__name__)

_ADOPTION_STALL_S = 30.0


class AlphaNode:
    """One running alpha.

    Args:
        config: of this node.
        settings: of the constellation.
        signer: alpha's.
        notices: tells the operator what matters.
        extensions: that are on.
        seats: gateway workers that have been started already.
    """

    def __init__(
        self,
        config: NodeConfig,
        settings: Settings,
        signer: Signer,
        notices: Notices | None = None,
        extensions: Sequence[LoadedExtension] = (),
        seats: list[Seat] | None = None,
    ) -> None:
        self._seats = seats
        self._config = config
        self._settings = settings
        self._signer = signer
        self._registry = SummedRegistry()
        self._lifecycle = Lifecycle(ALPHA_STATES, clock_us, self._registry)
        self._failure = NodeFailure(lambda error: self._lifecycle.fail(NodeState.HALTED, error))
        self._submitter = TaskSubmitter(self._fee_bumper(), SubmissionMetrics(self._registry))
        self._network = horizon_pool(
            config.horizon_urls, settings.network_passphrase, lag_limit_s=config.ledger_lag_limit_s
        )
        ServerMetrics(self._registry).watch(self._network)
        self._metrics = AlphaMetrics(self._registry)
        self._doors = DoorMetrics(self._registry)
        self._tls = server_certificate("alpha", config.alpha, self._registry)
        self._asker = self._history_client()
        self._hooks = Hooks(extensions, config.extensions, self._registry)
        self._admission = self._hooks.admission(self._failure)
        self._notices = notices
        if notices is not None:
            notices.show(self._registry)
        self._unfinal = UnfinalWindow(certified_apex=0)
        self._clients: Clients | None = None
        self._council: AlphaCouncil | None = None

    def _fee_bumper(self) -> FeeBumper | None:
        """Pays more for what is signed already, if the operator gave it an account for that."""
        alpha = self._config.alpha
        if alpha.fee_bump_key_file is None:
            return None
        key_pair = read_key_file(alpha.fee_bump_key_file)
        return FeeBumper(key_pair, alpha.fee_bump_max_stroops, self._settings.network_passphrase)

    def _history_client(self) -> HistoryClient | None:
        """Asks the chroniclers, if there are any: by default its own."""
        config = self._config
        own = (f"http://{config.chronicler.listen}",) if config.chronicler.run else ()
        urls = config.alpha.chronicler_urls or own
        return HistoryClient(urls, read_token(config.chronicle_token_file), self._failure) if urls else None

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set.

        Raises:
            StorageFailure: the disk failed.
            Divergence: the log is damaged.
        """
        alpha, tls = self._config.alpha, None if self._tls is None else self._tls.context
        with DataDirectory(self._config.data_directory) as directory:
            opened = open_log(directory.log_path, self._settings)
            self._history = History(directory.log_path, self._settings, self._failure)
            self._restore(opened)
            self._chronicle = ChronicleService(self._config, self._log, directory.log_path, self._failure, self._doors)
            http, cluster_address = split_address(self._config.http_listen), split_address(alpha.cluster_listen)
            published = self._config.organisation.published()
            routes = stellar_toml_routes(lambda: self._rising.machine.state.settings, published)
            status = StatusServer(self.status, self._registry, *http, self._doors, routes)
            cluster = ClusterServer(self._terms, self._signer, self._leading, *cluster_address, tls, self._doors)
            control = ControlServer(self._config.data_directory, self._mode, self._change_mode)
            self._submission = SubmissionLoop(self._network, self._submitter, time.time)
            try:
                await status.start()
                await cluster.start()
                await control.start()
                await self._chronicle.start()
                log.info("waiting for a quorum of auditors", extra={"cluster": alpha.cluster_listen})
                await self._serve(stop)
            finally:
                await self._close_clients()
                if self._admission is not None:
                    await self._admission.close()
                await self._checks.close()
                await self._chronicle.stop()
                if self._asker is not None:
                    await self._asker.close()
                await control.stop()
                await cluster.stop()
                await status.stop()
                await self._network.close()
                await self._history.close()
                await self._snapshots.close()
                await self._log.close()
        self._failure.check()

    def _restore(self, opened: OpenedLog) -> None:
        chain = ChainMetrics(self._registry)
        self._log = NodeLog(opened, self._settings, self._failure, self._history.note, chain)
        self._terms = newest(opened.log.terms(), self._config.appointments_file)
        self._check_term(self._terms)
        if opened.certificate is not None:
            self._unfinal.certified(opened.certificate.header)
        known = opened.log.last_certificates(KNOWN_CERTIFICATES_MAX)
        self._herald = AlphaHerald(self._terms, opened.restored.tip, opened.certified, known)
        self._rising = Rising(self._terms, self._herald, self._log, opened)
        self._snapshots = SnapshotService(opened.log, self._failure)
        assert opened.log.path is not None
        self._pruning = pruning_of(self._config, self._settings, self._log, opened.log.path)
        self._ordering = Ordering(self._log, self._failure, self._acknowledge)
        self._checks = DestinationChecks(
            DestinationChecker(self._network, time.monotonic),
            lambda asset: self._rising.machine.state.assets.identity(asset),
            self._failure,
        )
        self._disk = DiskSpace(self._config.data_directory, self._config.minimum_free_bytes)
        self._quorum = QuorumWatch(
            self._herald,
            self._unfinal,
            self._lifecycle,
            lambda: self._rising.machine.state.apex,
            self._ordering.confirm,
            self._failure,
        )
        self._leading = Leading(
            self._herald,
            self._rising,
            self._log,
            self._snapshots,
            self._quorum,
            self._lifecycle,
            self._failure,
            self._metrics,
            self,
        )
        self._show(chain)
        leave_out()  # so that the collection when the gateway opens has little to look at

    def _show(self, chain: ChainMetrics) -> None:
        """Let the metrics read what is there now."""
        herald = self._herald
        NodeMetrics(self._registry, "alpha").watch(self.health)
        DiskMetrics(self._registry).watch(self._disk)
        chain.watch(lambda: herald.epoch, lambda: herald.tip.number, lambda: herald.certified)
        StateMetrics(self._registry).watch(lambda: self._rising.machine.state)
        self._metrics.watch(herald, self._terms.members)
        self._metrics.watch_unfinal(self._unfinal, lambda: self._rising.machine.state.apex)

    def _check_term(self, terms: Terms) -> None:
        if terms.alpha != self._signer.public:
            own, alpha = self._signer.address, encode_public_key(terms.alpha)
            raise ConfigurationError(f"{own} is not alpha of this constellation; in term {terms.term} it is {alpha}")

    async def _replaced(self, terms: Terms) -> None:
        """The auditors have appointed other members: rise in their term, or tell the clients where the new alpha is."""
        if terms.alpha == self._signer.public:
            raise RiseAgain(f"term {terms.term} begins")
        if self._clients is not None:
            await self._clients.close(Code.MOVED, terms.appointments[-1].appointment.client_url)
        self._check_term(terms)

    async def _serve(self, stop: asyncio.Event) -> None:
        await self._log.follow(self._terms)
        appointments = watch_appointments(self._terms, self._config.appointments_file, self._replaced)
        work = (
            self._ordering.run(),
            self._ordering.keep_time(lambda: self._clients is not None and self._refusal() is None),
            self._submission.run(),
            self._network.run(),
            self._quorum.run(),
            self._disk.watch(self._disk_changed),
            self._watch_adoption(),
            appointments,
            collect_rarely(),
            ServiceManager().follow(self._lifecycle),
            *watching(self._signer),
            *(() if self._tls is None else (self._tls.watch(),)),
            *(() if self._notices is None else (self._notices.watch(self._observe),)),
            *(() if self._admission is None else (self._admission.keep(self._connected),)),
        )
        with short_pauses():
            async with background(self._failure, *work, self._pruning.run()):
                await stop.wait()
                self._lifecycle.stop()
                await self._ordering.drain()
                await self._close_clients()

    async def _watch_adoption(self) -> None:
        """Rise without an auditor that does not deliver what it promised."""
        while self._clients is None:
            await asyncio.sleep(_ADOPTION_STALL_S)
            self._herald.look_at_source()
            if self._herald.state is AlphaState.WAITING:
                self._lifecycle.enter(NodeState.WAITING)

    async def _close_clients(self) -> None:
        if self._clients is not None:
            await self._clients.close()

    # --- what the auditors set off ------------------------------------------------------------------------------

    async def open_epoch(self) -> None:
        """The log has everything: open the epoch on it."""
        alpha = self._config.alpha
        sequencer: Sequencer[Origin] = Sequencer(
            self._rising.machine,
            self._rising.tip,
            self._herald.epoch,
            self._signer,
            clock_us,
            alpha.checkpoint_quanta,
            round(alpha.checkpoint_interval_s * 1_000_000),
        )
        self._ordering.start(sequencer)
        self._follow_tasks()
        streams = await self._rising.open_epoch(sequencer)
        self._lifecycle.enter(NodeState.RISING)
        for signed in self._terms.appointments[self._rising.machine.state.term :]:
            self._ordering.begin_term(TermCommit(signed))
        for event in streams:
            await self._leading.handle(event)

    async def certified(self, certificate: Certificate) -> None:
        """A quorum has signed a header: tell clients; the first time, let them in."""
        self._metrics.certified(self._unfinal.certified(certificate.header), clock_us())
        self._log.certify(certificate)
        if self._clients is not None:
            self._clients.finalize(certificate)
        elif not self._lifecycle.is_ending:
            await self._open_gateway(certificate)
            self.ledger_reported()
            self._carry_out()

    # --- the clients' side --------------------------------------------------------------------------------------

    async def _open_gateway(self, certificate: Certificate) -> None:
        take_for_permanent()
        alpha = self._config.alpha
        proposals = ProposalFile(self._config.data_directory / PROPOSALS_FILE)
        self._council = AlphaCouncil(self._rising.machine.state, self._ordering.decide, proposals)
        self._council.recall()
        self._clients = Clients(
            self._config,
            self._terms,
            self._rising.machine,
            self._signer,
            self._ordering.submit,
            self._refusal,
            self._registry,
            self._history,
            self._council,
            self._checks.ask,
            self._asker,
            None if self._tls is None else self._tls.context,
            self._doors,
            self._admission,
            self._seats,
        )
        await self._clients.open(self._herald.epoch, self._rising.recent, certificate, self._log)
        if self._lifecycle.is_ending:
            return  # asked to stop while the workers were starting
        self._lifecycle.enter(NodeState.READY)
        log.info("clients may connect", extra={"epoch": self._herald.epoch, "clients": alpha.client_listen})

    def _connected(self) -> Sequence[Connected]:
        return () if self._clients is None else self._clients.connected()

    def _acknowledge(self, work: SealedWork[Origin]) -> None:
        """A batch is durable."""
        now_us = clock_us()
        self._unfinal.acknowledged(work.sealed.header, now_us)
        if work.batch.quanta:
            self._metrics.acknowledged(work.batch.quanta[0].timestamp, now_us)
        self._herald.relay(work.sealed, work.batch)
        if self._clients is None:  # the first quanta of a term, before clients come in
            self._rising.recent.append((work.sealed, work.batch))
        else:
            self._clients.acknowledge(work)
        self._follow_tasks()
        self.ledger_reported()
        self._carry_out()

    def _follow_tasks(self) -> None:
        self._submitter.follow(self._rising.machine.state)

    def task_signed(self, event: WithdrawalSigned) -> None:
        """An auditor has signed a task's transaction."""
        if self._submitter.receive_signature(event.auditor, event.signature):
            self._submission.wake()

    def ledger_reported(self) -> None:
        """Sequence what a quorum of auditors saw on the ledger."""
        if self._clients is None or self._lifecycle.is_ending or self._disk.is_low:
            return
        commit = self._herald.reports.commit(self._rising.machine.state.ledger_cursor)
        if commit is not None:
            self._ordering.commit_ledger(commit)

    def proposed(self, signed: SignedProposal) -> None:
        """An auditor's node wants an asset suspended; it says so again as long as there is reason to."""
        if self._council is not None and not self._lifecycle.is_ending:
            self._council.alarm(signed)

    def request_forwarded(self, event: RequestForwarded) -> None:
        """An auditor passes on a request of an account; until clients may come in it is dropped, and comes again."""
        if self._clients is not None:
            self._clients.forwarded(event.auditor, event.signed)

    def _carry_out(self) -> None:
        """Sequence what a quorum of auditors has decided."""
        if self._council is not None and not self._lifecycle.is_ending:
            self._council.carry_out()

    def _mode(self) -> ModeInForce:
        return self._rising.machine.state.mode

    async def _change_mode(self, commit: ModeCommit) -> None:
        """The operator wants another mode."""
        if self._clients is None or self._lifecycle.is_ending:
            state = self._lifecycle.state.value
            raise Rejection(Code.NOT_READY, f"alpha is {state}: it takes another mode once it has been ready")
        await self._ordering.change_mode(commit)

    def _refusal(self) -> Rejection | None:
        """Why requests are refused now, if they are."""
        if self._lifecycle.is_ending:
            return Rejection(Code.SHUTTING_DOWN, "alpha is shutting down; connect again in a moment")
        return self._disk.refusal() or self._quorum.refusal()

    async def _disk_changed(self) -> None:
        """What was reported while the disk was nearly full has waited."""
        self.ledger_reported()

    def _observe(self) -> Observation:
        """What the operator may have to be told."""
        state = self._rising.machine.state
        return observe_alpha(self._lifecycle, state, self._disk, self._tls, self._network.problem)

    def _worries(self) -> list[str]:
        """What does not keep alpha from serving, and should be looked at."""
        problem = self._network.problem
        found = [] if problem is None else [f"no Stellar server is well: {problem}"]
        return [*found, *(() if self._tls is None else self._tls.worries), *self._hooks.problems]

    def inspect(self) -> tuple[bytes | None, State]:
        """The state, for whoever looks from outside; alpha is ahead of its last header, so its hash is not given."""
        return None, self._rising.machine.state

    def health(self) -> Status:
        """Whether alpha does its work, why not, and what should be looked at."""
        self._quorum.look()
        ready = self._lifecycle.state is NodeState.READY and not self._disk.is_low
        worries = self._worries()
        why = ["the disk is nearly full"] if self._disk.is_low else [self._lifecycle.reason, *self._lacking()]
        return {
            "role": "alpha",
            "version": __version__,
            "key": self._signer.address,
            "ready": ready,
            **self._lifecycle.describe(),
            "degraded": ready and bool(worries),
            "reasons": worries if ready else why,
        }

    def _lacking(self) -> list[str]:
        """Whom alpha waits for, if that is why it does not serve."""
        return self._quorum.lacking() if self._lifecycle.state in (NodeState.WAITING, NodeState.NO_QUORUM) else []

    def status(self) -> Status:
        """What alpha says of itself."""
        state = self._rising.machine.state
        return {
            **self.health(),
            "tls_certificate_expires": None if self._tls is None else self._tls.expires,
            **self._disk.describe(),
            "constellation": state.constellation.hex(),
            "apex": state.apex,
            "batch": self._herald.tip.number,
            "certified_apex": self._unfinal.certified_apex,
            "unfinal_batches": len(self._unfinal),
            "state_root": state.root().hex(),
            "ledger": state.ledger_cursor >> 32,
            "ledger_disagreement": self._herald.reports.disagreement(state.ledger_cursor),
            "stellar_servers": describe_servers(self._network),
            "held": state.vault.held,
            "settings_version": state.settings_version,
            "rules": rules_json(state),
            "mode": mode_json(state.mode),
            "proposals": [] if self._council is None else open_json(state, self._council.open_proposals()),
            "suspensions": suspensions_json(state),
            "pending_withdrawals": sum(isinstance(task, WithdrawalTask) for task in state.desk.tasks),
            "parked_tasks": len(state.desk.parked),
            "withheld_withdrawals": len(state.desk.withheld),
            "withdrawals": self._submitter.describe(),
            "extensions": self._hooks.describe(),
            "cluster": self._herald.describe(),
            "appointments": appointments_to_json(state.constellation, self._terms.appointments),
        }
