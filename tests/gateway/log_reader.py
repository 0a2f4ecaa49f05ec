"""The log behind the harness's gateway: the real one, in memory, read when the test says so."""

from collections.abc import Callable

from constellation.protocol.errors import Rejection
from constellation.protocol.history import EntryProof, EventPage
from constellation.protocol.messages import Certificate, Settings
from constellation.quanta import SealedBatch, batch_effects, signed_batch
from constellation.snapshots import CheckpointKeeper, QuantumLog, StoredBatch
from constellation.snapshots.history_reader import HistoryReader
from constellation.snapshots.log import Item
from constellation.snapshots.outline import pack_outline
from constellation.snapshots.tree_keeper import TreeKeeper


class MemoryLog:
    """Stores and reads at once, unless ``waits`` is set: then reads wait for :meth:`read_waiting`.

    Attributes:
        waits: whether reads wait.
        waiting: what waits.
        reads: how many pages were read.
    """

    def __init__(self, settings: Settings) -> None:
        self.waits = False
        self.waiting: list[Callable[[], None]] = []
        self.reads = 0
        self._settings = settings
        self._items: list[Item] = []
        self._log: QuantumLog | None = None
        self._keeper = CheckpointKeeper(restored=False)
        self._trees = TreeKeeper()

    def store(self, sealed: SealedBatch, alpha_signature: bytes) -> None:
        self._keeper.note(sealed)
        self._trees.note(sealed)
        batch = signed_batch(sealed, alpha_signature)
        self._items.append(StoredBatch(batch, sealed.digest, batch_effects(sealed), pack_outline(sealed)))

    def certify(self, certificate: Certificate) -> None:
        self._items.append(certificate)
        checkpoint = self._keeper.take(certificate.header.number)
        if checkpoint is not None:
            self._items.append(checkpoint)

    @property
    def log(self) -> QuantumLog:
        """With everything that was stored; most tests never need it."""
        if self._log is None:
            self._log = QuantumLog(None, self._settings)
        items, self._items = self._items, []
        self._log.write(items)
        return self._log

    def reader(self) -> HistoryReader:
        return HistoryReader(self.log.engine, self._settings)

    def read_waiting(self) -> None:
        waiting, self.waiting = self.waiting, []
        for read in waiting:
            read()

    def _start(self, read: Callable[[], None]) -> None:
        self.waiting.append(read)
        if not self.waits:
            self.read_waiting()

    def read_events(
        self, account: bytes, after: int, start: int | None, done: Callable[[EventPage | Rejection], None]
    ) -> None:
        def read() -> None:
            self.reads += 1
            try:
                page: EventPage | Rejection = self.reader().events(account, after, start)
            except Rejection as error:
                page = error
            done(page)

        self._start(read)

    def read_entry(self, key: bytes, done: Callable[[EntryProof | Rejection], None]) -> None:
        def read() -> None:
            try:
                found: EntryProof | Rejection = self._trees.prove(key, self.reader().entry(key))
            except Rejection as error:
                found = error
            done(found)

        self._start(read)
