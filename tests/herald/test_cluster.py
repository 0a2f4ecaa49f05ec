"""Alpha and auditors together: rising, certifying, restarts, lost and old disks."""

import pytest

from constellation.herald.alpha import AlphaState
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Batch, Code, decode_cluster_message, encode_cluster_message
from constellation.protocol.proofs import check_certificate
from constellation.protocol.quorum import quorum_of
from tests.herald.support import TRADER, deposit, execute


def assert_agreed(cluster, tip: int) -> None:
    """Everything up to ``tip`` is certified, and all members have the same state."""
    assert cluster.certified == cluster.alpha.tip.number == tip
    for number, member in enumerate(cluster.auditors):
        assert member.halted is None
        assert member.replica.tip == cluster.alpha.tip
        assert member.replica.certified == tip
        assert cluster.state_root(number) == cluster.state_root()


@pytest.mark.parametrize("auditors", [1, 2, 3, 4, 5, 7])
def test_rises_from_nothing_in_epoch_one(clusters, auditors: int) -> None:
    cluster = clusters(auditors)
    assert cluster.alpha.herald.state is AlphaState.WAITING
    cluster.rise()
    assert cluster.alpha.herald.epoch == 1
    assert_agreed(cluster, 1)


@pytest.mark.parametrize("auditors", [1, 2, 3, 4, 5, 7])
def test_a_certificate_has_exactly_a_quorum(clusters, auditors: int) -> None:
    cluster = clusters(auditors)
    cluster.rise()
    for _ in range(3):
        execute(cluster)
        cluster.settle()
    assert [item.header.number for item in cluster.alpha.certificates] == [1, 2, 3, 4]
    for certificate in cluster.alpha.certificates:
        assert len(certificate.signatures) == quorum_of(cluster.world.settings)
        check_certificate(cluster.world.terms, certificate)
    assert_agreed(cluster, 4)


def test_less_than_a_quorum_certifies_nothing(clusters) -> None:
    cluster = clusters(5)
    cluster.connect(0, 1)
    cluster.settle()
    assert cluster.alpha.herald.state is AlphaState.WAITING
    cluster.connect(2)
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.herald.has_quorum
    cluster.cut(2)
    assert not cluster.alpha.herald.has_quorum
    execute(cluster)
    cluster.settle()
    assert cluster.certified == 1
    cluster.connect(4)
    cluster.settle()
    assert cluster.certified == 2


def test_a_pipeline_of_batches_is_certified_in_order(cluster) -> None:
    for _ in range(10):
        execute(cluster)
    cluster.settle()
    numbers = [item.header.number for item in cluster.alpha.certificates]
    assert numbers == sorted(numbers)
    assert_agreed(cluster, 11)


def test_a_late_auditor_catches_up_from_the_log(clusters, monkeypatch) -> None:
    monkeypatch.setattr("constellation.herald.link._CACHE_MAX_BATCHES", 3)
    cluster = clusters()
    cluster.connect(0, 1)
    cluster.settle()
    for _ in range(70):
        execute(cluster)
        cluster.settle()
    cluster.connect(2)
    cluster.settle()
    assert_agreed(cluster, 71)


def test_clients_keep_their_money_through_all_restarts(cluster) -> None:
    execute(cluster, 5_000_000_000, TRADER)
    cluster.settle()
    cluster.restart_alpha()
    for number in range(3):
        cluster.restart_auditor(number)
    cluster.rise()
    accounts = [cluster.alpha.machine, *(member.replica.machine for member in cluster.auditors)]
    assert [machine.state.vault.accounts[TRADER.public].balances[0].amount for machine in accounts] == [
        5_000_000_000
    ] * 4


# --- auditors come and go --------------------------------------------------------------------------


def test_a_restarted_auditor_votes_again_for_what_is_not_certified(cluster) -> None:
    execute(cluster)
    cluster.cut(1, 2)
    cluster.settle()
    assert cluster.certified == 1
    cluster.restart_auditor(0)  # whose vote alpha has counted
    cluster.connect()
    for number in (1, 2):
        while cluster.deliver_to_auditor(number):
            pass
    cluster.cut(0)
    cluster.settle()
    assert cluster.certified == 2


def test_votes_lost_with_the_link_are_cast_again(cluster) -> None:
    for _ in range(3):
        execute(cluster)
    for number in range(3):
        while cluster.deliver_to_auditor(number):
            pass
    cluster.cut()
    assert cluster.certified == 1
    cluster.connect()
    cluster.settle()
    assert_agreed(cluster, 4)


