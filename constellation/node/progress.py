"""How far an auditor is behind alpha, as its state says."""

from constellation.herald.replica import LinkState, Replica
from constellation.node.lifecycle import Lifecycle, NodeState


class Progress:
    """Takes an auditor from the start of a stream to READY.

    Args:
        lifecycle: of the auditor.
    """

    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._target = 0
        self._received = 0
        self._stored = 0

    def link_up(self) -> None:
        """The connection to alpha is open and proven."""
        self._lifecycle.enter(NodeState.PROMISING)

    def link_down(self) -> None:
        """The connection has ended."""
        self._lifecycle.enter(NodeState.CONNECTING)

    def stream_starts(self, first: int, alpha_tip: int, own_tip: int) -> None:
        """Alpha streams from batch ``first`` on and has relayed up to ``alpha_tip``; the log ends with ``own_tip``."""
        self._received, self._target, self._stored = first - 1, alpha_tip, own_tip

    def received(self, number: int) -> None:
        """Batch ``number`` of the stream was taken."""
        self._received = number

    def stored(self, number: int) -> None:
        """The log ends with batch ``number``, now that it was stored or the log was cut."""
        self._stored = number

    def look(self, replica: Replica) -> None:
        """Bring the state up to date."""
        lifecycle = self._lifecycle
        if lifecycle.state is NodeState.PROMISING and replica.state is LinkState.FOLLOWING:
            lifecycle.enter(NodeState.RECOVERING if replica.is_recovering else NodeState.CATCHING_UP)
        if lifecycle.state is NodeState.RECOVERING and not replica.is_recovering:
            lifecycle.enter(NodeState.CATCHING_UP)
        if lifecycle.state is NodeState.CATCHING_UP and min(self._received, self._stored) >= self._target:
            lifecycle.enter(NodeState.READY)
