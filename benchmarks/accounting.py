"""CPU time of other processes, as the operating system accounts it to them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class NotAccounted(Exception):
    """The system has no ``/proc``, or the process has ended."""


@dataclass(frozen=True, slots=True)
class ProcessTime:
    """What a process has used so far.

    Attributes:
        process_id: its own.
        parent: its parent's.
        own_s: CPU of its threads.
        ended_children_s: CPU of its children that have ended, and of theirs.
    """

    process_id: int
    parent: int
    own_s: float
    ended_children_s: float


def process_time(process_id: int) -> ProcessTime:
    """CPU time of a running process.

    Raises:
        NotAccounted: see there.
    """
    try:
        text = (_PROC / str(process_id) / "stat").read_text()
    except OSError as error:
        raise NotAccounted(f"process {process_id}: {error}") from None
    fields = text[text.rindex(")") + 2 :].split()  # a program's name can have spaces and brackets
    user, system, ended_user, ended_system = map(int, fields[11:15])
    own_s, ended_s = (user + system) / _TICKS_PER_S, (ended_user + ended_system) / _TICKS_PER_S
    return ProcessTime(process_id, int(fields[1]), own_s, ended_s)


def cpu_s(process_id: int) -> float:
    """CPU seconds of one process without its children.

    Raises:
        NotAccounted: see there.
    """
    return process_time(process_id).own_s


def family(process_id: int) -> list[ProcessTime]:
    """A process and all its descendants that run.

    Raises:
        NotAccounted: see there.
    """
    root = process_time(process_id)
    return [root, *_descendants(root, list(_running()))]


def tree_cpu_s(process_id: int) -> float:
    """CPU seconds of a process and all its descendants, running or ended.

    Raises:
        NotAccounted: see there.
    """
    return sum(item.own_s + item.ended_children_s for item in family(process_id))


def _running() -> Iterable[ProcessTime]:
    for path in _PROC.iterdir():
        if path.name.isdecimal():
            try:
                yield process_time(int(path.name))
            except NotAccounted:
                continue  # it has ended meanwhile


def _descendants(root: ProcessTime, running: list[ProcessTime]) -> list[ProcessTime]:
    children = [item for item in running if item.parent == root.process_id]
    return [member for child in children for member in (child, *_descendants(child, running))]
