"""A soak: a whole constellation of real processes under load and strikes for a long time, watched by oracles.

``make soak`` and ``python -m constellation.testing.soak`` run one; see ``docs/internals/soak.md``.
"""

from constellation.testing.soak.findings import Violation
from constellation.testing.soak.report import print_soak
from constellation.testing.soak.run import Soak, SoakOptions

__all__ = ["Soak", "SoakOptions", "Violation", "print_soak"]
