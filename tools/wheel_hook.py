"""Puts the compiled core into a wheel when the build is asked for it: ``HATCH_BUILD_HOOKS_ENABLE=1 pip install .``."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCoreHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the extension modules beside their sources, and marks the wheel as one for this platform."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless what is built is only a link to the sources."""
        if version == "editable":
            return
        root = Path(self.root)
        output = root / "build" / "wheel"  # not where a developer keeps the compiled core
        command = [sys.executable, str(root / "tools" / "compiled_core.py"), "--output", str(output)]
        subprocess.run(command, check=True)
        for pattern in ("*.so", "*.pyd"):
            for path in output.rglob(pattern):
                build_data["force_include"][str(path)] = path.relative_to(output).as_posix()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
