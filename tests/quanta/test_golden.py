"""A small history with every effect it had, as a text: a change of the rules shows in review.

When a change is wanted, write the text again with ``python -m tests.quanta.test_golden`` and read the difference.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields
from enum import IntEnum
from pathlib import Path

from constellation.protocol.errors import Rejection
from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    RIGHT_PAY,
    RIGHT_TRADE,
    AppointAgent,
    AssetResumption,
    AssetSettings,
    AssetSuspension,
    CancelAllOrders,
    CancelOrder,
    ChannelTransaction,
    ClaimableDeposit,
    CloseAccount,
    CreditAsset,
    Decision,
    DismissAgent,
    LedgerDeposit,
    LedgerEvent,
    LedgerMemo,
    LimitOrder,
    LockAccount,
    MarketSettings,
    MarketStatus,
    Operation,
    Payment,
    QuantumBody,
    RegisterRouting,
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
from constellation.quanta import Tip, seal
from constellation.testing import World
from constellation.testing.world import ONE, START_US, key_of, to

GOLDEN = Path(__file__).parent / "golden" / "history.txt"
NAMES = (
    "alice",
    "bob",
    "carol",
    "dave",
    "fees",
    "vault",
    "channel 0",
    "channel 1",
    "mallory",
    "issuer",
    "agent",
    "new key",
)
LUMENS, USD, EUR = 0, 1, 2
GTC, IOC = TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.IMMEDIATE_OR_CANCEL


class Story:
    """A machine, and what is written about it."""

    def __init__(self) -> None:
        self.world = World(fills=2, maker_fee_ppm=100, taker_fee_ppm=250, channels=1)
        self.machine = self.world.machine()
        self.now = START_US
        self.names = {key_of(name).public: name for name in NAMES}
        self.lines = [f"settings {self.world.settings.to_xdr().hex()}", ""]
        self.executed = []

    def tell(self, title: str, body: QuantumBody) -> None:
        self.now += 1_000_000
        state = self.machine.state
        try:
            executed = self.machine.execute(self.now, body)
        except Rejection as rejection:
            self.lines += [f"({title})", f"    refused: {rejection}", ""]
            return
        self.executed.append(executed)
        self.lines.append(f"{state.apex}. {title}")
        for group in executed.groups:
            self.lines.append(f"    {self.names[group.account]}, from number {group.first_number}")
            self.lines += [f"        {self.text(effect)}" for effect in group.effects]
        self.lines += [f"    effects {executed.leaf.effects.hex()}", f"    state   {state.root().hex()}", ""]

    def asks(self, title: str, who: KeyPair, operation: Operation) -> None:
        self.tell(title, self.world.request(who, operation))

    def text(self, value: object) -> str:
        match value:
            case IntEnum():
                return value.name
            case bytes():
                return self.names.get(value, value.hex()[:16])
            case CreditAsset():
                return f"{value.code} of {self.text(value.issuer)}"
            case int() | str() | None:
                return str(value)
        parts = (f"{field.name} {self.text(getattr(value, field.name))}" for field in fields(value))  # type: ignore[arg-type]
        return f"{type(value).__name__}: {', '.join(parts)}"


def history() -> str:
    story = Story()
    world, machine = story.world, story.machine
    alice, bob, carol, dave = (key_of(name) for name in NAMES[:4])

    def place(number: int) -> int:
        return ((machine.state.ledger_cursor >> 32) + 1 << 32) | number << 12

    deposits = [(who, asset, 1_000 * ONE) for who in (alice, bob, carol) for asset in (LUMENS, USD, EUR)]
    story.tell("three open accounts and deposit", world.deposits(machine, *deposits))
    story.tell(
        "deposits that belong to nobody",
        world.deposits(
            machine,
            (alice, CreditAsset("USD", key_of("mallory").public), ONE),
            (alice, USD, ONE // 10 - 1),
            (dave, LUMENS, ONE - 1),
        ),
    )
    story.asks("alice offers 100 lumens at 0.2500", alice, LimitOrder(0, Side.SELL, 2_500, 100 * ONE, GTC, None))
    story.asks("bob offers 100 lumens at 0.2499", bob, LimitOrder(0, Side.SELL, 2_499, 100 * ONE, GTC, None))
    story.asks("carol buys 150 up to 0.2510", carol, LimitOrder(0, Side.BUY, 2_510, 150 * ONE, GTC, None))
    story.asks("carol bids for 200 at 0.2490", carol, LimitOrder(0, Side.BUY, 2_490, 200 * ONE, GTC, None))
    story.asks("alice sells 10 to the bid and is done", alice, LimitOrder(0, Side.SELL, 2_490, 10 * ONE, IOC, None))
    story.asks("alice's buy meets her own offer", alice, LimitOrder(0, Side.BUY, 2_500, 10 * ONE, GTC, None))
    story.asks("bob bids for 1 euro at 1.100", bob, LimitOrder(1, Side.BUY, 1_100, ONE, GTC, None))
    story.asks("bob bids for 1 euro at 1.100 again", bob, LimitOrder(1, Side.BUY, 1_100, ONE, GTC, None))
    story.asks("bob bids for 1 euro at 1.099", bob, LimitOrder(1, Side.BUY, 1_099, ONE, GTC, None))
    story.asks(
        "alice sells 3 euros and meets the limit of 2 fills", alice, LimitOrder(1, Side.SELL, 1_000, 3 * ONE, GTC, None)
    )
    story.asks("an immediate order that nobody meets", alice, LimitOrder(1, Side.BUY, 1_000, ONE, IOC, None))
    story.asks("bob cancels his bid", bob, CancelOrder(11))
    story.asks("bob cancels it again", bob, CancelOrder(11))
    story.asks("alice pays bob", alice, Payment(bob.public, USD, 5 * ONE))
    story.asks("alice opens an account for dave", alice, Payment(dave.public, LUMENS, 5 * ONE))
    story.asks("dave cannot spend his minimum balance", dave, Payment(bob.public, LUMENS, 4 * ONE + 1))
    story.asks("bob withdraws dollars", bob, Withdrawal(USD, 7 * ONE, to(bob, "thanks")))
    story.asks(
        "carol withdraws lumens, and waits",
        carol,
        Withdrawal(LUMENS, 9 * ONE, to(carol)),
    )
    story.asks(
        "dave withdraws lumens, and waits",
        dave,
        Withdrawal(LUMENS, 2 * ONE, to(carol, 42)),
    )
    [paid] = machine.state.desk.prepared
    story.tell(
        "bob is paid, and carol's turn comes",
        world.commit(machine, [ChannelTransaction(place(1), paid.transaction, paid.channel, paid.sequence, True)]),
    )
    [failed] = machine.state.desk.prepared
    story.tell(
        "carol's transaction fails, somebody else's is reported, and dave's turn comes",
        world.commit(
            machine,
            [
                ChannelTransaction(place(1), failed.transaction, failed.channel, failed.sequence, False),
                ChannelTransaction(place(2), bytes(32), failed.channel, failed.sequence + 1, False),
                LedgerDeposit(place(3) | 1, b"\x01" * 32, None, 3 * ONE, key_of("dave").public, None, None),
            ],
        ),
    )
    [late] = machine.state.desk.prepared
    story.tell("dave's may still come", world.commit(machine, [], closed_at_s=late.max_time_s))
    story.tell("dave's lapses", world.commit(machine, [], closed_at_s=late.max_time_s + 1))
    decisions_and_tasks(story, place)
    keys_and_locks(story)
    sealed = seal(machine, story.executed, Tip.genesis(world.settings), 1, checkpoint=True)
    story.lines.append(f"header {sealed.header.to_xdr().hex()}")
    story.lines.append(f"hash   {sealed.digest.hex()}")
    return "\n".join(story.lines) + "\n"


def decisions_and_tasks(story: Story, place: Callable[[int], int]) -> None:
    """The second half: routing, claims, refunds, suspensions, new settings, the end of an account."""
    world, machine = story.world, story.machine
    alice, bob, dave, issuer = (key_of(name) for name in ("alice", "bob", "dave", "issuer"))

    def report(title: str, *events: LedgerEvent, closed_at_s: int | None = None) -> None:
        story.tell(title, world.commit(machine, list(events), closed_at_s=closed_at_s))

    def decide(title: str, decision: Decision) -> None:
        story.tell(title, world.decide(decision, valid_until=story.now + 2_000_000))

    def answer(successful: bool) -> LedgerEvent:
        [item] = machine.state.desk.prepared
        return ChannelTransaction(place(1), item.transaction, item.channel, item.sequence, successful)

    def deposit(number: int, sender: KeyPair, memo: LedgerMemo, muxed_id: int | None) -> LedgerEvent:
        digest = bytes([number]) * 32
        return LedgerDeposit(place(1) | number, digest, world.usd, number * ONE, sender.public, memo, muxed_id)

    story.asks("alice registers a routing id", alice, RegisterRouting(7))
    story.asks("bob wants the same one", bob, RegisterRouting(7))
    report(
        "deposits with and without names",
        deposit(1, bob, 7, None),
        deposit(2, bob, None, 7),
        deposit(3, bob, b"for alice", None),
        deposit(4, issuer, None, None),
    )
    unknown = machine.state.suspense.entries[-2].operation
    decide("the auditors send the one without a name back", SuspenseRefund(unknown, 1))
    report("the refund fails", answer(False))
    decide("the same decision again", SuspenseRefund(unknown, 1))
    decide("a second attempt", SuspenseRefund(unknown, 2))
    report("bob has his money back", answer(True))
    report(
        "claimable balances of euros, and of nothing worth while",
        ClaimableDeposit(place(1) | 1, b"\x11" * 32, b"\x21" * 32, world.eur, 5 * ONE, bob.public, None),
        ClaimableDeposit(place(1) | 2, b"\x12" * 32, b"\x22" * 32, world.eur, 1, bob.public, None),
    )
    [late] = machine.state.desk.prepared
    closed_at_s = max(late.max_time_s + 1, machine.state.ledger_closed_at_s)
    report("the claim lapses and is tried again", closed_at_s=closed_at_s)
    report("the claim succeeds", answer(True))
    report("the issuer claws dollars back", VaultClawback(place(1) | 1, b"\x13" * 32, world.usd, ONE))
    story.asks("alice cannot pay dollars", alice, Payment(bob.public, USD, ONE))
    decide("the auditors resume dollars", AssetResumption(USD, 2))
    report("the issuer withdraws its leave", VaultAuthorization(place(1) | 1, b"\x14" * 32, world.eur, False))
    decide("the auditors suspend euros once more", AssetSuspension(EUR, 2, SuspensionReason.RESERVES_DIFFER))
    decide("the auditors resume euros", AssetResumption(EUR, 2))
    report("somebody moves the vault", VaultTransaction(place(1), b"\x15" * 32))
    for asset in (LUMENS, USD, EUR):
        decide("the auditors resume it", AssetResumption(asset, machine.state.assets.changes[asset] + 1))
    settings = deepcopy(world.settings)
    settings.transaction_fee = 20_000
    settings.assets.append(AssetSettings(CreditAsset("GOLD", issuer.public), ONE, 0))
    settings.markets.append(MarketSettings(3, USD, 2, 1, 100, 1, 0, 0, MarketStatus.MARKET_OPEN, 0))
    decide("gold is listed", SettingsChange(1, settings))
    report("the vault has no trust line yet", answer(False))
    decide("the auditors ask again", AssetResumption(3, 2))
    report("now it has", answer(True))
    story.asks("dave closes his account", dave, CloseAccount(to(bob, muxed_id=5)))
    report("dave is paid", answer(True))
    story.asks("dave has nothing left", dave, Payment(bob.public, LUMENS, 1))
    story.asks("bob opens an account on the ledger", bob, Withdrawal(LUMENS, 2 * ONE, to(dave, creates=True)))


def keys_and_locks(story: Story) -> None:
    """The last part: agents, another key for an account, and its lock."""
    world = story.world
    alice, bob, carol, agent, new = (key_of(name) for name in ("alice", "bob", "carol", "agent", "new key"))

    def signs(title: str, who: KeyPair, operation: Operation) -> None:
        story.tell(title, world.request(alice, operation, nonce=story.now + 1, signer=who))

    story.asks("alice appoints an agent", alice, AppointAgent(agent.public, RIGHT_TRADE, story.now + 6_000_000))
    signs("the agent offers 10 lumens", agent, LimitOrder(0, Side.SELL, 2_600, 10 * ONE, GTC, None))
    signs("the agent cannot pay", agent, Payment(bob.public, USD, ONE))
    story.asks("alice appoints carol, too", alice, AppointAgent(carol.public, RIGHT_PAY, story.now + 60_000_000))
    signs("carol pays for alice", carol, Payment(bob.public, USD, ONE))
    story.asks("alice locks payments for a minute", alice, LockAccount(LOCK_PAYMENTS, story.now + 60_000_000))
    signs("carol cannot pay", carol, Payment(bob.public, USD, ONE))
    story.asks("alice cannot unlock it", alice, LockAccount(0, None))
    signs("the agent has expired", agent, CancelAllOrders(None))
    rotation = world.request(alice, world.rotation(alice, new, 100), nonce=100)
    story.tell("alice rotates her key, and her agents go", rotation)
    story.asks("her old key is worth nothing", alice, CancelAllOrders(None))
    signs("the new one cancels", new, CancelAllOrders(None))
    signs("the new one dismisses nobody", new, DismissAgent(carol.public))


def test_the_history_is_as_it_was_written_down() -> None:
    assert history().splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(history(), encoding="utf-8")
