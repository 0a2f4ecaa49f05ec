"""Hands for building what alpha and auditors sign, honest or not."""

from hashlib import sha256

from constellation.herald.promises import sign_promise
from constellation.protocol.messages import (
    Appointment,
    AuditorSignature,
    Batch,
    BatchHeader,
    Certificate,
    ClusterMessage,
    EpochOpening,
    EpochProposal,
    Promise,
    QuantumBody,
    QuorumRule,
    SignedAppointment,
    SignedHeader,
    SignedPromise,
    StreamStart,
    Vote,
)
from constellation.protocol.signing import KeyPair, header_hash, vote_hash
from constellation.protocol.terms import sign_appointment
from constellation.quanta import SealedBatch, Tip, replay, seal, signed_batch
from constellation.snapshots import QuantumLog, Recovered
from constellation.testing.cluster import AuditorMember, Cluster
from constellation.testing.world import ONE, START_US, World, key_of

TRADER = key_of("trader")
NOBODY_APPOINTED = sha256(b"").digest()
"""What a promise names before the first appointment."""


def deposit(world: World, machine, amount: int = ONE, who: KeyPair = TRADER) -> QuantumBody:
    """A ledger commit that fits any machine of the world."""
    return world.deposits(machine, (who, 0, amount))


def execute(cluster: Cluster, amount: int = ONE, who: KeyPair = TRADER) -> SealedBatch:
    """Let alpha execute a deposit as a batch of its own."""
    return cluster.execute(deposit(cluster.world, cluster.alpha.machine, amount, who))


class Chain:
    """Batches that alpha's key has signed, whatever they are good for."""

    def __init__(self, world: World, batches: tuple[Batch, ...] = ()) -> None:
        self.world = world
        self.machine = world.machine()
        self.tip = Tip.genesis(world.settings)
        self.batches: list[Batch] = []
        for batch in batches:
            self.tip = replay(self.machine, self.tip, batch).tip
            self.batches.append(batch)

    def fork(self, after: int) -> "Chain":
        """A chain with the first ``after`` batches of this one."""
        return Chain(self.world, tuple(self.batches[:after]))

    def open(self, epoch: int) -> Batch:
        """The empty batch that opens an epoch."""
        return self._seal([], epoch)

    def extend(self, epoch: int, amount: int = ONE) -> Batch:
        """A batch with one deposit."""
        body = deposit(self.world, self.machine, amount)
        return self._seal([self.machine.execute(START_US + self.tip.number, body)], epoch)

    def _seal(self, executed, epoch: int) -> Batch:
        sealed = seal(self.machine, executed, self.tip, epoch, checkpoint=True)
        self.tip = sealed.tip
        self.batches.append(signed_batch(sealed, self.world.alpha.sign(sealed.digest)))
        return self.batches[-1]

    def header(self, number: int) -> SignedHeader | None:
        return self.batches[number - 1].signed_header if number else None

    def tip_at(self, number: int) -> Tip:
        header = self.header(number)
        return Tip.genesis(self.world.settings) if header is None else tip_of(self.world, header.header)

    def promise(
        self, auditor: int, epoch: int, at: int, certified: int = 0, *, recovering: bool = False
    ) -> SignedPromise:
        """The promise of an auditor whose log ends with batch ``at`` of this chain."""
        certificate = certify(self.world, self.header(certified).header) if certified else None
        word = Promise(
            epoch, self.world.alpha.public, NOBODY_APPOINTED, log_of(auditor), recovering, self.header(at), certificate
        )
        return sign_promise(self.world.settings, self.world.auditors[auditor], word)


def log_of(auditor: int) -> bytes:
    """A log's random name."""
    return sha256(f"log {auditor}".encode()).digest()


def tip_of(world: World, header: BatchHeader) -> Tip:
    return Tip(header.epoch, header.number, header_hash(world.constellation, header))


def vote(world: World, auditor: int, header: BatchHeader) -> Vote:
    digest = header_hash(world.constellation, header)
    return Vote(header.number, digest, world.auditors[auditor].sign(vote_hash(world.constellation, digest)))


def certify(world: World, header: BatchHeader, signers: tuple[int, ...] = (0, 1)) -> Certificate:
    votes = {auditor: vote(world, auditor, header) for auditor in signers}
    return Certificate(
        header, [AuditorSignature(world.auditors[auditor].public, item.signature) for auditor, item in votes.items()]
    )


def opening(epoch: int, base: Tip, *promises: SignedPromise) -> EpochOpening:
    return EpochOpening(epoch, base.number, base.digest, list(promises))


class Led:
    """One auditor that is led by a hand on alpha's side of its connection."""

    def __init__(
        self, world: World, auditor: int = 0, log: QuantumLog | None = None, *, recovering: bool = False
    ) -> None:
        self.world = world
        self.auditor = auditor
        self.now_us = START_US
        if log is None:
            log = QuantumLog(None, world.settings)
            if not recovering:
                log.write([Recovered()])
        self.log = log
        self.member = AuditorMember(world, world.auditors[auditor], self.log, lambda: self.now_us)
        self.replica = self.member.replica
        self.replica.link_up()

    def reconnect(self) -> "Led":
        self.member.outbox.clear()
        self.replica.link_up()
        return self

    def restart(self) -> "Led":
        return Led(self.world, self.auditor, self.log)

    def hear(self, *messages: ClusterMessage) -> "Led":
        for message in messages:
            self.member.receive(message)
        return self

    def says(self) -> list[ClusterMessage]:
        said = list(self.member.outbox)
        self.member.outbox.clear()
        return said

    def promised(self, epoch: int) -> SignedPromise:
        self.hear(EpochProposal(epoch))
        (promise,) = self.says()
        return promise

    def join(
        self, chain: Chain, epoch: int, base: int, start: int, *promises: SignedPromise, alpha_tip: int = 0
    ) -> "Led":
        """Promise, and hear an opening on batch ``base`` of ``chain`` and where the stream starts."""
        self.hear(EpochProposal(epoch))
        self.member.outbox.clear()
        return self.hear(opening(epoch, chain.tip_at(base), *promises), StreamStart(start, alpha_tip))

    @property
    def tip(self) -> Tip:
        return self.replica.tip


def appoint(
    world: World,
    term: int,
    alpha: KeyPair,
    signers: tuple[int, ...] = (0, 1),
    auditors: list[bytes] | None = None,
    rule: QuorumRule = QuorumRule.MAJORITY,
) -> SignedAppointment:
    """What a quorum of auditors has signed."""
    members = world.settings.auditors if auditors is None else auditors
    appointment = Appointment(term, alpha.public, members, rule, "ws://clients", "ws://cluster")
    signatures = [sign_appointment(world.settings, world.auditors[signer], appointment) for signer in signers]
    return SignedAppointment(appointment, signatures)
