"""Submission on a network that misbehaves: what is repeated, what is given up, and what is never done."""

from dataclasses import replace

import pytest

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import Code
from constellation.stellarlink import LedgerAccount, NetworkMismatch, NetworkUnavailable, SubmitOutcome, SubmitStatus
from constellation.stellarlink import refund_submit as subject
from constellation.stellarlink.refund_model import RefundRefused
from constellation.stellarlink.refund_payments import Repayment, Way
from constellation.stellarlink.refund_signed import Result, attach_signatures
from constellation.stellarlink.refund_submit import RefundSubmission
from constellation.stellarlink.refund_transactions import inner_envelope, refund_envelope
from tests.stellarlink.fake_network import FakeNetwork
from tests.stellarlink.support import AUDITORS, CHANNELS, PASSPHRASE, TRADER, deposits, make_settings

SETTINGS = make_settings()


def envelope(number: int, channel: int = 0, max_time_s: int = 1000):
    return refund_envelope(
        SETTINGS,
        [Repayment(Way.PAYMENT, TRADER.address, "native", ONE + number)],
        channel=CHANNELS[channel].address,
        sequence=number,
        fee=100,
        max_time_s=max_time_s,
    )


def signed(*envelopes, auditors=AUDITORS[:2]):
    document = {"transactions": [{"envelope_xdr": item.to_xdr()} for item in envelopes]}
    signatures = {key.address: [key.sign(item.hash()) for item in envelopes] for key in auditors}
    return attach_signatures(SETTINGS, SETTINGS, document, signatures)


class Network(FakeNetwork):
    """Answers submissions from a list; transactions are on the ledger when a test says so.

    Attributes:
        on_ledger: by hash, whether it was successful.
        answers: to the next submissions: an outcome, and whether the transaction gets onto the ledger, and how.
        sequence: of every account.
    """

    def __init__(self) -> None:
        super().__init__()
        self.close()
        self.on_ledger: dict[str, bool] = {}
        self.answers: list[tuple[SubmitStatus, bool | None]] = []
        self.sequence = 0
        self.is_down = False

    async def submit(self, envelope_xdr):
        self.submitted.append(envelope_xdr)
        status, result = self.answers.pop(0) if self.answers else (SubmitStatus.INCLUDED, True)
        if result is not None:
            self.on_ledger[inner_envelope(envelope_xdr, PASSPHRASE).hash_hex()] = result
        return SubmitOutcome(status, "tx_code")

    async def transaction(self, transaction_hash):
        self._call("transaction")
        if transaction_hash not in self.on_ledger:
            return None
        return replace(deposits(1 << 32 | 1 << 12), successful=self.on_ledger[transaction_hash])

    async def account(self, address):
        return LedgerAccount(address, self.sequence, (), {}, (2, 2, 2), {})


async def run(network: Network, transactions) -> list[Result]:
    await RefundSubmission(network, SETTINGS, transactions, lambda _: None, pause_s=0).run()
    return [item.result for item in transactions]


async def test_in_the_order_of_each_channel_s_numbers():
    network = Network()
    order = [envelope(1), envelope(1, channel=1), envelope(2), envelope(2, channel=1), envelope(3)]
    assert await run(network, signed(*order)) == [Result.PAID] * 5
    sent = [inner_envelope(item, PASSPHRASE).transaction for item in network.submitted]
    for channel, count in ((CHANNELS[0], 3), (CHANNELS[1], 2)):
        numbers = [item.sequence for item in sent if item.source.account_id == channel.address]
        assert numbers == list(range(1, count + 1))


async def test_what_is_on_the_ledger_is_not_sent_again():
    network = Network()
    first, second, third = (envelope(number) for number in (1, 2, 3))
    network.on_ledger = {first.hash_hex(): True, second.hash_hex(): False}
    assert await run(network, signed(first, second, third)) == [Result.PAID, Result.FAILED, Result.PAID]
    assert [inner_envelope(item, PASSPHRASE).hash() for item in network.submitted] == [third.hash()]


async def test_an_unknown_outcome_is_tried_again_with_the_same_bytes():
    network = Network()
    network.answers = [(SubmitStatus.UNKNOWN, None)] * 3 + [(SubmitStatus.UNKNOWN, True)]
    assert await run(network, signed(envelope(1))) == [Result.PAID]
    assert len(network.submitted) == 4
    assert len(set(network.submitted)) == 1


