"""Questions of accounts about their past: a chronicler has the answers, which go to the client as they are."""

from collections.abc import Callable
from typing import Final, Protocol

from constellation.gateway.guests import Guest, Origin
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import HISTORY_QUESTIONS_MAX, READS_PER_SESSION_MAX
from constellation.protocol.messages import ClientMessageType, Code, QueryHistory, QueryOrders

_PAGES: Final = {QueryHistory: ClientMessageType.HISTORY_PAGE, QueryOrders: ClientMessageType.ORDERS_PAGE}


class HistoryAsker(Protocol):
    """Asks a chronicler; the node has one."""

    def ask(
        self, account: bytes, message: QueryHistory | QueryOrders, done: Callable[[bytes | Rejection], None]
    ) -> None:
        """Ask for ``account``; call ``done``, later or at once, with the encoded answer or why there is none."""


class HistoryQuestions:
    """Passes questions on, of each account about itself.

    Args:
        asker: asks a chronicler; None: there is none.
    """

    def __init__(self, asker: HistoryAsker | None) -> None:
        self._asker = asker
        self._waiting: dict[Guest, int] = {}
        self._total = 0

    def ask(self, origin: Origin, query: QueryHistory | QueryOrders) -> None:
        """Answer when a chronicler has.

        Raises:
            Rejection: NO_HISTORY, or OVERLOADED when too many answers are waited for.
        """
        guest = origin.guest
        if self._asker is None:
            raise Rejection(Code.NO_HISTORY, "this alpha has no chronicler")
        waiting = self._waiting.get(guest, 0)
        if waiting >= READS_PER_SESSION_MAX:
            raise Rejection(Code.OVERLOADED, f"{waiting} pages of history are waited for already")
        if self._total >= HISTORY_QUESTIONS_MAX:
            raise Rejection(Code.OVERLOADED, "too many accounts ask for their history just now; try again")
        self._waiting[guest] = waiting + 1
        self._total += 1
        self._asker.ask(guest.account, query, lambda answer: self._take(origin, query, answer))

    def _take(self, origin: Origin, query: QueryHistory | QueryOrders, answer: bytes | Rejection) -> None:
        guest = origin.guest
        self._total -= 1
        self._waiting[guest] -= 1
        if not self._waiting[guest]:
            del self._waiting[guest]
        if not isinstance(answer, Rejection) and not _answers(query, answer):
            answer = Rejection(Code.NOT_READY, "the chronicler's answer is not one to this question; try again")
        if isinstance(answer, Rejection):
            origin.refuse(answer)
        else:
            guest.answer(origin.slot, [answer])


def _answers(query: QueryHistory | QueryOrders, answer: bytes) -> bool:
    """Whether bytes begin like an answer to ``query``: every one begins with its kind and the request's id."""
    request_id = query.request_id.to_bytes(8, "big")
    kinds = (_PAGES[type(query)], ClientMessageType.REJECTED)
    return any(answer.startswith(kind.to_bytes(4, "big") + request_id) for kind in kinds)
