"""Messages of governance.x.

Generated from xdr/governance.x by tools/xdr_generator.py; do not edit.

What a quorum of auditors decides. Each decision names what it follows, so that none can be applied twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, Final

from constellation.protocol.messages.common import (
    MAX_AUDITORS,
    Apex,
    AssetId,
    AuditorSignature,
    Key,
    LedgerCursor,
    Signature,
    Timestamp,
    _read_auditor_signature,
    _write_auditor_signature,
)
from constellation.protocol.messages.settings import Settings, _read_settings, _write_settings
from constellation.protocol.xdr import (
    BOOLEAN,
    BOOLEANS,
    ELSEWHERE,
    INT64,
    UINT32,
    UINT64,
    Discriminant,
    Enumerated,
    Fields,
    Instance,
    Items,
    MalformedMessage,
    Opaque,
    StructError,
    UnencodableMessage,
    explain_malformed,
    explain_unencodable,
    refuse_count,
)


class SuspensionReason(IntEnum):
    """The enum SuspensionReason of governance.x.

    XDR::

        enum SuspensionReason {
            SUSPENDED_BY_AUDITORS = 0,
            RESERVES_DIFFER = 1,              // the vault does not hold on the ledger what is owed
            CLAWED_BACK = 2,                  // the issuer took some of it from the vault
            NOT_AUTHORIZED = 3,               // the issuer does not let the vault hold or move it
            UNKNOWN_VAULT_TRANSACTION = 4,    // somebody else moved the vault
            NO_TRUST_LINE = 5                 // newly listed: the vault's trust line is on its way
        };
    """

    SUSPENDED_BY_AUDITORS = 0
    RESERVES_DIFFER = 1
    CLAWED_BACK = 2
    NOT_AUTHORIZED = 3
    UNKNOWN_VAULT_TRANSACTION = 4
    NO_TRUST_LINE = 5


_SUSPENSION_REASON_MEMBERS: Final[dict[int, SuspensionReason]] = {member.value: member for member in SuspensionReason}


@dataclass(slots=True, init=False)
class SettingsChange:
    """The struct SettingsChange of governance.x.

    XDR::

        struct SettingsChange {
            unsigned hyper version;           // one more than that of the settings in force
            Settings settings;
        };
    """

    version: int
    settings: Settings

    def __init__(self, version: int, settings: Settings) -> None:
        self.version = version
        self.settings = settings

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SettingsChange, (
            self.version,
            self.settings,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_settings_change(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SettingsChange":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_settings_change(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SettingsChange")
        return value


_SETTINGS_CHANGE_0: Fields = (
    ("SettingsChange", "", Instance(SettingsChange)),
    ("SettingsChange.version", "version", UINT64),
    ("Settings", "settings", ELSEWHERE),
)
_pack_settings_change_0: Final = Struct(">Q").pack


def _write_settings_change(value: Any) -> bytes:
    try:
        if type(value) is not SettingsChange:
            raise ValueError
        settings = value.settings
        part_0 = _pack_settings_change_0(value.version)
    except Exception:
        explain_unencodable(value, _SETTINGS_CHANGE_0)
        raise
    tail_0 = _write_settings(settings)
    return part_0 + tail_0


_unpack_settings_change_0: Final = Struct(">Q").unpack_from


def _read_settings_change(data: bytes, offset: int) -> tuple[SettingsChange, int]:
    try:
        (version,) = _unpack_settings_change_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SETTINGS_CHANGE_0)
        raise
    offset += 8
    settings, offset = _read_settings(data, offset)
    return SettingsChange(version, settings), offset


@dataclass(slots=True, init=False)
class SuspenseRefund:
    """Sends a deposit in suspense back to where it came from.

    XDR::

        struct SuspenseRefund {
            LedgerCursor operation;
            unsigned int attempt;             // one more than the refunds of it that were tried
        };
    """

    operation: LedgerCursor
    attempt: int

    def __init__(self, operation: LedgerCursor, attempt: int) -> None:
        self.operation = operation
        self.attempt = attempt

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SuspenseRefund, (
            self.operation,
            self.attempt,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_suspense_refund(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SuspenseRefund":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_suspense_refund(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SuspenseRefund")
        return value


_SUSPENSE_REFUND_0: Fields = (
    ("SuspenseRefund", "", Instance(SuspenseRefund)),
    ("SuspenseRefund.operation", "operation", UINT64),
    ("SuspenseRefund.attempt", "attempt", UINT32),
)
_pack_suspense_refund_0: Final = Struct(">QI").pack


def _write_suspense_refund(value: Any) -> bytes:
    try:
        if type(value) is not SuspenseRefund:
            raise ValueError
        part_0 = _pack_suspense_refund_0(value.operation, value.attempt)
    except Exception:
        explain_unencodable(value, _SUSPENSE_REFUND_0)
        raise
    return part_0


_unpack_suspense_refund_0: Final = Struct(">QI").unpack_from


def _read_suspense_refund(data: bytes, offset: int) -> tuple[SuspenseRefund, int]:
    try:
        operation, attempt = _unpack_suspense_refund_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _SUSPENSE_REFUND_0)
        raise
    return SuspenseRefund(operation, attempt), offset + 12


@dataclass(slots=True, init=False)
class AssetSuspension:
    """The struct AssetSuspension of governance.x.

    XDR::

        struct AssetSuspension {
            AssetId asset;
            unsigned int change;              // one more than the asset's suspensions and resumptions so far
            SuspensionReason reason;
        };
    """

    asset: AssetId
    change: int
    reason: SuspensionReason

    def __init__(self, asset: AssetId, change: int, reason: SuspensionReason) -> None:
        self.asset = asset
        self.change = change
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AssetSuspension, (
            self.asset,
            self.change,
            self.reason,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_asset_suspension(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AssetSuspension":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_asset_suspension(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AssetSuspension")
        return value


_ASSET_SUSPENSION_0: Fields = (
    ("AssetSuspension", "", Instance(AssetSuspension)),
    ("AssetSuspension.asset", "asset", UINT32),
    ("AssetSuspension.change", "change", UINT32),
    ("AssetSuspension.reason", "reason", Enumerated(_SUSPENSION_REASON_MEMBERS)),
)
_pack_asset_suspension_0: Final = Struct(">IIi").pack


def _write_asset_suspension(value: Any) -> bytes:
    try:
        if type(value) is not AssetSuspension:
            raise ValueError
        reason = value.reason
        if reason not in _SUSPENSION_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_asset_suspension_0(value.asset, value.change, reason)
    except Exception:
        explain_unencodable(value, _ASSET_SUSPENSION_0)
        raise
    return part_0


_unpack_asset_suspension_0: Final = Struct(">IIi").unpack_from


def _read_asset_suspension(data: bytes, offset: int) -> tuple[AssetSuspension, int]:
    try:
        asset, change, reason = _unpack_asset_suspension_0(data, offset)
        reason = _SUSPENSION_REASON_MEMBERS[reason]
    except (StructError, KeyError):
        explain_malformed(data, offset, _ASSET_SUSPENSION_0)
        raise
    return AssetSuspension(asset, change, reason), offset + 12


@dataclass(slots=True, init=False)
class AssetResumption:
    """The struct AssetResumption of governance.x.

    XDR::

        struct AssetResumption {
            AssetId asset;
            unsigned int change;              // as above
        };
    """

    asset: AssetId
    change: int

    def __init__(self, asset: AssetId, change: int) -> None:
        self.asset = asset
        self.change = change

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return AssetResumption, (
            self.asset,
            self.change,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_asset_resumption(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "AssetResumption":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_asset_resumption(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "AssetResumption")
        return value


_ASSET_RESUMPTION_0: Fields = (
    ("AssetResumption", "", Instance(AssetResumption)),
    ("AssetResumption.asset", "asset", UINT32),
    ("AssetResumption.change", "change", UINT32),
)
_pack_asset_resumption_0: Final = Struct(">II").pack


def _write_asset_resumption(value: Any) -> bytes:
    try:
        if type(value) is not AssetResumption:
            raise ValueError
        part_0 = _pack_asset_resumption_0(value.asset, value.change)
    except Exception:
        explain_unencodable(value, _ASSET_RESUMPTION_0)
        raise
    return part_0


_unpack_asset_resumption_0: Final = Struct(">II").unpack_from


def _read_asset_resumption(data: bytes, offset: int) -> tuple[AssetResumption, int]:
    try:
        asset, change = _unpack_asset_resumption_0(data, offset)
    except StructError:
        explain_malformed(data, offset, _ASSET_RESUMPTION_0)
        raise
    return AssetResumption(asset, change), offset + 8


@dataclass(slots=True, init=False)
class WithdrawalDecision:
    """About a withdrawal that waits for it.

    XDR::

        struct WithdrawalDecision {
            Apex withdrawal;
            bool is_approved;
        };
    """

    withdrawal: Apex
    is_approved: bool

    def __init__(self, withdrawal: Apex, is_approved: bool) -> None:
        self.withdrawal = withdrawal
        self.is_approved = is_approved

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return WithdrawalDecision, (
            self.withdrawal,
            self.is_approved,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_withdrawal_decision(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "WithdrawalDecision":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_withdrawal_decision(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "WithdrawalDecision")
        return value


_WITHDRAWAL_DECISION_0: Fields = (
    ("WithdrawalDecision", "", Instance(WithdrawalDecision)),
    ("WithdrawalDecision.withdrawal", "withdrawal", UINT64),
    ("WithdrawalDecision.is_approved", "is_approved", BOOLEAN),
)
_pack_withdrawal_decision_0: Final = Struct(">QI").pack


def _write_withdrawal_decision(value: Any) -> bytes:
    try:
        if type(value) is not WithdrawalDecision:
            raise ValueError
        is_approved = value.is_approved
        if is_approved is not True and is_approved is not False:
            raise ValueError
        part_0 = _pack_withdrawal_decision_0(value.withdrawal, is_approved)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_DECISION_0)
        raise
    return part_0


_unpack_withdrawal_decision_0: Final = Struct(">QI").unpack_from


def _read_withdrawal_decision(data: bytes, offset: int) -> tuple[WithdrawalDecision, int]:
    try:
        withdrawal, is_approved = _unpack_withdrawal_decision_0(data, offset)
        is_approved = BOOLEANS[is_approved]
    except (StructError, KeyError):
        explain_malformed(data, offset, _WITHDRAWAL_DECISION_0)
        raise
    return WithdrawalDecision(withdrawal, is_approved), offset + 12


class DecisionType(IntEnum):
    """The enum DecisionType of governance.x.

    XDR::

        enum DecisionType {
            SETTINGS_CHANGE = 0,
            SUSPENSE_REFUND = 1,
            ASSET_SUSPENSION = 2,
            ASSET_RESUMPTION = 3,
            WITHDRAWAL_DECISION = 4
        };
    """

    SETTINGS_CHANGE = 0
    SUSPENSE_REFUND = 1
    ASSET_SUSPENSION = 2
    ASSET_RESUMPTION = 3
    WITHDRAWAL_DECISION = 4


_DECISION_TYPE_MEMBERS: Final[dict[int, DecisionType]] = {member.value: member for member in DecisionType}


Decision = SettingsChange | SuspenseRefund | AssetSuspension | AssetResumption | WithdrawalDecision


def _write_settings_change_as_decision(value: Any) -> bytes:
    return b"\x00\x00\x00\x00" + _write_settings_change(value)


_pack_suspense_refund_as_decision_0: Final = Struct(">iQI").pack


def _write_suspense_refund_as_decision(value: SuspenseRefund) -> bytes:
    try:
        part_0 = _pack_suspense_refund_as_decision_0(1, value.operation, value.attempt)
    except Exception:
        explain_unencodable(value, _SUSPENSE_REFUND_0)
        raise
    return part_0


_pack_asset_suspension_as_decision_0: Final = Struct(">iIIi").pack


def _write_asset_suspension_as_decision(value: AssetSuspension) -> bytes:
    try:
        reason = value.reason
        if reason not in _SUSPENSION_REASON_MEMBERS:
            raise ValueError
        part_0 = _pack_asset_suspension_as_decision_0(2, value.asset, value.change, reason)
    except Exception:
        explain_unencodable(value, _ASSET_SUSPENSION_0)
        raise
    return part_0


_pack_asset_resumption_as_decision_0: Final = Struct(">iII").pack


def _write_asset_resumption_as_decision(value: AssetResumption) -> bytes:
    try:
        part_0 = _pack_asset_resumption_as_decision_0(3, value.asset, value.change)
    except Exception:
        explain_unencodable(value, _ASSET_RESUMPTION_0)
        raise
    return part_0


_pack_withdrawal_decision_as_decision_0: Final = Struct(">iQI").pack


def _write_withdrawal_decision_as_decision(value: WithdrawalDecision) -> bytes:
    try:
        is_approved = value.is_approved
        if is_approved is not True and is_approved is not False:
            raise ValueError
        part_0 = _pack_withdrawal_decision_as_decision_0(4, value.withdrawal, is_approved)
    except Exception:
        explain_unencodable(value, _WITHDRAWAL_DECISION_0)
        raise
    return part_0


_DECISION_WRITERS: Final[dict[type, Callable[[Any], bytes]]] = {
    SettingsChange: _write_settings_change_as_decision,
    SuspenseRefund: _write_suspense_refund_as_decision,
    AssetSuspension: _write_asset_suspension_as_decision,
    AssetResumption: _write_asset_resumption_as_decision,
    WithdrawalDecision: _write_withdrawal_decision_as_decision,
}

_DECISION_READERS: Final[dict[bytes, Callable[[bytes, int], tuple[Decision, int]]]] = {
    b"\x00\x00\x00\x00": _read_settings_change,
    b"\x00\x00\x00\x01": _read_suspense_refund,
    b"\x00\x00\x00\x02": _read_asset_suspension,
    b"\x00\x00\x00\x03": _read_asset_resumption,
    b"\x00\x00\x00\x04": _read_withdrawal_decision,
}
_DECISION_DISCRIMINANT = Discriminant(_DECISION_TYPE_MEMBERS, _DECISION_READERS)
_DECISION_0: Fields = (("Decision.type", "", _DECISION_DISCRIMINANT),)


def _read_decision(data: bytes, offset: int) -> tuple[Decision, int]:
    try:
        read = _DECISION_READERS[data[offset : offset + 4]]
    except KeyError:
        explain_malformed(data, offset, _DECISION_0)
        raise
    return read(data, offset + 4)


def encode_decision(value: Decision) -> bytes:
    """Encodes a value of the union Decision by its class."""
    try:
        write = _DECISION_WRITERS[type(value)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    return write(value)


def decode_decision(data: bytes) -> Decision:
    """Decodes bytes that are one Decision and nothing else."""
    value, offset = _read_decision(data, 0)
    if offset != len(data):
        raise MalformedMessage("trailing bytes", "Decision")
    return value


@dataclass(slots=True, init=False)
class Proposal:
    """The struct Proposal of governance.x.

    XDR::

        struct Proposal {
            Timestamp valid_until;            // inclusive
            Decision decision;
        };
    """

    valid_until: Timestamp
    decision: Decision

    def __init__(self, valid_until: Timestamp, decision: Decision) -> None:
        self.valid_until = valid_until
        self.decision = decision

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return Proposal, (
            self.valid_until,
            self.decision,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_proposal(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "Proposal":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_proposal(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "Proposal")
        return value


_PROPOSAL_0: Fields = (
    ("Proposal", "", Instance(Proposal)),
    ("Proposal.valid_until", "valid_until", INT64),
    ("Decision.type", "decision", _DECISION_DISCRIMINANT),
)
_pack_proposal_0: Final = Struct(">q").pack


def _write_proposal(value: Any) -> bytes:
    try:
        if type(value) is not Proposal:
            raise ValueError
        decision = value.decision
        part_0 = _pack_proposal_0(value.valid_until)
    except Exception:
        explain_unencodable(value, _PROPOSAL_0)
        raise
    try:
        write = _DECISION_WRITERS[type(decision)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    tail_0 = write(decision)
    return part_0 + tail_0


_unpack_proposal_0: Final = Struct(">q4s").unpack_from


def _read_proposal(data: bytes, offset: int) -> tuple[Proposal, int]:
    try:
        valid_until, decision__read = _unpack_proposal_0(data, offset)
        decision__read = _DECISION_READERS[decision__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _PROPOSAL_0)
        raise
    offset += 12
    decision, offset = decision__read(data, offset)
    return Proposal(valid_until, decision), offset


@dataclass(slots=True, init=False)
class SignedProposal:
    """The struct SignedProposal of governance.x.

    XDR::

        struct SignedProposal {
            Proposal proposal;
            Key auditor;
            Signature signature;
        };
    """

    proposal: Proposal
    auditor: Key
    signature: Signature

    def __init__(self, proposal: Proposal, auditor: Key, signature: Signature) -> None:
        self.proposal = proposal
        self.auditor = auditor
        self.signature = signature

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return SignedProposal, (
            self.proposal,
            self.auditor,
            self.signature,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_signed_proposal(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "SignedProposal":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_signed_proposal(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "SignedProposal")
        return value


_SIGNED_PROPOSAL_0: Fields = (
    ("SignedProposal", "", Instance(SignedProposal)),
    ("Proposal", "proposal", Instance(Proposal)),
    ("Proposal.valid_until", "proposal.valid_until", INT64),
    ("Decision.type", "proposal.decision", _DECISION_DISCRIMINANT),
)
_SIGNED_PROPOSAL_1: Fields = (
    ("SignedProposal.auditor", "auditor", Opaque(32)),
    ("SignedProposal.signature", "signature", Opaque(64)),
)
_pack_signed_proposal_0: Final = Struct(">q").pack
_pack_signed_proposal_1: Final = Struct(">32s64s").pack


def _write_signed_proposal(value: Any) -> bytes:
    try:
        if type(value) is not SignedProposal:
            raise ValueError
        proposal = value.proposal
        proposal__decision = proposal.decision
        if type(proposal) is not Proposal:
            raise ValueError
        part_0 = _pack_signed_proposal_0(proposal.valid_until)
    except Exception:
        explain_unencodable(value, _SIGNED_PROPOSAL_0)
        raise
    try:
        write = _DECISION_WRITERS[type(proposal__decision)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    tail_0 = write(proposal__decision)
    try:
        auditor = value.auditor
        signature = value.signature
        if len(auditor) != 32 or len(signature) != 64:
            raise ValueError
        part_1 = _pack_signed_proposal_1(auditor, signature)
    except Exception:
        explain_unencodable(value, _SIGNED_PROPOSAL_1)
        raise
    return part_0 + tail_0 + part_1


_unpack_signed_proposal_0: Final = Struct(">q4s").unpack_from
_unpack_signed_proposal_1: Final = Struct(">32s64s").unpack_from


def _read_signed_proposal(data: bytes, offset: int) -> tuple[SignedProposal, int]:
    try:
        proposal__valid_until, proposal__decision__read = _unpack_signed_proposal_0(data, offset)
        proposal__decision__read = _DECISION_READERS[proposal__decision__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _SIGNED_PROPOSAL_0)
        raise
    offset += 12
    proposal__decision, offset = proposal__decision__read(data, offset)
    try:
        auditor, signature = _unpack_signed_proposal_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _SIGNED_PROPOSAL_1)
        raise
    return SignedProposal(Proposal(proposal__valid_until, proposal__decision), auditor, signature), offset + 96


@dataclass(slots=True, init=False)
class GovernanceCommit:
    """A proposal that a quorum of auditors has signed.

    XDR::

        struct GovernanceCommit {
            Proposal proposal;
            AuditorSignature signatures<MAX_AUDITORS>;
        };
    """

    proposal: Proposal
    signatures: list[AuditorSignature]

    def __init__(self, proposal: Proposal, signatures: list[AuditorSignature]) -> None:
        self.proposal = proposal
        self.signatures = signatures

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return GovernanceCommit, (
            self.proposal,
            self.signatures,
        )

    def to_xdr(self) -> bytes:
        """Encodes the message."""
        return _write_governance_commit(self)

    @classmethod
    def from_xdr(cls, data: bytes) -> "GovernanceCommit":
        """Decodes bytes that are one message and nothing else."""
        value, offset = _read_governance_commit(data, 0)
        if offset != len(data):
            raise MalformedMessage("trailing bytes", "GovernanceCommit")
        return value


_GOVERNANCE_COMMIT_0: Fields = (
    ("GovernanceCommit", "", Instance(GovernanceCommit)),
    ("Proposal", "proposal", Instance(Proposal)),
    ("Proposal.valid_until", "proposal.valid_until", INT64),
    ("Decision.type", "proposal.decision", _DECISION_DISCRIMINANT),
)
_GOVERNANCE_COMMIT_1: Fields = (("GovernanceCommit.signatures", "signatures", Items(MAX_AUDITORS)),)
_pack_governance_commit_0: Final = Struct(">q").pack
_pack_governance_commit_1: Final = Struct(">I").pack


def _write_governance_commit(value: Any) -> bytes:
    try:
        if type(value) is not GovernanceCommit:
            raise ValueError
        proposal = value.proposal
        proposal__decision = proposal.decision
        if type(proposal) is not Proposal:
            raise ValueError
        part_0 = _pack_governance_commit_0(proposal.valid_until)
    except Exception:
        explain_unencodable(value, _GOVERNANCE_COMMIT_0)
        raise
    try:
        write = _DECISION_WRITERS[type(proposal__decision)]
    except KeyError:
        raise UnencodableMessage("wrong type", "Decision.type") from None
    tail_0 = write(proposal__decision)
    try:
        signatures: list[Any] = value.signatures
        if type(signatures) is not list or len(signatures) > MAX_AUDITORS:
            raise ValueError
        part_1 = _pack_governance_commit_1(len(signatures))
    except Exception:
        explain_unencodable(value, _GOVERNANCE_COMMIT_1)
        raise
    tail_1 = b"".join([_write_auditor_signature(item) for item in signatures])
    return b"".join((part_0, tail_0, part_1, tail_1))


_unpack_governance_commit_0: Final = Struct(">q4s").unpack_from
_unpack_governance_commit_1: Final = Struct(">I").unpack_from


def _read_governance_commit(data: bytes, offset: int) -> tuple[GovernanceCommit, int]:
    try:
        proposal__valid_until, proposal__decision__read = _unpack_governance_commit_0(data, offset)
        proposal__decision__read = _DECISION_READERS[proposal__decision__read]
    except (StructError, KeyError):
        explain_malformed(data, offset, _GOVERNANCE_COMMIT_0)
        raise
    offset += 12
    proposal__decision, offset = proposal__decision__read(data, offset)
    try:
        (signatures__count,) = _unpack_governance_commit_1(data, offset)
    except StructError:
        explain_malformed(data, offset, _GOVERNANCE_COMMIT_1)
        raise
    offset += 4
    if signatures__count > MAX_AUDITORS or signatures__count * 96 > len(data) - offset:
        refuse_count(signatures__count, MAX_AUDITORS, "GovernanceCommit.signatures")
    signatures = []
    for _ in range(signatures__count):
        signatures__item, offset = _read_auditor_signature(data, offset)
        signatures.append(signatures__item)
    return GovernanceCommit(Proposal(proposal__valid_until, proposal__decision), signatures), offset
