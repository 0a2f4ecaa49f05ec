from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.exchange import Exchange, certificate
from constellation.protocol.errors import Divergence, VerificationError
from constellation.quanta import SealedBatch
from constellation.snapshots import DamagedLog, QuantumLog
from constellation.snapshots.directory import LOG_FILE
from constellation.testing.history import HistoriesDiffer, SharedHistory


class Nodes:
    """Logs of two nodes with the same eight batches, all certified."""

    def __init__(self, directory: Path) -> None:
        self.exchange = Exchange(3, signed=True)
        self.settings = self.exchange.world.settings
        self.directories = {name: directory / name for name in ("alpha", "auditor-1")}
        self.batches: list[SealedBatch] = []
        for executed in self.exchange.fund():
            self.batches.append(self.exchange.seal(executed))
        while len(self.batches) < 8:
            self.batches.append(self.exchange.seal(self.exchange.trade(3), checkpoint=len(self.batches) == 5))
        for name in self.directories:
            self.directories[name].mkdir()
            self.write(name, self.batches)

    def write(self, name: str, batches: list[SealedBatch]) -> None:
        items = [self.exchange.stored(item, effects=name == "alpha") for item in batches]
        with closing(QuantumLog(self.directories[name] / LOG_FILE, self.settings)) as log:
            log.write([*items, certificate(self.exchange.world, batches[-1])])

    def history(self) -> SharedHistory:
        return SharedHistory(self.settings, self.directories)

    def replace(self, name: str, batches: list[SealedBatch]) -> None:
        for path in self.directories[name].iterdir():
            path.unlink()
        self.write(name, batches)


@pytest.fixture
def nodes(tmp_path: Path) -> Nodes:
    return Nodes(tmp_path)


def test_what_all_have_is_read_and_executed(nodes: Nodes) -> None:
    history = nodes.history()
    assert history.common == 8
    assert [item.digest for item in history.read(3)] == [item.digest for item in nodes.batches[:3]]
    assert [item.digest for item in history.read(8)] == [item.digest for item in nodes.batches[3:]]
    assert history.machine.state.root() == nodes.exchange.machine.state.root()
    assert list(history.read(8)) == []


def test_what_one_node_has_not_got_is_not_common(nodes: Nodes) -> None:
    nodes.replace("auditor-1", nodes.batches[:5])
    assert nodes.history().common == 5
    with pytest.raises(HistoriesDiffer, match="auditor-1 has not got all of the batches 1 to 8"):
        list(nodes.history().read(8))
    (nodes.directories["auditor-1"] / LOG_FILE).unlink()
    assert nodes.history().common == 0


def other_past() -> list[SealedBatch]:
    """Another exchange's batches after the first ones."""
    other = Exchange(3, signed=True)
    batches = [other.seal(executed) for executed in other.fund()]
    other.trade(1)
    return batches + [other.seal(other.trade(2)) for _ in range(8 - len(batches))]


@pytest.mark.parametrize("read_before", [0, 7])
def test_another_history_is_found_also_when_it_comes_later(nodes: Nodes, read_before: int) -> None:
    history = nodes.history()
    list(history.read(read_before))
    nodes.replace("auditor-1", other_past())
    with pytest.raises(HistoriesDiffer, match="auditor-1 has another batch"):
        list(history.read(8))


def test_what_replay_contradicts_is_found(nodes: Nodes) -> None:
    batches = other_past()
    for name in nodes.directories:
        nodes.replace(name, batches)
    with pytest.raises(Divergence):  # a quantum was executed and is in no batch
        list(nodes.history().read(8))


def test_a_certificate_without_a_quorum_is_none(nodes: Nodes) -> None:
    with closing(QuantumLog(nodes.directories["alpha"] / LOG_FILE, nodes.settings)) as log:
        bad = certificate(nodes.exchange.world, nodes.batches[-1])
        bad.signatures[0].signature = bytes(64)
        log.write([bad])
    with pytest.raises((VerificationError, DamagedLog)):
        nodes.history().certified("alpha")
