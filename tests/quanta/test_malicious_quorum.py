"""A quorum that lies: whatever it signs is refused, or has effects; nothing else is ever raised, no money is invented
inside, and the state can still be hashed and restored.
"""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.errors import Rejection
from constellation.protocol.limits import INT64_MAX, UINT64_MAX
from constellation.protocol.messages import (
    AssetIdentity,
    AssetResumption,
    AssetSettings,
    AssetSuspension,
    ChannelTransaction,
    ClaimableDeposit,
    CloseAccount,
    CreditAsset,
    Decision,
    LedgerDeposit,
    LedgerEvent,
    LedgerReport,
    MarketSettings,
    MarketStatus,
    Proposal,
    QuantumBody,
    RegisterRouting,
    Settings,
    SettingsChange,
    SuspenseRefund,
    SuspensionReason,
    VaultAuthorization,
    VaultClawback,
    VaultTransaction,
    Withdrawal,
    decode_quantum_body,
    encode_quantum_body,
)
from constellation.quanta import Machine, conservation_errors
from constellation.testing import World
from constellation.testing.world import ONE, START_US, key_of, to
from tests.quanta.stage import picture, root_from_scratch
from tests.quanta.test_state_restore import restored

NAMES = ("alice", "bob", "nobody", "vault", "channel 0", "channel 1", "fees", "issuer", "alpha")
KEYS = st.sampled_from(NAMES).map(lambda name: key_of(name).public) | st.sampled_from((bytes(32), b"\xff" * 32))
AMOUNTS = st.sampled_from((-(2**63), -1, 0, 1, ONE, INT64_MAX - 1, INT64_MAX)) | st.integers(1, 99 * ONE)
SEQUENCES = st.sampled_from((-(2**63), -1, 0, 1, INT64_MAX - 1, INT64_MAX)) | st.integers(100 << 32, (100 << 32) + 9)
CODES = st.sampled_from(("USD", "EUR", "NEW", "", "€", "A B", "\0", "ABCDEFGHIJKL", "usd"))
ASSETS: st.SearchStrategy[AssetIdentity] = st.none() | st.builds(CreditAsset, CODES, KEYS)
LISTED: st.SearchStrategy[AssetIdentity] = st.sampled_from((None, World().usd, World().eur, World().usd))
MEMOS = st.none() | st.sampled_from((0, 1, 2, UINT64_MAX, b"", b"x" * 32))
HASHES = st.sampled_from((bytes(32), b"\xff" * 32))
ROUTING = st.none() | st.sampled_from((0, 1, UINT64_MAX))
PLACE = st.just(0)

EVENTS: st.SearchStrategy[LedgerEvent] = st.one_of(
    st.builds(LedgerDeposit, PLACE, HASHES, ASSETS | LISTED, AMOUNTS, KEYS, MEMOS, ROUTING),
    st.builds(LedgerDeposit, PLACE, HASHES, LISTED, AMOUNTS, KEYS, MEMOS, ROUTING),
    st.builds(ClaimableDeposit, PLACE, HASHES, HASHES, ASSETS | LISTED, AMOUNTS, KEYS, MEMOS),
    st.builds(VaultClawback, PLACE, HASHES, ASSETS | LISTED, AMOUNTS),
    st.builds(VaultAuthorization, PLACE, HASHES, ASSETS | LISTED, st.booleans()),
    st.builds(VaultTransaction, PLACE, HASHES),
    st.builds(ChannelTransaction, PLACE, HASHES, KEYS, SEQUENCES, st.booleans()),
)


@dataclass
class Report:
    """A report that follows, up to these oddities."""

    events: list[LedgerEvent]
    answers: list[bool | None]
    sequence: int | None
    closed_at_s: int
    cursor_step: int
    is_ordered: bool


REPORTS = st.builds(
    Report,
    st.lists(EVENTS, max_size=5),
    st.lists(st.sampled_from((True, True, False, None)), min_size=2, max_size=2),
    st.none() | st.none() | st.none() | SEQUENCES,
    st.sampled_from((0, 5, 5, 400, INT64_MAX)),
    st.sampled_from((0, 0, 0, 0, -1, 1)),
    st.sampled_from((True, True, True, True, False)),
)


@dataclass
class Odd:
    """A decision about the ``pick``-th thing there is, up to these oddities."""

    kind: str
    pick: int
    step: int
    asset: CreditAsset
    number: int


DECISIONS = st.builds(
    Odd,
    st.sampled_from(("refund", "refund", "resume", "resume", "suspend", "list", "list", "settings", "market")),
    st.integers(0, 9),
    st.sampled_from((0, 0, 0, 0, 0, 1, -1)),
    st.builds(CreditAsset, CODES, KEYS),
    st.sampled_from((0, 1, 99, 100, 3600, 2**32 - 1)),
)
REQUESTS = st.sampled_from(
    (
        Withdrawal(1, ONE, to(key_of("alice"))),
        Withdrawal(0, ONE, to(key_of("alice"), "x", creates=True)),
        CloseAccount(to(key_of("alice"))),
        RegisterRouting(1),
        RegisterRouting(UINT64_MAX),
    )
)
STEPS = st.lists(st.one_of(REPORTS, REPORTS, REPORTS, DECISIONS, DECISIONS, REQUESTS), min_size=1, max_size=25)


