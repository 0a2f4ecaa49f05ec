"""What is owed after the ledger went on: paid, failed, open and unknown transactions, deposits, donors, refunds."""

from dataclasses import replace

import pytest
from stellar_sdk import HashMemo, MuxedAccount, Preconditions, TextMemo, TimeBounds, Transaction, TransactionEnvelope
from stellar_sdk import Payment as LedgerPayment

from constellation.protocol.amounts import ONE, format_amount
from constellation.protocol.messages import MergeSubAccount, OpenSubAccount, Payment, Withdrawal
from constellation.protocol.sub_accounts import sub_account_key
from constellation.stellarlink import (
    HistoryGap,
    MalformedAnswer,
    NetworkMismatch,
    NetworkUnavailable,
    SubmitStatus,
    TransactionPage,
)
from constellation.stellarlink.refund_history import read_history
from constellation.stellarlink.refund_ledger import read_ledger
from constellation.stellarlink.refund_model import RefundRefused
from constellation.stellarlink.refund_transactions import refund_memo
from constellation.stellarlink.signatures import decorated
from constellation.stellarlink.toid import ledger_end, ledger_of
from constellation.testing.world import to
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.refund_world import USD, XLM, Ending, ending
from tests.stellarlink.support import (
    AUDITORS,
    CHANNELS,
    DOLLAR,
    LUMEN,
    OTHER,
    PASSPHRASE,
    STELLAR_DOLLAR,
    TRADER,
    VAULT,
    deposits,
    make_settings,
)


async def two_owners(world: Ending) -> None:
    await world.network.fund(OTHER.address)
    await world.deposit(TRADER, 100 * ONE)
    await world.deposit(TRADER, 50 * ONE, DOLLAR)
    await world.deposit(OTHER, 30 * ONE)
    await world.commit()
    world.pay(TRADER, OTHER, 1, 8 * ONE)


async def owed(world: Ending, donors: tuple[str, ...] = ()) -> dict[tuple[str, str], int]:
    claims = await world.claims(await world.view(), donors)
    return {key: claim.amount for key, claim in claims.owed.items()}


async def vault_pays(world: Ending, to, amount: int, *, memo=None, asset=LUMEN, channel: int = 0) -> None:
    """A transaction that a quorum of auditors signed, whatever it is."""
    account = await world.network.account(CHANNELS[channel].address)
    transaction = Transaction(
        MuxedAccount(account.address),
        account.sequence + 1,
        1000,
        [LedgerPayment(to.address, asset, format_amount(amount), source=VAULT.address)],
        memo=memo,
        preconditions=Preconditions(time_bounds=TimeBounds(0, 0)),
        v1=True,
    )
    envelope = TransactionEnvelope(transaction, PASSPHRASE)
    envelope.signatures = [decorated(item.public, item.sign(envelope.hash())) for item in AUDITORS[:2]]
    assert (await world.network.submit(envelope.to_xdr())).status is SubmitStatus.INCLUDED


async def test_an_open_withdrawal_must_lapse_first():
    async with ending() as world:
        await two_owners(world)
        world.withdraw(TRADER, 10 * ONE)
        world.seal()
        [prepared] = world.machine.state.desk.prepared
        with pytest.raises(RefundRefused, match=r"can still be executed until .* UTC; try again") as caught:
            await owed(world)
        assert prepared.transaction.hex() in caught.value.message
        # Exactly at the bound the ledger would still take it.
        view = await world.view()
        at = replace(view, info=replace(view.info, latest_closed_at_s=prepared.max_time_s))
        with pytest.raises(RefundRefused, match="can still be executed"):
            await world.claims(at)
        after = replace(view, info=replace(view.info, latest_closed_at_s=prepared.max_time_s + 1))
        assert (await world.claims(after)).owed[TRADER.address, XLM].amount == 100 * ONE


