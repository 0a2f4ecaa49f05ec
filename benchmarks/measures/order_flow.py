"""What one order costs alpha and an auditor, from the frame that brings it to the disk and the answer."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.exchange import certificate
from benchmarks.figures import Figure, median, per_item_us
from benchmarks.measuring import Stopwatch, tell
from constellation.gateway import GatewayConfig, GatewayMetrics, Hub, Origin, Session, attached_front
from constellation.herald.link import BatchCache
from constellation.herald.votes import sign_vote
from constellation.node.interpreter import short_pauses, take_for_permanent
from constellation.node.sequencer import SealedWork, Sequencer
from constellation.protocol.errors import Rejection
from constellation.protocol.handshake import InitiatorHandshake
from constellation.protocol.history import EntryProof, EventPage
from constellation.protocol.messages import (
    Batch,
    HelloReply,
    LimitOrder,
    OpenProposal,
    Role,
    Side,
    SignedProposal,
    Submit,
    SubmitBatch,
    TimeInForce,
    decode_client_message,
    decode_cluster_message,
    encode_client_message,
)
from constellation.protocol.proofs import check_signed_header
from constellation.protocol.signing import KeyPair
from constellation.protocol.terms import Terms
from constellation.quanta import Machine, Tip, batch_effects, replay
from constellation.snapshots import CheckpointKeeper, QuantumLog, StoredBatch
from constellation.snapshots.outline import pack_outline
from constellation.testing import World
from constellation.testing.world import ONE, START_US, key_of

_WORLD = World()
_TRADERS = 200
_BATCH = 100  # orders in a sealed batch
_CHECKPOINT_QUANTA = 1_000
_NEVER = 1 << 60
_VALIDITY_US = 60_000_000
_BATCH_US = 20_000
_PRICES = 200
_TOGETHER = 20  # orders under one signature
_BATCH_TOGETHER = 400  # of them in a sealed batch: what comes while the disk is busy is more


class _Nobody:
    """Nobody reads the log or proposes anything here."""

    def read_events(
        self, account: bytes, after: int, start: int | None, done: Callable[[EventPage | Rejection], None]
    ) -> None:
        raise AssertionError("nobody asks")

    def read_entry(self, key: bytes, done: Callable[[EntryProof | Rejection], None]) -> None:
        raise AssertionError("nobody asks")

    def propose(self, signed: SignedProposal) -> None:
        raise AssertionError("nobody proposes")

    def open_proposals(self) -> list[OpenProposal]:
        return []


class _Times:
    """CPU time by what it was spent on, a list with one value for each batch of ``size`` orders."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.found: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        watch = Stopwatch()
        yield
        self.found[what].append(watch.cpu_s)

    def figures(self, who: str) -> Iterator[Figure]:
        """The middle of each, per quantum, and their sum."""
        middles = {what: per_item_us(median(values), self._size) for what, values in self.found.items()}
        yield from (Figure(f"{who}: {what}", value, "µs") for what, value in middles.items())
        yield Figure(f"{who}: one order in all", sum(middles.values()), "µs")


class _Alpha:
    """Alpha's parts in the order in which the node calls them, in one thread."""

    def __init__(self, world: World, log: QuantumLog, size: int) -> None:
        self.world = world
        self.size = size
        self.times = _Times(size)
        self.now_us = START_US
        self.cache = BatchCache()
        self.frames: list[bytes] = []
        self._log = log
        self._keeper = CheckpointKeeper(restored=False)
        self.machine = world.machine()
        self.sequencer: Sequencer[Origin] = Sequencer(
            self.machine,
            Tip.genesis(world.settings),
            1,
            world.alpha,
            lambda: self.now_us,
            _CHECKPOINT_QUANTA,
            _NEVER,
        )
        numbers = count()
        nobody = _Nobody()
        config, metrics = GatewayConfig(connections_per_address=_TRADERS), GatewayMetrics()
        self.hub = Hub(
            self.machine,
            lambda origin, signed: self.sequencer.execute(signed, origin),
            lambda: None,
            lambda: self.now_us,
            nobody,
            nobody,
            config,
            metrics,
        )
        self.front = attached_front(
            self.hub,
            world.alpha,
            world.constellation,
            lambda: self.now_us,
            lambda size: next(numbers).to_bytes(size, "big"),
            config,
            metrics,
        )

    def connect(self, key_pair: KeyPair) -> Session:
        session = self.front.connect("192.0.2.1", 0.0)
        terms = Terms(self.world.settings)
        handshake = InitiatorHandshake(key_pair, Role.CLIENT, self.world.constellation, terms, bytes(32))
        session.receive_data(encode_client_message(handshake.hello))
        (reply,) = session.data_to_send()
        answer = decode_client_message(reply)
        assert isinstance(answer, HelloReply)
        session.receive_data(encode_client_message(handshake.receive(answer)))
        session.data_to_send()
        return session

    def take(self, frames: list[tuple[Session, bytes]]) -> None:
        """Take a batch of orders, each frame with one or several of its session, all the way."""
        self.now_us += _BATCH_US
        with self.times.of("taking its frame: decoding, checks, signature, execution"):
            for session, frame in frames:
                session.receive_data(frame)
        with self.times.of("sealing and signing"):
            work = self.sequencer.take()
            assert work is not None
            work.sign()
        assert len(work.sealed.executed) == self.size
        with self.times.of("log commit"):
            self.store(work)
        with self.times.of("encoding for the auditors"):
            self.cache.add(work.batch)
        with self.times.of("acknowledging"):
            self.hub.acknowledge(work.sealed, work.batch.signed_header, work.origins)
            answers = [session.data_to_send() for session, _ in frames]
        assert all(answers)
        with self.times.of("finality"):
            proof = certificate(self.world, work.sealed)
            self._log.write([proof])
            self.hub.finalize(proof)
            answers = [session.data_to_send() for session, _ in frames]
        checkpoint = self._keeper.take(work.sealed.header.number)
        if checkpoint is not None:
            self._log.write([checkpoint])
        message = self.cache.get(work.sealed.header.number)
        assert message is not None
        self.frames.append(message)

    def store(self, work: SealedWork[Origin]) -> None:
        sealed = work.sealed
        self._keeper.note(sealed)
        self._log.write([StoredBatch(work.batch, sealed.digest, batch_effects(sealed), pack_outline(sealed))])

    def fund(self, traders: list[KeyPair]) -> None:
        for asset in range(len(self.world.settings.assets)):
            for first in range(0, len(traders), _BATCH):
                some = traders[first : first + _BATCH]
                commit = self.world.deposits(self.machine, *((trader, asset, 1_000_000 * ONE) for trader in some))
                self.sequencer.execute(commit, None)
        work = self.sequencer.take()
        assert work is not None
        work.sign()
        self.store(work)
        self.cache.add(work.batch)
        message = self.cache.get(1)
        assert message is not None
        self.frames.append(message)


