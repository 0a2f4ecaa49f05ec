"""Where a log begins when it does not begin at genesis: at its **base**, a batch that is known to be final.

Batches before the base are not in the log any more, or never were. The base's row stays for its header, which the next
batch follows by its hash; after the installation of a snapshot it is a row without quanta. That the base is final is
known from the certificates behind it, or from the proof that came with the snapshot.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, update

from constellation.protocol.messages import Batch, Finality, SignedHeader
from constellation.protocol.proofs import check_finality
from constellation.protocol.signing import header_hash, settings_constellation_id
from constellation.protocol.terms import Terms
from constellation.protocol.xdr import MalformedMessage
from constellation.snapshots.account_index import drop_after, drop_before
from constellation.snapshots.batch_rows import StoredBatch, batch_row
from constellation.snapshots.certificates import highest_certificate
from constellation.snapshots.checkpoints import note_checkpoint
from constellation.snapshots.damage import DamagedLog
from constellation.snapshots.tables import batches, entries, put_about, put_number, read_about, read_number

_BASE = "base"
_PROOF = "base_proof"


@dataclass(slots=True)
class Install:
    """A verified snapshot that replaces the whole content of a log: batches, entries and checkpoint.

    Attributes:
        checkpoint: the signed header of the batch after which this was the state.
        finality: covers that header.
        entries: all of the state's, encoded, by path.
    """

    checkpoint: SignedHeader
    finality: Finality
    entries: dict[bytes, bytes]


def read_base(connection: Connection) -> int:
    """Number of the base; 0 when the log begins at genesis."""
    return read_number(connection, _BASE) or 0


def read_proof(connection: Connection) -> Finality | None:
    """What came with the base to prove it; None when the log's own certificates do.

    Raises:
        DamagedLog: it cannot be decoded.
    """
    xdr = read_about(connection).get(_PROOF)
    try:
        return Finality.from_xdr(xdr) if xdr else None
    except MalformedMessage as error:
        raise DamagedLog(f"the proof of the log's base is damaged: {error}") from None


def certified_number(connection: Connection) -> int:
    """Number of the highest batch that the log says is final, without looking at what proves it."""
    return max(read_base(connection), highest_certificate(connection))


def check_install(terms: Terms, snapshot: Install, certified: int) -> bytes:
    """Check that ``snapshot`` may replace a log whose batches up to ``certified`` are final; its header's hash.

    Raises:
        ValueError: it is behind the log, or its own proof does not cover it.
        VerificationError: its certificate does not hold.
    """
    header = snapshot.checkpoint.header
    if header.number < max(certified, 1):
        raise ValueError(f"batch {certified} is certified: a snapshot of batch {header.number} is behind it")
    digest = header_hash(settings_constellation_id(terms.settings), header)
    if check_finality(terms, snapshot.finality).get(header.number) != digest:
        raise ValueError(f"the proof of the snapshot does not cover the header of batch {header.number}")
    return digest


def install(connection: Connection, snapshot: Install, digest: bytes) -> None:
    """Replace everything by ``snapshot``, within the caller's transaction."""
    header, certificate = snapshot.checkpoint.header, snapshot.finality.certificate
    connection.execute(delete(batches))
    connection.execute(delete(entries))
    drop_after(connection, 0)
    certified = certificate.to_xdr() if certificate.header.number == header.number else None
    row = batch_row(StoredBatch(Batch(snapshot.checkpoint, []), digest))
    connection.execute(insert(batches), {**row, "certificate": certified})
    connection.execute(
        insert(entries), [{"path": path, "entry": snapshot.entries[path]} for path in sorted(snapshot.entries)]
    )
    note_checkpoint(connection, header.number)
    put_number(connection, _BASE, header.number)
    put_about(connection, _PROOF, snapshot.finality.to_xdr())


def move_base(connection: Connection, number: int) -> None:
    """Let the log begin at batch ``number``, which the caller knows to be certified in the log itself."""
    connection.execute(delete(batches).where(batches.c.number < number))
    connection.execute(update(batches).where(batches.c.number == number).values(effects=None))
    drop_before(connection, number + 1)
    put_number(connection, _BASE, number)
    put_about(connection, _PROOF, b"")
