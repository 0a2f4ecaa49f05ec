"""Readable codec of cluster.x.

Generated from xdr/cluster.x by tools/xdr_generator.py; do not edit.

Between alpha and an auditor.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.cluster import (
    MAX_SNAPSHOT_ENTRIES,
    SNAPSHOT_BUCKETS,
    BatchRequest,
    ClusterMessage,
    ClusterMessageType,
    EpochOpening,
    EpochProposal,
    ForgottenVote,
    Promise,
    SignedLedgerReport,
    SignedPromise,
    SignedVerdict,
    SnapshotEntries,
    SnapshotHead,
    StreamStart,
    Verdict,
    Vote,
    WithdrawalSignature,
)
from constellation.protocol.messages.codes import Code
from constellation.protocol.messages.common import MAX_AUDITORS
from constellation.protocol.messages.governance import SignedProposal
from constellation.protocol.messages.quanta import Batch, Certificate
from constellation.protocol.messages.requests import SignedRequest
from constellation.protocol.messages.session import Closing, Hello, HelloProof, HelloReply
from constellation.protocol.reference.client import pack_finality, unpack_finality
from constellation.protocol.reference.governance import pack_signed_proposal, unpack_signed_proposal
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_bool,
    pack_enum,
    pack_fixed_opaque,
    pack_optional,
    pack_string,
    pack_uint64,
    unpack_array,
    unpack_bool,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_optional,
    unpack_string,
    unpack_uint64,
)
from constellation.protocol.reference.quanta import (
    pack_batch,
    pack_batch_header,
    pack_certificate,
    pack_ledger_report,
    pack_signed_header,
    unpack_batch,
    unpack_batch_header,
    unpack_certificate,
    unpack_ledger_report,
    unpack_signed_header,
)
from constellation.protocol.reference.requests import pack_signed_request, unpack_signed_request
from constellation.protocol.reference.session import (
    pack_closing,
    pack_hello,
    pack_hello_proof,
    pack_hello_reply,
    unpack_closing,
    unpack_hello,
    unpack_hello_proof,
    unpack_hello_reply,
)
from constellation.protocol.reference.state import pack_state_entry, unpack_state_entry
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_promise(packer: Packer, value: Promise) -> None:
    """Packs Promise."""
    expect_class(value, Promise)
    pack_uint64(packer, value.epoch, "Promise.epoch")
    pack_fixed_opaque(packer, value.alpha, 32, "Promise.alpha")
    pack_fixed_opaque(packer, value.appointments, 32, "Promise.appointments")
    pack_fixed_opaque(packer, value.log, 32, "Promise.log")
    pack_bool(packer, value.recovering, "Promise.recovering")
    pack_optional(packer, value.tip, pack_signed_header)
    pack_optional(packer, value.certificate, pack_certificate)


def unpack_promise(unpacker: Unpacker) -> Promise:
    """Unpacks Promise."""
    return Promise(
        epoch=unpack_uint64(unpacker, "Promise.epoch"),
        alpha=unpack_fixed_opaque(unpacker, 32, "Promise.alpha"),
        appointments=unpack_fixed_opaque(unpacker, 32, "Promise.appointments"),
        log=unpack_fixed_opaque(unpacker, 32, "Promise.log"),
        recovering=unpack_bool(unpacker, "Promise.recovering"),
        tip=unpack_optional(unpacker, unpack_signed_header, "Promise.tip"),
        certificate=unpack_optional(unpacker, unpack_certificate, "Promise.certificate"),
    )


def pack_signed_promise(packer: Packer, value: SignedPromise) -> None:
    """Packs SignedPromise."""
    expect_class(value, SignedPromise)
    pack_promise(packer, value.promise)
    pack_fixed_opaque(packer, value.auditor, 32, "SignedPromise.auditor")
    pack_fixed_opaque(packer, value.signature, 64, "SignedPromise.signature")


def unpack_signed_promise(unpacker: Unpacker) -> SignedPromise:
    """Unpacks SignedPromise."""
    return SignedPromise(
        promise=unpack_promise(unpacker),
        auditor=unpack_fixed_opaque(unpacker, 32, "SignedPromise.auditor"),
        signature=unpack_fixed_opaque(unpacker, 64, "SignedPromise.signature"),
    )


def pack_epoch_proposal(packer: Packer, value: EpochProposal) -> None:
    """Packs EpochProposal."""
    expect_class(value, EpochProposal)
    pack_uint64(packer, value.epoch, "EpochProposal.epoch")


def unpack_epoch_proposal(unpacker: Unpacker) -> EpochProposal:
    """Unpacks EpochProposal."""
    return EpochProposal(
        epoch=unpack_uint64(unpacker, "EpochProposal.epoch"),
    )


def pack_batch_request(packer: Packer, value: BatchRequest) -> None:
    """Packs BatchRequest."""
    expect_class(value, BatchRequest)
    pack_uint64(packer, value.first, "BatchRequest.first")
    pack_uint64(packer, value.last, "BatchRequest.last")


def unpack_batch_request(unpacker: Unpacker) -> BatchRequest:
    """Unpacks BatchRequest."""
    return BatchRequest(
        first=unpack_uint64(unpacker, "BatchRequest.first"),
        last=unpack_uint64(unpacker, "BatchRequest.last"),
    )


def pack_epoch_opening(packer: Packer, value: EpochOpening) -> None:
    """Packs EpochOpening."""
    expect_class(value, EpochOpening)
    pack_uint64(packer, value.epoch, "EpochOpening.epoch")
    pack_uint64(packer, value.base_number, "EpochOpening.base_number")
    pack_fixed_opaque(packer, value.base, 32, "EpochOpening.base")
    pack_array(packer, value.promises, pack_signed_promise, MAX_AUDITORS, "EpochOpening.promises")


def unpack_epoch_opening(unpacker: Unpacker) -> EpochOpening:
    """Unpacks EpochOpening."""
    return EpochOpening(
        epoch=unpack_uint64(unpacker, "EpochOpening.epoch"),
        base_number=unpack_uint64(unpacker, "EpochOpening.base_number"),
        base=unpack_fixed_opaque(unpacker, 32, "EpochOpening.base"),
        promises=unpack_array(unpacker, unpack_signed_promise, 212, MAX_AUDITORS, "EpochOpening.promises"),
    )


def pack_stream_start(packer: Packer, value: StreamStart) -> None:
    """Packs StreamStart."""
    expect_class(value, StreamStart)
    pack_uint64(packer, value.number, "StreamStart.number")
    pack_uint64(packer, value.tip, "StreamStart.tip")


def unpack_stream_start(unpacker: Unpacker) -> StreamStart:
    """Unpacks StreamStart."""
    return StreamStart(
        number=unpack_uint64(unpacker, "StreamStart.number"),
        tip=unpack_uint64(unpacker, "StreamStart.tip"),
    )


def pack_snapshot_head(packer: Packer, value: SnapshotHead) -> None:
    """Packs SnapshotHead."""
    expect_class(value, SnapshotHead)
    pack_signed_header(packer, value.checkpoint)
    pack_finality(packer, value.finality)
    pack_uint64(packer, value.entries, "SnapshotHead.entries")
    pack_array(
        packer,
        value.buckets,
        lambda packer, item: pack_fixed_opaque(packer, item, 32, "SnapshotHead.buckets"),
        SNAPSHOT_BUCKETS,
        "SnapshotHead.buckets",
    )


def unpack_snapshot_head(unpacker: Unpacker) -> SnapshotHead:
    """Unpacks SnapshotHead."""
    return SnapshotHead(
        checkpoint=unpack_signed_header(unpacker),
        finality=unpack_finality(unpacker),
        entries=unpack_uint64(unpacker, "SnapshotHead.entries"),
        buckets=unpack_array(
            unpacker,
            lambda unpacker: unpack_fixed_opaque(unpacker, 32, "SnapshotHead.buckets"),
            32,
            SNAPSHOT_BUCKETS,
            "SnapshotHead.buckets",
        ),
    )


def pack_snapshot_entries(packer: Packer, value: SnapshotEntries) -> None:
    """Packs SnapshotEntries."""
    expect_class(value, SnapshotEntries)
    pack_array(packer, value.entries, pack_state_entry, MAX_SNAPSHOT_ENTRIES, "SnapshotEntries.entries")


def unpack_snapshot_entries(unpacker: Unpacker) -> SnapshotEntries:
    """Unpacks SnapshotEntries."""
    return SnapshotEntries(
        entries=unpack_array(unpacker, unpack_state_entry, 40, MAX_SNAPSHOT_ENTRIES, "SnapshotEntries.entries"),
    )


def pack_vote(packer: Packer, value: Vote) -> None:
    """Packs Vote."""
    expect_class(value, Vote)
    pack_uint64(packer, value.number, "Vote.number")
    pack_fixed_opaque(packer, value.header, 32, "Vote.header")
    pack_fixed_opaque(packer, value.signature, 64, "Vote.signature")


def unpack_vote(unpacker: Unpacker) -> Vote:
    """Unpacks Vote."""
    return Vote(
        number=unpack_uint64(unpacker, "Vote.number"),
        header=unpack_fixed_opaque(unpacker, 32, "Vote.header"),
        signature=unpack_fixed_opaque(unpacker, 64, "Vote.signature"),
    )


def pack_forgotten_vote(packer: Packer, value: ForgottenVote) -> None:
    """Packs ForgottenVote."""
    expect_class(value, ForgottenVote)
    pack_batch_header(packer, value.header)
    pack_fixed_opaque(packer, value.signature, 64, "ForgottenVote.signature")


def unpack_forgotten_vote(unpacker: Unpacker) -> ForgottenVote:
    """Unpacks ForgottenVote."""
    return ForgottenVote(
        header=unpack_batch_header(unpacker),
        signature=unpack_fixed_opaque(unpacker, 64, "ForgottenVote.signature"),
    )


def pack_verdict(packer: Packer, value: Verdict) -> None:
    """Packs Verdict."""
    expect_class(value, Verdict)
    pack_uint64(packer, value.number, "Verdict.number")
    pack_fixed_opaque(packer, value.header, 32, "Verdict.header")
    pack_enum(packer, value.code, Code, "Verdict.code")
    pack_string(packer, value.reason, 256, "Verdict.reason")


def unpack_verdict(unpacker: Unpacker) -> Verdict:
    """Unpacks Verdict."""
    return Verdict(
        number=unpack_uint64(unpacker, "Verdict.number"),
        header=unpack_fixed_opaque(unpacker, 32, "Verdict.header"),
        code=unpack_enum(unpacker, Code, "Verdict.code"),
        reason=unpack_string(unpacker, 256, "Verdict.reason"),
    )


def pack_signed_verdict(packer: Packer, value: SignedVerdict) -> None:
    """Packs SignedVerdict."""
    expect_class(value, SignedVerdict)
    pack_verdict(packer, value.verdict)
    pack_fixed_opaque(packer, value.signature, 64, "SignedVerdict.signature")


def unpack_signed_verdict(unpacker: Unpacker) -> SignedVerdict:
    """Unpacks SignedVerdict."""
    return SignedVerdict(
        verdict=unpack_verdict(unpacker),
        signature=unpack_fixed_opaque(unpacker, 64, "SignedVerdict.signature"),
    )


def pack_signed_ledger_report(packer: Packer, value: SignedLedgerReport) -> None:
    """Packs SignedLedgerReport."""
    expect_class(value, SignedLedgerReport)
    pack_ledger_report(packer, value.report)
    pack_fixed_opaque(packer, value.signature, 64, "SignedLedgerReport.signature")


def unpack_signed_ledger_report(unpacker: Unpacker) -> SignedLedgerReport:
    """Unpacks SignedLedgerReport."""
    return SignedLedgerReport(
        report=unpack_ledger_report(unpacker),
        signature=unpack_fixed_opaque(unpacker, 64, "SignedLedgerReport.signature"),
    )


def pack_withdrawal_signature(packer: Packer, value: WithdrawalSignature) -> None:
    """Packs WithdrawalSignature."""
    expect_class(value, WithdrawalSignature)
    pack_fixed_opaque(packer, value.transaction, 32, "WithdrawalSignature.transaction")
    pack_fixed_opaque(packer, value.signature, 64, "WithdrawalSignature.signature")


def unpack_withdrawal_signature(unpacker: Unpacker) -> WithdrawalSignature:
    """Unpacks WithdrawalSignature."""
    return WithdrawalSignature(
        transaction=unpack_fixed_opaque(unpacker, 32, "WithdrawalSignature.transaction"),
        signature=unpack_fixed_opaque(unpacker, 64, "WithdrawalSignature.signature"),
    )


def pack_cluster_message(packer: Packer, value: ClusterMessage) -> None:
    """Packs ClusterMessage."""
    if type(value) is Hello:
        packer.pack_enum(ClusterMessageType.CLUSTER_HELLO)
        pack_hello(packer, value)
    elif type(value) is HelloReply:
        packer.pack_enum(ClusterMessageType.CLUSTER_HELLO_REPLY)
        pack_hello_reply(packer, value)
    elif type(value) is HelloProof:
        packer.pack_enum(ClusterMessageType.CLUSTER_HELLO_PROOF)
        pack_hello_proof(packer, value)
    elif type(value) is EpochProposal:
        packer.pack_enum(ClusterMessageType.EPOCH_PROPOSAL)
        pack_epoch_proposal(packer, value)
    elif type(value) is SignedPromise:
        packer.pack_enum(ClusterMessageType.EPOCH_PROMISE)
        pack_signed_promise(packer, value)
    elif type(value) is EpochOpening:
        packer.pack_enum(ClusterMessageType.EPOCH_OPENING)
        pack_epoch_opening(packer, value)
    elif type(value) is BatchRequest:
        packer.pack_enum(ClusterMessageType.BATCH_REQUEST)
        pack_batch_request(packer, value)
    elif type(value) is Batch:
        packer.pack_enum(ClusterMessageType.BATCH)
        pack_batch(packer, value)
    elif type(value) is Vote:
        packer.pack_enum(ClusterMessageType.VOTE)
        pack_vote(packer, value)
    elif type(value) is SignedVerdict:
        packer.pack_enum(ClusterMessageType.VERDICT)
        pack_signed_verdict(packer, value)
    elif type(value) is Certificate:
        packer.pack_enum(ClusterMessageType.CERTIFICATE)
        pack_certificate(packer, value)
    elif type(value) is SignedLedgerReport:
        packer.pack_enum(ClusterMessageType.LEDGER_REPORT)
        pack_signed_ledger_report(packer, value)
    elif type(value) is WithdrawalSignature:
        packer.pack_enum(ClusterMessageType.WITHDRAWAL_SIGNATURE)
        pack_withdrawal_signature(packer, value)
    elif type(value) is Closing:
        packer.pack_enum(ClusterMessageType.CLUSTER_CLOSING)
        pack_closing(packer, value)
    elif type(value) is StreamStart:
        packer.pack_enum(ClusterMessageType.STREAM_START)
        pack_stream_start(packer, value)
    elif type(value) is SnapshotHead:
        packer.pack_enum(ClusterMessageType.SNAPSHOT_HEAD)
        pack_snapshot_head(packer, value)
    elif type(value) is SnapshotEntries:
        packer.pack_enum(ClusterMessageType.SNAPSHOT_ENTRIES)
        pack_snapshot_entries(packer, value)
    elif type(value) is SignedProposal:
        packer.pack_enum(ClusterMessageType.PROPOSAL)
        pack_signed_proposal(packer, value)
    elif type(value) is ForgottenVote:
        packer.pack_enum(ClusterMessageType.FORGOTTEN_VOTE)
        pack_forgotten_vote(packer, value)
    elif type(value) is SignedRequest:
        packer.pack_enum(ClusterMessageType.FORWARDED_REQUEST)
        pack_signed_request(packer, value)
    else:
        raise UnencodableMessage("wrong type", "ClusterMessage.type")


def unpack_cluster_message(unpacker: Unpacker) -> ClusterMessage:
    """Unpacks ClusterMessage."""
    type = unpack_enum(unpacker, ClusterMessageType, "ClusterMessage.type")
    if type is ClusterMessageType.CLUSTER_HELLO:
        return unpack_hello(unpacker)
    if type is ClusterMessageType.CLUSTER_HELLO_REPLY:
        return unpack_hello_reply(unpacker)
    if type is ClusterMessageType.CLUSTER_HELLO_PROOF:
        return unpack_hello_proof(unpacker)
    if type is ClusterMessageType.EPOCH_PROPOSAL:
        return unpack_epoch_proposal(unpacker)
    if type is ClusterMessageType.EPOCH_PROMISE:
        return unpack_signed_promise(unpacker)
    if type is ClusterMessageType.EPOCH_OPENING:
        return unpack_epoch_opening(unpacker)
    if type is ClusterMessageType.BATCH_REQUEST:
        return unpack_batch_request(unpacker)
    if type is ClusterMessageType.BATCH:
        return unpack_batch(unpacker)
    if type is ClusterMessageType.VOTE:
        return unpack_vote(unpacker)
    if type is ClusterMessageType.VERDICT:
        return unpack_signed_verdict(unpacker)
    if type is ClusterMessageType.CERTIFICATE:
        return unpack_certificate(unpacker)
    if type is ClusterMessageType.LEDGER_REPORT:
        return unpack_signed_ledger_report(unpacker)
    if type is ClusterMessageType.WITHDRAWAL_SIGNATURE:
        return unpack_withdrawal_signature(unpacker)
    if type is ClusterMessageType.CLUSTER_CLOSING:
        return unpack_closing(unpacker)
    if type is ClusterMessageType.STREAM_START:
        return unpack_stream_start(unpacker)
    if type is ClusterMessageType.SNAPSHOT_HEAD:
        return unpack_snapshot_head(unpacker)
    if type is ClusterMessageType.SNAPSHOT_ENTRIES:
        return unpack_snapshot_entries(unpacker)
    if type is ClusterMessageType.PROPOSAL:
        return unpack_signed_proposal(unpacker)
    if type is ClusterMessageType.FORGOTTEN_VOTE:
        return unpack_forgotten_vote(unpacker)
    if type is ClusterMessageType.FORWARDED_REQUEST:
        return unpack_signed_request(unpacker)
    raise MalformedMessage("unknown union arm", "ClusterMessage.type")
