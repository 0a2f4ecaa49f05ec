"""Requests that wait until the ledger was asked whether a withdrawal can arrive.

Nothing else waits: who withdraws has later requests of the same account wait behind it, because their nonces are
higher; other accounts go on. The answers of an account come in the order of its requests, as ever::

    withdrawal ──asked──▶ may arrive ──▶ executed        ◀── its turn: all earlier requests of the account are done
                     └──▶ cannot ──────▶ refused
    anything else of the account meanwhile ──▶ executed in its turn
    the same bytes again ──▶ get the answer of the first

A request that joins a queue is asked about at once where it is plain that it could be executed; so ten withdrawals in
a row take as long as one. Everything is bounded: what waits of an account, the questions of an account, all questions,
and by whoever asks, their time.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from constellation.gateway.guests import Origin
from constellation.protocol.errors import Rejection
from constellation.protocol.leaves import Submission
from constellation.protocol.limits import (
    LEDGER_CHECKS_AHEAD_MAX,
    LEDGER_CHECKS_MAX,
    LEDGER_CHECKS_PER_ACCOUNT_MAX,
    LEDGER_QUEUE_PER_ACCOUNT_MAX,
)
from constellation.protocol.messages import CloseAccount, Code, Request, RequestBatch, Withdrawal
from constellation.quanta import State
from constellation.quanta.request import check_amount, check_asset, check_funds, check_request
from constellation.quanta.suspensions import check_not_suspended
from constellation.vault import RESERVE_ASSET

LedgerCheck = Callable[[Withdrawal, Callable[[Rejection | None], None]], None]
"""Asks the ledger whether a withdrawal can arrive, and tells why not, if so: once, in bounded time, and not before it
returns."""


def ledger_question(state: State, request: Request | RequestBatch, timestamp: int) -> Withdrawal | None:
    """What the ledger must be asked before ``request`` is executed; None when there is nothing to ask.

    Raises:
        Rejection: the request cannot be executed now, whatever the ledger says.
    """
    if isinstance(request, RequestBatch):
        return None  # no withdrawal can be in it
    operation = request.operation
    if not isinstance(operation, Withdrawal | CloseAccount):
        return None
    account = check_request(state, request, timestamp)
    if isinstance(operation, CloseAccount):
        lumens = account.balances.get(RESERVE_ASSET)
        others = [asset for asset, balance in account.balances.items() if asset != RESERVE_ASSET and balance.amount]
        if account.orders or account.withdrawals or account.holds or others or lumens is None:
            return None  # it is refused when it is executed
        operation = Withdrawal(RESERVE_ASSET, lumens.amount, operation.destination)
    else:
        check_amount(operation.amount)
        check_asset(state, operation.asset)
        check_funds(state, account, operation.asset, operation.amount)
    check_not_suspended(state, operation.asset)
    if operation.destination.account in (state.settings.vault, *state.desk.channels):
        return None  # as above
    return operation


class CheckState(Enum):
    """Whether the ledger was asked about a request."""

    NONE = auto()
    ASKED = auto()
    DONE = auto()


@dataclass(slots=True)
class HeldRequest:
    """A request in its queue.

    Attributes:
        payer: whose rate it counts against: the account's, or that of the auditor who has passed it on.
        origin: where it came from; None if an auditor has passed it on.
        signed: the request.
        body: hash of its quantum body.
        check: whether the ledger was asked.
        refusal: what the ledger said, if it cannot arrive.
        repeats: where repetitions came from.
    """

    payer: bytes
    origin: Origin | None
    signed: Submission
    body: bytes
    check: CheckState = CheckState.NONE
    refusal: Rejection | None = None
    repeats: list[Origin] = field(default_factory=list)

    def refuse(self, error: Rejection) -> None:
        """Answer it, and its repetitions, with a refusal."""
        for origin in [*([self.origin] if self.origin else []), *self.repeats]:
            origin.refuse(error)


class LedgerQueue:
    """The queues of all accounts that wait for the ledger.

    Args:
        check: asks the ledger; None asks nothing.
        question: what to ask about a request (:func:`ledger_question`).
        charge: counts a question against its payer's rate; raises :exc:`Rejection`.
        execute: executes a request whose turn has come; raises :exc:`Rejection`.
        count: takes note of what became of a request, with the refusal if there was one.
    """

    def __init__(
        self,
        check: LedgerCheck | None,
        question: Callable[[Request | RequestBatch], Withdrawal | None],
        charge: Callable[[HeldRequest], None],
        execute: Callable[[HeldRequest], None],
        count: Callable[[HeldRequest, Rejection | None], None],
    ) -> None:
        self._check = check
        self._question = question
        self._charge = charge
        self._execute = execute
        self._count = count
        self._queues: dict[bytes, deque[HeldRequest]] = {}
        self._asked = 0

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def repeat(self, repeated: HeldRequest) -> bool:
        """Let a repetition wait with the same signed bytes, if they wait."""
        for held in self._queues.get(repeated.signed.request.account, ()):
            if held.body == repeated.body:
                if repeated.origin is not None:
                    held.repeats.append(repeated.origin)
                return True
        return False

    def take(self, held: HeldRequest) -> bool:
        """Keep a request until its turn; False when it need not wait.

        Raises:
            Rejection: it cannot be executed, or too much waits.
        """
        if self._check is None:
            return False
        account = held.signed.request.account
        queue = self._queues.get(account)
        if queue is None:
            if not self._ask(held, account):
                return False
            self._queues[account] = deque([held])
        else:
            if len(queue) >= LEDGER_QUEUE_PER_ACCOUNT_MAX:
                raise Rejection(Code.OVERLOADED, f"{len(queue)} requests of the account wait for a withdrawal's check")
            queue.append(held)
            self._ask_ahead(held, account)
        return True

    def _ask_ahead(self, held: HeldRequest, account: bytes) -> None:
        """Ask already, if there is room; what cannot be asked now may be different when its turn comes."""
        own = sum(item.check is CheckState.ASKED for item in self._queues[account])
        if self._asked >= LEDGER_CHECKS_AHEAD_MAX or own >= LEDGER_CHECKS_PER_ACCOUNT_MAX:
            return
        try:
            self._ask(held, account)
        except Rejection:
            return

    def _ask(self, held: HeldRequest, account: bytes) -> bool:
        """Ask the ledger about a request; False when there is nothing to ask."""
        assert self._check is not None
        withdrawal = self._question(held.signed.request)
        if withdrawal is None:
            return False
        if self._asked >= LEDGER_CHECKS_MAX:
            raise Rejection(Code.OVERLOADED, "too many withdrawals are being checked on the ledger; try again soon")
        self._charge(held)
        held.check = CheckState.ASKED
        self._asked += 1
        self._check(withdrawal, lambda refusal: self._told(held, account, refusal))
        return True

    def _told(self, held: HeldRequest, account: bytes, refusal: Rejection | None) -> None:
        self._asked -= 1
        held.check, held.refusal = CheckState.DONE, refusal
        self._advance(account)

    def _advance(self, account: bytes) -> None:
        """Execute what has its turn."""
        queue = self._queues[account]
        while queue:
            try:
                if self._must_wait(queue[0], account):
                    return
                self._execute(queue[0])
            except Rejection as error:
                queue[0].refuse(error)
                self._count(queue[0], error)
            else:
                self._count(queue[0], None)
            queue.popleft()
        del self._queues[account]

    def _must_wait(self, held: HeldRequest, account: bytes) -> bool:
        if held.refusal is not None:
            raise held.refusal
        return held.check is CheckState.ASKED or (held.check is CheckState.NONE and self._ask(held, account))
