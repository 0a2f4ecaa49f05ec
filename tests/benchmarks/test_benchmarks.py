import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import report, runner
from benchmarks.__main__ import time_left
from benchmarks.figures import CHECK_BESIDE, Figure, Goal, Outcome, median, per_item_us
from benchmarks.measures.end_to_end import SUSTAINED
from benchmarks.results import RESULTS, Results, load, save
from benchmarks.runner import outcome_document, outcome_from
from benchmarks.suite import SUITE, Benchmark

ROOT = Path(__file__).parents[2]


def run(*arguments: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "150"},
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )


def outcome(*figures: Figure, check_us: float = 40.0) -> Outcome:
    return Outcome(check_us, 1.0, figures, "2026-01-31")


def shown(results: Results, before: Results) -> list[list[str]]:
    columns = [list(column.cells) for column in report.table(results, before).columns]
    return [[str(cell) for cell in row] for row in zip(*columns, strict=True)][1:]


def test_table_and_json_come_out(tmp_path: Path) -> None:
    path = tmp_path / "new" / "found.json"
    committed = RESULTS.read_bytes()
    done = run("--quick", "disk", "machine", "--json", str(path))
    assert done.returncode == 0, done.stderr
    document = json.loads(path.read_text("utf-8"))
    assert list(document["benchmarks"]) == ["machine", "disk"]
    for name, found in document["benchmarks"].items():
        assert SUITE[name].title in done.stdout
        assert SUITE[name].title in done.stderr  # progress
        assert 5 < found["check_us"] < 5_000
        for figure in found["figures"]:
            assert figure["name"] in done.stdout
            assert figure["value"] > 0
            assert (figure["checks"] is None) == (figure["unit"] == "bytes")
    assert RESULTS.read_bytes() == committed


@pytest.mark.slow
@pytest.mark.timeout(360)
@pytest.mark.xdist_group("processes")
def test_real_processes_are_measured_and_the_rates_come_from_their_maximum(tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    done = run("--quick", "latency", "end-to-end", "--json", str(path), timeout_s=300)
    assert done.returncode == 0, done.stderr
    results = load(path)
    saturated, latency = results.outcomes["end-to-end"], results.outcomes["latency"]

    def value(name: str, found: Outcome = saturated) -> float:
        figure = found.figure(name)
        assert figure is not None, name
        return figure.value

    assert saturated.check_us == value(CHECK_BESIDE)
    assert value("the maximum", latency) == value(SUSTAINED) > 0
    assert 0 < value("sequencer process, per order") <= value("alpha with its children, per order")
    assert value("memory of alpha, end") > 20
    for what in ("acknowledgement", "finality"):
        for share in (25, 50, 75):
            found = [value(f"{what} at {share} %, p{percent}", latency) for percent in ("50", "99", "99.9")]
            assert found == sorted(found)
            assert found[0] > 0
    for name, measured in results.outcomes.items():
        assert SUITE[name].goals.keys() <= {figure.name for figure in measured.figures}


def test_small_sizes_are_never_saved() -> None:
    done = run("--quick", "--save")
    assert done.returncode == 2
    assert "too little to be saved" in done.stderr


def test_a_process_that_fails_is_told() -> None:
    with pytest.raises(runner.BenchmarkFailed, match="nothing ended with exit code 2"):
        runner.run_apart("nothing", quick=True)


def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "TIMEOUT_S", 0.01)
    with pytest.raises(runner.BenchmarkFailed, match="machine took longer"):
        runner.run_apart("machine", quick=True)


def test_times_and_rates_are_given_in_signature_checks() -> None:
    assert Figure("a", 80.0, "µs").checks(40.0) == 2.0
    assert Figure("a", 8.0, "ms").checks(40.0) == 200.0
    assert Figure("a", 2.0, "s").checks(40.0) == 50_000.0
    assert Figure("a", 5_000.0, "quanta/s").checks(40.0) == 5.0
    assert Figure("a", 500.0, "bytes").checks(40.0) is None
    assert Figure("a", 5.0, "%").checks(40.0) is None


def test_helpers() -> None:
    assert per_item_us(0.5, 1_000) == 500.0
    assert median([9.0, 1.0, 5.0]) == 5.0


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = Results("here", {"machine": outcome(Figure("payment", 12.5, "µs"), Figure("size", 3.0, "bytes"))})
    save(tmp_path / "results.json", results)
    assert load(tmp_path / "results.json") == results
    assert load(tmp_path / "missing.json").outcomes == {}
    assert outcome_from(outcome_document("machine", results.outcomes["machine"])) == results.outcomes["machine"]


