"""Executes an order against a book and the vault."""

from constellation.matching.armed_order import ArmedOrder
from constellation.matching.engine import MatchingEngine
from constellation.matching.market import Market
from constellation.matching.surveying import Survey, survey
from constellation.matching.triggers import Triggers

__all__ = ["ArmedOrder", "Market", "MatchingEngine", "Survey", "Triggers", "survey"]
