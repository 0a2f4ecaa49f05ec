"""One tree of errors that answers one question: is it certain that nothing happened?

::

    SdkError                 nothing_happened says whether that is certain; code, message, advice
    ├── InvalidRequest       wrong arguments: nothing was sent
    ├── ExchangeError        alpha refused: nothing happened, and nothing will; its kinds: constellation.sdk.refusals
    │                        (until the request's valid_until that is alpha's word: it has what was signed)
    ├── NetworkError         the service or the way to it is at fault, not the request
    │   ├── RequestTimeout   no answer
    │   │   └── OutcomeUnknown   it may have happened: retry() sends the same signed bytes and gets the first answer
    │   │                    (alpha may be silent on purpose: Client.ask_auditors() has the auditors pass it on)
    │   └── ConnectionClosed the connection is gone; a request that was never sent did not happen
    │       └── ClocksDiffer alpha's clock is too far ahead of this computer's
    ├── PartlyDone           a method that asks more than once stopped on its way; says what it has done
    │   └── NotClosed        withdraw_all did so
    ├── NotFinal             acknowledged, but no certificate yet: call final() again
    ├── VerificationFailed   alpha's word or a proof does not hold; names what
    │   └── HistoryReplaced  what was acknowledged and not final did not take place
    ├── EventsMissed         the program was too slow, or away too long; says from where to read
    └── FeedRefused          the market data feed does not serve what was asked for

Refusals for which the service is at fault (``RateLimitExceeded``, ``ExchangeNotAvailable``) are both:
``ExchangeError``, because nothing happened, and ``NetworkError``, because the same may succeed later.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Code, SignedRequest

if TYPE_CHECKING:
    from constellation.sdk.receipts import Receipt


class Advice(StrEnum):
    """What asking again would bring."""

    NEVER = "never"
    """The same again: the request itself is wrong."""
    CHANGED = "changed"
    """The same, until something else changes: funds, an open order, a market's status, the ledger."""
    LATER = "later"
    """An answer, perhaps: ask again after a pause, with a new request."""
    SAME_BYTES = "same_bytes"
    """The first answer: ``retry()`` of the error sends the same signed bytes, which are executed at most once."""


class SdkError(Exception):
    """Base of all errors of the SDK.

    Attributes:
        nothing_happened: whether it is certain that the call that raised this has changed nothing, and never will.
            False says that something has happened, or may have.
        advice: what asking again would bring.
        code: stable, where alpha, or the market data feed, has said why; see ``docs/reference/codes.md``.
        message: one sentence.
    """

    nothing_happened: bool = False
    advice: Advice = Advice.NEVER
    code: Code | str | None = None
    message: str = ""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.message = text


class InvalidRequest(SdkError, ValueError):
    """Arguments that cannot make a valid request; nothing was sent."""

    nothing_happened = True


class ExchangeError(SdkError):
    """Alpha refused: nothing was ordered, nothing changed.

    Args:
        code: stable (``xdr/codes.x``).
        message: one sentence that names the offending value and the limit.
    """

    nothing_happened = True
    code: Code

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(f"{code.name} ({code.value}): {message}")
        self.code = code
        self.message = message


class NetworkError(SdkError):
    """The service, or the way to it, is at fault and not the request."""

    advice = Advice.LATER


class RequestTimeout(NetworkError):
    """There is no answer."""


class OutcomeUnknown(RequestTimeout):
    """The request was sent and may have been executed.

    The same signed bytes are executed at most once, and not after their ``valid_until``, so that sending them
    again is always safe. When alpha does not answer at all, or answers everything but this, it may be censoring:
    :meth:`Client.ask_auditors` hands the same bytes to auditors, who pass them on and count what is never ordered.

    Sent again after ``valid_until``, by the client that signed it, a request that was not executed is refused for good
    (``EXPIRED`` or ``NONCE_TOO_LOW``). Another client may only learn that alpha does not remember it: then look at the
    account, or open with ``after=`` and read what happened.

    Args:
        message: why it is unknown.
        request: the signed bytes; :meth:`Client.resend`, or for a batch :meth:`Client.resend_batch`, takes them, also
            in another process.
    """

    advice = Advice.SAME_BYTES

    def __init__(self, message: str, request: Submission) -> None:
        super().__init__(message)
        self.request = request
        self.resend: Callable[[Submission], Awaitable[tuple[Receipt, ...]]] | None = None

    async def retry(self) -> "Receipt":
        """Send the same signed bytes of a request again; the first answer when they were executed.

        Raises:
            InvalidRequest: it is a batch: :meth:`retry_batch` has an answer for each of its operations.
            SdkError: as the first time.
        """
        if not isinstance(self.request, SignedRequest):
            raise InvalidRequest("the outcome of a batch is unknown: use retry_batch()")
        (receipt,) = await self.retry_batch()
        return receipt

    async def retry_batch(self) -> "tuple[Receipt, ...]":
        """The same for a batch of requests, or for one; the first answers when they were executed.

        Raises:
            SdkError: as the first time.
        """
        if self.resend is None:
            raise ConnectionClosed(None, "this error has no client; use Client.resend(error.request)")
        return await self.resend(self.request)


