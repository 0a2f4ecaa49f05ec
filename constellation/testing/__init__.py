"""Doubles and worlds for tests, shipped so that users can test with them, too."""

from constellation.testing.flow import random_flow
from constellation.testing.world import World

__all__ = ["World", "random_flow"]
