"""What an auditor signs to propose a decision, or to agree to one."""

from constellation.protocol.messages import Proposal, SignedProposal
from constellation.protocol.signing import Purpose, Signer, signing_hash


def proposal_hash(constellation: bytes, proposal: Proposal) -> bytes:
    """What auditors sign, and the name of the proposal."""
    return signing_hash(Purpose.PROPOSAL, constellation, proposal.to_xdr())


def sign_proposal(constellation: bytes, signer: Signer, proposal: Proposal) -> SignedProposal:
    """An auditor's signed proposal."""
    return SignedProposal(
        proposal, signer.public, signer.sign_message(Purpose.PROPOSAL, constellation, proposal.to_xdr())
    )
