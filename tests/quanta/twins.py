"""The machine and the naive model, side by side, and steps that hypothesis makes up for both."""

from copy import deepcopy
from dataclasses import dataclass
from random import Random

from hypothesis import strategies as st

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    Agent,
    Appointment,
    AssetResumption,
    AssetSettings,
    AssetSuspension,
    CancelOrder,
    ChannelTransaction,
    ClaimableDeposit,
    CloseAccount,
    Code,
    CreditAsset,
    Decision,
    EffectGroup,
    LedgerDeposit,
    LedgerEvent,
    LedgerMemo,
    LimitOrder,
    MarketSettings,
    MarketStatus,
    Memo,
    Operation,
    Payment,
    Proposal,
    QuantumBody,
    QuorumRule,
    RegisterRouting,
    Settings,
    SettingsChange,
    Side,
    SuspenseRefund,
    SuspensionReason,
    TimeInForce,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.sub_accounts import sub_account_key
from constellation.quanta import conservation_errors
from constellation.testing import NaiveExchange, World
from constellation.testing.flow.keys import random_key_request, signed_by_any
from constellation.testing.world import ONE, START_US, key_of, to
from constellation.vault import Account
from tests.quanta.stage import accounts_of, picture

NAMES = ("alice", "bob", "carol", "nobody", "vault", "channel 0", "fees", "issuer")
KEYS = st.sampled_from(NAMES).map(key_of)
TRADERS = st.sampled_from(NAMES[:3]).map(key_of)
FORCES = st.sampled_from(TimeInForce)
AMOUNTS = st.sampled_from(
    (-1, 0, 1, ONE // 10 - 1, ONE // 10, ONE - 1, ONE, 19 * ONE, 20 * ONE, 2**63 - 1)
) | st.integers(1, 30 * ONE)
MEMOS: st.SearchStrategy[Memo] = st.sampled_from((None, None, "", "memo", 0))
ROUTING_IDS = st.sampled_from((0, 1, 2, 2**64 - 1))
LEDGER_MEMOS: st.SearchStrategy[LedgerMemo] = st.sampled_from((None, None, None, b"text")) | ROUTING_IDS
DESTINATIONS = st.builds(
    to, KEYS, MEMOS, muxed_id=st.sampled_from((None, None, None, 5)), creates=st.sampled_from((False, False, True))
)


@st.composite
def orders(draw: st.DrawFn) -> LimitOrder:
    """Mostly good ones around one price, so that they meet."""
    market = draw(st.sampled_from((0, 0, 0, 1, 2)))
    middle, lot = (1_100, 100_000) if market == 1 else (2_500, 10_000)
    price = draw(st.sampled_from((middle,) * 3 + (middle - 1, middle + 1, middle - 40, middle + 40, 0, -middle)))
    lots = draw(st.sampled_from((100, 100, 200, 250, 40, 1, 0, 50_000)) | st.integers(1, 2_000))
    odd = draw(st.sampled_from((0,) * 9 + (1,)))
    return LimitOrder(market, draw(st.sampled_from(Side)), price, lots * lot + odd, draw(FORCES), None)


OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    orders(),
    orders(),
    orders(),
    st.integers(0, 60).map(CancelOrder),
    st.builds(Payment, KEYS.map(lambda key: key.public), st.integers(0, 3), AMOUNTS),
    st.builds(Withdrawal, st.integers(0, 3), AMOUNTS, DESTINATIONS),
    st.builds(CloseAccount, DESTINATIONS),
    st.builds(RegisterRouting, ROUTING_IDS),
)

BATCHABLE: st.SearchStrategy[Operation] = st.one_of(
    orders(),
    orders(),
    st.integers(0, 100).map(CancelOrder),
    st.builds(Payment, KEYS.map(lambda key: key.public), st.integers(0, 3), AMOUNTS),
)


@dataclass
class Ask:
    """A request: by whom, what, how far its nonce and its validity are from what is usual."""

    who: KeyPair
    operation: Operation
    nonce_step: int
    validity_us: int


@dataclass
class AskTogether:
    """A request batch: by whom, what, whether all or nothing, how far its nonce and validity are from what is usual."""

    who: KeyPair
    operations: list[Operation]
    all_or_nothing: bool
    nonce_step: int
    validity_us: int


@dataclass
class AskAsAny:
    """A request by the owner, an agent or a stranger; without an operation it is about keys or locks."""

    who: KeyPair
    operation: Operation | None
    seed: int


@dataclass
class Leave:
    """The next step by which an account withdraws all it has and closes."""

    who: KeyPair