def test_an_auditor_with_an_empty_disk_catches_up(cluster) -> None:
    for _ in range(3):
        execute(cluster)
    cluster.settle()
    cluster.restart_auditor(1, cluster.empty_log())
    cluster.connect(1)
    cluster.settle()
    assert_agreed(cluster, 5)  # the fifth is empty: auditor 1 needed it


def test_an_auditor_with_an_old_disk_catches_up(cluster) -> None:
    execute(cluster)
    cluster.settle()
    old = cluster.copy_log(cluster.auditors[1].log)
    cluster.restart_alpha()
    cluster.rise()
    execute(cluster)
    cluster.settle()
    cluster.restart_auditor(1, old)
    cluster.connect(1)
    cluster.settle()
    assert_agreed(cluster, 5)  # the fifth is empty: auditor 1 needed it


@pytest.mark.parametrize("steps", range(14))
def test_an_auditor_may_reconnect_at_any_moment_of_rising(clusters, steps: int) -> None:
    cluster = clusters()
    cluster.connect()
    for step in range(steps):
        cluster.deliver_to_auditor(step % 3)
        cluster.deliver_to_alpha(step % 3)
    cluster.connect(0, 2)
    cluster.settle()
    assert cluster.closed == []
    assert cluster.alpha.herald.epoch == 1
    assert_agreed(cluster, 1)


@pytest.mark.parametrize("steps", range(14))
def test_alpha_may_die_at_any_moment_of_rising(clusters, steps: int) -> None:
    cluster = clusters()
    cluster.connect()
    for step in range(steps):
        cluster.deliver_to_auditor(step % 3)
        cluster.deliver_to_alpha(step % 3)
    cluster.restart_alpha()
    cluster.rise()
    assert cluster.closed == []
    assert_agreed(cluster, cluster.alpha.tip.number)


# --- alpha comes and goes --------------------------------------------------------------------------


def test_every_rising_is_a_new_epoch(cluster) -> None:
    for epoch in (2, 3, 4):
        cluster.restart_alpha()
        cluster.rise()
        assert cluster.alpha.herald.epoch == epoch
        assert_agreed(cluster, epoch)


def test_what_alpha_has_acknowledged_and_nobody_else_has_survives_its_restart(cluster) -> None:
    for _ in range(3):
        execute(cluster)
    tail = cluster.alpha.tip
    cluster.restart_alpha()
    cluster.rise()
    assert cluster.alpha.log.digest(4) == tail.digest
    assert_agreed(cluster, 5)


def test_acknowledged_batches_survive_two_risings_that_nobody_sees(cluster) -> None:
    execute(cluster)
    tail = cluster.alpha.tip
    for _ in range(2):
        cluster.restart_alpha()
        cluster.connect()
        while cluster.alpha.herald.state is not AlphaState.RISING:
            for number in range(3):
                cluster.deliver_to_auditor(number)
                cluster.deliver_to_alpha(number)
        cluster.cut()
    cluster.restart_alpha()
    cluster.rise()
    assert cluster.alpha.log.digest(2) == tail.digest
    assert_agreed(cluster, 5)


def test_alpha_with_an_empty_disk_fetches_everything(cluster) -> None:
    for _ in range(3):
        execute(cluster)
    cluster.settle()
    certified = [cluster.alpha.log.digest(number) for number in range(1, 5)]
    cluster.restart_alpha(cluster.empty_log())
    cluster.rise()
    assert [cluster.alpha.log.digest(number) for number in range(1, 5)] == certified
    assert_agreed(cluster, 5)


def test_alpha_with_an_old_disk_fetches_what_it_lacks(cluster) -> None:
    execute(cluster)
    cluster.settle()
    old = cluster.copy_log(cluster.alpha.log)
    for _ in range(3):
        execute(cluster)
    cluster.settle()
    certified = cluster.alpha.tip
    cluster.restart_alpha(old)
    cluster.rise()
    assert cluster.alpha.log.digest(5) == certified.digest
    assert_agreed(cluster, 6)


@pytest.mark.parametrize("wiped", [False, True])
def test_a_forgetful_alpha_never_opens_an_epoch_twice(cluster, wiped: bool) -> None:
    """Otherwise it would sign two headers at one place, and an honest auditor would have to halt."""
    old = cluster.empty_log() if wiped else cluster.copy_log(cluster.alpha.log)
    if not wiped:
        cluster.restart_alpha()
        cluster.rise()
    epoch = cluster.alpha.herald.epoch
    cluster.cut(1, 2)
    execute(cluster)
    cluster.settle()  # auditor 0 alone has this batch
    cluster.cut()
    cluster.restart_alpha(old)
    cluster.connect(1, 2)
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.herald.epoch == epoch + 1
    execute(cluster, 7)
    cluster.settle()
    cluster.connect(0)
    cluster.settle()
    assert_agreed(cluster, cluster.alpha.tip.number)


