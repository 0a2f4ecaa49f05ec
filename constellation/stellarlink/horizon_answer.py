"""One HTTP answer of a Horizon server and what it says, without I/O."""

import json
from dataclasses import dataclass
from typing import Any, Final

from constellation.stellarlink.errors import HistoryGone, MalformedAnswer, NetworkUnavailable, RateLimited
from constellation.stellarlink.horizon_json import (
    guarded,
    parse_problem,
    parse_problem_type,
    parse_result_codes,
    parse_transaction,
)
from constellation.stellarlink.network import SubmitOutcome, SubmitStatus

RETRY_AFTER_MAX_S: Final = 3600.0
"""Longest wish of a server that is honoured: Horizon's rate limits count per hour."""

_REFUSALS: Final = (400, 403, 413, 415)

_KINDS: Final[dict[int, type[NetworkUnavailable]]] = {410: HistoryGone, 429: RateLimited}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, decoded as far as every answer is alike.

    Attributes:
        status: of HTTP.
        document: decoded JSON; an empty object for an error that is none.
        latest_ledger: the ledger that the server's data had reached, if it said so.
        retry_after_s: how long the server wants to be left alone, if it said so.
    """

    status: int
    document: Any
    latest_ledger: int | None = None
    retry_after_s: float | None = None

    @classmethod
    def decode(cls, status: int, body: bytes, *, latest_ledger: str | None, retry_after: str | None) -> "Answer":
        """An answer from what arrived.

        Raises:
            MalformedAnswer: it claims to be good and is no JSON.
        """
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            # Proxies in front of Horizon answer errors in HTML; only a good answer has to be JSON.
            if status < 400:
                raise MalformedAnswer("an answer that is no JSON") from None
            document = {}
        seconds = _small_number(retry_after)  # the form with a date is left to the back-off
        wait_s = None if seconds is None else min(float(seconds), RETRY_AFTER_MAX_S)
        return cls(status, document, _small_number(latest_ledger), wait_s)

    def expect_ok(self, what: str) -> object:
        """The document of a good answer.

        Raises:
            NetworkUnavailable: it is none.
        """
        if self.status == 200:
            return self.document
        kind = _KINDS.get(self.status, NetworkUnavailable)
        raise kind(f"{what}: {self.problem}", self.retry_after_s)

    @property
    def is_not_found(self) -> bool:
        """Whether Horizon itself, not a proxy before it, says that there is no such thing."""
        return self.status == 404 and self._problem_type == "not_found"

    @property
    def _problem_type(self) -> str | None:
        try:
            return guarded("problem", parse_problem_type, self.document)
        except MalformedAnswer:
            return None

    @property
    def problem(self) -> str:
        """One line for people."""
        try:
            words = guarded("problem", parse_problem, self.document)
        except MalformedAnswer:
            words = ""
        return f"HTTP {self.status} {words}".rstrip()

    def submit_outcome(self) -> SubmitOutcome:
        """What an answer to a submission means.

        Raises:
            MalformedAnswer: a good answer is no transaction.
        """
        if self.status == 200:
            record = guarded("transaction", parse_transaction, self.document)
            return SubmitOutcome(SubmitStatus.INCLUDED if record.successful else SubmitStatus.FAILED)
        if self.status not in _REFUSALS:
            return SubmitOutcome(SubmitStatus.UNKNOWN, detail=self.problem, retry_after_s=self.retry_after_s)
        try:
            code, operations = guarded("problem", parse_result_codes, self.document)
        except MalformedAnswer:
            if self._problem_type == "transaction_failed":
                # Judged by the network in words that this version cannot read: never guess which way.
                return SubmitOutcome(SubmitStatus.UNKNOWN, detail=self.problem, retry_after_s=self.retry_after_s)
            code, operations = None, ()
        status = SubmitStatus.FAILED if code == "tx_failed" else SubmitStatus.REJECTED
        return SubmitOutcome(status, code, operations, self.problem, self.retry_after_s)


def _small_number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 10 else None