async def test_a_failed_transaction_does_not_hold_the_next_one():
    network = Network()
    network.answers = [(SubmitStatus.FAILED, False)]
    transactions = signed(envelope(1), envelope(2))
    assert await run(network, transactions) == [Result.FAILED, Result.PAID]
    assert "an operation failed" in transactions[0].detail


async def test_the_word_of_a_submission_is_not_enough():
    network = Network()
    network.answers = [(SubmitStatus.INCLUDED, None)] * 20
    transactions = signed(envelope(1), envelope(2))
    assert await run(network, transactions) == [Result.OPEN, Result.OPEN]
    assert len(network.submitted) == subject.REJECTIONS_MAX
    assert transactions[1].detail == "not submitted", "the next number waits for the one before"


async def test_a_number_that_was_used_otherwise_ends_the_channel():
    network = Network()
    network.sequence = 1
    network.answers = [(SubmitStatus.REJECTED, None)]
    transactions = signed(envelope(1), envelope(2))
    assert await run(network, transactions) == [Result.OPEN, Result.OPEN]
    assert "was used by another transaction" in transactions[0].detail
    assert len(network.submitted) == 1


async def test_an_expired_transaction_ends_the_channel():
    network = Network()
    network.answers = [(SubmitStatus.REJECTED, None)]
    transactions = signed(envelope(1, max_time_s=network.closed_at_s[-1] - 1))
    assert await run(network, transactions) == [Result.OPEN]
    assert "time bound has passed" in transactions[0].detail


async def test_a_run_is_bounded(monkeypatch):
    monkeypatch.setattr(subject, "PAUSE_MAX_S", 0)
    network = Network()
    network.answers = [(SubmitStatus.UNKNOWN, None)] * 1000
    assert await run(network, signed(envelope(1))) == [Result.OPEN]
    assert len(network.submitted) == subject.ATTEMPTS_MAX


async def test_a_network_that_goes_away_for_a_moment():
    network = Network()
    network.trouble.extend([None, NetworkUnavailable("gone"), None, NetworkUnavailable("gone")])
    assert await run(network, signed(envelope(1))) == [Result.PAID]
    stranger = replace(SETTINGS, network_passphrase="another")
    with pytest.raises(NetworkMismatch):
        await RefundSubmission(network, stranger, [], lambda _: None).run()


def test_exactly_a_quorum_of_valid_signatures_is_attached():
    [transaction] = signed(envelope(1), auditors=AUDITORS[:3])
    attached = inner_envelope(transaction.envelope_xdr, PASSPHRASE).signatures
    assert len(attached) == 2
    assert transaction.pays == [(TRADER.address, "native", ONE + 1)]
    with pytest.raises(RefundRefused, match="has 1 valid signatures") as caught:
        signed(envelope(1), auditors=AUDITORS[:1])
    assert caught.value.code is Code.NOT_ENOUGH_SIGNATURES
    with pytest.raises(RefundRefused, match="has 1 valid signatures"):
        signed(envelope(1), auditors=(AUDITORS[0], TRADER, AUDITORS[4]))


def test_signatures_of_another_transaction_do_not_count():
    first, second = envelope(1), envelope(2)
    document = {"transactions": [{"envelope_xdr": item.to_xdr()} for item in (first, second)]}
    twice = {key.address: [key.sign(first.hash())] * 2 for key in AUDITORS[:2]}
    with pytest.raises(RefundRefused, match=r"transaction 2 \(.*\) has 0 valid signatures"):
        attach_signatures(SETTINGS, SETTINGS, document, twice)
    once = {key.address: [key.sign(first.hash())] for key in AUDITORS[:2]}
    with pytest.raises(RefundRefused, match="transaction 2"):
        attach_signatures(SETTINGS, SETTINGS, document, once)


@pytest.mark.parametrize("document", [{}, {"transactions": [{}]}, {"transactions": [{"envelope_xdr": "AAAA"}]}])
def test_transactions_that_cannot_be_read(document):
    with pytest.raises(RefundRefused) as caught:
        attach_signatures(SETTINGS, SETTINGS, document, {})
    assert caught.value.code is Code.MALFORMED
