"""Members that lie: what they make of the messages that the production program wants to send.

A dishonest alpha signs whatever it likes with its own key; a dishonest auditor votes, promises and reports whatever it
likes with its own. Nobody has another one's key.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final

from constellation.protocol.merkle import merkle_root
from constellation.protocol.messages import (
    Batch,
    BatchHeader,
    ClusterMessage,
    Code,
    LedgerDeposit,
    LedgerReport,
    Promise,
    SignedHeader,
    SignedLedgerReport,
    SignedPromise,
    SignedRequest,
    SignedVerdict,
    Verdict,
    Vote,
    WithdrawalSignature,
    decode_cluster_message,
    encode_cluster_message,
)
from constellation.protocol.signing import KeyPair, Purpose, header_hash, signing_hash, vote_hash
from constellation.testing.world import ONE, World, key_of

Lie = Callable[[bytes, ClusterMessage], list[ClusterMessage]]
"""(the auditor that a message is for or from, the message) to what is sent in its place."""

_FLOOD: Final = 30
_HOUR_US: Final = 3_600_000_000


def forge(lie: Lie) -> Callable[[bytes, bytes], list[bytes]]:
    """A lie about messages as one about their bytes."""

    def forged(auditor: bytes, message: bytes) -> list[bytes]:
        found = decode_cluster_message(message)
        told = lie(auditor, found)
        return [message if part is found else encode_cluster_message(part) for part in told]

    return forged


def _name(lie: Callable[..., object]) -> str:
    return lie.__name__.strip("_")


class DishonestAlpha:
    """Signs headers that are wrong, or different ones for different auditors.

    Args:
        world: with alpha's key.
        random: decides how, and whom it cheats.
        name: of the lie; drawn when it is not given.
    """

    def __init__(self, world: World, random: Random, name: str | None = None) -> None:
        self._world = world
        self._random = random
        self._lies = [
            self._equivocate,
            self._wrong_root,
            self._forged_request,
            self._repeated_request,
            self._future,
            self._past,
            self._gap,
            self._wrong_previous,
        ]
        count = len(world.auditors)
        self._cheated = {item.public for item in random.sample(world.auditors, random.randint(1, count))}
        self._after = random.randint(1, 30)
        self._lie = next((lie for lie in self._lies if _name(lie) == name), random.choice(self._lies))
        self._headers: dict[int, BatchHeader] = {}

    @property
    def name(self) -> str:
        """Of what it does."""
        return _name(self._lie)

    def __call__(self, auditor: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """See :data:`Lie`."""
        if not isinstance(message, Batch):
            return [message]
        header = message.signed_header.header
        self._headers[header.number] = header
        if auditor not in self._cheated or header.number < self._after or not message.quanta:
            return [message]
        return [self._lie(message)]

    def _signed(self, header: BatchHeader, batch: Batch) -> Batch:
        digest = header_hash(self._world.constellation, header)
        return Batch(SignedHeader(header, self._world.alpha.sign(digest)), batch.quanta)

    def _changed(self, batch: Batch, **fields: object) -> Batch:
        return self._signed(replace(batch.signed_header.header, **fields), batch)  # type: ignore[arg-type]

    def _equivocate(self, batch: Batch) -> Batch:
        """Another valid batch with the same number: an empty one."""
        header = batch.signed_header.header
        before = self._headers.get(header.number - 1)
        if before is None:
            return batch
        apex, time_us, root = header.first_apex - 1, before.timestamp, merkle_root([])
        other = replace(header, last_apex=apex, timestamp=time_us, quanta_root=root, state_root=None)
        return self._signed(other, Batch(batch.signed_header, []))

    def _wrong_root(self, batch: Batch) -> Batch:
        return self._changed(batch, quanta_root=self._random.randbytes(32))

    def _forged_request(self, batch: Batch) -> Batch:
        """An amount that the client has not signed."""
        quanta = list(batch.quanta)
        body = quanta[-1].body
        if isinstance(body, SignedRequest):
            request = replace(body.request, valid_until=body.request.valid_until + 1)
            quanta[-1] = replace(quanta[-1], body=SignedRequest(request, body.signature))
        return Batch(batch.signed_header, quanta)

    def _repeated_request(self, batch: Batch) -> Batch:
        """The last quantum once more."""
        longer = Batch(batch.signed_header, [*batch.quanta, batch.quanta[-1]])
        return self._signed(
            replace(batch.signed_header.header, last_apex=batch.signed_header.header.last_apex + 1), longer
        )

    def _moved(self, batch: Batch, by_us: int) -> Batch:
        quanta = [replace(quantum, timestamp=quantum.timestamp + by_us) for quantum in batch.quanta]
        return self._changed(Batch(batch.signed_header, quanta), timestamp=quanta[-1].timestamp)

    def _future(self, batch: Batch) -> Batch:
        return self._moved(batch, _HOUR_US)

    def _past(self, batch: Batch) -> Batch:
        return self._moved(batch, -_HOUR_US)

    def _gap(self, batch: Batch) -> Batch:
        header = batch.signed_header.header
        return self._changed(batch, first_apex=header.first_apex + 1, last_apex=header.last_apex + 1)

    def _wrong_previous(self, batch: Batch) -> Batch:
        return self._changed(batch, previous=self._random.randbytes(32))


class DishonestAuditor:
    """Says what is not so, too much, or nothing.

    Args:
        world: names the constellation.
        key_pair: the auditor's own.
        random: decides how.
    """

    def __init__(self, world: World, key_pair: KeyPair, random: Random) -> None:
        self._world = world
        self._key_pair = key_pair
        self._random = random
        lies: list[Lie] = [
            self._wrong_votes,
            self._double_votes,
            self._early_votes,
            self._silent,
            self._flood,
            self._false_reports,
            self._false_promises,
            self._false_batches,
            self._false_signatures,
            self._verdicts,
        ]
        self._lies = random.sample(lies, random.randint(1, 3))

    @property
    def name(self) -> str:
        """Of what it does."""
        return ", ".join(_name(lie) for lie in self._lies)

    def __call__(self, auditor: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """See :data:`Lie`."""
        told = [message]
        for lie in self._lies:
            told = [part for item in told for part in lie(auditor, item)]
        return told

    def _vote(self, number: int, digest: bytes) -> Vote:
        return Vote(number, digest, self._key_pair.sign(vote_hash(self._world.constellation, digest)))

    def _signature(self, purpose: Purpose, message: bytes) -> bytes:
        return self._key_pair.sign(signing_hash(purpose, self._world.constellation, message))

    def _wrong_votes(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        if isinstance(message, Vote):
            return [self._vote(message.number, self._random.randbytes(32))]
        return [message]

    def _double_votes(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        if isinstance(message, Vote):
            return [message, self._vote(message.number, self._random.randbytes(32)), message]
        return [message]

    def _early_votes(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """For batches that do not exist."""
        if isinstance(message, Vote):
            return [message, self._vote(message.number + self._random.choice((1, 2**40)), message.header)]
        return [message]

    def _silent(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        return [message] if self._random.random() < 0.3 else []

    def _flood(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        return [message] * (_FLOOD if self._random.random() < 0.1 else 1)

    def _false_reports(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """A deposit that never was, or real ones left out."""
        if not isinstance(message, SignedLedgerReport):
            return [message]
        report = message.report
        thief, place = key_of("thief"), report.cursor - 1
        invented = LedgerDeposit(place, self._random.randbytes(32), None, 1000 * ONE, thief.public, None, None)
        events = [] if self._random.random() < 0.3 else [*report.events, invented]
        false = LedgerReport(report.previous, report.cursor, report.closed_at_s, events)
        return [SignedLedgerReport(false, self._signature(Purpose.LEDGER_REPORT, false.to_xdr()))]

    def _false_promises(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """A tip that it does not have, or a log that is another one."""
        if not isinstance(message, SignedPromise):
            return [message]
        promise = message.promise
        false = self._random.choice((self._higher, self._forgetful))(promise)
        return [SignedPromise(false, message.auditor, self._signature(Purpose.PROMISE, false.to_xdr()))]

    def _higher(self, promise: Promise) -> Promise:
        if promise.tip is None:
            return promise
        header = replace(promise.tip.header, number=promise.tip.header.number + 5)
        return replace(promise, tip=SignedHeader(header, promise.tip.alpha_signature))

    def _forgetful(self, promise: Promise) -> Promise:
        return replace(promise, tip=None, certificate=None, log=self._random.randbytes(32))

    def _false_batches(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """What alpha asks for when it rises: changed, repeated, or far too much."""
        if not isinstance(message, Batch):
            return [message]
        header = replace(message.signed_header.header, quanta_root=self._random.randbytes(32))
        false = Batch(SignedHeader(header, message.signed_header.alpha_signature), message.quanta)
        choices: list[list[ClusterMessage]] = [[false], [message, message], [message] * _FLOOD, []]
        return self._random.choice(choices)

    def _false_signatures(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """For a transaction that the constellation has not asked for, or without its key."""
        if isinstance(message, WithdrawalSignature):
            other = self._random.randbytes(32)
            return [WithdrawalSignature(other, self._key_pair.sign(other)), replace(message, signature=bytes(64))]
        return [message]

    def _verdicts(self, _: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        """Against batches in which nothing is wrong."""
        if not isinstance(message, Vote) or self._random.random() > 0.1:
            return [message]
        verdict = Verdict(message.number, message.header, Code.QUANTA_ROOT_MISMATCH, "so it says")
        return [message, SignedVerdict(verdict, self._signature(Purpose.VERDICT, verdict.to_xdr()))]
