import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def simulate() -> Run:
    """Run the simulator, or a module like it, in a process of its own; the outcomes."""

    def run(
        *arguments: object,
        module: str = "constellation.testing.simulation",
        hash_seed: str = "random",
        fails: bool = False,
    ) -> list[dict[str, Any]]:
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=110,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=False,
        )
        assert done.returncode == int(fails), done.stdout + done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run
