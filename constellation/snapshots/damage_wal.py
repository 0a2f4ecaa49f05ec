"""Tells a torn end of the write-ahead log, which every power failure may leave, from damage in its middle.

SQLite takes the frames of the write-ahead log up to the first one whose checksum does not fit and drops the rest. That
is right for a transaction that was on its way to the disk. But each transaction is synchronised before the next one
begins, so only the last one can be torn: where another one follows, what does not fit was whole once.

The format is SQLite's (https://www.sqlite.org/fileformat2.html#walformat): a header of 32 bytes, then frames of 24
bytes and a page each. Frames of the present log carry the header's two salts; frames of an earlier one carry others.
"""

from dataclasses import dataclass, field
from pathlib import Path
from struct import unpack

_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
_PAGE_BYTES = 4096
_WORD = 2**32


@dataclass(slots=True)
class WalScan:
    """What the headers in the write-ahead log say.

    Attributes:
        pages: the page in each frame of the present log, by the frame's number, counted from 1.
        commits: the frames with which transactions end.
    """

    pages: dict[int, bytes] = field(default_factory=dict)
    commits: list[int] = field(default_factory=list)

    def problem(self, used: int) -> str | None:
        """What is wrong when SQLite uses the first ``used`` frames; None when the rest can be a torn end.

        It can when it is a part of one transaction, which writes no page twice.
        """
        last = max(self.pages, default=0)
        dropped = [page for number, page in self.pages.items() if number > used]
        ends = [number for number in self.commits if number > used]
        if len(set(dropped)) == len(dropped) and (not ends or ends[0] == last):
            return None
        return f"its write-ahead log has {last} frames, of which only {used} can be read"


def scan_wal(path: Path) -> WalScan:
    """Look through the write-ahead log of the database at ``path`` without changing it."""
    wal = path.with_name(path.name + "-wal")
    scan = WalScan()
    if not wal.exists():
        return scan
    with wal.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        salts = header[16:24] if _is_whole(header) else None
        number = 0
        while len(frame := file.read(_FRAME_HEADER_BYTES)) == _FRAME_HEADER_BYTES:
            number += 1
            salts = salts or frame[8:16]  # the header is damaged: the first frame has its salts, too
            if frame[8:16] == salts:
                scan.pages[number] = frame[:4]
                if frame[4:8] != bytes(4):
                    scan.commits.append(number)
            file.seek(_PAGE_BYTES, 1)
    return scan


def _is_whole(header: bytes) -> bool:
    """Whether the header's checksum fits."""
    if len(header) < _HEADER_BYTES:
        return False
    order = ">" if header[3] & 1 else "<"
    first = second = 0
    words = unpack(f"{order}6I", header[:24])
    for place in range(0, 6, 2):
        first = (first + words[place] + second) % _WORD
        second = (second + words[place + 1] + first) % _WORD
    return unpack(">2I", header[24:32]) == (first, second)
