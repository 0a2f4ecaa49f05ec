"""The committed results and their form."""

import json
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
        found = [item for item in outcome.figures if item.name == figure] if outcome else []
        return (found[0], outcome.check_us) if outcome and found else None


def this_system() -> str:
    """What the figures depend on."""
    return f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"


def load(path: Path) -> Results:
    """Results from a file; none when there is no file."""
    if not path.exists():
        return Results(this_system(), {})
    document = json.loads(path.read_text("utf-8"))
    return Results(document["system"], {name: outcome_from(item) for name, item in document["benchmarks"].items()})


def save(path: Path, results: Results) -> None:
    """Write results to a file."""
    outcomes = {name: outcome_document(outcome) for name, outcome in results.outcomes.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"system": results.system, "benchmarks": outcomes}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