def test_change_is_that_of_the_cost_in_checks() -> None:
    """A machine that is twice as slow in everything has not changed."""
    before = Results("here", {"machine": outcome(Figure("payment", 10.0, "µs"), Figure("rate", 1_000.0, "quanta/s"))})
    now = outcome(Figure("payment", 20.0, "µs"), Figure("rate", 1_000.0, "quanta/s"), check_us=80.0)
    rows = shown(Results("here", {"machine": now}), before)
    assert rows[0] == ["payment", "20.0", "µs", "0.25", "10.0", "+0 %", ""]
    assert rows[1] == ["rate", "1,000", "quanta/s", "12.5", "1,000", "-50 %", ""]


def test_change_of_what_is_not_time_is_its_own() -> None:
    before = Results("here", {"disk": outcome(Figure("quantum", 200.0, "bytes"))})
    now = outcome(Figure("quantum", 300.0, "bytes"), Figure("new", 1.0, "bytes"), check_us=80.0)
    rows = shown(Results("here", {"disk": now}), before)
    assert rows[0] == ["quantum", "300", "bytes", "", "200", "+50 %", ""]
    assert rows[1][-3:] == ["", "", ""]


def test_the_page_is_what_the_results_say() -> None:
    assert report.PAGE.read_text("utf-8") == report.page(load(RESULTS)), "run: python -m benchmarks --page"


def test_the_committed_results_are_those_of_benchmarks_in_their_order() -> None:
    outcomes = load(RESULTS).outcomes
    assert list(SUITE) == list(outcomes)


def test_the_time_left_is_what_the_committed_ones_took_and_a_guess_for_others() -> None:
    committed = Results(
        "here", {"codec": replace(outcome(), elapsed_s=20.0), "growth": replace(outcome(), elapsed_s=90)}
    )
    assert time_left(["codec"], committed) == ", 20 s left"
    assert time_left(["codec", "growth"], committed) == ", 2 min left"
    assert time_left(["codec", "machine"], committed) == ", 1 min left"


def test_goals_are_in_the_unit_or_in_checks() -> None:
    time, rate = Figure("time", 80.0, "µs"), Figure("rate", 5_000.0, "orders/s")
    assert Goal(at_most=2.0, in_checks=True).is_reached(time, 40.0)
    assert not Goal(at_most=2.0, in_checks=True).is_reached(time, 39.0)
    assert Goal(at_most=80.0).is_reached(time, 1.0)
    assert not Goal(at_most=79.0).is_reached(time, 1.0)
    assert Goal(at_least=5_000).is_reached(rate, 40.0)
    assert not Goal(at_least=5_001).is_reached(rate, 40.0)
    assert Goal(at_most=0.5, in_checks=True).text("µs") == "at most 0.5 V"
    assert Goal(at_least=5_000).text("orders/s") == "at least 5,000 orders/s"


def test_goals_are_shown_in_table_page_and_document() -> None:
    found = outcome(Figure("limit order, resting", 8.0, "µs"), Figure("payment", 8.0, "µs"))
    results = Results("here", {"machine": found})
    assert [row[-1] for row in shown(results, results)] == ["at most 0.2 V: reached", ""]
    assert "| machine: limit order, resting | 8.00 | µs | 0.20 | at most 0.2 V: reached |" in report.page(results)
    document = outcome_document("machine", outcome(*found.figures, check_us=39.0))
    assert document["figures"][0]["goal"] == "at most 0.2 V"
    assert not document["figures"][0]["reached"]
    assert "goal" not in document["figures"][1]


def test_a_check_beside_the_load_is_what_its_times_are_compared_with(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float | None] = []

    def measure(quick: bool, maximum: float | None) -> list[Figure]:
        given.append(maximum)
        return [Figure(CHECK_BESIDE, 70.0, "µs"), Figure("order", 140.0, "µs")]

    benchmark = Benchmark("Title", "Note.", measure, continues=("machine", "payment"))
    monkeypatch.setitem(SUITE, "latency", benchmark)
    found = runner.run_here("latency", quick=True, given=5.0)
    assert (found.check_us, given) == (70.0, [5.0])
    assert found.figures[1].checks(found.check_us) == 2.0
