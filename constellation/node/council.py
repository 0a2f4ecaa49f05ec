"""Alpha's council: collects the auditors' proposals and carries out what a quorum has signed."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from constellation.herald.proposal_desk import ProposalDesk
from constellation.node.clock import clock_us
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Code,
    GovernanceCommit,
    OpenProposal,
    Proposals,
    SignedProposal,
)
from constellation.protocol.strkey import encode_public_key
from constellation.protocol.xdr import MalformedMessage
from constellation.quanta import State

log = logging.getLogger(__name__)

PROPOSALS_FILE: Final = "proposals.xdr"
"""In the data directory: what was open when alpha stopped."""


class ProposalFile:
    """What was open when alpha stopped: nobody must sign again because alpha was restarted.

    It is no part of the log and may be lost: every signature is checked again when it is read, and operators can sign
    again.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, settings_version: int, proposals: list[OpenProposal]) -> None:
        """Replace the file."""
        new = self._path.with_suffix(".new")
        try:
            new.write_bytes(Proposals(0, settings_version, proposals).to_xdr())
            new.replace(self._path)
        except OSError as error:
            log.warning("open proposals cannot be kept over a restart", extra={"reason": str(error)})

    def load(self) -> list[OpenProposal]:
        """What was saved last; nothing when that cannot be read."""
        try:
            return Proposals.from_xdr(self._path.read_bytes()).proposals
        except FileNotFoundError:
            return []
        except (OSError, MalformedMessage) as error:
            log.warning("open proposals were not kept over the restart", extra={"reason": str(error)})
            return []


class AlphaCouncil:
    """The gateway's :class:`~constellation.gateway.Council`, and where alarms of auditors' nodes come in.

    Args:
        state: alpha's, from now on.
        decide: sequences what a quorum has signed.
        file: keeps what is open.
    """

    def __init__(self, state: State, decide: Callable[[GovernanceCommit], None], file: ProposalFile) -> None:
        self._state = state
        self._decide = decide
        self._file = file
        self._desk = ProposalDesk(state)

    def recall(self) -> None:
        """Go on with what was open when alpha stopped."""
        for item in self._file.load():
            for part in item.signatures:
                self._take_quietly(SignedProposal(item.proposal, part.auditor, part.signature))

    def propose(self, signed: SignedProposal) -> None:
        """Count a signature of an auditor's operator; see :class:`~constellation.gateway.Council`."""
        if self._desk.receive(signed, clock_us()):
            log.info(
                "proposal signed",
                extra={
                    "auditor": encode_public_key(signed.auditor),
                    "decision": type(signed.proposal.decision).__name__,
                },
            )
            self.carry_out()
            self._save()

    def alarm(self, signed: SignedProposal) -> None:
        """Count a signature of an auditor's node; one that comes too late is no fault of anybody."""
        if self._take_quietly(signed):
            log.warning(
                "an auditor wants an asset suspended",
                extra={"auditor": encode_public_key(signed.auditor), "decision": str(signed.proposal.decision)},
            )
            self.carry_out()
            self._save()

    def _take_quietly(self, signed: SignedProposal) -> bool:
        try:
            return self._desk.receive(signed, clock_us())
        except Rejection as error:
            log.debug("a proposal was not taken", extra={"code": error.code.name, "reason": error.message})
            return False

    def carry_out(self) -> None:
        """Sequence every proposal that a quorum has signed: what was carried out is out of date by that."""
        while (commit := self._desk.decided(clock_us())) is not None:
            try:
                self._decide(commit)
            except Rejection as error:
                log.error(
                    "a decision of the auditors was refused",
                    extra={"code": error.code.name, "reason": error.message},
                )
                if error.code is Code.OVERLOADED:
                    return
                self._desk.drop(commit.proposal)

    def open_proposals(self) -> list[OpenProposal]:
        """What is proposed and not decided."""
        return self._desk.open_proposals(clock_us())

    def _save(self) -> None:
        self._file.save(self._state.settings_version, self.open_proposals())
