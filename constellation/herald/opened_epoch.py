"""What an auditor holds alpha to while an epoch is open."""

from dataclasses import dataclass

from constellation.herald.promises import remembering
from constellation.protocol.messages import BatchHeader, EpochOpening
from constellation.protocol.quorum import Members, quorum_of


@dataclass(slots=True, frozen=True)
class OpenedEpoch:
    """A checked opening.

    Attributes:
        opening: as it came.
        points: what the chain must pass through: header hashes by batch number, the base among them.
    """

    opening: EpochOpening
    points: dict[int, bytes]

    @property
    def epoch(self) -> int:
        """The epoch's number."""
        return self.opening.epoch

    @property
    def base_number(self) -> int:
        """Number of the last batch of earlier epochs."""
        return self.opening.base_number

    def fits(self, header: BatchHeader) -> bool:
        """Whether the header's epoch is right in its place: this one after the base, an earlier one up to it."""
        is_after_base = header.number > self.base_number
        return is_after_base == (header.epoch == self.epoch) and header.epoch <= self.epoch

    def passes(self, number: int, digest: bytes) -> bool:
        """Whether a chain may have the header ``digest`` as batch ``number``."""
        return self.points.get(number, digest) == digest

    def is_remembered(self, members: Members) -> bool:
        """Whether a quorum of the epoch's auditors had forgotten nothing."""
        own = [signed for signed in self.opening.promises if signed.auditor in members.auditors]
        return remembering(own) >= quorum_of(members)

    def has_promise(self, auditor: bytes, log: bytes) -> bool:
        """Whether it was opened with a promise that this auditor made with this log."""
        return any(item.auditor == auditor and item.promise.log == log for item in self.opening.promises)
