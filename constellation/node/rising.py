"""Alpha's way to an open epoch: adopt the best tip, fetch what the log lacks, open the epoch on it."""

import logging
from collections import deque

from constellation.gateway import Origin
from constellation.herald.alpha import AlphaHerald
from constellation.herald.events import Adopt, AlphaEvent
from constellation.herald.transfer import ReceivedSnapshot
from constellation.node.node_log import NodeLog
from constellation.node.sequencer import Sequencer
from constellation.node.signing import patiently
from constellation.node.storage import OpenedLog
from constellation.protocol.errors import Divergence, ProtocolViolation, VerificationError
from constellation.protocol.messages import Batch
from constellation.protocol.proofs import check_signed_header
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, SealedBatch, Tip, replay
from constellation.snapshots import Restored

log = logging.getLogger(__name__)


class Rising:
    """Alpha's state and chain until its epoch is open.

    Args:
        terms: of which alpha serves the last.
        herald: alpha's.
        node_log: alpha's log.
        opened: what the log held at the start.

    Attributes:
        machine: with the state after ``tip``.
        tip: the last batch that is executed and on its way to the log.
        recent: the last batches, whose requests may be repeated or which are not final yet.
    """

    def __init__(self, terms: Terms, herald: AlphaHerald, node_log: NodeLog, opened: OpenedLog) -> None:
        self._terms = terms
        self._herald = herald
        self._log = node_log
        self._target: Tip | None = None
        self.machine: Machine
        self.tip: Tip
        self.recent: deque[tuple[SealedBatch, Batch]] = opened.recent
        self._take(opened.restored)

    def _take(self, restored: Restored) -> None:
        self.machine, self.tip = restored.machine, restored.tip
        self._herald.tip = self.tip

    async def adopt(self, event: Adopt) -> bool:
        """Cut the log to what is on the adopted chain; whether nothing needs to be fetched."""
        log.info("a quorum has promised", extra={"epoch": self._herald.epoch, "tip": event.tip.number})
        if event.source is None:
            if await self._log.digest(event.best.number) in (None, event.best.digest):
                return True
            event = self._herald.adopt_promised()
        log.info("fetching what this log lacks", extra={"first": event.keep + 1, "last": event.tip.number})
        self._take(await self._log.cut(event.keep))
        self.recent = deque(item for item in self.recent if item[0].header.number <= event.keep)
        self._target = event.tip
        return False

    async def take_fetched(self, batch: Batch) -> bool:
        """Replay and store a fetched batch; whether it was the last one.

        Raises:
            ProtocolViolation: it does not hold; another auditor is asked.
        """
        target = self._target
        if target is None or self.tip.number >= target.number:
            return False
        try:
            check_signed_header(self._terms, batch.signed_header)
            sealed = replay(self.machine, self.tip, batch)
        except (VerificationError, Divergence) as error:
            # The fault is of who sent it: the machine may be half-way, and another auditor is asked.
            self._herald.fetch_after(self.tip.number)
            self._take(await self._log.restore())
            raise ProtocolViolation(error.code, f"while fetching: {error.message}") from error
        self.tip = self._herald.tip = sealed.tip
        self.recent.append((sealed, batch))
        await self._log.append(sealed, batch)
        return self.tip == target

    async def take_snapshot(self, snapshot: ReceivedSnapshot) -> bool:
        """Install the state after a checkpoint in place of history that nobody sends; whether it was the last missing.

        The answers to requests that were executed before it are not known here: a repeated one is refused by its nonce.
        """
        self._take(await self._log.install(snapshot))
        self.recent.clear()
        return self.tip == self._target

    async def open_epoch(self, sequencer: Sequencer[Origin]) -> list[AlphaEvent]:
        """Store the epoch's first batch, which follows the tip, and relay it; the streams to start."""
        opener = sequencer.open_epoch()
        await patiently(opener.signer, opener.sign)
        await self._log.append(opener.sealed, opener.batch)
        self._herald.opened(self.tip)
        self._herald.relay(opener.sealed, opener.batch)
        log.info("rising", extra={"epoch": self._herald.epoch, "batch": opener.sealed.header.number})
        return self._herald.streams()
