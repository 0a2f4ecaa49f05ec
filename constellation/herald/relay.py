"""What alpha sends to its auditors once its epoch is open: the opening, the stream of batches, certificates."""

from collections.abc import Mapping

from constellation.herald.link import BatchCache, Link
from constellation.herald.transfer import SnapshotSender
from constellation.protocol.messages import Batch, Certificate, EpochOpening, StreamStart


class Relay:
    """Starts the links' streams and feeds them.

    Args:
        links: of the auditors that are connected, by key; they change.

    Attributes:
        cache: of the newest batches.
    """

    def __init__(self, links: Mapping[bytes, Link]) -> None:
        self._links = links
        self._opening: EpochOpening | None = None
        self._certificate: Certificate | None = None
        self.cache = BatchCache()

    def open(self, opening: EpochOpening) -> None:
        """The epoch's first batch is stored: streams may start."""
        self._opening = opening

    def start(self, auditor: bytes, number: int, tip: int) -> None:
        """Stream to ``auditor`` from batch ``number`` on, unless it has a stream.

        Args:
            auditor: its key.
            number: of the first batch.
            tip: number of the last batch that was relayed.
        """
        link = self._link_without_stream(auditor)
        if link is not None:
            self._tell_opening(link)
            link.send(StreamStart(number, tip))
            link.start_tip = tip
            link.start(number)
            self._tell_certificate(link)

    def begin_snapshot(self, auditor: bytes) -> Link | None:
        """The link that waits for a snapshot from now on; None when there is none that needs one."""
        link = self._link_without_stream(auditor)
        if link is not None:
            link.is_loading = True
        return link

    def send_snapshot(self, link: Link, snapshot: SnapshotSender) -> None:
        """Send ``snapshot``, and then the batches after it, on a link that waits for it."""
        if self._links.get(link.auditor) is not link:
            snapshot.end()
            return
        self._tell_opening(link)
        link.load(snapshot)
        self._tell_certificate(link)

    def add(self, batch: Batch) -> None:
        """Send a stored batch on all streams."""
        self.cache.add(batch)
        for link in self._links.values():
            if link.is_streaming:
                link.wake()

    def certify(self, certificate: Certificate) -> None:
        """Send a certificate to all auditors, to later ones too."""
        self._certificate = certificate
        for link in self._links.values():
            link.certify(certificate)

    def _link_without_stream(self, auditor: bytes) -> Link | None:
        link = self._links.get(auditor)
        if link is None or link.promise is None or self._opening is None or link.is_streaming or link.is_loading:
            return None
        return link

    def _tell_opening(self, link: Link) -> None:
        assert self._opening is not None
        link.send(self._opening)

    def _tell_certificate(self, link: Link) -> None:
        if self._certificate is not None:
            link.certify(self._certificate)
