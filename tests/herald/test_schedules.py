"""Random schedules of deliveries, cuts and restarts: whatever happens, nothing certified is lost or changed."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from constellation.protocol.errors import Rejection
from constellation.protocol.signing import header_hash
from constellation.testing.cluster import Cluster
from constellation.testing.world import World
from tests.herald.support import execute

AUDITORS = st.integers(0, 4)


class Schedule(RuleBasedStateMachine):
    """Either alpha loses its disk, or a minority of the auditors does: together they could forget what is final."""

    @initialize(auditors=st.sampled_from([1, 3, 4, 5]), alpha_forgets=st.booleans())
    def start(self, auditors: int, alpha_forgets: bool) -> None:
        self.cluster = Cluster(World(auditors=auditors))
        self.cluster.connect()
        self.alpha_forgets = alpha_forgets
        self.forgetful: set[int] = set()
        self.backup = self.cluster.copy_log(self.cluster.alpha.log)
        self.backups = [self.cluster.copy_log(member.log) for member in self.cluster.auditors]
        self.final: dict[int, bytes] = {}
        self.certified = 0
        self.amount = 1

    def number(self, auditor: int) -> int:
        return auditor % len(self.cluster.auditors)

    @rule()
    def execute(self) -> None:
        if self.cluster.is_ready:
            self.amount += 1
            execute(self.cluster, 10_000_000 + self.amount)

    @rule(auditor=AUDITORS, count=st.integers(1, 4))
    def deliver_to_auditor(self, auditor: int, count: int) -> None:
        for _ in range(count):
            self.cluster.deliver_to_auditor(self.number(auditor))

    @rule(auditor=AUDITORS, count=st.integers(1, 4))
    def deliver_to_alpha(self, auditor: int, count: int) -> None:
        for _ in range(count):
            self.cluster.deliver_to_alpha(self.number(auditor))

    @rule()
    def settle(self) -> None:
        self.cluster.settle()

    @rule(auditor=AUDITORS)
    def connect(self, auditor: int) -> None:
        self.cluster.connect(self.number(auditor))

    @rule(auditor=AUDITORS)
    def cut(self, auditor: int) -> None:
        self.cluster.cut(self.number(auditor))

    @rule(auditor=AUDITORS)
    def restart_auditor(self, auditor: int) -> None:
        self.cluster.restart_auditor(self.number(auditor))

    @rule()
    def restart_alpha(self) -> None:
        self.cluster.restart_alpha()

    @precondition(lambda self: self.alpha_forgets)
    @rule()
    def back_up_alpha(self) -> None:
        self.backup = self.cluster.copy_log(self.cluster.alpha.log)

    @precondition(lambda self: self.alpha_forgets)
    @rule(empty=st.booleans())
    def restart_alpha_from_a_backup(self, empty: bool) -> None:
        log = self.cluster.empty_log() if empty else self.cluster.copy_log(self.backup)
        self.cluster.restart_alpha(log)

    @precondition(lambda self: not self.alpha_forgets)
    @rule(auditor=AUDITORS)
    def restart_auditor_without_its_disk(self, auditor: int) -> None:
        number = self.number(auditor)
        if len(self.forgetful | {number}) * 2 < len(self.cluster.auditors):
            self.forgetful.add(number)
            self.cluster.restart_auditor(number, self.cluster.empty_log())

    @precondition(lambda self: not self.alpha_forgets)
    @rule(auditor=AUDITORS)
    def back_up_auditor(self, auditor: int) -> None:
        number = self.number(auditor)
        self.backups[number] = self.cluster.copy_log(self.cluster.auditors[number].log)

    @precondition(lambda self: not self.alpha_forgets)
    @rule(auditor=AUDITORS)
    def restart_auditor_from_a_backup(self, auditor: int) -> None:
        number = self.number(auditor)
        if len(self.forgetful | {number}) * 2 < len(self.cluster.auditors):
            self.forgetful.add(number)
            self.cluster.restart_auditor(number, self.cluster.copy_log(self.backups[number]))

    @invariant()
    def one_history(self) -> None:
        if not hasattr(self, "cluster"):
            return
        world = self.cluster.world
        seen = [*self.cluster.alpha.certificates, *(member.replica.certificate for member in self.cluster.auditors)]
        for certificate in seen:
            if certificate is not None:
                header = certificate.header
                digest = header_hash(world.constellation, header)
                assert self.final.setdefault(header.number, digest) == digest

    @invariant()
    def nobody_halts(self) -> None:
        """Every auditor replays every batch to the state root in its header, so equal headers are equal states."""
        if hasattr(self, "cluster"):
            assert [member.halted for member in self.cluster.auditors if member.halted] == []
            assert self.cluster.alpha.faulty == []

    def teardown(self) -> None:
        if not hasattr(self, "cluster"):
            return
        try:
            self.heals()
        finally:
            self.cluster.close()

    def heals(self) -> None:
        """With everybody back, everything certifies and all agree."""
        cluster = self.cluster
        cluster.restart_alpha()
        cluster.rise()
        try:
            execute(cluster)
        except Rejection as error:  # pragma: no cover
            raise AssertionError(error) from error
        cluster.settle()
        self.one_history()
        assert cluster.certified == cluster.alpha.tip.number
        for number, member in enumerate(cluster.auditors):
            assert member.halted is None
            assert member.replica.tip == cluster.alpha.tip
            assert member.replica.certified == cluster.certified
            assert cluster.state_root(number) == cluster.state_root()
        for number, digest in self.final.items():
            assert cluster.alpha.log.digest(number) == digest


Schedule.TestCase.settings = settings(
    max_examples=70,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestSchedule = Schedule.TestCase
