"""No money is lost, paid twice or stuck, whatever happens: whole constellations, run by their seed.

A run that fails is repeated by ``python -m constellation.testing.money SEED``.
"""

from collections import Counter

import pytest

from constellation.testing.money import run

HAPPENS = [
    "CloseAccount",
    "ClaimIgnored",
    "SettingsChanged",
    "TermBegan",
    "UnknownVaultTransaction",
    "UnknownChannelTransaction",
    "AssetSuspended:CLAWED_BACK",
    "AssetSuspended:NOT_AUTHORIZED",
    "AssetSuspended:UNKNOWN_VAULT_TRANSACTION",
    "AssetSuspended:NO_TRUST_LINE",
    "AssetSuspended:SUSPENDED_BY_AUDITORS",
    "AssetResumed",
    "SuspenseAdded:ACCOUNT_NOT_OPEN",
    "SuspenseAdded:BELOW_MINIMUM_DEPOSIT",
    "SuspenseAdded:SENDER_IS_ISSUER",
    "SuspenseAdded:UNKNOWN_ROUTING",
    "SuspenseRefunded",
    "WithdrawalClosed:PAID",
    "WithdrawalClosed:FAILED",
    "WithdrawalClosed:LAPSED",
    "VaultTaskClosed:REFUND_TASK:PAID",
    "VaultTaskClosed:REFUND_TASK:FAILED",
    "VaultTaskClosed:CLAIM_TASK:PAID",
    "VaultTaskClosed:CLAIM_TASK:FAILED",
    "VaultTaskClosed:CLAIM_TASK:LAPSED",
    "VaultTaskClosed:TRUST_TASK:PAID",
    "VaultTaskClosed:SIGNERS_TASK:PAID",
    "VaultTaskClosed:SIGNERS_TASK:LAPSED",
    "fee_bumps",
]
"""What a hundred runs must meet to be worth anything."""


@pytest.mark.parametrize("seed", range(14))
def test_no_money_is_lost_or_stuck(seed: int) -> None:
    assert run(seed).tally["WithdrawalClosed:PAID"]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("hundred", range(1, 6))
def test_no_money_is_lost_or_stuck_in_many_runs(hundred: int) -> None:
    tally: Counter[str] = Counter()
    for seed in range(hundred * 100, hundred * 100 + 100):
        try:
            tally.update(run(seed).tally)
        except Exception as error:
            raise AssertionError(f"repeat it: python -m constellation.testing.money {seed}") from error
    assert [what for what in HAPPENS if not tally[what]] == []


def test_a_seed_gives_the_same_run() -> None:
    assert run(7, steps=200) == run(7, steps=200)
