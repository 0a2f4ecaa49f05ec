"""Clients as the sequencer's side sees them: whose session it is, and how to answer it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from constellation.gateway.session import FRAMES_PER_REFUSAL, rejected
from constellation.protocol.errors import Rejection, clip
from constellation.protocol.messages import HubMessage, SessionAnswer, SessionRefused

SendToWorker = Callable[[HubMessage], None]
"""Takes a message for the process that has a client's connection; never raises."""


@dataclass(slots=True, eq=False)
class Guest:
    """A session whose account is proven; compared by identity.

    Attributes:
        send: to the worker that has its connection.
        session_id: known to that worker.
        account: whose session it is.
        signer: whose key is proven where that is named beside the account; as in a request.
        address: network address.
        is_open: False once the session has ended.
    """

    send: SendToWorker
    session_id: int
    account: bytes
    signer: bytes | None
    address: str
    is_open: bool = True

    def answer(
        self,
        slot: int | None,
        frames: Sequence[bytes],
        *,
        apex: int = 0,
        awaited: Sequence[int] = (),
        cost: int = 0,
    ) -> None:
        """Send encoded messages; what comes too late is dropped.

        Args:
            slot: whose answer they are; None keeps no order.
            frames: the messages.
            apex: of the last quantum that they show: they are held back until that is durable.
            awaited: numbers of the batches whose finality the client must get, too.
            cost: to the client, in frames.
        """
        if self.is_open:  # or its worker could take it for an answer to somebody who has the number now
            self.send(SessionAnswer(self.session_id, slot, list(frames), apex, list(awaited), cost))

    def expel(self, error: Rejection) -> None:
        """End the session, unless it has ended."""
        if self.is_open:
            self.send(SessionRefused(self.session_id, error.code, clip(error.message)))


@dataclass(slots=True, frozen=True)
class Origin:
    """Where a request came from.

    Attributes:
        guest: the session.
        slot: of the answer; None where it keeps no order with others.
        request_id: as the client chose it.
    """

    guest: Guest
    slot: int | None
    request_id: int

    def refuse(self, error: Rejection) -> None:
        """Answer with a refusal."""
        self.guest.answer(self.slot, [rejected(self.request_id, error)], cost=FRAMES_PER_REFUSAL)
