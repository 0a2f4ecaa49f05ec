"""Horizon's JSON documents as this package's records, without I/O. Everything in them is untrusted.

What is not exactly as documented raises :class:`MalformedAnswer` and nothing else: amounts are decimal text
with at most seven decimals, 64-bit numbers are text, 32-bit numbers are numbers, times are RFC 3339 in UTC.
"""

from typing import Final

from constellation.protocol.limits import UINT32_MAX
from constellation.stellarlink.horizon_account import parse_account
from constellation.stellarlink.horizon_values import (
    Json,
    address,
    boolean,
    guarded,
    hash_text,
    long,
    number,
    optional_hash,
    records,
    text,
    time_s,
)
from constellation.stellarlink.network import FeeStats, LedgerRecord, NetworkInfo, TransactionRecord
from constellation.stellarlink.toid import ledger_of

__all__ = [
    "guarded",
    "parse_account",
    "parse_fee_stats",
    "parse_ledgers",
    "parse_network",
    "parse_problem",
    "parse_problem_type",
    "parse_result_codes",
    "parse_root",
    "parse_transaction",
    "parse_transactions",
]

_TEXT_MAX: Final = 1024 * 1024


def parse_root(document: Json) -> tuple[str, int, int, int]:
    """Passphrase, latest ledger, its close time and the oldest ledger in ``GET /``."""
    return (
        text(document["network_passphrase"], 128),
        number(document["history_latest_ledger"], UINT32_MAX),
        time_s(document["history_latest_ledger_closed_at"]),
        number(document["history_elder_ledger"], UINT32_MAX),
    )


def parse_network(root: tuple[str, int, int, int], ledgers: Json) -> NetworkInfo:
    """The network behind a parsed root and the page with the latest ledger."""
    passphrase, latest, closed_at_s, oldest = root
    ledger = records(ledgers)[0]
    return NetworkInfo(
        passphrase=passphrase,
        latest_ledger=latest,
        latest_closed_at_s=closed_at_s,
        oldest_ledger=oldest,
        base_fee=number(ledger["base_fee_in_stroops"], UINT32_MAX),
        base_reserve=number(ledger["base_reserve_in_stroops"], UINT32_MAX),
    )


def parse_ledgers(document: Json) -> list[LedgerRecord]:
    """A page of ``GET /ledgers``."""
    return [
        LedgerRecord(
            number(item["sequence"], UINT32_MAX),
            time_s(item["closed_at"]),
            optional_hash(item.get("hash")),
            optional_hash(item.get("prev_hash")),
        )
        for item in records(document)
    ]


def parse_fee_stats(document: Json) -> FeeStats:
    """``GET /fee_stats``: all numbers are text there."""
    return FeeStats(
        last_ledger=long(document["last_ledger"]),
        base_fee=long(document["last_ledger_base_fee"]),
        max_fee_p95=long(document["max_fee"]["p95"]),
    )


def parse_transactions(document: Json) -> tuple[TransactionRecord, ...]:
    """A page of ``GET /accounts/{address}/transactions``."""
    return tuple(parse_transaction(item) for item in records(document))


def parse_transaction(item: Json) -> TransactionRecord:
    """``GET /transactions/{hash}``, or one record of a page."""
    toid, ledger = long(item["paging_token"]), number(item["ledger"], UINT32_MAX)
    if ledger_of(toid) != ledger or toid & 0xFFF or not toid & 0xFFFF_F000:
        raise ValueError(f"paging token {toid} is no transaction of ledger {ledger}")
    return TransactionRecord(
        toid=toid,
        hash=hash_text(item["hash"]),
        ledger=ledger,
        successful=boolean(item["successful"]),
        source=address(item["source_account"]),
        sequence=long(item["source_account_sequence"]),
        envelope_xdr=text(item["envelope_xdr"], _TEXT_MAX),
        result_xdr=text(item["result_xdr"], _TEXT_MAX),
    )


def parse_result_codes(document: Json) -> tuple[str | None, tuple[str, ...]]:
    """Codes in a ``transaction_failed`` problem: the (inner) transaction's and the operations'."""
    codes = document["extras"]["result_codes"]
    transaction = codes.get("inner_transaction") or codes["transaction"]
    return text(transaction, 64), tuple(text(code, 64) for code in codes.get("operations") or [])


def parse_problem(document: Json) -> str:
    """One line about a problem document (RFC 7807), for people."""
    words = [document.get("title"), document.get("detail")]
    return ": ".join(word.splitlines()[0][:200] for word in words if isinstance(word, str) and word.strip())


def parse_problem_type(document: Json) -> str:
    """The last part of a problem's type, such as ``not_found``."""
    return text(document["type"], 256).rpartition("/")[2]
