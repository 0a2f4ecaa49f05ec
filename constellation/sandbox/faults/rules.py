"""Fault rules: what goes wrong, for which requests, and how often."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from constellation.sandbox.limits import FAULT_DELAY_SECONDS_MAX, FAULT_TIMES_MAX, UINT32_MAX

Json = dict[str, object]


class FaultKind(Enum):
    """What goes wrong."""

    DROP = "drop"
    """The connection is closed without an answer."""
    DELAY = "delay"
    """The request waits for `delay_s` before it is looked at."""
    STATUS = "status"
    """The answer is `status`, with a `body` of some kind; with `retry_after_s` it says when to come back."""
    TIMEOUT = "timeout"
    """A submission is answered with Horizon's 504, before it is looked at or after it was included."""
    CUT = "cut"
    """A stream ends without a word after `records` records; any other answer breaks off in the middle."""
    DUPLICATE = "duplicate"
    """Pages and streams hold every record twice."""
    GAP = "gap"
    """Pages and streams miss records: `times` of them, which stay missing while the rule is there."""
    UNDECODABLE = "undecodable"
    """Envelopes and results are XDR that nobody can decode."""
    NETWORK = "network"
    """The root resource names another `network_passphrase`."""
    FREEZE = "freeze"
    """Answers show what was true after `ledger`, by default the latest when the rule was made."""
    LAG = "lag"
    """Answers show what was true some `ledgers` ago."""
    PRUNE = "prune"
    """History begins at `ledger`, or else only the last `ledgers` are shown."""
    STALL = "stall"
    """The server closes no ledger when it is time: `times` closings are left out."""


class Moment(Enum):
    """When a fault strikes."""

    BEFORE = "before"
    """Before the server looks at the request, which so has no effect."""
    AFTER = "after"
    """When the request has been carried out, and only the answer is missing."""


class Body(Enum):
    """What an answer with a wrong status carries."""

    PROBLEM = "problem"
    HTML = "html"
    EMPTY = "empty"


class FaultRuleError(ValueError):
    """A rule makes no sense.

    Attributes:
        field: Which part of it.
        reason: Why.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRule:
    """One rule. The first seven say when it strikes, the others belong to some of the kinds (see `FaultKind`).

    Attributes:
        fault: What goes wrong.
        path: The paths concerned, as a glob; `*` stands for slashes, too.
        method: The methods concerned, as a glob.
        times: How often it strikes; None means until it is cleared, which is the default of lasting conditions.
        skip: How many matching requests pass before.
        probability: How likely it strikes at each matching request ...
        seed: ... by a generator with this seed, so that the same requests meet the same faults.
        moment: Before or after the request is carried out: of `drop`, `status` and `timeout`.
        delay_s: How long, in seconds.
        status: The HTTP status.
        body: What the answer carries.
        retry_after_s: Seconds in its `Retry-After` header, if any.
        records: Records that a stream sends before it is cut.
        network_passphrase: The wrong one.
        ledger: The number of a ledger.
        ledgers: A number of ledgers.
    """

    fault: FaultKind
    path: str = "*"
    method: str = "*"
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    moment: Moment = Moment.BEFORE
    delay_s: float = 1.0
    status: int = 503
    body: Body = Body.PROBLEM
    retry_after_s: int | None = None
    records: int = 0
    network_passphrase: str = "Another network ; 2026"
    ledger: int | None = None
    ledgers: int = 1

    @classmethod
    def parse(cls, given: Mapping[str, object]) -> "FaultRule":
        """Reads a rule from JSON; what is not given has its default.

        Raises:
            FaultRuleError: naming the first part that makes no sense.
        """
        if "fault" not in given:
            raise FaultRuleError("fault", f"is missing; one of {', '.join(kind.value for kind in FaultKind)}")
        values = {name: _parse(name, value) for name, value in given.items()}
        kind = values["fault"]
        for name in values:
            if name not in _parts(kind):
                raise FaultRuleError(name, f"a {kind.value} fault has no such part")
        return cls(**{"times": None if kind in _LASTING else 1} | values)

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule is about such requests."""
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)

    def describe(self) -> Json:
        """Returns the rule as JSON, with the parts that its kind has."""
        shown = _parts(self.fault)
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name in shown}
        return {name: value.value if isinstance(value, Enum) else value for name, value in values.items()}


_LASTING = frozenset({FaultKind.NETWORK, FaultKind.FREEZE, FaultKind.LAG, FaultKind.PRUNE, FaultKind.STALL})
"""Kinds that are a condition rather than an event: unless said otherwise, they last until they are cleared."""

_COMMON = frozenset({"fault", "times", "skip", "probability", "seed"})
_PARAMETERS = {
    FaultKind.DROP: frozenset({"moment"}),
    FaultKind.DELAY: frozenset({"delay_s"}),
    FaultKind.STATUS: frozenset({"moment", "status", "body", "retry_after_s"}),
    FaultKind.TIMEOUT: frozenset({"moment"}),
    FaultKind.CUT: frozenset({"records"}),
    FaultKind.NETWORK: frozenset({"network_passphrase"}),
    FaultKind.FREEZE: frozenset({"ledger"}),
    FaultKind.LAG: frozenset({"ledgers"}),
    FaultKind.PRUNE: frozenset({"ledger", "ledgers"}),
}


def _parts(kind: FaultKind) -> frozenset[str]:
    """Returns the names of the parts that rules of a kind have."""
    place = frozenset() if kind is FaultKind.STALL else frozenset({"path", "method"})
    return _COMMON | place | _PARAMETERS.get(kind, frozenset())


def _whole(low: int, high: int, *, optional: bool = False) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if (value is None and optional) or (type(value) is int and low <= value <= high):
            return value
        raise ValueError(f"must be a whole number from {low} to {high}" + (", or null" if optional else ""))

    return parse


def _decimal(high: float) -> Callable[[Any], Any]:
    def parse(value: Any) -> float:
        if type(value) in {int, float} and math.isfinite(value) and 0 <= value <= high:
            return float(value)
        raise ValueError(f"must be a number from 0 to {high:g}")

    return parse


def _choice(kind: type[Enum]) -> Callable[[Any], Any]:
    def parse(value: Any) -> Enum:
        found = {each.value: each for each in kind}.get(value) if isinstance(value, str) else value
        if isinstance(found, kind):
            return found
        raise ValueError(f"must be one of {', '.join(each.value for each in kind)}")

    return parse


def _text(value: Any) -> str:
    if isinstance(value, str) and 0 < len(value) <= 256:
        return value
    raise ValueError("must be a text of 1 to 256 characters")


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "fault": _choice(FaultKind),
    "path": _text,
    "method": _text,
    "times": _whole(1, FAULT_TIMES_MAX, optional=True),
    "skip": _whole(0, FAULT_TIMES_MAX),
    "probability": _decimal(1),
    "seed": _whole(0, UINT32_MAX),
    "moment": _choice(Moment),
    "delay_s": _decimal(FAULT_DELAY_SECONDS_MAX),
    "status": _whole(200, 599),
    "body": _choice(Body),
    "retry_after_s": _whole(0, 3_600, optional=True),
    "records": _whole(0, FAULT_TIMES_MAX),
    "network_passphrase": _text,
    "ledger": _whole(1, UINT32_MAX, optional=True),
    "ledgers": _whole(1, UINT32_MAX),
}


def _parse(name: str, value: object) -> Any:
    if name not in _PARSERS:
        raise FaultRuleError(name, "there is no such part of a rule")
    try:
        return _PARSERS[name](value)
    except ValueError as error:
        raise FaultRuleError(name, str(error)) from None
