"""All benchmarks by name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from benchmarks.figures import Figure, Goal
from benchmarks.measures.catch_up import catch_up
from benchmarks.measures.checkpoint_pause import checkpoint_pause
from benchmarks.measures.chronicler import chronicler
from benchmarks.measures.codec import codec
from benchmarks.measures.commit import commit
from benchmarks.measures.end_to_end import SUSTAINED, end_to_end, latency
from benchmarks.measures.feed import feed
from benchmarks.measures.growth import growth
from benchmarks.measures.history_pages import history_pages
from benchmarks.measures.machine import machine
from benchmarks.measures.order_flow import order_flow
from benchmarks.measures.proofs import proofs
from benchmarks.measures.restart import replay_rate, restart
from benchmarks.measures.seeded_flow import seeded_flow
from benchmarks.measures.space import disk, memory
from benchmarks.real import Shape


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark.

    Attributes:
        title: for people.
        note: what the figures mean, in sentences.
        measure: takes whether to be quick, in small sizes, and gives the figures.
        goals: by the name of the figure.
        continues: another benchmark and a figure of it that ``measure`` takes, too; None where that was not measured.
        is_long: it takes minutes, and is run only when it is named or all are wanted.
    """

    title: str
    note: str
    measure: Callable[..., Iterable[Figure]]
    goals: Mapping[str, Goal] = field(default_factory=dict)
    continues: tuple[str, str] | None = None
    is_long: bool = False


_WORKERS = {"gateway_workers": 1}
_SINGLE = Shape(alpha_options=_WORKERS)
_BATCHES = Shape(in_flight=2, alpha_options=_WORKERS, job_options={"batch": 20})

