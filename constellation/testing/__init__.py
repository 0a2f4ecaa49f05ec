"""Doubles and worlds for tests, shipped so that users can test with them, too."""

from constellation.testing.cluster import Cluster
from constellation.testing.flow import random_flow, random_quanta
from constellation.testing.naive import NaiveExchange
from constellation.testing.world import World

__all__ = ["Cluster", "NaiveExchange", "World", "random_flow", "random_quanta"]
