import pytest

from constellation.herald.link import BatchCache, Link, LinkOverflow, ReadBatches
from constellation.protocol.limits import CLUSTER_QUEUE_MAX_MESSAGES
from constellation.protocol.messages import EpochProposal, decode_cluster_message
from constellation.testing.world import World
from tests.herald.support import Chain, certify

WORLD = World(auditors=3)


@pytest.fixture(scope="module")
def chain() -> Chain:
    chain = Chain(WORLD)
    chain.open(1)
    for _ in range(9):
        chain.extend(1)
    return chain


class Hand:
    def __init__(self, cache: BatchCache) -> None:
        self.woken = 0
        self.link = Link(b"auditor", cache, self.wake)

    def wake(self) -> None:
        self.woken += 1

    def next(self):
        item = self.link.next()
        return decode_cluster_message(item) if isinstance(item, bytes) else item


def certificate(chain: Chain, number: int):
    return certify(WORLD, chain.header(number).header)


def test_control_messages_come_first_and_in_order(chain) -> None:
    cache = BatchCache()
    cache.add(chain.batches[0])
    hand = Hand(cache)
    hand.link.start(1)
    hand.link.send(EpochProposal(1))
    hand.link.send(EpochProposal(2))
    assert [hand.next() for _ in range(4)] == [EpochProposal(1), EpochProposal(2), chain.batches[0], None]
    assert hand.woken == 3


def test_nothing_is_streamed_before_the_start(chain) -> None:
    cache = BatchCache()
    hand = Hand(cache)
    cache.add(chain.batches[0])
    hand.link.certify(certificate(chain, 1))
    assert not hand.link.is_streaming
    assert hand.next() is None


def test_control_messages_are_bounded() -> None:
    hand = Hand(BatchCache())
    for number in range(CLUSTER_QUEUE_MAX_MESSAGES):
        hand.link.send(EpochProposal(number))
    with pytest.raises(LinkOverflow):
        hand.link.send(EpochProposal(0))
    hand.next()
    hand.link.send(EpochProposal(0))


def test_evicted_batches_are_read_from_the_log(chain, monkeypatch) -> None:
    monkeypatch.setattr("constellation.herald.link._CACHE_MAX_BATCHES", 3)
    cache = BatchCache()
    for batch in chain.batches:
        cache.add(batch)
    hand = Hand(cache)
    hand.link.start(4)
    assert hand.next() == ReadBatches(4)
    hand.link.provide(chain.batches[3:7])
    assert [hand.next() for _ in range(7)] == chain.batches[3:]
    assert hand.next() is None


def test_a_chunk_that_does_not_reach_the_cache_is_followed_by_another(chain, monkeypatch) -> None:
    monkeypatch.setattr("constellation.herald.link._CACHE_MAX_BATCHES", 1)
    cache = BatchCache()
    for batch in chain.batches:
        cache.add(batch)
    hand = Hand(cache)
    hand.link.start(1)
    streamed = []
    while (item := hand.next()) is not None:
        if isinstance(item, ReadBatches):
            hand.link.provide(chain.batches[item.first - 1 : item.first + 2])
        else:
            streamed.append(item)
    assert streamed == chain.batches


def test_a_chunk_that_has_more_than_was_relayed_waits_for_the_relay(chain) -> None:
    cache = BatchCache()
    cache.last = 2
    hand = Hand(cache)
    hand.link.start(1)
    assert hand.next() == ReadBatches(1)
    hand.link.provide(chain.batches[:4])
    assert [hand.next() for _ in range(3)] == [*chain.batches[:2], None]
    cache.add(chain.batches[2])
    assert hand.next() == chain.batches[2]
    assert hand.next() is None


def test_the_cache_is_bounded_by_bytes(chain, monkeypatch) -> None:
    monkeypatch.setattr("constellation.herald.link._CACHE_MAX_BYTES", 1500)
    cache = BatchCache()
    for batch in chain.batches:
        cache.add(batch)
    kept = [number for number in range(1, 11) if cache.get(number) is not None]
    assert kept == list(range(kept[0], 11))
    assert 0 < sum(len(cache.get(number)) for number in kept) <= 1500


def test_a_certificate_waits_until_its_batch_is_out(chain) -> None:
    cache = BatchCache()
    for batch in chain.batches[:3]:
        cache.add(batch)
    hand = Hand(cache)
    hand.link.start(1)
    hand.link.certify(certificate(chain, 2))
    assert [hand.next() for _ in range(4)] == [*chain.batches[:2], certificate(chain, 2), chain.batches[2]]
    assert hand.next() is None


def test_a_later_certificate_replaces_one_that_waits(chain) -> None:
    cache = BatchCache()
    for batch in chain.batches[:3]:
        cache.add(batch)
    hand = Hand(cache)
    hand.link.start(1)
    hand.link.certify(certificate(chain, 1))
    hand.link.certify(certificate(chain, 3))
    assert [hand.next() for _ in range(4)] == [*chain.batches[:3], certificate(chain, 3)]
    hand.link.certify(certificate(chain, 3))
    assert hand.next() == certificate(chain, 3)
