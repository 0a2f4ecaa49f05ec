"""Exit codes of the command line; operators' scripts rely on them."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Why a command ended.

    DIVERGED: sequenced data contradicts the rules. STORAGE: the own disk failed, is full, or has changed the log.
    IN_USE: another process has the data directory. SIGNER: the process that keeps the key does not answer, or refuses
    to sign. OUTDATED: a quorum has decided on rules that only a newer version knows. ``constellation verify`` ends with
    OK when an archive or a log is proved, with FAILED when it is refuted or damaged, and with CONFIGURATION when what
    it was given cannot be used.
    """

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIGURATION = 3
    DIVERGED = 4
    STORAGE = 5
    IN_USE = 6
    SIGNER = 7
    OUTDATED = 8
