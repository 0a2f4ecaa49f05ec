"""How alpha gets what leads to the tip that it adopted: from one auditor that has it, then from another."""

from collections.abc import Mapping

from constellation.herald.events import Fetched, SnapshotFetched
from constellation.herald.link import Link
from constellation.herald.promises import promised_tip
from constellation.herald.transfer import SnapshotReceiver
from constellation.protocol.errors import ProtocolViolation
from constellation.protocol.messages import Batch, BatchRequest, Code, SnapshotEntries, SnapshotHead
from constellation.protocol.terms import Terms
from constellation.quanta import Tip


class Fetch:
    """One adoption's fetching; the source is the auditor that is asked.

    Args:
        terms: who is alpha in which epoch.
        target: the adopted tip.
        after: number of the last batch that alpha has already.
        links: of the auditors that are connected, by key; they change.
    """

    def __init__(self, terms: Terms, target: Tip, after: int, links: Mapping[bytes, Link]) -> None:
        self._terms = terms
        self._target = target
        self._fetched = after
        self._links = links
        self._source: Link | None = None
        self._receiver: SnapshotReceiver | None = None
        self._deliveries = 0
        self._seen_deliveries: int | None = None

    def ask(self) -> None:
        """Ask an auditor whose tip is the target for what is still missing; without one, wait for one."""
        self._source = self._receiver = self._seen_deliveries = None
        if self._fetched == self._target.number:
            return
        for link in self._links.values():
            if link.promise is not None and promised_tip(self._terms.settings, link.promise.promise) == self._target:
                self._source = link
                link.send(BatchRequest(self._fetched + 1, self._target.number))
                return

    def promised(self) -> None:
        """Another auditor has promised: it may have the target."""
        if self._source is None:
            self.ask()

    def link_down(self, link: Link) -> None:
        """A connection has ended, maybe the source's."""
        if link is self._source:
            self.ask()

    def go_on_after(self, number: int) -> None:
        """A fetched batch does not hold: whoever is asked next is asked for what follows batch ``number`` again."""
        self._fetched = number

    def look(self) -> bool:
        """Called now and then: refuse a source that has delivered nothing since the last call.

        Returns:
            Whether there is hope: False when nothing has come since the last call, and there is no source.
        """
        was_seen, self._seen_deliveries = self._seen_deliveries, self._deliveries
        if was_seen != self._deliveries or self._fetched == self._target.number:
            return True
        if self._source is None:
            return False
        self._source.refuse(ProtocolViolation(Code.TIMED_OUT, "what alpha asked for does not come"))
        return True

    def receive(
        self, auditor: bytes, message: Batch | SnapshotHead | SnapshotEntries
    ) -> Fetched | SnapshotFetched | None:
        """Take a piece of history; the batch, or the snapshot when it is complete.

        Raises:
            ProtocolViolation: the connection must be closed.
        """
        if self._source is None or self._source.auditor != auditor:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "history that alpha did not ask for")
        self._deliveries += 1
        match message:
            case Batch():
                return self._take_batch(message)
            case SnapshotHead():
                self._take_snapshot_head(message)
                return None
            case SnapshotEntries():
                return self._take_snapshot_entries(message)

    def _take_batch(self, batch: Batch) -> Fetched:
        number = batch.signed_header.header.number
        if number != self._fetched + 1:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, f"batch {number} came instead of {self._fetched + 1}")
        self._fetched += 1
        return Fetched(batch)

    def _take_snapshot_head(self, head: SnapshotHead) -> None:
        """A source whose log begins after what alpha asked for sends a snapshot first.

        It is certified, and after everything that is certified here; and it must lead to the target.
        """
        if self._receiver is not None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "a snapshot came within another one")
        receiver = SnapshotReceiver(self._terms, head, self._fetched + 1)
        if receiver.tip != self._target and receiver.tip.number >= self._target.number:
            raise ProtocolViolation(
                Code.BROKEN_CHAIN,
                f"a snapshot after batch {receiver.tip.number} cannot lead to the adopted batch {self._target.number}",
            )
        self._receiver = receiver

    def _take_snapshot_entries(self, entries: SnapshotEntries) -> SnapshotFetched | None:
        if self._receiver is None:
            raise ProtocolViolation(Code.UNEXPECTED_MESSAGE, "entries came without a snapshot")
        snapshot = self._receiver.receive(entries)
        if snapshot is None:
            return None
        self._receiver = None
        self._fetched = snapshot.tip.number
        return SnapshotFetched(snapshot)
