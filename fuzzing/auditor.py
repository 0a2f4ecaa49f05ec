"""An auditor's replica with a log in memory, and what must hold of everything that it signs."""

from constellation.herald.actions import (
    Action,
    BeginRecovery,
    CastVote,
    CheckChain,
    Finalized,
    InstallSnapshot,
    Recover,
    Rewind,
    Send,
    ServeBatches,
    StoreBatch,
    StorePromise,
)
from constellation.herald.replica import Kept, Replica
from constellation.herald.transfer import ReceivedSnapshot
from constellation.herald.votes import sign_vote
from constellation.protocol.errors import Divergence, ProtocolViolation
from constellation.protocol.messages import Batch, ClusterMessage, Code, SignedHeader, Vote, decode_state_entry
from constellation.protocol.messages import encode_cluster_message as encode
from constellation.protocol.signing import header_hash
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, Tip, replay, restore_state
from constellation.testing.world import START_US
from fuzzing.past import past, world


class Auditor:
    """Does what a node does with the actions of its replica; everything is durable at once.

    Args:
        recovering: its log is new.

    Attributes:
        replica: the subject.
        has_halted: it found that alpha lies.
    """

    def __init__(self, *, recovering: bool) -> None:
        settings = world().settings
        self._base: ReceivedSnapshot | None = None
        self._batches: list[Batch] = []
        self._voted: dict[tuple[int, int], bytes] = {}
        self._final: dict[int, bytes] = {}
        self._recoveries = 0
        kept = Kept(bytes(32), recovering, None, None)
        self.replica = Replica(Terms(settings), world().auditors[0], Machine(settings), Tip.genesis(settings), kept)
        self.replica.link_up()
        self.has_halted = False

    def hear(self, message: ClusterMessage) -> None:
        """Take what alpha says; a broken protocol means a new connection.

        Raises:
            AssertionError: the auditor signed two things for one place, or dropped what is final.
        """
        certified = self.replica.certified
        try:
            for action in self.replica.receive(message, past().machine.state.timestamp + START_US):
                self._do(action)
        except ProtocolViolation:
            self.replica.link_up()
        except Divergence as error:
            self.has_halted = True
            if isinstance(message, Batch):
                encode(self.replica.verdict(error, message))
            return
        assert self.replica.certified >= certified, "what was final is not any more"
        assert self.replica.tip.number >= self.replica.certified, "what is final was dropped"

    def _do(self, action: Action) -> None:
        match action:
            case Send():
                self._sent(action.message)
            case CastVote():
                self._sent(sign_vote(world().constellation, world().auditors[0], action.header, action.digest))
            case StorePromise():
                self._sent(action.promise)
            case StoreBatch():
                self._batches.append(action.batch)
                self._all(self.replica.stored(action.sealed, action.batch))
            case Finalized():
                header = action.certificate.header
                digest = header_hash(world().constellation, header)
                assert self._final.setdefault(header.number, digest) == digest, "two batches are final in one place"
            case Recover():
                self._all(self.replica.recovered())
            case BeginRecovery():
                self._recoveries += 1
                self._all(self.replica.rolled_back(bytes([self._recoveries % 256]) * 32))
            case Rewind():
                self._rewind(action.number)
            case CheckChain():
                self._check_chain(action)
            case ServeBatches():
                assert 1 <= action.first <= action.last <= self.replica.tip.number
            case InstallSnapshot():
                self._install(action.snapshot)

    def _all(self, actions: list[Action]) -> None:
        for action in actions:
            self._do(action)

    def _sent(self, message: ClusterMessage) -> None:
        encode(message)
        if isinstance(message, Vote):
            place = self.replica.epoch, message.number
            assert self._voted.setdefault(place, message.header) == message.header, "two votes for one place"

    def _rewind(self, number: int) -> None:
        first = 1 if self._base is None else self._base.tip.number + 1
        assert number >= max(self._final, default=0), "what is final was dropped"
        del self._batches[number - first + 1 :]
        machine, tip = self._restored()
        for batch in self._batches:
            tip = replay(machine, tip, batch).tip
        self.replica.rewound(machine, tip, self._batches[-1].signed_header if self._batches else self._base_header())

    def _base_header(self) -> SignedHeader | None:
        return None if self._base is None else self._base.checkpoint

    def _restored(self) -> tuple[Machine, Tip]:
        settings = world().settings
        if self._base is None:
            return Machine(settings), Tip.genesis(settings)
        state = restore_state(settings, [decode_state_entry(xdr) for xdr in self._base.entries.values()])
        return Machine.from_state(state), self._base.tip

    def _install(self, snapshot: ReceivedSnapshot) -> None:
        self._base, self._batches = snapshot, []
        machine, _ = self._restored()
        assert machine.state.root() == snapshot.checkpoint.header.state_root, "the snapshot has another state"
        self.replica.installed(machine, snapshot)

    def _check_chain(self, action: CheckChain) -> None:
        for batch in self._batches:
            header = batch.signed_header.header
            if header.number == action.number and header_hash(world().constellation, header) != action.digest:
                raise ProtocolViolation(Code.BROKEN_PROMISE, "alpha's chain is another one")
