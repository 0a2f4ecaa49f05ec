"""The result of a run for people and for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from constellation.load.histogram import Histogram
from constellation.load.job import Job
from constellation.load.tally import Tally

_PERCENTILES: Final = (("p50", 50.0), ("p90", 90.0), ("p99", 99.0), ("p99.9", 99.9))


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a run was, and what came of it.

    Attributes:
        job: what was asked for.
        tally: what came of it.
        workers: processes that did it.
        late: operations of an open loop, or batches of them, that should have begun and did not.
        interrupted: it was ended before its time.
    """

    job: Job
    tally: Tally
    workers: int
    late: int = 0
    interrupted: bool = False

    def to_json(self) -> dict[str, Any]:
        """The result as JSON types; durations in microseconds."""
        job, tally = self.job, self.tally
        seconds = tally.elapsed_us / 1e6
        return {
            "seed": job.seed,
            "market": job.market,
            "accounts": len(job.accounts),
            "workers": self.workers,
            "rate": job.rate,
            "in_flight": job.in_flight,
            "batch": job.batch,
            "verify_share": job.verify_share,
            "interrupted": self.interrupted,
            "elapsed_s": round(seconds, 3),
            "worker_cpu_s": round(tally.cpu_us / 1e6, 3),
            "sent": dict(tally.sent),
            "late": self.late,
            "accepted": dict(tally.accepted),
            "rejected": dict(tally.rejected),
            "unknown": tally.unknown,
            "errors": dict(tally.errors),
            "crossed": tally.crossed,
            "fills": tally.fills,
            "final": tally.final,
            "not_final": tally.not_final,
            "reconnects": tally.reconnects,
            "lost": tally.lost,
            "acknowledged_per_s": _rate(tally.accepted.total(), seconds),
            "final_per_s": _rate(tally.final, seconds),
            "acknowledgement_us": percentiles(tally.acknowledgement),
            "finality_us": percentiles(tally.finality),
        }


def percentiles(histogram: Histogram) -> dict[str, int | None]:
    """The percentiles that are reported, and the longest, in microseconds."""
    found = {name: histogram.percentile_us(percent) for name, percent in _PERCENTILES}
    return found | {"max": histogram.max_us if histogram.count else None}


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 1) if seconds else 0.0


def print_report(document: Mapping[str, Any], console: Console) -> None:
    """Print what :meth:`LoadReport.to_json` has made."""
    console.print(_counts(document))
    console.print(_latencies(document))


def _counts(document: Mapping[str, Any]) -> Table:
    rate = "saturation" if document["rate"] is None else f"{document['rate']:g} operations/s"
    if document["batch"] > 1:
        rate += f" in batches of {document['batch']}"
    table = Table(title=f"{document['elapsed_s']} s, {rate}, seed {document['seed']}", title_justify="left")
    table.add_column("what")
    table.add_column("number", justify="right")
    table.add_column("of it", overflow="fold")
    accepted, rejected = document["accepted"], document["rejected"]
    table.add_row("sent", str(sum(document["sent"].values())), _parts(document["sent"]))
    table.add_row("accepted", str(sum(accepted.values())), _parts(accepted))
    table.add_row("rejected", str(sum(rejected.values())), _parts(rejected))
    table.add_row("outcome unknown", str(document["unknown"]), "")
    table.add_row("errors", str(sum(document["errors"].values())), _parts(document["errors"]))
    table.add_row("crossed at once", str(document["crossed"]), f"{document['fills']} fills")
    table.add_row("final", str(document["final"]), f"not final: {document['not_final']}")
    table.add_row("reconnects", str(document["reconnects"]), f"given up: {document['lost']}")
    if document["late"]:
        table.add_row("never begun", str(document["late"]), "all clients were busy: the rate is too high for them")
    table.add_row("acknowledged/s", str(document["acknowledged_per_s"]), "")
    table.add_row("final/s", str(document["final_per_s"]), "")
    return table


def _parts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items(), key=lambda item: -item[1]))


def _latencies(document: Mapping[str, Any]) -> Table:
    since = "from the request" if document["rate"] is None else "from its intended time"
    table = Table(title=f"Latency {since}, in milliseconds", title_justify="left")
    table.add_column("until")
    names = [*(name for name, _ in _PERCENTILES), "max"]
    for name in names:
        table.add_column(name, justify="right")
    for title, values in (("acknowledged", document["acknowledgement_us"]), ("final", document["finality_us"])):
        table.add_row(title, *(milliseconds(values[name]) for name in names))
    return table


def milliseconds(duration_us: int | None) -> str:
    """A duration for a table."""
    return "" if duration_us is None else f"{duration_us / 1000:.1f}"
