import asyncio
from contextlib import asynccontextmanager

from constellation.stellarlink import (
    SubmissionLoop,
    SubmitOutcome,
    SubmitStatus,
    TaskSubmitter,
)
from constellation.stellarlink import submission as submission_module
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.support import AUDITORS, auditor_signature, make_settings, prepared_withdrawal, state_with

SETTINGS = make_settings()
PREPARED = prepared_withdrawal(SETTINGS)


@asynccontextmanager
async def running(network, submitter, clock):
    loop = SubmissionLoop(network, submitter, clock)
    task = asyncio.create_task(loop.run())
    try:
        async with asyncio.timeout(5):
            yield loop
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def sign(submitter):
    for auditor in AUDITORS[:2]:
        submitter.receive_signature(auditor.public, auditor_signature(auditor, PREPARED.transaction))


async def until(condition):
    while not condition():
        await asyncio.sleep(0)


async def test_a_signature_wakes_the_loop_at_once():
    network, submitter = FakeNetwork(), TaskSubmitter()
    submitter.track(state_with(SETTINGS), PREPARED)
    async with running(network, submitter, lambda: 0.0) as loop:
        await asyncio.sleep(0)
        sign(submitter)
        loop.wake()
        await until(lambda: network.submitted)


async def test_an_unknown_outcome_is_retried_with_the_same_bytes(monkeypatch):
    monkeypatch.setattr(submission_module, "TICK_S", 0.001)
    network, submitter = FakeNetwork(), TaskSubmitter()
    network.outcomes.extend([SubmitOutcome(SubmitStatus.UNKNOWN)] * 2)
    submitter.track(state_with(SETTINGS), PREPARED)
    sign(submitter)
    now = 0.0
    async with running(network, submitter, lambda: now):
        for expected in (1, 2, 3):
            await until(lambda expected=expected: len(network.submitted) == expected)
            now += 10
    assert len(set(network.submitted)) == 1
