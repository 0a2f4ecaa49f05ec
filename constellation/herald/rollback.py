"""How an auditor learns that its log is an old copy, put in place of the one that it has signed with.

Such a log looks sound and lacks what was signed since: counting its owner would break the argument of
:mod:`constellation.herald.promises`. But others have in its own handwriting what it has forgotten. Alpha compares each
promise with the last vote of that auditor that it knows of: from the certificates in its log, from those that promises
name, and from the votes that it has counted. A promise of less does not count; alpha shows the vote instead. The
auditor, which believes nothing but its own signature, drops nothing and goes on as one that recovers
(:mod:`constellation.herald.recovery`), under a new name of its log: the old name is on promises that it has forgotten.

An honest alpha never shows a vote to an auditor that has forgotten nothing. What a certificate covers is never dropped,
and neither is anything of the open epoch while that is the last one that the auditor has promised; so its tip is before
such a vote neither by epoch nor by number. Of earlier epochs an auditor may have dropped uncertified batches that it
voted for, or whose tip it promised: those prove nothing, and alpha does not use them.

The last certificates are enough. What they cover is safe as long as one of *their* signers remembers, and an auditor
that signed none of them is not needed for that. An alpha that has lost its disk knows nothing, until it is told.
"""

from collections.abc import Iterable

from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import (
    BatchHeader,
    Certificate,
    Code,
    ForgottenVote,
    Settings,
    SignedPromise,
)
from constellation.protocol.signing import header_hash, settings_constellation_id, verify, vote_hash
from constellation.quanta import Tip


class KnownVotes:
    """The last vote of each auditor that alpha can show.

    Args:
        certificates: the last ones in alpha's log.
    """

    def __init__(self, certificates: Iterable[Certificate] = ()) -> None:
        self._last: dict[bytes, ForgottenVote] = {}
        for certificate in certificates:
            self.note_certificate(certificate)

    def note(self, auditor: bytes, header: BatchHeader, signature: bytes) -> None:
        """An auditor has signed ``header``: the vote is counted, or in a certificate."""
        last = self._last.get(auditor)
        if last is None or (last.header.epoch, last.header.number) < (header.epoch, header.number):
            self._last[auditor] = ForgottenVote(header, signature)

    def note_certificate(self, certificate: Certificate) -> None:
        """Take note of the votes in a certificate."""
        for item in certificate.signatures:
            self.note(item.auditor, certificate.header, item.signature)

    def forgotten_by(self, signed: SignedPromise) -> ForgottenVote | None:
        """What an auditor must have forgotten that promises this as one that has forgotten nothing; None: nothing."""
        promise, last = signed.promise, self._last.get(signed.auditor)
        if promise.recovering or last is None:
            return None
        tip = promise.tip
        is_behind = tip is None or is_beyond(last.header, tip.header.epoch, tip.header.number)
        return last if is_behind else None


def is_beyond(header: BatchHeader, epoch: int, number: int) -> bool:
    """Whether a chain that ends with batch ``number``, of ``epoch``, cannot have this header in it."""
    return header.epoch > epoch or header.number > number


def check_forgotten(settings: Settings, auditor: bytes, tip: Tip, shown: ForgottenVote) -> None:
    """Check what alpha shows to an auditor whose log ends with ``tip``.

    Raises:
        ProtocolViolation: BAD_SIGNATURE: it is no vote of this auditor; UNEXPECTED_MESSAGE: the log may know of it.
    """
    constellation, header = settings_constellation_id(settings), shown.header
    if not verify(auditor, vote_hash(constellation, header_hash(constellation, header)), shown.signature):
        raise ProtocolViolation(
            Code.BAD_SIGNATURE, f"a vote for batch {header.number} is shown that this auditor never gave"
        )
    if not is_beyond(header, tip.epoch, tip.number):
        raise ProtocolViolation(
            Code.UNEXPECTED_MESSAGE, f"a vote for batch {header.number} is shown to a log that ends with {tip.number}"
        )
