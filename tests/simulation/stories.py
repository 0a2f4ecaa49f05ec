"""Stories: one fault each, told exactly, where the random ones only meet it now and then.

Run as a program (``python -m tests.simulation.stories NAME``), since a simulation takes over its process.
"""

# ruff: noqa: E402 - time must be the simulation's before anything else is imported
from constellation.testing.simulation import virtual_time

virtual_time.install()

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from constellation.gateway import Session
from constellation.gateway.desk import RequestDesk
from constellation.protocol.messages import Batch, ClusterMessage, SignedRequest, Submit, decode_client_message
from constellation.sdk import Client, ClientOptions, Code, ExchangeError, OutcomeUnknown
from constellation.testing.simulation.command import log_to
from constellation.testing.simulation.damage import wipe
from constellation.testing.simulation.dishonest import DishonestAlpha, forge
from constellation.testing.simulation.hosts import Host
from constellation.testing.simulation.members import CLIENT_PORT, HTTP_PORT, Node
from constellation.testing.simulation.oracles import Broken
from constellation.testing.simulation.run import Story, begin, check_what_is_final, come_to_rest, play
from constellation.testing.simulation.simulation import Simulation, Size

RULES = {
    "horizon_streams": True,
    "poll_interval_s": 5.0,
    "checkpoint_quanta": 50,
    "checkpoint_interval_s": 20.0,
}
THREE = Size(auditors=3, channels=1, traders=2, rules=RULES)


def state_of(node: Node) -> str:
    return str(node.status["state"])


async def ready(simulation: Simulation, *nodes: Node) -> None:
    def waiting() -> list[str]:
        chosen = nodes or simulation.nodes
        return [f"{node.name} is {state_of(node)}" for node in chosen if state_of(node) != "ready"]

    await simulation.until(waiting, 60.0)


async def becomes(simulation: Simulation, node: Node, state: str, patience_s: float) -> None:
    await simulation.until(lambda: [] if state_of(node) == state else [f"{node.name} is {state_of(node)}"], patience_s)


async def start(simulation: Simulation) -> None:
    """A constellation in which traders trade."""
    begin(simulation)
    await ready(simulation)
    await traded(simulation, 5)


async def traded(simulation: Simulation, count: int, patience_s: float = 60.0) -> None:
    """So many more things were told to traders as final."""

    def final() -> int:
        return sum(told.is_final for trader in simulation.traders for told in trader.memory.told.values())

    wanted = final() + count
    await simulation.until(lambda: [] if final() >= wanted else [f"{final()} of {wanted} are final"], patience_s)


def both_ways(one: Host, others: list[Host]) -> Iterator[tuple[Host, Host]]:
    for other in others:
        yield one, other
        yield other, one


def cut(simulation: Simulation, *pairs: tuple[Host, Host]) -> None:
    for source, target in pairs:
        simulation.network.cut(source, target)


async def pause(seconds: float) -> None:
    await asyncio.sleep(seconds)


# --- the network --------------------------------------------------------------------------------------------------


async def alpha_is_cut_off(simulation: Simulation) -> None:
    """N1: what is not final is bounded, then alpha refuses; when its auditors are back, it goes on by itself."""
    await start(simulation)
    alpha = simulation.alpha
    epoch = alpha.status["cluster"]["epoch"]
    cut(simulation, *both_ways(alpha.host, [node.host for node in simulation.auditors]))
    await becomes(simulation, alpha, "no_quorum", 15.0)
    await pause(30.0)
    refused = [trader.memory.refused.get("NO_QUORUM", 0) for trader in simulation.traders]
    assert all(refused), refused
    simulation.network.mend_all()
    await ready(simulation)
    await traded(simulation, 10)
    assert alpha.status["cluster"]["epoch"] == epoch
    await come_to_rest(simulation)


async def a_minority_is_cut_off(simulation: Simulation) -> None:
    """N2: the others go on; who was away catches up."""
    await start(simulation)
    lost = simulation.auditors[0]
    cut(simulation, *both_ways(lost.host, [simulation.alpha.host]))
    await becomes(simulation, lost, "connecting", 40.0)
    await traded(simulation, 20)
    simulation.network.mend_all()
    await ready(simulation)
    await come_to_rest(simulation)


async def a_majority_is_cut_off(simulation: Simulation) -> None:
    """N3, N5: alpha reaches one auditor alone, and nothing becomes final."""
    await start(simulation)
    cut(simulation, *both_ways(simulation.alpha.host, [node.host for node in simulation.auditors[1:]]))
    await pause(0.1)
    certified = max(simulation.oracles.certified)
    await pause(60.0)
    assert max(simulation.oracles.certified) == certified
    assert state_of(simulation.alpha) == "no_quorum"
    simulation.network.mend_all()
    await come_to_rest(simulation)


