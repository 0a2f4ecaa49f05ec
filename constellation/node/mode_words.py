"""A constellation's mode and rules as JSON types, and as an operator writes them."""

from typing import Any

from constellation.protocol.messages import Mode, ModeInForce
from constellation.quanta import State, newest_rules


def mode_word(mode: Mode) -> str:
    """``online``, ``post-only``, ``cancel-only`` or ``maintenance``."""
    return mode.name.lower().replace("_", "-")


MODES = {mode_word(mode): mode for mode in Mode}


def parse_mode(word: str) -> Mode:
    """The mode behind a word.

    Raises:
        ValueError: it is none.
    """
    found = MODES.get(word)
    if found is None:
        raise ValueError(f"{word!r} is none of {', '.join(MODES)}")
    return found


def mode_json(mode: ModeInForce) -> dict[str, Any]:
    """What is in force: the word, the reason, and the quantum that began it."""
    return {"mode": mode_word(mode.mode), "reason": mode.reason, "since": mode.since}


def rules_json(state: State) -> dict[str, Any]:
    """The version of the rules in force, and the newest that this software knows."""
    return {"in_force": state.settings.rules, "newest_known": newest_rules()}
