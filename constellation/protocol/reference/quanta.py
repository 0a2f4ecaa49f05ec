"""Readable codec of quanta.x.

Generated from xdr/quanta.x by tools/xdr_generator.py; do not edit.

Quanta, the batches they travel in, and the certificates that make them final.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.common import MAX_AUDITORS
from constellation.protocol.messages.governance import GovernanceCommit
from constellation.protocol.messages.modes import ModeCommit
from constellation.protocol.messages.quanta import (
    MAX_BATCH_QUANTA,
    MAX_LEDGER_EVENTS,
    Batch,
    BatchedOperation,
    BatchHeader,
    Certificate,
    ChannelTransaction,
    ClaimableDeposit,
    LedgerCommit,
    LedgerDeposit,
    LedgerEvent,
    LedgerEventType,
    LedgerMemo,
    LedgerMemoType,
    LedgerReport,
    Quantum,
    QuantumBody,
    QuantumLeaf,
    QuantumType,
    SignedHeader,
    TermCommit,
    TimeCommit,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
)
from constellation.protocol.messages.requests import SignedRequest, SignedRequestBatch
from constellation.protocol.reference.common import (
    pack_asset_identity,
    pack_auditor_signature,
    pack_signed_appointment,
    unpack_asset_identity,
    unpack_auditor_signature,
    unpack_signed_appointment,
)
from constellation.protocol.reference.governance import pack_governance_commit, unpack_governance_commit
from constellation.protocol.reference.modes import pack_mode_commit, unpack_mode_commit
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_bool,
    pack_fixed_opaque,
    pack_int64,
    pack_opaque,
    pack_optional,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_bool,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_int64,
    unpack_opaque,
    unpack_optional,
    unpack_uint32,
    unpack_uint64,
)
from constellation.protocol.reference.requests import (
    pack_signed_request,
    pack_signed_request_batch,
    unpack_signed_request,
    unpack_signed_request_batch,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_ledger_memo(packer: Packer, value: LedgerMemo) -> None:
    """Packs LedgerMemo."""
    if value is None:
        packer.pack_enum(LedgerMemoType.LEDGER_MEMO_NONE)
    elif type(value) is int:
        packer.pack_enum(LedgerMemoType.LEDGER_MEMO_ID)
        pack_uint64(packer, value, "LedgerMemo.id")
    elif type(value) is bytes:
        packer.pack_enum(LedgerMemoType.LEDGER_MEMO_OTHER)
        pack_opaque(packer, value, 32, "LedgerMemo.content")
    else:
        raise UnencodableMessage("wrong type", "LedgerMemo.type")


def unpack_ledger_memo(unpacker: Unpacker) -> LedgerMemo:
    """Unpacks LedgerMemo."""
    type = unpack_enum(unpacker, LedgerMemoType, "LedgerMemo.type")
    if type is LedgerMemoType.LEDGER_MEMO_NONE:
        return None
    if type is LedgerMemoType.LEDGER_MEMO_ID:
        return unpack_uint64(unpacker, "LedgerMemo.id")
    if type is LedgerMemoType.LEDGER_MEMO_OTHER:
        return unpack_opaque(unpacker, 32, "LedgerMemo.content")
    raise MalformedMessage("unknown union arm", "LedgerMemo.type")


def pack_ledger_deposit(packer: Packer, value: LedgerDeposit) -> None:
    """Packs LedgerDeposit."""
    expect_class(value, LedgerDeposit)
    pack_uint64(packer, value.operation, "LedgerDeposit.operation")
    pack_fixed_opaque(packer, value.transaction, 32, "LedgerDeposit.transaction")
    pack_asset_identity(packer, value.asset)
    pack_int64(packer, value.amount, "LedgerDeposit.amount")
    pack_fixed_opaque(packer, value.source, 32, "LedgerDeposit.source")
    pack_ledger_memo(packer, value.memo)
    pack_optional(packer, value.muxed_id, lambda packer, item: pack_uint64(packer, item, "LedgerDeposit.muxed_id"))


def unpack_ledger_deposit(unpacker: Unpacker) -> LedgerDeposit:
    """Unpacks LedgerDeposit."""
    return LedgerDeposit(
        operation=unpack_uint64(unpacker, "LedgerDeposit.operation"),
        transaction=unpack_fixed_opaque(unpacker, 32, "LedgerDeposit.transaction"),
        asset=unpack_asset_identity(unpacker),
        amount=unpack_int64(unpacker, "LedgerDeposit.amount"),
        source=unpack_fixed_opaque(unpacker, 32, "LedgerDeposit.source"),
        memo=unpack_ledger_memo(unpacker),
        muxed_id=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "LedgerDeposit.muxed_id"), "LedgerDeposit.muxed_id"
        ),
    )


def pack_claimable_deposit(packer: Packer, value: ClaimableDeposit) -> None:
    """Packs ClaimableDeposit."""
    expect_class(value, ClaimableDeposit)
    pack_uint64(packer, value.operation, "ClaimableDeposit.operation")
    pack_fixed_opaque(packer, value.transaction, 32, "ClaimableDeposit.transaction")
    pack_fixed_opaque(packer, value.balance, 32, "ClaimableDeposit.balance")
    pack_asset_identity(packer, value.asset)
    pack_int64(packer, value.amount, "ClaimableDeposit.amount")
    pack_fixed_opaque(packer, value.source, 32, "ClaimableDeposit.source")
    pack_ledger_memo(packer, value.memo)


def unpack_claimable_deposit(unpacker: Unpacker) -> ClaimableDeposit:
    """Unpacks ClaimableDeposit."""
    return ClaimableDeposit(
        operation=unpack_uint64(unpacker, "ClaimableDeposit.operation"),
        transaction=unpack_fixed_opaque(unpacker, 32, "ClaimableDeposit.transaction"),
        balance=unpack_fixed_opaque(unpacker, 32, "ClaimableDeposit.balance"),
        asset=unpack_asset_identity(unpacker),
        amount=unpack_int64(unpacker, "ClaimableDeposit.amount"),
        source=unpack_fixed_opaque(unpacker, 32, "ClaimableDeposit.source"),
        memo=unpack_ledger_memo(unpacker),
    )


def pack_vault_clawback(packer: Packer, value: VaultClawback) -> None:
    """Packs VaultClawback."""
    expect_class(value, VaultClawback)
    pack_uint64(packer, value.operation, "VaultClawback.operation")
    pack_fixed_opaque(packer, value.transaction, 32, "VaultClawback.transaction")
    pack_asset_identity(packer, value.asset)
    pack_int64(packer, value.amount, "VaultClawback.amount")


def unpack_vault_clawback(unpacker: Unpacker) -> VaultClawback:
    """Unpacks VaultClawback."""
    return VaultClawback(
        operation=unpack_uint64(unpacker, "VaultClawback.operation"),
        transaction=unpack_fixed_opaque(unpacker, 32, "VaultClawback.transaction"),
        asset=unpack_asset_identity(unpacker),
        amount=unpack_int64(unpacker, "VaultClawback.amount"),
    )


def pack_vault_authorization(packer: Packer, value: VaultAuthorization) -> None:
    """Packs VaultAuthorization."""
    expect_class(value, VaultAuthorization)
    pack_uint64(packer, value.operation, "VaultAuthorization.operation")
    pack_fixed_opaque(packer, value.transaction, 32, "VaultAuthorization.transaction")
    pack_asset_identity(packer, value.asset)
    pack_bool(packer, value.authorized, "VaultAuthorization.authorized")


def unpack_vault_authorization(unpacker: Unpacker) -> VaultAuthorization:
    """Unpacks VaultAuthorization."""
    return VaultAuthorization(
        operation=unpack_uint64(unpacker, "VaultAuthorization.operation"),
        transaction=unpack_fixed_opaque(unpacker, 32, "VaultAuthorization.transaction"),
        asset=unpack_asset_identity(unpacker),
        authorized=unpack_bool(unpacker, "VaultAuthorization.authorized"),
    )


def pack_vault_transaction(packer: Packer, value: VaultTransaction) -> None:
    """Packs VaultTransaction."""
    expect_class(value, VaultTransaction)
    pack_uint64(packer, value.transaction_id, "VaultTransaction.transaction_id")
    pack_fixed_opaque(packer, value.transaction, 32, "VaultTransaction.transaction")


def unpack_vault_transaction(unpacker: Unpacker) -> VaultTransaction:
    """Unpacks VaultTransaction."""
    return VaultTransaction(
        transaction_id=unpack_uint64(unpacker, "VaultTransaction.transaction_id"),
        transaction=unpack_fixed_opaque(unpacker, 32, "VaultTransaction.transaction"),
    )


def pack_channel_transaction(packer: Packer, value: ChannelTransaction) -> None:
    """Packs ChannelTransaction."""
    expect_class(value, ChannelTransaction)
    pack_uint64(packer, value.transaction_id, "ChannelTransaction.transaction_id")
    pack_fixed_opaque(packer, value.transaction, 32, "ChannelTransaction.transaction")
    pack_fixed_opaque(packer, value.channel, 32, "ChannelTransaction.channel")
    pack_int64(packer, value.sequence, "ChannelTransaction.sequence")
    pack_bool(packer, value.successful, "ChannelTransaction.successful")


def unpack_channel_transaction(unpacker: Unpacker) -> ChannelTransaction:
    """Unpacks ChannelTransaction."""
    return ChannelTransaction(
        transaction_id=unpack_uint64(unpacker, "ChannelTransaction.transaction_id"),
        transaction=unpack_fixed_opaque(unpacker, 32, "ChannelTransaction.transaction"),
        channel=unpack_fixed_opaque(unpacker, 32, "ChannelTransaction.channel"),
        sequence=unpack_int64(unpacker, "ChannelTransaction.sequence"),
        successful=unpack_bool(unpacker, "ChannelTransaction.successful"),
    )


def pack_ledger_event(packer: Packer, value: LedgerEvent) -> None:
    """Packs LedgerEvent."""
    if type(value) is LedgerDeposit:
        packer.pack_enum(LedgerEventType.LEDGER_DEPOSIT)
        pack_ledger_deposit(packer, value)
    elif type(value) is ChannelTransaction:
        packer.pack_enum(LedgerEventType.CHANNEL_TRANSACTION)
        pack_channel_transaction(packer, value)
    elif type(value) is ClaimableDeposit:
        packer.pack_enum(LedgerEventType.CLAIMABLE_DEPOSIT)
        pack_claimable_deposit(packer, value)
    elif type(value) is VaultClawback:
        packer.pack_enum(LedgerEventType.VAULT_CLAWBACK)
        pack_vault_clawback(packer, value)
    elif type(value) is VaultAuthorization:
        packer.pack_enum(LedgerEventType.VAULT_AUTHORIZATION)
        pack_vault_authorization(packer, value)
    elif type(value) is VaultTransaction:
        packer.pack_enum(LedgerEventType.VAULT_TRANSACTION)
        pack_vault_transaction(packer, value)
    else:
        raise UnencodableMessage("wrong type", "LedgerEvent.type")


def unpack_ledger_event(unpacker: Unpacker) -> LedgerEvent:
    """Unpacks LedgerEvent."""
    type = unpack_enum(unpacker, LedgerEventType, "LedgerEvent.type")
    if type is LedgerEventType.LEDGER_DEPOSIT:
        return unpack_ledger_deposit(unpacker)
    if type is LedgerEventType.CHANNEL_TRANSACTION:
        return unpack_channel_transaction(unpacker)
    if type is LedgerEventType.CLAIMABLE_DEPOSIT:
        return unpack_claimable_deposit(unpacker)
    if type is LedgerEventType.VAULT_CLAWBACK:
        return unpack_vault_clawback(unpacker)
    if type is LedgerEventType.VAULT_AUTHORIZATION:
        return unpack_vault_authorization(unpacker)
    if type is LedgerEventType.VAULT_TRANSACTION:
        return unpack_vault_transaction(unpacker)
    raise MalformedMessage("unknown union arm", "LedgerEvent.type")


def pack_ledger_report(packer: Packer, value: LedgerReport) -> None:
    """Packs LedgerReport."""
    expect_class(value, LedgerReport)
    pack_uint64(packer, value.previous, "LedgerReport.previous")
    pack_uint64(packer, value.cursor, "LedgerReport.cursor")
    pack_int64(packer, value.closed_at_s, "LedgerReport.closed_at_s")
    pack_array(packer, value.events, pack_ledger_event, MAX_LEDGER_EVENTS, "LedgerReport.events")


def unpack_ledger_report(unpacker: Unpacker) -> LedgerReport:
    """Unpacks LedgerReport."""
    return LedgerReport(
        previous=unpack_uint64(unpacker, "LedgerReport.previous"),
        cursor=unpack_uint64(unpacker, "LedgerReport.cursor"),
        closed_at_s=unpack_int64(unpacker, "LedgerReport.closed_at_s"),
        events=unpack_array(unpacker, unpack_ledger_event, 44, MAX_LEDGER_EVENTS, "LedgerReport.events"),
    )


def pack_ledger_commit(packer: Packer, value: LedgerCommit) -> None:
    """Packs LedgerCommit."""
    expect_class(value, LedgerCommit)
    pack_ledger_report(packer, value.report)
    pack_array(packer, value.signatures, pack_auditor_signature, MAX_AUDITORS, "LedgerCommit.signatures")


def unpack_ledger_commit(unpacker: Unpacker) -> LedgerCommit:
    """Unpacks LedgerCommit."""
    return LedgerCommit(
        report=unpack_ledger_report(unpacker),
        signatures=unpack_array(unpacker, unpack_auditor_signature, 96, MAX_AUDITORS, "LedgerCommit.signatures"),
    )


def pack_term_commit(packer: Packer, value: TermCommit) -> None:
    """Packs TermCommit."""
    expect_class(value, TermCommit)
    pack_signed_appointment(packer, value.signed)


def unpack_term_commit(unpacker: Unpacker) -> TermCommit:
    """Unpacks TermCommit."""
    return TermCommit(
        signed=unpack_signed_appointment(unpacker),
    )


def pack_time_commit(packer: Packer, value: TimeCommit) -> None:
    """Packs TimeCommit."""
    expect_class(value, TimeCommit)
    pack_int64(packer, value.due, "TimeCommit.due")


def unpack_time_commit(unpacker: Unpacker) -> TimeCommit:
    """Unpacks TimeCommit."""
    return TimeCommit(
        due=unpack_int64(unpacker, "TimeCommit.due"),
    )


def pack_quantum_body(packer: Packer, value: QuantumBody) -> None:
    """Packs QuantumBody."""
    if type(value) is SignedRequest:
        packer.pack_enum(QuantumType.REQUEST)
        pack_signed_request(packer, value)
    elif type(value) is LedgerCommit:
        packer.pack_enum(QuantumType.LEDGER_COMMIT)
        pack_ledger_commit(packer, value)
    elif type(value) is GovernanceCommit:
        packer.pack_enum(QuantumType.GOVERNANCE_COMMIT)
        pack_governance_commit(packer, value)
    elif type(value) is TermCommit:
        packer.pack_enum(QuantumType.TERM_COMMIT)
        pack_term_commit(packer, value)
    elif type(value) is SignedRequestBatch:
        packer.pack_enum(QuantumType.REQUEST_BATCH)
        pack_signed_request_batch(packer, value)
    elif type(value) is TimeCommit:
        packer.pack_enum(QuantumType.TIME_COMMIT)
        pack_time_commit(packer, value)
    elif type(value) is ModeCommit:
        packer.pack_enum(QuantumType.MODE_COMMIT)
        pack_mode_commit(packer, value)
    else:
        raise UnencodableMessage("wrong type", "QuantumBody.type")


def unpack_quantum_body(unpacker: Unpacker) -> QuantumBody:
    """Unpacks QuantumBody."""
    type = unpack_enum(unpacker, QuantumType, "QuantumBody.type")
    if type is QuantumType.REQUEST:
        return unpack_signed_request(unpacker)
    if type is QuantumType.LEDGER_COMMIT:
        return unpack_ledger_commit(unpacker)
    if type is QuantumType.GOVERNANCE_COMMIT:
        return unpack_governance_commit(unpacker)
    if type is QuantumType.TERM_COMMIT:
        return unpack_term_commit(unpacker)
    if type is QuantumType.REQUEST_BATCH:
        return unpack_signed_request_batch(unpacker)
    if type is QuantumType.TIME_COMMIT:
        return unpack_time_commit(unpacker)
    if type is QuantumType.MODE_COMMIT:
        return unpack_mode_commit(unpacker)
    raise MalformedMessage("unknown union arm", "QuantumBody.type")


def pack_quantum(packer: Packer, value: Quantum) -> None:
    """Packs Quantum."""
    expect_class(value, Quantum)
    pack_int64(packer, value.timestamp, "Quantum.timestamp")
    pack_quantum_body(packer, value.body)


def unpack_quantum(unpacker: Unpacker) -> Quantum:
    """Unpacks Quantum."""
    return Quantum(
        timestamp=unpack_int64(unpacker, "Quantum.timestamp"),
        body=unpack_quantum_body(unpacker),
    )


def pack_batched_operation(packer: Packer, value: BatchedOperation) -> None:
    """Packs BatchedOperation."""
    expect_class(value, BatchedOperation)
    pack_fixed_opaque(packer, value.batch, 32, "BatchedOperation.batch")
    pack_uint32(packer, value.place, "BatchedOperation.place")


def unpack_batched_operation(unpacker: Unpacker) -> BatchedOperation:
    """Unpacks BatchedOperation."""
    return BatchedOperation(
        batch=unpack_fixed_opaque(unpacker, 32, "BatchedOperation.batch"),
        place=unpack_uint32(unpacker, "BatchedOperation.place"),
    )


def pack_quantum_leaf(packer: Packer, value: QuantumLeaf) -> None:
    """Packs QuantumLeaf."""
    expect_class(value, QuantumLeaf)
    pack_uint64(packer, value.apex, "QuantumLeaf.apex")
    pack_int64(packer, value.timestamp, "QuantumLeaf.timestamp")
    pack_fixed_opaque(packer, value.body, 32, "QuantumLeaf.body")
    pack_fixed_opaque(packer, value.effects, 32, "QuantumLeaf.effects")


def unpack_quantum_leaf(unpacker: Unpacker) -> QuantumLeaf:
    """Unpacks QuantumLeaf."""
    return QuantumLeaf(
        apex=unpack_uint64(unpacker, "QuantumLeaf.apex"),
        timestamp=unpack_int64(unpacker, "QuantumLeaf.timestamp"),
        body=unpack_fixed_opaque(unpacker, 32, "QuantumLeaf.body"),
        effects=unpack_fixed_opaque(unpacker, 32, "QuantumLeaf.effects"),
    )


def pack_batch_header(packer: Packer, value: BatchHeader) -> None:
    """Packs BatchHeader."""
    expect_class(value, BatchHeader)
    pack_uint32(packer, value.version, "BatchHeader.version")
    pack_uint64(packer, value.epoch, "BatchHeader.epoch")
    pack_uint64(packer, value.number, "BatchHeader.number")
    pack_uint64(packer, value.first_apex, "BatchHeader.first_apex")
    pack_uint64(packer, value.last_apex, "BatchHeader.last_apex")
    pack_int64(packer, value.timestamp, "BatchHeader.timestamp")
    pack_fixed_opaque(packer, value.previous, 32, "BatchHeader.previous")
    pack_fixed_opaque(packer, value.quanta_root, 32, "BatchHeader.quanta_root")
    pack_optional(
        packer, value.state_root, lambda packer, item: pack_fixed_opaque(packer, item, 32, "BatchHeader.state_root")
    )


def unpack_batch_header(unpacker: Unpacker) -> BatchHeader:
    """Unpacks BatchHeader."""
    return BatchHeader(
        version=unpack_uint32(unpacker, "BatchHeader.version"),
        epoch=unpack_uint64(unpacker, "BatchHeader.epoch"),
        number=unpack_uint64(unpacker, "BatchHeader.number"),
        first_apex=unpack_uint64(unpacker, "BatchHeader.first_apex"),
        last_apex=unpack_uint64(unpacker, "BatchHeader.last_apex"),
        timestamp=unpack_int64(unpacker, "BatchHeader.timestamp"),
        previous=unpack_fixed_opaque(unpacker, 32, "BatchHeader.previous"),
        quanta_root=unpack_fixed_opaque(unpacker, 32, "BatchHeader.quanta_root"),
        state_root=unpack_optional(
            unpacker,
            lambda unpacker: unpack_fixed_opaque(unpacker, 32, "BatchHeader.state_root"),
            "BatchHeader.state_root",
        ),
    )


def pack_signed_header(packer: Packer, value: SignedHeader) -> None:
    """Packs SignedHeader."""
    expect_class(value, SignedHeader)
    pack_batch_header(packer, value.header)
    pack_fixed_opaque(packer, value.alpha_signature, 64, "SignedHeader.alpha_signature")


def unpack_signed_header(unpacker: Unpacker) -> SignedHeader:
    """Unpacks SignedHeader."""
    return SignedHeader(
        header=unpack_batch_header(unpacker),
        alpha_signature=unpack_fixed_opaque(unpacker, 64, "SignedHeader.alpha_signature"),
    )


def pack_batch(packer: Packer, value: Batch) -> None:
    """Packs Batch."""
    expect_class(value, Batch)
    pack_signed_header(packer, value.signed_header)
    pack_array(packer, value.quanta, pack_quantum, MAX_BATCH_QUANTA, "Batch.quanta")


def unpack_batch(unpacker: Unpacker) -> Batch:
    """Unpacks Batch."""
    return Batch(
        signed_header=unpack_signed_header(unpacker),
        quanta=unpack_array(unpacker, unpack_quantum, 20, MAX_BATCH_QUANTA, "Batch.quanta"),
    )


def pack_certificate(packer: Packer, value: Certificate) -> None:
    """Packs Certificate."""
    expect_class(value, Certificate)
    pack_batch_header(packer, value.header)
    pack_array(packer, value.signatures, pack_auditor_signature, MAX_AUDITORS, "Certificate.signatures")


def unpack_certificate(unpacker: Unpacker) -> Certificate:
    """Unpacks Certificate."""
    return Certificate(
        header=unpack_batch_header(unpacker),
        signatures=unpack_array(unpacker, unpack_auditor_signature, 96, MAX_AUDITORS, "Certificate.signatures"),
    )
