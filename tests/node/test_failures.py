import asyncio

import pytest

from constellation.node.config import ConfigurationError
from constellation.node.demo import DemoFailed
from constellation.node.exit_codes import ExitCode
from constellation.node.failures import explain
from constellation.node.processes import ChildFailed
from constellation.node.secret_files import KeyFileError
from constellation.protocol.errors import Divergence, ProtocolViolation, Rejection, UnknownRules, VerificationError
from constellation.protocol.messages import Code
from constellation.snapshots import DirectoryInUse, LogMismatch, StorageFailure
from constellation.stellarlink import BootstrapError, NetworkMismatch, NetworkUnavailable

DIVERGENCE = Divergence(Code.STATE_ROOT_MISMATCH, "the state differs")
STORAGE = StorageFailure("the disk is full")
LOST = ConnectionResetError("connection lost")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("x"), ExitCode.CONFIGURATION),
        (KeyFileError("x"), ExitCode.CONFIGURATION),
        (LogMismatch("x"), ExitCode.CONFIGURATION),
        (NetworkMismatch("a", "b"), ExitCode.CONFIGURATION),
        (DirectoryInUse("x"), ExitCode.IN_USE),
        (DIVERGENCE, ExitCode.DIVERGED),
        (UnknownRules(Code.UNKNOWN_RULES, "x"), ExitCode.OUTDATED),
        (STORAGE, ExitCode.STORAGE),
        (ChildFailed("x"), ExitCode.FAILED),
        (DemoFailed("x"), ExitCode.FAILED),
        (NetworkUnavailable("x"), ExitCode.FAILED),
        (BootstrapError("x"), ExitCode.FAILED),
        (Rejection(Code.OVERLOADED, "x"), ExitCode.FAILED),
        (ProtocolViolation(Code.MALFORMED, "x"), ExitCode.FAILED),
        (VerificationError(Code.BAD_SIGNATURE, "x"), ExitCode.FAILED),
        (PermissionError(13, "Permission denied", "data"), ExitCode.FAILED),
        (LOST, ExitCode.FAILED),
    ],
    ids=lambda item: type(item).__name__,
)
def test_expected_failures_have_exit_codes(error: Exception, code: ExitCode) -> None:
    assert explain(error) == (code, str(error))


@pytest.mark.parametrize(
    "bug",
    [AssertionError("x"), ValueError("x"), KeyError("x"), TypeError("x"), asyncio.CancelledError(), RuntimeError()],
)
def test_a_bug_is_not_explained_away(bug: BaseException) -> None:
    assert explain(bug) is None
    assert explain(BaseExceptionGroup("tasks", [bug])) is None


def test_groups_are_looked_into() -> None:
    inner = ExceptionGroup("inner", [DIVERGENCE])
    assert explain(ExceptionGroup("outer", [ExceptionGroup("middle", [inner])])) == (
        ExitCode.DIVERGED,
        str(DIVERGENCE),
    )


@pytest.mark.parametrize("order", [[LOST, DIVERGENCE], [DIVERGENCE, LOST]])
def test_the_most_telling_of_several_failures_decides(order: list[Exception]) -> None:
    expected = explain(ExceptionGroup("tasks", [ExceptionGroup("more", order), LOST]))
    assert expected is not None
    assert expected[0] is ExitCode.DIVERGED
    assert sorted(expected[1].split("; ")) == sorted([str(DIVERGENCE), str(LOST)])


@pytest.mark.parametrize("bug", [AssertionError("x"), ValueError("x")])
def test_a_bug_among_expected_failures_is_not_swallowed(bug: Exception) -> None:
    assert explain(ExceptionGroup("tasks", [STORAGE, bug])) is None
    assert explain(ExceptionGroup("tasks", [ExceptionGroup("inner", [bug]), STORAGE])) is None


def test_a_failure_without_words_is_named() -> None:
    assert explain(TimeoutError()) == (ExitCode.FAILED, "TimeoutError")
