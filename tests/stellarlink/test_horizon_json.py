"""Horizon's documents are untrusted: what is malformed is a coded error, and nothing else."""

import copy
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constellation.protocol.messages import Code
from constellation.stellarlink import AccountFlags, FeeStats, MalformedAnswer
from constellation.stellarlink.horizon_json import (
    guarded,
    parse_account,
    parse_fee_stats,
    parse_ledgers,
    parse_network,
    parse_problem,
    parse_problem_type,
    parse_result_codes,
    parse_root,
    parse_transactions,
)
from tests.stellarlink.support import DOLLAR, ISSUER, TRADER

ACCOUNT = {
    "account_id": TRADER.address,
    "sequence": "9223372036854775807",
    "thresholds": {"low_threshold": 1, "med_threshold": 2, "high_threshold": 3},
    "balances": [
        {"asset_type": "liquidity_pool_shares", "balance": "1.0000000", "liquidity_pool_id": "00"},
        {
            "asset_type": "credit_alphanum4",
            "asset_code": "USD",
            "asset_issuer": ISSUER.address,
            "balance": "12.3456789",
            "limit": "922337203685.4775807",
            "buying_liabilities": "0.0000003",
            "selling_liabilities": "0.0000004",
            "is_authorized": True,
            "is_authorized_to_maintain_liabilities": True,
            "is_clawback_enabled": True,
            "last_modified_ledger": 77,
        },
        {
            "asset_type": "native",
            "balance": "0.0000001",
            "buying_liabilities": "0.0000005",
            "selling_liabilities": "0.0000006",
        },
    ],
    "signers": [{"key": TRADER.address, "weight": 0, "type": "ed25519_public_key"}],
    "data": {"name": "AAE="},
    "flags": {
        "auth_required": True,
        "auth_revocable": False,
        "auth_immutable": False,
        "auth_clawback_enabled": True,
    },
    "subentry_count": 4,
    "num_sponsoring": 3,
    "num_sponsored": 2,
    "last_modified_ledger": 99,
}
FEE_STATS = {"last_ledger": "7", "last_ledger_base_fee": "100", "max_fee": {"p95": "20000"}}
TRANSACTIONS = {
    "_embedded": {
        "records": [
            {
                "paging_token": "429496733696",
                "ledger": 100,
                "successful": True,
                "hash": "ab" * 32,
                "source_account": TRADER.address,
                "source_account_sequence": "12",
                "envelope_xdr": "AAAA",
                "result_xdr": "AAAA",
            }
        ]
    }
}
LEDGERS = {
    "_embedded": {
        "records": [
            {
                "sequence": 7,
                "closed_at": "2026-01-01T00:00:01Z",
                "hash": "cd" * 32,
                "prev_hash": "ef" * 32,
                "base_fee_in_stroops": 100,
                "base_reserve_in_stroops": 5_000_000,
            }
        ]
    }
}
ROOT = {
    "network_passphrase": "Test SDF Network ; September 2015",
    "history_latest_ledger": 7,
    "history_latest_ledger_closed_at": "1970-01-01T00:01:00Z",
    "history_elder_ledger": 2,
}
PROBLEM = {
    "type": "https://stellar.org/horizon-errors/transaction_failed",
    "title": "Transaction Failed",
    "detail": "The transaction failed",
    "extras": {
        "result_codes": {
            "transaction": "tx_fee_bump_inner_failed",
            "inner_transaction": "tx_failed",
            "operations": ["op_success", "op_no_trust"],
        }
    },
}


def network(document):
    return parse_network(("name", 1, 2, 3), document)


PARSERS = [
    (parse_account, ACCOUNT),
    (parse_transactions, TRANSACTIONS),
    (parse_ledgers, LEDGERS),
    (parse_fee_stats, FEE_STATS),
    (network, LEDGERS),
    (parse_root, ROOT),
    (parse_problem, PROBLEM),
    (parse_problem_type, PROBLEM),
    (parse_result_codes, PROBLEM),
]


def changed(document, path, value):
    result = copy.deepcopy(document)
    part = result
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return result


def test_an_account_is_read_exactly():
    account = parse_account(ACCOUNT)
    assert account.sequence == 2**63 - 1
    assert account.thresholds == (1, 2, 3)
    assert (account.signers, account.data) == ({TRADER.address: 0}, {"name": b"\0\1"})
    dollars, lumens = account.balance(DOLLAR), account.balance(None)
    assert (dollars.amount, dollars.limit, dollars.is_authorized) == (123_456_789, 2**63 - 1, True)
    assert (lumens.amount, lumens.limit) == (1, None)
    assert len(account.balances) == 2


def test_what_matters_for_payments_is_read_too():
    account = parse_account(ACCOUNT)
    dollars, lumens = account.balance(DOLLAR), account.balance(None)
    assert (dollars.buying, dollars.selling, lumens.buying, lumens.selling) == (3, 4, 5, 6)
    assert (dollars.is_authorized_to_maintain, dollars.is_clawback_enabled) == (True, True)
    assert (dollars.last_modified_ledger, account.last_modified_ledger) == (77, 99)
    assert account.flags == AccountFlags(auth_required=True, auth_clawback_enabled=True)
    assert (account.subentry_count, account.num_sponsoring, account.num_sponsored) == (4, 3, 2)
    assert account.reserves == 2 + 4 + 3 - 2
    assert account.latest_ledger is None


