"""Crash points: named boundaries of a node, wrapped from outside, at which it can be made to die."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

import pytest

from constellation.gateway import Hub
from constellation.gateway import desk as desk_module
from constellation.herald import own_chain as own_chain_module
from constellation.herald import replica as replica_module
from constellation.herald import stream as stream_module
from constellation.herald.alpha import AlphaHerald
from constellation.herald.client import ClusterClient
from constellation.herald.replica import Replica
from constellation.herald.votes import VoteCounter
from constellation.node import ledger_reports as reports_module
from constellation.node import task_signing as task_signing_module
from constellation.node.clients import Clients
from constellation.node.node_log import NodeLog
from constellation.node.rising import Rising
from constellation.node.sequencer import Sequencer
from constellation.protocol.messages import Batch, Certificate, SignedPromise, Vote, WithdrawalSignature
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.snapshots import QuantumLog, StoredBatch
from constellation.stellarlink import DestinationChecker, HorizonNetwork, TaskGuard, TaskSubmitter
from tests.faults.lives import Dead, DeadDisk, Life, Registry, current

_FROZEN_S = 20.0  # then a test that forgets to thaw fails instead of hanging

Condition = Callable[[tuple[Any, ...], Any], bool]


def _always(_args: tuple[Any, ...], _result: Any) -> bool:
    return True


def _takes(kind: type) -> Condition:
    """Whether an argument is a ``kind``, or a list that has one."""

    def condition(args: tuple[Any, ...], _result: Any) -> bool:
        items = [item for arg in args for item in (arg if isinstance(arg, Sequence) else [arg])]
        return any(isinstance(item, kind) for item in items)

    return condition


@dataclass(frozen=True)
class Boundary:
    """A call that a crash can come before or after.

    Attributes:
        owner: class or module that has it.
        attribute: its name there.
        condition: whether a call is meant, by its arguments and, afterwards, its result.
    """

    owner: Any
    attribute: str
    condition: Condition = _always


BOUNDARIES = {
    # alpha, in the order of a quantum's life
    "receive": Boundary(desk_module.RequestDesk, "submit"),
    "verify": Boundary(desk_module, "request_signature_fits"),
    "sequence": Boundary(Sequencer, "execute"),
    "apply": Boundary(Machine, "execute_all"),
    "sign": Boundary(KeyPair, "sign"),
    "append": Boundary(QuantumLog, "write", _takes(StoredBatch)),
    "send": Boundary(AlphaHerald, "relay"),
    "acknowledge": Boundary(Hub, "acknowledge"),
    "aggregate": Boundary(VoteCounter, "count"),
    "store the certificate": Boundary(QuantumLog, "write", _takes(Certificate)),
    "finalize": Boundary(Hub, "finalize"),
    "check a destination": Boundary(DestinationChecker, "check"),
    "take a signature": Boundary(TaskSubmitter, "receive_signature"),
    "submit a withdrawal": Boundary(HorizonNetwork, "submit"),
    "note an outcome": Boundary(TaskSubmitter, "submitted"),
    "look for a transaction": Boundary(HorizonNetwork, "transaction"),
    # alpha, rising
    "adopt": Boundary(Rising, "adopt"),
    "open the epoch": Boundary(Rising, "open_epoch"),
    "tell the opening": Boundary(AlphaHerald, "opened"),
    "start a stream": Boundary(AlphaHerald, "start_stream"),
    "open the gateway": Boundary(Clients, "open"),
    # an auditor
    "receive a batch": Boundary(Replica, "receive", _takes(Batch)),
    "verify a batch": Boundary(stream_module, "check_signed_header"),
    "apply a batch": Boundary(own_chain_module, "replay"),
    "send a vote": Boundary(ClusterClient, "send", _takes(Vote)),
    "store the promise": Boundary(QuantumLog, "write", _takes(SignedPromise)),
    "send the promise": Boundary(ClusterClient, "send", _takes(SignedPromise)),
    "take the opening": Boundary(replica_module, "check_opening"),
    "note the certificate": Boundary(NodeLog, "certify"),
    "sign a report": Boundary(reports_module, "sign_report"),
    "look at the vault": Boundary(TaskGuard, "problems"),
    "sign a withdrawal": Boundary(task_signing_module, "sign_task"),
    "send a signature": Boundary(ClusterClient, "send", _takes(WithdrawalSignature)),
}
"""By the name of the step."""

FSYNC = "commit"
"""The step between what was written and the end of its transaction: there is only a 'before'."""


@dataclass(frozen=True)
class Trap:
    """Where a node dies.

    Attributes:
        node: its name.
        step: one of :data:`BOUNDARIES`, or :data:`FSYNC`.
        moment: ``before`` or ``after``.
        blackout: whether everybody else dies in the same moment.
    """

    node: str
    step: str
    moment: str
    blackout: bool = False

    def __str__(self) -> str:
        return f"{self.node} {self.moment} {self.step}" + (" and all others" if self.blackout else "")


class Points:
    """All boundaries, wrapped; at most one trap is set.

    Args:
        patch: undoes the wraps.
        registry: knows whose log is whose.
    """

    def __init__(self, patch: pytest.MonkeyPatch, registry: Registry) -> None:
        self._registry = registry
        self._trap: Trap | None = None
        self._frozen: set[str] = set()
        self._thaw = Event()
        registry.on_commit = self._before_commit
        calls: dict[tuple[int, str], list[tuple[str, Boundary]]] = {}
        for step, boundary in BOUNDARIES.items():
            calls.setdefault((id(boundary.owner), boundary.attribute), []).append((step, boundary))
        for named in calls.values():
            boundary = named[0][1]
            original = getattr(boundary.owner, boundary.attribute)
            wrap = self._wrap_async if inspect.iscoroutinefunction(original) else self._wrap
            patch.setattr(boundary.owner, boundary.attribute, wrap(original, named))

    def set(self, trap: Trap) -> None:
        """Let a node die at the next such call."""
        self._trap = trap

    @property
    def is_set(self) -> bool:
        """Whether nobody has stepped into the trap yet."""
        return self._trap is not None

    def _wrap(self, original: Callable[..., Any], named: list[tuple[str, Boundary]]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            life = self._whose(args)
            self._check(life, named, "before", args, None)
            result = original(*args, **options)
            self._check(life, named, "after", args, result)
            return result

        return call

    def _wrap_async(self, original: Callable[..., Any], named: list[tuple[str, Boundary]]) -> Callable[..., Any]:
        async def call(*args: Any, **options: Any) -> Any:
            life = self._whose(args)
            self._check(life, named, "before", args, None)
            result = await original(*args, **options)
            self._check(life, named, "after", args, result)
            return result

        return call

    def _whose(self, args: tuple[Any, ...]) -> Life | None:
        """A log is written in a thread, which has no context."""
        return self._registry.writer(args[0].engine) if args and isinstance(args[0], QuantumLog) else current()

    def _check(
        self, life: Life | None, named: list[tuple[str, Boundary]], moment: str, args: tuple[Any, ...], result: Any
    ) -> None:
        if life is None:
            return
        if life.is_dead:
            raise DeadDisk(life.name) if args and isinstance(args[0], QuantumLog) else Dead(life.name)
        for step, boundary in named:
            if boundary.condition(args, result):
                self._pass(life, step, moment)

    def _pass(self, life: Life, step: str, moment: str) -> None:
        trap = self._trap
        if trap is not None and (trap.node, trap.step, trap.moment) == (life.name, step, moment):
            self._trap = None
            for other in self._registry.living if trap.blackout else ():
                other.kill()
            life.die()

    def _before_commit(self, life: Life) -> None:
        self._pass(life, FSYNC, "before")
        if life.name in self._frozen:
            self._thaw.wait(_FROZEN_S)

    @contextmanager
    def frozen_disks(self, *nodes: str) -> Iterator[None]:
        """What these nodes write does not become durable meanwhile; they are not told, they wait."""
        self._thaw.clear()
        self._frozen = set(nodes)
        try:
            yield
        finally:
            self._frozen = set()
            self._thaw.set()
