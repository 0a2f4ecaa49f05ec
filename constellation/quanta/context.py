"""What a handler of one quantum works with."""

from constellation.matching.engine import Emit
from constellation.protocol.messages import Effect
from constellation.quanta.state import EntryKind, State, identity_key, number_key


class Context:
    """One running quantum.

    Args:
        state: what it changes.
        apex: its number.
        timestamp: its time, in microseconds.
        effects: what it has changed so far, by account.

    Attributes:
        met: resting orders that it has met.
        triggered: orders that it has triggered and executed.
    """

    __slots__ = ("apex", "effects", "met", "state", "timestamp", "triggered")

    def __init__(self, state: State, apex: int, timestamp: int, effects: Emit) -> None:
        self.state = state
        self.apex = apex
        self.timestamp = timestamp
        self.effects = effects
        self.met = self.triggered = 0
        state.engine.triggers.timestamp = timestamp

    def emit(self, account: bytes, effect: Effect) -> None:
        """Add ``effect`` to the group of ``account``."""
        self.effects[account].append(effect)

    def emit_system(self, effect: Effect) -> None:
        """Add ``effect`` to the constellation's own group, which has the vault's key."""
        self.effects[self.state.settings.vault].append(effect)

    def mark(self, kind: EntryKind, identity: bytes) -> None:
        """Note that an entry of the state tree changed."""
        self.state.changed[identity_key(kind, identity)] = None

    def mark_number(self, kind: EntryKind, number: int) -> None:
        """Note that an entry with a number as its key changed."""
        self.state.changed[number_key(kind, number)] = None
