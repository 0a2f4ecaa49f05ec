"""A cluster with a vault: every member has a Stellar server of its own in front of the same ledger."""

from random import Random

from constellation.protocol.messages import Certificate
from constellation.protocol.signing import KeyPair
from constellation.snapshots import QuantumLog
from constellation.stellarlink.fee_bump import FeeBumper
from constellation.testing.cluster import AlphaMember, AuditorMember, Cluster
from constellation.testing.money.alpha import VaultAlpha
from constellation.testing.money.auditor import VaultAuditor
from constellation.testing.money.reading import ReadingFaults
from constellation.testing.money.server import Server
from constellation.testing.money.world import LEDGER_S, VaultWorld


class VaultCluster(Cluster):
    """One alpha, its auditors, and the ledger.

    Args:
        world: with the vault.
        random: draws the faults of reading.
        bump_max_stroops: the most for a fee bump; None for an alpha without an account for them.

    Attributes:
        server: alpha's.
        servers: the auditors', by key.
        faults: of all reading.
        certificates: of alpha's former lives.
        skew_s: how far the ledger's clock is ahead of everybody's.
    """

    alpha: VaultAlpha
    auditors: list[VaultAuditor]  # type: ignore[assignment]

    def __init__(self, world: VaultWorld, random: Random, bump_max_stroops: int | None = None) -> None:
        self.ledger = world.ledger
        self.faults = ReadingFaults()
        self.skew_s = 0
        self.certificates: list[Certificate] = []
        self._random = random
        self._bumper = None
        if bump_max_stroops is not None:
            self._bumper = FeeBumper(world.bumper, bump_max_stroops, world.settings.network_passphrase)
        self.server = Server(self.ledger, self._seconds)
        self.servers: dict[bytes, Server] = {}
        super().__init__(world)

    def _seconds(self) -> int:
        return self.clock_us // 1_000_000

    def _new_alpha(self, key_pair: KeyPair, log: QuantumLog) -> AlphaMember:
        return VaultAlpha(self.world, key_pair, log, self._clock, self.server, self._bumper)

    def _new_auditor(self, key_pair: KeyPair, log: QuantumLog) -> AuditorMember:
        server = self.servers.setdefault(key_pair.public, Server(self.ledger, self._seconds))
        return VaultAuditor(self.world, key_pair, log, self._clock, server, self._random, self.faults)

    @property
    def members(self) -> list[int]:
        """Numbers of the auditors in force."""
        known = self.auditors[0].replica.terms.members.auditors
        return [number for number, auditor in enumerate(self.auditors) if auditor.key_pair.public in known]

    # --- links --------------------------------------------------------------------------------------------------

    def connect(self, *auditors: int) -> None:
        """Connect auditors anew; see :meth:`Cluster.connect`."""
        super().connect(*auditors)
        for number in self.linked:
            if number in auditors or not auditors:
                self.auditors[number].link_up()

    def cut(self, *auditors: int) -> None:
        """End connections; see :meth:`Cluster.cut`."""
        super().cut(*auditors)
        for number in auditors or range(len(self.auditors)):
            self.auditors[number].link_down()

    def restart_alpha(self, log: QuantumLog | None = None) -> None:
        """Kill alpha and start it again; see :meth:`Cluster.restart_alpha`."""
        self.certificates += self.alpha.certificates
        self.alpha.die()
        super().restart_alpha(log)

    def lost_disk(self) -> QuantumLog:
        """What a member starts from whose disk is new: it has been told who the members are."""
        log = self.empty_log()
        log.write(self.auditors[0].replica.terms.appointments)
        return log

    def heal(self) -> None:
        """Nothing goes wrong any more, and everybody is connected."""
        self.faults.heal()
        for server in (self.server, *self.servers.values()):
            server.heal()
        self.connect()

    # --- the ledger ---------------------------------------------------------------------------------------------

    def advance(self, milliseconds: int) -> None:
        """Let time pass."""
        self.clock_us += milliseconds * 1000

    def close_ledger(self) -> None:
        """Close a ledger now."""
        self.ledger.close(self._seconds() + self.skew_s)

    def work(self) -> None:
        """Everybody does everything, until nobody has anything to do before the next ledger."""
        for _ in range(LEDGER_S):
            self.settle()
            for number in self.members:
                self.auditors[number].look()
                self.auditors[number].sign()
            self.settle()
            self.alpha.submit()
            self.advance(1000)
