"""The machine against the naive model: the same effects, in the same order, or the same refusal."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    CancelOrder,
    ChannelTransaction,
    Code,
    CreditAsset,
    EffectGroup,
    LedgerDeposit,
    LedgerEvent,
    LimitOrder,
    Memo,
    Operation,
    Payment,
    QuantumBody,
    Side,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.quanta import Machine, conservation_errors
from constellation.testing import NaiveExchange, World, random_quanta
from constellation.testing.world import ONE, START_US, key_of, to
from tests.quanta.stage import accounts_of, picture

NAMES = ("alice", "bob", "carol", "nobody", "vault", "channel 0", "fees")
KEYS = st.sampled_from(NAMES).map(key_of)
TRADERS = st.sampled_from(NAMES[:3]).map(key_of)
FORCES = st.sampled_from(TimeInForce)
AMOUNTS = st.sampled_from(
    (-1, 0, 1, ONE // 10 - 1, ONE // 10, ONE - 1, ONE, 19 * ONE, 20 * ONE, 2**63 - 1)
) | st.integers(1, 30 * ONE)
MEMOS: st.SearchStrategy[Memo] = st.sampled_from((None, None, "", "memo", 0))


@st.composite
def orders(draw: st.DrawFn) -> LimitOrder:
    """Mostly good ones around one price, so that they meet."""
    market = draw(st.sampled_from((0, 0, 0, 1, 2)))
    middle, lot = (2_500, 10_000) if market == 0 else (1_100, 100_000)
    price = draw(st.sampled_from((middle,) * 3 + (middle - 1, middle + 1, middle - 40, middle + 40, 0, -middle)))
    lots = draw(st.sampled_from((100, 100, 200, 250, 40, 1, 0, 50_000)) | st.integers(1, 2_000))
    odd = draw(st.sampled_from((0,) * 9 + (1,)))
    return LimitOrder(market, draw(st.sampled_from(Side)), price, lots * lot + odd, draw(FORCES))


OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    orders(),
    orders(),
    orders(),
    st.integers(0, 60).map(CancelOrder),
    st.builds(Payment, KEYS.map(lambda key: key.public), st.integers(0, 3), AMOUNTS),
    st.builds(Withdrawal, st.integers(0, 3), AMOUNTS, st.builds(to, KEYS, MEMOS)),
)


@dataclass
class Ask:
    """A request: by whom, what, how far its nonce and its validity are from what is usual."""

    who: KeyPair
    operation: Operation
    nonce_step: int
    validity_us: int


@dataclass
class Close:
    """A ledger closes: what each channel's transaction came to, which deposits arrived, how late it is."""

    outcomes: list[bool | None]
    deposits: list[tuple[KeyPair, int, int]]
    later_s: int
    signers: int = dataclass_field(default=2)


ASKS = st.builds(
    Ask,
    st.one_of(TRADERS, TRADERS, TRADERS, KEYS),
    OPERATIONS,
    st.sampled_from((1,) * 12 + (0, -1, 5)),
    st.sampled_from((60_000_000,) * 12 + (-1, 0, 300_000_000, 300_000_001)),
)
CLOSES = st.builds(
    Close,
    st.lists(st.sampled_from((True, False, None)), min_size=2, max_size=2),
    st.lists(st.tuples(KEYS, st.integers(0, 4), AMOUNTS), max_size=3),
    st.sampled_from((-1, 0, 5, 299, 300, 301, 400)),
    st.sampled_from((2, 2, 2, 3, 1)),
)
STEPS = st.lists(st.one_of(ASKS, ASKS, ASKS, ASKS, ASKS, CLOSES), max_size=60)