class Victim:
    """A machine with a busy state, and a quorum that signs anything."""

    def __init__(self) -> None:
        self.world = World()
        self.machine = self.world.machine()
        self.now = START_US
        self.alice, self.bob = self.world.funded(self.machine, "alice", "bob", amount=50 * ONE)

    def suffers(self, body: QuantumBody) -> None:
        body = decode_quantum_body(encode_quantum_body(body))
        before = picture(self.machine)
        try:
            self.machine.execute(self.now, body)
        except Rejection:
            assert picture(self.machine) == before, "a refused quantum changed something"
        self.check()

    def check(self) -> None:
        state = self.machine.state
        assert conservation_errors(state) == []
        assert all(0 <= held <= INT64_MAX for held in state.vault.held)
        assert state.root() == root_from_scratch(state)

    def report(self, step: Report) -> QuantumBody:
        state = self.machine.state
        events = [*self._answers(step), *step.events]
        ledger = (state.ledger_cursor >> 32) + 1
        for n, event in enumerate(events if step.is_ordered else events[::-1], 1):
            place = min(ledger << 32 | n << 12 | 1, UINT64_MAX)
            if isinstance(event, ChannelTransaction | VaultTransaction):
                event.transaction_id = place
            else:
                event.operation = place
        cursor = min(max(0, (ledger << 32 | 0xFFFF_FFFF) + step.cursor_step), UINT64_MAX)
        closed_at_s = min(max(state.ledger_closed_at_s, START_US // 1_000_000) + step.closed_at_s, INT64_MAX)
        return self.world.sign_report(LedgerReport(state.ledger_cursor, cursor, closed_at_s, events), 2)

    def _answers(self, step: Report) -> list[LedgerEvent]:
        channels = self.machine.state.desk.channels.values()
        return [
            ChannelTransaction(
                0,
                channel.pending.transaction,
                channel.key,
                channel.pending.sequence if step.sequence is None else step.sequence,
                outcome,
            )
            for channel, outcome in zip(channels, step.answers, strict=True)
            if channel.pending is not None and outcome is not None
        ]

    def decision(self, step: Odd) -> QuantumBody:
        return self.world.sign_proposal(Proposal(INT64_MAX, self._decision(step)), 2)

    def _decision(self, step: Odd) -> Decision:
        state = self.machine.state
        asset = step.pick % (len(state.assets) + 1)
        change = max(0, (state.assets.changes[asset] if asset in state.assets else 0) + 1 + step.step)
        match step.kind:
            case "refund":
                if not state.suspense.entries:
                    return SuspenseRefund(step.pick, 1)
                entry = state.suspense.entries[step.pick % len(state.suspense.entries)]
                return SuspenseRefund(entry.operation, max(0, entry.refunds + 1 + step.step))
            case "resume":
                return AssetResumption(asset, change)
            case "suspend":
                return AssetSuspension(asset, change, SuspensionReason(step.pick % len(SuspensionReason)))
        new = Settings.from_xdr(state.settings.to_xdr())
        self._change(new, step)
        return SettingsChange(max(0, state.settings_version + 1 + step.step), new)

    def _change(self, new: Settings, step: Odd) -> None:
        match step.kind:
            case "list":
                new.assets.append(AssetSettings(step.asset, step.number, 0))
            case "market":
                new.markets.append(
                    MarketSettings(step.pick % 5, 0, step.pick, 1, step.number, 1, 0, 0, MarketStatus.MARKET_OPEN, 0)
                )
            case _:
                new.transaction_fee, new.withdrawal_lifetime_s = step.number, step.number
                new.limits.fills, new.limits.validity_us = step.number, step.number
                new.minimum_balance = step.number
                if step.pick < 5:
                    new.transaction_fee, new.withdrawal_lifetime_s, new.limits.fills = 2**32 - 1, 3600, 1000


@settings(max_examples=250, deadline=None)
@given(STEPS)
def test_whatever_a_quorum_signs_is_refused_or_has_effects(
    steps: list[Report | Odd | Withdrawal | CloseAccount | RegisterRouting],
) -> None:
    victim = Victim()
    for step in steps:
        victim.now += 1
        match step:
            case Report():
                victim.suffers(victim.report(step))
            case Odd():
                victim.suffers(victim.decision(step))
            case _:
                validity_us = victim.machine.state.settings.limits.validity_us
                victim.suffers(victim.world.request(victim.alice, step, valid_until=victim.now + validity_us))
    follower = restored(victim.world, victim.machine.state)
    assert follower.state.root() == victim.machine.state.root()
    assert conservation_errors(follower.state) == []


def test_a_channel_is_never_left_without_a_next_sequence_number() -> None:
    victim = Victim()
    machine: Machine = victim.machine
    for sequence, is_refused in ((INT64_MAX, True), (-1, True), (INT64_MAX - 1, False)):
        event = ChannelTransaction(
            ((machine.state.ledger_cursor >> 32) + 1) << 32, bytes(32), key_of("channel 0").public, sequence, False
        )
        apex = machine.state.apex
        victim.suffers(victim.world.commit(machine, [event]))
        assert (machine.state.apex == apex) is is_refused
    victim.suffers(victim.world.request(victim.alice, Withdrawal(1, ONE, to(victim.alice))))
    assert machine.state.desk.prepared[0].sequence == INT64_MAX
