"""Requests that alpha does not want to hear: an auditor keeps them within bounds, repeats them and counts the dead."""

from collections.abc import Callable

import pytest

from constellation.herald.forwarding import ForwardingDesk
from constellation.protocol.errors import Rejection
from constellation.protocol.limits import (
    CLOCK_SKEW_MAX_US,
    FORWARD_AGAIN_US,
    FORWARDED_MAX,
    FORWARDED_PER_ACCOUNT_MAX,
    FORWARDED_TOGETHER_MAX,
)
from constellation.protocol.messages import AppointAgent, Code, DismissAgent, Payment, SignedRequest
from constellation.protocol.signing import KeyPair
from constellation.protocol.wallet_message import wallet_digest, wallet_text
from constellation.testing.cluster import Cluster
from constellation.testing.world import ONE, START_US, World, key_of
from tests.herald.support import execute

ANNA, BERT = key_of("anna"), key_of("bert")
VALID_US = 30_000_000


def refused(code: Code, take: Callable[[], None]) -> None:
    with pytest.raises(Rejection) as caught:
        take()
    assert caught.value.code is code


class Auditor:
    """A desk beside a state in which Anna has money."""

    def __init__(self) -> None:
        self.world = World(auditors=3)
        self.machine = self.world.machine()
        self.now_us = START_US
        self.world.funded(self.machine, "anna", "bert")
        self.desk = ForwardingDesk()

    def request(
        self, nonce: int, amount: int = 1, who: KeyPair = ANNA, valid_until: int = START_US + VALID_US
    ) -> SignedRequest:
        payment = Payment((ANNA if who is BERT else BERT).public, 0, amount)
        return self.world.request(who, payment, nonce=nonce, valid_until=valid_until)

    def take(self, signed: SignedRequest) -> SignedRequest:
        self.desk.take(self.machine.state, signed, self.now_us)
        return signed

    def refuses(self, code: Code, signed: SignedRequest) -> None:
        before = len(self.desk)
        refused(code, lambda: self.desk.take(self.machine.state, signed, self.now_us))
        assert len(self.desk) == before

    def look(self) -> list[SignedRequest]:
        return self.desk.look(self.machine.state, self.now_us)

    def due(self) -> list[SignedRequest]:
        return self.desk.due(self.now_us)


@pytest.fixture
def auditor() -> Auditor:
    return Auditor()


def test_it_is_told_once_on_a_connection_and_again_after_a_while(auditor: Auditor) -> None:
    signed = auditor.take(auditor.request(1))
    assert auditor.due() == [signed]
    auditor.now_us += FORWARD_AGAIN_US - 1
    assert auditor.due() == []
    auditor.now_us += 1
    assert auditor.due() == [signed]
    auditor.desk.link_up()
    assert auditor.due() == [signed]
    auditor.now_us -= 1
    assert auditor.due() == [signed], "a clock was set back"


def test_lower_nonces_are_told_first(auditor: Auditor) -> None:
    later, first = auditor.take(auditor.request(9)), auditor.take(auditor.request(2))
    assert auditor.due() == [first, later]


def test_a_few_are_told_at_once_and_all_in_their_turn(auditor: Auditor) -> None:
    together = FORWARDED_TOGETHER_MAX
    own = [auditor.take(auditor.request(nonce)) for nonce in range(1, FORWARDED_PER_ACCOUNT_MAX + 1)]
    others = [auditor.take(auditor.request(100 + nonce, who=BERT)) for nonce in range(FORWARDED_PER_ACCOUNT_MAX)]
    everything = [*own, *others]
    rounds = [everything[start : start + together] for start in range(0, len(everything), together)]
    assert len(rounds) > 1
    for _ in range(2):
        for expected in rounds:
            assert auditor.due() == expected
            auditor.now_us += 1
        assert auditor.due() == []
        auditor.now_us += FORWARD_AGAIN_US


def test_what_is_ordered_is_forgotten_and_no_sign_of_censorship(auditor: Auditor) -> None:
    first, second = auditor.take(auditor.request(1)), auditor.take(auditor.request(2))
    auditor.machine.execute(START_US + 1, first)
    assert auditor.look() == []
    assert auditor.due() == [second]
    auditor.machine.execute(START_US + VALID_US, second)
    auditor.now_us += VALID_US + CLOCK_SKEW_MAX_US + 1
    assert auditor.look() == []
    assert (len(auditor.desk), auditor.desk.expired) == (0, 0)


def test_what_expires_by_alphas_time_is_counted(auditor: Auditor) -> None:
    signed = auditor.take(auditor.request(1))
    auditor.due()
    auditor.machine.execute(START_US + VALID_US, auditor.request(1, who=BERT, valid_until=START_US + 2 * VALID_US))
    assert auditor.look() == [], "it is valid to the last microsecond"
    auditor.machine.execute(START_US + VALID_US + 1, auditor.request(2, who=BERT, valid_until=START_US + 2 * VALID_US))
    assert auditor.look() == [signed]
    assert (len(auditor.desk), auditor.desk.expired, auditor.due()) == (0, 1, [])


