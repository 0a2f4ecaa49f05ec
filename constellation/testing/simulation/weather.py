"""Faults drawn at random: which kinds a run has, how often each strikes, and how it ends again."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from random import Random
from typing import Final, Protocol

from constellation.sandbox.faults import FaultKind
from constellation.snapshots import StorageFailure
from constellation.testing.simulation.damage import damage, restore_backup, tear, wipe
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.members import CLUSTER_PORT, Horizon, Node
from constellation.testing.simulation.network import Mangler
from constellation.testing.simulation.simulation import Simulation
from constellation.testing.simulation.threads import DELAY_S, Disk, nothing

_AMNESIA_AUDITORS_MIN: Final = 3
"""With fewer, nobody is left who remembers for the one who forgets."""


class Member(Protocol):
    """A machine that runs a program of the constellation."""

    disk: Disk
    stop: asyncio.Event

    @property
    def name(self) -> str:
        """Of the machine."""

    @property
    def host(self) -> Host:
        """The machine."""

    @property
    def current(self) -> object | None:
        """What runs; None before it has begun."""

    def revive(self) -> None:
        """Start it if it does not run."""


class Weather:
    """Disturbs a simulation.

    Args:
        simulation: to disturb.
        name: of the generator that decides.
    """

    def __init__(self, simulation: Simulation, name: str = "weather") -> None:
        self._simulation = simulation
        self._random: Random = simulation.random(name)
        self._kinds = [(kind, self._random.choice((0, 0, 1, 3))) for kind in self.kinds()]
        self._pause_s = self._random.choice((1.0, 3.0, 8.0))
        self._is_calm = False

    def kinds(self) -> list[Callable[[], None]]:
        """What can happen."""
        return [
            self._kill,
            self._kill_trader,
            self._power_failure,
            self._pause,
            self._stop,
            self._isolate,
            self._split,
            self._one_way,
            self._bridge,
            self._clog,
            self._swizzle,
            self._reset_connections,
            self._slow_disk,
            self._failing_disk,
            self._full_disk,
            self._wipe,
            self._damage,
            self._old_backup,
            self._skew,
            self._disturb_horizon,
            self._mangle,
        ]

    async def rage(self, duration_s: float) -> None:
        """Disturb for some time; what is begun may last longer."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + duration_s
        kinds, weights = zip(*self._kinds, strict=True)
        while loop.time() < end_s:
            await asyncio.sleep(self._random.expovariate(1 / self._pause_s))
            if any(weights):
                kind = self._random.choices(kinds, weights)[0]
                self._simulation.oracles.count(f"fault {kind.__name__.strip('_')}")
                kind()

    def calm(self) -> None:
        """Nothing fails any more, and everything runs."""
        self._is_calm = True
        simulation = self._simulation
        network = simulation.network
        network.delays_s.clear()
        self._stop_mangling()
        network.mend_all()
        for disk in simulation.disks.values():
            disk.mend()
        for horizon in simulation.horizons:
            horizon.server.faults.clear()
        for host in simulation.hosts.values():
            host.clock_offset_us = 0
            if host.process is not None:
                host.process.resume()
        for node in simulation.nodes:
            node.revive()
        for trader in simulation.traders:
            if not trader.host.is_running:
                simulation.start_trader(trader)

    # --- helpers ------------------------------------------------------------------------------------------------

    def _later(self, delay_s: float, act: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(delay_s, lambda: None if self._is_calm else act())

    def _span_s(self) -> float:
        return self._random.choice((0.1, 1.0, 5.0, 30.0)) * self._random.uniform(0.5, 1.5)

    def _node(self) -> Node:
        nodes = self._simulation.nodes
        return self._random.choice([nodes[0], *nodes[1:]] if len(nodes) < 4 else [nodes[0], nodes[0], *nodes[1:]])

    def _member(self) -> Member:
        """Whom something happens to."""
        return self._node()

    def _hosts(self) -> list[Host]:
        return [node.host for node in self._simulation.nodes]

    def _crash(self, node: Member, *, power: bool) -> None:
        self._simulation.kill(node.host, power=power)
        self._later(self._span_s(), lambda: node.revive())

    # --- processes ----------------------------------------------------------------------------------------------

    def _kill(self) -> None:
        self._crash(self._member(), power=False)

    def _kill_trader(self) -> None:
        trader = self._random.choice(self._simulation.traders)
        self._simulation.kill(trader.host, power=self._random.random() < 0.5)

        def restart() -> None:
            if not trader.host.is_running:
                self._simulation.start_trader(trader)

        self._later(self._span_s(), restart)

    def _power_failure(self) -> None:
        """Now, or in the middle of the next write, of which a part is there then."""
        node = self._member()
        disk = self._simulation.disks[node.name]
        if self._random.random() < 0.5:
            self._lose_power(node, disk)
            return

        def fail() -> None:
            asyncio.get_running_loop().call_soon(self._lose_power, node, disk, context=Context())

        self._strike(disk, "after", fail)

    def _lose_power(self, node: Member, disk: Disk) -> None:
        if disk.unsafe is not None:
            self._simulation.oracles.count("torn writes")
        self._crash(node, power=True)
        tear(disk, self._random)

    def _pause(self) -> None:
        process = self._member().host.process
        if process is not None:
            process.stop()
            self._later(self._span_s(), process.resume)

    def _stop(self) -> None:
        node = self._member()
        if node.host.is_running and node.current is not None:
            node.stop.set()
            self._later(self._span_s() + 5.0, lambda: node.revive())

    # --- the network --------------------------------------------------------------------------------------------

    def _cut(self, pairs: list[tuple[Host, Host]], span_s: float) -> None:
        network = self._simulation.network
        for source, target in pairs:
            network.cut(source, target)

        def mend() -> None:
            for source, target in pairs:
                network.mend(source, target)

        self._later(span_s, mend)

    def _isolate(self) -> None:
        one = self._member().host
        others = [host for host in self._simulation.hosts.values() if host is not one]
        self._cut([pair for other in others for pair in ((one, other), (other, one))], self._span_s())

    def _split(self) -> None:
        hosts = self._hosts()
        left = [host for host in hosts if self._random.random() < 0.5]
        right = [host for host in hosts if host not in left]
        self._cut([pair for a in left for b in right for pair in ((a, b), (b, a))], self._span_s())

    def _one_way(self) -> None:
        source, target = self._random.sample(self._hosts(), 2)
        self._cut([(source, target)], self._span_s())

    def _bridge(self) -> None:
        """Alpha reaches one auditor alone."""
        alpha, *auditors = self._hosts()
        lost = auditors[:]
        lost.remove(self._random.choice(auditors))
        self._cut([pair for other in lost for pair in ((alpha, other), (other, alpha))], self._span_s())

    def _clog(self) -> None:
        source, target = self._random.sample(self._hosts(), 2)
        self._slow_down(source, target, self._random.choice((0.3, 2.0, 10.0)), self._span_s())

    def _slow_down(self, source: Host, target: Host, delay_s: float, span_s: float) -> None:
        delays = self._simulation.network.delays_s
        pair = source.name, target.name
        delays[pair] = delay_s

        def mend() -> None:
            delays.pop(pair, None)

        self._later(span_s, mend)

    def _swizzle(self) -> None:
        """Cut off some one by one, and let them in again in another order."""
        alpha, *auditors = self._hosts()
        chosen = self._random.sample(auditors, self._random.randint(1, len(auditors)))
        for host in chosen:
            pairs = [(alpha, host), (host, alpha)]
            start_s, span_s = self._random.uniform(0, 5), self._random.uniform(1, 20)
            self._later(start_s, lambda pairs=pairs, span_s=span_s: self._cut(pairs, span_s))  # type: ignore[misc]

    def _reset_connections(self) -> None:
        self._simulation.network.reset_all(self._member().host)

    def _mangle(self) -> None:
        """Somebody on the way repeats, swaps, drops and changes what auditors and alpha send to each other."""
        network, random = self._simulation.network, self._random
        network.mangler = lambda source, target, port: _mangler(random) if port == CLUSTER_PORT else None
        self._later(self._span_s(), self._stop_mangling)

    def _stop_mangling(self) -> None:
        """Whoever is on the way goes, and the connections that led through it with it: what it took never comes."""
        network = self._simulation.network
        network.mangler = lambda *_: None
        network.reset_all(self._simulation.alpha.host)

    # --- disks --------------------------------------------------------------------------------------------------

    def _slow_disk(self) -> None:
        disk = self._simulation.disks[self._member().name]
        disk.delay_s = self._random.choice((0.02, 0.2, 1.0))
        self._later(self._span_s(), lambda: setattr(disk, "delay_s", DELAY_S))

    def _failing_disk(self) -> None:
        """The next thing that is asked of a disk fails: done all the same, or not."""
        self._fail_disk(self._member(), "disk I/O error", self._random.choice(("before", "after")))

    def _full_disk(self) -> None:
        self._fail_disk(self._member(), "database or disk is full", "before")

    def _fail_disk(self, node: Member, message: str, moment: str) -> None:
        disk = self._simulation.disks[node.name]
        self._simulation.excuses[node.name] = message

        def fail() -> None:
            raise self._disk_error(message)

        self._strike(disk, moment, fail)
        self._later(self._span_s() + 3.0, lambda: self._recover(node))

    def _strike(self, disk: Disk, moment: str, act: Callable[[], None]) -> None:
        """Do something before or after a piece of a disk's work that is to come."""
        left = self._pieces_spared()

        def strike() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                setattr(disk, moment, nothing)
                act()

        setattr(disk, moment, strike)

    def _pieces_spared(self) -> int:
        """Of a disk's work, before something strikes it; all that a node's disk does is to write."""
        return 0

    def _disk_error(self, message: str) -> Exception:
        """What a program is told."""
        return StorageFailure(message)

    def _recover(self, node: Member) -> None:
        disk = node.disk
        disk.before = disk.after = nothing
        node.revive()

    def _forget(self, node: Node, change: Callable[[], None]) -> None:
        """Kill a node and change what is on its disk, when all others remember."""
        if not self._may_forget(node):
            return
        self._simulation.excuses[node.name] = "its disk was changed"
        self._simulation.oracles.count(f"disk of {'alpha' if node.is_alpha else 'an auditor'} changed")
        self._simulation.kill(node.host)
        change()
        self._later(self._span_s(), lambda: node.revive())

    def _may_forget(self, node: Node) -> bool:
        simulation = self._simulation
        if len(simulation.auditors) < _AMNESIA_AUDITORS_MIN or simulation.oracles.forgers:
            return False  # one who lies does not remember for others
        return all(_remembers(other) for other in simulation.nodes if other is not node)

    def _wipe(self) -> None:
        node = self._node()
        self._forget(node, lambda: wipe(node.data_directory))

    def _damage(self) -> None:
        node = self._node()
        self._forget(node, lambda: damage(node.data_directory, self._random))

    def _old_backup(self) -> None:
        """An earlier life's disk is put in the place of the present one's."""
        node = self._node()
        if node.host.lives > 1:
            life = self._random.randrange(1, node.host.lives)
            self._forget(node, lambda: restore_backup(node.host.directory / f"life-{life}", node.data_directory))

    # --- clocks and the ledger ----------------------------------------------------------------------------------

    def _skew(self) -> None:
        """Clocks jump forwards and backwards, within what auditors accept."""
        self._node().host.clock_offset_us = self._random.choice((-4_000_000, -300_000, 0, 300_000, 4_000_000))

    def _disturb_horizon(self) -> None:
        horizon: Horizon = self._random.choice(self._simulation.horizons)
        rules: list[tuple[FaultKind, dict[str, object]]] = [
            (FaultKind.DROP, {"probability": 0.5}),
            (FaultKind.STATUS, {"status": 503}),
            (FaultKind.STATUS, {"status": 429, "retry_after_s": 2}),
            (FaultKind.TIMEOUT, {}),
            (FaultKind.DELAY, {"delay_s": 5.0}),
            (FaultKind.LAG, {"ledgers": 2}),
            (FaultKind.FREEZE, {}),
            (FaultKind.DUPLICATE, {}),
            (FaultKind.CUT, {"probability": 0.3}),
            (FaultKind.UNDECODABLE, {"probability": 0.2}),
        ]
        faults = horizon.server.faults
        faults.clear()
        kind, parts = self._random.choice(rules)
        faults.add(kind, **parts)
        self._later(self._span_s() + 10.0, faults.clear)


def _remembers(node: Node) -> bool:
    """Whether a node's disk has all that it has ever said."""
    if node.is_alpha:
        return node.host.is_running
    status = node.status
    return bool(status["ready"]) and not status["recovering"]


def _mangler(random: Random) -> Mangler:
    """Bytes that go wrong in some way, after the connection has been opened."""
    chance = random.choice((0.002, 0.02))
    seen = 0
    kept: list[bytes] = []

    def mangle(data: bytes) -> list[bytes]:
        nonlocal seen
        seen += 1
        out = [data, *kept]
        kept.clear()
        if seen < 3 or random.random() > chance:
            return out
        kind = random.choice(("repeat", "drop", "swap", "flip"))
        if kind == "repeat":
            return [*out, data]
        if kind == "drop":
            return out[1:]
        if kind == "swap":
            kept.append(data)
            return out[1:]
        place = random.randrange(len(data))
        return [data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :], *out[1:]]

    return mangle
