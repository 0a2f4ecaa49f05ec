"""Readable codec of workers.x.

Generated from xdr/workers.x by tools/xdr_generator.py; do not edit.

Between alpha's sequencer and its gateway workers: processes of one program on one machine, over a socket pair.
"""

from xdrlib3 import Packer, Unpacker

from constellation.protocol.messages.codes import Code
from constellation.protocol.messages.quanta import MAX_BATCH_QUANTA
from constellation.protocol.messages.workers import (
    MAX_ADDRESS_BYTES,
    MAX_ANSWER_FRAMES,
    MAX_FIGURES_BYTES,
    MAX_FRAME_BYTES,
    MAX_WORKER_EVENTS,
    BatchAcknowledged,
    BatchesCertified,
    HubMessage,
    HubMessageType,
    LogLevelChanged,
    RequestOrigin,
    RequestRate,
    SessionAdmitted,
    SessionAnswer,
    SessionAsked,
    SessionEnded,
    SessionProven,
    SessionRefused,
    SessionsClosed,
    SessionsTold,
    WorkerEvent,
    WorkerFigures,
    WorkerMessage,
    WorkerMessageType,
)
from constellation.protocol.reference.client import pack_client_message, unpack_client_message
from constellation.protocol.reference.common import pack_merkle_proof, unpack_merkle_proof
from constellation.protocol.reference.effects import pack_effect_group, unpack_effect_group
from constellation.protocol.reference.primitives import (
    expect_class,
    pack_array,
    pack_bool,
    pack_enum,
    pack_fixed_opaque,
    pack_opaque,
    pack_optional,
    pack_string,
    pack_uint32,
    pack_uint64,
    unpack_array,
    unpack_bool,
    unpack_enum,
    unpack_fixed_opaque,
    unpack_opaque,
    unpack_optional,
    unpack_string,
    unpack_uint32,
    unpack_uint64,
)
from constellation.protocol.reference.quanta import (
    pack_quantum_leaf,
    pack_signed_header,
    unpack_quantum_leaf,
    unpack_signed_header,
)
from constellation.protocol.xdr import MalformedMessage, UnencodableMessage


def pack_session_proven(packer: Packer, value: SessionProven) -> None:
    """Packs SessionProven."""
    expect_class(value, SessionProven)
    pack_uint64(packer, value.session, "SessionProven.session")
    pack_fixed_opaque(packer, value.account, 32, "SessionProven.account")
    pack_optional(
        packer, value.signer, lambda packer, item: pack_fixed_opaque(packer, item, 32, "SessionProven.signer")
    )
    pack_string(packer, value.address, MAX_ADDRESS_BYTES, "SessionProven.address")


def unpack_session_proven(unpacker: Unpacker) -> SessionProven:
    """Unpacks SessionProven."""
    return SessionProven(
        session=unpack_uint64(unpacker, "SessionProven.session"),
        account=unpack_fixed_opaque(unpacker, 32, "SessionProven.account"),
        signer=unpack_optional(
            unpacker, lambda unpacker: unpack_fixed_opaque(unpacker, 32, "SessionProven.signer"), "SessionProven.signer"
        ),
        address=unpack_string(unpacker, MAX_ADDRESS_BYTES, "SessionProven.address"),
    )


def pack_session_ended(packer: Packer, value: SessionEnded) -> None:
    """Packs SessionEnded."""
    expect_class(value, SessionEnded)
    pack_uint64(packer, value.session, "SessionEnded.session")


def unpack_session_ended(unpacker: Unpacker) -> SessionEnded:
    """Unpacks SessionEnded."""
    return SessionEnded(
        session=unpack_uint64(unpacker, "SessionEnded.session"),
    )


def pack_session_asked(packer: Packer, value: SessionAsked) -> None:
    """Packs SessionAsked."""
    expect_class(value, SessionAsked)
    pack_uint64(packer, value.session, "SessionAsked.session")
    pack_uint64(packer, value.slot, "SessionAsked.slot")
    pack_client_message(packer, value.message)


def unpack_session_asked(unpacker: Unpacker) -> SessionAsked:
    """Unpacks SessionAsked."""
    return SessionAsked(
        session=unpack_uint64(unpacker, "SessionAsked.session"),
        slot=unpack_uint64(unpacker, "SessionAsked.slot"),
        message=unpack_client_message(unpacker),
    )


def pack_worker_figures(packer: Packer, value: WorkerFigures) -> None:
    """Packs WorkerFigures."""
    expect_class(value, WorkerFigures)
    pack_opaque(packer, value.samples, MAX_FIGURES_BYTES, "WorkerFigures.samples")


def unpack_worker_figures(unpacker: Unpacker) -> WorkerFigures:
    """Unpacks WorkerFigures."""
    return WorkerFigures(
        samples=unpack_opaque(unpacker, MAX_FIGURES_BYTES, "WorkerFigures.samples"),
    )


