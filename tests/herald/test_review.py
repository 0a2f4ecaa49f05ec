"""What an attacker would try on recovery, and does not get."""

from collections.abc import Iterator

import pytest

from constellation.herald.alpha import AlphaState
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Code, Vote
from constellation.testing.cluster import Cluster
from constellation.testing.world import World
from tests.herald.support import Chain, Led, execute


@pytest.fixture
def cluster(world: World) -> Iterator[Cluster]:
    cluster = Cluster(world)
    cluster.rise()
    yield cluster
    cluster.close()


def votes(hand: Led) -> list[int]:
    return [message.number for message in hand.says() if isinstance(message, Vote)]


def test_one_epoch_opened_twice_gets_no_second_vote_for_a_place(world) -> None:
    """Alpha keeps an auditor's first promise and opens its epoch again, on a longer chain of its own."""
    chain = Chain(world)
    chain.open(1)
    fork = chain.fork(1)
    chain.open(2)
    hand = Led(world)
    told = [chain.promise(auditor, 2, 1) for auditor in (1, 2)]
    hand.join(chain, 2, 1, 1, *told)
    hand.hear(*chain.batches)
    assert votes(hand) == [2]
    fork.extend(1)
    fork.open(2)  # batch 3 of epoch 2, where batch 2 was its first
    for start in (2, 3):
        with pytest.raises(ProtocolViolation) as error:
            hand.reconnect().join(fork, 2, 2, start, *told)
        assert error.value.code is Code.BROKEN_PROMISE
        assert votes(hand) == []
    assert hand.tip == chain.tip_at(2)


def test_crash_between_dropping_a_tail_and_storing_what_replaces_it(cluster) -> None:
    cluster.cut(1, 2)
    execute(cluster)
    cluster.settle()  # auditor 0 alone has this batch
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(1, 2)
    cluster.settle()
    final = execute(cluster, amount=7)
    cluster.settle()
    assert cluster.certified == final.header.number
    cluster.auditors[0].log.truncate(1)  # the tail is gone, and the power
    cluster.restart_auditor(0)
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect(0, 1)  # one of those who certified, and the one who was hit
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.log.digest(final.header.number) == final.digest
    assert cluster.state_root(0) == cluster.state_root(1) == cluster.state_root()


@pytest.mark.parametrize("kills", [1, 3])
def test_promises_that_were_stored_and_never_heard_only_cost_epochs(cluster, kills: int) -> None:
    final = execute(cluster)
    cluster.settle()
    for _ in range(kills):
        cluster.restart_alpha()
        cluster.connect()
        for number in range(3):
            while cluster.deliver_to_auditor(number):
                pass  # stored; alpha dies before it hears
            while cluster.deliver_to_alpha(number) and cluster.alpha.herald.state is AlphaState.WAITING:
                cluster.deliver_to_auditor(number)
    cluster.restart_alpha(cluster.empty_log())
    cluster.connect()
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.log.digest(final.header.number) == final.digest


@pytest.mark.parametrize("auditors", [1, 2])
def test_where_all_are_the_quorum_every_disk_but_alphas_may_go_at_once(auditors: int) -> None:
    cluster = Cluster(World(auditors=auditors), recovering=True)
    cluster.rise()
    final = execute(cluster)
    cluster.settle()
    for number in range(auditors):
        cluster.restart_auditor(number, cluster.empty_log())
    cluster.restart_alpha()
    cluster.connect()
    cluster.settle()
    assert cluster.is_ready
    assert cluster.alpha.log.digest(final.header.number) == final.digest
    assert not any(member.log.is_recovering for member in cluster.auditors)
    cluster.close()
