"""The durable quantum log and the restore from it."""

from constellation.snapshots.checkpoints import Checkpoint, CheckpointKeeper
from constellation.snapshots.directory import DataDirectory, DirectoryInUse
from constellation.snapshots.log import LogMismatch, QuantumLog, StoredBatch
from constellation.snapshots.restore import Restored, restore
from constellation.snapshots.writer import LogWriter, StorageFailure

__all__ = [
    "Checkpoint",
    "CheckpointKeeper",
    "DataDirectory",
    "DirectoryInUse",
    "LogMismatch",
    "LogWriter",
    "QuantumLog",
    "Restored",
    "StorageFailure",
    "StoredBatch",
    "restore",
]
