"""What the chronicle says of single batches, of the settings that were in force, and of suspended assets."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from constellation.chronicler import tables
from constellation.protocol.messages import (
    BatchHeader,
    Certificate,
    ChronicleBatch,
    Mode,
    ModeInForce,
    Settings,
    SuspensionReason,
)

_batches = tables.batches.c
_changes = tables.settings_changes.c
_suspensions = tables.suspensions.c


@dataclass(slots=True, frozen=True)
class BatchRecord:
    """A certified batch.

    Attributes:
        header: as alpha has signed it.
        digest: of the header.
        quanta: how many.
        effects: how many.
        certified_by: number of the batch whose certificate covers it.
        certificate: that one.
    """

    header: BatchHeader
    digest: bytes
    quanta: int
    effects: int
    certified_by: int
    certificate: Certificate

    @property
    def signers(self) -> list[bytes]:
        """Keys of the auditors who have signed the certificate."""
        return [signature.auditor for signature in self.certificate.signatures]


@dataclass(slots=True, frozen=True)
class SettingsVersion:
    """Settings, and since when they were in force.

    Attributes:
        version: how many changes led to them; 0 are those of genesis.
        apex: of the decision; None of genesis.
        timestamp: of the decision; None of genesis.
        settings: themselves.
    """

    version: int
    apex: int | None
    timestamp: int | None
    settings: Settings


@dataclass(slots=True, frozen=True)
class Suspension:
    """Why an asset is suspended.

    Attributes:
        asset: its id.
        reason: why.
        apex: of the quantum that suspended it.
        timestamp: of that quantum.
    """

    asset: int
    reason: SuspensionReason
    apex: int
    timestamp: int


def last_timestamp(connection: Connection) -> int:
    """Of the last batch in the chronicle, in microseconds since 1970; 0 before the first.

    What comes later has this time or a later one.
    """
    query = select(_batches.timestamp).order_by(_batches.number.desc()).limit(1)
    found: int | None = connection.execute(query).scalar()
    return found or 0


def find_batch(connection: Connection, number: int) -> BatchRecord | None:
    """A batch; None when the chronicle does not have it."""
    row = connection.execute(select(tables.batches).where(_batches.number == number)).first()
    if row is None:
        return None
    item = ChronicleBatch.from_xdr(row.record)
    covering = item if row.certified_by == number else _item(connection, row.certified_by)
    assert covering.certificate is not None, f"batch {row.certified_by} covers batch {number} without a certificate"
    return BatchRecord(
        item.batch.signed_header.header,
        row.digest,
        len(item.effects.quanta),
        sum(len(group.effects) for quantum in item.effects.quanta for group in quantum.groups),
        row.certified_by,
        covering.certificate,
    )


def _item(connection: Connection, number: int) -> ChronicleBatch:
    query = select(_batches.record).where(_batches.number == number)
    return ChronicleBatch.from_xdr(connection.execute(query).scalar_one())


def last_settings_version(connection: Connection) -> int:
    """How often the settings have been changed."""
    version: int | None = connection.execute(select(func.max(_changes.version))).scalar()
    return version or 0


def find_settings(connection: Connection, genesis: Settings, version: int) -> SettingsVersion | None:
    """The settings of a version; None when there is none yet."""
    if version == 0:
        return SettingsVersion(0, None, None, genesis)
    row = connection.execute(select(tables.settings_changes).where(_changes.version == version)).first()
    return None if row is None else SettingsVersion(version, row.apex, row.timestamp, Settings.from_xdr(row.settings))


def mode_in_force(connection: Connection) -> ModeInForce:
    """How much clients may do, why, and since when."""
    row = connection.execute(select(tables.modes).order_by(tables.modes.c.apex.desc()).limit(1)).first()
    return ModeInForce(Mode.ONLINE, "", 0) if row is None else ModeInForce(Mode(row.mode), row.reason, row.apex)


def suspended_assets(connection: Connection) -> dict[int, Suspension]:
    """The assets that are suspended, by id.

    It reads all suspensions that there ever were; each took an event on the ledger or a decision of the auditors.
    """
    last = select(_suspensions.asset, func.max(_suspensions.apex).label("apex")).group_by(_suspensions.asset).subquery()
    is_last = and_(_suspensions.asset == last.c.asset, _suspensions.apex == last.c.apex)
    query = select(tables.suspensions).join(last, is_last).where(_suspensions.reason.is_not(None))
    return {
        row.asset: Suspension(row.asset, SuspensionReason(row.reason), row.apex, row.timestamp)
        for row in connection.execute(query.order_by(_suspensions.asset))
    }
