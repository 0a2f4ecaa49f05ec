"""The states of a node, as tables: what each means, which follows which, and why.

``docs/reference/states.md`` is generated from them.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from prometheus_client import CollectorRegistry, Counter, Gauge

log = logging.getLogger(__name__)


class NodeState(Enum):
    """Where a node is on its way; each role has some of them."""

    WAITING = "waiting"
    ADOPTING = "adopting"
    RISING = "rising"
    CONNECTING = "connecting"
    PROMISING = "promising"
    RECOVERING = "recovering"
    CATCHING_UP = "catching_up"
    READY = "ready"
    NO_QUORUM = "no_quorum"
    DIVERGED = "diverged"
    HALTED = "halted"
    STOPPING = "stopping"


@dataclass(slots=True, frozen=True)
class Transition:
    """One allowed change.

    Attributes:
        sources: the states that it starts from.
        target: the state that it leads to.
        reason: why it happens.
    """

    sources: tuple[NodeState, ...]
    target: NodeState
    reason: str


@dataclass(slots=True, frozen=True)
class StateTable:
    """The states of a role.

    Attributes:
        role: ``alpha``, ``auditor`` or ``chronicler``.
        meanings: of every state; the first one is where a node starts.
        transitions: all that may happen.
    """

    role: str
    meanings: dict[NodeState, str]
    transitions: tuple[Transition, ...]

    @property
    def first(self) -> NodeState:
        """Where a node starts."""
        return next(iter(self.meanings))

    def find(self, source: NodeState, target: NodeState) -> Transition | None:
        """The transition from ``source`` to ``target``, if it is allowed."""
        return next((item for item in self.transitions if source in item.sources and item.target is target), None)


_RISE = (NodeState.WAITING, NodeState.ADOPTING, NodeState.RISING)
_SERVE = (NodeState.READY, NodeState.NO_QUORUM)

ALPHA_STATES = StateTable(
    "alpha",
    {
        NodeState.WAITING: "it waits until enough auditors have promised its epoch",
        NodeState.ADOPTING: "it takes over the best chain among the promises and fetches what its own log lacks",
        NodeState.RISING: "the epoch is open and its first batch is with the auditors; clients are not let in yet",
        NodeState.READY: "it serves clients",
        NodeState.NO_QUORUM: "it answers queries and refuses requests, because nothing could be made final",
        NodeState.HALTED: "it does nothing more, because going on could break a promise",
        NodeState.STOPPING: "it acknowledges what was executed and ends",
    },
    (
        Transition((NodeState.WAITING,), NodeState.ADOPTING, "enough auditors have promised the epoch"),
        Transition((NodeState.ADOPTING,), NodeState.WAITING, "nobody delivers what the best chain needs"),
        Transition((NodeState.ADOPTING,), NodeState.RISING, "the epoch's first batch is stored"),
        Transition((NodeState.RISING,), NodeState.READY, "a quorum has signed the state"),
        Transition((NodeState.READY,), NodeState.NO_QUORUM, "too few auditors follow, or too much waits for them"),
        Transition((NodeState.NO_QUORUM,), NodeState.READY, "a quorum follows again and has signed what waited"),
        Transition((*_RISE, *_SERVE), NodeState.STOPPING, "it was asked to stop"),
        Transition(
            (*_RISE, *_SERVE, NodeState.STOPPING),
            NodeState.HALTED,
            "the disk failed, the log is damaged, the signer is gone or refuses, a quantum failed half-way, or another "
            "alpha was appointed",
        ),
    ),
)
"""How alpha lives."""

_FOLLOW = (NodeState.PROMISING, NodeState.RECOVERING, NodeState.CATCHING_UP, NodeState.READY)

AUDITOR_STATES = StateTable(
    "auditor",
    {
        NodeState.CONNECTING: "it has no connection to alpha, and tries again and again, if its disk has space",
        NodeState.PROMISING: "it is connected, and promises alpha's epoch or waits until alpha opens it",
        NodeState.RECOVERING: "it follows alpha and does not vote, as its log (new, or an old copy) may lack its votes",
        NodeState.CATCHING_UP: "it replays and signs what it lacks",
        NodeState.READY: "it has what alpha had when the stream began, and verifies and signs what is new",
        NodeState.DIVERGED: "it signs nothing more: alpha's quanta contradict the rules or this node's own result",
        NodeState.HALTED: "it does nothing more, because going on could break a promise",
        NodeState.STOPPING: "it stores what it has begun and ends",
    },
    (
        Transition((NodeState.CONNECTING,), NodeState.PROMISING, "the connection to alpha is open and proven"),
        Transition(
            (NodeState.PROMISING,), NodeState.RECOVERING, "the stream has begun, and the log is new or an old copy"
        ),
        Transition((NodeState.PROMISING,), NodeState.CATCHING_UP, "the stream has begun"),
        Transition((NodeState.RECOVERING,), NodeState.CATCHING_UP, "the log has all that may have been signed before"),
        Transition((NodeState.CATCHING_UP,), NodeState.READY, "the log has what alpha had when the stream began"),
        Transition(_FOLLOW, NodeState.CONNECTING, "the connection to alpha has ended"),
        Transition((NodeState.CONNECTING, *_FOLLOW), NodeState.STOPPING, "it was asked to stop"),
        Transition(
            (NodeState.CONNECTING, *_FOLLOW, NodeState.STOPPING),
            NodeState.DIVERGED,
            "alpha contradicts the rules, its own words, or this node's own result",
        ),
        Transition(
            (NodeState.CONNECTING, *_FOLLOW, NodeState.STOPPING),
            NodeState.HALTED,
            "the disk failed, the log is damaged, the signer is gone or refuses, or this node has a fault",
        ),
    ),
)
"""How an auditor lives."""


_ENDS = (NodeState.STOPPING, NodeState.HALTED, NodeState.DIVERGED)


CHRONICLER_STATES = StateTable(
    "chronicler",
    {
        NodeState.CATCHING_UP: "it writes what its history lacks, or looks for somebody who has it",
        NodeState.READY: "its history is near the present",
        NodeState.HALTED: "it does nothing more: its database is not what it has written",
        NodeState.STOPPING: "it writes what it has begun and ends",
    },
    (
        Transition((NodeState.CATCHING_UP,), NodeState.READY, "the history has what its source says is final"),
        Transition((NodeState.READY,), NodeState.CATCHING_UP, "it has fallen behind, or lost its source"),
        Transition((NodeState.CATCHING_UP, NodeState.READY), NodeState.STOPPING, "it was asked to stop"),
        Transition(
            (NodeState.CATCHING_UP, NodeState.READY, NodeState.STOPPING),
            NodeState.HALTED,
            "somebody else has changed its database, or this node has a fault",
        ),
    ),
)
"""How a chronicler lives."""


class LifecycleMetrics:
    """What an operator sees of it.

    Args:
        registry: of the node.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.state = Gauge(
            "constellation_node_state", "1 for the state that the node is in.", ["state"], registry=registry
        )
        self.transitions = Counter(
            "constellation_node_transitions", "Changes of the node's state.", ["source", "target"], registry=registry
        )


