"""What a check has found."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How good it is."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(slots=True, frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: it is, in a word or two.
        verdict: how good it is.
        found: what is so.
        advice: what to do; "" where there is nothing to do.
    """

    what: str
    verdict: Verdict
    found: str
    advice: str = ""

    def to_json(self) -> dict[str, str]:
        """For scripts."""
        return asdict(self)


def ok(what: str, found: str) -> Finding:
    """All is well."""
    return Finding(what, Verdict.OK, found)


def skipped(what: str, found: str, advice: str = "") -> Finding:
    """It could not be looked at now."""
    return Finding(what, Verdict.SKIPPED, found, advice)


def warning(what: str, found: str, advice: str) -> Finding:
    """It works, and may not as it should."""
    return Finding(what, Verdict.WARNING, found, advice)


def failed(what: str, found: str, advice: str) -> Finding:
    """The node would not start, or would do harm or nothing."""
    return Finding(what, Verdict.FAILED, found, advice)
