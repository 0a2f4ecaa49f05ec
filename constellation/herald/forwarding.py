"""Requests that clients have handed to an auditor because alpha does not answer them, without I/O.

An auditor cannot order anything. It keeps a request that its own replayed state allows, tells alpha of it again and
again, and counts what alpha has not ordered in time: that alpha censors can be seen, and not be denied by losing a
frame. The client is answered by alpha, which executes the same bytes at most once::

    take ──▶ waiting ──the nonce is used──▶ gone: it was ordered, or a later request of the account was
                │
                └──valid_until has passed──▶ expired, and counted

Alpha may refuse for a reason that the auditor does not look for, such as missing funds; such a request expires, too. So
the count is a sign to look at what was asked, not a proof.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import (
    CLOCK_SKEW_MAX_US,
    FORWARD_AGAIN_US,
    FORWARDED_MAX,
    FORWARDED_PER_ACCOUNT_MAX,
    FORWARDED_TOGETHER_MAX,
)
from constellation.protocol.messages import Code, SignedRequest
from constellation.quanta import State, last_nonce, request_signature_fits
from constellation.quanta.request import check_request


@dataclass(slots=True)
class _Waiting:
    """A request that is not ordered yet.

    Attributes:
        signed: the request.
        since_us: when it was handed in.
        forwarded_us: when alpha was told of it last on the present connection.
        is_told: alpha was told of it at all.
    """

    signed: SignedRequest
    since_us: int
    forwarded_us: int | None = None
    is_told: bool = False


class ForwardingDesk:
    """What an auditor passes on to alpha.

    Attributes:
        expired: how many requests alpha was told of and did not order before they expired.
    """

    def __init__(self) -> None:
        self._accounts: dict[bytes, dict[tuple[bytes | None, int], _Waiting]] = {}
        self.expired = 0

    def __len__(self) -> int:
        return sum(map(len, self._accounts.values()))

    def _all(self) -> Iterator[_Waiting]:
        return (waiting for own in self._accounts.values() for waiting in own.values())

    def oldest_us(self, now_us: int) -> int:
        """The age of the request that waits longest, in microseconds; 0 when none does."""
        return max(0, now_us - min((waiting.since_us for waiting in self._all()), default=now_us))

    def take(self, state: State, signed: SignedRequest, now_us: int) -> None:
        """Keep a request until it is ordered or expires; one that is kept already is taken again.

        Nothing is said about an account to whoever cannot sign for it.

        Args:
            state: as far as it is replayed.
            signed: of whoever it may be.
            now_us: by this auditor's clock.

        Raises:
            Rejection: BAD_SIGNATURE, those of :func:`check_request`, NONCE_CONFLICT or OVERLOADED.
        """
        request = signed.request
        own = self._accounts.get(request.account, {})
        known = own.get((request.signer, request.nonce))
        if known is not None and known.signed == signed:
            return
        if not request_signature_fits(state.constellation, signed):
            raise Rejection(
                Code.BAD_SIGNATURE, "the signature does not fit the request, who signs it, and this constellation"
            )
        check_request(state, request, max(now_us, state.timestamp))
        if known is not None:
            raise Rejection(Code.NONCE_CONFLICT, f"another request with nonce {request.nonce} waits")
        if len(own) >= FORWARDED_PER_ACCOUNT_MAX:
            raise Rejection(Code.OVERLOADED, f"{len(own)} requests of this account wait already, the most")
        if len(self) >= FORWARDED_MAX:
            raise Rejection(Code.OVERLOADED, f"{FORWARDED_MAX} requests wait already, the most; ask another auditor")
        self._accounts.setdefault(request.account, {})[request.signer, request.nonce] = _Waiting(signed, now_us)

    def look(self, state: State, now_us: int) -> list[SignedRequest]:
        """Forget what needs no forwarding any more; what alpha was told of and did not order in time.

        By alpha's time, or, when that stands still, by this auditor's clock and the skew that is allowed.
        """
        expired = []
        time_us = max(state.timestamp, now_us - CLOCK_SKEW_MAX_US)
        for key, own in list(self._accounts.items()):
            account = state.vault.accounts.get(key)
            for (signer, nonce), waiting in list(own.items()):
                used = 0 if account is None else last_nonce(account, signer)
                if nonce > used and waiting.signed.request.valid_until >= time_us:
                    continue
                if nonce > used and waiting.is_told:
                    expired.append(waiting.signed)
                del own[signer, nonce]
            if not own:
                del self._accounts[key]
        self.expired += len(expired)
        return expired

    def link_up(self) -> None:
        """On a new connection alpha is told of everything."""
        for waiting in self._all():
            waiting.forwarded_us = None

    def due(self, now_us: int) -> list[SignedRequest]:
        """What to tell alpha now, a few at once; it counts as told.

        First what it was not told of, lower nonces before higher ones, then what it was told of the longest ago.
        """
        due = sorted((waiting for waiting in self._all() if _is_due(waiting, now_us)), key=_turn)
        for waiting in due[:FORWARDED_TOGETHER_MAX]:
            waiting.forwarded_us, waiting.is_told = now_us, True
        return [waiting.signed for waiting in due[:FORWARDED_TOGETHER_MAX]]


def _turn(waiting: _Waiting) -> tuple[int, int]:
    return -1 if waiting.forwarded_us is None else waiting.forwarded_us, waiting.signed.request.nonce


def _is_due(waiting: _Waiting, now_us: int) -> bool:
    told_us = waiting.forwarded_us
    # A clock that was set back must not keep anything from being told.
    return told_us is None or not 0 <= now_us - told_us < FORWARD_AGAIN_US
