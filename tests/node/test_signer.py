"""A signer's rules, asked directly: what it signs, what it refuses, and what it keeps of the refused."""

import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from stellar_sdk import Account, Asset, FeeBumpTransaction, FeeBumpTransactionEnvelope, TransactionBuilder

from constellation.node import signer_record
from constellation.node.signer_desk import SignerDesk
from constellation.node.signer_record import RecordError, RecordFailed, SignerRecord
from constellation.protocol.messages import (
    SIGNER_VERSION,
    Appointment,
    AssetResumption,
    AssetSuspension,
    BatchHeader,
    Code,
    GivenSignature,
    HandshakeTranscript,
    Hello,
    KeyAnswer,
    KeyQuestion,
    LedgerReport,
    MessageToSign,
    Proposal,
    Role,
    SignerRefusal,
    SignerRefusalReason,
    SuspensionReason,
    TransactionToSign,
    Verdict,
    decode_signer_answer,
    encode_signer_question,
)
from constellation.protocol.signing import Purpose, header_hash, message_digest, verify, vote_hash
from constellation.protocol.strkey import encode_public_key
from constellation.testing.world import World, key_of
from constellation.vault import WithdrawalTask
from constellation.vault.transactions import task_envelope
from tests.herald.support import Chain
from tests.stellarlink.support import prepared_withdrawal

Reason = SignerRefusalReason
KEY = World().auditors[0]


class Signing:
    """A signer that can be restarted."""

    def __init__(self, directory: Path, **options: bool) -> None:
        self.world = World(auditors=3)
        self.key = self.world.auditors[0]
        self.path = directory / "record"
        self.options = {"signs_decisions": False} | options
        self.record = SignerRecord(self.path, self.key.public, self.world.constellation, create=True)
        self.desk = SignerDesk(self.key, self.world.settings, self.record, **self.options)

    def restart(self) -> None:
        self.record.close()
        self.record = SignerRecord(self.path, self.key.public, self.world.constellation, create=False)
        self.desk = SignerDesk(self.key, self.world.settings, self.record, **self.options)

    def ask(self, question: Any) -> Any:
        return decode_signer_answer(self.desk.answer(encode_signer_question(question)))

    def message(self, purpose: int, xdr: bytes, constellation: bytes | None = None) -> Any:
        return self.ask(MessageToSign(purpose, constellation or self.world.constellation, xdr))

    def signs(self, purpose: Purpose, message: Any) -> bytes:
        """It signs, and the signature is that of a key in the node."""
        answer = self.message(purpose, message.to_xdr())
        assert isinstance(answer, GivenSignature), answer
        assert answer.signature == self.key.sign_message(purpose, self.world.constellation, message.to_xdr())
        return answer.signature

    def refuses(self, reason: SignerRefusalReason, purpose: int, message: Any) -> str:
        xdr = message if isinstance(message, bytes) else message.to_xdr()
        return self.refusal(reason, self.message(purpose, xdr))

    def refusal(self, reason: SignerRefusalReason, answer: Any) -> str:
        assert isinstance(answer, SignerRefusal), answer
        assert answer.reason is reason
        return answer.message

    def promise(self, epoch: int, at: tuple[int, int] | None = None, **changes: Any) -> Any:
        """A promise whose tip is at an epoch and number."""
        chain = Chain(self.world)
        word = chain.promise(0, epoch, 0).promise
        if at is not None:
            signed = chain.open(1).signed_header
            word = replace(word, tip=replace(signed, header=replace(signed.header, epoch=at[0], number=at[1])))
        return replace(word, **changes)


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return Signing(tmp_path)


def header(epoch: int, number: int, salt: int = 0) -> BatchHeader:
    return BatchHeader(1, epoch, number, 1, 0, 5, bytes([salt]) * 32, bytes(32), None)


# --- what a signature is


def test_the_digests_are_those_that_members_check() -> None:
    world, first = World(), header(1, 1)
    digest = header_hash(world.constellation, first)
    assert message_digest(Purpose.HEADER, world.constellation, first.to_xdr()) == digest
    assert message_digest(Purpose.VOTE, world.constellation, first.to_xdr()) == vote_hash(world.constellation, digest)


def test_it_says_whose_key_it_has(signing: Signing) -> None:
    assert signing.ask(KeyQuestion(SIGNER_VERSION)) == KeyAnswer(SIGNER_VERSION, signing.key.public)


# --- votes and promises


