"""How long whoever has lost a connection waits before it tries again."""

from typing import Final

_SHARE: Final = 4


def pause_ms(away_ms: int, least_ms: int, most_ms: int) -> int:
    """A pause that is a part of the time for which it was tried in vain.

    Whoever is back after a moment, as a node that is started anew, is found a moment later; whoever is away for long is
    asked seldom.

    Args:
        away_ms: how long there has been no connection.
        least_ms: the shortest pause, and the first one.
        most_ms: the longest pause.
    """
    return min(max(least_ms, away_ms // _SHARE), most_ms)