def pack_worker_message(packer: Packer, value: WorkerMessage) -> None:
    """Packs WorkerMessage."""
    if type(value) is SessionProven:
        packer.pack_enum(WorkerMessageType.SESSION_PROVEN)
        pack_session_proven(packer, value)
    elif type(value) is SessionEnded:
        packer.pack_enum(WorkerMessageType.SESSION_ENDED)
        pack_session_ended(packer, value)
    elif type(value) is SessionAsked:
        packer.pack_enum(WorkerMessageType.SESSION_ASKED)
        pack_session_asked(packer, value)
    elif type(value) is WorkerFigures:
        packer.pack_enum(WorkerMessageType.WORKER_FIGURES)
        pack_worker_figures(packer, value)
    else:
        raise UnencodableMessage("wrong type", "WorkerMessage.type")


def unpack_worker_message(unpacker: Unpacker) -> WorkerMessage:
    """Unpacks WorkerMessage."""
    type = unpack_enum(unpacker, WorkerMessageType, "WorkerMessage.type")
    if type is WorkerMessageType.SESSION_PROVEN:
        return unpack_session_proven(unpacker)
    if type is WorkerMessageType.SESSION_ENDED:
        return unpack_session_ended(unpacker)
    if type is WorkerMessageType.SESSION_ASKED:
        return unpack_session_asked(unpacker)
    if type is WorkerMessageType.WORKER_FIGURES:
        return unpack_worker_figures(unpacker)
    raise MalformedMessage("unknown union arm", "WorkerMessage.type")


def pack_request_rate(packer: Packer, value: RequestRate) -> None:
    """Packs RequestRate."""
    expect_class(value, RequestRate)
    pack_uint32(packer, value.requests_per_second, "RequestRate.requests_per_second")
    pack_uint32(packer, value.burst, "RequestRate.burst")


def unpack_request_rate(unpacker: Unpacker) -> RequestRate:
    """Unpacks RequestRate."""
    return RequestRate(
        requests_per_second=unpack_uint32(unpacker, "RequestRate.requests_per_second"),
        burst=unpack_uint32(unpacker, "RequestRate.burst"),
    )


def pack_session_admitted(packer: Packer, value: SessionAdmitted) -> None:
    """Packs SessionAdmitted."""
    expect_class(value, SessionAdmitted)
    pack_uint64(packer, value.session, "SessionAdmitted.session")
    pack_bool(packer, value.is_auditor, "SessionAdmitted.is_auditor")
    pack_opaque(packer, value.welcome, MAX_FRAME_BYTES, "SessionAdmitted.welcome")
    pack_uint64(packer, value.durable, "SessionAdmitted.durable")
    pack_request_rate(packer, value.rate)


def unpack_session_admitted(unpacker: Unpacker) -> SessionAdmitted:
    """Unpacks SessionAdmitted."""
    return SessionAdmitted(
        session=unpack_uint64(unpacker, "SessionAdmitted.session"),
        is_auditor=unpack_bool(unpacker, "SessionAdmitted.is_auditor"),
        welcome=unpack_opaque(unpacker, MAX_FRAME_BYTES, "SessionAdmitted.welcome"),
        durable=unpack_uint64(unpacker, "SessionAdmitted.durable"),
        rate=unpack_request_rate(unpacker),
    )


def pack_session_refused(packer: Packer, value: SessionRefused) -> None:
    """Packs SessionRefused."""
    expect_class(value, SessionRefused)
    pack_uint64(packer, value.session, "SessionRefused.session")
    pack_enum(packer, value.code, Code, "SessionRefused.code")
    pack_string(packer, value.message, 256, "SessionRefused.message")


def unpack_session_refused(unpacker: Unpacker) -> SessionRefused:
    """Unpacks SessionRefused."""
    return SessionRefused(
        session=unpack_uint64(unpacker, "SessionRefused.session"),
        code=unpack_enum(unpacker, Code, "SessionRefused.code"),
        message=unpack_string(unpacker, 256, "SessionRefused.message"),
    )


def pack_session_answer(packer: Packer, value: SessionAnswer) -> None:
    """Packs SessionAnswer."""
    expect_class(value, SessionAnswer)
    pack_uint64(packer, value.session, "SessionAnswer.session")
    pack_optional(packer, value.slot, lambda packer, item: pack_uint64(packer, item, "SessionAnswer.slot"))
    pack_array(
        packer,
        value.frames,
        lambda packer, item: pack_opaque(packer, item, MAX_FRAME_BYTES, "SessionAnswer.frames"),
        MAX_ANSWER_FRAMES,
        "SessionAnswer.frames",
    )
    pack_uint64(packer, value.apex, "SessionAnswer.apex")
    pack_array(
        packer,
        value.awaited,
        lambda packer, item: pack_uint64(packer, item, "SessionAnswer.awaited"),
        MAX_ANSWER_FRAMES,
        "SessionAnswer.awaited",
    )
    pack_uint32(packer, value.cost, "SessionAnswer.cost")


