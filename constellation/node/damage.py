"""What a node does when its own log is damaged.

An **auditor** sets the log aside and begins a new one: the others have what it had, and a new log says that its owner
must catch up before it counts again. **Alpha** halts, because what it acknowledged and nobody certified is on no other
disk; its operator decides. Damage is noted in the data directory, so that no later start passes over it.
"""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from constellation.node.failures import leaves
from constellation.snapshots import DamagedLog, DataDirectory

log = logging.getLogger(__name__)

_ADVICE = (
    "Alpha does not start on a damaged log. Keep a copy of the data directory, then start once with "
    "--set-damaged-log-aside: the log is renamed, and alpha fetches everything that a quorum of auditors knows. "
    "What was acknowledged and not final may be lost then. If the disk is at fault, move to another one first."
)

Run = Callable[[], Awaitable[None]]


async def run_auditor(data_directory: Path, run: Run) -> None:
    """Run an auditor; set its log aside, once, when it is found to be damaged.

    Raises:
        DamagedLog: the new log was damaged, too: this disk cannot be trusted.
    """
    set_noted_log_aside(data_directory)
    try:
        await run()
        return
    except Exception as error:
        if note_damage(data_directory, error) is None:
            raise
    set_noted_log_aside(data_directory)
    try:
        await run()
    except Exception as error:
        note_damage(data_directory, error)
        raise


async def run_alpha(data_directory: Path, run: Run, *, set_damaged_log_aside: bool) -> None:
    """Run alpha; halt when its log is damaged, unless the operator has decided to go on without it.

    Raises:
        DamagedLog: the log is damaged; the message says what to do.
    """
    if set_damaged_log_aside:
        set_noted_log_aside(data_directory)
    with DataDirectory(data_directory) as directory:
        if directory.damage is not None:
            raise DamagedLog(f"{directory.damage}. {_ADVICE}")
    try:
        await run()
    except Exception as error:
        reason = note_damage(data_directory, error)
        if reason is None:
            raise
        raise DamagedLog(f"{reason}. {_ADVICE}") from error


def set_noted_log_aside(data_directory: Path) -> None:
    """Set the log aside if it is known to be damaged."""
    with DataDirectory(data_directory) as directory:
        reason = directory.damage
        if reason is None:
            return
        aside = directory.set_log_aside(reason)
    log.critical("the log is damaged and was set aside", extra={"reason": reason, "path": str(aside)})


def note_damage(data_directory: Path, error: BaseException) -> str | None:
    """Note in the data directory what ``error`` says of damage; None when it is about something else."""
    reasons = [str(leaf) for leaf in leaves(error) if isinstance(leaf, DamagedLog)]
    if not reasons:
        return None
    with DataDirectory(data_directory) as directory:
        directory.note_damage(reasons[0])
    return reasons[0]