async def half_a_path_is_dead_from_alpha(simulation: Simulation) -> None:
    """N4: the auditor hears nothing and closes; the others serve."""
    await _half_a_path(simulation, (simulation.alpha.host, simulation.auditors[0].host))


async def half_a_path_is_dead_to_alpha(simulation: Simulation) -> None:
    """N4: alpha hears nothing of the auditor and closes; the others serve."""
    await _half_a_path(simulation, (simulation.auditors[0].host, simulation.alpha.host))


async def _half_a_path(simulation: Simulation, path: tuple[Host, Host]) -> None:
    await start(simulation)
    lost = simulation.auditors[0]
    cut(simulation, path)
    await becomes(simulation, lost, "connecting", 45.0)
    await simulation.until(
        lambda: [key for key in simulation.alpha.status["cluster"]["auditors"] if key == lost.key_pair.address], 5.0
    )
    await traded(simulation, 20)
    simulation.network.mend_all()
    await ready(simulation)
    await come_to_rest(simulation)


async def everything_takes_seconds(simulation: Simulation) -> None:
    """N8: only latency rises."""
    await start(simulation)
    simulation.network.delay_s = 1.5
    await traded(simulation, 5, patience_s=180.0)
    assert all(state_of(node) == "ready" for node in simulation.nodes)
    simulation.network.delay_s = 0.0005
    await come_to_rest(simulation)


async def paths_clog_and_clear_one_by_one(simulation: Simulation) -> None:
    """N14: in another order than they were clogged."""
    await start(simulation)
    alpha, auditors = simulation.alpha.host, [node.host for node in simulation.auditors]
    for number in (0, 1, 2):
        cut(simulation, *both_ways(alpha, [auditors[number]]))
        await pause(4.0)
    for number in (1, 0, 2):
        for source, target in both_ways(alpha, [auditors[number]]):
            simulation.network.mend(source, target)
        await pause(4.0)
    await ready(simulation)
    await come_to_rest(simulation)


async def a_batch_is_changed_on_its_way(simulation: Simulation) -> None:
    """N12: without TLS, an auditor cannot tell by whom; it asks again, and halts only when it hears it twice."""
    await start(simulation)
    liar = DishonestAlpha(simulation.world, simulation.random("lies"), "forged_request")
    heard: list[int] = []

    def change_once(auditor: bytes, message: ClusterMessage) -> list[ClusterMessage]:
        told = liar(auditor, message)
        if heard or told == [message]:
            return [message]
        assert isinstance(message, Batch)
        heard.append(message.signed_header.header.number)
        return told

    simulation.oracles.forgers["alpha"] = forge(change_once)
    await simulation.until(lambda: [] if heard else ["nothing was changed"], 60.0)
    await traded(simulation, 10)
    await ready(simulation)
    assert all(node.host.lives == 1 for node in simulation.auditors)
    await come_to_rest(simulation)


# --- processes and clocks -----------------------------------------------------------------------------------------


async def alpha_freezes_for_a_minute(simulation: Simulation) -> None:
    """P4: its connections are gone when it wakes up, and nothing that it does then is wrong."""
    await start(simulation)
    process = simulation.alpha.host.process
    process.stop()
    await pause(60.0)
    assert all(state_of(node) != "ready" for node in simulation.auditors)
    process.resume()
    await ready(simulation)
    await come_to_rest(simulation)


async def the_power_fails_everywhere(simulation: Simulation) -> None:
    """P1: all at once, again and again."""
    await start(simulation)
    for _ in range(3):
        for node in simulation.nodes:
            simulation.kill(node.host, power=True)
        await pause(2.0)
        for node in simulation.nodes:
            node.start()
        await ready(simulation)
        await traded(simulation, 5)
    await come_to_rest(simulation)


async def alphas_clock_jumps_an_hour(simulation: Simulation) -> None:
    """P5, P6: auditors sign nothing from the future; alpha's operator sets the clock right and the log aside."""
    await start(simulation)
    alpha = simulation.alpha
    simulation.excuses[alpha.name] = "its clock"
    alpha.host.clock_offset_us = 3_600_000_000
    simulation.street.open_accounts()
    await becomes(simulation, alpha, "no_quorum", 20.0)
    certified = max(simulation.oracles.certified)
    await pause(20.0)
    assert max(simulation.oracles.certified) == certified
    simulation.kill(alpha.host)
    alpha.host.clock_offset_us = 0
    wipe(alpha.data_directory)
    alpha.start()
    await ready(simulation)
    await traded(simulation, 5)
    await come_to_rest(simulation)