class Twins:
    """The machine and the naive model, side by side."""

    def __init__(self, fees: tuple[int, int]) -> None:
        self.world = World(fills=3, maker_fee_ppm=fees[0], taker_fee_ppm=fees[1])
        self.world.settings.limits.open_orders = 6
        self.world.settings.limits.withdrawals = 3
        self.machine = self.world.machine()
        self.naive = NaiveExchange(self.world.settings)
        self.now = START_US
        for asset in range(3):
            self.both(self.world.deposits(self.machine, *((key_of(name), asset, 20 * ONE) for name in NAMES[:3])))

    def both(self, body: QuantumBody) -> list[EffectGroup] | Code:
        """Execute ``body`` on both; they must agree, and a refusal must change nothing."""
        before = picture(self.machine)
        expected = self.naive.execute(self.now, body)
        actual: list[EffectGroup] | Code
        try:
            actual = self.machine.execute(self.now, body).groups
        except Rejection as rejection:
            actual = rejection.code
            assert picture(self.machine) == before
        assert actual == expected
        assert accounts_of(self.machine) == self.naive.accounts()
        assert conservation_errors(self.machine.state) == []
        return actual

    def take(self, step: Ask | Close) -> None:
        self.now += 1_000
        if isinstance(step, Close):
            self.now = max(self.now, self.machine.state.ledger_closed_at_s * 1_000_000)
            events = [*self._answers(step), *self._deposits(step)]
            self._number(events)
            closed_at_s = self.now // 1_000_000 + step.later_s
            self.both(
                self.world.commit(self.machine, events, closed_at_s=closed_at_s, signers=step.signers),
            )
        else:
            account = self.machine.state.vault.accounts.get(step.who.public)
            nonce = (0 if account is None else account.nonce) + step.nonce_step
            self.both(
                self.world.request(step.who, step.operation, nonce=nonce, valid_until=self.now + step.validity_us)
            )

    def _answers(self, step: Close) -> list[LedgerEvent]:
        channels = self.machine.state.desk.channels.values()
        return [
            ChannelTransaction(0, channel.pending.transaction, channel.key, channel.pending.sequence, outcome)
            for channel, outcome in zip(channels, step.outcomes, strict=True)
            if channel.pending is not None and outcome is not None
        ]

    def _deposits(self, step: Close) -> list[LedgerEvent]:
        identities = [asset.identity for asset in self.world.settings.assets]
        identities += [CreditAsset("USD", key_of("mallory").public), CreditAsset("ETH", key_of("issuer").public)]
        return [
            LedgerDeposit(0, bytes(32), identities[asset], amount, who.public, None, None)
            for who, asset, amount in step.deposits
        ]

    def _number(self, events: list[LedgerEvent]) -> None:
        ledger = (self.machine.state.ledger_cursor >> 32) + 1
        for place, event in enumerate(events, 1):
            if isinstance(event, LedgerDeposit):
                event.operation = (ledger << 32) | (place << 12) | 1
            else:
                event.transaction_id = (ledger << 32) | (place << 12)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(((0, 0), (150, 450), (100_000, 100_000), (0, 1))), STEPS)
def test_whatever_happens_the_machine_does_what_the_rules_say(fees: tuple[int, int], steps: list[Ask | Close]) -> None:
    twins = Twins(fees)
    for step in steps:
        twins.take(step)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(TRADERS, orders()), min_size=10, max_size=40))
def test_whatever_is_ordered_books_are_matched_by_the_rules(steps: list[tuple[KeyPair, LimitOrder]]) -> None:
    twins = Twins((20, 30))
    for who, order in steps:
        twins.take(Ask(who, order, 1, 1))


@pytest.mark.parametrize("seed", range(3))
def test_a_long_random_flow_has_the_effects_that_the_rules_say(seed: int) -> None:
    world = World(fills=3, maker_fee_ppm=150, taker_fee_ppm=450)
    machine, naive = world.machine(), NaiveExchange(world.settings)
    traders = [key_of(name) for name in "abcdefgh"]
    for asset in range(3):
        deposits = world.deposits(machine, *((trader, asset, 500 * ONE) for trader in traders))
        assert machine.execute(START_US, deposits).groups == naive.execute(START_US, deposits)
    for timestamp, body in random_quanta(world, machine, traders, seed, 3_000):
        expected = naive.execute(timestamp, body)
        try:
            assert machine.execute(timestamp, body).groups == expected
        except Rejection as rejection:
            assert rejection.code is expected
    assert accounts_of(machine) == naive.accounts()


def test_time_never_goes_back() -> None:
    world = World()
    machine: Machine = world.machine()
    machine.execute(START_US, world.commit(machine, []))
    with pytest.raises(AssertionError, match="time never goes back"):
        machine.execute(START_US - 1, world.commit(machine, []))
    machine.execute(START_US, world.commit(machine, []))


def test_quanta_are_numbered_from_one_without_gaps() -> None:
    world = World()
    machine = world.machine()
    apexes = [machine.execute(START_US, world.commit(machine, [])).leaf.apex for _ in range(3)]
    assert apexes == [1, 2, 3]


def test_an_account_numbers_its_effects_without_gaps_over_a_whole_life() -> None:
    world = World(fills=3, maker_fee_ppm=150, taker_fee_ppm=450)
    machine = world.machine()
    told: dict[bytes, int] = {}

    def check(groups: list[EffectGroup]) -> None:
        for group in groups:
            assert group.first_number == told.get(group.account, 0) + 1
            told[group.account] = group.first_number + len(group.effects) - 1

    traders = [key_of(name) for name in "abcd"]
    for asset in range(3):
        check(machine.execute(START_US, world.deposits(machine, *((who, asset, 99 * ONE) for who in traders))).groups)
    for timestamp, body in random_quanta(world, machine, traders, 11, 800):
        try:
            check(machine.execute(timestamp, body).groups)
        except Rejection:
            continue
    assert told.pop(world.settings.vault) == machine.state.system_effect_number
    numbers = {key: account.effect_number for key, account in machine.state.vault.accounts.items()}
    assert told == {key: number for key, number in numbers.items() if number}
