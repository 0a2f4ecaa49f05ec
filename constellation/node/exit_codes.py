"""Exit codes of the command line; operators' scripts rely on them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Why a command ended.

    ``constellation verify`` ends with OK when an archive is proved, with FAILED when it is refuted, and with
    CONFIGURATION when what it was given cannot be used.
    """

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    DIVERGED = 4
    STORAGE = 5
    IN_USE = 6
