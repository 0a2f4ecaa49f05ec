"""A constellation in one process: ledger, Horizon servers, alpha, auditors and traders on machines of their own."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from constellation.node.config import CHRONICLE_PEERS_MAX
from constellation.protocol.errors import Divergence
from constellation.protocol.signing import KeyPair
from constellation.snapshots import StorageFailure
from constellation.testing.money.street import Street
from constellation.testing.money.world import VaultWorld
from constellation.testing.simulation import taps, threads, virtual_time
from constellation.testing.simulation.chroniclers import Chronicler
from constellation.testing.simulation.dishonest import Lie, forge
from constellation.testing.simulation.hosts import PROCESS, Host
from constellation.testing.simulation.loop import SimulatedLoop
from constellation.testing.simulation.members import CLIENT_PORT, Horizon, Node
from constellation.testing.simulation.network import Network
from constellation.testing.simulation.oracles import Broken, Oracles
from constellation.testing.simulation.threads import Disk
from constellation.testing.simulation.traders import Trader
from constellation.testing.simulation.vandal import Vandal
from constellation.testing.world import START_US

log = logging.getLogger(__name__)

_LOOK_S: Final = 0.5
_TASK_LIFETIME_S: Final = 60


@dataclass(frozen=True)
class Size:
    """How large a constellation is, and what its operators have chosen.

    Attributes:
        auditors: how many.
        channels: how many.
        traders: how many.
        rules: of the nodes' configuration.
        chroniclers: how many.
    """

    auditors: int
    channels: int
    traders: int
    rules: dict[str, Any]
    chroniclers: int = 0

    @classmethod
    def draw(cls, random: Random) -> "Size":
        """Any size that the design allows, mostly small ones."""
        rules = {
            "horizon_streams": random.random() < 0.5,
            "poll_interval_s": random.choice((1.0, 3.0, 5.0)),
            "checkpoint_quanta": random.choice((10, 50, 1000)),
            "checkpoint_interval_s": random.choice((5.0, 20.0, 60.0)),
        }
        auditors = random.choice((1, 2, 3, 3, 3, 3, 3, 4, 4, 5, 5, 7))
        if random.random() < 0.02:
            auditors = 19
        channels, traders = random.choice((1, 2, 3)), random.choice((2, 2, 3))
        return cls(auditors, channels, traders, rules, random.choice((0, 0, 1, 2)))


class Simulation:
    """All that there is; made once in a process, which it takes over.

    Args:
        seed: decides everything.
        directory: for the machines' disks; empty.
        size: drawn from the seed when it is not given.

    Attributes:
        loop: the time.
        network: between the machines.
        world: ledger, keys and settings.
        nodes: alpha first.
        chroniclers: all of them.
        traders: all of them.
        oracles: watch.
        excuses: machines to which something was done that lets their node end, or forget what only it knew.
    """

    def __init__(self, seed: int | str, directory: Path, size: Size | None = None) -> None:
        self.seed = seed
        self._bytes = self.random("bytes")
        self._directory = directory
        self.network = Network(self.random("network"))
        self.loop = SimulatedLoop(self.network)
        asyncio.set_event_loop(self.loop)
        self.size = size or Size.draw(self.random("size"))
        self.world = VaultWorld(self.size.auditors, self.size.channels, _TASK_LIFETIME_S, self.size.traders)
        self.disks: dict[str, Disk] = {}
        self.hosts: dict[str, Host] = {}
        self.oracles = Oracles(self.world, {}, lambda: f"[{self.loop.time():.6f}]", self._look_into_one)
        self.excuses: dict[str, str] = {}
        self.horizons: list[Horizon] = []
        self.nodes: list[Node] = []
        self.chroniclers: list[Chronicler] = []
        self.traders: list[Trader] = []
        self.vandal: Vandal
        self.street = Street(self.random("street"), self.world)
        self.loop.set_exception_handler(self._on_exception)
        virtual_time.begin(self)
        threads.install(lambda process: self.disks[process.host.name])
        taps.install(self.oracles)

    def _on_exception(self, _: asyncio.AbstractEventLoop, details: dict[str, Any]) -> None:
        """Nothing is allowed to fail unseen."""
        error = details.get("exception")
        log.error(details["message"], exc_info=error)
        self.oracles.find(f"{details['message']}: {error!r}")

    def random(self, name: str) -> Random:
        """A generator of one part of the simulation: what other parts draw does not change it."""
        return Random(f"{self.seed}/{name}")

    # --- nature -------------------------------------------------------------------------------------------------

    def monotonic_s(self) -> float:
        """See :class:`.virtual_time.Nature`."""
        return self.loop.time()

    def wall_ns(self) -> int:
        """See :class:`.virtual_time.Nature`."""
        process = PROCESS.get(None)
        offset_us = 0 if process is None else process.host.clock_offset_us
        return (START_US + offset_us) * 1000 + round(self.loop.time() * 1e9)

    def random_bytes(self, count: int) -> bytes:
        """See :class:`.virtual_time.Nature`."""
        return self._bytes.randbytes(count)

    # --- machines -----------------------------------------------------------------------------------------------

    def _host(self, name: str) -> Host:
        host = Host(name, f"10.0.0.{len(self.hosts) + 1}", self._directory / name)
        self.hosts[name] = host
        self.disks[name] = Disk(self.random(f"disk of {name}"))
        self.network.add(host)
        return host

    def build(self) -> None:
        """Make all machines and start what runs on them."""
        for number in range(self.size.auditors + 1):
            horizon = Horizon(self._host(f"horizon-{number}"), self.world, closes=not number)
            horizon.host.start(horizon.serve)
            self.horizons.append(horizon)
        alpha = self._host("alpha")
        self.nodes.append(self._node(alpha, self.world.alpha, alpha, self.horizons[0]))
        for number, key_pair in enumerate(self.world.auditors, 1):
            self.nodes.append(self._node(self._host(f"auditor-{number}"), key_pair, alpha, self.horizons[number]))
        url = f"ws://{alpha.address}:{CLIENT_PORT}"
        for number, key_pair in enumerate(self.world.traders, 1):
            host = self._host(f"trader-{number}")
            others = [other for other in self.world.traders if other is not key_pair]
            trader = Trader(host, key_pair, self.world.settings, url, others, self.random(host.name))
            self.traders.append(trader)
        vandal = self._host("vandal")
        self.vandal = Vandal(vandal, self.world.settings, url, self.traders, self.random("vandal"))
        self._add_chroniclers()

    def _add_chroniclers(self) -> None:
        """Each follows some nodes; all of them when the first ones fail."""
        random = self.random("chroniclers")
        for number in range(1, self.size.chroniclers + 1):
            host = self._host(f"chronicler-{number}")
            peers = [node.host for node in random.sample(self.nodes, len(self.nodes))]
            disk = self.disks[host.name]
            self.chroniclers.append(Chronicler(host, disk, self.world.settings, peers[:CHRONICLE_PEERS_MAX]))

    @property
    def _rules(self) -> dict[str, Any]:
        return {**self.size.rules, "feeds": self.size.chroniclers > 0}

    def _node(self, host: Host, key_pair: KeyPair, alpha: Host, horizon: Horizon) -> Node:
        return Node(host, key_pair, self.world, horizon, alpha, self.disks[host.name], self._rules)

    @property
    def alpha(self) -> Node:
        """The one."""
        return self.nodes[0]

    @property
    def auditors(self) -> list[Node]:
        """All of them."""
        return self.nodes[1:]

    @property
    def accounts(self) -> list[Trader]:
        """All traders and their sub-accounts."""
        return [account for trader in self.traders for account in trader.accounts]

    def add_twin(self) -> Node:
        """Another alpha with the same key, on a machine of its own."""
        twin = self._host("twin")
        return self._node(twin, self.world.alpha, twin, self.horizons[0])

    def make_dishonest(self, node: Node, lie: Lie, name: str) -> None:
        """From now on, what ``node`` says is what ``lie`` makes of it."""
        node.is_honest = False
        self.oracles.forgers[node.name] = forge(lie)
        self.oracles.count(f"{'alpha' if node.is_alpha else 'auditor'} lies: {name}")

    def start_trader(self, trader: Trader) -> None:
        """Run a trader's program."""
        trader.host.start(trader.live)

    def kill(self, host: Host, *, power: bool = False) -> None:
        """End what runs on a machine, and take its power if asked."""
        if host.is_running:
            assert host.process is not None
            host.is_powered = not power
            host.process.end()

    # --- running ------------------------------------------------------------------------------------------------

    def run(self, story: Callable[["Simulation"], Coroutine[Any, Any, None]]) -> None:
        """Let ``story`` happen.

        Raises:
            Broken: a promise was broken.
        """

        async def watched() -> None:
            self.build()
            watch = asyncio.create_task(self._watch())
            telling = asyncio.create_task(story(self))
            done, _ = await asyncio.wait([watch, telling], return_when=asyncio.FIRST_COMPLETED)
            for task in (telling, watch):
                if task in done:
                    task.result()
            self.oracles.check()

        self.loop.run_until_complete(watched())

    async def _watch(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(_LOOK_S)

    def look(self) -> None:
        """Look at everything now.

        Raises:
            Broken: a promise was broken.
        """
        for node in self.nodes:
            self._look_into(node)
            self._look_at_end(node)
        for chronicler in self.chroniclers:
            self._look_at_chronicler(chronicler)
        for trader in self.traders:
            self._look_at_trader(trader)
        for account in self.accounts:
            self._look_at_account(account)
        for success in self.vandal.successes:
            self.oracles.find(success)
        self.oracles.check()

    def _look_into_one(self, name: str) -> None:
        node = next((node for node in self.nodes if node.name == name), None)
        if node is not None:
            self._look_into(node)

    def _look_into(self, node: Node) -> None:
        if node.host.is_running and node.current is not None and node.is_honest:
            self.oracles.look_at(node.name, node.current)

    def _look_at_end(self, node: Node) -> None:
        """A node may end by itself only for a reason."""
        process = node.host.process
        error = None if process is None else process.error
        if error is None or not node.is_honest:
            return
        is_excused = node.name in self.excuses and isinstance(error, StorageFailure | Divergence)
        if not is_excused:
            log.error("a node ended", exc_info=error)
            self.oracles.find(f"{node.name} ended: {type(error).__name__}: {error}")

    def _look_at_chronicler(self, chronicler: Chronicler) -> None:
        """It may end by itself only when its disk has failed."""
        process = chronicler.host.process
        error = None if process is None else process.error
        if error is not None and chronicler.name not in self.excuses:
            log.error("a chronicler ended", exc_info=error)
            self.oracles.find(f"{chronicler.name} ended: {_describe(error)}")

    def _look_at_trader(self, trader: Trader) -> None:
        process = trader.host.process
        error = None if process is None else process.error
        if error is not None:
            self.oracles.find(f"{trader.host.name} ended: {_describe(error)}")

    def _look_at_account(self, account: Trader) -> None:
        for problem in [*account.memory.errors, *account.keyring.errors]:
            self.oracles.find(f"{account.name}: {problem}")
        if account.memory.void and "alpha" not in self.excuses:
            self.oracles.find(f"{account.name} was told something that did not take place")

    async def until(self, problems: Callable[[], list[str]], patience_s: float) -> None:
        """Wait until nothing is in the way any more.

        Raises:
            Broken: something still is.
        """
        deadline_s = self.loop.time() + patience_s
        while found := problems():
            if self.loop.time() > deadline_s:
                raise Broken(f"[{self.loop.time():.3f}] still after {patience_s:.0f} s: {'; '.join(found)}")
            await asyncio.sleep(0.2)


def _describe(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_describe(part) for part in error.exceptions)
    return f"{type(error).__name__}: {error}"
