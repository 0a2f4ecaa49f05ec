"""The auditors' votes, and counting them into certificates."""

from dataclasses import dataclass, field

from constellation.herald.rollback import KnownVotes
from constellation.protocol.messages import AuditorSignature, BatchHeader, Certificate, Vote
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import Purpose, Signer, settings_constellation_id, verify, vote_hash
from constellation.protocol.terms import Terms


def sign_vote(constellation: bytes, signer: Signer, header: BatchHeader, digest: bytes) -> Vote:
    """An auditor's vote for ``header``, which has the hash ``digest``."""
    return Vote(header.number, digest, signer.sign_message(Purpose.VOTE, constellation, header.to_xdr()))


@dataclass(slots=True)
class _Ballot:
    header: BatchHeader
    digest: bytes
    message: bytes
    votes: dict[bytes, bytes] = field(default_factory=dict)
    remembering: dict[bytes, None] = field(default_factory=dict)


class VoteCounter:
    """Ballots of sealed batches that are not certified yet.

    A certificate covers every batch before its own and closes their ballots, so certificates only go forward. A ballot
    never expires: votes that come late still count. Alpha's bound on unfinal quanta bounds the ballots. Votes of those
    who recover (:mod:`constellation.herald.recovery`) count only when everybody has voted.

    Args:
        terms: the auditors of the last one vote.
        known: takes note of every vote that is counted.
    """

    def __init__(self, terms: Terms, known: KnownVotes) -> None:
        self._constellation = settings_constellation_id(terms.settings)
        self._auditors = terms.members.auditors
        self._quorum = quorum_of(terms.members)
        self._known = known
        self._ballots: dict[int, _Ballot] = {}

    def __len__(self) -> int:
        return len(self._ballots)

    def open(self, header: BatchHeader, digest: bytes) -> None:
        """Start counting for a stored batch."""
        self._ballots[header.number] = _Ballot(header, digest, vote_hash(self._constellation, digest))

    def count(self, auditor: bytes, vote: Vote, *, remembers: bool = True) -> Certificate | None:
        """Count a vote of an authenticated auditor; the certificate when it completes the quorum.

        Args:
            auditor: its key.
            vote: as it came.
            remembers: it is not recovering.

        Raises:
            ValueError: the vote is for another header or its signature does not fit: the auditor is faulty.
        """
        ballot = self._ballots.get(vote.number)
        if ballot is None or auditor not in self._auditors:
            return None
        if vote.header != ballot.digest:
            raise ValueError(f"a vote for another header of batch {vote.number}")
        if auditor in ballot.remembering or (auditor in ballot.votes and not remembers):
            return None
        if not verify(auditor, ballot.message, vote.signature):
            raise ValueError(f"a vote for batch {vote.number} with a signature that does not fit")
        ballot.votes[auditor] = vote.signature
        self._known.note(auditor, ballot.header, vote.signature)
        if remembers:
            ballot.remembering[auditor] = None
        signers = ballot.votes if len(ballot.votes) == len(self._auditors) else ballot.remembering
        if len(signers) < self._quorum:
            return None
        while self._ballots and (first := next(iter(self._ballots))) <= vote.number:
            del self._ballots[first]
        return Certificate(ballot.header, [AuditorSignature(key, ballot.votes[key]) for key in signers])
