"""Runs each benchmark in a process of its own, so that one's memory and garbage are not another's."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from benchmarks.figures import CHECK_BESIDE, Figure, Goal, Outcome
from benchmarks.measuring import Stopwatch, check_cost_us
from benchmarks.suite import SUITE

TIMEOUT_S = 900.0


class BenchmarkFailed(Exception):
    """A benchmark's process ended badly or took too long; what it said is on the standard error stream."""


def run_here(name: str, *, quick: bool, given: float | None = None) -> Outcome:
    """Run a benchmark in this process.

    The signature check is measured before and after, the lower cost counts; where the benchmark has measured it beside
    its load, that counts.

    Args:
        name: of the benchmark.
        quick: in small sizes.
        given: the figure that it continues from, if another benchmark has found it.
    """
    benchmark, watch = SUITE[name], Stopwatch()
    before_us = check_cost_us()
    found = benchmark.measure(quick) if benchmark.continues is None else benchmark.measure(quick, given)
    figures = tuple(found)
    beside_us = [figure.value for figure in figures if figure.name == CHECK_BESIDE]
    check_us = beside_us[0] if beside_us else min(before_us, check_cost_us())
    return Outcome(check_us, watch.wall_s, figures, datetime.now(UTC).date().isoformat())


def run_apart(name: str, *, quick: bool, given: float | None = None) -> Outcome:
    """Run a benchmark in a new process; the arguments are those of :func:`run_here`.

    Raises:
        BenchmarkFailed: it ended badly or took longer than ``TIMEOUT_S``.
    """
    command = [sys.executable, "-m", "benchmarks", "--child", name, *(["--quick"] if quick else [])]
    command += [] if given is None else ["--given", str(given)]
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
    return Outcome(document["check_us"], document["elapsed_s"], figures, document["date"])


def outcome_document(name: str, outcome: Outcome) -> dict[str, Any]:
    """The outcome of benchmark ``name`` as JSON has it: each time with its ratio to a signature check, and goals."""
    return {
        "date": outcome.date,
        "check_us": _short(outcome.check_us),
        "elapsed_s": _short(outcome.elapsed_s),
        "figures": [_figure_document(figure, outcome, SUITE[name].goals) for figure in outcome.figures],
    }


def _figure_document(figure: Figure, outcome: Outcome, goals: Mapping[str, Goal]) -> dict[str, Any]:
    document = {**asdict(figure), "value": _short(figure.value), "checks": _short(figure.checks(outcome.check_us))}
    goal = goals.get(figure.name)
    if goal is not None:
        document |= {"goal": goal.text(figure.unit), "reached": goal.is_reached(figure, outcome.check_us)}
    return document


def _short(value: float | None) -> float | None:
    """Four digits: more would be noise."""
    return None if value is None else float(f"{value:.4g}")
