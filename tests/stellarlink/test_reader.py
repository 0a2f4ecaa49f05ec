"""Each kind of ledger operation, in golden transactions built with stellar-sdk."""

from dataclasses import replace

import pytest
from stellar_sdk import (
    AccountMerge,
    Asset,
    CreateAccount,
    MuxedAccount,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    SetOptions,
    TransactionEnvelope,
    xdr,
)

from constellation.protocol.amounts import ONE
from constellation.protocol.messages import ChannelTransaction, Code, CreditAsset, LedgerDeposit, VaultTransaction
from constellation.stellarlink import TransactionReader, UndecodableTransaction
from constellation.vault.transactions import task_envelope
from tests.stellarlink.support import (
    CHANNELS,
    DOLLAR,
    ISSUER,
    LUMEN,
    OTHER,
    STELLAR_DOLLAR,
    TRADER,
    VAULT,
    bumped_record,
    create_account_ok,
    make_settings,
    merge_ok,
    payment_ok,
    prepared_withdrawal,
    record,
    set_options_ok,
    strict_receive_ok,
    strict_send_ok,
)

READER = TransactionReader(make_settings())
TOID = 50 << 32 | 3 << 12


def deposit(transaction, place=1, *, asset=None, amount=ONE, source=TRADER, memo=None, muxed_id=None):
    digest = bytes.fromhex(transaction.hash)
    return LedgerDeposit(TOID + place, digest, asset, amount, source.public, memo, muxed_id)


def vault_transaction(transaction):
    return VaultTransaction(TOID, bytes.fromhex(transaction.hash))


def test_a_payment_of_lumens_is_a_deposit():
    transaction = record([Payment(VAULT.address, LUMEN, "1.0000001")], [payment_ok()])
    assert READER.events(transaction) == [deposit(transaction, amount=ONE + 1)]


@pytest.mark.parametrize("code", ["USD", "U", "USDC", "USDCX", "TWELVELETTER"])
def test_an_issued_asset_keeps_code_and_issuer(code):
    transaction = record([Payment(VAULT.address, Asset(code, ISSUER.address), "1")], [payment_ok()])
    assert READER.events(transaction) == [deposit(transaction, asset=CreditAsset(code, ISSUER.public))]


def test_a_strict_send_deposits_what_arrived():
    operation = PathPaymentStrictSend(VAULT.address, LUMEN, "9", STELLAR_DOLLAR, "0.5", [])
    transaction = record([operation], [strict_send_ok(VAULT, STELLAR_DOLLAR, 7_654_321)])
    assert READER.events(transaction) == [deposit(transaction, asset=DOLLAR, amount=7_654_321)]


def test_a_strict_receive_deposits_what_arrived():
    operation = PathPaymentStrictReceive(VAULT.address, LUMEN, "9", STELLAR_DOLLAR, "1", [])
    transaction = record([operation], [strict_receive_ok(VAULT, STELLAR_DOLLAR, ONE)])
    assert READER.events(transaction) == [deposit(transaction, asset=DOLLAR)]


def test_creating_the_vault_is_a_deposit():
    transaction = record([CreateAccount(VAULT.address, "1")], [create_account_ok()])
    assert READER.events(transaction) == [deposit(transaction)]


def test_a_merge_deposits_what_the_account_had():
    transaction = record([AccountMerge(VAULT.address)], [merge_ok(123)])
    assert READER.events(transaction) == [deposit(transaction, amount=123)]


def test_a_merge_of_nothing_is_no_deposit():
    assert READER.events(record([AccountMerge(VAULT.address)], [merge_ok(0)])) == []


def test_a_failed_transaction_deposits_nothing():
    failed = xdr.PaymentResult(xdr.PaymentResultCode.PAYMENT_UNDERFUNDED)
    outcome = xdr.OperationResultTr(xdr.OperationType.PAYMENT, payment_result=failed)
    transaction = record([Payment(VAULT.address, LUMEN, "1")], [outcome], successful=False)
    assert READER.events(transaction) == []


def test_money_for_others_and_other_operations_are_nothing():
    operations = [
        Payment(OTHER.address, LUMEN, "1"),
        SetOptions(home_domain="example.org"),
        CreateAccount(OTHER.address, "1"),
        AccountMerge(OTHER.address),
    ]
    outcomes = [payment_ok(), set_options_ok(), create_account_ok(), merge_ok(5)]
    assert READER.events(record(operations, outcomes)) == []


def test_the_vault_cannot_deposit_to_itself():
    to_itself = [
        Payment(VAULT.address, LUMEN, "1", source=VAULT.address),
        PathPaymentStrictSend(VAULT.address, LUMEN, "9", STELLAR_DOLLAR, "1", [], source=VAULT.address),
    ]
    transaction = record(to_itself, [payment_ok(), strict_send_ok(VAULT, STELLAR_DOLLAR, ONE)])
    assert READER.events(transaction) == [vault_transaction(transaction)]


def test_each_operation_has_its_own_place_and_source():
    operations = [
        Payment(VAULT.address, LUMEN, "1"),
        Payment(OTHER.address, LUMEN, "1"),
        Payment(VAULT.address, STELLAR_DOLLAR, "2", source=OTHER.address),
    ]
    transaction = record(operations, [payment_ok()] * 3)
    assert READER.events(transaction) == [
        deposit(transaction, 1),
        deposit(transaction, 3, asset=DOLLAR, amount=2 * ONE, source=OTHER),
    ]


