"""A constellation of real processes, asked for as much as it gives, and then for less."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.figures import CHECK_BESIDE, Figure, per_item_us
from benchmarks.measuring import disk_sync_s, tell
from benchmarks.real import Saturation, Shape, constellation
from constellation.load import Tally
from constellation.load.histogram import Histogram

SUSTAINED = "final orders, sustained"

_MIB = 1024 * 1024
_WARM_UP_S, _SATURATED_S = 12.0, 40.0
_MAXIMUM_S = 15.0
_RATE_S = 15.0
_SHARES = (25, 50, 75)
_PERCENTILES = (50.0, 99.0, 99.9)
_QUICK = Shape(accounts=10, processes=1)


def end_to_end(shape: Shape, quick: bool) -> Iterator[Figure]:
    """Throughput, CPU by process, and memory in saturation."""
    if quick:
        shape = replace(_QUICK, alpha_options=shape.alpha_options, job_options=shape.job_options)
    found = asyncio.run(_saturate(shape, *((1.0, 3.0) if quick else (_WARM_UP_S, _SATURATED_S))))
    yield from _throughput(found)
    yield from _processors(found)
    yield from _memory(found)


async def _saturate(shape: Shape, warm_up_s: float, duration_s: float) -> Saturation:
    async with constellation(shape) as running:
        tell(f"saturation for {duration_s:.0f} s, after {warm_up_s:.0f} s to warm up")
        return await running.saturate(warm_up_s, duration_s)


def _throughput(found: Saturation) -> Iterator[Figure]:
    begin, end, seconds = found.begin.tally, found.end.tally, _seconds(found)
    sent, accepted = (getattr(end, name).total() - getattr(begin, name).total() for name in ("sent", "accepted"))
    yield Figure(CHECK_BESIDE, found.check_us, "µs")
    yield Figure(SUSTAINED, (end.final - begin.final) / seconds, "orders/s")
    yield Figure("measured for", seconds, "seconds")
    yield Figure("refused, cancels of orders that were filled meanwhile", (1 - accepted / sent) * 100, "%")


def _seconds(found: Saturation) -> float:
    return (found.end.tally.elapsed_us - found.begin.tally.elapsed_us) / 1e6


def _processors(found: Saturation) -> Iterator[Figure]:
    begin, end = found.begin, found.end
    orders = end.tally.accepted.total() - begin.tally.accepted.total()
    auditors_s = [after - before for before, after in zip(begin.auditors_s, end.auditors_s, strict=True)]
    alpha_s, clients_s, ledger_s = (
        getattr(end, name) - getattr(begin, name) for name in ("alpha_s", "clients_s", "ledger_s")
    )
    yield Figure("sequencer process, per order", per_item_us(end.sequencer_s - begin.sequencer_s, orders), "µs")
    yield Figure("alpha with its children, per order", per_item_us(alpha_s, orders), "µs")
    for number, seconds in enumerate(auditors_s, 1):
        yield Figure(f"auditor {number}, per order", per_item_us(seconds, orders), "µs")
    yield Figure("all clients, per order", per_item_us(clients_s, orders), "µs")
    yield Figure("the ledger's stand-in, per order", per_item_us(ledger_s, orders), "µs")
    used_s = alpha_s + sum(auditors_s) + clients_s + ledger_s
    yield Figure("processors that all of them kept busy", used_s / _seconds(found), "processors")


def _memory(found: Saturation) -> Iterator[Figure]:
    auditors = [trend for node, trend in found.memory.items() if node != "alpha"]
    largest = max(auditors, key=lambda trend: trend.last)
    for who, trend in (("alpha", found.memory["alpha"]), ("the largest auditor", largest)):
        yield Figure(f"memory of {who}, begin", trend.first / _MIB, "MiB")
        yield Figure(f"memory of {who}, end", trend.last / _MIB, "MiB")
        yield Figure(f"memory of {who}, growth", (trend.slope_per_s or 0.0) * 60 / _MIB, "MiB per minute")


def latency(shape: Shape, quick: bool, maximum: float | None) -> Iterator[Figure]:
    """How long orders take at fixed rates.

    Args:
        shape: how the constellation is built and worked.
        quick: small and short.
        maximum: orders per second that were sustained; None measures it for a short time.
    """
    shape = replace(_QUICK, alpha_options=shape.alpha_options, job_options=shape.job_options) if quick else shape
    yield Figure("a small write that is forced to the disk", disk_sync_s() * 1e3, "ms")
    yield from asyncio.run(_rates(shape, maximum, 2.0 if quick else _RATE_S))


async def _rates(shape: Shape, maximum: float | None, duration_s: float) -> list[Figure]:
    async with constellation(shape) as running:
        if maximum is None:
            tell("finding out what it sustains")
            found = await running.saturate(duration_s / 3, duration_s)
            maximum = (found.end.tally.final - found.begin.tally.final) / _seconds(found)
        figures = [Figure("the maximum", maximum, "orders/s")]
        for share in _SHARES:
            rate = maximum * share / 100
            tell(f"{share} % of the maximum: {rate:,.0f} orders/s for {duration_s:.0f} s")
            tally, late = await running.at_rate(rate, duration_s)
            figures += _latencies(f"at {share} %", tally, late)
        return figures


def _latencies(when: str, tally: Tally, late: int) -> Iterator[Figure]:
    for what, histogram in (("acknowledgement", tally.acknowledgement), ("finality", tally.finality)):
        for percent in _PERCENTILES:
            yield Figure(f"{what} {when}, p{percent:g}", _ms(histogram, percent), "ms")
    yield Figure(f"never begun {when}: all clients were busy", late / (late + tally.sent.total()) * 100, "%")


def _ms(histogram: Histogram, percent: float) -> float:
    value = histogram.percentile_us(percent)
    assert value is not None, "something was accepted"
    return value / 1e3
