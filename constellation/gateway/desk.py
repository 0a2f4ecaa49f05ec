"""What clients ask of the exchange: the checks before the sequencer that need its state, and queries.

A submitted request comes with a signature that fits (:mod:`constellation.gateway.front`) and is checked in this order:
is it within the account's rate over all its connections, was it answered before, does alpha take requests just now,
does its operator admit the key to it, can a withdrawal arrive on the ledger, do the rules of the exchange allow it. So
a repeated request gets its first answer even while alpha takes no new ones. Requests of an account that withdraws wait
for the ledger's answer, in order (:mod:`constellation.gateway.ledger_queue`).

What an auditor passes on goes the same way once its signature was checked, but nobody waits for its answer, and it
counts against the auditor's rate: whoever can make an auditor repeat a request must not use up what the account may
send.
"""

from collections.abc import Callable

from prometheus_client import Counter

from constellation.gateway.admission import Gate
from constellation.gateway.answers import AnswerBook
from constellation.gateway.council import Council
from constellation.gateway.guests import Guest, Origin
from constellation.gateway.ledger_queue import HeldRequest, LedgerCheck, LedgerQueue, ledger_question
from constellation.gateway.metrics import GatewayMetrics
from constellation.gateway.queries import account_asked, account_snapshot, book_snapshot
from constellation.gateway.rate import RateLimiter
from constellation.protocol.errors import Rejection, clip
from constellation.protocol.leaves import Submission, body_hash, leaf_count
from constellation.protocol.messages import (
    AccountSnapshot,
    BookSnapshot,
    Code,
    Proposals,
    Propose,
    QueryAccount,
    QueryBook,
    RequestLimits,
    SessionRefused,
    encode_client_message,
)
from constellation.quanta import Machine, check_signer, request_signature_fits

_TOKENS_PER_PROOF = 20  # a read of the log, and an answer with a whole bucket
_TOKENS_PER_PROPOSAL = 50  # settings are checked whole: some milliseconds for the largest
_TOKENS_PER_CHECK = 10  # a question to a server that others count
_EFFECTS_PER_TOKEN = 10  # an answer that is repeated is proven and encoded anew
_ORDERS_PER_TOKEN = 50  # an account snapshot costs what it weighs, or big accounts could stall alpha


