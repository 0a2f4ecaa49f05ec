"""How a batch of the chronicle stands in a stream: a label in the message's header, and content in some messages.

The content is what :mod:`~constellation.node.chronicle_route` answers with: appointments that were new, then the batch,
each behind its length.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from constellation.protocol.limits import CHRONICLE_PAGE_MAX_BYTES, INT64_MAX, STREAM_PARTS_MAX, UINT32_MAX

LABEL_HEADER = "Constellation-Batch"
"""Header of every message."""

_LABEL = re.compile(
    r"(0|[1-9]\d{0,19}) part=([1-9]\d{0,3})/([1-9]\d{0,3}) term=(0|[1-9]\d{0,9})"
    r" header=([0-9a-f]{64}) content=([0-9a-f]{64})",
    re.ASCII,
)


def stream_name(constellation: bytes) -> str:
    """Name of a constellation's stream."""
    return f"CONSTELLATION_{constellation.hex()}"


def stream_subject(constellation: bytes) -> str:
    """Subject of its messages."""
    return f"constellation.{constellation.hex()}.chronicle"


@dataclass(slots=True, frozen=True)
class Label:
    """What a message says of itself.

    Attributes:
        number: of the batch.
        part: of the batch's messages, from 1.
        parts: how many there are.
        term: the last one whose appointment is in this batch's content, or in an earlier one's.
        header: hash of the batch's header.
        content: SHA-256 of the whole content.
    """

    number: int
    part: int
    parts: int
    term: int
    header: bytes
    content: bytes

    @property
    def is_last(self) -> bool:
        """Whether the batch is complete with this message."""
        return self.part == self.parts

    def __str__(self) -> str:
        return (
            f"{self.number} part={self.part}/{self.parts} term={self.term}"
            f" header={self.header.hex()} content={self.content.hex()}"
        )


def read_label(headers: Mapping[str, object] | None) -> Label | None:
    """The label of a message; None when it has none that is well-formed."""
    text = (headers or {}).get(LABEL_HEADER)
    found = _LABEL.fullmatch(text) if isinstance(text, str) else None  # what is not ASCII comes as something else
    if found is None:
        return None
    number, part, parts, term = (int(found[place]) for place in range(1, 5))
    if number > INT64_MAX or term > UINT32_MAX or not part <= parts <= STREAM_PARTS_MAX:
        return None
    return Label(number, part, parts, term, bytes.fromhex(found[5]), bytes.fromhex(found[6]))


def split_content(
    number: int, term: int, header: bytes, content: bytes, most_bytes: int
) -> Iterator[tuple[Label, bytes]]:
    """The messages of a batch.

    Args:
        number: of the batch.
        term: see :class:`Label`.
        header: hash of the batch's header.
        content: to be split.
        most_bytes: of content in one message.
    """
    digest = sha256(content).digest()
    parts = max(1, -(-len(content) // most_bytes))
    for place in range(parts):
        data = content[place * most_bytes : (place + 1) * most_bytes]
        yield Label(number, place + 1, parts, term, header, digest), data


class Joiner:
    """Puts the messages of one batch together again; holds one unfinished batch at most."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._last: Label | None = None

    def clear(self) -> None:
        """Forget what is unfinished."""
        self._chunks.clear()
        self._size, self._last = 0, None

    def take(self, label: Label, data: bytes) -> bytes | None:
        """The whole content, when this was its last message.

        Raises:
            ValueError: messages are missing before it, it is too long, or not what its label says.
        """
        if label.part == 1:
            self.clear()
        elif self._last is None or not _follows(self._last, label):
            self.clear()
            raise ValueError("messages before it are missing")
        self._chunks.append(data)
        self._size += len(data)
        self._last = label
        if self._size > CHRONICLE_PAGE_MAX_BYTES:
            self.clear()
            raise ValueError(f"its content is longer than {CHRONICLE_PAGE_MAX_BYTES} bytes")
        if not label.is_last:
            return None
        content = b"".join(self._chunks)
        self.clear()
        if sha256(content).digest() != label.content:
            raise ValueError("its content is not what its label says")
        return content


def _follows(before: Label, label: Label) -> bool:
    return (before.number, before.part + 1, before.parts, before.content) == (
        label.number,
        label.part,
        label.parts,
        label.content,
    )
