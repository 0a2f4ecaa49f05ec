"""Questions of accounts about their past: a chronicler has the answers, which go to the client as they are."""

from collections import Counter
from collections.abc import Callable
from typing import Final, Protocol

from constellation.gateway.guests import Origin
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import HISTORY_QUESTIONS_MAX, HISTORY_QUESTIONS_PER_ACCOUNT_MAX
from constellation.protocol.messages import ClientMessageType, Code, QueryHistory, QueryOrders
from constellation.transport.addresses import count_off

_PAGES: Final = {QueryHistory: ClientMessageType.HISTORY_PAGE, QueryOrders: ClientMessageType.ORDERS_PAGE}


class HistoryAsker(Protocol):
    """Asks a chronicler; the node has one."""

    def ask(
        self, account: bytes, message: QueryHistory | QueryOrders, done: Callable[[bytes | Rejection], None]
    ) -> None:
        """Ask for ``account``; call ``done``, later or at once, with the encoded answer or why there is none."""


class HistoryQuestions:
    """Passes questions on, of each account about itself or a sub-account.

    Args:
        asker: asks a chronicler; None: there is none.
    """

    def __init__(self, asker: HistoryAsker | None) -> None:
        self._asker = asker
        self._waiting: Counter[bytes] = Counter()

    def ask(self, origin: Origin, about: bytes, query: QueryHistory | QueryOrders) -> None:
        """Answer when a chronicler has.

        Args:
            origin: of the question.
            about: key of the account whose past is asked for; who may ask was checked.
            query: what of it.

        Raises:
            Rejection: NO_HISTORY, or OVERLOADED when too many answers are waited for.
        """
        account = origin.guest.account
        if self._asker is None:
            raise Rejection(Code.NO_HISTORY, "this alpha has no chronicler")
        if self._waiting[account] >= HISTORY_QUESTIONS_PER_ACCOUNT_MAX:
            raise Rejection(Code.OVERLOADED, f"the account waits for {self._waiting[account]} pages of history already")
        if self._waiting.total() >= HISTORY_QUESTIONS_MAX:
            raise Rejection(Code.OVERLOADED, "too many accounts ask for their history just now; try again")
        self._waiting[account] += 1
        self._asker.ask(about, query, lambda answer: self._take(origin, query, answer))

    def _take(self, origin: Origin, query: QueryHistory | QueryOrders, answer: bytes | Rejection) -> None:
        count_off(self._waiting, origin.guest.account)
        if not isinstance(answer, Rejection) and not _answers(query, answer):
            answer = Rejection(Code.NOT_READY, "the chronicler's answer is not one to this question; try again")
        if isinstance(answer, Rejection):
            origin.refuse(answer)
        else:
            origin.guest.answer(origin.slot, [answer])


def _answers(query: QueryHistory | QueryOrders, answer: bytes) -> bool:
    """Whether bytes begin like an answer to ``query``: every one begins with its kind and the request's id."""
    request_id = query.request_id.to_bytes(8, "big")
    kinds = (_PAGES[type(query)], ClientMessageType.REJECTED)
    return any(answer.startswith(kind.to_bytes(4, "big") + request_id) for kind in kinds)
