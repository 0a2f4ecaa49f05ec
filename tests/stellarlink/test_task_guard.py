"""What an auditor looks at before it signs: who can move the vault, and whether it can do what is asked."""

from dataclasses import dataclass, field, replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import ClaimableDeposit, SuspenseEntry, SuspenseReason
from constellation.stellarlink import LedgerAccount, LedgerBalance, NetworkUnavailable, TaskGuard, derivation_problem
from constellation.stellarlink import task_check as task_check_module
from constellation.stellarlink.task_check import ledger_problems
from constellation.stellarlink.task_guard import FRESH_S, RETRY_S
from constellation.vault import ClaimTask, RefundTask, TrustTask
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.support import (
    AUDITORS,
    CHANNELS,
    DOLLAR,
    OTHER,
    TRADER,
    VAULT,
    key,
    make_settings,
    prepared_task,
    prepared_withdrawal,
    state_with,
)

SETTINGS = make_settings(auditors=3)
RESERVE = 5_000_000
WITHDRAWAL = prepared_withdrawal(SETTINGS)
SIGNERS = {auditor.address: 1 for auditor in AUDITORS[:3]}


def locked(owner, *balances, **changes):
    found = LedgerAccount(
        owner.address, 0, balances, {**SIGNERS, owner.address: 0}, (2, 2, 2), {}, subentry_count=len(balances) + 3
    )
    return replace(found, **changes)


def lumens(amount, **changes):
    return LedgerBalance(None, amount, None, is_authorized=True, **changes)


def dollars(amount, limit=INT64_MAX, **changes):
    return LedgerBalance(DOLLAR, amount, limit, **({"is_authorized": True} | changes))


VAULT_ACCOUNT = locked(VAULT, dollars(100 * ONE), lumens(100 * ONE))
CHANNEL_ACCOUNT = locked(CHANNELS[0], lumens(10 * ONE))


def problems(prepared=WITHDRAWAL, vault=VAULT_ACCOUNT, channel=CHANNEL_ACCOUNT):
    return ledger_problems(state_with(SETTINGS), prepared, vault, channel, RESERVE)


def task(inner):
    return prepared_task(SETTINGS, inner, CHANNELS[0].public, 1, 1000)


def refund(asset=DOLLAR, amount=ONE):
    reason = SuspenseReason.BELOW_MINIMUM_DEPOSIT
    entry = SuspenseEntry(77, asset, amount, TRADER.public, bytes(32), reason, 0, None)
    return task(RefundTask(1, entry, None))


def claim(amount=ONE):
    return task(ClaimTask(1, ClaimableDeposit(77, bytes(32), bytes(32), DOLLAR, amount, TRADER.public, None), 1))


def test_a_vault_as_it_should_be():
    for prepared in (WITHDRAWAL, refund(), claim(), task(TrustTask(1, 1, DOLLAR))):
        assert problems(prepared) == []


@pytest.mark.parametrize("which", ["vault", "channel"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"thresholds": (1, 2, 2)}, "thresholds"),
        ({"thresholds": (2, 1, 2)}, "thresholds"),
        ({"thresholds": (2, 2, 3)}, "thresholds"),
        ({"signers": {**SIGNERS, OTHER.address: 1}}, "no auditor"),
        ({"signers": {**SIGNERS, AUDITORS[0].address: 2}}, "weight 2"),
        ({"signers": dict(list(SIGNERS.items())[:2])}, "lacks the signer"),
    ],
)
def test_signers_and_thresholds_that_changed(which, changes, words):
    changed = {which: replace(VAULT_ACCOUNT if which == "vault" else CHANNEL_ACCOUNT, **changes)}
    [problem] = problems(**changed)
    assert words in problem
    assert which in problem


def test_a_master_key_that_came_back():
    vault = replace(VAULT_ACCOUNT, signers={**SIGNERS, VAULT.address: 1})
    assert problems(vault=vault) == ["the vault can still be moved by its master key"]


@pytest.mark.parametrize("which", ["vault", "channel"])
def test_accounts_that_are_gone(which):
    assert problems(**{which: None}) == [f"the {which} is not on the ledger"]


@pytest.mark.parametrize(
    ("prepared", "balances", "words"),
    [
        (WITHDRAWAL, [lumens(ONE + 6 * RESERVE)], None),
        (WITHDRAWAL, [lumens(ONE + 6 * RESERVE - 1)], "the vault can pay 0.9999999 of native"),
        (WITHDRAWAL, [lumens(ONE + 6 * RESERVE, selling=1)], "the vault can pay 0.9999999"),
        (refund(), [lumens(100 * ONE)], "no authorized trust line"),
        (refund(), [dollars(ONE, is_authorized=False)], "no authorized trust line"),
        (refund(), [dollars(ONE - 1)], "the vault can pay 0.9999999"),
        (claim(), [lumens(100 * ONE)], "no authorized trust line"),
        (claim(), [dollars(9 * ONE, limit=10 * ONE)], None),
        (claim(), [dollars(9 * ONE, limit=10 * ONE, buying=1)], "is full"),
        (task(TrustTask(1, 1, DOLLAR)), [lumens(7 * RESERVE)], None),
        (task(TrustTask(1, 1, DOLLAR)), [lumens(7 * RESERVE - 1)], "the vault can pay"),
    ],
)
def test_what_the_vault_can_do(prepared, balances, words):
    vault = replace(VAULT_ACCOUNT, balances=tuple(balances), subentry_count=4)
    found = problems(prepared, vault=vault)
    assert (found == []) if words is None else (words in found[0])


