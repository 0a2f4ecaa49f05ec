"""Another alpha takes over: the same promises, the same adoption, another key."""

from dataclasses import replace

import pytest

from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import EPOCHS_PER_TERM, Code
from constellation.testing.cluster import AlphaMember, Cluster
from constellation.testing.world import ONE, World, key_of
from tests.herald.support import TRADER, Led, appoint, execute

SECOND, THIRD = key_of("second alpha"), key_of("third alpha")


@pytest.fixture
def cluster():
    cluster = Cluster(World(auditors=3))
    cluster.rise()
    yield cluster
    cluster.close()


def test_what_is_final_is_kept_and_trading_goes_on(cluster) -> None:
    final = execute(cluster)
    cluster.settle()
    cluster.appoint(SECOND, 0, 2)
    cluster.rise()
    assert cluster.alpha.herald.epoch == EPOCHS_PER_TERM + 1
    assert cluster.alpha.log.digest(final.header.number) == final.digest
    state = cluster.auditors[1].replica.machine.state
    assert state.vault.accounts[TRADER.public].balances[0].amount == ONE
    assert state.settings == replace(cluster.world.settings, alpha=SECOND.public)
    sealed = execute(cluster)
    cluster.settle()
    assert cluster.certified == sealed.header.number


def test_what_only_one_auditor_of_the_certifying_quorum_still_has_is_kept(cluster) -> None:
    cluster.cut(2)
    final = execute(cluster)
    cluster.settle()
    cluster.appoint(SECOND, 1, 2)
    cluster.connect(1, 2)
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.log.digest(final.header.number) == final.digest


def test_logs_with_batches_of_several_alphas_are_restored_and_serve_the_next(cluster) -> None:
    for successor in (SECOND, THIRD):
        execute(cluster)
        cluster.settle()
        cluster.appoint(successor, 0, 1)
        cluster.rise()
    for number in range(3):
        cluster.restart_auditor(number)
    cluster.restart_auditor(2, cluster.empty_log())  # learns of the appointments from alpha alone
    cluster.auditors[2].replica.terms = cluster.alpha.log.terms()
    cluster.restart_alpha()
    cluster.rise()
    assert cluster.alpha.herald.epoch == 2 * EPOCHS_PER_TERM + 2
    assert len({cluster.state_root(), *(cluster.state_root(number) for number in range(3))}) == 1


def test_an_auditor_that_knows_only_the_old_alpha_promises_nothing_to_the_new_one(cluster) -> None:
    old = cluster.auditors[0].replica.terms
    cluster.appoint(SECOND, 1, 2)
    cluster.auditors[0].replica.terms = old
    cluster.connect(0, 1)
    cluster.settle()
    assert not cluster.is_ready
    assert [error.code for _, error in cluster.closed] == [Code.WRONG_EPOCH]
    cluster.connect(2)
    cluster.settle()
    assert cluster.is_ready


def test_the_old_alpha_rises_no_more(cluster) -> None:
    log, world = cluster.alpha.log, cluster.world
    cluster.appoint(SECOND, 0, 1)
    cluster.rise()
    cluster.cut()
    cluster.alpha = AlphaMember(world, world.alpha, log, lambda: cluster.clock_us)
    cluster.connect()
    cluster.settle()
    assert not cluster.is_ready
    assert {error.code for _, error in cluster.closed} == {Code.WRONG_EPOCH}


def test_headers_of_one_term_cannot_be_signed_by_the_alpha_of_another(cluster) -> None:
    cluster.appoint(SECOND, 0, 1)
    cluster.alpha._key_pair = cluster.world.alpha
    cluster.connect()
    cluster.settle()
    assert not cluster.is_ready
    assert Code.BAD_SIGNATURE in {error.code for _, error in cluster.closed}


def test_a_damaged_appointment_in_a_log_is_found() -> None:
    world = World(auditors=3)
    hand = Led(world)
    hand.log.write([appoint(world, 1, SECOND)])
    assert hand.log.terms().alpha == SECOND.public
    with hand.log.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE appointments SET appointment = substr(appointment, 1, 40) || x'00'")
    with pytest.raises(Exception, match="appointment") as error:
        hand.log.terms()
    assert not isinstance(error.value, VerificationError)
