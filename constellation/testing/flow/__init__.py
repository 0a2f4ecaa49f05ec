"""Seeded flows of operations and quanta: what tests and benchmarks feed to a machine."""

from constellation.testing.flow.quanta import random_quanta
from constellation.testing.flow.requests import random_flow

__all__ = ["random_flow", "random_quanta"]
