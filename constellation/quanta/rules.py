"""The rules that the core follows, by their version: what nodes must agree on beyond the settings.

A new version of this software may know rules that older ones do not. The settings name those in force, so new rules
begin like any other change of the settings: with the quantum that carries a quorum's decision. Whatever was executed
before is replayed by the rules of its time. A node that does not know the rules that come into force stops, unharmed,
until it is upgraded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from constellation.protocol.limits import CANCELS_MAX, HOLDS_MAX, TRIGGERED_MAX


@dataclass(slots=True, frozen=True)
class Rules:
    """What one version of the rules lets quanta do.

    Attributes:
        cancels_max: orders that one quantum may cancel, because their owner asks or because of the time.
        triggered_max: orders that one quantum may trigger.
        holds_max: open holds of an account.
    """

    cancels_max: int
    triggered_max: int
    holds_max: int


RULES: Final[Mapping[int, Rules]] = {1: Rules(CANCELS_MAX, TRIGGERED_MAX, HOLDS_MAX)}
"""Every version of the rules that this software knows; what has been in force anywhere is never changed."""


def newest_rules() -> int:
    """What a new constellation begins with."""
    return max(RULES)


def describe_known() -> str:
    """The versions that are known, for a person."""
    first, last = min(RULES), max(RULES)
    return str(first) if first == last else f"{first} to {last}"
