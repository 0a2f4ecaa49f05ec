"""How long a node takes from its start until it knows everything again."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from benchmarks.exchange import Exchange, certificate
from benchmarks.figures import Figure
from benchmarks.measuring import Stopwatch, tell
from constellation.node.storage import OpenedLog, open_log
from constellation.protocol.messages import Settings
from constellation.quanta import SealedBatch
from constellation.snapshots import CheckpointKeeper, QuantumLog, StoredBatch

_BATCH = 100
_TRADERS = 10_000
_TAIL_BATCHES = 5
_QUANTA = 350_000  # more than the last five minutes, which alpha reads: what is older costs a restart nothing
_TOLD_EVERY_BATCHES = 1_000
_TRANSACTION_BATCHES = 50


def replay_rate(quick: bool) -> Iterator[Figure]:
    """A log without a checkpoint, read from its first batch."""
    exchange = Exchange(20 if quick else 500, signed=True)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "log.sqlite"
        _write(path, exchange, 3 if quick else 500)
        tell("replaying")
        _, watch = _open(path, exchange.world.settings)
        yield Figure("quanta replayed, per second of CPU", exchange.machine.state.apex / watch.cpu_s, "quanta/s")


def restart(quick: bool) -> Iterator[Figure]:
    """A long log with a checkpoint near its end, opened as alpha and as an auditor would."""
    exchange = Exchange(50 if quick else _TRADERS)
    batches = 10 if quick else _QUANTA // _BATCH
    with TemporaryDirectory() as directory:
        path = Path(directory) / "log.sqlite"
        _write(path, exchange, batches, checkpoint=True)
        settings, apex = exchange.world.settings, exchange.machine.state.apex
        yield Figure("quanta in the log", apex, "quanta")
        yield Figure("size of the log", path.stat().st_size / 1e6, "MB")
        yield from _reopen("alpha", path, settings, apex)
        _drop_effects(path, settings)
        yield from _reopen("auditor", path, settings, apex)


def _reopen(role: str, path: Path, settings: Settings, apex: int) -> Iterator[Figure]:
    tell(f"restarting as {role}")
    opened, watch = _open(path, settings)
    assert opened.restored.machine.state.apex == apex
    assert opened.restored.replayed_from > 1, "the checkpoint was used"
    answers = sum(len(sealed.executed) for sealed, _ in opened.recent)
    yield Figure(f"{role}: ready after", watch.cpu_s, "s")
    yield Figure(f"{role}: ready after, wall", watch.wall_s, "s")
    yield Figure(f"{role}: answers remembered", answers, "answers")


def _open(path: Path, settings: Settings) -> tuple[OpenedLog, Stopwatch]:
    watch = Stopwatch()
    opened = open_log(path, settings)
    opened.log.close()
    return opened, watch


def _write(path: Path, exchange: Exchange, batches: int, *, checkpoint: bool = False) -> None:
    """Store deposits, then ``batches`` of the flow; with a checkpoint, a short signed tail comes after it."""
    log = QuantumLog(path, exchange.world.settings)
    pending: list[StoredBatch] = [exchange.stored(exchange.seal(executed)) for executed in exchange.fund()]
    for number in range(batches):
        is_last = checkpoint and number == batches - 1
        sealed = exchange.seal(exchange.trade(_BATCH), checkpoint=is_last)
        pending.append(exchange.stored(sealed))
        if len(pending) >= _TRANSACTION_BATCHES or number == batches - 1:
            log.write(pending)
            pending = []
        if number % _TOLD_EVERY_BATCHES == 0:
            tell(f"writing the log: {exchange.machine.state.apex:,} quanta")
    if checkpoint:
        _write_checkpoint(log, exchange, sealed)
        exchange.signed = True
        log.write([exchange.stored(exchange.seal(exchange.trade(_BATCH))) for _ in range(_TAIL_BATCHES)])
    log.close()


def _write_checkpoint(log: QuantumLog, exchange: Exchange, sealed: SealedBatch) -> None:
    keeper = CheckpointKeeper(restored=False)
    keeper.note(sealed)
    checkpoint = keeper.take(sealed.header.number)
    assert checkpoint is not None
    log.write([certificate(exchange.world, sealed), checkpoint])


def _drop_effects(path: Path, settings: Settings) -> None:
    """Make the log what an auditor's would be."""
    log = QuantumLog(path, settings)
    with log.engine.begin() as connection:
        connection.execute(text("UPDATE batches SET effects = NULL"))
    log.close()
