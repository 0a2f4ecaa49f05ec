"""What may be removed from a log, and how far a node lets it grow.

Nothing is removed that is not final, that the last certified checkpoint does not stand for, that is younger than the
time to be kept, or that repeated requests may still be answered from. What goes, goes in small steps from the oldest
on, each a transaction that moves the log's base; so it can end anywhere.
"""

from dataclasses import dataclass

from constellation.snapshots.log import QuantumLog


@dataclass(slots=True, frozen=True)
class Retention:
    """How much is kept.

    Attributes:
        keep_us: batches whose quanta are younger, counted back from the last one, in microseconds.
        answers_us: requests may be repeated for so long; never less than this is kept.
    """

    keep_us: int
    answers_us: int

    def base(self, log: QuantumLog) -> int:
        """The batch that the log may begin at; its present base when nothing can go.

        Raises:
            DamagedLog: what is looked at cannot be read.
        """
        last = log.timestamp(log.tip().number)
        if last is None:
            return log.base
        horizon_us = last - max(self.keep_us, self.answers_us)
        low, high = log.base, min(log.checkpoint_number(), log.own_certificate())
        while low < high:  # timestamps never decrease: the last batch before the horizon is searched by halves
            middle = (low + high + 1) // 2
            found = log.timestamp(middle)
            if found is not None and found < horizon_us:
                low = middle
            else:
                high = middle - 1
        return max(low, log.base)
