from hashlib import sha256

import pytest
from stellar_sdk import Asset, ChangeTrust, CreateAccount, Keypair, ReturnHashMemo, TransactionEnvelope

from constellation.protocol.limits import INT64_MAX
from constellation.protocol.messages import (
    ClaimableDeposit,
    CreditAsset,
    Memo,
    SuspenseEntry,
    SuspenseReason,
    Withdrawal,
)
from constellation.testing import World
from constellation.testing.world import key_of, to
from constellation.vault import ClaimTask, PreparedTask, RefundTask, TrustTask, VaultTask, WithdrawalTask
from constellation.vault.transactions import stellar_asset, task_envelope

WORLD = World()
CHANNEL = key_of("channel 0")
VAULT = key_of("vault").address
ALICE = key_of("alice")
SEQUENCE = (100 << 32) + 1
MAX_TIME_S = 1_800_000_300

# Withdrawals of 12.5 units to alice on the "Constellation Test Network": a change here is a change of what every
# member signs.
GOLDEN = {
    "lumens": (
        Withdrawal(0, 125_000_000, to(ALICE)),
        "AAAAAgAAAABNYePO85AL8vmk9cAWGu7rCfR2TiufIe9GLSIqRbSOcwAAJxAAAABkAAAAAQAAAAEAAAAAAAAAAAAAAABrSdMs"
        "AAAAAAAAAAEAAAABAAAAACYChkj2C9TU/CgvE5aAlbp9x04+pg3dl0JdhdgWe269AAAAAQAAAADVv0o/zOcXsDiLzCdJ68FI"
        "rZlpsj9F7htgX9WHeFdqxAAAAAAAAAAAB3NZQAAAAAAAAAAA",
    ),
    "dollars with a text": (
        Withdrawal(1, 125_000_000, to(ALICE, "naïve")),
        "AAAAAgAAAABNYePO85AL8vmk9cAWGu7rCfR2TiufIe9GLSIqRbSOcwAAJxAAAABkAAAAAQAAAAEAAAAAAAAAAAAAAABrSdMs"
        "AAAAAQAAAAZuYcOvdmUAAAAAAAEAAAABAAAAACYChkj2C9TU/CgvE5aAlbp9x04+pg3dl0JdhdgWe269AAAAAQAAAADVv0o/"
        "zOcXsDiLzCdJ68FIrZlpsj9F7htgX9WHeFdqxAAAAAFVU0QAAAAAALnfiW0FJJXZxzRoPdVhuozmbSlSjMu+KWx8ECQ9Vt98"
        "AAAAAAdzWUAAAAAAAAAAAA==",
    ),
    "euros with a number": (
        Withdrawal(2, 125_000_000, to(ALICE, 2**64 - 1)),
        "AAAAAgAAAABNYePO85AL8vmk9cAWGu7rCfR2TiufIe9GLSIqRbSOcwAAJxAAAABkAAAAAQAAAAEAAAAAAAAAAAAAAABrSdMs"
        "AAAAAv//////////AAAAAQAAAAEAAAAAJgKGSPYL1NT8KC8TloCVun3HTj6mDd2XQl2F2BZ7br0AAAABAAAAANW/Sj/M5xew"
        "OIvMJ0nrwUitmWmyP0XuG2Bf1Yd4V2rEAAAAAUVVUgAAAAAAud+JbQUkldnHNGg91WG6jOZtKVKMy74pbHwQJD1W33wAAAAA"
        "B3NZQAAAAAAAAAAA",
    ),
}


def envelope_of(
    withdrawal: Withdrawal,
    *,
    channel: bytes = CHANNEL.public,
    sequence: int = SEQUENCE,
    max_time_s: int = MAX_TIME_S,
    fee: int = WORLD.settings.transaction_fee,
) -> TransactionEnvelope:
    task = WithdrawalTask(1, ALICE.public, withdrawal)
    return task_envelope(WORLD.settings, PreparedTask(task, channel, sequence, fee, max_time_s, bytes(32)))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_withdrawals_transaction_has_these_bytes(name: str) -> None:
    withdrawal, golden = GOLDEN[name]
    assert envelope_of(withdrawal).to_xdr() == golden


@pytest.mark.parametrize("name", GOLDEN)
def test_the_hash_is_that_of_the_bytes(name: str) -> None:
    envelope = envelope_of(GOLDEN[name][0])
    read_again = TransactionEnvelope.from_xdr(GOLDEN[name][1], WORLD.settings.network_passphrase)
    network_id = sha256(WORLD.settings.network_passphrase.encode()).digest()
    by_hand = sha256(network_id + b"\0\0\0\2" + read_again.transaction.to_xdr_object().to_xdr_bytes()).digest()
    assert envelope.hash() == read_again.hash() == by_hand


def test_every_field_is_what_the_state_says() -> None:
    envelope = TransactionEnvelope.from_xdr(GOLDEN["dollars with a text"][1], WORLD.settings.network_passphrase)
    transaction = envelope.transaction
    [payment] = transaction.operations
    assert transaction.source.account_id == CHANNEL.address
    assert transaction.sequence == SEQUENCE
    assert transaction.fee == WORLD.settings.transaction_fee
    assert transaction.memo.memo_text == "naïve".encode()
    assert transaction.preconditions.time_bounds.min_time == 0
    assert transaction.preconditions.time_bounds.max_time == MAX_TIME_S
    assert payment.source.account_id == Keypair.from_raw_ed25519_public_key(WORLD.settings.vault).public_key
    assert payment.destination.account_id == ALICE.address
    assert payment.asset == Asset("USD", key_of("issuer").address)
    assert payment.amount == "12.5"
    assert envelope.signatures == []


