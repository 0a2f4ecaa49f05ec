"""Readable codec of governance.x.

Generated from xdr/governance.x by tools/xdr_generator.py; do not edit.

What a quorum of auditors decides. Each decision names what it follows, so that none can be applied twice.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.common import MAX_AUDITORS
from constellation.protocol.messages.governance import (
    AssetResumption,
    AssetSuspension,
    Decision,
    DecisionType,
    GovernanceCommit,
    Proposal,
    SettingsChange,
    SignedProposal,
    SuspenseRefund,
    SuspensionReason,
    WithdrawalDecision,
)
from constellation.protocol.reference.common import pack_auditor_signature, unpack_auditor_signature
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_bool,
    pack_enum,
    pack_fixed_opaque,
    pack_int64,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_bool,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_int64,
    unpack_uint32,
    unpack_uint64,
)
from constellation.protocol.reference.settings import pack_settings, unpack_settings
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_settings_change(packer: Packer, value: SettingsChange) -> None:
    """Packs SettingsChange."""
    expect_class(value, SettingsChange)
    pack_uint64(packer, value.version, "SettingsChange.version")
    pack_settings(packer, value.settings)


def unpack_settings_change(unpacker: Unpacker) -> SettingsChange:
    """Unpacks SettingsChange."""
    return SettingsChange(
        version=unpack_uint64(unpacker, "SettingsChange.version"),
        settings=unpack_settings(unpacker),
    )


def pack_suspense_refund(packer: Packer, value: SuspenseRefund) -> None:
    """Packs SuspenseRefund."""
    expect_class(value, SuspenseRefund)
    pack_uint64(packer, value.operation, "SuspenseRefund.operation")
    pack_uint32(packer, value.attempt, "SuspenseRefund.attempt")


def unpack_suspense_refund(unpacker: Unpacker) -> SuspenseRefund:
    """Unpacks SuspenseRefund."""
    return SuspenseRefund(
        operation=unpack_uint64(unpacker, "SuspenseRefund.operation"),
        attempt=unpack_uint32(unpacker, "SuspenseRefund.attempt"),
    )


def pack_asset_suspension(packer: Packer, value: AssetSuspension) -> None:
    """Packs AssetSuspension."""
    expect_class(value, AssetSuspension)
    pack_uint32(packer, value.asset, "AssetSuspension.asset")
    pack_uint32(packer, value.change, "AssetSuspension.change")
    pack_enum(packer, value.reason, SuspensionReason, "AssetSuspension.reason")


def unpack_asset_suspension(unpacker: Unpacker) -> AssetSuspension:
    """Unpacks AssetSuspension."""
    return AssetSuspension(
        asset=unpack_uint32(unpacker, "AssetSuspension.asset"),
        change=unpack_uint32(unpacker, "AssetSuspension.change"),
        reason=unpack_enum(unpacker, SuspensionReason, "AssetSuspension.reason"),
    )


def pack_asset_resumption(packer: Packer, value: AssetResumption) -> None:
    """Packs AssetResumption."""
    expect_class(value, AssetResumption)
    pack_uint32(packer, value.asset, "AssetResumption.asset")
    pack_uint32(packer, value.change, "AssetResumption.change")


def unpack_asset_resumption(unpacker: Unpacker) -> AssetResumption:
    """Unpacks AssetResumption."""
    return AssetResumption(
        asset=unpack_uint32(unpacker, "AssetResumption.asset"),
        change=unpack_uint32(unpacker, "AssetResumption.change"),
    )


def pack_withdrawal_decision(packer: Packer, value: WithdrawalDecision) -> None:
    """Packs WithdrawalDecision."""
    expect_class(value, WithdrawalDecision)
    pack_uint64(packer, value.withdrawal, "WithdrawalDecision.withdrawal")
    pack_bool(packer, value.is_approved, "WithdrawalDecision.is_approved")


def unpack_withdrawal_decision(unpacker: Unpacker) -> WithdrawalDecision:
    """Unpacks WithdrawalDecision."""
    return WithdrawalDecision(
        withdrawal=unpack_uint64(unpacker, "WithdrawalDecision.withdrawal"),
        is_approved=unpack_bool(unpacker, "WithdrawalDecision.is_approved"),
    )


def pack_decision(packer: Packer, value: Decision) -> None:
    """Packs Decision."""
    if type(value) is SettingsChange:
        packer.pack_enum(DecisionType.SETTINGS_CHANGE)
        pack_settings_change(packer, value)
    elif type(value) is SuspenseRefund:
        packer.pack_enum(DecisionType.SUSPENSE_REFUND)
        pack_suspense_refund(packer, value)
    elif type(value) is AssetSuspension:
        packer.pack_enum(DecisionType.ASSET_SUSPENSION)
        pack_asset_suspension(packer, value)
    elif type(value) is AssetResumption:
        packer.pack_enum(DecisionType.ASSET_RESUMPTION)
        pack_asset_resumption(packer, value)
    elif type(value) is WithdrawalDecision:
        packer.pack_enum(DecisionType.WITHDRAWAL_DECISION)
        pack_withdrawal_decision(packer, value)
    else:
        raise UnencodableMessage("wrong type", "Decision.type")


def unpack_decision(unpacker: Unpacker) -> Decision:
    """Unpacks Decision."""
    type = unpack_enum(unpacker, DecisionType, "Decision.type")
    if type is DecisionType.SETTINGS_CHANGE:
        return unpack_settings_change(unpacker)
    if type is DecisionType.SUSPENSE_REFUND:
        return unpack_suspense_refund(unpacker)
    if type is DecisionType.ASSET_SUSPENSION:
        return unpack_asset_suspension(unpacker)
    if type is DecisionType.ASSET_RESUMPTION:
        return unpack_asset_resumption(unpacker)
    if type is DecisionType.WITHDRAWAL_DECISION:
        return unpack_withdrawal_decision(unpacker)
    raise MalformedMessage("unknown union arm", "Decision.type")


def pack_proposal(packer: Packer, value: Proposal) -> None:
    """Packs Proposal."""
    expect_class(value, Proposal)
    pack_int64(packer, value.valid_until, "Proposal.valid_until")
    pack_decision(packer, value.decision)


def unpack_proposal(unpacker: Unpacker) -> Proposal:
    """Unpacks Proposal."""
    return Proposal(
        valid_until=unpack_int64(unpacker, "Proposal.valid_until"),
        decision=unpack_decision(unpacker),
    )


def pack_signed_proposal(packer: Packer, value: SignedProposal) -> None:
    """Packs SignedProposal."""
    expect_class(value, SignedProposal)
    pack_proposal(packer, value.proposal)
    pack_fixed_opaque(packer, value.auditor, 32, "SignedProposal.auditor")
    pack_fixed_opaque(packer, value.signature, 64, "SignedProposal.signature")


def unpack_signed_proposal(unpacker: Unpacker) -> SignedProposal:
    """Unpacks SignedProposal."""
    return SignedProposal(
        proposal=unpack_proposal(unpacker),
        auditor=unpack_fixed_opaque(unpacker, 32, "SignedProposal.auditor"),
        signature=unpack_fixed_opaque(unpacker, 64, "SignedProposal.signature"),
    )


def pack_governance_commit(packer: Packer, value: GovernanceCommit) -> None:
    """Packs GovernanceCommit."""
    expect_class(value, GovernanceCommit)
    pack_proposal(packer, value.proposal)
    pack_array(packer, value.signatures, pack_auditor_signature, MAX_AUDITORS, "GovernanceCommit.signatures")


def unpack_governance_commit(unpacker: Unpacker) -> GovernanceCommit:
    """Unpacks GovernanceCommit."""
    return GovernanceCommit(
        proposal=unpack_proposal(unpacker),
        signatures=unpack_array(unpacker, unpack_auditor_signature, 96, MAX_AUDITORS, "GovernanceCommit.signatures"),
    )