@dataclass
class Arrival:
    """Something on the ledger that no channel did."""

    kind: str
    who: KeyPair
    asset: int
    amount: int
    memo: LedgerMemo
    muxed_id: int | None
    flag: bool


@dataclass
class Close:
    """A ledger closes: what each channel's transaction came to, what else arrived, how late it is."""

    outcomes: list[bool | str | None]
    arrivals: list[Arrival]
    later_s: int
    signers: int


@dataclass
class Decide:
    """The auditors decide: what, about which of the possible things, how far from what is next."""

    kind: str
    pick: int
    reason: SuspensionReason
    step: int
    validity_us: int
    signers: int


@dataclass
class Begin:
    """A term begins: with whom, how far from the next one, signed by how many."""

    auditors: list[int]
    rule: QuorumRule
    alpha: str
    step: int
    signers: int


ASKS = st.builds(
    Ask,
    st.one_of(TRADERS, TRADERS, TRADERS, KEYS),
    OPERATIONS,
    st.sampled_from((1,) * 12 + (0, -1, 5)),
    st.sampled_from((60_000_000,) * 12 + (-1, 0, 300_000_000, 300_000_001)),
)
BATCHES = st.builds(
    AskTogether,
    st.one_of(TRADERS, TRADERS, TRADERS, KEYS),
    st.lists(BATCHABLE, max_size=8) | st.lists(OPERATIONS, max_size=8),
    st.booleans(),
    st.sampled_from((1,) * 12 + (0, -1, 5)),
    st.sampled_from((60_000_000,) * 12 + (-1, 0, 300_000_000, 300_000_001)),
)
ARRIVALS = st.builds(
    Arrival,
    st.sampled_from(("deposit",) * 6 + ("claimable",) * 3 + ("clawback", "authorization", "vault")),
    KEYS,
    st.integers(0, 5),
    AMOUNTS,
    LEDGER_MEMOS,
    st.none() | st.none() | ROUTING_IDS,
    st.booleans(),
)
CLOSES = st.builds(
    Close,
    st.lists(st.sampled_from((True, True, False, None, "strange", "failed")), min_size=2, max_size=2),
    st.lists(ARRIVALS, max_size=3),
    st.sampled_from((-1, 0, 5, 299, 300, 301, 400)),
    st.sampled_from((2, 2, 2, 3, 1)),
)
DECISIONS = st.builds(
    Decide,
    st.sampled_from(("resume", "resume", "resume", "refund", "refund", "suspend", "settings", "settings")),
    st.integers(0, 12),
    st.sampled_from(SuspensionReason),
    st.sampled_from((0,) * 9 + (-1, 1)),
    st.sampled_from((60_000_000, 60_000_000, 0, -1)),
    st.sampled_from((2, 2, 2, 3, 1, 0)),
)
SIGNED = st.builds(AskAsAny, TRADERS, st.none() | OPERATIONS, st.integers(0, 2**32))
LEAVES = st.builds(Leave, TRADERS)
BEGINNINGS = st.builds(
    Begin,
    st.lists(st.integers(0, 4), min_size=3, max_size=5, unique=True) | st.lists(st.integers(0, 4), max_size=6),
    st.sampled_from((QuorumRule.MAJORITY, QuorumRule.MAJORITY, QuorumRule.TWO_THIRDS)),
    st.sampled_from(("alpha",) * 4 + ("another alpha",) * 2 + ("auditor 0", "auditor 4", "vault", "channel 1")),
    st.sampled_from((0,) * 9 + (-1, 1)),
    st.sampled_from((3, 3, 3, 4, 2, 1)),
)
Step = Ask | AskTogether | AskAsAny | Leave | Close | Decide | Begin
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(ASKS, ASKS, ASKS, ASKS, SIGNED, SIGNED, BATCHES, BATCHES, LEAVES, CLOSES, CLOSES, DECISIONS, BEGINNINGS),
    max_size=60,
)
TURNS: st.SearchStrategy[list[Step]] = st.lists(st.one_of(BEGINNINGS, BEGINNINGS, CLOSES, ASKS), max_size=40)
"""Little else than terms that begin."""


def agents_of(account: Account) -> list[Agent]:
    return [] if account.keys is None else account.keys.agents


