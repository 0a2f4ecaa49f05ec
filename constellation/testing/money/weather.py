"""What goes wrong between the members and their servers, and with the members' machines."""

from random import Random

from constellation.protocol.quorum import quorum_of
from constellation.snapshots import QuantumLog
from constellation.testing.money.cluster import VaultCluster
from constellation.testing.money.server import Mishap
from constellation.testing.money.world import VaultWorld
from constellation.testing.world import key_of


class Weather:
    """Faults of servers, links, processes and disks.

    Args:
        random: decides.
        world: with the ledger.
        cluster: with the members.
    """

    def __init__(self, random: Random, world: VaultWorld, cluster: VaultCluster) -> None:
        self._random = random
        self._world = world
        self._cluster = cluster
        self._backup: QuantumLog | None = None
        self._has_changed_auditors = False
        self._mishaps = random.choice((0, 0.2, 0.5))
        cluster.server.mishap = self._mishap
        cluster.skew_s = random.choice((0, 0, -4, 4))
        faults = cluster.faults
        faults.lost, faults.late, faults.twice, faults.short = (random.choice((0, 0.1, 0.3)) for _ in range(4))

    def _mishap(self) -> Mishap | None:
        return self._random.choice(tuple(Mishap)) if self._random.random() < self._mishaps else None

    # --- servers ------------------------------------------------------------------------------------------------

    def disturb_server(self) -> None:
        """A member's server lags, freezes, is down, or is well again; or the member changes to such a one."""
        servers = [self._cluster.server, *self._cluster.servers.values()]
        server = self._random.choice(servers)
        server.lag = self._random.choice((0, 0, 1, 2, 4))
        server.history_lag = self._random.choice((0, 0, 0, 1, 3))
        server.frozen_at = self._world.ledger.latest.sequence if self._random.random() < 0.15 else None
        server.is_down = self._random.random() < 0.15

    # --- links and processes ------------------------------------------------------------------------------------

    def cut(self) -> None:
        """A link breaks, and mostly comes back."""
        number = self._random.randrange(len(self._cluster.auditors))
        self._cluster.cut(number)
        if self._random.random() < 0.8:
            self._cluster.connect(number)

    def reconnect(self) -> None:
        """Everybody who is not connected connects."""
        missing = [number for number in range(len(self._cluster.auditors)) if number not in self._cluster.linked]
        if missing:
            self._cluster.connect(*missing)

    def back_up(self) -> None:
        """Copy alpha's disk, for later."""
        if not self._has_changed_auditors:
            self._backup = self._cluster.copy_log(self._cluster.alpha.log)

    def crash_alpha(self) -> None:
        """Alpha dies, and starts from its disk, a new one, or an old copy."""
        cluster, chance = self._cluster, self._random.random()
        log = None
        if chance < 0.25 and self._is_remembered():
            log = cluster.lost_disk()
        elif chance < 0.4 and self._backup is not None:
            log, self._backup = self._backup, None
        cluster.restart_alpha(log)
        cluster.connect()

    def crash_auditor(self) -> None:
        """An auditor dies, and starts from its disk or a new one."""
        cluster, number = self._cluster, self._random.choice(self._cluster.members)
        log = cluster.lost_disk() if self._random.random() < 0.3 and self._is_remembered() else None
        cluster.restart_auditor(number, log)
        cluster.connect(number)

    def change_auditors(self) -> None:
        """Once: a quorum appoints a newcomer, or sends somebody away, or both."""
        cluster = self._cluster
        if self._has_changed_auditors or not self._is_remembered():
            return
        self._has_changed_auditors, self._backup = True, None
        members = cluster.members
        newcomer, leaver = self._random.choice(((1, 0), (0, 1), (1, 1))) if len(members) > 3 else (1, 0)
        if len(members) == 3 and self._random.random() < 0.5:
            leaver = 1
        signers = self._random.sample(members, quorum_of(cluster.auditors[0].replica.terms.members))
        add = [key_of("newcomer among the auditors")] if newcomer else []
        cluster.change_auditors(*signers, add=add, remove=self._random.sample(members, leaver))
        cluster.connect()

    def _is_remembered(self) -> bool:
        """Whether every auditor has its memory: at most one at a time may lose it."""
        return not any(self._cluster.auditors[number].replica.is_recovering for number in self._cluster.members)
