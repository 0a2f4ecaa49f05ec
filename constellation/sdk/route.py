"""Where a client looks for alpha, without I/O.

A quorum's appointment says where alpha is. An alpha that was replaced can say it, too, but that is a hint only: whoever
is there must prove to be alpha, and until then the client comes back to where alpha last did.
"""

from urllib.parse import urlsplit

from constellation.protocol.messages import Code
from constellation.sdk.errors import ConnectionClosed, SdkError, VerificationFailed

_HINTS_MAX = 8  # in one term


class Route:
    """The place to connect to next.

    Args:
        url: where alpha should be.

    Attributes:
        url: the next place.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._home = url
        self._hint: str | None = None
        self._left: set[str] = set()
        self._term = 0

    @property
    def follows_hint(self) -> bool:
        """Whether nothing but a hint speaks for the present place."""
        return self.url != self._home

    def proven(self, term: int) -> None:
        """Alpha of this term has proven itself at the present place."""
        self._home, self._hint = self.url, None
        if term > self._term:
            self._term = term
            self._left.clear()

    def appointed(self, url: str, term: int) -> None:
        """A quorum of auditors says that alpha of a later term is at ``url``."""
        self.url = url
        self.proven(term)

    def ended(self, reason: SdkError, *, proven: bool) -> bool:
        """The connection has ended: choose the next place; whether that is a new hint.

        Args:
            reason: why.
            proven: alpha had proven itself on this connection.
        """
        if proven:
            return self._take_hint(reason)
        if self.follows_hint:
            if isinstance(reason, VerificationFailed):
                self._hint = None  # somebody else is there; alpha may not have started yet where nobody is
            self.url = self._home
        elif self._hint is not None:
            self.url = self._hint
        return False

    def _take_hint(self, reason: SdkError) -> bool:
        if not isinstance(reason, ConnectionClosed) or reason.code is not Code.MOVED:
            return False
        self._left.add(self.url)
        url = reason.reason
        if url in self._left or len(self._left) > _HINTS_MAX or not _is_like(self.url, url):
            return False
        self.url = self._hint = url
        return True


def _is_like(known: str, url: str) -> bool:
    """Whether ``url`` is a WebSocket's address, encrypted where the known one is."""
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0 and not parts.fragment and "@" not in parts.netloc
    except ValueError:
        return False
    return is_address and parts.scheme in ("ws", "wss") and parts.scheme == urlsplit(known).scheme
