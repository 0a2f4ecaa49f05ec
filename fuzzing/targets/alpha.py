"""Alpha's herald against auditors that say anything in any order, some of them with the keys of others."""

from functools import cache

from constellation.herald.alpha import AlphaHerald, AlphaState
from constellation.herald.events import Adopt, AlphaEvent, Certified, Fetched, SnapshotFetched, StartStream
from constellation.herald.link import Link, LinkOverflow, ReadBatches
from constellation.herald.votes import sign_vote
from constellation.protocol.errors import Divergence, ProtocolViolation, VerificationError
from constellation.protocol.limits import CLUSTER_QUEUE_MAX_MESSAGES
from constellation.protocol.messages import (
    AssetSuspension,
    Batch,
    CancelOrder,
    ClusterMessage,
    LedgerReport,
    Proposal,
    SignedLedgerReport,
    SignedProposal,
    SuspensionReason,
    WithdrawalSignature,
    decode_cluster_message,
    encode_cluster_message,
)
from constellation.protocol.proofs import check_certificate, check_signed_header
from constellation.quanta import Machine, SealedBatch, Tip, replay, seal, signed_batch
from constellation.testing.world import START_US, key_of
from fuzzing.choices import Choices
from fuzzing.hostile import honest, message
from fuzzing.past import past, promise, world

_MESSAGES_MAX = 24


class _Alpha:
    """Does what a node does with the herald's events; its log begins with the first ``known`` batches of the past."""

    def __init__(self, known: int) -> None:
        self._batches = past().batches[:known]
        self._restore()
        certificates = [item for number, item in past().certificates.items() if number <= known]
        certified = max((item.header.number for item in certificates), default=0)
        self.herald = AlphaHerald(world().terms, self._tip, certified, certificates)
        self._final: dict[int, bytes] = {}
        self._target: Tip | None = None
        self.links: dict[bytes, Link] = {}
        self.sealed: list[SealedBatch] = []

    def _restore(self) -> None:
        self._machine, self._tip = Machine(world().settings), Tip.genesis(world().settings)
        for batch in self._batches:
            self._tip = replay(self._machine, self._tip, batch).tip

    def connect(self, number: int) -> None:
        key = world().auditors[number].public
        if key in self.links:
            self.herald.link_down(self.links.pop(key))
        self.links[key] = self.herald.link_up(key, lambda: None)

    def hear(self, number: int, said: ClusterMessage) -> None:
        key = world().auditors[number].public
        if key not in self.links:
            self.connect(number)
        try:
            for event in self.herald.receive(key, said):
                self._handle(event)
        except (ProtocolViolation, LinkOverflow):
            self.herald.link_down(self.links.pop(key))

    def _handle(self, event: AlphaEvent) -> None:
        match event:
            case Certified():
                digest = check_certificate(world().terms, event.certificate)
                assert self._final.setdefault(event.certificate.header.number, digest) == digest
            case StartStream():
                if event.auditor in self.links:
                    self.herald.start_stream(event.auditor, max(1, min(event.tip.number, self._tip.number)))
            case Adopt():
                self._adopt(event)
            case Fetched():
                self._fetched(event.batch)
            case SnapshotFetched():
                self._target = None

    def _adopt(self, event: Adopt) -> None:
        if event.source is None:
            self._rise()
            return
        assert event.keep <= len(self._batches), "what is not there is to be kept"
        self._batches = self._batches[: event.keep]
        self._restore()
        self.herald.tip, self._target = self._tip, event.tip

    def _fetched(self, batch: Batch) -> None:
        try:
            check_signed_header(world().terms, batch.signed_header)
            self._tip = replay(self._machine, self._tip, batch).tip
        except (VerificationError, Divergence) as error:
            self._restore()
            raise ProtocolViolation(error.code, error.message) from None
        self._batches = [*self._batches, batch]
        self.herald.tip = self._tip
        if self._tip == self._target:
            self._rise()

    def _rise(self) -> None:
        base = self._tip
        self.herald.opened(base)
        self.make_batch()
        for event in self.herald.streams():
            self._handle(event)

    def make_batch(self) -> None:
        if self.herald.state not in (AlphaState.RISING, AlphaState.READY):
            return
        sealed = seal(self._machine, [], self._tip, self.herald.epoch, checkpoint=False)
        batch = signed_batch(sealed, world().alpha.sign(sealed.digest))
        self._tip = sealed.tip
        self._batches = [*self._batches, batch]
        self.sealed.append(sealed)
        self.herald.relay(sealed, batch)

    def write(self, number: int) -> None:
        """Send what there is to send to one auditor."""
        link = self.links.get(world().auditors[number].public)
        for _ in range(CLUSTER_QUEUE_MAX_MESSAGES if link is not None else 0):
            assert link is not None
            try:
                found = link.next()
            except ProtocolViolation:
                return
            if found is None:
                return
            if isinstance(found, ReadBatches):
                assert 1 <= found.first <= len(self._batches), "a batch is read that is not there"
                link.provide(self._batches[found.first - 1 :])
            else:
                decode_cluster_message(found)


@cache
def _auditors_words() -> list[bytes]:
    """What honest auditors say beside what both sides may say."""
    cursor = world().settings.ledger_cursor
    report = LedgerReport(cursor, cursor + (1 << 32), START_US // 1_000_000, [])
    alarm = Proposal(2**63 - 1, AssetSuspension(1, 1, SuspensionReason.RESERVES_DIFFER))
    found: list[ClusterMessage] = [
        SignedLedgerReport(report, bytes(64)),
        SignedProposal(alarm, world().auditors[0].public, bytes(64)),
        WithdrawalSignature(bytes(32), bytes(64)),
        world().request(key_of("anna"), CancelOrder(1), nonce=1),
        *(promise(auditor, epoch, at, 0) for auditor in range(3) for epoch in (0, 1, 2, 3) for at in (0, 3)),
    ]
    return [encode_cluster_message(item) for item in found] + honest()


def fuzz(data: bytes) -> None:
    """Raises when another error escapes than a broken protocol, or two batches are final in one place."""
    choices = Choices(data)
    alpha = _Alpha(choices.below(len(past().batches) + 1))
    for number in range(choices.below(4)):
        alpha.connect(number)
        alpha.hear(number, promise(number, alpha.herald.epoch, choices.of([0, 0, 3, len(past().batches)]), 0))
    for _ in range(_MESSAGES_MAX):
        if choices.is_over:
            break
        number = choices.below(3)
        match choices.below(12):
            case 0:
                alpha.connect(number)
            case 1:
                alpha.write(number)
            case 2:
                alpha.make_batch()
            case 3:
                alpha.herald.look_at_source()
            case 4:
                alpha.hear(number, promise(number, alpha.herald.epoch, choices.of([0, 3]), 0))
            case 5 if alpha.sealed:
                sealed = choices.of(alpha.sealed)
                vote = sign_vote(world().constellation, world().auditors[number], sealed.header, sealed.digest)
                alpha.hear(number, vote)
            case _:
                said = message(choices, world().auditors[number], _auditors_words())
                if said is not None:
                    alpha.hear(number, said)
    alpha.herald.describe()
    assert isinstance(alpha.herald.has_quorum, bool)
    assert isinstance(alpha.herald.must_rise_again, bool)
    assert isinstance(alpha.herald.awaits_confirmation, bool)
