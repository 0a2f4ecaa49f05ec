"""Alpha with gateway workers, auditors with signature workers, all of them real processes."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from constellation.node.sandbox import Sandbox
from constellation.sdk import Client
from tests.node.test_constellation import check_books, deposited

pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("processes")]

WORKERS = 2
CLIENTS = 8


@pytest.fixture
async def sandbox(tmp_path: Path) -> "Sandbox":  # type: ignore[misc]
    sandbox = Sandbox(
        tmp_path / "sandbox",
        close_interval_s=0.25,
        alpha_options={"gateway_workers": WORKERS},
        auditor_options={"signature_workers": 1},
    )
    try:
        await sandbox.start(lambda _text: None)
        yield sandbox  # type: ignore[misc]
    finally:
        await sandbox.stop()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_there(pid: int) -> bool:
    """Whether a process runs; one that waits for its parent to look is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def gone(pids: list[int]) -> None:
    async with asyncio.timeout(20):
        while any(is_there(pid) for pid in pids):
            await asyncio.sleep(0.05)


async def metric(sandbox: Sandbox, name: str) -> float:
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.status_url('alpha')}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition("{")[0].partition(" ")[0] == name)


async def shows(sandbox: Sandbox, name: str, value: float) -> None:
    async with asyncio.timeout(20):
        while await metric(sandbox, name) != value:
            await asyncio.sleep(0.1)


def alpha_pid(sandbox: Sandbox) -> int:
    return sandbox.processes["alpha"].process_id


async def open_clients(stack: AsyncExitStack, sandbox: Sandbox, count: int) -> list[Client]:
    """Clients of as many traders, with money to trade."""
    traders = [await sandbox.new_trader("1000") for _ in range(count)]
    clients = [
        await stack.enter_async_context(Client(sandbox.client_url, sandbox.settings, trader)) for trader in traders
    ]
    for trader, client in zip(traders, clients, strict=True):
        await deposited(sandbox, trader, client, {"XLM": "500"})
    return clients


async def test_trading_goes_on_while_workers_die(sandbox: Sandbox) -> None:
    async with AsyncExitStack() as stack:
        clients = await open_clients(stack, sandbox, CLIENTS)
        await shows(sandbox, "constellation_gateway_connections", CLIENTS)
        orders = await _trade(clients, 0)
        for number, worker in enumerate(children(alpha_pid(sandbox)), 1):
            trading = asyncio.create_task(_trade(clients, number))
            await asyncio.sleep(0.02)
            os.kill(worker, signal.SIGKILL)
            orders += await trading
        await shows(sandbox, "constellation_gateway_workers_lost_total", WORKERS)
        await shows(sandbox, "constellation_gateway_workers", WORKERS)
        orders += await _trade(clients, WORKERS + 1)
        assert len(set(orders)) == len(orders) == (WORKERS + 2) * CLIENTS
        resting = [order.order_id for client in clients for order in (await client.account()).orders]
        assert sorted(resting) == sorted(orders)
        await check_books(sandbox)
        assert await metric(sandbox, "constellation_gateway_requests_total") >= len(orders)


async def _trade(clients: list[Client], round_number: int) -> list[int]:
    """Every client places an order that rests, and waits until it is final."""
    price = str(2 + round_number)
    receipts = await asyncio.gather(
        *(client.create_order("XLM/USD", "sell", price=price, amount="10") for client in clients)
    )
    await asyncio.gather(*(receipt.final(timeout=30) for receipt in receipts))
    return [receipt.order_id for receipt in receipts]


async def test_workers_end_with_alpha_however_it_ends(sandbox: Sandbox) -> None:
    workers = children(alpha_pid(sandbox))
    assert len(workers) == WORKERS
    await sandbox.kill_node("alpha")
    await gone(workers)
    await sandbox.start_node("alpha")
    await sandbox.ready("alpha")
    workers = children(alpha_pid(sandbox))
    trader = await sandbox.new_trader("1000")
    async with Client(sandbox.client_url, sandbox.settings, trader) as client:
        await deposited(sandbox, trader, client, {"XLM": "500"})
        assert await sandbox.processes["alpha"].stop() == 0
        await gone(workers)


async def test_a_worker_that_hangs_costs_its_own_clients_only(sandbox: Sandbox) -> None:
    first, _ = workers = children(alpha_pid(sandbox))
    async with AsyncExitStack() as stack:
        clients = await open_clients(stack, sandbox, 6)
        os.kill(first, signal.SIGSTOP)
        try:
            calls = [
                asyncio.create_task(client.create_order("XLM/USD", "sell", price="3", amount="10"))
                for client in clients
            ]
            done, waiting = await asyncio.wait(calls, timeout=5)
            assert all(call.exception() is None for call in done)
        finally:
            os.kill(first, signal.SIGCONT)
        await asyncio.gather(*waiting)
        await check_books(sandbox)
    assert children(alpha_pid(sandbox)) == workers