def test_what_alpha_was_never_told_of_is_no_sign_of_censorship(auditor: Auditor) -> None:
    signed = auditor.take(auditor.request(1))
    auditor.now_us = signed.request.valid_until + CLOCK_SKEW_MAX_US + 1
    assert auditor.look() == []
    assert (len(auditor.desk), auditor.desk.expired) == (0, 0)


def test_what_expires_while_alpha_stands_still_is_counted(auditor: Auditor) -> None:
    signed = auditor.take(auditor.request(1))
    auditor.due()
    auditor.desk.link_up()
    auditor.now_us = signed.request.valid_until + CLOCK_SKEW_MAX_US
    assert auditor.look() == []
    assert auditor.desk.oldest_us(auditor.now_us) == VALID_US + CLOCK_SKEW_MAX_US
    auditor.now_us += 1
    assert auditor.look() == [signed]
    assert (auditor.desk.expired, auditor.desk.oldest_us(auditor.now_us)) == (1, 0)


def test_the_same_bytes_are_kept_once_and_other_bytes_are_a_conflict(auditor: Auditor) -> None:
    auditor.take(auditor.request(1))
    auditor.take(auditor.request(1))
    assert len(auditor.desk) == 1
    auditor.refuses(Code.NONCE_CONFLICT, auditor.request(1, amount=2))


def test_whatever_its_own_state_refuses_is_not_kept(auditor: Auditor) -> None:
    executed = auditor.request(5)
    auditor.machine.execute(START_US, executed)
    auditor.refuses(Code.NONCE_TOO_LOW, executed)
    auditor.refuses(Code.INVALID_NONCE, auditor.request(0))
    auditor.refuses(Code.UNKNOWN_ACCOUNT, auditor.request(1, who=key_of("stranger")))
    auditor.refuses(Code.EXPIRED, auditor.request(6, valid_until=START_US - 1))
    longest = START_US + auditor.world.settings.limits.validity_us
    auditor.refuses(Code.VALIDITY_TOO_LONG, auditor.request(6, valid_until=longest + 1))
    auditor.take(auditor.request(6, valid_until=longest))


def test_a_signature_that_does_not_fit_tells_nothing_of_the_account(auditor: Auditor) -> None:
    auditor.machine.execute(START_US, auditor.request(5))
    used, fresh = auditor.request(5, amount=7), auditor.request(6)
    for signed in (used, fresh, auditor.request(1, who=key_of("stranger"))):
        forged = SignedRequest(signed.request, BERT.sign(bytes(32)))
        auditor.refuses(Code.BAD_SIGNATURE, forged)
    auditor.take(fresh)
    auditor.refuses(Code.BAD_SIGNATURE, SignedRequest(fresh.request, bytes(64)))


class TestAgents:
    BOT = key_of("bot")

    @pytest.fixture
    def auditor(self, auditor: Auditor) -> Auditor:
        appointment = AppointAgent(self.BOT.public, 2, START_US + 2 * VALID_US)
        auditor.machine.execute(START_US, auditor.world.request(ANNA, appointment, nonce=1))
        auditor.now_us += 1_000
        return auditor

    def request(self, auditor: Auditor, nonce: int = START_US + 1, signer: KeyPair = BOT) -> SignedRequest:
        payment = Payment(BERT.public, 0, 1)
        return auditor.world.request(ANNA, payment, nonce=nonce, valid_until=START_US + VALID_US, signer=signer)

    def test_nonces_are_those_of_a_key(self, auditor: Auditor) -> None:
        named, unnamed = self.request(auditor, 2 + START_US), auditor.request(2 + START_US)
        for signed in (named, unnamed):
            auditor.take(signed)
        assert auditor.due() == [named, unnamed]
        auditor.machine.execute(START_US + 10, named)
        assert auditor.look() == []
        assert len(auditor.desk) == 1
        auditor.refuses(Code.NONCE_TOO_LOW, self.request(auditor, 1 + START_US))
        auditor.take(self.request(auditor, 3 + START_US))

    def test_strangers_learn_nothing_of_an_account(self, auditor: Auditor) -> None:
        auditor.refuses(Code.UNKNOWN_SIGNER, self.request(auditor, signer=BERT))
        nobody = auditor.world.request(key_of("stranger"), Payment(BERT.public, 0, 1), nonce=1, signer=BERT)
        auditor.refuses(Code.UNKNOWN_SIGNER, nobody)

    def test_what_a_dismissed_agent_wanted_is_no_sign_of_censorship(self, auditor: Auditor) -> None:
        auditor.take(self.request(auditor))
        auditor.due()
        auditor.machine.execute(START_US + 5, auditor.world.request(ANNA, DismissAgent(self.BOT.public), nonce=2))
        assert auditor.look() == []
        assert (len(auditor.desk), auditor.desk.expired) == (0, 0)

    def test_an_appointment_by_a_wallet(self, auditor: Auditor) -> None:
        signed = auditor.world.request(ANNA, AppointAgent(BERT.public, 1, START_US + VALID_US), nonce=2)
        text = wallet_text(auditor.world.constellation, signed.request)
        assert text is not None
        auditor.take(SignedRequest(signed.request, ANNA.sign(wallet_digest(text))))


