"""The committed results and their form."""

import json
import os
import platform
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, Outcome
from benchmarks.runner import outcome_document, outcome_from

RESULTS = Path(__file__).parent / "results.json"


@dataclass(slots=True)
class Results:
    """Outcomes by benchmark name.

    Attributes:
        system: where they were measured.
        outcomes: what was found.
    """

    system: str
    outcomes: dict[str, Outcome]

    def figure(self, name: str, figure: str) -> tuple[Figure, float] | None:
        """A figure by its benchmark and its name, with the cost of a signature check in the same process."""
        outcome = self.outcomes.get(name)
        found = None if outcome is None else outcome.figure(figure)
        return None if outcome is None or found is None else (found, outcome.check_us)


def this_system() -> str:
    """What the figures depend on."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors{_processor()}"


def _processor() -> str:
    """What the system calls its processor, where it says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((f" ({line.partition(':')[2].strip()})" for line in lines if line.startswith("model name")), "")


def load(path: Path) -> Results:
    """Results from a file; none when there is no file."""
    if not path.exists():
        return Results(this_system(), {})
    document = json.loads(path.read_text("utf-8"))
    return Results(document["system"], {name: outcome_from(item) for name, item in document["benchmarks"].items()})


def save(path: Path, results: Results) -> None:
    """Write results to a file."""
    outcomes = {name: outcome_document(name, outcome) for name, outcome in results.outcomes.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"system": results.system, "benchmarks": outcomes}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
