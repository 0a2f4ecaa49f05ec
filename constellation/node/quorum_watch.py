"""Whether alpha could make anything final now; it goes from READY to NO_QUORUM and back by itself."""

import asyncio
from collections.abc import Callable

from constellation.herald.alpha import AlphaHerald
from constellation.node.clock import clock_us
from constellation.node.lifecycle import Lifecycle, NodeState
from constellation.node.supervision import NodeFailure, RiseAgain
from constellation.node.unfinal import UnfinalWindow
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import Code
from constellation.protocol.strkey import encode_public_key

_LOOK_INTERVAL_S = 0.25
_PATIENCE_S = 10.0


class QuorumWatch:
    """Refuses requests that could not become final.

    Args:
        herald: alpha's.
        unfinal: what waits for the auditors.
        lifecycle: alpha's.
        apex: of the last quantum that was executed.
        confirm: makes a batch, for an auditor that recovers and waits for one.
        failure: of alpha.
    """

    def __init__(
        self,
        herald: AlphaHerald,
        unfinal: UnfinalWindow,
        lifecycle: Lifecycle,
        apex: Callable[[], int],
        confirm: Callable[[], None],
        failure: NodeFailure,
    ) -> None:
        self._herald = herald
        self._unfinal = unfinal
        self._lifecycle = lifecycle
        self._apex = apex
        self._confirm = confirm
        self._failure = failure
        self._stuck_s = 0.0
        self._looked_ms = 0
        self._has_quorum = False

    def refusal(self) -> Rejection | None:
        """Why nothing may be promised now, if so.

        Each request asks; whether there is a quorum is looked at once in a millisecond.
        """
        now_us = clock_us()
        if now_us // 1000 != self._looked_ms:
            self._looked_ms, self._has_quorum = now_us // 1000, self._herald.has_quorum
        if not self._has_quorum:
            return Rejection(Code.NO_QUORUM, "too few auditors are connected to make anything final; try again soon")
        if self._unfinal.is_full(self._apex(), now_us):
            return Rejection(Code.NO_QUORUM, "too much waits for the auditors' signatures already; try again soon")
        return None

    def lacking(self) -> list[str]:
        """Whom a quorum lacks, for alpha's operator; nothing where there is one."""
        herald = self._herald
        if herald.has_quorum:
            return []
        found = []
        if herald.away:
            found.append(f"away: {_addresses(herald.away)}")
        if herald.recovering:
            found.append(
                f"here with a new or an old log: {_addresses(herald.recovering)}; such an auditor counts when a quorum "
                "of the others goes on, or when all auditors are here"
            )
        return found

    def look(self) -> None:
        """Bring the state up to date.

        Requests do not do this: at the edge of the bound each could change the state, and each change is a line in
        the log.
        """
        self._looked_ms = 0
        refusal = self.refusal()
        if refusal is None and self._lifecycle.state is NodeState.NO_QUORUM:
            self._lifecycle.enter(NodeState.READY)
        elif refusal is not None and self._lifecycle.state is NodeState.READY:
            self._lifecycle.enter(NodeState.NO_QUORUM, refusal.message)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            self.look()
            if self._herald.awaits_confirmation and not self._lifecycle.is_ending:
                self._confirm()
            self._stuck_s = self._stuck_s + _LOOK_INTERVAL_S if self._herald.must_rise_again else 0.0
            if self._stuck_s > _PATIENCE_S:
                self._failure.set(RiseAgain("no quorum can follow this epoch any more"))
            await asyncio.sleep(_LOOK_INTERVAL_S)


def _addresses(keys: list[bytes]) -> str:
    return ", ".join(map(encode_public_key, keys))
