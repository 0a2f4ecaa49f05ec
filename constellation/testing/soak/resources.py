"""How much memory and disk the processes of a run use, and how that grows; any number of samples in the same memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_KIB: Final = 1024


def resident_bytes(process_id: int) -> int | None:
    """Memory of a process that is in use; None when it has ended, or the system does not tell."""
    try:
        lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith("VmRSS:")), None)


def directory_bytes(directory: Path) -> int:
    """Length of all files in a directory."""
    total = 0
    for path in directory.iterdir() if directory.is_dir() else ():
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


class Trend:
    """Values over time: the first, the last, the highest, and the slope of the line that fits them best.

    Attributes:
        count: of values.
        first: value.
        last: value.
        highest: value.
        duration_s: between the first and the last.
    """

    def __init__(self) -> None:
        self.count = 0
        self.first = self.last = self.highest = 0
        self.duration_s = 0.0
        self._begin_s = 0.0
        self._sum_t = self._sum_v = self._sum_tt = self._sum_tv = 0.0

    def add(self, time_s: float, value: int) -> None:
        """Take a value."""
        if not self.count:
            self._begin_s, self.first = time_s, value
        self.count += 1
        self.last = value
        self.highest = max(self.highest, value)
        self.duration_s = time_s - self._begin_s
        change = value - self.first
        self._sum_t += self.duration_s
        self._sum_v += change
        self._sum_tt += self.duration_s**2
        self._sum_tv += self.duration_s * change

    @property
    def slope_per_s(self) -> float | None:
        """By how much the value grows in a second; None before there are enough values."""
        spread = self.count * self._sum_tt - self._sum_t**2
        return (self.count * self._sum_tv - self._sum_t * self._sum_v) / spread if spread > 0 else None


@dataclass(slots=True)
class _Life:
    process_id: int
    begin_s: float
    memory: Trend


class Memory:
    """Memory of one name's processes, one after the other; the longest life tells the trend.

    Args:
        warm_up_s: of a process's life, in which its memory is not counted.
    """

    def __init__(self, warm_up_s: float) -> None:
        self._warm_up_s = warm_up_s
        self._life: _Life | None = None
        self._longest = Trend()
        self._highest = 0
        self._lives = 0

    def sample(self, time_s: float, process_id: int) -> None:
        """Look at the process that has the name now."""
        found = resident_bytes(process_id)
        if found is None:
            return
        if self._life is None or self._life.process_id != process_id:
            self._life = _Life(process_id, time_s, Trend())
            self._lives += 1
        self._highest = max(self._highest, found)
        if time_s >= self._life.begin_s + self._warm_up_s:
            self._life.memory.add(time_s, found)
            if self._life.memory.duration_s >= self._longest.duration_s:
                self._longest = self._life.memory

    def to_json(self) -> dict[str, Any]:
        """The longest life's trend, and the highest value of all, in bytes."""
        trend, slope = self._longest, self._longest.slope_per_s
        known = trend.count > 0
        return {
            "lives": self._lives,
            "highest_bytes": self._highest or None,
            "longest_life_s": round(trend.duration_s, 1),
            "start_bytes": trend.first if known else None,
            "end_bytes": trend.last if known else None,
            "slope_bytes_per_minute": None if slope is None else round(slope * 60),
        }
