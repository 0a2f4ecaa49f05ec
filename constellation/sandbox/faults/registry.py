"""A server's fault rules, and how often each has struck."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from constellation.sandbox.faults.rules import FaultKind, FaultRule, Json
from constellation.sandbox.limits import FAULT_RULES_MAX
from constellation.sandbox.views import View, Viewer


class TooManyFaults(Exception):
    """There is no room for another rule."""


class ActiveFault:
    """A rule at work.

    Attributes:
        id: Its number on this server.
        rule: The rule.
        matched: How many requests (of streams: looks at the ledger) it was about.
        struck: How many of them it made fail.
        hidden: Of a gap: the tokens of the records it hides.
    """

    def __init__(self, number: int, rule: FaultRule) -> None:
        self.id = number
        self.rule = rule
        self.matched = 0
        self.struck = 0
        self.hidden: dict[str, None] = {}
        self._random = Random(rule.seed)

    @property
    def is_spent(self) -> bool:
        """Whether it will not strike again."""
        return self.rule.times is not None and self.struck >= self.rule.times

    def strikes(self) -> bool:
        """Counts a matching request, and says whether it fails."""
        if self.is_spent:
            return False
        self.matched += 1
        if self.matched <= self.rule.skip:
            return False
        # The generator moves on with every request, so that its decisions depend on their order alone.
        does_strike = self._random.random() < self.rule.probability
        self.struck += does_strike
        return does_strike

    def describe(self) -> Json:
        """Returns the rule and its counts as JSON."""
        return {"id": self.id, **self.rule.describe(), "matched": self.matched, "struck": self.struck}


class Faults:
    """The fault rules of one server; the oldest is asked first.

    Args:
        viewer: Makes the views of the ledger that the server shows.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._active: dict[int, ActiveFault] = {}
        self._count = 0

    def add(self, /, fault: str | FaultKind, **parts: object) -> ActiveFault:
        """Adds a rule: its kind, and the parts that differ from their defaults (see `FaultRule`).

        Raises:
            FaultRuleError: when it makes no sense.
            TooManyFaults: when there are too many that may still strike.
        """
        rule = FaultRule.parse({"fault": fault, **parts})
        if rule.fault is FaultKind.FREEZE and rule.ledger is None:
            rule = replace(rule, ledger=self._viewer.view().latest.sequence)
        self._make_room()
        self._count += 1
        active = ActiveFault(self._count, rule)
        self._active[active.id] = active
        return active

    def _make_room(self) -> None:
        if len(self._active) >= FAULT_RULES_MAX:
            self._active = {each.id: each for each in self._active.values() if not _may_go(each)}
        if len(self._active) >= FAULT_RULES_MAX:
            raise TooManyFaults(f"there are {FAULT_RULES_MAX} fault rules already: clear some")

    def list(self) -> list[ActiveFault]:
        """Returns the rules, the oldest first."""
        return [*self._active.values()]

    def find(self, number: int) -> ActiveFault | None:
        """Returns a rule by its number, or None."""
        return self._active.get(number)

    def remove(self, active: ActiveFault) -> None:
        """Removes one rule."""
        self._active.pop(active.id, None)

    def clear(self) -> None:
        """Removes all rules."""
        self._active.clear()

    def about(self, method: str, path: str, *kinds: FaultKind) -> Iterator[ActiveFault]:
        """Yields the rules of some kinds that are about a request; whether they strike is yet to be asked."""
        for active in self.list():
            if active.rule.fault in kinds and active.rule.matches(method, path):
                yield active

    def strikes(self, method: str, path: str, kind: FaultKind) -> ActiveFault | None:
        """Returns the first rule of a kind that strikes at a request, or None."""
        return next((active for active in self.about(method, path, kind) if active.strikes()), None)

    @property
    def is_stalled(self) -> bool:
        """Whether the ledger that is due is left out; counts as one closing."""
        return self.strikes("", "", FaultKind.STALL) is not None

    def look(self, method: str, path: str) -> Callable[[], View]:
        """Returns a function that says what a request gets to see: decided once, and of a stream once a ledger."""
        seen: tuple[int, View] | None = None

        def look() -> View:
            nonlocal seen
            latest = self._viewer.view().latest.sequence
            if seen is None or seen[0] != latest:
                seen = latest, self._view(method, path)
            return seen[1]

        return look

    def _view(self, method: str, path: str) -> View:
        latest = last = self._viewer.view().latest.sequence
        elder = 1
        for active in self.about(method, path, FaultKind.FREEZE, FaultKind.LAG, FaultKind.PRUNE):
            rule = active.rule
            if not active.strikes():
                continue
            if rule.fault is FaultKind.PRUNE:
                elder = max(elder, rule.ledger or last - rule.ledgers + 1)
            else:
                latest = min(latest, rule.ledger or last - rule.ledgers)
        return self._viewer.view(elder=elder, latest=latest)


def _may_go(active: ActiveFault) -> bool:
    # A gap does its work after it has struck: what it hid stays hidden.
    return active.is_spent and active.rule.fault is not FaultKind.GAP
