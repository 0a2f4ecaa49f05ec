"""Workers are real processes; what they connect to is not there, or they are stopped before they begin."""

import asyncio
import json
import os
import socket
import time
from decimal import Decimal

import pytest

from constellation.load import Crew, Job, WorkerFailed
from constellation.load.flow import Mix
from constellation.protocol.limits import HANDSHAKE_TIMEOUT_S
from constellation.testing import World
from constellation.testing.world import key_of


def job(url: str) -> Job:
    accounts = [key_of(f"trader {number}") for number in range(3)]
    return Job(
        url,
        World().settings,
        accounts,
        "XLM/USD",
        Decimal("0.25"),
        seed=1,
        mix=Mix(payments=0.2, moves=0.1, triggers=0.1),
        timeout_s=1,
    )


async def test_workers_that_cannot_connect_say_why_and_leave_nobody_behind() -> None:
    crew = Crew(job("ws://127.0.0.1:9"), 2)
    with pytest.raises(WorkerFailed, match=r"no connection to ws://127\.0\.0\.1:9"):
        await crew.__aenter__()
    for process_id in crew.process_ids:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)


async def test_a_crew_that_is_given_up_while_it_connects_ends_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        crew = Crew(job(f"ws://127.0.0.1:{server.getsockname()[1]}"), 1)
        entering = asyncio.create_task(crew.__aenter__())
        connection, _ = await asyncio.to_thread(server.accept)
        with connection:
            begun_s = time.monotonic()
            entering.cancel()
            with pytest.raises(asyncio.CancelledError):
                await entering
    assert time.monotonic() - begun_s < HANDSHAKE_TIMEOUT_S / 2
    with pytest.raises(ProcessLookupError):
        os.kill(crew.process_ids[0], 0)


def test_a_job_travels_as_json_and_its_accounts_are_shared() -> None:
    whole = job("ws://host:1")
    text = json.dumps(whole.to_json())
    assert Job.from_text(text).to_json() == whole.to_json()
    parts = [whole.share(place, 2).own_accounts for place in range(2)]
    assert sorted(number for part in parts for number, _ in part) == [0, 1, 2]
    assert [key for part in parts for _, key in part] == [whole.accounts[number] for number in (0, 2, 1)]


def test_a_job_does_not_show_its_seeds() -> None:
    whole = job("ws://host:1")
    assert all(key.seed.hex() not in repr(whole) for key in whole.accounts)
