"""How much may come from each of many sources: as a virtual clock for each, with the time given from outside."""

_SWEEP_FIRST = 1024


class Pace:
    """Lets ``burst`` things come at once from each source, and ``per_second`` in the long run.

    Each source has an instant at which everything that has come from it is paid for (the virtual scheduling of ATM's
    cell rate algorithm); one whose whole burst is free again is the same as one that never came, and is forgotten.

    Args:
        per_second: things of one source in the long run.
        burst: at once.
    """

    def __init__(self, per_second: float, burst: float) -> None:
        self._cost_s = 1 / per_second
        self._burst_s = burst / per_second
        self._paid_at_s: dict[str, float] = {}
        self._sweep_at = _SWEEP_FIRST

    def __len__(self) -> int:
        return len(self._paid_at_s)

    def charge(self, source: str, number: int, now_s: float) -> float:
        """Count what has come; the seconds for which no more may come."""
        paid_at_s = self._paid_at_s.get(source)
        if paid_at_s is None:
            self._sweep(now_s)
            paid_at_s = now_s - self._burst_s
        paid_at_s = max(paid_at_s, now_s - self._burst_s) + number * self._cost_s
        self._paid_at_s[source] = paid_at_s
        return max(0.0, paid_at_s - now_s)

    def admits(self, source: str, now_s: float) -> bool:
        """Count one more if it may come; it does not count if it may not."""
        if self._paid_at_s.get(source, now_s - self._burst_s) + self._cost_s > now_s:
            return False
        self.charge(source, 1, now_s)
        return True

    def _sweep(self, now_s: float) -> None:
        if len(self._paid_at_s) < self._sweep_at:
            return
        self._paid_at_s = {
            source: paid_at_s for source, paid_at_s in self._paid_at_s.items() if paid_at_s > now_s - self._burst_s
        }
        self._sweep_at = max(_SWEEP_FIRST, 2 * len(self._paid_at_s))
