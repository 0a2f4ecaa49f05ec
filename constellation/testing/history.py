"""What the logs of a running constellation's nodes say, read and replayed from outside."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from constellation.protocol.messages import Settings
from constellation.protocol.proofs import check_certificate
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, SealedBatch, Tip, replay
from constellation.snapshots import QuantumLog, StoredBatch
from constellation.snapshots.directory import LOG_FILE

_TOGETHER: Final = 200  # batches of every node in memory


class HistoriesDiffer(AssertionError):
    """Two nodes have different histories, or one has another than before."""


class SharedHistory:
    """Follows the batches that are final on all nodes; each must be the same on all, and be what replay says.

    Args:
        settings: of genesis; the members must stay the same.
        data_directories: of the nodes.

    Attributes:
        machine: as of the last batch that was read.
        tip: of that batch.
    """

    def __init__(self, settings: Settings, data_directories: Mapping[str, Path]) -> None:
        self._settings = settings
        self._logs = {node: directory / LOG_FILE for node, directory in data_directories.items()}
        self.machine = Machine(settings)
        self.tip = Tip.genesis(settings)

    def certified(self, node: str) -> int:
        """The last batch that a node has a certificate for, whose signatures are checked; 0 when it has none."""
        if not self._logs[node].is_file():
            return 0
        with self._log(node) as log:
            certificate = log.certificate()
        if certificate is None:
            return 0
        check_certificate(Terms(self._settings), certificate)
        return certificate.header.number

    @property
    def common(self) -> int:
        """The last batch that is final on every node."""
        return min(self.certified(node) for node in self._logs)

    def read(self, last: int) -> Iterator[SealedBatch]:
        """Read and execute on up to batch ``last``, which must be final on all nodes.

        Raises:
            HistoriesDiffer: the nodes have different batches.
            Divergence: a batch is not what its quanta make of the state.
        """
        while self.tip.number < last:
            for item in self._compared(self.tip.number + 1, min(last, self.tip.number + _TOGETHER)):
                sealed = replay(self.machine, self.tip, item.batch)
                self.tip = sealed.tip
                yield sealed

    def _compared(self, first: int, last: int) -> list[StoredBatch]:
        expected: list[StoredBatch] = []
        for node in self._logs:
            rows = self._rows(node, first, last)
            if [item.batch.signed_header.header.number for item in rows] != list(range(first, last + 1)):
                raise HistoriesDiffer(f"{node} has not got all of the batches {first} to {last}")
            for item, other in zip(rows, expected or rows, strict=True):
                if item.digest != other.digest or item.batch.to_xdr() != other.batch.to_xdr():
                    raise HistoriesDiffer(f"{node} has another batch {item.batch.signed_header.header.number}")
            expected = expected or rows
        return expected

    def _rows(self, node: str, first: int, last: int) -> list[StoredBatch]:
        with self._log(node) as log:
            if log.digest(self.tip.number) != self.tip.digest:
                raise HistoriesDiffer(f"{node} has another batch {self.tip.number} than before")
            return list(log.batches(first, last))

    def _log(self, node: str) -> "closing[QuantumLog]":
        return closing(QuantumLog(self._logs[node], self._settings, read_only=True))
