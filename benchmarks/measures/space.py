"""What accounts, orders and quanta take in memory and on the disk."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.exchange import NO_SIGNATURE, Exchange, account_key, open_accounts
from benchmarks.figures import Figure
from benchmarks.measuring import resident_bytes, tell
from constellation.protocol.messages import LimitOrder, Request, Side, SignedRequest, TimeInForce
from constellation.quanta import Machine
from constellation.snapshots import CheckpointKeeper, QuantumLog
from constellation.testing import World
from constellation.testing.world import ONE, START_US

_ORDERS_EACH = 40


def memory(quick: bool) -> Iterator[Figure]:
    """Growth of this process by accounts, then by resting orders."""
    accounts, orders = (2_000, 4_000) if quick else (300_000, 300_000)
    machine = World().machine()
    _settle(machine)
    tell(f"{accounts:,} accounts")
    before = resident_bytes()
    open_accounts(machine.state, range(accounts))
    _settle(machine)
    after = resident_bytes()
    yield Figure("one account with three balances", max(0, after - before) / accounts, "bytes")
    tell(f"{orders:,} orders")
    for number in range(orders):
        order = LimitOrder(0, Side.SELL, 2_500 + number % 1_000, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
        request = Request(account_key(number // _ORDERS_EACH), None, number + 1, START_US + 1, order)
        machine.execute(START_US, SignedRequest(request, NO_SIGNATURE))
    _settle(machine)
    yield Figure("one resting order", max(0, resident_bytes() - after) / orders, "bytes")


def _settle(machine: Machine) -> None:
    """Take everything into the tree, and let go of what only a checkpoint would need."""
    machine.state.root()
    machine.state.take_unsaved()


def disk(quick: bool) -> Iterator[Figure]:
    """Growth of the log file by quanta, with and without effects, and by a checkpoint."""
    batches, accounts = (3, 1_000) if quick else (400, 100_000)
    with TemporaryDirectory() as directory:
        for effects, whose in ((True, "with effects"), (False, "without effects")):
            tell(f"{batches} batches of 100 quanta {whose}")
            path = Path(directory) / f"{whose}.sqlite"
            yield Figure(f"one quantum {whose}", _write_quanta(path, batches, effects=effects) / batches / 100, "bytes")
        tell(f"a checkpoint of {accounts:,} accounts")
        size = _write_checkpoint(Path(directory) / "checkpoint.sqlite", accounts)
        yield Figure("one account in a checkpoint", size / accounts, "bytes")


def _write_quanta(path: Path, batches: int, *, effects: bool) -> int:
    """Store batches of 100; the bytes that the file has grown by."""
    exchange = Exchange(1_000)
    for executed in exchange.fund():
        exchange.seal(executed)
    size = _create(path, exchange.world)
    log = QuantumLog(path, exchange.world.settings)
    for _ in range(batches):
        log.write([exchange.stored(exchange.seal(exchange.trade(100)), effects=effects)])
    log.close()
    return path.stat().st_size - size


def _write_checkpoint(path: Path, accounts: int) -> int:
    exchange = Exchange(0)
    size = _create(path, exchange.world)
    open_accounts(exchange.machine.state, range(accounts))
    sealed = exchange.seal([], checkpoint=True)
    keeper = CheckpointKeeper(restored=False)
    keeper.note(sealed)
    checkpoint = keeper.take(sealed.header.number)
    assert checkpoint is not None
    log = QuantumLog(path, exchange.world.settings)
    log.write([exchange.stored(sealed), checkpoint])
    log.close()
    return path.stat().st_size - size


def _create(path: Path, world: World) -> int:
    """An empty log; the size of its file."""
    QuantumLog(path, world.settings).close()
    return path.stat().st_size