async def test_a_withdrawal_that_was_paid_needs_no_waiting_and_is_not_paid_twice():
    async with ending() as world:
        await two_owners(world)
        world.withdraw(TRADER, 10 * ONE)
        world.seal()
        await world.execute(world.machine.state.desk.prepared[0])
        assert await owed(world) == {
            (TRADER.address, XLM): 90 * ONE,
            (TRADER.address, USD): 42 * ONE,
            (OTHER.address, XLM): 30 * ONE,
            (OTHER.address, USD): 8 * ONE,
        }


async def test_a_withdrawal_that_failed_is_still_owed():
    async with ending() as world:
        await two_owners(world)
        world.withdraw(OTHER, 3 * ONE, asset=1)  # it has no trust line
        world.seal()
        with pytest.raises(AssertionError):
            await world.execute(world.machine.state.desk.prepared[0])
        assert (await owed(world))[OTHER.address, USD] == 8 * ONE


async def test_what_sub_accounts_own_is_owed_to_their_parents():
    async with ending() as world:
        await two_owners(world)
        for number in (1, 2):
            world.request(TRADER, OpenSubAccount(number, 10 * ONE))
        world.request(TRADER, Payment(sub_account_key(TRADER.public, 1), 1, 5 * ONE))
        world.request(TRADER, MergeSubAccount(2))
        for number in (2, 3):  # one that is merged, and one that was never opened
            world.request(OTHER, Payment(sub_account_key(TRADER.public, number), 0, 2 * ONE))
        world.request_of_sub_account(TRADER, 1, Withdrawal(0, 3 * ONE, to(OTHER)))
        world.seal()
        await world.execute(world.machine.state.desk.prepared[0])
        assert await owed(world) == {
            (TRADER.address, XLM): 101 * ONE,
            (TRADER.address, USD): 42 * ONE,
            (OTHER.address, XLM): 26 * ONE,
            (OTHER.address, USD): 8 * ONE,
        }


async def test_late_deposits_and_donors():
    async with ending() as world:
        await two_owners(world)
        world.seal()
        await world.deposit(OTHER, 4 * ONE)
        await world.deposit(TRADER, 5 * ONE, DOLLAR)
        found = await owed(world)
        assert (found[OTHER.address, XLM], found[TRADER.address, USD]) == (34 * ONE, 47 * ONE)
        claims = await world.claims(await world.view(), (OTHER.address, TRADER.address))
        assert claims.given == 4 * ONE
        assert claims.owed[OTHER.address, XLM].amount == 30 * ONE
        assert claims.owed[TRADER.address, USD].amount == 47 * ONE, "only lumens serve reserves"


@pytest.mark.parametrize("memo", [None, TextMemo("hello"), HashMemo(bytes(32))])
async def test_a_payment_that_the_state_does_not_know_means_a_later_state(memo):
    async with ending() as world:
        await two_owners(world)
        world.seal()
        await vault_pays(world, TRADER, ONE, memo=memo)
        with pytest.raises(RefundRefused, match="neither a withdrawal of this state nor a refund"):
            await owed(world)


async def test_earlier_refunds_count():
    async with ending() as world:
        await two_owners(world)
        world.seal()
        memo = HashMemo(refund_memo(world.settings))
        await vault_pays(world, TRADER, 99 * ONE, memo=memo)
        await vault_pays(world, TRADER, 42 * ONE, memo=memo, asset=STELLAR_DOLLAR, channel=1)
        found = await owed(world)
        assert found[TRADER.address, XLM] == ONE
        assert (TRADER.address, USD) not in found, "nothing is left of it"
        plan, *_ = await world.plan()
        assert [item.unexplained for item in plan.sums] == [0, 0]
        await vault_pays(world, TRADER, ONE + 1, memo=memo)
        with pytest.raises(RefundRefused, match="1 stroops of native more than the state owes"):
            await owed(world)


