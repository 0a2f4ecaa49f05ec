"""What methods and event streams hand out: verified, typed, and with a way to wait until it is final."""

import asyncio
from dataclasses import dataclass, field

from constellation.protocol import messages
from constellation.protocol.leaves import Submission
from constellation.protocol.messages import Code
from constellation.sdk.effects import Effect, Fill, OperationRefused
from constellation.sdk.errors import NotFinal, SdkError
from constellation.sdk.verifier import FinalProof, VerifiedEvent, final_proof


class Finality:
    """Waits for the certificate of one batch; shared by all that lies in it."""

    __slots__ = ("__weakref__", "_error", "_finality", "_known")

    def __init__(self) -> None:
        self._known = asyncio.Event()
        self._finality: messages.Finality | None = None
        self._error: SdkError | None = None

    def settle(self, finality: messages.Finality) -> None:
        """The batch is final."""
        self._finality = finality
        self._known.set()

    def fail(self, error: SdkError) -> None:
        """It cannot become final here; a certificate that is known stays."""
        if self._finality is None:
            self._error = error
            self._known.set()

    async def wait(self, timeout_s: float) -> messages.Finality:
        """The certificate.

        Raises:
            NotFinal: it has not come in time.
            SdkError: it cannot come.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self._known.wait()
        except TimeoutError:
            raise NotFinal(f"acknowledged, but not final within {timeout_s} seconds") from None
        if self._finality is None:
            assert self._error is not None
            raise self._error
        return self._finality


@dataclass(slots=True, frozen=True)
class Event:
    """A quantum that changed the account, acknowledged by alpha and verified.

    Attributes:
        apex: the quantum's number; it is the id of an order or a withdrawal that the quantum made.
        timestamp: microseconds since 1970.
        effects: what changed on the account.
        batch: the number of its batch.
        first_number: of the effects, in the account's own numbering.
        verified: the proofs.
    """

    apex: int
    timestamp: int
    effects: tuple[Effect, ...]
    batch: int
    first_number: int
    verified: VerifiedEvent = field(repr=False, compare=False)
    finality: Finality = field(repr=False, compare=False)

    @property
    def last_number(self) -> int:
        """Number of the last effect."""
        return self.first_number + len(self.effects) - 1

    @property
    def fills(self) -> tuple[Fill, ...]:
        """The trades among the effects."""
        return tuple(effect for effect in self.effects if isinstance(effect, Fill))

    async def final(self, timeout: float = 30.0) -> FinalProof:  # noqa: ASYNC109
        """Wait until a quorum of auditors has replayed, stored and signed it.

        Args:
            timeout: in seconds.

        Raises:
            NotFinal: no certificate has come in time; ask again.
            VerificationFailed: another batch was certified in its place, or (``HistoryReplaced``) acknowledged.
            ConnectionClosed: the client was closed.
        """
        return final_proof(self.verified, await self.finality.wait(timeout))


@dataclass(slots=True, frozen=True)
class Receipt(Event):
    """The verified answer to a request of this client, or to one operation of a batch.

    Attributes:
        request: what was signed.
        place: among the operations of a batch, from 0.
    """

    request: Submission
    place: int = 0

    @property
    def refusal(self) -> Code | None:
        """Why an operation of a batch did nothing, if so; what is refused otherwise has no receipt."""
        return next((effect.code for effect in self.effects if isinstance(effect, OperationRefused)), None)

    @property
    def order_id(self) -> int:
        """The id of the order, when the request was one."""
        return self.apex
