"""The one tree of errors answers whether it is certain that nothing happened, for every error and every code."""

import inspect

import pytest

from constellation.protocol.messages import CancelOrder, Code, Request, SignedRequest
from constellation.sdk import (
    Advice,
    ClocksDiffer,
    ConnectionClosed,
    EventsMissed,
    ExchangeError,
    FeedRefused,
    HistoryReplaced,
    InvalidRequest,
    NetworkError,
    NotClosed,
    NotFinal,
    OutcomeUnknown,
    PartlyDone,
    RateLimitExceeded,
    RequestTimeout,
    SdkError,
    VerificationFailed,
    errors,
    refusals,
)
from constellation.sdk.refusals import refusal, refusal_kind

SIGNED = SignedRequest(Request(bytes(32), None, 1, 2, CancelOrder(1)), bytes(64))
EVERY = {
    InvalidRequest("x"): (True, Advice.NEVER, None),
    OutcomeUnknown("x", SIGNED): (False, Advice.SAME_BYTES, None),
    ConnectionClosed(None, "x"): (True, Advice.LATER, None),
    ClocksDiffer(2**63 - 1, 0, 1): (True, Advice.LATER, None),
    ConnectionClosed(Code.REPLACED, "x"): (True, Advice.LATER, Code.REPLACED),
    PartlyDone("x", ()): (False, Advice.CHANGED, None),
    NotClosed("x", ()): (False, Advice.CHANGED, None),
    NotFinal("x"): (False, Advice.NEVER, None),
    VerificationFailed("x", "x"): (False, Advice.NEVER, None),
    HistoryReplaced(7, 3): (False, Advice.NEVER, None),
    EventsMissed(1, 2): (False, Advice.NEVER, None),
    FeedRefused("UNKNOWN_MARKET", "x"): (True, Advice.NEVER, "UNKNOWN_MARKET"),
}


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_error_says_whether_nothing_happened(error: SdkError) -> None:
    assert (error.nothing_happened, error.advice, error.code) == EVERY[error]
    assert error.message


def test_no_error_is_left_out() -> None:
    found = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, SdkError)}
    assert found - {type(error) for error in EVERY} == {SdkError, ExchangeError, NetworkError, RequestTimeout}


@pytest.mark.parametrize("code", Code)
def test_a_refusal_with_any_code_is_certain(code: Code) -> None:
    error = refusal(code, "why")
    assert isinstance(error, ExchangeError)
    assert (error.nothing_happened, error.code, error.message) == (True, code, "why")
    assert str(error) == f"{code.name} ({code.value}): why"
    assert type(error) is refusal_kind(code) is not ExchangeError
    assert isinstance(error, NetworkError) == (error.advice is Advice.LATER)


def test_kinds_do_not_share_codes_and_all_are_exported() -> None:
    codes = [code for codes in refusals._KINDS.values() for code in codes]
    assert len(codes) == len(set(codes))
    kinds = {kind for _, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, ExchangeError)}
    import constellation.sdk

    assert all(getattr(constellation.sdk, kind.__name__) is kind for kind in kinds - {ExchangeError})


def test_names_are_those_of_ccxt() -> None:
    assert refusal_kind(Code.RATE_LIMITED) is RateLimitExceeded
    assert refusal_kind(Code.OFF_TICK) is refusals.InvalidOrder
    assert refusal_kind(Code.INSUFFICIENT_FUNDS) is refusals.InsufficientFunds
    assert issubclass(refusals.OrderNotFound, refusals.InvalidOrder)
    assert issubclass(OutcomeUnknown, RequestTimeout)