class RequestDesk:
    """Answers requests, or hands them to the sequencer.

    What a query shows is durable: its answer names the last quantum it shows, and is held back until then.

    Args:
        machine: read for answers.
        submit: executes a request at once; raises :exc:`Rejection` when nothing happened.
        refusal: why requests cannot be executed just now, if so.
        clock_us: microseconds since 1970.
        answers: remembered ones.
        council: for the auditors' proposals.
        metrics: counters.
        check: asks the ledger about withdrawals; None executes them unasked.
        gate: whom the operator admits; None: everybody.
    """

    def __init__(
        self,
        machine: Machine,
        submit: Callable[[Origin | None, Submission], None],
        refusal: Callable[[], Rejection | None],
        clock_us: Callable[[], int],
        answers: AnswerBook,
        council: Council,
        metrics: GatewayMetrics,
        check: LedgerCheck | None,
        gate: Gate | None = None,
    ) -> None:
        self._machine = machine
        self._execute = submit
        self._refusal = refusal
        self._clock_us = clock_us
        self._answers = answers
        self._council = council
        self._gate = gate
        self._limiter = RateLimiter(self._limits.requests_per_second, self._limits.burst)
        self._metrics = metrics
        self._counters: dict[tuple[bool, str], Counter] = {}
        self._queue = LedgerQueue(
            check,
            lambda request: ledger_question(machine.state, request, self._now_us),
            lambda held: self._charge(held.payer, _TOKENS_PER_CHECK),
            self._execute_now,
            lambda held, error: self._count(held.origin is None, "ACCEPTED" if error is None else error.code.name),
        )
        metrics.held.set_function(lambda: len(self._queue))

    def admits(self, guest: Guest) -> bool:
        """Whether a session's key may sign for its account now; one that may not is ended."""
        account = self._machine.state.vault.accounts.get(guest.account)
        try:
            if account is not None:
                check_signer(account, guest.signer, self._now_us)
            elif guest.signer is not None:
                raise Rejection(Code.UNKNOWN_SIGNER, "the key is neither the account's owner nor an agent of it")
        except Rejection as error:
            guest.send(SessionRefused(guest.session_id, error.code, clip(error.message)))
            return False
        return True

    def submit(self, origin: Origin, signed: Submission) -> None:
        """Check and execute a request, now or in its turn, or answer a repeated one.

        Raises:
            Rejection: nothing happened.
        """
        try:
            result = self._take(origin, origin.guest.account, signed)
        except Rejection as error:
            self._count(False, error.code.name)
            raise
        if result is not None:
            self._count(False, result)

    def forwarded(self, auditor: bytes, signed: Submission) -> None:
        """Check and execute a request that an auditor passes on, as if its account had sent it; count refusals."""
        try:
            self._rate.charge_request(auditor, self._clock_us(), leaf_count(signed))
            check_signature(self._machine.state.constellation, signed)
            result = self._take(None, auditor, signed)
        except Rejection as error:
            result = error.code.name
        if result is not None:
            self._count(True, result)

    def _count(self, is_forwarded: bool, result: str) -> None:
        """Count what became of a request; finding a counter by its label is slower than counting."""
        key = is_forwarded, result
        counter = self._counters.get(key)
        if counter is None:
            every = self._metrics.forwarded if is_forwarded else self._metrics.requests
            counter = self._counters[key] = every.labels(result)
        counter.inc()

    def _take(self, origin: Origin | None, payer: bytes, signed: Submission) -> str | None:
        """What became of a request; None when that is not known yet."""
        if origin is not None:
            self._rate.charge_request(payer, self._clock_us(), leaf_count(signed))
        held = HeldRequest(payer, origin, signed, body_hash(signed))
        answer = self._answers.find(signed.request, held.body)
        if answer is not None:
            if origin is not None:
                self._charge(payer, answer.weight // _EFFECTS_PER_TOKEN)
                answer.repeat(origin)
            return "REPEATED"
        if self._queue.repeat(held):
            return "REPEATED"
        self._check_open()
        if self._gate is not None:
            self._gate.check(signed.request)
        if self._queue.take(held):
            return None
        self._execute_now(held)
        return "ACCEPTED"

    def _check_open(self) -> None:
        """Alpha must take requests just now.

        Raises:
            Rejection: it does not.
        """
        refusal = self._refusal()
        if refusal is not None:
            raise refusal
        if self._answers.is_full:
            raise Rejection(Code.OVERLOADED, "too many requests have not expired yet; try again in some seconds")

    def _execute_now(self, held: HeldRequest) -> None:
        """Execute a request whose turn has come.

        Raises:
            Rejection: nothing happened.
        """
        self._check_open()
        origin, request = held.origin, held.signed.request
        is_foreign = origin is not None and origin.guest.account != request.account  # it brings its own appointment
        self._execute(None if is_foreign else origin, held.signed)
        answer = self._answers.open(request, held.body)
        if origin is not None and is_foreign:
            answer.waiters.append(origin)
        answer.waiters.extend(held.repeats)

    @property
    def _limits(self) -> RequestLimits:
        return self._machine.state.settings.limits

    @property
    def _rate(self) -> RateLimiter:
        """By the settings in force now."""
        self._limiter.change(self._limits.requests_per_second, self._limits.burst)
        return self._limiter

    @property
    def _now_us(self) -> int:
        """The time that a quantum would get now."""
        return max(self._clock_us(), self._machine.state.timestamp)

    def _charge(self, payer: bytes, tokens: int) -> None:
        self._rate.charge(payer, self._clock_us(), tokens)

    def charge_proof(self, guest: Guest) -> None:
        """Count a proof against the account's rate.

        Raises:
            Rejection: RATE_LIMITED.
        """
        self._rate.charge_proof(guest.account, self._clock_us(), _TOKENS_PER_PROOF)

    def query_account(self, origin: Origin, query: QueryAccount) -> None:
        """Answer with the session's own account, or a sub-account of it.

        Raises:
            Rejection: OWNER_ONLY, INVALID_SUB_ACCOUNT or RATE_LIMITED.
        """
        state = self._machine.state
        key = account_asked(state, origin.guest, query.sub_account)
        account = state.vault.accounts.get(key)
        self._charge(origin.guest.account, 1 + (len(account.orders) // _ORDERS_PER_TOKEN if account is not None else 0))
        self._answer(origin, account_snapshot(state, key, origin.request_id))

    def query_book(self, origin: Origin, query: QueryBook) -> None:
        """Answer with the best levels of a market.

        Raises:
            Rejection: RATE_LIMITED or UNKNOWN_MARKET.
        """
        self._charge(origin.guest.account, 1)
        self._answer(origin, book_snapshot(self._machine.state, query))

    def propose(self, origin: Origin, message: Propose) -> None:
        """Count an auditor's signature and answer with what is open then.

        Raises:
            Rejection: RATE_LIMITED or those of :meth:`Council.propose`.
        """
        self._charge(origin.guest.account, _TOKENS_PER_PROPOSAL)
        self._council.propose(message.proposal)
        self._answer_proposals(origin)

    def query_proposals(self, origin: Origin) -> None:
        """Answer with what is proposed and not decided.

        Raises:
            Rejection: RATE_LIMITED.
        """
        self._charge(origin.guest.account, _TOKENS_PER_PROOF)
        self._answer_proposals(origin)

    def _answer_proposals(self, origin: Origin) -> None:
        version = self._machine.state.settings_version
        self._answer(origin, Proposals(origin.request_id, version, self._council.open_proposals()))

    def _answer(self, origin: Origin, answer: AccountSnapshot | BookSnapshot | Proposals) -> None:
        origin.guest.answer(origin.slot, [encode_client_message(answer)], apex=self._machine.state.apex)


def check_signature(constellation: bytes, signed: Submission) -> None:
    """The account itself must have signed a request for this constellation.

    Raises:
        Rejection: BAD_SIGNATURE.
    """
    if not request_signature_fits(constellation, signed):
        raise Rejection(
            Code.BAD_SIGNATURE, "the signature does not fit the request, who signs it, and this constellation"
        )
