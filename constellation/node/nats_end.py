"""The end of a NATS stream: where a publisher goes on."""

import logging
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import NotFoundError

from constellation.node.config import ChroniclerSection
from constellation.node.published_history import PublishedHistory
from constellation.node.stream_format import Label, read_label, stream_name, stream_subject
from constellation.protocol.limits import STREAM_LOOK_BACK_MAX

log = logging.getLogger(__name__)

_DUPLICATE_WINDOW_S = 120.0


@dataclass(slots=True)
class StreamEnd:
    """Where a publisher goes on.

    Attributes:
        sequence: of the last message.
        number: the last batch that is whole in the stream.
        term: the last one whose appointment is in the stream.
        unfinished: a batch was begun there and not finished.
        doubtful: there is something else behind that batch.
    """

    sequence: int
    number: int
    term: int
    unfinished: bool
    doubtful: bool


async def ensure_stream(stream: JetStreamContext, section: ChroniclerSection, constellation: bytes) -> StreamInfo:
    """What is known of a constellation's stream, which is created where there is none, and otherwise left as it is."""
    name = stream_name(constellation)
    try:
        return await stream.stream_info(name)
    except NotFoundError:
        age_s = section.nats_max_age_hours * 3600
        config = StreamConfig(
            name=name,
            description="certified batches of a constellation",
            subjects=[stream_subject(constellation)],
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_bytes=section.nats_max_bytes,
            max_age=age_s,
            duplicate_window=min(_DUPLICATE_WINDOW_S, age_s),
        )
        log.info("creating the stream", extra={"stream": name})
        return await stream.add_stream(config)


async def find_end(stream: JetStreamContext, info: StreamInfo, history: PublishedHistory) -> StreamEnd:
    """The last batch that is the chronicle's, among the last messages.

    Where there is none, the stream gets the newest batches that fit.

    Args:
        stream: of the connection.
        info: of the stream now.
        history: of the publisher.
    """
    name = info.config.name
    assert name is not None
    last = sequence = info.state.last_seq
    unfinished = False
    for _ in range(STREAM_LOOK_BACK_MAX):
        if sequence < max(1, info.state.first_seq):
            break
        label = await _label_at(stream, name, sequence)
        if label is None or not await history.is_genuine(label):
            sequence -= 1
        elif label.is_last:
            return StreamEnd(last, label.number, label.term, unfinished, sequence != last)
        else:
            unfinished = unfinished or sequence == last
            sequence -= label.part
    room = info.config.max_bytes
    number = await history.before_newest(room) if room is not None and room > 0 else 0
    return StreamEnd(last, number, 0, unfinished, info.state.messages > 0)


async def _label_at(stream: JetStreamContext, name: str, sequence: int) -> Label | None:
    try:
        return read_label((await stream.get_msg(name, sequence)).headers)
    except NotFoundError:
        return None