class Twins:
    """The machine and the naive model, side by side."""

    def __init__(self, fees: tuple[int, int], fills: int = 3, band: int = 0, *markets: MarketSettings) -> None:
        self.world = World(fills=fills, maker_fee_ppm=fees[0], taker_fee_ppm=fees[1], price_band_ppm=band)
        self.world.settings.markets += markets
        self.world.settings.limits.open_orders = 6
        self.world.settings.limits.withdrawals = 3
        self.world.auditors += [key_of("auditor 3"), key_of("auditor 4")]  # who may come later
        self.machine = self.world.machine()
        self.naive = NaiveExchange(self.world.settings)
        self.now = START_US
        for asset in range(3):
            self.both(self.world.deposits(self.machine, *((key_of(name), asset, 20 * ONE) for name in NAMES[:3])))

    def both(self, body: QuantumBody) -> list[list[EffectGroup]] | Code:
        """Execute ``body`` on both; they must agree, and a refusal must change nothing."""
        before = picture(self.machine)
        expected = self.naive.execute_all(self.now, body)
        actual: list[list[EffectGroup]] | Code
        try:
            actual = [executed.groups for executed in self.machine.execute_all(self.now, body)]
        except Rejection as rejection:
            actual = rejection.code
            assert picture(self.machine) == before
        assert actual == expected
        self.agree()
        return actual

    def agree(self) -> None:
        """Whatever can be counted on both is the same."""
        state, model = self.machine.state, self.naive.model
        assert accounts_of(self.machine) == self.naive.accounts()
        assert state.vault.held == [model.held(asset) for asset in range(len(state.assets))]
        assert {asset: item.reason for asset, item in state.assets.suspensions.items()} == model.suspensions
        assert state.assets.changes == [model.changes.get(asset, 0) for asset in range(len(state.assets))]
        assert sorted(task.key for task in state.desk.tasks) == sorted((task.kind, task.number) for task in model.tasks)
        assert {entry.operation: entry.refunds for entry in state.suspense.entries} == {
            item.operation: item.refunds for item in model.suspense
        }
        assert (state.term, state.settings_version, state.settings) == (model.term, model.version, model.settings)
        assert (state.signers.auditors, state.signers.quorum_rule) == model.signers
        agents = {(account.key, agent.key) for account in state.vault.accounts.values() for agent in agents_of(account)}
        assert agents == {(agent.account, agent.key) for agent in model.agents}
        families = {
            (sub_account_key(account.key, number), account.key, number)
            for account in state.vault.accounts.values()
            for number in (account.keys.sub_accounts if account.keys else ())
        }
        assert families == {(key, *parent) for key, parent in model.parents.items()}
        assert conservation_errors(state) == []

    def take(self, step: Step) -> None:
        self.now += 1_000
        match step:
            case Ask():
                self._ask(step.who, step.operation, step.nonce_step, step.validity_us)
            case AskTogether():
                self._ask_together(step)
            case AskAsAny():
                self._ask_as_any(step)
            case Leave(who=who):
                self._ask(who, self._way_out(who))
            case Close():
                self._close(step)
            case Decide():
                proposal = Proposal(self.now + step.validity_us, self._decision(step))
                self.both(self.world.sign_proposal(proposal, step.signers, self.machine.state.settings))
            case Begin():
                self._begin(step)

    def _ask(self, who: KeyPair, operation: Operation, nonce_step: int = 1, validity_us: int = 60_000_000) -> None:
        nonce = self._last_nonce(who) + nonce_step
        self.both(self.world.request(who, operation, nonce=nonce, valid_until=self.now + validity_us))

    def _ask_as_any(self, step: AskAsAny) -> None:
        facts = Random(step.seed), self.world, self.machine
        if step.operation is None:
            self.both(random_key_request(*facts, [step.who], self.now))
        else:
            self.both(signed_by_any(*facts, step.who, step.operation, self.now))

    def _ask_together(self, step: AskTogether) -> None:
        self.both(
            self.world.batch(
                step.who,
                step.operations,
                all_or_nothing=step.all_or_nothing,
                nonce=self._last_nonce(step.who) + step.nonce_step,
                valid_until=self.now + step.validity_us,
            )
        )

    def _last_nonce(self, who: KeyPair) -> int:
        account = self.machine.state.vault.accounts.get(who.public)
        return 0 if account is None else account.nonce

    def _way_out(self, who: KeyPair) -> Operation:
        account = self.machine.state.vault.accounts[who.public]
        for order in account.orders:
            return CancelOrder(order)
        for asset, balance in account.balances.items():
            if asset and balance.amount > balance.liabilities:
                return Withdrawal(asset, balance.amount - balance.liabilities, to(who))
        return CloseAccount(to(who))

    # Terms

    def _begin(self, step: Begin) -> None:
        state = self.machine.state
        auditors = [self.world.auditors[number].public for number in step.auditors]
        term = state.term + 1 + step.step
        appointment = Appointment(term, key_of(step.alpha).public, auditors, step.rule, "", "")
        self.both(self.world.begin_term(appointment, state.settings, step.signers))

    # The ledger

    def _close(self, step: Close) -> None:
        self.now = max(self.now, self.machine.state.ledger_closed_at_s * 1_000_000)
        events = [*self._answers(step), *(self._arrival(arrival) for arrival in step.arrivals)]
        self._number(events)
        closed_at_s = self.now // 1_000_000 + step.later_s
        self.both(self.world.commit(self.machine, events, closed_at_s=closed_at_s, signers=step.signers))

    def _answers(self, step: Close) -> list[LedgerEvent]:
        answers: list[LedgerEvent] = []
        for channel, outcome in zip(self.machine.state.desk.channels.values(), step.outcomes, strict=True):
            pending = channel.pending
            if isinstance(outcome, str):
                successful = outcome == "strange"
                answers.append(ChannelTransaction(0, b"\x07" * 32, channel.key, channel.sequence + 1, successful))
            elif pending is not None and outcome is not None:
                answers.append(ChannelTransaction(0, pending.transaction, channel.key, pending.sequence, outcome))
        return answers

    def _arrival(self, arrival: Arrival) -> LedgerEvent:
        identities = [asset.identity for asset in self.world.settings.assets]
        identities += [CreditAsset("USD", key_of("mallory").public), NEW_ASSETS[0], NEW_ASSETS[1]]
        asset, source, amount = identities[arrival.asset], arrival.who.public, arrival.amount
        match arrival.kind:
            case "deposit":
                return LedgerDeposit(0, bytes(32), asset, amount, source, arrival.memo, arrival.muxed_id)
            case "claimable":
                return ClaimableDeposit(0, bytes(32), b"\x05" * 32, asset, amount, source, arrival.memo)
            case "clawback":
                return VaultClawback(0, bytes(32), asset, amount)
            case "authorization":
                return VaultAuthorization(0, bytes(32), asset, arrival.flag)
            case _:
                return VaultTransaction(0, bytes(32))

    def _number(self, events: list[LedgerEvent]) -> None:
        ledger = (self.machine.state.ledger_cursor >> 32) + 1
        for place, event in enumerate(events, 1):
            if isinstance(event, ChannelTransaction | VaultTransaction):
                event.transaction_id = (ledger << 32) | (place << 12)
            else:
                event.operation = (ledger << 32) | (place << 12) | 1

    # The auditors

    def _decision(self, step: Decide) -> Decision:
        state = self.machine.state
        if step.kind == "refund":
            entries = state.suspense.entries
            if not entries:
                return SuspenseRefund(1, 1)
            entry = entries[step.pick % len(entries)]
            return SuspenseRefund(entry.operation, max(0, entry.refunds + 1 + step.step))
        if step.kind == "settings":
            return SettingsChange(state.settings_version + 1 + step.step, changed(state.settings, step.pick))
        suspended = sorted(state.assets.suspensions)
        if step.kind == "resume" and suspended:
            asset = suspended[step.pick % len(suspended)]
            return AssetResumption(asset, state.assets.changes[asset] + 1 + step.step)
        asset = step.pick % (len(state.assets) + 1)
        change = state.assets.changes[asset] if asset in state.assets else 0
        if step.kind == "resume":
            return AssetResumption(asset, change + 1)
        return AssetSuspension(asset, max(0, change + 1 + step.step), step.reason)


