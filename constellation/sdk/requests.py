"""Signing requests, and what a refusal of one says."""

from dataclasses import dataclass

from constellation.protocol.messages import (
    Code,
    Operation,
    Propose,
    QueryAccount,
    QueryBook,
    QueryProof,
    QueryProposals,
    Rejected,
    Request,
    SignedRequest,
    Submit,
)
from constellation.protocol.signing import KeyPair, Purpose, signing_hash
from constellation.protocol.xdr import UnencodableMessage
from constellation.sdk.errors import ExchangeError, InvalidRequest, OutcomeUnknown, SdkError

_TIMELESS = frozenset({
    Code.BAD_SIGNATURE, Code.EXPIRED, Code.NONCE_CONFLICT, Code.FOREIGN_ACCOUNT, Code.INVALID_NONCE,
    Code.INVALID_AMOUNT, Code.UNKNOWN_ASSET, Code.SELF_PAYMENT, Code.UNKNOWN_MARKET, Code.INVALID_PRICE,
    Code.OFF_TICK, Code.OFF_LOT, Code.BELOW_MINIMUM_NOTIONAL, Code.FORBIDDEN_DESTINATION, Code.INVALID_MEMO,
})  # fmt: skip
"""Refusals that hold for every copy of a request, whenever it arrives.

After a request was sent twice, any other refusal says nothing of the other copy: it may still lie in a buffer
of the old connection.
"""

_CLOCK_MARGIN_US = 5_000_000  # the estimate of alpha's clock lags by the way of one message


class Signer:
    """Signs requests with rising nonces.

    Nonces follow alpha's clock in microseconds, so that several clients of one account, and later runs, rise
    together.

    Args:
        key_pair: the account's.
        constellation: its id.
        validity_us: how long a request may be executed.

    Attributes:
        limit_us: the most that the settings in force allow.
    """

    def __init__(self, key_pair: KeyPair, constellation: bytes, validity_us: int, limit_us: int) -> None:
        self._key_pair = key_pair
        self._constellation = constellation
        self._validity_us = validity_us
        self.limit_us = limit_us
        self._nonce = 0

    def raise_nonce(self, used: int) -> None:
        """Nonces up to ``used`` are used."""
        self._nonce = max(self._nonce, used)

    def sign(self, operation: Operation, now_us: int) -> SignedRequest:
        """A signed request for ``operation``.

        Args:
            operation: what to ask for.
            now_us: alpha's clock, not ahead of it.

        Raises:
            InvalidRequest: alpha's clock, or the last nonce, leaves no room for a request.
        """
        self._nonce = max(self._nonce + 1, now_us)
        valid_until = now_us + min(self._validity_us, self.limit_us)
        request = Request(self._key_pair.public, self._nonce, valid_until, operation)
        try:
            xdr = request.to_xdr()
        except UnencodableMessage as error:
            raise InvalidRequest(f"this request cannot be signed: {error}") from None
        digest = signing_hash(Purpose.REQUEST, self._constellation, xdr)
        return SignedRequest(request, self._key_pair.sign(digest))


@dataclass(slots=True)
class Pending:
    """A request without an answer.

    Attributes:
        message: as it is sent, and sent again after a reconnect.
        copies: how many may be on their way.
        body: of a submitted request, the hash under which its quantum will be known.
    """

    message: Submit | QueryAccount | QueryBook | QueryProof | Propose | QueryProposals
    copies: int = 0
    body: bytes = b""

    def refused(self, rejected: Rejected, now_us: int, *, is_excluded: bool) -> SdkError:
        """What a refusal means to the one who asked.

        Args:
            rejected: the refusal.
            now_us: the time of alpha's clock.
            is_excluded: the account's effects show that the request was not executed until now.
        """
        if not isinstance(self.message, Submit) or self.copies <= 1:
            return ExchangeError(rejected.code, rejected.message)
        if _holds_for_all(self.message, rejected, now_us) or (is_excluded and rejected.code is Code.NONCE_TOO_LOW):
            return ExchangeError(rejected.code, rejected.message)
        return OutcomeUnknown(
            f"a second copy of the request was refused ({rejected.code.name}: {rejected.message}), "
            "the first one may have been executed",
            self.message.request,
        )

    def abandoned(self, reason: str) -> SdkError | None:
        """What it means that no answer will come; None when the request was never sent."""
        if not self.copies:
            return None
        if isinstance(self.message, Submit):
            return OutcomeUnknown(f"{reason}; the request may have been executed", self.message.request)
        return None


def _holds_for_all(message: Submit, rejected: Rejected, now_us: int) -> bool:
    """Whether a refusal of one copy means that no copy was or will be executed."""
    if rejected.code is Code.NONCE_TOO_LOW:
        # Alpha looks into its answers first and forgets none before valid_until: this request is not among them.
        return now_us + _CLOCK_MARGIN_US < message.request.request.valid_until
    return rejected.code in _TIMELESS
