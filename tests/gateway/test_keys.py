"""Sessions of agents and of owners with another key: who gets in, what they are told, and when they end."""

from dataclasses import replace

import pytest

from constellation.gateway.config import GatewayConfig
from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    AccountEvent,
    AccountSnapshot,
    Acknowledgement,
    AgentAppointed,
    AppointAgent,
    ClientMessage,
    Closing,
    Code,
    DismissAgent,
    Finality,
    KeyRotation,
    Operation,
    Payment,
    QueryAccount,
    RegisterRouting,
    Rejected,
    RotateKey,
    RoutingRegistered,
    Submit,
    Welcome,
)
from constellation.protocol.signing import KeyPair, Purpose, signing_hash
from constellation.protocol.wallet_message import wallet_digest, wallet_text
from tests.gateway.harness import ANNA, AUDITORS, BERT, CARL, USD, Alpha, RawClient, key, sign

BOT, NEW = key("bot"), key("new key")
HOUR_US = 3_600_000_000


class Stage(Alpha):
    """Anna has an agent that may pay."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fund(ANNA, BERT)
        self.appoints(BOT)

    def appoints(self, agent: KeyPair, lifetime_us: int = HOUR_US) -> None:
        self.owner_asks(AppointAgent(agent.public, 2, self.now_us + lifetime_us))

    def owner_asks(self, operation: AppointAgent | DismissAgent | RotateKey) -> None:
        self.execute(self.request(ANNA, operation, self.machine.state.vault.accounts[ANNA.public].nonce + 1))
        self.settle()
        self.now_us += 1_000

    def pays(
        self, signer: KeyPair = BOT, account: KeyPair = ANNA, units: int = ONE, nonce: int | None = None
    ) -> Submit:
        payment = Payment(BERT.public, USD, units)
        return Submit(7, self.request(account, payment, self.now_us if nonce is None else nonce, signer=signer))


@pytest.fixture
def alpha() -> Stage:
    return Stage()


def bot(alpha: Stage, key_pair: KeyPair = BOT, account: KeyPair | None = ANNA) -> RawClient:
    return RawClient(alpha, key_pair, account=account).open()


def knock(alpha: Stage, key_pair: KeyPair, account: KeyPair | None) -> ClientMessage:
    """What comes after the proof."""
    client = RawClient(alpha, key_pair, account=account).hello()
    (reply,) = client.received()
    client.send(client.handshake.receive(reply))  # type: ignore[arg-type]
    (message,) = client.received()
    return message


def events(messages: list[ClientMessage]) -> list[AccountEvent]:
    return [event for message in messages if isinstance(message, Acknowledgement) for event in message.events]


class TestEntry:
    @pytest.mark.parametrize(("who", "account"), [(BOT, ANNA), (ANNA, ANNA), (ANNA, None), (BOT, None)])
    def test_who_gets_in(self, alpha: Stage, who: KeyPair, account: KeyPair | None) -> None:
        assert isinstance(knock(alpha, who, account), Welcome)

    @pytest.mark.parametrize(("who", "account"), [(CARL, ANNA), (BOT, BERT), (BOT, CARL), (BERT, ANNA)])
    def test_who_does_not(self, alpha: Stage, who: KeyPair, account: KeyPair) -> None:
        closing = knock(alpha, who, account)
        assert isinstance(closing, Closing)
        assert closing.code is Code.UNKNOWN_SIGNER

    def test_not_with_a_proof_by_another_key(self, alpha: Stage) -> None:
        client = RawClient(alpha, BOT, account=ANNA)
        client.handshake._signer = CARL
        client.hello()
        (reply,) = client.received()
        client.send(client.handshake.receive(reply))  # type: ignore[arg-type]
        (closing,) = client.received()
        assert isinstance(closing, Closing)
        assert closing.code is Code.BAD_SIGNATURE

    def test_not_after_the_expiry(self, alpha: Stage) -> None:
        alpha.now_us += HOUR_US
        closing = knock(alpha, BOT, ANNA)
        assert isinstance(closing, Closing)
        assert closing.code is Code.AGENT_EXPIRED

    def test_nobody_learns_from_a_refusal_how_many_sessions_others_have(self) -> None:
        alpha = Stage(config=GatewayConfig(connections_per_account=1))
        RawClient(alpha).open()
        closing = knock(alpha, CARL, ANNA)
        assert isinstance(closing, Closing)
        assert closing.code is Code.UNKNOWN_SIGNER

    def test_an_auditors_agent_is_no_auditor(self, alpha: Stage) -> None:
        auditor = AUDITORS[0]
        alpha.fund(auditor)
        alpha.execute(alpha.request(auditor, AppointAgent(BOT.public, 7, alpha.now_us + HOUR_US)))
        alpha.settle()
        own, other = RawClient(alpha, auditor).open(), bot(alpha, BOT, auditor)
        assert own.session.frame_max_bytes > other.session.frame_max_bytes


class TestRequests:
    def test_an_agents_is_answered_to_it_and_told_to_all_sessions_of_the_account(self, alpha: Stage) -> None:
        agent, owner = bot(alpha), RawClient(alpha).open()
        agent.send(alpha.pays())
        alpha.settle()
        (answered,) = events(agent.received())
        (told,) = events(owner.received())
        assert (answered.request_id, told.request_id) == (7, None)
        assert answered.leaf == told.leaf

    def test_the_same_bytes_get_the_first_answer_and_others_a_conflict(self, alpha: Stage) -> None:
        agent, nonce = bot(alpha), alpha.now_us
        message = alpha.pays(nonce=nonce)
        agent.send(message)
        alpha.settle()
        agent.received()
        root = alpha.root()
        agent.send(replace(message, request_id=8))
        agent.send(alpha.pays(nonce=nonce, units=2 * ONE))
        again, finality, conflict = agent.received()
        assert isinstance(again, Acknowledgement)
        assert again.events[0].request_id == 8
        assert isinstance(finality, Finality)
        assert isinstance(conflict, Rejected)
        assert conflict.code is Code.NONCE_CONFLICT
        assert alpha.root() == root

    def test_a_nonce_conflict_is_of_one_key(self, alpha: Stage) -> None:
        alpha.appoints(CARL)
        first, second, nonce = bot(alpha), bot(alpha, CARL), alpha.now_us
        for client, signer in ((first, BOT), (second, CARL)):
            client.send(alpha.pays(signer, nonce=nonce))
            alpha.settle()
        (event,) = [event for event in events(second.received()) if event.request_id is not None]
        assert event.request_id == 7
        first.received()
        first.send(alpha.pays(BOT, nonce=nonce, units=3 * ONE))
        (rejected,) = first.received()
        assert isinstance(rejected, Rejected)
        assert rejected.code is Code.NONCE_CONFLICT

    def test_answers_of_agents_are_rebuilt_after_a_restart(self, alpha: Stage) -> None:
        message = alpha.pays()
        bot(alpha).send(message)
        alpha.settle()
        apex = alpha.machine.state.apex
        alpha.restart()
        agent = bot(alpha)
        agent.send(message)
        alpha.settle()
        assert [event.leaf.apex for event in events(agent.received())] == [apex]

    def test_another_key_than_the_named_one_does_not_sign(self, alpha: Stage) -> None:
        agent = bot(alpha)
        signed = alpha.pays().request
        agent.send(Submit(1, sign(CARL, alpha.constellation, signed.request)))
        agent.send(Submit(2, sign(BOT, alpha.constellation, replace(signed.request, signer=None))))
        codes = [message.code for message in agent.received() if isinstance(message, Rejected)]
        assert codes == [Code.BAD_SIGNATURE, Code.BAD_SIGNATURE]

    def test_for_an_account_that_it_has_not_named(self, alpha: Stage) -> None:
        agent = bot(alpha)
        agent.send(alpha.pays(BOT, BERT))
        (rejected,) = agent.received()
        assert isinstance(rejected, Rejected)
        assert rejected.code is Code.FOREIGN_ACCOUNT

    def test_what_an_auditor_passes_on_of_an_agent(self, alpha: Stage) -> None:
        agent = bot(alpha)
        alpha.hub.forwarded(AUDITORS[0].public, alpha.pays().request)
        alpha.settle()
        assert [event.request_id for event in events(agent.received())] == [None]


class TestEnd:
    def ended(self, client: RawClient) -> Code | None:
        closings = [message for message in client.received() if isinstance(message, Closing)]
        return closings[0].code if closings else None

    def test_a_dismissed_agents_session_ends_when_that_is_final(self, alpha: Stage) -> None:
        alpha.appoints(CARL)
        agent, other, owner = bot(alpha), bot(alpha, CARL), RawClient(alpha).open()
        alpha.owner_asks(DismissAgent(BOT.public))
        assert self.ended(agent) is Code.UNKNOWN_SIGNER
        assert (self.ended(other), self.ended(owner)) == (None, None)

    def test_before_it_is_final_it_is_not_answered(self, alpha: Stage) -> None:
        agent = bot(alpha)
        alpha.execute(alpha.request(ANNA, DismissAgent(BOT.public), 2))
        agent.send(QueryAccount(1, None))
        assert self.ended(agent) is Code.UNKNOWN_SIGNER

    def test_a_rotation_ends_all_sessions_and_who_asked_sees_it_final(self, alpha: Stage) -> None:
        agent, owner = bot(alpha), RawClient(alpha).open()
        owner.send(Submit(1, alpha.request(ANNA, self.rotation(alpha, 2), 2)))
        alpha.settle()
        messages = owner.received()
        assert [type(message) for message in messages] == [Acknowledgement, Finality, Closing]
        assert self.ended(agent) is Code.UNKNOWN_SIGNER
        assert isinstance(knock(alpha, ANNA, None), Closing)
        assert isinstance(knock(alpha, NEW, ANNA), Welcome)

    def rotation(self, alpha: Stage, nonce: int) -> RotateKey:
        agreed = KeyRotation(ANNA.public, nonce, NEW.public).to_xdr()
        return RotateKey(NEW.public, NEW.sign(signing_hash(Purpose.KEY_ROTATION, alpha.constellation, agreed)))

    def test_a_rotation_that_the_new_key_has_not_signed(self, alpha: Stage) -> None:
        owner = RawClient(alpha).open()
        owner.send(Submit(1, alpha.request(ANNA, self.rotation(alpha, 3), 2)))
        (rejected,) = owner.received()
        assert isinstance(rejected, Rejected)
        assert rejected.code is Code.BAD_SIGNATURE

    def test_an_expired_agent_is_told_of_one_batch_at_most(self, alpha: Stage) -> None:
        agent = bot(alpha)
        alpha.now_us += HOUR_US
        alpha.execute(alpha.request(BERT, Payment(ANNA.public, USD, ONE), 1))
        alpha.settle()
        assert self.ended(agent) is Code.AGENT_EXPIRED


class TestWallet:
    def brought(self, alpha: Stage, agent: KeyPair, nonce: int = 2) -> Submit:
        return self.asked(alpha, AppointAgent(agent.public, 1, alpha.now_us + HOUR_US), nonce)

    def asked(self, alpha: Alpha, operation: Operation, nonce: int = 2) -> Submit:
        signed = alpha.request(ANNA, operation, nonce)
        text = wallet_text(alpha.constellation, signed.request)
        assert text is not None
        return Submit(9, replace(signed, signature=ANNA.sign(wallet_digest(text))))

    def test_the_appointed_key_brings_it_and_gets_the_answer(self, alpha: Stage) -> None:
        carl, owner = bot(alpha, CARL, None), RawClient(alpha).open()
        carl.send(self.brought(alpha, CARL))
        alpha.settle()
        messages = carl.received()
        (event,) = events(messages)
        assert (event.request_id, event.group.account) == (9, ANNA.public)
        assert [type(effect) for effect in event.group.effects] == [AgentAppointed]
        assert any(isinstance(message, Finality) for message in messages)
        (told,) = events(owner.received())
        assert told.request_id is None
        carl.send(QueryAccount(3, None))
        (snapshot,) = carl.received()
        assert isinstance(snapshot, AccountSnapshot)
        assert snapshot.account is None, "its session is still of its own account"

    @pytest.mark.parametrize(("who", "account"), [(BERT, None), (BOT, BERT), (CARL, BERT)])
    def test_others_do_not(self, alpha: Stage, who: KeyPair, account: KeyPair | None) -> None:
        alpha.execute(alpha.request(BERT, AppointAgent(BOT.public, 1, alpha.now_us + HOUR_US), 1))
        alpha.execute(alpha.request(BERT, AppointAgent(CARL.public, 1, alpha.now_us + HOUR_US), 2))
        alpha.settle()
        client = bot(alpha, who, account)
        client.send(self.brought(alpha, CARL))
        (rejected,) = client.received()
        assert isinstance(rejected, Rejected)
        assert rejected.code is Code.FOREIGN_ACCOUNT

    def test_a_session_of_the_account_can_bring_what_its_owner_signed(self, alpha: Stage) -> None:
        agent = bot(alpha)
        agent.send(self.brought(alpha, CARL))
        alpha.settle()
        (event,) = events(agent.received())
        assert event.request_id == 9

    def test_an_agent_brings_its_account_a_number(self, alpha: Stage) -> None:
        agent = bot(alpha)
        agent.send(self.asked(alpha, RegisterRouting(4711)))
        alpha.settle()
        (event,) = events(agent.received())
        assert (event.request_id, event.group.effects) == (9, [RoutingRegistered(4711)])

    def test_nobody_else_does(self, alpha: Stage) -> None:
        carl = RawClient(alpha, CARL).open()
        carl.send(self.asked(alpha, RegisterRouting(4711)))
        (rejected,) = carl.received()
        assert isinstance(rejected, Rejected)
        assert rejected.code is Code.FOREIGN_ACCOUNT
