"""Runs each benchmark in a process of its own, so that one's memory and garbage are not another's."""

import json
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from benchmarks.figures import Figure, Outcome
from benchmarks.measuring import Stopwatch, check_cost_us
from benchmarks.suite import SUITE

TIMEOUT_S = 900.0


class BenchmarkFailed(Exception):
    """A benchmark's process ended badly or took too long; what it said is on the standard error stream."""


def run_here(name: str, *, quick: bool) -> Outcome:
    """Run a benchmark in this process; the signature check is measured before and after, the lower cost counts."""
    watch = Stopwatch()
    before_us = check_cost_us()
    figures = tuple(SUITE[name].measure(quick))
    return Outcome(min(before_us, check_cost_us()), watch.wall_s, figures)


def run_apart(name: str, *, quick: bool) -> Outcome:
    """Run a benchmark in a new process.

    Raises:
        BenchmarkFailed: it ended badly or took longer than ``TIMEOUT_S``.
    """
    command = [sys.executable, "-m", "benchmarks", "--child", name, *(["--quick"] if quick else [])]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, timeout=TIMEOUT_S, check=True)
    except subprocess.TimeoutExpired:
        raise BenchmarkFailed(f"{name} took longer than {TIMEOUT_S:.0f} s") from None
    except subprocess.CalledProcessError as error:
        raise BenchmarkFailed(f"{name} ended with exit code {error.returncode}") from None
    return outcome_from(json.loads(done.stdout))


def outcome_from(document: dict[str, Any]) -> Outcome:
    """The outcome that :func:`outcome_document` wrote down."""
    figures = tuple(Figure(item["name"], item["value"], item["unit"]) for item in document["figures"])
    return Outcome(document["check_us"], document["elapsed_s"], figures)


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON has it, each time with its ratio to a signature check."""
    figures = [
        {**asdict(figure), "value": _short(figure.value), "checks": _short(figure.checks(outcome.check_us))}
        for figure in outcome.figures
    ]
    return {"check_us": _short(outcome.check_us), "elapsed_s": _short(outcome.elapsed_s), "figures": figures}


def _short(value: float | None) -> float | None:
    """Four digits: more would be noise."""
    return None if value is None else float(f"{value:.4g}")