class _Auditor:
    """An auditor's parts in the order in which the node calls them, in one thread."""

    def __init__(self, world: World, log: QuantumLog, size: int) -> None:
        self.times = _Times(size)
        self._world = world
        self._terms = Terms(world.settings)
        self._log = log
        self._machine: Machine = world.machine()
        self._tip = Tip.genesis(world.settings)

    def follow(self, message: bytes) -> None:
        with self.times.of("decoding"):
            batch = decode_cluster_message(message)
        assert isinstance(batch, Batch)
        with self.times.of("replay: signatures, execution, roots"):
            check_signed_header(self._terms, batch.signed_header)
            sealed = replay(self._machine, self._tip, batch)
        self._tip = sealed.tip
        with self.times.of("log commit"):
            self._log.write([StoredBatch(batch, sealed.digest)])
        with self.times.of("vote"):
            sign_vote(self._world.constellation, self._world.auditors[0], sealed.header, sealed.digest)


def _orders(
    alpha: _Alpha, traders: list[KeyPair], sessions: list[Session], together: int
) -> Iterator[tuple[Session, bytes]]:
    """Sells that rest at many prices, and buys that each fill one of them: two orders, one fill.

    Args:
        alpha: tells the time.
        traders: who ask, in turn.
        sessions: theirs.
        together: orders under one signature; 1 sends requests.
    """
    world, nonces, makers = alpha.world, [0] * len(traders), len(traders) // 2
    for number in count():
        pair, is_buy = divmod(number, 2)
        place = makers + pair % makers if is_buy else pair % makers
        nonces[place] += 1
        side = Side.BUY if is_buy else Side.SELL
        rests = TimeInForce.GOOD_TILL_CANCELLED
        orders = [
            LimitOrder(0, side, 2_500 + (_PRICES if is_buy else order % _PRICES), ONE, rests, None)
            for order in range(pair * together, (pair + 1) * together)
        ]
        nonce, valid_until = nonces[place], alpha.now_us + _VALIDITY_US // 2
        message: Submit | SubmitBatch
        if together == 1:
            message = Submit(number, world.request(traders[place], orders[0], nonce=nonce, valid_until=valid_until))
        else:
            batch = world.batch(traders[place], orders, nonce=nonce, valid_until=valid_until)
            message = SubmitBatch(number, batch)
        yield sessions[place], encode_client_message(message)


def order_flow(quick: bool) -> Iterator[Figure]:
    """Alpha first, an auditor afterwards with the very messages that alpha would have sent."""
    batches = 12 if quick else 120
    with TemporaryDirectory() as directory, short_pauses():
        take_for_permanent()
        for together, size, name in (
            (1, _BATCH, ""),
            (_TOGETHER, _BATCH_TOGETHER, f", {_TOGETHER} under one signature"),
        ):
            logs = Path(directory) / str(together)
            logs.mkdir()
            frames = yield from _run_alpha(logs / "alpha.sqlite", batches, together, size, f"alpha{name}")
            yield from _run_auditor(logs / "auditor.sqlite", frames, size, f"auditor{name}")


def _run_alpha(path: Path, batches: int, together: int, size: int, who: str) -> Generator[Figure, None, list[bytes]]:
    log = QuantumLog(path, _WORLD.settings)
    alpha = _Alpha(_WORLD, log, size)
    traders = [key_of(f"trader {number}") for number in range(_TRADERS)]
    alpha.fund(traders)
    sessions = [alpha.connect(trader) for trader in traders]
    feed = _orders(alpha, traders, sessions, together)
    for number in range(batches):
        if number % 40 == 0:
            tell(f"{who}: {number} of {batches} batches of {size}")
        alpha.take([next(feed) for _ in range(size // together)])
    log.close()
    yield from alpha.times.figures(who)
    return alpha.frames


def _run_auditor(path: Path, frames: list[bytes], size: int, who: str) -> Iterator[Figure]:
    tell(who)
    log = QuantumLog(path, _WORLD.settings)
    auditor = _Auditor(_WORLD, log, size)
    auditor.follow(frames[0])
    auditor.times = _Times(size)
    for message in frames[1:]:
        auditor.follow(message)
    log.close()
    yield from auditor.times.figures(who)
