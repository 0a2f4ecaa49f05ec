"""No money is lost, paid twice or stuck, whatever happens: whole constellations, run by their seed.

A run that fails is repeated by ``python -m constellation.testing.money SEED``.
"""

import pytest

from constellation.testing.money import run


@pytest.mark.parametrize("seed", range(24))
def test_no_money_is_lost_or_stuck(seed: int) -> None:
    run(seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("hundred", range(1, 6))
def test_no_money_is_lost_or_stuck_in_many_runs(hundred: int) -> None:
    for seed in range(hundred * 100, hundred * 100 + 100):
        try:
            run(seed)
        except Exception as error:
            raise AssertionError(f"python -m constellation.testing.money {seed}") from error


def test_a_seed_gives_the_same_run() -> None:
    assert run(7, steps=200) == run(7, steps=200)
