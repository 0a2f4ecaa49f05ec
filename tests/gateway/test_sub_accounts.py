"""Sessions of sub-accounts, and what an account's session sees of its sub-accounts."""

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import (
    RIGHT_TRADE,
    AccountSnapshot,
    Acknowledgement,
    AppointAgent,
    Closing,
    Code,
    Effect,
    KeyRotation,
    MergeSubAccount,
    OpenSubAccount,
    Operation,
    Payment,
    QueryAccount,
    Rejected,
    RotateKey,
    SubAccountMerged,
    SubAccountOpened,
    Submit,
)
from constellation.protocol.signing import KeyPair, Purpose, signing_hash
from constellation.protocol.sub_accounts import sub_account_key
from tests.gateway.harness import ANNA, BERT, XLM, Alpha, RawClient, key, sign
from tests.gateway.test_history_questions import Asker, history, orders
from tests.gateway.test_keys import knock

BOT, NEW = key("bot"), key("new key")
SUB = sub_account_key(ANNA.public, 3)


class Named:
    """The place of a key pair where only its public key is looked at."""

    def __init__(self, public: bytes) -> None:
        self.public = public


class Stage(Alpha):
    """Anna has a sub-account, and an agent of her own."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.fund(ANNA, BERT)
        self.owner_asks(OpenSubAccount(3, 100 * ONE))
        self.owner_asks(AppointAgent(BOT.public, 7, self.now_us + 3_600_000_000))

    def owner_asks(self, operation: Operation) -> None:
        self.execute(self.request(ANNA, operation, self.machine.state.vault.accounts[ANNA.public].nonce + 1))
        self.settle()
        self.now_us += 1_000

    def rotates(self) -> None:
        nonce = self.machine.state.vault.accounts[ANNA.public].nonce + 1
        agreed = KeyRotation(ANNA.public, nonce, NEW.public).to_xdr()
        proof = NEW.sign(signing_hash(Purpose.KEY_ROTATION, self.constellation, agreed))
        self.owner_asks(RotateKey(NEW.public, proof))

    def pays(self, signer: KeyPair = ANNA, account: bytes = SUB) -> Submit:
        payment = Payment(ANNA.public, XLM, ONE)
        signed = self.request(Named(account), payment, self.now_us, signer=signer)  # type: ignore[arg-type]
        return Submit(7, sign(signer, self.constellation, signed.request))


@pytest.fixture
def alpha() -> Stage:
    return Stage(asker=Asker())


def of_sub(alpha: Stage, key_pair: KeyPair = ANNA, account: bytes = SUB) -> RawClient:
    return RawClient(alpha, key_pair, account=Named(account)).open()  # type: ignore[arg-type]


def told(client: RawClient) -> list[Effect]:
    messages = [message for message in client.received() if isinstance(message, Acknowledgement)]
    return [effect for message in messages for event in message.events for effect in event.group.effects]


def shown(client: RawClient, sub_account: int | None) -> AccountSnapshot | Code:
    client.send(QueryAccount(1, sub_account))
    (answer,) = client.received()
    if isinstance(answer, Rejected):
        return answer.code
    assert isinstance(answer, AccountSnapshot)
    return answer


def closing(client: RawClient) -> Code | None:
    return next((message.code for message in client.received() if isinstance(message, Closing)), None)


def test_the_owner_has_sessions_of_the_sub_account(alpha: Stage) -> None:
    client, parent = of_sub(alpha), RawClient(alpha).open()
    client.send(alpha.pays())
    alpha.settle()
    (sent,) = [effect for effect in told(client) if type(effect).__name__ == "PaymentSent"]
    assert sent.amount == ONE  # type: ignore[attr-defined]
    assert "PaymentReceived" in [type(effect).__name__ for effect in told(parent)]
    parent.send(alpha.pays())
    (refused,) = parent.received()
    assert isinstance(refused, Rejected)
    assert refused.code is Code.FOREIGN_ACCOUNT


@pytest.mark.parametrize(("who", "number"), [(BERT, 3), (BOT, 3), (ANNA, 4), (NEW, 3)])
def test_nobody_else_has(alpha: Stage, who: KeyPair, number: int) -> None:
    message = knock(alpha, who, Named(sub_account_key(ANNA.public, number)))  # type: ignore[arg-type]
    assert isinstance(message, Closing)
    assert message.code is Code.UNKNOWN_SIGNER


def test_both_are_told_of_opening_and_merging(alpha: Stage) -> None:
    client, parent = of_sub(alpha), RawClient(alpha).open()
    alpha.owner_asks(OpenSubAccount(4, 10 * ONE))
    fourth = SubAccountOpened(ANNA.public, 4, sub_account_key(ANNA.public, 4))
    assert fourth in told(parent)
    parent.send(Submit(9, alpha.request(ANNA, MergeSubAccount(3), 1_000)))
    alpha.settle()
    merged = SubAccountMerged(ANNA.public, 3, SUB)
    messages = client.received()
    assert merged in told(parent)
    assert isinstance(messages[-1], Closing), "nobody signs for it any more"
    assert messages[-1].code is Code.UNKNOWN_SIGNER


def test_a_rotation_of_the_parent_ends_sessions_of_its_sub_accounts(alpha: Stage) -> None:
    client = of_sub(alpha)
    alpha.rotates()
    assert closing(client) is Code.UNKNOWN_SIGNER
    renewed = of_sub(alpha, NEW)
    renewed.send(alpha.pays(NEW))
    alpha.settle()
    assert told(renewed)


class TestReading:
    def test_the_owner_sees_its_sub_accounts(self, alpha: Stage) -> None:
        anna = RawClient(alpha).open()
        snapshot = shown(anna, 3)
        assert isinstance(snapshot, AccountSnapshot)
        assert snapshot.account == alpha.machine.state.account_entry(SUB)
        own, missing = shown(anna, None), shown(anna, 4)
        assert isinstance(own, AccountSnapshot)
        assert isinstance(missing, AccountSnapshot)
        assert own.account == alpha.machine.state.account_entry(ANNA.public)
        assert missing.account is None
        for number in (0, 17, 2**32 - 1):
            assert shown(anna, number) is Code.INVALID_SUB_ACCOUNT

    def test_somebody_else_sees_his_own_alone(self, alpha: Stage) -> None:
        bert = RawClient(alpha, BERT).open()
        snapshot = shown(bert, 3)
        assert isinstance(snapshot, AccountSnapshot)
        assert snapshot.account is None, "his number 3, which is not Anna's"

    def test_an_agent_sees_one_account(self, alpha: Stage) -> None:
        agent = RawClient(alpha, BOT, account=ANNA).open()
        assert shown(agent, 3) is Code.OWNER_ONLY
        assert isinstance(shown(agent, None), AccountSnapshot)
        for query in (history(1, sub_account=3), orders(1, sub_account=3)):
            agent.send(query)
            (refused,) = agent.received()
            assert isinstance(refused, Rejected)
            assert refused.code is Code.OWNER_ONLY
        assert alpha.asker.asked == []  # type: ignore[union-attr]

    def test_an_agent_of_the_sub_account_sees_that_alone(self, alpha: Stage) -> None:
        appointment = AppointAgent(BERT.public, RIGHT_TRADE, alpha.now_us + 3_600_000_000)
        signed = alpha.request(Named(SUB), appointment, alpha.now_us, signer=ANNA)  # type: ignore[arg-type]
        alpha.execute(sign(ANNA, alpha.constellation, signed.request))
        alpha.settle()
        agent = of_sub(alpha, BERT)
        snapshot = shown(agent, None)
        assert isinstance(snapshot, AccountSnapshot)
        assert snapshot.account is not None
        assert snapshot.account.account == SUB
        assert isinstance(knock(alpha, BERT, ANNA), Closing)

    def test_history_is_asked_for_the_key_that_the_number_means(self, alpha: Stage) -> None:
        anna = RawClient(alpha).open()
        for query in (history(1, sub_account=3), orders(2, sub_account=16), history(3)):
            anna.send(query)
        asked = [account for account, _, _ in alpha.asker.asked]  # type: ignore[union-attr]
        assert asked == [SUB, sub_account_key(ANNA.public, 16), ANNA.public]
        anna.send(history(4, sub_account=17))
        (refused,) = anna.received()
        assert isinstance(refused, Rejected)
        assert refused.code is Code.INVALID_SUB_ACCOUNT

    def test_after_a_rotation_the_new_owner_does(self, alpha: Stage) -> None:
        alpha.rotates()
        anna = RawClient(alpha, NEW, account=ANNA).open()
        snapshot = shown(anna, 3)
        assert isinstance(snapshot, AccountSnapshot)
        assert snapshot.account is not None
