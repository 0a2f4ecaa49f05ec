"""The same quanta give the same bytes: in every process, with any hash seed, time zone, locale and Python version.

Other versions take part when they have the dependencies: those on the PATH, and those that ``OTHER_PYTHONS`` names.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from constellation.quanta import Machine, conservation_errors
from tests.quanta.running import CHECKPOINTS, checkpoints
from tools.compiled_core import OUTPUT, is_current

ROOT = Path(__file__).parents[2]
COUNT = 12_000

ENVIRONMENTS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
]


MINOR_VERSIONS = range(11, 20)


def start(environment: dict[str, str], python: str = sys.executable) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [python, "-m", "tests.quanta.running", str(COUNT)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def check(machine: Machine) -> None:
    assert conservation_errors(machine.state) == []
    assert not any(market.book.is_crossed() for market in machine.state.engine.markets)


def test_thousands_of_quanta_conserve_money_and_give_the_same_bytes_everywhere() -> None:
    processes = [start(environment) for environment in ENVIRONMENTS]
    here = checkpoints(COUNT, watch=check)
    elsewhere = [process.communicate()[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert len(dict.fromkeys(here)) == CHECKPOINTS
    assert elsewhere == [here, here]


def test_the_compiled_core_gives_the_same_bytes() -> None:
    """Run with the compiled core, :data:`ENVIRONMENTS` already compare it with the sources."""
    if not is_current(OUTPUT):
        pytest.skip("the core was not compiled of these sources; `make compiled` does it in some minutes")
    environment = {"PYTHONPATH": os.pathsep.join([str(OUTPUT), str(ROOT)]), "PYTHONSAFEPATH": "1"}
    assert compiled_with(environment) == "True"
    assert compiled_with({}) == "False"
    compiled, sources = start({**ENVIRONMENTS[1], **environment}), start(ENVIRONMENTS[0])
    found = compiled.communicate()[0].splitlines()
    assert len(dict.fromkeys(found)) == CHECKPOINTS
    assert found == sources.communicate()[0].splitlines()


def compiled_with(environment: dict[str, str]) -> str:
    """Whether processes with these variables have the compiled core."""
    command = [sys.executable, "-c", "from constellation.build import core_is_compiled; print(core_is_compiled())"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def other_pythons() -> list[str]:
    """Interpreters of other versions that can run the core."""
    named = os.environ.get("OTHER_PYTHONS", "").split(os.pathsep)
    found = [shutil.which(f"python3.{minor}") for minor in MINOR_VERSIONS if minor != sys.version_info.minor]
    return [python for python in (*named, *found) if python and can_run(python)]


def can_run(python: str) -> bool:
    command = [python, "-c", "import constellation.testing"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_other_python_versions_give_the_same_bytes() -> None:
    pythons = other_pythons()
    if not pythons:
        pytest.skip("no other Python here has the dependencies; OTHER_PYTHONS names some")
    processes = [start(ENVIRONMENTS[1], python) for python in pythons]
    here = checkpoints(COUNT)
    for python, process in zip(pythons, processes, strict=True):
        assert process.communicate()[0].splitlines() == here, python
