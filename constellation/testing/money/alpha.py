"""An alpha that moves a vault: it commits what auditors report, submits tasks and carries out decisions."""

from collections.abc import Callable

from constellation.herald.alpha import AlphaState
from constellation.herald.events import AlphaEvent, Certified, WithdrawalSigned
from constellation.herald.proposal_desk import ProposalDesk
from constellation.protocol.errors import Rejection
from constellation.protocol.messages import QuantumBody, SignedProposal
from constellation.protocol.signing import KeyPair
from constellation.quanta import SealedBatch
from constellation.snapshots import QuantumLog
from constellation.stellarlink import SubmissionLoop, TaskSubmitter
from constellation.stellarlink.fee_bump import FeeBumper
from constellation.testing.cluster import AlphaMember
from constellation.testing.money.errand import Errand
from constellation.testing.money.server import Server
from constellation.testing.world import World


class VaultAlpha(AlphaMember):
    """One life of an alpha.

    Args:
        world: names the members and the settings.
        key_pair: alpha's.
        log: what it starts from.
        clock: its time in microseconds.
        server: its Stellar server.
        bumper: pays for fee bumps, if anybody does.

    Attributes:
        submitter: of the vault's tasks.
    """

    def __init__(
        self,
        world: World,
        key_pair: KeyPair,
        log: QuantumLog,
        clock: Callable[[], int],
        server: Server,
        bumper: FeeBumper | None,
    ) -> None:
        super().__init__(world, key_pair, log, clock)
        self.submitter = TaskSubmitter(bumper)
        self._loop = SubmissionLoop(server, self.submitter, self._now_s)
        self._errands: list[Errand[None]] = []
        self._desk: ProposalDesk | None = None

    def _now_s(self) -> float:
        return self._clock() / 1_000_000

    def die(self) -> None:
        """What was on its way to the ledger stays on its way; nobody hears the answer."""
        for errand in self._errands:
            errand.drop()

    @property
    def is_ready(self) -> bool:
        """Whether clients may come in."""
        return self.herald.state is AlphaState.READY

    def _handle(self, event: AlphaEvent) -> None:
        super()._handle(event)
        if isinstance(event, WithdrawalSigned):
            self.submitter.receive_signature(event.auditor, event.signature)
        elif isinstance(event, Certified) and self._desk is None:
            self._desk = ProposalDesk(self.machine.state)
            self._commit_ledger()

    def _rise(self) -> None:
        self.submitter.follow(self.machine.state)
        super()._rise()

    def execute(self, *bodies: QuantumBody) -> SealedBatch:
        """Execute ``bodies`` as one batch, and what auditors have reported and decided meanwhile.

        Raises:
            Rejection: the first of them is refused; nothing has happened.
        """
        sealed = super().execute(*bodies)
        self.submitter.follow(self.machine.state)
        self._commit_ledger()
        self._carry_out()
        return sealed

    def propose(self, signed: SignedProposal) -> None:
        """Count the signature of an auditor's operator.

        Raises:
            Rejection: it is out of date, or not in order.
        """
        if self._desk is not None:
            self._desk.receive(signed, self._clock())
            self._carry_out()

    def _carry_out(self) -> None:
        while self._desk is not None and (commit := self._desk.decided(self._clock())) is not None:
            try:
                self.execute(commit)
            except Rejection:
                self._desk.drop(commit.proposal)

    def submit(self) -> None:
        """Do what is due about the tasks, and go on with what is under way."""
        self._errands += [Errand(self._loop.do(due)) for due in self.submitter.due(self._now_s())]
        self._errands = [errand for errand in self._errands if not errand.step()]