def test_a_muxed_address_is_the_account_behind_it():
    transaction = record(
        [
            Payment(MuxedAccount(VAULT.address, 77), LUMEN, "1"),
            Payment(VAULT.address, LUMEN, "1", source=MuxedAccount(OTHER.address, 5)),
        ],
        [payment_ok()] * 2,
        source=MuxedAccount(TRADER.address, 99),
    )
    assert READER.events(transaction) == [deposit(transaction, 1, muxed_id=77), deposit(transaction, 2, source=OTHER)]


def test_a_fee_bump_deposits_under_the_hash_that_the_ledger_shows():
    transaction, inner_hash = bumped_record([Payment(VAULT.address, LUMEN, "1")], [payment_ok()])
    assert bytes.fromhex(transaction.hash) != inner_hash
    assert READER.events(transaction) == [deposit(transaction)]


@pytest.mark.parametrize("successful", [True, False])
def test_a_channels_transaction_is_an_event_whether_it_succeeds_or_not(successful):
    operation = Payment(TRADER.address, LUMEN, "1", source=VAULT.address)
    transaction = record([operation], [payment_ok()], source=CHANNELS[0], successful=successful)
    events = READER.events(transaction)
    assert events == [ChannelTransaction(TOID, bytes.fromhex(transaction.hash), CHANNELS[0].public, 7, successful)]


@pytest.mark.parametrize("successful", [True, False])
def test_a_bumped_channels_transaction_has_the_hash_that_auditors_signed(successful):
    operation = Payment(TRADER.address, LUMEN, "1", source=VAULT.address)
    transaction, inner_hash = bumped_record([operation], [payment_ok()], source=CHANNELS[1], successful=successful)
    assert READER.events(transaction) == [ChannelTransaction(TOID, inner_hash, CHANNELS[1].public, 7, successful)]


def test_a_channel_that_pays_for_somebody_elses_bump_is_no_event():
    transaction, _ = bumped_record([Payment(OTHER.address, LUMEN, "1")], [payment_ok()], fee_source=CHANNELS[0])
    assert READER.events(transaction) == []


def test_a_channels_transaction_can_deposit_too_and_comes_first():
    operations = [Payment(VAULT.address, LUMEN, "1"), Payment(VAULT.address, LUMEN, "1", source=OTHER.address)]
    transaction = record(operations, [payment_ok()] * 2, source=CHANNELS[0])
    assert READER.events(transaction) == [
        ChannelTransaction(TOID, bytes.fromhex(transaction.hash), CHANNELS[0].public, 7, True),
        deposit(transaction, 1, source=CHANNELS[0]),
        deposit(transaction, 2, source=OTHER),
    ]


ARRIVES = PathPaymentStrictSend(VAULT.address, STELLAR_DOLLAR, "9", LUMEN, "1", [])
GOOD = record([Payment(VAULT.address, LUMEN, "1")], [payment_ok()])


def old_envelope() -> str:
    envelope = TransactionEnvelope.from_xdr(GOOD.envelope_xdr, make_settings().network_passphrase)
    envelope.transaction.v1 = False
    return envelope.to_xdr()


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (replace(GOOD, envelope_xdr="AAAA"), "EOF"),
        (replace(GOOD, envelope_xdr="no base64!"), None),
        (replace(GOOD, envelope_xdr=GOOD.envelope_xdr[:-8]), None),
        (replace(GOOD, envelope_xdr=old_envelope()), "ENVELOPE_TYPE_TX_V0"),
        (replace(GOOD, result_xdr=""), "EOF"),
        (replace(GOOD, hash="00" * 32), "has hash"),
        (record([Payment(VAULT.address, LUMEN, "1")], [payment_ok()], passphrase="Elsewhere"), None),
        (replace(GOOD, successful=False), "successful=False"),
        (record([Payment(VAULT.address, LUMEN, "1")], []), "1 operations have 0 results"),
        (record([Payment(VAULT.address, LUMEN, "1")], [merge_ok(1)]), "result of another kind"),
        (record([AccountMerge(VAULT.address)], [merge_ok(-1)]), "negative"),
        (record([ARRIVES], [strict_send_ok(OTHER, LUMEN, ONE)]), "arrived somewhere else"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_transaction(broken, reason):
    with pytest.raises(UndecodableTransaction, match=reason) as caught:
        READER.events(broken)
    assert broken.hash in str(caught.value)
    assert caught.value.transaction_hash == broken.hash
    assert caught.value.code is Code.MALFORMED


def test_the_hash_in_the_event_is_the_one_the_core_prepared():
    settings = make_settings()
    prepared = prepared_withdrawal(settings)
    envelope = task_envelope(settings, prepared)
    base = record([Payment(TRADER.address, LUMEN, "1", source=VAULT.address)], [payment_ok()])
    shown = replace(base, hash=envelope.hash_hex(), envelope_xdr=envelope.to_xdr())
    [event] = READER.events(shown)
    assert (event.transaction, event.sequence) == (prepared.transaction, prepared.sequence)
