"""What traders and operators start often starts fast: stellar-sdk costs a second to import, the server side more."""

import subprocess
import sys

import pytest

HEAVY = ("stellar_sdk", "sqlalchemy", "aiohttp", "pydantic_settings", "constellation.quanta")


@pytest.mark.parametrize("module", ["constellation.sdk", "constellation.node.cli"])
def test_nothing_heavy_is_imported(module: str) -> None:
    program = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
