"""What a Horizon server answers: documents, and streams of events."""

import json
from collections.abc import Callable
from typing import Any

from constellation.stellarlink.errors import MalformedAnswer, NetworkUnavailable
from constellation.stellarlink.horizon_answer import RETRY_AFTER_MAX_S, Answer
from constellation.stellarlink.horizon_json import (
    guarded,
    parse_account,
    parse_fee_stats,
    parse_ledgers,
    parse_network,
    parse_problem,
    parse_problem_type,
    parse_result_codes,
    parse_root,
    parse_transaction,
    parse_transactions,
)
from constellation.stellarlink.horizon_stream import LINE_MAX_BYTES, EventParser
from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes, edit_json
from fuzzing.http import cut
from tests.stellarlink.test_horizon_json import ACCOUNT, FEE_STATS, LEDGERS, PROBLEM, ROOT, TRANSACTIONS

_NUMBERS = (None, "7", "-1", "٣", "1e3", "99999999999", "", " 7", "Wed, 21 Oct 2015 07:28:00 GMT", "²")
_LINES = (
    b"data: {}\n",
    b"event: close\n",
    b"event: error\n",
    b"\n",
    b"\r\n",
    b"id: 7\n",
    b": x\n",
    b"data\n",
    b"event\n",
)
_STATUSES = (200, 400, 403, 404, 410, 413, 429, 500, 503, 504, 0, 999)
_TRANSACTION = TRANSACTIONS["_embedded"]["records"][0]

_PARSERS: list[tuple[object, Callable[[Any], object]]] = [
    (ACCOUNT, parse_account),
    (FEE_STATS, parse_fee_stats),
    (TRANSACTIONS, parse_transactions),
    (_TRANSACTION, parse_transaction),
    (LEDGERS, parse_ledgers),
    (LEDGERS, lambda document: parse_network(("x", 1, 1, 1), document)),
    (ROOT, parse_root),
    (PROBLEM, parse_problem),
    (PROBLEM, parse_problem_type),
    (PROBLEM, parse_result_codes),
]


def fuzz(data: bytes) -> None:
    """Raises when anything but a malformed answer comes out of an answer, or a cut in a stream changes its events."""
    choices = Choices(data)
    if choices.below(4) == 3:
        _stream(choices)
    else:
        _answer(choices)


def _answer(choices: Choices) -> None:
    original, parse = choices.of(_PARSERS)
    body = json.dumps(edit_json(choices, json.loads(json.dumps(original)))).encode()
    if choices.below(4) == 3:
        body = edit_bytes(choices, body, [b"[" * 50_000])
    status, numbers = choices.of(_STATUSES), (choices.of(_NUMBERS), choices.of(_NUMBERS))
    try:
        answer = Answer.decode(status, body, latest_ledger=numbers[0], retry_after=numbers[1])
    except MalformedAnswer:
        return
    assert answer.retry_after_s is None or 0 <= answer.retry_after_s <= RETRY_AFTER_MAX_S
    assert isinstance(answer.problem, str)
    assert "\n" not in answer.problem
    assert answer.is_not_found in (True, False)
    attempts: list[Callable[[], object]] = [
        answer.submit_outcome,
        lambda: guarded("document", parse, answer.expect_ok("document")),
    ]
    for read in attempts:
        try:
            repr(read())
        except (MalformedAnswer, NetworkUnavailable) as error:
            str(error).encode(errors="surrogatepass")


def _stream(choices: Choices) -> None:
    said = b"".join(choices.of(_LINES) if choices.below(4) else choices.piece() for _ in range(choices.below(24)))
    if choices.flag():
        said += b"x" * (LINE_MAX_BYTES - 2 + choices.below(4))
    whole = _events([said])
    pieces = _events(cut(choices, said))
    assert whole == pieces or None in (whole, pieces), "how a stream is cut changes its events"


def _events(pieces: list[bytes]) -> list[str] | None:
    """The events; None when the stream was given up."""
    parser, found = EventParser(), list[str]()
    for piece in pieces:
        try:
            found += parser.feed(piece)
        except MalformedAnswer:
            return None
        assert len(parser._line) <= LINE_MAX_BYTES
    return found