async def alphas_clock_jumps_back_an_hour(simulation: Simulation) -> None:
    """P6: its time stands still until the clock is right; that, too, is more than auditors accept."""
    await start(simulation)
    simulation.alpha.host.clock_offset_us = -3_600_000_000
    await pause(30.0)
    simulation.alpha.host.clock_offset_us = 0
    await ready(simulation)
    await traded(simulation, 5)
    await come_to_rest(simulation)


async def an_auditors_disk_takes_a_second(simulation: Simulation) -> None:
    """D9: nobody waits for it."""
    await start(simulation)
    simulation.disks[simulation.auditors[0].name].delay_s = 1.0
    await traded(simulation, 40, patience_s=60.0)
    simulation.disks[simulation.auditors[0].name].delay_s = 0.0005
    await come_to_rest(simulation)


async def a_new_constellation_lacks_an_auditor(simulation: Simulation) -> None:
    """D13: who has a new log counts only when all others, or a quorum that remembers, have confirmed it."""
    *present, late = simulation.nodes
    for node in present:
        node.start()
    await pause(30.0)
    assert not simulation.oracles.certified
    late.start()
    simulation.street.open_accounts()
    for trader in simulation.traders:
        simulation.start_trader(trader)
    await ready(simulation)
    await come_to_rest(simulation)


# --- alpha lies ---------------------------------------------------------------------------------------------------


async def two_alphas_have_one_key(simulation: Simulation) -> None:
    """B1, B14: each auditor follows one or the other, and changes over; at most one history is certified."""
    await start(simulation)
    twin = simulation.add_twin()
    simulation.excuses.update((node.name, "two alphas") for node in simulation.nodes)
    twin.start()
    random = simulation.random("twins")
    for _ in range(12):
        node = random.choice(simulation.auditors)
        simulation.kill(node.host)
        node.follow(random.choice((simulation.alpha, twin)))
        node.start()
        await pause(random.uniform(0.5, 8.0))
    simulation.kill(twin.host)
    for node in simulation.auditors:
        simulation.kill(node.host)
        node.follow(simulation.alpha)
        node.start()
    check_what_is_final(simulation)


def lie(name: str) -> Story:
    """B1, B2, B4, B7, B8: alpha tells something wrong, and whoever hears it refuses, with evidence."""

    async def story(simulation: Simulation) -> None:
        await start(simulation)
        simulation.excuses.update((node.name, "alpha lies") for node in simulation.nodes)
        alpha = DishonestAlpha(simulation.world, simulation.random("lies"), name)
        simulation.make_dishonest(simulation.alpha, alpha, name)
        await simulation.until(lambda: [] if _refusing(simulation) else ["nobody refuses"], 60.0)
        await pause(5.0)
        for node in _refusing(simulation):
            if not node.host.is_running and not list(node.data_directory.glob("evidence-*.json")):
                raise Broken(f"{node.name} kept no evidence")
        check_what_is_final(simulation)

    return story


def _refusing(simulation: Simulation) -> list[Node]:
    """Auditors that have halted, or break off whenever they hear it: what is from the future may be right one day."""
    return [node for node in simulation.auditors if not node.status["ready"]]


LIES = (
    "equivocate",
    "wrong_root",
    "forged_request",
    "repeated_request",
    "future",
    "past",
    "gap",
    "wrong_previous",
)


class DeafAlpha:
    """An alpha that does not hear what one account asks for; it may hear what auditors pass on.

    Args:
        account: that it does not hear.
        hears_auditors: whether it executes the account's requests when an auditor brings them.
    """

    def __init__(self, account: bytes, *, hears_auditors: bool) -> None:
        self.ignored = 0
        self.is_deaf = True
        receive, forwarded = Session.receive_data, RequestDesk.forwarded

        def receive_unless_deaf(session: Session, data: bytes) -> None:
            is_ours = self.is_deaf and session.account == account
            if is_ours and isinstance(decode_client_message(data), Submit):
                self.ignored += 1
            else:
                receive(session, data)

        def forwarded_unless_deaf(desk: RequestDesk, auditor: bytes, signed: SignedRequest) -> None:
            if hears_auditors or signed.request.account != account:
                forwarded(desk, auditor, signed)

        Session.receive_data = receive_unless_deaf  # type: ignore[method-assign]
        RequestDesk.forwarded = forwarded_unless_deaf  # type: ignore[method-assign]


