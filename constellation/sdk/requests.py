"""Signing requests, and what a refusal of one says."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import (
    Code,
    KeyRotation,
    Operation,
    Propose,
    QueryAccount,
    QueryBook,
    QueryHistory,
    QueryOrders,
    QueryProof,
    QueryProposals,
    Rejected,
    Request,
    RequestBatch,
    RotateKey,
    SignedRequest,
    SignedRequestBatch,
    Submit,
    SubmitBatch,
)
from constellation.protocol.signing import KeyPair, Purpose
from constellation.protocol.signing import Signer as KeySigner
from constellation.protocol.xdr import UnencodableMessage
from constellation.sdk.errors import InvalidRequest, OutcomeUnknown, SdkError, VerificationFailed
from constellation.sdk.refusals import refusal
from constellation.sdk.verifier import VerifiedEvent

_TIMELESS = frozenset({
    Code.BAD_SIGNATURE, Code.EXPIRED, Code.NONCE_CONFLICT, Code.FOREIGN_ACCOUNT,
    Code.INVALID_AMOUNT, Code.UNKNOWN_ASSET, Code.SELF_PAYMENT, Code.UNKNOWN_MARKET, Code.INVALID_PRICE,
    Code.OFF_TICK, Code.OFF_LOT, Code.BELOW_MINIMUM_NOTIONAL, Code.FORBIDDEN_DESTINATION, Code.INVALID_MEMO,
    Code.EMPTY_BATCH, Code.NOT_IN_BATCH, Code.CONTRADICTORY_ORDER, Code.INVALID_CLIENT_ORDER_ID, Code.INVALID_PATH,
    Code.INVALID_RIGHTS, Code.INVALID_EXPIRY, Code.INVALID_AGENT_EXPIRY,
})  # fmt: skip
"""Refusals that hold for every copy of a request, whenever it arrives: a time that has passed has passed for all.

After a request was sent twice, any other refusal says nothing of the other copy: it may still lie in a buffer
of the old connection.
"""

_CLOCK_MARGIN_US = 5_000_000  # the estimate of alpha's clock lags by the way of one message

_NONCE_AHEAD_MAX_US = 86_400_000_000  # of the time: nonces follow clocks, and no two are further apart

_NAMED_BEHIND_US = 60_000_000  # nonces of a named signer must not be ahead of alpha's clock, from which ours drifts


class Signer:
    """Signs requests with rising nonces.

    Nonces follow alpha's clock in microseconds, so that several clients of one account, and later runs, rise
    together.

    Args:
        key_pair: that signs.
        constellation: its id.
        validity_us: how long a request may be executed.
        limit_us: the most that the settings allow.
        account: that it signs for; None: its own.

    Attributes:
        named: the signer as requests name it: only where the account is named.
        limit_us: the most that the settings in force allow.
    """

    def __init__(
        self, key_pair: KeySigner, constellation: bytes, validity_us: int, limit_us: int, account: bytes | None = None
    ) -> None:
        self._key_pair = key_pair
        self._account = key_pair.public if account is None else account
        self.named = None if account is None else key_pair.public
        self._constellation = constellation
        self._validity_us = validity_us
        self.limit_us = limit_us
        self._nonce = 0
        self._claimed = 0
        self._is_believed = True

    def raise_nonce(self, used: int, now_us: int) -> None:
        """Alpha says that nonces up to ``used`` are used.

        Nobody has proven it, and one that is near the end of the range would be the key's last: what is far ahead of
        the time is not followed, unless this signer has used it.

        Args:
            used: the last one.
            now_us: the time of this computer's clock, or of alpha's where that is ahead.
        """
        self._claimed = used
        self._is_believed = used <= max(self._nonce, now_us + _NONCE_AHEAD_MAX_US)

    def sign(self, operation: Operation, now_us: int) -> SignedRequest:
        """A signed request for ``operation``.

        Args:
            operation: what to ask for.
            now_us: alpha's clock, not ahead of it.

        Raises:
            InvalidRequest: alpha's clock, or the last nonce, leaves no room for a request.
            VerificationFailed: alpha says that a nonce was used that is far ahead of the time.
        """
        return self._signed(self._next_nonce(now_us), now_us, operation)

    def sign_rotation(self, new_key: KeyPair, now_us: int) -> SignedRequest:
        """A signed request that makes ``new_key`` the owner's, with its agreement; the same as :meth:`sign`."""
        nonce = self._next_nonce(now_us)
        agreed = KeyRotation(self._account, nonce, new_key.public).to_xdr()
        proof = new_key.sign_message(Purpose.KEY_ROTATION, self._constellation, agreed)
        return self._signed(nonce, now_us, RotateKey(new_key.public, proof))

    def _signed(self, nonce: int, now_us: int, operation: Operation) -> SignedRequest:
        request = Request(self._account, self.named, nonce, self._valid_until(now_us), operation)
        return SignedRequest(request, self._sign(Purpose.REQUEST, request))

    def sign_batch(self, operations: Sequence[Operation], now_us: int, *, all_or_nothing: bool) -> SignedRequestBatch:
        """A signed batch of ``operations``; the same as :meth:`sign`."""
        nonce, valid_until = self._next_nonce(now_us), self._valid_until(now_us)
        batch = RequestBatch(self._account, self.named, nonce, valid_until, all_or_nothing, list(operations))
        return SignedRequestBatch(batch, self._sign(Purpose.REQUEST_BATCH, batch))

    def _next_nonce(self, now_us: int) -> int:
        if not self._is_believed:
            raise VerificationFailed(
                "nonce",
                f"alpha claims that this key has used nonce {self._claimed}, which is more than a day ahead of the "
                "time; a higher one could make the key useless for ever, so nothing is signed",
            )
        behind_us = 0 if self.named is None else _NAMED_BEHIND_US
        self._nonce = max(self._nonce + 1, self._claimed + 1, now_us - behind_us)
        return self._nonce

    def _valid_until(self, now_us: int) -> int:
        return now_us + min(self._validity_us, self.limit_us)

    def _sign(self, purpose: Purpose, request: Request | RequestBatch) -> bytes:
        try:
            xdr = request.to_xdr()
        except UnencodableMessage as error:
            raise InvalidRequest(f"this request cannot be signed: {error}") from None
        return self._key_pair.sign_message(purpose, self._constellation, xdr)


