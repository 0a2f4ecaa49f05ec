"""The same quanta give the same bytes: in every process, with any hash seed, time zone and locale."""

import os
import subprocess
import sys
from pathlib import Path

from constellation.quanta import Machine, conservation_errors
from tests.quanta.running import CHECKPOINTS, checkpoints

ROOT = Path(__file__).parents[2]
COUNT = 12_000

ENVIRONMENTS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LANG": "C"},
    {"PYTHONHASHSEED": "4294967295", "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"},
]


def start(environment: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.quanta.running", str(COUNT)],
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
