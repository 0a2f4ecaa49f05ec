"""What must be true of a constellation at any time, whatever has gone wrong, judged by one who sees everything."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from constellation.chronicler.intake import FinalBatch
from constellation.node.alpha import AlphaNode
from constellation.node.auditor import AuditorNode
from constellation.protocol.errors import VerificationError
from constellation.protocol.messages import Batch, Certificate, Vote, decode_cluster_message
from constellation.protocol.proofs import check_certificate
from constellation.protocol.signing import header_hash
from constellation.snapshots import StoredBatch
from constellation.snapshots.items import Item
from constellation.testing.money.checks import state_errors
from constellation.testing.money.world import VaultWorld
from constellation.testing.simulation.hosts import Process
from constellation.testing.simulation.taps import Forger


class Broken(AssertionError):
    """A promise was broken."""


@dataclass
class Oracles:
    """Listens to all nodes.

    Args:
        world: with the settings and the ledger.
        forgers: of the dishonest nodes, by the names of their machines.
        describe_time: what to write before a finding.
        look: into the node on the machine with a name, which has just stored something final.

    Attributes:
        trace: a hash over everything that nodes stored and auditors said, and when: the same for the same seed.
        findings: what was wrong, in order; empty in a good run.
        certified: hashes of certified headers, by number.
        tally: how often what happened.
    """

    world: VaultWorld
    forgers: dict[str, Forger]
    describe_time: Callable[[], str]
    look: Callable[[str], None]
    trace: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    findings: list[str] = field(default_factory=list)
    certified: dict[int, bytes] = field(default_factory=dict)
    tally: dict[str, int] = field(default_factory=dict)
    _votes: dict[tuple[str, int, int], bytes] = field(default_factory=dict)
    _epochs: dict[bytes, int] = field(default_factory=dict)
    _roots: dict[tuple[int, bytes], tuple[str, bytes]] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Note that something happened."""
        self.tally[what] = self.tally.get(what, 0) + 1

    def find(self, what: str) -> None:
        """Note what is wrong."""
        self.findings.append(f"{self.describe_time()} {what}")

    def check(self) -> None:
        """Stop when something is wrong.

        Raises:
            Broken: it is.
        """
        if self.findings:
            raise Broken("; ".join(self.findings[:5]))

    def forger_of(self, process: Process) -> Forger | None:
        """See :class:`.taps.Listener`."""
        return self.forgers.get(process.host.name)

    def _write(self, process: Process, *parts: bytes) -> None:
        self.trace.update(b"".join([self.describe_time().encode(), process.host.name.encode(), *parts]))

    # --- what nodes store and say -------------------------------------------------------------------------------

    def stored(self, process: Process, items: Sequence[Item]) -> None:
        """See :class:`.taps.Listener`."""
        self._write(process, *(item.digest for item in items if isinstance(item, StoredBatch)))
        for item in items:
            if isinstance(item, StoredBatch):
                self._epochs[item.digest] = item.batch.signed_header.header.epoch
                self.count("batches stored")
            elif isinstance(item, Certificate) and process.host.name not in self.forgers:
                self._certificate(process, item)

    def _certificate(self, process: Process, certificate: Certificate) -> None:
        number = certificate.header.number
        digest = header_hash(self.world.constellation, certificate.header)
        if number not in self.certified:
            self._check(certificate)
        if self.certified.setdefault(number, digest) != digest:
            self.find(f"batch {number} was certified twice, differently; {process.host.name} has the second one")
        self.count("certificates stored")
        self.look(process.host.name)

    def _check(self, certificate: Certificate) -> None:
        try:
            check_certificate(self.world.terms, certificate)
        except VerificationError as error:
            self.find(f"batch {certificate.header.number} has a certificate that does not hold: {error}")

    def said(self, process: Process, message: bytes) -> None:
        """See :class:`.taps.Listener`."""
        self._write(process, message)
        if process.host.name in self.forgers:
            return
        found = decode_cluster_message(message)
        if isinstance(found, Vote):
            self._vote(process.host.name, found)
        elif isinstance(found, Batch):
            self.count("batches served to alpha")

    def chronicled(self, process: Process, batches: Sequence[FinalBatch]) -> None:
        """See :class:`.taps.Listener`."""
        self._write(process, *(final.sealed.digest for final in batches))
        for final in batches:
            self.count("batches in histories")
            if self.certified.get(final.number, final.sealed.digest) != final.sealed.digest:
                self.find(f"{process.host.name} has another batch {final.number} than was certified")
            if not self.forgers and final.certified_by not in self.certified:
                self.find(f"{process.host.name} has batch {final.number}, which is not final")

    def _vote(self, auditor: str, vote: Vote) -> None:
        self.count("votes")
        epoch = self._epochs.get(vote.header)
        if epoch is None:
            self.find(f"{auditor} voted for batch {vote.number}, which nobody has stored")
            return
        if self._votes.setdefault((auditor, epoch, vote.number), vote.header) != vote.header:
            self.find(f"{auditor} signed two headers for batch {vote.number} of epoch {epoch}")

    # --- what nodes know ----------------------------------------------------------------------------------------

    def look_at(self, name: str, node: AlphaNode | AuditorNode) -> None:
        """Look into a running, honest node."""
        tip, state = node.inspect()
        if tip is not None:
            root = state.root()
            other, known = self._roots.setdefault((state.apex, tip), (name, root))
            if known != root:
                self.find(f"{name} and {other} have different states after apex {state.apex}")
        for error in state_errors(self.world, state):
            self.find(f"{name}: {error}")
        self.count("states looked at")