def test_one_vote_for_each_place_before_and_after_a_restart(signing: Signing) -> None:
    signing.signs(Purpose.PROMISE, signing.promise(1))
    first = signing.signs(Purpose.VOTE, header(1, 1))
    for _ in range(2):
        assert signing.signs(Purpose.VOTE, header(1, 1)) == first
        message = signing.refuses(Reason.SIGNER_CONFLICT, Purpose.VOTE, header(1, 1, salt=1))
        assert "another header was signed for batch 1 of epoch 1" in message
        signing.restart()
    signing.signs(Purpose.VOTE, header(1, 2))
    reasons = [(asked, signed) for _, asked, signed in signing.record.conflicts()]
    assert reasons == [(header(1, 1, salt=1).to_xdr(), header(1, 1).to_xdr())] * 2


def test_nothing_of_a_lower_epoch_after_a_promise(signing: Signing) -> None:
    signing.signs(Purpose.PROMISE, signing.promise(1))
    signing.signs(Purpose.VOTE, header(1, 1))
    signing.signs(Purpose.PROMISE, signing.promise(3, (1, 1)))
    for _ in range(2):
        signing.refuses(Reason.SIGNER_SUPERSEDED, Purpose.VOTE, header(1, 1))
        signing.refuses(Reason.SIGNER_SUPERSEDED, Purpose.VOTE, header(2, 1))
        signing.refuses(Reason.SIGNER_SUPERSEDED, Purpose.PROMISE, signing.promise(2, (1, 1)))
        signing.restart()
    signing.signs(Purpose.VOTE, header(3, 1, salt=9))
    assert len(signing.record.conflicts()) == 6


def test_no_vote_without_a_promise(signing: Signing) -> None:
    signing.refuses(Reason.SIGNER_NOT_ALLOWED, Purpose.VOTE, header(1, 1))
    signing.signs(Purpose.PROMISE, signing.promise(1))
    signing.refuses(Reason.SIGNER_NOT_ALLOWED, Purpose.VOTE, header(2, 1))


def test_an_epoch_is_promised_to_one_alpha(signing: Signing) -> None:
    signing.signs(Purpose.PROMISE, signing.promise(1))
    signing.signs(Purpose.PROMISE, signing.promise(1, recovering=True))
    signing.refuses(Reason.SIGNER_CONFLICT, Purpose.PROMISE, signing.promise(1, alpha=key_of("other").public))


def test_a_node_with_an_old_log_cannot_promise_as_one_that_remembers(signing: Signing) -> None:
    signing.signs(Purpose.PROMISE, signing.promise(1))
    for number in (1, 2, 3):
        signing.signs(Purpose.VOTE, header(1, number))
    for at in (None, (1, 2)):
        message = signing.refuses(Reason.SIGNER_CONFLICT, Purpose.PROMISE, signing.promise(2, at))
        assert "the node's log is an old copy" in message
    signing.signs(Purpose.PROMISE, signing.promise(2, (1, 2), recovering=True))


def test_a_tail_that_a_later_epoch_has_dropped_is_not_missed(signing: Signing) -> None:
    signing.signs(Purpose.PROMISE, signing.promise(1))
    signing.signs(Purpose.VOTE, header(1, 5))
    signing.signs(Purpose.PROMISE, signing.promise(2, (1, 5)))
    signing.signs(Purpose.PROMISE, signing.promise(2, (1, 3)))
    signing.signs(Purpose.PROMISE, signing.promise(3, (1, 3)))


# --- alpha's headers


def test_one_header_for_each_place_and_no_epoch_twice(signing: Signing) -> None:
    signing.signs(Purpose.HEADER, header(1, 1))
    signing.signs(Purpose.HEADER, header(1, 2))
    signing.refuses(Reason.SIGNER_CONFLICT, Purpose.HEADER, header(1, 2, salt=1))
    signing.signs(Purpose.HEADER, header(2, 2, salt=1))
    for _ in range(2):
        signing.refuses(Reason.SIGNER_SUPERSEDED, Purpose.HEADER, header(1, 3))
        signing.restart()
    signing.signs(Purpose.HEADER, header(2, 3))


def test_headers_and_votes_do_not_stand_in_each_other_s_way(signing: Signing) -> None:
    signing.signs(Purpose.HEADER, header(7, 1))
    signing.signs(Purpose.PROMISE, signing.promise(1))
    signing.signs(Purpose.VOTE, header(1, 1, salt=1))