def task_operations(task: VaultTask) -> TransactionEnvelope:
    terms = CHANNEL.public, SEQUENCE, WORLD.settings.transaction_fee, MAX_TIME_S
    envelope = task_envelope(WORLD.settings, PreparedTask(task, *terms, bytes(32)))
    read_again = TransactionEnvelope.from_xdr(envelope.to_xdr(), WORLD.settings.network_passphrase)
    assert read_again.hash() == envelope.hash()
    return read_again


def test_a_withdrawal_that_creates_its_destination() -> None:
    withdrawal = Withdrawal(0, 125_000_000, to(ALICE, creates=True))
    [created] = task_operations(WithdrawalTask(1, ALICE.public, withdrawal)).transaction.operations
    assert isinstance(created, CreateAccount)
    assert (created.destination, created.starting_balance) == (ALICE.address, "12.5")
    assert created.source.account_id == VAULT


def test_a_withdrawal_to_a_muxed_address() -> None:
    withdrawal = Withdrawal(1, 1, to(ALICE, muxed_id=2**64 - 1))
    [payment] = task_operations(WithdrawalTask(1, ALICE.public, withdrawal)).transaction.operations
    assert (payment.destination.account_id, payment.destination.account_muxed_id) == (ALICE.address, 2**64 - 1)


def test_a_refund_names_the_transaction_that_it_returns() -> None:
    reason = SuspenseReason.UNKNOWN_ROUTING
    entry = SuspenseEntry(7, WORLD.usd, 125_000_000, ALICE.public, b"\x07" * 32, reason, 0, None)
    transaction = task_operations(RefundTask(1, entry, 1)).transaction
    [payment] = transaction.operations
    assert (payment.destination.account_id, payment.amount) == (ALICE.address, "12.5")
    assert payment.source.account_id == VAULT
    assert transaction.memo == ReturnHashMemo(b"\x07" * 32)


def test_a_claim_names_the_balance() -> None:
    deposit = ClaimableDeposit(7, bytes(32), b"\xba" * 32, None, 1, ALICE.public, None)
    [claim] = task_operations(ClaimTask(1, deposit, 0)).transaction.operations
    assert (claim.balance_id, claim.source.account_id) == ("00000000" + "ba" * 32, VAULT)


def test_a_trust_line_has_no_limit() -> None:
    [trust] = task_operations(TrustTask(1, 3, WORLD.eur)).transaction.operations
    assert (trust.asset, trust.limit) == (Asset("EUR", key_of("issuer").address), ChangeTrust(Asset.native()).limit)
    assert trust.source.account_id == VAULT


def test_a_change_of_any_part_is_another_transaction() -> None:
    lumens = GOLDEN["lumens"][0]
    hashes = [
        envelope_of(lumens).hash(),
        *(envelope_of(GOLDEN[name][0]).hash() for name in ("dollars with a text", "euros with a number")),
        envelope_of(Withdrawal(0, 125_000_001, to(ALICE))).hash(),
        envelope_of(Withdrawal(0, 125_000_000, to(key_of("bob")))).hash(),
        envelope_of(Withdrawal(0, 125_000_000, to(ALICE, 0))).hash(),
        envelope_of(lumens, channel=key_of("channel 1").public).hash(),
        envelope_of(lumens, sequence=SEQUENCE + 1).hash(),
        envelope_of(lumens, max_time_s=MAX_TIME_S + 1).hash(),
        envelope_of(lumens, fee=WORLD.settings.transaction_fee + 1).hash(),
    ]
    assert len(dict.fromkeys(hashes)) == len(hashes)


@pytest.mark.parametrize("amount", [1, 10**7, INT64_MAX])
@pytest.mark.parametrize(
    "destination", [bytes(32), b"\xff" * 32, b"\x01" + bytes(31)], ids=["zero", "ones", "identity"]
)
@pytest.mark.parametrize("memo", [None, 0, 2**64 - 1, "x", "\0", "é" * 14, "🦊" * 7])
def test_whatever_a_request_can_carry_has_a_transaction(amount: int, destination: bytes, memo: Memo) -> None:
    envelope = envelope_of(Withdrawal(1, amount, to(destination, memo)))
    read_again = TransactionEnvelope.from_xdr(envelope.to_xdr(), WORLD.settings.network_passphrase)
    assert read_again.hash() == envelope.hash()


@pytest.mark.parametrize("code", ["A", "USD", "USDC", "DOLLAR", "ABCDEFGHIJKL"])
def test_codes_of_every_length_keep_their_issuer(code: str) -> None:
    issuer = key_of("issuer")
    assert stellar_asset(CreditAsset(code, issuer.public)) == Asset(code, issuer.address)


def test_lumens_have_no_issuer() -> None:
    assert stellar_asset(None).is_native()
