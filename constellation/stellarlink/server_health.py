"""What is known of one server of a Stellar network, and when to ask it again. No I/O.

=============  ==================================================  ==========================================
state          how it got there                                    what follows
=============  ==================================================  ==========================================
untried        the beginning                                       it is checked before it is used
ok             a check found the right network, enough history     used; checked again and again
               and a fresh ledger
second choice  its ledger is old, behind or pruned, or something   used when no server is ok; checked again
               in it cannot be read or contradicts what was read   after a pause that grows
failed         it gave no usable answer                            checked again after a pause that grows
wrong network  it belongs to another network                       never used; checked again after a pause
=============  ==================================================  ==========================================
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

from constellation.stellarlink.errors import (
    HistoryGap,
    HistoryGone,
    LedgerReset,
    NetworkMismatch,
    NetworkUnavailable,
    ServerBehind,
    ServerStalled,
    StellarLinkError,
)
from constellation.stellarlink.network import NetworkInfo

CHECK_INTERVAL_S: Final = 30.0
"""Between two checks of a server that is well."""

BACK_OFF_MAX_S: Final = 60.0
"""Longest pause after errors, unless the server asks for more."""

FORGIVEN_AFTER_S: Final = 60.0
"""A server that was well for so long starts with the shortest pause again."""

_SHOWN_MAX: Final = 64  # remembered steps of a server's newest ledger


def back_off_s(first_s: float, longest_s: float, doublings: int, asked_s: float, random: Random) -> float:
    """A pause after errors in a row: it doubles and is spread, and is never shorter than the server asks."""
    longest = min(longest_s, first_s * (1 << min(doublings, 16)))
    return max(asked_s, longest * random.uniform(0.5, 1.0))


class ServerState(Enum):
    """Whether a server can be used."""

    UNTRIED = "untried"
    OK = "ok"
    SECOND_CHOICE = "second_choice"
    FAILED = "failed"
    WRONG_NETWORK = "wrong_network"


@dataclass(frozen=True, slots=True)
class Need:
    """What a server must have to be of use.

    Attributes:
        history_after: its history must begin with the next ledger at the latest; None when none is needed.
        accounted: the last ledger that the constellation has accounted for.
        accounted_closed_at_s: its close time; None when not known.
    """

    history_after: int | None = None
    accounted: int = 0
    accounted_closed_at_s: int | None = None

    def unmet(self, info: NetworkInfo) -> StellarLinkError | None:
        """What a server lacks; None when nothing."""
        if self.history_after is not None and info.oldest_ledger > self.history_after + 1:
            return HistoryGap(self.history_after + 1, info.oldest_ledger)
        if info.latest_ledger >= self.accounted:
            return None
        if self.accounted_closed_at_s is not None and info.latest_closed_at_s > self.accounted_closed_at_s:
            # Time never goes back on one ledger: a lower number that closed later is of another one.
            return LedgerReset(
                f"the server's newest ledger is {info.latest_ledger}, and closed after ledger {self.accounted}, "
                "which is accounted for"
            )
        return ServerBehind(info.latest_ledger, self.accounted)


class ServerHealth:
    """The state of one server.

    Args:
        clock: seconds since 1970, to compare with ledgers and to show.
        monotonic: seconds, for pauses.
        random: spreads the checks of many nodes.
        lag_limit_s: an older newest ledger is too old.
        back_off_s: first pause after an error; it doubles.

    Attributes:
        state: the present one.
        error: why it is not ok; None while it is.
        since_s: since when it is in this state, seconds since 1970.
        latest_ledger: the newest ledger that the server has shown; None before the first.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float],
        random: Random,
        lag_limit_s: float,
        back_off_s: float,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._random = random
        self._lag_limit_s = lag_limit_s
        self._back_off_s = back_off_s
        self._failures = 0
        self._retry_at = monotonic()
        self._ok_since = monotonic()
        self._shown: deque[tuple[float, int]] = deque(maxlen=_SHOWN_MAX)
        self.state = ServerState.UNTRIED
        self.error: StellarLinkError | None = None
        self.since_s = clock()
        self.latest_ledger: int | None = None

    @property
    def wait_s(self) -> float:
        """How long to wait before the next check."""
        return max(0.0, self._retry_at - self._monotonic())

    def showed(self, ledger: int) -> None:
        """The server's history has ``ledger``."""
        if ledger > (self.latest_ledger or 0):
            self.latest_ledger = ledger
            self._shown.append((self._monotonic(), ledger))

    @property
    def stall(self) -> ServerStalled | None:
        """What is wrong when the newest ledger has not moved for too long, whatever the clocks say."""
        stalled_s = self._monotonic() - self._shown[-1][0] if self._shown else 0.0
        if stalled_s <= self._lag_limit_s:
            return None
        return ServerStalled(f"its newest ledger is {self.latest_ledger} for {stalled_s:.0f} s")

    def settled_ledger(self, age_s: float) -> int:
        """The newest ledger that it has shown at least ``age_s`` ago; 0 when none."""
        before = self._monotonic() - age_s
        return max((ledger for at, ledger in self._shown if at <= before), default=0)

    def judge(self, info: NetworkInfo, network_passphrase: str, need: Need) -> StellarLinkError | None:
        """Take what a check has found; what is wrong with it, if something is."""
        error = self._find_fault(info, network_passphrase, need)
        if error is None:
            self._passed()
        else:
            self.failed(error)
        return error

    def _find_fault(self, info: NetworkInfo, network_passphrase: str, need: Need) -> StellarLinkError | None:
        if info.passphrase != network_passphrase:
            return NetworkMismatch(network_passphrase, info.passphrase)
        lag_s = self._clock() - info.latest_closed_at_s
        if lag_s > self._lag_limit_s:
            return need.unmet(info) or ServerStalled(f"its newest ledger {info.latest_ledger} is {lag_s:.0f} s old")
        return need.unmet(info) or self.stall

    def _passed(self) -> None:
        now = self._monotonic()
        self._retry_at = now + CHECK_INTERVAL_S * self._random.uniform(0.8, 1.0)
        if self.state is not ServerState.OK:
            self._ok_since = now
            self._enter(ServerState.OK, None)

    def failed(self, error: StellarLinkError) -> None:
        """Something was wrong with the server; several errors at once count as one."""
        now = self._monotonic()
        asked_s = (error.retry_after_s if isinstance(error, NetworkUnavailable) else None) or 0.0
        is_known = self.state not in (ServerState.OK, ServerState.UNTRIED)
        if is_known and now < self._retry_at:
            self._retry_at = max(self._retry_at, now + asked_s)
            return
        if self.state is ServerState.OK and now - self._ok_since >= FORGIVEN_AFTER_S:
            self._failures = 0
        self._failures += 1
        pause_s = back_off_s(self._back_off_s, BACK_OFF_MAX_S, self._failures - 1, asked_s, self._random)
        self._retry_at = now + pause_s
        self._enter(_state_after(error), error)

    def _enter(self, state: ServerState, error: StellarLinkError | None) -> None:
        if state is not self.state:
            self.since_s = self._clock()
        self.state, self.error = state, error


def _state_after(error: StellarLinkError) -> ServerState:
    if isinstance(error, NetworkMismatch):
        return ServerState.WRONG_NETWORK
    is_of_use = isinstance(error, ServerBehind | ServerStalled | HistoryGone) or not isinstance(
        error, NetworkUnavailable
    )
    return ServerState.SECOND_CHOICE if is_of_use else ServerState.FAILED
