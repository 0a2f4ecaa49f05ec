"""An auditor's own chain, without I/O: what it has replayed, stored, and knows to be final."""

from constellation.herald.transfer import ReceivedSnapshot
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Batch, BatchHeader, Certificate, Code, SignedHeader
from constellation.protocol.signing import header_hash
from constellation.quanta import CheckSignatures, Machine, SealedBatch, Tip, replay


class OwnChain:
    """The end of an auditor's log, from the last final batch on, and the state after it.

    Args:
        machine: with the state after ``tip``.
        tip: the end of the log.
        base: where the log begins, which is final.
        certificate: the highest one in the log.
        proof: the certificate that proved the base, maybe of a later batch; None where none is needed.
        check_signatures: of clients.

    Attributes:
        machine: the replayed state.
        tip: the last batch that was replayed.
        certificate: the highest one known.
        stored_header: of the last batch that is durable; None at genesis.
    """

    def __init__(
        self,
        machine: Machine,
        tip: Tip,
        base: Tip,
        certificate: Certificate | None,
        proof: Certificate | None,
        check_signatures: CheckSignatures,
    ) -> None:
        self._check_signatures = check_signatures
        self._constellation = machine.state.constellation
        self._base = base
        self._proof = proof
        self.machine = machine
        self.tip = tip
        self.certificate = certificate
        self.stored_header: SignedHeader | None = None
        self._tips = {self.certified: self._certified_tip()}
        self._headers: dict[int, BatchHeader] = {}

    def _certified_tip(self) -> Tip:
        if self.certificate is None or self.certificate.header.number < self._base.number:
            return self._base
        header = self.certificate.header
        return Tip(header.epoch, header.number, header_hash(self._constellation, header))

    @property
    def certified(self) -> int:
        """Number of the highest batch that is known to be final."""
        return max(self._base.number, 0 if self.certificate is None else self.certificate.header.number)

    @property
    def awaited(self) -> Certificate | None:
        """The certificate that proved the base, if its batch is not known to be final here yet."""
        proof = self._proof
        return None if proof is None or proof.header.number <= self.certified else proof

    @property
    def stored(self) -> int:
        """Number of the last batch that is durable."""
        return 0 if self.stored_header is None else self.stored_header.header.number

    def must_keep(self, number: int, epoch: int) -> bool:
        """Whether nothing may replace batch ``number`` while ``epoch`` is open.

        It is final, or the log already ends in that epoch: within one epoch alpha signs one chain.
        """
        return number <= self.certified or (number <= self.tip.number and self.tip.epoch == epoch)

    def has(self, header: BatchHeader, digest: bytes, epoch: int) -> bool:
        """Whether the chain has this batch; otherwise it has another one there that may be dropped for it.

        Args:
            header: of a batch that is not after the tip.
            digest: its hash.
            epoch: the open one.

        Raises:
            Divergence: EQUIVOCATION or BROKEN_CHAIN: the other one must be kept.
        """
        number = header.number
        known = self._tips.get(number)
        if known is None or known.digest == digest:
            return True
        if known.epoch == header.epoch:
            raise Divergence(Code.EQUIVOCATION, f"alpha signed two different headers for batch {number} of one epoch")
        if self.must_keep(number, epoch):
            raise Divergence(Code.BROKEN_CHAIN, f"batch {number} is to be replaced, which this auditor must keep")
        return False

    def before(self, number: int) -> Tip:
        """The batch before batch ``number``, which is not final."""
        return self._tips[number - 1]

    def unfinal(self, epoch: int) -> list[tuple[BatchHeader, bytes]]:
        """Headers with their hashes of everything that is stored, of ``epoch``, and not known to be final."""
        return [
            (header, self._tips[number].digest)
            for number, header in self._headers.items()
            if self.certified < number <= self.stored and header.epoch == epoch
        ]

    def replay(self, batch: Batch) -> SealedBatch:
        """Verify and execute the batch after the tip.

        Raises:
            Divergence: it does not hold; the machine may be half-way.
        """
        sealed = replay(self.machine, self.tip, batch, self._check_signatures)
        self.tip = sealed.tip
        self.note(sealed)
        return sealed

    def resume(self, sealed: SealedBatch, header: SignedHeader) -> None:
        """Take note of a batch in the log, in order; it may be the one whose certificate proved the base."""
        self.note(sealed)
        self.stored_header = header
        awaited = self.awaited
        if awaited is not None and awaited.header == sealed.header:
            self.finalize(awaited)

    def note(self, sealed: SealedBatch) -> None:
        """Take note of a batch that was replayed: it may need this auditor's vote."""
        if sealed.header.number > self.certified:
            self._tips[sealed.header.number] = sealed.tip
            self._headers[sealed.header.number] = sealed.header

    def finalize(self, certificate: Certificate) -> None:
        """Everything up to the certificate's batch, which is stored, is final.

        Raises:
            Divergence: EQUIVOCATION: another batch is stored there.
        """
        number = certificate.header.number
        if self._tips[number].digest != header_hash(self._constellation, certificate.header):
            raise Divergence(
                Code.EQUIVOCATION, f"a quorum has certified another batch {number} than the one stored here"
            )
        self.certificate = certificate
        self._tips = {place: known for place, known in self._tips.items() if place >= number}
        self._headers = {place: header for place, header in self._headers.items() if place > number}

    def rewind(self, machine: Machine, tip: Tip, header: SignedHeader | None) -> None:
        """The log ends with ``tip`` now; ``machine`` has the state after it."""
        self.machine, self.tip, self.stored_header = machine, tip, header
        self._tips = {number: known for number, known in self._tips.items() if number <= tip.number}
        self._headers = {number: header for number, header in self._headers.items() if number <= tip.number}

    def install(self, machine: Machine, snapshot: ReceivedSnapshot) -> None:
        """The log has nothing but the snapshot now; ``machine`` has its state."""
        certificate = snapshot.finality.certificate
        self._base = snapshot.tip
        self._proof = certificate
        self.certificate = certificate if certificate.header.number == snapshot.tip.number else None
        self._tips = {snapshot.tip.number: snapshot.tip}
        self._headers = {}
        self.rewind(machine, snapshot.tip, snapshot.checkpoint)
