"""One run by its seed: first anything may fail, then everything is well and must come to rest."""

import asyncio
import logging
import resource
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constellation.protocol.quorum import quorum_of
from constellation.testing.money.world import LEDGER_S
from constellation.testing.simulation.chronicler_weather import ChroniclerWeather
from constellation.testing.simulation.chronicles import check_chronicles
from constellation.testing.simulation.dishonest import DishonestAlpha, DishonestAuditor
from constellation.testing.simulation.history import check_history, check_what_is_final
from constellation.testing.simulation.members import Node
from constellation.testing.simulation.operating import AlphaOperator
from constellation.testing.simulation.oracles import Broken
from constellation.testing.simulation.simulation import Simulation, Size
from constellation.testing.simulation.weather import Weather

log = logging.getLogger(__name__)

_SAFETY_S: Final = (15.0, 30.0, 60.0)
_PATIENCE_S: Final = 240.0
_REVIVALS_MAX: Final = 20
_REVIVAL_S: Final = 3.0
_DISHONEST_ALPHA: Final = 0.1
_DISHONEST_AUDITORS: Final = 0.3
_VANDAL: Final = 0.3


Story = Callable[[Simulation], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Outcome:
    """What a run came to; but for the CPU time, the same for the same seed.

    Attributes:
        seed: of the run.
        error: which promise was broken, if one was.
        virtual_s: how long it took, in the run's own time.
        cpu_s: how long it took.
        trace: a hash over everything that happened.
        tally: how often what happened.
    """

    seed: int
    error: str | None
    virtual_s: float
    cpu_s: float
    trace: str
    tally: dict[str, int]


def run(seed: int, directory: Path) -> Outcome:
    """Run one constellation; takes over the process.

    Args:
        seed: decides everything.
        directory: for the machines' disks; empty.
    """
    return play(_story, seed, directory)


def play(story: Story, seed: int, directory: Path, size: Size | None = None) -> Outcome:
    """Let a story happen to a constellation; takes over the process.

    Args:
        story: what happens.
        seed: decides everything that the story does not.
        directory: for the machines' disks; empty.
        size: of the constellation; drawn from the seed when it is not given.
    """
    simulation = Simulation(seed, directory, size)
    error = None
    try:
        simulation.run(story)
    except Broken as broken:
        error = str(broken)
    except Exception as failure:
        log.exception("the run failed")
        error = f"the run failed: {type(failure).__name__}: {failure}"
    oracles = simulation.oracles
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = round(usage.ru_utime + usage.ru_stime, 3)
    return Outcome(seed, error, round(simulation.loop.time(), 6), cpu_s, oracles.trace.hexdigest(), oracles.tally)


async def _story(simulation: Simulation) -> None:
    random = simulation.random("story")
    weather = Weather(simulation)
    _cast(simulation)
    begin(simulation)
    duration_s = random.choice(_SAFETY_S)
    simulation.loop.call_later(LEDGER_S, _act_on_ledger, simulation, random.uniform(0.5, 5.0), duration_s)
    chronicler_weather = ChroniclerWeather(simulation)
    operator = AlphaOperator(simulation)
    async with asyncio.TaskGroup() as group:
        group.create_task(operator.work(duration_s))
        if simulation.chroniclers:
            group.create_task(chronicler_weather.rage(duration_s))
        await weather.rage(duration_s)
    if not simulation.alpha.is_honest:
        check_what_is_final(simulation)  # who must halt when alpha lies has halted: there is no rest to come to
        return
    weather.calm()
    chronicler_weather.calm()
    reopening = asyncio.create_task(operator.reopen())
    await come_to_rest(simulation)
    reopening.cancel()


def _cast(simulation: Simulation) -> None:
    """Decide who is dishonest: in most runs nobody, in some alpha, in some as many auditors as may be."""
    random, auditors = simulation.random("cast"), simulation.auditors
    chance = random.random()
    if chance < _DISHONEST_ALPHA:
        lie = DishonestAlpha(simulation.world, simulation.random("alpha lies"))
        simulation.make_dishonest(simulation.alpha, lie, lie.name)
        simulation.excuses.update((node.name, "alpha lies") for node in simulation.nodes)
    elif chance < _DISHONEST_AUDITORS:
        count = len(auditors) - quorum_of(simulation.world.settings)
        _corrupt(simulation, random.sample(auditors, count), random.uniform(0.0, 10.0))
    if random.random() < _VANDAL:
        simulation.vandal.host.start(simulation.vandal.live)


def begin(simulation: Simulation) -> None:
    """Start all nodes in some order, and the traders, whose deposits are on their way."""
    nodes = simulation.nodes
    for node in simulation.random("begin").sample(nodes, len(nodes)):
        node.start()
    simulation.street.open_accounts()
    for chronicler in simulation.chroniclers:
        chronicler.start()
    for trader in simulation.traders:
        simulation.start_trader(trader)


def _corrupt(simulation: Simulation, nodes: list[Node], delay_s: float) -> None:
    """Let auditors lie some time after the constellation has begun, which is when all of them are needed."""

    def corrupt() -> None:
        if all(node.status["ready"] for node in simulation.nodes):
            for node in nodes:
                foe = DishonestAuditor(simulation.world, node.key_pair, simulation.random(f"{node.name} lies"))
                simulation.make_dishonest(node, foe, foe.name)
        else:
            simulation.loop.call_later(1.0, corrupt)

    simulation.loop.call_later(delay_s, corrupt)


def _act_on_ledger(simulation: Simulation, pause_s: float, until_s: float) -> None:
    if simulation.loop.time() < until_s:
        simulation.street.act()
        simulation.loop.call_later(pause_s, _act_on_ledger, simulation, pause_s, until_s)


async def come_to_rest(simulation: Simulation) -> None:
    """Everybody finishes what was begun; then all must agree, and history must be what was told.

    Raises:
        Broken: something is stuck, or is not as it must be.
    """
    for account in simulation.accounts:
        account.is_quiet = True
    operators = asyncio.create_task(_revive(simulation))
    await simulation.until(lambda: unrest(simulation), _PATIENCE_S)
    operators.cancel()
    check_history(simulation)
    check_chronicles(simulation)


async def _revive(simulation: Simulation) -> None:
    """Operators look after their nodes, but not for ever.

    An auditor that has promised a later epoch than the one that a quorum has opened stays out until alpha starts anew.
    """
    alpha = simulation.alpha
    for number in range(_REVIVALS_MAX):
        for node in simulation.nodes:
            node.revive()
        for chronicler in simulation.chroniclers:
            chronicler.revive()
        is_somebody_missing = not all(node.status["ready"] for node in simulation.nodes if node.is_honest)
        if number == _REVIVALS_MAX // 2 and alpha.status["ready"] and is_somebody_missing:
            alpha.stop.set()
        await asyncio.sleep(_REVIVAL_S)


def unrest(simulation: Simulation) -> list[str]:
    """What is not done yet."""
    found = []
    statuses: dict[str, dict[str, Any]] = {}
    for node in simulation.nodes:
        if node.is_honest:
            status = statuses[node.name] = node.status
            if not status["ready"]:
                found.append(f"{node.name} is {status['state']}")
    roots = {name: status.get("state_root") for name, status in statuses.items()}
    if len(set(roots.values())) > 1:
        found.append(f"states differ: {roots}")
    alpha = statuses.get("alpha", {})
    if alpha.get("certified_apex") != alpha.get("apex"):
        found.append(f"apex {alpha.get('apex')} is not final, {alpha.get('certified_apex')} is")
    if alpha.get("pending_withdrawals") or alpha.get("parked_tasks"):
        found.append("withdrawals are pending")
    for chronicler in simulation.chroniclers:
        status = chronicler.status
        if not status["ready"] or status["apex"] != alpha.get("apex"):
            reasons = ", ".join(status.get("reasons", []))
            found.append(f"{chronicler.name} is {status['state']} at apex {status.get('apex')}: {reasons}")
    for account in simulation.accounts:
        if account.keyring.is_open and not account.has_finished:
            found.append(f"{account.name} waits: {account.busy} busy, {len(account.memory.unknown)} unknown")
    return found
