"""What came of the operations, counted; the numbers of several workers can be added."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from constellation.load.histogram import Histogram

_COUNTERS = ("sent", "accepted", "rejected", "errors")
_NUMBERS = ("crossed", "fills", "unknown", "final", "not_final", "reconnects", "lost", "elapsed_us", "cpu_us")
_HISTOGRAMS = ("acknowledgement", "finality")
_BROKEN = frozenset({"VerificationFailed", "HistoryReplaced"})


class Tally:
    """Counters of a run.

    Attributes:
        sent: operations by kind; each ends as accepted, rejected, unknown or an error.
        accepted: acknowledged and verified, by kind.
        rejected: by code.
        errors: by the name of the SDK's error.
        crossed: accepted orders that were filled at once, in part or whole.
        fills: that they made.
        unknown: operations whose outcome the client could not learn.
        final: accepted operations whose certificate has come.
        not_final: those whose certificate did not come in time.
        reconnects: connections opened again after they broke.
        lost: accounts whose client has given up.
        elapsed_us: in which operations were sent.
        cpu_us: that the workers have used.
        acknowledgement: time from an operation's beginning to its verified answer.
        finality: time from an operation's beginning to its verified certificate.
    """

    def __init__(self) -> None:
        self.sent: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.crossed = self.fills = self.unknown = self.final = self.not_final = self.reconnects = self.lost = 0
        self.elapsed_us = self.cpu_us = 0
        self.acknowledgement = Histogram()
        self.finality = Histogram()

    @property
    def is_sound(self) -> bool:
        """Whether something was accepted, all proofs held and nobody had to give up."""
        return self.accepted.total() > 0 and self.lost == 0 and not _BROKEN & self.errors.keys()

    def add(self, other: "Tally") -> None:
        """Add another worker's counts; the workers have run at the same time."""
        elapsed_us = max(self.elapsed_us, other.elapsed_us)
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _HISTOGRAMS:
            getattr(self, name).add(getattr(other, name))
        self.elapsed_us = elapsed_us

    def to_json(self) -> dict[str, Any]:
        """All counts as JSON types."""
        return {
            **{name: dict(getattr(self, name)) for name in _COUNTERS},
            **{name: getattr(self, name) for name in _NUMBERS},
            **{name: getattr(self, name).to_json() for name in _HISTOGRAMS},
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Tally":
        """What :meth:`to_json` has written."""
        tally = cls()
        for name in _COUNTERS:
            getattr(tally, name).update(document[name])
        for name in _NUMBERS:
            setattr(tally, name, document[name])
        for name in _HISTOGRAMS:
            setattr(tally, name, Histogram.from_json(document[name]))
        return tally
