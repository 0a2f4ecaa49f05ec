from collections.abc import Callable, Iterator

import pytest

from constellation.testing.cluster import Cluster
from constellation.testing.world import World


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
