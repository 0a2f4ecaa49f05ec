"""Where the auditors' proposals are collected, as the gateway sees it."""

from typing import Protocol

from constellation.protocol.messages import OpenProposal, SignedProposal


class Council(Protocol):
    """Takes proposals and shows them; the node has one."""

    def propose(self, signed: SignedProposal) -> None:
        """Count an auditor's signature under a proposal; one that a quorum has signed is carried out at once.

        Raises:
            Rejection: it does not count.
        """

    def open_proposals(self) -> list[OpenProposal]:
        """What is proposed and not decided."""
