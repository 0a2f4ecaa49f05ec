"""Agents, rotated keys and locks; every step is compared with the naive machine."""

from dataclasses import replace

import pytest
from stellar_sdk import Keypair

from constellation.protocol.limits import INT64_MAX, LOCK_MAX_US
from constellation.protocol.messages import (
    LOCK_PAYMENTS,
    LOCK_TRADING,
    LOCK_WITHDRAWALS,
    MAX_AGENTS,
    RIGHT_PAY,
    RIGHT_TRADE,
    RIGHT_WITHDRAW,
    AccountKeys,
    AccountLock,
    Agent,
    AgentAppointed,
    AgentDismissed,
    AppointAgent,
    CancelAllOrders,
    CancelOrder,
    CloseAccount,
    Code,
    DismissAgent,
    Effect,
    KeyRotated,
    LimitOrder,
    LockAccount,
    LockChanged,
    MergeSubAccount,
    OpenSubAccount,
    Operation,
    Payment,
    RegisterRouting,
    Request,
    RotateKey,
    RoutingRegistered,
    Side,
    SignedRequest,
    TimeInForce,
    Withdrawal,
)
from constellation.protocol.signing import KeyPair
from constellation.protocol.wallet_message import wallet_text
from constellation.quanta import request_signature_fits
from constellation.testing.world import ONE, key_of, to
from tests.quanta.twins import Twins

ALICE, BOB, BOT, OTHER, NEW = (key_of(name) for name in ("alice", "bob", "bot", "other", "new key"))
ORDER = LimitOrder(0, Side.BUY, 2_000, ONE, TimeInForce.GOOD_TILL_CANCELLED, None)
PAYMENT = Payment(BOB.public, 1, ONE)
WITHDRAWAL = Withdrawal(1, ONE, to(ALICE))
OPENING = OpenSubAccount(1, ONE)
HOUR_US = 3_600_000_000


class Keys(Twins):
    """Alice's account, and who asks for something in its name."""

    def __init__(self) -> None:
        super().__init__((0, 0))

    def asks(
        self, operation: Operation, signer: KeyPair | None = None, nonce: int | None = None
    ) -> list[Effect] | Code:
        """Alice's effects, or the refusal, of a request by her own key or by a named signer."""
        if nonce is None:
            keys = self.account.keys
            known = [] if keys is None or signer is None else [a.nonce for a in keys.agents if a.key == signer.public]
            nonce = (known or [self.account.nonce])[0] + 1
        if isinstance(operation, RotateKey):
            operation = self.world.rotation(ALICE, NEW, nonce)
        signed = self.world.request(ALICE, operation, nonce=nonce, valid_until=self.now + 60_000_000, signer=signer)
        return self.sends(signed)

    def sends(self, signed: SignedRequest) -> list[Effect] | Code:
        self.now += 1
        assert request_signature_fits(self.world.constellation, signed)
        done = self.both(signed)
        if isinstance(done, Code):
            return done
        return next(group.effects for group in done[0] if group.account == ALICE.public)

    def appoints(self, rights: int, agent: KeyPair = BOT, lifetime_us: int = HOUR_US) -> Agent:
        expires_at = self.now + lifetime_us
        assert self.asks(AppointAgent(agent.public, rights, expires_at))[-1] == AgentAppointed(  # type: ignore[index]
            agent.public, rights, expires_at
        )
        return self.agent(agent)

    def rotates(self) -> None:
        assert self.asks(RotateKey(NEW.public, bytes(64)))[-1] == KeyRotated(NEW.public)  # type: ignore[index]

    @property
    def account(self):
        return self.machine.state.vault.accounts[ALICE.public]

    def agent(self, agent: KeyPair) -> Agent:
        assert self.account.keys is not None
        (found,) = [item for item in self.account.keys.agents if item.key == agent.public]
        return found


@pytest.fixture
def keys() -> Keys:
    return Keys()


def test_what_each_right_allows(keys: Keys) -> None:
    allowed = {RIGHT_TRADE: ORDER, RIGHT_PAY: PAYMENT, RIGHT_WITHDRAW: WITHDRAWAL}
    for right in allowed:
        keys.appoints(right)
        for needed, operation in allowed.items():
            done = keys.asks(operation, BOT)
            assert isinstance(done, list) if needed == right else done is Code.NO_RIGHT
    keys.appoints(RIGHT_TRADE)
    assert isinstance(keys.asks(CancelAllOrders(None), BOT), list)
    assert keys.asks(CancelOrder(1), BOT) is Code.ORDER_NOT_FOUND