class Lifecycle:
    """The state of one node: it changes as the table allows, and every change is told and counted.

    Args:
        table: of the node's role.
        clock_us: the time now, in microseconds since 1970.
        registry: for the metrics.

    Attributes:
        state: the present one.
        reason: why the node is in it.
    """

    def __init__(self, table: StateTable, clock_us: Callable[[], int], registry: CollectorRegistry) -> None:
        self._table = table
        self._clock_us = clock_us
        self._since_us = clock_us()
        self.state = table.first
        self.reason = table.meanings[table.first]
        self._metrics = LifecycleMetrics(registry)
        for state in table.meanings:
            self._metrics.state.labels(state.value).set(state is table.first)

    @property
    def is_ending(self) -> bool:
        """Whether the node stops or has stopped working."""
        return self.state in _ENDS

    def stop(self) -> None:
        """The node was asked to stop; nothing happens when it has halted before."""
        if not self.is_ending:
            self.enter(NodeState.STOPPING)

    def fail(self, target: NodeState, error: BaseException) -> None:
        """The node cannot go on; the first failure counts.

        Args:
            target: HALTED or DIVERGED.
            error: what happened.
        """
        if self.state is NodeState.STOPPING or not self.is_ending:
            self.enter(target, str(error) or type(error).__name__)

    def enter(self, target: NodeState, detail: str | None = None) -> None:
        """Change to ``target``; nothing happens when that is the state already.

        What a node had begun before it was asked to stop, or failed, may still end well: the state stays.

        Args:
            target: a state that the table allows after the present one.
            detail: what exactly happened, where the table's reason is too general.
        """
        source = self.state
        if target is source or (self.is_ending and target not in _ENDS):
            return
        transition = self._table.find(source, target)
        assert transition is not None, f"{self._table.role}: {source.value} is never followed by {target.value}"
        self.state, self._since_us = target, self._clock_us()
        self.reason = detail or transition.reason
        self._metrics.state.labels(source.value).set(0)
        self._metrics.state.labels(target.value).set(1)
        self._metrics.transitions.labels(source.value, target.value).inc()
        log.info("state", extra={"from": source.value, "to": target.value, "reason": self.reason})

    def describe(self) -> dict[str, object]:
        """State, reason and since when, for the status page."""
        since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self._since_us)
        return {
            "state": self.state.value,
            "state_reason": self.reason,
            "since": since.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
