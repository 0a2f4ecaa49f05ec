"""A stopped node's history as an archive, verified by the command that anybody would use."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from constellation.node.sandbox import Sandbox
from constellation.testing.soak.findings import Violation

_TIMEOUT_S: Final = 3600.0


def verified_archive(sandbox: Sandbox, node: str, output: Path) -> dict[str, Any]:
    """What ``constellation verify`` proves of a stopped node's history.

    Args:
        sandbox: that has stopped.
        node: whose history it is.
        output: a new file.

    Raises:
        Violation: the history cannot be exported, or is refuted.
    """
    settings = ["--settings-file", str(sandbox.settings_path)]
    _run("export", "--data-directory", str(sandbox.data_directory(node)), *settings, "--output", str(output))
    document: dict[str, Any] = json.loads(_run("verify", str(output), *settings, "--json"))
    return document


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "constellation.node.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603
    if done.returncode:
        raise Violation(
            "archive", f"{arguments[0]} ended with exit code {done.returncode}: {done.stderr or done.stdout}"
        )
    return done.stdout
