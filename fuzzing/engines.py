"""What makes the inputs: atheris, guided by what the subject executes, or Hypothesis where that is not installed."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha1
from importlib.util import find_spec
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from fuzzing.choices import Choices
from fuzzing.edits import edit_bytes
from fuzzing.registry import Target

INPUT_MAX_BYTES = 4096
INPUT_SECONDS_MAX = 20
MEMORY_MAX_MB = 2048

_MINUTES = re.compile(r"#\d+\s+(NEW|REDUCE)|\"|###|INFO: Instrumenting")
"""What libFuzzer says about single inputs."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Findings:
    """Where inputs go.

    Attributes:
        directory: of the inputs that are findings.
        corpus: of the inputs that reached something new; kept from run to run, never committed as they are.
    """

    directory: Path
    corpus: Path


def has_atheris() -> bool:
    """Whether inputs can be guided by coverage."""
    return find_spec("atheris") is not None


def keep(directory: Path, target: Target, data: bytes) -> Path:
    """Write an input that is a finding."""
    path = directory / f"{target.name}-crash-{sha1(data, usedforsecurity=False).hexdigest()}"
    path.write_bytes(data)
    return path


def _written(directory: Path, target: Target) -> set[tuple[Path, int]]:
    """The findings of a target, and when they were written: the same one may be found again."""
    return {(path, path.stat().st_mtime_ns) for path in directory.glob(f"{target.name}-*")}


def run_guided(target: Target, seconds: int, number: int, places: Findings, say: Say) -> list[Path]:
    """Fuzz with atheris, in a process of its own: libFuzzer ends the process that it runs in.

    Args:
        target: the door.
        seconds: how long.
        number: the seed.
        places: where inputs go.
        say: progress.
    """
    corpus = places.corpus / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    prefix = places.directory / f"{target.name}-"
    before = _written(places.directory, target)
    command = [
        sys.executable, "-m", "fuzzing.guided", target.name, str(places.directory), str(corpus), str(target.corpus),
        f"-max_total_time={seconds}", f"-seed={number}", f"-artifact_prefix={prefix}", f"-max_len={INPUT_MAX_BYTES}",
        "-len_control=10", f"-timeout={INPUT_SECONDS_MAX}", f"-rss_limit_mb={MEMORY_MAX_MB}",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if not _MINUTES.match(line):
                say(line.rstrip())
    found = sorted(path for path, _ in _written(places.directory, target) - before)
    if run.returncode and not found:
        raise RuntimeError(f"the fuzzer of {target.name} ended with {run.returncode} and left no input")
    return found


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Bytes from nowhere, and committed inputs with changes."""
    known = [path.read_bytes() for path in target.inputs()] or [b""]
    change = st.builds(
        lambda data, decisions: edit_bytes(Choices(decisions), data, known),
        st.sampled_from(known),
        st.binary(max_size=64),
    )
    return st.one_of(change, st.binary(max_size=INPUT_MAX_BYTES))


def run_unguided(target: Target, seconds: int, number: int, places: Findings, say: Say) -> list[Path]:
    """Fuzz with Hypothesis, round after round with another seed, and let it make a failing input smaller.

    Args:
        target: the door.
        seconds: how long.
        number: the seed of the first round.
        places: where inputs go.
        say: progress.
    """
    fuzz, strategy = target.load(), inputs(target)
    end_s, count, failing = time.monotonic() + seconds, 0, b""

    def attempt(data: bytes) -> None:
        nonlocal count, failing
        if time.monotonic() > end_s and not failing:
            return
        count += 1
        try:
            fuzz(data)
        except BaseException:
            failing = data
            raise

    options = settings(
        max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink], report_multiple_bugs=False,
    )  # fmt: skip
    while time.monotonic() < end_s:
        try:
            seed(number)(options(given(strategy)(attempt)))()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            say(f"{type(error).__name__}: {error}")
            return [keep(places.directory, target, failing)]
        number += 1
        say(f"#{count} inputs, {max(0, end_s - time.monotonic()):.0f} s left")
    return []
