"""The state machine of one server, with a clock of the test's own."""

from random import Random

import pytest

from constellation.stellarlink import (
    HistoryGap,
    HistoryGone,
    LedgerContradiction,
    LedgerReset,
    MalformedAnswer,
    NetworkInfo,
    NetworkMismatch,
    NetworkUnavailable,
    RateLimited,
    ServerBehind,
    ServerStalled,
    ServerState,
    UndecodableTransaction,
)
from constellation.stellarlink.server_health import (
    BACK_OFF_MAX_S,
    CHECK_INTERVAL_S,
    FORGIVEN_AFTER_S,
    Need,
    ServerHealth,
)
from tests.stellarlink.support import PASSPHRASE


class Server:
    """A server's health, at a time that the test sets."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.health = ServerHealth(
            clock=lambda: 5000 + self.now_s,
            monotonic=lambda: self.now_s,
            random=Random(1),
            lag_limit_s=60,
            back_off_s=1,
        )

    def check(self, latest=100, *, oldest=1, age_s=5.0, passphrase=PASSPHRASE, need=None):
        closed_at_s = int(5000 + self.now_s - age_s)
        self.health.showed(latest)
        info = NetworkInfo(passphrase, latest, closed_at_s, oldest, 100, 5_000_000)
        return self.health.judge(info, PASSPHRASE, need or Need())


def test_a_server_is_checked_before_it_is_used_and_again_and_again():
    server = Server()
    assert (server.health.state, server.health.wait_s) == (ServerState.UNTRIED, 0)
    assert server.check() is None
    assert server.health.state is ServerState.OK
    assert 0 < server.health.wait_s <= CHECK_INTERVAL_S
    server.now_s += CHECK_INTERVAL_S
    assert server.health.wait_s == 0


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (NetworkUnavailable("down"), ServerState.FAILED),
        (MalformedAnswer("garbage"), ServerState.FAILED),
        (RateLimited("too often"), ServerState.FAILED),
        (NetworkMismatch("a", "b"), ServerState.WRONG_NETWORK),
        (ServerBehind(1, 2), ServerState.SECOND_CHOICE),
        (ServerStalled("old"), ServerState.SECOND_CHOICE),
        (HistoryGone("gone"), ServerState.SECOND_CHOICE),
        (HistoryGap(1, 2), ServerState.SECOND_CHOICE),
        (LedgerContradiction("odd"), ServerState.SECOND_CHOICE),
        (LedgerReset("odd"), ServerState.SECOND_CHOICE),
        (UndecodableTransaction("ab", "odd"), ServerState.SECOND_CHOICE),
    ],
    ids=lambda item: getattr(item, "kind", None) or item.value,
)
def test_what_goes_wrong_decides_whether_it_is_still_of_use(error, state):
    server = Server()
    server.check()
    server.now_s += 1
    server.health.failed(error)
    assert (server.health.state, server.health.error) == (state, error)
    assert server.health.since_s == 6001


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"passphrase": "another one"}, NetworkMismatch),
        ({"age_s": 61.0}, ServerStalled),
        ({"oldest": 52, "need": Need(history_after=50)}, HistoryGap),
        ({"latest": 99, "need": Need(accounted=100)}, ServerBehind),
        ({"latest": 99, "need": Need(accounted=100, accounted_closed_at_s=5994)}, LedgerReset),
        ({"latest": 99, "age_s": 100.0, "need": Need(accounted=100, accounted_closed_at_s=5994)}, ServerBehind),
        ({"oldest": 51, "need": Need(history_after=50, accounted=100)}, type(None)),
        ({"oldest": 999}, type(None)),
    ],
)
def test_a_check_finds(options, kind):
    assert type(Server().check(**options)) is kind


def test_pauses_double_up_to_a_bound_and_start_again_after_a_good_while():
    server = Server()
    waits = []
    for _ in range(12):
        server.health.failed(NetworkUnavailable("down"))
        waits.append(server.health.wait_s)
        server.now_s += waits[-1]
    assert 0.5 <= waits[0] <= 1
    assert 1 <= waits[1] <= 2
    assert all(BACK_OFF_MAX_S / 2 <= wait <= BACK_OFF_MAX_S for wait in waits[-3:])
    server.check()
    server.now_s += 1
    server.health.failed(NetworkUnavailable("down again"))
    assert server.health.wait_s >= BACK_OFF_MAX_S / 2  # a moment of health does not count
    server.now_s += server.health.wait_s
    server.check()
    server.now_s += FORGIVEN_AFTER_S
    server.health.failed(NetworkUnavailable("down again"))
    assert server.health.wait_s <= 1


def test_several_errors_at_once_count_as_one_and_the_longest_wish_counts():
    server = Server()
    for _ in range(10):
        server.health.failed(NetworkUnavailable("down"))
    assert server.health.wait_s <= 1
    server.health.failed(RateLimited("slow down", 300))
    assert server.health.wait_s == 300
    server.health.failed(RateLimited("slow down", 10))
    assert server.health.wait_s == 300


def test_a_ledger_that_does_not_move_is_a_stall_whatever_the_clocks_say():
    server = Server()
    server.check(100, age_s=-10_000)
    server.now_s += 60
    assert server.health.stall is None
    assert server.check(100, age_s=-10_000) is None
    server.now_s += 1
    assert isinstance(server.health.stall, ServerStalled)
    assert isinstance(server.check(100, age_s=-10_000), ServerStalled)
    server.now_s += server.health.wait_s
    assert server.check(101, age_s=-10_000) is None
    assert server.health.state is ServerState.OK


def test_a_settled_ledger_was_shown_long_enough_ago():
    server = Server()
    assert server.health.settled_ledger(10) == 0
    for ledger in (100, 101, 101, 103):
        server.health.showed(ledger)
        server.now_s += 5
    assert server.health.settled_ledger(4) == 103
    assert server.health.settled_ledger(6) == 101
    assert server.health.settled_ledger(20) == 100
    assert server.health.settled_ledger(21) == 0
