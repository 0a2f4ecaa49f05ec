"""Decides what is said, from what is found again and again: each change once, and a reminder while it lasts.

It compares what an operator was told with what is the case, so nothing is lost when it may not speak just then: what is
still so is said later, and what has passed meanwhile need not be.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from constellation.node.notices.kinds import Kind, Severity
from constellation.node.notices.notice import Change, Identity, Notice

CONDITIONS_MAX: Final = 100
"""That are told apart at a time; of a listing that has more, the first ones."""

SETTLE_S: Final = 30.0
"""How long something must be gone until it counts as resolved: what comes and goes is one thing that lasts."""

_SECOND_US = 1_000_000
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is the case, and that an operator should know.

    Attributes:
        kind: what.
        subject: which one of several.
        detail: what exactly was found.
    """

    kind: Kind
    subject: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at a node.

    Attributes:
        conditions: all that are the case.
        unknown: kinds of which it cannot be said now; what was told of them stands.
    """

    conditions: Sequence[Condition]
    unknown: frozenset[Kind] = frozenset()


@dataclass(slots=True)
class Standing:
    """A condition over time.

    Attributes:
        condition: as it was found last.
        since_us: when it was found first.
        seen_us: when it was found last.
        told_us: when it was told last; None while it was not.
    """

    condition: Condition
    since_us: int
    seen_us: int
    told_us: int | None = None

    @property
    def severity(self) -> Severity:
        """How urgent it is."""
        return self.condition.kind.value.severity


class NoticeDesk:
    """What a node's operator is told, and when.

    Args:
        identity: of the node.
        reminder_s: between two messages about something that lasts.
        per_hour: messages in any hour: half of them about what is critical, half about the rest.
        told: what was told in an earlier life.
    """

    def __init__(self, identity: Identity, reminder_s: float, per_hour: int, told: Iterable[Standing] = ()) -> None:
        self._identity = identity
        self._reminder_s = reminder_s
        self._per_hour = per_hour
        self._standing = {(item.condition.kind, item.condition.subject): item for item in told}
        self._spoken: dict[bool, deque[int]] = {True: deque(), False: deque()}

    @property
    def told(self) -> list[Standing]:
        """What the operator believes to be the case."""
        return [item for item in self._standing.values() if item.told_us is not None]

    def observe(self, observation: Observation, now_us: int) -> list[Notice]:
        """What is to be said now.

        Args:
            observation: of the node.
            now_us: the time.
        """
        for item in self._standing.values():
            if item.condition.kind in observation.unknown:
                item.seen_us = now_us
        for condition in observation.conditions:
            self._see(condition, now_us)
        due = [(item, change) for item in self._standing.values() if (change := self._change(item, now_us)) is not None]
        self._forget(now_us)
        # What is new comes before reminders, and what is critical before the rest.
        due.sort(key=lambda pair: (pair[1] is Change.LASTS, -pair[0].severity, pair[0].since_us))
        return [self._say(item, change, now_us) for item, change in due if self._may_speak(item.severity, now_us)]

    def end(self, condition: Condition, now_us: int) -> Notice | None:
        """The last word of a node that ends by ``condition``, whatever was said before; None if it is known already."""
        item = self._see(condition, now_us)
        if item is None or (item.told_us is not None and not self._is_reminder_due(item, now_us)):
            return None
        return self._say(item, Change.BEGUN if item.told_us is None else Change.LASTS, now_us)

    def forget(self, notice: Notice) -> None:
        """Nobody has heard ``notice``: it was not told."""
        item = self._standing.get((notice.kind, notice.subject))
        if item is not None and item.told_us == notice.at_us:
            item.told_us = None

    def _see(self, condition: Condition, now_us: int) -> Standing | None:
        key = condition.kind, condition.subject
        item = self._standing.get(key)
        if item is None:
            if len(self._standing) >= CONDITIONS_MAX:
                return None
            item = self._standing[key] = Standing(condition, now_us, now_us)
        item.condition, item.seen_us = condition, now_us
        return item

    def _change(self, item: Standing, now_us: int) -> Change | None:
        """What should be said of ``item``."""
        if item.seen_us == now_us:
            if item.told_us is not None:
                return Change.LASTS if self._is_reminder_due(item, now_us) else None
            patience_s = item.condition.kind.value.patience_s
            return Change.BEGUN if _has_passed(patience_s, item.since_us, now_us) else None
        return Change.RESOLVED if item.told_us is not None and _has_passed(SETTLE_S, item.seen_us, now_us) else None

    def _forget(self, now_us: int) -> None:
        """What is gone, and nobody was told of."""
        for key, item in list(self._standing.items()):
            if item.told_us is None and _has_passed(SETTLE_S, item.seen_us, now_us):
                del self._standing[key]

    def _is_reminder_due(self, item: Standing, now_us: int) -> bool:
        assert item.told_us is not None
        return _has_passed(self._reminder_s, item.told_us, now_us)

    def _may_speak(self, severity: Severity, now_us: int) -> bool:
        """Each half has an account of its own, so that reminders of the one never silence the other."""
        spoken = self._spoken[severity is Severity.CRITICAL]
        while spoken and _has_passed(_HOUR_S, spoken[0], now_us):
            spoken.popleft()
        return len(spoken) < self._per_hour // 2

    def _say(self, item: Standing, change: Change, now_us: int) -> Notice:
        condition = item.condition
        if change is Change.RESOLVED:
            del self._standing[condition.kind, condition.subject]
        else:
            item.told_us = now_us
        self._spoken[item.severity is Severity.CRITICAL].append(now_us)
        return Notice(
            self._identity, condition.kind, condition.subject, change, item.since_us, now_us, condition.detail
        )


def _has_passed(seconds: float, since_us: int, now_us: int) -> bool:
    """Whether that is so long ago; a clock that was set back makes it so, rather than to be silent for as long."""
    return abs(now_us - since_us) >= seconds * _SECOND_US
