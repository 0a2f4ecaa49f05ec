"""Executes an order against a book and the vault."""

from constellation.matching.engine import MatchingEngine
from constellation.matching.market import Market
from constellation.matching.survey import Survey, survey

__all__ = ["Market", "MatchingEngine", "Survey", "survey"]