# --- what is signed at all ------------------------------------------------------------------------------------------


def test_only_what_follows_from_the_task_is_signed():
    assert derivation_problem(SETTINGS, WITHDRAWAL) is None
    for changes in ({"transaction": bytes(32)}, {"max_time_s": 1001}, {"sequence": 2}, {"fee": 1}):
        changed = replace(WITHDRAWAL, **changes)
        assert derivation_problem(SETTINGS, changed) == "its transaction is not the one that follows from the task"


def test_nothing_without_a_time_bound_is_signed(monkeypatch):
    endless = prepared_withdrawal(SETTINGS, max_time_s=0)
    assert derivation_problem(SETTINGS, endless) == "its transaction has no time bound"
    derive = task_check_module.task_envelope

    def unbounded(settings, prepared):
        envelope = derive(settings, prepared)
        envelope.transaction.preconditions = None
        return envelope

    monkeypatch.setattr(task_check_module, "task_envelope", unbounded)
    prepared = replace(WITHDRAWAL, transaction=unbounded(SETTINGS, WITHDRAWAL).hash())
    assert derivation_problem(SETTINGS, prepared) == "its transaction has no time bound"


# --- looking ----------------------------------------------------------------------------------------------------------


@dataclass
class Ledger(FakeNetwork):
    accounts: dict[str, LedgerAccount] = field(default_factory=dict)

    def __post_init__(self):
        super().__init__()
        self.accounts |= {VAULT.address: VAULT_ACCOUNT, CHANNELS[0].address: CHANNEL_ACCOUNT}
        self.accounts[CHANNELS[1].address] = locked(CHANNELS[1], lumens(10 * ONE))

    async def account(self, address):
        self._call("account")
        return self.accounts.get(address)


@dataclass
class World:
    network: Ledger = field(default_factory=Ledger)
    now_s: float = 0.0

    def __post_init__(self):
        self.guard = TaskGuard(self.network, lambda: self.now_s)

    async def problems(self, *tasks):
        return await self.guard.problems(state_with(SETTINGS), tasks or [WITHDRAWAL])


WEAK = replace(VAULT_ACCOUNT, thresholds=(1, 1, 1))


async def test_a_look_holds_for_a_while_and_another_channel_is_looked_at_alone():
    world = World()
    assert await world.problems() == {}
    assert world.network.calls.count("account") == 2
    assert await world.problems() == {}
    assert world.network.calls.count("account") == 2
    other = prepared_withdrawal(SETTINGS, channel=1)
    assert await world.problems(WITHDRAWAL, other) == {}
    assert world.network.calls.count("account") == 3
    world.network.accounts[VAULT.address] = WEAK
    world.now_s = FRESH_S - 1
    assert await world.problems() == {}
    world.now_s = FRESH_S
    assert list(await world.problems()) == [WITHDRAWAL.transaction]


async def test_what_is_wrong_is_looked_at_again_soon():
    world = World()
    world.network.accounts[VAULT.address] = WEAK
    assert "thresholds" in (await world.problems())[WITHDRAWAL.transaction]
    world.network.accounts[VAULT.address] = VAULT_ACCOUNT
    world.now_s = RETRY_S
    assert await world.problems() == {}


async def test_a_change_of_the_vault_is_looked_at_at_once():
    world = World()
    assert await world.problems() == {}
    world.network.accounts[VAULT.address] = WEAK
    world.guard.forget()
    assert list(await world.problems()) == [WITHDRAWAL.transaction]


async def test_a_server_that_is_down_stops_nobody_and_forgives_nothing():
    world = World()
    world.network.trouble.append(NetworkUnavailable("gone"))
    assert await world.problems() == {}
    world.now_s += RETRY_S
    world.network.accounts[VAULT.address] = WEAK
    assert list(await world.problems()) == [WITHDRAWAL.transaction]
    world.now_s += RETRY_S
    world.network.trouble.extend([NetworkUnavailable("gone")] * 3)
    assert list(await world.problems()) == [WITHDRAWAL.transaction]


async def test_a_look_that_nobody_answered_is_repeated_soon():
    world = World()
    assert await world.problems() == {}
    world.now_s = FRESH_S
    world.network.trouble.append(NetworkUnavailable("gone"))
    assert await world.problems() == {}
    world.network.accounts[VAULT.address] = WEAK
    world.now_s += RETRY_S
    assert list(await world.problems()) == [WITHDRAWAL.transaction]


async def test_one_channel_does_not_hold_up_the_other():
    world = World()
    other = prepared_withdrawal(SETTINGS, channel=1)
    world.network.accounts[CHANNELS[1].address] = replace(CHANNEL_ACCOUNT, signers={key(9).address: 2})
    assert list(await world.problems(WITHDRAWAL, other)) == [other.transaction]