SUITE = {
    "end-to-end": Benchmark(
        "A constellation of real processes in saturation",
        f"A ledger, an alpha, three auditors and {_SINGLE.processes} processes of clients, all on this machine and "
        f"over its loopback interface. {_SINGLE.accounts} accounts with a connection each send the next of "
        f"{_SINGLE.in_flight} operations when one is answered, each signed by itself: half of the orders cross, 30 % "
        f"of the operations are cancels. {_SINGLE.verify_share:.0%} of the clients verify every answer, as the SDK's "
        "`Client` does; the others only decode it, because on two processors the clients would be what is measured "
        "(`constellation load --verify-share`). An order is an accepted operation; what was refused is in its cost. "
        "CPU is what the system accounts to each process with its children; alpha has one gateway worker, and its log "
        "is written by a thread of the sequencer process. The signature check was measured once a second beside the "
        "load, in a process of its own: "
        "there it takes longer than alone, as everything does, because processors share caches and cores. Alpha's "
        "limits of rates, which are meant for one client, are out of the way; requests are valid for 10 s, for which "
        "alpha remembers their answers.",
        partial(end_to_end, _SINGLE),
        {
            SUSTAINED: Goal(at_least=5_000),
            "sequencer process, per order": Goal(at_most=0.5, in_checks=True),
            "alpha with its children, per order": Goal(at_most=1.8, in_checks=True),
            **{f"auditor {number}, per order": Goal(at_most=1.4, in_checks=True) for number in (1, 2, 3)},
        },
    ),
    "end-to-end-batches": Benchmark(
        "Real processes in saturation, batches of 20",
        f"The same, with 20 operations under one signature, and {_BATCHES.in_flight} such batches of an account at a "
        "time.",
        partial(end_to_end, _BATCHES),
        {
            SUSTAINED: Goal(at_least=15_000),
            "alpha with its children, per order": Goal(at_most=0.5, in_checks=True),
        },
    ),
    "latency": Benchmark(
        "Latency of real processes at fixed rates",
        "Single requests again, at fixed times, at shares of what was sustained in saturation. Latency counts from an "
        "operation's own time until the client has read the answer, or the certificate, also when all clients were "
        "still busy; what is late in the clients' event loops is in it. An answer waits for one to two commits of "
        "alpha's log, each of which is forced to the disk, and a certificate for one of the auditors' as well. It is "
        "time on the wall: it means something on an idle machine only.",
        partial(latency, _SINGLE),
        {
            "acknowledgement at 50 %, p99": Goal(at_most=10),
            "finality at 50 %, p99": Goal(at_most=25),
        },
        continues=("end-to-end", SUSTAINED),
    ),
    "machine": Benchmark(
        "State machine",
        "One quantum through `Machine.execute`: rules, balances, effects and their hashes. The signature check is not "
        "in it; the interpreter is tuned as alpha does it.",
        machine,
        {"limit order, resting": Goal(at_most=0.2, in_checks=True)},
    ),
    "flow": Benchmark(
        "State machine on a seeded flow",
        "The same quanta as they come in an exchange: 1,000 accounts in one market whose mid price walks, 30 % "
        "cancels, 10 % payments, half of the orders priced to cross. Means, with every number of fills in them; "
        "quanta of one kind come between those of others, so that caches are colder than in a loop of one kind.",
        seeded_flow,
    ),
    "proofs": Benchmark(
        "Signatures, hashes and proofs",
        "What clients and nodes check, and what alpha makes for them: an account's effects of one quantum with the "
        "path to the signed header.",
        proofs,
    ),
    "codec": Benchmark(
        "Codec",
        "Messages with an order in them. What is encoded after it was executed or hashed, is put together of what was "
        "encoded then.",
        codec,
    ),
    "order-flow": Benchmark(
        "One order from its frame to its finality",
        "200 clients with real signatures; every second order rests, the others each fill one of them. Alpha's "
        "gateway, sequencer and log, and then an auditor's replay and log, each in one thread without sockets. Batches "
        "of 100, a checkpoint every 1,000 quanta, whose rows are not in it (see pauses by checkpoints). In each of "
        "*taking its frame* and *replay* is one signature check. Then the same orders 20 under one signature, in "
        "sealed batches of 400.",
        order_flow,
    ),
    "growth": Benchmark(
        "Growth",
        "Sequencer, machine and state tree: orders that rest, orders that fill, cancels and payments of accounts drawn "
        "at random, batches of 100 and a checkpoint every 1,000 quanta, with as many accounts as resting orders. "
        "Signature checks and the log, which do not grow, are not in it.",
        growth,
        {"growth": Goal(at_most=1.3)},
    ),
    "commit": Benchmark(
        "Sealing and storing",
        "One commit is one transaction with one batch and its effects. An idle alpha stores batches of one, a loaded "
        "one batches of hundreds.",
        commit,
    ),
    "memory": Benchmark(
        "Memory",
        "The growth of the process, state tree included, with 300,000 accounts and then 300,000 orders.",
        memory,
    ),
    "disk": Benchmark(
        "Disk",
        "The growth of the log's file. Alpha stores effects, so that answers can be given again; auditors do not.",
        disk,
    ),
    "replay": Benchmark(
        "Replay without a checkpoint",
        "Everything that a node checks when it begins from nothing: the chain, alpha's signatures, clients' "
        "signatures, every rule, the roots.",
        replay_rate,
    ),
    "restart": Benchmark(
        "Restart with a recent checkpoint",
        "A log of 10,000 traders whose last 500 quanta are not in the checkpoint. Alpha is ready when it knows the "
        "answers again that have not expired: it reads the last five minutes, at 1,000 quanta a second; the requests "
        "are valid for one. Auditors remember what they replay.",
        restart,
        is_long=True,
    ),
    "pause-100k": Benchmark(
        "Pauses by checkpoints, 100,000 accounts",
        "2,000 quanta a second go through sequencer and log, with a checkpoint every 1,000 quanta. They are payments "
        "between accounts drawn at random, the worst case: nearly every account is changed once. A pause is the CPU "
        "of the event loop's thread between two looks at a timer of 1 ms; *wall* is how late the timer was, and has "
        "waiting for the interpreter and for other processes in it. One sample is the longest pause within 1,000 "
        "quanta. The aim is that checkpoints add less than 10 ms, however many accounts there are. Garbage collection "
        "is shown because it stops the loop, too; the interpreter is tuned as alpha does it.",
        partial(checkpoint_pause, 100_000),
        is_long=True,
    ),
    "pause-1m": Benchmark(
        "Pauses by checkpoints, 1,000,000 accounts",
        "The same: what differs, grows with the number of accounts.",
        partial(checkpoint_pause, 1_000_000),
        is_long=True,
    ),
    "feed": Benchmark(
        "Market data for many subscribers",
        "One process of the feed and one with clients that only read, over this machine's loopback interface. Each "
        "client subscribes to the same book, 25 levels of each side; 10 batches a second change some ten levels each, "
        "and are told at once. The delay is from a batch's arrival at the hub until a client has read its update. The "
        "number is the largest of some for which 99 % of the updates are there within 100 ms; the clients need as much "
        "of the processors as the feed does.",
        feed,
        {"subscribers that are told within 100 ms": Goal(at_least=3_000)},
        is_long=True,
    ),
    "catch-up": Benchmark(
        "A new auditor catches up",
        "An alpha and three auditors with their logs on the disk, in one process, batches of 100 that all carry the "
        "state root. *Beside* means that alpha executes a batch of its own for every two that it serves. The loss is "
        "the share of alpha's processor that serving takes while the new auditor works at full speed on one of its "
        "own.",
        catch_up,
        is_long=True,
    ),
    "chronicler": Benchmark(
        "Writing history",
        "Certified batches of 100 quanta of a random flow with 500 accounts: made by a machine, verified by an intake, "
        "and written 2,000 quanta at a time, into a file and, where there is one, into a PostgreSQL on this machine, "
        "whose own processor time is not in it. What it costs is verifying and writing one quantum, in times of "
        "executing and sealing it: below 1, a chronicler keeps up with a sequencer that does nothing else.",
        chronicler,
        is_long=True,
    ),
    "history-pages": Benchmark(
        "Reading history",
        "One account with 1,000,000 effects in an SQLite history; 400 pages of 100 for each filter, from anywhere in "
        "either direction, from the query to the answer. The processor time of the process.",
        history_pages,
        is_long=True,
    ),
}