def test_the_record_is_bounded_and_never_forgets_in_its_own_favour(
    signing: Signing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signer_record, "PLACES_KEPT", 10)
    monkeypatch.setattr(signer_record, "CONFLICTS_KEPT", 3)
    for number in range(1, 101):
        signing.signs(Purpose.HEADER, header(1, number))
    for number in range(1, 91):
        signing.refuses(Reason.SIGNER_FORGOTTEN, Purpose.HEADER, header(1, number))
    for number in range(91, 101):
        signing.signs(Purpose.HEADER, header(1, number))
        signing.refuses(Reason.SIGNER_CONFLICT, Purpose.HEADER, header(1, number, salt=1))
    signing.record.close()
    with sqlite3.connect(signing.path) as database:
        assert database.execute("SELECT count(*) FROM signed").fetchone() == (10,)
        assert database.execute("SELECT count(*) FROM conflicts").fetchone() == (3,)
    database.close()


def test_numbers_that_the_record_cannot_hold_are_refused(signing: Signing) -> None:
    for purpose, message in (
        (Purpose.HEADER, header(2**64 - 1, 1)),
        (Purpose.HEADER, header(1, 2**63)),
        (Purpose.VOTE, header(2**63, 1)),
        (Purpose.PROMISE, signing.promise(2**63)),
    ):
        signing.refuses(Reason.SIGNER_MALFORMED, purpose, message)
    signing.signs(Purpose.PROMISE, signing.promise(2**63 - 1))


# --- everything else


@pytest.mark.parametrize("data", [b"", bytes(3), bytes(4), b"\x00\x00\x00\x09", b"\xff" * 64])
def test_what_is_no_question_is_refused(signing: Signing, data: bytes) -> None:
    signing.refusal(Reason.SIGNER_MALFORMED, decode_signer_answer(signing.desk.answer(data)))


@pytest.mark.parametrize("purpose", [*Purpose, 0, 99, 2**32 - 1])
def test_what_cannot_be_read_is_refused(signing: Signing, purpose: int) -> None:
    for xdr in (b"", bytes(31), b"\xff" * 200, header(1, 1).to_xdr() + bytes(3)):
        signing.refuses(Reason.SIGNER_MALFORMED, purpose, xdr)


@pytest.mark.parametrize("purpose", [Purpose.SETTINGS, Purpose.REQUEST, Purpose.REQUEST_BATCH, Purpose.KEY_ROTATION])
def test_what_no_node_signs_is_refused(signing: Signing, purpose: Purpose) -> None:
    signing.refuses(Reason.SIGNER_MALFORMED, purpose, header(1, 1))


def test_another_constellation_is_refused(signing: Signing) -> None:
    answer = signing.message(Purpose.HEADER, header(1, 1).to_xdr(), bytes(32))
    signing.refusal(Reason.SIGNER_FOREIGN, answer)


def test_verdicts_reports_and_alarms_are_signed(signing: Signing) -> None:
    signing.signs(Purpose.VERDICT, Verdict(1, bytes(32), Code.BROKEN_CHAIN, "because"))
    signing.signs(Purpose.LEDGER_REPORT, LedgerReport(1, 2, 3, []))
    signing.signs(Purpose.PROPOSAL, Proposal(5, AssetSuspension(0, 1, SuspensionReason.RESERVES_DIFFER)))


