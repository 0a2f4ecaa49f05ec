import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from constellation.node.signature_pool import SignaturePool
from constellation.protocol.errors import Divergence
from constellation.protocol.messages import Batch, CancelOrder, Code, Payment, SignedRequest, SignedRequestBatch
from constellation.quanta import Tip, seal, signed_batch
from constellation.testing import World
from tests.node.test_gateway_workers import is_there

pytestmark = [pytest.mark.timeout(120), pytest.mark.xdist_group("processes")]

WORLD = World()


@pytest.fixture(scope="module")
def batch() -> Batch:
    """A batch with requests for several portions, and with a deposit."""
    machine = WORLD.machine()
    (anna, bert) = WORLD.funded(machine, "anna", "bert")
    executed = [
        machine.execute(
            machine.state.timestamp,
            WORLD.request(
                anna,
                Payment(bert.public, 0, 1),
                nonce=number,
                valid_until=machine.state.timestamp + 10_000_000,
            ),
        )
        for number in range(1, 200)
    ]
    executed.append(machine.execute(machine.state.timestamp, WORLD.deposits(machine, (anna, 0, 5))))
    return signed_batch(seal(machine, executed, Tip(1, 1, bytes(32)), 1, checkpoint=False), bytes(64))


@pytest.fixture
async def pool() -> AsyncIterator[SignaturePool]:
    pool = SignaturePool(WORLD.constellation, 2)
    yield pool
    await pool.close()


def forged(batch: Batch, place: int) -> Batch:
    quanta = list(batch.quanta)
    body = quanta[place].body
    assert isinstance(body, SignedRequest)
    signature = bytes([body.signature[0] ^ 1]) + body.signature[1:]
    quanta[place] = replace(quanta[place], body=SignedRequest(body.request, signature))
    return Batch(batch.signed_header, quanta)


async def prepared(pool: SignaturePool, batch: Batch) -> Batch:
    waiting = pool.prepare(batch)
    assert waiting is not None
    await waiting
    return batch


async def test_a_batch_that_was_prepared_is_not_checked_again(
    pool: SignaturePool, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prepared(pool, batch)
    checked: list[Batch] = []
    monkeypatch.setattr(
        "constellation.node.signature_pool.check_client_signatures", lambda _constellation, batch: checked.append(batch)
    )
    pool.check(WORLD.constellation, batch)
    assert checked == []
    pool.check(WORLD.constellation, batch)
    assert checked == [batch]


@pytest.mark.parametrize("place", [0, 63, 64, 198])
async def test_a_forged_request_is_named_wherever_it_is(pool: SignaturePool, batch: Batch, place: int) -> None:
    false = await prepared(pool, forged(batch, place))
    with pytest.raises(Divergence, match=f"quantum {false.signed_header.header.first_apex + place} ") as caught:
        pool.check(WORLD.constellation, false)
    assert caught.value.code is Code.BAD_SIGNATURE


async def test_a_forged_batch_of_requests_is_named(pool: SignaturePool, batch: Batch) -> None:
    machine = WORLD.machine()
    (anna,) = WORLD.funded(machine, "anna")
    signed = WORLD.batch(anna, [CancelOrder(1)] * 3, nonce=1, valid_until=machine.state.timestamp + 10_000_000)
    forged = SignedRequestBatch(signed.request, bytes([signed.signature[0] ^ 1]) + signed.signature[1:])
    for body, fits in ((signed, True), (forged, False)):
        mixed = Batch(batch.signed_header, [*batch.quanta, replace(batch.quanta[0], body=body)])
        await prepared(pool, mixed)
        assert (id(mixed) in pool._fit) is fits
    with pytest.raises(Divergence):
        pool.check(WORLD.constellation, mixed)


async def test_an_equal_batch_is_another_one(pool: SignaturePool, batch: Batch) -> None:
    await prepared(pool, batch)
    with pytest.raises(Divergence):
        pool.check(WORLD.constellation, forged(batch, 5))


async def test_what_was_prepared_on_a_connection_that_ended_is_forgotten(pool: SignaturePool, batch: Batch) -> None:
    await prepared(pool, batch)
    pool.link_down()
    assert pool._fit == {}


async def test_there_is_nothing_to_prepare_without_requests(pool: SignaturePool, batch: Batch) -> None:
    assert pool.prepare(Batch(batch.signed_header, batch.quanta[-1:])) is None
    assert pool.prepare(batch.signed_header) is None  # type: ignore[arg-type]


async def test_what_is_prepared_and_never_taken_is_bounded(pool: SignaturePool, batch: Batch) -> None:
    again = [Batch(batch.signed_header, list(batch.quanta)) for _ in range(40)]
    for item in again:
        await prepared(pool, item)
    assert list(pool._fit.values()) == again[-32:]


async def test_without_processes_everything_is_checked_here(
    pool: SignaturePool, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_pool: SignaturePool) -> None:
        raise OSError("no more processes")

    with monkeypatch.context() as patch:
        patch.setattr(SignaturePool, "_start", fail)
        await prepared(pool, batch)
        assert pool._fit == {}
        pool.check(WORLD.constellation, batch)
    await prepared(pool, batch)
    assert pool._fit == {id(batch): batch}


_NODE = """
import asyncio, sys, time
from constellation.node.signature_pool import SignaturePool
if __name__ == "__main__":
    pool = SignaturePool(bytes(32), 1)
    executor = pool._start()
    executor.submit(abs, 1).result()
    print(*executor._processes, flush=True)
    time.sleep(60)
"""


async def test_processes_end_with_a_node_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "node.py"
    script.write_text(_NODE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    node = await asyncio.create_subprocess_exec(
        sys.executable, str(script), stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert node.stdout is not None
    checker = int(await node.stdout.readline())
    node.kill()
    await node.wait()
    async with asyncio.timeout(10):
        while is_there(checker):
            await asyncio.sleep(0.05)


async def test_processes_that_die_are_replaced_and_nothing_is_believed(pool: SignaturePool, batch: Batch) -> None:
    await prepared(pool, batch)
    pool.link_down()
    assert pool._executor is not None
    for pid in list(pool._executor._processes):
        os.kill(pid, signal.SIGKILL)
    await prepared(pool, batch)
    pool.check(WORLD.constellation, batch)
    await prepared(pool, batch)
    assert pool._fit == {id(batch): batch}
