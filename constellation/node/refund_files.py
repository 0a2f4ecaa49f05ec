"""What the refund commands share: plan files and a progress bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from constellation.protocol.messages import Code, Settings
from constellation.protocol.signing import settings_hash
from constellation.stellarlink.refund_file import PLAN_MAX_BYTES, PlanFile, read_plan
from constellation.stellarlink.refund_model import RefundRefused


def load_plan(path: Path) -> PlanFile:
    """A plan from its file.

    Raises:
        RefundRefused: MALFORMED or TOO_LARGE.
        OSError: the file cannot be read.
    """
    if path.stat().st_size > PLAN_MAX_BYTES:
        raise RefundRefused(f"{path} is longer than {PLAN_MAX_BYTES} bytes", Code.TOO_LARGE)
    return read_plan(path.read_bytes())


def check_settings(given: PlanFile, settings: Settings) -> None:
    """Check that a plan is for this constellation.

    Raises:
        RefundRefused: WRONG_CONSTELLATION.
    """
    expected, found = settings_hash(settings).hex(), given.document.get("settings_hash")
    if found != expected:
        raise RefundRefused(
            f"the plan is for settings {found!r:.100}, this node has {expected}", Code.WRONG_CONSTELLATION
        )


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error that vanishes when the work is done; nothing when that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn(title), BarColumn(), TextColumn("{task.completed} of {task.total}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
