import pytest
from sqlalchemy import text

from constellation.protocol.messages import QuorumRule
from constellation.protocol.signing import settings_hash
from constellation.quanta import Tip
from constellation.snapshots import LogMismatch, QuantumLog, Recovered, RolledBack, Standing, StoredBatch, new_name
from constellation.testing.world import World, key_of


def test_an_empty_log_ends_at_genesis(open_log, past) -> None:
    log = open_log(past.world)
    assert log.tip() == Tip.genesis(past.world.settings)
    assert log.digest(0) == settings_hash(past.world.settings)
    assert log.digest(1) is None
    assert list(log.batches(1)) == []
    assert log.certificate() is None
    assert log.promise() is None
    log.truncate(0)
    log.write([])


def test_what_was_written_is_read(log, past) -> None:
    assert list(log.batches(1)) == past.stored
    assert log.tip() == Tip(1, 40, past.stored[-1].digest)
    assert [log.digest(number) for number in range(1, 42)] == [*(item.digest for item in past.stored), None]


@pytest.mark.parametrize("chunk", [1, 7, 40, 64])
def test_ranges_and_chunks(log, past, chunk: int) -> None:
    for first, last in ((1, 40), (1, None), (5, 9), (40, 40), (41, None), (1, 1000), (9, 5)):
        expected = past.stored[first - 1 : last] if last is None or last >= first else []
        assert list(log.batches(first, last, chunk)) == expected


def test_a_file_keeps_it(open_log, past, tmp_path) -> None:
    first = open_log(past.world, tmp_path / "log.sqlite")
    first.write([*past.stored[:3], past.certificate(2), past.promise(1, 3)])
    first.close()
    second = open_log(past.world, tmp_path / "log.sqlite")
    assert list(second.batches(1)) == past.stored[:3]
    assert second.certificate() == past.certificate(2)
    assert second.promise() == past.promise(1, 3)


def test_it_is_durable_when_the_call_returns(open_log, past, tmp_path) -> None:
    log = open_log(past.world, tmp_path / "log.sqlite")
    with log.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
    log.write(past.stored[:1])
    other = open_log(past.world, tmp_path / "log.sqlite")
    assert list(other.batches(1)) == past.stored[:1]


def test_a_write_is_whole_or_not_at_all(open_log, past) -> None:
    log = open_log(past.world)
    log.write(past.stored[:2])
    with pytest.raises(Exception, match="UNIQUE"):
        log.write([past.stored[2], past.promise(1, 0), past.stored[0]])
    assert log.tip().number == 2
    assert log.promise() is None


def test_the_highest_certificate_counts(log, past) -> None:
    log.write([past.certificate(7)])
    log.write([past.certificate(12), past.certificate(9)])
    assert log.certificate() == past.certificate(12)


def test_a_certificate_of_another_batch_is_not_kept(open_log, past) -> None:
    log = open_log(past.world)
    log.write(past.stored[:5])
    log.write([past.certificate(6)])
    assert log.certificate() is None
    other = StoredBatch(past.stored[5].batch, bytes(32))
    log.write([other, past.certificate(6)])
    assert log.certificate() is None


def test_the_promise_for_the_highest_epoch_counts_and_can_be_renewed(log, past) -> None:
    for promise in (past.promise(4, 0), past.promise(9, 1), past.promise(6, 2), past.promise(9, 3)):
        log.write([promise])
    assert log.promise() == past.promise(9, 3)


def test_a_log_that_turns_out_to_be_an_old_copy_has_another_name_and_nothing_less(open_log, past, tmp_path) -> None:
    log = open_log(past.world, tmp_path / "log.sqlite")
    log.write([*past.stored[:3], past.certificate(2), past.promise(4, 3), Recovered()])
    name, other = log.identity, new_name()
    log.write([RolledBack(other)])
    for opened in (log, open_log(past.world, log.path)):
        assert (opened.identity, opened.is_recovering) == (other, True)
        assert opened.identity != name
        assert list(opened.batches(1)) == past.stored[:3]
        assert (opened.certificate(), opened.promise()) == (past.certificate(2), past.promise(4, 3))
        assert opened.standing() == Standing(4, 2)
    log.write([Recovered()])
    assert (open_log(past.world, log.path).identity, log.is_recovering) == (other, False)


def test_how_far_a_log_is(open_log, past) -> None:
    log = open_log(past.world)
    assert log.standing() == Standing(0, 0)
    log.write([*past.stored[:9], past.certificate(7), past.promise(5, 2), past.promise(3, 1)])
    assert log.standing() == Standing(5, 7)


def test_the_uncertified_tail_can_be_dropped(log, past) -> None:
    log.write([past.certificate(30)])
    for after in (39, 33, 30):
        log.truncate(after)
        assert log.tip() == Tip(1, after, past.stored[after - 1].digest)
    log.write(past.stored[30:])
    assert list(log.batches(1)) == past.stored


@pytest.mark.parametrize("after", [0, 1, 29])
def test_nothing_certified_is_ever_dropped(log, past, after: int) -> None:
    log.write([past.certificate(10), past.certificate(30)])
    with pytest.raises(ValueError, match="batch 30 is certified"):
        log.truncate(after)
    assert list(log.batches(1)) == past.stored
    assert log.certificate() == past.certificate(30)


def test_the_log_of_something_else_is_refused(past, tmp_path) -> None:
    path = tmp_path / "log.sqlite"
    QuantumLog(path, past.world.settings).close()
    QuantumLog(path, World(auditors=3).settings).close()

    def refused(change, reason: str) -> None:
        world = World(auditors=3)
        change(world.settings)
        with pytest.raises(LogMismatch, match=reason):
            QuantumLog(path, world.settings)

    refused(lambda settings: setattr(settings, "network_passphrase", "another network"), "another constellation")
    refused(lambda settings: setattr(settings, "vault", key_of("another vault").public), "another constellation")
    refused(lambda settings: setattr(settings, "minimum_balance", 7), "another settings")
    refused(lambda settings: setattr(settings, "quorum_rule", QuorumRule.TWO_THIRDS), "another settings")


def test_the_log_of_another_format_is_refused(past, tmp_path, monkeypatch) -> None:
    path = tmp_path / "log.sqlite"
    with monkeypatch.context() as other:
        other.setattr("constellation.snapshots.identity.FORMAT_VERSION", 77)
        QuantumLog(path, past.world.settings).close()
    with pytest.raises(LogMismatch, match="another format version"):
        QuantumLog(path, past.world.settings)


def test_a_place_that_cannot_be_written_is_noticed_at_start(past, tmp_path) -> None:
    with pytest.raises(Exception, match="unable to open database file"):
        QuantumLog(tmp_path / "missing" / "log.sqlite", past.world.settings)
    (tmp_path / "text").write_text("this is no database, and long enough to be noticed as such by everybody" * 20)
    with pytest.raises(Exception, match="not a database"):
        QuantumLog(tmp_path / "text", past.world.settings)
