"""What is said, and when: an operator hears every change once, and no more than can be read."""

from dataclasses import replace
from random import Random

import pytest

from constellation.node.notices.desk import CONDITIONS_MAX, SETTLE_S, Condition, NoticeDesk, Observation
from constellation.node.notices.kinds import Kind, Severity
from constellation.node.notices.notice import Change, Identity

IDENTITY = Identity("auditor", "GNODE", "ab" * 32)
REMINDER_S = 3600.0
DISK = Condition(Kind.DISK_LOW)
HIDDEN = Observation([])


class Watch:
    """Looks every second, and keeps what was said with the second at which it was."""

    def __init__(self, per_hour: int = 1000, desk: NoticeDesk | None = None) -> None:
        self.desk = desk or NoticeDesk(IDENTITY, REMINDER_S, per_hour)
        self.now_s = 0
        self.said: list[tuple[int, Kind, str, Change]] = []

    def look(self, seconds: int, *conditions: Condition, unknown: frozenset[Kind] = frozenset()) -> "Watch":
        for _ in range(seconds):
            for notice in self.desk.observe(Observation(conditions, unknown), self.now_us):
                self.said.append((self.now_s, notice.kind, notice.subject, notice.change))
            self.now_s += 1
        return self

    @property
    def now_us(self) -> int:
        return 1_800_000_000_000_000 + self.now_s * 1_000_000

    @property
    def changes(self) -> list[tuple[int, Change]]:
        return [(second, change) for second, _, _, change in self.said]


def test_it_is_said_once_reminded_of_and_resolved() -> None:
    watch = Watch().look(8000, DISK)
    assert watch.changes == [(0, Change.BEGUN), (3600, Change.LASTS), (7200, Change.LASTS)]
    watch.look(100)
    assert watch.changes[3:] == [(7999 + round(SETTLE_S), Change.RESOLVED)]
    assert watch.desk.told == []


def test_what_comes_and_goes_is_one_thing_that_lasts() -> None:
    watch = Watch()
    for _ in range(50):
        watch.look(1, DISK).look(round(SETTLE_S) - 1)
    assert watch.changes == [(0, Change.BEGUN)]


def test_what_passes_at_once_is_not_said() -> None:
    unreachable = Condition(Kind.ALPHA_UNREACHABLE)
    patience_s = round(Kind.ALPHA_UNREACHABLE.value.patience_s)
    watch = Watch().look(patience_s, unreachable).look(200)
    assert watch.said == []
    watch.look(patience_s + 1, unreachable)
    assert [change for _, change in watch.changes] == [Change.BEGUN]


def test_subjects_are_told_apart_and_details_are_not() -> None:
    dollar, euro = Condition(Kind.ASSET_SUSPENDED, "USD"), Condition(Kind.ASSET_SUSPENDED, "EUR")
    watch = Watch().look(5, dollar).look(5, dollar, euro).look(100, replace(euro, detail="another"))
    assert [item[1:] for item in watch.said] == [
        (Kind.ASSET_SUSPENDED, "USD", Change.BEGUN),
        (Kind.ASSET_SUSPENDED, "EUR", Change.BEGUN),
        (Kind.ASSET_SUSPENDED, "USD", Change.RESOLVED),
    ]


def test_what_is_not_known_stays_as_it_was_told() -> None:
    watch = Watch().look(1, DISK).look(500, unknown=frozenset({Kind.DISK_LOW}))
    assert watch.changes == [(0, Change.BEGUN)]
    watch.look(100)
    assert watch.changes[-1][1] is Change.RESOLVED


@pytest.mark.parametrize("seed", range(5))
def test_never_more_in_an_hour_than_may_be_and_the_truth_in_the_end(seed: int) -> None:
    """Many things flap; when they stand still, the operator believes what is so."""
    random, watch = Random(seed), Watch(per_hour=10)
    kinds = [kind for kind in Kind if kind is not Kind.TEST]
    present: set[Kind] = set()
    for _ in range(300):
        present ^= {random.choice(kinds)}
        watch.look(random.randrange(1, 90), *map(Condition, present))
    times = [second for second, _ in watch.changes]
    assert all(sum(start <= second < start + 3600 for second in times) <= 10 for start in times)
    watch.look(6 * 3600, *map(Condition, present))
    assert {item.condition.kind for item in watch.desk.told} == present


def test_room_is_kept_for_what_is_critical() -> None:
    watch = Watch(per_hour=10).look(1, *(Condition(Kind.ASSET_SUSPENDED, str(number)) for number in range(50)))
    assert len(watch.said) == 5
    watch.look(1, DISK, *(Condition(Kind.ASSET_SUSPENDED, str(number)) for number in range(50)))
    assert watch.said[-1][1] is Kind.DISK_LOW


def test_the_urgent_comes_first_and_there_is_an_end() -> None:
    assets = [Condition(Kind.ASSET_SUSPENDED, str(number)) for number in range(3 * CONDITIONS_MAX)]
    watch = Watch().look(1, DISK, *assets)
    severities = [kind.value.severity for _, kind, _, _ in watch.said]
    assert severities[0] is Severity.CRITICAL
    assert len(severities) == CONDITIONS_MAX
    assert severities == sorted(severities, reverse=True)


def test_a_clock_that_is_set_back_silences_nothing_for_long() -> None:
    watch = Watch().look(10, DISK)
    watch.now_s -= 10 * 3600
    watch.look(10, DISK)
    assert [change for _, change in watch.changes] == [Change.BEGUN, Change.LASTS]


def test_the_end_is_told_whatever_was_said_before_and_once() -> None:
    watch = Watch(per_hour=2)
    watch.look(1, *(Condition(Kind.RESERVE_MISMATCH, str(number)) for number in range(9)))
    halted = Condition(Kind.HALTED, detail="disk I/O error")
    first = watch.desk.end(halted, watch.now_us)
    assert first is not None
    assert (first.change, first.detail) == (Change.BEGUN, "disk I/O error")
    assert watch.desk.end(halted, watch.now_us + 60_000_000) is None
    reminder = watch.desk.end(halted, watch.now_us + 3600_000_000)
    assert reminder is not None
    assert reminder.change is Change.LASTS
    assert reminder.since_us == first.since_us


def test_a_node_that_ends_again_and_again_tells_it_once_and_when_it_stays_up() -> None:
    watch = Watch()
    told = []
    for _ in range(20):
        watch = Watch(
            desk=NoticeDesk(IDENTITY, REMINDER_S, 1000, [replace(item, seen_us=watch.now_us) for item in told])
        )
        watch.look(10)
        notice = watch.desk.end(Condition(Kind.HALTED), watch.now_us)
        assert (notice is None) == bool(told)
        told = watch.desk.told
    watch = Watch(desk=NoticeDesk(IDENTITY, REMINDER_S, 1000, [replace(item, seen_us=watch.now_us) for item in told]))
    watch.look(60)
    assert [change for _, change in watch.changes] == [Change.RESOLVED]