def test_an_epoch_that_was_proposed_to_one_auditor_only_is_not_opened_below_it(cluster) -> None:
    old = cluster.copy_log(cluster.alpha.log)
    cluster.restart_alpha()
    cluster.connect(0)
    cluster.settle()  # auditor 0 has promised epoch 2, which is never opened
    cluster.restart_alpha(old)
    cluster.rise()
    assert cluster.alpha.herald.epoch == 3
    assert_agreed(cluster, 2)


def test_an_auditor_with_a_tail_that_nobody_else_has_drops_it(cluster) -> None:
    old = cluster.copy_log(cluster.alpha.log)
    cluster.cut(1, 2)
    for _ in range(3):
        execute(cluster)
    cluster.settle()
    lonely = cluster.auditors[0].replica.tip
    assert lonely.number == 4
    cluster.cut()
    cluster.restart_alpha(old)
    cluster.connect(1, 2)
    cluster.settle()
    execute(cluster, 7)
    cluster.connect(0)
    cluster.settle()
    assert cluster.auditors[0].log.digest(4) != lonely.digest
    assert_agreed(cluster, 3)


def test_a_dropped_tail_is_gone_from_the_restarted_auditor_too(cluster) -> None:
    old = cluster.copy_log(cluster.alpha.log)
    cluster.cut(1, 2)
    execute(cluster)
    cluster.settle()
    cluster.cut()
    cluster.restart_alpha(old)
    cluster.connect(1, 2)
    cluster.settle()
    cluster.connect(0)
    cluster.settle()
    cluster.restart_auditor(0)
    cluster.connect(0)
    cluster.settle()
    execute(cluster)
    cluster.settle()
    assert_agreed(cluster, 3)


def test_a_tail_of_an_old_epoch_longer_than_the_new_chain(cluster) -> None:
    """Alpha's own tip has the higher epoch and still ends before an auditor's: it must not be opened on."""
    old = cluster.copy_log(cluster.alpha.log)
    cluster.cut(1, 2)
    for _ in range(4):
        execute(cluster)
    cluster.settle()  # auditor 0: batches 2 to 5 of epoch 1
    cluster.cut()
    cluster.restart_alpha(old)
    cluster.connect(1, 2)
    while cluster.alpha.herald.state is not AlphaState.RISING:
        for number in (1, 2):
            cluster.deliver_to_auditor(number)
            cluster.deliver_to_alpha(number)
    assert cluster.alpha.tip.epoch == 2  # the opener, which nobody has
    cluster.restart_alpha()
    cluster.connect(0, 1)
    cluster.settle()
    assert cluster.closed == []
    assert cluster.is_ready
    cluster.connect(2)
    cluster.settle()
    assert_agreed(cluster, 6)


# --- while alpha fetches ---------------------------------------------------------------------------


def fetching(cluster, batches: int = 4) -> int:
    """Alpha, with an empty disk, has fetched two batches; the number of the source."""
    for _ in range(batches):
        execute(cluster)
    cluster.settle()
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect()
    while cluster.alpha.tip.number < 2:
        for number in range(3):
            cluster.deliver_to_auditor(number)
            if cluster.alpha.tip.number < 2:
                cluster.deliver_to_alpha(number)
    assert cluster.alpha.herald.state is AlphaState.ADOPTING
    sources = [number for number in range(3) if cluster.auditors[number].outbox]
    return sources[0]


def test_another_auditor_goes_on_when_the_source_disappears(cluster) -> None:
    source = fetching(cluster)
    cluster.cut(source)
    cluster.settle()
    assert cluster.closed == []
    assert cluster.is_ready
    cluster.connect(source)
    cluster.settle()
    assert_agreed(cluster, 6)


def lose_the_only_source(cluster) -> None:
    """Alpha, with an empty disk, fetches from auditor 0 what nobody else has, and auditor 0 goes."""
    cluster.cut(1, 2)
    for _ in range(4):
        execute(cluster)
    cluster.settle()
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(0, 1)
    while cluster.alpha.tip.number < 2:
        for number in (0, 1):
            cluster.deliver_to_auditor(number)
            if cluster.alpha.tip.number < 2:
                cluster.deliver_to_alpha(number)
    cluster.cut(0)
    cluster.connect(2)
    cluster.settle()


