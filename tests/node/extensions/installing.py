"""Installs extensions for a test, as a package manager would: a module, and a ``.dist-info`` with entry points."""

import importlib
import sys
from pathlib import Path

import pytest

from constellation.extensions import GROUP


def install(directory: Path, patch: pytest.MonkeyPatch, name: str, source: str, function: str = "make") -> None:
    """Make an extension findable; its module has a name of its own."""
    module = f"extension_{name}"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{module}.py").write_text(source, "utf-8")
    about = directory / f"{module}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}:{function}\n")
    patch.syspath_prepend(str(directory))
    patch.delitem(sys.modules, module, raising=False)
    importlib.invalidate_caches()