def unpack_session_answer(unpacker: Unpacker) -> SessionAnswer:
    """Unpacks SessionAnswer."""
    return SessionAnswer(
        session=unpack_uint64(unpacker, "SessionAnswer.session"),
        slot=unpack_optional(
            unpacker, lambda unpacker: unpack_uint64(unpacker, "SessionAnswer.slot"), "SessionAnswer.slot"
        ),
        frames=unpack_array(
            unpacker,
            lambda unpacker: unpack_opaque(unpacker, MAX_FRAME_BYTES, "SessionAnswer.frames"),
            4,
            MAX_ANSWER_FRAMES,
            "SessionAnswer.frames",
        ),
        apex=unpack_uint64(unpacker, "SessionAnswer.apex"),
        awaited=unpack_array(
            unpacker,
            lambda unpacker: unpack_uint64(unpacker, "SessionAnswer.awaited"),
            8,
            MAX_ANSWER_FRAMES,
            "SessionAnswer.awaited",
        ),
        cost=unpack_uint32(unpacker, "SessionAnswer.cost"),
    )


def pack_request_origin(packer: Packer, value: RequestOrigin) -> None:
    """Packs RequestOrigin."""
    expect_class(value, RequestOrigin)
    pack_uint64(packer, value.session, "RequestOrigin.session")
    pack_uint64(packer, value.slot, "RequestOrigin.slot")
    pack_bool(packer, value.is_last, "RequestOrigin.is_last")


def unpack_request_origin(unpacker: Unpacker) -> RequestOrigin:
    """Unpacks RequestOrigin."""
    return RequestOrigin(
        session=unpack_uint64(unpacker, "RequestOrigin.session"),
        slot=unpack_uint64(unpacker, "RequestOrigin.slot"),
        is_last=unpack_bool(unpacker, "RequestOrigin.is_last"),
    )


def pack_worker_event(packer: Packer, value: WorkerEvent) -> None:
    """Packs WorkerEvent."""
    expect_class(value, WorkerEvent)
    pack_uint32(packer, value.place, "WorkerEvent.place")
    pack_quantum_leaf(packer, value.leaf)
    pack_effect_group(packer, value.group)
    pack_merkle_proof(packer, value.group_proof)
    pack_optional(packer, value.origin, pack_request_origin)


def unpack_worker_event(unpacker: Unpacker) -> WorkerEvent:
    """Unpacks WorkerEvent."""
    return WorkerEvent(
        place=unpack_uint32(unpacker, "WorkerEvent.place"),
        leaf=unpack_quantum_leaf(unpacker),
        group=unpack_effect_group(unpacker),
        group_proof=unpack_merkle_proof(unpacker),
        origin=unpack_optional(unpacker, unpack_request_origin, "WorkerEvent.origin"),
    )


def pack_batch_acknowledged(packer: Packer, value: BatchAcknowledged) -> None:
    """Packs BatchAcknowledged."""
    expect_class(value, BatchAcknowledged)
    pack_signed_header(packer, value.signed_header)
    pack_array(
        packer,
        value.leaves,
        lambda packer, item: pack_fixed_opaque(packer, item, 32, "BatchAcknowledged.leaves"),
        MAX_BATCH_QUANTA,
        "BatchAcknowledged.leaves",
    )
    pack_bool(packer, value.is_whole, "BatchAcknowledged.is_whole")
    pack_array(packer, value.events, pack_worker_event, MAX_WORKER_EVENTS, "BatchAcknowledged.events")


def unpack_batch_acknowledged(unpacker: Unpacker) -> BatchAcknowledged:
    """Unpacks BatchAcknowledged."""
    return BatchAcknowledged(
        signed_header=unpack_signed_header(unpacker),
        leaves=unpack_array(
            unpacker,
            lambda unpacker: unpack_fixed_opaque(unpacker, 32, "BatchAcknowledged.leaves"),
            32,
            MAX_BATCH_QUANTA,
            "BatchAcknowledged.leaves",
        ),
        is_whole=unpack_bool(unpacker, "BatchAcknowledged.is_whole"),
        events=unpack_array(unpacker, unpack_worker_event, 152, MAX_WORKER_EVENTS, "BatchAcknowledged.events"),
    )


def pack_batches_certified(packer: Packer, value: BatchesCertified) -> None:
    """Packs BatchesCertified."""
    expect_class(value, BatchesCertified)
    pack_uint64(packer, value.first, "BatchesCertified.first")
    pack_uint64(packer, value.last, "BatchesCertified.last")
    pack_opaque(packer, value.finality, MAX_FRAME_BYTES, "BatchesCertified.finality")