NEW_ASSETS = (CreditAsset("ETH", key_of("issuer").public), CreditAsset("BTC", key_of("issuer").public))


def changed(settings: Settings, pick: int) -> Settings:
    """Settings that follow; those of the last picks cannot."""
    new = deepcopy(settings)
    listed = len(settings.assets)
    changes = {
        0: lambda: setattr(new, "minimum_balance", 2 * ONE),
        1: lambda: setattr(new, "minimum_balance", ONE // 2),
        2: lambda: setattr(new.limits, "open_orders", 1),
        3: lambda: setattr(new.limits, "withdrawals", 1),
        4: lambda: setattr(new.limits, "fills", 1),
        5: lambda: setattr(new.markets[0], "status", MarketStatus.MARKET_HALTED),
        6: lambda: setattr(new.markets[0], "status", MarketStatus.MARKET_OPEN),
        7: lambda: setattr(new.assets[0], "minimum_deposit", 3 * ONE),
        8: lambda: setattr(new, "transaction_fee", new.transaction_fee + 1),
        9: lambda: setattr(new, "vault_reserve", 0),
        10: lambda: new.markets.pop(),
    }
    if pick in changes:
        changes[pick]()
    elif listed < 5:
        new.assets.append(AssetSettings(NEW_ASSETS[listed - 3], ONE // 10, 0))
        new.markets.append(MarketSettings(listed, 0, 4, 1, 10_000, 1, 7, 11, MarketStatus.MARKET_OPEN, 0))
    return new
