import pytest

from constellation.protocol.errors import (
    ConstellationError,
    Divergence,
    ProtocolViolation,
    Rejection,
    VerificationError,
    clip,
)
from constellation.protocol.messages import Closing, Code
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage

KINDS = [Rejection, ProtocolViolation, Divergence, VerificationError]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_has_a_stable_code_and_a_sentence(kind) -> None:
    error = kind(Code.OFF_TICK, "price 7 is no multiple of 5")
    assert error.code is Code.OFF_TICK
    assert error.message == "price 7 is no multiple of 5"
    assert str(error) == "OFF_TICK (403): price 7 is no multiple of 5"


@pytest.mark.parametrize("kind", KINDS)
def test_the_tree_is_split_by_who_is_to_blame(kind) -> None:
    assert issubclass(kind, ConstellationError)
    for other in KINDS:
        assert issubclass(kind, other) == (kind is other)
    assert not issubclass(kind, MalformedMessage | UnencodableMessage)


def test_codes_are_never_renumbered() -> None:
    assert {code.name: int(code) for code in Code} == GOLDEN
    assert len({int(code) for code in Code}) == len(Code)


GOLDEN = {
    "MALFORMED": 100,
    "TOO_LARGE": 101,
    "UNSUPPORTED_VERSION": 102,
    "WRONG_CONSTELLATION": 103,
    "UNEXPECTED_MESSAGE": 104,
    "BAD_SIGNATURE": 105,
    "UNAUTHORIZED": 106,
    "TIMED_OUT": 107,
    "SLOW_READER": 108,
    "REPLACED": 109,
    "NOT_ADMITTED": 110,
    "EXPIRED": 200,
    "VALIDITY_TOO_LONG": 201,
    "NONCE_TOO_LOW": 202,
    "NONCE_CONFLICT": 203,
    "UNKNOWN_ACCOUNT": 204,
    "FOREIGN_ACCOUNT": 205,
    "INVALID_NONCE": 206,
    "AHEAD": 207,
    "PRUNED": 208,
    "ACCOUNT_CLOSED": 209,
    "EMPTY_BATCH": 210,
    "NOT_IN_BATCH": 211,
    "INVALID_QUERY": 212,
    "NO_HISTORY": 213,
    "UNKNOWN_SIGNER": 214,
    "AGENT_EXPIRED": 215,
    "NO_RIGHT": 216,
    "OWNER_ONLY": 217,
    "TOO_MANY_AGENTS": 218,
    "AGENT_NOT_FOUND": 219,
    "INVALID_AGENT": 220,
    "INVALID_RIGHTS": 221,
    "INVALID_AGENT_EXPIRY": 222,
    "INVALID_KEY": 223,
    "ACCOUNT_LOCKED": 224,
    "TIME_LOCKED": 225,
    "INVALID_LOCK": 226,
    "INVALID_SUB_ACCOUNT": 227,
    "SUB_ACCOUNT_OPEN": 228,
    "IS_SUB_ACCOUNT": 229,
    "NO_SUB_ACCOUNT": 230,
    "INVALID_AMOUNT": 300,
    "UNKNOWN_ASSET": 301,
    "INSUFFICIENT_FUNDS": 302,
    "BELOW_MINIMUM_BALANCE": 303,
    "SELF_PAYMENT": 304,
    "AMOUNT_OVERFLOW": 305,
    "UNKNOWN_DESTINATION": 306,
    "SUSPENDED_ASSET": 307,
    "ROUTING_ID_TAKEN": 308,
    "INVALID_ROUTING_ID": 309,
    "ACCOUNT_NOT_EMPTY": 310,
    "HOLD_NOT_FOUND": 311,
    "TOO_MANY_HOLDS": 312,
    "INVALID_PATH": 313,
    "PATH_OUT_OF_LIMIT": 314,
    "UNKNOWN_MARKET": 400,
    "MARKET_NOT_OPEN": 401,
    "INVALID_PRICE": 402,
    "OFF_TICK": 403,
    "OFF_LOT": 404,
    "BELOW_MINIMUM_NOTIONAL": 405,
    "TOO_MANY_OPEN_ORDERS": 406,
    "ORDER_NOT_FOUND": 407,
    "WOULD_TAKE": 408,
    "WOULD_NOT_FILL": 409,
    "DUPLICATE_CLIENT_ORDER_ID": 410,
    "INVALID_CLIENT_ORDER_ID": 411,
    "CONTRADICTORY_ORDER": 412,
    "PRICE_OUT_OF_BAND": 413,
    "ORDER_CHANGED": 414,
    "INVALID_EXPIRY": 415,
    "WOULD_TRIGGER": 416,
    "FORBIDDEN_DESTINATION": 500,
    "TOO_MANY_WITHDRAWALS": 501,
    "INVALID_MEMO": 502,
    "DESTINATION_NOT_FOUND": 503,
    "DESTINATION_EXISTS": 504,
    "DESTINATION_NO_TRUST": 505,
    "DESTINATION_LINE_FULL": 506,
    "DESTINATION_NOT_AUTHORIZED": 507,
    "MEMO_REQUIRED": 508,
    "BELOW_LEDGER_RESERVE": 509,
    "LEDGER_UNAVAILABLE": 510,
    "RATE_LIMITED": 600,
    "NOT_READY": 601,
    "NO_QUORUM": 602,
    "OVERLOADED": 603,
    "SHUTTING_DOWN": 604,
    "TOO_MANY_CONNECTIONS": 605,
    "HALTED": 606,
    "MOVED": 607,
    "STORAGE": 608,
    "IN_MAINTENANCE": 609,
    "BROKEN_CHAIN": 700,
    "WRONG_EPOCH": 701,
    "QUANTA_ROOT_MISMATCH": 702,
    "STATE_ROOT_MISMATCH": 703,
    "INVALID_QUANTUM": 704,
    "CLOCK_SKEW": 705,
    "EQUIVOCATION": 706,
    "LEDGER_CONTRADICTION": 707,
    "NOT_ENOUGH_SIGNATURES": 708,
    "BROKEN_PROMISE": 709,
    "TIME_IS_DUE": 710,
    "NOT_DUE": 711,
    "UNKNOWN_RULES": 712,
    "SAME_MODE": 713,
    "INVALID_PROPOSAL": 800,
    "STALE_PROPOSAL": 801,
    "TOO_MANY_PROPOSALS": 802,
}


@pytest.mark.parametrize("text", ["x" * 300, "ß" * 200, "𝄞" * 70, "x" + "ß" * 130, "\ud800" * 300, "short"])
def test_a_clipped_message_can_always_be_sent(text) -> None:
    message = clip(text)
    assert Closing.from_xdr(Closing(Code.MALFORMED, message).to_xdr()).message == message
    assert text.encode(errors="replace").decode().startswith(message)
    assert len(message.encode()) > 252 or message == text
