"""The full check of a log: everything in it is read, replayed and compared. It takes as long as it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from constellation.protocol.errors import Divergence, VerificationError
from constellation.protocol.messages import Batch, Settings
from constellation.protocol.proofs import check_signed_header
from constellation.quanta import Machine, SealedBatch, Tip, batch_effects, conservation_errors, replay
from constellation.quanta.state_tree import entry_path
from constellation.snapshots.account_index import account_effects, pack_effects
from constellation.snapshots.answers import reseal_stored
from constellation.snapshots.certificates import checked_certificate
from constellation.snapshots.checkpoints import checkpoint_number, read_entries
from constellation.snapshots.damage import DamagedLog, damage_in
from constellation.snapshots.damage_open import check_all_pages
from constellation.snapshots.log import QuantumLog, StoredBatch
from constellation.snapshots.outline import pack_outline
from constellation.snapshots.promises import read_promise
from constellation.snapshots.restore import restore
from constellation.snapshots.tables import batches, promises


@dataclass(slots=True)
class LogProof:
    """What holds, all of it verified.

    Attributes:
        base: the batch after which the log begins; 0 at genesis.
        tip: where it ends.
        certified: number of the highest batch that is known to be final.
        certificates: how many.
        promises: how many.
        checkpoint: the batch whose state the log can be restored from; None without one.
        replayed_from: the first batch that was executed again; those before it, behind a base, are only chained.
        apex: the last quantum.
        state_root: at the end.
    """

    base: int
    tip: Tip
    certified: int
    certificates: int
    promises: int
    checkpoint: int | None
    replayed_from: int
    apex: int
    state_root: bytes


def check_log(quantum_log: QuantumLog, settings: Settings, progress: Callable[[int, int], None]) -> LogProof:
    """Check everything in a log.

    Args:
        quantum_log: of a stopped node, already open: what is looked at then is not looked at again.
        settings: of the constellation.
        progress: told how many batches are checked, and of how many.

    Raises:
        DamagedLog: something is not what was written; the message names it.
        Divergence: everything is, but this version's rules lead to something else.
    """
    with quantum_log.engine.connect() as connection:
        check_all_pages(connection)
        checkpoint = checkpoint_number(connection)
    check = _Check(quantum_log, settings, checkpoint)
    kept = _check_promises(quantum_log)
    if quantum_log.base:
        restored = restore(quantum_log, settings, check.compare_effects)
        machine, replayed_from = restored.machine, restored.replayed_from
    else:
        machine, replayed_from = check.machine, 1
    last = quantum_log.tip().number
    for stored in quantum_log.batches(quantum_log.first):
        check.take(stored)
        progress(check.tip.number - quantum_log.base, last - quantum_log.base)
    check.finish()
    state = machine.state
    if problems := conservation_errors(state):
        raise DamagedLog("money is not conserved at the end: " + "; ".join(problems[:3]))
    certified = quantum_log.certified()
    return LogProof(
        quantum_log.base, check.tip, certified, check.certificates, kept, checkpoint, replayed_from, state.apex,
        state.root(),
    )  # fmt: skip


def _check_promises(quantum_log: QuantumLog) -> int:
    """Check every promise; how many there are."""
    with quantum_log.engine.connect() as connection:
        epochs = list(connection.execute(select(promises.c.epoch)).scalars())
        for epoch in epochs:
            read_promise(connection, quantum_log.constellation, epoch)
    return len(epochs)


class _Check:
    """Follows the log batch by batch."""

    def __init__(self, quantum_log: QuantumLog, settings: Settings, checkpoint: int | None) -> None:
        self._log = quantum_log
        self._terms = quantum_log.terms()
        self._checkpoint = checkpoint
        self._entries: dict[bytes, bytes] = {}
        self._at_checkpoint: dict[bytes, bytes] = {}
        self._indexed = 0
        self.machine = Machine(settings)
        self.tip = quantum_log.base_tip()
        self.certificates = 0

    def take(self, stored: StoredBatch) -> None:
        """Check the next batch and everything in its row."""
        header = stored.batch.signed_header.header
        with damage_in(lambda: f"the row of batch {header.number}"):
            row = self._row(header.number)
            if (row.epoch, row.last_apex, row.timestamp) != (header.epoch, header.last_apex, header.timestamp):
                raise DamagedLog("it does not say what its batch says")
        if row.certificate is not None:
            checked_certificate(self._terms, header.number, stored.digest, row.certificate)
            self.certificates += 1
        if self._log.base:
            self._follow(stored)
        else:
            self._execute(stored)
        self._check_effects(header.number, row.effects, stored.batch)
        self.tip = Tip(header.epoch, header.number, stored.digest)

    def _row(self, number: int) -> Row[Any]:
        with self._log.engine.connect() as connection:
            return connection.execute(select(batches).where(batches.c.number == number)).one()

    def _follow(self, stored: StoredBatch) -> None:
        """Check a batch without a state to execute it on, or one that the restore has executed."""
        header = stored.batch.signed_header.header
        try:
            check_signed_header(self._terms, stored.batch.signed_header)
        except VerificationError as error:
            raise Divergence(error.code, f"batch {header.number} in the log: {error.message}") from error
        if header.previous != self.tip.digest:
            raise DamagedLog(f"batch {header.number} in the log does not follow batch {self.tip.number}")

    def _execute(self, stored: StoredBatch) -> None:
        number = stored.batch.signed_header.header.number
        try:
            check_signed_header(self._terms, stored.batch.signed_header)
            sealed = replay(self.machine, self.tip, stored.batch)
        except (VerificationError, Divergence) as error:
            raise Divergence(error.code, f"batch {number} in the log: {error.message}") from error
        self.compare_effects(sealed, stored.batch)
        for key, entry in (sealed.entries or {}).items():
            if entry is None:
                self._entries.pop(entry_path(key), None)
            else:
                self._entries[entry_path(key)] = entry
        if number == self._checkpoint:
            self._at_checkpoint = dict(self._entries)

    def compare_effects(self, sealed: SealedBatch, _batch: Batch) -> None:
        """Compare what a replay gave with what is stored."""
        number = sealed.header.number
        effects = self._row(number).effects
        if effects is not None and effects != batch_effects(sealed).to_xdr():
            raise DamagedLog(f"the effects of batch {number} in the log are not what its quanta do")

    def _check_effects(self, number: int, value: bytes | None, batch: Batch) -> None:
        if value is None:
            return
        self._indexed += 1
        sealed = reseal_stored(self._log.constellation, batch, value)
        columns = account_effects.c
        query = select(columns.accounts, columns.outline).where(columns.number == number)
        with self._log.engine.connect() as connection, damage_in(lambda: f"the index of the effects of batch {number}"):
            row = connection.execute(query).first()
            if row is None:
                raise DamagedLog("its row is missing")
            if row.accounts != pack_effects(batch_effects(sealed)) or row.outline not in (b"", pack_outline(sealed)):
                raise DamagedLog("it does not say what the effects are")

    def finish(self) -> None:
        """Check what is not about one batch."""
        with self._log.engine.connect() as connection:
            entries = dict(read_entries(connection))
            indexed = connection.execute(select(func.count()).select_from(account_effects)).scalar_one()
        if indexed != self._indexed:
            raise DamagedLog("the index of effects has other batches than the log")
        if not self._log.base and self._checkpoint is not None and entries != self._at_checkpoint:
            raise DamagedLog(f"the checkpoint after batch {self._checkpoint} is not the state after that batch")
