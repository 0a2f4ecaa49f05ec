"""Whatever attackers do, honest clients keep their throughput, timers are punctual, and memory stays flat.

Honest clients send at a fixed modest rate, so that the processor time that attackers need on the same machine is not
what slows them down; attackers run with the lowest priority. Each attack is compared with what was measured just
before, in throughput and times, and in what it costs alpha: at most a fifth of a processor, so that honest clients
could still be given 80 % of one. The kernel tells how long alpha waited for a processor; where that was long, only the
cost is judged.
"""

import pytest

from tests.attacks.plan import GREEDY, OTHERS, QUICK, Plan, Siege
from tests.attacks.yard import Yard

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

_ROUNDS = 4
_GROWTH_MAX_MIB = 24


async def test_honest_clients_hardly_notice_the_worst_attacks(yard: Yard) -> None:
    siege = Siege(yard, seconds=1.0)
    problems = [problem for plan in QUICK if (problem := await siege.withstood(plan)) is not None]
    assert not problems, "\n".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize("plan", [*QUICK, *OTHERS], ids=lambda plan: f"{plan.kind}-{plan.port}-{plan.addresses}")
async def test_honest_clients_hardly_notice(yard: Yard, plan: Plan) -> None:
    assert await Siege(yard, seconds=3.0).withstood(plan) is None


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_memory_stays_flat(yard: Yard) -> None:
    siege, sizes = Siege(yard, seconds=0.5), []
    for _ in range(_ROUNDS):
        for plan in (*QUICK, *OTHERS):
            if plan.kind in GREEDY and plan.addresses == 1:
                await siege.attack(plan)
        sizes.append(yard.rss_mib)
    assert sizes[-1] - sizes[1] < _GROWTH_MAX_MIB, sizes