def test_alpha_waits_for_the_source_when_nobody_else_has_the_tip(cluster) -> None:
    lose_the_only_source(cluster)
    assert cluster.alpha.herald.state is AlphaState.ADOPTING
    cluster.connect(0)
    cluster.settle()
    assert cluster.closed == []
    assert_agreed(cluster, 6)


def test_alpha_does_not_wait_for_ever_for_a_source(cluster) -> None:
    lose_the_only_source(cluster)
    for state in (AlphaState.ADOPTING, AlphaState.WAITING):
        cluster.alpha.herald.look_at_source()
        assert cluster.alpha.herald.state is state
    cluster.settle()
    assert cluster.is_ready
    cluster.connect(0)  # what it alone had was acknowledged, but never final
    cluster.settle()
    execute(cluster)
    cluster.settle()
    assert len({cluster.state_root(), *(cluster.state_root(number) for number in range(3))}) == 1


def test_a_source_that_reconnects_before_its_old_link_is_noticed_goes_on(cluster) -> None:
    source = fetching(cluster)
    herald, member = cluster.alpha.herald, cluster.auditors[source]
    others = [number for number in range(3) if number != source]
    cluster.cut(*others)
    old = cluster._links.pop(source)
    member.outbox.clear()
    member.replica.link_up()
    cluster._links[source] = herald.link_up(member.key_pair.public, lambda: None)
    cluster.settle()
    herald.link_down(old)
    cluster.settle()
    assert cluster.alpha.tip.number == 6
    cluster.connect(*others)
    cluster.settle()
    assert_agreed(cluster, 6)


def test_a_damaged_batch_from_the_source_is_refused(cluster) -> None:
    source = fetching(cluster)
    batch = cluster.auditors[source].outbox[0]
    batch.quanta[0].timestamp += 1
    cluster.settle()
    number, violation = cluster.closed[0]
    assert (number, violation.code) == (source, Code.INVALID_QUANTUM)
    cluster.restart_alpha()
    cluster.rise()
    assert_agreed(cluster, 6)


# --- alpha's messages on their way -----------------------------------------------------------------


def test_an_auditor_that_halts_says_why(cluster) -> None:
    execute(cluster)

    def other_time(number: int, data: bytes) -> bytes:
        message = decode_cluster_message(data)
        if number == 0 and isinstance(message, Batch):
            message.quanta[0].timestamp += 1
        return encode_cluster_message(message)

    cluster.tamper = other_time
    cluster.settle()
    assert cluster.auditors[0].halted.code is Code.INVALID_QUANTUM
    (faulty,) = cluster.alpha.faulty
    assert faulty.auditor == cluster.world.auditors[0].public
    assert faulty.reason.startswith("refuses batch 2: INVALID_QUANTUM: ")
    cluster.connect()
    assert cluster.linked == [1, 2]
    assert cluster.certified == 2


def test_a_batch_that_no_machine_accepts_is_rejected_before_it_is_relayed(cluster) -> None:
    body = deposit(cluster.world, cluster.alpha.machine)
    cluster.execute(body)
    tip = cluster.alpha.tip
    with pytest.raises(Rejection, match="LEDGER_CONTRADICTION"):
        cluster.execute(body)
    assert cluster.alpha.tip == tip
    cluster.settle()
    assert_agreed(cluster, 2)


def test_an_opener_that_only_alpha_stored_gives_way_to_a_batch_that_an_auditor_promised(cluster) -> None:
    """Its epoch is higher, but the chain does not pass through the promised batch: auditors would refuse it."""
    cluster.rise()
    cluster.cut(0, 1)
    lone = execute(cluster)
    cluster.settle()  # auditor 2 alone has it
    cluster.restart_alpha(cluster.copy_log(cluster.auditors[0].log))
    cluster.connect(0, 1)
    while cluster.alpha.herald.state is not AlphaState.RISING:  # alpha stores its opener, and nobody gets it
        assert any([cluster.deliver_to_auditor(0), cluster.deliver_to_auditor(1),
                    cluster.deliver_to_alpha(0), cluster.deliver_to_alpha(1)])  # fmt: skip
    assert cluster.alpha.tip.number == lone.header.number
    assert cluster.alpha.tip.epoch > lone.header.epoch
    cluster.restart_alpha()
    cluster.connect(0, 2)
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.log.digest(lone.header.number) == lone.digest