def test_a_request_for_another_constellation_is_not_kept(auditor: Auditor) -> None:
    elsewhere = World(auditors=3)
    elsewhere.constellation = bytes(32)
    signed = elsewhere.request(ANNA, Payment(BERT.public, 0, 1), nonce=1, valid_until=START_US + VALID_US)
    auditor.refuses(Code.BAD_SIGNATURE, signed)


def test_an_account_has_a_share_of_the_room(auditor: Auditor) -> None:
    for nonce in range(1, FORWARDED_PER_ACCOUNT_MAX + 1):
        auditor.take(auditor.request(nonce))
    auditor.refuses(Code.OVERLOADED, auditor.request(FORWARDED_PER_ACCOUNT_MAX + 1))
    auditor.take(auditor.request(1))
    auditor.take(auditor.request(1, who=BERT))
    auditor.machine.execute(START_US, auditor.request(1))
    auditor.look()
    auditor.take(auditor.request(FORWARDED_PER_ACCOUNT_MAX + 1))


def test_all_together_have_bounded_room(auditor: Auditor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert FORWARDED_MAX % FORWARDED_PER_ACCOUNT_MAX == 0
    monkeypatch.setattr("constellation.herald.forwarding.FORWARDED_MAX", 3)
    for nonce in (1, 2):
        auditor.take(auditor.request(nonce))
    auditor.take(auditor.request(1, who=BERT))
    auditor.refuses(Code.OVERLOADED, auditor.request(2, who=BERT))


# --- with an alpha that does not hear its clients


def hand(cluster: Cluster, auditor: int, signed: SignedRequest) -> SignedRequest:
    member = cluster.auditors[auditor]
    member.forwarding.take(member.replica.machine.state, signed, cluster.clock_us)
    return signed


def pay(cluster: Cluster, nonce: int = 1, amount: int = ONE) -> SignedRequest:
    return cluster.world.request(
        ANNA, Payment(BERT.public, 0, amount), nonce=nonce, valid_until=cluster.clock_us + VALID_US
    )


@pytest.fixture
def funded(cluster: Cluster) -> Cluster:
    for who in (ANNA, BERT):
        execute(cluster, 1000 * ONE, who)
    cluster.settle()
    return cluster


def received(cluster: Cluster, auditor: int = 1) -> int:
    account = cluster.auditors[auditor].replica.machine.state.vault.accounts[BERT.public]
    return account.balances[0].amount - 1000 * ONE


def test_what_all_auditors_are_handed_is_executed_once_and_final(funded: Cluster) -> None:
    signed = pay(funded)
    for auditor in (0, 1, 2):
        hand(funded, auditor, signed)
    for _ in range(3):
        assert [member.forward() for member in funded.auditors] == [[], [], []]
        funded.settle()
    assert received(funded) == ONE
    assert funded.certified == funded.alpha.tip.number
    assert [len(member.forwarding) for member in funded.auditors] == [0, 0, 0]


def test_what_is_lost_with_a_link_is_told_on_the_next_one(funded: Cluster) -> None:
    signed = hand(funded, 0, pay(funded))
    funded.auditors[0].forward()
    assert list(funded.auditors[0].outbox) == [signed]
    funded.cut(0)
    funded.connect(0)
    funded.settle()
    assert received(funded) == 0
    funded.auditors[0].forward()
    funded.settle()
    assert received(funded) == ONE


def test_another_alpha_is_told_what_the_censoring_one_did_not_want_to_hear(funded: Cluster) -> None:
    funded.alpha.is_censoring = True
    hand(funded, 0, pay(funded))
    for _ in range(3):
        funded.auditors[0].forward()
        funded.settle()
        funded.clock_us += FORWARD_AGAIN_US
    assert received(funded) == 0
    funded.appoint(key_of("second alpha"), 0, 1)
    funded.rise()
    funded.auditors[0].forward()
    funded.settle()
    assert received(funded) == ONE


def test_an_alpha_that_censors_to_the_end_is_seen(funded: Cluster) -> None:
    funded.alpha.is_censoring = True
    signed = hand(funded, 0, pay(funded))
    funded.clock_us = signed.request.valid_until
    assert funded.auditors[0].forward() == []
    execute(funded)
    funded.settle()
    assert funded.auditors[0].forward() == [signed]
    assert funded.auditors[0].forwarding.expired == 1
    assert list(funded.auditors[0].outbox) == []


def test_a_forged_request_of_a_lying_auditor_is_not_executed(funded: Cluster) -> None:
    signed = pay(funded)
    funded.auditors[0].outbox.append(SignedRequest(signed.request, bytes(64)))
    funded.settle()
    assert received(funded) == 0
    assert funded.closed == []
