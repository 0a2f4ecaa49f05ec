import pytest

from constellation.herald.reports import ReportDesk, sign_report
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Code, LedgerReport
from constellation.testing.world import World


@pytest.fixture
def world() -> World:
    return World(auditors=5)


def report(world: World, previous: int = 0, cursor: int = 1, at: int = 5) -> LedgerReport:
    start = world.settings.ledger_cursor
    return LedgerReport(start + (previous << 32), start + (cursor << 32), at, [])


def told(world: World, *reports: tuple[int, LedgerReport]) -> ReportDesk:
    desk = ReportDesk(world.terms)
    for auditor, item in reports:
        key = world.auditors[auditor]
        desk.receive(key.public, sign_report(world.settings, key, item))
    return desk


def test_a_quorum_of_equal_reports_is_a_commit_that_the_machine_accepts(world) -> None:
    cursor = world.settings.ledger_cursor
    assert told(world, (0, report(world)), (1, report(world))).commit(cursor) is None
    commit = told(world, (0, report(world)), (1, report(world)), (4, report(world))).commit(cursor)
    assert commit.report == report(world)
    assert [item.auditor for item in commit.signatures] == [world.auditors[n].public for n in (0, 1, 4)]
    machine = world.machine()
    machine.execute(1, commit)
    assert machine.state.ledger_cursor == commit.report.cursor


def test_reports_must_agree_in_every_byte(world) -> None:
    desk = told(world, (0, report(world)), (1, report(world)), (2, report(world, at=6)))
    assert desk.commit(world.settings.ledger_cursor) is None
    assert desk.disagreement(world.settings.ledger_cursor)
    assert not told(world, (0, report(world)), (1, report(world))).disagreement(world.settings.ledger_cursor)


def test_a_minority_does_not_stop_a_quorum(world) -> None:
    desk = told(world, (0, report(world, at=9)), *((n, report(world)) for n in (1, 2, 3)))
    assert desk.commit(world.settings.ledger_cursor).report == report(world)


def test_only_what_follows_the_cursor_is_committed(world) -> None:
    desk = told(world, *((n, report(world, previous=1, cursor=2)) for n in range(5)))
    assert desk.commit(world.settings.ledger_cursor) is None
    assert not desk.disagreement(world.settings.ledger_cursor)
    assert desk.commit(world.settings.ledger_cursor + (1 << 32)) is not None


def test_a_newer_report_replaces_the_older(world) -> None:
    desk = told(world, *((n, report(world)) for n in range(3)), (0, report(world, cursor=2)))
    assert desk.commit(world.settings.ledger_cursor) is None
    desk = told(world, *((n, report(world)) for n in range(3)), *((n, report(world, cursor=2)) for n in range(3)))
    assert desk.commit(world.settings.ledger_cursor).report == report(world, cursor=2)


def test_one_auditor_counts_once(world) -> None:
    desk = told(world, *((0, report(world)) for _ in range(5)))
    assert desk.commit(world.settings.ledger_cursor) is None


def test_a_report_with_another_ones_signature_is_refused_and_not_kept(world) -> None:
    desk = told(world, (0, report(world)), (1, report(world)))
    forged = sign_report(world.settings, world.auditors[3], report(world))
    with pytest.raises(ProtocolViolation) as violation:
        desk.receive(world.auditors[2].public, forged)
    assert violation.value.code is Code.BAD_SIGNATURE
    assert desk.commit(world.settings.ledger_cursor) is None