@pytest.mark.parametrize(("value", "is_required"), [("MQ==", True), ("MA==", False), ("", False), (None, False)])
def test_a_memo_is_required_by_a_data_entry_that_says_1(value, is_required):
    data = {} if value is None else {"config.memo_required": value}
    assert parse_account({**ACCOUNT, "data": data}).is_memo_required is is_required


def test_the_fees_of_the_network_are_read():
    assert parse_fee_stats(FEE_STATS) == FeeStats(last_ledger=7, base_fee=100, max_fee_p95=20_000)


def test_the_other_documents_are_read_exactly():
    [record] = parse_transactions(TRANSACTIONS)
    assert (record.toid, record.ledger, record.sequence) == (429496733696, 100, 12)
    [ledger] = parse_ledgers(LEDGERS)
    assert (ledger.sequence, ledger.closed_at_s) == (7, 1_767_225_601)
    assert (ledger.hash, ledger.previous_hash) == ("cd" * 32, "ef" * 32)
    assert parse_root(ROOT) == ("Test SDF Network ; September 2015", 7, 60, 2)
    assert network(LEDGERS).base_reserve == 5_000_000
    assert parse_result_codes(PROBLEM) == ("tx_failed", ("op_success", "op_no_trust"))
    assert parse_problem_type(PROBLEM) == "transaction_failed"


@pytest.mark.parametrize(
    ("parse", "document", "path", "value"),
    [
        (parse_account, ACCOUNT, ["balances", 2, "balance"], "NaN"),
        (parse_account, ACCOUNT, ["balances", 2, "balance"], "Infinity"),
        (parse_account, ACCOUNT, ["balances", 2, "balance"], "-1"),
        (parse_account, ACCOUNT, ["balances", 2, "balance"], "0.00000001"),
        (parse_account, ACCOUNT, ["balances", 2, "balance"], "1e99999999999"),
        (parse_account, ACCOUNT, ["balances", 2, "balance"], 1.5),
        (parse_account, ACCOUNT, ["balances", 1, "asset_type"], "moon"),
        (parse_account, ACCOUNT, ["balances", 1, "asset_issuer"], "GABC"),
        (parse_account, ACCOUNT, ["balances", 1, "is_authorized"], "yes"),
        (parse_account, ACCOUNT, ["balances", 1, "is_clawback_enabled"], 1),
        (parse_account, ACCOUNT, ["balances", 1, "selling_liabilities"], "-1"),
        (parse_account, ACCOUNT, ["flags", "auth_required"], None),
        (parse_account, ACCOUNT, ["flags"], {}),
        (parse_account, ACCOUNT, ["subentry_count"], "4"),
        (parse_fee_stats, FEE_STATS, ["max_fee", "p95"], 100),
        (parse_fee_stats, FEE_STATS, ["max_fee"], {}),
        (parse_ledgers, LEDGERS, ["_embedded", "records", 0, "hash"], "AB" * 32),
        (parse_account, ACCOUNT, ["sequence"], 12),
        (parse_account, ACCOUNT, ["sequence"], "9223372036854775808"),
        (parse_account, ACCOUNT, ["sequence"], "-1"),
        (parse_account, ACCOUNT, ["signers", 0, "weight"], 256),
        (parse_account, ACCOUNT, ["data", "name"], "%%"),
        (parse_account, ACCOUNT, ["account_id"], "nobody"),
        (parse_transactions, TRANSACTIONS, ["_embedded", "records", 0, "paging_token"], "429496733697"),
        (parse_transactions, TRANSACTIONS, ["_embedded", "records", 0, "paging_token"], "429496729600"),
        (parse_transactions, TRANSACTIONS, ["_embedded", "records", 0, "ledger"], 101),
        (parse_transactions, TRANSACTIONS, ["_embedded", "records", 0, "ledger"], True),
        (parse_transactions, TRANSACTIONS, ["_embedded", "records", 0, "successful"], 1),
        (parse_transactions, TRANSACTIONS, ["_embedded", "records", 0, "hash"], "AB" * 32),
        (parse_transactions, TRANSACTIONS, ["_embedded", "records"], {}),
        (network, LEDGERS, ["_embedded", "records"], []),
        (parse_ledgers, LEDGERS, ["_embedded", "records", 0, "closed_at"], "2026-01-01 00:00:01"),
        (parse_ledgers, LEDGERS, ["_embedded", "records", 0, "closed_at"], "2026-13-01T00:00:01Z"),
        (parse_ledgers, LEDGERS, ["_embedded", "records", 0, "closed_at"], "2026-01-01T00:00:01+05:00"),
        (parse_ledgers, LEDGERS, ["_embedded", "records", 0, "sequence"], 2**32),
        (parse_root, ROOT, ["network_passphrase"], "x" * 129),
    ],
)
def test_what_is_not_as_documented_is_malformed(parse, document, path, value):
    guarded("document", parse, document)
    with pytest.raises(MalformedAnswer) as caught:
        guarded("document", parse, changed(document, path, value))
    assert caught.value.code is Code.MALFORMED


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def paths(value, prefix=()):
    """Every place in a document."""
    if prefix:
        yield prefix
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        yield from paths(inner, (*prefix, step))


@given(data=st.data(), junk=JSON)
@settings(max_examples=200, deadline=None)
def test_no_document_raises_anything_else(data, junk):
    parse, document = data.draw(st.sampled_from(PARSERS))
    path = data.draw(st.sampled_from(list(paths(document))))
    for candidate in (junk, changed(document, path, junk)):
        with suppress(MalformedAnswer):
            guarded("document", parse, candidate)
