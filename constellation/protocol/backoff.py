"""How long whoever has lost a connection waits before it tries again."""

from typing import Final

_SHARE: Final = 4


def pause_s(away_s: float, least_s: float, most_s: float) -> float:
    """A pause that is a part of the time for which it was tried in vain.

    Whoever is back after a moment, as a node that is started anew, is found a moment later; whoever is away for long is
    asked seldom.

    Args:
        away_s: how long there has been no connection.
        least_s: the shortest pause, and the first one.
        most_s: the longest pause.
    """
    return min(max(least_s, away_s / _SHARE), most_s)
