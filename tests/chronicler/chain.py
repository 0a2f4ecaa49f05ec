"""A certified history of everything that can happen, as a chronicler gets it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    AuditorSignature,
    Certificate,
    ChronicleBatch,
    ChronicleItem,
    Mode,
    ModeCommit,
    QuantumBody,
    SignedAppointment,
    TermCommit,
)
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import KeyPair, vote_hash
from constellation.protocol.terms import EPOCHS_PER_TERM
from constellation.quanta import Executed, Machine, SealedBatch, Tip, batch_effects, seal, signed_batch
from constellation.testing import World, random_quanta
from constellation.testing.world import ONE, START_US, key_of

_US = 1_000_000


@dataclass
class Link:
    """A batch of the chain."""

    item: ChronicleBatch
    sealed: SealedBatch
    appointments: list[SignedAppointment] = field(default_factory=list)
    """That come before it."""


class Chain:
    """Batches of a random flow; some have no certificate of their own, the last one always has.

    Args:
        seed: the same seed gives the same chain.
        batches: how many, after the opener and the deposits.
        quanta: tried in each of them.
        with_terms: members change; each term begins with a batch of its own.
        leaps_s: how far time jumps before some batches, drawn from these; never when there are none.
        with_keys: accounts have agents, rotate their keys and lock themselves.
    """

    def __init__(
        self,
        seed: int = 1,
        batches: int = 10,
        quanta: int = 20,
        *,
        with_terms: bool = False,
        leaps_s: Sequence[int] = (),
        with_keys: bool = False,
    ) -> None:
        self.world = World(fills=6, maker_fee_ppm=150, taker_fee_ppm=450)
        self.machine: Machine = self.world.machine()
        self.links: list[Link] = []
        self._random = Random(seed)
        self._tip = Tip.genesis(self.world.settings)
        self._epoch = 1
        self.seal([])
        self.traders = [key_of(f"trader {number}") for number in range(5)]
        self.seal(
            [
                self.machine.execute(
                    START_US, self.world.deposits(self.machine, *((who, asset, 10**6 * ONE) for who in self.traders))
                )
                for asset in range(3)
            ]
        )
        if batches:
            modes = ModeCommit(Mode.POST_ONLY, "opening"), ModeCommit(Mode.ONLINE, "")
            self.seal([self.machine.execute(START_US, mode) for mode in modes])
        flow = random_quanta(
            self.world,
            self.machine,
            self.traders,
            seed,
            batches * quanta,
            with_terms=with_terms,
            with_batches=True,
            with_keys=with_keys,
        )
        for _ in range(batches):
            if leaps_s and self._random.random() < 0.5:
                self._leap(self._random.choice(leaps_s))
            self._add_batch(flow, quanta)
        if self.links[-1].item.certificate is None:
            self.links[-1].item.certificate = self.certificate(self.links[-1].sealed)

    def _add_batch(self, flow: Iterator[tuple[int, QuantumBody]], quanta: int) -> None:
        executed: list[Executed] = []
        for _ in range(quanta):
            timestamp, body = next(flow)
            if isinstance(body, TermCommit):
                self.seal(executed, certified=self._random.random() < 0.7)
                executed = []
                self._begin_term(timestamp, body)
            else:
                executed += self._try(timestamp, body)
        self.seal(executed, certified=self._random.random() < 0.7)

    def _begin_term(self, timestamp: int, commit: TermCommit) -> None:
        if tried := self._try(timestamp, commit):
            self._epoch = commit.signed.appointment.term * EPOCHS_PER_TERM
            self.seal(tried, certified=self._random.random() < 0.7).appointments.append(commit.signed)

    def _leap(self, leap_s: int) -> None:
        """Nothing happens for a while, then a ledger closes."""
        state = self.machine.state
        now_us = max(state.timestamp, state.ledger_closed_at_s * _US) + leap_s * _US
        commit = self.world.commit(self.machine, [], closed_at_s=now_us // _US)
        self.seal([self.machine.execute(now_us, commit)], certified=self._random.random() < 0.7)

    def _try(self, timestamp: int, body: QuantumBody) -> list[Executed]:
        try:
            return self.machine.execute_all(timestamp, body)
        except Rejection:
            return []

    def seal(self, executed: list[Executed], *, certified: bool = True) -> Link:
        """Add a batch."""
        sealed = seal(self.machine, executed, self._tip, self._epoch, checkpoint=False)
        self._tip = sealed.tip
        batch = signed_batch(sealed, self._alpha().sign(sealed.digest))
        certificate = self.certificate(sealed) if certified else None
        link = Link(ChronicleBatch(batch, batch_effects(sealed), certificate), sealed)
        self.links.append(link)
        return link

    def _alpha(self) -> KeyPair:
        names = ["alpha", *(f"alpha of term {term}" for term in range(1, self.machine.state.term + 1))]
        return next(key for key in map(key_of, names) if key.public == self.machine.state.settings.alpha)

    def certificate(self, sealed: SealedBatch) -> Certificate:
        """Signed by a quorum of the auditors in force."""
        message = vote_hash(self.world.constellation, sealed.digest)
        members = self.machine.state.settings
        keys = [key for key in self.world.auditors if key.public in members.auditors][: quorum_of(members)]
        return Certificate(sealed.header, [AuditorSignature(key.public, key.sign(message)) for key in keys])

    def items(self) -> Iterator[ChronicleBatch]:
        """The batches, decoded anew, as they come from elsewhere."""
        for link in self.links:
            yield ChronicleBatch.from_xdr(link.item.to_xdr())

    def all_items(self) -> Iterator[ChronicleItem]:
        """Appointments and batches."""
        for link in self.links:
            yield from link.appointments
            yield ChronicleBatch.from_xdr(link.item.to_xdr())