@dataclass(slots=True)
class Pending:
    """A request without an answer.

    Attributes:
        message: as it is sent, and sent again after a reconnect.
        copies: how many have been sent.
        foreign: how many of them were not sent by this session; auditors who have one may pass it on in any epoch.
        fresh: how many may still be executed; what this session sent in an earlier epoch is executed already, or never.
        bodies: of a submitted request, or batch, the hashes under which its quanta will be known.
        parts: answers to the operations of a batch that have come so far, by place.
    """

    message: (
        Submit
        | SubmitBatch
        | QueryAccount
        | QueryBook
        | QueryProof
        | QueryHistory
        | QueryOrders
        | Propose
        | QueryProposals
    )
    copies: int = 0
    foreign: int = 0
    fresh: int = 0
    bodies: Sequence[bytes] = ()
    parts: dict[int, VerifiedEvent] = field(default_factory=dict)

    @property
    def signed(self) -> Submission | None:
        """What was signed, if anything."""
        if isinstance(self.message, SubmitBatch):
            return self.message.batch
        return self.message.request if isinstance(self.message, Submit) else None

    def add_part(self, place: int, verified: VerifiedEvent) -> bool:
        """Take the answer to an operation of a batch; whether all have come.

        Raises:
            VerificationFailed: they are not the next quanta of one batch.
        """
        if any(part.digest != verified.digest for part in self.parts.values()):
            self.parts = {}  # what was acknowledged first is lost: it was executed again
        self.parts[place] = verified
        if len(self.parts) < len(self.bodies):
            return False
        first = self.parts[0].event.leaf.apex
        if any(part.event.leaf.apex != first + place for place, part in self.parts.items()):
            raise VerificationFailed("request", f"the quanta of a batch do not follow each other from {first} on")
        return True

    def refused(self, rejected: Rejected, now_us: int, *, is_excluded: bool) -> SdkError:
        """What a refusal means to the one who asked.

        Args:
            rejected: the refusal.
            now_us: the time of alpha's clock.
            is_excluded: the account's effects show that the request was not executed until now.
        """
        signed = self.signed
        if signed is None or self.copies <= 1:
            return refusal(rejected.code, rejected.message)
        is_alone = self.fresh <= 1 or rejected.code is Code.NONCE_TOO_LOW
        if _holds_for_all(signed, rejected, now_us) or (is_excluded and is_alone):
            return refusal(rejected.code, rejected.message)
        return OutcomeUnknown(
            f"a second copy of the request was refused ({rejected.code.name}: {rejected.message}), "
            "the first one may have been executed",
            signed,
        )

    def abandoned(self, reason: str) -> SdkError | None:
        """What it means that no answer will come; None when the request was never sent."""
        if not self.copies:
            return None
        signed = self.signed
        return None if signed is None else OutcomeUnknown(f"{reason}; the request may have been executed", signed)


def _holds_for_all(signed: Submission, rejected: Rejected, now_us: int) -> bool:
    """Whether a refusal of one copy means that no copy was or will be executed."""
    if rejected.code is Code.NONCE_TOO_LOW:
        # Alpha looks into its answers first and forgets none before valid_until: this request is not among them.
        return now_us + _CLOCK_MARGIN_US < signed.request.valid_until
    if rejected.code is Code.INVALID_NONCE:
        return signed.request.signer is None  # of a named one it may have been ahead of the time
    return rejected.code in _TIMELESS
