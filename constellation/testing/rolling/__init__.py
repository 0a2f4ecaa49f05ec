"""A rolling restart of a sandbox under load: what its clients see of it, and whether anything is lost.

``python -m constellation.testing.rolling`` is the command.
"""

from constellation.testing.rolling.report import print_rolling
from constellation.testing.rolling.run import Rolling, RollingOptions

__all__ = ["Rolling", "RollingOptions", "print_rolling"]
