"""Answers accounts' questions about their past, as alpha passes them on: bytes in, bytes out."""

import asyncio
import logging
from collections import Counter
from concurrent.futures import Executor
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from constellation.chronicler.account_history import answer_history
from constellation.chronicler.account_orders import answer_orders
from constellation.chronicler.connections import moment
from constellation.chronicler.history_proofs import DamagedChronicle
from constellation.chronicler.question_checks import check_history_query, check_orders_query
from constellation.chronicler.turns import FairTurns
from constellation.protocol.errors import ProtocolViolation, Rejection, clip
from constellation.protocol.limits import (
    HISTORY_AWAITING_MAX,
    HISTORY_QUESTIONS_MAX,
    HISTORY_QUESTIONS_PER_ACCOUNT_MAX,
    HISTORY_READS_MAX,
    HISTORY_WAIT_S,
)
from constellation.protocol.messages import (
    Code,
    HistoryPage,
    HistoryQuestion,
    OrdersPage,
    QueryHistory,
    QueryOrders,
    Rejected,
    encode_client_message,
)
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.transport.addresses import count_off

log = logging.getLogger(__name__)


class ApexWatcher(Protocol):
    """Knows how far the chronicle is."""

    @property
    def apex(self) -> int:
        """The last quantum that is in the database."""

    async def reached(self, apex: int) -> None:
        """Wait until everything up to ``apex`` is in the database."""


class HistoryDesk:
    """The reading side of a chronicle, for the accounts themselves.

    Args:
        engine: of the database, opened to be read.
        terms: of the constellation.
        watcher: of the chronicle.
        executor: with at least ``HISTORY_READS_MAX`` threads, which read.
        wait_s: how long a question waits for the quantum that its answer must include.
    """

    def __init__(
        self, engine: Engine, terms: Terms, watcher: ApexWatcher, executor: Executor, wait_s: float = HISTORY_WAIT_S
    ) -> None:
        self._engine = engine
        self._terms = terms
        self._watcher = watcher
        self._executor = executor
        self._wait_s = wait_s
        self._turns = FairTurns(HISTORY_READS_MAX, HISTORY_QUESTIONS_MAX, HISTORY_QUESTIONS_PER_ACCOUNT_MAX)
        self._awaiting: Counter[bytes] = Counter()

    async def answer(self, question: bytes) -> bytes:
        """The encoded answer to an encoded HistoryQuestion: a page, or Rejected.

        Raises:
            ProtocolViolation: MALFORMED: it is no such question. Nobody can be answered.
        """
        account, query = _decode(question)
        try:
            return await self._page(account, query)
        except Rejection as error:
            return encode_client_message(Rejected(query.request_id, error.code, clip(error.message)))

    async def _page(self, account: bytes, query: QueryHistory | QueryOrders) -> bytes:
        if isinstance(query, QueryHistory):
            check_history_query(query)
        else:
            check_orders_query(query)
        await self._reach(account, query.min_apex)
        async with self._turns.turn(account):
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._read, account, query)

    async def _reach(self, account: bytes, apex: int) -> None:
        if self._watcher.apex >= apex:
            return
        if self._awaiting.total() >= HISTORY_AWAITING_MAX or (
            self._awaiting[account] >= HISTORY_QUESTIONS_PER_ACCOUNT_MAX
        ):
            raise Rejection(Code.OVERLOADED, "too many questions wait for quanta that are not in the history yet")
        self._awaiting[account] += 1
        try:
            async with asyncio.timeout(self._wait_s):
                await self._watcher.reached(apex)
        except TimeoutError:
            raise Rejection(
                Code.NOT_READY,
                f"the history goes up to quantum {self._watcher.apex} and was asked for {apex}; try again",
            ) from None
        finally:
            count_off(self._awaiting, account)

    def _read(self, account: bytes, query: QueryHistory | QueryOrders) -> bytes:
        """Read and encode a page; runs in a thread."""
        page: HistoryPage | OrdersPage
        try:
            with moment(self._engine) as connection:
                if isinstance(query, QueryHistory):
                    page = answer_history(connection, self._terms, account, query)
                else:
                    page = answer_orders(connection, account, query)
        except SQLAlchemyError as error:
            log.warning("the history cannot be read", extra={"reason": str(getattr(error, "orig", error))})
            raise Rejection(Code.NOT_READY, "the history cannot be read just now; try again") from None
        except (DamagedChronicle, MalformedMessage) as error:
            log.error("the chronicle is damaged: drop it and build it again", extra={"reason": str(error)})
            raise Rejection(Code.STORAGE, "this part of the history is damaged; the operator was told") from None
        return encode_client_message(page)


def _decode(question: bytes) -> tuple[bytes, QueryHistory | QueryOrders]:
    try:
        decoded = HistoryQuestion.from_xdr(question)
    except MalformedMessage as error:
        raise ProtocolViolation(Code.MALFORMED, f"no question in XDR: {error}") from None
    query = decoded.message
    if not isinstance(query, QueryHistory | QueryOrders):
        raise ProtocolViolation(Code.MALFORMED, f"{type(query).__name__} is no question about the past")
    return decoded.account, query
