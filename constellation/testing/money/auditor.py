"""An auditor that watches a vault: it reports what its server shows and signs the vault's tasks."""

from collections.abc import Callable
from random import Random

from constellation.herald.actions import Action, StoreBatch
from constellation.node.ledger_reports import LedgerReports
from constellation.node.task_signing import TaskSigning
from constellation.protocol.messages import ClusterMessage, StreamStart
from constellation.protocol.signing import KeyPair
from constellation.snapshots import QuantumLog
from constellation.stellarlink import LedgerWatcher
from constellation.testing.cluster import AuditorMember
from constellation.testing.money.errand import at_once
from constellation.testing.money.guard import MomentaryGuard
from constellation.testing.money.reading import Reading, ReadingFaults
from constellation.testing.money.server import Server
from constellation.testing.world import World


class VaultAuditor(AuditorMember):
    """One life of an auditor.

    Args:
        world: names the members and the settings.
        key_pair: the auditor's.
        log: what it starts from.
        clock: its time in microseconds.
        server: its Stellar server.
        random: draws faults.
        faults: of its reading.

    Attributes:
        watcher: what it has read of the ledger.
        reports: what it says of that.
        signing: of the vault's tasks.
    """

    def __init__(
        self,
        world: World,
        key_pair: KeyPair,
        log: QuantumLog,
        clock: Callable[[], int],
        server: Server,
        random: Random,
        faults: ReadingFaults,
    ) -> None:
        super().__init__(world, key_pair, log, clock)
        state = self.replica.machine.state
        self.watcher = LedgerWatcher(world.settings, state.ledger_cursor, state.ledger_closed_at_s or None)
        self.reports = LedgerReports(world.settings, key_pair, self.replica, self.watcher)
        self.signing = TaskSigning(key_pair, self.replica, MomentaryGuard(server), self._say)
        self._reading = Reading(self.watcher, server, random, faults)
        for sealed in self.recent:
            self.signing.note(sealed)

    async def _say(self, message: ClusterMessage) -> None:
        self.outbox.append(message)

    def link_up(self) -> None:
        """There is a connection to alpha."""
        self.reports.link_up()
        self.signing.link_changed()

    def link_down(self) -> None:
        """It has ended."""
        self.reports.link_down()
        self.signing.link_changed()

    def receive(self, message: ClusterMessage) -> None:
        """Take what alpha says; see :meth:`AuditorMember.receive`."""
        super().receive(message)
        if isinstance(message, StreamStart):
            self.signing.stream_started()

    def _act(self, action: Action) -> None:
        if isinstance(action, StoreBatch):
            self.signing.note(action.sealed)
            if self.reports.compare(action.sealed):
                self.signing.vault_changed()
        super()._act(action)

    def look(self) -> None:
        """Ask the server what is new, and tell alpha."""
        self._reading.look()
        self.report()

    def report(self) -> None:
        """Tell alpha what comes next on the ledger."""
        report = self.reports.news()
        if report is not None:
            self.outbox.append(report)

    def sign(self) -> None:
        """Sign what is final and safe."""
        at_once(self.signing.sign())