async def as_victim(simulation: Simulation, program: Callable[[Client, str], Coroutine[Any, Any, None]]) -> None:
    """Let the first trader's machine run another program, with a client and somebody to pay."""
    victim, other = simulation.traders[:2]
    simulation.kill(victim.host)
    alpha = f"ws://{simulation.alpha.host.address}:{CLIENT_PORT}"
    auditors = tuple(f"http://{node.host.address}:{HTTP_PORT}" for node in simulation.auditors)
    options = ClientOptions(validity_s=20, timeout_s=5.0, auditor_urls=auditors)

    async def live() -> None:
        async with Client(alpha, simulation.world.settings, victim.key_pair, options) as client:
            await program(client, other.key_pair.address)

    process = victim.host.start(live)
    await simulation.until(lambda: [] if process.has_ended else ["the program has not ended"], 90.0)
    if process.error is not None:
        raise process.error
    simulation.start_trader(victim)


async def unheard(client: Client, payee: str) -> OutcomeUnknown:
    """A payment that alpha does not hear of."""
    try:
        await client.pay(payee, "XLM", "1")
    except OutcomeUnknown as error:
        return error
    raise Broken("alpha has heard it")


def forwarding(simulation: Simulation, name: str) -> list[int]:
    return [node.status["forwarding"][name] for node in simulation.auditors]


async def alpha_does_not_hear_a_trader(simulation: Simulation) -> None:
    """B5: auditors pass its request on; it is executed once, and the same bytes get the first answer."""
    await start(simulation)
    alpha = DeafAlpha(simulation.traders[0].key_pair.public, hears_auditors=True)

    async def program(client: Client, payee: str) -> None:
        unknown = await unheard(client, payee)
        assert alpha.ignored, "the request was not sent"
        assert [answer.taken for answer in await client.ask_auditors(unknown)] == [True] * 3
        await simulation.until(lambda: [str(left) for left in forwarding(simulation, "waiting") if left], 5.0)
        before = await client.account()
        alpha.is_deaf = False
        receipt = await unknown.retry()
        assert receipt.request == unknown.request
        assert (await client.account()).balances == before.balances
        again = await client.ask_auditors(unknown)
        assert [answer.code for answer in again] == [Code.NONCE_TOO_LOW] * 3

    await as_victim(simulation, program)
    assert forwarding(simulation, "expired") == [0, 0, 0]
    await come_to_rest(simulation)


async def alpha_hears_neither_a_trader_nor_its_auditors(simulation: Simulation) -> None:
    """B5: the request expires, and every auditor that was handed it shows that."""
    await start(simulation)
    alpha = DeafAlpha(simulation.traders[0].key_pair.public, hears_auditors=False)

    async def program(client: Client, payee: str) -> None:
        unknown = await unheard(client, payee)
        await client.ask_auditors(unknown)
        await pause(5.0)
        assert forwarding(simulation, "waiting") == [1, 1, 1]
        assert all(age > 4.0 for age in forwarding(simulation, "oldest_s"))
        await simulation.until(lambda: [str(left) for left in forwarding(simulation, "waiting") if left], 30.0)
        alpha.is_deaf = False
        try:
            await unknown.retry()
            raise Broken("it was executed after its time")
        except ExchangeError as error:
            assert error.code is Code.EXPIRED, error

    await as_victim(simulation, program)
    assert forwarding(simulation, "expired") == [1, 1, 1]
    await come_to_rest(simulation)


async def disks_are_lost_one_after_the_other(simulation: Simulation) -> None:
    """D13: alpha's, too; nothing final is lost."""
    await start(simulation)
    for node in simulation.nodes:
        simulation.excuses[node.name] = "its disk was lost"
        simulation.kill(node.host)
        wipe(node.data_directory)
        node.start()
        await ready(simulation)
        await traded(simulation, 5)
    await come_to_rest(simulation)


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        alpha_is_cut_off,
        a_minority_is_cut_off,
        a_majority_is_cut_off,
        half_a_path_is_dead_from_alpha,
        half_a_path_is_dead_to_alpha,
        everything_takes_seconds,
        paths_clog_and_clear_one_by_one,
        a_batch_is_changed_on_its_way,
        alpha_freezes_for_a_minute,
        the_power_fails_everywhere,
        alphas_clock_jumps_an_hour,
        alphas_clock_jumps_back_an_hour,
        an_auditors_disk_takes_a_second,
        a_new_constellation_lacks_an_auditor,
        two_alphas_have_one_key,
        alpha_does_not_hear_a_trader,
        alpha_hears_neither_a_trader_nor_its_auditors,
        disks_are_lost_one_after_the_other,
    )
} | {f"alpha_lies_{name}": lie(name) for name in LIES}


def main() -> None:
    logging.disable(logging.CRITICAL if len(sys.argv) < 3 else logging.NOTSET)
    if len(sys.argv) > 2:
        log_to(sys.stdout)
    with tempfile.TemporaryDirectory() as directory:
        outcome = play(STORIES[sys.argv[1]], 1, Path(directory) / "machines", THREE)
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")


if __name__ == "__main__":
    main()
