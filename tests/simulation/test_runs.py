"""Random runs: they hold, they are the same every time, and planted bugs are found."""

import pytest

from constellation.build import core_is_compiled

FAST = 4
SEEDS = (FAST, 1, 1005, 1045, 5101, 6138, 7118, 2491976047, 2665081491, 245852028, 105332013)
"""Some of everything, quickly: two ordinary ones, and seeds that once found something."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_holds(simulate, seed: int) -> None:
    (outcome,) = simulate("--json", seed)
    assert outcome["error"] is None
    assert outcome["tally"]["states looked at"] > 50


in_the_core = pytest.mark.skipif(core_is_compiled(), reason="a compiled core cannot be patched")


@pytest.mark.parametrize("seed", [FAST, 1, 7118])
def test_a_seed_is_a_run_whatever_the_hashes_are(simulate, seed: int) -> None:
    one, other = (simulate("--json", seed, hash_seed=hashes)[0] for hashes in ("1", "2"))
    del one["cpu_s"], other["cpu_s"]
    assert one == other


def test_other_seeds_are_other_runs(simulate) -> None:
    one, other = sorted(simulate("--json", "--jobs", 2, 1, FAST), key=lambda outcome: outcome["seed"])
    assert one["trace"] != other["trace"]


@pytest.mark.parametrize(
    ("bug", "seed", "finding"),
    [
        ("candles_twice", 1005, "has other candles than its log"),
        ("move_cursor_alone", 1458236143, "has other batches than its log"),
        ("acknowledge_early", 7, "which nobody has stored"),
        ("adopt_own_log", 16, "alpha is rising"),
        ("count_one_vote", 7, "has a certificate that does not hold"),
        pytest.param("deposit_twice", 2, "is owed", marks=in_the_core),
        pytest.param("hide_asks", 2, "the book of market 0 is crossed", marks=in_the_core),
        pytest.param("ignore_locks", 5, "was locked", marks=in_the_core),
        pytest.param("ignore_rights", 10, "did what needs the owner", marks=in_the_core),
        pytest.param("keep_agents", 48, "no agent, or none any more", marks=in_the_core),
        pytest.param("forget_sub_accounts", 22, "no agent, or none any more", marks=in_the_core),
        ("lose_writes", 4, "batch 10 in the log is missing"),
    ],
)
def test_a_planted_bug_is_found(simulate, bug: str, seed: int, finding: str) -> None:
    (outcome,) = simulate("--json", "--plant", bug, seed, fails=True)
    assert finding in outcome["error"]


def test_what_is_broken_says_how_to_see_it_again(simulate) -> None:
    with pytest.raises(AssertionError, match=r"again: python -m constellation\.testing\.simulation 7"):
        simulate("--plant", "count_one_vote", 7)
