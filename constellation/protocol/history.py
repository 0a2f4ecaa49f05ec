"""What a log is asked for on behalf of clients and chroniclers, as it leaves the log."""

from dataclasses import dataclass

from constellation.protocol.messages import (
    AccountEvent,
    BatchHeader,
    BucketPair,
    Finality,
    MerkleProof,
    SignedHeader,
    StateEntry,
)


@dataclass(slots=True)
class PastBatch:
    """One account's events of a batch.

    Attributes:
        signed_header: by the alpha of its epoch.
        events: of the account, in order.
        finality: what makes the batch final; None when the log did not know it yet.
    """

    signed_header: SignedHeader
    events: list[AccountEvent]
    finality: Finality | None


@dataclass(slots=True)
class EventPage:
    """Consecutive events of one account.

    Attributes:
        batches: in order.
        more: whether the log has further ones.
    """

    batches: list[PastBatch]
    more: bool


@dataclass(slots=True)
class StoredEntry:
    """An entry of the last written checkpoint.

    Attributes:
        finality: what makes the checkpoint final; its first header is the checkpoint's.
        entry: encoded; None when there is none.
        others: what else is in its bucket, by path.
    """

    finality: Finality
    entry: bytes | None
    others: list[BucketPair]

    @property
    def header(self) -> BatchHeader:
        """The checkpoint's."""
        return next(iter(self.finality.ancestors), self.finality.certificate.header)


@dataclass(slots=True)
class EntryProof:
    """An entry under a certified checkpoint, or its absence.

    Attributes:
        finality: what makes the checkpoint final; its first header is the checkpoint's.
        entry: None when there is none.
        others: what else is in its bucket, by path.
        bucket_proof: from the bucket to the checkpoint's state root.
    """

    finality: Finality
    entry: StateEntry | None
    others: list[BucketPair]
    bucket_proof: MerkleProof


@dataclass(slots=True)
class ChroniclePage:
    """A piece of the chronicle.

    Attributes:
        items: encoded ChronicleItems, in order: appointments, then batches.
        certified: number of the highest batch that is final where this comes from.
    """

    items: list[bytes]
    certified: int
