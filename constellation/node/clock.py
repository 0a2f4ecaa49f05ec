"""The node's clock: read here and nowhere below."""

import time


def clock_us() -> int:
    """The system's time in microseconds since 1970."""
    return time.time_ns() // 1000
