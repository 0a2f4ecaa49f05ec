"""The answer book: the same signed bytes get the first answer again.

A request is remembered from its execution until the sequenced time has passed its ``valid_until``; after that
it is refused as expired, or for its nonce, whoever sends it. Nothing is forgotten earlier: a full book
refuses new requests instead, because an answer forgotten too early could hide from a client that its request
was executed.
"""

from dataclasses import dataclass, field

from constellation.gateway.acknowledgements import Acknowledgements
from constellation.gateway.guests import Origin
from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import Submission, body_hash, leaf_count
from constellation.protocol.messages import (
    AccountEvent,
    Code,
    GovernanceCommit,
    Request,
    RequestBatch,
    SettingsChange,
    SignedHeader,
    SignedRequest,
)
from constellation.quanta import SealedBatch

_SECOND_BITS = 20  # about a million microseconds: answers that expire in the same second are forgotten together


@dataclass(slots=True)
class BatchRecord:
    """An acknowledged batch, kept while an answer in it can be asked for again.

    Attributes:
        sealed: with the proofs.
        signed_header: what was acknowledged.
        finality: the encoded message, once it is final.
    """

    sealed: SealedBatch
    signed_header: SignedHeader
    finality: bytes | None = None

    @property
    def changes_settings(self) -> bool:
        """Whether a quantum of the batch put other settings into force."""
        bodies = (executed.quantum.body for executed in self.sealed.executed)
        return any(
            isinstance(body, GovernanceCommit) and isinstance(body.proposal.decision, SettingsChange) for body in bodies
        )

    def _event(self, place: int, account: bytes, request_id: int) -> AccountEvent:
        groups = self.sealed.executed[place].groups
        group_place = next(index for index, group in enumerate(groups) if group.account == account)
        return self.sealed.event(place, group_place, request_id)

    def answer(self, places: range, account: bytes, origin: Origin) -> None:
        """Answer with the quanta at ``places``, and with their finality: now or when it is known."""
        collected = Acknowledgements()
        events = [self._event(place, account, origin.request_id) for place in places]
        messages = [*(collected.add(self.signed_header, event) for event in events), collected.end()]
        frames = [message for message in messages if message is not None]
        if self.finality is None:
            origin.guest.answer(origin.slot, frames, awaited=[self.sealed.header.number])
        else:
            origin.guest.answer(origin.slot, [*frames, self.finality])


@dataclass(slots=True)
class Answer:
    """A remembered request.

    Attributes:
        account: whose it is.
        body: hash of its quantum body, which covers the request and its signature.
        places: of its quanta in their batch.
        record: their batch; None until it is acknowledged.
        waiters: where repetitions came from before that.
    """

    account: bytes
    body: bytes
    places: range = range(0)
    record: BatchRecord | None = None
    waiters: list[Origin] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """Effects that a repetition shows again; 0 until it is acknowledged."""
        if self.record is None:
            return 0
        executed = self.record.sealed.executed
        groups = [group for place in self.places for group in executed[place].groups if group.account == self.account]
        return sum(len(group.effects) for group in groups)

    def repeat(self, origin: Origin) -> None:
        """Give the first answer again, or let it be waited for."""
        if self.record is None:
            self.waiters.append(origin)
        else:
            self.record.answer(self.places, self.account, origin)


_Name = tuple[bytes, bytes | None, int]
"""An account, its signer as the request names it, and the nonce."""


def _name(request: Request | RequestBatch) -> _Name:
    return request.account, request.signer, request.nonce


class AnswerBook:
    """Answers by account, signer and nonce.

    Args:
        size: the most answers.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: dict[_Name, Answer] = {}
        self._expiring: dict[int, list[_Name]] = {}
        self._forgotten = 0

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be remembered now."""
        return len(self._answers) >= self._size

    def find(self, request: Request | RequestBatch, body: bytes) -> Answer | None:
        """What is remembered of the very same signed bytes.

        Raises:
            Rejection: NONCE_CONFLICT: other bytes had this nonce.
        """
        answer = self._answers.get(_name(request))
        if answer is not None and answer.body != body:
            raise Rejection(Code.NONCE_CONFLICT, f"another request with nonce {request.nonce} was executed")
        return answer

    def open(self, request: Request | RequestBatch, body: bytes) -> Answer:
        """Remember a request that was executed."""
        answer = Answer(request.account, body)
        self._answers[_name(request)] = answer
        self._expiring.setdefault(request.valid_until >> _SECOND_BITS, []).append(_name(request))
        return answer

    def acknowledge(self, record: BatchRecord, place: int) -> Answer | None:
        """Note that a request was acknowledged whose last quantum is at ``place``; remember it when it is not yet.

        Returns:
            the answer; None when it is no request's last quantum.
        """
        executed = record.sealed.executed[place]
        signed = executed.quantum.body
        if not isinstance(signed, Submission) or not executed.is_last:
            return None
        request, count = signed.request, leaf_count(signed)
        body = executed.leaf.body if isinstance(signed, SignedRequest) else body_hash(signed)
        answer = self._answers.get(_name(request)) or self.open(request, body)
        answer.record, answer.places = record, range(place + 1 - count, place + 1)
        return answer

    def forget(self, timestamp: int) -> None:
        """Forget what has expired at the sequenced time ``timestamp``, in microseconds, or up to a second later."""
        second = timestamp >> _SECOND_BITS
        if second == self._forgotten:
            return
        self._forgotten = second
        for expired in [known for known in self._expiring if known < second]:
            for key in self._expiring.pop(expired):
                del self._answers[key]
