"""The ledger as a process of its own: `constellation ledger`."""

import asyncio
import json
import re
import sys
from contextlib import asynccontextmanager

import aiohttp

from tests.sandbox.world import key


@asynccontextmanager
async def ledger(*arguments):
    """Runs the command; yields its Horizons' addresses, its process and what it has said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "constellation.node.cli",
        "ledger",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.STDOUT,
        stdout=asyncio.subprocess.PIPE,
    )
    said = []
    try:
        async with asyncio.timeout(30):
            while not said or "is open" not in said[-1]:
                line = (await process.stdout.readline()).decode()
                assert line, said
                said.append(line)
        yield re.findall(r"http://127\.0\.0\.1:\d+", said[-1]), process, said
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def get(url, **query):
    async with aiohttp.ClientSession() as session, session.get(url, params=query) as response:
        return await response.json(content_type=None)


async def post(url, body=None):
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return await response.json(content_type=None)


async def test_a_killed_ledger_goes_on(tmp_path):
    alice, file = key("alice").public_key, tmp_path / "ledger"
    arguments = ("--listen", "127.0.0.1:0", "--data-file", str(file), "--close-interval-s", "0.05")
    async with ledger(*arguments) as ([url], process, _):
        record = await get(f"{url}/friendbot", addr=alice)
        page = await get(f"{url}/ledgers", limit=200)
        process.kill()
    with file.open("ab") as torn:
        torn.write(b'{"sequence":')
    async with ledger(*arguments, "--base-fee-stroops", "150") as ([url], process, said):
        assert any("cut off" in line and "12" in line for line in said)
        again = await get(f"{url}/transactions/{record['hash']}")
        for each in (again, record):
            del each["_links"]
        assert again == record
        ledgers = (await get(f"{url}/ledgers", limit=200))["_embedded"]["records"]
        hashes = [each["hash"] for each in page["_embedded"]["records"]]
        assert [each["hash"] for each in ledgers][: len(hashes)] == hashes
        assert (await get(f"{url}/_sandbox"))["settings"]["base_fee_stroops"] == 150
        process.terminate()
        assert await process.wait() == 0
    assert all(json.loads(line) for line in file.read_text().splitlines())


async def test_two_horizons_of_one_ledger_by_hand():
    async with ledger("--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--manual") as (urls, _, _):
        first, second = urls
        await post(f"{second}/_sandbox/faults", {"fault": "freeze"})
        before = (await get(first))["history_latest_ledger"]
        await post(f"{first}/_sandbox/close")
        await post(f"{second}/_sandbox/close")
        assert (await get(first))["history_latest_ledger"] == before + 2
        assert (await get(second))["history_latest_ledger"] == before
