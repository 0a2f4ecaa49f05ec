"""A whole cluster in memory: one alpha, its auditors, their logs and the links between them; no sockets, no time.

Nothing moves by itself. A message stays on its link until it is delivered, in order, as TCP would; a link can be cut
with everything that is on it; a member can be restarted from its log, from an older copy of it, or from nothing::

    cluster = Cluster(World(auditors=3))
    cluster.rise()
    cluster.execute(request)
    cluster.settle()
    assert cluster.certified == 2

Members do with the events and actions of the herald what :mod:`constellation.node` does, but at once: every write is
durable when it returns.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

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
from constellation.herald.alpha import AlphaHerald, AlphaState
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
from constellation.herald.forwarding import ForwardingDesk
from constellation.herald.link import Link, ReadBatches
from constellation.herald.replica import Kept, Replica
from constellation.herald.transfer import ReceivedSnapshot, SnapshotSender, needs_snapshot
from constellation.herald.votes import sign_vote
from constellation.protocol.errors import Divergence, ProtocolViolation, Rejection, VerificationError
from constellation.protocol.limits import KNOWN_CERTIFICATES_MAX
from constellation.protocol.messages import (
    Appointment,
    Batch,
    Certificate,
    ClusterMessage,
    Code,
    QuantumBody,
    SignedAppointment,
    SignedRequest,
    TermCommit,
    decode_cluster_message,
    encode_cluster_message,
)
from constellation.protocol.proofs import check_signed_header
from constellation.protocol.signing import KeyPair
from constellation.protocol.terms import check_appointments, sign_appointment
from constellation.quanta import Executed, SealedBatch, Tip, replay, request_signature_fits, seal, signed_batch
from constellation.snapshots import Install, QuantumLog, Recovered, Restored, RolledBack, StoredBatch, new_name, restore
from constellation.snapshots.snapshot_copy import SnapshotCopy
from constellation.snapshots.snapshot_reader import copy_snapshot
from constellation.testing.world import START_US, World


def _copy(log: QuantumLog) -> SnapshotCopy:
    return copy_snapshot(log, rest=lambda _: None)


def _install(log: QuantumLog, snapshot: ReceivedSnapshot) -> None:
    log.write([Install(snapshot.checkpoint, snapshot.finality, snapshot.entries)])


def _certify(log: QuantumLog, restored: Restored, certificate: Certificate) -> None:
    """Store a certificate, and the checkpoints that it makes final."""
    log.write([certificate])
    checkpoint = restored.keeper.take(certificate.header.number)
    if checkpoint is not None:
        log.write([checkpoint])


class AlphaMember:
    """One life of an alpha.

    Args:
        world: names the members and the settings.
        key_pair: alpha's.
        log: what it starts from.
        clock: its time in microseconds.

    Attributes:
        herald: its relations with the auditors.
        machine: the state after everything it has executed.
        tip: of its log.
        certificates: of this life, in order.
        faulty: what it holds against auditors.
        forgetful: who was found to have an old copy of its log.
        is_censoring: it does not execute what auditors pass on.
    """

    def __init__(self, world: World, key_pair: KeyPair, log: QuantumLog, clock: Callable[[], int]) -> None:
        self._settings = world.settings
        self._key_pair = key_pair
        self._clock = clock
        self._fetch_target: Tip | None = None
        self.log = log
        self._restore()
        known = log.last_certificates(KNOWN_CERTIFICATES_MAX)
        self.herald = AlphaHerald(log.terms(), self.tip, log.certified(), known)
        self.certificates: list[Certificate] = []
        self.faulty: list[AuditorFaulty] = []
        self.forgetful: list[AuditorForgetful] = []
        self.is_censoring = False

    def _restore(self) -> None:
        self._restored = restore(self.log, self._settings)
        self.machine, self.tip = self._restored.machine, self._restored.tip

    def receive(self, auditor: bytes, message: ClusterMessage) -> None:
        """Take what an auditor says.

        Raises:
            ProtocolViolation: its connection must be closed.
        """
        for event in self.herald.receive(auditor, message):
            self._handle(event)

    def _handle(self, event: AlphaEvent) -> None:
        match event:
            case Certified():
                _certify(self.log, self._restored, event.certificate)
                self.certificates.append(event.certificate)
            case StartStream():
                self._start_stream(event)
            case Adopt():
                self._adopt(event)
            case Fetched():
                self._take_fetched(event.batch)
            case SnapshotFetched():
                self._take_snapshot(event.snapshot)
            case LedgerReported():
                self._commit_ledger()
            case AuditorFaulty():
                self.faulty.append(event)
            case AuditorForgetful():
                self.forgetful.append(event)
            case RequestForwarded():
                self._take_forwarded(event.signed)
            case WithdrawalSigned() | Proposed():
                return

    def _start_stream(self, event: StartStream) -> None:
        digest = self.log.digest(event.tip.number)
        start = event.tip.number + 1 if digest == event.tip.digest else event.certified + 1
        if not needs_snapshot(start, self.log.first, 0):
            self.herald.start_stream(event.auditor, start)
            return
        link = self.herald.begin_snapshot(event.auditor)
        if link is not None:
            copy = _copy(self.log)
            self.herald.send_snapshot(link, SnapshotSender(copy, copy.close))

    def _adopt(self, event: Adopt) -> None:
        if event.source is None:
            if self.log.digest(event.best.number) in (None, event.best.digest):
                self._rise()
                return
            event = self.herald.adopt_promised()
        self.log.truncate(event.keep)
        self._restore()
        self.herald.tip = self.tip
        self._fetch_target = event.tip

    def _take_fetched(self, batch: Batch) -> None:
        try:
            check_signed_header(self.log.terms(), batch.signed_header)
            sealed = replay(self.machine, self.tip, batch)
        except (VerificationError, Divergence) as error:
            self._restore()
            raise ProtocolViolation(error.code, f"while fetching: {error.message}") from error
        self._store(sealed, batch)
        self.herald.tip = self.tip
        if self.tip == self._fetch_target:
            self._rise()

    def _take_snapshot(self, snapshot: ReceivedSnapshot) -> None:
        _install(self.log, snapshot)
        self._restore()
        self.herald.tip = self.tip
        if self.tip == self._fetch_target:
            self._rise()

    def _rise(self) -> None:
        base = self.tip
        sealed, batch = self._seal([])
        self.herald.opened(base)
        self.herald.relay(sealed, batch)
        for signed in self.log.terms().appointments[self.machine.state.term :]:
            self.execute(TermCommit(signed))
        for event in self.herald.streams():
            self._handle(event)

    def _commit_ledger(self) -> None:
        if self.herald.state is not AlphaState.READY:
            return
        commit = self.herald.reports.commit(self.machine.state.ledger_cursor)
        if commit is not None:
            self.execute(commit)

    def _take_forwarded(self, signed: SignedRequest) -> None:
        fits = request_signature_fits(self.machine.state.constellation, signed)
        if fits and self.herald.state is AlphaState.READY and not self.is_censoring:
            with suppress(Rejection):
                self.execute(signed)

    def confirm(self) -> bool:
        """Make an empty batch if an auditor that recovers needs one; whether it did."""
        is_needed = self.herald.awaits_confirmation
        if is_needed:
            self.execute()
        return is_needed

    def execute(self, *bodies: QuantumBody) -> SealedBatch:
        """Execute ``bodies`` as one batch, store and relay it.

        Raises:
            Rejection: the first of them is refused; nothing has happened.
        """
        timestamp = max(self._clock(), self.machine.state.timestamp)
        sealed, batch = self._seal([item for body in bodies for item in self.machine.execute_all(timestamp, body)])
        self.herald.relay(sealed, batch)
        return sealed

    def _seal(self, executed: list[Executed]) -> tuple[SealedBatch, Batch]:
        sealed = seal(self.machine, executed, self.tip, self.herald.epoch, checkpoint=True)
        batch = signed_batch(sealed, self._key_pair.sign(sealed.digest))
        self._store(sealed, batch)
        return sealed, batch

    def _store(self, sealed: SealedBatch, batch: Batch) -> None:
        self._restored.keeper.note(sealed)
        self.log.write([StoredBatch(batch, sealed.digest)])
        self.tip = sealed.tip


class AuditorMember:
    """One life of an auditor.

    Args:
        world: names the members and the settings.
        key_pair: the auditor's.
        log: what it starts from.
        clock: its time in microseconds.

    Attributes:
        replica: its copy of the constellation.
        outbox: what it has to say to alpha.
        halted: why it does not go on.
        forwarding: requests that it was handed.
        recent: batches that were in its log and not final when this life began, or began it.
    """

    def __init__(self, world: World, key_pair: KeyPair, log: QuantumLog, clock: Callable[[], int]) -> None:
        self._settings = world.settings
        self._clock = clock
        self.key_pair = key_pair
        self.log = log
        self.outbox: deque[ClusterMessage] = deque()
        self.halted: Divergence | None = None
        self.forwarding = ForwardingDesk()
        self.replica = self._open(log)

    def _open(self, log: QuantumLog) -> Replica:
        seen: list[tuple[SealedBatch, Batch]] = []
        self._restored = restore(log, self._settings, lambda sealed, batch: seen.append((sealed, batch)))
        base, proof = log.base_tip(), log.base_proof()
        kept = Kept(log.identity, log.is_recovering, log.certificate(), log.promise(), base, proof)
        replica = Replica(log.terms(), self.key_pair, self._restored.machine, self._restored.tip, kept)
        for sealed, batch in seen:
            replica.resume(sealed, batch)
        replica.rewound(self._restored.machine, self._restored.tip, self._restored.header)
        self.recent = [sealed for sealed, _ in seen]
        return replica

    def receive(self, message: ClusterMessage) -> None:
        """Take what alpha says; at a divergence the auditor halts, with a verdict in its outbox.

        Raises:
            ProtocolViolation: the connection must be closed.
        """
        try:
            for action in self.replica.receive(message, self._clock()):
                self._act(action)
        except Divergence as error:
            self.halted = error
            if isinstance(message, Batch):
                self.outbox.append(self.replica.verdict(error, message))

    def forward(self) -> list[SignedRequest]:
        """Do what production does every second; what has expired without being ordered."""
        expired = self.forwarding.look(self.replica.machine.state, self._clock())
        self.outbox.extend(self.forwarding.due(self._clock()))
        return expired

    def _act(self, action: Action) -> None:
        match action:
            case Send():
                self.outbox.append(action.message)
            case CastVote():
                vote = sign_vote(self.replica.machine.state.constellation, self.key_pair, action.header, action.digest)
                self.outbox.append(vote)
            case StoreBatch():
                self._restored.keeper.note(action.sealed)
                self.log.write([StoredBatch(action.batch, action.sealed.digest)])
                for following in self.replica.stored(action.sealed, action.batch):
                    self._act(following)
            case Finalized():
                _certify(self.log, self._restored, action.certificate)
            case StorePromise():
                self.log.write([action.promise])
                self.outbox.append(action.promise)
            case Recover():
                self.log.write([Recovered()])
                for following in self.replica.recovered():
                    self._act(following)
            case BeginRecovery():
                name = new_name()
                self.log.write([RolledBack(name)])
                for following in self.replica.rolled_back(name):
                    self._act(following)
            case Rewind():
                self._rewind(action.number)
            case CheckChain():
                if not self.log.passes(action.number, action.digest):
                    raise ProtocolViolation(
                        Code.BROKEN_PROMISE, f"alpha's chain does not pass through batch {action.number}"
                    )
            case ServeBatches():
                self._serve(action.first, action.last)
            case InstallSnapshot():
                _install(self.log, action.snapshot)
                self._restored = restore(self.log, self._settings)
                self.replica.installed(self._restored.machine, action.snapshot)

    def _rewind(self, number: int) -> None:
        self.log.truncate(number)
        self._restored = restore(self.log, self._settings)
        self.replica.rewound(self._restored.machine, self._restored.tip, self._restored.header)

    def _serve(self, first: int, last: int) -> None:
        if needs_snapshot(first, self.log.first, 0):
            with _copy(self.log) as copy:
                sender = SnapshotSender(copy)
                while (message := sender.next()) is not None:
                    self.outbox.append(decode_cluster_message(message))
                first = sender.number + 1
        if first <= last:
            self.outbox.extend(stored.batch for stored in self.log.batches(first, last))


class Cluster:
    """One alpha and its auditors.

    Args:
        world: names the members and the settings.
        recovering: the auditors' logs are new, as at the first start of all; otherwise they have been through that.

    Attributes:
        clock_us: everybody's time.
        alpha: in its present life.
        auditors: in their present lives.
        closed: why links were closed, in order, with the number of the auditor.
        tamper: changes the bytes of what alpha sends to the auditor with a number; None drops the message.
    """

    def __init__(self, world: World, *, recovering: bool = False) -> None:
        self.world = world
        self.clock_us = START_US
        self._alpha_key = world.alpha
        self._logs: list[QuantumLog] = []
        self.alpha = self._new_alpha(world.alpha, self.empty_log())
        logs = [self.empty_log() for _ in world.auditors]
        if not recovering:
            for log in logs:
                log.write([Recovered()])
        self.auditors = [self._new_auditor(key_pair, log) for key_pair, log in zip(world.auditors, logs, strict=True)]
        self.closed: list[tuple[int, ProtocolViolation]] = []
        self.tamper: Callable[[int, bytes], bytes | None] = lambda _, data: data
        self._links: dict[int, Link] = {}

    def _clock(self) -> int:
        return self.clock_us

    def _new_alpha(self, key_pair: KeyPair, log: QuantumLog) -> AlphaMember:
        return AlphaMember(self.world, key_pair, log, self._clock)

    def _new_auditor(self, key_pair: KeyPair, log: QuantumLog) -> AuditorMember:
        return AuditorMember(self.world, key_pair, log, self._clock)

    # --- what is true -------------------------------------------------------------------------------------------

    @property
    def certified(self) -> int:
        """Number of the highest batch that alpha knows to be final."""
        return self.alpha.log.certified()

    @property
    def is_ready(self) -> bool:
        """Whether clients may come in."""
        return self.alpha.herald.state is AlphaState.READY

    @property
    def linked(self) -> list[int]:
        """Numbers of the auditors that are connected."""
        return list(self._links)

    def state_root(self, auditor: int | None = None) -> bytes:
        """The state root of alpha, or of an auditor."""
        machine = self.alpha.machine if auditor is None else self.auditors[auditor].replica.machine
        return machine.state.root()

    # --- links --------------------------------------------------------------------------------------------------

    def connect(self, *auditors: int) -> None:
        """Connect auditors anew, all without arguments; one that has halted stays away."""
        for number in auditors or range(len(self.auditors)):
            self.cut(number)
            member = self.auditors[number]
            if member.halted is None:
                member.replica.link_up()
                member.forwarding.link_up()
                self._links[number] = self.alpha.herald.link_up(member.key_pair.public, lambda: None)

    def cut(self, *auditors: int) -> None:
        """End the connections of auditors, of all without arguments; what is on the way is lost."""
        for number in auditors or range(len(self.auditors)):
            link = self._links.pop(number, None)
            self.auditors[number].outbox.clear()
            if link is not None:
                self.alpha.herald.link_down(link)

    def deliver_to_auditor(self, number: int) -> bool:
        """Deliver the next message on its way from alpha to an auditor; whether there was one."""
        link = self._links.get(number)
        if link is None:
            return False
        data = link.next()
        if isinstance(data, ReadBatches):
            link.provide([stored.batch for stored in self.alpha.log.batches(data.first, data.first + 63)])
            data = link.next()
        if not isinstance(data, bytes):
            return False
        tampered = self.tamper(number, data)
        if tampered is not None:
            self._receive(number, lambda: self.auditors[number].receive(decode_cluster_message(tampered)))
            if self.auditors[number].halted is not None:
                self._drain(number)
        return True

    def deliver_to_alpha(self, number: int) -> bool:
        """Deliver the next message on its way from an auditor to alpha; whether there was one."""
        member = self.auditors[number]
        if number not in self._links or not member.outbox:
            return False
        data = encode_cluster_message(member.outbox.popleft())
        key = member.key_pair.public
        self._receive(number, lambda: self.alpha.receive(key, decode_cluster_message(data)))
        return True

    def _receive(self, number: int, take: Callable[[], None]) -> None:
        try:
            take()
        except ProtocolViolation as error:
            self.closed.append((number, error))
            self.cut(number)

    def _drain(self, number: int) -> None:
        """The last words of an auditor that has halted."""
        while self.deliver_to_alpha(number):
            pass
        self.cut(number)

    def settle(self) -> None:
        """Deliver everything, until nobody has anything to say and alpha has confirmed those who recover."""
        numbers = range(len(self.auditors))
        while sum(self.deliver_to_auditor(number) + self.deliver_to_alpha(number) for number in numbers) or (
            self.alpha.confirm()
        ):
            pass

    # --- members ------------------------------------------------------------------------------------------------

    def rise(self) -> None:
        """Connect everybody and let alpha rise."""
        self.connect()
        self.settle()
        assert self.is_ready, self.alpha.herald.describe()

    def execute(self, *bodies: QuantumBody) -> SealedBatch:
        """Let alpha execute a batch; it is not delivered yet."""
        self.clock_us += 1000
        return self.alpha.execute(*bodies)

    def restart_alpha(self, log: QuantumLog | None = None) -> None:
        """Kill alpha and start it again, from its log or another one; nobody is connected."""
        self.cut()
        self.alpha = self._new_alpha(self._alpha_key, log or self.alpha.log)

    def appoint(self, key_pair: KeyPair, *auditors: int) -> None:
        """Let these auditors hand the constellation to another alpha, which starts from nothing; all learn of it."""
        self._appoint(key_pair, self.auditors[0].replica.terms.members.auditors, auditors)
        log = self.empty_log()
        log.write(self.auditors[0].replica.terms.appointments)
        self._alpha_key = key_pair
        self.restart_alpha(log)

    def change_auditors(
        self, *signers: int, add: Sequence[KeyPair] = (), remove: Sequence[int] = (), log: QuantumLog | None = None
    ) -> None:
        """Let these auditors appoint others; all learn of it, and alpha starts again from its log or another one.

        Newcomers get the numbers after the known ones; those who leave keep theirs.
        """
        leaving = [self.world.auditors[number].public for number in remove]
        staying = [key for key in self.auditors[0].replica.terms.members.auditors if key not in leaving]
        self._appoint(self._alpha_key, [*staying, *(key.public for key in add)], signers)
        terms = self.auditors[0].replica.terms
        for key_pair in add:
            own = self.empty_log()
            own.write(terms.appointments)
            self.world.auditors.append(key_pair)
            self.auditors.append(self._new_auditor(key_pair, own))
        log = log or self.alpha.log
        log.write(terms.appointments)
        self.restart_alpha(log)

    def _appoint(self, alpha: KeyPair, members: list[bytes], signers: Sequence[int]) -> None:
        self.cut()
        terms, settings = self.auditors[0].replica.terms, self.world.settings
        rule = terms.members.quorum_rule
        appointment = Appointment(terms.term + 1, alpha.public, members, rule, "ws://clients", "ws://cluster")
        signatures = [sign_appointment(settings, self.world.auditors[item], appointment) for item in signers]
        terms = check_appointments(settings, [*terms.appointments, SignedAppointment(appointment, signatures)])
        for member in self.auditors:
            member.log.write(terms.appointments)
            member.replica.terms = terms

    def restart_auditor(self, number: int, log: QuantumLog | None = None) -> None:
        """Kill an auditor and start it again, from its log or another one; it is not connected."""
        self.cut(number)
        member = self.auditors[number]
        self.auditors[number] = self._new_auditor(member.key_pair, log or member.log)

    def empty_log(self) -> QuantumLog:
        """What a member starts from that has lost its disk."""
        log = QuantumLog(None, self.world.settings)
        self._logs.append(log)
        return log

    def copy_log(self, log: QuantumLog) -> QuantumLog:
        """An independent copy of a log: what a backup would hold now."""
        copy, certificate, promise = self.empty_log(), log.certificate(), log.promise()
        copy.write([RolledBack(log.identity)])  # a copy has the same name
        copy.write([*log.batches(1), *([certificate] if certificate else []), *([promise] if promise else [])])
        if not log.is_recovering:
            copy.write([Recovered()])
        return copy

    def close(self) -> None:
        """Close all logs."""
        for log in self._logs:
            log.close()
