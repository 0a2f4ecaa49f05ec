"""Faults on demand: a Horizon that fails in the ways in which real ones do, when and where a test wants it to.

A rule says what goes wrong (`FaultKind`), for which requests (method, path), and how often. `Faults` holds a server's
rules; the middleware, the listings and the streams ask it.
"""

from constellation.sandbox.faults.registry import ActiveFault, Faults, TooManyFaults
from constellation.sandbox.faults.rules import FaultKind, FaultRule, FaultRuleError

__all__ = ["ActiveFault", "FaultKind", "FaultRule", "FaultRuleError", "Faults", "TooManyFaults"]
