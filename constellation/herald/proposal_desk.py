"""Collects what auditors propose until a quorum has signed the same bytes.

Two kinds of proposals come. **Operators** propose anything, and each auditor's operator may have a share of the room
open, so that no auditor can fill it alone; to sign what another one has opened costs nothing of it. **Alarms** are what
the auditors' nodes propose by themselves about an asset: their bytes follow from the state and the finding alone, so
honest nodes sign the same ones, and there is room for every one that is possible.

What is out of date, because something else was decided since or its time has passed, is dropped.
"""

from dataclasses import dataclass

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    MAX_OPEN_PROPOSALS,
    AssetSuspension,
    AuditorSignature,
    Code,
    GovernanceCommit,
    OpenProposal,
    Proposal,
    SettingsChange,
    SignedProposal,
    SuspensionReason,
)
from constellation.protocol.proposals import proposal_hash
from constellation.protocol.quorum import quorum_of
from constellation.protocol.signing import verify
from constellation.protocol.strkey import encode_public_key
from constellation.quanta import State, check_decision

_ALARMS = (SuspensionReason.RESERVES_DIFFER, SuspensionReason.NOT_AUTHORIZED)


def alarm(asset: int, change: int, reason: SuspensionReason) -> Proposal:
    """What an auditor's node proposes about an asset; the same bytes on every node.

    Args:
        asset: its id.
        change: one more than the asset's suspensions and resumptions so far.
        reason: RESERVES_DIFFER or NOT_AUTHORIZED.
    """
    return Proposal(INT64_MAX, AssetSuspension(asset, change, reason))


def is_alarm(proposal: Proposal) -> bool:
    """Whether :func:`alarm` makes this proposal."""
    decision = proposal.decision
    return isinstance(decision, AssetSuspension) and proposal.valid_until == INT64_MAX and decision.reason in _ALARMS


@dataclass(slots=True)
class _Open:
    """A proposal on its way to a quorum; ``opener`` signed it first."""

    proposal: Proposal
    opener: bytes
    signatures: dict[bytes, bytes]

    @property
    def collected(self) -> list[AuditorSignature]:
        return [AuditorSignature(auditor, signature) for auditor, signature in self.signatures.items()]


class ProposalDesk:
    """Open proposals by their hash.

    Args:
        state: alpha's; read whenever something comes.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: dict[bytes, _Open] = {}

    def __len__(self) -> int:
        return len(self._open)

    def receive(self, signed: SignedProposal, now_us: int) -> bool:
        """Count an auditor's signature; whether it is a new one.

        Args:
            signed: by whomever it was sent.
            now_us: the time now.

        Raises:
            Rejection: UNAUTHORIZED, BAD_SIGNATURE, EXPIRED, TOO_MANY_PROPOSALS or those of
                :func:`~constellation.quanta.check_decision`.
        """
        state, proposal, auditor = self._state, signed.proposal, signed.auditor
        if auditor not in state.settings.auditors:
            raise Rejection(Code.UNAUTHORIZED, f"{encode_public_key(auditor)} is not an auditor of this constellation")
        digest = proposal_hash(state.constellation, proposal)
        if not verify(auditor, digest, signed.signature):
            raise Rejection(
                Code.BAD_SIGNATURE, "the signature does not fit the proposal, the auditor and the constellation"
            )
        if now_us > proposal.valid_until:
            raise Rejection(Code.EXPIRED, "the proposal's valid_until has passed: propose it anew")
        self._drop_outdated(now_us)
        found = self._open.get(digest)
        if found is None:
            check_decision(state, proposal.decision)
            self._check_room(auditor, proposal)
            found = self._open[digest] = _Open(proposal, auditor, {})
        is_new = auditor not in found.signatures
        found.signatures[auditor] = signed.signature
        return is_new

    def _check_room(self, auditor: bytes, proposal: Proposal) -> None:
        if is_alarm(proposal):
            return
        operators = [item for item in self._open.values() if not is_alarm(item.proposal)]
        share = max(1, MAX_OPEN_PROPOSALS // len(self._state.settings.auditors))
        if sum(item.opener == auditor for item in operators) >= share:
            raise Rejection(
                Code.TOO_MANY_PROPOSALS,
                f"this auditor has {share} proposals open, its share: wait until one is decided or expires",
            )
        if len(operators) >= MAX_OPEN_PROPOSALS:
            raise Rejection(Code.TOO_MANY_PROPOSALS, f"{MAX_OPEN_PROPOSALS} proposals are open, the most: try later")

    def _drop_outdated(self, now_us: int) -> None:
        auditors = self._state.settings.auditors
        for item in self._open.values():  # a new term may have begun: who has left does not decide any more
            item.signatures = {key: signature for key, signature in item.signatures.items() if key in auditors}
        self._open = {
            digest: item
            for digest, item in self._open.items()
            if item.signatures and now_us <= item.proposal.valid_until and not self._is_stale(item.proposal)
        }

    def _is_stale(self, proposal: Proposal) -> bool:
        state, decision = self._state, proposal.decision
        if isinstance(decision, SettingsChange):
            # Its rules were checked against the version before it, and cannot have changed as long as that is in force.
            return decision.version != state.settings_version + 1
        try:
            check_decision(state, decision)
        except Rejection:
            return True
        return False

    def decided(self, now_us: int) -> GovernanceCommit | None:
        """A proposal that a quorum has signed, open until it is carried out or dropped; None when there is none."""
        self._drop_outdated(now_us)
        quorum = quorum_of(self._state.settings)
        for item in self._open.values():
            if len(item.signatures) >= quorum:
                return GovernanceCommit(item.proposal, item.collected)
        return None

    def drop(self, proposal: Proposal) -> None:
        """Forget a proposal that cannot be carried out."""
        self._open.pop(proposal_hash(self._state.constellation, proposal), None)

    def open_proposals(self, now_us: int) -> list[OpenProposal]:
        """What is open, those of operators first, as many as one message can carry."""
        self._drop_outdated(now_us)
        items = sorted(self._open.values(), key=lambda item: is_alarm(item.proposal))
        return [OpenProposal(item.proposal, item.collected) for item in items[:MAX_OPEN_PROPOSALS]]
