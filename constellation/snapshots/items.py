"""What a log stores, kind by kind."""

from dataclasses import dataclass

from sqlalchemy import Connection

from constellation.protocol.messages import Certificate, Settings, SignedAppointment, SignedPromise
from constellation.protocol.signing import settings_constellation_id
from constellation.snapshots.base import Install, certified_number, check_install, install
from constellation.snapshots.batch_rows import StoredBatch, insert_batch
from constellation.snapshots.certificates import put_certificate
from constellation.snapshots.checkpoints import Checkpoint, write_checkpoint
from constellation.snapshots.identity import note_recovered, note_rolled_back
from constellation.snapshots.promises import put_appointment, put_promise, read_terms


@dataclass(slots=True)
class Recovered:
    """The node has learnt again what its log does not say: whatever it may have signed before the log was created."""


@dataclass(slots=True, frozen=True)
class RolledBack:
    """The log is an old copy: the node has signed what it does not say. It recovers from now on.

    Attributes:
        name: the log's from now on; see :func:`~constellation.snapshots.identity.new_name`.
    """

    name: bytes


Item = StoredBatch | Certificate | SignedPromise | SignedAppointment | Checkpoint | Recovered | RolledBack | Install
"""What can be stored."""


def write_item(connection: Connection, settings: Settings, item: Item) -> None:
    """Store ``item``, within the caller's transaction.

    Raises:
        ValueError: a snapshot is behind the log, or its own proof does not cover it.
        VerificationError: a snapshot's certificate does not hold.
    """
    match item:
        case StoredBatch():
            insert_batch(connection, item)
        case Certificate():
            put_certificate(connection, settings_constellation_id(settings), item)
        case Checkpoint():
            write_checkpoint(connection, item)
        case SignedPromise():
            put_promise(connection, item)
        case SignedAppointment():
            put_appointment(connection, item)
        case Recovered():
            note_recovered(connection)
        case RolledBack():
            note_rolled_back(connection, item.name)
        case Install():
            install(
                connection, item, check_install(read_terms(connection, settings), item, certified_number(connection))
            )