async def test_a_refund_to_a_stranger_is_noticed():
    async with ending() as world:
        await two_owners(world)
        world.seal()
        await world.network.fund(AUDITORS[0].address)
        await vault_pays(world, AUDITORS[0], 1, memo=HashMemo(refund_memo(world.settings)))
        with pytest.raises(RefundRefused, match="who is owed nothing of native"):
            await owed(world)


async def test_accounts_that_do_not_obey_the_auditors_are_refused():
    async with ending() as world:
        world.server.ledger.state.peek(CHANNELS[1].address).master_weight = 1
        with pytest.raises(RefundRefused, match="can still be moved by its master key"):
            await world.view()


class Restless:
    """A network whose vault is different each time it is asked for, so many times."""

    def __init__(self, network, times: int) -> None:
        self._network = network
        self._left = times

    def __getattr__(self, name):
        return getattr(self._network, name)

    async def account(self, address):
        found = await self._network.account(address)
        self._left -= address == VAULT.address
        return replace(found, sequence=self._left) if self._left > 0 else found


async def test_the_vault_must_stand_still_while_it_is_read():
    async with ending() as world:
        cursor, signers = world.machine.state.ledger_cursor, [world.machine.state.signers]
        await read_ledger(Restless(world.network, 5), world.settings, signers, cursor, pause_s=0)
        with pytest.raises(NetworkUnavailable, match="changed while they were read"):
            await read_ledger(Restless(world.network, 50), world.settings, signers, cursor, pause_s=0)


async def test_history_is_read_page_by_page_up_to_the_ledger_s_end():
    settings = make_settings(channels=1)
    network = FakeNetwork()
    for ledger in range(1, 6):
        network.close(*((VAULT.address, deposits(ledger << 32 | place << 12)) for place in range(1, 91)))
    history = await read_history(network, settings, ledger_end(0), 4)
    assert len(history.deposits) == 360
    assert {ledger_of(item.place) for item in history.deposits} == {1, 2, 3, 4}
    assert network.calls.count("transactions") == 3
    assert len(history.until(2).deposits) == 180
    assert len(history.after(2).deposits) == 180
    assert history.change(XLM) == 360 * ONE
    later = await read_history(network, settings, 3 << 32 | 45 << 12 | 0xFFF, 4)
    assert len(later.deposits) == 135


class Behind(FakeNetwork):
    """A server whose lists end before the ledger it claims to have."""

    async def transactions(self, address, cursor, limit):
        page = await super().transactions(address, cursor, limit)
        return TransactionPage(page.records, self.latest - 1)


async def test_lists_that_cannot_be_trusted():
    settings = make_settings(channels=1)
    behind = Behind()
    behind.close()
    with pytest.raises(NetworkUnavailable, match="at ledger 0, 1 was promised"):
        await read_history(behind, settings, 0, 1)
    disordered = FakeNetwork()
    disordered.close((VAULT.address, deposits(1 << 32 | 2 << 12)), (VAULT.address, deposits(1 << 32 | 1 << 12)))
    with pytest.raises(MalformedAnswer, match="out of order"):
        await read_history(disordered, settings, 0, 1)
    double = FakeNetwork()
    place = 1 << 32 | 1 << 12
    double.close((VAULT.address, deposits(place)), (CHANNELS[0].address, deposits(place, amount=2)))
    with pytest.raises(MalformedAnswer, match="two transactions at place"):
        await read_history(double, settings, 0, 1)


async def test_another_network_and_a_short_history():
    async with ending() as world:
        stranger = replace(world.settings, network_passphrase="another")
        with pytest.raises(NetworkMismatch):
            await read_ledger(world.network, stranger, [], world.settings.ledger_cursor)

        class Short:
            def __getattr__(self, name):
                return getattr(world.network, name)

            async def network(self):
                return replace(await world.network.network(), oldest_ledger=10_000)

        with pytest.raises(HistoryGap):
            await read_ledger(Short(), world.settings, [], world.settings.ledger_cursor)
