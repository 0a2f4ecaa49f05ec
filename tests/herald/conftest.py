from collections.abc import Callable, Iterator

import pytest

from constellation.testing.cluster import Cluster
from constellation.testing.world import World
from tests.herald.support import Chain


@pytest.fixture
def world() -> World:
    return World(auditors=3)


@pytest.fixture
def chain(world: World) -> Chain:
    """Opener of epoch 1 and three deposits."""
    chain = Chain(world)
    chain.open(1)
    for _ in range(3):
        chain.extend(1)
    return chain


@pytest.fixture
def clusters() -> Iterator[Callable[..., Cluster]]:
    """Makes clusters and closes their logs afterwards."""
    made: list[Cluster] = []

    def make(auditors: int = 3) -> Cluster:
        made.append(Cluster(World(auditors=auditors)))
        return made[-1]

    yield make
    for cluster in made:
        cluster.close()


@pytest.fixture
def cluster(clusters: Callable[..., Cluster]) -> Cluster:
    """Three auditors, risen in epoch 1."""
    cluster = clusters()
    cluster.rise()
    return cluster
