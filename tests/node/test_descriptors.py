import resource

import pytest

from constellation.node import descriptors
from constellation.node.descriptors import connections_allowed


class Limits:
    """Stands for the system's limits of open files."""

    def __init__(self, soft: int, hard: int) -> None:
        self.now = soft, hard

    def get(self, kind: int) -> tuple[int, int]:
        assert kind == resource.RLIMIT_NOFILE
        return self.now

    def set(self, kind: int, limits: tuple[int, int]) -> None:
        assert kind == resource.RLIMIT_NOFILE
        self.now = limits


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "allowed", "then"),
    [
        (1024, 20_000, 4096, 4096, 20_000),
        (20_000, 20_000, 4096, 4096, 20_000),
        (1024, 1024, 4096, 384, 1024),
        (64, 64, 4096, 1, 64),
        (1024, resource.RLIM_INFINITY, 4096, 4096, 2**16),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 4096, 4096, resource.RLIM_INFINITY),
        (1024, 20_000, 10, 10, 20_000),
    ],
)
def test_what_others_need_is_kept_back(monkeypatch, caplog, soft, hard, wanted, allowed, then) -> None:
    limits = Limits(soft, hard)
    monkeypatch.setattr(descriptors.resource, "getrlimit", limits.get)
    monkeypatch.setattr(descriptors.resource, "setrlimit", limits.set)
    assert connections_allowed(wanted) == allowed
    assert limits.now == (then, hard)
    assert ("fewer connections" in caplog.text) == (allowed < wanted)
