"""Whatever is submitted: lumens are conserved, and a failed transaction changes nothing but fee and sequence."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stellar_sdk import (
    AccountMerge,
    Asset,
    BumpSequence,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    CreateAccount,
    CreateClaimableBalance,
    ManageData,
    PathPaymentStrictSend,
    Payment,
)

from constellation.sandbox.state import State
from tests.sandbox.world import NATIVE, World, key, total_lumens

NAMES = ("alice", "bob", "carol", "dave")
USD = Asset("USD", key("alice").public_key)

names = st.sampled_from(NAMES)
assets = st.sampled_from([NATIVE, USD])
amounts = st.one_of(st.sampled_from(["0.0000001", "1", "9999", "922337203685.4775807"]), st.just("0"))


def address(name):
    return key(name).public_key


operations = st.one_of(
    st.builds(lambda to, asset, n: Payment(address(to), asset, n), names, assets, amounts),
    st.builds(lambda to, n: CreateAccount(address(to), n), names, amounts),
    st.builds(lambda to: AccountMerge(address(to)), names),
    st.builds(lambda n: ChangeTrust(USD, n), amounts),
    st.builds(lambda value: ManageData("note", value), st.sampled_from([None, "x"])),
    st.builds(BumpSequence, st.integers(0, 2**50)),
    st.builds(lambda to, asset, n: PathPaymentStrictSend(address(to), asset, n, asset, n, []), names, assets, amounts),
    st.builds(lambda to, asset, n: CreateClaimableBalance(asset, n, [Claimant(address(to))]), names, assets, amounts),
    st.just("claim"),
)
transactions = st.lists(st.tuples(names, st.lists(operations, min_size=1, max_size=4)), min_size=1, max_size=4)


def concrete(world, operation):
    if operation != "claim":
        return operation
    balances = world.ledger.state.claimable_balances()
    return ClaimClaimableBalance(balances[0].balance_id if balances else "00" * 36)


def usd_in_circulation(world):
    lines = [
        line.balance
        for account in world.ledger.state.accounts()
        for asset, line in account.trust_lines.items()
        if asset.code == "USD"
    ]
    claimable = [each.amount for each in world.ledger.state.claimable_balances() if not each.asset.is_native]
    return sum(lines) + sum(claimable)


def without_fees_and_sequences(state: State):
    entries = {}
    for account in state.accounts():
        copy = account.copy()
        copy.balance = copy.sequence = copy.sequence_ledger = copy.sequence_time = copy.last_modified_ledger = 0
        entries[account.account_id] = copy
    return entries, state.claimable_balances()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(transactions, min_size=1, max_size=5))
def test_conservation_and_atomicity(ledgers):
    world = World("alice", "bob", "carol")
    for ledger in ledgers:
        for name, some_operations in ledger:
            if world.account(name) is not None:
                world.submit(name, *[concrete(world, operation) for operation in some_operations])
        before, usd = without_fees_and_sequences(world.ledger.state), usd_in_circulation(world)
        balances = {account.account_id: account.balance for account in world.ledger.state.accounts()}
        closed = world.close()
        assert total_lumens(world.ledger) == 10**18
        assert all(account.balance >= 0 for account in world.ledger.state.accounts())
        if not any(record.is_successful for record in closed.transactions):
            assert without_fees_and_sequences(world.ledger.state) == before
            assert usd_in_circulation(world) == usd
            for record in closed.transactions:
                balances[record.envelope.fee_account] -= record.fee_charged
            after = {account.account_id: account.balance for account in world.ledger.state.accounts()}
            assert after == balances


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(transactions, min_size=1, max_size=3))
def test_the_same_transactions_make_the_same_ledger(ledgers):
    def run():
        world = World("alice", "bob", "carol")
        for ledger in ledgers:
            for name, some_operations in ledger:
                if world.account(name) is not None:
                    world.submit(name, *[concrete(world, operation) for operation in some_operations])
            world.close()
        return world.ledger.latest.hash

    assert run() == run()
