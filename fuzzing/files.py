"""Where targets put the files that their subjects read."""

import atexit
import tempfile
from functools import cache
from pathlib import Path
from shutil import rmtree


@cache
def directory() -> Path:
    """One directory for all inputs of a process, removed at its end."""
    path = Path(tempfile.mkdtemp(prefix="fuzzing-"))
    atexit.register(rmtree, path, ignore_errors=True)
    return path