class PartlyDone(SdkError):
    """A method that asks more than once has stopped on its way; ``__cause__`` says why.

    Args:
        message: what stands in the way.
        receipts: of what was done before.
    """

    advice = Advice.CHANGED

    def __init__(self, message: str, receipts: "Sequence[Receipt]") -> None:
        super().__init__(message)
        self.receipts = tuple(receipts)


class NotClosed(PartlyDone):
    """The account could not be emptied and closed. Nothing is lost: call again when the reason is gone.

    Args:
        message: what stands in the way.
        receipts: of the withdrawals that were accepted.
    """


class NotFinal(SdkError, TimeoutError):
    """Acknowledged, but no certificate has come in time.

    Attributes:
        receipt: of what was acknowledged, where the error is of a method that did both.
    """

    receipt: "Receipt | None" = None


class VerificationFailed(SdkError):
    """Something that alpha sent does not hold. The client stops: it cannot trust this alpha any more.

    Args:
        what: the part that does not hold, such as ``certificate`` or ``inclusion proof``.
        message: one sentence.
    """

    def __init__(self, what: str, message: str) -> None:
        super().__init__(f"{what}: {message}")
        self.what = what
        self.message = message


class HistoryReplaced(VerificationFailed):
    """What alpha had acknowledged was lost before it was final, and something else has its place; the client stops.

    It happens when alpha's log is lost. What the account was told from effect ``after + 1`` on did not take place;
    a client that is opened with ``after`` is told what did.

    Args:
        after: number of the last effect that was told and still holds.
        batch: number of the lost batch.
    """

    def __init__(self, after: int, batch: int) -> None:
        super().__init__(
            "history", f"batch {batch} was acknowledged and lost: effects from {after + 1} on are replaced"
        )
        self.after = after


class EventsMissed(SdkError):
    """The program took its events too slowly, or was away for longer than alpha keeps them; it is told once.

    Args:
        first: number of the first effect that was not told.
        last: number of the last one.
    """

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"effects {first} to {last} of the account were not told: read the history for them")
        self.first = first
        self.last = last


class FeedRefused(SdkError):
    """The market data feed does not serve what was asked for.

    Args:
        code: stable, such as ``UNKNOWN_MARKET``.
        message: one sentence.
    """

    nothing_happened = True
    code: str

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ConnectionClosed(NetworkError):
    """The connection has ended; what was asked for was never sent, or was a question.

    Args:
        code: alpha's reason; None when the network or this side ended it.
        reason: one sentence.
        is_proven: whoever gave the reason had proven to be alpha; anybody on the way can give any.
    """

    nothing_happened = True
    code: Code | None

    def __init__(self, code: Code | None, reason: str, *, is_proven: bool = False) -> None:
        super().__init__(reason if code is None else f"{code.name} ({code.value}): {reason}")
        self.message = reason
        self.code = code
        self.reason = reason
        self.is_proven = is_proven


class ClocksDiffer(ConnectionClosed):
    """Alpha's clock is too far ahead of this computer's; the client stops.

    What is signed by a clock that is ahead is good for longer than meant: alpha could refuse an order and execute it
    later all the same, when the price suits it.

    Args:
        alpha_us: alpha's time, in microseconds since 1970.
        local_us: this computer's.
        most_us: how far the former may be ahead.
    """

    def __init__(self, alpha_us: int, local_us: int, most_us: int) -> None:
        super().__init__(
            None,
            f"alpha's clock says {_utc(alpha_us)} and this computer's {_utc(local_us)}: more than {most_us / 1e6:g} "
            "seconds ahead, so that nothing is signed; set this computer's clock if it is wrong, else alpha's is",
        )


def _utc(time_us: int) -> str:
    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us):%Y-%m-%d %H:%M:%S} UTC"
    except OverflowError:
        return f"{time_us} microseconds since 1970"
