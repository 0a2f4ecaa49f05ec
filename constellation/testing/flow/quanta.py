"""A seeded flow of quanta: requests, ledger commits and decisions of the auditors."""

from collections.abc import Iterator
from random import Random

from constellation.protocol.messages import CloseAccount, Mode, QuantumBody, TimeCommit
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine
from constellation.testing.flow.decisions import random_decision, random_mode
from constellation.testing.flow.family import family_request
from constellation.testing.flow.keys import batch_by_any, random_key_request, signed_by_any
from constellation.testing.flow.reports import random_report
from constellation.testing.flow.requests import move_out, random_batch, random_flow, rare_request, timed_request
from constellation.testing.flow.terms import random_term
from constellation.testing.world import START_US, World


def random_quanta(
    world: World,
    machine: Machine,
    traders: list[KeyPair],
    seed: int,
    count: int,
    *,
    with_terms: bool = False,
    with_batches: bool = False,
    with_keys: bool = False,
    with_modes: bool = False,
) -> Iterator[tuple[int, QuantumBody]]:
    """Yield ``count`` bodies with their times: mostly requests of :func:`random_flow`.

    Now and then there is something rarer: routing ids, accounts that are emptied and closed; ledger commits that pay,
    fail and lapse what the vault's channels do, bring deposits of every kind, claw back and move the vault unasked; and
    decisions of the auditors, some of them stale, late or badly signed. The caller executes each body on ``machine``
    before it asks for the next.

    Args:
        world: whose members sign.
        machine: is only read.
        traders: with money.
        seed: the same seed gives the same quanta on the same machine.
        count: how many.
        with_terms: new terms begin, too; whoever seals batches begins epochs of them.
        with_batches: accounts send request batches, too, half of them all or nothing.
        with_modes: alpha's operator changes the mode, too, and the auditors decide on unknown rules.
        with_keys: accounts have agents and sub-accounts, rotate their keys and lock themselves, too.
    """
    random = Random(seed)
    flow = random_flow(world, machine, traders, seed, count)
    timestamp = START_US
    leaving: KeyPair | None = None
    for _ in range(count):
        closed_at_us = machine.state.ledger_closed_at_s * 1_000_000
        timestamp = max(timestamp, machine.state.timestamp, closed_at_us) + random.choice((0, 1, 1_000, 250_000))
        due = machine.due_at(timestamp)
        if due is not None and random.random() < 0.9:
            yield timestamp, TimeCommit(due)
            continue
        if random.random() < 0.003:
            yield timestamp, TimeCommit(machine.state.vault.agenda.first_due % 2**63 + random.choice((-1, 0, 1)))
            continue
        if with_terms and random.random() < 0.02:
            yield timestamp, random_term(random, world, machine)
            continue
        if with_batches and random.random() < 0.1:
            trader, operations = random_batch(random, machine, traders)
            if with_keys:
                yield timestamp, batch_by_any(random, world, machine, trader, operations, timestamp)
                continue
            all_or_nothing, valid_until = random.random() < 0.5, timestamp + 60_000_000
            yield timestamp, world.batch(trader, operations, all_or_nothing=all_or_nothing, valid_until=valid_until)
            continue
        if with_keys and random.random() < 0.1:
            yield timestamp, family_request(random, world, machine, traders, timestamp)
            continue
        if with_keys and random.random() < 0.12:
            yield timestamp, random_key_request(random, world, machine, traders, timestamp)
            continue
        if with_modes and random.random() < (0.03 if machine.state.mode.mode is Mode.ONLINE else 0.1):
            yield timestamp, random_mode(random, world, machine, timestamp)
            continue
        kind = random.random()
        if kind < 0.05:
            yield timestamp, random_report(random, world, machine, traders, timestamp // 1_000_000)
            continue
        if kind < 0.07 or (machine.state.assets.suspensions and kind < 0.15):
            yield timestamp, random_decision(random, world, machine, timestamp)
            continue
        if leaving is None and kind > 0.995:
            leaving = random.choice(traders)
        step = move_out(machine, leaving) if leaving is not None and kind > 0.6 else None
        if leaving is not None and step is not None:
            trader, operation = leaving, step
            leaving = None if isinstance(step, CloseAccount) and random.random() < 0.5 else leaving
        else:
            trader, operation = next(flow)
            if 0.15 < kind < 0.18:
                trader, operation = rare_request(random, traders)
            elif 0.18 < kind < 0.26:
                trader, operation = timed_request(random, machine, traders, timestamp)
        if with_keys:
            yield timestamp, signed_by_any(random, world, machine, trader, operation, timestamp)
        else:
            yield timestamp, world.request(trader, operation, valid_until=timestamp + 60_000_000)
