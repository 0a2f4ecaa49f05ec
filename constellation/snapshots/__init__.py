"""The durable quantum log and the restore from it."""

from constellation.snapshots.base import Install
from constellation.snapshots.checkpoints import Checkpoint, CheckpointKeeper
from constellation.snapshots.damage import DamagedLog, StorageFailure
from constellation.snapshots.directory import DataDirectory, DirectoryInUse
from constellation.snapshots.identity import new_name
from constellation.snapshots.log import BatchesPruned, LogMismatch, QuantumLog, Recovered, RolledBack, StoredBatch
from constellation.snapshots.log_view import Standing
from constellation.snapshots.restore import Restored, restore
from constellation.snapshots.writer import LogWriter

__all__ = [
    "BatchesPruned",
    "Checkpoint",
    "CheckpointKeeper",
    "DamagedLog",
    "DataDirectory",
    "DirectoryInUse",
    "Install",
    "LogMismatch",
    "LogWriter",
    "QuantumLog",
    "Recovered",
    "Restored",
    "RolledBack",
    "Standing",
    "StorageFailure",
    "StoredBatch",
    "new_name",
    "restore",
]
