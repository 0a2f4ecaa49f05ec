"""Whom alpha's operator admits, beside the rules of the constellation, as the gateway sees it."""

from collections.abc import Callable
from typing import Protocol

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Request, RequestBatch


class Gate(Protocol):
    """Decides by account and signing key; the node has one where an extension admits."""

    def ask(self, account: bytes, signer: bytes | None, told: Callable[[Rejection | None], None]) -> None:
        """Find out whether a key may connect for an account.

        Args:
            account: whose money it is.
            signer: whose key it is, as in a request.
            told: hears why not, or None; at once or later, once.
        """

    def check(self, request: Request | RequestBatch) -> None:
        """A key must be admitted to what it asks for; decided at once.

        Raises:
            Rejection: NOT_ADMITTED, or NOT_READY where that is not known.
        """