@pytest.mark.parametrize(
    "operation",
    [
        CloseAccount(to(ALICE)),
        RegisterRouting(9),
        AppointAgent(OTHER.public, RIGHT_TRADE, 2**62),
        DismissAgent(BOT.public),
        RotateKey(NEW.public, bytes(64)),
        LockAccount(0, None),
        OpenSubAccount(1, ONE),
        MergeSubAccount(1),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_no_agent_can_do(keys: Keys, operation: Operation) -> None:
    keys.appoints(7)
    assert keys.asks(operation, BOT) is Code.OWNER_ONLY


def test_an_agent_can_act_up_to_its_expiry(keys: Keys) -> None:
    expires_at = keys.appoints(7, lifetime_us=1_000).expires_at
    keys.now = expires_at - 1
    assert isinstance(keys.asks(ORDER, BOT), list)
    assert keys.asks(ORDER, BOT) is Code.AGENT_EXPIRED
    assert keys.asks(AppointAgent(BOT.public, 7, keys.now)) is Code.INVALID_AGENT_EXPIRY
    assert isinstance(keys.asks(AppointAgent(BOT.public, 7, keys.now + 1)), list)


def test_strangers_sign_for_nobody(keys: Keys) -> None:
    assert keys.asks(ORDER, BOT) is Code.UNKNOWN_SIGNER
    keys.appoints(7)
    assert keys.asks(ORDER, OTHER) is Code.UNKNOWN_SIGNER
    signed = keys.world.request(BOB, ORDER, nonce=1, valid_until=keys.now + 1_000, signer=BOT)
    assert keys.sends(signed) is Code.UNKNOWN_SIGNER
    nobody = keys.world.request(OTHER, ORDER, nonce=1, valid_until=keys.now + 1_000, signer=BOT)
    assert keys.sends(nobody) is Code.UNKNOWN_SIGNER, "who has no account is nobody's business"


def test_an_agent_may_have_an_account_of_its_own(keys: Keys) -> None:
    keys.appoints(RIGHT_TRADE, BOB)
    assert isinstance(keys.asks(ORDER, BOB), list)
    own = keys.world.request(BOB, PAYMENT_TO_ALICE, nonce=1, valid_until=keys.now + 1_000)
    assert isinstance(keys.sends(own), list)
    assert keys.asks(PAYMENT, BOB) is Code.NO_RIGHT


PAYMENT_TO_ALICE = Payment(ALICE.public, 1, ONE)


class TestNonces:
    def test_each_key_has_its_own(self, keys: Keys) -> None:
        first = keys.appoints(7).nonce
        second = keys.appoints(7, OTHER).nonce
        assert isinstance(keys.asks(ORDER, BOT, first + 1), list)
        assert isinstance(keys.asks(ORDER, OTHER, second + 1), list)
        assert keys.asks(ORDER, BOT, first + 1) is Code.NONCE_TOO_LOW
        assert keys.account.nonce == 2

    def test_an_agents_is_not_ahead_of_the_time(self, keys: Keys) -> None:
        keys.appoints(7)
        assert keys.asks(ORDER, BOT, keys.now + 2) is Code.INVALID_NONCE
        assert isinstance(keys.asks(ORDER, BOT, keys.now + 1), list), "it is ordered a microsecond later"
        assert keys.asks(ORDER, BOT, INT64_MAX) is Code.INVALID_NONCE
        assert keys.asks(ORDER, BOT, 0) is Code.INVALID_NONCE

    def test_other_rights_keep_it(self, keys: Keys) -> None:
        keys.appoints(RIGHT_TRADE)
        keys.now += 100
        used = keys.world.request(ALICE, ORDER, nonce=keys.now, valid_until=keys.now + HOUR_US // 100, signer=BOT)
        keys.sends(used)
        keys.appoints(7)
        assert keys.agent(BOT).nonce == used.request.nonce
        assert keys.sends(used) is Code.NONCE_TOO_LOW

    @pytest.mark.parametrize("ahead_us", [0, 50])
    def test_what_was_executed_before_a_dismissal_is_not_executed_again(self, keys: Keys, ahead_us: int) -> None:
        keys.appoints(7)
        keys.now += 1_000
        used = keys.world.request(
            ALICE, ORDER, nonce=keys.now + 1 - ahead_us, valid_until=keys.now + 50_000_000, signer=BOT
        )
        assert isinstance(keys.sends(used), list)
        assert keys.asks(DismissAgent(BOT.public)) == [AgentDismissed(BOT.public)]
        assert keys.sends(used) is Code.UNKNOWN_SIGNER
        keys.now -= 2  # even at the same microsecond
        keys.appoints(7)
        assert keys.sends(used) is Code.NONCE_TOO_LOW

    def test_what_an_agent_did_is_not_done_again_when_it_is_the_owner(self, keys: Keys) -> None:
        keys.appoints(7, NEW)
        keys.now += 1_000
        used = keys.world.request(ALICE, ORDER, nonce=keys.now + 1, valid_until=keys.now + 50_000_000, signer=NEW)
        assert isinstance(keys.sends(used), list)
        keys.rotates()
        assert keys.sends(used) is Code.NONCE_TOO_LOW
        assert isinstance(keys.asks(ORDER, NEW), list)

    def test_what_the_owner_did_is_not_done_again_by_it_as_an_agent(self, keys: Keys) -> None:
        named = keys.world.request(ALICE, ORDER, nonce=keys.now, valid_until=keys.now + 50_000_000, signer=ALICE)
        unnamed = keys.world.request(ALICE, ORDER, nonce=keys.now + 9_000_000, valid_until=keys.now + 50_000_000)
        assert isinstance(keys.sends(named), list)
        assert isinstance(keys.sends(unnamed), list)
        keys.rotates()
        assert isinstance(keys.asks(AppointAgent(ALICE.public, 7, keys.now + HOUR_US), NEW), list)
        keys.now += 10_000_000
        assert keys.sends(named) is Code.NONCE_TOO_LOW
        assert keys.sends(unnamed) is Code.UNKNOWN_SIGNER
        assert isinstance(keys.asks(ORDER, ALICE), list)

    def test_a_huge_nonce_of_the_old_key_leaves_the_new_one_free(self, keys: Keys) -> None:
        assert isinstance(keys.asks(ORDER, nonce=INT64_MAX - 2), list)
        keys.rotates()
        assert isinstance(keys.asks(ORDER, NEW), list)

    def test_after_a_rotation_and_back_the_owner_names_itself(self, keys: Keys) -> None:
        before = keys.world.request(ALICE, ORDER, nonce=INT64_MAX, valid_until=keys.now + 50_000_000)
        keys.rotates()
        nonce = keys.account.nonce + 1
        back = replace(keys.world.rotation(ALICE, ALICE, nonce))
        signed = keys.world.request(ALICE, back, nonce=nonce, valid_until=keys.now + 1_000, signer=NEW)
        assert keys.sends(signed) == [KeyRotated(ALICE.public)]
        assert keys.sends(before) is Code.UNKNOWN_SIGNER
        assert isinstance(keys.asks(ORDER, ALICE), list)
        assert keys.asks(ORDER, NEW) is Code.UNKNOWN_SIGNER


class TestAppointment:
    def test_the_list_is_sorted_and_bounded(self, keys: Keys) -> None:
        agents = [key_of(f"agent {number}") for number in range(MAX_AGENTS + 1)]
        for agent in agents[:MAX_AGENTS]:
            keys.appoints(RIGHT_TRADE, agent)
        listed = [agent.key for agent in keys.account.keys.agents]
        assert listed == sorted(agent.public for agent in agents[:MAX_AGENTS])
        assert keys.asks(AppointAgent(agents[-1].public, 1, keys.now + HOUR_US)) is Code.TOO_MANY_AGENTS
        keys.appoints(RIGHT_PAY, agents[3])
        assert isinstance(keys.asks(DismissAgent(agents[5].public)), list)
        keys.appoints(RIGHT_TRADE, agents[-1])

    def test_those_that_have_expired_make_room(self, keys: Keys) -> None:
        agents = [key_of(f"agent {number}") for number in range(MAX_AGENTS)]
        for agent in agents:
            keys.appoints(RIGHT_TRADE, agent, 10 if agent is agents[2] else HOUR_US)
        keys.now += 100
        expires_at = keys.now + HOUR_US
        done = keys.asks(AppointAgent(BOT.public, 1, expires_at))
        assert done == [AgentDismissed(agents[2].public), AgentAppointed(BOT.public, 1, expires_at)]

    @pytest.mark.parametrize("rights", [0, 8, 15, 2**32 - 1])
    def test_rights_that_do_not_exist(self, keys: Keys, rights: int) -> None:
        assert keys.asks(AppointAgent(BOT.public, rights, keys.now + HOUR_US)) is Code.INVALID_RIGHTS

    def test_the_owner_is_no_agent(self, keys: Keys) -> None:
        assert keys.asks(AppointAgent(ALICE.public, 7, keys.now + HOUR_US)) is Code.INVALID_AGENT
        keys.rotates()
        assert keys.asks(AppointAgent(NEW.public, 7, keys.now + HOUR_US), NEW) is Code.INVALID_AGENT
        assert isinstance(keys.asks(AppointAgent(ALICE.public, 7, keys.now + HOUR_US), NEW), list)

    def test_nobody_is_dismissed_twice(self, keys: Keys) -> None:
        assert keys.asks(DismissAgent(BOT.public)) is Code.AGENT_NOT_FOUND
        keys.appoints(7)
        root = keys.machine.state.entry
        assert isinstance(keys.asks(DismissAgent(BOT.public)), list)
        assert keys.asks(DismissAgent(BOT.public)) is Code.AGENT_NOT_FOUND
        assert root is not None
        assert keys.machine.state.account_entry(ALICE.public).keys is None, "as if it had never had any"


class TestRotation:
    def test_the_old_key_and_all_agents_lose_their_rights_at_once(self, keys: Keys) -> None:
        keys.appoints(7)
        keys.rotates()
        assert keys.asks(ORDER) is Code.UNKNOWN_SIGNER
        assert keys.asks(ORDER, ALICE) is Code.UNKNOWN_SIGNER
        assert keys.asks(ORDER, BOT) is Code.UNKNOWN_SIGNER
        assert isinstance(keys.asks(ORDER, NEW), list)
        entry = keys.machine.state.account_entry(ALICE.public)
        assert entry.keys == AccountKeys(NEW.public, None, [], None, [])

    def test_to_the_same_key(self, keys: Keys) -> None:
        keys.rotates()
        assert keys.asks(RotateKey(NEW.public, bytes(64)), NEW) is Code.INVALID_KEY

    @pytest.mark.parametrize("part", ["proof", "new_key", "nonce", "account", "signature"])
    def test_it_needs_both_signatures(self, keys: Keys, part: str) -> None:
        world = keys.world
        fits = world.request(ALICE, world.rotation(ALICE, NEW, 5), nonce=5)
        assert request_signature_fits(world.constellation, fits)
        assert not request_signature_fits(bytes(32), fits)
        match part:
            case "proof":
                bad = world.request(ALICE, RotateKey(NEW.public, bytes(64)), nonce=5)
            case "new_key":
                bad = world.request(ALICE, replace(world.rotation(ALICE, NEW, 5), new_key=OTHER.public), nonce=5)
            case "nonce":
                bad = world.request(ALICE, world.rotation(ALICE, NEW, 6), nonce=5)
            case "account":
                bad = world.request(ALICE, world.rotation(BOB, NEW, 5), nonce=5)
            case _:
                bad = SignedRequest(fits.request, NEW.sign(b"something"))
        assert not request_signature_fits(world.constellation, bad)


class TestLocks:
    @pytest.mark.parametrize(
        ("lock", "locked"),
        [
            (LOCK_TRADING, [ORDER]),
            (LOCK_PAYMENTS, [PAYMENT, OPENING]),
            (LOCK_WITHDRAWALS, [WITHDRAWAL, CloseAccount(to(ALICE))]),
            (7, [ORDER, PAYMENT, OPENING, WITHDRAWAL, CloseAccount(to(ALICE))]),
        ],
    )
    def test_what_each_locks(self, keys: Keys, lock: int, locked: list[Operation]) -> None:
        keys.asks(ORDER)
        keys.appoints(7)
        assert keys.asks(LockAccount(lock, None)) == [LockChanged(lock, None)]
        for operation in (ORDER, PAYMENT, OPENING, WITHDRAWAL, CloseAccount(to(ALICE))):
            assert (keys.asks(operation) is Code.ACCOUNT_LOCKED) == (operation in locked)
            if not isinstance(operation, CloseAccount | OpenSubAccount):
                assert (keys.asks(operation, BOT) is Code.ACCOUNT_LOCKED) == (operation in locked)
        assert isinstance(keys.asks(CancelAllOrders(None), BOT), list)
        assert keys.asks(LockAccount(0, None)) == [LockChanged(0, None)]
        assert isinstance(keys.asks(ORDER), list)

    def test_a_batch_with_something_locked_is_refused_whole(self, keys: Keys) -> None:
        keys.asks(LockAccount(LOCK_PAYMENTS, None))
        for operations, code in (([ORDER, PAYMENT], Code.ACCOUNT_LOCKED), ([ORDER], None)):
            batch = keys.world.batch(ALICE, operations, nonce=keys.account.nonce + 1)
            done = keys.both(batch)
            assert done is code if code is not None else isinstance(done, list)

    def test_one_with_an_end_lasts_until_then_and_no_longer(self, keys: Keys) -> None:
        until = keys.now + 1_000
        keys.asks(LockAccount(7, until))
        keys.now = until - 1
        assert keys.asks(ORDER) is Code.ACCOUNT_LOCKED
        assert isinstance(keys.asks(ORDER), list)
        entry = keys.machine.state.account_entry(ALICE.public)
        assert entry.keys == AccountKeys(None, AccountLock(7, until), [], None, [])

    def test_one_with_an_end_is_only_made_longer_and_wider(self, keys: Keys) -> None:
        until = keys.now + HOUR_US
        assert isinstance(keys.asks(LockAccount(LOCK_PAYMENTS, until)), list)
        for lock in (
            LockAccount(0, None),
            LockAccount(7, None),
            LockAccount(LOCK_TRADING, until),
            LockAccount(7, until - 1),
        ):
            assert keys.asks(lock) is Code.TIME_LOCKED
        assert isinstance(keys.asks(LockAccount(LOCK_PAYMENTS | LOCK_TRADING, until)), list)
        assert keys.asks(LockAccount(LOCK_PAYMENTS, until + 1)) is Code.TIME_LOCKED
        keys.now = until - 1
        assert keys.asks(LockAccount(0, None)) is Code.TIME_LOCKED
        assert isinstance(keys.asks(LockAccount(0, None)), list)

    def test_another_key_does_not_open_it(self, keys: Keys) -> None:
        keys.asks(LockAccount(7, keys.now + HOUR_US))
        keys.rotates()
        assert keys.asks(ORDER, NEW) is Code.ACCOUNT_LOCKED
        assert keys.asks(LockAccount(0, None), NEW) is Code.TIME_LOCKED

    def test_what_makes_no_sense(self, keys: Keys) -> None:
        now = keys.now + 1
        for lock in (LockAccount(8, None), LockAccount(0, now + 9), LockAccount(1, now - 1)):
            keys.now = now - 1
            assert keys.asks(lock) is Code.INVALID_LOCK
        keys.now = now - 1
        assert keys.asks(LockAccount(1, now + LOCK_MAX_US + 1)) is Code.INVALID_LOCK
        keys.now = now - 1
        assert isinstance(keys.asks(LockAccount(1, now)), list)
        keys.now = now
        assert isinstance(keys.asks(LockAccount(1, now + 1 + LOCK_MAX_US)), list)


def test_an_account_below_the_minimum_can_still_get_rid_of_keys(keys: Keys) -> None:
    keys.appoints(7)
    keys.world.settings.minimum_balance = 50 * ONE
    keys.machine.state.vault.minimum_balance = 50 * ONE
    keys.naive.model.settings.minimum_balance = 50 * ONE
    assert keys.asks(ORDER, BOT) is Code.ACCOUNT_CLOSED
    assert keys.asks(LockAccount(7, None)) is Code.ACCOUNT_CLOSED
    assert keys.asks(AppointAgent(OTHER.public, 7, keys.now + HOUR_US)) is Code.ACCOUNT_CLOSED
    assert isinstance(keys.asks(DismissAgent(BOT.public)), list)
    keys.rotates()


@pytest.mark.parametrize("all_or_nothing", [False, True])
def test_an_agents_batch(keys: Keys, all_or_nothing: bool) -> None:
    nonce = keys.appoints(RIGHT_TRADE).nonce + 1
    keys.now += 10
    options = {"all_or_nothing": all_or_nothing, "signer": BOT}
    assert keys.both(keys.world.batch(ALICE, [ORDER, PAYMENT], nonce=nonce, **options)) is Code.NO_RIGHT
    batch = keys.world.batch(ALICE, [ORDER, ORDER], nonce=nonce, **options)
    assert request_signature_fits(keys.world.constellation, batch)
    assert len(keys.both(batch)) == 2
    assert keys.both(batch) is Code.NONCE_TOO_LOW
    assert keys.both(keys.world.batch(ALICE, [], nonce=nonce + 1, **options)) is Code.EMPTY_BATCH
    assert keys.both(keys.world.batch(ALICE, [RegisterRouting(1)], nonce=nonce + 1, **options)) is Code.NOT_IN_BATCH


class TestWallet:
    """The owner signs a text with an ordinary wallet."""

    def signed(self, keys: Keys, operation: Operation, who: KeyPair = ALICE) -> SignedRequest:
        request = Request(ALICE.public, None, keys.account.nonce + 1, keys.now + 60_000_000, operation)
        text = wallet_text(keys.world.constellation, request)
        return SignedRequest(request, Keypair.from_raw_ed25519_seed(who.seed).sign_message(text or "something"))

    def test_it_appoints_and_dismisses(self, keys: Keys) -> None:
        expires_at = keys.now + HOUR_US
        appointment = self.signed(keys, AppointAgent(BOT.public, 3, expires_at))
        assert keys.sends(appointment) == [AgentAppointed(BOT.public, 3, expires_at)]
        assert keys.sends(appointment) is Code.NONCE_TOO_LOW
        assert keys.sends(self.signed(keys, DismissAgent(BOT.public))) == [AgentDismissed(BOT.public)]

    def test_it_registers_a_number(self, keys: Keys) -> None:
        assert keys.sends(self.signed(keys, RegisterRouting(0))) is Code.INVALID_ROUTING_ID
        registration = self.signed(keys, RegisterRouting(4711))
        assert keys.sends(registration) == [RoutingRegistered(4711)]
        assert keys.sends(registration) is Code.NONCE_TOO_LOW
        assert keys.sends(self.signed(keys, RegisterRouting(4712))) is Code.ROUTING_ID_TAKEN

    def test_one_text_is_not_another(self, keys: Keys) -> None:
        registration = self.signed(keys, RegisterRouting(4711))
        for other in (RegisterRouting(4712), DismissAgent(BOT.public), AppointAgent(BOT.public, 7, keys.now + HOUR_US)):
            forged = SignedRequest(replace(registration.request, operation=other), registration.signature)
            assert not request_signature_fits(keys.world.constellation, forged)

    def test_an_agent_signs_no_number(self, keys: Keys) -> None:
        nonce = keys.appoints(7).nonce + 1
        keys.now += 10
        request = Request(ALICE.public, BOT.public, nonce, keys.now + 60_000_000, RegisterRouting(4711))
        text = wallet_text(keys.world.constellation, request)
        assert text is not None
        signature = Keypair.from_raw_ed25519_seed(BOT.seed).sign_message(text)
        assert keys.sends(SignedRequest(request, signature)) is Code.OWNER_ONLY

    @pytest.mark.parametrize("operation", [LockAccount(7, None), PAYMENT, RotateKey(NEW.public, bytes(64))])
    def test_it_signs_nothing_else(self, keys: Keys, operation: Operation) -> None:
        assert not request_signature_fits(keys.world.constellation, self.signed(keys, operation))

    def test_nobody_else_signs_it(self, keys: Keys) -> None:
        for operation in (AppointAgent(BOT.public, 3, keys.now + HOUR_US), RegisterRouting(4711)):
            assert not request_signature_fits(keys.world.constellation, self.signed(keys, operation, BOT))
            assert not request_signature_fits(bytes(32), self.signed(keys, operation))
