"""All benchmarks by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from benchmarks.figures import Figure
from benchmarks.measures.catch_up import catch_up
from benchmarks.measures.checkpoint_pause import checkpoint_pause
from benchmarks.measures.codec import codec
from benchmarks.measures.commit import commit
from benchmarks.measures.growth import growth
from benchmarks.measures.machine import machine
from benchmarks.measures.order_flow import order_flow
from benchmarks.measures.restart import replay_rate, restart
from benchmarks.measures.space import disk, memory


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark.

    Attributes:
        title: for people.
        note: what the figures mean, in sentences.
        measure: takes whether to be quick, in small sizes, and gives the figures.
    """

    title: str
    note: str
    measure: Callable[[bool], Iterable[Figure]]


SUITE = {
    "machine": Benchmark(
        "State machine",
        "One quantum through `Machine.execute`: rules, balances, effects and their hashes. The signature check is not "
        "in it.",
        machine,
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
        "*taking its frame* and *replay* is one signature check.",
        order_flow,
    ),
    "growth": Benchmark(
        "Growth",
        "Sequencer, machine and state tree: orders that rest, orders that fill, cancels and payments of accounts drawn "
        "at random, batches of 100 and a checkpoint every 1,000 quanta, with as many accounts as resting orders. "
        "Signature checks and the log, which do not grow, are not in it.",
        growth,
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
    ),
    "pause-1m": Benchmark(
        "Pauses by checkpoints, 1,000,000 accounts",
        "The same: what differs, grows with the number of accounts.",
        partial(checkpoint_pause, 1_000_000),
    ),
    "catch-up": Benchmark(
        "A new auditor catches up",
        "An alpha and three auditors with their logs on the disk, in one process, batches of 100 that all carry the "
        "state root. *Beside* means that alpha executes a batch of its own for every two that it serves. The loss is "
        "the share of alpha's processor that serving takes while the new auditor works at full speed on one of its "
        "own.",
        catch_up,
    ),
}