def test_what_operators_decide_is_signed_only_where_that_was_said(signing: Signing, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    council = Signing(tmp_path / "other", signs_decisions=True)
    proposal = Proposal(5, AssetResumption(0, 1))
    world = signing.world
    auditors = [key.public for key in world.auditors]
    word = Appointment(1, world.alpha.public, auditors, world.settings.quorum_rule, "ws://a", "ws://b")
    for purpose, message in ((Purpose.PROPOSAL, proposal), (Purpose.APPOINTMENT, word)):
        signing.refuses(Reason.SIGNER_NOT_ALLOWED, purpose, message)
        council.signs(purpose, message)


def test_only_the_own_side_of_a_handshake_is_signed(signing: Signing) -> None:
    own, other, constellation = signing.key.public, key_of("other").public, signing.world.constellation

    def transcript(signer: Role, hello_key: bytes, key: bytes, where: bytes = constellation) -> HandshakeTranscript:
        return HandshakeTranscript(
            signer, Hello(1, 1, where, Role.AUDITOR, hello_key, None, bytes(32)), 1, key, bytes(32)
        )

    signing.signs(Purpose.HANDSHAKE, transcript(Role.AUDITOR, own, other))
    signing.signs(Purpose.HANDSHAKE, transcript(Role.ALPHA, other, own))
    for item in (
        transcript(Role.ALPHA, own, other),
        transcript(Role.AUDITOR, other, own),
        transcript(Role.AUDITOR, own, other, bytes(32)),
    ):
        signing.refuses(Reason.SIGNER_FOREIGN, Purpose.HANDSHAKE, item)


# --- transactions


def transaction(signing: Signing, change: Callable[[TransactionBuilder], Any] | None = None, **options: Any) -> Any:
    """One of the first channel, or of somebody else."""
    settings = signing.world.settings
    source = options.pop("source", encode_public_key(settings.channels[0].account))
    builder = TransactionBuilder(Account(source, 1), options.pop("passphrase", settings.network_passphrase), 100)
    builder.append_payment_op(
        key_of("anybody").address, Asset.native(), "1", options.pop("acts_for", encode_public_key(settings.vault))
    )
    if change is not None:
        change(builder)
    builder.add_time_bounds(0, 1000 if options.pop("bounded", True) else 0)
    return builder.build()


def test_a_task_s_transaction_is_signed(signing: Signing) -> None:
    settings = signing.world.settings
    prepared = prepared_withdrawal(settings)
    assert isinstance(prepared.task, WithdrawalTask)
    base = task_envelope(settings, prepared).signature_base()
    answer = signing.ask(TransactionToSign(base))
    assert isinstance(answer, GivenSignature), answer
    assert sha256(base).digest() == prepared.transaction
    assert verify(signing.key.public, prepared.transaction, answer.signature)


def test_only_the_vault_s_own_bounded_transactions_of_this_network_are_signed(signing: Signing) -> None:
    stranger = key_of("stranger").address
    good = transaction(signing).signature_base()
    assert isinstance(signing.ask(TransactionToSign(good)), GivenSignature)
    bump = FeeBumpTransactionEnvelope(
        FeeBumpTransaction(stranger, 400, transaction(signing)), signing.world.settings.network_passphrase
    )
    for reason, base in (
        (Reason.SIGNER_FOREIGN, transaction(signing, passphrase="another network").signature_base()),
        (Reason.SIGNER_FOREIGN, transaction(signing, source=stranger).signature_base()),
        (Reason.SIGNER_FOREIGN, transaction(signing, acts_for=stranger).signature_base()),
        (Reason.SIGNER_FOREIGN, b""),
        (Reason.SIGNER_NOT_ALLOWED, transaction(signing, bounded=False).signature_base()),
        (Reason.SIGNER_MALFORMED, bump.signature_base()),
        (Reason.SIGNER_MALFORMED, good[:-1]),
        (Reason.SIGNER_MALFORMED, good + bytes(4)),
        (Reason.SIGNER_MALFORMED, good[:32]),
        (Reason.SIGNER_MALFORMED, good[:36]),
        (Reason.SIGNER_MALFORMED, good[:36] + b"\xff" * 60),
    ):
        signing.refusal(reason, signing.ask(TransactionToSign(base)))


def test_a_message_of_the_protocol_is_no_transaction(signing: Signing) -> None:
    """The signed bytes of both are hashes over what cannot begin alike."""
    signing.refusal(Reason.SIGNER_FOREIGN, signing.ask(TransactionToSign(b"Constellation signed message 1\x00" * 9)))


# --- the record


def test_a_record_is_made_on_purpose_only(tmp_path: Path) -> None:
    world, path = World(), tmp_path / "record"

    def open_record(key: bytes = KEY.public, constellation: bytes = world.constellation, *, create: bool) -> None:
        SignerRecord(path, key, constellation, create=create).close()

    with pytest.raises(RecordError, match="Only a key that has never signed may start with a new one"):
        open_record(create=False)
    assert not path.exists()
    open_record(create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    open_record(create=False)
    with pytest.raises(RecordError, match="exists already"):
        open_record(create=True)
    for changed in ({"key": bytes(32)}, {"constellation": bytes(32)}):
        with pytest.raises(RecordError, match="of another key, constellation or version"):
            open_record(**changed, create=False)
    path.write_bytes(b"not a database, but long enough to be one" * 100)
    with pytest.raises(RecordError, match="cannot be used"):
        open_record(create=False)


def test_two_signers_cannot_share_a_record(signing: Signing) -> None:
    with pytest.raises(RecordError, match="cannot be used: database is locked"):
        SignerRecord(signing.path, signing.key.public, signing.world.constellation, create=False)


def test_nothing_is_signed_that_could_not_be_noted(signing: Signing) -> None:
    signing.record._database.execute("DROP TABLE signed")
    with pytest.raises(RecordFailed):
        signing.message(Purpose.HEADER, header(1, 1).to_xdr())
