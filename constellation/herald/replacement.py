"""How an auditor drops an uncertified tail that is not on the chain: not before it is replaced.

Alpha starts the stream before the tail; the auditor passes over what it has, and from the first difference on it only
collects, until the collected headers lead through everything the epoch was opened on. Otherwise a lying alpha, or one
that dies half-way, could make a quorum forget a batch that it has certified.
"""

from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.leaves import leaves_of
from constellation.protocol.limits import REPLACEMENT_MAX_BYTES, REPLACEMENT_MAX_QUANTA
from constellation.protocol.messages import Batch, Code
from constellation.quanta import Tip


class Replacement:
    """Batches that wait until they may replace a tail.

    Args:
        kept: the last batch that both chains have.
        last_point: number of the last batch that the epoch was opened on.

    Attributes:
        kept: the last batch that both chains have.
        batches: what came after it.
    """

    def __init__(self, kept: Tip, last_point: int) -> None:
        self.kept = kept
        self.batches: list[Batch] = []
        self._last_point = last_point
        self._tip = kept
        self._quanta = 0
        self._bytes = 0

    def collect(self, batch: Batch, digest: bytes) -> bool:
        """Take the next batch; whether the chain has passed what the epoch was opened on.

        Args:
            batch: whose header alpha has signed.
            digest: that header's hash.

        Raises:
            Divergence: BROKEN_CHAIN: it does not follow the last one.
            ProtocolViolation: TOO_LARGE: more would have to be held than the bound allows.
        """
        header, tip = batch.signed_header.header, self._tip
        if (header.number, header.previous) != (tip.number + 1, tip.digest):
            raise Divergence(Code.BROKEN_CHAIN, f"batch {header.number} does not follow batch {tip.number} by its hash")
        self.batches.append(batch)
        self._tip = Tip(header.epoch, header.number, digest)
        self._quanta += leaves_of(batch.quanta) + 1
        self._bytes += len(batch.to_xdr())
        if header.number >= self._last_point:
            return True
        if self._quanta > REPLACEMENT_MAX_QUANTA or self._bytes > REPLACEMENT_MAX_BYTES:
            raise ProtocolViolation(
                Code.TOO_LARGE,
                f"this auditor left the chain too long before batch {header.number}: let it start with an empty log",
            )
        return False