def unpack_batches_certified(unpacker: Unpacker) -> BatchesCertified:
    """Unpacks BatchesCertified."""
    return BatchesCertified(
        first=unpack_uint64(unpacker, "BatchesCertified.first"),
        last=unpack_uint64(unpacker, "BatchesCertified.last"),
        finality=unpack_opaque(unpacker, MAX_FRAME_BYTES, "BatchesCertified.finality"),
    )


def pack_sessions_told(packer: Packer, value: SessionsTold) -> None:
    """Packs SessionsTold."""
    expect_class(value, SessionsTold)
    pack_opaque(packer, value.frame, MAX_FRAME_BYTES, "SessionsTold.frame")
    pack_request_rate(packer, value.rate)


def unpack_sessions_told(unpacker: Unpacker) -> SessionsTold:
    """Unpacks SessionsTold."""
    return SessionsTold(
        frame=unpack_opaque(unpacker, MAX_FRAME_BYTES, "SessionsTold.frame"),
        rate=unpack_request_rate(unpacker),
    )


def pack_sessions_closed(packer: Packer, value: SessionsClosed) -> None:
    """Packs SessionsClosed."""
    expect_class(value, SessionsClosed)
    pack_enum(packer, value.code, Code, "SessionsClosed.code")
    pack_string(packer, value.message, 256, "SessionsClosed.message")


def unpack_sessions_closed(unpacker: Unpacker) -> SessionsClosed:
    """Unpacks SessionsClosed."""
    return SessionsClosed(
        code=unpack_enum(unpacker, Code, "SessionsClosed.code"),
        message=unpack_string(unpacker, 256, "SessionsClosed.message"),
    )


def pack_log_level_changed(packer: Packer, value: LogLevelChanged) -> None:
    """Packs LogLevelChanged."""
    expect_class(value, LogLevelChanged)
    pack_string(packer, value.level, 16, "LogLevelChanged.level")


def unpack_log_level_changed(unpacker: Unpacker) -> LogLevelChanged:
    """Unpacks LogLevelChanged."""
    return LogLevelChanged(
        level=unpack_string(unpacker, 16, "LogLevelChanged.level"),
    )


def pack_hub_message(packer: Packer, value: HubMessage) -> None:
    """Packs HubMessage."""
    if type(value) is SessionAdmitted:
        packer.pack_enum(HubMessageType.SESSION_ADMITTED)
        pack_session_admitted(packer, value)
    elif type(value) is SessionRefused:
        packer.pack_enum(HubMessageType.SESSION_REFUSED)
        pack_session_refused(packer, value)
    elif type(value) is SessionAnswer:
        packer.pack_enum(HubMessageType.SESSION_ANSWER)
        pack_session_answer(packer, value)
    elif type(value) is BatchAcknowledged:
        packer.pack_enum(HubMessageType.BATCH_ACKNOWLEDGED)
        pack_batch_acknowledged(packer, value)
    elif type(value) is BatchesCertified:
        packer.pack_enum(HubMessageType.BATCHES_CERTIFIED)
        pack_batches_certified(packer, value)
    elif type(value) is SessionsTold:
        packer.pack_enum(HubMessageType.SESSIONS_TOLD)
        pack_sessions_told(packer, value)
    elif type(value) is SessionsClosed:
        packer.pack_enum(HubMessageType.SESSIONS_CLOSED)
        pack_sessions_closed(packer, value)
    elif type(value) is LogLevelChanged:
        packer.pack_enum(HubMessageType.LOG_LEVEL_CHANGED)
        pack_log_level_changed(packer, value)
    else:
        raise UnencodableMessage("wrong type", "HubMessage.type")


def unpack_hub_message(unpacker: Unpacker) -> HubMessage:
    """Unpacks HubMessage."""
    type = unpack_enum(unpacker, HubMessageType, "HubMessage.type")
    if type is HubMessageType.SESSION_ADMITTED:
        return unpack_session_admitted(unpacker)
    if type is HubMessageType.SESSION_REFUSED:
        return unpack_session_refused(unpacker)
    if type is HubMessageType.SESSION_ANSWER:
        return unpack_session_answer(unpacker)
    if type is HubMessageType.BATCH_ACKNOWLEDGED:
        return unpack_batch_acknowledged(unpacker)
    if type is HubMessageType.BATCHES_CERTIFIED:
        return unpack_batches_certified(unpacker)
    if type is HubMessageType.SESSIONS_TOLD:
        return unpack_sessions_told(unpacker)
    if type is HubMessageType.SESSIONS_CLOSED:
        return unpack_sessions_closed(unpacker)
    if type is HubMessageType.LOG_LEVEL_CHANGED:
        return unpack_log_level_changed(unpacker)
    raise MalformedMessage("unknown union arm", "HubMessage.type")
